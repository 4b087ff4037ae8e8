"""Consent words: a list that can be told apart, draws that nobody foresees, and what is heard of them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import spoken
from engine.audio import join
from engine.consent_words import SIX, STATEMENT, WORDS, draw, heard, matches, missed
from engine.espeak_engine import EspeakEngine
from engine.speech import Audio, Utterance
from engine.synthetic import spoken_by_machine

VOWELS = ("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW")
APART = 4
"""In how many phones two words of the list differ at least."""
DRAWN = ("helstone", "thornton", "accusing", "confession", "margaret", "anxiety")
some_words = st.lists(st.sampled_from(WORDS[:8]), max_size=SIX)


@cache
def dictionary() -> dict[str, list[tuple[str, ...]]]:
    """Every way in which the recogniser's dictionary says a word, in ARPAbet."""
    from pocketsphinx import get_model_path  # type: ignore[import-untyped]  # it has no types

    found: dict[str, list[tuple[str, ...]]] = {}
    for line in (Path(get_model_path()) / "en-us" / "cmudict-en-us.dict").read_text(encoding="utf-8").splitlines():
        word, *phones = line.split()
        found.setdefault(word.partition("(")[0], []).append(tuple(phones))
    return found


def nearer(a: Sequence[str], b: Sequence[str], most: int) -> bool:
    """Whether two rows of phones differ in fewer than `most` places."""
    if abs(len(a) - len(b)) >= most:
        return False
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1] < most


def test_the_list_has_enough_words_of_two_or_three_syllables_that_the_recogniser_knows() -> None:
    assert len(set(WORDS)) == len(WORDS) >= 200
    assert list(WORDS) == sorted(WORDS)
    said = {word: dictionary().get(word, []) for word in WORDS}
    assert [word for word, ways in said.items() if not ways] == []
    syllables = {word: {sum(phone in VOWELS for phone in way) for way in ways} for word, ways in said.items()}
    assert {word: found for word, found in syllables.items() if not found <= {2, 3}} == {}


def test_no_two_words_of_the_list_sound_alike() -> None:
    near = [
        (a, b)
        for a, b in combinations(WORDS, 2)
        if any(nearer(x, y, APART) for x in dictionary()[a] for y in dictionary()[b])
    ]
    assert near == []


def test_a_draw_has_no_word_twice_and_every_word_comes_up() -> None:
    draws = [draw(chance=random.Random(seed)) for seed in range(400)]
    assert all(len(set(words)) == SIX for words in draws)
    assert {word for words in draws for word in words} == set(WORDS)
    assert len({draw() for _ in range(50)}) == 50
    assert set(draw(2, among=("river", "lemon"))) == {"river", "lemon"}
    with pytest.raises(ValueError):
        draw(3, among=("river", "lemon"))


def test_words_count_in_their_order_whatever_comes_between() -> None:
    drawn = ("river", "lemon", "window", "carpet", "dragon", "silver")
    assert matches(drawn, drawn) == SIX
    assert matches(drawn, ("river", "lemon", "carpet", "carpet", "dragon", "silver")) == 5
    assert missed(drawn, ("river", "carpet", "window", "lemon", "dragon", "silver")) in (
        ("lemon", "carpet"),
        ("window", "carpet"),
        ("lemon", "window"),
    )
    assert matches(drawn, tuple(reversed(drawn))) == 1
    assert matches(drawn, ()) == 0 and missed(drawn, ()) == drawn


@given(drawn=some_words, heard=some_words)
def test_what_is_missed_and_what_matches_are_all_that_was_drawn(drawn: list[str], heard: list[str]) -> None:
    lost = missed(drawn, heard)
    assert matches(drawn, heard) + len(lost) == len(drawn)
    assert not Counter(lost) - Counter(drawn)
    assert matches(drawn, heard) == matches(heard, drawn) == longest(drawn, heard)


def longest(a: Sequence[str], b: Sequence[str]) -> int:
    """How long the longest row is that both have, by trying every one."""
    rows = (row for n in range(len(a), 0, -1) for row in combinations(a, n))
    return next((len(row) for row in rows if _is_in(row, b)), 0)


def _is_in(row: Sequence[str], whole: Sequence[str]) -> bool:
    rest = iter(whole)
    return all(word in rest for word in row)


def say(text: str) -> Audio:
    engine = EspeakEngine()
    engine.open()
    utterance = Utterance(text=text, engine="espeak", speaker="en-us", speed=0.85)
    return join([audio for _, audio in engine.synthesize([utterance], lambda row: False)])


def test_six_words_are_heard_with_the_statement_before_them_and_without() -> None:
    for seed, before in enumerate(("", f"{STATEMENT} ", f"Okay, here I go. {STATEMENT} ")):
        words = draw(chance=random.Random(seed))
        found = heard(say(f"{before}{', '.join(words)}."))
        assert len(found) == SIX and set(found) <= set(WORDS)
        assert matches(words, found) >= 5, (before, words, found)


def test_the_drawn_words_are_preferred_and_no_others_taken_for_them() -> None:
    said, others = draw(12, chance=random.Random(7))[:SIX], draw(12, chance=random.Random(7))[SIX:]
    sound = say(", ".join(said) + ".")
    assert matches(said, heard(sound, drawn=said)) == SIX
    assert matches(others, heard(sound, drawn=others)) <= 1
    two = (*said[:4], *others[4:])
    assert matches(two, heard(sound, drawn=two)) <= 4


def test_where_nothing_is_said_nothing_that_was_drawn_is_heard() -> None:
    noise = np.random.default_rng(1).standard_normal(6 * 16_000).astype(np.float32)
    for samples in (np.zeros(16_000, np.float32), np.zeros(0, np.float32), 0.01 * noise):
        for drawn in ((), draw()):
            assert matches(drawn or draw(), heard(Audio(samples=samples, rate=16_000), drawn=drawn)) <= 1


@pytest.mark.skipif(not spoken.SPEECH.is_dir(), reason="shared/speech is not here")
def test_a_real_person_is_heard_among_all_words_and_said_by_no_machine() -> None:
    among = (*WORDS, *(word for word in spoken.spoken_list() if word not in WORDS))
    message = spoken.said("1688", DRAWN, random.Random(1))
    assert matches(DRAWN, heard(message, among)) >= 5
    assert spoken_by_machine(message) is None
