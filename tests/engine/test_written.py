# ruff: noqa: RUF001  # letters and sounds of many scripts are what it is about

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.espeak_engine import EspeakEngine
from engine.speech import Timing, TimingKind, Utterance
from engine.text.lexicon import Lexicon
from engine.text.reading import Piece, Sentence, read
from engine.written import as_written, bare


def event(text: str, start_ms: int, end_ms: int, kind: TimingKind = "word") -> Timing:
    return Timing(kind=kind, text=text, start_ms=start_ms, end_ms=end_ms)


def sentence(*pieces: str | tuple[str, str]) -> Sentence:
    """A sentence of pieces: read as they stand, or (written, spoken)."""
    return Sentence(
        pieces=tuple(
            Piece(written=piece, spoken=piece) if isinstance(piece, str) else Piece(written=piece[0], spoken=piece[1])
            for piece in pieces
        )
    )


def words(timings: tuple[Timing, ...]) -> list[tuple[str, int, int]]:
    return [(timing.text, timing.start_ms, timing.end_ms) for timing in timings if timing.kind == "word"]


def test_what_is_said_in_several_words_is_told_in_the_one_that_is_written() -> None:
    told = [
        event(word, 100 * at, 100 * at + 90)
        for at, word in enumerate(["He", "paid", "three", "dollars", "fifty", "for", "it"])
    ]
    written = as_written(told, sentence("He paid ", ("$3.50", "three dollars fifty"), " for it."))
    assert words(written) == [
        ("He", 0, 90),
        ("paid", 100, 190),
        ("$3.50", 200, 490),
        ("for", 500, 590),
        ("it", 600, 690),
    ]


def test_a_sentence_is_told_as_it_is_written_and_stands_first() -> None:
    told = [event("Is it two", 0, 300, "sentence"), event("Is", 0, 90), event("it", 100, 190), event("two", 200, 290)]
    written = as_written(told, sentence(" “Is it ", ("2", "two"), "?” "))
    assert written[0] == event("“Is it 2?”", 0, 300, "sentence")
    assert [timing.text for timing in written[1:]] == ["Is", "it", "2"]


def test_what_an_engine_calls_several_sentences_is_one() -> None:
    told = [
        event("Oh!", 0, 90, "sentence"),
        event("Oh", 0, 90),
        event("He", 200, 300, "sentence"),
        event("He", 200, 300),
    ]
    written = as_written(told, sentence("Oh! He"))
    assert [timing for timing in written if timing.kind == "sentence"] == [event("Oh! He", 0, 300, "sentence")]


def test_syllables_and_phonemes_pass_as_they_are() -> None:
    parts = [event("tu", 0, 90, "syllable"), event("t", 0, 40, "phoneme"), event("u", 40, 90, "phoneme")]
    written = as_written([event("two", 0, 90), *parts], sentence(("2", "two")))
    assert written == (event("2", 0, 90, "sentence"), event("2", 0, 90), *parts)


def test_words_that_an_engine_merges_share_its_time_by_their_lengths() -> None:
    told = [event("of", 0, 600), event("house", 600, 900)]
    assert words(as_written(told, sentence("of the house"))) == [("of", 0, 240), ("the", 240, 600), ("house", 600, 900)]


def test_words_before_the_first_that_is_told_share_its_time() -> None:
    assert words(as_written([event("house", 0, 900)], sentence("my house"))) == [("my", 0, 257), ("house", 257, 900)]


def test_a_word_that_an_engine_splits_is_one() -> None:
    told = [event("John", 0, 90), event("Paul", 100, 190), event("s", 190, 220), event("car", 300, 390)]
    assert words(as_written(told, sentence("John-Paul's car"))) == [("John-Paul's", 0, 220), ("car", 300, 390)]


def test_words_told_otherwise_than_given_stand_for_what_is_written_between_their_neighbours() -> None:
    told = [event("at", 0, 90), event("three", 100, 190), event("o'clock", 200, 290), event("we", 300, 390)]
    assert words(as_written(told, sentence("At 3:00 we"))) == [("At", 0, 90), ("3:00", 100, 290), ("we", 300, 390)]


def test_a_short_word_far_ahead_is_not_mistaken_for_the_next() -> None:
    told = [event("zwei", 0, 90), event("Hunde", 100, 190), event("a", 200, 290)]
    text = "2 dogs chased one another through an empty street, then a cat came."
    written = words(as_written(told, sentence(text)))
    assert [word for word, *_ in written] == [bare(word) for word in text.split()]


def test_punctuation_around_a_word_is_no_part_of_it_but_signs_that_are_said_are() -> None:
    text = "(“Yes,” he—that is, I—said… 50% of R&D, -5° & #1!) U.S. 'tis *so*"
    said = ["Yes", "he—that", "is", "I—said", "50%", "of", "R&D", "-5°", "&", "#1", "U.S.", "tis", "so"]
    told = [event(word, 100 * at, 100 * at + 90) for at, word in enumerate(said)]
    assert [word for word, *_ in words(as_written(told, sentence(text)))] == said


def test_a_sign_that_nobody_says_is_no_word() -> None:
    told = [event("yes", 0, 90), event("no", 100, 190)]
    assert words(as_written(told, sentence("yes — no …"))) == [("yes", 0, 90), ("no", 100, 190)]


def test_an_abbreviation_that_was_expanded_keeps_its_stop() -> None:
    told = [event("Doctor", 0, 90), event("Who", 100, 190)]
    assert words(as_written(told, sentence(("Dr.", "Doctor"), " Who."))) == [("Dr.", 0, 90), ("Who", 100, 190)]


def test_without_blanks_words_are_what_the_engine_tells() -> None:
    told = [event("你好", 0, 500), event("世", 600, 700), event("界", 700, 900), event("二", 950, 999)]
    text = sentence("你好，世界", ("2", "二"), "。")
    assert words(as_written(told, text)) == [("你好", 0, 500), ("世", 600, 700), ("界", 700, 900), ("2", 950, 999)]


def test_overlapping_words_are_kept_apart() -> None:
    told = [event("one", 0, 500), event("two", 300, 400), event("three", 300, 100)]
    written = words(as_written(told, sentence("one two three")))
    assert written == [("one", 0, 300), ("two", 300, 300), ("three", 300, 300)]


def test_nothing_told_is_nothing() -> None:
    assert as_written((), sentence("Hello.")) == ()
    assert as_written([event("a", 0, 1, "phoneme")], Sentence(pieces=())) == (event("a", 0, 1, "phoneme"),)


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("en-us", "Dr. Smith paid $3.50 at 10:30 for 2,000 GB.", "Dr.|Smith|paid|$3.50|at|10:30|for|2,000 GB"),
        ("en-us", "Out of the U.S. I've seen John-Paul's.", "Out|of|the|U.S.|I've|seen|John-Paul's"),
        ("fr-fr", "Aujourd'hui l'école coûte 3,50 €.", "Aujourd'hui|l'école|coûte|3,50 €"),
        ("de", "Es kostet z.B. 20 % mehr.", "Es|kostet|z.B.|20 %|mehr"),
    ],
)
def test_espeaks_words_are_told_as_they_are_written(language: str, text: str, wanted: str) -> None:
    engine = EspeakEngine()
    engine.open()
    found: list[str] = []
    for each in read(text, language=language, lexicon=Lexicon()):
        utterance = Utterance(text=each.spoken, engine="espeak", speaker=language)
        for _, audio in engine.synthesize([utterance], lambda row: False):
            found += [word for word, *_ in words(as_written(audio.timings, each))]
    assert found == wanted.split("|")


LETTERS = st.sampled_from("ab1 .-$'你ี\u0301😀,\n(")
TEXT = st.text(LETTERS, max_size=6)
PIECES = st.lists(TEXT | st.tuples(TEXT, TEXT), max_size=8)
KINDS: tuple[TimingKind, ...] = ("word", "word", "word", "sentence", "phoneme")
EVENTS = st.lists(
    st.builds(event, TEXT, st.integers(-50, 900), st.integers(-50, 900), st.sampled_from(KINDS)), max_size=12
)


@given(PIECES, EVENTS)
def test_whatever_is_told_every_word_comes_at_most_once_in_order_and_apart(
    pieces: list[str | tuple[str, str]], told: list[Timing]
) -> None:
    said = sentence(*pieces)
    written = as_written(told, said)
    assert [timing.start_ms for timing in written] == sorted(timing.start_ms for timing in written)
    found = words(written)
    assert all(start <= end for _, start, end in found)
    assert all(end <= start for (_, _, end), (_, start, _) in pairwise(found))
    at = 0
    for word, _, _ in found:  # each stands in the text behind the one before
        at = said.written.index(word, at) + len(word)
    assert sum(timing.kind == "phoneme" for timing in written) == sum(timing.kind == "phoneme" for timing in told)


@given(PIECES)
def test_an_engine_that_tells_every_word_is_told_in_every_written_word(pieces: list[str | tuple[str, str]]) -> None:
    said = sentence(*pieces)
    spoken = [word for word in said.spoken.split() if any(character.isalnum() for character in word)]
    found = words(as_written([event(word, 10 * at, 10 * at + 10) for at, word in enumerate(spoken)], said))
    if spoken:
        letters = [c for word, *_ in found for c in word if c.isalnum()]
        assert letters == [c for c in said.written if c.isalnum()]
