"""/healthz, whether the process answers, and /readyz, whether all of Mynah works; for whatever watches over it."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel

from bot.web_adapter.condition import checks
from bot.web_adapter.parts import Parts
from bot.web_adapter.shapes import Error
from bot.web_adapter.who import Watcher


class Alive(BaseModel):
    """That the process answers."""

    ok: bool = True


class Finding(BaseModel):
    """Something that has to work."""

    name: str
    good: bool
    words: str


class Readiness(BaseModel):
    """Whether all of Mynah works."""

    ready: bool
    checks: list[Finding]


def routes(parts: Parts) -> APIRouter:
    """What is served of Mynah's health."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz")
    async def answer() -> Alive:
        """Answer, without a token."""
        return Alive()

    @router.get("/readyz", responses={401: {"model": Error}, 403: {"model": Error}, 503: {"model": Readiness}})
    async def look(visitor: Watcher, response: Response) -> Readiness:
        """Look whether the database writes, there is room on the disk, an engine speaks and each platform runs."""
        found = [Finding(name=each.name, good=each.good, words=each.words) for each in await checks(parts)]
        ready = all(each.good for each in found)
        response.status_code = 200 if ready else 503
        response.headers["Cache-Control"] = "no-store"
        return Readiness(ready=ready, checks=found)

    return router
