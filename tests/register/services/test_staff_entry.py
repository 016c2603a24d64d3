"""What a person types: one act that keeps everything or nothing, and is kept once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from atelogo.core import clock
from atelogo.register.domain.deadlines import EffectiveChoice
from atelogo.register.errors import EffectiveDateError, ReasonNotFoundError
from atelogo.register.models import Inquiry, Note, Reason, Request, Touchpoint
from atelogo.register.services.requests import Choice, Declaration, request_reason_set
from atelogo.register.services.staff_entry import Said, inquiry_typed, request_typed
from tests.register.conftest import MONDAY, Shop


def _wish(shop: Shop, key: str | None = "k1", words: str = "") -> Declaration:
    return Declaration(
        channel="phone",
        identity="agent",
        customer_id=shop.customer,
        contract_id=shop.contract,
        key=key,
        words=words,
    )


def test_what_was_said_is_kept_with_the_request(shop: Shop) -> None:
    """Note, words and the number of another system are kept in the same act as the request."""
    said = Said(note="Retornar", expected="Mais velocidade", competitor="Vizinha", outside_protocol="ERP-1")
    opened = request_typed(
        workspace=shop.workspace, actor=shop.clerk, declaration=_wish(shop), choice=Choice(), said=said
    )
    row = Request.objects.get(id=opened.id)
    assert (row.state, row.expected, row.competitor) == ("confirmed", "Mais velocidade", "Vizinha")
    assert (Note.objects.get().text, Touchpoint.objects.get().outside_protocol) == ("Retornar", "ERP-1")
    assert row.completeness > 0


def test_without_a_choice_it_stays_open(shop: Shop) -> None:
    """Nothing is confirmed unless the last day was chosen."""
    opened = request_typed(
        workspace=shop.workspace, actor=shop.clerk, declaration=_wish(shop), choice=None, said=Said()
    )
    assert opened.state == "open"


@pytest.mark.parametrize("choice", [Choice(when=EffectiveChoice.DATE), Choice()])
def test_a_refusal_writes_nothing(shop: Shop, choice: Choice) -> None:
    """A bad last day or an unknown reason leaves no request, no note, nothing."""
    said = Said(note="x", reason_ids=(shop.contract,))
    with pytest.raises((EffectiveDateError, ReasonNotFoundError)):
        request_typed(
            workspace=shop.workspace, actor=shop.clerk, declaration=_wish(shop), choice=choice, said=said
        )
    assert (Request.objects.count(), Note.objects.count()) == (0, 0)


def test_the_same_form_is_kept_once_and_may_still_confirm(shop: Shop) -> None:
    """The same key gives the same request and no second note; recorded first, it can be confirmed after."""
    said = Said(note="uma vez")
    first = request_typed(
        workspace=shop.workspace, actor=shop.clerk, declaration=_wish(shop), choice=None, said=said
    )
    second = request_typed(
        workspace=shop.workspace, actor=shop.clerk, declaration=_wish(shop), choice=Choice(), said=said
    )
    assert (second.id, second.state) == (first.id, "confirmed")
    assert (Note.objects.count(), Touchpoint.objects.count()) == (1, 0)


def test_joining_twice_in_a_minute_is_one_joining(shop: Shop) -> None:
    """The same words of the same person within a minute join once; later, or with other words, again."""
    request_typed(
        workspace=shop.workspace, actor=shop.clerk, declaration=_wish(shop), choice=Choice(), said=Said()
    )

    def joins(key: str, words: str) -> None:
        request_typed(
            workspace=shop.workspace, actor=shop.clerk, declaration=_wish(shop, key, words), choice=Choice(),
            said=Said(note="de novo"),
        )  # fmt: skip

    joins("k2", "quero sair")
    joins("k2", "quero sair")
    assert (Touchpoint.objects.count(), Note.objects.count()) == (1, 1)
    joins("k3", "outra coisa")
    with clock.clock_at(MONDAY + timedelta(minutes=2)):
        joins("k4", "quero sair")
    assert (Touchpoint.objects.count(), Note.objects.count()) == (3, 3)


def test_a_reason_set_before_stays_when_none_is_given(shop: Shop) -> None:
    """Joining without a reason does not take away the one that was stated."""
    opened = request_typed(
        workspace=shop.workspace, actor=shop.clerk, declaration=_wish(shop), choice=Choice(), said=Said()
    )
    price = Reason.objects.get(code="price_too_high").id
    request_reason_set(
        workspace=shop.workspace, actor=shop.clerk, request_id=opened.id, reason_id=price, source="customer"
    )
    request_typed(
        workspace=shop.workspace,
        actor=shop.clerk,
        declaration=_wish(shop, "k9"),
        choice=Choice(),
        said=Said(),
    )
    assert Request.objects.get().reason_id == price


def test_a_question_sent_twice_is_one_question(shop: Shop) -> None:
    """The same question and answer within a minute keep one protocol; another answer is another question."""

    def asks(answer: str) -> str:
        return inquiry_typed(
            workspace=shop.workspace, actor=shop.clerk, channel="phone", topic="fee", question="Quanto é?",
            answer=answer, customer_id=shop.customer,
        )  # fmt: skip

    assert asks("R$ 300") == asks("R$ 300")
    assert asks("R$ 100") != asks("R$ 300")
    assert Inquiry.objects.count() == 2
