"""Refusals: what a visitor is told who cannot have what they ask for, as JSON with the right status.

{"error": {"message": "a sentence", "type": "NotFound", "code": "NotFound"}}
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from bot.refusals import DraftGone, Stopping
from commands.core.errors import Failed, MynahError, NotAllowed, NotFound, QuotaReached, UsageError
from commands.core.errors import Refused as NotTaken
from commands.core.reply import Reply
from storage.errors import StorageError

STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (DraftGone, 404),
    (Stopping, 503),
    (NotFound, 404),
    (NotAllowed, 403),
    (QuotaReached, 429),
    (UsageError, 422),
    (NotTaken, 409),
    (Failed, 500),
    (StorageError, 503),
    (MynahError, 500),
)
"""What becomes of each kind of error; the first that fits counts."""
MOMENT = 60
"""In how many seconds to try again where nobody knows better."""


class Refused(Exception):
    """A request that is not taken."""

    def __init__(self, status: int, key: str, words: str, headers: Mapping[str, str] | None = None) -> None:
        """Take the HTTP status, the key for programs, a sentence for people, and headers that go with it."""
        super().__init__(words)
        self.status = status
        self.key = key
        self.words = words
        self.headers = dict(headers or {})

    @property
    def body(self) -> bytes:
        """What is sent."""
        return body(self.key, self.words)


def body(key: str, words: str) -> bytes:
    """Write an error as it is sent."""
    return json.dumps({"error": {"message": words, "type": key, "code": key}}, ensure_ascii=False).encode()


def refused(error: Reply | Exception) -> Refused:
    """Put what the desk refused, or an error that was raised, as it is sent."""
    key = error.error if isinstance(error, Reply) else type(error).__name__
    words = error.text if isinstance(error, Reply) else str(error)
    status = _status(type(error) if isinstance(error, Exception) else _kind(key))
    headers = {"Retry-After": str(MOMENT)} if status in (429, 503) else {}
    return Refused(status, key or MynahError.__name__, words or str(MynahError()), headers)


def _status(kind: type[Exception]) -> int:
    return next((status for known, status in STATUSES if issubclass(kind, known)), 500)


def _kind(key: str) -> type[Exception]:
    """Find the class of an error by its key."""
    for root in (MynahError, StorageError):
        for kind in _family(root):
            if kind.__name__ == key:
                return kind
    return MynahError


def _family(kind: type[Exception]) -> Iterator[type[Exception]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _family(each)
