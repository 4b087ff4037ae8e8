"""What a command may ask for: the types that stand in its signature, and what their values look like when stored."""

from __future__ import annotations

import enum
import inspect
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from types import UnionType
from typing import TYPE_CHECKING, Annotated, TypeVar, Union, get_args, get_origin

from commands.core.errors import UsageError
from commands.core.reply import Json
from engine.value import value

if TYPE_CHECKING:
    from commands.core.context import Inquiry

T = TypeVar("T")
Suggester = Callable[["Inquiry", str], Awaitable[list[str]]]

ENDLESS = 10**12
"""The upper end from which on a range is said without it: nobody gets there by counting."""
TEXT_LIMIT = 250_000
"""The most characters that one request may ask to have said: about five hours of speech, a short novel."""


class FileFormat(enum.StrEnum):
    """The kinds of sound file that can be asked for."""

    AUTO = "auto"
    """What suits where it was asked."""
    WAV = "wav"
    MP3 = "mp3"
    FLAC = "flac"
    OPUS = "ogg-opus"
    M4A = "m4a"
    VOICE = "voice"
    """A voice message, where the platform has such; an Opus file elsewhere."""


class SampleRate(enum.StrEnum):
    """How many samples a second a sound file has, in Hz."""

    AUTO = "auto"
    """As many as the voice has, or what the format has next to it."""
    R8000 = "8000"
    R16000 = "16000"
    R22050 = "22050"
    R24000 = "24000"
    R44100 = "44100"
    R48000 = "48000"

    @property
    def hz(self) -> int:
        """The number; 0 for AUTO."""
        return 0 if self is SampleRate.AUTO else int(self.value)


class Timestamps(enum.StrEnum):
    """What of a text is told when it is said."""

    NONE = "none"
    WORDS = "words"
    SYLLABLES = "syllables"
    SENTENCES = "sentences"
    ALL = "all"


class Missing(enum.Enum):
    """Stands for a value that nobody gave."""

    MISSING = "missing"


MISSING = Missing.MISSING


@dataclass(frozen=True, slots=True)
class Body:
    """Free text of up to `max_length` characters: the rest of the line in a chat, or the message replied to."""

    max_length: int = TEXT_LIMIT


@dataclass(frozen=True, slots=True)
class Between:
    """A number no lower than `low` and no higher than `high`."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Word:
    """A `word` that may stand for a `number`: 'unlimited' for -1."""

    word: str
    number: int


@dataclass(frozen=True, slots=True)
class Suggest:
    """A name that can be completed while it is typed, from what `source` offers."""

    source: Suggester


@dataclass(frozen=True, slots=True)
class Instead:
    """The parameter `other` may be given in its place: exactly one of the two."""

    other: str


@dataclass(frozen=True, slots=True)
class Kinds:
    """What the name of a file has to end with: one of `endings`, without the dot."""

    endings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Menu:
    """The command can be chosen at a message, under this `title`; the message's file is the value."""

    title: str


@dataclass(frozen=True, slots=True)
class Example:
    """A `value` that help shows where it tells how the command is typed."""

    value: str


@value
class Attachment:
    """A file that came with the request, or with the message replied to."""

    name: str
    """What the person called it; not to be trusted."""
    content_type: str = ""
    """What the platform takes it for; not to be trusted."""
    bytes: int = 0
    """Its size as the platform says, in bytes."""
    reference: str = ""
    """How the platform finds it again (an address, a file id, a path)."""
    path: str = ""
    """Where it is staged, relative to the data folder; empty until then."""


@value
class Member:
    """A person, as their platform names them ('discord:8035…'), or by Mynah's own number ('7')."""

    id: str
    """The platform's name and the account's id with a colon between, or a number."""
    name: str = ""
    """What they are called; for people to read."""


@value
class Role:
    """A role that the members of a place can have."""

    id: str
    """The platform's id of it."""
    name: str = ""
    """What it is called; for people to read."""


@value
class PlaceId:
    """A server, a group or the direct messages of a platform: 'discord:42', 'telegram:direct', or a number."""

    id: str
    """The platform's name and the place's id with a colon between, or Mynah's own number."""


RECORDS: tuple[type[Attachment] | type[Member] | type[Role] | type[PlaceId], ...] = (Attachment, Member, Role, PlaceId)


@dataclass(frozen=True, kw_only=True)
class Param:
    """One parameter: name, type and default from the signature, its help from the docstring."""

    name: str
    """As in the signature: lower case, words joined by '_'."""
    kind: type
    """str, int, float, bool, an Enum of strings, or one of RECORDS."""
    help: str
    """One sentence for the person who fills it in; at most 100 characters."""
    default: object = MISSING
    """What it is where nobody gives it."""
    marks: tuple[object, ...] = field(default=())
    """What else holds for it: Body, Between, Suggest …"""

    @cached_property
    def required(self) -> bool:
        """Whether a request cannot do without it, or without what may be given in its place."""
        return self.default is MISSING or self.instead != ""

    @cached_property
    def instead(self) -> str:
        """The parameter that may be given in its place; empty where none may."""
        mark = self.mark(Instead)
        return mark.other if mark else ""

    def lacks(self, values: Mapping[str, object]) -> bool:
        """Tell whether a request with these values cannot do without it."""
        return self.required and not any(values.get(name) not in (None, "") for name in (self.name, self.instead))

    @property
    def call(self) -> str:
        """How a request that lacks it is asked for it, behind 'needs'."""
        if self.instead:
            return f"{self.option} or {self.instead}; give one of them."
        return f"{self.option}: {self.help}"

    @property
    def option(self) -> str:
        """Its name for people: 'keep-days' for keep_days."""
        return self.name.replace("_", "-")

    @property
    def choices(self) -> tuple[str, ...]:
        """What it can be, where that is one of a few words; else nothing."""
        return tuple(str(member.value) for member in self.kind) if issubclass(self.kind, enum.Enum) else ()

    def mark(self, wanted: type[T]) -> T | None:
        """Return its mark of that kind, if it has one."""
        return next((m for m in self.marks if isinstance(m, wanted)), None)

    def decode(self, raw: object) -> object:
        """Turn what a platform gave, or what `encode` made, into a value of `kind`.

        Raises:
            UsageError: It is no such value; the sentence says what is.
        """
        value = self._read(raw)
        if isinstance(value, int | float) and (span := self.mark(Between)):
            word = self.mark(Word)
            if not (span.low <= value <= span.high or (word and value == word.number)):
                raise self._outside(span, word, value)
        if isinstance(value, str) and (body := self.mark(Body)) and len(value) > body.max_length:
            raise UsageError(
                "{name} is {length:,} characters long; {most:,} is the most. Send it in parts.",
                name=self.option,
                length=len(value),
                most=body.max_length,
            )
        return value

    def encode(self, value: object) -> Json:
        """Turn a value into what JSON can hold."""
        if isinstance(value, enum.Enum):
            return value.value
        if isinstance(value, RECORDS):
            return asdict(value)
        return value

    def _outside(self, span: Between, word: Word | None, value: float) -> UsageError:
        """Say where a number has to lie; an upper end that nobody comes to is not worth saying."""
        if value < span.low and span.high >= ENDLESS and not word:
            return UsageError("{name} has to be {low} or more.", name=self.option, low=_plain(span.low))
        return UsageError(
            "{name} goes from {low} to {high}{word}.",
            name=self.option,
            low=_plain(span.low),
            high=_plain(span.high),
            word=f", or is {word.word}" if word else "",
        )

    def _read(self, raw: object) -> object:
        if raw is None and self.default is None:
            return None
        if self.kind in RECORDS:
            return self._read_record(raw)
        if isinstance(raw, self.kind) and not (isinstance(raw, bool) and self.kind is not bool):
            return self._finite(raw)
        if issubclass(self.kind, enum.Enum):
            return self._read_choice(raw)
        if self.kind is bool:
            return self._read_switch(raw)
        return self._read_number_or_text(raw)

    def _read_record(self, raw: object) -> object:
        if isinstance(raw, RECORDS) and isinstance(raw, self.kind):
            raw = asdict(raw)
        if isinstance(raw, Mapping):
            forms = {f.name: f.type for f in fields(next(record for record in RECORDS if record is self.kind))}
            known = {k: mend(v) if isinstance(v, str) else v for k, v in raw.items() if k in forms}
            if any(type(v).__name__ != forms[k] for k, v in known.items()):
                raise self._refusal(raw)
            try:
                return self.kind(**known)
            except TypeError:
                raise self._refusal(raw) from None
        if self.kind is not Attachment and isinstance(raw, str | int) and str(raw).strip():
            return self.kind(id=mend(str(raw)).strip())
        raise self._refusal(raw)

    def _read_choice(self, raw: object) -> object:
        for member in self.kind:  # type: ignore[attr-defined]  # `kind` is an Enum here, which mypy cannot see
            if str(raw).strip().lower() == member.value:
                return member
        choices = ", ".join(str(m.value) for m in self.kind)  # type: ignore[attr-defined]  # as above
        raise UsageError("{name} can be {choices}.", name=self.option, choices=choices)

    def _read_switch(self, raw: object) -> bool:
        word = str(raw).strip().lower()
        if word in ("yes", "true", "on", "1"):
            return True
        if word in ("no", "false", "off", "0"):
            return False
        raise UsageError("{name} can be yes or no.", name=self.option)

    def _read_number_or_text(self, raw: object) -> object:
        if (word := self.mark(Word)) and str(raw).strip().lower() == word.word:
            return word.number
        if self.kind is str:
            raise self._refusal(raw)
        text = str(raw).strip().replace("_", "")
        try:
            return self._finite(self.kind(text))
        except (ValueError, OverflowError):
            raise self._refusal(raw) from None

    def _finite(self, value: object) -> object:
        if isinstance(value, float) and not math.isfinite(value):
            raise self._refusal(value)
        if isinstance(value, str):
            return mend(value) if self.mark(Body) else mend(value).strip()
        return value

    def _refusal(self, raw: object) -> UsageError:
        wanted = {int: "a whole number", float: "a number", str: "text", Attachment: "a file"}.get(self.kind, "an id")
        return UsageError("{name} has to be {wanted}, not {raw}.", name=self.option, wanted=wanted, raw=repr(raw)[:40])


def mend(text: str) -> str:
    """Join the halves of characters that came apart, and put a mark for each that is alone: it could not be stored."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def read_param(name: str, hint: object, default: object, help: str) -> Param:
    """Make a parameter from its place in a signature."""
    marks: tuple[object, ...] = ()
    kind = hint
    while get_origin(kind) in (Annotated, Union, UnionType):  # 'Speed | None' has one within the other
        if get_origin(kind) is Annotated:
            kind, *rest = get_args(kind)
            marks += tuple(rest)
        else:
            kind = next(each for each in get_args(kind) if each is not type(None))
    if not isinstance(kind, type):
        raise TypeError(f"{name}: {hint!r} is not a type that a command can ask for")
    return Param(
        name=name, kind=kind, help=help, default=MISSING if default is inspect.Parameter.empty else default, marks=marks
    )


def _plain(number: float) -> str:
    """Write a number without an exponent: '9,007,199,254,740,992', '0.5'."""
    return f"{int(number):,}" if number == int(number) else f"{number:,.15g}"


async def voice_names(inquiry: Inquiry, typed: str) -> list[str]:
    """The names of voices that the person may use and that go on from what is typed, theirs first."""
    return await inquiry.voice_names(typed)


async def language_tags(inquiry: Inquiry, typed: str) -> list[str]:
    """The languages that are spoken here and begin with what is typed."""
    return [tag for tag in inquiry.host.languages if tag.startswith(typed.strip().lower())]


Text = Annotated[str, Body(), Example("Good morning.")]
"""What is to be said."""
TextOrFile = Annotated[str, Body(), Instead("file"), Example("Good morning.")]
"""What is to be said, or else the parameter `file`."""
TextFile = Annotated[Attachment, Kinds(("txt", "md"))]
"""A file with what is to be said."""
SOUNDS = (
    *("ogg", "oga", "opus", "mp3", "wav", "m4a", "aac", "flac", "webm", "mp4", "mov", "mkv"),
    *("3gp", "aif", "aiff", "caf"),
)
"""How the names of files end in which somebody may speak; what they really are is found out when they are read."""
SoundFile = Annotated[Attachment, Kinds(SOUNDS)]
"""A recording of somebody who speaks, or a video of them."""
VoiceName = Annotated[str, Suggest(voice_names), Example("en-gb")]
"""A voice, by the name under which the person knows it."""
Speed = Annotated[float, Between(0.5, 3.0), Example("1.2")]
"""Pace; 1 is the voice's own, 2 is twice as fast."""
Pitch = Annotated[float, Between(-12, 12), Example("-2")]
"""Semitones above the voice's own pitch."""
Volume = Annotated[float, Between(0.1, 4.0), Example("1.5")]
"""Loudness; 1 is as usual, 2 is twice as much."""
Language = Annotated[str, Suggest(language_tags), Example("de")]
"""A language that is spoken here, by its tag."""
JobId = Annotated[int, Between(1, 2**53), Example("12")]
"""A job, by its number."""
Limit = Annotated[int, Between(0, 10**12), Word("unlimited", -1), Example("5000")]
"""How much of something; -1 for as much as one likes."""
