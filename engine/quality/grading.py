"""How good a recording is: a score, what to do better, and when it is refused."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

from engine.quality.likeness import Likeness
from engine.quality.report import percent
from engine.value import value

LEAST_SPEECH = 8.0
"""Seconds of speech that a voice is made from at least."""
LEAST_SNR = 10.0
"""dB that a voice is above the noise at least."""
MOST_CLIPPED = 0.05
"""The largest share of samples that may be cut off."""
LEAST_BANDWIDTH = 2_000.0
"""Hz that a voice reaches up to at least."""
LEAST_PEAK = -66.0
"""dBFS below which nothing was recorded: a bit or two of sixteen."""
MOST_ADVICE = 3
REFUSED_SCORE = 3.0
"""The most that a recording scores which no voice can be made from."""

FACTORS: Mapping[str, Sequence[tuple[float, float]]] = {
    "speech_seconds": ((0, 0.2), (8, 0.55), (12, 0.8), (20, 0.97), (30, 1)),
    "snr_db": ((-20, 0.05), (0, 0.2), (10, 0.45), (15, 0.65), (20, 0.82), (25, 0.93), (30, 1)),
    "clipping": ((0, 1), (0.0002, 1), (0.001, 0.95), (0.01, 0.7), (0.05, 0.3), (1, 0.05)),
    "bandwidth_hz": ((0, 0.1), (2_000, 0.45), (3_400, 0.65), (5_500, 0.87), (7_500, 1)),
    "level_dbfs": ((-100, 0.05), (-60, 0.5), (-40, 0.85), (-32, 1)),
    "silence": ((0, 1), (0.4, 1), (0.7, 0.9), (1, 0.5)),
    "speakers": ((0, 1), (1, 1), (2, 0.3)),
}
"""What each figure leaves of a score, by straight lines between these points; beyond the ends it stays as it is."""

_WORTH_SAYING = 0.96
"""What leaves more than that of a score needs no advice."""


@value
class Refusal:
    """Why no voice can be made from a recording."""

    sentence: str
    """What the person is told: what is wrong, and what to do."""
    figure: str = ""
    """Which of FACTORS is too bad; empty where it is no recording of speech, of which the figures tell nothing."""


def grade(figures: Mapping[str, float], refusal: Refusal | None = None) -> float:
    """Return the score of a recording, from 0 to 10, to a tenth.

    It is 10 times the product of what each figure leaves, by FACTORS: so no figure makes up for another one, and a
    score never falls where a figure gets better. The points are set by hand: half is lost where a recording is only
    just taken for one reason, nothing where a studio's would be no better.

    Args:
        figures: The value of each figure in FACTORS, under its name.
        refusal: Why no voice can be made from it: then it is REFUSED_SCORE at most, and 0 where it is no speech.
    """
    if refusal and not refusal.figure:
        return 0.0
    score = 10.0
    for name in FACTORS:
        score *= left(name, figures[name])
    return round(min(score, REFUSED_SCORE) if refusal else score, 1)


def left(name: str, figure: float) -> float:
    """Return what a figure leaves of a score, from 0 to 1."""
    points = FACTORS[name]
    if figure <= points[0][0]:
        return points[0][1]
    for (low, before), (high, after) in pairwise(points):
        if figure <= high:
            return before + (after - before) * (figure - low) / (high - low)
    return points[-1][1]


def advise(figures: Mapping[str, float], *, but: str = "") -> tuple[str, ...]:
    """Say what to do better, in at most three sentences; first what costs the score most.

    Args:
        figures: The value of each figure in FACTORS, under its name.
        but: A figure that somebody is told about already.
    """
    sentences = {
        "speech_seconds": "Speak for 20 s or longer; this has {speech} s of speech.",
        "snr_db": "Find a quieter room or come closer to the microphone: the voice is {snr} dB above the noise, and "
        "30 dB is clean.",
        "clipping": "Keep further from the microphone or turn it down: {clipped} of the sound was too loud for it.",
        "bandwidth_hz": "Record with an app and not over a call: this has nothing above {reach} kHz, and a voice "
        "reaches 8 kHz.",
        "level_dbfs": "Speak up or come closer to the microphone: the voice is very soft.",
        "silence": "Leave shorter pauses: nobody speaks in {silence} of it.",
        "speakers": "Record one voice alone.",
    }
    kept = {name: left(name, figures[name]) for name in FACTORS if name != but}
    worst = sorted((name for name in kept if kept[name] < _WORTH_SAYING), key=kept.__getitem__)
    said = _said(figures)
    return tuple(sentences[name].format(**said) for name in worst[:MOST_ADVICE])


def refuse(figures: Mapping[str, float], heard: Likeness) -> Refusal | None:
    """Say why no voice can be made from a recording; None where one can.

    Args:
        figures: The value of each figure in FACTORS and of `peak_dbfs`, under its name.
        heard: How much it is like speech.
    """
    speech, snr = figures["speech_seconds"], figures["snr_db"]
    if figures["peak_dbfs"] < LEAST_PEAK:
        return Refusal(sentence="That recording is silent. See whether the microphone is on and try again.")
    if heard.musical:
        return Refusal(
            sentence="That recording sounds like music or singing. Record plain speech, with nothing playing, and try "
            "again."
        )
    if not speech or (snr >= LEAST_SNR and not heard.articulate):
        return Refusal(
            sentence="Mynah hears nobody speaking in that recording. Record somebody who speaks and try again."
        )
    limits = (
        (snr < LEAST_SNR, "snr_db"),
        (speech < LEAST_SPEECH, "speech_seconds"),
        (figures["speakers"] > 1, "speakers"),
        (figures["clipping"] > MOST_CLIPPED, "clipping"),
        (figures["bandwidth_hz"] < LEAST_BANDWIDTH, "bandwidth_hz"),
    )
    figure = next((name for broken, name in limits if broken), "")
    return Refusal(sentence=_REFUSALS[figure].format(**_said(figures)), figure=figure) if figure else None


_REFUSALS = {
    "snr_db": "That recording is too noisy: the voice is {snr} dB above the noise; "
    f"{LEAST_SNR:.0f} dB is the least. Find a quieter room and try again.",
    "speech_seconds": "That recording has {speech} s of speech; "
    f"{LEAST_SPEECH:.0f} s is the least. Record a little more and try again.",
    "speakers": "Mynah hears more than one person in that recording. Record one voice alone and try again.",
    "clipping": "That recording is cut to pieces: {clipped} of it was too loud for the microphone; "
    f"{percent(MOST_CLIPPED)} is the most. Keep further away from it and try again.",
    "bandwidth_hz": "That recording is muffled: it has nothing above {reach} kHz; "
    f"{LEAST_BANDWIDTH / 1000:.0f} kHz is the least. Record with another app or microphone and try again.",
}


def _said(figures: Mapping[str, float]) -> dict[str, str]:
    """Say the figures that sentences tell; rounded down, lest somebody reads that 7.9 s, too few, were 8."""
    return {
        "speech": str(math.floor(figures["speech_seconds"])),
        "snr": str(math.floor(figures["snr_db"])),
        "clipped": percent(figures["clipping"]),
        "silence": percent(figures["silence"]),
        "reach": f"{math.floor(figures['bandwidth_hz'] / 100) / 10:.1f}",
    }
