"""A command is declared once, and each platform renders it natively."""

from __future__ import annotations

import enum
import hashlib
import inspect
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, get_type_hints

from commands.core.params import Param, read_param
from commands.core.reply import Reply
from engine.discovery import values

if TYPE_CHECKING:
    from commands.core.quote import Quote

Handler = Callable[..., Awaitable[Reply]]
"""async (Context, **values) -> Reply"""
Quoter = Callable[..., Awaitable["Quote"]]
"""async (Inquiry, **values) -> Quote"""


class Audience(enum.IntEnum):
    """Who may use a command; who may use more may use less."""

    EVERYONE = 0
    ADMINS = 1
    """Admins of the place where it is asked."""
    OWNERS = 2
    """Those who run this Mynah."""


class Lane(enum.IntEnum):
    """How soon work is done: all of a lane goes before any of the next, sentence by sentence."""

    NOW = 0
    SOON = 1
    BATCH = 2
    TRAIN = 3


@dataclass(frozen=True, kw_only=True)
class Command:
    """Something that a person can ask for."""

    path: tuple[str, ...]
    """Its words: ('speak',), ('quota', 'set')."""
    summary: str
    """What it does; at most 100 characters."""
    details: str
    """More about it, in paragraphs; may be empty."""
    handler: Handler
    """What does it."""
    params: tuple[Param, ...]
    """What it asks for, in the order of its signature."""
    audience: Audience
    """Who may use it; checked when it is asked and again when it runs."""
    lane: Lane | None
    """Where its job waits; None: it is quick, and answered at once."""
    quoter: Quoter | None
    """Tells what it costs; None: it is free."""
    private: bool
    """Whether the answer is for the person who asked only."""
    always: bool = False
    """Whether those who are blocked may use it too: what is kept about somebody is theirs to see and to have gone."""

    @property
    def name(self) -> str:
        """Its words, separated by blanks."""
        return " ".join(self.path)

    @cached_property
    def signature(self) -> str:
        """A fingerprint of what it asks for; a stored request carries the one that it was made for."""
        form = ";".join(f"{p.name}:{p.kind.__name__}:{p.required}" for p in self.params)
        return hashlib.sha256(form.encode()).hexdigest()[:16]

    @cached_property
    def needed(self) -> tuple[Param, ...]:
        """The parameters that it cannot do without."""
        return tuple(param for param in self.params if param.required)

    def param(self, name: str) -> Param | None:
        """Return the parameter of that name, if it has one."""
        return next((p for p in self.params if p.name == name), None)


def command(
    *path: str,
    audience: Audience = Audience.EVERYONE,
    lane: Lane | None = None,
    quote: Quoter | None = None,
    private: bool = False,
    always: bool = False,
) -> Callable[[Handler], Command]:
    """Declare a command. Its signature is its form, and its docstring is its help."""

    def declare(handler: Handler) -> Command:
        summary, details, helps = _read_docstring(handler)
        return Command(
            path=path,
            summary=summary,
            details=details,
            handler=handler,
            params=_read_params(handler, helps),
            audience=audience,
            lane=lane,
            quoter=quote,
            private=private,
            always=always,
        )

    return declare


class Commands(Mapping[str, Command]):
    """Every command that the folder or a plugin brings, by name.

    Who asks for one by its name has only the file imported that is named as its first word, if it is there.

    Raises:
        ValueError: Two commands have one name, or one's name is the group of another.
        PluginBroken: A plugin cannot be imported.
    """

    def __init__(self) -> None:
        self._families: dict[str, dict[str, Command]] = {}

    @cached_property
    def _every(self) -> dict[str, Command]:
        return _by_name(values(Command, "commands"))

    def __getitem__(self, name: str) -> Command:
        family = name.partition(" ")[0]
        if family not in self._families:
            self._families[family] = _by_name(values(Command, "commands", family)) if family.isidentifier() else {}
        return self._families[family].get(name) or self._every[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._every)

    def __len__(self) -> int:
        return len(self._every)


def commands() -> Commands:
    """Every command that the folder or a plugin brings, by name."""
    return Commands()


def _by_name(found: Iterable[Command]) -> dict[str, Command]:
    named: dict[str, Command] = {}
    for each in sorted(found, key=lambda c: c.path):
        if each.name in named:
            raise ValueError(f"command {each.name!r} is declared twice")
        named[each.name] = each
    for each in named.values():
        if len(each.path) > 1 and each.path[0] in named:
            raise ValueError(f"{each.path[0]!r} is a command and a group at once")
    return named


def shown_to(every: Mapping[str, Command], *words: str) -> Audience:
    """Who is shown what stands under these words (a group, or one command): the widest audience of its members.

    Discord drops the permissions of subcommands and keeps those of their group, so a group has one audience that
    the platform knows of. Were it the narrowest, nobody but admins would find /quota show; so it is the widest,
    and what is narrower is refused when it is asked (`request.check_audience`), which is the check that counts.
    A platform whose commands stand alone (Telegram's menu) passes a command's whole path, and hears its own.
    """
    return min(each.audience for each in every.values() if each.path[: len(words)] == words)


def _read_params(handler: Handler, helps: dict[str, str]) -> tuple[Param, ...]:
    hints = get_type_hints(handler, include_extras=True)
    _, *rest = inspect.signature(handler).parameters.values()  # the first is the context
    missing = [p.name for p in rest if p.name not in helps]
    if missing:
        raise ValueError(f"{handler.__module__}.{handler.__name__}: the docstring does not explain {missing[0]!r}")
    return tuple(read_param(p.name, hints[p.name], p.default, helps[p.name]) for p in rest)


def _read_docstring(handler: Handler) -> tuple[str, str, dict[str, str]]:
    doc = inspect.getdoc(handler) or ""
    prose, _, args = doc.partition("\nArgs:\n")
    summary, _, details = prose.partition("\n")
    if not summary:
        raise ValueError(f"{handler.__module__}.{handler.__name__} has no docstring")
    pairs = re.findall(r"^    (\w+): (.+(?:\n     +.+)*)", args, re.MULTILINE)
    paragraphs = [" ".join(each.split()) for each in re.split(r"\n\s*\n", details.strip())]
    return summary, "\n\n".join(paragraphs), {name: " ".join(text.split()) for name, text in pairs}
