"""bot → commands → storage and engine: no import goes up, and what is heavy comes late."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.source import FOLDERS, ROOT, TOOLS, Import, Source, sources

EVERYONES = ("engine.speech", "engine.discovery", "engine.value")
"""Everyone may import these, so they import nothing of ours."""
BELOW = {
    "bot": ("bot", "commands", "engine", "storage"),
    "commands": ("commands", "engine", "storage"),
    "storage": ("storage", *EVERYONES),
    "engine": ("engine",),
}
"""What the files of each folder may import of ours."""
FREE = tuple(f"{module.replace('.', '/')}.py" for module in EVERYONES)
"""The files of these."""
OURS = (*FOLDERS, *TOOLS, "tests")
CHATS = ("discord", "telegram")
HEAVY = ("torch", "torchaudio", "TTS")


def broken(source: Source) -> Iterator[str]:
    """Say what a file imports against the rules."""
    for found in source.imports:
        if reason := why_not(source.place, found):
            yield f"{source.place}:{found.line} imports {found.name}: {reason}"


def why_not(place: str, found: Import) -> str:
    """Say why a file must not import this; empty where it may."""
    folder, _, rest = place.partition("/")
    in_adapter = folder == "bot" and rest.split("/")[0].removesuffix(".py").endswith("_adapter")
    if found.within(*OURS) and not found.within(*BELOW[folder]):
        return f"{folder} must not know it"
    if found.within(*OURS) and place in FREE:
        return "everyone may import this file, so it imports nothing of ours"
    if place.startswith("commands/core/") and found.within("commands") and not found.within("commands.core"):
        return "what every command is made of knows no command"
    if found.within(*CHATS) and not in_adapter:
        return "chat libraries belong in bot/*_adapter"
    if found.within(*HEAVY) and not is_engine(place):
        return "only the engine that needs it imports it"
    if found.within(*HEAVY) and found.at_import and not is_inside(place):
        return "an engine imports what is heavy when it opens, not when it is imported"
    return ""


def is_inside(place: str) -> bool:
    """Whether it is a part of an engine that is a folder, which the engine imports when it opens."""
    return is_engine(place) and place.count("/") > 1 and not place.endswith("/__init__.py")


def is_engine(place: str) -> bool:
    folder, _, rest = place.partition("/")
    return folder == "engine" and rest.split("/")[0].removesuffix(".py").endswith("_engine")


def test_no_file_imports_what_its_folder_must_not_know() -> None:
    found = [line for source in sources(*FOLDERS) for line in broken(source)]
    assert not found, "\n" + "\n".join(found)


def test_every_folder_is_read() -> None:
    read = {source.place.split("/")[0] for source in sources(*FOLDERS)}
    assert read == set(FOLDERS)


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("storage/jobs.py", "from commands.core.reply import Reply"),
        ("storage/jobs.py", "import engine.audio"),
        ("storage/jobs.py", "from engine import audio"),
        ("engine/audio.py", "from storage import clock"),
        ("engine/speech.py", "from engine.audio import check"),
        ("engine/speech.py", "from . import audio"),
        ("engine/discovery.py", "def late():\n    import bot.app"),
        ("engine/value.py", "from engine.speech import Timing"),
        ("commands/speak.py", "import bot"),
        ("commands/speak.py", "if TYPE_CHECKING:\n    from bot.desk import Desk"),
        ("commands/speak.py", "import importlib\nimportlib.import_module('bot.desk')"),
        ("commands/core/request.py", "from commands.speak import speak"),
        ("commands/core/request.py", "from .. import speak"),
        ("bot/runner.py", "import discord.ext.commands"),
        ("bot/runner.py", "def late():\n    from telegram import Bot"),
        ("bot/app.py", "from tests.fakes import durable"),
        ("bot/app.py", "import bench.measure"),
        ("engine/coqui_engine.py", "import torch"),
        ("engine/coqui_engine/__init__.py", "import torch"),
        ("engine/audio.py", "def late():\n    import torch"),
        ("commands/clone.py", "def late():\n    from TTS.api import TTS"),
    ],
)
def test_an_import_that_breaks_the_layers_is_found(tmp_path: Path, place: str, line: str) -> None:
    assert list(broken(written(tmp_path, place, line)))


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("storage/jobs.py", "from engine.speech import Speaker\nfrom engine.discovery import values"),
        ("commands/speak.py", "from engine.text.sentences import sentences\nfrom storage import voices"),
        ("bot/discord_adapter/client.py", "import discord"),
        ("bot/telegram_adapter.py", "from telegram.ext import Application"),
        ("engine/coqui_engine/gpt.py", "import torch"),
        ("engine/coqui_engine.py", "class Coqui:\n    def open(self):\n        import torch"),
        ("engine/coqui_engine.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch"),
    ],
)
def test_an_import_that_keeps_to_the_layers_is_let_be(tmp_path: Path, place: str, line: str) -> None:
    assert not list(broken(written(tmp_path, place, line)))


def written(root: Path, place: str, text: str) -> Source:
    path = root / place
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return Source(path, root)


@pytest.mark.parametrize("module", ["bot.app", "bot.__main__"])
def test_the_program_starts_without_what_is_heavy(module: str) -> None:
    assert heavy_after(f"import {module}") == []


def test_every_command_and_table_is_found_without_what_is_heavy() -> None:
    assert (
        heavy_after(
            "from commands.core.command import commands; from storage.table import tables; "
            "assert commands() and tables()"
        )
        == []
    )


def test_every_engine_is_found_without_what_is_heavy() -> None:
    assert heavy_after("from engine.engine import engines; assert 'coqui' in engines()") == []


def heavy_after(code: str) -> list[str]:
    """Name what is heavy and was imported when a fresh Python has run the code."""
    names = [*HEAVY, *CHATS, "scipy"]
    look = f"{code}; import sys, json; print(json.dumps([n for n in {names!r} if n in sys.modules]))"
    ran = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return list(json.loads(ran.stdout))
