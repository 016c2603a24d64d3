"""Steps for a person where the company's system cannot be told; msgids, shown in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

_BY_HAND = _("Carry this order out in your billing system by hand, by the contract's number.")
_PROOF = _("Write here the number or the time that your system shows: it is the proof.")

NO_ADDRESS = (
    _("Your billing system's address is not set, or it said that nobody listens there any more."),
    _BY_HAND,
    _PROOF,
    _("Set the address anew in the settings, so that the next orders go by themselves."),
)
REFUSED_ADDRESS = (
    _("Your billing system's address cannot be called: it is not public or does not begin with https://."),
    _BY_HAND,
    _PROOF,
    _("Correct the address in the settings, so that the next orders go by themselves."),
)
