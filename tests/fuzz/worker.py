"""A process that is shut in as the one of intake is, and decodes one mutated file after the other.

It is given the small files first, then lines with a seed, a number and a count; for each file it answers with one byte.
"""

from __future__ import annotations

import io
import pickle
import sys
from collections.abc import Sequence
from dataclasses import replace

from engine.intake import errors
from engine.intake.child import get_ready, mouth
from engine.intake.confinement import shut_in
from engine.intake.containers import HEAD, recognise
from engine.intake.decoding import Decoding
from engine.intake.errors import NotTaken, TooHeavy
from engine.intake.headers import check_header
from engine.intake.limits import USUAL
from tests.fuzz.mutations import mutant

TAKEN, NOT_FINITE, FAILED = "taken", "samples that are no numbers came out", "an error that is no refusal"
REFUSALS = sorted(name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, NotTaken))
OUTCOMES = (TAKEN, NOT_FINITE, FAILED, *REFUSALS)
"""What can become of a file; a worker answers with the place in here."""
LIFE = 3600.0
"""The most processor's time of one worker, in seconds; it is ended by then in any case."""


def outcome(content: bytes) -> str:
    """Do with a file what intake does, but for the process of its own, and say what became of it."""
    import numpy as np

    try:
        container = recognise(content[:HEAD])
        check_header(container, content[:HEAD], USUAL)
        decoding = Decoding(io.BytesIO(content), container, USUAL)
        finite = all(np.isfinite(block).all() for block in decoding.blocks())
    except NotTaken as refusal:
        return type(refusal).__name__
    except MemoryError:
        return TooHeavy.__name__
    except Exception:  # whatever it is, it is what is looked for
        return FAILED
    return TAKEN if finite else NOT_FINITE


def main() -> None:
    """Answer until the input ends."""
    files: Sequence[bytes] = pickle.load(sys.stdin.buffer)
    say = mouth()
    get_ready()
    for content in files:  # every decoder has been used once before nothing can be loaded any more
        outcome(content)
    shut_in(replace(USUAL, deadline=LIFE))
    for line in sys.stdin.buffer:
        seed, first, count = (int(word) for word in line.split())
        for number in range(first, first + count):
            say(bytes([OUTCOMES.index(outcome(mutant(files, seed, number)))]))


if __name__ == "__main__":
    main()
