from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelogo.register.domain.status import (
    ACTIVE,
    INITIAL,
    PRESENTATION,
    TERMINAL,
    TRANSITIONS,
    DisplayState,
    RequestState,
    TransitionRefused,
    Verb,
    allowed_verbs,
    display_state,
    next_state,
    presentation,
)

states = st.sampled_from(RequestState)
verbs = st.sampled_from(Verb)


def _reachable() -> set[RequestState]:
    found, edge = {INITIAL}, [INITIAL]
    while edge:
        state = edge.pop()
        for verb in allowed_verbs(state):
            after = next_state(state, verb)
            if after not in found:
                found.add(after)
                edge.append(after)
    return found


def test_every_state_can_be_reached_from_open() -> None:
    """No state of the table is a dead letter: each is reached by some row of verbs."""
    assert _reachable() == set(RequestState)


def test_terminal_states_have_no_way_out() -> None:
    """Withdrawn, lapsed, merged, voided and undone accept no verb at all."""
    assert {state for state in RequestState if not allowed_verbs(state)} == TERMINAL


def test_active_terminal_and_completed_share_out_all_states() -> None:
    """A state is active, terminal or completed, and only one of them."""
    assert {RequestState.OPEN, RequestState.CONFIRMED} == ACTIVE
    assert not ACTIVE & TERMINAL
    assert ACTIVE | TERMINAL | {RequestState.COMPLETED} == set(RequestState)


@pytest.mark.parametrize(
    "verb, sources, target",
    [
        ("confirm", {"open"}, "confirmed"),
        ("withdraw", {"open"}, "withdrawn"),
        ("lapse", {"open"}, "lapsed"),
        ("complete", {"confirmed"}, "completed"),
        ("undo", {"confirmed", "completed"}, "undone"),
        ("merge", {"open", "confirmed", "completed"}, "merged"),
        ("void", {"open", "confirmed", "completed"}, "voided"),
    ],
)
def test_the_table_is_the_agreed_one(verb: str, sources: set[str], target: str) -> None:
    """Each verb leads from the agreed states to the agreed one."""
    step = TRANSITIONS[Verb(verb)]
    assert {state.value for state in step.sources} == sources
    assert step.target.value == target


def test_every_verb_has_a_row() -> None:
    """The table and the list of verbs are the same."""
    assert set(TRANSITIONS) == set(Verb)


@given(states, verbs)
def test_a_step_outside_the_table_is_refused_by_name(state: RequestState, verb: Verb) -> None:
    """Any state and verb either give the table's target or a refusal that names both."""
    if state in TRANSITIONS[verb].sources:
        assert next_state(state, verb) is TRANSITIONS[verb].target
        return
    with pytest.raises(TransitionRefused) as refused:
        next_state(state, verb)
    assert (refused.value.state, refused.value.verb) == (state, verb)
    assert str(refused.value) == f"{verb.value} is not possible from {state.value}"


@given(st.lists(verbs, max_size=12))
def test_no_row_of_verbs_undoes_what_was_never_confirmed(row: list[Verb]) -> None:
    """Undone is reached only through confirmed, and nothing happens after an end."""
    state, path = INITIAL, [INITIAL]
    for verb in row:
        try:
            state = next_state(state, verb)
        except TransitionRefused:
            continue
        path.append(state)
    assert sum(step in TERMINAL for step in path) == (path[-1] in TERMINAL)
    if RequestState.UNDONE in path:
        assert RequestState.CONFIRMED in path
    if RequestState.COMPLETED in path:
        assert RequestState.CONFIRMED in path


@given(state=states, processing=st.booleans())
def test_being_processed_is_a_confirmed_request_with_billing_under_way(
    *, state: RequestState, processing: bool
) -> None:
    """The flag changes what is shown for a confirmed request, and for no other."""
    shown = display_state(state, processing)
    expected = state is RequestState.CONFIRMED and processing
    assert (shown is DisplayState.PROCESSING) == expected
    assert presentation(state, processing) is PRESENTATION[shown]


def test_every_display_state_is_used_and_has_its_own_words() -> None:
    """Each display state is shown for some request, and no two share a word for staff or customer."""
    used = {display_state(state, flag) for state in RequestState for flag in (False, True)}
    assert used == set(DisplayState) == set(PRESENTATION)
    for words in (
        [shown.staff_word for shown in PRESENTATION.values()],
        [shown.customer_word for shown in PRESENTATION.values()],
    ):
        assert len(set(words)) == len(words)
        assert all(words)


def test_staff_words_of_the_six_usual_states() -> None:
    """The words on the list are the agreed ones, and none blames the person who leaves."""
    staff = {state.value: shown.staff_word for state, shown in PRESENTATION.items()}
    assert staff["received"] == "Received"
    assert staff["confirmed"] == "Confirmed"
    assert staff["processing"] == "Being processed"
    assert staff["completed"] == "Completed"
    assert staff["undone"] == "Undone"
    assert staff["no_decision"] == "No decision"
    every = " ".join(f"{s.staff_word} {s.customer_word}" for s in PRESENTATION.values()).lower()
    assert not [word for word in ("abandon", "negotiat", "churn") if word in every]


def test_an_open_request_says_that_nothing_is_cancelled_yet() -> None:
    """A customer is never left to believe that an open request already ended the contract."""
    assert "not cancelled yet" in presentation(RequestState.OPEN, processing=False).customer_word


def test_every_icon_is_in_the_sprite() -> None:
    """Each icon of the table is among those the console carries."""
    sprite = (Path(__file__).parents[3] / "tools" / "icons.txt").read_text().split()
    assert not [shown.icon for shown in PRESENTATION.values() if shown.icon not in sprite]
