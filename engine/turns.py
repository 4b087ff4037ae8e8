"""Whose turn it is: what waits for an engine, by lane, and within a lane by turns over the people who wait."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class TurnQueue(Generic[T]):
    """Items that wait, each in a lane and for a user.

    All of a lane goes before any of the next. Within a lane the users go round: each time the one whose last
    turn is longest ago, with the item that they put in first; so nobody waits behind all of another's items.
    """

    def __init__(self) -> None:
        self._lanes: dict[int, dict[int, deque[T]]] = {}
        """By lane and user. The users of a lane stand in the order of their turns; none stands there without items."""
        self._length = 0

    def put(self, item: T, lane: int, user: int) -> None:
        """Let an item wait in a lane (0 goes first) for a user, by any number that is theirs."""
        self._lanes.setdefault(lane, {}).setdefault(user, deque()).append(item)
        self._length += 1

    def pop(self) -> T:
        """Take out the item whose turn it is.

        Raises:
            IndexError: None waits.
        """
        if not self._lanes:
            raise IndexError("nothing waits")
        lane = min(self._lanes)
        users = self._lanes[lane]
        user = next(iter(users))
        items = users.pop(user)
        item = items.popleft()
        if items:
            users[user] = items  # behind all others
        self._length -= 1
        self._tidy(lane)
        return item

    def discard(self, item: T) -> bool:
        """Take out an item wherever it waits; tell whether it did."""
        for lane, users in self._lanes.items():
            for user, items in users.items():
                if item in items:
                    items.remove(item)
                    if not items:
                        del users[user]
                    self._length -= 1
                    self._tidy(lane)
                    return True
        return False

    def __len__(self) -> int:
        """How many items wait."""
        return self._length

    def _tidy(self, lane: int) -> None:
        if not self._lanes[lane]:
            del self._lanes[lane]
