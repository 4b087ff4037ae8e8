"""Files that are given on the page, before the request that uses them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from bot.web_adapter.parts import Parts
from bot.web_adapter.refusal import Refused
from bot.web_adapter.who import Visitor
from storage import parcels

NAME = 200
"""The most characters of a file's name that are kept."""


def routes(parts: Parts) -> APIRouter:
    """Make the router."""
    router = APIRouter(prefix="/api/page", include_in_schema=False)

    @router.post("/uploads", status_code=201)
    async def upload(guest: Visitor, request: Request, name: Annotated[str, Query(min_length=1)] = "file") -> Response:
        parts.host.check_room()
        user_id, kind = guest.asker.user_id, request.headers.get("content-type", "")[:100]
        plain = "".join(c for c in name.replace("\\", "/").rpartition("/")[2] if c.isprintable())[:NAME] or "file"
        parcel, gone = await parts.database.write(lambda tx: parcels.begin(tx, user_id, plain, kind))
        await asyncio.to_thread(_remove, parts.folder.path, gone)
        written = 0
        try:
            written = await _write(parts.folder.path / parcel.path, request.stream())
            if not written:
                raise Refused(422, "Empty", "That file is empty.")
            if not await parts.database.write(lambda tx: parcels.finish(tx, parcel.id, written)):
                raise Refused(409, "NotWanted", "That file is not wanted any more.")
        except BaseException:
            await asyncio.shield(parts.database.write(lambda tx: parcels.remove(tx, parcel.id)))
            _remove(parts.folder.path, [parcel.path])
            raise
        return JSONResponse({"upload": parcel.code, "name": plain, "bytes": written, "seconds": None}, status_code=201)

    return router


async def _write(path: Path, pieces: AsyncIterator[bytes]) -> int:
    """Write a file as it comes, and return its size in bytes."""
    written = 0
    with await asyncio.to_thread(path.open, "xb") as file:
        async for piece in pieces:
            if piece:
                written += await asyncio.to_thread(file.write, piece)
    return written


def _remove(data: Path, paths: Iterable[str]) -> None:
    for path in paths:
        (data / path).unlink(missing_ok=True)
