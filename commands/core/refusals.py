"""What stands in the way of a request, in words: what is left of a limit, and when it starts again."""

from __future__ import annotations

from commands.core.amounts import SPANS, figure, in_words
from commands.core.errors import QuotaReached, Refused
from commands.core.words import duration
from storage import queue
from storage.database import Transaction
from storage.quota import Shortage


class TooManyWaiting(Refused):
    """{waiting} of your requests are waiting already; {most} is the most. Ask again when one is done."""


def check_waiting(tx: Transaction, user_id: int, most: int) -> None:
    """Raise TooManyWaiting where a person has as many jobs in the queue as they may."""
    waiting = queue.waiting(tx, user_id)
    if waiting >= most:
        raise TooManyWaiting(waiting=waiting, most=most)


def quota_reached(shortage: Shortage, now: int) -> QuotaReached:
    """Say what a request would take, what is left of which limit, and when it starts again."""
    metric, left = shortage.metric, max(0, shortage.limit - shortage.used)
    facts = {
        "wanted": in_words(metric, shortage.wanted),
        "left": figure(metric, left) if left else "nothing",
        "whose": {"place_cap": "this place's", "everywhere": "your overall"}.get(shortage.scope, "your"),
        "limit": in_words(metric, shortage.limit) + SPANS[shortage.period],
        "verb": "are" if left else "is",
        "then": _then(shortage, now),
    }
    if shortage.wanted > shortage.limit:
        return QuotaReached("That takes {wanted}; {whose} limit is {limit}. {then}", **facts)
    return QuotaReached("That takes {wanted}, and {left} of {whose} {limit} {verb} left. {then}", **facts)


def _then(shortage: Shortage, now: int) -> str:
    if shortage.wanted > shortage.limit:
        return "Ask for less, or ask an admin for more."
    if shortage.resets_at is None:
        return "Remove something that you keep, or ask an admin for more."
    return f"It starts again in {duration(max(60_000, shortage.resets_at - now) / 1_000)}; /quota show tells more."
