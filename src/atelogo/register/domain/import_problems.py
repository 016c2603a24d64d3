"""What an import says of a row once it is compared with the register: codes with their English messages."""

from __future__ import annotations

from typing import Final

from atelogo.register.domain.importing.problems import PROBLEMS
from atelogo.register.domain.status import gettext_noop

WRITING: Final = {
    "repeated_row": gettext_noop("The same row stands earlier in the file."),
    "repeated_differs": gettext_noop(
        "An earlier row of the file is about the same thing and says otherwise. Keep the right one."
    ),
    "contract_other_customer": gettext_noop("This contract number belongs to another customer here."),
    "customer_missing": gettext_noop("The row does not say whose contract it is."),
    "reason_unsorted": gettext_noop(
        "The file has too many different reasons: this one was kept as words, to be classified."
    ),
    "contract_mismatch": gettext_noop(
        "The contract number belongs to another customer: it was left out of the record."
    ),
}


def message_of(code: str) -> str:
    """Return the English message (a msgid) of any code of a row, or the code itself."""
    if code in WRITING:
        return WRITING[code]
    problem = PROBLEMS.get(code)
    return problem.message if problem is not None else code
