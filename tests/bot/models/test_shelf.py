"""The list of models tells what is here, what of it speaks, and what can be had."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.models import shelf as module
from bot.models.pull import ASIDE
from bot.models.shelf import Item, arrived, came_later, holder, shelf, silent
from engine.catalogue import published
from engine.model_folders import installed
from storage.folder import Folder
from tests.fakes.mirror import xtts_files


@pytest.fixture
def able(monkeypatch: pytest.MonkeyPatch) -> None:
    """What speaks with models is installed."""
    monkeypatch.setattr(module, "why_silent", lambda: "")


def put(folder: Path, *without: str) -> Path:
    folder.mkdir(parents=True)
    for name, content in xtts_files().items():
        if name not in without:
            (folder / name).write_bytes(content)
    return folder


def named(models: Path, name: str) -> Item:
    return next(item for item in shelf(models, "auto") if item.name == name)


def test_a_model_that_came_after_the_start_is_known_as_such(tmp_path: Path) -> None:
    mine = put(tmp_path / "models" / "mine")
    assert not came_later(mine, tmp_path)  # nothing was started
    held = Folder.take(tmp_path)
    try:
        elsewhere = mine.rename(tmp_path / "elsewhere")
        came = elsewhere.stat().st_ctime_ns
        os.utime(tmp_path / "mynah.lock", ns=(came, came))
        mine = elsewhere.rename(mine)
        assert came_later(mine, tmp_path), "moved there after the start"
        came = max(mine.stat().st_ctime_ns, (mine / "config.json").stat().st_ctime_ns)
        for started, later in ((came - 1, True), (came, False), (came + 1, False)):
            os.utime(tmp_path / "mynah.lock", ns=(started, started))
            assert came_later(mine, tmp_path) is later
    finally:
        held.release()
    (mine / "config.json").unlink()
    assert not came_later(mine, tmp_path)


def test_without_any_everything_that_can_be_had_is_told(tmp_path: Path) -> None:
    items = shelf(tmp_path / "models", "auto")
    assert [item.name for item in items] == list(published())
    assert {item.state for item in items} == {"published"}
    first = items[0]
    assert (first.name, first.clones, first.asks, len(first.languages)) == ("xtts_v2", True, True, 17)


def test_what_is_here_comes_first_and_what_is_coming_next(tmp_path: Path) -> None:
    put(tmp_path / "zoe")
    part = tmp_path / ASIDE / "fr-css10-vits"
    part.mkdir(parents=True)
    (part / "a.zip.part").write_bytes(bytes(50))
    (part / "a.zip.note").write_bytes(bytes(7))
    items = shelf(tmp_path, "auto")
    assert [(item.name, item.state, item.part) for item in items[:2]] == [
        ("zoe", "installed", 0),
        ("fr-css10-vits", "partial", 50),
    ]
    assert (items[0].title, items[0].languages, items[0].licence) == ("a folder of your own", ("en", "de"), "")
    assert arrived(tmp_path, "nothing") == 0


def test_a_wrong_one_is_told_with_its_reason(tmp_path: Path, able: None) -> None:
    put(tmp_path / "ada", "vocab.json")
    item = named(tmp_path, "ada")
    assert (item.state, item.silent) == ("wrong", "something is wrong with it") and "lacks vocab.json" in item.wrong


def test_mynah_speaks_with_the_first_xtts_where_its_engine_is_wanted(tmp_path: Path, able: None) -> None:
    put(tmp_path / "a", "vocab.json")
    put(tmp_path / "ada")
    put(tmp_path / "bob")
    for engine in ("auto", "coqui"):
        reasons = silent(installed(tmp_path), engine)
        assert (reasons["ada"], reasons["bob"]) == ("", "ada comes before it")
    assert silent(installed(tmp_path), "espeak")["ada"] == "engine.name is espeak"


def test_a_family_that_no_engine_speaks_with_is_told(
    tmp_path: Path, able: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "ada")
    monkeypatch.setattr(module, "engines", dict)
    assert named(tmp_path, "ada").silent == "there is no engine for xtts here"


def test_nothing_speaks_without_what_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "ada")
    monkeypatch.setattr(module, "NEEDED", ("no_such_module",))
    assert named(tmp_path, "ada").silent.startswith("no_such_module is not installed; pip install")


def test_who_holds_a_data_folder_is_told(data: Path) -> None:
    assert holder(data) == ""
    folder = Folder.take(data)
    assert holder(data) != ""
    folder.release()
    assert holder(data) == ""
