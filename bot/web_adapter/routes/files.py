"""/api/v1/files: what Mynah has made and keeps for its person: lists, bytes in any format, and all about one.

Somebody else's file and none look alike: the same answer, after the same look-up.
"""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Header, Query, Response
from fastapi import Request as Call
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from starlette.types import Receive, Scope, Send

from bot.web_adapter.file_info import Info, Inspector
from bot.web_adapter.parts import Parts
from bot.web_adapter.ranges import OutOfRange, Part, Source, part_of, read
from bot.web_adapter.recodings import Recodings
from bot.web_adapter.refusal import Refused, refused
from bot.web_adapter.shapes import AUDIO, SOUNDS, Error, FileShape, Number, Page, Skip, file_shape
from bot.web_adapter.who import Guest, Visitor, visitor
from commands.core.errors import NotFound
from commands.core.reply import Reply
from commands.core.request import Request
from commands.core.threads import off_loop
from engine.engine import EngineError
from engine.speech import Format
from storage import files
from storage.database import Transaction
from storage.files import File

TYPES = {
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "flac": "audio/flac",
    "ogg-opus": "audio/ogg",
    "m4a": "audio/mp4",
    "png": "image/png",
    "zip": "application/zip",
    "json": "application/json",
    "srt": "application/x-subrip",
    "vtt": "text/vtt; charset=utf-8",
}
"""What each format is called on the web."""
SHOWN = (*SOUNDS, "png", "vtt")
"""Formats that a browser shows or plays in place; others it saves."""
LONGEST = 6 * 3_600.0
"""How long a sound may be that is made another format here, in seconds; longer ones come as they are."""
GONE = "There is no such file, or it is not yours."


class FileList(BaseModel):
    """Some of your files, the latest first."""

    files: list[FileShape]
    more: bool
    """Whether there are more behind these."""


class FileChange(BaseModel):
    """What is to be different about a file."""

    public: bool
    """Whether others may fetch it without a token."""


def routes(parts: Parts) -> APIRouter:
    """What is served of files."""
    router = APIRouter(tags=["files"], responses={401: {"model": Error}, 404: {"model": Error}})
    _serve_rows(router, parts)
    _serve_bytes(router, parts)
    return router


def _serve_rows(router: APIRouter, parts: Parts) -> None:
    database, inspector = parts.database, Inspector(parts.database, parts.folder.path)

    @router.get("/api/v1/files")
    async def list_files(visitor: Visitor, limit: Page = 50, skip: Skip = 0) -> FileList:
        """List your files, the latest first."""
        found = await database.read(lambda tx: files.of_user(tx, visitor.asker.user_id, limit + 1, skip))
        return FileList(files=[file_shape(each) for each in found[:limit]], more=len(found) > limit)

    @router.get("/api/v1/files/{id}")
    async def show_file(visitor: Visitor, id: Number) -> FileShape:
        """Tell of one of your files."""
        return file_shape(await _own(parts, visitor, id))

    @router.get("/api/v1/files/{id}/info")
    async def inform(visitor: Visitor, id: Number) -> Info:
        """Tell all about one of your files: how loud it is when, and when each of its words is said."""
        return await inspector.tell(await _own(parts, visitor, id))

    @router.patch("/api/v1/files/{id}")
    async def change_file(visitor: Visitor, id: Number, change: FileChange) -> FileShape:
        """Let others fetch one of your files without a token, or no more."""

        def work(tx: Transaction) -> File | None:
            found = files.get(tx, id)
            if found is None or found.user_id != visitor.asker.user_id:
                return None
            files.set_public(tx, id, change.public)
            return files.get(tx, id)

        changed = await database.write(work)
        if changed is None:
            raise Refused(404, NotFound.__name__, GONE)
        return file_shape(changed)

    @router.delete("/api/v1/files/{id}", status_code=204)
    async def delete_file(visitor: Visitor, id: Number) -> None:
        """Delete one of your files at once and for good, with what was made beside it and its text."""
        found = await _own(parts, visitor, id)
        if found.job_id is not None:
            reply = await parts.desk.ask(
                visitor.caller, Request(command="history delete", values={"job": found.job_id})
            )
            if isinstance(reply, Reply) and reply.error:
                raise refused(reply)
        elif (path := await database.write(lambda tx: files.remove(tx, found.id))) is not None:
            await off_loop(lambda: (parts.folder.path / path).unlink(missing_ok=True))


def _serve_bytes(router: APIRouter, parts: Parts) -> None:
    recodings = Recodings(parts.folder.path / "fitting" / "recodings")
    parts.leaving.callback(recodings.close)

    @router.head(f"{AUDIO}/{{id}}", include_in_schema=False)
    @router.get(
        f"{AUDIO}/{{id}}",
        response_class=Response,
        responses={
            200: {"description": "The file.", "content": {each: {} for each in TYPES.values()}},
            206: {"description": "The part that was asked for."},
            416: {"description": "The file ends before that part."},
        },
    )
    async def send_file(
        call: Call,
        id: Number,
        format: Annotated[Format | None, Query(description="Another format, of a sound.")] = None,
        download: Annotated[bool, Query(description="Whether it is to be saved.")] = False,
        until: Annotated[str, Query(max_length=20, description="Of a signed link.")] = "",
        sig: Annotated[str, Query(max_length=100, description="Of a signed link.")] = "",
        range: Annotated[str | None, Header(description="One range of bytes.")] = None,
    ) -> Response:
        """Send the bytes of a file: of one's own, of one that is public, or by a signed link; ranges are served."""
        file = await _may_have(parts, call, id, until, sig)
        source = await _open(parts, recodings, file, format)
        etag = f'"{file.sha256[:32]}-{format.value if format else file.format}"'
        headers = {
            "Accept-Ranges": "bytes",
            "Cache-Control": "private, no-cache",
            "Content-Disposition": _disposition(file, format, download),
            "ETag": etag,
        }
        if etag in call.headers.get("if-none-match", ""):
            source.close()
            return Response(status_code=304, headers=headers)
        asked = range if call.headers.get("if-range", etag) == etag else None
        try:
            part = part_of(asked, source.size)
        except OutOfRange:
            source.close()
            headers["Content-Range"] = f"bytes */{source.size}"
            raise Refused(416, "OutOfRange", "The file ends before that part.", headers) from None
        if part.begin == 0 and call.method == "GET":
            await parts.database.note(lambda tx: files.used(tx, file.id))
        return _answer(call, source, part, headers, TYPES.get(format or file.format, "application/octet-stream"))


async def _own(parts: Parts, guest: Guest, id: int) -> File:
    """Return a file of the visitor's.

    Raises:
        Refused: There is none of that number, or it is somebody else's.
    """
    found = await parts.database.glance(lambda tx: files.get(tx, id))
    if found is None or found.user_id != guest.asker.user_id:
        raise Refused(404, NotFound.__name__, GONE)
    return found


async def _may_have(parts: Parts, call: Call, id: int, until: str, signature: str) -> File:
    """Return a file that whoever asks may have the bytes of.

    Raises:
        Refused: There is none, or they may not; these look alike.
    """
    if signature:
        good = parts.links.is_good(id, until, signature)
        found = await parts.database.glance(lambda tx: files.get(tx, id))
        if good and found is not None:
            return found
        raise Refused(404, NotFound.__name__, "This link is over, or was changed on its way. Ask for a new one.")
    found = await parts.database.glance(lambda tx: files.get(tx, id))
    if found is not None and found.public:
        return found
    return await _own(parts, await visitor(call), id)


async def _open(parts: Parts, recodings: Recodings, file: File, format: Format | None) -> Source:
    """Open a file, in another format where that is wanted."""
    path = parts.folder.path / file.path
    if format is not None and file.format not in SOUNDS:
        raise Refused(422, "UsageError", f"That is no sound, and cannot be had as {format.value}.")
    other = format is not None and format.value != file.format
    if other and (file.seconds or 0.0) > LONGEST:
        raise Refused(422, "UsageError", "That is too long to be made another format here; take it as it is.")
    try:
        if other and format is not None:
            return await recodings.open(path, file, format)
        return await off_loop(lambda: Source(path))
    except (EngineError, FileNotFoundError):
        raise Refused(404, NotFound.__name__, GONE) from None


def _answer(call: Call, source: Source, part: Part, headers: dict[str, str], kind: str) -> Response:
    headers["Content-Length"] = str(part.length)
    if not part.is_whole:
        headers["Content-Range"] = part.header
    status = 200 if part.is_whole else 206
    if call.method == "HEAD":
        source.close()
        return Response(status_code=status, headers=headers, media_type=kind)
    return _Sending(source, part, status_code=status, headers=headers, media_type=kind)


class _Sending(StreamingResponse):
    """A part of a file on its way, which is closed afterwards, be it that nobody was there to take a byte of it."""

    def __init__(self, source: Source, part: Part, **told: Any) -> None:
        super().__init__(read(source, part), **told)
        self._source = source

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._source.close()


def _disposition(file: File, format: Format | None, download: bool) -> str:
    """Name the file for whoever saves it; what a browser cannot show is saved in any case."""
    stem, _, ending = file.name.rpartition(".")
    name = f"{stem or file.name}.{format.suffix if format else ending}"
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_").replace("\\", "_")
    how = "attachment" if download or file.format not in SHOWN else "inline"
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
