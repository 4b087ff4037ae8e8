"""The gate: what comes from elsewhere, is too large or too slow is refused before anything of ours looks at it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from bot.web_adapter import gate
from bot.web_adapter.gate import HEADERS, Gate, Message, Receive, Rules, Scope, Send, rules_of

HERE = "127.0.0.1:8765"
RULES = rules_of(
    port=8765,
    listen="127.0.0.1",
    public_url="https://mynah.example.org",
    hosts=("nas.local",),
    origins=("https://chat.example.org",),
    upload_bytes=5_000_000,
)


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Read all that comes, and say how much that was, and with which cookie."""
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    cookie = dict(scope["headers"]).get(b"cookie", b"").decode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-cookie", cookie.encode())]})
    await send({"type": "http.response.body", "body": str(size).encode()})


class Answer:
    """What came back."""

    def __init__(self, sent: list[Message]) -> None:
        self.status = int(sent[0]["status"])
        self.headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        self.body = b"".join(each.get("body", b"") for each in sent[1:])

    @property
    def key(self) -> str:
        return str(json.loads(self.body)["error"]["code"])


async def ask(
    path: str = "/api/page/me",
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    pieces: Iterable[bytes] = (b"",),
    rules: Rules = RULES,
    **more: Any,
) -> Answer:
    """Send a request through the gate, its body in pieces."""
    given = {"host": HERE, **(headers or {})}
    sent: list[Message] = []
    coming = list(pieces)

    async def receive() -> Message:
        if not coming:
            await asyncio.Event().wait()
        piece = coming.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(coming) or more.get("open", False)}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }
    await Gate(app, rules, more.get("now"))(scope, receive, send)
    return Answer(sent)


@pytest.mark.parametrize(
    "host", [HERE, "localhost:8765", "[::1]:8765", "LOCALHOST:8765", "mynah.example.org", "nas.local", "nas.local:80"]
)
async def test_it_is_known_by_the_names_of_this_machine_and_those_in_the_settings(host: str) -> None:
    assert (await ask(headers={"host": host})).status == 200


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example.org", "evil.example.org:8765", "127.0.0.1", "127.0.0.1:80", "", "127.0.0.1.evil.org:8765"),
        *("mynah.example.org.evil.org", "localhost.evil.org:8765", "127.0.0.1:8765, evil.org", "0.0.0.0:8765"),
    ],
)
async def test_a_name_that_was_rebound_to_this_machine_is_refused(host: str) -> None:
    answer = await ask(headers={"host": host})
    assert (answer.status, answer.key) == (421, "WrongHost")


async def test_where_others_reach_it_only_the_name_counts_for_a_container_gives_it_another_port() -> None:
    wide = rules_of(port=8765, listen="0.0.0.0", public_url="", hosts=(), origins=(), upload_bytes=1)
    assert (await ask(headers={"host": "localhost:9999"}, rules=wide)).status == 200
    assert (await ask(headers={"host": "0.0.0.0:8765"}, rules=wide)).status == 421
    assert (await ask(headers={"host": "evil.org:8765"}, rules=wide)).status == 421


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", {"origin": "https://evil.org"}),
        ("GET", {"origin": "https://evil.org"}),
        ("POST", {"origin": "null"}),
        ("POST", {"origin": "http://127.0.0.1:3000"}),
        ("POST", {"origin": "https://evil.org", "authorization": "Bearer x"}),
        ("POST", {"cookie": "mynah=x"}),
        ("DELETE", {"cookie": "mynah=x"}),
        ("GET", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}),
        ("GET", {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"}),
        ("POST", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}),
        ("POST", {"origin": "https://chat.example.org"}),
    ],
)
async def test_what_a_page_of_elsewhere_asks_is_refused(method: str, headers: dict[str, str]) -> None:
    answer = await ask(method=method, headers=headers)
    assert (answer.status, answer.key) == (403, "WrongOrigin")


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", {"origin": f"http://{HERE}", "cookie": "mynah=x", "sec-fetch-site": "same-origin"}),
        ("GET", {"cookie": "mynah=x", "sec-fetch-site": "same-origin"}),
        ("POST", {"authorization": "Bearer x"}),
        ("POST", {}),
        ("GET", {"sec-fetch-site": "none", "sec-fetch-mode": "navigate"}),
        ("GET", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}),
    ],
)
async def test_the_page_itself_programs_and_links_that_are_followed_pass(method: str, headers: dict[str, str]) -> None:
    assert (await ask(method=method, headers=headers)).status == 200


@pytest.mark.parametrize(
    "path", ["/app/../key", "/..", "/app/..\\key", "/app//x", "/app/x\x00.js", "/app/./x", "/api/\nx", "/app/.."]
)
async def test_a_path_that_leads_elsewhere_is_not_there(path: str) -> None:
    answer = await ask(path)
    assert (answer.status, answer.key) == (404, "NotFound")


async def test_a_page_in_the_settings_may_use_what_is_shared_with_a_token_and_never_with_the_cookie() -> None:
    origin = {"origin": "https://chat.example.org"}
    asked = {**origin, "access-control-request-method": "POST"}
    before = await ask("/v1/audio/speech", "OPTIONS", asked)
    assert before.status == 204 and before.headers["access-control-allow-origin"] == "https://chat.example.org"
    assert "access-control-allow-credentials" not in before.headers
    answer = await ask("/v1/audio/speech", "POST", {**origin, "cookie": "mynah=x", "authorization": "Bearer x"})
    assert answer.status == 200 and answer.headers["x-cookie"] == ""
    assert answer.headers["access-control-allow-origin"] == "https://chat.example.org"
    assert (await ask("/v1/audio/speech", "OPTIONS", {**asked, "origin": "https://evil.org"})).status == 403
    assert (await ask("/api/page/ask", "OPTIONS", asked)).status == 403


async def test_every_answer_is_sealed_refusals_too() -> None:
    for headers in ({}, {"host": "evil.org"}):
        answer = await ask(headers=headers)
        assert {name.decode(): value.decode() for name, value in HEADERS}.items() <= answer.headers.items()
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy


async def test_what_says_that_it_is_too_large_is_not_even_read() -> None:
    answer = await ask(method="POST", headers={"content-length": "4000001"}, pieces=())
    assert (answer.status, answer.key) == (413, "TooLarge")
    assert (await ask(method="POST", headers={"content-length": "many"}, pieces=())).status == 400


async def test_what_becomes_too_large_while_it_streams_is_cut() -> None:
    answer = await ask(method="POST", pieces=[b"x" * 1_000_000] * 5)
    assert (answer.status, answer.key) == (413, "TooLarge")
    assert answer.headers["connection"] == "close"


async def test_files_may_be_as_large_as_the_settings_say() -> None:
    pieces = [b"x" * 1_000_000] * 5
    assert (await ask("/api/page/uploads", "POST", pieces=pieces)).body == b"5000000"
    assert (await ask("/api/page/uploads", "POST", pieces=[*pieces, b"x"])).status == 413


async def test_a_request_that_does_not_go_on_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "PATIENCE", 0.02)
    answer = await ask(method="POST", pieces=[b"x"], open=True)
    assert (answer.status, answer.key) == (408, "TooSlow")


async def test_a_request_that_drips_is_hung_up_on_though_something_always_comes() -> None:
    clock = iter(range(0, 100_000, 10))
    answer = await ask("/api/page/uploads", "POST", pieces=[b"drip"] * 50, now=lambda: float(next(clock)))
    assert (answer.status, answer.key) == (408, "TooSlow")
    clock = iter(range(0, 100_000, 10))
    fast = await ask("/api/page/uploads", "POST", pieces=[b"x" * 80_000] * 50, now=lambda: float(next(clock)))
    assert fast.body == b"4000000"


async def test_an_error_of_the_app_is_not_swallowed() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise ZeroDivisionError

    async def never(*_: Any) -> Any:
        raise AssertionError("nothing is read or sent")

    scope: Scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"host", HERE.encode())]}
    with pytest.raises(ZeroDivisionError):
        await Gate(broken, RULES)(scope, never, never)
