"""The list's filters as they stand in the address: read leniently, shown in a form, never personal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from atelogo.register.domain.status import RequestState, presentation
from atelogo.register.domain.words import CHANNELS, IDENTITIES
from atelogo.register.queries.requests import RequestFilter

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import Member
    from atelogo.register.queries.reasons import ReasonNode

VIEWS = ("due", "open", "all")
# Set by the system alone; not offered to people.
_SYSTEM = frozenset({"not_informed", "to_classify"})
MINE = "me"
# With any of these in the address the list shows all that they mean, not only what is due.
_NARROWING = (
    "state", "channel", "reason", "product", "plan", "region", "city", "identity", "period", "since",
    "until", "owner", "search", "protocol", "customer", "batch", "standing",
)  # fmt: skip


def _date_field(label: Any) -> forms.DateField:  # noqa: ANN401 - lazy text
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


def _listed(label: Any, options: str) -> forms.CharField:  # noqa: ANN401 - lazy text
    widget = forms.TextInput(attrs={"list": options, "autocomplete": "off"})
    return forms.CharField(label=label, required=False, max_length=160, widget=widget)


class FilterForm(forms.Form):
    """What narrows the list. Values that do not fit are dropped, never an error page."""

    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), required=False)
    owner = forms.ChoiceField(label=gettext_lazy("Owner"), required=False)
    period = forms.ChoiceField(
        label=gettext_lazy("Period"),
        required=False,
        choices=[
            ("", gettext_lazy("Any time")),
            ("this_month", gettext_lazy("This month")),
            ("last_month", gettext_lazy("Last month")),
            ("last_12_months", gettext_lazy("12 months")),
        ],
    )
    since = _date_field(gettext_lazy("Asked from"))
    until = _date_field(gettext_lazy("Asked until"))
    product = _listed(gettext_lazy("Product"), "products")
    plan = _listed(gettext_lazy("Plan"), "plans")
    region = _listed(gettext_lazy("Region"), "regions")
    identity = forms.ChoiceField(label=gettext_lazy("How identified"), required=False)

    def __init__(
        self, data: Mapping[str, Any], reasons: Iterable[ReasonNode], people: Iterable[Member]
    ) -> None:
        super().__init__(data)
        states = [(state.value, _(presentation(state, False).staff_word)) for state in RequestState]  # noqa: FBT003
        self._offer("state", _("Any"), states)
        self._offer("channel", _("Any"), _words(CHANNELS, data.get("channel", "")))
        self._offer("identity", _("Any"), _words(IDENTITIES))
        self._offer("reason", _("Any"), reason_options(reasons))
        staff = [(str(one.person.id), one.person.name or one.person.email) for one in people]
        self._offer("owner", _("Anybody"), [(MINE, _("Me")), *staff])

    def _offer(self, name: str, every: str, choices: list[Any]) -> None:
        self.fields[name].choices = [("", every), *choices]  # type: ignore[attr-defined]


def _words(table: Mapping[str, str], other: str = "") -> list[tuple[str, str]]:
    """Return choices without the synonyms of a table; ``other`` is a code of the data itself."""
    seen: dict[str, str] = {}
    for code, word in table.items():
        seen.setdefault(word, code)
    made = [(code, _(word)) for word, code in seen.items()]
    return made if not other or other in dict(made) else [*made, (other, _(table.get(other, other)))]


def reason_options(
    tree: Iterable[ReasonNode], *, system: bool = True
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the reasons as grouped choices of a select; without ``system`` only those a person chooses."""
    return [
        (group.label, [(str(leaf.id), leaf.label) for leaf in children])
        for group in tree
        if (children := offered_leaves(group, system=system))
    ]


def offered_leaves(group: ReasonNode, *, system: bool = False) -> tuple[ReasonNode, ...]:
    """Return the leaves of a group that a person may choose; with ``system`` also the imports' own."""
    if system:
        return group.children
    if group.code in _SYSTEM:
        return ()
    return tuple(leaf for leaf in group.children if leaf.code not in _SYSTEM)


def period_days(name: str, today: date) -> tuple[date | None, date | None]:
    """Return the first and last day of a preset period (this_month, last_month, last_12_months)."""
    first = today.replace(day=1)
    if name == "this_month":
        return first, today
    if name == "last_month":
        last = first - timedelta(days=1)
        return last.replace(day=1), last
    if name == "last_12_months":
        return first.replace(year=first.year - 1), today
    return None, None


def view_of(asked: Mapping[str, str]) -> str:
    """Return which view the address asks for: what is due when it asks for nothing at all."""
    view = asked.get("view", "")
    if view in VIEWS:
        return view
    return "all" if any(asked.get(name) for name in _NARROWING) else "due"


def filter_of(
    form: FilterForm, asked: Mapping[str, str], *, today: date, me: UUID, text: str
) -> RequestFilter:
    """Return what the list shows for an address; ``text`` is the search term behind its token."""
    form.is_valid()
    given = form.cleaned_data
    since, until = given.get("since"), given.get("until")
    if since is None and until is None:
        since, until = period_days(given.get("period", ""), today)
    owner = given.get("owner", "")
    return RequestFilter(
        view=view_of(asked),
        standing=asked.get("standing", ""),
        state=given.get("state", ""),
        channel=given.get("channel", ""),
        reason=_uuid(given.get("reason", "")),
        product=given.get("product", ""),
        plan=given.get("plan", ""),
        region=given.get("region", ""),
        city=asked.get("city", "")[:120],
        identity=given.get("identity", ""),
        owner=me if owner == MINE else _uuid(owner),
        since=since,
        until=until,
        batch=_uuid(asked.get("batch", "")),
        customer=_uuid(asked.get("customer", "")),
        text=text,
    )


def is_narrowed(asked: Mapping[str, str]) -> bool:
    """Say whether the address holds any filter besides the view."""
    return any(asked.get(name) for name in _NARROWING)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
