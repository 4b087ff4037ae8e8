"""What was made is played where a player is, and nobody is bothered where none is."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import pytest

from bot.cli_adapter.play import Playlist, players

WRITES = (sys.executable, "-c", "import sys; open(sys.argv[1] + '.played', 'a').write('x')")
FAILS = (sys.executable, "-c", "raise SystemExit(1)")
WAITS = (sys.executable, "-c", "import sys, time; open(sys.argv[1] + '.began', 'w'); time.sleep(60)")


async def until(file: Path) -> None:
    """Wait until a player has made the file."""
    await asyncio.to_thread(_wait_for, file)


def _wait_for(file: Path) -> None:
    deadline = time.monotonic() + 10
    while not file.exists():
        assert time.monotonic() < deadline, f"{file.name} never came"
        time.sleep(0.01)


async def test_files_are_played_one_after_another(tmp_path: Path) -> None:
    playlist = Playlist([WRITES])
    for name in ("a", "b"):
        playlist.add(tmp_path / name)
    await until(tmp_path / "b.played")
    assert (tmp_path / "a.played").exists()
    await playlist.close()


async def test_a_player_that_cannot_is_passed_over(tmp_path: Path) -> None:
    playlist = Playlist([("/no/such/player",), FAILS, WRITES])
    playlist.add(tmp_path / "a")
    await until(tmp_path / "a.played")
    await playlist.close()


async def test_without_a_player_nothing_happens(tmp_path: Path) -> None:
    playlist = Playlist([])
    playlist.add(tmp_path / "a")
    assert not playlist.playing
    await playlist.close()


async def test_hushing_stops_what_is_heard_and_what_waits_but_not_what_comes_later(tmp_path: Path) -> None:
    playlist = Playlist([WAITS])
    playlist.add(tmp_path / "a")
    playlist.add(tmp_path / "b")
    await until(tmp_path / "a.began")
    assert playlist.playing
    playlist.hush()
    playlist.add(tmp_path / "c")
    await until(tmp_path / "c.began")
    assert not (tmp_path / "b.began").exists()
    await playlist.close()
    assert not playlist.playing


def test_players_are_those_that_are_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows plays by itself")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert players() == []
    (tmp_path / "aplay").write_text("#!/bin/sh\n")
    (tmp_path / "aplay").chmod(0o755)
    assert players() == [("aplay", "-q")]
