"""Queries: buttons that somebody pressed and inline questions, which a bot has to answer in time."""

from __future__ import annotations

from collections.abc import Mapping

from bot.demo.telegram.accounts import Account
from bot.demo.telegram.bell import Bell
from bot.demo.telegram.clock import Clock
from bot.demo.telegram.refusal import bad
from bot.demo.telegram.rules import Rules
from bot.demo.telegram.wire import Wire


class Query:
    """Something that a person wants to know at once."""

    def __init__(self, id: str, person: Account, words: str, asked: float) -> None:
        """Take who asked, the button's label or the words typed, and when, in seconds since 1970."""
        self.id = id
        self.person = person
        self.words = words
        self.asked = asked
        self.answer: Wire | None = None
        """What the bot answered, with the names of the Bot API; None until it did."""
        self._bell = Bell()

    def answers(self, answer: Wire) -> None:
        """Take the bot's answer."""
        self.answer = answer
        self._bell.ring()

    async def answered(self, within: float = 5.0) -> Wire:
        """Wait for the answer: 'text' and 'show_alert' for a button, 'results' for an inline question.

        Raises:
            TimeoutError: The bot did not answer in so many seconds.
        """
        try:
            return await self._bell.wait(lambda: self.answer, within)
        except TimeoutError:
            raise TimeoutError(f"nobody answered {self.words!r} of {self.person!r}") from None

    @property
    def results(self) -> list[Wire]:
        """The results of an inline question, once it is answered."""
        found = (self.answer or {}).get("results")
        return [dict(each) for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


class Queries:
    """All that was asked."""

    def __init__(self, rules: Rules, clock: Clock) -> None:
        self._rules = rules
        self._clock = clock
        self._queries: dict[str, Query] = {}

    def ask(self, person: Account, words: str) -> Query:
        """Note that somebody asked."""
        query = Query(f"{77 * 10**15 + len(self._queries)}", person, words, self._clock.now())
        self._queries[query.id] = query
        return query

    def open(self, id: str) -> Query:
        """Find what can still be answered.

        Raises:
            Refused: It was answered before, is too old, or was never asked.
        """
        query = self._queries.get(id)
        if query is None or query.answer is not None or self._clock.now() - query.asked > self._rules.query_seconds:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        return query
