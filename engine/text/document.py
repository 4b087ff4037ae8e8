"""A file that somebody attached instead of typing: its text, as it would be read aloud."""

from __future__ import annotations

import codecs
import re
import unicodedata

PLAIN = (".txt", ".text", "")
"""Endings of files that are read as they stand; a name without one counts as such."""
MARKDOWN = (".md", ".markdown", ".mdown", ".mkd")
"""Endings of files whose marks are left out."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""The longer ones first: UTF-32's begins with UTF-16's."""
_KINDS = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a packed file, such as a .docx, an .epub or a .zip"),
    (b"\xd0\xcf\x11\xe0", "an old Word file"),
    (b"{\\rtf", "an RTF file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"ID3", "a sound file"),
    (b"RIFF", "a sound file or a film"),
    (b"OggS", "a sound file"),
    (b"fLaC", "a sound file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
    (b"\x1f\x8b", "a packed file"),
    (b"7z\xbc\xaf", "a packed file"),
    (b"Rar!", "a packed file"),
    (b"SQLite format 3\0", "a database"),
)
"""What files of other kinds begin with, and what a person calls them."""
_SAMPLE = 20_000
"""How much of a file is looked at to tell text from something else, in bytes or characters."""
_NOISE = 0.05
"""The most of a text, from 0 to 1, that may be characters that no text has."""
_NO_TEXT = "That is not a text; save what is to be read as plain text (.txt) and send that."
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_LETTER = re.compile(rb"[A-Za-z]")
_HIGH = re.compile(rb"[^\x00-\x7f\x80\x82\x84\x85\x91-\x97\xa0\xa3\xa7\xa9\xab\xae\xb0\xb4\xb7\xbb]")
"""Outside ASCII, but for the dashes, quotes and the like that the Windows encodings share."""
_CYRILLIC = re.compile(rb"[\xc0-\xff\xa8\xb8]")
_SMALL_OF_1251 = re.compile(rb"[\xe0-\xff]")
_SMALL_OF_KOI8 = re.compile(rb"[\xc0-\xdf]")


class BadDocument(Exception):
    """A file cannot be read; the message is a sentence for the person who sent it."""


def read_document(data: bytes, name: str) -> str:
    """Return the text of a .txt or .md file; Markdown as a person would read it aloud.

    The encoding is told by a byte order mark, by the zeros that UTF-16 has in every other place, or by being valid
    UTF-8. Else it is a legacy one of a byte a character: windows-1251 or KOI8-R where nearly all letters are outside
    ASCII and lie where those have Cyrillic, windows-1252 where few of them are. How long the file may be is the
    caller's to say.

    Args:
        data: The whole file.
        name: What the person called it; only its ending counts.

    Raises:
        BadDocument: It is no text, or one in an encoding that cannot be told.
    """
    ending = _ending(name)
    if ending not in (*PLAIN, *MARKDOWN):
        raise BadDocument("I read .txt and .md files only; save it as plain text (.txt) and send that.")
    for magic, kind in _KINDS:
        if data.startswith(magic):
            raise BadDocument(f"That is {kind}, not text; save what is to be read as plain text (.txt) and send that.")
    text = _decoded(data)
    if _noise(text[:_SAMPLE]) > _NOISE:
        raise BadDocument(_NO_TEXT)
    if ending in MARKDOWN:
        from engine.text.markdown import aloud  # its parser takes time to import

        return aloud(text)
    return text


def _ending(name: str) -> str:
    base = re.split(r"[/\\]", name.strip())[-1]
    stem, dot, ending = base.rpartition(".")
    return f".{ending.lower()}" if dot and stem else ""


def _decoded(data: bytes) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding, "replace")
    if encoding := _plain_utf16(data[:_SAMPLE]):
        return data.decode(encoding, "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return _damaged(data) or _legacy(data)


def _plain_utf16(sample: bytes) -> str:
    """Name the UTF-16 that a sample without a byte order mark is in, where one half of its bytes is mostly zeros."""
    pairs = len(sample) // 2
    zeros = sample[0 : 2 * pairs : 2].count(0), sample[1 : 2 * pairs : 2].count(0)
    for most, least, encoding in ((zeros[1], zeros[0], "utf-16-le"), (zeros[0], zeros[1], "utf-16-be")):
        if most > 0.4 * pairs and least < 0.05 * pairs:
            return encoding
    return ""


def _damaged(data: bytes) -> str:
    """Return a UTF-8 text that only a few bytes are wrong in; empty where it is something else."""
    text = data.decode("utf-8", "ignore")
    right = len(text.encode()) - len(re.findall(r"[\x00-\x7f]", text))
    wrong = len(data) - len(text.encode())
    return text if right > 4 * wrong else ""


def _legacy(data: bytes) -> str:
    """Decode a text in a legacy encoding of a byte a character.

    Raises:
        BadDocument: It is no text, or nobody can tell which encoding it is in.
    """
    sample = data[:_SAMPLE]
    if len(_CONTROL.findall(sample)) > _NOISE * len(sample):
        raise BadDocument(_NO_TEXT)
    high = len(_HIGH.findall(sample))
    letters = high + len(_LETTER.findall(sample))
    if high > 0.6 * letters and len(_CYRILLIC.findall(sample)) > 0.9 * high:
        koi8 = len(_SMALL_OF_KOI8.findall(sample)) > len(_SMALL_OF_1251.findall(sample))
        return data.decode("koi8-r" if koi8 else "windows-1251", "replace")
    try:
        if high <= 0.25 * letters:
            return data.decode("windows-1252")
    except UnicodeDecodeError:
        pass  # a byte that windows-1252 does not have
    raise BadDocument("I cannot tell how that file is encoded; save it as UTF-8 and send it again.")


def _noise(text: str) -> float:
    """Return how much of a text is controls, unassigned and private characters and the like, from 0 to 1."""
    if text.isprintable():
        return 0.0
    odd = sum(
        character == "\ufffd"
        or (unicodedata.category(character) in ("Cc", "Cn", "Co", "Cs") and not character.isspace())
        for character in text
    )
    return odd / len(text)
