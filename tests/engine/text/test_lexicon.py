from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text.hygiene import clean
from engine.text.lexicon import BadEntry, Entry, Lexicon


def lexicon(**words: str) -> Lexicon:
    return Lexicon([Entry(word=word.replace("_", " "), spoken=spoken) for word, spoken in words.items()])


def said(words: Lexicon, text: str, language: str = "en-gb") -> str:
    return "".join(piece.spoken for piece in words.apply(text, language))


@pytest.mark.parametrize(
    ("word", "text", "expected"),
    [
        ("SQL", "I like SQL.", "I like X."),
        ("SQL", "sql, Sql and SQL", "X, X and X"),
        ("SQL", "MySQL, SQLite, SQL_x, SQL3", "MySQL, SQLite, SQL_x, SQL3"),
        ("SQL", "SQL-Server (SQL) 'SQL' SQL's", "X-Server (X) 'X' X's"),
        ("can", "can can't can\u2019t Can's", "X can't can\u2019t X's"),
        ("eau", "l'eau", "l'X"),
        ("C++", "C++ and C++, not C or C++11", "X and X, not C or C++11"),
        (".NET", "Use .NET, not ASP.NET", "Use X, not ASP.NET"),
        ("New York", "new york, New  York, New Yorker", "X, X, New Yorker"),
        ("R&D", "R&D r&d R & D", "X X R & D"),
        ("Stra\u00dfe", "STRASSE stra\u00dfe", "X X"),
        ("\u6771\u4eac", "\u79c1\u306f\u6771\u4eac\u306b\u4f4f\u3080", "\u79c1\u306fX\u306b\u4f4f\u3080"),
        ("\u0e44\u0e17\u0e22", "\u0e1b\u0e23\u0e30\u0e40\u0e17\u0e28\u0e44\u0e17\u0e22", None),
        ("\u0915\u092e", "\u0915\u092e \u0915\u092e\u0940", "X \u0915\u092e\u0940"),
        ("\u0645\u06cc", "\u0645\u06cc\u200c\u0631\u0648\u0645 \u0645\u06cc", "\u0645\u06cc\u200c\u0631\u0648\u0645 X"),
        ("3D", "3D 3d 3D-x", "X X X-x"),
        ("3", "3.5, 1.3, 3,000, 3:30, 1/3/26, 3. Then 3, or 3", "3.5, 1.3, 3,000, 3:30, 1/3/26, X. Then X, or X"),
        ("2026", "4/5/2026 and 2026: 5", "4/5/2026 and X: 5"),
        ("24/7", "24/7, 24/7/1", "X, 24/7/1"),
    ],
)
def test_whole_words_are_said_otherwise(word: str, text: str, expected: str | None) -> None:
    spoken = said(Lexicon([Entry(word=word, spoken="X")]), text)
    assert spoken == expected if expected else spoken.count("X") == 1


def test_the_longest_entry_wins() -> None:
    words = lexicon(New="n", New_York="ny", New_York_City="nyc")
    assert said(words, "New York City, New York, New") == "nyc, ny, n"


def test_of_the_same_word_the_first_entry_wins() -> None:
    words = Lexicon([Entry(word="GIF", spoken="jif"), Entry(word="gif", spoken="ghif")])
    assert said(words, "a GIF") == "a jif"


def test_an_entry_of_a_language_holds_only_there() -> None:
    words = Lexicon([Entry(word="die", spoken="dee", language="de"), Entry(word="die", spoken="dye", language="en-us")])
    assert [said(words, "die", tag) for tag in ("de", "de-AT", "en-us", "en", "den")] == [
        "dee",
        "dee",
        "dye",
        "die",
        "die",
    ]


def test_an_empty_lexicon_leaves_the_text_alone() -> None:
    assert not Lexicon()
    assert [piece.written for piece in Lexicon().apply("Hello there.", "en")] == ["Hello there."]
    assert Lexicon().apply("", "en") == ()


def test_the_entries_that_change_a_text_are_told() -> None:
    words = Lexicon(
        [
            Entry(word="York", spoken="y"),
            Entry(word="New York", spoken="ny"),
            Entry(word="GIF", spoken="jif"),
            Entry(word="new", spoken="n", language="de"),
        ]
    )
    assert [entry.spoken for entry in words.matching("New York", "en")] == ["y", "ny"]
    assert [entry.spoken for entry in words.matching("New\nYork", "de")] == ["y", "ny", "n"]
    assert words.matching("Hello", "en") == ()


@pytest.mark.parametrize(
    ("word", "spoken", "language", "complaint"),
    [
        ("", "x", "", "The word needs a letter or a digit"),
        ("\u200b ?!", "x", "", "The word needs a letter or a digit"),
        ("w" * 61, "x", "", "The word has 61 characters; 60 is the most."),
        ("\ufdfa" * 4, "x", "", "The word has 72 characters; 60 is the most."),
        ("x", " \u202e", "", "There is nothing to say for it yet"),
        ("x", "...", "", "There is nothing to say for it yet"),
        ("x", "y" * 201, "", "What is said for it has 201 characters; 200 is the most."),
        ("x", "y", "English please", "The language has to be a tag"),
        ("x", "y", "e" * 5_000, "The language has to be a tag"),
        ("[pause 1s]", "x", "", "A pause cannot"),
        ("x", "now [Pause] then", "", "A pause cannot"),
    ],
)
def test_what_cannot_be_an_entry_is_refused_in_words(word: str, spoken: str, language: str, complaint: str) -> None:
    with pytest.raises(BadEntry) as caught:
        Entry.checked(word, spoken, language)
    assert str(caught.value).startswith(complaint)
    assert str(caught.value).endswith(".")


def test_an_entry_is_cleaned_as_texts_are() -> None:
    entry = Entry.checked(" \uff33QL\u200b ", "se\nquel\0", "EN_gb")
    assert entry == Entry(word="SQL", spoken="se quel", language="en-gb")


@given(
    st.lists(
        st.builds(
            lambda word: Entry(word=word, spoken="\U0001f642x"),
            st.from_regex("[aB\u6771]( [aB\u6771])?[aB\u6771'.\u0301]{0,3}", fullmatch=True),
        )
    ),
    st.text("aB \u6771'.\u0301-1", max_size=40),
)
def test_nothing_that_is_written_is_lost(entries: list[Entry], text: str) -> None:
    words = Lexicon(entries)
    pieces = words.apply(text, "en")
    assert "".join(piece.written for piece in pieces) == text
    changed = [piece for piece in pieces if piece.spoken != piece.written]
    told = {entry.word.casefold() for entry in words.matching(text, "en")}
    assert {" ".join(piece.written.casefold().split()) for piece in changed} <= told


@given(st.text(), st.text(), st.text())
def test_an_entry_that_was_checked_stays_as_it_is_and_is_found(word: str, spoken: str, around: str) -> None:
    try:
        entry = Entry.checked(word, spoken)
    except BadEntry:
        return
    assert Entry.checked(entry.word, entry.spoken) == entry
    text = clean(f"{entry.word}. {around}")
    assert text.startswith(entry.word)
    assert entry in Lexicon([entry]).matching(text, "en")


@pytest.mark.parametrize(
    ("entries", "text"),
    [
        (["a" + " a" * n for n in range(29)], "a " * 20_000),
        (["a", *(f"a {n}" for n in range(20_000))], "a " * 20_000),
        (["a" * 60], "a" * 100_000 + " " + "a" * 60),
        (["+" * n + "1" for n in range(1, 59)], "+" * 30_000),
        (["\u6771" * n for n in range(1, 60)], "\u6771" * 30_000),
    ],
)
def test_the_time_does_not_grow_with_the_entries(entries: list[str], text: str) -> None:
    words = Lexicon([Entry(word=word, spoken="x") for word in entries])
    began = time.process_time()
    assert "".join(piece.written for piece in words.apply(text, "en")) == text
    assert isinstance(words.matching(text, "en"), tuple)
    assert time.process_time() - began < 5
