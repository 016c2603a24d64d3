"""Background work by name, ports and handlers by name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from atelogo.core import registry, tasks


@pytest.fixture(autouse=True)
def own_registries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test empty registries of its own."""
    monkeypatch.setattr(tasks, "_tasks", {})
    for name in ("_billing", "_messaging", "_handlers"):
        monkeypatch.setattr(registry, name, {})


def test_a_task_is_found_by_its_name() -> None:
    """The decorated function stays a function and is found under its name with its settings."""

    @tasks.task("test.thing", max_attempts=3)
    def run(work: tasks.Work) -> None:
        """Do nothing."""

    found = tasks.task_named("test.thing")
    assert found is not None
    assert (found.run, found.max_attempts, found.every, found.on_dead) == (run, 3, None, None)
    assert tasks.task_named("test.other") is None


def test_periodic_tasks_are_those_with_a_period() -> None:
    """Only tasks with `every` run by themselves, in the order of their names."""
    for name, every in (("b", timedelta(hours=1)), ("a", timedelta(days=1)), ("c", None)):
        tasks.task(name, every=every)(lambda _work: None)
    assert [one.name for one in tasks.periodic_tasks()] == ["a", "b"]


def test_retry_later_carries_its_delay() -> None:
    """A task that asks to be run again says after how long."""
    assert tasks.RetryLaterError("busy", after=timedelta(minutes=5)).after == timedelta(minutes=5)
    assert tasks.RetryLaterError("busy").after is None


class Adapter:
    """An adapter made for one workspace."""

    def __init__(self, workspace_id: UUID) -> None:
        self.workspace_id = workspace_id


def test_ports_are_made_for_their_workspace() -> None:
    """An adapter is made for the workspace that asks; the names of billing adapters are listed."""
    made: Any = Adapter
    registry.register_billing("assisted", made)
    registry.register_billing("another", made)
    registry.register_messaging("email", made)
    workspace = uuid4()
    billing: Any = registry.billing_port("assisted", workspace)
    messaging: Any = registry.messaging_port("email", workspace)
    assert billing.workspace_id == messaging.workspace_id == workspace
    assert registry.billing_names() == ["another", "assisted"]


def test_an_adapter_that_is_not_installed() -> None:
    """A workspace that names an unknown adapter gets an error that names it."""
    with pytest.raises(registry.UnknownPortError, match="gone"):
        registry.billing_port("gone", uuid4())
    with pytest.raises(registry.UnknownPortError, match="gone"):
        registry.messaging_port("gone", uuid4())


def test_handlers_are_heard_in_order() -> None:
    """Each event's handlers are kept with their names, in the order in which they registered."""

    @registry.on_event("request.opened", "first")
    def first(event: object) -> None:
        """Do nothing."""

    @registry.on_event("request.opened", "second")
    def second(event: object) -> None:
        """Do nothing."""

    assert registry.handlers_of("request.opened") == [("first", first), ("second", second)]
    assert registry.handlers_of("request.closed") == []
