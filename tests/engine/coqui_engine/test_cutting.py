"""What is too long is cut where a person would breathe, and nothing of it is lost."""

from __future__ import annotations

import pytest

from engine.coqui_engine.cutting import cut


@pytest.mark.parametrize(
    ("text", "longest", "parts"),
    [
        ("One. Two. Three.", 100, ["One. Two. Three."]),
        ("One. Two. Three.", 9, ["One. Two.", "Three."]),
        ("One, two and three", 9, ["One,", "two and", "three"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("It is 3.5 miles. Go!", 16, ["It is 3.5 miles.", "Go!"]),
        ("\u4f60\u597d\u3002\u518d\u89c1\u3002", 3, ["\u4f60\u597d\u3002", "\u518d\u89c1\u3002"]),
        (" ... ", 10, []),
        ("", 10, []),
    ],
)
def test_it_is_cut_at_the_best_places(text: str, longest: int, parts: list[str]) -> None:
    assert cut(text, longest) == parts


@pytest.mark.parametrize("longest", [7, 20, 60])
def test_no_letter_is_lost_and_no_part_too_long(longest: int) -> None:
    text = "Here is a first sentence, with a comma; then comes another one! And a thirdwithaverylongword in it."
    parts = cut(text, longest)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert max(map(len, parts)) <= longest
