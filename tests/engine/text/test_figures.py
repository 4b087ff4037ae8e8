from __future__ import annotations

import re

import pytest

from engine.text.figures import Figures
from engine.text.grammar import grammar
from engine.text.shapes import Shapes, choice


def read(text: str, language: str) -> tuple[str, str] | None:
    """Return what the first rule for digits takes from the beginning of a text, and what it says."""
    found = grammar(language)
    assert found is not None
    for pattern, say in Figures(found).digits:
        if (match := pattern.match(text)) and (said := say(match)) is not None:
            return match[0], said
    return None


@pytest.mark.parametrize(
    ("text", "language", "taken", "said"),
    [
        ("2,000 GB.", "en-us", "2,000 GB", "two thousand gigabytes"),
        ("2.000 GB.", "de", "2.000 GB", "zweitausend Gigabyte"),
        ("2.000 GB.", "en-us", "2.000 GB", "two point zero zero zero gigabytes"),
        ("4/5/2026.", "en-gb", "4/5/2026", "the fourth of May twenty twenty-six"),
        ("13/5/2026", "en-us", "13/5/2026", "May thirteenth, twenty twenty-six"),
        ("99/99/2026", "en-us", "99", "ninety-nine"),
        ("31.02.2026", "de", "31.02.2026", "einunddrei\u00dfig Punkt null zwei Punkt zweitausendsechsundzwanzig"),
        ("25:30", "en-us", "25:30", "twenty-five to thirty"),
        ("1,5 Mio. \u20ac", "de", "1,5 Mio. \u20ac", "eins Komma f\u00fcnf Millionen Euro"),
        ("10-20 km", "en-us", "10-", "ten to "),
        ("3-2", "en-us", "3-", "three "),
        ("1-2-3", "en-us", "1", "one"),
        ("5kmx", "en-us", "5", "five "),
    ],
)
def test_figures_are_read_by_the_first_shape_that_fits(text: str, language: str, taken: str, said: str) -> None:
    assert read(text, language) == (taken, said)


def test_signs_are_tried_the_longest_first() -> None:
    assert choice(["m", "mm", "m/s"]) == "m/s|mm|m"
    assert not re.match(choice([]), "")


def test_marks_of_thousands_are_the_languages() -> None:
    shapes = {tag: Shapes(found) for tag in ("en", "de", "fr") if (found := grammar(tag))}
    taken = {tag: shape.number.match("1.234.567,89") for tag, shape in shapes.items()}
    assert {tag: match[0] for tag, match in taken.items() if match} == {
        "en": "1.234",
        "de": "1.234.567,89",
        "fr": "1.234.567,89",
    }
