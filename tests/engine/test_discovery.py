from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import discovery
from engine.engine import engines
from engine.speech import Variant
from tests.engine.sines import SineEngine

FOLDER = {
    "__init__.py": "",
    "__main__.py": "raise RuntimeError('not to be imported')",
    "red_bird.py": "from engine.speech import Variant\nRED = Variant(key='red', name='Red')\nagain = RED\n",
    "blue_bird.py": "from engine.speech import Variant\nBLUE = Variant(key='blue', name='Blue')\n",
    "nest.py": "from engine.speech import Variant\nNEST = Variant(key='nest', name='Nest')\n",
}
PLUGIN = """
from engine.speech import Variant
from tests.engine.sines import SineEngine
GREEN = Variant(key='green', name='Green')
class GreenEngine(SineEngine):
    name = 'green'
"""


@pytest.fixture
def aviary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A package of its own, which finds no plugins of an earlier test."""
    name = f"aviary_{tmp_path.name}"
    folder = tmp_path / name
    folder.mkdir()
    for file, content in FOLDER.items():
        (folder / file).write_text(content)
    monkeypatch.syspath_prepend(tmp_path)
    discovery.plugins.cache_clear()
    yield name
    discovery.plugins.cache_clear()
    for module in [each for each in sys.modules if each.startswith(name)]:
        del sys.modules[module]


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A distribution that brings a module of its own."""
    name = f"plugin_{tmp_path.name}"
    (tmp_path / f"{name}.py").write_text(PLUGIN)
    info = tmp_path / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{discovery.GROUP}]\n{name} = {name}\n")
    monkeypatch.syspath_prepend(tmp_path)
    return name


def keys(found: list[Variant]) -> list[str]:
    return [variant.key for variant in found]


def test_what_the_modules_of_a_folder_declare_is_found_once_in_their_order(aviary: str) -> None:
    assert keys(discovery.values(Variant, aviary)) == ["blue", "nest", "red"]


def test_a_suffix_says_which_modules_count(aviary: str) -> None:
    assert keys(discovery.values(Variant, aviary, "_bird")) == ["blue", "red"]


def test_a_plugin_comes_in_by_the_same_door(plugin: str, aviary: str) -> None:
    assert keys(discovery.values(Variant, aviary, "_bird")) == ["blue", "red", "green"]
    assert [each.name for each in discovery.classes(SineEngine, aviary)] == ["green"]
    assert {"espeak", "green"} <= set(engines())


def test_a_plugin_that_cannot_be_loaded_is_named(plugin: str, aviary: str, tmp_path: Path) -> None:
    (tmp_path / f"{plugin}.py").write_text("import no_such_thing\n")
    sentence = (
        f"The plugin {plugin} (module {plugin}) cannot be loaded: No module named 'no_such_thing'. "
        "Mend it, or uninstall it."
    )
    with pytest.raises(discovery.PluginBroken, match=re.escape(sentence)):
        discovery.values(Variant, aviary)


def test_only_what_can_be_made_and_is_defined_there_is_a_class_of_it() -> None:
    assert "espeak" in engines() and "" not in engines()
    assert discovery.classes(SineEngine, "engine", "worker") == []
