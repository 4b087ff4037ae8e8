"""What may stand behind two hyphens: a command's parameters, and what every command takes in a terminal."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from commands.core.command import Command
from commands.core.errors import UsageError
from commands.core.params import Body, Param
from engine.value import value


@value
class Extra:
    """An option of the terminal's own: no command ever sees it."""

    name: str
    """What stands behind the hyphens."""
    value: str
    """What its value is called in the help; empty where it takes none."""
    help: str
    """What it does, in a sentence."""
    choices: tuple[str, ...] = ()
    """What its value can be, where that is one of a few words; else it is a path."""


CONFIG = Extra(name="config", value="FILE", help="The settings file to go by.")
JSON = Extra(name="json", value="", help="Answer with one JSON object, for programs.")
HELP = Extra(name="help", value="", help="Show this help and leave.")
OUTPUT = Extra(name="output", value="PATH", help="Where the file goes: a name for it, or a folder.")
CONSENT = Extra(
    name="consent",
    value="own|given",
    choices=("own", "given"),
    help="Have the voice made at once: you answer for it that it is your own, or was given to you by its person.",
)
VOUCHED = "clone"
"""The command that takes CONSENT, and any number of recordings."""


def extras(command: Command, *, chat: bool = False) -> tuple[Extra, ...]:
    """The options that a command takes behind `mynah`, or in the chat, beside its own parameters."""
    own = () if chat else (*([CONSENT] if command.name == VOUCHED else []), JSON, CONFIG)
    return (*([OUTPUT] if makes_file(command) else []), *own, HELP)


def makes_file(command: Command) -> bool:
    """Whether there may be a file in the answer, which then goes where `--output` says."""
    return command.lane is not None


def places(command: Command) -> list[Param]:
    """The parameters whose values may stand alone, in their order: the required ones, and the first of the others.

    Behind a text nothing stands alone; it would be taken for more of the text.
    """
    required = [p for p in command.params if p.required]
    others = [p for p in command.params if not p.required and p.kind is not bool]
    return required if any(p.mark(Body) for p in required) else [*required, *others[:1]]


@dataclass(kw_only=True)
class Given:
    """What was given for a command so far: by option, and by place."""

    command: Command
    """What it is given for."""
    chat: bool = False
    """Whether it is given in the chat, where a command begins with a slash."""
    values: dict[str, object] = field(default_factory=dict)
    """By the parameter's name."""
    extras: dict[str, str] = field(default_factory=dict)
    """By the option's name; '' for one that takes no value."""
    placed: list[str] = field(default_factory=list)
    """Words that stand alone, in their order."""

    @property
    def called(self) -> str:
        """How the command is called there."""
        return f"/{self.command.name}" if self.chat else self.command.name

    def param(self, option: str) -> Param | None:
        """Return the parameter that an option sets: 'keep-days' sets keep_days, and 'no-public' too sets public."""
        for param in self.command.params:
            if option == param.option or (param.kind is bool and option == f"no-{param.option}"):
                return param
        return None

    def extra(self, option: str) -> Extra | None:
        """Return the terminal's own option of that name."""
        return next((e for e in extras(self.command, chat=self.chat) if e.name == option), None)

    def takes_value(self, option: str) -> bool:
        """Whether a value has to follow the option."""
        if param := self.param(option):
            return param.kind is not bool
        extra = self.extra(option)
        return extra is not None and bool(extra.value)

    def give(self, option: str, value: str | None) -> None:
        """Take the value of an option; None where none was given.

        Raises:
            UsageError: The command has no such option, or not with such a value, or has it already.
        """
        if self.takes_value(option) and (value is None or (value == "" and not self._may_be_empty(option))):
            raise UsageError("--{name} needs a value behind it.", name=option)
        if param := self.param(option):
            self.set(param, _switch(param, option, value) if param.kind is bool else value)
        elif extra := self.extra(option):
            if value is not None and not extra.value:
                raise UsageError("--{name} takes no value.", name=option)
            self.extras[option] = value or ""
        else:
            raise self.unknown(option)

    def _may_be_empty(self, option: str) -> bool:
        param = self.param(option)
        return param is not None and param.kind is str

    def set(self, param: Param, value: object) -> None:
        """Take the value of a parameter, once."""
        if param.name in self.values:
            raise UsageError("--{name} is given twice; give it once.", name=param.option)
        self.values[param.name] = value

    def settle(self, *, partly: bool = False) -> None:
        """Hand the words that stand alone to the parameters that they are for, in their order.

        Raises:
            UsageError: Some are missing (unless only a part is given for now), or too many.
        """
        waiting = [p for p in places(self.command) if p.name not in self.values]
        for param, word in zip(waiting, self.placed, strict=False):
            self.values[param.name] = word
        if len(self.placed) > len(waiting):
            raise self._too_many(self.placed[len(waiting)])
        for param in waiting[len(self.placed) :]:
            if not partly and param.lacks(self.values):
                raise UsageError("{command} needs {call}", command=self.called, call=param.call)

    def unknown(self, option: str) -> UsageError:
        """Say that the command has no such option, and offer the nearest."""
        known = [p.option for p in self.command.params]
        known += [e.name for e in extras(self.command, chat=self.chat)]
        return UsageError(
            "{command} has no option --{option}. {hint}",
            command=self.called,
            option=option[:40],
            hint=nearest(option, known, "--") or f"It has --{', --'.join(known)}.",
        )

    def _too_many(self, word: str) -> UsageError:
        if any(p.mark(Body) for p in places(self.command)):
            sentence = "{command} takes one text; put quotes around it, or mend what stands behind it: {word}"
        elif self.command.params:
            sentence = "{command} has no use for {word}; what else it takes goes behind --options."
        else:
            sentence = "{command} has no use for {word}; it takes nothing."
        return UsageError(sentence, command=self.called, word=repr(word[:40]))


def nearest(word: str, known: Iterable[str], mark: str = "") -> str:
    """Ask whether one of the nearest of what is known was meant, with `mark` before it; empty where nothing is near."""
    near = difflib.get_close_matches(word.lower(), list(known), n=2, cutoff=0.6)
    return f"Did you mean {' or '.join(mark + name for name in near)}?" if near else ""


def default_of(commands: Mapping[str, Command], group: str) -> Command | None:
    """Return what a bare group does: its `list`, else its `show`."""
    return commands.get(f"{group} list") or commands.get(f"{group} show")


def _switch(param: Param, option: str, value: str | None) -> object:
    if option != param.option:
        if value is not None:
            raise UsageError("--{name} takes no value.", name=option)
        return False
    return True if value is None else value
