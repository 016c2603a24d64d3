"""What reaches the customer's mailbox, when, how often, and what happens when it cannot."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.core import mail

from atelogo.core import clock, registry
from atelogo.core.ports.messaging import AddressRefusedError, Message, MessagingUnavailableError
from atelogo.core.signing import NoteKey
from atelogo.core.tasks import RetryLaterError
from atelogo.events import ledger, log, outbox
from atelogo.events.models import OutboxJob
from atelogo.events.offline import Finding, check_receipt
from atelogo.register.models import Receipt, Request
from atelogo.register.services import pdf, rendering, requests, sending
from atelogo.register.services.requests import RequesterInput
from tests.register.conftest import MONDAY, Shop
from tests.register.services.test_deciding import BILLING, declared
from tests.register.services.test_request_open import asked


@dataclass
class Postman:
    """A channel that keeps what it is given, or fails as told."""

    name: str = "postman"
    messages: list[Message] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)

    def send(self, message: Message) -> str:
        """Keep the message, or raise what is next."""
        if self.fails:
            raise self.fails.pop(0)
        self.messages.append(message)
        return f"ref-{len(self.messages)}"


@pytest.fixture
def postman(monkeypatch: pytest.MonkeyPatch) -> Postman:
    """Put the postman in the place of the e-mail channel, and leave the PDF out."""
    found = Postman()
    monkeypatch.setitem(registry._messaging, "email", lambda _workspace: found)
    monkeypatch.setattr(sending, "pdf_of", lambda _html, _css: None)
    return found


@pytest.fixture
def receipt(shop: Shop) -> Receipt:
    """Return the receipt of a request just confirmed, not sealed yet."""
    return only(declared(shop))


def only(request: Request, kind: str = "confirmed") -> Receipt:
    """Return the request's receipt of ``kind`` as it is now."""
    found: Receipt = Receipt.objects.get(request_id=request.id, kind=kind)
    return found


def send(shop: Shop, receipt: Receipt, attempt: int = 1) -> None:
    """Run the task's service once."""
    sending.receipt_send(workspace=shop.workspace, receipt_id=receipt.id, attempt=attempt)


def sent_events(shop: Shop, request_id: UUID) -> list[tuple[str, bool]]:
    """Return channel and with_proof of every ``receipt.sent`` of the request."""
    entries = ledger.entries_of(shop.workspace.id, request_id)
    return [(e.body["channel"], e.body["with_proof"]) for e in entries if e.name == "receipt.sent"]


def json_of(message: Message) -> dict[str, object]:
    """Return the receipt file that goes with a message."""
    (file,) = [a for a in message.attachments if a.media_type == "application/json"]
    made: dict[str, object] = json.loads(file.content)
    return made


class TestProof:
    """Ten seconds for the seal, then without it."""

    def test_an_unsealed_receipt_waits_a_second_at_a_time(
        self, shop: Shop, postman: Postman, receipt: Receipt
    ) -> None:
        """Within ten seconds of the issue the task asks to come again; nothing is sent."""
        with pytest.raises(RetryLaterError) as waits:
            send(shop, receipt)
        assert waits.value.after == timedelta(seconds=1)
        assert postman.messages == []

    def test_a_sealed_receipt_goes_with_its_proof(
        self, shop: Shop, postman: Postman, receipt: Receipt
    ) -> None:
        """One message, whose file a stranger can check; sent is written down once."""
        log.seal(shop.workspace.id)
        send(shop, receipt)
        (message,) = postman.messages
        key = NoteKey.parse(str(json_of(message)["public_key"]))
        assert check_receipt(json.dumps(json_of(message)), key).finding is Finding.SOUND
        assert "segue em outra mensagem" not in message.text
        assert sent_events(shop, receipt.request_id) == [("postman", True)]
        receipt.refresh_from_db()
        assert (receipt.mail_state, receipt.mailed_at) == ("sent", MONDAY)

    def test_after_ten_seconds_it_goes_without_and_the_proof_is_owed(
        self, shop: Shop, postman: Postman, receipt: Receipt
    ) -> None:
        """The sealer is down: the receipt goes and says so; the proof follows in a message of its own."""
        with clock.clock_at(MONDAY + timedelta(seconds=10)):
            send(shop, receipt)
            with pytest.raises(RetryLaterError):
                sending.receipt_proof_send(workspace=shop.workspace, receipt_id=receipt.id)
        assert "segue em outra mensagem" in postman.messages[0].text
        assert "segue em outra mensagem" in postman.messages[0].html
        assert json_of(postman.messages[0])["proof_follows"] is True
        assert OutboxJob.objects.filter(task=sending.PROOF_TASK).count() == 1

        log.seal(shop.workspace.id)
        sending.receipt_proof_send(workspace=shop.workspace, receipt_id=receipt.id)
        follow_up = postman.messages[1]
        assert follow_up.subject.startswith("Prova do seu comprovante")
        assert json_of(follow_up)["proof"]
        assert sent_events(shop, receipt.request_id) == [("postman", False), ("postman", True)]

    def test_the_proof_follows_once(self, shop: Shop, postman: Postman, receipt: Receipt) -> None:
        """A repeated run of the second message's task sends nothing more."""
        with clock.clock_at(MONDAY + timedelta(seconds=10)):
            send(shop, receipt)
        log.seal(shop.workspace.id)
        for _again in range(3):
            sending.receipt_proof_send(workspace=shop.workspace, receipt_id=receipt.id)
        assert len(postman.messages) == 2

    def test_a_clock_set_back_does_not_hold_the_receipt_up(
        self, shop: Shop, postman: Postman, receipt: Receipt
    ) -> None:
        """Issued "in the future" by an hour: it goes at once rather than wait for the clock."""
        with clock.clock_at(MONDAY - timedelta(hours=1)):
            send(shop, receipt)
        assert len(postman.messages) == 1


class TestDelivery:
    """To whom, in which words, with which files; repeated, refused, unreachable."""

    def test_it_goes_to_the_holder_in_the_company_name(
        self, shop: Shop, postman: Postman, receipt: Receipt
    ) -> None:
        """Address on file, sender's name, reply address, protocol in the subject."""
        company = replace(
            shop.workspace, contacts=replace(shop.workspace.contacts, email="oi@aurora.example")
        )
        log.seal(shop.workspace.id)
        send(replace(shop, workspace=company), receipt)
        (message,) = postman.messages
        assert message.to == "jose1001@example.com"
        assert (message.sender_name, message.reply_to) == ("Padaria Aurora", "oi@aurora.example")
        grouped = rendering.receipt_read(shop.workspace, receipt.id).payload["protocol_grouped"]
        assert message.subject == f"Cancelamento confirmado – protocolo {grouped}"

    def test_the_files_are_named_for_people(self, shop: Shop, postman: Postman, receipt: Receipt) -> None:
        """The receipt file and the last day in the calendar; the PDF is absent here and not waited for."""
        log.seal(shop.workspace.id)
        send(shop, receipt)
        protocol = Request.objects.get().protocol
        names = [file.name for file in postman.messages[0].attachments]
        assert names == [f"comprovante-{protocol}.json", f"comprovante-{protocol}.ics"]

    def test_the_pdf_goes_first_where_it_can_be_made(
        self, shop: Shop, postman: Postman, receipt: Receipt, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """With a PDF maker the PDF is the first file."""
        monkeypatch.setattr(sending, "pdf_of", lambda html, _css: b"%PDF" + html.encode()[:15])
        log.seal(shop.workspace.id)
        send(shop, receipt)
        first = postman.messages[0].attachments[0]
        assert (first.media_type, first.content) == ("application/pdf", b"%PDF<!DOCTYPE html>")

    def test_a_third_party_never_gets_the_holders_receipt(self, shop: Shop, postman: Postman) -> None:
        """The daughter asks, authority is accepted, and the receipt goes to the holder's own address."""
        opened = requests.request_declare(
            workspace=shop.workspace,
            actor=shop.clerk,
            declaration=replace(
                asked(shop),
                identity="agent",
                requester=RequesterInput(relation="relative", name="Filha", contact="filha@example.com"),
            ),
        )
        requests.authority_decide(
            workspace=shop.workspace,
            actor=shop.clerk,
            request_id=opened.id,
            accepted=True,
            evidence="certidão",
        )
        log.seal(shop.workspace.id)
        send(shop, Receipt.objects.get(request_id=opened.id))
        assert [message.to for message in postman.messages] == ["jose1001@example.com"]

    def test_an_open_request_owes_no_receipt(self, shop: Shop, postman: Postman) -> None:
        """While nothing is cancelled no receipt is issued, so none is owed."""
        requests.request_open(
            workspace=shop.workspace, actor=shop.person, declaration=asked(shop, clear=False)
        )
        assert not OutboxJob.objects.filter(task="register.receipt_send").exists()

    def test_a_sent_receipt_is_not_sent_again(self, shop: Shop, postman: Postman, receipt: Receipt) -> None:
        """A repeated run finds it sent and does nothing."""
        log.seal(shop.workspace.id)
        for _again in range(3):
            send(shop, receipt)
        assert len(postman.messages) == 1
        assert len(sent_events(shop, receipt.request_id)) == 1

    def test_a_crash_after_handing_over_repeats_under_the_same_key(
        self, shop: Shop, postman: Postman, receipt: Receipt, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Killed between the mail server's yes and our commit: the retry's message has the same key."""
        log.seal(shop.workspace.id)

        def killed(*_args: object, **_options: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(sending, "record", killed)
            with pytest.raises(KeyboardInterrupt):
                send(shop, receipt)
        receipt.refresh_from_db()
        assert receipt.mail_state == "owed"
        send(shop, receipt, attempt=2)
        assert len({message.key for message in postman.messages}) == 1
        assert len(sent_events(shop, receipt.request_id)) == 1

    def test_a_refused_address_ends_the_attempts_and_is_seen(
        self, shop: Shop, postman: Postman, receipt: Receipt
    ) -> None:
        """The server says nobody lives there: failed at once, a dead letter that a person sees."""
        log.seal(shop.workspace.id)
        postman.fails = [AddressRefusedError("550")]
        outbox.drain()
        receipt.refresh_from_db()
        assert receipt.mail_state == "failed"
        assert "register.receipt_send" in {job.task for job in outbox.dead_jobs(shop.workspace.id)}

    def test_a_failed_receipt_is_sent_by_a_replay(
        self, shop: Shop, postman: Postman, receipt: Receipt
    ) -> None:
        """After the address was put right a person replays the dead letter, and it goes."""
        log.seal(shop.workspace.id)
        postman.fails = [AddressRefusedError("550")]
        outbox.drain()
        (dead,) = [j for j in outbox.dead_jobs(shop.workspace.id) if j.task == "register.receipt_send"]
        outbox.replay(dead.id, workspace_id=shop.workspace.id)
        outbox.drain()
        receipt.refresh_from_db()
        assert receipt.mail_state == "sent"
        assert len(postman.messages) == 1

    def test_a_mail_server_that_is_down_is_waited_for(
        self, shop: Shop, postman: Postman, receipt: Receipt
    ) -> None:
        """Two failures, then delivery: one message, and the request never noticed."""
        log.seal(shop.workspace.id)
        postman.fails = [MessagingUnavailableError("down")] * 2
        for minutes in range(1, 10):
            with clock.clock_at(MONDAY + timedelta(minutes=minutes)):
                outbox.drain()
        assert [m.key for m in postman.messages] == [f"receipt:{receipt.id}"]
        assert Request.objects.get().state == "confirmed"

    def test_a_mail_server_that_stays_down_leaves_a_failed_receipt(
        self, shop: Shop, postman: Postman, receipt: Receipt
    ) -> None:
        """All attempts used up: the receipt is marked as failed and stands among the dead letters."""
        log.seal(shop.workspace.id)
        postman.fails = [MessagingUnavailableError("down")] * 50
        for hours in range(1, 30):
            with clock.clock_at(MONDAY + timedelta(hours=hours)):
                outbox.drain()
        receipt.refresh_from_db()
        assert receipt.mail_state == "failed"
        assert sent_events(shop, receipt.request_id) == []

    def test_the_second_receipt_tells_that_the_charges_stopped(self, shop: Shop, postman: Postman) -> None:
        """At completion a receipt of its own goes out, in the words of what was done."""
        request = declared(shop)
        requests.request_complete(workspace=shop.workspace, actor=BILLING, request_id=request.id)
        log.seal(shop.workspace.id)
        send(shop, only(request, "completed"))
        (message,) = postman.messages
        assert message.subject.startswith("Cancelamento concluído")
        assert "Cobranças paradas em" in message.text

    def test_gone_address_is_none_not_an_error(self, shop: Shop, postman: Postman, receipt: Receipt) -> None:
        """The person's data were erased meanwhile: nothing is sent and nothing is owed any more."""
        Request.objects.update(personal_snapshot="")
        send(shop, receipt)
        receipt.refresh_from_db()
        assert receipt.mail_state == "none"
        assert postman.messages == []


class TestNotices:
    """Plain notices."""

    def test_an_open_request_is_said_to_be_not_cancelled_yet(self, shop: Shop, postman: Postman) -> None:
        """The notice says "ainda não cancelado" and gives the address to conclude."""
        sending.not_cancelled_notice(
            workspace=shop.workspace,
            to="a@example.com",
            protocol="2026030212345678",
            link="https://aurora.example/x?a=1&b=2",
            language="pt-br",
            key="open:1",
        )
        (message,) = postman.messages
        assert "2026 0302 1234 5678. Ainda não cancelado." in message.text
        assert "Para concluir" in message.text
        assert "https://aurora.example/x?a=1&b=2" in message.text
        assert "https://aurora.example/x?a=1&amp;b=2" in message.html

    def test_a_language_without_catalogue_falls_to_the_companys(self, shop: Shop, postman: Postman) -> None:
        """An unknown language gives the company's own, never an error."""
        sending.plain_notice(
            workspace=shop.workspace,
            to="a@example.com",
            subject="x",
            lines=[],
            language="xx",
            key="n:2",
        )
        assert postman.messages[0].language == "pt-br"

    def test_names_of_people_are_escaped_in_the_page(self, shop: Shop, postman: Postman) -> None:
        """What a person typed is text in the HTML, and unchanged in the plain text."""
        sending.plain_notice(
            workspace=shop.workspace,
            to="a@example.com",
            subject="Olá",
            lines=["<script>x</script> & outros"],
            language="pt-br",
            key="n:1",
        )
        assert "<script>" not in postman.messages[0].html
        assert "<script>x</script> & outros" in postman.messages[0].text


@pytest.fixture
def _no_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_CHILD", pdf._CHILD.with_name("absent.py"))


@pytest.mark.usefixtures("_no_pdf")
def test_through_the_outbox_and_the_real_channel(shop: Shop, receipt: Receipt) -> None:
    """Drained by the worker's own loop: waits for the seal, then one e-mail with text, page and files."""
    outbox.drain()
    assert mail.outbox == []
    log.seal(shop.workspace.id)
    with clock.clock_at(MONDAY + timedelta(seconds=2)):
        outbox.drain()
    (message,) = mail.outbox
    assert message.to == ["jose1001@example.com"]
    assert message.from_email.startswith("Padaria Aurora <")
    kinds = [part.get_content_type() for part in message.message().walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "application/json", "text/calendar"]
    receipt.refresh_from_db()
    assert receipt.mail_state == "sent"
