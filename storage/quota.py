"""Quota: what a person may use; set aside when a job is taken, charged or given back when it ends.

Three things can hold a request back: the member's own limit in the place, the cap of the place, and the person's
limit everywhere. A member's limit is their own, else that of their best role, else the place's, else the host's.
What members use is always counted, so that a limit set later is fair; caps and limits everywhere are counted
while they are set, and begin with what was used before.

A person's recordings count for their storage, wherever they were given: beside the files of a place, and beside those
of all places. For the cap of a place they do not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Literal, Protocol

from engine.value import value
from storage import balances, ledger, limits, recordings
from storage.database import Row, Transaction, Value
from storage.ledger import Slot, Slots
from storage.limits import UNLIMITED, Ceiling
from storage.limits import Allowances as Allowances  # callers know it as the quota's
from storage.metrics import Charge, Metric, Period
from storage.terms import UTC, terms

_HOLDERS: tuple[ledger.Holder, ...] = ("member", "place", "everywhere")


class Where(Protocol):
    """A place, as far as the quota is concerned."""

    @property
    def id(self) -> int:
        """Mynah's own number for it."""

    @property
    def time_zone(self) -> str:
        """Whose midnight ends its days."""


class Shortage(Exception):
    """A limit stands in the way; whoever tells the person finds here what to tell."""

    def __init__(
        self,
        *,
        metric: Metric,
        period: Period,
        scope: limits.Source,
        limit: int,
        used: int,
        wanted: int,
        resets_at: int | None,
    ) -> None:
        super().__init__(f"{wanted} {metric.value} more, {used} of {limit} used, by the {period.value} ({scope})")
        self.metric = metric
        """What there is too little of."""
        self.period = period
        """Over which time it is counted."""
        self.scope = scope
        """Where the limit comes from."""
        self.limit = limit
        """How much there may be, with what was granted on top."""
        self.used = used
        """How much is used or set aside already."""
        self.wanted = wanted
        """How much more this would take."""
        self.resets_at = resets_at
        """When it starts again, in ms; None: when something held goes."""


@value
class Standing:
    """How a person stands with one limit."""

    metric: Metric
    """What is counted."""
    period: Period
    """Over which time."""
    scope: limits.Source
    """Where the limit comes from."""
    limit: int
    """How much there may be, with what was granted on top; -1 is as much as they like."""
    granted: int
    """How much of that was granted on top, for this term."""
    used: int
    """How much is used."""
    reserved: int
    """How much is set aside for jobs that have not ended."""
    left: int | None
    """How much is left; None: as much as they like."""
    resets_at: int | None
    """When it starts again, in ms; None: when something held goes."""


def reserve(
    tx: Transaction,
    *,
    job_id: int,
    user_id: int,
    place: Where,
    roles: Sequence[str],
    charges: Iterable[Charge],
    allowances: Allowances,
    unlimited: bool,
) -> None:
    """Set aside what a job will take at most.

    Raises:
        Shortage: A limit stands in the way; let it rise, so that the whole transaction is undone.
    """
    if amounts := total(charges):
        party = _party(tx, user_id, place, roles, allowances, unlimited)
        _add(tx, "reserve", party, amounts, job_id)


def settle(tx: Transaction, job_id: int, used: Mapping[Metric, int]) -> None:
    """Charge what a job has set aside, or less of a metric where `used` says so, in the terms it was set aside in."""
    balances.settle(tx, job_id, used)


def refund(tx: Transaction, job_id: int) -> None:
    """Give back what a job has set aside, to the terms it was set aside in."""
    balances.refund(tx, job_id)


def take(
    tx: Transaction,
    *,
    user_id: int,
    place: Where,
    roles: Sequence[str],
    charge: Charge,
    allowances: Allowances,
    unlimited: bool,
) -> None:
    """Count what is used, or held from now on, without a job.

    Raises:
        Shortage: A limit stands in the way; let it rise, so that the whole transaction is undone.
    """
    if amounts := total([charge]):
        party = _party(tx, user_id, place, roles, allowances, unlimited)
        _add(tx, "take", party, amounts, None)


def release(tx: Transaction, *, user_id: int, place_id: int | None, charge: Charge, job_id: int | None = None) -> None:
    """Count what is held no more: never below nothing and, with `job_id`, no more than is held for that job."""
    if place_id is None:
        return
    values = balances.values_at(tx, user_id, place_id, UTC)  # what is held has no term, and so no zone
    member, *others = (Slot(holder, charge.metric, Period.HELD) for holder in _HOLDERS)
    amount = charge.amount if job_id is None else min(charge.amount, ledger.held(tx, member, values, job_id))
    amount = min(amount, balances.used(tx, member, values))
    balances.change(tx, "release", member, values, used=-amount, job_id=job_id)
    for slot in others:
        least = min(amount, balances.used(tx, slot, values))
        balances.change(tx, "release", slot, values, used=-least, job_id=job_id)


def grant(
    tx: Transaction,
    *,
    user_id: int,
    place: Where | None,
    metric: Metric,
    period: Period,
    amount: int,
    by_user_id: int | None,
) -> None:
    """Let a person have so much more until the term ends, in a place or (None) everywhere."""
    if amount <= 0:
        raise ValueError(f"a grant of {amount} is none")
    slot, values = _slot(tx, user_id, place, metric, period)
    balances.open_row(tx, slot, values)
    balances.change(tx, "grant", slot, values, granted=amount, by=by_user_id)


def reset(
    tx: Transaction,
    *,
    user_id: int | None,
    place: Where | None,
    metric: Metric | None = None,
    period: Period | None = None,
    by_user_id: int | None,
) -> int:
    """Begin a person's current terms anew, in a place or (None) everywhere; return how many had been begun.

    `user_id` None means the place's own cap. What is set aside for jobs stays set aside, and what is held stays held.
    """
    changed = 0
    for each in Metric:
        for term in each.periods:
            if each.is_stock or metric not in (None, each) or period not in (None, term):
                continue
            slot, values = _slot(tx, user_id, place, each, term)
            used = balances.used(tx, slot, values)
            balances.change(tx, "reset", slot, values, used=-used, by=by_user_id)
            changed += used > 0
    return changed


def set_limit(
    tx: Transaction,
    *,
    scope: limits.Scope,
    place: Where | None,
    user_id: int | None = None,
    role: str | None = None,
    metric: Metric,
    period: Period,
    amount: int,
    by_user_id: int | None,
) -> None:
    """Set a limit (-1: as much as they like); a cap, and a limit everywhere, count what was used before.

    `place` is None for a limit everywhere only, `user_id` is for 'member' and 'everywhere', `role` for 'role'.
    """
    _check(metric, period)
    new = limits.put(
        tx,
        scope=scope,
        place_id=place.id if place else None,
        user_id=user_id,
        role=role,
        metric=metric,
        period=period,
        amount=amount,
        by_user_id=by_user_id,
    )
    if new and scope in ("place_cap", "everywhere"):
        slot, values = _slot(tx, user_id, place, metric, period)
        balances.sum_up(tx, slot, values)


def clear_limit(
    tx: Transaction,
    *,
    scope: limits.Scope,
    place: Where | None,
    user_id: int | None = None,
    role: str | None = None,
    metric: Metric,
    period: Period,
) -> bool:
    """Take a limit away, so that the next in line holds again; False where there was none."""
    return limits.remove(
        tx,
        scope=scope,
        place_id=place.id if place else None,
        user_id=user_id,
        role=role,
        metric=metric,
        period=period,
    )


def standing(
    tx: Transaction, user_id: int, place: Where, roles: Sequence[str], allowances: Allowances, unlimited: bool
) -> list[Standing]:
    """Tell how a person stands with every limit that holds for them: theirs there, the place's, theirs everywhere."""
    party = _party(tx, user_id, place, roles, allowances, unlimited)
    rows = balances.current(tx, party.values)
    slots = (Slot(holder, metric, period) for holder in _HOLDERS for metric in Metric for period in metric.periods)
    found = ((slot, party.ceilings.of(slot)) for slot in slots)
    return [_standing(tx, party, slot, ceiling, rows.get(slot)) for slot, ceiling in found if ceiling]


def expire(tx: Transaction, before: int) -> int:
    """Forget the terms that ended before that time (ms) with nothing left to settle; return how many balances went."""
    return balances.expire(tx, before)


def total(charges: Iterable[Charge]) -> dict[Metric, int]:
    """Return what charges come to, by metric; what is nothing is left out."""
    amounts: dict[Metric, int] = {}
    for charge in charges:
        if charge.amount < 0:
            raise ValueError(f"{charge.amount} {charge.metric.value} cannot be charged")
        if charge.amount:
            amounts[charge.metric] = amounts.get(charge.metric, 0) + charge.amount
    return amounts


@value
class _Party:
    """A person in a place."""

    ceilings: limits.Ceilings
    """The limits that hold for them there."""
    values: dict[str, Value]
    """What names their balances."""
    zone: str
    """The time zone of the place."""
    unlimited: bool
    """Whether they are counted but never held back."""
    recordings: int
    """How many bytes their recordings take."""

    def beside(self, slot: Slot) -> int:
        """How much of what a slot limits is held beside its balance."""
        return self.recordings if slot.metric is Metric.BYTES and slot.holder != "place" else 0


def _party(
    tx: Transaction, user_id: int, place: Where, roles: Sequence[str], allowances: Allowances, unlimited: bool
) -> _Party:
    return _Party(
        ceilings=limits.that_hold(tx, user_id=user_id, place_id=place.id, roles=roles, allowances=allowances),
        values=balances.values_at(tx, user_id, place.id, place.time_zone),
        zone=place.time_zone,
        unlimited=unlimited,
        recordings=recordings.held(tx, user_id),
    )


def _add(
    tx: Transaction,
    kind: Literal["reserve", "take"],
    party: _Party,
    amounts: Mapping[Metric, int],
    job_id: int | None,
) -> None:
    values = party.values
    values["job_id"] = job_id
    for metric, amount in amounts.items():
        values[metric.value] = amount
    slots = _slots(tuple(amounts))
    if party.ceilings.cap or party.ceilings.everywhere:
        slots += tuple(slot for slot in _shared(tuple(amounts)) if party.ceilings.of(slot))
    for n, slot in enumerate(slots):
        ceiling = party.ceilings.of(slot)
        assert ceiling is not None
        free = party.unlimited or ceiling.amount == UNLIMITED
        values[f"ceiling_{n}"] = UNLIMITED if free else max(0, ceiling.amount - party.beside(slot))
    if not balances.add(tx, kind, slots, values):
        raise _shortage(tx, party, slots, amounts)


@cache
def _slots(metrics: tuple[Metric, ...]) -> Slots:
    return tuple(Slot("member", metric, period) for metric in metrics for period in metric.periods)


@cache
def _shared(metrics: tuple[Metric, ...]) -> Slots:
    return tuple(
        Slot(holder, metric, period) for holder in _HOLDERS[1:] for metric in metrics for period in metric.periods
    )


def _shortage(tx: Transaction, party: _Party, slots: Slots, amounts: Mapping[Metric, int]) -> Shortage:
    """Tell of the limit that will stand in the way the longest."""
    rows = balances.current(tx, party.values)
    standings = [_standing(tx, party, slot, party.ceilings.of(slot), rows.get(slot)) for slot in slots]
    short = [each for each in standings if each.left is not None and each.left < amounts[each.metric]]
    worst = max(short, key=lambda each: each.resets_at or float("inf"))
    return Shortage(
        metric=worst.metric,
        period=worst.period,
        scope=worst.scope,
        limit=worst.limit,
        used=worst.used + worst.reserved,
        wanted=amounts[worst.metric],
        resets_at=worst.resets_at,
    )


def _standing(tx: Transaction, party: _Party, slot: Slot, ceiling: Ceiling | None, row: Row | None) -> Standing:
    assert ceiling is not None
    used, reserved, granted = (row["used"], row["reserved"], row["granted"]) if row else (0, 0, 0)
    used += party.beside(slot)
    most = UNLIMITED if party.unlimited or ceiling.amount == UNLIMITED else ceiling.amount + granted
    return Standing(
        metric=slot.metric,
        period=slot.period,
        scope=ceiling.scope,
        limit=most,
        granted=granted,
        used=used,
        reserved=reserved,
        left=None if most == UNLIMITED else max(0, most - used - reserved),
        resets_at=_resets_at(tx, party, slot),
    )


def _resets_at(tx: Transaction, party: _Party, slot: Slot) -> int | None:
    zone = UTC if slot.holder == "everywhere" else party.zone
    return terms(zone, tx.now).ends(slot.period)


def _slot(
    tx: Transaction, user_id: int | None, place: Where | None, metric: Metric, period: Period
) -> tuple[Slot, dict[str, Value]]:
    """Name one balance: a member's in a place, a place's own (no user), or a person's everywhere (no place)."""
    _check(metric, period)
    if place is None:
        assert user_id is not None, "somebody's balance, or some place's"
        return Slot("everywhere", metric, period), balances.values_at(tx, user_id, 0, UTC)
    holder: ledger.Holder = "place" if user_id is None else "member"
    return Slot(holder, metric, period), balances.values_at(tx, user_id or 0, place.id, place.time_zone)


def _check(metric: Metric, period: Period) -> None:
    if period not in metric.periods:
        raise ValueError(f"{metric.value} are not counted by the {period.value}")
