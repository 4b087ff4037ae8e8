"""Streams: what browsers are told as it happens, each tab through one of its own."""

from __future__ import annotations

import asyncio
import json

from commands.core.reply import Json
from engine.value import value

WAITING = 200
"""How many events may wait for a tab; one that is slower is let go of, and comes again from where it was."""
TABS = 12
"""How many tabs of one person are told at once; the one that is open for longest is let go of."""


@value
class Event:
    """Something that a tab is told."""

    kind: str
    """'message', 'progress' or 'job'."""
    data: Json
    """What is told."""
    id: int = 0
    """The message's number, from which the tab goes on when its stream is cut; 0 for what is not told again."""

    def encode(self) -> bytes:
        """Write it as a server-sent event."""
        head = f"id: {self.id}\n" if self.id else ""
        data = json.dumps(self.data, ensure_ascii=False, separators=(",", ":"))
        return f"{head}event: {self.kind}\ndata: {data}\n\n".encode()


class Stream:
    """What one tab is told."""

    def __init__(self) -> None:
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._closed = False

    def tell(self, event: Event) -> None:
        """Tell an event, or let go of a tab that is too slow."""
        if self._closed:
            return
        if self._events.qsize() >= WAITING:
            self.close()
        else:
            self._events.put_nowait(event)

    def close(self) -> None:
        """Tell no more than what waits already."""
        if not self._closed:
            self._closed = True
            self._events.put_nowait(None)

    async def next(self) -> Event | None:
        """Wait for the next event; None where there will be no more."""
        return await self._events.get()


class Streams:
    """The streams of all tabs, by person."""

    def __init__(self) -> None:
        self._open: dict[int, list[Stream]] = {}
        self._closed = False

    def open(self, user_id: int) -> Stream:
        """Open one for a tab of a person."""
        stream = Stream()
        if self._closed:
            stream.close()
            return stream
        theirs = self._open.setdefault(user_id, [])
        theirs.append(stream)
        if len(theirs) > TABS:
            theirs.pop(0).close()
        return stream

    def drop(self, user_id: int, stream: Stream) -> None:
        """Let go of one."""
        theirs = self._open.get(user_id, [])
        if stream in theirs:
            theirs.remove(stream)
        if not theirs:
            self._open.pop(user_id, None)

    def tell(self, user_id: int, event: Event) -> None:
        """Tell all tabs of a person."""
        for stream in [*self._open.get(user_id, ())]:
            stream.tell(event)

    def close(self) -> None:
        """Let go of all."""
        self._closed = True
        for theirs in self._open.values():
            for stream in theirs:
                stream.close()
