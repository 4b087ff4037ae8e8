"""The page's conversation: what can be asked, asking, what was said, and what happens now."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from bot.web_adapter.asked import asked
from bot.web_adapter.declared import form
from bot.web_adapter.parts import Parts
from bot.web_adapter.reading import read_json
from bot.web_adapter.who import Visitor
from commands.core.reply import Json

MOST = 200
"""How many messages are shown at once, at most."""


def routes(parts: Parts) -> APIRouter:
    """Make the router."""
    router = APIRouter(prefix="/api/page", include_in_schema=False)
    router.include_router(_about(parts))
    router.include_router(_asking(parts))
    router.include_router(_said(parts))
    return router


def _about(parts: Parts) -> APIRouter:
    router = APIRouter()

    @router.get("/me")
    async def me(guest: Visitor) -> Json:
        return {
            "name": guest.asker.name,
            "owner": guest.is_owner,
            "version": _version(),
            "engines": [f"{name} {each.version}" for name, each in sorted(parts.host.abilities.items())],
            "upload_bytes": parts.settings.web.upload_mb * 1_000_000,
            "cursor": await parts.conversation.cursor(guest),
        }

    @router.get("/commands")
    async def commands(guest: Visitor) -> Json:
        every = parts.desk.commands.values()
        return [form(each) for each in every if each.audience <= guest.asker.rank]

    @router.get("/suggest")
    async def suggest(guest: Visitor, command: str, param: str, typed: str = "") -> Json:
        return await parts.desk.suggest(guest.caller, command, param, typed[:200])

    return router


def _asking(parts: Parts) -> APIRouter:
    router = APIRouter()

    @router.post("/ask")
    async def ask(guest: Visitor, request: Request) -> Response:
        told, waits = await parts.conversation.ask(guest, asked(await read_json(request)))
        return JSONResponse(told, status_code=202 if waits else 200)

    @router.post("/drafts/{code}")
    async def complete(guest: Visitor, code: str, request: Request) -> Response:
        told, waits = await parts.conversation.complete(guest, code, asked(await read_json(request)))
        return JSONResponse(told, status_code=202 if waits else 200)

    return router


def _said(parts: Parts) -> APIRouter:
    router = APIRouter()

    @router.get("/history")
    async def history(
        guest: Visitor,
        before: Annotated[int | None, Query(ge=1, lt=2**53)] = None,
        limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
    ) -> Json:
        messages, more = await parts.conversation.history(guest, before, limit)
        return {"messages": messages, "more": more}

    @router.get("/events")
    async def events(
        guest: Visitor, request: Request, after: Annotated[int | None, Query(ge=0, lt=2**53)] = None
    ) -> Response:
        last = request.headers.get("last-event-id", "")
        since = int(last) if last.isascii() and last.isdigit() and len(last) < 16 else after
        stream = parts.conversation.events(guest, since, lambda: parts.keys.again(guest))
        return StreamingResponse(stream, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    return router


def _version() -> str:
    try:
        return version("mynah-bot")
    except PackageNotFoundError:  # run from a folder in which nothing was installed
        return ""
