"""What happens when somebody types `mynah`: the words are understood, done, and everything is told in words."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli_adapter import streams
from bot.cli_adapter.clean import printable
from bot.cli_adapter.parser import Typed, read, wants_json
from bot.cli_adapter.render import Renderer, for_program
from commands.core.command import Command, commands
from commands.core.errors import MynahError, UsageError
from commands.core.reply import Reply

if TYPE_CHECKING:
    from bot.cli_adapter.oneshot import OneShot
    from bot.config import Loaded

log = logging.getLogger("mynah.terminal")

UNEXPECTED = "Mynah stumbled over something that it did not expect ({error})."
LOGGED = " Its log ({file}) has more."


logging.raiseExceptions = False  # a log that cannot be written (a full disk) is no reason to write elsewhere


def main(words: Sequence[str] | None = None) -> int:
    """Do what the words behind `mynah` ask for, and return the exit status."""
    streams.mend()
    words = sys.argv[1:] if words is None else words
    try:
        return _told(words)
    except KeyboardInterrupt:
        return 130
    except streams.Unheard as unheard:
        with contextlib.suppress(streams.Unheard):
            _complain(f"The answer could not be written: {unheard}." if str(unheard) else "")
        streams.silence()
        return 1


def _told(words: Sequence[str]) -> int:
    """Do it; what goes wrong is told in words."""
    every: Mapping[str, Command] | None = None
    try:
        if list(words) == ["--version"]:
            return _version()
        every = commands()
        return _do(read(words, every), every)
    except MynahError as error:
        return _refuse(error, words, every, 2 if isinstance(error, UsageError) else 1)
    except streams.Unheard:
        raise
    except _expected() as error:
        return _refuse(error, words, None, 1)
    except Exception as error:
        return _refuse(_stumbled(error), words, None, 1)


def _stumbled(error: Exception, log_file: Path | None = None) -> MynahError:
    """Say what nobody expected, and name the log where it is written down."""
    name = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    more = LOGGED.replace("{file}", str(log_file)) if log_file else ""
    return MynahError(UNEXPECTED.replace("{error}", name[:200]) + more)


def _log_file(loaded: Loaded) -> Path | None:
    """Return the file that is logged to, if it is there."""
    from bot.log import FILE

    file = loaded.data / FILE
    written = any(getattr(handler, "baseFilename", "") == str(file) for handler in logging.getLogger().handlers)
    return file if written and file.is_file() else None


def _expected() -> tuple[type[Exception], ...]:
    from bot.config import ConfigError
    from engine.discovery import PluginBroken
    from engine.engine import EngineError
    from storage.errors import StorageError

    return (ConfigError, EngineError, PluginBroken, StorageError)


def _do(typed: Typed, every: Mapping[str, Command]) -> int:
    if typed.own == "version":
        return _version()
    if typed.own == "help":
        from bot.cli_adapter.manual import manual

        streams.say(manual(typed.about, every).rstrip())
        return 0
    if typed.own == "completion":
        from bot.cli_adapter.completion import script

        streams.say(script(typed.about[0]))
        return 0
    if typed.own == "demo":
        from bot.cli_adapter.demo import show

        return asyncio.run(show(typed.about[0]))
    return _start(typed, every)


def _start(typed: Typed, every: Mapping[str, Command]) -> int:
    from bot.config import load

    loaded = load(typed.config or None, os.environ)
    chat = typed.own == "run" and streams.is_terminal()
    width = streams.width if streams.is_shown() else None
    renderer = Renderer(every, chat=chat, unicode=streams.shows_unicode(), width=width)
    with _log(loaded, chat=chat or typed.own != "run"):
        try:
            return _run_of(typed)(_work(typed, loaded, renderer, chat))
        except Exception as error:
            if isinstance(error, (MynahError, streams.Unheard, *_expected())):
                raise
            log.exception("something unexpected")
            raise _stumbled(error, _log_file(loaded)) from error


def _run_of(typed: Typed) -> Callable[[Coroutine[None, None, int]], int]:
    if typed.own != "run":
        return asyncio.run
    from bot import loop

    return loop.run


def _work(typed: Typed, loaded: Loaded, renderer: Renderer, chat: bool) -> Coroutine[None, None, int]:
    """Return what is to be run; only now is known what has to be imported for it."""
    if typed.command is not None:
        from bot.cli_adapter.progress import Bar

        shot = _kind_of(typed)(typed, typed.command, renderer, Bar(sys.stderr, renderer, dumb=streams.is_dumb()))
        return shot.run(loaded, shot.prepare())
    if typed.own == "models":
        from bot.cli_adapter import models
        from bot.cli_adapter.progress import Bar

        return models.work(typed, loaded, renderer, Bar(sys.stderr, renderer, dumb=streams.is_dumb()))
    if typed.own == "doctor":
        from bot.cli_adapter.doctor import tell

        return tell(loaded, for_program=typed.json)
    from bot.cli_adapter.run import converse, serve

    return (converse if chat else serve)(loaded, renderer)


def _kind_of(typed: Typed) -> type[OneShot]:
    """Return what performs it: the same for all commands, but for the one that takes more than one file."""
    if typed.recordings:
        from bot.cli_adapter.clone import Cloning

        return Cloning
    from bot.cli_adapter.oneshot import OneShot

    return OneShot


def _log(loaded: Loaded, *, chat: bool) -> AbstractContextManager[None]:
    from bot.log import logging_to
    from storage.errors import FolderReadOnly

    try:
        loaded.data.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise FolderReadOnly(folder=loaded.data) from None
    return logging_to(loaded.settings, loaded.data, chat=chat)


def _refuse(error: Exception, words: Sequence[str], every: Mapping[str, Command] | None, status: int) -> int:
    """Say why not, on behalf of the command that was typed; `every` are those that the sentence may name."""
    if wants_json(words):
        streams.say(for_program(Reply(text=str(error), error=type(error).__name__)))
    else:
        _complain(Renderer(every, chat=False).words(str(error)) if every is not None else str(error))
    return status


def _complain(sentence: str) -> None:
    if sentence:
        streams.say(printable(sentence), aside=True)


def _version() -> int:
    from importlib.metadata import PackageNotFoundError, version

    try:
        streams.say(f"mynah {version('mynah-bot')}")
    except PackageNotFoundError:
        streams.say("mynah, run from its own folder without being installed")
    return 0
