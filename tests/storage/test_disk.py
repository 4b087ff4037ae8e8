"""A crash leaves a file whole or not there, and what the disk refuses is told in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage import disk
from storage.errors import FolderReadOnly, NoRoom


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    disk.write(tmp_path / "voices.json", b"[1]")
    disk.write(tmp_path / "voices.json", b"[1, 2]")
    assert (tmp_path / "voices.json").read_bytes() == b"[1, 2]"
    assert [file.name for file in tmp_path.iterdir()] == ["voices.json"]


def test_a_part_that_a_killed_process_left_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "key.part").write_bytes(b"half")
    disk.write(tmp_path / "key", b"whole")
    assert (tmp_path / "key").read_bytes() == b"whole"


def test_settling_replaces_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "part").write_bytes(b"new")
    (tmp_path / "final").write_bytes(b"old")
    disk.settle(tmp_path / "part", tmp_path / "final")
    assert (tmp_path / "final").read_bytes() == b"new"
    assert not (tmp_path / "part").exists()


@pytest.mark.parametrize(("error", "told"), [(OSError(28, "full"), NoRoom), (OSError(30, "ro"), FolderReadOnly)])
def test_what_the_disk_refuses_is_told_in_words(tmp_path: Path, error: OSError, told: type[Exception]) -> None:
    with pytest.raises(told, match=tmp_path.name), disk.in_words(tmp_path):
        raise error
