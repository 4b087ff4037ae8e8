"""Entering and leaving the page: the key of a printed link becomes a cookie that no script can read."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from bot.web_adapter.keys import STAYS
from bot.web_adapter.parts import Parts
from bot.web_adapter.reading import read_json
from bot.web_adapter.refusal import Refused
from bot.web_adapter.who import Visitor, address_of
from storage.clock import SECOND


def routes(parts: Parts) -> APIRouter:
    """Make the router."""
    router = APIRouter(prefix="/api/page", include_in_schema=False)

    @router.post("/enter", status_code=204)
    async def enter(request: Request) -> Response:
        given = await read_json(request)
        key = given.get("key") if isinstance(given, dict) else None
        if not isinstance(key, str) or not 0 < len(key) <= 200:
            raise Refused(422, "BadRequest", "Give the key of the link as 'key'.")
        secret = await parts.keys.enter(key, address_of(request))
        response = Response(status_code=204)
        secure = bool(request.app.state.secure) and request.url.hostname not in ("127.0.0.1", "localhost", "::1")
        name, stays = request.app.state.cookie, STAYS // SECOND
        response.set_cookie(name, secret, max_age=stays, path="/", httponly=True, samesite="strict", secure=secure)
        return response

    @router.post("/leave", status_code=204)
    async def leave(guest: Visitor, request: Request) -> Response:
        await parts.keys.leave(guest)
        response = Response(status_code=204)
        response.delete_cookie(request.app.state.cookie, path="/", httponly=True, samesite="strict")
        return response

    return router
