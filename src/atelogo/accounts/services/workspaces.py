"""Companies: made, changed, and the public keys under which they sign links."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from joserfc.jwk import OKPKey

from atelogo.accounts.domain.custom_fields import CustomField
from atelogo.accounts.domain.link_keys import KeyRefused, read_public_key
from atelogo.accounts.domain.settings import LOCALES, Sector, cleaned
from atelogo.accounts.domain.slugs import slug_problem
from atelogo.accounts.domain.workspace import LinkKey, WorkspaceInfo
from atelogo.accounts.errors import LinkKeyPrivateError, LinkKeyRefusedError, WorkspaceExistsError
from atelogo.accounts.models import Workspace
from atelogo.core import clock
from atelogo.core.errors import FieldProblem, NotFoundError, ValidationFailedError
from atelogo.core.tenancy import workspace_scope
from atelogo.events import ledger
from atelogo.events.catalogue import accounts as facts
from atelogo.events.catalogue.base import Event
from atelogo.events.ledger import Actor

# Settings that bind requests, or say how one is carried out: their new values stand in the ledger's body.
BINDING = frozenset(
    {
        "sector",
        "locale",
        "timezone",
        "currency",
        "stop_hours",
        "undo_hours",
        "lapse_days",
        "billing",
        "messaging",
    }
)
_MOST_KEYS = 20

_WHY = {
    "required": _("Fill in this field."),
    "too_long": _("This text is too long."),
    "too_many": _("These are too many."),
    "taken": _("This is there already."),
    "invalid": _("This is not in the expected form."),
    "unknown": _("Choose one of the options."),
    "not_a_number": _("Write a whole number."),
    "out_of_range": _("This number is outside what is possible here."),
    "no_such_setting": _("There is no such setting."),
    "shape": _("Use small letters without accents, digits and single hyphens, such as padaria-aurora."),
    "length": _("Use between 2 and 40 characters."),
    "reserved": _("This word is reserved. Choose another."),
}
_WHY_HERE = {
    ("timezone", "unknown"): _("Use the name of a time zone, such as America/Sao_Paulo."),
    ("sector", "unknown"): _("Use one of: %(sectors)s."),
    ("locale", "unknown"): _("Use one of: %(locales)s."),
    ("tax_id", "invalid"): _("This is not a valid CNPJ. Check its digits."),
    ("email", "invalid"): _("Write an e-mail address, such as ana@empresa.com.br."),
    ("brand_colour", "invalid"): _("Write a colour as # and six digits, such as #206bc4."),
}


def workspace_checked(*, slug: str, settings: Mapping[str, object]) -> dict[str, Any]:
    """Return the acceptable form of a new company's settings; raise :class:`ValidationFailedError`."""
    why = slug_problem(slug)
    return _accepted(settings, (FieldProblem("slug", why, _WHY[why]),) if why else ())


def settings_checked(changes: Mapping[str, object]) -> dict[str, Any]:
    """Return the acceptable form of ``changes`` without keeping them; raise as :func:`workspace_update`."""
    return _accepted(changes)


def workspace_create(
    *, slug: str, name: str, actor: Actor, settings: Mapping[str, object] | None = None
) -> WorkspaceInfo:
    """Make a company with its own link key and return it; emits ``workspace.created``.

    ``settings`` as for :func:`workspace_update`. Raises :class:`ValidationFailedError` (field ``slug`` or a
    setting's name) and :class:`WorkspaceExistsError`.
    """
    values = workspace_checked(slug=slug, settings={**(settings or {}), "name": name})
    own = OKPKey.generate_key("Ed25519").as_dict(private=True)
    public = LinkKey(
        kid=OKPKey.import_key(own).thumbprint(),
        public_key=str(own["x"]),
        added_at=clock.iso(clock.now()),
        own=True,
    )
    with transaction.atomic():
        try:
            with transaction.atomic():
                row = Workspace.objects.create(
                    slug=slug,
                    name=values.pop("name"),
                    settings=values | {"link_keys": [_stored(public)]},
                    link_secret=str(own["d"]),
                )
        except IntegrityError:
            raise WorkspaceExistsError(slug=slug) from None
        info = row.info()
        created = facts.WorkspaceCreated(
            slug=slug, sector=info.sector, timezone=info.timezone, currency=info.currency
        )
        _write(created, row.id, actor, {"name": info.name})
    return info


def workspace_update(
    *, workspace: WorkspaceInfo, changes: Mapping[str, object], actor: Actor
) -> WorkspaceInfo:
    """Change settings and return the company as it now is; emits ``workspace.settings_changed``.

    ``changes`` maps names of ``accounts.domain.settings.CLEANERS`` to new values; equal values change and
    emit nothing. Raises :class:`ValidationFailedError` naming each field; then nothing is
    changed.
    """
    values = _accepted(changes)
    return _change(workspace.id, lambda _now: values, actor)


def how_to_text_set(
    *, workspace: WorkspaceInfo, language: str, section: str, text: str, actor: Actor
) -> WorkspaceInfo:
    """Keep the company's own text of one section of *Como cancelar*; an empty text brings ours back.

    The other sections stay as they are at that moment, whoever wrote them. Emits
    ``workspace.settings_changed``; raises :class:`ValidationFailedError` (field ``how_to_cancel``).
    """

    def change(now: WorkspaceInfo) -> Mapping[str, Any]:
        texts = {code: dict(own) for code, own in now.how_to_cancel.items()}
        texts.setdefault(language, {})[section] = text
        return _accepted({"how_to_cancel": texts})

    return _change(workspace.id, change, actor)


def custom_field_set(*, workspace: WorkspaceInfo, given: CustomField, actor: Actor) -> WorkspaceInfo:
    """Add a field of the company's own, or change the one with the same code in its place.

    What a known field takes (its kind) stays: requests may hold values of it. Emits
    ``workspace.settings_changed``; raises :class:`ValidationFailedError` (field ``custom_fields``).
    """

    def change(now: WorkspaceInfo) -> Mapping[str, Any]:
        known = {one.code: one for one in now.custom_fields}
        before = known.get(given.code)
        known[given.code] = given if before is None else replace(given, kind=before.kind)
        return _accepted({"custom_fields": [one.stored() for one in known.values()]})

    return _change(workspace.id, change, actor)


def custom_fields_order(*, workspace: WorkspaceInfo, codes: Sequence[str], actor: Actor) -> WorkspaceInfo:
    """Put the company's own fields in the order of ``codes``; fields not named keep theirs, at the end."""

    def change(now: WorkspaceInfo) -> Mapping[str, Any]:
        place = {code: at for at, code in enumerate(codes)}
        ordered = sorted(now.custom_fields, key=lambda one: place.get(one.code, len(place)))
        return _accepted({"custom_fields": [one.stored() for one in ordered]})

    return _change(workspace.id, change, actor)


def _change(
    workspace_id: UUID, change: Callable[[WorkspaceInfo], Mapping[str, Any]], actor: Actor
) -> WorkspaceInfo:
    """Write what ``change`` makes of the settings as they are under the row's lock."""
    with transaction.atomic():
        row = _locked(workspace_id)
        values = change(row.info())
        before: dict[str, Any] = {"name": row.name, **row.settings}
        differing = {key: value for key, value in values.items() if before.get(key) != value}
        if not differing:
            return row.info()
        row.name = differing.get("name", row.name)
        row.settings |= {key: value for key, value in differing.items() if key != "name"}
        row.save(update_fields=["name", "settings"])
        changed = facts.WorkspaceSettingsChanged(
            changed=tuple(sorted(differing)),
            after={key: value for key, value in sorted(differing.items()) if key in BINDING},
        )
        detail = {key: before[key] for key in sorted(differing) if key in before}
        _write(changed, row.id, actor, {"before": detail, "after": differing})
    return row.info()


def link_key_add(*, workspace: WorkspaceInfo, public_key: str, actor: Actor, label: str = "") -> LinkKey:
    """Register the company's public key (Ed25519, PEM or JWK) for signed links; emits ``link_key.added``.

    The same key again is returned as it stands. Raises :class:`LinkKeyPrivateError` for a private key and
    :class:`LinkKeyRefusedError` for anything else that is no Ed25519 public key, or whose key id is taken.
    """
    try:
        kid, point = read_public_key(public_key)
    except KeyRefused as refused:
        raise (LinkKeyPrivateError if refused.private else LinkKeyRefusedError) from refused
    with transaction.atomic():
        row = _locked(workspace.id)
        known = row.info().link_key(kid)
        if known is not None and known.public_key == point and not known.own:
            return known
        keys = row.settings.get("link_keys", [])
        if known is not None or len(keys) >= _MOST_KEYS:
            raise LinkKeyRefusedError
        added = LinkKey(kid, point, " ".join(label.split())[:80], clock.iso(clock.now()))
        row.settings["link_keys"] = [*keys, _stored(added)]
        row.save(update_fields=["settings"])
        _write(facts.LinkKeyAdded(kid=kid, public_key=point), row.id, actor)
    return added


def link_key_remove(*, workspace: WorkspaceInfo, kid: str, actor: Actor) -> None:
    """Take a company's key out, so that its links open nothing from now on; emits ``link_key.removed``.

    Raises :class:`NotFoundError` for a key that is not registered or is the installation's own.
    """
    with transaction.atomic():
        row = _locked(workspace.id)
        known = row.info().link_key(kid)
        if known is None or known.own:
            raise NotFoundError
        row.settings["link_keys"] = [key for key in row.settings["link_keys"] if key["kid"] != kid]
        row.save(update_fields=["settings"])
        _write(facts.LinkKeyRemoved(kid=kid), row.id, actor)


def _accepted(changes: Mapping[str, object], fields: tuple[FieldProblem, ...] = ()) -> dict[str, Any]:
    good, refused = cleaned(changes)
    problems = fields + tuple(FieldProblem(name, code, _why(name, code)) for name, code in refused.items())
    if problems:
        raise ValidationFailedError(fields=problems)
    return good


def _why(name: str, code: str) -> str:
    choices = {"sectors": ", ".join(Sector), "locales": ", ".join(LOCALES)}
    return str(_WHY_HERE.get((name, code), _WHY[code])) % choices


def _locked(workspace_id: UUID) -> Workspace:
    row = Workspace.objects.select_for_update().filter(pk=workspace_id).first()
    if row is None:
        raise NotFoundError
    return row


def _stored(key: LinkKey) -> dict[str, Any]:
    return {
        "kid": key.kid,
        "public_key": key.public_key,
        "label": key.label,
        "added_at": key.added_at,
        "own": key.own,
    }


def _write(event: Event, workspace_id: UUID, actor: Actor, personal: Mapping[str, Any] | None = None) -> None:
    with workspace_scope(workspace_id):
        ledger.append_next(
            event, workspace_id=workspace_id, stream=workspace_id, actor=actor, personal=personal
        )
