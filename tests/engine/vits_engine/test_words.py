"""When each word is said."""

from __future__ import annotations

import pytest

from engine.vits_engine.words import timings

TEXT = "Two of the boats."


def evenly(said: str) -> list[float]:
    """Ends of signs that last a tenth of a second each."""
    return [0.1 * (place + 1) for place in range(len(said))]


def spans(text: str, said: str, ways: dict[str, str]) -> list[tuple[str, int, int]]:
    found = timings(text, said, evenly(said), lambda word: ways[word])
    assert found[0].kind == "sentence" and found[0].text == text
    assert (found[0].start_ms, found[0].end_ms) == (0, 100 * len(said))
    return [(each.text, each.start_ms, each.end_ms) for each in found[1:]]


def test_a_word_lasts_from_its_first_sign_to_its_last() -> None:
    ways = {"Two": "tu", "boats": "bots"}
    assert spans("Two boats.", "tu bots.", ways) == [("Two", 0, 200), ("boats", 300, 700)]


def test_words_that_run_together_are_parted() -> None:
    ways = {"Two": "tu", "of": "of", "the": "the", "boats": "bots"}
    assert spans(TEXT, "tu ofthe bots.", ways) == [
        ("Two", 0, 200),
        ("of", 300, 500),
        ("the", 500, 800),
        ("boats", 900, 1300),
    ]


def test_a_word_that_is_said_otherwise_among_others_is_still_found() -> None:
    ways = {"Two": "tu", "of": "ov", "the": "thi", "boats": "bots"}
    found = spans(TEXT, "tu athe bots.", ways)
    assert [word for word, _, _ in found] == ["Two", "of", "the", "boats"]
    assert found[0] == ("Two", 0, 200) and found[-1] == ("boats", 800, 1200)
    assert [start for _, start, _ in found] == sorted(start for _, start, _ in found)


def test_a_word_that_is_not_said_has_no_time() -> None:
    ways = {"Two": "tu", "of": "", "boats": "bots"}
    assert [word for word, _, _ in spans("Two of boats", "tu bots", ways)] == ["Two", "boats"]


@pytest.mark.parametrize("said", ["", "...", " "])
def test_what_says_nothing_has_no_words(said: str) -> None:
    found = timings("Two", said, evenly(said), lambda word: "tu")
    assert [each.kind for each in found] == ["sentence"] * bool(said)


def test_a_word_with_an_apostrophe_is_one() -> None:
    assert spans("Don't.", "dont.", {"Don't": "dont"}) == [("Don't", 0, 400)]
