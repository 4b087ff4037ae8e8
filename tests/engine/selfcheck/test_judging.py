"""The verdict on an utterance."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.recordings import SPEECH
from bench.selfcheck import clips
from engine.identity import Encoder, WeightsMissing
from engine.identity.voice_print import VoicePrint
from engine.selfcheck import Expected, Verdict, judge
from engine.speech import Audio
from tests.engine.selfcheck.damaged import RATE, noise, said, silence, sound, twice
from tests.engine.speech_sounds import TEXT

LONG = f"{TEXT} He has done so for thirty years, in rain and in snow, and he keeps a diary of what the sea brings."


def verdict(samples: NDArray[np.float32], text: str = TEXT, expected: Expected | None = None) -> Verdict:
    return judge(sound(samples), text, expected or Expected())


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    try:
        return Encoder.load(tmp_path_factory.mktemp("models"))
    except WeightsMissing as missing:
        pytest.skip(str(missing))


def test_what_is_sound_has_no_fault() -> None:
    found = verdict(said())
    assert found.faults == () and found.score > 0.5
    assert found.pace == pytest.approx(1, abs=0.25)
    assert json.loads(json.dumps(dict(found.figures))) == found.figures


@pytest.mark.parametrize(
    ("fault", "damaged"),
    [
        ("rushed", lambda speech: speech[::2]),
        ("rushed", lambda speech: np.concatenate([speech[: RATE * 3 // 4], speech[-RATE * 3 // 4 :]])),
        ("dragged", lambda speech: np.repeat(speech, 3)),
        ("pause", lambda speech: np.concatenate([speech[:RATE], silence(1.5), speech[RATE:]])),
        ("pause", lambda speech: np.concatenate([silence(2), speech])),
        ("repeat", lambda speech: twice(speech, 1.0, 2.0)),
        ("held", lambda speech: np.concatenate([speech, noise(1.5)])),
        ("cut off", lambda speech: speech[: np.abs(speech).argmax() + 1]),
        ("clipped", lambda speech: np.clip(10 * speech, -0.9, 0.9)),
        ("silent", lambda speech: 0 * speech),
        ("silent", lambda speech: speech[: RATE // 10]),
    ],
)
def test_what_was_damaged_is_blamed_for_it(fault: str, damaged: object) -> None:
    assert callable(damaged)
    found = verdict(damaged(said()))
    assert fault in found.faults and found.score < 0.5


@pytest.mark.parametrize("samples", [np.zeros(0), np.full(RATE, np.nan), np.full(RATE, np.inf)])
def test_what_is_no_sound_at_all_is_the_worst(samples: NDArray[np.float64]) -> None:
    found = judge(Audio(samples=samples.astype(np.float32), rate=RATE), TEXT, Expected())
    assert (found.score, found.faults) == (0.0, ("silent",))


def test_the_score_is_below_a_half_only_where_there_is_a_fault() -> None:
    for rest in np.linspace(0.9, 1.6, 15):
        found = verdict(np.concatenate([said(), silence(rest), said("Hello.")]), f"{TEXT} Hello.")
        assert (found.score < 0.5) == bool(found.faults), rest


def test_of_several_takes_the_soundest_has_the_highest_score() -> None:
    takes = [np.concatenate([said()[:RATE], silence(rest), said()[RATE:]]) for rest in (0.0, 1.0, 1.5, 3.0)]
    scores = [verdict(take).score for take in takes]
    assert scores == sorted(scores, reverse=True) and len(set(scores)) == len(scores)


def test_what_was_asked_to_be_fast_or_slow_may_be() -> None:
    assert "rushed" in verdict(said()[::2]).faults
    assert "rushed" not in verdict(said()[::2], expected=Expected(speed=2.0)).faults
    assert "dragged" not in verdict(np.repeat(said(), 2), expected=Expected(speed=0.5)).faults


def test_who_always_talks_slowly_is_not_blamed_and_is_missed_when_they_do_not() -> None:
    slow = np.repeat(said(LONG), 2)
    own = verdict(slow, LONG).pace
    assert "dragged" in verdict(slow, LONG).faults
    assert "dragged" not in verdict(slow, LONG, Expected(pace=own)).faults
    assert "rushed" in verdict(said(LONG), LONG, Expected(pace=own)).faults


def test_words_that_stand_twice_may_be_heard_twice() -> None:
    text = "Row, row, row your boat gently down the stream, row, row, row your boat gently down the stream."
    assert "repeat" not in verdict(said(text), text).faults
    assert "repeat" in verdict(said(text), text.partition("stream")[0]).faults


def test_how_long_it_should_take_is_not_judged_in_a_language_that_nobody_knows() -> None:
    found = verdict(said()[::3], expected=Expected(language="et"))
    assert found.pace == 0 and not {"rushed", "dragged"} & set(found.faults)


def test_what_says_nothing_may_be_silent() -> None:
    assert "silent" not in verdict(silence(0.5), "…").faults


@pytest.mark.skipif(not SPEECH.is_dir(), reason="shared/speech is not here")
def test_hardly_any_of_what_people_really_say_is_blamed() -> None:
    blamed = [
        clip.text for clip in clips() if judge(Audio(samples=clip.samples, rate=16_000), clip.text, Expected()).faults
    ]
    assert len(blamed) <= len(clips()) / 20, blamed


def test_somebody_else_is_known(encoder: Encoder) -> None:
    own, other = said(LONG), said(LONG, "en-us+f3")
    own_print = encoder.print(sound(said(f"{LONG} On quiet nights you could hear the seals breathe.")))
    expected = Expected(encoder=encoder, speaker=own_print)
    assert verdict(own, LONG, expected).faults == ()
    assert "other speaker" in verdict(other, LONG, expected).faults
    spliced = np.concatenate([own[: len(own) // 2], other[len(other) // 2 :]])
    assert "changes speaker" in verdict(spliced, LONG, Expected(encoder=encoder)).faults


def test_whose_voice_a_short_word_has_is_not_judged(encoder: Encoder) -> None:
    nobody = VoicePrint(vector=np.eye(256, dtype=np.float32)[0], seconds=20, model="none")
    found = verdict(said("Hello."), "Hello.", Expected(encoder=encoder, speaker=nobody))
    assert "like" not in found.figures and found.faults == ()


def test_a_text_of_many_words_does_not_linger() -> None:
    begin = time.process_time()
    verdict(said(), "ha " * 50_000)
    assert time.process_time() - begin < 2


def test_it_takes_little_of_the_time_that_it_judges() -> None:
    speech = np.concatenate([said(LONG)] * 2)
    verdict(speech, LONG)
    begin = time.process_time()
    verdict(speech, LONG)
    assert time.process_time() - begin < 0.02 * len(speech) / RATE


def test_weights_are_not_needed(tmp_path: Path) -> None:
    assert "steady" not in verdict(said()).figures
