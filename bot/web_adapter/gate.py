"""The gate: what every request passes before anything of ours looks at it, and every answer on its way out.

No address is trusted: which name was asked for, from which page, and how much comes how fast is checked here; who it
is, is checked behind it (`keys.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from bot.web_adapter.refusal import body
from engine.value import value

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

SAFE = ("GET", "HEAD", "OPTIONS")
LOCAL = ("127.0.0.1", "localhost", "[::1]")
"""The names of this machine that no other page can have: rebinding a name to it leaves the name in the request."""
SHARED = "/v1/"
"""The paths that web pages of elsewhere may use, where the settings name them."""
LARGE = ("/api/page/uploads", "/api/v1/recordings", "/api/v1/profiles")
"""The paths to which files are sent."""
JSON_BYTES = 4_000_000
"""The largest request that is no file: the longest text, however its letters are written."""
PATIENCE = 20.0
"""How long the next piece of a request may take to come, in seconds."""
HEAD_START = 30.0
"""After how many seconds a request has to have come at LEAST_RATE on the whole."""
LEAST_RATE = 8_000
"""The fewest bytes a second at which a request may come."""
HEAD_BYTES = 32_768
"""The largest head of a request: its headers, and what it asks for."""
LINGER = 1.0
"""How long what is too large is still taken, and thrown away, so that the refusal is read; in seconds."""
LINGER_BYTES = 8_000_000
"""How much of it."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "media-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"microphone=(self), camera=(), geolocation=()"),
    (b"x-frame-options", b"DENY"),
)
"""What goes with every answer."""
CORS_HEADERS = (
    (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
    (b"access-control-allow-headers", b"authorization, content-type"),
    (b"access-control-max-age", b"600"),
)
_ODD = re.compile(r"[\x00-\x1f\x7f\\]|(?:^|/)\.\.?(?:/|$)|//")
"""What no path of ours has."""


@value
class Rules:
    """What the gate goes by."""

    hosts: frozenset[str]
    """The names that may be asked for, with their ports."""
    names: frozenset[str]
    """The names that may be asked for at whatever port."""
    origins: frozenset[str]
    """Web pages of elsewhere that may use what is shared."""
    upload_bytes: int
    """The largest file."""


@value
class _Refusal:
    status: int
    key: str
    words: str


class _Cut(Exception):
    """The request is over, and was answered."""


def rules_of(
    *, port: int, listen: str, public_url: str, hosts: Iterable[str], origins: Iterable[str], upload_bytes: int
) -> Rules:
    """Return the rules for a page at that port.

    On this machine alone the port has to be right, too. Where others reach it, a container or a proxy may have given
    it another port, so only the name counts.
    """
    public = urlsplit(public_url).netloc.lower()
    inside = {*LOCAL, *([] if listen in ("", "0.0.0.0", "::") else [_bracketed(listen)])}
    wide = listen not in ("127.0.0.1", "::1", "localhost")
    return Rules(
        hosts=frozenset({f"{name}:{port}" for name in inside} | ({public} if public else set())),
        names=frozenset({*(each.lower() for each in hosts), *(inside if wide else ())}),
        origins=frozenset(each.rstrip("/").lower() for each in origins),
        upload_bytes=upload_bytes,
    )


class Gate:
    """Stands before an app."""

    def __init__(self, app: App, rules: Rules, now: Callable[[], float] | None = None) -> None:
        self._app = app
        self._rules = rules
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or refuse it."""
        if scope["type"] != "http":
            return
        headers = _headers(scope)
        cors = self._cors(scope, headers)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _sealed(message.get("headers", ()), cors)}
            await send(message)

        if cors and scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await guarded({"type": "http.response.start", "status": 204, "headers": list(CORS_HEADERS)})
            await guarded({"type": "http.response.body", "body": b""})
            return
        if refusal := self._refusal(scope, headers, bool(cors)):
            await _refuse(refusal, guarded, receive)
            return
        if cors:  # a page of elsewhere shows a token; the cookie is for this page alone
            scope = {**scope, "headers": [each for each in scope["headers"] if each[0].lower() != b"cookie"]}
        body = _Body(receive, guarded, self._most(scope), self._now or asyncio.get_running_loop().time)
        try:
            await self._app(scope, body.receive, body.send)
        except Exception:
            if not body.cut:
                raise

    def _refusal(self, scope: Scope, headers: Mapping[str, str], shared: bool) -> _Refusal | None:
        host = headers.get("host", "").lower()
        if host not in self._rules.hosts and _name(host) not in self._rules.names:
            words = "This page is not known under that name; its settings (web.hosts, web.public_url) name it."
            return _Refusal(status=421, key="WrongHost", words=words)
        if _ODD.search(scope["path"]):
            return _Refusal(status=404, key="NotFound", words="There is no such page.")
        if not shared and self._is_foreign(scope, headers, host):
            return _Refusal(status=403, key="WrongOrigin", words="Pages of elsewhere may not do that.")
        if _head_bytes(scope) > HEAD_BYTES:
            return _Refusal(status=431, key="TooLarge", words="What stands before the request itself is too long.")
        if "content-length" in headers and "transfer-encoding" in headers:  # two who read it may read two requests
            return _Refusal(status=400, key="BadRequest", words="The request says in two ways how long it is.")
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit():
            return _Refusal(status=400, key="BadRequest", words="How long the request is, cannot be read.")
        return self._too_large(scope) if int(length) > self._most(scope) else None

    def _is_foreign(self, scope: Scope, headers: Mapping[str, str], host: str) -> bool:
        """Whether a page of elsewhere asks, as far as a browser says so; programs send nothing of the kind."""
        origin = headers.get("origin", "").lower()
        if origin:
            return origin not in (f"http://{host}", f"https://{host}")
        bears = headers.get("authorization", "").lower().startswith("bearer ")
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            navigates = scope["method"] in SAFE and headers.get("sec-fetch-mode") == "navigate"
            return not navigates
        if scope["method"] in SAFE or bears:
            return False
        return "cookie" in headers  # a browser names the page that asks whenever something is changed

    def _cors(self, scope: Scope, headers: Mapping[str, str]) -> tuple[tuple[bytes, bytes], ...]:
        """Return what lets a page of elsewhere read the answer, where the settings allow it."""
        origin = headers.get("origin", "")
        if not scope["path"].startswith(SHARED) or origin.lower() not in self._rules.origins:
            return ()
        return ((b"access-control-allow-origin", origin.encode("latin-1")), (b"vary", b"Origin"))

    def _most(self, scope: Scope) -> int:
        return self._rules.upload_bytes if scope["path"].startswith(LARGE) else JSON_BYTES

    def _too_large(self, scope: Scope) -> _Refusal:
        return too_large(self._most(scope))


def too_large(most: int) -> _Refusal:
    """Say that a request has more than `most` bytes."""
    return _Refusal(status=413, key="TooLarge", words=f"That is too large; {most / 1_000_000:,.0f} MB is the most.")


class _Body:
    """A request's body on its way in: no more than so much, no slower than so fast; else the answer is given here."""

    def __init__(self, receive: Receive, send: Send, most: int, now: Callable[[], float]) -> None:
        self._receive = receive
        self._send = send
        self._most = most
        self._now = now
        self._began = now()
        self._came = 0
        self._whole = False
        self._answering = False
        self.cut = False
        """Whether it was answered here."""

    async def receive(self) -> Message:
        """Return the next piece.

        Raises:
            _Cut: There was too much, or it came too slowly.
        """
        if self._whole:
            return await self._receive()
        try:
            async with asyncio.timeout(PATIENCE):
                message = await self._receive()
        except TimeoutError:
            raise await self._end(_SLOW) from None
        if message["type"] != "http.request":
            return message
        self._came += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._came > self._most:
            raise await self._end(too_large(self._most))
        late = self._now() - self._began - HEAD_START
        if not self._whole and late > 0 and self._came < late * LEAST_RATE:
            raise await self._end(_SLOW)
        return message

    async def send(self, message: Message) -> None:
        """Pass on a piece of the answer, unless it was given here."""
        if not self.cut:
            self._answering = True
            await self._send(message)

    async def _end(self, refusal: _Refusal) -> _Cut:
        if not self.cut and not self._answering:
            await _refuse(refusal, self._send, self._receive, close=True)
        self.cut = True
        return _Cut()


_SLOW = _Refusal(status=408, key="TooSlow", words="The request came too slowly; please try again.")


async def _refuse(refusal: _Refusal, send: Send, receive: Receive, *, close: bool = False) -> None:
    told = body(refusal.key, refusal.words)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(told)).encode())]
    if close or refusal.status in (400, 408, 413, 431):
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": told, "more_body": True})
    if refusal.status == 413:
        await _linger(receive)
    await send({"type": "http.response.body", "body": b""})


async def _linger(receive: Receive) -> None:
    """Take a little of what is still coming: who is hung up on while they send may never read why."""
    came = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LINGER):
            while came < LINGER_BYTES:
                message = await receive()
                if message["type"] != "http.request" or not message.get("more_body", False):
                    return
                came += len(message.get("body", b""))


def _sealed(headers: Iterable[tuple[bytes, bytes]], more: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return an answer's headers with what goes with every answer, where it does not say otherwise itself."""
    given = list(headers)
    names = {name.lower() for name, _ in given}
    plain = [] if b"cache-control" in names else [(b"cache-control", b"no-store")]
    return [*given, *((name, each) for name, each in HEADERS if name not in names), *plain, *more]


def _headers(scope: Scope) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, each in scope["headers"]:
        key = name.decode("latin-1").lower()
        found[key] = f"{found[key]}, {each.decode('latin-1')}" if key in found else each.decode("latin-1")
    return found


def _head_bytes(scope: Scope) -> int:
    asked = len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"")
    return asked + sum(len(name) + len(each) for name, each in scope["headers"])


def _name(host: str) -> str:
    """Return a Host header without its port."""
    return host if host.endswith("]") or ":" not in host else host.rpartition(":")[0]


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address.lower()
