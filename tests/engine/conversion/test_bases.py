from __future__ import annotations

import numpy as np
import pytest

from engine.conversion.bases import ESPEAK_VARIANTS, Base, Bases
from engine.conversion.features import RATE
from engine.engine import EngineError, EngineMissing
from engine.flite_library import FliteLibrary


@pytest.fixture(scope="module")
def bases() -> Bases:
    return Bases()


@pytest.fixture
def without_flite(monkeypatch: pytest.MonkeyPatch) -> Bases:
    def missing() -> FliteLibrary:
        return FliteLibrary(lambda name: None)

    monkeypatch.setattr("engine.flite_engine.flite_library", missing)
    return Bases()


def test_a_base_voice_is_known_by_one_word() -> None:
    base = Base(engine="espeak", speaker="en-us+f5")
    assert base.key == "espeak:en-us+f5"
    assert Base.of_key(base.key) == base


def test_where_flite_is_not_there_espeak_says_english_too(without_flite: Bases) -> None:
    found = without_flite.of_language("en-US")
    assert [base.speaker for base in found] == [*(f"en-us+{way}" for way in ESPEAK_VARIANTS), "en-us"]
    with pytest.raises(EngineMissing, match="flite is not installed"):
        without_flite.say(Base(engine="flite", speaker="slt"), "Hello.")


def test_other_languages_are_espeaks_own(bases: Bases) -> None:
    assert {base.engine for base in bases.of_language("de-AT")} == {"espeak"}
    assert {base.speaker.partition("+")[0] for base in bases.of_language("de-AT")} == {"de"}


def test_a_language_that_nobody_speaks_is_refused(bases: Bases) -> None:
    with pytest.raises(EngineError, match="tlh"):
        bases.of_language("tlh")


def test_all_say_it_at_one_rate_and_tell_when(bases: Bases) -> None:
    for base in [*bases.of_language("en")[:1], *bases.of_language("de")[:2]]:
        audio = bases.say(base, "Hello there.")
        assert audio.rate == RATE and audio.samples.dtype == np.float32
        assert 0.3 < audio.seconds < 3
        assert max(timing.end_ms for timing in audio.timings) <= 1000 * audio.seconds + 1


def test_twice_the_speed_is_shorter(bases: Bases) -> None:
    base = bases.of_language("de")[0]
    slow, fast = (bases.say(base, "Guten Morgen, wie geht es dir?", speed=speed).seconds for speed in (1.0, 2.0))
    assert slow / 2.6 < fast < slow / 1.4


def test_what_is_stopped_is_nothing(bases: Bases) -> None:
    assert len(bases.say(bases.of_language("de")[0], "Guten Morgen.", stopped=lambda: True).samples) == 0
