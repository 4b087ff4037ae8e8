"""How amounts, lengths of time and names of files are put for people."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime

NAME_LIMIT = 60
"""The most characters of a file's name, its ending included."""
DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])\Z")
"""What Windows takes for a device, whatever ending follows."""
PLAIN_WORD = re.compile("[a-z0-9]+")
"""A word in a name, where no other letters are about."""
UNSEEN = re.compile("['\u2019\u02bc\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""What stands inside words and is not missed in a name: apostrophes, and the marks that choose a glyph."""


SINGULAR = {
    "entries": "entry",
    "copies": "copy",
    "replies": "reply",
    "tries": "try",
    "acts of admins": "act of an admin",
}
"""What one of them is called, where that is not the plural without its last letter."""
TAIL = re.compile(r" (?:about|noted|of)\b")
"""Where the things that are counted end, and what is said about them begins."""


def count(number: int, thing: str) -> str:
    """'1 file', '1,200 characters', '1 line about your use': `thing` is the plural."""
    return f"{number:,} {_one(thing) if number == 1 else thing}"


def _one(thing: str) -> str:
    if thing in SINGULAR:
        return SINGULAR[thing]
    tail = TAIL.search(thing)
    head, rest = (thing[: tail.start()], thing[tail.start() :]) if tail else (thing, "")
    return SINGULAR.get(head, head.removesuffix("s")) + rest


def listed(things: Sequence[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    return " and ".join([", ".join(things[:-1]), things[-1]] if len(things) > 1 else things)


def either(things: Sequence[str]) -> str:
    """'a', 'a or b', 'a, b or c'."""
    return " or ".join([", ".join(things[:-1]), things[-1]] if len(things) > 1 else things)


def duration(seconds: float) -> str:
    """'1.4 s', '2 min 5 s', '3 h 20 min', '2 days 4 h'."""
    if seconds < 59.95:
        return f"{max(0.0, seconds):.1f} s"
    whole = round(seconds)
    for size, big, small_size, small in ((86_400, "days", 3_600, "h"), (3_600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            first, rest = whole // size, whole % size // small_size
            head = f"{first} {'day' if big == 'days' and first == 1 else big}"
            return f"{head} {rest} {small}" if rest else head
    return f"{whole} s"


def size(number: int) -> str:
    """'640 bytes', '12 kB', '1.2 MB'."""
    if number < 1_000:
        return count(number, "bytes")
    amount, unit = number / 1_000, "kB"
    for larger in ("MB", "GB", "TB"):
        if round(amount) < 1_000:
            break
        amount, unit = amount / 1_000, larger
    return (
        f"{amount:,.0f} {unit}" if unit == "kB" or amount >= 9.95 else f"{amount:.1f}".removesuffix(".0") + f" {unit}"
    )


def iso(ms: int) -> str:
    """A time as programs read it: '2026-11-21T00:00:00Z'."""
    return datetime.fromtimestamp(ms / 1_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def excerpt(text: str, most: int = 60) -> str:
    """The beginning of a text on one line, cut between two words."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    head = line[: most - 1]
    cut = head.rfind(" ") if line[most - 1].isalnum() else -1
    return (head[:cut] if cut > most // 2 else head).rstrip(" ,;:.-\u2013\u2014") + "…"


def _words(text: str) -> list[str]:
    kept = "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in text)
    return [word for word in kept.split() if any(map(str.isalnum, word))]


def file_name(text: str, ending: str) -> str:
    """A name for a file from the first words of a text, safe on every system: 'hello-i-am-mynah.wav'."""
    plain = UNSEEN.sub("", unicodedata.normalize("NFKC", text[: 3 * NAME_LIMIT]).lower())
    words = PLAIN_WORD.findall(plain) if plain.isascii() else _words(plain)
    stem = ""
    for word in words:
        longer = f"{stem}-{word}" if stem else word
        if len(longer) + 1 + len(ending) > NAME_LIMIT:
            break
        stem = longer
    if not stem:
        stem = "".join(words)[: NAME_LIMIT - 1 - len(ending)] or "speech"
    if DEVICES.match(stem):
        stem = f"speech-{stem}"
    return f"{unicodedata.normalize('NFC', stem)}.{ending}"
