from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.quality.grading import FACTORS, REFUSED_SCORE, Refusal, advise, grade, left, refuse
from engine.quality.likeness import Likeness

STUDIO: Mapping[str, float] = {
    "speech_seconds": 40,
    "snr_db": 45,
    "clipping": 0,
    "bandwidth_hz": 16_000,
    "level_dbfs": -22,
    "peak_dbfs": -3,
    "silence": 0.2,
    "speakers": 1,
}
SPEECH = Likeness(voiced=0.6, held=0.05, moved=6.0)
RISING = ("speech_seconds", "snr_db", "bandwidth_hz", "level_dbfs")


def test_a_studio_could_do_nothing_better() -> None:
    assert grade(STUDIO) == 10
    assert advise(STUDIO) == ()
    assert refuse(STUDIO, SPEECH) is None


figures = st.fixed_dictionaries(
    {
        "speech_seconds": st.floats(0, 600),
        "snr_db": st.floats(-20, 60),
        "clipping": st.floats(0, 1),
        "bandwidth_hz": st.floats(0, 24_000),
        "level_dbfs": st.floats(-100, 24),
        "peak_dbfs": st.floats(-100, 24),
        "silence": st.floats(0, 1),
        "speakers": st.integers(0, 2),
    }
)


@given(figures, st.sampled_from(sorted(FACTORS)), st.floats(0, 1))
def test_no_score_falls_where_a_figure_gets_better(known: dict[str, float], name: str, way: float) -> None:
    best = STUDIO[name]
    if name in RISING:
        best = max(best, known[name])
    better = known | {name: known[name] + way * (best - known[name])}
    if name == "speakers":
        better = known | {name: min(known[name], 1)}
    before, after = refuse(known, SPEECH), refuse(better, SPEECH)
    assert 0 <= grade(known, before) <= grade(better, after) <= 10


@given(figures)
def test_what_is_refused_says_so_in_a_score_and_a_sentence(known: dict[str, float]) -> None:
    refusal = refuse(known, SPEECH)
    if refusal:
        assert grade(known, refusal) <= REFUSED_SCORE
        assert refusal.sentence.endswith("try again.")
        assert "{" not in refusal.sentence
    else:
        assert known["speech_seconds"] >= 8
        assert known["snr_db"] >= 10


@given(figures)
def test_advice_is_at_most_three_sentences_of_which_none_repeats_the_refusal(known: dict[str, float]) -> None:
    for name in ("", *FACTORS):
        advice = advise(known, but=name)
        assert len(advice) <= 3
        assert all(sentence.endswith(".") and "{" not in sentence for sentence in advice)
    assert not any("noise" in sentence for sentence in advise(known, but="snr_db"))


def test_what_costs_most_is_told_first() -> None:
    advice = advise({**STUDIO, "snr_db": 12, "speech_seconds": 16, "clipping": 0.004})
    assert [sentence.split()[0] for sentence in advice] == ["Find", "Keep", "Speak"]


@pytest.mark.parametrize(
    ("name", "figure", "sentence"),
    [
        ("speech_seconds", 3.4, "That recording has 3 s of speech; 8 s is the least. Record a little more and try"),
        ("speech_seconds", 7.99, "That recording has 7 s of speech; 8 s is the least."),
        ("snr_db", 9.9, "That recording is too noisy: the voice is 9 dB above the noise; 10 dB is the least."),
        ("speakers", 2, "Mynah hears more than one person in that recording."),
        ("clipping", 0.081, "That recording is cut to pieces: 8.1 % of it was too loud for the microphone; 5.0 % is"),
        ("bandwidth_hz", 1_480, "That recording is muffled: it has nothing above 1.4 kHz; 2 kHz is the least."),
        ("peak_dbfs", -90, "That recording is silent."),
    ],
)
def test_too_bad_a_figure_is_refused_with_the_figure(name: str, figure: float, sentence: str) -> None:
    refusal = refuse({**STUDIO, name: figure}, SPEECH)
    assert refusal
    assert refusal.sentence.startswith(sentence)


@pytest.mark.parametrize(
    ("heard", "word"),
    [
        (Likeness(voiced=0.6, held=0.7, moved=4.0), "music"),
        (Likeness(voiced=0.01, held=0.0, moved=6.0), "nobody"),
        (Likeness(voiced=0.9, held=0.0, moved=1.0), "nobody"),
    ],
)
def test_what_is_no_speech_is_refused_and_scores_nothing(heard: Likeness, word: str) -> None:
    refusal = refuse(STUDIO, heard)
    assert refusal
    assert word in refusal.sentence
    assert refusal.figure == ""
    assert grade(STUDIO, refusal) == 0


def test_a_refused_recording_scores_little_however_good_the_rest_is() -> None:
    assert grade(STUDIO, Refusal(sentence="No.", figure="speakers")) == REFUSED_SCORE


def test_between_two_points_there_is_a_straight_line() -> None:
    (low, before), (high, after) = FACTORS["snr_db"][2:4]
    assert left("snr_db", (low + high) / 2) == pytest.approx((before + after) / 2)
    assert left("snr_db", -1e9) == FACTORS["snr_db"][0][1]
    assert left("snr_db", 1e9) == FACTORS["snr_db"][-1][1]
