"""The steps of billing by hand. Stored as msgids: the console shows them in the language of who reads."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from atelogo.core.ports.billing import CancelWhen

_FIND = _("Open the contract in your billing system by the number shown here.")
_WHEN = {
    CancelWhen.NOW: _("End the recurring charge today, whether or not the customer owes something."),
    CancelWhen.PERIOD_END: _("Set the recurring charge to end on the last day shown here, without renewing."),
    CancelWhen.DATE: _("Set the recurring charge to end on the last day shown here."),
}
_OPEN = _("Cancel what falls due after that day: boletos, scheduled Pix, direct debit, card.")
_OTHER = _("Check that no other line of the contract was ended by mistake.")
_PROOF = _("Write here the number or the time that your system shows for the end: it is the proof.")

RESUME = (
    _FIND,
    _("Take back the end of the recurring charge: the customer stays with the same plan and price."),
    _("Take back the cancelling of what falls due from now on."),
    _("Write here the number or the time that your system shows: it is the proof."),
)


def stop_steps(when: CancelWhen) -> tuple[str, ...]:
    """Return the steps to stop a charge at the time the customer chose."""
    return (_FIND, _WHEN[when], _OPEN, _OTHER, _PROOF)
