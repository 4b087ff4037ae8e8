"""What a confined process says is read only as what it may say."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.intake import wire
from engine.intake.wire import Garbled, Piece, pieces, spell, spell_bytes


def test_what_is_spelled_is_read_again() -> None:
    said = spell(wire.FACTS, {"codec": "pcm_16", "rate": 16_000, "clipped": 0.5}) + spell_bytes(wire.SAMPLES, b"1234")
    facts, samples = pieces(io.BytesIO(said))
    assert facts.told() == {"codec": "pcm_16", "rate": 16_000, "clipped": 0.5}
    assert (samples.kind, samples.body) == (wire.SAMPLES, b"1234")


def test_what_breaks_off_ends() -> None:
    said = spell(wire.READY) + spell_bytes(wire.SAMPLES, b"1234")
    assert [piece.kind for piece in pieces(io.BytesIO(said[:-1]))] == [wire.READY]
    assert [piece.kind for piece in pieces(io.BytesIO(said[:9]))] == [wire.READY]


def test_a_piece_of_another_kind_or_too_large_is_none() -> None:
    with pytest.raises(Garbled):
        list(pieces(io.BytesIO(spell_bytes(b"X", b""))))
    with pytest.raises(Garbled):
        list(pieces(io.BytesIO(wire.SAMPLES + (wire.PIECE + 1).to_bytes(4, "little"))))


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"nonsense", b"[1]", b'{"a": [1]}', b'{"a": null}', b'{"a": true}', b'{"a": NaN}', b'{"a": Infinity}'),
        *(b'{"a": "<script>"}', b'{"a": "line\\n"}', b'{"a": "' + b"x" * 41 + b'"}', b'{"a": 1e30}', b"[" * 100_000),
    ],
)
def test_told_are_only_numbers_and_short_plain_words(body: bytes) -> None:
    with pytest.raises(Garbled):
        Piece(kind=wire.FACTS, body=body).told()


@given(st.binary(max_size=300))
def test_any_bytes_are_pieces_or_garbled(said: bytes) -> None:
    try:
        read = list(pieces(io.BytesIO(said)))
    except Garbled:
        return
    assert sum(len(piece.body) + 5 for piece in read) <= len(said)
