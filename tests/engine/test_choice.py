from __future__ import annotations

import pytest

from engine.choice import Choice
from engine.engine import Abilities, EngineMissing
from engine.speech import Speaker


def abilities(quality: int, strength: str = "") -> Abilities:
    return Abilities(
        languages=frozenset(),
        clones=False,
        timings=frozenset(),
        pitch=False,
        batch=1,
        licence="MIT",
        version="1",
        quality=quality,
        strength=strength,
    )


def speaker(engine: str, key: str, language: str, name: str = "", *also: str) -> Speaker:
    return Speaker(engine=engine, key=key, name=name or key, language=language, also=also)


PLAIN = [
    speaker("plain", "isles", "en-029", "English (Caribbean)"),
    speaker("plain", "en-gb", "en-gb", "English (Great Britain)", "en"),
    speaker("plain", "en-us", "en-us", "English (America)"),
    speaker("plain", "cmn", "cmn", "Chinese (Mandarin)", "zh"),
    *(speaker("plain", tag, tag) for tag in ("de", "fr", "es", "pt", "pt-br")),
]
FINE = [speaker("fine", "ann", "en-us", "English (America), ann"), speaker("fine", "bob", "en-us", "Bob")]
WHAT = {"plain": abilities(10, "speaks many"), "fine": abilities(30, "sounds better")}
BOTH = Choice([*PLAIN, *FINE], WHAT)
ALONE = Choice(PLAIN, {"plain": WHAT["plain"]}, {"fine": EngineMissing("fine is not installed; `get fine` brings it")})


@pytest.mark.parametrize(
    ("language", "both", "alone"),
    [
        ("en", "ann", "en-gb"),
        ("EN", "ann", "en-gb"),
        ("en-us", "ann", "en-us"),
        ("en-gb", "en-gb", "en-gb"),
        ("en-029", "isles", "isles"),
        ("en-au", "ann", "en-gb"),
        ("zh", "cmn", "cmn"),
        ("pt", "pt", "pt"),
        ("pt-br", "pt-br", "pt-br"),
        ("pt-pt", "pt", "pt"),
    ],
)
def test_the_best_engine_speaks_and_a_region_goes_to_one_from_there(language: str, both: str, alone: str) -> None:
    for choice, key in ((BOTH, both), (ALONE, alone)):
        best = choice.best(language)
        assert best is not None and best.key == key


@pytest.mark.parametrize("language", ["xx", "", "-", "e", "eng"])
def test_nobody_speaks_what_is_not_spoken(language: str) -> None:
    assert BOTH.best(language) is None


def test_one_engine_alone_can_be_asked() -> None:
    best = BOTH.best("en", "plain")
    assert best is not None and best.key == "en-gb"
    assert BOTH.best("de", "fine") is None


def test_anybody_is_of_the_best_engine() -> None:
    anybody = BOTH.any()
    assert anybody is not None and anybody.key == "ann"
    assert Choice([], {}).any() is None


@pytest.mark.parametrize(
    ("key", "own", "language", "speaks"),
    [
        ("en-gb", "", "en-us", True),
        ("en-gb+annie", "", "en", True),
        ("en-gb", "", "de", False),
        ("cmn", "", "zh", True),
        ("learned", "de-at", "de", True),
        ("learned", "de-at", "en", False),
    ],
)
def test_a_speaker_speaks_all_dialects_of_its_language(key: str, own: str, language: str, speaks: bool) -> None:
    assert BOTH.speaks("plain", key, own, language) is speaks


def test_it_says_who_speaks_what_and_why() -> None:
    assert BOTH.words() == ("fine for English, for it sounds better; plain for 5 other languages, for it speaks many.")


def test_it_says_what_is_missing() -> None:
    assert ALONE.words() == "plain for 6 languages, for it speaks many. fine is not installed; `get fine` brings it."
