"""/api/openapi.json: what programs can ask, in the words of OpenAPI, and /api/docs: the same for people, as one page.

The page is plain HTML without scripts or styles of anybody else's.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse

from bot.web_adapter.parts import Parts
from bot.web_adapter.who import Visitor

ABOUT = (
    "Text in, speech out. Every call but /healthz needs a token: `Authorization: Bearer TOKEN`. The owner's lies in "
    "the file web-token of the data folder; /token make makes others. Errors are "
    '`{"error": {"message", "type", "code"}}`.'
)
OPEN = ("/healthz", "/api/page/enter")
"""What needs no token."""


def routes(parts: Parts) -> APIRouter:
    """What is served of the API about itself."""
    router = APIRouter(include_in_schema=False)

    @router.get("/api/openapi.json")
    async def document(visitor: Visitor, call: Request) -> JSONResponse:
        """Send the document."""
        return JSONResponse(described(call.app))

    @router.get("/api/docs")
    async def page(visitor: Visitor, call: Request) -> HTMLResponse:
        """Send it as a page."""
        return HTMLResponse("".join(_page(described(call.app))))

    return router


def described(site: FastAPI) -> dict[str, Any]:
    """Return the document, made once."""
    if site.openapi_schema is None:
        made = get_openapi(title="Mynah", version="1", description=ABOUT, routes=site.routes)
        made.setdefault("components", {})["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        made["security"] = [{"token": []}]
        for path, methods in made["paths"].items():
            for operation in methods.values():
                if path in OPEN:
                    operation["security"] = []
                _tell_errors_as_they_are(operation)
        site.openapi_schema = made
    return site.openapi_schema


def _tell_errors_as_they_are(operation: dict[str, Any]) -> None:
    """Put the form of our own errors in place of the framework's."""
    wrong = operation.get("responses", {}).get("422")
    if wrong is not None:
        wrong["content"] = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}


def _page(document: Mapping[str, Any]) -> Iterator[str]:
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Mynah: the API</title></head><body><main>'
    yield f"<h1>Mynah: the API</h1><p>{_text(document['info']['description'])}</p>"
    yield '<p>For programs: <a href="/api/openapi.json">openapi.json</a></p>'
    for path, methods in sorted(document["paths"].items()):
        for method, operation in methods.items():
            yield f"<section><h2><code>{method.upper()} {_text(path)}</code></h2>"
            yield f"<p>{_text(operation.get('description', operation.get('summary', '')))}</p>"
            given = operation.get("parameters", [])
            if given:
                yield "<dl>"
                for each in given:
                    need = "" if each.get("required") else " (may be left out)"
                    yield f"<dt><code>{_text(each['name'])}</code> in the {_text(each['in'])}{need}</dt>"
                    yield f"<dd>{_text(each.get('description', ''))}</dd>"
                yield "</dl>"
            yield "</section>"
    yield "</main></body></html>"


def _text(words: object) -> str:
    return html.escape(str(words))
