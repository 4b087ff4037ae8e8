"""XTTS as an engine: speakers built in and learned, batches whose rows end by themselves, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.coqui_engine import Coqui
from engine.coqui_engine.cutting import cut
from engine.engine import EngineError, EngineMissing
from engine.speech import Audio, Reference, Utterance
from tests.engine.coqui_engine import tiny

TEXTS = ["Hi!", "Here is a sentence that takes longer to say.", "And one more."]


def near() -> float:
    """How near to each other two sounds are that are the same, in the precision of the device."""
    import torch

    return 5e-3 if torch.cuda.is_available() else 1e-5


def utterance(text: str, speaker: str = tiny.NAMES[0], language: str = "") -> Utterance:
    return Utterance(text=text, engine="coqui", speaker=speaker, language=language)


def said(engine: Coqui, *utterances: Utterance) -> list[np.ndarray]:
    """The whole sound of each row."""
    rows: list[list[np.ndarray]] = [[] for _ in utterances]
    for row, audio in engine.synthesize(utterances, lambda row: False):
        rows[row].append(audio.samples)
    return [np.concatenate(row) for row in rows]


def test_its_speakers_are_those_of_the_model(coqui: Coqui) -> None:
    assert {speaker.key for speaker in coqui.speakers()} == set(tiny.NAMES)
    assert coqui.abilities().languages == set(tiny.LANGUAGES)


def test_what_is_said_together_is_what_is_said_alone(coqui: Coqui) -> None:
    batch = [utterance(text, speaker) for text in TEXTS for speaker in tiny.NAMES]
    for together, each in zip(said(coqui, *batch), batch, strict=True):
        (alone,) = said(coqui, each)
        np.testing.assert_allclose(together, alone, atol=near())


def test_every_row_and_speaker_sounds_different(coqui: Coqui) -> None:
    sounds = said(coqui, *(utterance(text, speaker) for text in TEXTS for speaker in tiny.NAMES))
    assert len({sound[:2000].tobytes() for sound in sounds}) == len(sounds)


def test_a_speaker_speaks_the_language_of_the_text(coqui: Coqui) -> None:
    text = "Es sind 12 Tage"
    english, german, swiss, unknown = said(
        coqui, *(utterance(text, language=each) for each in ("en-us", "de", "de-ch", "tlh"))
    )
    assert not np.array_equal(english, german)
    np.testing.assert_allclose(german, swiss, atol=near())
    np.testing.assert_allclose(english, unknown, atol=near())


def test_a_row_that_nobody_waits_for_ends_and_the_others_go_on(coqui: Coqui) -> None:
    heard = {row for row, _ in coqui.synthesize([utterance(text) for text in TEXTS], lambda row: row == 1)}
    assert heard == {0, 2}


def test_what_is_cut_off_leaves_nothing_behind(coqui: Coqui) -> None:
    before = said(coqui, utterance(TEXTS[0]))[0]
    for _ in coqui.synthesize([utterance(text) for text in TEXTS], lambda row: False):
        break
    np.testing.assert_array_equal(said(coqui, utterance(TEXTS[0]))[0], before)


def test_a_long_text_is_said_in_parts_one_after_another(coqui: Coqui) -> None:
    long = "This goes on for longer than it takes at once. " * 9
    parts = cut(long, 250)
    assert len(parts) == 2
    (whole,) = said(coqui, utterance(long))
    np.testing.assert_allclose(whole, np.concatenate(said(coqui, *map(utterance, parts))), atol=near())


def buzz(pitch: float, seconds: float = 6.0, rate: int = 24_000) -> Audio:
    time = np.arange(int(seconds * rate)) / rate
    tones = np.stack([np.sin(2 * np.pi * pitch * number * time) / number for number in range(1, 13)])
    return Audio(samples=(0.2 * tones.sum(0)).astype(np.float32), rate=rate)


def test_a_speaker_is_learned_kept_and_spoken_with(coqui: Coqui) -> None:
    shares: list[float] = []
    for key, pitch in (("ada", 220.0), ("bob", 110.0)):
        enrolled = coqui.enroll(Reference(passages=(buzz(pitch),), language="de", name=key.title()), key, shares.append)
        assert (enrolled.speaker.key, enrolled.speaker.language) == (key, "de")
    assert shares == [0, 0.5, 1] * 2
    ada, bob = said(coqui, utterance(TEXTS[1], "ada"), utterance(TEXTS[1], "bob"))
    assert len(ada) != len(bob) or not np.allclose(ada, bob, atol=1e-3)


def test_learned_speakers_are_there_when_it_opens_again(coqui: Coqui, models: Path) -> None:
    coqui.enroll(Reference(passages=(buzz(150.0),)), "kept", lambda share: None)
    before = said(coqui, utterance(TEXTS[0], "kept"))[0]
    again = Coqui()
    again.models, again.home = models, coqui.home
    with tiny.slim():
        again.open()
    np.testing.assert_allclose(said(again, utterance(TEXTS[0], "kept"))[0], before, atol=near())
    again.close()


def test_too_little_speech_teaches_nothing(coqui: Coqui) -> None:
    with pytest.raises(EngineError, match="too little"):
        coqui.enroll(Reference(passages=(buzz(150.0, seconds=0.2),)), "short", lambda share: None)
    with pytest.raises(EngineError, match="no speaker"):
        said(coqui, utterance(TEXTS[0], "short"))


def test_who_waits_no_longer_ends_the_learning(coqui: Coqui) -> None:
    class Gone(Exception):
        pass

    def gone(share: float) -> None:
        raise Gone

    with pytest.raises(Gone):
        coqui.enroll(Reference(passages=(buzz(150.0),)), "gone", gone)
    with pytest.raises(EngineError):
        said(coqui, utterance(TEXTS[0], "gone"))


@pytest.mark.parametrize("key", ["../ada", "", "ada/../bob", "nobody"])
def test_a_key_that_is_none_is_refused(coqui: Coqui, key: str) -> None:
    with pytest.raises(EngineError, match="no speaker"):
        said(coqui, utterance(TEXTS[0], key))


@pytest.mark.parametrize("text", ["", "...", "\ud800", "a " * 20_000])
def test_a_text_that_cannot_be_said_is_refused(coqui: Coqui, text: str) -> None:
    with pytest.raises(EngineError):
        said(coqui, utterance(text))


def test_without_a_model_it_says_where_one_belongs(tmp_path: Path) -> None:
    if reason := tiny.why_not():
        pytest.skip(reason)
    engine = Coqui()
    engine.models = tmp_path
    with pytest.raises(EngineMissing, match=str(tmp_path)):
        engine.open()


def test_where_memory_runs_out_fewer_are_said_at_once(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    from engine.coqui_engine.batch import Batch

    engine = Coqui()
    engine.models = models
    with tiny.slim():
        engine.open()
    (before,) = said(engine, utterance(TEXTS[0]))
    slots, run = engine.abilities().batch, Batch.run

    def full(self: Batch, *given: object) -> object:
        monkeypatch.setattr(Batch, "run", run)
        raise torch.OutOfMemoryError("no room")

    monkeypatch.setattr(Batch, "run", full)
    with pytest.raises(EngineError, match="memory ran out"):
        said(engine, utterance(TEXTS[0]))
    assert engine.abilities().batch == slots // 2
    np.testing.assert_array_equal(said(engine, utterance(TEXTS[0]))[0], before)
    engine.close()
