"""Billing by hand: steps that a person can follow, in the person's language."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.utils import translation
from django.utils.translation import gettext

from atelogo.connectors.assisted.steps import RESUME, stop_steps
from atelogo.connectors.webhook_out.steps import NO_ADDRESS, REFUSED_ADDRESS
from atelogo.core import registry
from atelogo.core.ports.billing import CancelWhen
from atelogo.events import outbox
from atelogo.register.models import ManualTask, Request


@pytest.mark.parametrize("when", list(CancelWhen))
def test_the_steps_fit_the_last_day_that_was_chosen(when: CancelWhen) -> None:
    """Five steps, from finding the contract to the proof; only the one about the end differs."""
    steps = stop_steps(when)
    assert len(steps) == 5
    others = {stop_steps(other) for other in CancelWhen if other is not when}
    assert all(len(set(steps) - set(other)) == 1 for other in others)


@pytest.mark.parametrize("language", ["pt-br", "es"])
def test_every_step_is_translated(language: str) -> None:
    """What is stored is English; each step has its own words in Portuguese and Spanish."""
    steps = {*RESUME, *NO_ADDRESS, *REFUSED_ADDRESS, *(s for when in CancelWhen for s in stop_steps(when))}
    with translation.override(language):
        told = {step: gettext(step) for step in steps}
    assert [step for step, words in told.items() if step == words] == []


def test_an_order_becomes_a_task_with_its_deadline(confirmed: Request) -> None:
    """The worker asks the adapter once: one open task, its steps, the legal deadline."""
    outbox.drain()
    task = ManualTask.objects.get(request_id=confirmed.id, kind="billing_stop")
    assert task.steps == list(stop_steps(CancelWhen.NOW))
    assert (task.state, task.due_at) == ("open", confirmed.stop_due_at)


def test_it_is_what_a_new_company_has(confirmed: Request) -> None:
    """Without any set-up billing is by hand: nothing to configure, nothing lost."""
    assert registry.billing_port("assisted", UUID(int=1)).name == "assisted"
    assert "assisted" in registry.billing_names()
