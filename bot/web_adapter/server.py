"""The server: uvicorn on Mynah's own loop, stopped by Mynah alone, and patient with nobody who holds it up."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Generator

import h11
from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.web_adapter.gate import App

CONNECTIONS = 512
"""How many connections may be open at once."""
HEAD = 10.0
"""How long the head of a request may take to come, in seconds."""
HEAD_BYTES = 32_768
"""How large it may be."""
KEPT = 30
"""How long a connection is kept on which nothing is asked, in seconds."""
STUCK = 60.0
"""How long an answer may wait for somebody who does not read it, in seconds."""
LAST_WORDS = 2
"""How long answers may go on when Mynah stops, in seconds."""
TICK = 1.0
"""Seconds between two looks at the clock, for the dates of answers."""


class Line(H11Protocol):
    """A connection: who sends nothing, or takes nothing, is hung up on."""

    _waits: asyncio.TimerHandle | None = None
    _stuck: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Take a connection, unless there are too many."""
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            transport.abort()
        else:
            self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what has come; the head of the next request has so long to be whole."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._end_wait()
        elif self._waits is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._end_wait()
        if self._stuck is not None:
            self._stuck.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Begin to wait for somebody who does not read."""
        super().pause_writing()
        self._stuck = self.loop.call_later(STUCK, self.transport.abort)

    def resume_writing(self) -> None:
        """They read again."""
        if self._stuck is not None:
            self._stuck.cancel()
            self._stuck = None
        super().resume_writing()

    def on_response_complete(self) -> None:
        """Go on to the next request, of which a part may be there already."""
        super().on_response_complete()
        if self._waits is None and self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:
            self._wait()

    def _wait(self) -> None:
        self._waits = self.loop.call_later(HEAD, self._hang_up)

    def _end_wait(self) -> None:
        if self._waits is not None:
            self._waits.cancel()
            self._waits = None

    def _hang_up(self) -> None:
        self._waits = None
        if self.conn.their_state is h11.IDLE and (self.cycle is None or self.cycle.response_complete):
            self.transport.abort()


class Served(Server):
    """A server that leaves signals to whoever runs it, and wakes up once a second instead of ten times."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self._end = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Capture none."""
        yield

    async def main_loop(self) -> None:
        """Serve until `end` is called."""
        while not self._end.is_set():
            await self.on_tick(0)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK):
                    await self._end.wait()

    def end(self) -> None:
        """Stop serving; `serve` returns after last words."""
        self.should_exit = True
        self._end.set()


def server(app: App) -> Served:
    """Return a server for an app, to be run with `serve(sockets)`. It writes no log of who asks for what."""
    return Served(
        Config(
            app=app,
            http=Line,
            ws="none",
            loop="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=KEPT,
            timeout_graceful_shutdown=LAST_WORDS,
            h11_max_incomplete_event_size=HEAD_BYTES,
        )
    )
