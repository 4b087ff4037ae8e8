"""The recipes of CONTRIBUTING.md: each file, as it stands there, is put into a copy of the tree and proves itself."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.pages import blocks
from tests.house.source import FOLDERS, ROOT

RECIPES = {block.title: block.text for block in blocks(ROOT / "CONTRIBUTING.md") if block.language == "python"}
NORWEGIAN = {
    "Den 17. mai 1814 kl. 10:30, f.eks. 3,50 kr.": (
        "Den syttende mai attenhundre og fjorten klokken ti tretti, for eksempel tre kroner femti øre."
    ),
    "Dr. Hansen leste nr. 5, s. 12, den 4.5.2026.": (
        "Doktor Hansen leste nummer fem, side tolv, den fjerde mai to tusen og tjueseks."
    ),
    "Harald V hadde 21 % av 2 000 GB, 1 kr": ("Harald den femte hadde tjueén prosent av to tusen gigabyte, én krone"),
}
"""What is written in Norwegian, and what is to be said for it."""
PATIENCE = 30.0
"""Seconds after which something that should have happened counts as not happening."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree, in which Python compiles each file once for all tests."""
    folder = tmp_path_factory.mktemp("tree")
    for part in (*FOLDERS, "tests"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", "house", "recipes"))
    shutil.copy2(ROOT / "pyproject.toml", folder)
    return folder


@pytest.fixture
def tree(copy: Path) -> Iterator[Path]:
    """The copy without any recipe, with a data folder of its own."""
    before = set(copy.iterdir())
    (copy / "config.toml").write_text("[mynah]\n")
    yield copy
    for place in RECIPES:
        (copy / place).unlink(missing_ok=True)
    for left in set(copy.iterdir()) - before:
        shutil.rmtree(left) if left.is_dir() else left.unlink()


def add(tree: Path, place: str) -> None:
    assert not (tree / place).exists()
    (tree / place).write_text(RECIPES[place], encoding="utf-8")


def python(folder: Path, *arguments: str, plugins: Path | None = None) -> str:
    """Run Python in a folder and return what it printed; nothing of this checkout is in its way."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment(folder, plugins),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def environment(folder: Path, plugins: Path | None = None) -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MYNAH_", "PYTHON", "PYTEST"))}
    path = os.pathsep.join(str(each) for each in (folder, plugins) if each)
    known = str(ROOT / ".hypothesis")  # what hypothesis works out of Unicode takes seconds, and is the same there
    return {**env, "PYTHONPATH": path, "HYPOTHESIS_STORAGE_DIRECTORY": known}


def check_contract(tree: Path, suite: str, name: str) -> None:
    """Run what a contract suite says of one thing, and of all things together."""
    (tree / "only.py").write_text(ONLY.format(name=name))
    told = python(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "only", f"tests/contract/{suite}.py")
    assert re.search(r"^kept [1-9]\d* of it$", told, re.MULTILINE), f"{suite} does not look at {name}"


ONLY = """
def pytest_collection_modifyitems(items):
    of_it = [item for item in items if "[{name}" in item.nodeid]
    items[:] = of_it + [item for item in items if "[" not in item.nodeid]
    print("kept", len(of_it), "of it")
"""
"""A plugin that leaves out of a suite what it says of other things."""


def test_every_recipe_is_tried_here() -> None:
    assert set(RECIPES) == {
        "commands/greet.py",
        "bot/folder_adapter.py",
        "engine/tone_engine.py",
        "storage/favourites.py",
        "engine/text/languages/nb.py",
    }


def test_the_recipes_keep_to_the_style(tree: Path) -> None:
    for place in RECIPES:
        add(tree, place)
    assert "All checks passed" in python(tree, "-m", "ruff", "check", "--no-cache", *RECIPES)
    assert "already formatted" in python(tree, "-m", "ruff", "format", "--no-cache", "--check", *RECIPES)


def test_the_recipes_are_typed(tree: Path) -> None:
    for place in RECIPES:
        add(tree, place)
    assert "no issues found" in python(tree, "-m", "mypy", "--cache-dir", str(ROOT / ".mypy_cache"), *RECIPES)


def test_a_command_is_one_file(tree: Path) -> None:
    add(tree, "commands/greet.py")
    check_contract(tree, "test_commands", "greet")
    assert python(tree, "-m", "bot", "greet", "Ada").strip() == "Hello, Ada!"
    assert "Say hello to somebody." in python(tree, "-m", "bot", "--help")


def test_an_engine_is_one_file(tree: Path) -> None:
    add(tree, "engine/tone_engine.py")
    check_contract(tree, "test_engines", "tone")
    (tree / "config.toml").write_text('[mynah]\n[engine]\nname = "tone"\n[speech]\ndefault_voice = "tone"\n')
    said = json.loads(python(tree, "-m", "bot", "speak", "Five words of plain beeping.", "--json"))
    assert said["engine"] == "tone"
    assert said["seconds"] == pytest.approx(24 * 0.05, abs=0.05)


def test_a_table_is_one_file(tree: Path) -> None:
    add(tree, "storage/favourites.py")
    check_contract(tree, "test_tables", "favourites")


def test_a_language_is_one_file(tree: Path) -> None:
    date = "Den 17. mai 1814 kl. 10:30, f.eks. 3,50 kr."
    assert read_aloud(tree, date) != NORWEGIAN[date]
    add(tree, "engine/text/languages/nb.py")
    python(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/engine/text/test_grammar.py", "-k", "nb")
    assert {written: read_aloud(tree, written) for written in NORWEGIAN} == NORWEGIAN


def read_aloud(tree: Path, text: str) -> str:
    told = json.loads(python(tree, "-m", "bot", "lexicon", "try", text, "--language", "nb", "--json"))
    return " ".join(sentence["spoken"] for sentence in told["items"])


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX signal")
def test_a_platform_is_one_file(tree: Path) -> None:
    add(tree, "bot/folder_adapter.py")
    post = tree / "post"
    (tree / "config.toml").write_text(f'[mynah]\n[folder]\npath = "{post}"\n')
    post.mkdir()
    (post / "hello.txt").write_text("Hello from a folder.")
    (post / "blank.txt").write_text("   ")
    running = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        cwd=tree,
        env=environment(tree),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(running, post / "hello.answer", post / "blank.answer")
    finally:
        running.terminate()
        _, log = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0, log
    with wave.open(str(post / "hello.wav")) as sound:
        assert sound.getnframes() > sound.getframerate() / 2
    assert "nothing to say" in (post / "blank.answer").read_text()
    assert not (post / "blank.wav").exists()
    assert not list(post.glob("*.txt"))


def wait_for(running: subprocess.Popen[str], *files: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not all(file.exists() and file.read_text() for file in files):
        assert running.poll() is None, "Mynah ended by itself"
        assert time.monotonic() < deadline, f"no {' and '.join(f.name for f in files if not f.exists())}"
        time.sleep(0.05)


def test_a_plugin_comes_in_by_the_same_door(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    plugins = tmp_path_factory.mktemp("plugins")
    told = plugins / "mynah_more-1.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: mynah-more\nVersion: 1\n")
    names = {place: f"more_{Path(place).stem}" for place in RECIPES}
    (told / "entry_points.txt").write_text("[mynah.plugins]\n" + "".join(f"{n} = {n}\n" for n in names.values()))
    for place, name in names.items():
        (plugins / f"{name}.py").write_text(RECIPES[place])
    look = (
        "from bot import platforms; from commands.core.command import commands; from engine.engine import engines; "
        "from storage.table import tables; from engine.text.expansion import expand; "
        "print('greet' in commands(), platforms.exists('folder'), 'tone' in engines(), "
        "'favourites' in {t.name for t in tables()}, expand('kl. 10', 'nb')[0].spoken)"
    )
    assert python(tree, "-c", look, plugins=plugins).split() == [*["True"] * 4, "klokken"]
    assert python(tree, "-m", "bot", "greet", "Ada", plugins=plugins).strip() == "Hello, Ada!"
