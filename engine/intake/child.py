"""The process in which one file is decoded. It shuts itself in before it looks at the first byte.

It is given the file as its standard input and answers on its standard output, in the pieces of `wire`.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from engine.intake import wire
from engine.intake.confinement import shut_in
from engine.intake.containers import CONTAINERS, WAV, Container
from engine.intake.errors import NotTaken, TooHeavy
from engine.intake.limits import Limits

Say = Callable[[bytes], None]


def main() -> None:
    """Decode the standard input (CONTAINER LIMITS), or see what is stopped (probe LIMITS FILTERED FOLDER)."""
    what, limits = sys.argv[1], Limits(**json.loads(sys.argv[2]))
    file = io.BufferedReader(io.FileIO(0, closefd=False))
    say = mouth()
    get_ready()
    memory = _Memory()
    if what == "probe":
        from engine.intake.probe import attempt

        shut_in(limits, filtered=sys.argv[3] == "filtered")
        say(wire.spell(wire.READY))
        say(wire.spell(wire.END, attempt(Path(sys.argv[4]))))
        os._exit(0)
    shut_in(limits)
    say(wire.spell(wire.READY))
    say(answer(file, CONTAINERS[what], limits, say, memory.peak))
    os._exit(0)


def answer(file: IO[bytes], container: Container, limits: Limits, say: Say, peak: Callable[[], int]) -> bytes:
    """Decode a file, saying all but the last piece as it comes, and return that one.

    Args:
        file: Its bytes; it can be sought in.
        container: What it is.
        limits: How much of it is taken.
        say: Is given each piece.
        peak: Tells the most memory that was in use so far, in bytes.
    """
    from engine.intake.decoding import Decoding

    began = time.process_time()

    def cost() -> wire.Told:
        return {"peak": peak(), "cpu": round(time.process_time() - began, 4)}

    try:
        decoding = Decoding(file, container, limits)
        facts: wire.Told = {
            "codec": decoding.codec,
            "channels": decoding.channels,
            "rate": decoding.rate,
            "made_rate": decoding.made_rate,
        }
        say(wire.spell(wire.FACTS, facts))
        for block in decoding.blocks():
            if time.process_time() - began > limits.deadline:
                raise TooHeavy(name=container.name)
            for begin in range(0, len(block), wire.PIECE // 4):
                say(wire.spell_bytes(wire.SAMPLES, block[begin : begin + wire.PIECE // 4].tobytes()))
        return wire.spell(wire.END, {"clipped": decoding.clipped, **cost()})
    except NotTaken as refusal:
        return wire.spell(wire.REFUSAL, {"why": type(refusal).__name__, **refusal.facts, **cost()})
    except MemoryError:
        return wire.spell(wire.REFUSAL, {"why": TooHeavy.__name__, "name": container.name, **cost()})


def get_ready() -> None:
    """Import everything, and use each library once: later nothing can be loaded, nor memory made executable."""
    import numpy as np
    import soxr  # type: ignore[import-untyped]  # it has no types

    from engine.intake.av_reader import AvReader
    from engine.intake.decoding import Decoding

    frames = (
        b"RIFF" + (44).to_bytes(4, "little") + b"WAVEfmt " + bytes.fromhex("10000000010001003e8000007c00000002001000")
    )
    tiny = frames + b"data" + (8).to_bytes(4, "little") + bytes(8)
    with contextlib.suppress(NotTaken):
        list(Decoding(io.BytesIO(tiny), WAV, Limits()).blocks())
    with contextlib.suppress(NotTaken):
        AvReader(io.BytesIO(tiny), WAV)
    soxr.ResampleStream(96_000, 48_000, 1, dtype="float32").resample_chunk(np.zeros(64, np.float32), last=True)


class _Memory:
    """Tells the most memory that this process has had in use; it opens what tells that while it still can."""

    def __init__(self) -> None:
        self._status = -1
        with contextlib.suppress(OSError):
            self._status = os.open("/proc/self/status", os.O_RDONLY)

    def peak(self) -> int:
        """In bytes; 0 where nothing tells."""
        with contextlib.suppress(OSError, ValueError):
            os.lseek(self._status, 0, os.SEEK_SET)
            lines = os.read(self._status, 4096).decode().splitlines()
            return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
        return 0


def mouth() -> Say:
    """Keep the standard output for what is answered: decoders print to theirs, which goes nowhere from now on."""
    own = os.dup(1)
    os.dup2(2, 1)

    def say(piece: bytes) -> None:
        left = memoryview(piece)
        while left:
            left = left[os.write(own, left) :]

    return say
