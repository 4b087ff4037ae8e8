"""Naming: what people may call the voices that they make."""

from __future__ import annotations

import unicodedata

from commands.core.errors import UsageError
from storage import voices
from storage.database import Transaction
from storage.voices import fold

CALLS = ("@everyone", "@here")
"""What calls everybody in a chat, wherever it stands in a message."""
EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "BOPOMOFO", "HANGUL"})
"""Scripts that are written together, and with others, and look like none of them."""
LONGEST = 40
"""The most characters of a name."""
TAKEN = frozenset({"none", "auto"})
"""Words that stand for no voice, or for whichever is best, where a voice is named."""


def checked_name(name: str) -> str:
    """Return a name for a voice as it is kept: without blanks around it, and with single ones in it.

    Raises:
        UsageError: No voice can be called so; the sentence says why.
    """
    kept = " ".join(unicodedata.normalize("NFC", name).split())
    if not kept:
        raise UsageError("A voice needs a name: /clone Ada, and the recording with it.")
    if len(kept) > LONGEST:
        raise UsageError(
            "That name has {length} characters; {most} is the most. Choose a shorter one.",
            length=len(kept),
            most=LONGEST,
        )
    if not kept.isprintable():
        raise UsageError("There is a character in that name that cannot be shown; choose another name.")
    if "+" in kept:
        raise UsageError("A + stands before a variant, as in en-gb+annie; choose a name without it.")
    if not any(map(str.isalnum, kept)):
        raise UsageError("A name needs a letter or a digit, so that it can be typed; choose another one.")
    if fold(kept).startswith(("@", "/")):
        raise UsageError("A name that begins with @ or / calls somebody or something; choose one without it.")
    if any(call in fold(kept) for call in CALLS):
        raise UsageError("That name would call everybody in a chat; choose one without the @.")
    if _is_mixed(kept):
        raise UsageError(
            "Letters of several alphabets stand in one word of that name, some of which look alike. Type each word in "
            "one alphabet, or choose another name."
        )
    if fold(kept) in TAKEN:
        raise UsageError("No voice can be called {name}: that word means something else. Choose another.", name=kept)
    return kept


def _is_mixed(name: str) -> bool:
    """Whether a word has letters of several alphabets, so that it can look like another: a Cyrillic letter in Ada.

    The alphabet is the first word of a letter's Unicode name. East Asian scripts are left out, as those that look alike
    for the highly restrictive level of Unicode Technical Standard 39 are not among them.
    """
    plain = unicodedata.normalize("NFKC", name)
    apart = "".join(" " if unicodedata.category(each)[0] in "ZPS" else each for each in plain)
    return any(len({_alphabet(each) for each in word if _is_letter(each)} - EAST_ASIAN) > 1 for word in apart.split())


def _is_letter(character: str) -> bool:
    return unicodedata.category(character) in ("Lu", "Ll", "Lt", "Lo")


def _alphabet(letter: str) -> str:
    """'LATIN', 'CYRILLIC'."""
    return unicodedata.name(letter, "").split("-")[0].split(" ")[0]


def check_free(tx: Transaction, name: str) -> None:
    """Refuse a name that a built-in voice has: who typed it would get the one where they meant the other.

    Raises:
        UsageError: One has.
    """
    found = voices.named(tx, name, user_id=0, place_id=0)  # nobody's, nowhere: what everybody may use
    if found is not None and found.kind == "builtin":
        raise UsageError("A built-in voice is called {name} already; choose another name.", name=found.name)
