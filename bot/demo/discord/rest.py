"""The door for REST calls: who may come in, what they bring, what goes wrong on the way, and how answers look."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import BodyPartReader, web

from bot.demo.discord.faults import Answer, Faults
from bot.demo.discord.refusal import Refusal, bad_form
from bot.demo.discord.wire import Body, Payload, Upload
from engine.value import value

BASE = "/api/v10"
VIA = {"Via": "1.1 google"}
"""What stands over every answer that comes from Discord itself, and not from the guard in front of it."""
WITH_A_TOKEN_IN_THE_PATH = ("/interactions/", "/webhooks/")
PART = re.compile(r"files\[(\d+)\]")
MOST_BYTES = 512 * 2**20
"""The largest request that is read at all."""


class Call:
    """A call that the bot made."""

    def __init__(self, method: str, path: str) -> None:
        self.at = time.monotonic()
        """When it came, by the clock that only goes forward."""
        self.method = method
        self.path = path
        """What follows the version."""
        self.body: Any = None
        """The JSON that it brought."""
        self.files: list[str] = []
        """The names of the files that it brought."""
        self.status: int | None = None
        """What it was answered; None where it never was."""

    def __repr__(self) -> str:
        return f"<{self.method} {self.path} {self.status}>"


@value
class Asked:
    """What a route has to answer."""

    of: dict[str, str]
    """The parts of the path that stand for something."""
    query: dict[str, str]
    """What stands behind the path."""
    body: Body
    """What was sent with it."""

    @property
    def data(self) -> Payload:
        """The JSON object that was sent.

        Raises:
            Refusal: It is none.
        """
        if not isinstance(self.body.data, dict):
            raise bad_form("_root", "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        return self.body.data


Handled = Callable[[web.Request], Awaitable[web.StreamResponse]]
"""How the server under it calls for an answer."""
Handler = Callable[[Asked], Payload | list[Payload] | None]
"""Does what a call asks for; None answers with nothing (204)."""


class Rest:
    """Takes calls in, and keeps a list of them."""

    def __init__(self, token: str, faults: Faults) -> None:
        self.calls: list[Call] = []
        """Every call so far, in order."""
        self.mistakes: list[Exception] = []
        """What went wrong here and not in the client: a fault of the double itself."""
        self._under_way: dict[int, Call] = {}
        self._token = token
        self._faults = faults

    def route(self, handler: Handler) -> Handled:
        """Make a handler of a function."""

        async def handle(request: web.Request) -> web.StreamResponse:
            call = self._under_way[id(request)]
            body = await read(request)
            call.body, call.files = body.data, [each.name for each in body.files.values()]
            done = handler(Asked(of=dict(request.match_info), query=dict(request.query), body=body))
            return web.Response(status=204) if done is None else answer(200, done)

        return handle

    @web.middleware
    async def guard(self, request: web.Request, handler: Handled) -> web.StreamResponse:
        """Stand between the network and the routes."""
        if request.path.startswith("/cdn/"):
            return await handler(request)
        path = request.path.removeprefix(BASE)
        call = self._under_way[id(request)] = Call(request.method, path)
        self.calls.append(call)
        try:
            return await self._serve(request, call, handler)
        finally:
            del self._under_way[id(request)]

    async def _serve(self, request: web.Request, call: Call, handler: Handled) -> web.StreamResponse:
        path = call.path
        fault = self._faults.meeting(request.method, path)
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)
        if fault is not None and fault.drop_before:
            return cut(request)
        if fault is not None and fault.answer is not None:
            call.status = fault.answer.status
            return refuse(fault.answer)
        if path.startswith("/gateway") and not request.path.startswith(BASE):
            return await self._connect(request, handler)
        response = await self._answer(request, path, handler)
        if fault is not None and fault.drop_after:
            return cut(request)
        call.status = response.status
        return response

    async def _answer(self, request: web.Request, path: str, handler: Handled) -> web.StreamResponse:
        headers, too_many = self._faults.paced(request.method, path)
        if too_many is not None:
            return refuse(too_many)
        try:
            self._check_token(request, path)
            response = await handler(request)
        except Refusal as error:
            response = answer(error.status, error.body)
        except web.HTTPNotFound:
            response = answer(404, {"message": "404: Not Found", "code": 0})
        except web.HTTPMethodNotAllowed:
            response = answer(405, {"message": "405: Method Not Allowed", "code": 0})
        except (web.HTTPException, web.RequestPayloadError, ConnectionError):
            raise  # the client broke off
        except Exception as mistake:
            self.mistakes.append(mistake)
            # no 5xx: clients would try again
            response = answer(400, {"message": f"The double failed: {mistake!r}", "code": 0})
        response.headers.update({**VIA, **headers})
        return response

    async def _connect(self, request: web.Request, handler: Handled) -> web.StreamResponse:
        try:
            return await handler(request)
        except (RuntimeError, ValueError) as mistake:
            self.mistakes.append(mistake)
            return web.Response(status=500, text=str(mistake))

    def _check_token(self, request: web.Request, path: str) -> None:
        given = request.headers.get("Authorization")
        if given is None and path.startswith(WITH_A_TOKEN_IN_THE_PATH):
            return
        if given != f"Bot {self._token}":
            raise Refusal(401, 0, "401: Unauthorized")


def answer(status: int, body: object) -> web.Response:
    """Write JSON as Discord does: a charset behind the type makes clients take it for text."""
    return web.Response(status=status, body=json.dumps(body).encode(), headers={"Content-Type": "application/json"})


def refuse(given: Answer) -> web.Response:
    """Write what a call gets in place of what it asked for."""
    headers = {name: each for name, each in {**VIA, **given.headers}.items() if each}
    if isinstance(given.body, str):
        return web.Response(status=given.status, text=given.body, headers=headers)
    response = answer(given.status, given.body)
    response.headers.update(headers)
    return response


def cut(request: web.Request) -> web.Response:
    """Cut the connection that a call came on."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def read(request: web.Request) -> Body:
    """Read what a call brings: JSON, or a form with JSON and files in it.

    Raises:
        Refusal: It is neither.
    """
    if request.content_type == "multipart/form-data":
        return await _read_form(request)
    raw = await request.read() if request.can_read_body else b""
    return Body(data=_parsed(raw) if raw else None, files={})


async def _read_form(request: web.Request) -> Body:
    data: Any = {}
    files: dict[int, Upload] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise bad_form("_root", "UNKNOWN_FIELD", "A form holds no forms.")
        name, raw = part.name or "", bytes(await part.read())
        if name == "payload_json":
            data = _parsed(raw)
        elif found := PART.fullmatch(name):
            told = part.headers.get("Content-Type", "application/octet-stream")
            files[int(found[1])] = Upload(name=part.filename or "unknown", data=raw, content_type=told)
        else:
            raise bad_form(name or "_root", "UNKNOWN_FIELD", "This field is not known.")
    return Body(data=data, files=files)


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        raise Refusal(400, 50109, "The request body contains invalid JSON.") from None
