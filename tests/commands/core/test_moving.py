"""Files get the names that last, or none of them does."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands.core.moving import Moves


def made(folder: Path, *names: str) -> list[Path]:
    for name in names:
        (folder / name).write_text(name)
    return [folder / name for name in names]


def test_files_go_where_they_belong_in_folders_that_were_not_there(tmp_path: Path) -> None:
    first, second = made(tmp_path, "one", "two")
    Moves().make([(first, tmp_path / "a/b/1"), (second, tmp_path / "a/c/2")])
    assert ((tmp_path / "a/b/1").read_text(), (tmp_path / "a/c/2").read_text()) == ("one", "two")
    assert not first.exists() and not second.exists()


def test_what_was_moved_before_one_failed_can_be_put_back(tmp_path: Path) -> None:
    first, second = made(tmp_path, "one", "two")
    moves = Moves()
    with pytest.raises(FileNotFoundError):
        moves.make([(first, tmp_path / "a/1"), (tmp_path / "gone", tmp_path / "a/2"), (second, tmp_path / "a/3")])
    moves.undo()
    moves.undo()
    assert (first.read_text(), second.read_text()) == ("one", "two")
    assert not list((tmp_path / "a").iterdir())
