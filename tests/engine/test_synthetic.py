"""What Mynah has said is known as its own, through codecs too, and people are not taken for it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from engine.speech import Audio
from engine.synthetic import PULSES, fits, learn, spoken_by_machine
from tests.engine.identity.inputs import real
from tests.engine.own_sounds import by_flite, by_messenger, by_telephone, converted
from tests.engine.speech_sounds import spoken

WAYS = {"as it is": lambda audio: audio, "a telephone": by_telephone, "a messenger": by_messenger}
Way = Callable[[Audio], Audio]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("speaker", ["en-gb", "de"])
def test_espeak_is_known(speaker: str, way: Way) -> None:
    assert spoken_by_machine(way(spoken(speaker=speaker))) == "espeak"


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_espeaks_klatt_voices_are_known(way: Way) -> None:
    assert spoken_by_machine(way(spoken(speaker="en-gb+klatt4"))) in ("klatt", "world")


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("voice", ["slt", "rms", "awb", "kal16"])
def test_flite_is_known(voice: str, way: Way) -> None:
    told = spoken_by_machine(way(by_flite(voice)))
    assert told == voice or (told == "world" and voice != "kal16")


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("base", [lambda: spoken(speaker="en-us+f3"), lambda: by_flite("slt")], ids=["espeak", "flite"])
def test_converted_voices_are_known_whatever_they_were(base: Callable[[], Audio], way: Way) -> None:
    assert spoken_by_machine(way(converted(base()))) == "world"


@pytest.mark.parametrize("change", [lambda samples: -samples, lambda samples: samples * 0.01, lambda s: s[5000:]])
def test_neither_sign_nor_level_nor_where_it_begins_matters(change: Callable[[np.ndarray], np.ndarray]) -> None:
    audio = spoken()
    assert spoken_by_machine(Audio(samples=change(audio.samples), rate=audio.rate)) == "espeak"


@pytest.mark.parametrize(
    "name",
    [
        "ljspeech/LJ001-0005.wav",
        "librispeech/1688/1688-142285-0005.flac",
        "librispeech/1998/1998-15444-0005.flac",
        "librispeech/2414/2414-128291-0005.flac",
        "librispeech/3080/3080-5032-0003.flac",
        "jfk.flac",
    ],
)
def test_people_are_not_taken_for_machines(name: str) -> None:
    said = real(name)
    assert [spoken_by_machine(way(said)) for way in (WAYS["as it is"], by_messenger)] == [None, None]


@pytest.mark.parametrize("seconds", [0, 0.01, 0.3, 5])
def test_of_silence_and_noise_nothing_is_said(seconds: float) -> None:
    count = round(seconds * 16_000)
    noise = np.random.default_rng(1).standard_normal(count).astype(np.float32) * 0.1
    for samples in (np.zeros(count, np.float32), noise):
        audio = Audio(samples=samples, rate=16_000)
        assert spoken_by_machine(audio) is None
        assert set(fits(audio)) in (set(), set(PULSES))


def test_the_same_recording_fits_the_same() -> None:
    assert fits(spoken()) == fits(spoken())


def test_a_pulse_is_learned_from_what_a_voice_says() -> None:
    from engine.pulses import LEARNED

    learned = np.degrees(learn([by_flite("slt")]))
    apart = np.abs((learned - np.array(LEARNED["slt"]) + 180) % 360 - 180)
    assert np.median(apart) < 10
