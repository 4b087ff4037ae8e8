"""What stops `mynah` before it has done anything is said in words, with what a person can do about it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli_adapter import main as terminal

ROOT = Path(__file__).parents[3]


@pytest.fixture
def broken_plugin(tmp_path: Path) -> Path:
    """A folder with a distribution whose module cannot be imported."""
    (tmp_path / "mynah_greet.py").write_text("import no_such_thing\n")
    info = tmp_path / "mynah_greet-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: mynah-greet\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[mynah.plugins]\ngreet = mynah_greet\n")
    return tmp_path


def mynah(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(folder), "MYNAH_DATA": str(folder / "data")}
    return subprocess.run(
        [sys.executable, "-m", "bot", *words], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60
    )


def test_a_broken_plugin_is_named(broken_plugin: Path) -> None:
    done = mynah(broken_plugin, "--help")
    assert done.returncode == 1 and done.stdout == ""
    assert " ".join(done.stderr.split()) == (
        "The plugin greet (module mynah_greet) cannot be loaded: No module named 'no_such_thing'. "
        "Mend it, or uninstall it."
    )


def test_a_program_is_told_of_a_broken_plugin_as_json(broken_plugin: Path) -> None:
    done = mynah(broken_plugin, "about", "--json")
    assert done.returncode == 1 and done.stderr == ""
    told = json.loads(done.stdout)
    assert told["error"] == "PluginBroken" and "The plugin greet" in told["message"]


def stumble(*_: object) -> None:
    raise RuntimeError("a stone")


def test_without_a_log_none_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(terminal, "read", stumble)
    assert terminal.main(["about"]) == 1
    said = capsys.readouterr().err
    assert "RuntimeError: a stone" in said and "log" not in said


@pytest.mark.parametrize("log", ["file", "stderr"])
def test_the_log_is_named_where_it_lies_and_only_if_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], log: str
) -> None:
    monkeypatch.setattr(terminal, "_work", stumble)
    monkeypatch.setenv("MYNAH_DATA", str(tmp_path))
    monkeypatch.setenv("MYNAH_MYNAH__LOG", log)
    assert terminal.main(["about"]) == 1
    named = f"Its log ({tmp_path / 'mynah.log'}) has more." in capsys.readouterr().err
    assert named == (tmp_path / "mynah.log").is_file() == (log == "file")
