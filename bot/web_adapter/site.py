"""The site: every router in the folder `routes`, the files of the page, and errors as JSON."""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import mimetypes
import pkgutil
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

import bot
from bot.web_adapter import routes
from bot.web_adapter.gate import App
from bot.web_adapter.parts import Parts
from bot.web_adapter.refusal import Refused, body, refused
from bot.web_adapter.who import cookie_name
from bot.web_adapter.wrong import sentence
from commands.core.errors import MynahError
from storage.errors import StorageError

PAGE = Path(bot.__path__[0]) / "web"
"""Where the files of the page are."""
FIRST = "index.html"
TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".webmanifest": "application/json"}
"""What systems disagree about."""
UNCHANGED_FOR = "no-cache"
"""A browser asks each time whether a file has changed, and is told so in a few bytes."""
WORDS = {
    404: "There is no such thing here, or it is not yours.",
    405: "That cannot be done with it.",
}
"""What is said where the framework refuses."""


def build(parts: Parts, *, secure: bool = False) -> App:
    """Put the site together; `secure`: browsers reach it under https, so cookies are for that only."""
    site = FastAPI(title="Mynah", docs_url=None, redoc_url=None, openapi_url=None)
    site.state.parts = parts
    site.state.secure = secure
    site.state.cookie = cookie_name(parts.folder.key())
    for name in sorted(each.name for each in pkgutil.iter_modules(routes.__path__)):
        site.include_router(importlib.import_module(f"{routes.__name__}.{name}").routes(parts))
    for path, file in _files().items():
        site.add_api_route(path, _serving(file), methods=["GET", "HEAD"], include_in_schema=False)
    site.add_exception_handler(Refused, _tell_refused)
    site.add_exception_handler(MynahError, _tell_refused)
    site.add_exception_handler(StorageError, _tell_refused)
    site.add_exception_handler(RequestValidationError, _tell_wrong)
    site.add_exception_handler(HTTPException, _tell_http)
    site.add_exception_handler(Exception, _tell_stumbled)
    return site


def _files() -> Mapping[str, Path]:
    """Every file of the page, by its address: only these are served, whatever a request may name."""
    if not PAGE.is_dir():
        return {}
    found = {f"/app/{file.relative_to(PAGE).as_posix()}": file for file in PAGE.rglob("*") if file.is_file()}
    if (PAGE / FIRST).is_file():
        found["/"] = PAGE / FIRST
    return found


def _serving(file: Path) -> Callable[[Request], Awaitable[Response]]:
    kind = TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"

    async def serve(request: Request) -> Response:
        content = await asyncio.to_thread(file.read_bytes)
        etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        headers = {"ETag": etag, "Cache-Control": UNCHANGED_FOR}
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(content, media_type=kind, headers=headers)

    return serve


async def _tell_refused(request: Request, error: Exception) -> Response:
    told = error if isinstance(error, Refused) else refused(error)
    return Response(told.body, status_code=told.status, media_type="application/json", headers=told.headers)


async def _tell_wrong(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError), "it is set for these"
    words = sentence(error.errors(), error.body)
    return Response(body("BadRequest", words), status_code=422, media_type="application/json")


async def _tell_http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    key = {404: "NotFound", 405: "NotAllowed"}.get(status, "BadRequest")
    words = WORDS.get(status, "The request cannot be read.")
    headers = error.headers if isinstance(error, HTTPException) else None
    return Response(body(key, words), status_code=status, media_type="application/json", headers=headers)


async def _tell_stumbled(request: Request, error: Exception) -> Response:
    return Response(body("MynahError", str(MynahError())), status_code=500, media_type="application/json")
