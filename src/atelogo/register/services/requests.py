"""The verbs of a request in one place, as the other rooms call them."""

from atelogo.register.services.deciding import (
    Choice,
    request_complete,
    request_confirm,
    request_declare,
    request_lapse,
    request_undo,
    request_withdraw,
)
from atelogo.register.services.mending import (
    authority_decide,
    request_correct,
    request_identify,
    request_merge,
    request_void,
)
from atelogo.register.services.notes import fee_answer, inquiry_open, note_add, owner_set, touchpoint_add
from atelogo.register.services.opening import Declaration, Opened, RequesterInput, request_open
from atelogo.register.services.reasons import cause_verify, request_reason_set, request_words_set

__all__ = [
    "Choice",
    "Declaration",
    "Opened",
    "RequesterInput",
    "authority_decide",
    "cause_verify",
    "fee_answer",
    "inquiry_open",
    "note_add",
    "owner_set",
    "request_complete",
    "request_confirm",
    "request_correct",
    "request_declare",
    "request_identify",
    "request_lapse",
    "request_merge",
    "request_open",
    "request_reason_set",
    "request_undo",
    "request_void",
    "request_withdraw",
    "request_words_set",
    "touchpoint_add",
]
