"""A print can be kept, sent to another process, and compared with its like only."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from engine.identity import VoicePrint, similarity
from engine.identity.network import unit


def print_of(seed: int, model: str = "one") -> VoicePrint:
    vector = unit(np.random.default_rng(seed).random(256).astype(np.float32))
    return VoicePrint(vector=vector, seconds=4.5, model=model)


def test_what_a_database_keeps_comes_back() -> None:
    found = print_of(1)
    again = VoicePrint.from_bytes(found.to_bytes(), seconds=found.seconds, model=found.model)
    assert len(found.to_bytes()) == 1024
    assert (again.vector == found.vector).all() and (again.seconds, again.model) == (4.5, "one")


@pytest.mark.parametrize("data", [b"", b"\0" * 1024, b"\0" * 1023, print_of(1).to_bytes() * 2, b"\xff" * 1024])
def test_bytes_that_are_no_print_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"no print|multiple of element"):
        VoicePrint.from_bytes(data, seconds=3, model="one")


def test_it_crosses_to_another_process() -> None:
    found = print_of(2)
    again = pickle.loads(pickle.dumps(found))
    assert similarity(found, again) == pytest.approx(1)


def test_prints_of_two_encoders_are_not_compared() -> None:
    with pytest.raises(ValueError, match="a print of one cannot be compared with one of two"):
        similarity(print_of(1), print_of(1, "two"))
