from __future__ import annotations

import codecs
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text.document import BadDocument, read_document

GERMAN = "Die M\u00fcllerin a\u00df gern K\u00e4se und s\u00fc\u00dfe \u00c4pfel, sagte sie."
RUSSIAN = "\u042f \u043b\u044e\u0431\u043b\u044e \u0447\u0438\u0442\u0430\u0442\u044c \u043a\u043d\u0438\u0433\u0438."
CHINESE = "\u6211\u4eec\u4eca\u5929\u53bb\u516c\u56ed\u6563\u6b65\uff0c\u5929\u6c14\u5f88\u597d\u3002"


@pytest.mark.parametrize("text", ["Hello.", GERMAN, RUSSIAN, CHINESE, "Hi \U0001f642"], ids=ascii)
@pytest.mark.parametrize(
    ("bom", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_unicode_is_read_by_its_mark_or_as_utf_8(bom: bytes, encoding: str, text: str) -> None:
    assert read_document(bom + text.encode(encoding), "a.txt") == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_shows_by_its_zeros(encoding: str) -> None:
    assert read_document(GERMAN.encode(encoding), "a.txt") == GERMAN


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "windows-1252"),
        ("\u201cIt\u2019s 5 \u20ac\u201d", "windows-1252"),
        ("caf\u00e9", "latin-1"),
        (RUSSIAN, "windows-1251"),
        (RUSSIAN, "koi8-r"),
    ],
)
def test_a_legacy_encoding_is_told_from_its_letters(text: str, encoding: str) -> None:
    assert read_document(text.encode(encoding), "old.txt") == text


def test_a_utf_8_text_may_have_a_wrong_byte_in_it() -> None:
    assert read_document(RUSSIAN.encode() + b"\xff" + RUSSIAN.encode(), "a.txt") == RUSSIAN * 2


def test_a_text_that_was_cut_off_is_read() -> None:
    assert read_document(codecs.BOM_UTF16_LE + ("Hello. " * 20).encode("utf-16-le")[:-1], "a.txt").startswith("Hello. ")


@pytest.mark.parametrize(
    "name", ["a.txt", "A.TXT", "message", ".hidden", "x.tar/b.text", "C:\\x.exe\\a.txt", " a.txt "]
)
def test_plain_text_is_read_as_it_stands(name: str) -> None:
    assert read_document(b"# not *a* heading", name) == "# not *a* heading"


@pytest.mark.parametrize("name", ["a.md", "README.MD", "x.markdown"])
def test_markdown_is_read_as_a_person_would(name: str) -> None:
    assert read_document(b"\xef\xbb\xbf# A *heading*", name) == "A heading."


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.txt.exe", "a.html", "a." + "x" * 10_000])
def test_other_files_are_refused_by_name(name: str) -> None:
    with pytest.raises(BadDocument, match=r"^I read \.txt and \.md files only; .{10,60}\.$"):
        read_document(b"Hello.", name)


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"%PDF-1.7\n%abc", "That is a PDF, not text; "),
        (b"PK\x03\x04word/document.xml", "That is a packed file"),
        (b"\x89PNG\r\n\x1a\n", "That is a picture"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "That is a sound file"),
        (b"{\\rtf1\\ansi Hello}", "That is an RTF file"),
        (random.Random(1).randbytes(5_000), "That is not a text"),
        (codecs.BOM_UTF16_LE + random.Random(2).randbytes(5_000), "That is not a text"),
        (bytes(1_000), "That is not a text"),
        (bytes(range(32)) * 50, "That is not a text"),
        ("\ue000\ue001" * 50, "That is not a text"),
        (CHINESE.encode("gbk"), "I cannot tell how that file is encoded; "),
        (("\u3053\u3093\u306b\u3061\u306f\u3002" * 9).encode("shift-jis"), "I cannot tell how that file is encoded"),
        (GERMAN.encode("cp1252") + b"\x81\x8d", "I cannot tell how that file is encoded"),
    ],
)
def test_what_is_no_text_is_refused_in_words(data: bytes | str, complaint: str) -> None:
    with pytest.raises(BadDocument) as caught:
        read_document(data.encode() if isinstance(data, str) else data, "a.txt")
    assert str(caught.value).startswith(complaint)
    assert str(caught.value).endswith(".")


def test_an_empty_file_is_an_empty_text() -> None:
    assert read_document(b"", "a.txt") == read_document(codecs.BOM_UTF8, "a.md") == ""


@given(st.one_of(st.binary(), st.text().map(str.encode)), st.sampled_from(["a.txt", "a.md", ""]))
def test_any_file_is_text_or_refused(data: bytes, name: str) -> None:
    try:
        text = read_document(data, name)
    except BadDocument as refusal:
        assert str(refusal).endswith(".")
    else:
        text.encode()


@given(st.text(st.characters(categories=["L", "Nd", "P", "Zs"])))
def test_utf_8_is_read_to_the_letter(text: str) -> None:
    assert read_document(b"Text: " + text.encode(), "a.txt") == f"Text: {text}"
