"""What is heard of an utterance."""

from __future__ import annotations

import numpy as np
import pytest

from engine.selfcheck.listening import listen
from tests.engine.selfcheck.damaged import RATE, said, silence, sound


def test_silence_around_and_between_is_told_from_speech() -> None:
    speech = said("Hello.")
    heard = listen(sound(np.concatenate([silence(0.5), speech, silence(1.2), speech, silence(0.8)])))
    inside = listen(sound(speech))
    assert max(heard.pauses) == pytest.approx(1.2 + sum(inside.around), abs=0.05)
    assert heard.around[0] == pytest.approx(0.5 + inside.around[0], abs=0.04)
    assert heard.around[1] == pytest.approx(0.8 + inside.around[1], abs=0.04)
    assert heard.talked == pytest.approx(2 * inside.talked, abs=0.08)


def test_how_loud_it_is_does_not_matter() -> None:
    loud, soft = listen(sound(said())), listen(sound(0.02 * said()))
    assert soft.sounds == loud.sounds
    assert soft.levels[soft.sounds[0][0] :][:20] == pytest.approx(loud.levels[loud.sounds[0][0] :][:20], abs=0.1)


@pytest.mark.parametrize("seconds", [0.001, 1.0])
def test_nothing_is_heard_of_silence(seconds: float) -> None:
    heard = listen(sound(silence(seconds)))
    assert heard.sounds == () and heard.talked == 0 and heard.pauses == ()
    assert heard.around[1] == pytest.approx(len(silence(seconds)) / RATE, abs=0.04)


def test_a_click_is_no_speech() -> None:
    samples = silence(2)
    samples[RATE] = 0.9
    assert listen(sound(samples)).talked < 0.1
