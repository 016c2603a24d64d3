"""Rows of cancellations: each becomes a completed request, once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from atelogo.register.domain.import_rows import CancellationRow
from atelogo.register.services.imports.corrections import bring_up_to_date
from atelogo.register.services.imports.ends import DATED, Ends, chosen_lines
from atelogo.register.services.imports.job import (
    IMPORTED,
    REJECTED,
    UNCHANGED,
    UPDATED,
    Job,
    Listed,
    Tally,
)
from atelogo.register.services.imports.loading import Row, found
from atelogo.register.services.imports.moments import when_of
from atelogo.register.services.imports.people import People
from atelogo.register.services.imports.request_rows import Finding, RequestRows
from atelogo.register.services.imports.spellings import Spellings


class CancellationWriter:
    """Writes requests. A row is known again by its identity; what it says anew corrects the request."""

    def __init__(
        self, job: Job, counted: Iterable[tuple[str, int]] = (), accepted: Mapping[str, str] | None = None
    ) -> None:
        """``counted`` are the file's spellings of reasons, ``accepted`` those a person has decided."""
        self._job = job
        self._people = People(job)
        self._ends = Ends(job)
        self._spellings = Spellings(job, counted)
        self._spellings.prepare(accepted or {})
        self._rows = RequestRows(job)
        self._said: dict[bytes, bytes] = {}  # of a dry run: what it would have written

    def chunk(self, rows: Sequence[CancellationRow], tally: Tally) -> None:
        """Settle the rows of one chunk in the transaction in force."""
        known = self._known(rows)
        fresh: dict[bytes, CancellationRow] = {}
        for row in rows:
            earlier = fresh.get(row.key)
            if earlier is not None:
                self._repeated(row, earlier.content, tally)
            elif row.key in self._said:
                self._repeated(row, self._said[row.key], tally)
            elif row.key in known:
                self._settled(row, *known[row.key], tally)
            else:
                fresh[row.key] = row
                tally.count(IMPORTED)
        if self._job.dry:
            self._said |= {key: row.content for key, row in fresh.items()}
        elif fresh:
            self._write(list(fresh.values()), tally)

    def _known(self, rows: Sequence[CancellationRow]) -> dict[bytes, tuple[str, bytes | None]]:
        select = (
            "SELECT import_key, id, import_content FROM register_request"
            " WHERE workspace_id = %s AND import_key"
        )
        wanted = {row.key for row in rows if row.key not in self._said}
        found_rows: list[Row] = found(select, wanted, kind="bytea", before=[self._job.workspace_key])
        return {
            bytes(key): (own, bytes(content) if content is not None else None)
            for key, own, content in found_rows
        }

    def _repeated(
        self, row: CancellationRow, content: bytes | None, tally: Tally, key: str | None = None
    ) -> None:
        """Count a row that stands in the file a second time: the same is listed, another word is refused."""
        if row.content == content:
            tally.count(UNCHANGED, Listed(row.line, UNCHANGED, (("repeated_row", ""),), key))
        else:
            tally.count(REJECTED, Listed(row.line, REJECTED, (("repeated_differs", ""),), key, row.cells))

    def _settled(self, row: CancellationRow, key: str, content: bytes | None, tally: Tally) -> None:
        if row.again:
            self._repeated(row, content, tally, key)
            return
        if self._job.dry:
            self._said[row.key] = row.content
        if row.content == content:
            tally.count(UNCHANGED)
        else:
            self._spellings.learn([row.reason, row.secondary])
            before = bring_up_to_date(self._job, key, row, self._spellings)
            if before:
                codes = tuple((name, "") for name in before)
                tally.count(UPDATED, Listed(row.line, UPDATED, codes, key, before=before))
            else:
                tally.count(UNCHANGED)

    def _write(self, rows: list[CancellationRow], tally: Tally) -> None:
        spellings = self._spellings
        spellings.learn([said for row in rows for said in (row.reason, row.secondary) if said])
        findings = self._findings(rows)
        self._people.write()
        for finding in findings:
            self._end(finding, tally)
        self._rows.write(findings, spellings.version, spellings.not_informed)
        self._ends.write()

    def _findings(self, rows: list[CancellationRow]) -> list[Finding]:
        zone, spellings = self._job.workspace.timezone, self._spellings
        met = self._people.meet([row.who for row in rows])
        matched = [self._people.match(who, hashes) for who, hashes in met]
        self._ends.meet(
            (row.number[:120] for row in rows if row.number),
            (key for key, row in zip(matched, rows, strict=True) if key is not None and not row.number),
        )
        findings = []
        for row, (who, hashes), key in zip(rows, met, matched, strict=True):
            finding = Finding(row, who, when_of(row.date, row.declared, row.effective, zone))
            finding.customer = key
            self._find_contract(finding)
            if finding.customer is None:
                finding.customer = self._people.found_or_made(who, hashes)
            finding.reason = spellings.of(row.reason) if row.reason else spellings.not_informed
            if row.secondary:
                finding.secondary = spellings.of(row.secondary)
            if row.reason and spellings.is_unsorted(row.reason):
                finding.flags = (*finding.flags, "reason_unsorted")
            findings.append(finding)
        return findings

    def _find_contract(self, finding: Finding) -> None:
        """Link the contract that the row names, or the only one that its customer has."""
        number = finding.row.number
        if number is None:
            if finding.customer is not None:
                finding.contract = self._ends.only_one_of(finding.customer)
            return
        contract = self._ends.by_number(number[:120])
        if contract is None:
            return
        if finding.customer in {None, contract.customer}:
            finding.contract, finding.customer = contract, contract.customer
        else:
            finding.flags = (*finding.flags, "contract_mismatch")

    def _end(self, finding: Finding, tally: Tally) -> None:
        """End the contract; a day that an ended one is given is noted, so that an undo can take it back."""
        contract, row = finding.contract, finding.row
        if contract is None:
            return
        finding.lines = chosen_lines(contract, row.product)
        if finding.mrr is None:
            finding.mrr = sum(line.monthly for line in finding.lines) if finding.lines else contract.monthly
        said, day = contract.ended_on, finding.when.day
        finding.outcome = self._ends.end(contract, finding.lines, row.end_kind or "customer", day)
        if finding.outcome == DATED:
            dates = {"ended_on": [said, day]}
            tally.listed.append(Listed(row.line, IMPORTED, (), contract.key, before=dates))
