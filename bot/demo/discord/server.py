"""A Discord of one's own: starts on 127.0.0.1, takes a bot in, and has people talk to it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from aiohttp import web

from bot.demo.discord.account import Account
from bot.demo.discord.crowd import Crowd
from bot.demo.discord.faults import Faults
from bot.demo.discord.gateway import Gateway
from bot.demo.discord.guild import Guild
from bot.demo.discord.person import Person
from bot.demo.discord.rest import BASE, MOST_BYTES, Call, Rest
from bot.demo.discord.routes import Routes
from bot.demo.discord.seen import Seen, look_at
from bot.demo.discord.terms import Terms
from bot.demo.discord.wire import Payload
from bot.demo.discord.world import World

HOST = "127.0.0.1"


class DiscordServer:
    """Runs from `async with` to its end; point a client at `api_base` and `gateway_url`, with `token`.

    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada", admin=True)
        ...  # start the client, then `await server.gateway.ready()`
        exchange = await ada.slash(guild.channel, "speak", text="Hello")
        seen = await exchange.answer(with_file=True)
        again = await ada.press(seen, "Again")
    """

    def __init__(
        self, terms: Terms | None = None, *, token: str = "MTE5MDAwMDAwMDAwMDAwMDAwMA.demo.mynah", port: int = 0
    ) -> None:
        self.token = token
        self.faults = Faults()
        """What is to go wrong."""
        self.world = World(terms or Terms())
        self.gateway = Gateway(self.world, token)
        self._port = port
        self._rest = Rest(token, self.faults)
        self._runner: web.AppRunner | None = None
        self.world.announce = self.gateway.announce

    async def __aenter__(self) -> DiscordServer:
        app = web.Application(client_max_size=MOST_BYTES, middlewares=[self._rest.guard])
        Routes(self.world, lambda: self.gateway.url).add_to(app, self._rest)
        for path in ("/gateway", "/gateway/"):
            app.router.add_get(path, self.gateway.connect)
        app.router.add_get("/cdn/{place:.*}", self.world.cdn.fetch)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await self._listen()
        self.gateway.url = self.gateway_url
        self.world.cdn.base = self.cdn_base
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.gateway.close(1001)
        if self._runner is not None:
            await self._runner.cleanup()
        if self._rest.mistakes and exc[0] is None:
            raise self._rest.mistakes[0]

    @property
    def api_base(self) -> str:
        """Where REST calls go."""
        return f"http://{HOST}:{self._port}{BASE}"

    @property
    def gateway_url(self) -> str:
        """Where the gateway is."""
        return f"ws://{HOST}:{self._port}/gateway"

    @property
    def cdn_base(self) -> str:
        """What links to files begin with."""
        return f"http://{HOST}:{self._port}/cdn"

    @property
    def bot(self) -> Account:
        """The bot's account."""
        return self.world.bot

    @property
    def client_id(self) -> str:
        """The id of the application, which is the bot's too."""
        return self.world.bot.id

    @property
    def calls(self) -> list[Call]:
        """Every REST call so far, and every try to connect to the gateway, in order."""
        return self._rest.calls

    @property
    def commands(self) -> list[Payload]:
        """What the bot registered for everywhere, as Discord keeps it."""
        return self.world.commands[None]

    def called(self, method: str, ending: str = "") -> list[Call]:
        """The calls of a method whose path ends so."""
        return [each for each in self.calls if each.method == method and each.path.endswith(ending)]

    def guild(self, name: str, *, bot: bool = True, upload_bytes: int | None = None) -> Guild:
        """Make a guild, with the bot in it or not; `upload_bytes` is the largest file there."""
        return Guild(self.world, name, bot=bot, upload_bytes=upload_bytes)

    def person(self, name: str, *, installed: bool = True) -> Person:
        """Have somebody sign up who is in no guild yet, and has the bot installed to their account."""
        return Person(self.world, name, installed=installed)

    def crowd(self, count: int, *, channels: int = 10, roles: int = 5, members: int = 100) -> None:
        """Put the bot in so many more guilds, at the cost of a few numbers; before it connects."""
        start = sum(each.count for each in self.gateway.crowds)
        self.gateway.crowds.append(Crowd(count=count, start=start, channels=channels, roles=roles, members=members))

    def see(self, message_id: str) -> Seen | None:
        """See a message as it is now, private or not; None where it is gone."""
        message = self.world.messages.get(message_id)
        return None if message is None else look_at(message, self.world.cdn)

    @contextlib.asynccontextmanager
    async def outage(self) -> AsyncIterator[None]:
        """Be gone for a while: lines are cut, connections refused; sessions can be taken up afterwards."""
        assert self._runner is not None, "it does not run"
        self.gateway.cut()
        for site in list(self._runner.sites):
            await site.stop()
        try:
            yield
        finally:
            await self._listen()

    async def _listen(self) -> None:
        assert self._runner is not None, "it does not run"
        site = web.TCPSite(self._runner, HOST, self._port)
        await site.start()
        self._port = self._runner.addresses[-1][1]
