"""The sample rates that files can have."""

from __future__ import annotations

from engine.speech import Format

LOWEST, HIGHEST = 4_000, 192_000
"""What a WAV or FLAC file is given, in Hz; players take no more."""
RATES = {
    Format.MP3: (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000),
    Format.OPUS: (8_000, 12_000, 16_000, 24_000, 48_000),
    Format.M4A: (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000, 88_200, 96_000),
}
"""The only rates that a format can have, in Hz; one that is not here can have any."""


def nearest(format: Format, rate: int) -> int:
    """Return the sample rate that files of a format can have next to a wanted one, in Hz."""
    if format not in RATES:
        return min(max(rate, LOWEST), HIGHEST)
    return min(RATES[format], key=lambda known: (abs(known - rate), -known))
