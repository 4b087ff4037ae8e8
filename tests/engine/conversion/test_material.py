from __future__ import annotations

import numpy as np
import pytest

from engine.conversion.features import RATE, STEP
from engine.conversion.material import ANYTHING, COUNTING, MOST_SECONDS, gather
from engine.engine import EngineError
from engine.speech import Audio, Reference
from tests.engine.speech_sounds import spoken

TEXT = "In 1847 the old keeper counted 12 boats in the harbour, and nobody has ever asked him why."


def noise(seconds: float, rate: int = RATE) -> Audio:
    samples = np.random.default_rng(0).normal(0, 0.01, round(seconds * rate)).astype(np.float32)
    return Audio(samples=samples, rate=rate)


def test_a_transcript_is_what_is_said_in_the_first_passage_with_numbers_in_words() -> None:
    found = gather(Reference(passages=(spoken(TEXT),), transcript=TEXT))
    assert found.english
    assert found.words[0][:7] == ("in", "eighteen", "forty", "seven", "the", "old", "keeper")
    assert "twelve boats" in found.texts[0]


def test_where_nothing_is_understood_a_base_voice_says_anything() -> None:
    found = gather(Reference(passages=(noise(2.0), noise(1.0))))
    assert found.texts == (ANYTHING,)
    assert found.words == ((), ())


def test_other_languages_count_unless_somebody_knows_what_was_said() -> None:
    assert gather(Reference(passages=(noise(2.0),), language="de")).texts == (COUNTING,)
    found = gather(Reference(passages=(noise(2.0),), language="de", transcript="Guten Morgen, 3 Boote!"))
    assert found.texts[0].lower() == "guten morgen, drei boote!"
    assert not found.english and found.words == ((),)


def test_passages_become_whole_frames_at_one_rate_and_equally_loud() -> None:
    soft = Audio(samples=noise(1.003, 44_100).samples * np.float32(0.1), rate=44_100)
    found = gather(Reference(passages=(noise(2.0), soft), language="de"))
    assert [len(part) % STEP for part in found.parts] == [0, 0]
    assert [len(part) / RATE for part in found.parts] == pytest.approx([2.0, 1.0], abs=0.01)
    assert [float(np.abs(part).max()) for part in found.parts] == pytest.approx([0.6, 0.6], rel=0.01)
    assert len(found.samples) == sum(map(len, found.parts))


def test_no_more_is_learned_from_than_is_worth_it() -> None:
    found = gather(Reference(passages=(noise(20.0), noise(20.0), noise(20.0)), language="de"))
    assert len(found.samples) / RATE == pytest.approx(MOST_SECONDS)


@pytest.mark.parametrize("passages", [(), (Audio(samples=np.zeros(RATE, np.float32), rate=RATE),)])
def test_of_nothing_nothing_is_learned(passages: tuple[Audio, ...]) -> None:
    with pytest.raises(EngineError, match="nothing to hear"):
        gather(Reference(passages=passages))
