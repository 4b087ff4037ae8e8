"""The engines in use, and the list of their speakers on disk."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from bot import engines
from bot.config import ConfigError
from bot.settings import Engine as Settings
from engine.engine import Engine, EngineMissing
from engine.engine_process import EngineProcess
from engine.espeak_engine import EspeakEngine
from engine.flite_library import FliteLibrary
from engine.speech import Speaker, Utterance, Variant

AUTO = Settings()
ONE = Speaker(engine="espeak", key="en-gb", name="English (Great Britain)", language="en-gb", sex="male")


@pytest.mark.parametrize("name", ["auto", "espeak"])
async def test_an_engine_speaks_by_its_name_or_by_itself(name: str, caplog: pytest.LogCaptureFixture) -> None:
    router = engines.router(Settings(name=name))
    await router.open()
    try:
        with caplog.at_level("INFO"):
            engines.report(router)
        assert "espeak" in router.abilities and "espeak" in caplog.text
        assert f"where nobody has chosen a voice: {router.choice.words()}" in caplog.text
    finally:
        await router.close()


async def test_an_engine_that_is_not_installed_is_no_error_and_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def missing() -> FliteLibrary:
        return FliteLibrary(lambda name: None)

    monkeypatch.setattr("engine.flite_engine.flite_library", missing)
    router = engines.router(AUTO)
    await router.open()
    try:
        with caplog.at_level("INFO"):
            engines.report(router)
        best = router.choice.best("en")
        assert best is not None and best.key == "en-gb"
        assert "flite does not speak: flite is not installed; `apt-get install flite`" in caplog.text
        assert "for it speaks nearly all of them. flite is not installed" in caplog.text
    finally:
        await router.close()


async def test_each_engine_has_a_folder_of_its_own_for_what_it_learns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[tuple[Path | None, Path | None]] = []

    def opened(self: EspeakEngine) -> None:
        found.append((self.home, self.models))
        raise EngineMissing("enough")

    monkeypatch.setattr(EspeakEngine, "open", opened)
    with pytest.raises(EngineMissing, match="enough"):
        await engines.router(Settings(name="espeak"), tmp_path / "speakers", tmp_path / "models").open()
    assert found[0] == (tmp_path / "speakers" / "espeak", tmp_path / "models")


def test_an_engine_that_there_is_not_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"There is no engine 'parrot' for engine\.name"):
        engines.router(Settings(name="parrot"))


def test_the_list_is_written_when_it_says_something_new(tmp_path: Path) -> None:
    engines.write_speakers(tmp_path, [ONE], {})
    file = tmp_path / engines.FILE
    (row,) = json.loads(file.read_text("utf-8"))
    assert row == {
        "engine": "espeak",
        "key": "en-gb",
        "name": ONE.name,
        "language": "en-gb",
        "sex": "male",
        "notes": "",
        "also": [],
        "licence": "",
    }
    os.utime(file, (0, 0))
    engines.write_speakers(tmp_path, [ONE], {})
    assert file.stat().st_mtime == 0
    engines.write_speakers(tmp_path, [ONE], {"espeak": [Variant(key="annie", name="Annie", sex="female")]})
    _, variant = json.loads(file.read_text("utf-8"))
    assert (variant["key"], variant["name"], variant["sex"]) == ("+annie", "Annie", "female")


async def test_an_engine_whose_model_nobody_has_brought_is_not_spoken_of(tmp_path: Path) -> None:
    assert "coqui" not in await tried(tmp_path)
    (tmp_path / "xtts").mkdir()
    (tmp_path / "xtts" / "config.json").write_text('{"model": "xtts"}')
    assert "coqui" in await tried(tmp_path)


async def tried(models: Path) -> set[str]:
    """Open the engines, and name those that speak and those of which it is told why they do not."""
    router = engines.router(AUTO, models=models)
    await router.open()
    await router.settle()
    await router.close()
    return {*router.abilities, *router.failures}


async def test_beside_an_engine_that_is_named_is_what_speaks_through_it_as_people_it_has_learned() -> None:
    for name in ("espeak", "flite"):
        router = engines.router(Settings(name=name))
        assert set(router.health()) == {name, "world"}
    router = engines.router(Settings(name="espeak"))
    await router.open()
    able = {name for name, abilities in router.abilities.items() if abilities.clones}
    assert able == {"world"} - set(router.failures)
    best = router.choice.any()
    assert best is not None and best.engine == "espeak"
    await router.close()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["coqui", "espeak"], ("coqui", "espeak")),
        ("coqui, espeak", ("coqui", "espeak")),
        (True, ("all",)),
        ("true", ("all",)),
        ("all", ("all",)),
        (False, ()),
        ("false", ()),
        ("", ()),
    ],
)
def test_which_engines_have_a_process_of_their_own_is_said_in_several_ways(
    given: object, expected: tuple[str, ...]
) -> None:
    assert Settings.of({"isolated": given}).isolated == expected


@pytest.mark.parametrize("isolated", ["espeak", "all"])
async def test_an_engine_has_a_process_of_its_own_where_that_is_set(
    isolated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def espeak_alone() -> dict[str, type[Engine]]:
        return {"espeak": EspeakEngine}

    monkeypatch.setattr(engines, "engines", espeak_alone)
    router = engines.router(Settings.of({"isolated": isolated}))
    assert "espeak" not in router.abilities
    await router.open()
    thread = router._workers["espeak"]._thread
    assert thread is not None and isinstance(thread.engine, EngineProcess)
    assert thread.engine.pid not in (None, os.getpid())
    assert (await router.say(Utterance(text="Hello.", engine="espeak", speaker="en-gb"), 0, 1)).seconds > 0.2
    await router.close()


def test_a_process_of_its_own_for_an_engine_that_there_is_not_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"There is no engine 'coqi' for engine\.isolated.*Did you mean coqui"):
        engines.router(Settings(isolated=("coqi",)))
