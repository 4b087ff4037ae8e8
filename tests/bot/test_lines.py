"""What a running Mynah and a one-shot say to each other."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from bot.lines import LONGEST, LONGEST_PATH, Gone, has_sockets, heard, packed, unpacked
from commands.core.params import Attachment


def reading(content: bytes) -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=LONGEST)
    reader.feed_data(content)
    reader.feed_eof()
    return reader


async def test_lines_come_one_after_another() -> None:
    reader = reading(b'{"a": 1}\n{"b": "\xc3\xa4"}\n')
    assert [await heard(reader), await heard(reader)] == [{"a": 1}, {"b": "ä"}]


@pytest.mark.parametrize("content", [b"", b'{"a": 1}', b"nonsense\n", b"[1]\n", b"\xff\n"])
async def test_what_is_no_object_is_the_end(content: bytes) -> None:
    with pytest.raises(Gone):
        await heard(reading(content))


def test_values_come_through_as_they_were_files_too() -> None:
    file = Attachment(name="a.wav", content_type="audio/wav", bytes=3, reference="/tmp/a.wav")
    for value in ("text", 1.5, True, file):
        assert unpacked(json.loads(json.dumps(packed(value)))) == value


def test_no_socket_lies_at_a_path_that_is_too_long() -> None:
    assert not has_sockets(Path("d" * (LONGEST_PATH + 1)))
