"""The adapter: the page and the API on this machine. It listens from the start, and is built when somebody comes.

Where people come to it, they come again: then it is built soon after the next start, before they do.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from bot.adapter import Adapter, Finding, Limits
from bot.desk import Desk
from bot.features import Feature
from bot.settings import Web as Section
from bot.web_adapter.binding import bind
from bot.web_adapter.examination import findings
from bot.web_adapter.keys import Keys, first_key, owner_token
from bot.web_adapter.shows import SHOWS
from commands.core.reply import Json, Progress, Reply
from storage import marks
from storage.clock import DAY
from storage.database import Transaction

if TYPE_CHECKING:
    from bot.web_adapter.conversation import Conversation
    from bot.web_adapter.server import Served

log = logging.getLogger("mynah.web")

PLATFORM = "web"
TOKEN_FILE = "web-token"
"""The file of the owner's token in the data folder, where no other is set."""
API = "api"
"""What stands in addresses of the API: such answers are fetched, and do not belong into the conversation."""
ADDRESS = "address"
"""The mark under which is remembered where the page is, for `/token link`."""
VISITED = "visited"
"""The mark under which is remembered when somebody came who had to wait until it was built, in ms."""
RECENT = 30 * DAY
"""How long that counts, in ms."""
AHEAD = 3.0
"""Seconds after the start in which it is built for those who will come: when all else is ready and has been used."""


class Web(Adapter):
    """Serves the page."""

    name = PLATFORM
    shows: ClassVar[Mapping[Feature, str]] = SHOWS
    limits = Limits(text=1_000_000, file_bytes=2**53, sends=8)
    pace = 0.3

    def __init__(self, desk: Desk, section: Section) -> None:
        self._desk = desk
        self._section = section
        self._socket: socket.socket | None = None
        self._serving: asyncio.Task[None] | None = None
        self._server: Served | None = None
        self._conversation: Conversation | None = None
        self._ahead: asyncio.TimerHandle | None = None
        self._leaving = ExitStack()
        self._stopping = False

    @classmethod
    async def examine(cls, section: object) -> Sequence[Finding]:
        """Find out where it would listen, and who could reach it there."""
        assert isinstance(section, Section), "the section of this adapter"
        return tuple(findings(section))

    @property
    def address(self) -> str:
        """Where the page is on this machine: 'http://127.0.0.1:8765'; empty where it could not listen."""
        if self._socket is None:
            return ""
        listen = self._section.listen
        host = "127.0.0.1" if listen in ("", "0.0.0.0") else "[::1]" if listen == "::" else listen
        return f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{self.port}"

    @property
    def port(self) -> int:
        """The port at which it listens; 0 where it does not."""
        return int(self._socket.getsockname()[1]) if self._socket is not None else 0

    @property
    def _token_file(self) -> Path:
        named = self._section.token_file
        return Path(named).expanduser() if named else self._desk.insides.folder.path / TOKEN_FILE

    async def start(self) -> None:
        """Begin to listen; the rest of Mynah goes on where that cannot be."""
        try:
            owner_token(self._token_file)
        except (OSError, ValueError) as error:
            log.error("there is no page: its token cannot be used: %s", error)
            return
        try:
            self._socket = bind(self._section.listen, self._section.port)
        except OSError as error:
            where = f"{self._section.listen}:{self._section.port}"
            log.error("there is no page: %s cannot be listened at (%s)", where, error.strerror or error)
            return
        if self._section.port not in (0, self.port):
            log.warning("port %d is taken; the page is at %s", self._section.port, self.address)
        address = self.address

        def remember(tx: Transaction) -> bool:
            if marks.get(tx, PLATFORM, ADDRESS) != address:
                marks.put(tx, PLATFORM, ADDRESS, address)
            visited = marks.get(tx, PLATFORM, VISITED)
            return bool(visited) and tx.now - int(visited) < RECENT

        is_visited = await self._desk.insides.database.write(remember)
        loop = asyncio.get_running_loop()
        try:
            loop.add_reader(self._socket.fileno(), self._knocked)
        except NotImplementedError:  # where the system has no such thing, it is built at once
            self._serve()
            return
        if is_visited:
            self._ahead = loop.call_later(AHEAD, self._expect)

    async def link(self) -> str:
        """Return an address that opens the page once, as its owner; empty where there is no page."""
        if not self.address:
            return ""
        inside = self._desk.insides
        return f"{self.address}/#key={await first_key(inside.database, inside.folder)}"

    async def stop(self) -> None:
        """Let go of every tab and stop listening."""
        self._stopping = True
        if self._ahead is not None:
            self._ahead.cancel()
        if self._socket is None:
            return
        if self._serving is None:
            _ignore(self._socket)
        if self._conversation is not None:
            await self._conversation.close()
        if self._server is not None:
            self._server.end()
        if self._serving is not None:
            await asyncio.gather(self._serving, return_exceptions=True)
        self._leaving.close()
        self._socket.close()
        self._socket = None

    async def deliver(self, delivery_id: int, address: Mapping[str, Json], reply: Reply) -> str:
        """Write the answer into the conversation, and tell every tab; what a program asked for it fetches itself."""
        if address.get(API):
            return ""
        return await self._talk().deliver(delivery_id, reply)

    def repeatable(self, address: Mapping[str, Json], age: float) -> bool:
        """The same delivery twice is one message."""
        return True

    def durable(self, address: Mapping[str, Json]) -> bool:
        """What is streamed into a request goes with it; all else waits in the conversation."""
        return "tap" not in address

    async def show(self, address: Mapping[str, Json], progress: Progress) -> None:
        """Tell every tab how far a job is."""
        if not address.get(API) and self._conversation is not None:
            await self._conversation.progress(progress)

    def _talk(self) -> Conversation:
        if self._conversation is None:
            from bot.web_adapter.conversation import Conversation

            self._conversation = Conversation(self._desk)
        return self._conversation

    def _knocked(self) -> None:
        """Somebody came for the first time."""
        self._expect(visited=True)

    def _expect(self, *, visited: bool = False) -> None:
        """Build it, if nobody has come before; where somebody came (`visited`), do so sooner next time."""
        assert self._socket is not None, "it listens"
        if self._serving is None:
            _ignore(self._socket)
            self._serve(visited=visited)

    def _serve(self, *, visited: bool = False) -> None:
        if not self._stopping:
            self._serving = asyncio.create_task(self._run(visited), name="the page")

    async def _run(self, visited: bool) -> None:
        assert self._socket is not None, "it listens"
        try:
            conversation = self._talk()
            served = await asyncio.to_thread(self._build, conversation)  # takes half a second, in which speech goes on
            if self._stopping:
                return
            self._server = served
            if visited:
                await self._desk.insides.database.note(lambda tx: marks.put(tx, PLATFORM, VISITED, str(tx.now)))
            await served.serve(sockets=[self._socket])
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("the page does not run")

    def _build(self, conversation: Conversation) -> Served:
        """Import what it is made of, and put it together; in a thread."""
        from bot.web_adapter.gate import Gate, rules_of
        from bot.web_adapter.parts import Parts
        from bot.web_adapter.server import server
        from bot.web_adapter.site import build

        inside, section = self._desk.insides, self._section
        keys = Keys(desk=self._desk, database=inside.database, file=self._token_file, rate=section.requests_minute)
        parts = Parts(
            desk=self._desk,
            database=inside.database,
            folder=inside.folder,
            settings=inside.settings,
            rules=inside.rules,
            host=inside.host,
            keys=keys,
            conversation=conversation,
            links=inside.links,
            leaving=self._leaving,
        )
        rules = rules_of(
            port=self.port,
            listen=section.listen,
            public_url=section.public_url,
            hosts=section.hosts,
            origins=section.origins,
            upload_bytes=section.upload_mb * 1_000_000,
        )
        return server(Gate(build(parts, secure=urlsplit(section.public_url).scheme == "https"), rules))


def _ignore(listening: socket.socket) -> None:
    try:
        asyncio.get_running_loop().remove_reader(listening.fileno())
    except NotImplementedError:
        return
