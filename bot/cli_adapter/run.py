"""`mynah run`: a chat where a person sits at a terminal; elsewhere Mynah serves until it is told to stop."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.app import App, Maker
from bot.cli_adapter import browser, signals, streams
from bot.cli_adapter.render import Renderer
from bot.cli_adapter.terminal import HOST, Screen, Terminal
from bot.config import Loaded
from bot.handoff import open_to_others
from bot.web_adapter import Web
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
    async with App.open(loaded, make=_makers(loaded, Paper(renderer))) as app, _open_to_others(app):
        with signals.on(app.stop, "SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
            await _say_ready(app)
            await app.serve()
    return 0


async def converse(loaded: Loaded, renderer: Renderer) -> int:
    """Chat until the person leaves, and return the exit status."""
    from bot.cli_adapter.chat import Chat
    from bot.cli_adapter.play import Playlist, players

    chat = Chat(renderer, Playlist(players() if loaded.settings.terminal.play else []))
    talk = _talk_plainly if streams.is_dumb() else _talk
    try:
        async with App.open(loaded, make=_makers(loaded, chat)) as app, _open_to_others(app):
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
        await _say_ready(app)
        await chat.talk(app, prompt)


async def _talk_plainly(app: App, chat: Chat) -> None:
    from bot.cli_adapter.plain_prompt import SIGN, PlainPrompt

    def interrupt() -> None:
        if not chat.interrupt(app):
            print(f"\n{HINT}\n{SIGN}", end="", flush=True)

    prompt = PlainPrompt(settled=chat.settled, standing=chat.standing)
    with signals.on(interrupt, "SIGINT"), signals.on(prompt.close, "SIGTERM", "SIGHUP"):
        await _say_ready(app)
        await chat.talk(app, prompt)


def _makers(loaded: Loaded, screen: Screen) -> list[Maker]:
    """What makes the terminal, and the page where it is wanted."""
    web = loaded.settings.web
    page: list[Maker] = [lambda desk: Web(desk, web)] if web.enabled else []
    return [lambda desk: Terminal(loaded.data, screen), *page]


def _open_to_others(app: App) -> AbstractAsyncContextManager[None]:
    """Take what is asked with commands in a shell meanwhile."""
    terminal = app.adapters[Terminal.name]
    assert isinstance(terminal, Terminal), "it was made for this"
    return open_to_others(app, terminal)


async def _say_ready(app: App) -> None:
    """Say that requests can come, and where the page is."""
    print(f"{READY} Its data is in {app.data}.", file=sys.stderr, flush=True)
    page = app.adapters.get(Web.name)
    link = await page.link() if isinstance(page, Web) else ""
    if link:
        print(f"Its page: {link}", file=sys.stderr, flush=True)
        if app.loaded.settings.web.browser and streams.is_terminal():
            await browser.show(link)
