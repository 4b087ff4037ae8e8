from __future__ import annotations

import csv
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.text.expansion import expand
from engine.text.hygiene import clean

TABLE = Path(__file__).with_name("table.tsv")
LANGUAGES = (
    "en-us",
    "en-gb",
    "de",
    "fr",
    "es",
    "it",
    "pt-br",
    "nl",
    "pl",
    "ru",
    "sv",
    "da",
    "cs",
    "ar",
    "zh",
    "xx",
    "",
)
MOST_PER_CHARACTER = 40
"""The most characters that one is said with, beside what a short amount needs at least."""
LEAST = 120


def said(text: str, language: str) -> str:
    return "".join(piece.spoken for piece in expand(text, language))


def table() -> list[tuple[str, str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [(language, written, spoken) for language, written, spoken in rows]


@pytest.mark.parametrize(("language", "written", "spoken"), table())
def test_a_text_is_read_as_a_person_would(language: str, written: str, spoken: str) -> None:
    assert said(clean(written), language) == spoken


def test_the_table_is_long_and_of_many_languages() -> None:
    rows = table()
    assert len(rows) >= 150
    counts = {
        language: sum(row[0].partition("-")[0] == language for row in rows) for language in ("en", "de", "fr", "es")
    }
    assert min(counts.values()) >= 15
    assert len({row[0].partition("-")[0] for row in rows}) >= 10


@pytest.mark.parametrize("language", LANGUAGES)
def test_plain_text_is_one_piece_as_it_stands(language: str) -> None:
    text = 'The fox said: "Hello, dog!" - and it rests.'
    (piece,) = expand(text, language)
    assert piece.written == piece.spoken == text


def test_an_empty_text_has_no_pieces() -> None:
    assert expand("", "en") == ()


def test_what_is_written_together_is_one_piece() -> None:
    assert [piece.written for piece in expand("from 1990\u20132000 on, -5 or $5-$10", "en-us")] == [
        "from ",
        "1990\u20132000",
        " on, ",
        "-5",
        " or ",
        "$5-$10",
    ]


@pytest.mark.parametrize(
    "tag", ["EN_us", "en-US-x-foo", "de-AT", "pt-BR", "zh-Hans-CN", "sr-Latn", "sw", "a", "../de", "de.en", "é"]
)
def test_any_tag_is_taken(tag: str) -> None:
    assert "".join(piece.written for piece in expand("5 km", tag)) == "5 km"


def test_a_tag_is_a_language_however_it_is_written() -> None:
    assert said("5 km", "DE_at") == "fünf Kilometer"


hostile_texts = st.one_of(
    st.text(max_size=60),
    st.text("0123456789.,:/-+ $€%°&#@'\u2044\u2013", max_size=40),
    st.text("019.,:/- IVXMCe$€%aphkms°", max_size=40),
    st.from_regex(
        r"(([A-Z][a-z]{0,4}\.? )?[$€]?\d{1,7}([.,:/-]\d{1,4}){0,3} ?(km|%|€|h|pm|st|er|o|\.)? ?){1,4}", fullmatch=True
    ),
    st.from_regex(r"((z|B|Dr|St|etc|e|g|u|a|M|V|XIV|Ludwig|Chapter)\.? ?){1,8}", fullmatch=True),
)


@given(hostile_texts, st.sampled_from(LANGUAGES))
@example("1\u2044", "en-us")
@example("\u0661\u0662:\u0663\u0660 \u0664/\u0665/\u0662\u0660\u0662\u0666 $\u0665.\u0665\u0660 \u0665km", "ar")
@example("0" * 30 + ".5 kg $" + "9" * 40, "pl")
@example("999999999999999.999999999999999 km", "ru")
@example("31/02/2026 99:99 24:30 13 pm 0/0 1/0 0000-00-00", "de")
def test_nothing_is_lost_and_nothing_grows_without_bound(text: str, language: str) -> None:
    pieces = expand(text, language)
    assert "".join(piece.written for piece in pieces) == text
    assert all(piece.written for piece in pieces)
    assert all(one.written == one.spoken or other.written == other.spoken for one, other in pairwise(pieces))
    for piece in pieces:
        assert len(piece.spoken) <= MOST_PER_CHARACTER * len(piece.written) + LEAST


@pytest.mark.parametrize("language", ["en-us", "de", "pl", "ru"])
@pytest.mark.parametrize(
    "number", [0, 1, 9, 10, 11, 19, 20, 21, 99, 100, 101, 999, 1_000, 1_100, 2_000, 10_000, 10**6, 10**9, 10**15 - 1]
)
def test_every_number_has_words(language: str, number: int) -> None:
    for text in (f"{number}", f"{number} km", f"{number} \u20ac", f"{number}%"):
        words = said(text, language)
        assert words and not any(character.isdigit() for character in words)


def test_a_number_beyond_all_words_is_said_digit_by_digit() -> None:
    words = said("1" * 16, "en-us").replace(",", "").split()
    assert words == ["one"] * 16


@pytest.mark.parametrize(
    "text",
    [
        *("1" * 10_000, "1/" * 8_000, "1." * 8_000, "1-" * 8_000, "1:" * 8_000, "1," * 8_000, "1 " * 8_000),
        *("$" * 20_000, "$1" * 8_000, "," * 20_000, "1,111" * 10_000, "1" + ",111" * 4_000, "1 " + "111 " * 4_000),
        *(
            "a" * 50_000,
            "a." * 8_000,
            "a@" * 8_000,
            "a.b@" * 4_000,
            "www." * 4_000,
            "http://" * 3_000,
            "a-" * 8_000,
        ),
        *(
            "I" * 20_000,
            "XIV " * 4_000,
            "Louis XIV. " * 2_000,
            "z. " * 2_000,
            "+1 " * 2_000,
            "(1) " * 4_000,
            "%" * 20_000,
        ),
        *(
            "1x" * 8_000,
            "1\u2044" * 8_000,
            "0." + "1" * 20_000,
            "Dr. " * 4_000,
            "& " * 8_000,
            "-1" * 8_000,
            ". " * 8_000,
        ),
    ],
    ids=lambda text: ascii(text[:6]),
)
@pytest.mark.parametrize("language", ["en-us", "de"])
def test_a_hostile_text_takes_no_longer_than_its_length_explains(text: str, language: str) -> None:
    began = time.process_time()
    pieces = expand(text, language)
    assert time.process_time() - began < 5
    assert "".join(piece.written for piece in pieces) == text
