from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.audio import join
from engine.child import Child
from engine.conversion import fitting
from engine.conversion.bases import Base, Bases
from engine.conversion.features import RATE, take_apart
from engine.conversion.fitting import LADDER
from engine.conversion.speaker_file import LearnedSpeaker, write
from engine.engine import EngineError
from engine.speech import Audio, Reference, Utterance
from engine.worker import Worker
from engine.world_engine import WorldEngine
from tests.engine.pitch import median_pitch
from tests.engine.speech_sounds import spoken

TEXT = "Guten Morgen. Heute ist ein sch\u00f6ner Tag, und wir gehen zusammen an den Fluss, wo die Boote liegen."
BASE = Base(engine="espeak", speaker="de")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a speaker that speaks an octave higher than its base voice, and one of an engine long gone."""
    folder = tmp_path_factory.mktemp("world")
    features = take_apart(Bases().say(BASE, TEXT).samples)
    made = fitting.fit(features, features, np.empty((0, 2), np.int64), LADDER[-1])
    mean, spread = made.pitch
    high = replace(made, own_pitch=(mean + np.log(2), spread))
    learned = LearnedSpeaker(base=BASE, conversion=high, language="de", figures={})
    write(folder / "high.safetensors", learned)
    gone = replace(learned, base=Base(engine="parrot", speaker="polly"))
    write(folder / "gone.safetensors", gone)
    return folder


@pytest.fixture
def engine(home: Path) -> Iterator[WorldEngine]:
    engine = WorldEngine()
    engine.home = home
    engine.open()
    yield engine
    engine.close()


def utterance(text: str = TEXT, speaker: str = "high", speed: float = 1.0) -> Utterance:
    return Utterance(text=text, engine="world", speaker=speaker, speed=speed)


def say(engine: WorldEngine, order: Utterance) -> Audio:
    return join([chunk for _, chunk in engine.synthesize([order], lambda row: False)])


def test_it_speaks_as_whom_it_has_learned_at_the_times_of_the_base_voice(engine: WorldEngine) -> None:
    plain, made = Bases().say(BASE, TEXT), say(engine, utterance())
    assert made.rate == RATE and made.seconds == pytest.approx(plain.seconds, rel=0.02)  # espeak varies
    assert median_pitch(made.samples, RATE) / median_pitch(plain.samples, RATE) == pytest.approx(2, rel=0.1)
    kept = [timing for timing in plain.timings if timing.kind in ("word", "phoneme")]
    assert [timing.text for timing in made.timings] == [timing.text for timing in kept]
    for one, other in zip(made.timings, kept, strict=True):
        assert one.start_ms == pytest.approx(other.start_ms, abs=50)


def test_long_speech_has_no_seams(engine: WorldEngine) -> None:
    made = say(engine, utterance(" ".join([TEXT] * 4)))
    assert made.seconds > 16
    steps = np.abs(np.diff(made.samples))
    assert steps.max() < 0.5
    frame = RATE // 100
    levels = np.abs(made.samples[: len(made.samples) // frame * frame]).reshape(-1, frame).max(axis=1)
    assert levels.max() < 4 * np.percentile(levels, 90)


def test_nobody_speaks_whose_file_is_not_there_or_whose_base_voice_is_gone(engine: WorldEngine) -> None:
    for key in ("nobody", "../high", "high.safetensors", "", "a" * 100, "gone/../high"):
        with pytest.raises(EngineError, match="no speaker"):
            say(engine, utterance(speaker=key))
    with pytest.raises(EngineError, match="parrot is not installed"):
        say(engine, utterance(speaker="gone"))


def test_a_text_without_sound_is_no_error(engine: WorldEngine) -> None:
    assert sum(len(chunk.samples) for _, chunk in engine.synthesize([utterance("")], lambda row: False)) < RATE


def test_it_stops_between_chunks(engine: WorldEngine) -> None:
    asked = itertools.count()
    chunks = [chunk for _, chunk in engine.synthesize([utterance(TEXT * 4)], lambda row: next(asked) > 60)]
    assert sum(chunk.seconds for chunk in chunks) < say(engine, utterance(TEXT * 4)).seconds / 2


def test_without_a_folder_nothing_is_learned(home: Path) -> None:
    engine = WorldEngine()
    engine.open()
    with pytest.raises(EngineError, match="no folder"):
        engine.enroll(Reference(passages=(spoken(),)), "ada", lambda share: None)
    engine.close()


def test_a_key_that_is_no_name_of_a_file_is_refused(engine: WorldEngine, tmp_path: Path) -> None:
    engine.models = tmp_path
    for key in ("../ada", "a/b", "", "a.b", "-a"):
        with pytest.raises(EngineError, match="no speaker"):
            engine.enroll(Reference(passages=(spoken(),)), key, lambda share: None)


async def test_the_loop_and_the_engine_go_on_while_it_learns(home: Path, tmp_path: Path) -> None:
    worker = Worker(WorldEngine, home=home, models=tmp_path / "models")
    reference = Reference(passages=(spoken(TEXT, "de+annie"),), transcript=TEXT, language="de", name="Frieda")
    told: list[float] = []
    lesson = asyncio.create_task(worker.enroll(reference, "frieda", told.append))
    for _ in range(3):
        assert len((await worker.say(utterance("Guten Morgen."), lane=0, user=1)).samples) > 0
    assert not lesson.done()
    assert (await lesson).speaker.key == "frieda"
    assert len(told) > 2
    assert len((await worker.say(utterance(speaker="frieda"), lane=0, user=1)).samples) > RATE
    await worker.stop()


async def test_an_engine_that_stops_leaves_no_process_behind(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    children: list[Child] = []

    def made() -> Child:
        children.append(Child())
        return children[-1]

    monkeypatch.setattr("engine.world_engine.Child", made)
    worker = Worker(WorldEngine, home=home, models=tmp_path / "models")
    reference = Reference(passages=(spoken(TEXT, "de+annie"),), language="de")
    begun = asyncio.Event()
    lesson = asyncio.create_task(worker.enroll(reference, "never", lambda share: begun.set() if share else None))
    await asyncio.wait_for(begun.wait(), 30)
    await worker.stop()
    with pytest.raises(EngineError):
        await lesson
    assert [child.pid for child in children] == [None]
    assert not (home / "never.safetensors").exists()


def test_a_file_from_elsewhere_is_looked_at_before_it_is_taken_over(home: Path, tmp_path: Path) -> None:
    assert WorldEngine.check_learned(home / "high.safetensors")
    (tmp_path / "no.safetensors").write_bytes(b"no such file")
    with pytest.raises(EngineError, match="cannot be read"):
        WorldEngine.check_learned(tmp_path / "no.safetensors")
