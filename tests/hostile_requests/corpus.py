"""Requests that mean harm, each as the bytes that go over the wire, and how each has to be answered."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

Wire = Callable[["Site"], bytes]
"""Writes a request to a site."""

GONE = frozenset({404})
DENIED = frozenset({401})
MALFORMED = frozenset({400, 404, 422})
HUNG_UP = 0
"""Stands for a connection that is closed without an answer."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """What an attacker knows of a running Mynah, and what they may not get at."""

    port: int
    """Where it listens."""
    member: str
    """The attacker's own token: somebody who may use the page, and no more."""
    victim_file: int
    """A file of somebody else's."""
    victim_job: int
    """The job that made it."""
    victim_recording: int
    """A recording of somebody else's."""
    victim_voice: int
    """A voice of somebody else's."""
    own_file: int
    """A file of the attacker's own."""
    link: str
    """The path of a good link to the victim's file."""
    revoked: str
    """A token that was revoked."""
    used: str
    """A key of a printed link that was used."""
    cookie: str
    """What the page's cookie is called."""

    @property
    def host(self) -> str:
        """The right name of the site."""
        return f"127.0.0.1:{self.port}"


@dataclass(frozen=True, kw_only=True)
class Hostile:
    """A request that means harm."""

    name: str
    """What it is, for people to read."""
    wire: Wire
    """What is sent."""
    answers: frozenset[int]
    """The statuses that refuse it; HUNG_UP where the connection may be closed instead."""
    words: frozenset[str] = field(default=frozenset())
    """What must not stand in the answer."""


def request(
    method: str,
    path: str | Callable[[Site], str],
    *,
    headers: Sequence[tuple[str, str]] = (),
    body: bytes = b"",
    host: str | None = "",
    as_member: bool = True,
    length: bool = True,
) -> Wire:
    """Return what writes a request as a client would, but for what is given to be wrong with it."""

    def write(site: Site) -> bytes:
        target = path if isinstance(path, str) else path(site)
        lines = [f"{method} {target} HTTP/1.1"]
        if host is not None:
            lines.append(f"Host: {host or site.host}")
        if as_member:
            lines.append(f"Authorization: Bearer {site.member}")
        if body and length:
            lines.append(f"Content-Length: {len(body)}")
        lines += [f"{name}: {value}" for name, value in headers]
        return "\r\n".join([*lines, "Connection: close", "", ""]).encode("utf-8", "surrogatepass") + body

    return write


def asked(values: bytes | object, *, path: str = "/api/page/ask", kind: str = "application/json") -> Wire:
    """Return what writes a request whose body is JSON, or bytes that say that they are."""
    body = values if isinstance(values, bytes) else json.dumps(values).encode()
    return request("POST", path, headers=[("Content-Type", kind)], body=body)


def _raw(text: str) -> Wire:
    return lambda site: text.replace("HOST", site.host).replace("TOKEN", site.member).encode("latin-1")


CLOSED = (
    "GET /api/page/me",
    "GET /api/page/commands",
    "GET /api/page/history",
    "GET /api/page/events",
    "POST /api/page/ask",
    "POST /api/page/uploads?name=a.wav",
    "GET /api/v1/files",
    "GET /api/v1/jobs",
    "GET /api/v1/recordings",
    "GET /api/v1/profiles",
    "GET /api/v1/owner/overview",
    "GET /v1/models",
    "GET /v1/voices",
    "GET /metrics",
    "GET /readyz",
)
"""What nobody gets without a token."""
CLOSE = "\r\nConnection: close\r\n\r\n"
OWNERS = ("/api/v1/owner/overview", "/metrics", "/readyz")
"""What only the owner gets."""


def _without_tokens() -> Iterable[Hostile]:
    for each in CLOSED:
        method, _, path = each.partition(" ")
        yield Hostile(name=f"{each} without a token", wire=request(method, path, as_member=False), answers=DENIED)
    for path in OWNERS:
        yield Hostile(name=f"{path} by a member", wire=request("GET", path), answers=frozenset({403}))
    wrong: dict[str, Callable[[Site], str]] = {
        "a token with its last letter changed": lambda site: f"Bearer {site.member[:-1]}~",
        "a revoked token": lambda site: f"Bearer {site.revoked}",
        "the key of a link, used, as a token": lambda site: f"Bearer {site.used}",
        "no word behind Bearer": lambda site: "Bearer ",
        "another scheme": lambda site: f"Basic {site.member}",
        "a quote for SQL": lambda site: "Bearer ' OR '1'='1",
    }
    for name, header in wrong.items():
        yield Hostile(name=name, wire=_with("GET", "/api/page/me", "Authorization", header), answers=DENIED)
    yield Hostile(
        name="a token in the address",
        wire=request(
            "GET", lambda site: f"/api/page/me?token={site.member}&access_token={site.member}", as_member=False
        ),
        answers=DENIED,
    )
    yield Hostile(
        name="a program's token in a cookie, changed",
        wire=_with("GET", "/api/page/me", "Cookie", lambda site: f"{site.cookie}={site.member}x"),
        answers=DENIED,
    )
    yield Hostile(
        name="the key of a link a second time",
        wire=lambda site: request(
            "POST",
            "/api/page/enter",
            headers=[("Content-Type", "application/json")],
            body=json.dumps({"key": site.used}).encode(),
            as_member=False,
        )(site),
        answers=DENIED,
    )


def _with(method: str, path: str, header: str, value: Callable[[Site], str]) -> Wire:
    return lambda site: request(method, path, headers=[(header, value(site))], as_member=False)(site)


def _numbered(path: str, number: Callable[[Site], str], site: Site) -> str:
    return path + number(site)


def _changed(change: Callable[[str], str], site: Site) -> str:
    return change(site.link)


def _of_others() -> Iterable[Hostile]:
    others: dict[str, Callable[[Site], str]] = {
        "GET /api/v1/files/audio/": lambda site: str(site.victim_file),
        "GET /api/v1/files/": lambda site: str(site.victim_file),
        "DELETE /api/v1/files/": lambda site: str(site.victim_file),
        "GET /api/v1/jobs/": lambda site: str(site.victim_job),
        "DELETE /api/v1/jobs/": lambda site: str(site.victim_job),
        "GET /api/v1/recordings/": lambda site: str(site.victim_recording),
        "DELETE /api/v1/recordings/": lambda site: str(site.victim_recording),
        "GET /api/v1/profiles/": lambda site: str(site.victim_voice),
        "DELETE /api/v1/profiles/": lambda site: str(site.victim_voice),
    }
    for call, number in others.items():
        method, _, path = call.partition(" ")
        yield Hostile(
            name=f"{method} {path}N of another's",
            wire=request(method, partial(_numbered, path, number)),
            answers=GONE | {405},
            words=frozenset({"victim", "secret words"}),
        )
    yield Hostile(
        name="all about another's file",
        wire=request("GET", lambda site: f"/api/v1/files/{site.victim_file}/info"),
        answers=GONE,
        words=frozenset({"secret words"}),
    )
    yield Hostile(
        name="another's file made public",
        wire=request(
            "PATCH",
            lambda site: f"/api/v1/files/{site.victim_file}",
            headers=[("Content-Type", "application/json")],
            body=b'{"public": true}',
        ),
        answers=GONE,
    )
    for odd in ("0", "-1", str(2**63), str(2**200), "1e3", "1%20OR%201=1", "%31%00", "..%2f1"):
        yield Hostile(
            name=f"a file of the number {odd[:20]}",
            wire=request("GET", f"/api/v1/files/audio/{odd}"),
            answers=MALFORMED,
        )


def _links() -> Iterable[Hostile]:
    changes: dict[str, Callable[[str], str]] = {
        "a link whose signature was changed": lambda link: link[:-1] + ("0" if link[-1] != "0" else "1"),
        "a link that is good for longer": lambda link: link.replace("until=", "until=9"),
        "a link that was over before it began": lambda link: link.replace("until=", "until=0&was="),
        "a link to another number": lambda link: link.replace("/audio/", "/audio/1"),
        "a link without its signature": lambda link: link.partition("&sig=")[0],
        "a link with two signatures": lambda link: f"{link.partition('&sig=')[0]}&sig=0&sig=00",
    }
    for name, change in changes.items():
        yield Hostile(
            name=name,
            wire=request("GET", partial(_changed, change), as_member=False),
            answers=frozenset({401, 404, 422}),
        )


def _paths() -> Iterable[Hostile]:
    for path in (
        "/app/%2e%2e/%2e%2e/config.toml",
        "/app/..%2f..%2fconfig.toml",
        "/app/../../config.toml",
        "/app/..%5c..%5cconfig.toml",
        "/app/%c0%ae%c0%ae/config.toml",
        "/app/css/%00base.css",
        "//etc/passwd",
        "/api/v1/files/audio/../../../data/mynah.db",
        "/app//css/base.css",
        "/app/css",
        "/.git/config",
        "/data/mynah.db",
        "/web-token",
    ):
        yield Hostile(name=f"the path {path}", wire=request("GET", path), answers=MALFORMED)


def _names() -> Iterable[Hostile]:
    """Requests under a name that is not the site's, as a name that was bound to this machine's address sends them."""
    for host in (
        "evil.example",
        "127.0.0.1.evil.example",
        "evil.example:80",
        "127.0.0.1:1",
        "localhost.",
        "127.1",
        "@",
    ):
        yield Hostile(
            name=f"under the name {host}", wire=request("GET", "/api/page/me", host=host), answers=frozenset({421})
        )
    yield Hostile(name="under no name", wire=request("GET", "/api/page/me", host=None), answers=frozenset({400, 421}))
    yield Hostile(
        name="under two names",
        wire=request("GET", "/api/page/me", headers=[("Host", "evil.example")]),
        answers=frozenset({400, 421}),
    )
    yield Hostile(
        name="with another site's whole address",
        wire=request("GET", "http://evil.example/api/page/me", host="evil.example"),
        answers=frozenset({400, 404, 421}),
    )


def _origins() -> Iterable[Hostile]:
    """Requests that a page of elsewhere has a browser make."""
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1", "http://127.0.0.1.evil.example"):
        yield Hostile(
            name=f"asked from a page of {origin}",
            wire=request(
                "POST",
                "/api/page/ask",
                headers=[("Origin", origin), ("Content-Type", "application/json")],
                body=b'{"event": "x", "command": "speak", "values": {"text": "never said"}}',
            ),
            answers=frozenset({403}),
        )
    yield Hostile(
        name="events read from a page of elsewhere",
        wire=request("GET", "/api/page/events", headers=[("Origin", "https://evil.example")]),
        answers=frozenset({403}),
    )
    yield Hostile(
        name="a picture of elsewhere that is our file",
        wire=request(
            "GET", lambda site: f"/api/v1/files/audio/{site.own_file}", headers=[("Sec-Fetch-Site", "cross-site")]
        ),
        answers=frozenset({403}),
    )
    yield Hostile(
        name="a form of elsewhere, with a cookie",
        wire=request(
            "POST",
            "/api/page/ask",
            headers=[("Cookie", "mynah=x"), ("Content-Type", "text/plain")],
            body=b'{"event": "x", "command": "forget", "values": {}}',
            as_member=False,
        ),
        answers=frozenset({401, 403, 415}),
    )
    yield Hostile(
        name="a page of elsewhere asks whether it may",
        wire=request(
            "OPTIONS",
            "/api/page/ask",
            headers=[("Origin", "https://evil.example"), ("Access-Control-Request-Method", "POST")],
        ),
        answers=frozenset({403, 405}),
        words=frozenset({"access-control-allow-origin"}),
    )
    yield Hostile(
        name="JSON that says it is plain text",
        wire=asked({"event": "x", "command": "speak", "values": {"text": "never said"}}, kind="text/plain"),
        answers=frozenset({415, 422}),
    )


def _sizes() -> Iterable[Hostile]:
    gigabyte = [("Content-Length", "1000000000")]
    for path in ("/api/page/uploads?name=a.wav", "/api/page/ask", "/v1/audio/speech", "/api/v1/recordings"):
        yield Hostile(
            name=f"a gigabyte for {path}", wire=request("POST", path, headers=gigabyte), answers=frozenset({413})
        )
    chunk = b"%x\r\n%s\r\n" % (1_000_000, bytes(1_000_000))
    yield Hostile(
        name="five megabytes of JSON that do not say how long they are",
        wire=request(
            "POST",
            "/api/page/ask",
            headers=[("Content-Type", "application/json"), ("Transfer-Encoding", "chunked")],
            body=chunk * 5,
            length=False,
        ),
        answers=frozenset({413, HUNG_UP}),
    )
    yield Hostile(
        name="a head of a megabyte",
        wire=request("GET", "/api/page/me", headers=[("X-Long", "a" * 1_000_000)]),
        answers=frozenset({400, 431, HUNG_UP}),
    )
    yield Hostile(
        name="ten thousand headers",
        wire=request("GET", "/api/page/me", headers=[(f"X-{n}", "1") for n in range(10_000)]),
        answers=frozenset({400, 431, HUNG_UP}),
    )
    yield Hostile(
        name="an address of a hundred thousand letters",
        wire=request("GET", "/api/page/me?" + "a" * 100_000),
        answers=frozenset({400, 414, 431, HUNG_UP}),
    )
    yield Hostile(
        name="a file of nothing", wire=request("POST", "/api/page/uploads?name=a.wav"), answers=frozenset({411, 422})
    )


def _framing() -> Iterable[Hostile]:
    refused = frozenset({400, 411, 501, HUNG_UP})
    for name, text in {
        "two lengths": "POST /api/page/ask HTTP/1.1\r\nHost: HOST\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "a length and pieces": (
            "POST /api/page/ask HTTP/1.1\r\nHost: HOST\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
            "0\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n"
        ),
        "a length below nothing": "POST /api/page/ask HTTP/1.1\r\nHost: HOST\r\nContent-Length: -1\r\n\r\n",
        "pieces of no size": "POST /api/page/ask HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx",
        "another coding": "POST /api/page/ask HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: xchunked\r\n\r\n",
        "a line without an end in a header": "GET /api/page/me HTTP/1.1\r\nHost: HOST\r\nX: a\nB: c\r\n\r\n",
        "no HTTP at all": "HELO mynah\r\n\r\n",
        "HTTP of the first days": "GET /api/page/me\r\n\r\n",
        "a version that is not there": "GET /api/page/me HTTP/9.9\r\nHost: HOST\r\n\r\n",
    }.items():
        yield Hostile(name=name, wire=_raw(text.replace("\r\n\r\n", CLOSE, 1)), answers=refused | {401, 421})
    for method in ("TRACE", "CONNECT", "PUT", "PROPFIND"):
        yield Hostile(
            name=f"the method {method}",
            wire=request(method, "/api/page/me"),
            answers=frozenset({400, 404, 405, 501}),
        )


def _bodies() -> Iterable[Hostile]:
    refused = frozenset({400, 413, 415, 422})
    for name, body in {
        "no JSON": b"{",
        "JSON a hundred thousand deep": b"[" * 100_000 + b"]" * 100_000,
        "a number of five thousand digits": b'{"event": "x", "command": "speak", "values": {"speed": 1'
        + b"0" * 5_000
        + b"}}",
        "a number that is none": b'{"event": "x", "command": "speak", "values": {"text": "never said", "speed": NaN}}',
        "bytes that are no UTF-8": b'{"event": "x", "command": "speak", "values": {"text": "\xff\xfe"}}',
        "a list": b"[]",
        "a command of a list": b'{"event": "x", "command": ["speak"], "values": {}}',
        "values of a text": b'{"event": "x", "command": "speak", "values": "x"}',
        "a file by its path": b'{"event": "x", "command": "speak", "values": {"file": {"path": "/etc/passwd"}}}',
        "an upload that is not there": (
            b'{"event": "x", "command": "clone", "values": {"name": "a", "recording": {"upload": "../1"}}}'
        ),
    }.items():
        yield Hostile(name=f"for the page: {name}", wire=asked(body), answers=refused | GONE | {200})
        yield Hostile(
            name=f"for speech: {name}",
            wire=asked(body, path="/v1/audio/speech"),
            answers=refused,
        )
    yield Hostile(
        name="packed JSON",
        wire=request(
            "POST",
            "/v1/audio/speech",
            headers=[("Content-Type", "application/json"), ("Content-Encoding", "gzip")],
            body=b"\x1f\x8b\x08\x00" + bytes(60),
        ),
        answers=refused,
    )


def _ranges() -> Iterable[Hostile]:
    for value in ("bytes=99999999999-", "bytes=-0"):
        yield Hostile(
            name=f"the range {value}",
            wire=request("GET", lambda site: f"/api/v1/files/audio/{site.own_file}", headers=[("Range", value)]),
            answers=frozenset({416}),
        )


def requests() -> Sequence[Hostile]:
    """Every request of the corpus."""
    parts = (
        *(_without_tokens, _of_others, _links, _paths, _names),
        *(_origins, _sizes, _framing, _bodies, _ranges),
    )
    return [each for part in parts for each in part()]
