"""Short sentences shown after an act, named in the address (``?aviso=undone``): nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.http import HttpRequest

PARAMETER: Final = "aviso"


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence and its tone: success, danger or info."""

    text: Any
    tone: str = "info"


NOTICES: Final = {
    "link": Notice(
        _(
            "This link is no longer valid: it works once and for a short time. "
            "Nothing is lost: you can cancel in one of these ways."
        )
    ),
    "undone": Notice(_("The cancellation was undone. Everything goes on as before."), "success"),
    "thanks": Notice(_("Thank you. It was noted."), "success"),
    "disputed": Notice(
        _("Noted: you disagree with the fee. Nothing is charged until a person answers you."), "success"
    ),
    "return": Notice(_("Noted: this is how the equipment goes back."), "success"),
    "charged": Notice(_("Noted: a person is looking at this charge and answers within one day."), "success"),
    "stale": Notice(
        _("This page had been open for a long time. Nothing was changed; please do it once more."), "danger"
    ),
    "no-pdf": Notice(
        _("The PDF is not available right now. You can print this page or keep the JSON file."), "danger"
    ),
    "out": Notice(_("You have left. Close this window if others use this device."), "success"),
    "late": Notice(_("The time to undo has ended. Talk to us and we will see together how to come back.")),
    "pick": Notice(_("Choose one of the options. Nothing was changed."), "danger"),
    "part": Notice(
        _("You changed what is to be cancelled. See what stays and its price, then confirm."), "info"
    ),
}


def notice_of(request: HttpRequest) -> Notice | None:
    """Return the notice that the address names, if it is one of ours."""
    return NOTICES.get(request.GET.get(PARAMETER, ""))
