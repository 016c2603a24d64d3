"""What leaving one contract means, laid out for the customer before the one button: facts, sums, fates.

Whatever cannot be reckoned is shown as "under check": it never stands between the customer and the button.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import structlog

from atelogo.core import clock, ids
from atelogo.register.domain.deadlines import (
    Consequence,
    EffectiveChoice,
    EffectiveDateRefused,
    RecurringCharge,
    consequences,
)
from atelogo.register.domain.fees import FeeState
from atelogo.register.domain.status import ACTIVE, RequestState
from atelogo.register.errors import EffectiveDateError
from atelogo.register.models import Equipment, Request
from atelogo.register.services.consequences import charge_of, commitment_of
from atelogo.register.services.subjects import Subject, line_label, monthly_minor, subject_of

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.register.models import Contract, ContractLine

log = structlog.get_logger("atelogo.register")

_ACTIVE: Final = frozenset(state.value for state in ACTIVE)
_RECENT = 5


@dataclass(frozen=True, slots=True)
class LineTerms:
    """One line of the contract: what it is called, what it costs a month, whether it is to be cancelled."""

    id: UUID
    public_id: str
    label: str
    monthly_minor: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class WayTerms:
    """What one choice of last day means; money in minor units, ``None`` where it is not known.

    ``used_minor`` is the price of ``days_used`` days. ``fee_state`` is none, stated or checking; the
    parts are those of the fee's sum: benefit x months left / months of the term.
    """

    choice: str
    last_day: date | None
    days_used: int | None
    days_in_period: int | None
    used_minor: int | None
    fee_state: str
    fee_minor: int | None
    benefit_minor: int | None
    months_left: int | None
    months_total: int | None

    @property
    def has_fee(self) -> bool:
        """Whether there is a fee to state, to check or to dispute."""
        return self.fee_state != FeeState.NONE


@dataclass(frozen=True, slots=True)
class ChargeTerms:
    """An open charge (boleto, pix, card ...) and its fate: cancelled, replaced, kept or contested."""

    kind: str
    due_on: date | None
    amount_minor: int | None
    fate: str


@dataclass(frozen=True, slots=True)
class EquipmentTerms:
    """Lent equipment that goes back some day; never a condition."""

    kind: str
    serial: str


@dataclass(frozen=True, slots=True)
class StandingRequest:
    """A request of this contract that is under way already."""

    protocol: str
    state: str
    processing: bool


@dataclass(frozen=True, slots=True)
class LeavingTerms:
    """Everything that the page "what will happen" says about one contract."""

    contract_id: UUID
    public_id: str
    number: str
    ended_on: date | None
    ended: bool
    plan: str
    currency: str
    amount_minor: int
    interval: str
    lines: tuple[LineTerms, ...]
    now: WayTerms | None
    period_end: WayTerms | None
    date: WayTerms | None
    charges: tuple[ChargeTerms, ...]
    equipment: tuple[EquipmentTerms, ...]
    standing: StandingRequest | None

    @property
    def chosen_minor(self) -> int:
        """What stops being charged each month."""
        return sum(line.monthly_minor for line in self.lines if line.chosen)

    @property
    def remains_minor(self) -> int:
        """What goes on being charged each month for the lines that stay."""
        return sum(line.monthly_minor for line in self.lines if not line.chosen)

    @property
    def is_part(self) -> bool:
        """Whether some lines stay."""
        return any(not line.chosen for line in self.lines)

    @property
    def ways(self) -> tuple[WayTerms, ...]:
        """The choices of last day that can be reckoned, in the order shown."""
        return tuple(way for way in (self.now, self.period_end, self.date) if way is not None)

    @property
    def fee(self) -> WayTerms | None:
        """The choice with the highest fee, whose sum is shown; ``None`` where no choice has a fee."""
        return max(
            (way for way in self.ways if way.has_fee), key=lambda way: way.fee_minor or 0, default=None
        )


def leaving_terms(
    *,
    workspace: WorkspaceInfo,
    customer_id: UUID,
    contract_id: UUID,
    line_ids: Collection[UUID] = (),
    chosen: date | None = None,
) -> LeavingTerms:
    """Return what leaving means for the customer's contract, for all its lines or only ``line_ids``.

    Lines that are not the contract's are passed over; none left means all. Raises
    :class:`ContractNotFoundError` for a contract that is not the customer's and :class:`EffectiveDateError`
    for a ``chosen`` date that cannot be given. Sums that fail are left out and logged.
    """
    subject = subject_of(workspace, customer_id, contract_id, ())
    contract = subject.contract
    if contract is None:
        raise ValueError("a contract was asked for")
    wanted = {line.id for line in subject.lines} & set(line_ids) or {line.id for line in subject.lines}
    now, period_end, dated = _ways(workspace, contract, subject.lines, wanted, chosen)
    picked = dated or now
    lent = Equipment.objects.filter(contract_id=contract.id, status="lent").order_by("kind", "serial")
    return LeavingTerms(
        contract_id=contract.id,
        public_id=ids.public_id("ctr", contract.id),
        number=contract.number or "",
        ended=contract.status == "ended",
        ended_on=contract.ended_on,
        plan=_plan(subject),
        currency=contract.currency,
        amount_minor=contract.amount_minor,
        interval=contract.interval,
        lines=tuple(_line(line, wanted) for line in subject.lines),
        now=now,
        period_end=period_end,
        date=dated,
        charges=tuple(charges_of(contract.open_charges, picked.last_day if picked else None)),
        equipment=tuple(EquipmentTerms(item.kind, item.serial) for item in lent),
        standing=_standing(contract),
    )


def _plan(subject: Subject) -> str:
    return " + ".join(dict.fromkeys(line_label(line) for line in subject.lines))


def _line(line: ContractLine, wanted: Collection[UUID]) -> LineTerms:
    return LineTerms(
        line.id,
        ids.public_id("lin", line.id),
        line_label(line),
        monthly_minor(line.amount_minor, line.interval),
        line.id in wanted,
    )


def _ways(
    workspace: WorkspaceInfo,
    contract: Contract,
    lines: tuple[ContractLine, ...],
    wanted: Collection[UUID],
    chosen: date | None,
) -> tuple[WayTerms | None, WayTerms | None, WayTerms | None]:
    try:
        found = consequences(
            today=clock.today(workspace.timezone),
            charge=_charge(contract, lines, wanted),
            commitment=commitment_of(contract),
            chosen=chosen,
        )
    except EffectiveDateRefused as refusal:
        raise EffectiveDateError from refusal
    except Exception as error:  # noqa: BLE001 - a sum that fails must not stand in the way of leaving
        log.error("leaving_terms_failed", error=type(error).__name__, contract=contract.id.hex)  # noqa: TRY400
        return None, None, None
    end = found.period_end if found.period_end.last_day is not None else None
    return _way(found.now), _way(end) if end else None, _way(found.date) if found.date else None


def _charge(contract: Contract, lines: tuple[ContractLine, ...], wanted: Collection[UUID]) -> RecurringCharge:
    charge = charge_of(contract)
    if len(wanted) == len(lines):
        return charge
    part = [line for line in lines if line.id in wanted]
    same = all(line.interval == contract.interval for line in part)
    return replace(charge, amount_minor=sum(line.amount_minor for line in part) if same else None)


def _way(found: Consequence) -> WayTerms:
    return WayTerms(
        choice=EffectiveChoice(found.choice).value,
        last_day=found.last_day,
        days_used=found.days_used,
        days_in_period=found.days_in_period,
        used_minor=found.pro_rata_minor,
        fee_state=found.fee.state.value,
        fee_minor=found.fee.amount_minor,
        benefit_minor=found.fee.benefit_minor,
        months_left=found.fee.months_left,
        months_total=found.fee.months_total,
    )


def charges_of(stored: Collection[Any], last_day: date | None) -> Iterator[ChargeTerms]:
    """Give the contract's open charges with their fate when the last day is ``last_day``.

    Each is a mapping with ``kind``, ``due_on`` (ISO date), ``amount_minor`` and maybe ``fate``, which wins.
    Without one, a charge due up to the last day is kept (days used) and a later one is replaced by the final
    bill. Rows of another shape are passed over.
    """
    for charge in stored:
        if not isinstance(charge, Mapping):
            continue
        due = _day(charge.get("due_on"))
        amount = charge.get("amount_minor")
        fate = str(charge.get("fate") or "")
        if fate not in {"cancelled", "replaced", "kept", "contested"}:
            fate = "kept" if due is None or last_day is None or due <= last_day else "replaced"
        yield ChargeTerms(
            str(charge.get("kind") or ""), due, amount if isinstance(amount, int) else None, fate
        )


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


def _standing(contract: Contract) -> StandingRequest | None:
    """Return the active request, or for a contract that has ended the one that ended it."""
    recent = Request.objects.filter(workspace_id=contract.workspace_id, contract_id=contract.id).order_by(
        "-recorded_at"
    )
    rows = list(recent.values_list("protocol", "state", "processed_at")[:_RECENT])
    for protocol, state, processed in rows:
        if state in _ACTIVE or (contract.status == "ended" and state == RequestState.COMPLETED):
            return StandingRequest(protocol, state, processed is not None)
    return None
