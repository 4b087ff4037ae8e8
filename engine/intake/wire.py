"""What a confined process may say to the one that started it: few kinds of pieces, each of a stated length.

The other end trusts none of it, because a file might have taken the process over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import IO

from engine.value import value

READY, FACTS, SAMPLES, END, REFUSAL = b"R", b"F", b"S", b"E", b"N"
"""The confinement holds; what the file is; float32 samples; all of it has been said; why nothing more comes."""
PIECE = 1 << 20
"""The most bytes in a piece."""

_LENGTH = 4
_WORD = re.compile(r"[A-Za-z0-9_ ,.]{0,40}\Z")

Told = Mapping[str, int | float | str]


class Garbled(Exception):
    """What was said is not in the language of `wire`."""


@value
class Piece:
    """One piece of what was said."""

    kind: bytes
    """One of those above."""
    body: bytes
    """What it says."""

    def told(self) -> Told:
        """Read it as names with numbers and short words.

        Raises:
            Garbled: It is something else.
        """
        try:
            read = json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise Garbled from error
        if not isinstance(read, dict) or not all(_is_plain(each) for each in [*read, *read.values()]):
            raise Garbled
        return read


def spell(kind: bytes, told: Told | None = None) -> bytes:
    """Write a piece that tells names with numbers and short words."""
    return spell_bytes(kind, json.dumps(told or {}).encode())


def spell_bytes(kind: bytes, body: bytes) -> bytes:
    """Write a piece of bytes, at most `PIECE` of them."""
    return kind + len(body).to_bytes(_LENGTH, "little") + body


def pieces(stream: IO[bytes]) -> Iterator[Piece]:
    """Read pieces until the stream ends, were it in the midst of one.

    Raises:
        Garbled: Something is no piece.
    """
    while len(head := stream.read(1 + _LENGTH)) == 1 + _LENGTH:
        kind, length = head[:1], int.from_bytes(head[1:], "little")
        if kind not in (READY, FACTS, SAMPLES, END, REFUSAL) or length > PIECE:
            raise Garbled
        body = stream.read(length)
        if len(body) < length:
            return
        yield Piece(kind=kind, body=body)


def _is_plain(thing: object) -> bool:
    if isinstance(thing, str):
        return bool(_WORD.match(thing))
    return isinstance(thing, int | float) and not isinstance(thing, bool) and abs(thing) < 1e18
