from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.languages import NOBODYS, Line, lines
from engine.text.language import detect
from tests.house.source import ROOT

LABELLED = [line for line in lines() if line[0] != NOBODYS]
KNOWN = {label for label, _ in LABELLED}
WIDELY = KNOWN | {"af", "ca", "et", "gl", "hr", "is", "lt", "lv", "mk", "mr", "ms", "ne", "sk", "sl", "sr", "sw", "ur"}


def words(line: Line) -> int:
    return len(line[1].split())


@pytest.mark.parametrize("among", [KNOWN, WIDELY], ids=["known", "widely"])
def test_the_language_of_a_sentence_is_right_or_not_told(among: set[str]) -> None:
    told = [(label, detect(text, among), text) for label, text in LABELLED]
    assert not [line for line in told if line[1] not in (line[0], None)]
    assert sum(found is not None for _, found, _ in told) > 0.9 * len(told)


def test_a_long_sentence_is_always_told() -> None:
    assert not [line for line in LABELLED if words(line) > 10 and detect(line[1], KNOWN) != line[0]]


def test_without_the_model_it_is_told_less_often_and_never_wrongly() -> None:
    told = [(label, detect(text, KNOWN, model=False)) for label, text in LABELLED]
    assert not [line for line in told if line[1] not in (line[0], None)]
    assert sum(found is not None for _, found in told) > len(told) / 2


@pytest.mark.parametrize(
    "text",
    [text for label, text in lines() if label == NOBODYS and (text.isascii() or not any(map(str.isalpha, text)))],
    ids=ascii,
)
def test_what_could_be_anybodys_is_told_to_be_nobodys(text: str) -> None:
    assert detect(text, KNOWN) is None


@pytest.mark.parametrize("text", ["", " ", "...", "12 345", "\U0001f642", "https://example.org/the/and/that", "?"])
def test_nothing_has_no_language(text: str) -> None:
    assert detect(text, KNOWN) is None


def test_only_a_language_that_is_wanted_is_told() -> None:
    german = "Ich weiß nicht, wo das Buch ist, aber du hast es gestern gehabt."
    assert detect(german, {"de", "en"}) == "de"
    assert detect(german, {"de-at", "en-gb"}) == "de"
    assert detect(german, {"en", "fr"}) is None
    assert detect(german, set()) is None
    assert detect("Where is the station?", {"de", "fr"}) is None


@pytest.mark.parametrize(
    ("text", "among", "tag"),
    [
        ("\u8f66\u7ad9\u5728\u54ea\u91cc?", {"cmn", "en"}, "cmn"),
        ("\u8f66\u7ad9\u5728\u54ea\u91cc?", {"zh-cn", "yue"}, "zh"),
        ("Jeg vet ikke hva klokka er nå.", {"no", "da", "sv"}, "no"),
        ("Jeg vet ikke hva klokka er nå.", {"nb", "da", "sv"}, "nb"),
    ],
)
def test_a_language_is_told_by_the_tag_that_is_wanted(text: str, among: set[str], tag: str) -> None:
    assert detect(text, among) == tag


@pytest.mark.parametrize(
    ("text", "among", "tag"),
    [
        ("Привет", WIDELY, "ru"),
        ("Москва", {"uk", "en"}, "uk"),
        ("Їжак", WIDELY, "uk"),
        ("Ђак", WIDELY, "sr"),
        ("Привет", {"en", "de"}, None),
        ("Hi, Привет всем", WIDELY, "ru"),
        ("Hello there, Ян", WIDELY, "en"),
        ("中国", {"cmn", "en", "ja"}, "cmn"),
        ("中国", {"ja", "en"}, "ja"),
        ("日本語", WIDELY, "zh"),
        ("日本語です", WIDELY, "ja"),
        ("カ", WIDELY, "ja"),
        ("محمد", WIDELY, "ar"),
        ("پدر", WIDELY, "fa"),
        ("لڑکا", WIDELY, "ur"),
        ("नमस्ते", WIDELY, "hi"),
        ("नमस्ते", {"mr", "en"}, "mr"),
        ("Γεια", WIDELY, "el"),
        ("שלום", WIDELY, "he"),
    ],
)
def test_a_few_letters_of_another_script_are_told_by_it(text: str, among: set[str], tag: str | None) -> None:
    assert detect(text, among) == tag


@pytest.mark.parametrize("model", [True, False])
def test_a_few_letters_are_told_without_the_model_too(model: bool) -> None:
    assert detect("Привет", WIDELY, model=model) == "ru"


def test_in_a_long_text_the_likelier_of_two_twins_is_told() -> None:
    text = (
        "Perpustakaan besar dekat sekolah. Anak-anak senang bermain layang-layang, melukis gunung, menyanyi gembira. "
        "Rumah makan kecil menjual nasi goreng, ikan bakar, sayur segar. Petani menanam padi, jagung, kacang. "
        "Nelayan berlayar malam, pulang pagi, membawa hasil tangkapan."
    )
    assert detect(text, WIDELY) in {"id", "ms"}


def test_plain_english_loads_no_model() -> None:
    sentences = ("Hello, I am Mynah.", "The quick brown fox jumps over the lazy dog.", "Testing one two three.")
    code = (
        "import sys; from engine.text.language import detect\n"
        f"assert all(detect(text, {sorted(KNOWN)}) == 'en' for text in {sentences})\n"
        "assert 'py3langid' not in sys.modules and 'numpy' not in sys.modules"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


@given(st.text(), st.sets(st.sampled_from(sorted(KNOWN))))
def test_whatever_is_typed_is_told_or_not(text: str, among: set[str]) -> None:
    assert detect(text, among, model=False) in {*among, None}


@pytest.mark.parametrize("text", ["a" * 300_000, "the " * 75_000, "\u4e00" * 300_000, ":" * 300_000, "a." * 150_000])
def test_a_hostile_text_takes_no_longer_than_its_length_explains(text: str) -> None:
    detect("Saya belum tahu di mana stasiunnya", KNOWN)  # the model is loaded before the clock runs
    began = time.process_time()
    assert detect(text, KNOWN) in {"en", "zh", None}
    assert time.process_time() - began < 1
