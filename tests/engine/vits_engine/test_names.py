"""The names of a model's speakers."""

from __future__ import annotations

import json
import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from engine.coqui_engine.layout import BadModel, read_folder
from engine.vits_engine.names import MOST, speaker_names

MANY: dict[str, object] = {"model": "vits", "model_args": {"use_speaker_embedding": True}}
FILED = MANY | {"speakers_file": "speaker_ids.pth"}


def names(folder: Path, config: dict[str, object]) -> dict[str, int]:
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    return dict(speaker_names(read_folder(folder)))


def test_a_model_of_one_speaker_has_no_names(tmp_path: Path) -> None:
    assert names(tmp_path, {"model": "vits", "model_args": {}, "speakers": ["somebody"]}) == {}


def test_names_may_stand_in_the_configuration(tmp_path: Path) -> None:
    assert names(tmp_path, MANY | {"speakers": ["Ada", "ED\n"]}) == {"Ada": 0, "ED": 1}


def test_names_may_lie_in_a_file_wherever_it_was_when_the_model_was_trained(tmp_path: Path) -> None:
    (tmp_path / "ids.json").write_text(json.dumps({"Ada": 1, "Bob": 0}), "utf-8")
    for path in ("ids.json", "/root/somewhere/ids.json", "C:\\training\\ids.json", "../../ids.json"):
        assert names(tmp_path, MANY | {"speakers_file": path}) == {"Ada": 1, "Bob": 0}


@pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
def test_names_may_lie_in_a_file_of_torchs(tmp_path: Path) -> None:
    import torch

    torch.save({"Ada": 0, "Bob": 1}, tmp_path / "speaker_ids.pth")
    assert names(tmp_path, FILED) == {"Ada": 0, "Bob": 1}


@pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
def test_such_a_file_is_read_once_also_where_its_folder_was_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    (tmp_path / "first").mkdir()
    torch.save({"Ada": 0}, tmp_path / "first" / "speaker_ids.pth")
    assert names(tmp_path / "first", FILED) == {"Ada": 0}
    copied = shutil.copytree(tmp_path / "first", tmp_path / "copied", copy_function=shutil.copyfile)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))
    assert names(tmp_path / "first", FILED) == names(copied, FILED) == {"Ada": 0}


@pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
@pytest.mark.parametrize(("name", "by"), [("Bob", 1_000_000), ("Bob", -1_000_000), ("Bob" * 99, 0)])
def test_it_is_read_again_where_another_took_its_place(tmp_path: Path, name: str, by: int) -> None:
    import torch

    file = tmp_path / "speaker_ids.pth"
    torch.save({"Ada": 0}, file)
    assert names(tmp_path, FILED) == {"Ada": 0}
    other = file.stat().st_mtime_ns + by
    torch.save({name: 0}, file)
    os.utime(file, ns=(other, other))
    assert list(names(tmp_path, FILED).values()) == [0] and "Ada" not in names(tmp_path, FILED)


@pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
@pytest.mark.parametrize("kept", ['{"origin": "', '{"Bob": 0}', "[]", '{"origin": "1 2 3", "names": {"Bob": 0}}', "{}"])
def test_what_was_kept_half_or_without_a_mark_is_not_believed(tmp_path: Path, kept: str) -> None:
    import torch

    file, beside = tmp_path / "speaker_ids.pth", tmp_path / "speaker_ids.pth.json"
    torch.save({"Ada": 0}, file)
    beside.write_text(kept, "utf-8")
    written = file.stat().st_mtime_ns
    os.utime(beside, ns=(written, written))  # as Mynah once marked what it kept
    assert names(tmp_path, FILED) == {"Ada": 0}


class Trap:
    """Makes a folder when it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self._folder),)


@pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
def test_code_in_such_a_file_is_not_run(tmp_path: Path) -> None:
    import torch

    torch.save({"Ada": Trap(tmp_path / "trapped")}, tmp_path / "speaker_ids.pth")
    with pytest.raises(BadModel, match="cannot be read safely"):
        names(tmp_path, FILED)
    assert not (tmp_path / "trapped").exists()


@pytest.mark.parametrize(
    "held",
    ['{"Ada": "0"}', '{"Ada": -1}', '{"Ada": true}', '{" ": 0}', "[]", "{}", "{", '{"Ada": {"embedding": [1]}}'],
)
def test_what_are_no_names_is_said(tmp_path: Path, held: str) -> None:
    (tmp_path / "ids.json").write_text(held, "utf-8")
    with pytest.raises(BadModel, match=r"ids\.json"):
        names(tmp_path, MANY | {"speakers_file": "ids.json"})


def test_too_many_names_or_none_are_said(tmp_path: Path) -> None:
    with pytest.raises(BadModel, match="no names of speakers"):
        names(tmp_path, MANY | {"speakers": [str(number) for number in range(MOST + 1)]})
    with pytest.raises(BadModel, match="no list of their names"):
        names(tmp_path, MANY)
