"""One interaction, as the person who began it sees it: when it was answered, with what, and what became of that."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from bot.demo.discord.channel import Channel
from bot.demo.discord.message import Message
from bot.demo.discord.refusal import NotOffered
from bot.demo.discord.seen import Choice, Seen, look_at
from bot.demo.discord.watch import Watch
from bot.demo.discord.wire import Payload
from engine.value import value

if TYPE_CHECKING:
    from bot.demo.discord.person import Person
    from bot.demo.discord.world import World

COMMAND, COMPONENT, AUTOCOMPLETE, FORM = 2, 3, 4, 5
"""What kinds of interaction there are, in Discord's numbers."""
What = Literal["message", "thinking", "waiting", "edit", "followup", "choices", "modal", "deleted", "late"]
"""What may happen; 'waiting' is a press that is acknowledged and nothing more, 'late' an answer that came too late."""
VISIBLE = ("message", "edit", "followup")


@value
class Input:
    """A field of a form."""

    custom_id: str
    """What the bot calls it."""
    label: str
    """What stands over it."""
    value: str
    """What stands in it to begin with."""
    required: bool
    """Whether it must be filled in."""
    least: int
    """The fewest characters."""
    most: int
    """The most characters."""


@value
class Modal:
    """A form that was opened to somebody."""

    exchange: Exchange
    """The interaction that opened it."""
    title: str
    """What stands over it."""
    custom_id: str
    """What the bot is told when it is sent."""
    inputs: tuple[Input, ...]
    """Its fields for text."""
    components: tuple[Payload, ...]
    """All that is in it, as Discord draws it."""


@value
class Moment:
    """Something that happened in an exchange."""

    at: float
    """Seconds since the person began it."""
    what: What
    """What happened."""
    seen: Seen | None = None
    """The message as it was then."""


class Exchange:
    """An interaction: begun by a person, answered once, followed up while its token lives."""

    def __init__(
        self,
        world: World,
        person: Person,
        channel: Channel,
        *,
        kind: int,
        token: str,
        owners: dict[str, str],
        source: Message | None = None,
    ) -> None:
        self.id = world.ids()
        self.token = token
        self.kind = kind
        self.person = person
        self.channel = channel
        self.source = source
        """The message whose button was pressed, or that opened the form."""
        self.owners = owners
        """By what installations it was authorized: '0' a guild, '1' the person."""
        self.payload: Payload = {}
        """What the bot was told."""
        self.created = time.monotonic()
        self.acked: float | None = None
        """Seconds until it was acknowledged; None while it is not."""
        self.original: Message | None = None
        """The message that `@original` means."""
        self.follow_ups = 0
        self.history: list[Moment] = []
        self.watch = Watch()
        self._choices: list[Choice] | None = None
        self._modal: Modal | None = None
        self._world = world
        world.exchanges[self.id] = world.tokens[token] = self

    @property
    def age(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self.created

    @property
    def away_from_bot(self) -> bool:
        """Whether the person's own installation alone brought the bot here, where it is no member."""
        return "0" not in self.owners and self._world.bot not in self.channel.people

    def note(self, what: What, message: Message | None = None) -> None:
        """Add to the history."""
        seen = None if message is None else look_at(message, self._world.cdn)
        self.history.append(Moment(at=self.age, what=what, seen=seen))
        self.watch.stir()

    def offer(self, choices: list[Payload]) -> None:
        """Show what autocomplete came up with."""
        self._choices = [Choice(name=each["name"], value=each["value"]) for each in choices]
        self.note("choices")

    def open(self, data: Payload) -> None:
        """Open a form to the person."""
        self._modal = Modal(
            exchange=self,
            title=data["title"],
            custom_id=data["custom_id"],
            inputs=tuple(_inputs(data["components"])),
            components=tuple(data["components"]),
        )
        self.note("modal")

    def expire(self) -> None:
        """Make as if the life of the token were over."""
        self.created -= self._world.terms.token_seconds

    async def again(self) -> None:
        """Tell the bot of it once more, under the same id, as Discord does at times."""
        guild = self.channel.guild
        self._world.announce("INTERACTION_CREATE", self.payload, guild=guild.id if guild else None)

    async def acknowledged(self, within: float = 5.0) -> float:
        """Wait for the first answer and tell after how many seconds it came.

        Raises:
            AssertionError: None came.
        """
        return await self.watch.until(lambda: self.acked, within, self._missing)

    async def answer(self, *, with_file: bool = False, within: float = 5.0) -> Seen:
        """Wait for the first message that says something (and has a file), and see it as it was then.

        Raises:
            AssertionError: None came within so many seconds.
        """
        return await self.until(lambda seen: bool(seen.files) or not with_file, within)

    async def until(self, fits: Callable[[Seen], bool], within: float = 5.0) -> Seen:
        """Wait for a message, or for a change of one, that fits, and see it as it was then.

        Raises:
            AssertionError: None came within so many seconds.
        """

        def look() -> Seen | None:
            shown = (each.seen for each in self.history if each.what in VISIBLE)
            return next((seen for seen in shown if seen and not seen.thinking and fits(seen)), None)

        return await self.watch.until(look, within, self._missing)

    async def modal(self, within: float = 5.0) -> Modal:
        """Wait for a form to open.

        Raises:
            AssertionError: None did.
        """
        return await self.watch.until(lambda: self._modal, within, self._missing)

    async def choices(self, within: float = 5.0) -> list[Choice]:
        """Wait for what autocomplete comes up with.

        Raises:
            AssertionError: Nothing came.
        """
        return await self.watch.until(lambda: self._choices, within, self._missing)

    def now(self) -> Seen:
        """See the answer as it is by now.

        Raises:
            NotOffered: There is none, or no longer.
        """
        if self.original is None or self.original.id not in self._world.messages:
            raise NotOffered("There is no answer to see.")
        return look_at(self.original, self._world.cdn)

    def _missing(self) -> str:
        return f"what happened was {[(each.what, each.seen and each.seen.content) for each in self.history]}"


def _inputs(components: list[Payload]) -> list[Input]:
    found = []
    for each in components:
        inner = each.get("components") or [each.get("component") or each]
        found += [_input(part, each.get("label", "")) for part in inner if part.get("type") == 4]
    return found


def _input(part: Payload, label: str) -> Input:
    return Input(
        custom_id=part["custom_id"],
        label=part.get("label") or label,
        value=part.get("value") or "",
        required=bool(part.get("required", True)),
        least=part.get("min_length") or 0,
        most=part.get("max_length") or 4000,
    )
