"""How an answer looks in a terminal: for people, and for programs."""

from __future__ import annotations

import json
import re
import shlex
import textwrap
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bot.cli_adapter.clean import printable
from bot.cli_adapter.options import places
from commands.core.command import Command
from commands.core.params import Param
from commands.core.reply import Action, Json, Progress, Reply, bar

_SAID = re.compile('(^".*?" · )', re.MULTILINE)
"""What was said, at the beginning of an answer."""
_GAP = " · "
"""What separates the facts of a line; in a list they are set in columns."""


class Renderer:
    """Turns answers into text: for the chat, where commands begin with a slash, or for the shell."""

    def __init__(
        self,
        commands: Mapping[str, Command],
        *,
        chat: bool,
        unicode: bool = True,
        width: Callable[[], int] | None = None,
    ) -> None:
        """`unicode`: what is written to can show it. `width` tells at what column lines are broken; None: nowhere."""
        self._commands = commands
        self._width = width
        self._front = "/" if chat else "mynah "
        self._chat = chat
        self._unicode = unicode

    def reply(self, reply: Reply, paths: Sequence[Path] = ()) -> str:
        """Return an answer as a person reads it; `paths` says where its files are."""
        text = self.words(reply.text) if reply.items is None else self._list(reply.text)
        lines = [self._broken(printable(text))] if text else []
        lines += [f"  {printable(self._path(path))}" for path in paths]
        lines += [f"  {printable(line)}" for line in map(self._action, reply.actions) if line]
        return self._plain("\n".join(lines))

    def words(self, text: str) -> str:
        """Put the commands that a sentence names the way in which they are typed here."""
        if self._chat or "/" not in text:
            return text
        parts = _SAID.split(text)  # every other one is what the person has written
        return "".join(part if index % 2 else for_shell(part, self._commands) for index, part in enumerate(parts))

    def _list(self, text: str) -> str:
        """Set the facts of a list in columns; what its rows say was asked, and is not there to be typed."""
        rows, others = [], []
        for line in text.split("\n"):
            others.append("" if _GAP in line else self.words(line))
            rows.append(line if _GAP in line else "")
        return "\n".join(row or other for row, other in zip(_in_columns(rows), others, strict=True))

    def _broken(self, text: str) -> str:
        """Break lines between words, where the terminal would break them inside."""
        width = self._width() if self._width else 0
        if not width:
            return text
        return "\n".join(
            textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False) if len(line) > width else line
            for line in text.split("\n")
        )

    def progress(self, progress: Progress, width: int = 24) -> str:
        """Return how far a job has come, on one line."""
        parts = [bar(progress.done, width), f"{int(progress.done * 100):3d} %"]
        if progress.left is not None and progress.done < 1:
            parts.append(f"{left(progress.left)} left")
        return self._plain("  ".join(parts))

    def _action(self, action: Action) -> str:
        """Return what to type for it; nothing for one that is only handy: whoever types can type it anyway."""
        command = self._commands.get(action.command)
        if command is None or action.handy:
            return ""
        given = [p for p in command.params if action.values.get(p.name) is not None]
        alone = [p for p, place in zip(given, places(command), strict=False) if p is place]
        words = [word for p in given for word in _typed(p, action.values[p.name], alone=p in alone)]
        return f"{self._front}{' '.join([action.command, *words])}   {action.label}"

    def _path(self, path: Path) -> str:
        """Return the shortest way to write where a file is."""
        try:
            return str(path.relative_to(Path.cwd()))
        except (ValueError, OSError):
            return str(path)

    def _plain(self, text: str) -> str:
        """Do without what the terminal's character set lacks."""
        return text if self._unicode else text.translate(_PLAIN)


def _in_shell(found: re.Match[str]) -> str:
    switched = re.sub(" ([^ =]+)=yes(?![^ ])", r" --\1", found[2])  # a switch takes no value there
    values = re.sub(" ([^ =]+)=", r" --\1 ", switched)
    return f"'mynah {found[1]}{values}'"


def _typed(param: Param, value: Json, *, alone: bool) -> list[str]:
    """Return the words that give a parameter its value."""
    if isinstance(value, bool):
        return [f"--{param.option}" if value else f"--no-{param.option}"]
    word = shlex.quote(str(value.get("id", "") if isinstance(value, Mapping) else value))
    return [word] if alone and not word.startswith("-") else [f"--{param.option}", word]


def for_shell(text: str, commands: Mapping[str, Command]) -> str:
    """Put the commands that a text names as '/quota show' the way in which a shell takes them.

    One that stands before a quotation tells what was asked, not what to type, and stays.
    """
    names = sorted({*commands, *(c.path[0] for c in commands.values())}, key=len, reverse=True)
    pattern = rf"(?<![\w/.\"])/({'|'.join(map(re.escape, names))})\b(?!/| \"|  )((?: [\w-]+=[\w-]+)*)"
    return re.sub(pattern, _in_shell, text)


_PLAIN = str.maketrans({"█": "#", "░": "-", "·": "|", "…": "...", "\u201c": '"', "\u201d": '"', "\u2019": "'"})


def for_program(reply: Reply, paths: Sequence[Path] = ()) -> str:
    """Return an answer as one JSON object on one line, in ASCII: no terminal or pipe can spoil it, nor it them."""
    return json.dumps(_object(reply, paths), ensure_ascii=True)


def _object(reply: Reply, paths: Sequence[Path]) -> Mapping[str, Json]:
    if reply.error:
        return {"error": reply.error, "message": reply.text}
    if reply.items is not None:
        return {"items": list(reply.items)}
    if reply.files:
        file = {"id": reply.files[0].id, "file": str(paths[0]) if paths else ""}
        beside = {"beside": [str(path) for path in paths[1:]]} if len(paths) > 1 else {}
        return {**file, **reply.data, "file": file["file"], **beside}
    return reply.data or {"message": reply.text}


def left(seconds: float) -> str:
    """Return how long it will take, in numbers that do not pretend to be exact: '8 s', '1:20 min', '1:05 h'."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d} min"
    return f"{whole // 3600}:{whole % 3600 // 60:02d} h"


def _in_columns(rows: Sequence[str]) -> list[str]:
    """Set the facts of rows in columns; rows without facts stay."""
    table = [row.split(_GAP) for row in rows]
    most = max(len(facts) for facts in table)
    widths = [min(60, max((_width(f[n]) for f in table if len(f) > n + 1), default=0)) for n in range(most)]
    return [
        "  ".join(
            fact + " " * max(0, width - _width(fact)) for fact, width in zip(facts, widths, strict=False)
        ).rstrip()
        for facts in table
    ]


def _width(text: str) -> int:
    """How many columns a text takes on a terminal."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
