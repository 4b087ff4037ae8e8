"""What the balances ought to be, worked out in the plainest way there is: the judge of the property tests.

It knows nothing of SQL, of the ledger, or of how the quota goes about it; only of what a person is promised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from storage.clock import DAY
from storage.terms import terms

PERIODS = {"generations": ("day", "month"), "characters": ("day", "month"), "bytes": ("held",)}
SHIPPED = {("generations", "day"): 4, ("characters", "month"): 90, ("bytes", "held"): 700}
ROLE = "singer"


class Key(NamedTuple):
    """One balance."""

    who: str
    place_id: int
    metric: str
    period: str
    term: str


class Target(NamedTuple):
    """Whom a limit is for."""

    scope: str
    place_id: int
    user_id: int
    role: str


@dataclass
class Counted:
    """What a balance counts."""

    used: int = 0
    reserved: int = 0
    granted: int = 0


@dataclass
class Known:
    """A job, as far as the quota is concerned."""

    user_id: int
    place_id: int
    state: str
    charges: Mapping[str, int]
    attempt: int = 0
    attempts_left: int = 3
    held: dict[Key, int] = field(default_factory=dict)
    stored: int = 0
    """What of its bytes is still counted as held."""


class Model:
    """All balances, limits and jobs."""

    def __init__(self) -> None:
        self.rows: dict[Key, Counted] = {}
        self.limits: dict[tuple[Target, str, str], int] = {}
        self.jobs: dict[int, Known] = {}
        self.zones: dict[int, str] = {}
        self.now = 0

    def row(self, key: Key) -> Counted:
        return self.rows.setdefault(key, Counted())

    def key(self, who: str, place_id: int, metric: str, period: str) -> Key:
        here = terms(self.zones.get(place_id, "UTC"), self.now)
        return Key(who, place_id, metric, period, {"day": here.day, "month": here.month, "held": ""}[period])

    def ceiling(
        self, holder: str, user_id: int, place_id: int, metric: str, period: str, roles: Iterable[str]
    ) -> int | None:
        """The limit that holds; -1 for none, and None where nothing is counted."""
        in_order = {
            "place": [Target("place_cap", place_id, 0, "")],
            "everywhere": [Target("everywhere", 0, user_id, "")],
            "member": [
                Target("member", place_id, user_id, ""),
                *(Target("role", place_id, 0, role) for role in roles),
                Target("place_default", place_id, 0, ""),
            ],
        }[holder]
        for target in in_order:
            if (target, metric, period) in self.limits:
                return self.limits[target, metric, period]
        return SHIPPED.get((metric, period), -1) if holder == "member" else None

    def wanted(
        self, user_id: int, place_id: int, charges: Mapping[str, int], roles: Iterable[str], unlimited: bool
    ) -> tuple[dict[Key, int], set[tuple[str, str]]]:
        """What would be set aside, and the metrics and periods of which there is too little."""
        held: dict[Key, int] = {}
        short = set()
        for metric, amount in charges.items():
            for period in PERIODS[metric]:
                for holder, who, where in (
                    ("member", f"user:{user_id}", place_id),
                    ("place", "place", place_id),
                    ("everywhere", f"user:{user_id}", 0),
                ):
                    most = self.ceiling(holder, user_id, place_id, metric, period, roles)
                    if most is None:
                        continue
                    key = self.key(who, where, metric, period)
                    row = self.rows.get(key, Counted())
                    if not unlimited and most >= 0 and row.used + row.reserved + amount > most + row.granted:
                        short.add((metric, period))
                    held[key] = amount
        return held, short

    def reserve(self, job: Known, held: Mapping[Key, int]) -> None:
        job.held = dict(held)
        for key, amount in held.items():
            self.row(key).reserved += amount

    def end(self, job: Known, state: str, used: Mapping[str, int]) -> None:
        """Settle (`used` names what is charged, at most) or, with nothing used, refund."""
        for key, amount in job.held.items():
            charged = min(amount, used.get(key.metric, amount)) if state == "succeeded" else 0
            self.row(key).reserved -= amount
            self.row(key).used += charged
            if key.metric == "bytes" and key.who.startswith("user:") and key.place_id:
                job.stored = charged
        job.held = {}
        job.state = state

    def release(self, who: str, place_id: int, amount: int) -> None:
        member = self.row(Key(who, place_id, "bytes", "held", ""))
        amount = min(amount, member.used)
        member.used -= amount
        for key in (Key("place", place_id, "bytes", "held", ""), Key(who, 0, "bytes", "held", "")):
            shared = self.row(key)
            shared.used -= min(amount, shared.used)

    def set_limit(self, target: Target, metric: str, period: str, amount: int) -> None:
        new = (target, metric, period) not in self.limits
        self.limits[target, metric, period] = amount
        if new and target.scope in ("place_cap", "everywhere"):
            self._carry(target, metric, period)

    def _carry(self, target: Target, metric: str, period: str) -> None:
        who = "place" if target.scope == "place_cap" else f"user:{target.user_id}"
        total = self.key(who, target.place_id, metric, period)

        def counts(key: Key) -> bool:
            same = (key.metric, key.period, key.term) == (metric, period, total.term)
            theirs = key.place_id == total.place_id if who == "place" else key.who == who
            return same and theirs and key != total

        self.row(total).used = sum(row.used for key, row in self.rows.items() if counts(key))
        for job in self.jobs.values():
            for key, amount in list(job.held.items()):
                if counts(key) and total not in job.held:
                    job.held[total] = amount
                    self.row(total).reserved += amount

    def join_people(self, kept: int, gone: int) -> None:
        """Add up what two have; what only one was limited in everywhere is counted for the other, too."""
        self._count_for_both("everywhere", {user_id: Target("everywhere", 0, user_id, "") for user_id in (kept, gone)})
        self._rename(lambda key: key._replace(who=f"user:{kept}") if key.who == f"user:{gone}" else key)
        self._merge_limits(lambda each: each._replace(user_id=kept) if each.user_id == gone else each)
        for job in self.jobs.values():
            job.user_id = kept if job.user_id == gone else job.user_id

    def join_places(self, kept: int, gone: int) -> None:
        """Add up what was used in two places; the zone of the one that is kept counts, unless it is UTC."""
        zone = self.zones[gone] if self.zones[kept] == "UTC" else self.zones[kept]
        self.zones[kept] = self.zones[gone] = zone
        self._count_for_both("place_cap", {id: Target("place_cap", id, 0, "") for id in (kept, gone)})
        self._rename(lambda key: key._replace(place_id=kept) if key.place_id == gone else key)
        self._merge_limits(lambda each: each._replace(place_id=kept) if each.place_id == gone else each)
        for job in self.jobs.values():
            job.place_id = kept if job.place_id == gone else job.place_id

    def _count_for_both(self, scope: str, targets: Mapping[int, Target]) -> None:
        one, other = targets.values()
        for metric, periods in PERIODS.items():
            for period in periods:
                limited = [(each, metric, period) in self.limits for each in (one, other)]
                if limited == [True, False]:
                    self._carry(other, metric, period)
                elif limited == [False, True]:
                    self._carry(one, metric, period)

    def _rename(self, to: Callable[[Key], Key]) -> None:
        before, self.rows = self.rows, {}
        for key, row in before.items():
            now = self.row(to(key))
            now.used, now.reserved, now.granted = (
                now.used + row.used, now.reserved + row.reserved, now.granted + row.granted
            )  # fmt: skip
        for job in self.jobs.values():
            job.held = {to(key): amount for key, amount in job.held.items()}

    def _merge_limits(self, to: Callable[[Target], Target]) -> None:
        before, self.limits = self.limits, {}
        for (target, metric, period), amount in before.items():
            key = (to(target), metric, period)
            both = [each for each in (amount, self.limits.get(key, -1)) if each >= 0]
            self.limits[key] = min(both) if both else -1

    def forget(self, user_id: int, gone: str) -> None:
        """Put what a person used in terms that have not ended under another name; the rest goes."""
        who = f"user:{user_id}"
        for job in self.jobs.values():
            if job.user_id == user_id and job.held:
                self.end(job, "cancelled", {})
        for key in [key for key in self.rows if key.who == who and key.period == "held" and key.place_id]:
            self.release(who, key.place_id, self.rows[key].used)
        for key in [key for key in self.rows if key.who == who]:
            row = self.rows.pop(key)
            current = self.key(who, key.place_id, key.metric, key.period).term
            if key.period != "held" and key.term >= current and (row.used or row.granted):
                self.rows[key._replace(who=gone)] = row
        self.jobs = {number: job for number, job in self.jobs.items() if job.user_id != user_id}
        self.limits = {each: amount for each, amount in self.limits.items() if each[0].user_id != user_id}

    def come_back(self, gone: str, user_id: int, other_accounts: bool) -> None:
        """Bring what they had used; it stays for the accounts of theirs that have not come back yet."""
        for key in [key for key in self.rows if key.who == gone]:
            row = self.rows[key] if other_accounts else self.rows.pop(key)
            self.rows[key._replace(who=f"user:{user_id}")] = replace(row)

    def drop(self, who: str) -> None:
        self.rows = {key: row for key, row in self.rows.items() if key.who != who}

    def expire(self) -> None:
        last = terms("UTC", self.now - DAY)
        ended = {"day": last.day, "month": last.month, "held": ""}
        self.rows = {key: row for key, row in self.rows.items() if row.reserved or key.term >= ended[key.period]}

    def counted(self) -> dict[Key, tuple[int, int, int]]:
        """Every balance that is not nothing."""
        found = {key: (row.used, row.reserved, row.granted) for key, row in self.rows.items()}
        return {key: row for key, row in found.items() if any(row)}
