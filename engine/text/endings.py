"""The gender of a noun by its ending, in the languages that come from Latin."""

from __future__ import annotations

import re

_NOUN = re.compile(r"\s([^\W\d_]{3,})")
_OTHER_WORDS = """
para hasta contra hacia entre como cuando pero sino cada nada otra otro quando fino dopo come sopra senza alla allo
della dello sulla sullo nella nello dalla dallo una uno era quasi outra outro mano
"""
_NO_NOUNS = frozenset(_OTHER_WORDS.split())
_MASCULINE_AS = ("ema", "emas", "ama", "amas", "oma", "omas", "día", "días", "dia", "dias", "mapa", "mapas")


def gender(after: str) -> str:
    """Return 'f' or 'm' for the noun that follows a number; empty where its ending does not tell."""
    noun = _NOUN.match(after)
    if noun is None or noun[1] in _NO_NOUNS:
        return ""
    if noun[1].endswith(_MASCULINE_AS):
        return "m"
    if noun[1].endswith(("a", "as")):
        return "f"
    return "m" if noun[1].endswith(("o", "os")) else ""
