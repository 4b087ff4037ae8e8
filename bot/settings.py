"""The settings: one class for each section of config.toml; the sentence under a field is its comment there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr
from pydantic.fields import FieldInfo


@dataclass(frozen=True, slots=True)
class Allowed:
    """Says in words what a setting may be, where its type does not say it well."""

    words: str


@dataclass(frozen=True, slots=True)
class Begins:
    """Says that a setting is an address, and with which schemes it may begin."""

    schemes: tuple[str, ...]


def _split(value: object) -> object:
    """Make a list of 'a, b'; one number stands for a list of it."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return [value] if isinstance(value, int) else value


def _numbers(ids: tuple[str, ...]) -> tuple[str, ...]:
    if not all(each.isascii() and each.isdigit() for each in ids):
        raise ValueError("an account id has digits only")
    return ids


def _amount(value: object) -> object:
    return -1 if isinstance(value, str) and value.strip().lower() == "unlimited" else value


Names = Annotated[
    tuple[str, ...],
    BeforeValidator(_split),
    AfterValidator(_numbers),
    Allowed("a list of account ids, such as 8035, 8036"),
]
Address = Annotated[str, Begins(("https", "http"))]
Amount = Annotated[int, BeforeValidator(_amount), Field(ge=-1), Allowed("a whole number from 0, or 'unlimited'")]


def _is_default(field: FieldInfo | None, value: object) -> bool:
    plain = tuple(value) if isinstance(value, list) else value
    return field is not None and type(plain) is type(field.default) and plain == field.default


class Section(BaseModel):
    """A section of config.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True, defer_build=True)

    @classmethod
    def of(cls, given: Mapping[str, object]) -> Self:
        """Return the section with these values.

        Raises:
            ValidationError: One of them cannot be.
        """
        # config.toml lists every setting and few are changed; a default needs no check, and the first check takes long.
        changes = {key: value for key, value in given.items() if not _is_default(cls.model_fields.get(key), value)}
        return cls.model_validate(changes) if changes else cls.model_construct()

    @property
    def configured(self) -> bool:
        """Whether it is a platform's, and says enough for its adapter to run."""
        return False

    @property
    def wanted(self) -> bool:
        """Whether it is a platform's that runs, be it that not the settings alone start it."""
        return self.configured


class Mynah(Section):
    """Mynah itself."""

    log: Literal["auto", "stderr", "file"] = "auto"
    """Where the log goes: 'stderr', 'file' (mynah.log in the data folder), or 'auto': to the file in a chat."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """How much is logged, from everything to errors only."""


class Owners(Section):
    """Who runs this Mynah: they may do everything, everywhere, without limits."""

    discord: Names = ()
    """Ids of their Discord accounts, separated by commas."""
    telegram: Names = ()
    """Ids of their Telegram accounts, separated by commas."""


Kind = Literal["wav", "mp3", "flac", "ogg-opus", "m4a", "voice"]


class Discord(Section):
    """Discord; docs/discord.md tells how to set it up."""

    token: SecretStr = SecretStr("")
    """The bot's token; never here: as MYNAH_DISCORD__TOKEN in the environment or in .env, or in token_file."""
    token_file: str = ""
    """A file that holds the token and that only you can read."""
    api_base: Address = ""
    """Address of Discord's API, where it is not Discord's own."""
    gateway_url: Annotated[str, Begins(("wss", "ws"))] = ""
    """Address of Discord's gateway, where it is not Discord's own."""
    format: Kind = "wav"
    """The kind of file where nobody asks for another; 'voice' is a native voice message."""
    shards: Annotated[int, Field(ge=0, le=1_000)] = 0
    """How many connections carry the servers; 0 for as many as Discord recommends."""

    @property
    def configured(self) -> bool:
        return bool(self.token.get_secret_value())


class Telegram(Section):
    """Telegram; docs/telegram.md tells how to set it up."""

    token: SecretStr = SecretStr("")
    """The bot's token; never here: as MYNAH_TELEGRAM__TOKEN in the environment or in .env, or in token_file."""
    token_file: str = ""
    """A file that holds the token and that only you can read."""
    base_url: Address = ""
    """Address of the Bot API server, where it is not Telegram's own."""
    base_file_url: Address = ""
    """Address from which that server gives files, where it is not Telegram's own."""
    local_mode: bool = False
    """Whether that server is one of yours that runs with --local, and so takes and gives large files by path."""
    format: Kind = "voice"
    """The kind of file where nobody asks for another; 'voice' is a voice message."""
    webhook_url: Annotated[str, Begins(("https", "http"))] = ""
    """The address at which Telegram hands updates in; without one Mynah fetches them itself, which works everywhere."""
    webhook_listen: str = "127.0.0.1"
    """The address of this machine on which the webhook is served; a proxy before it speaks TLS."""
    webhook_port: Annotated[int, Field(ge=0, le=65535)] = 8443
    """The port on which the webhook is served."""

    @property
    def configured(self) -> bool:
        return bool(self.token.get_secret_value())


Hosts = Annotated[tuple[str, ...], BeforeValidator(_split), Allowed("a list of names, such as mynah.example.org")]
Origins = Annotated[
    tuple[str, ...], BeforeValidator(_split), Allowed("a list of origins, such as https://chat.example.org")
]


def _pairs(given: tuple[str, ...]) -> tuple[str, ...]:
    if not all(all(part.strip() for part in each.partition("=")) for each in given):
        raise ValueError("each has a name, '=' and a voice")
    return given


Pairs = Annotated[
    tuple[str, ...], BeforeValidator(_split), AfterValidator(_pairs), Allowed("a list such as alloy=en-us, nova=Ada")
]


class Web(Section):
    """The page and the API that `mynah run` serves on this machine."""

    enabled: bool = True
    """Whether there is a page at all."""
    listen: str = "127.0.0.1"
    """The address at which it listens; only at 127.0.0.1 can nobody but this machine reach it."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8765
    """Its port; where that is taken, another free one, which is said. 0 for any free one."""
    public_url: Address = ""
    """The address under which others reach it, where they do; files too large for a chat come as links to it."""
    hosts: Hosts = ()
    """Further names under which it may be asked for, separated by commas."""
    origins: Origins = ()
    """Web pages of elsewhere that may use the API under /v1, with a token, separated by commas."""
    token_file: str = ""
    """The file of your own token, made at the first start; where none is named, web-token in the data folder."""
    browser: bool = True
    """Whether `mynah run` opens the page in a browser, where somebody sits before one."""
    upload_mb: Annotated[int, Field(ge=1, le=10_000)] = 200
    """The largest file that it takes, in MB."""
    requests_minute: Annotated[int, Field(ge=10, le=1_000_000)] = 1_200
    """Requests that each token may make in a minute."""
    link_hours: Annotated[int, Field(ge=1, le=8_760)] = 24
    """Hours for which a link to a file is good."""
    voices: Pairs = ()
    """Whose voices the names of OpenAI's stand for, where you want others: 'alloy=en-us, nova=Ada'."""
    any_key_from_loopback: bool = False
    """Whether programs on this machine may use /v1 as its owner with any key or none; for those that can send none."""

    @property
    def wanted(self) -> bool:
        return self.enabled


def _isolated(value: object) -> object:
    """Make 'all' of true, and nothing of false."""
    switch = {"true": "all", "false": ""}.get(str(value).lower()) if isinstance(value, bool | str) else None
    return _split(value if switch is None else switch)


Isolated = Annotated[tuple[str, ...], BeforeValidator(_isolated), Allowed("a list of engines, such as coqui, or 'all'")]


class Engine(Section):
    """What speaks."""

    name: str = "auto"
    """The engine to speak with; 'auto' takes the best that is installed."""
    isolated: Isolated = ()
    """Engines that have a process of their own, or 'all'; what breaks one, or makes it hang, harms nothing else."""
    memory_mb: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    """MB of memory that large engines may take together; 0 for three quarters of what is free."""
    idle_minutes: Annotated[int, Field(ge=0, le=100_000)] = 60
    """Minutes with nothing to say after which a large engine leaves the memory until it is needed; 0 for never."""
    patience_seconds: Annotated[int, Field(ge=0, le=86_400)] = 0
    """Seconds without a sign of life after which an engine is replaced; 0 for what each says itself, a minute or so."""


class Models(Section):
    """Models that `mynah models pull` brings."""

    mirror: Annotated[str, Begins(("https", "http"))] = ""
    """A server to fetch them from in place of their publishers': it has their files under the same paths."""


class Speech(Section):
    """How it speaks."""

    default_voice: str = "auto"
    """The voice of those who have not chosen one, where their server has none; 'auto' is the best for the language."""


class Jobs(Section):
    """How much is done at once, and how often it is tried."""

    running: Annotated[int, Field(ge=1, le=64)] = 4
    """Jobs that run at once."""
    per_user: Annotated[int, Field(ge=1, le=64)] = 2
    """Jobs of one person that run at once."""
    waiting: Annotated[int, Field(ge=1, le=1_000_000)] = 100
    """Jobs of one person that may wait; owners may have as many as they like."""
    attempts: Annotated[int, Field(ge=1, le=20)] = 3
    """How often a job is tried before it counts as failed."""
    drain_seconds: Annotated[int, Field(ge=0, le=3600)] = 10
    """How long running jobs may go on when Mynah is told to stop; the rest goes on at the next start."""


class Quota(Section):
    """What a person may use in one server, group or direct message where nobody set other limits; -1: no limit."""

    generations_day: Amount = 200
    """Things made in a day."""
    generations_month: Amount = 3_000
    """Things made in a month."""
    characters_day: Amount = 200_000
    """Characters said in a day."""
    characters_month: Amount = 2_000_000
    """Characters said in a month."""
    seconds_day: Amount = 20_000
    """Seconds of audio made in a day."""
    seconds_month: Amount = 200_000
    """Seconds of audio made in a month."""
    clones_day: Amount = 5
    """Voices cloned in a day."""
    clones_month: Amount = 30
    """Voices cloned in a month."""
    voices: Amount = 10
    """Own voices held at a time."""
    bytes: Amount = 1_000_000_000
    """Bytes of files held at a time."""


class Cloning(Section):
    """Voices that are made from recordings of people."""

    consent: Literal["spoken", "ticked"] = "spoken"
    """How its person agrees: 'spoken' aloud, word by word, or 'ticked' by whoever uploads, which proves nothing."""
    examinations_hour: Annotated[int, Field(ge=1, le=10_000)] = 20
    """Recordings of one person that are looked at in an hour; owners may have as many as they like."""


class Files(Section):
    """What it makes."""

    days: Annotated[int, Field(ge=1, le=36_500)] = 7
    """Days after which a file goes, unless its owner keeps it."""
    least_free_mb: Annotated[int, Field(ge=0, le=10_000_000)] = 1_024
    """MB that have to be free on the disk of the data folder before new work is taken."""


class Copies(Section):
    """Copies of the database, made while it runs, in the data folder."""

    hours: Annotated[int, Field(ge=1, le=8_760)] = 24
    """Hours from one copy to the next."""
    keep: Annotated[int, Field(ge=1, le=1_000)] = 7
    """How many copies are kept; the oldest goes."""


class Terminal(Section):
    """The chat in the terminal."""

    play: bool = True
    """Whether what was made is played at once, where this machine can."""


class Settings(BaseModel):
    """Every setting, by its section."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    mynah: Mynah = Mynah.of({})
    owners: Owners = Owners.of({})
    discord: Discord = Discord.of({})
    telegram: Telegram = Telegram.of({})
    web: Web = Web.of({})
    engine: Engine = Engine.of({})
    models: Models = Models.of({})
    speech: Speech = Speech.of({})
    jobs: Jobs = Jobs.of({})
    quota: Quota = Quota.of({})
    cloning: Cloning = Cloning.of({})
    files: Files = Files.of({})
    copies: Copies = Copies.of({})
    terminal: Terminal = Terminal.of({})

    @classmethod
    def of(cls, given: Mapping[str, Mapping[str, object]]) -> Self:
        """Return the settings with these values, by section and key.

        Raises:
            ValidationError: One of them cannot be.
        """
        return cls.model_construct(set(given), **{name: SECTIONS[name].of(values) for name, values in given.items()})

    def section(self, name: str) -> Section | None:
        """Return the section of that name, if there is one."""
        found = getattr(self, name, None) if name in type(self).model_fields else None
        return found if isinstance(found, Section) else None

    def owners_of(self, platform: str) -> tuple[str, ...]:
        """Return the ids of the owners' accounts on a platform."""
        found = getattr(self.owners, platform, ())
        return found if isinstance(found, tuple) else ()


SECTIONS: Mapping[str, type[Section]] = {
    name: field.annotation
    for name, field in Settings.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, Section)
}
"""The class of each section, by its name, in the order of config.toml."""
