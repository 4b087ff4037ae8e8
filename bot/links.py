"""Links: addresses at which a file can be fetched for some time, without a token, by whoever has them."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

from commands.core.reply import FileRef
from commands.core.words import duration
from storage.clock import HOUR, SECOND, Clock

PURPOSE = b"mynah: links to files"
"""What the folder's key is used for here, so that no other use of it makes a signature that would do."""
PATH = "/api/v1/files/audio"
"""Under which path files are fetched."""


class Links:
    """Signs links to files, and tells whether one is good."""

    def __init__(self, key: Callable[[], bytes], public_url: str, hours: int, clock: Clock) -> None:
        """`key` is asked for the folder's secret when it is needed; `hours` is how long a link is good."""
        self._key = key
        self._root = public_url.rstrip("/")
        self._hours = hours
        self._clock = clock

    def path(self, file_id: int) -> str:
        """Return the path of a link to a file, good from now on for as long as the settings say."""
        until = self._clock.now() // SECOND + self._hours * HOUR // SECOND
        return f"{PATH}/{file_id}?until={until}&sig={self._sign(file_id, until)}"

    def to(self, file: FileRef) -> str:
        """Say where a file can be fetched that a chat does not take; empty where there is no address for others."""
        if not self._root or not file.id:
            return ""
        return f"For {duration(self._hours * HOUR / SECOND)} it is here: {self._root}{self.path(file.id)}"

    def is_good(self, file_id: int, until: str, signature: str) -> bool:
        """Whether a link to that file was signed here, and its time is not over; every fault takes the same time."""
        number = int(until) if until.isascii() and until.isdigit() and len(until) < 15 else 0
        signed = hmac.compare_digest(self._sign(file_id, number).encode(), signature.encode("utf-8", "replace"))
        return signed and number > self._clock.now() // SECOND

    def _sign(self, file_id: int, until: int) -> str:
        key = hmac.new(self._key(), PURPOSE, hashlib.sha256).digest()
        return hmac.new(key, f"{file_id}.{until}".encode(), hashlib.sha256).hexdigest()
