"""The ear hears whether what was said is what should have been, and in whose voice, where it can."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bench import spoken
from engine.coqui_engine.ear import KNOWN, Ear
from engine.engine import EngineError
from engine.identity import weights
from engine.speech import Audio, Utterance
from tests.commands.agreeing import ADA, BOB

real = pytest.mark.skipif(not spoken.SPEECH.is_dir(), reason="shared/speech is not here")


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[Ear]:
    opened = Ear(tmp_path)
    yield opened
    opened.close()


def read(person: str, number: int) -> tuple[str, Audio]:
    """What somebody has read, and how that sounds; the longest is 0."""
    texts = {name: text for name, text in spoken.texts().items() if name.startswith(f"{person}-")}
    name = sorted(texts, key=lambda name: -len(texts[name]))[number]
    return texts[name], Audio(samples=spoken.utterance(name), rate=spoken.RATE)


def utterance(text: str) -> Utterance:
    return Utterance(text=text, engine="coqui", speaker="ada")


@real
def test_what_a_person_has_read_is_good_and_with_a_hole_in_it_is_not(ear: Ear) -> None:
    text, audio = read(ADA, 0)
    assert not ear.judge(utterance(text), audio, "en", None).faults
    middle = len(audio.samples) // 2
    hole = np.zeros(3 * audio.rate, np.float32)
    broken = Audio(samples=np.insert(audio.samples, middle, hole), rate=audio.rate)
    assert "pause" in ear.judge(utterance(text), broken, "en", None).faults


@real
def test_it_comes_to_know_how_fast_somebody_talks(ear: Ear) -> None:
    """Whoever talks faster than they do is blamed sooner than whoever talks fast."""
    known = [read(ADA, number) for number in range(KNOWN)]
    text, audio = known[0]
    hurried = Audio(samples=audio.samples, rate=round(1.6 * audio.rate))
    before = ear.judge(utterance(text), hurried, "en", None).score
    for said, sound in known:
        ear.judge(utterance(said), sound, "en", None)
    assert ear.judge(utterance(text), hurried, "en", None).score < before


@real
@pytest.mark.skipif(weights.find() is None, reason="resemblyzer is not installed")
def test_somebody_else_is_heard(ear: Ear) -> None:
    (text, ada), (_, more), (_, bob) = read(ADA, 0), read(ADA, 1), read(BOB, 0)
    print = ear.whose([ada, more])
    assert print is not None
    mine, theirs = ear.likeness(print, [ada]), ear.likeness(print, [bob])
    assert mine is not None and theirs is not None and mine > theirs
    assert "other speaker" in ear.judge(utterance(text), bob, "en", print).faults


def test_too_little_speech_and_none_at_all_are_nobodys(ear: Ear) -> None:
    click = Audio(samples=np.ones(100, np.float32), rate=16_000)
    assert ear.whose([click]) is None and ear.whose([]) is None
    assert ear.likeness(None, [click]) is None


def test_who_listens_leaves_and_what_was_said_is_told_as_unheard(ear: Ear) -> None:
    ear.close()
    with pytest.raises(EngineError):
        ear.judge(utterance("Good morning."), Audio(samples=np.zeros(24_000, np.float32), rate=24_000), "en", None)


def test_without_weights_it_listens_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "find", lambda: None)
    deaf = Ear(tmp_path)
    silence = Audio(samples=np.zeros(24_000, np.float32), rate=24_000)
    assert deaf.whose([silence]) is None
    assert "silent" in deaf.judge(utterance("Good morning."), silence, "en", None).faults
    deaf.close()
