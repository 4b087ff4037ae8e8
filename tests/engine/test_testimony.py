"""Testimony: what is found out about an answer, in one go."""

from __future__ import annotations

import pickle
import random
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from bench import spoken as cut_out
from engine.clean import keep, read
from engine.consent_words import WORDS, matches
from engine.examination import encoder_of
from engine.identity.voice_print import VoicePrint
from engine.speech import Audio
from engine.testimony import Answered, examine_answer, together, versions

DRAWN = ("helstone", "thornton", "accusing", "confession", "margaret", "anxiety")
real = pytest.mark.skipif(not cut_out.SPEECH.is_dir(), reason="shared/speech is not here")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@cache
def recording() -> Audio:
    return Audio(samples=cut_out.utterance("1688-142285-0000"), rate=cut_out.RATE)


def found(models: Path, folder: Path, answer: Audio, prints: tuple[VoicePrint, ...] = ()) -> Answered:
    for name, audio in (("answer.wav", answer), ("recording.wav", recording())):
        keep(audio, folder / name)
    among = (*WORDS, *DRAWN)
    return examine_answer(
        folder / "answer.wav",
        recordings=[folder / "recording.wav"],
        prints=prints,
        models=models,
        among=among,
        drawn=DRAWN,
    )


@real
def test_a_person_who_says_the_words_is_heard_and_known(models: Path, tmp_path: Path) -> None:
    said = found(models, tmp_path, cut_out.said("1688", DRAWN, random.Random(1)))
    assert said.enough and said.machine == "no" and not said.replayed
    assert said.speech == pytest.approx(4.5, abs=1.5)
    assert matches(DRAWN, said.heard) >= 5
    assert said.verdict == "same" and said.similarity >= said.threshold
    assert pickle.loads(pickle.dumps(said)) == said


@real
def test_a_recording_that_is_played_once_more_is_known_again(models: Path, tmp_path: Path) -> None:
    whole = recording()
    louder = Audio(samples=(1.5 * whole.samples[4 * whole.rate : 12 * whole.rate]).clip(-1, 1), rate=whole.rate)
    assert found(models, tmp_path, louder).replayed


@real
def test_prints_that_are_known_are_not_made_again_and_those_of_another_encoder_do_not_count(
    models: Path, tmp_path: Path
) -> None:
    answer = cut_out.said("1688", DRAWN, random.Random(1))
    print = encoder_of(models).print(recording())
    opposite = VoicePrint(vector=-print.vector, seconds=print.seconds, model=print.model)
    foreign = VoicePrint(vector=-print.vector, seconds=print.seconds, model="another")
    assert found(models, tmp_path, answer, (opposite,)).verdict == "other"
    assert found(models, tmp_path, answer, (foreign,)).similarity == pytest.approx(
        found(models, tmp_path, answer).similarity
    )


def test_where_there_is_too_little_speech_nothing_else_is_looked_for(models: Path, tmp_path: Path) -> None:
    keep(Audio(samples=np.zeros(32_000, np.float32), rate=16_000), tmp_path / "answer.wav")
    nothing = examine_answer(tmp_path / "answer.wav", recordings=[], prints=[], models=models, among=WORDS, drawn=())
    assert (nothing.enough, nothing.heard, nothing.verdict) == (False, (), "other")
    assert read(tmp_path / "answer.wav").seconds == 2


def test_recordings_count_by_their_seconds() -> None:
    first, second = (np.eye(256, dtype=np.float32)[place] for place in (0, 1))
    one, other = (VoicePrint(vector=v, seconds=s, model="m") for v, s in ((first, 3.0), (second, 4.0)))
    both = together([one, other])
    assert (both.seconds, both.model) == (7.0, "m")
    assert both.vector[:2] == pytest.approx([0.6, 0.8])
    with pytest.raises(ValueError, match="different encoders"):
        together([one, VoicePrint(vector=second, seconds=1.0, model="n")])


def test_what_testified_is_named_with_its_versions() -> None:
    told = versions("encoder 1")
    assert told["encoder"] == "encoder 1" and told["recogniser"].startswith("pocketsphinx ")
    assert set(told) == {"recogniser", "words", "statement", "encoder"} and all(told.values())
