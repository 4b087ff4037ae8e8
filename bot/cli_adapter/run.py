"""`mynah run`: a chat where a person sits at a terminal; elsewhere Mynah serves until it is told to stop."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.app import App, Maker
from bot.cli_adapter import signals, streams
from bot.cli_adapter.render import Renderer
from bot.cli_adapter.terminal import HOST, Screen, Terminal
from bot.config import Loaded
from commands.core.reply import Reply

if TYPE_CHECKING:
    from bot.cli_adapter.chat import Chat

READY = "Mynah is ready."
"""What stands on standard error as soon as requests can come."""
HINT = "Nothing is under way. Ctrl-D or /quit leaves."
"""What Ctrl-C says where there is nothing to cancel."""


class Paper:
    """Where answers go when nobody watches: onto standard output, one after another."""

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer

    def answer(self, reply: Reply, paths: Sequence[Path]) -> None:
        """Write an answer down."""
        with contextlib.suppress(streams.Unheard):
            streams.say(self._renderer.reply(reply, paths))


async def serve(loaded: Loaded, renderer: Renderer) -> int:
    """Serve until a signal tells to stop, and return the exit status."""
    async with App.open(loaded, make=[_maker(loaded, Paper(renderer))]) as app:
        with signals.on(app.stop, "SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
            _say_ready(loaded)
            await app.serve()
    return 0


async def converse(loaded: Loaded, renderer: Renderer) -> int:
    """Chat until the person leaves, and return the exit status."""
    from bot.cli_adapter.chat import Chat
    from bot.cli_adapter.play import Playlist, players

    chat = Chat(renderer, Playlist(players() if loaded.settings.terminal.play else []))
    talk = _talk_plainly if streams.is_dumb() else _talk
    try:
        async with App.open(loaded, make=[_maker(loaded, chat)]) as app:
            await talk(app, chat)
    finally:
        await chat.close()
    return 0


async def _talk(app: App, chat: Chat) -> None:
    from prompt_toolkit.patch_stdout import patch_stdout

    from bot.cli_adapter.complete import CommandCompleter
    from bot.cli_adapter.history import history_file
    from bot.cli_adapter.line_prompt import LinePrompt

    prompt = LinePrompt(
        history=history_file(app.data),
        completer=CommandCompleter(app.commands, partial(app.desk.suggest, HOST)),
        standing=chat.standing,
        interrupt=partial(chat.interrupt, app),
        hint=HINT,
    )
    with (
        signals.on(partial(chat.interrupt, app), "SIGINT"),
        signals.on(prompt.close, "SIGTERM", "SIGHUP"),
        patch_stdout(),
    ):
        _say_ready(app.loaded)
        await chat.talk(app, prompt)


async def _talk_plainly(app: App, chat: Chat) -> None:
    from bot.cli_adapter.plain_prompt import SIGN, PlainPrompt

    def interrupt() -> None:
        if not chat.interrupt(app):
            print(f"\n{HINT}\n{SIGN}", end="", flush=True)

    prompt = PlainPrompt(settled=chat.settled, standing=chat.standing)
    with signals.on(interrupt, "SIGINT"), signals.on(prompt.close, "SIGTERM", "SIGHUP"):
        _say_ready(app.loaded)
        await chat.talk(app, prompt)


def _maker(loaded: Loaded, screen: Screen) -> Maker:
    return lambda desk: Terminal(loaded.data, screen)


def _say_ready(loaded: Loaded) -> None:
    print(f"{READY} Its data is in {loaded.data}.", file=sys.stderr, flush=True)
