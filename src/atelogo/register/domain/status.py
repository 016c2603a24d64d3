"""The one table of a request's states: what may follow what, and the words people read for it.

Every service asks `next_state`; no other place may decide a transition. Debt, equipment, an
unanswered question or an unseen offer are no arguments here: they never stand in the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


def gettext_noop(message: str) -> str:
    """Mark `message` for the translation catalogues; templates translate it when shown."""
    return message


class RequestState(StrEnum):
    """Where a request stands; the value is what the database and the ledger hold."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    MERGED = "merged"
    VOIDED = "voided"
    UNDONE = "undone"


class Verb(StrEnum):
    """What can be done to a request; each is one service."""

    CONFIRM = "confirm"
    WITHDRAW = "withdraw"
    COMPLETE = "complete"
    UNDO = "undo"
    MERGE = "merge"
    VOID = "void"
    LAPSE = "lapse"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table: from any of `sources` to `target`."""

    sources: frozenset[RequestState]
    target: RequestState


INITIAL: Final = RequestState.OPEN
ACTIVE: Final = frozenset({RequestState.OPEN, RequestState.CONFIRMED})
# No verb leaves these; a later wish is a new request that `follows` the old one.
TERMINAL: Final = frozenset(
    {
        RequestState.WITHDRAWN,
        RequestState.LAPSED,
        RequestState.MERGED,
        RequestState.VOIDED,
        RequestState.UNDONE,
    }
)

_STANDING: Final = ACTIVE | {RequestState.COMPLETED}

TRANSITIONS: Final[Mapping[Verb, Transition]] = MappingProxyType(
    {
        Verb.CONFIRM: Transition(frozenset({RequestState.OPEN}), RequestState.CONFIRMED),
        Verb.WITHDRAW: Transition(frozenset({RequestState.OPEN}), RequestState.WITHDRAWN),
        Verb.COMPLETE: Transition(frozenset({RequestState.CONFIRMED}), RequestState.COMPLETED),
        # Whether the undo window is still open is the caller's check (`deadlines.undo_is_open`).
        Verb.UNDO: Transition(
            frozenset({RequestState.CONFIRMED, RequestState.COMPLETED}), RequestState.UNDONE
        ),
        # A duplicate, or a wrong customer, may come to light after billing stopped.
        Verb.MERGE: Transition(_STANDING, RequestState.MERGED),
        Verb.VOID: Transition(_STANDING, RequestState.VOIDED),
        Verb.LAPSE: Transition(frozenset({RequestState.OPEN}), RequestState.LAPSED),
    }
)


class TransitionRefused(ValueError):  # noqa: N818 - the fact itself; the room's error wraps it
    """The table has no such step: `verb` cannot be done to a request in `state`."""

    def __init__(self, state: RequestState, verb: Verb) -> None:
        """Keep both, so that the service can tell the person what stands in the way."""
        super().__init__(f"{verb.value} is not possible from {state.value}")
        self.state = state
        self.verb = verb


def next_state(state: RequestState, verb: Verb) -> RequestState:
    """Give the state after `verb`, or raise TransitionRefused. Pure: same input, same answer."""
    transition = TRANSITIONS[verb]
    if state not in transition.sources:
        raise TransitionRefused(state, verb)
    return transition.target


def allowed_verbs(state: RequestState) -> frozenset[Verb]:
    """Give what can be done to a request in `state`; empty for a terminal one."""
    return frozenset(verb for verb, step in TRANSITIONS.items() if state in step.sources)


class DisplayState(StrEnum):
    """What people see: the states, and "being processed" while billing is under way."""

    RECEIVED = "received"
    CONFIRMED = "confirmed"
    PROCESSING = "processing"
    COMPLETED = "completed"
    UNDONE = "undone"
    NO_DECISION = "no_decision"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class Presentation:
    """How a display state is shown: English msgids, a Tabler colour name and a Tabler icon name.

    Colour and icon never stand alone: the word is always beside them.
    """

    staff_word: str
    customer_word: str
    tone: str
    icon: str


_DISPLAY: Final[Mapping[RequestState, DisplayState]] = MappingProxyType(
    {
        RequestState.OPEN: DisplayState.RECEIVED,
        RequestState.CONFIRMED: DisplayState.CONFIRMED,
        RequestState.COMPLETED: DisplayState.COMPLETED,
        RequestState.WITHDRAWN: DisplayState.WITHDRAWN,
        RequestState.LAPSED: DisplayState.NO_DECISION,
        RequestState.MERGED: DisplayState.MERGED,
        RequestState.VOIDED: DisplayState.VOIDED,
        RequestState.UNDONE: DisplayState.UNDONE,
    }
)

PRESENTATION: Final[Mapping[DisplayState, Presentation]] = MappingProxyType(
    {
        DisplayState.RECEIVED: Presentation(
            gettext_noop("Received"),
            gettext_noop("Received, not cancelled yet"),
            "blue",
            "inbox",
        ),
        DisplayState.CONFIRMED: Presentation(
            gettext_noop("Confirmed"),
            gettext_noop("Cancellation confirmed"),
            "indigo",
            "check",
        ),
        DisplayState.PROCESSING: Presentation(
            gettext_noop("Being processed"),
            gettext_noop("Stopping the charges"),
            "orange",
            "refresh",
        ),
        DisplayState.COMPLETED: Presentation(
            gettext_noop("Completed"),
            gettext_noop("Cancellation completed"),
            "green",
            "circle-check",
        ),
        DisplayState.UNDONE: Presentation(
            gettext_noop("Undone"),
            gettext_noop("Cancellation undone"),
            "teal",
            "arrow-back-up",
        ),
        DisplayState.NO_DECISION: Presentation(
            gettext_noop("No decision"),
            gettext_noop("Closed without a decision, nothing was cancelled"),
            "secondary",
            "hourglass",
        ),
        DisplayState.WITHDRAWN: Presentation(
            gettext_noop("Customer stayed"),
            gettext_noop("You chose to stay, nothing was cancelled"),
            "cyan",
            "user-check",
        ),
        DisplayState.MERGED: Presentation(
            gettext_noop("Joined to another"),
            gettext_noop("Joined to your other protocol"),
            "secondary",
            "git-merge",
        ),
        DisplayState.VOIDED: Presentation(
            gettext_noop("Voided"),
            gettext_noop("Voided, with no effect on the contract"),
            "secondary",
            "ban",
        ),
    }
)


def display_state(state: RequestState, processing: bool) -> DisplayState:  # noqa: FBT001
    """Give what people see: a confirmed request reads "being processed" once billing is called.

    `processing` is true from the first billing step under way until billing confirms; it changes
    nothing in any other state.
    """
    if state is RequestState.CONFIRMED and processing:
        return DisplayState.PROCESSING
    return _DISPLAY[state]


def presentation(state: RequestState, processing: bool) -> Presentation:  # noqa: FBT001
    """Give words, tone and icon for a request; see `display_state` for `processing`."""
    return PRESENTATION[display_state(state, processing)]
