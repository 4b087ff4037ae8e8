# ruff: noqa: RUF001  # letters and sounds of many scripts are what it is about
from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.espeak_engine import EspeakEngine
from engine.speech import Timing, TimingKind, Utterance
from engine.syllables import syllables

WORDS = {
    "en-gb": (
        "par-tic-u-lar lit-tle but-ton rhyth-m qui-et sci-ence li-on quick-ly sing-ing won-der-ful com-pu-ter wa-ter "
        "hap-py ta-ble strength kitch-en yes-ter-day beau-ti-ful is-land mon-ster ex-tra mu-sic po-ta-to knowl-edge "
        "could-n't u-ni-ver-si-ty daugh-ter ad-mire ab-do-men po-lice"
    ),
    "en-us": "weath-er bot-tles pow-er e-lec-tric-i-ty an-i-mal pho-to-graph to-mor-row",
    "de": (
        "Stra-ße Ge-spens-ter-ge-schich-te Leu-te le-sen Bü-cher Gar-ten Fens-ter kom-men Was-ser Ap-fel "
        "U-ni-ver-si-tät Schmet-ter-ling Zei-tung Freund-schaft"
    ),
    "fr-fr": (
        "en-fant é-cole au-jour-d'hui bal-lon u-ni-ver-si-té cho-co-lat mer-ci bon-jour li-ber-té oi-seau im-por-tant "
        "ex-cel-lent jar-din pe-tite"
    ),
    "es": (
        "mur-cié-la-go á-gil vi-ví-a U-ru-guay pin-güi-no a-é-re-o trans-por-te ca-lle pe-rro ciu-dad Es-pa-ña bue-nos "
        "te-le-vi-sión in-dus-tria sub-ma-ri-no bi-blio-te-ca a-gua"
    ),
    "it": "buon-gior-no a-iuo-la ca-sa bel-lo que-sto stra-da fa-mi-glia mac-chi-na pia-ce-re u-ni-ver-si-tà",
    "pt": "ci-da-de á-gua co-ra-ção a-mi-go",
    "nl": "wa-ter le-zen ap-pel stra-ten",
    "pl": "ko-bie-ta dzię-ku-ję chrząszcz szko-ła war-sza-wa",
    "cs": "stře-da ná-dra-ží prst mě-sto",
    "ru": "ме-ня зо-вут На-та-ша втор-ник мо-ло-ко со-ба-ка хо-ро-шо у-чи-тель до-сто-при-ме-ча-тель-ность",
    "el": "κα-λη-μέ-ρα θά-λασ-σα ευ-χα-ρι-στώ",
    "tr": "mer-ha-ba is-tan-bul gü-zel",
    "fi": "hy-vää päi-vää suo-mi ka-la-kuk-ko",
    "ja": "こん-に-ち-は せ-か-い あ-り-が-と-う さ-く-ら がっ-こ-う",
    "ko": "안-녕-하-세-요 감-사",
    "cmn": "你-好 世-界",
}
"""Cut by hand, as they are said."""
UNWRITTEN = {
    "ar": {"السلام": "ʔas-sa-ˈlam", "كِتَابٌ": "ki-ˈta-bun"},
    "hi": {"नमस्ते": "nə-ˈmʌs-teː", "भारत": "ˈbʰaː-ɾət"},
    "en-gb": {"42": "ˈfɔː-ti-ˈtuː", "Dr": "ˈdɒk-tə"},
}
"""Words whose letters do not tell their syllables."""


@pytest.fixture(scope="module")
def engine() -> EspeakEngine:
    engine = EspeakEngine()
    engine.open()
    return engine


def said(engine: EspeakEngine, text: str, language: str) -> Sequence[Timing]:
    utterance = Utterance(text=text, engine="espeak", speaker=language)
    ((_, audio),) = engine.synthesize([utterance], lambda row: False)
    return audio.timings


def spelled(engine: EspeakEngine, word: str, language: str) -> str:
    return "-".join(each.text for each in syllables(said(engine, word, language), language))


@pytest.mark.parametrize("language", WORDS)
def test_words_are_cut_into_the_syllables_that_are_said(engine: EspeakEngine, language: str) -> None:
    wanted = WORDS[language].split()
    assert [spelled(engine, word.replace("-", ""), language) for word in wanted] == wanted


@pytest.mark.parametrize("language", UNWRITTEN)
def test_where_letters_do_not_tell_the_sounds_do(engine: EspeakEngine, language: str) -> None:
    wanted = UNWRITTEN[language]
    assert {word: spelled(engine, word, language) for word in wanted} == wanted


def test_syllables_lie_in_their_words_one_after_another(engine: EspeakEngine) -> None:
    timings = said(engine, "Yesterday the particular weather was beautiful, wonderful and international.", "en-us")
    words = [timing for timing in timings if timing.kind == "word"]
    found = syllables(timings, "en-us")
    for word in words:
        own = [each for each in found if word.start_ms <= each.start_ms < word.end_ms]
        assert "".join(each.text for each in own) == word.text
        assert own[-1].end_ms == word.end_ms
        assert all(a.end_ms == b.start_ms for a, b in pairwise(own))


def test_syllables_that_an_engine_tells_are_kept_and_spelled() -> None:
    sounds = [("w", 0), ("ɔ", 50), ("t", 100), ("ɚ", 150)]
    timings = [
        Timing(kind="word", text="water", start_ms=0, end_ms=200),
        Timing(kind="syllable", text="wɔt", start_ms=0, end_ms=150),
        *(Timing(kind="phoneme", text=text, start_ms=start, end_ms=start + 50) for text, start in sounds[:3]),
        Timing(kind="syllable", text="ɚ", start_ms=150, end_ms=200),
        Timing(kind="phoneme", text="ɚ", start_ms=150, end_ms=200),
    ]
    assert syllables(timings, "en-us") == (
        Timing(kind="syllable", text="wat", start_ms=0, end_ms=150),
        Timing(kind="syllable", text="er", start_ms=150, end_ms=200),
    )


def test_sounds_without_a_vowel_are_one_syllable_and_words_without_sounds_none() -> None:
    timings = [
        Timing(kind="word", text="pst", start_ms=0, end_ms=100),
        Timing(kind="phoneme", text="p", start_ms=0, end_ms=50),
        Timing(kind="phoneme", text="s", start_ms=50, end_ms=100),
        Timing(kind="word", text="so", start_ms=100, end_ms=200),
    ]
    assert syllables(timings, "en") == (Timing(kind="syllable", text="pst", start_ms=0, end_ms=100),)
    assert syllables((), "en") == ()


KINDS: tuple[TimingKind, ...] = ("phoneme", "word", "syllable")
SOUND = st.sampled_from(["a", "ˈɛ", "əl", "n̩", "aɪə", "t", "s", "tʃ", "ɹ", "ŋ", "j", "ʲ", "˥", "5", "", "ˈ", "ɑ̃", "ɪ̯"])


@given(
    st.text(max_size=12),
    st.lists(st.tuples(SOUND, st.integers(-5, 60), st.sampled_from(KINDS)), max_size=20),
    st.sampled_from(["en", "de", "es", "fr", "xx", "", "zh-Hant"]),
)
def test_whatever_is_told_syllables_are_in_order_and_lose_no_sound(
    word: str, told: list[tuple[str, int, TimingKind]], language: str
) -> None:
    now = 0
    timings = [Timing(kind="word", text=word, start_ms=0, end_ms=0)]
    for text, length, kind in told:
        timings.append(Timing(kind=kind, text=text, start_ms=now, end_ms=now + length))
        now += max(0, length)
    found = syllables(timings, language)
    assert all(a.start_ms <= b.start_ms for a, b in pairwise(found))
    assert all(each.text and each.start_ms <= each.end_ms for each in found)
    sounding = {t.start_ms for t in timings if t.kind == "phoneme" and t.text.strip("ˈˌ")}
    assert bool(found) == bool(sounding)
    if sounding:
        assert found[0].start_ms == min(sounding)
