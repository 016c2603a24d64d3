"""The story of a request: each event has its sentence, in every language, without codes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.utils import translation

import atelogo.events.catalogue.register  # noqa: F401 - the events must be known
from atelogo.events.catalogue.base import registered
from atelogo.register.queries.timeline import Happening
from atelogo.register.views.sentences import Known, told
from atelogo.register.views.showing import Sight

NOON = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
SOMEBODY = UUID(int=7)
ABOUT_A_REQUEST = ("request.", "receipt.", "billing.asked", "task.")
BODIES: dict[str, dict[str, Any]] = {
    "request.opened": {"channel": "phone", "identity": "agent", "declared_at": "2026-03-02T15:00:00Z"},
    "request.touched": {"channel": "web", "lines_added": ["x", "y"]},
    "request.reason_set": {"reason": "r", "position": 0, "source": "agent"},
    "request.confirmed": {"stop_due_at": "2026-03-04T15:00:00Z", "undo_until": "2026-03-03T15:00:00Z"},
    "request.withdrawn": {"why": "changed_mind"},
    "request.completed": {"billing_stopped_at": "2026-03-02T15:00:00Z", "reference": "OS 1"},
    "request.undone": {"billing_had_stopped": True},
    "request.merged": {"into": "m"},
    "request.voided": {"unlinked": True},
    "request.corrected": {"fields": ["city", "mrr_minor"]},
    "request.end_kind_set": {"end_kind": "administrative"},
    "request.identified": {"contract": None},
    "request.authority_decided": {"accepted": False, "relation": "relative"},
    "request.cause_verified": {"reason": "r"},
    "request.fee_disputed": {"why": "not_working", "answer_due_on": "2026-03-09"},
    "request.fee_answered": {"fee_minor": 1000},
    "request.owner_set": {"owner": str(SOMEBODY)},
    "request.equipment_return_chosen": {"way": "pickup", "due_on": "2026-04-01"},
    "receipt.issued": {"kind": "confirmed"},
    "receipt.sent": {"with_proof": True},
    "billing.asked": {"verb": "cancel", "answer": "refused", "reference": "X"},
    "task.opened": {"kind": "billing_stop", "due_at": "2026-03-04T15:00:00Z"},
    "task.done": {"kind": "billing_stop", "outcome": "done"},
}


def _happening(name: str, **more: Any) -> Happening:
    plain: dict[str, Any] = {
        "at": NOON, "order": 1, "name": name, "body": BODIES.get(name, {}), "personal": None,
        "shredded": False, "actor_kind": "staff", "actor_id": SOMEBODY,
    }  # fmt: skip
    return Happening(**(plain | more))


def _known(*, personal: bool = True) -> Known:
    return Known(
        Sight(personal),
        reasons={"r": "Preço"},
        people={SOMEBODY: "Bruno"},
        protocols={"m": "2026 0000 0000 0000"},
    )


@pytest.mark.parametrize("language", ["pt-br", "en", "es"])
def test_every_event_about_a_request_is_a_sentence(language: str) -> None:
    """No event of a request is shown by its wire name or with a code inside, in any language."""
    names = {event.name for event in registered() if event.name.startswith(ABOUT_A_REQUEST)}
    assert names >= set(BODIES)
    with translation.override(language):
        for name in names:
            (line,) = told([_happening(name)], _known())
            assert line.title
            assert name not in line.title, name
            assert "_" not in f"{line.title}{line.text}", (name, line)
            assert line.who == "Bruno"


def test_personal_detail_follows_the_readers_right() -> None:
    """What was said is shown to those who may, hidden from others, and said to be erased once it is."""
    note = _happening("request.note_added", personal={"text": "Ligar à noite"})
    with translation.override("pt-br"):
        assert told([note], _known())[0].text == "Ligar à noite"
        assert told([note], _known(personal=False))[0].text == "Oculto para o seu papel"
        erased = _happening("request.note_added", shredded=True)
        assert told([erased], _known())[0].text == "Dados pessoais apagados"


def test_corrections_show_before_and_after_in_words() -> None:
    """Money, days and channels of a correction are in words; what had been empty is said to be filled in."""
    personal = {
        "before": {"mrr_minor": 9990, "channel": "phone", "effective_on": None},
        "after": {"mrr_minor": 8990, "channel": "counter", "effective_on": "2026-03-09"},
        "why": "fatura",
    }
    body = {"fields": ["channel", "effective_on", "mrr_minor"]}
    with translation.override("pt-br"):
        (line,) = told([_happening("request.corrected", body=body, personal=personal)], _known())
        text = line.text.replace("\xa0", " ")
        for words in ("R$ 99,90 → R$ 89,90", "Telefone → Balcão", "vazio → 09/03/2026", "fatura"):
            assert words in text, words
        filled = {"before": {"expected": ""}, "after": {"expected": "mais"}, "why": "x"}
        fresh = _happening("request.corrected", body={"fields": ["expected"]}, personal=filled)
        assert told([fresh], _known())[0].title.startswith("Preenchido:")


def test_who_did_it_is_named_or_described() -> None:
    """Customers, the system, files and former colleagues are told apart."""
    with translation.override("pt-br"):
        kinds = {
            "customer": "Cliente",
            "system": "Sistema",
            "import": "Importação",
            "billing": "Sistema de cobrança",
        }
        for kind, word in kinds.items():
            (line,) = told([_happening("request.lapsed", actor_kind=kind, actor_id=None)], _known())
            assert line.who == word
        (gone,) = told([_happening("request.lapsed", actor_id=UUID(int=9))], _known())
        assert gone.who == "Ex-integrante"
