"""Completion while somebody types in the chat: commands, their options, and what those may be."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from bot.cli_adapter.clean import one_line
from bot.cli_adapter.line import LEAVE
from bot.cli_adapter.options import default_of, extras, places
from commands.core.command import Command
from commands.core.params import Body, Param, Suggest
from engine.value import value

Suggestions = Callable[[str, str, str], Awaitable[list[str]]]
"""async (command, parameter, what is typed) -> what it may go on as"""

LONGEST = 1_000
"""The longest line, in characters, that is looked at; a longer one is a text that was pasted."""


class CommandCompleter(Completer):
    """Completes a line that begins with a slash; what is to be spoken is nobody's business."""

    def __init__(self, commands: Mapping[str, Command], suggest: Suggestions) -> None:
        self._commands = commands
        self._suggest = suggest

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Nothing: everything may have to ask the database, and so comes asynchronously."""
        return ()

    async def get_completions_async(
        self, document: Document, complete_event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        """Yield what may stand where the cursor is."""
        line = document.text_before_cursor
        if not line.startswith("/") or len(line) > LONGEST:
            return
        command, behind = self._command(line[1:])
        if command is None:
            for completion in self._names(line[1:]):
                yield completion
            return
        async for completion in self._inside(command, behind):
            yield completion

    def _command(self, line: str) -> tuple[Command | None, str]:
        """Return the command whose name stands complete on the line, with a blank behind it, and what follows."""
        words = line.split(" ")
        for length in range(len(words) - 1, 0, -1):
            name = " ".join(words[:length]).lower()
            if command := self._commands.get(name):
                return command, " ".join(words[length:])
        group = words[0].lower()
        bare = len(words) > 1 and words[1].startswith("-")
        return (default_of(self._commands, group) if bare else None), " ".join(words[1:])

    def _names(self, typed: str) -> Iterable[Completion]:
        typed = typed.lower()
        for name, command in self._commands.items():
            if name.startswith(typed):
                yield _completion(name, typed, shown=f"/{name}", meta=command.summary)
        for word in LEAVE[:1]:
            if word.startswith(typed):
                yield _completion(word, typed, shown=f"/{word}", meta="Leave the chat.")

    async def _inside(self, command: Command, behind: str) -> AsyncGenerator[Completion, None]:
        *before, typed = behind.split(" ")
        so_far = _so_far(command, before)
        if so_far.in_text:
            return
        name, equals, value = typed.removeprefix("--").partition("=")
        named = _param(command, name) if equals else so_far.open
        if named is not None:
            found = await self._values(command, named, value if equals else typed)
        elif typed.startswith("-"):
            found = _options(command, typed)
        else:
            found = await self._values(command, so_far.next, typed) if so_far.next else []
        for completion in found:
            yield completion

    async def _values(self, command: Command, param: Param, typed: str) -> list[Completion]:
        if param.choices:
            found = [choice for choice in param.choices if choice.startswith(typed.lower())]
        elif param.mark(Suggest) is not None:
            found = await self._suggest(command.name, param.name, typed)
        else:
            found = []
        return [_completion(f'"{value}"' if " " in value else value, typed, shown=value) for value in found]


def _options(command: Command, typed: str) -> list[Completion]:
    known = [(p.option, p.help) for p in command.params if p.mark(Body) is None]
    known += [(extra.name, extra.help) for extra in extras(command, chat=True)]
    return [
        _completion(f"--{name}", typed, shown=f"--{name}", meta=help)
        for name, help in known
        if f"--{name}".startswith(typed)
    ]


def _param(command: Command, option: str) -> Param | None:
    return next((p for p in command.params if p.option == option.lower()), None)


@value
class _SoFar:
    """What the words before the cursor make of the one under it."""

    open: Param | None
    """The option that waits for its value."""
    next: Param | None
    """What a word that stands alone is for."""
    in_text: bool
    """Whether the text has begun, in which everything is text."""


def _so_far(command: Command, before: list[str]) -> _SoFar:
    alone = 0
    given: set[str] = set()
    pending: Param | None = None
    for word in filter(None, before):
        found = re.fullmatch(r"--([\w-]+)|(?:--)?([\w-]+)=.*", word)
        param = _param(command, found[1] or found[2]) if found else None
        if pending is not None:
            pending = None
        elif param is not None and found is not None:
            given.add(param.name)
            pending = param if found[1] and param.kind is not bool else None
        elif not found:
            alone += 1
    waiting = [p for p in places(command) if p.name not in given]
    text = next((n for n, p in enumerate(waiting) if p.mark(Body) is not None), len(before) + 1)
    following = waiting[alone] if alone < len(waiting) else None
    return _SoFar(open=pending, next=following, in_text=alone > text)


def _completion(value: str, typed: str, *, shown: str, meta: str = "") -> Completion:
    return Completion(
        one_line(value), start_position=-len(typed), display=one_line(shown), display_meta=one_line(meta, 72)
    )
