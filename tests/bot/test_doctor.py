"""The doctor says of each part whether it is well, and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot import doctor, engines, platforms
from bot.adapter import Adapter, Finding
from bot.config import load
from bot.models import shelf
from engine.espeak_engine import EspeakEngine
from engine.identity import weights as encoder_weights
from storage.folder import Folder
from tests.bot.models.test_shelf import put
from tests.fakes.durable import DurableAdapter
from tests.fakes.learner import Learner


async def told(tmp_path: Path, **settings: str) -> list[tuple[str, str, str]]:
    """What the doctor says: part, state and words."""
    env = {"MYNAH_DATA": str(tmp_path / "data"), "MYNAH_ENGINE__NAME": "espeak", "MYNAH_FILES__LEAST_FREE_MB": "1"}
    given = {f"MYNAH_{name.upper()}": value for name, value in settings.items()}
    found = [each async for each in doctor.examine(load(None, {**env, **given}, tmp_path))]
    return [(each.part, each.finding.state, each.finding.words) for each in found]


async def test_a_mynah_that_is_well_is_told_so_part_by_part(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    said = await told(tmp_path)
    assert {part for part, _, _ in said} == {"settings", "data", "voices", "models", "discord", "telegram", "web"}
    assert {state for _, state, _ in said} == {"good", "note"}
    assert ("discord", "note", "It is not set up; docs/discord.md tells how.") in said


def test_where_to_read_on_is_really_there() -> None:
    root = Path(__file__).resolve().parents[2]
    assert (root / "docs/discord.md").is_file() and (root / "docs/telegram.md").is_file()


async def test_a_mynah_that_runs_is_left_alone(tmp_path: Path) -> None:
    held = Folder.take(tmp_path / "data")
    try:
        said = await told(tmp_path)
        assert ("data", "note", f"It is in {tmp_path / 'data'}; Mynah is running on it now.") in said
    finally:
        held.release()


async def test_a_disk_without_room_and_a_folder_that_is_a_file_are_not_well(tmp_path: Path) -> None:
    full = await told(tmp_path, files__least_free_mb="9999999")
    assert next(words for _, state, words in full if state == "bad").endswith("set files.least_free_mb lower.")
    (tmp_path / "file").write_text("")
    broken = await told(tmp_path, data=str(tmp_path / "file"))
    assert [(part, state) for part, state, _ in broken if state == "bad"] == [("data", "bad")]


async def test_an_open_folder_is_noted(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data").chmod(0o755)
    assert any("chmod 700" in words for _, _, words in await told(tmp_path))


async def test_a_platform_says_itself_what_is_wrong_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Ill(DurableAdapter):
        name = "discord"

        @classmethod
        async def examine(cls, section: object) -> Sequence[Finding]:
            return [Finding(state="bad", words="It has a cold.")]

    monkeypatch.setattr(platforms, "find", lambda name: Ill)
    said = await told(tmp_path, discord__token="x")
    assert ("discord", "bad", "It has a cold.") in said


@pytest.mark.parametrize(
    ("fault", "words"),
    [(ImportError("no", name="discord"), "(discord)"), (TimeoutError(), "network of this machine")],
)
async def test_a_platform_that_cannot_be_asked_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception, words: str
) -> None:
    def find(name: str) -> type[Adapter] | None:
        raise fault

    monkeypatch.setattr(platforms, "find", find)
    said: list[Any] = [each for each in await told(tmp_path, discord__token="x") if each[0] == "discord"]
    assert said[0][1] == "bad" and words in said[0][2]


@pytest.mark.parametrize(
    ("learns", "weights", "state", "words"),
    [
        (False, True, "note", "No engine here learns voices"),
        (True, False, "note", "pip install --no-deps resemblyzer"),
        (True, True, "good", "learner can learn voices from recordings."),
    ],
)
async def test_it_says_whether_voices_can_be_made_of_recordings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, learns: bool, weights: bool, state: str, words: str
) -> None:
    kinds = {"espeak": EspeakEngine, **({"learner": Learner} if learns else {})}
    monkeypatch.setattr(engines, "engines", lambda: kinds)
    monkeypatch.setattr(encoder_weights, "find", lambda: tmp_path if weights else None)
    found = await told(tmp_path, engine__name="auto")
    assert any(part == "voices" and how == state and words in said for part, how, said in found)


async def test_it_says_which_models_are_here_and_what_is_wrong_with_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def models(**settings: str) -> list[tuple[str, str]]:
        return [(how, said) for part, how, said in await told(tmp_path, **settings) if part == "models"]

    assert [how for how, _ in await models()] == ["note"]
    monkeypatch.setattr(shelf, "NEEDED", ())
    folder = tmp_path / "data" / "models"
    put(folder / "ada")
    put(folder / "bob", "vocab.json")
    (folder / "config.json").write_text("{}")
    (folder / ".pull" / "xtts_v2").mkdir(parents=True)
    (folder / ".pull" / "xtts_v2" / "model.pth.part").write_bytes(bytes(50))
    monkeypatch.setattr(engines, "engines", lambda: {"espeak": EspeakEngine})
    (astray, first, second, partial) = await models(engine__name="auto")
    assert astray[0] == second[0] == "bad" and "lacks vocab.json" in second[1]
    assert first[0] == "good" and first[1].startswith("ada is here (")
    assert partial == ("note", "Of xtts_v2 50 bytes have come; 'mynah models pull xtts_v2' goes on from there.")
    (_, first, *_) = await models(engine__name="espeak")
    assert first[0] == "note" and "is not spoken with: engine.name is espeak." in first[1]
