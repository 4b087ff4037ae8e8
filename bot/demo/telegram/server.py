"""The server: a Bot API on 127.0.0.1 that a real bot talks to, and the door to its world."""

from __future__ import annotations

import asyncio
import inspect
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.demo.telegram import call as calls
from bot.demo.telegram.accounts import Account
from bot.demo.telegram.call import Call
from bot.demo.telegram.chats import Chat
from bot.demo.telegram.faults import Dropped, Fault, Faults
from bot.demo.telegram.methods import asked, editing, media, members, news, profile, sending
from bot.demo.telegram.people import Person
from bot.demo.telegram.refusal import Refused
from bot.demo.telegram.rules import Rules
from bot.demo.telegram.updates import Updates
from bot.demo.telegram.wire import Wire
from bot.demo.telegram.world import World

METHODS: Mapping[str, Callable[[World, Call], object]] = {
    **news.METHODS,
    **profile.METHODS,
    **members.METHODS,
    **sending.METHODS,
    **media.METHODS,
    **editing.METHODS,
    **asked.METHODS,
}
"""All methods that this Telegram knows."""
PACED = re.compile(r"send(?!ChatAction)|forward|copy")
"""What counts as sending."""
LARGEST = 1 << 30
"""The largest request that is read at all; what is too large by the rules is refused by them."""
BOT_ID = 7_000_000_001


class TelegramServer:
    """A Telegram of one bot. Enter it with `async with`; it stops when that is left."""

    def __init__(
        self,
        *,
        rules: Rules | None = None,
        token: str = "",
        bot_id: int = BOT_ID,
        username: str = "mynah_demo_bot",
        name: str = "Mynah",
        port: int = 0,
    ) -> None:
        """Take the rules, and who the bot is; without a token, one is made up. Port 0 is any that is free."""
        self.token = token or f"{bot_id}:{secrets.token_urlsafe(30)[:35]}"
        self.bot = Account(bot_id, name, username=username, is_bot=True)
        self.world = World(rules or Rules(), self.bot)
        self.port = port
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=LARGEST)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = int(self._runner.addresses[0][1])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.world.webhook.close()
        self.world.updates.close()
        assert self._runner is not None, "what was entered is left"
        await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        """What stands before the token in the address of a method."""
        return f"http://127.0.0.1:{self.port}/bot"

    @property
    def base_file_url(self) -> str:
        """What stands before the token in the address of a file."""
        return f"http://127.0.0.1:{self.port}/file/bot"

    def person(self, name: str, *, username: str = "", language: str = "en") -> Person:
        """Have somebody come in; the bot can write to them once they have written to it."""
        return self.world.person(name, username=username, language=language)

    def group(
        self,
        title: str,
        *,
        owner: Person | None = None,
        members: Sequence[Person] = (),
        admins: Sequence[Person] = (),
        topics: Sequence[str] = (),
        supergroup: bool = False,
    ) -> Chat:
        """Found a group with the bot in it; one with topics is a supergroup, whose `topics` are then by their ids."""
        founder = owner or self.person(f"Owner of {title}", username=f"owner{len(self.world.people)}")
        chat = self.world.supergroup(title=title, owner=founder) if supergroup or topics else None
        chat = chat or self.world.group(title, founder)
        chat.add(members)
        for each in admins:
            chat.promotes(each)
        for name in topics:
            chat.opens(name)
        return chat

    @property
    def calls(self) -> list[Call]:
        """Every call of the bot, in order."""
        return self.world.calls

    def called(self, method: str) -> list[Call]:
        """Every call of one method, in order."""
        return [each for each in self.world.calls if each.method == method]

    @property
    def menus(self) -> dict[str, list[str]]:
        """The names of the commands of every menu, by scope: {'default': ['speak'], …}."""
        return self.world.menus.by_scope()

    def menu(self, person: Person, chat: Chat) -> list[str]:
        """The names of the commands that somebody is shown in a chat."""
        return self.world.menus.shown(person, chat)

    @property
    def faults(self) -> Faults:
        """What is to go wrong."""
        return self.world.faults

    @property
    def updates(self) -> Updates:
        """What the bot is told."""
        return self.world.updates

    def turn(self, seconds: float) -> None:
        """Let so much time pass at once: links and queries grow old by it."""
        self.world.clock.turn(seconds)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        try:
            self._check_token(request)
            method = METHODS.get(name)
            call = await calls.read(request, name, self.world.rules.upload_bytes)
            if method is None:
                raise Refused(404, "Not Found")
            return _told({"ok": True, "result": await self._do(method, call)})
        except Refused as refused:
            if refused.code in (502, 503, 504):  # not the Bot API answers then, but what stands before it
                return web.Response(status=refused.code, text=f"<html><h1>{refused.description}</h1></html>")
            return _told(refused.wire(), refused.code)
        except Dropped:
            assert request.transport is not None, "somebody is still there"
            request.transport.abort()
            return web.Response()

    async def _do(self, method: Callable[[World, Call], object], call: Call) -> object:
        self.world.calls.append(call)
        fault = self.world.faults.take(call.method) or Fault(call.method, 0)
        if fault.seconds:
            await asyncio.sleep(fault.seconds)
        if fault.error is not None and not fault.after:
            raise fault.error
        if PACED.match(call.method):
            self.world.pace.check(self.world.chat(call.text("chat_id")).id)
        result = method(self.world, call)
        if inspect.isawaitable(result):
            result = await result
        if fault.error is not None:
            raise fault.error
        return result

    async def _download(self, request: web.Request) -> web.StreamResponse:
        try:
            self._check_token(request)
        except Refused as refused:
            return _told(refused.wire(), refused.code)
        file = self.world.files.at(request.match_info["path"])
        if file is None:
            return _told(Refused(404, "Not Found").wire(), 404)
        return web.Response(body=file.content, content_type="application/octet-stream")

    def _check_token(self, request: web.Request) -> None:
        given = request.match_info["token"]
        if not re.fullmatch(r"\d+:[\w-]+", given):
            raise Refused(404, "Not Found")
        if not secrets.compare_digest(given.encode(), self.token.encode()):
            raise Refused(401, "Unauthorized")


def _told(body: Wire, status: int = 200) -> web.Response:
    return web.json_response(body, status=status)
