from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text.hygiene import clean, speakable
from engine.text.lexicon import Entry, Lexicon
from engine.text.pauses import LONGEST, PauseTooLong, total, without
from engine.text.reading import SPOKEN_LIMIT, Sentence, read

NOTHING = Lexicon()


def heard(text: str, lexicon: Lexicon = NOTHING, language: str = "en-gb") -> list[tuple[str, float]]:
    return [(sentence.spoken, sentence.pause) for sentence in read(text, language=language, lexicon=lexicon)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("...", []),
        ("Hello. You there!", [("Hello.", 0.0), ("You there!", 0.0)]),
        ("Hello [pause 1s] there.", [("Hello", 1.0), ("there.", 0.0)]),
        ("Hello.[pause 500ms] [pause 1s]", [("Hello.", 1.5)]),
        ("[pause 2s] Hello.", [("", 2.0), ("Hello.", 0.0)]),
        ("[pause 2s][pause 1s]", [("", 3.0)]),
        ("Hello. [pause 1s] ... [pause 1s] Bye.", [("Hello.", 2.0), ("Bye.", 0.0)]),
        ("Hello [pause soon] there.", [("Hello [pause soon] there.", 0.0)]),
        ("Hello [pause 0s] there.", [("Hello", 0.0), ("there.", 0.0)]),
    ],
)
def test_a_text_becomes_sentences_and_silences(text: str, expected: list[tuple[str, float]]) -> None:
    assert heard(text) == expected


def test_a_plain_sentence_is_one_piece() -> None:
    (sentence,) = read("The quick brown fox jumps.", language="en-gb", lexicon=NOTHING)
    (piece,) = sentence.pieces
    assert piece.written == piece.spoken == "The quick brown fox jumps."


def test_the_lexicon_comes_before_the_expansion() -> None:
    lexicon = Lexicon([Entry(word="Dr", spoken="Doc"), Entry(word="42", spoken="4 2")])
    assert heard("Dr Smith has 42 of 3.", lexicon) == [("Doc Smith has 4 2 of three.", 0.0)]


def test_what_an_entry_keeps_as_it_is_stays_as_it_is() -> None:
    assert heard("Room 101.", Lexicon([Entry(word="101", spoken="101")])) == [("Room 101.", 0.0)]


def test_an_unknown_language_is_read_as_it_stands() -> None:
    assert heard("It is 42.", language="tlh") == [("It is 42.", 0.0)]


def test_what_is_written_and_what_is_spoken_are_told_apart() -> None:
    (sentence,) = read("I have 3 cats.", language="en-gb", lexicon=NOTHING)
    assert sentence.written == "I have 3 cats."
    assert sentence.spoken == "I have three cats."


@pytest.mark.parametrize(
    "text",
    [
        "9" * 10_000,
        " ".join(["12345"] * 50),
        "$1,234.56, " * 100,
        "SQL " * 70,
        "SQLSQL,SQL;" * 27,
        "a" * 50_000,
    ],
    ids=lambda text: text[:10],
)
def test_an_engine_is_never_given_too_much_at_once(text: str) -> None:
    lexicon = Lexicon([Entry(word="SQL", spoken="structured query language " * 7 + "!")])
    sentences = read(clean(text), language="en-gb", lexicon=lexicon)
    assert max(len(sentence.spoken) for sentence in sentences) <= SPOKEN_LIMIT
    assert all(speakable(sentence.spoken) for sentence in sentences)
    assert bare("".join(sentence.written for sentence in sentences)) == bare(clean(text))


def test_too_much_silence_is_refused() -> None:
    with pytest.raises(PauseTooLong):
        read(f"Hello [pause {LONGEST + 1}s]", language="en-gb", lexicon=NOTHING)


def bare(text: str) -> str:
    return "".join(text.split())


def kept(text: str, sentences: tuple[Sentence, ...]) -> bool:
    """Whether the sentences are the text in its order, and what is not in them is neither letter nor digit."""
    rest = iter(bare(text))
    for wanted in bare("".join(sentence.written for sentence in sentences)):
        for character in rest:
            if character == wanted:
                break
            if character.isalnum():
                return False
        else:
            return False
    return not any(character.isalnum() for character in rest)


WORDS = ("Hello", "Dr.", "3.5", "$20", "10:30", "SQL", "[pause 1s]", "[pause 20 ms]", "[pause]", "...", "!", "4/5/2026")
SIGNS = ("\n", "\n\n", "\U0001f642", "\u3002", "\u6771\u4eac", ",", "e\u0301\u0301\u0301", "-", "2,000 GB", "x" * 200)


@given(
    st.one_of(
        st.lists(st.sampled_from((*WORDS, *SIGNS)), max_size=80).map(" ".join),
        st.lists(st.sampled_from((*WORDS, *SIGNS)), max_size=80).map("".join),
        st.text(max_size=300),
    ),
    st.sampled_from(["en-gb", "de", "fr", "ja", "tlh", "", "x" * 50]),
    st.lists(st.sampled_from(["SQL", "Hello", "20", "\u6771", "s", "\U0001f642 3"])),
)
def test_what_is_written_is_the_text_and_nothing_is_said_that_cannot_be(
    text: str, language: str, words: list[str]
) -> None:
    text = clean(text)
    lexicon = Lexicon([Entry(word=word, spoken=f"{word} for ever") for word in words])
    sentences = read(text, language=language, lexicon=lexicon)
    assert kept(without(text), sentences)
    assert all(speakable(sentence.written) and sentence.spoken.strip() for sentence in sentences if sentence.pieces)
    assert all(sentence.pause for sentence in sentences if not sentence.pieces)
    assert [n for n, sentence in enumerate(sentences) if not sentence.pieces] in ([], [0])
    assert sum(sentence.pause for sentence in sentences) == pytest.approx(total(text))
    assert bool(sentences and sentences[-1].pieces) == speakable(without(text))
