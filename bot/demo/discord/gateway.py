"""The gateway: the line on which the bot is told of events."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Mapping

from aiohttp import WSMsgType, web

from bot.demo.discord.compression import Pack, packing
from bot.demo.discord.crowd import Crowd
from bot.demo.discord.session import GUILDS, Session
from bot.demo.discord.watch import Watch
from bot.demo.discord.wire import Payload
from bot.demo.discord.world import World
from engine.value import value

EVENT, HEARTBEAT, IDENTIFY, PRESENCE, VOICE_STATE, RESUME, RECONNECT, MEMBERS, INVALID, HELLO, ACK = (
    *range(5),
    *range(6, 12),
)
UNKNOWN_OPCODE, DECODE_ERROR, NOT_AUTHENTICATED, WRONG_TOKEN, ALREADY_AUTHENTICATED = range(4001, 4006)
INVALID_SHARD, SHARDING_REQUIRED, INVALID_VERSION, INVALID_INTENTS, DISALLOWED_INTENTS = range(4010, 4015)
KNOWN_INTENTS = (1 << 17) - 1 | 1 << 20 | 1 << 21 | 1 << 24 | 1 << 25
PRIVILEGED_INTENTS = 1 << 1 | 1 << 8 | 1 << 15
MOST_GUILDS = 2500
"""How many guilds one shard takes."""
MOST_BYTES = 4096
"""The longest message that a client may send."""


@value
class Identified:
    """Somebody who began a session."""

    shard: tuple[int, int]
    """Which shard, of how many."""
    intents: int
    """What they asked to hear of, as bits."""
    at: float
    """When, by the clock that only goes forward."""


class Connection:
    """One line, with a session on it once the client has said who it is."""

    def __init__(self, socket: web.WebSocketResponse, pack: Pack | None, transport: asyncio.Transport | None) -> None:
        self.socket = socket
        self.transport = transport
        self.session: Session | None = None
        self.told = 0
        """The number of the last event that went out on it."""
        self.news = asyncio.Event()
        self.writer: asyncio.Task[None] | None = None
        self._pack = pack

    async def send(self, message: Mapping[str, object]) -> None:
        """Send something, where the line still stands."""
        raw = json.dumps(message).encode()
        with contextlib.suppress(ConnectionError, RuntimeError):
            if self._pack is None:
                await self.socket.send_str(raw.decode())
            else:
                await self.socket.send_bytes(self._pack(raw))

    async def write(self, session: Session) -> None:
        """Send the session's events as they come."""
        while not self.socket.closed:
            self.news.clear()
            for event in session.after(self.told):
                await self.send(event)
                self.told = event["s"]
            session.forget(self.told)
            if self.told == session.said:
                await self.news.wait()


class Gateway:
    """Sessions and the lines that they are on."""

    def __init__(self, world: World, token: str) -> None:
        self.url = ""
        self.identified: list[Identified] = []
        """Every session that was begun."""
        self.resumed = 0
        """How many sessions were taken up again."""
        self.heartbeats = 0
        self.deaf = False
        """Whether heartbeats go unanswered, as on a line that is dead and does not know it."""
        self.crowds: list[Crowd] = []
        self.watch = Watch()
        self._world = world
        self._token = token
        self._sessions: dict[str, Session] = {}
        self._connections: list[Connection] = []

    @property
    def connected(self) -> int:
        """How many sessions are on a line now."""
        return sum(each.session is not None and not each.socket.closed for each in self._connections)

    async def ready(self, count: int = 1, within: float = 5.0) -> None:
        """Wait until so many sessions are on a line.

        Raises:
            AssertionError: They were not, within so many seconds.
        """
        await self.watch.until(
            lambda: True if self.connected >= count else None, within, lambda: f"{self.connected} are connected"
        )

    def announce(self, event: str, data: Payload, *, guild: str | None = None, intents: int = 0) -> None:
        """Tell every session that an event is for; who is not connected is told on coming back."""
        served = {each.session.id for each in self._connections if each.session is not None}
        for session in self._sessions.values():
            if session.concerns(guild, intents):
                session.add(event, data)
            if session.id not in served:
                session.forget(session.said)
        for connection in self._connections:
            connection.news.set()

    async def reconnect(self) -> None:
        """Ask every client to connect anew, and take up its session."""
        await self._everybody({"op": RECONNECT, "d": None})

    async def invalidate(self, *, resumable: bool = False) -> None:
        """Tell every client that its session is over, or only that it has to take it up again."""
        if not resumable:
            self._sessions.clear()
        await self._everybody({"op": INVALID, "d": resumable})

    async def close(self, code: int = 4000) -> None:
        """Close every line with a code."""
        for each in list(self._connections):
            await each.socket.close(code=code)

    def cut(self) -> None:
        """Cut every line without a word."""
        for each in self._connections:
            if each.transport is not None:
                each.transport.abort()

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Take a line, and serve it until it ends."""
        pack = packing(request.query.get("compress"))
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        if request.query.get("v") != "10" or request.query.get("encoding") != "json":
            await socket.close(code=INVALID_VERSION)
            return socket
        connection = Connection(socket, pack, request.transport)
        self._connections.append(connection)
        interval = int(self._world.terms.heartbeat_seconds * 1000)
        await connection.send({"op": HELLO, "d": {"heartbeat_interval": interval}, "s": None, "t": None})
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT and (code := await self._take(connection, message.data)):
                    await socket.close(code=code)
        finally:
            self._connections.remove(connection)
            if connection.writer is not None:
                connection.writer.cancel()
        return socket

    async def _everybody(self, message: Payload) -> None:
        for each in list(self._connections):
            await each.send(message)

    async def _take(self, connection: Connection, text: str) -> int:
        """Do what a client's message says; the code to close with where it breaks a rule, else 0."""
        try:
            message = json.loads(text)
            op, data = message["op"], message.get("d")
        except (ValueError, KeyError, TypeError):
            return DECODE_ERROR
        if len(text) > MOST_BYTES:
            return DECODE_ERROR
        if op == HEARTBEAT:
            self.heartbeats += 1
            if not self.deaf:
                await connection.send({"op": ACK, "d": None})
            return 0
        if op == IDENTIFY:
            return self._identify(connection, data)
        if op == RESUME:
            return await self._resume(connection, data)
        if op not in (PRESENCE, VOICE_STATE, MEMBERS):
            return UNKNOWN_OPCODE
        return 0 if connection.session is not None else NOT_AUTHENTICATED

    def _identify(self, connection: Connection, data: Payload) -> int:
        if connection.session is not None:
            return ALREADY_AUTHENTICATED
        if data.get("token") != self._token:
            return WRONG_TOKEN
        number, count = shard = tuple(data.get("shard") or (0, 1))
        intents = data.get("intents", 0)
        if not 0 <= number < count:
            return INVALID_SHARD
        if intents & ~KNOWN_INTENTS:
            return INVALID_INTENTS
        if intents & PRIVILEGED_INTENTS & ~self._world.terms.privileged:
            return DISALLOWED_INTENTS
        session = Session((number, count), intents, self._world.bot.id)
        guilds = self._guilds(session)
        if len(guilds) > MOST_GUILDS:
            return SHARDING_REQUIRED
        self._sessions[session.id] = session
        self.identified.append(Identified(shard=(number, count), intents=intents, at=time.monotonic()))
        session.add("READY", self._welcome(session, list(guilds), shard))
        if intents & GUILDS:
            for guild_id, crowd in guilds.items():
                drawn = crowd.payload(guild_id, self._world.bot.payload()) if crowd else self._drawn(guild_id)
                session.add("GUILD_CREATE", drawn)
        self._serve(connection, session, told=0)
        return 0

    async def _resume(self, connection: Connection, data: Payload) -> int:
        if data.get("token") != self._token:
            return WRONG_TOKEN
        session = self._sessions.get(data.get("session_id") or "")
        if session is None or not session.knows(data.get("seq") or 0):
            await connection.send({"op": INVALID, "d": False})
            return 0
        self.resumed += 1
        session.add("RESUMED", {})
        self._serve(connection, session, told=data.get("seq") or 0)
        return 0

    def _serve(self, connection: Connection, session: Session, told: int) -> None:
        for each in self._connections:
            if each.session is session and each.writer is not None:  # a session is on one line at a time
                each.writer.cancel()
                each.session = None
        connection.session, connection.told = session, told
        connection.writer = asyncio.get_running_loop().create_task(connection.write(session))
        self.watch.stir()

    def _guilds(self, session: Session) -> dict[str, Crowd | None]:
        """The guilds of a session's shard, by id; with the crowd that draws it, where one does."""
        own: dict[str, Crowd | None] = {each.id: None for each in self._world.guilds.values() if each.has_bot}
        own |= {guild_id: crowd for crowd in self.crowds for guild_id in crowd.ids()}
        return {guild_id: crowd for guild_id, crowd in own.items() if session.concerns(guild_id, 0)}

    def _drawn(self, guild_id: str) -> Payload:
        return self._world.guilds[guild_id].payload()

    def _welcome(self, session: Session, guilds: list[str], shard: tuple[int, ...]) -> Payload:
        return {
            "v": 10,
            "user": self._world.bot.payload(),
            "guilds": [{"id": each, "unavailable": True} for each in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": list(shard),
            "application": {"id": self._world.bot.id, "flags": self._world.terms.flags},
            "private_channels": [],
        }
