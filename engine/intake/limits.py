"""How much of a file is looked at before it is refused."""

from __future__ import annotations

from engine.value import value


@value
class Limits:
    """What a recording may have."""

    bytes: int = 120_000_000
    """The most that its file may have; ten minutes of a WAV file with two channels at 48 kHz have 115 million."""
    seconds: float = 600.0
    """The most that it may last."""
    least_rate: int = 8_000
    """The fewest samples a second, in Hz: a telephone's."""
    most_rate: int = 192_000
    """The most samples a second, in Hz: a studio's."""
    channels: int = 8
    """The most channels: a cinema's."""
    deadline: float = 4.0
    """How long it may take to read it, in seconds: of the processor's time in all, by the clock without new sound."""
    memory: int = 200_000_000
    """What reading it may take, in bytes, beside what the program itself needs: some 90 MB."""


USUAL = Limits()
"""What holds where nobody says otherwise."""
MADE_RATE = 48_000
"""The most samples a second that are handed on, in Hz; what has more is resampled to that."""
