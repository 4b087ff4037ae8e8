"""The pulses of voices that have one of their own: learned from what they say, by `engine.synthetic.learn`.

Three of flite's voices shape their pulses by filters, and its fourth has them from a person's recordings; espeak's
variants that are made as Klatt's synthesizer share one. `python -m bench own_output` prints them as they would be
learned now, and how well each fits what its voices say otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_DEGREES = {
    "klatt": (
        "-39 -28 -11 -5 -2 6 8 9 11 10 12 12 12 16 13 17 19 20 18 20 18 17 16 15 14 11 7 3 0 -5 -11 -17 -25 "
        "-35 -49 -76 -92"
    ),
    "slt": (
        "0 65 -13 -10 -15 -24 -3 -20 -34 -21 -28 -34 -22 -8 -3 -9 -12 -17 -27 -25 -27 -18 -16 -9 -5 0 7 10 14 "
        "14 18 20 23 24 27 27 34"
    ),
    "rms": ("21 9 -17 8 0 5 13 3 -8 -12 -15 -13 -7 -1 3 6 -2 -11 -15 -20 -17 -11 -9 -4 -1 2 2 8 8 11 8 11 9 9 9 5 0"),
    "awb": (
        "4 35 -28 6 -1 -1 11 -1 -11 -13 -14 -13 -3 4 6 7 2 -8 -15 -17 -14 -10 -3 2 6 8 12 10 15 13 13 10 7 2 -7 -19 -38"
    ),
    "kal16": (
        "-130 -60 -19 -24 0 3 22 24 35 31 31 26 28 22 24 23 21 23 23 23 24 21 16 17 10 11 8 4 -1 -9 -12 -15 "
        "-25 -35 -44 -68 -80"
    ),
}
LEARNED: Mapping[str, Sequence[int]] = {pulse: [int(each) for each in text.split()] for pulse, text in _DEGREES.items()}
"""The phases beyond minimum phase in each bin of 100 Hz, in degrees, up to a shift in time and in phase."""
