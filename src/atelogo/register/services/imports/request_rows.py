"""Imported requests with their reasons, items and ledger entries on their way into the tables."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from typing import Final

from atelogo.core.clock import iso
from atelogo.core.secrets import encrypt
from atelogo.events import ledger
from atelogo.events.catalogue.base import Event
from atelogo.events.catalogue.register import RequestImported
from atelogo.events.ledger import LedgerRow
from atelogo.register.domain.completeness import DatePrecision, RequestFacts, completeness
from atelogo.register.domain.import_rows import CancellationRow, Who
from atelogo.register.models import Request, RequestItem, RequestReason, Touchpoint
from atelogo.register.services.imports.drawing import new_keys, new_protocols, receipt_keys
from atelogo.register.services.imports.ends import ContractAt, LineAt
from atelogo.register.services.imports.job import Job
from atelogo.register.services.imports.loading import Row, Shape, json_text, uuid_of
from atelogo.register.services.imports.moments import When

_REQUEST: Final = (
    "id", "protocol", "receipt_key", "channel", "end_kind", "customer_id", "contract_id", "reason_id",
    "reason_version", "free_text", "competitor", "custom", "declared_at", "requested_at", "effective_at",
    "effective_on", "date_precision", "declared_evidence", "mrr_minor", "snapshot", "product_name",
    "plan_name", "city", "region", "completeness", "flags", "import_key", "import_content",
)  # fmt: skip
_REASON: Final = ("id", "request_id", "reason_id", "position", "version")
_ITEM: Final = ("id", "request_id", "line_id", "label", "amount_minor", "outcome")
_TOUCH: Final = ("id", "customer_id", "contract_id", "request_id", "channel", "outside_protocol")
NO_CHANNEL: Final = "import"
_DASHED: Final = 36


class Finding:
    """What was found out about one row: whose it is, which contract and lines, why, when, what it cost."""

    __slots__ = (
        "contract", "customer", "flags", "lines", "mrr", "outcome", "reason", "row", "secondary", "when",
        "who",
    )  # fmt: skip

    def __init__(self, row: CancellationRow, who: Who, when: When) -> None:
        self.row, self.who, self.when = row, who, when
        self.customer: str | None = None
        self.contract: ContractAt | None = None
        self.lines: list[LineAt] = []
        self.outcome = ""
        self.reason = ""
        self.secondary: str | None = None
        self.mrr = row.amount_minor
        self.flags = row.flags


class RequestRows:
    """New requests of one chunk, written together with everything that hangs on them."""

    def __init__(self, job: Job) -> None:
        self._job = job
        own = {"workspace_id": job.workspace.id}
        self._requests = Shape(
            Request,
            _REQUEST,
            own
            | {
                "state": "completed",
                "identity": "import",
                "recorded_at": job.moment,
                "batch_id": job.batch_id,
                "currency": job.currency,
                "last_seq": 1,
            },
        )
        source = {"source": "import", "at": job.moment}
        self._reasons = Shape(RequestReason, _REASON, own | source)
        self._items = Shape(RequestItem, _ITEM, own)
        self._touches = Shape(
            Touchpoint, _TOUCH, own | {"kind": "earlier_protocol", "actor_kind": "import", "at": job.moment}
        )

    def write(self, findings: list[Finding], version: int, silent: str) -> None:
        """Insert the requests; ``silent`` is the reason that means "not informed"."""
        count = len(findings)
        if not count:
            return
        keys = new_keys(count)
        numbers = new_protocols(self._job.workspace.id, self._job.today, count)
        receipts = receipt_keys(count)
        self._requests.write(
            self._request(finding, key, number, receipt, version, silent)
            for finding, key, number, receipt in zip(findings, keys, numbers, receipts, strict=True)
        )
        self._write_reasons(findings, keys, version, silent)
        self._write_items(findings, keys)
        self._write_touches(findings, keys)
        ledger.append_bulk(
            self._entries(findings, keys, numbers, version), workspace_id=self._job.workspace.id
        )

    def _request(
        self, finding: Finding, key: str, number: str, receipt: str, version: int, silent: str
    ) -> Row:
        row, who, when, contract = finding.row, finding.who, finding.when, finding.contract
        product = row.product or " + ".join(
            dict.fromkeys(line.product for line in finding.lines if line.product)
        )
        plan = row.plan or " + ".join(dict.fromkeys(line.plan for line in finding.lines if line.plan))
        told = finding.reason != silent
        score = _score(
            finding.customer is not None,
            contract is not None,
            bool(product or plan),
            told,
            bool(row.notes or row.competitor),
            when.precision,
            when.day is not None,
            finding.mrr is not None,
        )
        return (
            key,
            number,
            receipt,
            (row.channel or NO_CHANNEL)[:20],
            row.end_kind or "customer",
            finding.customer,
            contract.key if contract is not None else None,
            finding.reason,
            version,
            encrypt(row.notes) if row.notes else "",
            row.competitor[:120] if row.competitor else "",
            json_text(row.extra) if row.extra else "{}",
            when.declared_at,
            when.declared_at,
            when.effective_at,
            when.day,
            when.precision,
            when.evidence,
            finding.mrr,
            _snapshot(row, contract),
            product[:160],
            plan[:160],
            who.city[:120] if who.city else "",
            who.state[:40] if who.state else "",
            score,
            json_text(finding.flags) if finding.flags else "[]",
            row.key,
            row.content,
        )

    def _write_reasons(self, findings: list[Finding], keys: list[str], version: int, silent: str) -> None:
        told: list[tuple[str, str, int]] = []
        for finding, key in zip(findings, keys, strict=True):
            if finding.reason != silent:
                told.append((key, finding.reason, 0))
            if finding.secondary is not None and finding.secondary != finding.reason:
                told.append((key, finding.secondary, 1 if finding.reason != silent else 0))
        ids = new_keys(len(told))
        self._reasons.write(
            [(own, key, reason, place, version) for own, (key, reason, place) in zip(ids, told, strict=True)]
        )

    def _write_items(self, findings: list[Finding], keys: list[str]) -> None:
        rows: list[Row] = []
        for finding, key in zip(findings, keys, strict=True):
            contract = finding.contract
            if contract is None:
                continue
            rows.extend((key, line.key, line.label, line.monthly, finding.outcome) for line in finding.lines)
            if not finding.lines:
                rows.append((key, None, contract.number or "—", contract.monthly, finding.outcome))
        self._items.write([(own, *row) for own, row in zip(new_keys(len(rows)), rows, strict=True)])

    def _write_touches(self, findings: list[Finding], keys: list[str]) -> None:
        """Let the old system's protocol find the request."""
        rows = [
            (
                finding.customer,
                finding.contract.key if finding.contract is not None else None,
                key,
                (finding.row.channel or NO_CHANNEL)[:20],
                finding.row.protocol[:60],
            )
            for finding, key in zip(findings, keys, strict=True)
            if finding.row.protocol
        ]
        self._touches.write([(own, *row) for own, row in zip(new_keys(len(rows)), rows, strict=True)])

    def _entries(
        self, findings: list[Finding], keys: list[str], numbers: list[str], version: int
    ) -> Iterator[LedgerRow]:
        actor, batch, currency = self._job.actor, self._job.batch_id, self._job.currency
        for finding, key, number in zip(findings, keys, numbers, strict=True):
            row, when, contract = finding.row, finding.when, finding.contract
            event = ImportedText(
                f'{{"batch":"{batch}","channel":{quoted((row.channel or NO_CHANNEL)[:20])}'
                f',"contract":{_key_json(contract.key if contract is not None else None)}'
                f',"currency":"{currency}","customer":{_key_json(finding.customer)}'
                f',"date_precision":"{when.precision}","effective_on":{_text_json(when.day)}'
                f',"end_kind":"{row.end_kind or "customer"}"'
                f',"mrr_minor":{"null" if finding.mrr is None else finding.mrr}'
                f',"protocol":"{number}","reason":{_key_json(finding.reason)},"reason_version":{version}'
                f',"requested_at":{_text_json(iso(when.moment) if when.moment else None)}'
                f',"state":"completed"}}'
            )
            personal = {"free_text": row.notes} if row.notes else None
            yield LedgerRow(event, uuid_of(key), 1, actor, personal=personal)


class ImportedText(Event):
    """``request.imported`` already in the canonical text of its body: a million of them are written at once.

    A test holds it against :class:`RequestImported`, which is the event.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def body_json(self) -> str:
        """Return the body as it was written."""
        return self._text


ImportedText.name, ImportedText.schema = RequestImported.name, RequestImported.schema


def _key_json(key: str | None) -> str:
    if key is None:
        return "null"
    return f'"{key}"' if len(key) == _DASHED else f'"{uuid_of(key)}"'


def _text_json(text: str | None) -> str:
    return "null" if text is None else f'"{text}"'


def _snapshot(row: CancellationRow, contract: ContractAt | None) -> str:
    """Return what the file said of code, contract and start, as the JSON of the request's snapshot."""
    parts = []
    if row.code:
        parts.append(f'"code":{quoted(row.code)}')
    elif row.who[0]:
        parts.append(f'"code":{quoted(row.who[0])}')
    number = contract.number if contract is not None else row.number
    if number:
        parts.append(f'"contract":{quoted(number)}')
    if row.start:
        parts.append(f'"started_on":{quoted(row.start.partition(":")[2])}')
    return "{" + ",".join(parts) + "}"


@lru_cache(maxsize=1024)
def _score(
    customer: bool,  # noqa: FBT001 - facts in a fixed order, remembered
    contract: bool,  # noqa: FBT001
    product: bool,  # noqa: FBT001
    told: bool,  # noqa: FBT001
    explained: bool,  # noqa: FBT001
    precision: DatePrecision,
    dated: bool,  # noqa: FBT001
    amount: bool,  # noqa: FBT001
) -> int:
    facts = RequestFacts(
        customer=customer,
        contract=contract,
        product=product,
        reason=told,
        explanation=explained,
        date_precision=precision,
        effective_date=dated,
        channel=True,
        amount=amount,
        identity=True,
    )
    return completeness(facts).score
