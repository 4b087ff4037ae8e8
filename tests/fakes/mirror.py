"""A server of model files on loopback: with ranges and versions, as publishers have them, and with their faults."""

from __future__ import annotations

import hashlib
import json
import random
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from engine.catalogue import Published

DRIP = 0.02
"""Seconds between the pieces of an answer that comes slowly."""
SMALL = 300_000
"""How many bytes the weights of the small model have."""


def xtts_files(seed: int = 1, weights: int = SMALL) -> Mapping[str, bytes]:
    """The files of a model in XTTS's layout, whose weights are noise."""
    chance = random.Random(seed)
    config = {"model": "xtts", "languages": ["en", "de"], "model_args": {"gpt_use_perceiver_resampler": True}}
    return {
        "model.pth": chance.randbytes(weights),
        "config.json": json.dumps(config).encode(),
        "vocab.json": b'{"model": {}}',
        "speakers_xtts.pth": chance.randbytes(2_000),
    }


@dataclass(kw_only=True)
class Fault:
    """What goes wrong with one answer to GET."""

    cut: int = -1
    """After how many bytes the connection breaks off; -1: it does not."""
    status: int = 0
    """What is answered in place of the file; 0: the file."""
    location: str = ""
    """Where it is sent on to; with `status`."""
    drip: int = 0
    """How many bytes come at a time, slowly; 0: all at once."""
    endless: bool = False
    """Whether it comes without an announced end, and has none."""
    unsaid: bool = False
    """Whether neither length nor end is announced."""
    announces: int = -1
    """How many bytes are announced; -1: as many as there are."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """What else stands before the answer."""


@dataclass(kw_only=True)
class Asked:
    """A request that came in."""

    method: str
    path: str
    headers: Mapping[str, str]


class Mirror:
    """Files by their paths, as `serving` has them."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.faults: dict[str, list[Fault]] = {}
        """What goes wrong, by path, one after another; then nothing does."""
        self.head: dict[str, Mapping[str, str]] = {}
        """What else stands before an answer to HEAD and GET, by path."""
        self.moved: dict[str, str] = {}
        """Where a path is sent on to, as a publisher does to the store behind it."""
        self.unasked: set[str] = set()
        """Paths of which nobody may ask the size alone."""
        self.weak = False
        """Whether versions are known by weak tags only."""
        self.asked: list[Asked] = []
        self.address = ""
        self.stopped = threading.Event()

    def publish(self, model: Published, files: Mapping[str, bytes]) -> None:
        """Have the files of a model, each where it is published but for the host."""
        for file in model.files:
            self.files[path_of(file.url)] = files[file.path]

    def got(self, path: str) -> list[Asked]:
        """Return the requests for the content of a file."""
        return [each for each in self.asked if each.method == "GET" and each.path == path]

    def fault(self, path: str) -> Fault:
        """Take the next fault of a path."""
        waiting = self.faults.get(path)
        return waiting.pop(0) if waiting else Fault()


def path_of(url: str) -> str:
    """Return the path of an address."""
    return "/" + url.split("/", 3)[3]


def tag_of(content: bytes) -> str:
    """Return what a version is called."""
    return f'"{hashlib.sha1(content, usedforsecurity=False).hexdigest()}"'


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    mirror: Mirror

    def do_HEAD(self) -> None:
        content = self._begin()
        if self.path in self.mirror.unasked:
            self._empty(403)
        elif content is not None:
            self._head(200, content, len(content))

    def do_GET(self) -> None:
        content = self._begin()
        if content is None:
            return
        fault = self.mirror.fault(self.path)
        if fault.status:
            self._empty(fault.status, {"Location": fault.location} if fault.location else {})
        elif fault.endless:
            self._endless(fault)
        else:
            self._file(content, fault)

    def _begin(self) -> bytes | None:
        self.mirror.asked.append(Asked(method=self.command, path=self.path, headers=dict(self.headers)))
        if place := self.mirror.moved.get(self.path):
            self._empty(302, {"Location": place, **self.mirror.head.get(self.path, {})})
            return None
        content = self.mirror.files.get(self.path)
        if content is None:
            self._empty(404)
        return content

    def _empty(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        """Answer without a file."""
        self.send_response(status)
        for name, what in {**(headers or {}), "Content-Length": "0"}.items():
            self.send_header(name, what)
        self.end_headers()

    def _file(self, content: bytes, fault: Fault) -> None:
        start = self._start(content)
        rest = content[start:]
        self._head(206 if start else 200, content, len(rest), fault)
        if 0 <= fault.cut < len(rest):
            self._send([rest[: fault.cut]])
            self.close_connection = True
            return
        self._send(self._pieces(rest, fault.drip))
        if fault.unsaid:
            self.close_connection = True

    def _start(self, content: bytes) -> int:
        """Where the answer begins: at what is asked for, if that is still of the version there is."""
        asked, version = self.headers.get("Range", ""), self.headers.get("If-Range", "")
        return int(asked[6:-1]) if asked and version == tag_of(content) else 0

    def _head(self, status: int, content: bytes, length: int, fault: Fault | None = None) -> None:
        self.send_response(status)
        if fault is None or not fault.unsaid:
            announced = fault.announces if fault and fault.announces >= 0 else length
            self.send_header("Content-Length", str(announced))
        self.send_header("ETag", f"W/{tag_of(content)}" if self.mirror.weak else tag_of(content))
        if status == 206:
            self.send_header("Content-Range", f"bytes {len(content) - length}-{len(content) - 1}/{len(content)}")
        for name, what in {**self.mirror.head.get(self.path, {}), **(fault.headers if fault else {})}.items():
            self.send_header(name, what)
        self.end_headers()

    def _pieces(self, rest: bytes, drip: int) -> Iterator[bytes]:
        for start in range(0, len(rest), drip or len(rest) or 1):
            yield rest[start : start + (drip or len(rest))]
            if drip:
                self.mirror.stopped.wait(DRIP)

    def _endless(self, fault: Fault) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        block = b"0" * 1_000_000
        self._send(f"{len(block):x}\r\n".encode() + block + b"\r\n" for _ in iter(self.mirror.stopped.is_set, True))

    def _send(self, pieces: Sequence[bytes] | Iterator[bytes]) -> None:
        with suppress(OSError):  # whoever asked has gone
            for piece in pieces:
                if self.mirror.stopped.is_set():
                    return
                self.wfile.write(piece)
                self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged."""


@contextmanager
def serving(mirror: Mirror | None = None) -> Iterator[Mirror]:
    """Serve files on loopback as long as the block runs."""
    mirror = mirror or Mirror()
    handler = type("Handler", (_Handler,), {"mirror": mirror})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    mirror.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield mirror
    finally:
        mirror.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


def wait_for(condition: object, seconds: float = 20.0) -> None:
    """Wait until something called returns true; not for longer than that."""
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)
