"""`mynah clone`: examined, agreed to by the host's word, and made, in one go."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import bot.engines
from bot.cli_adapter.clone import STATEMENTS, Cloning, vouch
from bot.cli_adapter.parser import read
from bot.cli_adapter.progress import Bar
from bot.cli_adapter.render import Renderer
from bot.config import Loaded, load
from commands.core.command import commands
from engine.espeak_engine import EspeakEngine
from storage import clones, consents, identities
from storage.database import Database, Transaction
from tests.engine.speech_sounds import REAL
from tests.fakes.learner import Learner
from tests.storage import making

KEY = bytes(32)
EVERY = commands()


@pytest.fixture
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Loaded:
    """A Mynah with espeak, and with an engine that learns at once."""
    monkeypatch.setattr(bot.engines, "engines", lambda: {"espeak": EspeakEngine, "learner": Learner})
    return load(None, {"MYNAH_DATA": str(tmp_path / "data"), "MYNAH_FILES__LEAST_FREE_MB": "1"}, tmp_path)


def speech(person: str = "1688") -> Path:
    folder = REAL / "librispeech" / person
    if not folder.exists():
        pytest.skip("shared/speech is not here")
    return folder


async def cloned(loaded: Loaded, *words: str) -> int:
    typed = read(["clone", *words], EVERY)
    assert typed.command is not None
    renderer = Renderer(EVERY, chat=False)
    shot = Cloning(typed, typed.command, renderer, Bar(None, renderer))
    return await shot.run(loaded, shot.prepare())


async def test_a_folder_becomes_a_voice_at_the_word_of_the_host(
    loaded: Loaded, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = loaded.data.parent / "takes"
    folder.mkdir()
    for number in (0, 1):
        name = f"1688-142285-000{number}.flac"
        (folder / name).symlink_to(speech() / name)
    assert await cloned(loaded, "Ada", "--recording", str(folder), "--consent", "own") == 0
    told = capsys.readouterr().out
    assert "s of speech" in told and "Ada is ready: a similar voice" in told
    assert "It is my voice" not in told and "Is it your own" not in told, "that is answered already"
    assert "mynah speak --voice Ada" in told
    assert (loaded.data / "speakers" / "learner").is_dir()


async def test_a_program_gets_the_report_and_what_was_made_in_one_object(
    loaded: Loaded, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = speech()
    files = sorted(map(str, folder.glob("*.flac")))[:2]
    assert await cloned(loaded, "Ada", "--recording", *files, "--consent", "given", "--json") == 0
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert (told["voice"], told["status"], told["consent"], told["engine"]) == ("Ada", "ready", "host-given", "learner")
    assert told["report"]["speech_seconds"] > 10
    assert told["built"]["similarity"] == 0.71
    assert told["file"].endswith(".png") and told["build"] > told["id"]


async def test_without_the_hosts_word_only_the_report_comes_with_what_is_next(
    loaded: Loaded, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(speech() / "1688-142285-0000.flac")
    assert await cloned(loaded, "Ada", file) == 0
    told = capsys.readouterr().out
    assert "mynah consent own" in told and "is ready" not in told
    assert await cloned(loaded, "Ada", file, "--consent", "own") == 0, "the same again goes on from there"
    assert "Ada is ready" in capsys.readouterr().out


async def test_what_is_too_poor_is_told_and_nothing_is_made(loaded: Loaded, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(speech() / "1688-142285-0002.flac")
    assert await cloned(loaded, "Ada", file, "--consent", "own", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["error"] == "BadRecording" and "s of speech" in told["message"]


@pytest.mark.parametrize(("consent", "rule"), [("own", "host-own"), ("given", "host-given")])
async def test_the_hosts_word_is_a_signed_record(database: Database, consent: str, rule: str) -> None:
    def work(tx: Transaction) -> consents.Consent:
        host = identities.ensure(tx, "terminal", "host", "host", KEY)
        voice = making.recorded(tx, host, "Ada")
        vouch(tx, KEY, "ada", consent)
        vouch(tx, KEY, "ada", consent)
        (noted,) = consents.of_voice(tx, voice.id)
        agreed = clones.own(tx, host, "Ada")
        assert agreed is not None
        assert (agreed.consent, agreed.spoken_by) == (rule, host if consent == "own" else None)
        return noted

    noted = await database.write(work)
    assert (noted.rule, noted.status, noted.statement) == (rule, "granted", STATEMENTS[consent])
    assert consents.verify(noted, KEY)
