"""What an adapter is: one chat platform, page or terminal, and what it can carry."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from bot.features import Feature
from commands.core.reply import Json, Progress, Reply
from engine.value import value


@value
class Limits:
    """What a platform can carry."""

    text: int
    """The most characters of one message."""
    file_bytes: int
    """The largest file, in bytes."""
    sends: int
    """How many sends may be under way at once."""


@value
class Finding:
    """Something that `mynah doctor` has found out."""

    state: Literal["good", "bad", "note"]
    """Whether it is as it should be; a note is neither good nor bad."""
    words: str
    """What it is, as a sentence, and where it is bad, what to do about it."""


class Undeliverable(Exception):
    """The address does not take it and never will (kicked, blocked, gone); the message says why, for the log."""


class CannotRun(Exception):
    """A platform cannot be run with its settings; the message says why and what to do, for the log."""


class TryLater(Exception):
    """The platform cannot take it now."""

    def __init__(self, after: float) -> None:
        super().__init__(f"again in {after:.1f} s")
        self.after = after
        """Seconds to wait before the next try."""


class Busy(TryLater):
    """The address is full for now, as busy chats are; nothing is wrong, and this was no try."""


class Adapter(ABC):
    """A platform: hands requests in at the desk, and carries replies out for the courier.

    The module `bot/<name>_adapter` (or a plugin's) defines it. It runs when its section stands in config.toml, and
    is then made as `Class(desk, section)`: the desk, and the section's settings.
    """

    name: str
    """What it is called in addresses, in settings and in the log."""
    limits: Limits
    """What it can carry."""
    shows: ClassVar[Mapping[Feature, str]] = {}
    """How it shows each feature, in words for the page that compares platforms."""
    pace: float = 3.0
    """Seconds between two calls of `show` for one job, at least."""

    @classmethod
    async def examine(cls, section: object) -> Sequence[Finding]:
        """Find out, without starting anything, whether it could run with these settings, and what stands in the way."""
        return ()

    @abstractmethod
    async def start(self) -> None:
        """Connect and begin to listen; returns when requests can come, or when that goes on in the background.

        Raises:
            CannotRun: It cannot, until its settings are others.
        """

    async def stop_listening(self) -> None:
        """Take no more requests, but hand in what was heard; replies go out until `stop`."""
        return None

    @abstractmethod
    async def stop(self) -> None:
        """Stop listening and let go of everything."""

    @abstractmethod
    async def deliver(self, delivery_id: int, address: Mapping[str, Json], reply: Reply) -> str:
        """Send a reply to an address and return a reference to what was sent (a message id, a path).

        The paths of its files are whole.

        Raises:
            Undeliverable: The address will never take it.
            TryLater: It was surely not sent; it may be tried again.
        """

    @abstractmethod
    def repeatable(self, address: Mapping[str, Json], age: float) -> bool:
        """Whether sending the same delivery there twice does no harm (an edit, a nonce, a path).

        `age` is how many seconds ago the send began of which nobody knows what became.
        """

    def durable(self, address: Mapping[str, Json]) -> bool:
        """Whether the address outlives a restart; where not, work for it is cancelled and refunded by then."""
        return True

    async def show(self, address: Mapping[str, Json], progress: Progress) -> None:
        """Show how far a job has come, where the platform can; a failure here is no failure of the job."""
        return None
