"""Of which file something was made is known after copies and backups, and no other file is taken for it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from engine.origin import about, is_of, mark

NOON = 1_700_000_000_000_000_000
"""When the file was written, in ns."""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return written(tmp_path / "model.pth", b"0123")


def written(file: Path, content: bytes, at: int = NOON) -> Path:
    file.write_bytes(content)
    os.utime(file, ns=(at, at))
    return file


def test_what_was_made_of_a_file_is_of_it(source: Path) -> None:
    assert is_of(mark(source), source)


def test_a_file_of_the_same_size_and_time_is_not_read_again(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = mark(source)
    monkeypatch.setattr("hashlib.file_digest", None)
    assert is_of(told, source)


@pytest.mark.parametrize(
    ("content", "at"),
    [(b"4567", NOON + 1), (b"4567", NOON - 1), (b"01234", NOON), (b"012", NOON), (b"", NOON), (b"01234", NOON - 1)],
)
def test_whatever_else_takes_its_place_is_another(source: Path, content: bytes, at: int) -> None:
    told = mark(source)
    assert not is_of(told, written(source, content, at))


@pytest.mark.parametrize("at", [NOON + 1, NOON - 1, NOON // 10**9 * 10**9, 0])
def test_a_copy_is_the_same_file_whatever_became_of_its_time(source: Path, tmp_path: Path, at: int) -> None:
    other = tmp_path / "restored.pth"
    shutil.copyfile(source, other)
    os.utime(other, ns=(at, at))
    assert is_of(mark(source), other)


@pytest.mark.parametrize("told", [None, "", 4, {}, ["4"], "4", "4 ", f"4  {NOON}", "model.pth"])
def test_what_is_no_mark_is_of_no_file(source: Path, told: object) -> None:
    assert not is_of(told, source)


def test_safetensors_say_what_they_are_made_of(tmp_path: Path) -> None:
    import numpy as np
    from safetensors.numpy import save_file

    safe = tmp_path / "model.safetensors"
    assert about(safe) is None
    save_file({"a": np.zeros(3, np.float32)}, safe)
    assert about(safe) == {}
    save_file({"a": np.zeros(3, np.float32)}, safe, {"made_of": "model.pth"})
    assert about(safe) == {"made_of": "model.pth"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x01",
        b"\xff" * 8,
        b"\x05" + bytes(7) + b'{"a"',
        b"\x02" + bytes(7) + b"[]",
        (16).to_bytes(8, "little") + b'{"__metadata__":' + b"1",
        (18).to_bytes(8, "little") + b'{"__metadata__":1}',
        (100_000).to_bytes(8, "little") + b"[" * 100_000,
        b"\x01" + bytes(7) + b"\xff",
    ],
)
def test_what_are_no_safetensors_say_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.safetensors").write_bytes(content)
    assert about(tmp_path / "model.safetensors") is None


def test_what_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="directory"):
        about(tmp_path)
