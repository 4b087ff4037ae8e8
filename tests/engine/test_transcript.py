"""Transcripts: what is said is written down, of a long sound in pieces."""

from __future__ import annotations

import numpy as np
import pytest

from bench import spoken as cut_out
from bench.consent import distance
from engine.cepstra import RATE
from engine.speech import Audio
from engine.transcript import LONGEST, SHORTEST, _pieces, transcribe
from tests.engine.speech_sounds import spoken

TEXT = "the train from the north will arrive at the station on tuesday morning"


def test_what_is_said_is_written_in_small_letters_without_punctuation() -> None:
    found = transcribe(spoken(TEXT.capitalize() + ".", "en-us"))
    assert found == found.lower() and all(character.isalpha() or character in " '" for character in found)
    assert found.endswith("on tuesday morning")
    assert distance(TEXT.split(), found.split()) < len(TEXT.split())


def test_where_nobody_speaks_nothing_is_written() -> None:
    for samples in (np.zeros(RATE, np.float32), np.zeros(0, np.float32)):
        assert transcribe(Audio(samples=samples, rate=RATE)) == ""


def test_a_long_sound_is_cut_in_its_pauses_and_nothing_is_lost() -> None:
    loud = (8000 * np.sin(np.arange(50 * RATE))).astype(np.int16)
    pauses = [11, 23, 37]
    for second in pauses:
        loud[second * RATE : second * RATE + RATE // 2] = 0
    pieces = list(_pieces(loud))
    assert np.array_equal(np.concatenate(pieces), loud)
    ends = np.cumsum([len(piece) for piece in pieces])[:-1] / RATE
    assert [int(end) for end in ends] == pauses
    assert all(SHORTEST * RATE <= len(piece) <= LONGEST * RATE for piece in pieces)


@pytest.mark.skipif(not cut_out.SPEECH.is_dir(), reason="shared/speech is not here")
def test_most_of_what_a_real_person_reads_is_written_down() -> None:
    name = "1688-142285-0003"
    text = cut_out.texts()[name].split()
    found = transcribe(Audio(samples=cut_out.utterance(name), rate=cut_out.RATE)).split()
    assert distance(text, found) < len(text) / 2
