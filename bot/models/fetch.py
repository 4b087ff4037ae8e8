"""Fetching one file: it goes on where it was cut off, and ends where its server sends what it must not.

A part is gone on with by a Range that the server honours only while it still has the very same version (If-Range,
https://www.rfc-editor.org/rfc/rfc9110#name-if-range). Nothing is unpacked on the way, no cookie and no password is
sent, and each redirect is checked before it is followed.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx

from bot.models.errors import BadServer, OtherFile, PullFailed
from bot.models.part import Note, Part
from bot.models.source import Source
from commands.core.words import size
from engine.catalogue import PublishedFile
from engine.model_manifest import InstalledFile
from engine.value import value

HOPS = 5
"""The most redirects that are followed for one file."""
WORTH = 1 << 20
"""From how many bytes on a try has brought something, so that others may follow."""
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_UNASKED = (400, 401, 403, 405, 501)
"""What a server answers that gives a file, but not its size alone: some addresses are signed for GET only."""
_LATER = (408, 425, 429, 500, 502, 503, 504)
"""What a server answers that may give the file a little later."""

Report = Callable[[int], None]
"""Told how many bytes of a file are there."""


@value
class Patience:
    """How long a server is waited for."""

    connect: float = 20.0
    """Seconds until it has to take a connection."""
    read: float = 30.0
    """Seconds from one piece of an answer to the next."""
    window: float = 60.0
    """Seconds in which it has to send `least`."""
    least: int = 60_000
    """How many bytes that is."""
    tries: int = 5
    """How often it may fail, one after another, without bringing anything."""
    pause: float = 1.0
    """Seconds after the first failure; twice as many after the next, and so on."""


class _Cut(Exception):
    """An answer ended before its time; the message says how."""


@value
class Answered:
    """What a server says of a file."""

    bytes: int
    """How large it is; 0: it does not say."""
    validator: str
    """What it calls this version; empty: nothing by which to know it."""
    sha256: str
    """Its checksum, where the server publishes it; empty: it does not."""


class Fetch:
    """Fetches the files of a model, one at a time."""

    def __init__(self, name: str, source: Source, patience: Patience, room: Callable[[int], None]) -> None:
        """`name` is the model's; `room` is told how many bytes come next, and refuses where it gets tight."""
        self._name = name
        self._source = source
        self._patience = patience
        self._room = room
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(patience.read, connect=patience.connect),
            trust_env=not source.is_here,
            headers={"User-Agent": "Mynah", "Accept-Encoding": "identity"},
        )

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def ask(self, file: PublishedFile) -> Answered:
        """Ask what a file is, without fetching it.

        Raises:
            PullFailed, BadServer, SourceRefused: It cannot be had.
        """
        for tries in range(self._patience.tries):
            await self._wait(tries)
            try:
                async with self._answer("HEAD", file, {}) as (response, published):
                    if response.status_code in _UNASKED:
                        return Answered(bytes=0, validator="", sha256=published)
                    if not (told := _linked_size(response)):
                        self._refuse(response, file)
                    return self._said(response, file, published, told)
            except (httpx.TransportError, _Cut) as error:
                why = _in_words(error)
        raise self._failed(file, why)

    async def get(self, file: PublishedFile, part: Part, report: Report) -> InstalledFile:
        """Fetch a file, or go on with what there is of it.

        Raises:
            PullFailed: The server did not bring it; what there is of it stays, to be gone on with.
            BadServer, OtherFile: What it sends is not the file; nothing of it is kept.
            SourceRefused: It sends on to somewhere else.
            NoModelRoom: The disk is full; what there is of it stays.
        """
        tries = 0
        with part:
            while True:
                await self._wait(tries)
                before = part.size
                try:
                    await self._try(file, part, report)
                    break
                except (httpx.TransportError, _Cut) as error:
                    tries = 1 if part.size - before >= WORTH else tries + 1
                    if tries >= self._patience.tries:
                        raise self._failed(file, _in_words(error)) from error
                except BadServer:
                    part.restart()
                    raise
            found, published = part.digest(), file.sha256 or part.note.published
        if published and found != published:
            part.drop()
            raise OtherFile(file=file.path, server=self._server(file), found=found[:12], wanted=published[:12])
        return part.finish()

    async def _try(self, file: PublishedFile, part: Part, report: Report) -> None:
        """Fetch what is missing of a file."""
        if part.note.bytes and part.size == part.note.bytes:
            return
        known = bool(part.size and part.note.validator)
        headers = {"Range": f"bytes={part.size}-", "If-Range": part.note.validator} if known else {}
        async with self._answer("GET", file, headers) as (response, published):
            said = self._begin(response, file, part, published)
            limit = said.bytes or file.most
            mark, since = time.monotonic(), part.size
            async for (
                block
            ) in response.aiter_raw():  # as it arrives: what is gathered first is lost with the connection
                if part.size + len(block) > limit:
                    raise self._bad(file, f"it sends more than {size(limit)}")
                self._room(len(block))
                part.add(block)
                report(part.size)
                if (now := time.monotonic()) - mark > self._patience.window:
                    if part.size - since < self._patience.least:
                        raise _Cut("it sends too slowly")
                    mark, since = now, part.size
            if part.size < said.bytes:
                raise _Cut("the connection broke off")

    def _begin(self, response: httpx.Response, file: PublishedFile, part: Part, published: str) -> Answered:
        """Make the part ready for what comes: its rest, or all of it."""
        if response.status_code == 416:
            part.restart()
            raise _Cut("it has another version by now")
        self._refuse(response, file)
        said = self._said(response, file, published)
        if response.status_code == 206:
            span = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
            if span is None or int(span[1]) != part.size or int(span[3]) != (part.note.bytes or int(span[3])):
                part.restart()
                raise _Cut("it sends another piece than was asked for")
        else:
            part.restart(Note(url=file.url, validator=said.validator, bytes=said.bytes, published=said.sha256))
        return said

    @asynccontextmanager
    async def _answer(
        self, method: str, file: PublishedFile, headers: dict[str, str]
    ) -> AsyncIterator[tuple[httpx.Response, str]]:
        """Ask for a file, follow where its server sends on to, and yield the answer and the checksum that was told."""
        url, published = self._source.address(file.url), ""
        for _ in range(HOPS + 1):
            self._source.check(url)
            response = await self._send(self._client.build_request(method, url, headers=headers), file)
            try:
                self._client.cookies.clear()
                published = published or _linked(response)
                if not response.has_redirect_location or (method == "HEAD" and _linked_size(response)):
                    yield response, published
                    return
                url = response.url.join(response.headers["Location"])
            except (httpx.InvalidURL, ValueError):
                raise self._bad(file, "it sends on to what is no address") from None
            finally:
                await response.aclose()
        raise self._bad(file, "it sends on and on")

    async def _send(self, request: httpx.Request, file: PublishedFile) -> httpx.Response:
        """Send a request, and wait for the head of its answer: as long as that may take, not for each line of it."""
        try:
            async with asyncio.timeout(self._patience.connect + self._patience.read):
                return await self._client.send(request, stream=True, follow_redirects=False)
        except TimeoutError:
            raise _Cut("it does not come to the point") from None
        except ValueError:  # a number of thousands of digits, say
            raise self._bad(file, "its answer makes no sense") from None

    def _refuse(self, response: httpx.Response, file: PublishedFile) -> None:
        """Refuse an answer that is none.

        Raises:
            PullFailed: There will be none.
            _Cut: There may be one later.
        """
        status = response.status_code
        if status in _LATER:
            raise _Cut(f"it answers {status} {response.reason_phrase}".rstrip())
        if status not in (200, 206):
            raise self._failed(file, f"it answers {status} {response.reason_phrase}".rstrip())

    def _said(self, response: httpx.Response, file: PublishedFile, published: str, told: int = 0) -> Answered:
        """Read what a server says of a file.

        Raises:
            BadServer: It cannot be that file, or cannot be told from half of it.
        """
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise self._bad(file, "it is packed on its way, which was not asked for")
        whole = told or _length(response)
        if whole > file.most:
            raise self._bad(file, f"it is said to have {size(whole)}, and cannot have more than {size(file.most)}")
        chunked = "chunked" in response.headers.get("Transfer-Encoding", "")
        if response.request.method == "GET" and not chunked and "Content-Length" not in response.headers:
            raise self._bad(file, "its end could not be told from an interruption")
        return Answered(bytes=whole, validator=_validator(response), sha256=published)

    async def _wait(self, tries: int) -> None:
        if tries:
            await asyncio.sleep(self._patience.pause * 2 ** (tries - 1))

    def _server(self, file: PublishedFile) -> str:
        return self._source.address(file.url).host

    def _bad(self, file: PublishedFile, why: str) -> BadServer:
        return BadServer(server=self._server(file), file=file.path, why=why)

    def _failed(self, file: PublishedFile, why: str) -> PullFailed:
        return PullFailed(server=self._server(file), file=file.path, why=why, name=self._name)


def _length(response: httpx.Response) -> int:
    """Return how large a file is by what stands before it, or before its rest; 0 where that is not said."""
    if response.status_code == 206:
        span = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
        return int(span[3]) if span else 0
    length = response.headers.get("Content-Length", "")
    return int(length) if response.status_code == 200 and length.isdecimal() else 0


def _linked_size(response: httpx.Response) -> int:
    """Return the size that Hugging Face tells of a large file, on the way to it; 0 where it does not."""
    told = response.headers.get("X-Linked-Size", "")
    return int(told) if told.isdecimal() else 0


def _linked(response: httpx.Response) -> str:
    """Return the SHA-256 that Hugging Face tells of a large file, on the way to it."""
    told = response.headers.get("X-Linked-ETag", "").strip('"').lower()
    return told if re.fullmatch(r"[0-9a-f]{64}", told) else ""


def _validator(response: httpx.Response) -> str:
    """Return by what a version is known again: a weak ETag would let another one pass."""
    tag, date = (str(response.headers.get(name, "")) for name in ("ETag", "Last-Modified"))
    return tag if tag.startswith('"') else date


def _in_words(error: Exception) -> str:
    """Say what went wrong on the way."""
    if isinstance(error, _Cut):
        return str(error)
    if "CERTIFICATE" in str(error).upper():
        return "its certificate is not to be trusted"
    if isinstance(error, httpx.ConnectTimeout | httpx.ConnectError):
        return "it cannot be reached"
    if isinstance(error, httpx.TimeoutException):
        return "it stopped sending"
    return "the connection broke off"
