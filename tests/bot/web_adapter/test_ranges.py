"""Parts of files."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.web_adapter.ranges import BLOCK, OutOfRange, Part, Source, part_of, read


@pytest.mark.parametrize(
    ("asked", "begin", "end"),
    [
        (None, 0, 100),
        ("", 0, 100),
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=90-", 90, 100),
        ("bytes=90-1000", 90, 100),
        ("bytes=-10", 90, 100),
        ("bytes=-1000", 0, 100),
        ("bytes = 5 - 6", 5, 7),
        ("bytes=9-5", 0, 100),
        ("bytes=-", 0, 100),
        ("bytes=0-1,5-6", 0, 100),
        ("lines=1-2", 0, 100),
        ("bytes=one-two", 0, 100),
        ("bytes=" + "9" * 19 + "-", 0, 100),
    ],
)
def test_a_part_is_what_was_asked_for_else_the_whole(asked: str | None, begin: int, end: int) -> None:
    part = part_of(asked, 100)
    assert (part.begin, part.end, part.length) == (begin, end, end - begin)
    assert part.is_whole is (end - begin == 100)
    assert part.header == f"bytes {begin}-{end - 1}/100"


@pytest.mark.parametrize(("asked", "size"), [("bytes=100-", 100), ("bytes=-0", 100), ("bytes=0-", 0)])
def test_what_the_file_has_not_is_out_of_range(asked: str, size: int) -> None:
    with pytest.raises(OutOfRange):
        part_of(asked, size)


async def test_a_part_is_read_in_blocks(tmp_path: Path) -> None:
    content = bytes(range(256)) * (3 * BLOCK // 256)
    (tmp_path / "file").write_bytes(content)
    source = Source(tmp_path / "file")
    part = Part(begin=10, end=2 * BLOCK + 20, size=source.size)
    blocks = [block async for block in read(source, part)]
    assert b"".join(blocks) == content[10 : 2 * BLOCK + 20] and len(blocks) == 3
    source.close()
    with pytest.raises(ValueError, match="closed"):
        source.read_at(0, 1)


def test_a_file_without_a_name_is_there_for_its_readers_and_nobody_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"sound")
    first = Source(path, nameless=True)
    second = first.share()
    first.close()
    assert second.read_at(1, 3) == b"oun" and second.size == 5
    second.close()
    assert not path.exists()
