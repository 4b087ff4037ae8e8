"""Whether two recordings are the same sound: re-encoded, louder, cut at its ends, but one and the same.

Landmarks after Wang 2003 ("An industrial-strength audio search algorithm", ISMIR): peaks of the spectrogram, which
encoders keep, and pairs of them, which another recording of the same words has only by chance. A fingerprint holds the
peaks alone, 3 bytes each, some 70 bytes for a second; the pairs are made when two are compared.

It does not know a recording again that was made faster, slower or higher, or that a loudspeaker played in a room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.speech import Audio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAME = 0.2
"""What `matches` gives at least for one and the same sound; the same words said again reach half of it at most."""

_VERSION = b"\x01"
_RATE = 8000
_WINDOW, _STEP = 512, 128
"""64 ms, every 16 ms."""
_LOW, _HIGH = 10, 224
"""The bins that are looked at: 156 to 3500 Hz, what a telephone lets through."""
_FRAMES_AROUND, _BINS_AROUND = 5, 6
"""A peak has none higher beside it, within 80 ms and 94 Hz."""
_BELOW = 45.0
"""How far below the loudest peak one may be, in dB."""
_A_SECOND = 24
"""The most peaks of a second, the highest."""
_FRAMES_MOST = 2**16
"""What is later than 17 minutes is left out."""
_PARTNERS = 6
"""With how many of the peaks that follow it each is paired."""
_LATER, _APART = (3, 63), 64
"""A partner comes 48 ms to 1 s later, and is less than 1 kHz away."""
_FEWEST = 20
"""Fewer pairs in what two recordings have in common say nothing: about a second of speech."""


def of(audio: Audio) -> bytes:
    """Compute the fingerprint of a recording; empty but for a byte where it is silent or shorter than 64 ms.

    Args:
        audio: Any rate, shape (n,).
    """
    import numpy as np
    import soxr  # type: ignore[import-untyped]  # it has no types

    samples = np.asarray(audio.samples, np.float32)
    if audio.rate != _RATE:
        samples = soxr.resample(samples, audio.rate, _RATE)
    if len(samples) < _WINDOW or not samples.any():
        return _VERSION
    frames = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::_STEP][:_FRAMES_MOST]
    spectra = np.fft.rfft(frames * np.hanning(_WINDOW).astype(np.float32))[:, _LOW:_HIGH]
    power = 10 * np.log10(spectra.real**2 + spectra.imag**2 + 1e-12)
    times, bins = _peaks(power.astype(np.float32))
    packed = np.empty((len(times), 3), np.uint8)
    packed[:, 0], packed[:, 1], packed[:, 2] = times >> 8, times & 255, bins
    return _VERSION + packed.tobytes()


def matches(a: bytes, b: bytes) -> float:
    """Tell how much of what two recordings may have in common is the same sound.

    They are laid over each other where most pairs of peaks agree.

    Args:
        a: One fingerprint.
        b: Another.

    Returns:
        The share of pairs that agree there, from 0 to 1: from `SAME` on, the two are one recording. 0 where one of
        them is too short to tell.

    Raises:
        ValueError: One is no fingerprint.
    """
    import numpy as np

    (ours, begins), (theirs, theirs_begin) = _pairs(a), _pairs(b)
    if min(len(ours), len(theirs)) < _FEWEST:
        return 0.0
    order = np.argsort(theirs, kind="stable")
    theirs, theirs_begin = theirs[order], theirs_begin[order]
    shifts = []
    for slip in (-1, 0, 1):  # a cut between two steps moves some peaks by one
        first, last = (np.searchsorted(theirs, ours + slip, side) for side in ("left", "right"))
        counts = last - first
        places = np.repeat(first - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts) + np.arange(counts.sum())
        shifts.append(theirs_begin[places] - np.repeat(begins, counts))
    found, agreeing = np.unique(np.concatenate(shifts), return_counts=True)
    if not len(found):
        return 0.0
    shift, agree = _densest(found, agreeing)
    common = min(_within(begins + shift, theirs_begin), _within(theirs_begin - shift, begins))
    return min(1.0, agree / common) if common >= _FEWEST else 0.0


def same(a: bytes, b: bytes) -> bool:
    """Tell whether two fingerprints are of one and the same recording."""
    return matches(a, b) >= SAME


def _peaks(power: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The highest peaks of every second, by time: their frames and their bins."""
    import numpy as np

    highest = power
    for axis, around in ((0, _FRAMES_AROUND), (1, _BINS_AROUND)):
        width = [(0, 0), (0, 0)]
        width[axis] = (around, around)
        padded = np.pad(highest, width, constant_values=-np.inf)
        highest = np.lib.stride_tricks.sliding_window_view(padded, 2 * around + 1, axis=axis).max(axis=-1)
    times, bins = np.nonzero((power >= highest) & (power > power.max() - _BELOW))
    heights = power[times, bins]
    seconds = times * _STEP // _RATE
    order = np.lexsort((-heights, seconds))
    rank = np.arange(len(order)) - np.searchsorted(seconds[order], seconds[order])
    kept = np.sort(order[rank < _A_SECOND])
    return times[kept], bins[kept]


def _pairs(fingerprint: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pairs of a fingerprint: as one number each, whose lowest bits are the time between, and when they begin."""
    import numpy as np

    if fingerprint[:1] != _VERSION or len(fingerprint) % 3 != 1:
        raise ValueError(f"these {len(fingerprint)} bytes are no fingerprint")
    peaks = np.frombuffer(fingerprint, np.uint8, offset=1).reshape(-1, 3).astype(np.int64)
    times, bins = peaks[:, 0] * 256 + peaks[:, 1], peaks[:, 2]
    numbers, begins = [], []
    partners = np.zeros(len(times), int)
    for ahead in range(1, 4 * _A_SECOND):
        later, apart = times[ahead:] - times[:-ahead], bins[ahead:] - bins[:-ahead]
        fit = (later >= _LATER[0]) & (later <= _LATER[1]) & (np.abs(apart) < _APART)
        fit &= partners[: len(fit)] < _PARTNERS
        partners[: len(fit)] += fit
        numbers.append(((bins[:-ahead] << 8 | apart + _APART) << 8 | later)[fit])
        begins.append(times[:-ahead][fit])
        if ahead + 1 >= len(times):
            break
    if not numbers:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    return np.concatenate(numbers), np.concatenate(begins)


def _densest(shifts: NDArray[np.int64], counts: NDArray[np.int64]) -> tuple[int, int]:
    """The shift that most pairs agree on, give or take one step, and how many do."""
    import numpy as np

    known = dict(zip(shifts.tolist(), counts.tolist(), strict=True))
    sums = [sum(known.get(shift + slip, 0) for slip in (-1, 0, 1)) for shift in known]
    best = int(np.argmax(sums))
    return int(shifts[best]), int(sums[best])


def _within(times: NDArray[np.int64], others: NDArray[np.int64]) -> int:
    """Count the times from the first of the others to the last."""
    return int(((times >= others.min()) & (times <= others.max())).sum())
