"""What the confined process says of a file. As a process it is tested with `reception`."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.intake import wire
from engine.intake.child import answer, get_ready
from engine.intake.containers import WAV
from engine.intake.errors import NotTaken
from engine.intake.limits import USUAL
from engine.intake.wire import Piece
from tests.hostile_audio.sounds import RATE, by_soundfile, tone, wav

ROOT = Path(__file__).parents[3]


def said(content: bytes) -> list[Piece]:
    pieces: list[bytes] = []
    last = answer(io.BytesIO(content), WAV, USUAL, pieces.append, lambda: 77)
    return list(wire.pieces(io.BytesIO(b"".join([*pieces, last]))))


def test_it_says_what_the_file_is_then_the_sound_then_that_this_was_all() -> None:
    facts, *sound, end = said(by_soundfile("WAV", "FLOAT"))
    assert facts.told() == {"codec": "float", "channels": 1, "rate": RATE, "made_rate": RATE}
    heard = np.frombuffer(b"".join(piece.body for piece in sound), np.float32)
    assert np.array_equal(heard, tone(1.0)[:, 0])
    assert (end.kind, end.told()["clipped"], end.told()["peak"]) == (wire.END, 0, 77)


def test_no_piece_is_larger_than_the_other_end_takes() -> None:
    assert max(len(piece.body) for piece in said(wav(bytes(4_000_000)))) <= wire.PIECE


def test_it_says_why_it_takes_nothing() -> None:
    (refusal,) = said(wav(b""))
    assert (refusal.kind, refusal.told()["why"], refusal.told()["name"]) == (wire.REFUSAL, "Soundless", "WAV")


def test_memory_that_is_not_there_is_said_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*given: object) -> None:
        raise MemoryError

    monkeypatch.setattr("engine.intake.decoding.Decoding", exhausted)
    (refusal,) = said(wav(b""))
    assert refusal.told()["why"] == "TooHeavy"


def test_getting_ready_uses_each_library_once_without_failing() -> None:
    try:
        get_ready()
    except NotTaken as refusal:
        raise AssertionError(refusal) from refusal
    assert {"av", "numpy", "soundfile", "soxr"} <= set(__import__("sys").modules)


def test_what_a_decoder_prints_does_not_come_between_its_answers() -> None:
    code = "from engine.intake.child import mouth; say = mouth(); print('x' * 9000, flush=True); say(b'so')"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True)
    assert (ran.returncode, ran.stdout) == (0, b"so")
