"""Reading JSON: what is none is refused in words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi import Request

from bot.web_adapter.reading import DEEPEST, read_json
from bot.web_adapter.refusal import Refused


def request(body: bytes, kind: str = "application/json") -> Request:
    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request({"type": "http", "method": "POST", "headers": [(b"content-type", kind.encode())]}, receive)


def nested(depth: int) -> bytes:
    return b"[" * depth + b"1" + b"]" * depth


async def test_json_is_read() -> None:
    assert await read_json(request('{"text": "Grüße"}'.encode(), "Application/JSON; charset=utf-8")) == {
        "text": "Grüße"
    }
    assert await read_json(request(b'"\\ud83d\\ude00"')) == "\N{GRINNING FACE}"
    assert await read_json(request(nested(DEEPEST))) == json.loads(nested(DEEPEST))


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"{}", "application/x-www-form-urlencoded", 415),
        (b"{}", "", 415),
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (nested(DEEPEST + 1), "application/json", 400),
        (nested(100_000), "application/json", 400),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "application/json", 400),
        (b'{"text": "\\ud83d"}', "application/json", 400),
        (b'{"\\ude00": 1}', "application/json", 400),
        (b'{"speed": NaN}', "application/json", 400),
        (b'{"speed": [-Infinity]}', "application/json", 400),
        (b'{"speed": 1e400}', "application/json", 400),
    ],
)
async def test_what_is_none_or_cannot_be_kept_is_refused(body: bytes, kind: str, status: int) -> None:
    with pytest.raises(Refused) as caught:
        await read_json(request(body, kind))
    assert caught.value.status == status
