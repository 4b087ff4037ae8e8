from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable

import pytest

from engine.text.document import BadDocument, read_document
from engine.text.hygiene import clean, speakable
from engine.text.language import detect
from engine.text.lexicon import Entry, Lexicon
from engine.text.pauses import PauseTooLong, without
from engine.text.reading import SPOKEN_LIMIT, read
from tests.engine.text.hostile import FILES, TEXTS

LEXICON = Lexicon([Entry(word=word, spoken=f"{word} for ever") for word in ("a", "the", "7", "e", "\u4f60", "hello")])
AMONG = {"en", "de", "fr", "ru", "zh", "ar", "hi", "tr"}
LIMIT = 1.0
"""CPU seconds."""


@pytest.fixture(scope="module", autouse=True)
def ready() -> None:
    """What is loaded once in a process does not count."""
    detect("Saya belum tahu di mana stasiunnya", AMONG)
    for language in ("en-gb", "de"):
        read("On 4/5/2026 at 10:30 it was $3.50.", language=language, lexicon=LEXICON)
    read_document(b"# Ready", "a.md")


def check_reading(text: str, language: str, lexicon: Lexicon) -> None:
    """Read a text, and see that what is priced and what is said are what they should be."""
    cleaned = clean(text)
    detect(cleaned, AMONG)
    try:
        sentences = read(cleaned, language=language, lexicon=lexicon)
    except PauseTooLong as refusal:
        assert str(refusal).endswith(".")
        return
    assert sum(len(sentence.written) for sentence in sentences) <= len(cleaned)
    assert any(sentence.pieces for sentence in sentences) == speakable(without(cleaned))
    for sentence in sentences:
        assert len(sentence.spoken) <= SPOKEN_LIMIT
        assert speakable(sentence.written) or not sentence.pieces
    letters = {letter for sentence in sentences for letter in sentence.spoken}
    assert not {unicodedata.category(letter) for letter in letters} & {"Cc", "Cs", "Co", "Cn"}


def check_file(name: str, data: bytes) -> None:
    """Read a file, or have it refused in words."""
    try:
        text = read_document(data, name)
    except BadDocument as refusal:
        assert str(refusal).endswith(".")
        assert len(str(refusal)) < 150
    else:
        assert len(text) <= 2 * len(data)
        check_reading(text, "en-gb", Lexicon())


def cpu_seconds(work: Callable[[], None]) -> float:
    """Do it, once more where it seems slow (another process may have had the cache), and return the least it took."""
    took: list[float] = []
    while len(took) < 3 and min(took, default=LIMIT) >= LIMIT:
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return min(took)


def test_there_are_many() -> None:
    assert len(TEXTS) >= 100
    assert len(FILES) >= 40


@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_text_is_read_or_refused_in_words_and_soon(name: str) -> None:
    assert cpu_seconds(lambda: check_reading(TEXTS[name], "en-gb", LEXICON)) < LIMIT


@pytest.mark.parametrize("name", [name for name, text in TEXTS.items() if "1" in text or "2" in text])
def test_so_are_hostile_figures_in_another_language(name: str) -> None:
    assert cpu_seconds(lambda: check_reading(TEXTS[name], "de", Lexicon())) < LIMIT


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_read_or_refused_in_words_and_soon(name: str) -> None:
    assert cpu_seconds(lambda: check_file(*FILES[name])) < LIMIT
