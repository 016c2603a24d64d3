"""How customers come in: links that work once, codes that tell nobody anything, half-hour sessions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from atelogo.accounts.domain.link_keys import LinkClaims
from atelogo.core import clock, ids, registry
from atelogo.core.errors import TooManyAttemptsError
from atelogo.core.ports.messaging import AddressRefusedError, Message, MessagingUnavailableError
from atelogo.core.tenancy import workspace_scope
from atelogo.events import outbox
from atelogo.register.errors import CodeWrongError, LinkInvalidError
from atelogo.register.models import CustomerAccess
from atelogo.register.services import access, customers
from atelogo.register.services.access import AccessSession
from atelogo.register.services.customers import CustomerInput
from tests.cast import company
from tests.register.conftest import MONDAY, Shop, subscriber

CPF = "111.444.777-35"
NOBODYS_CPF = "529.982.247-25"


class Mailbox:
    """A channel that keeps what it is given, or refuses it as told."""

    name = "mailbox"

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.error: Exception | None = None

    def send(self, message: Message) -> str:
        """Keep the message."""
        if self.error is not None:
            raise self.error
        self.sent.append(message)
        return "kept"

    @property
    def code(self) -> str:
        """The figures of the code in the last message."""
        grouped = next(line for line in self.sent[-1].text.splitlines() if line[:1].isdigit())
        return grouped.replace(" ", "")


@pytest.fixture(autouse=True)
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    """Return the channel that the shop's messages go through."""
    box = Mailbox()
    monkeypatch.setitem(registry._messaging, "email", lambda _workspace: box)
    return box


@pytest.fixture
def maria(shop: Shop) -> UUID:
    """Return a customer with a document and an e-mail."""
    return customers.customer_add(
        workspace=shop.workspace,
        given=CustomerInput(name="Maria", external_id="m1", document=CPF, email="maria@example.com"),
    )


def claims(ref: str, *contracts: str, jti: str = "link-1") -> LinkClaims:
    """Return what a verified link says."""
    now = clock.now()
    return LinkClaims(ref, contracts, jti, "key-1", now, now + timedelta(minutes=10))


def asked(shop: Shop, text: str, origin: str = "1.2.3.4") -> UUID:
    """Ask for a code."""
    return access.code_ask(workspace=shop.workspace, text=text, origin=origin, language="pt-br")


def checked(shop: Shop, access_id: UUID, code: str) -> AccessSession:
    """Give a code and return the session it opens."""
    opened = access.code_check(workspace=shop.workspace, access_id=access_id, code=code, origin="1.2.3.4")
    return opened.session


# Signed links ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("ref", ["external", "public"])
def test_a_link_opens_a_session_for_the_customer_it_names(shop: Shop, ref: str) -> None:
    """The company's own id and our public id both lead to the customer, by the identity signed_link."""
    named = "c1001" if ref == "external" else ids.public_id("cus", shop.customer)
    opened = access.link_exchange(workspace=shop.workspace, claims=claims(named))
    assert opened is not None
    assert (opened.session.customer_id, opened.session.via) == (shop.customer, "signed_link")
    assert opened.session.intent_at == MONDAY
    assert access.session_of(workspace=shop.workspace, key=opened.key) == opened.session


def test_a_link_works_once(shop: Shop) -> None:
    """A second use of the same link is refused."""
    access.link_exchange(workspace=shop.workspace, claims=claims("c1001"))
    with pytest.raises(LinkInvalidError):
        access.link_exchange(workspace=shop.workspace, claims=claims("c1001"))
    assert CustomerAccess.objects.count() == 1


def test_the_browser_that_used_a_link_may_click_it_again(shop: Shop) -> None:
    """Inside the session that it opened, the link opens nothing new and is not refused."""
    opened = access.link_exchange(workspace=shop.workspace, claims=claims("c1001"))
    assert opened is not None
    again = access.link_exchange(workspace=shop.workspace, claims=claims("c1001"), current=opened.session)
    assert again is None


def test_a_closed_session_leaves_its_link_used(shop: Shop) -> None:
    """Leaving does not bring a link back to life."""
    opened = access.link_exchange(workspace=shop.workspace, claims=claims("c1001"))
    assert opened is not None
    access.session_close(workspace=shop.workspace, key=opened.key)
    assert access.session_of(workspace=shop.workspace, key=opened.key) is None
    with pytest.raises(LinkInvalidError):
        access.link_exchange(workspace=shop.workspace, claims=claims("c1001"))


def test_a_link_for_somebody_unknown_is_refused_like_a_used_one(shop: Shop) -> None:
    """An unknown customer gives the same error as a used link, and leaves no row."""
    with pytest.raises(LinkInvalidError):
        access.link_exchange(workspace=shop.workspace, claims=claims("nobody"))
    assert not CustomerAccess.objects.exists()


def test_a_link_may_name_one_contract(shop: Shop) -> None:
    """One contract named leads straight to it; somebody else's contract is passed over."""
    _other, foreign = subscriber(shop.workspace, "2002")
    named = claims("c1001", "1001", ids.public_id("ctr", foreign), jti="a")
    opened = access.link_exchange(workspace=shop.workspace, claims=named)
    assert opened is not None
    assert opened.session.contract_id == shop.contract


def test_only_hashes_of_keys_are_stored(shop: Shop) -> None:
    """Neither the cookie's key nor the link's own id can be read from the table."""
    opened = access.link_exchange(workspace=shop.workspace, claims=claims("c1001", jti="secret-jti"))
    assert opened is not None
    row = CustomerAccess.objects.values().get()
    assert len(bytes(row["session_hash"])) == 32
    assert opened.key not in str(row)
    assert "secret-jti" not in str(row)


# One-time codes --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("typed", [CPF, "11144477735", " 111 444 777 35 "])
def test_a_code_goes_to_the_address_on_file_and_opens_once(
    shop: Shop, maria: UUID, mailbox: Mailbox, typed: str
) -> None:
    """The document in any grouping leads to a code by e-mail; the code opens one session and no second."""
    access_id = asked(shop, typed)
    assert mailbox.sent == []  # nothing is looked up while the person waits
    outbox.drain()
    assert [message.to for message in mailbox.sent] == ["maria@example.com"]
    assert mailbox.code not in mailbox.sent[0].subject
    session = checked(shop, access_id, f"{mailbox.code[:3]} {mailbox.code[3:]}")
    assert (session.customer_id, session.contract_id, session.via) == (maria, None, "code")
    with pytest.raises(CodeWrongError):
        checked(shop, access_id, mailbox.code)


def test_a_contract_number_leads_to_its_holder_and_names_the_contract(shop: Shop, mailbox: Mailbox) -> None:
    """With a contract number the session knows which contract is meant."""
    access_id = asked(shop, " 1001 ")
    outbox.drain()
    session = checked(shop, access_id, mailbox.code)
    assert (session.customer_id, session.contract_id) == (shop.customer, shop.contract)


def test_asking_does_the_same_work_whether_or_not_a_person_exists(shop: Shop, maria: UUID) -> None:
    """The same statements run and the same rows are left for a customer and for nobody."""
    traces = []
    for typed in (CPF, NOBODYS_CPF, "no such contract"):
        before = CustomerAccess.objects.count()
        with CaptureQueriesContext(connection) as captured:
            asked(shop, typed, origin=typed)
        kinds = [" ".join(query["sql"].replace("RELEASE ", "").split()[:3])[:40] for query in captured]
        kinds = ["SAVEPOINT" if kind.startswith("SAVEPOINT") else kind for kind in kinds]
        traces.append((kinds, CustomerAccess.objects.count() - before))
    # The sweep of old counters is by the counter's own key: it tells nothing about persons.
    plain = [([kind for kind in kinds if not kind.startswith("DELETE")], rows) for kinds, rows in traces]
    assert plain[0] == plain[1] == plain[2]


def test_a_code_nobody_is_behind_is_wrong_like_any_other(shop: Shop, maria: UUID, mailbox: Mailbox) -> None:
    """Checking a code for nobody fails with the error and the work of a wrong code."""
    nobody, somebody = asked(shop, NOBODYS_CPF), asked(shop, CPF)
    outbox.drain()
    wrong = "000000" if mailbox.code != "000000" else "111111"
    counts = []
    for access_id in (nobody, somebody):
        with CaptureQueriesContext(connection) as captured, pytest.raises(CodeWrongError):
            checked(shop, access_id, wrong)
        counts.append(len([q for q in captured if not q["sql"].startswith("DELETE")]))
    assert counts[0] == counts[1]
    assert len(mailbox.sent) == 1


def test_a_customer_without_e_mail_gets_no_code(shop: Shop, mailbox: Mailbox) -> None:
    """Nobody is written to, and the question stays unanswerable."""
    customers.customer_add(workspace=shop.workspace, given=CustomerInput(name="Ivo", document=CPF))
    access_id = asked(shop, CPF)
    outbox.drain()
    assert mailbox.sent == []
    with pytest.raises(CodeWrongError):
        checked(shop, access_id, "123456")


def test_five_wrong_codes_use_the_question_up(shop: Shop, maria: UUID, mailbox: Mailbox) -> None:
    """After five tries even the right code opens nothing."""
    access_id = asked(shop, CPF)
    outbox.drain()
    for _try in range(access.CODE_TRIES):
        with pytest.raises(CodeWrongError):
            checked(shop, access_id, "12")
    with pytest.raises(CodeWrongError):
        checked(shop, access_id, mailbox.code)


def test_a_code_ends_after_ten_minutes(shop: Shop, maria: UUID, mailbox: Mailbox) -> None:
    """The code works until the ninth minute and not at the tenth."""
    first, second = asked(shop, CPF), asked(shop, CPF)
    outbox.drain()
    with clock.clock_at(MONDAY + timedelta(minutes=9, seconds=59)):
        assert checked(shop, first, access._code(shop.workspace, first)).customer_id == maria
    with clock.clock_at(MONDAY + timedelta(minutes=10)), pytest.raises(CodeWrongError):
        checked(shop, second, access._code(shop.workspace, second))


def test_a_retry_sends_the_same_code(shop: Shop, maria: UUID, mailbox: Mailbox) -> None:
    """A crash between sending and noting it leaves a code in the mailbox that still works."""
    access_id = asked(shop, CPF)
    mailbox.error = MessagingUnavailableError()
    outbox.drain()
    mailbox.error = None
    with clock.clock_at(MONDAY + timedelta(minutes=2)):
        outbox.drain()
        first = access.code_prepare(workspace=shop.workspace, access_id=access_id, text=CPF)
        assert first is not None
        assert first.code == mailbox.code
        assert checked(shop, access_id, first.code).customer_id == maria


def test_a_refused_address_is_given_up(shop: Shop, maria: UUID, mailbox: Mailbox) -> None:
    """An address that does not exist is no reason to try again and again."""
    mailbox.error = AddressRefusedError()
    asked(shop, CPF)
    outbox.drain()
    assert [job.task for job in outbox.dead_jobs(shop.workspace.id)] == [access.CODE_TASK]


def test_asking_is_limited_by_what_was_typed(shop: Shop) -> None:
    """The sixth question for one document within an hour is refused, from whatever origin."""
    for number in range(5):
        asked(shop, NOBODYS_CPF, origin=f"10.0.0.{number}")
    with pytest.raises(TooManyAttemptsError):
        asked(shop, "529 982 247 25", origin="10.0.0.9")
    asked(shop, CPF, origin="10.0.0.9")


def test_asking_is_limited_by_origin(shop: Shop) -> None:
    """One origin cannot try documents without end."""
    for number in range(30):
        asked(shop, f"contract {number}", origin="6.6.6.6")
    with pytest.raises(TooManyAttemptsError):
        asked(shop, "contract 31", origin="6.6.6.6")


def test_checking_is_limited_by_origin(shop: Shop) -> None:
    """One origin cannot guess codes without end, over many questions."""
    for _try in range(60):
        with pytest.raises(CodeWrongError):
            checked(shop, ids.new_id(), "1")
    with pytest.raises(TooManyAttemptsError):
        checked(shop, ids.new_id(), "1")


# Sessions --------------------------------------------------------------------------------------------------
def opened_session(shop: Shop) -> access.OpenedSession:
    """Open a session by a link."""
    opened = access.link_exchange(workspace=shop.workspace, claims=claims("c1001"))
    assert opened is not None
    return opened


def session_at(shop: Shop, key: str, minutes: float) -> Any:
    """Look the session up so many minutes after Monday noon."""
    with clock.clock_at(MONDAY + timedelta(minutes=minutes)):
        return access.session_of(workspace=shop.workspace, key=key)


def test_a_session_slides_for_half_an_hour(shop: Shop) -> None:
    """Each use prolongs it to half an hour from then; half an hour of silence ends it."""
    key = opened_session(shop).key
    assert session_at(shop, key, 25) is not None
    assert session_at(shop, key, 54) is not None
    assert session_at(shop, key, 84) is None


def test_reading_a_page_seldom_writes(shop: Shop) -> None:
    """Within five minutes a session is only read: one statement."""
    key = opened_session(shop).key
    with clock.clock_at(MONDAY + timedelta(minutes=4)), CaptureQueriesContext(connection) as captured:
        assert access.session_of(workspace=shop.workspace, key=key) is not None
    assert len(captured) == 1


def test_a_key_opens_nothing_in_another_company(shop: Shop) -> None:
    """The same cookie is nobody in another workspace."""
    key = opened_session(shop).key
    elsewhere = company("outra", "Outra")
    with workspace_scope(elsewhere.id):
        assert access.session_of(workspace=elsewhere, key=key) is None


@pytest.mark.parametrize("key", ["", "guess"])
def test_a_key_that_is_none_opens_nothing(shop: Shop, key: str) -> None:
    """An empty or invented cookie is nobody."""
    assert access.session_of(workspace=shop.workspace, key=key) is None


def test_the_first_moment_of_meaning_it_stays(shop: Shop, maria: UUID, mailbox: Mailbox) -> None:
    """Somebody who came to look at protocols means to cancel from their first such page on."""
    access_id = asked(shop, CPF)
    outbox.drain()
    session = checked(shop, access_id, mailbox.code)
    assert session.intent_at is None
    for minutes in (1, 2):
        with clock.clock_at(MONDAY + timedelta(minutes=minutes)):
            access.intent_mark(workspace=shop.workspace, session=session)
    assert CustomerAccess.objects.get(id=session.id).intent_at == MONDAY + timedelta(minutes=1)


def test_old_rows_are_swept_after_the_longest_link(shop: Shop) -> None:
    """A used link is remembered for longer than any link lives, then forgotten."""
    opened_session(shop)
    with clock.clock_at(MONDAY + timedelta(days=7, minutes=1)):
        assert access.access_sweep(workspace=shop.workspace) == 0
    with clock.clock_at(MONDAY + timedelta(days=8, minutes=1)):
        assert access.access_sweep(workspace=shop.workspace) == 1
