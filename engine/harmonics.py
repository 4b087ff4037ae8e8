"""The harmonics of voiced speech: how strong each is, and at which phase.

Pitch and spectral envelope come from WORLD (Morise et al. 2016, https://doi.org/10.1587/transinf.2015EDP7457; pyworld);
the phase that a filter of such an envelope would have is that of its folded cepstrum (Oppenheim and Schafer,
"Discrete-Time Signal Processing", on minimum phase).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from engine.speech import Audio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TOP = 3700.0
"""The highest harmonic that is looked at, in Hz: what a telephone lets through."""

_RATE = 16_000
_LOWEST, _HIGHEST = 60.0, 500.0
"""What a pitch may be, in Hz."""
_PERIOD_MS = 5.0
_STEADY = 3
"""A frame counts where so many around it are voiced, too, and its pitch hardly moves."""
_MOVES = 0.06
_QUIET = 0.01
"""Frames more than 20 dB below the loud ones are left out."""
_ENERGY = 160
"""Samples on each side of a frame whose energy is taken for it: 10 ms."""
_PERIODS = 4
"""How many periods are looked at at once, under a Hann window."""
_MOST_SECONDS = 20
_MOST_FRAMES = 200
_FEWEST_FRAMES, _FEWEST_HARMONICS = 16, 5
_DITHER = 1e-7
"""WORLD divides by what it finds in silence; this is far below 16 bits."""
_BAND, _EMPTY = (2500.0, 3500.0), (4400.0, 7600.0)
_EDGE, _EDGE_WIDTH = 3600.0, 300.0
_EMPTY_NEPERS = 3.0
"""How far the band above a telephone's has to be below it to be empty: 26 dB."""


class Harmonics(NamedTuple):
    """The harmonics of one moment."""

    frequencies: NDArray[np.floating]
    """In Hz, shape (n,): the whole multiples of the pitch up to TOP."""
    now: NDArray[np.complexfloating]
    """Strength and phase, shape (n,)."""
    later: NDArray[np.complexfloating]
    """The same one period later, shape (n,)."""
    expected: NDArray[np.floating]
    """The phase, in radians, that the envelope's minimum-phase filter gives each, shape (n,)."""
    narrow: NDArray[np.floating]
    """The same, were nothing known of the envelope beyond a telephone's band."""


def harmonics(audio: Audio) -> list[Harmonics]:
    """Look at steady voiced moments, spread evenly over the first 20 s.

    Args:
        audio: Any rate from 8 kHz on, shape (n,); its level does not matter.

    Returns:
        At most 200 of them, in their order; none where there are fewer than 16.
    """
    import numpy as np
    import pyworld

    signal = _signal(audio)
    if len(signal) < _RATE // 2:
        return []
    pitch, times = pyworld.dio(signal, _RATE, f0_floor=_LOWEST, f0_ceil=_HIGHEST, frame_period=_PERIOD_MS)
    chosen = np.flatnonzero(_steady(signal, pitch, times))
    if len(chosen) < _FEWEST_FRAMES:
        return []
    if len(chosen) > _MOST_FRAMES:
        chosen = chosen[np.linspace(0, len(chosen) - 1, _MOST_FRAMES).round().astype(int)]
    at = np.ascontiguousarray(times[chosen])
    exact = pyworld.stonemask(signal, np.ascontiguousarray(pitch[chosen]), at, _RATE)
    heard = exact > 0
    at, exact = np.ascontiguousarray(at[heard]), np.ascontiguousarray(exact[heard])
    logs = np.log(pyworld.cheaptrick(signal, exact, at, _RATE)) / 2
    narrow = _minimum_phases(_cut(logs))
    phases = narrow if _is_cut(logs) else _minimum_phases(logs)
    found = [_moment(signal, *each) for each in zip(at, exact, phases, narrow, strict=True)]
    kept = [each for each in found if each is not None]
    return kept if len(kept) >= _FEWEST_FRAMES else []


def _signal(audio: Audio) -> NDArray[np.float64]:
    """The sound as WORLD wants it: 16 kHz, at one level, nowhere quite silent."""
    import numpy as np
    import soxr  # type: ignore[import-untyped]  # it has no types

    samples = np.asarray(audio.samples[: _MOST_SECONDS * audio.rate], np.float64)
    if audio.rate != _RATE:
        samples = soxr.resample(samples, audio.rate, _RATE)
    level = float(np.sqrt(np.square(samples).mean())) if len(samples) else 0.0
    noise = np.random.default_rng(0).standard_normal(len(samples))
    return np.ascontiguousarray(samples * (0.05 / (level + 1e-9)) + _DITHER * noise)


def _steady(signal: NDArray[np.float64], pitch: NDArray[np.float64], times: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell of each frame whether it is in the midst of a loud vowel."""
    import numpy as np

    places = (times * _RATE).astype(int)
    sums = np.concatenate([[0.0], np.cumsum(np.square(signal))])
    energy = sums[np.minimum(places + _ENERGY, len(signal))] - sums[np.clip(places - _ENERGY, 0, len(signal))]
    voiced = (pitch > 0) & (energy > _QUIET * np.percentile(energy, 95))
    steady: NDArray[np.bool_] = np.convolve(voiced, np.ones(2 * _STEADY + 1), "same")[: len(voiced)] > 2 * _STEADY
    moves = np.abs(np.gradient(pitch)) * 2 if len(pitch) > 1 else np.zeros(len(pitch))
    return steady & (moves < _MOVES * np.maximum(pitch, 1))


def _is_cut(logs: NDArray[np.float64]) -> bool:
    """Tell whether a telephone, or a file of 8 kHz, has left nothing above its band."""
    import numpy as np

    mean, bins = logs.mean(axis=0), np.linspace(0, _RATE / 2, logs.shape[1])
    band, above = (float(mean[(bins >= low) & (bins <= high)].mean()) for low, high in (_BAND, _EMPTY))
    return band - above > _EMPTY_NEPERS


def _cut(logs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Let envelopes go on beyond a telephone's band as they end there.

    What is missing was cut out by a filter that moves no phase; it is not part of the voice.
    """
    import numpy as np

    bins = np.linspace(0, _RATE / 2, logs.shape[1])
    edge = logs[:, (bins > _EDGE - _EDGE_WIDTH) & (bins <= _EDGE)].mean(axis=1, keepdims=True)
    return np.where(bins > _EDGE, edge, logs)


def _minimum_phases(logs: NDArray[np.float64]) -> NDArray[np.float64]:
    """The phases of the minimum-phase filters of such amplitudes, in nepers, shape (frames, bins), in radians."""
    import numpy as np

    points = 2 * (logs.shape[1] - 1)
    fold = np.zeros(points)
    fold[0] = fold[points // 2] = 1
    fold[1 : points // 2] = 2
    phases: NDArray[np.float64] = np.fft.rfft(np.fft.irfft(logs, axis=1) * fold, axis=1).imag
    return phases


def _moment(
    signal: NDArray[np.float64], time: float, pitch: float, phases: NDArray[np.float64], narrow: NDArray[np.float64]
) -> Harmonics | None:
    """The harmonics around one time, in s; nothing where the sound does not reach so far, or a voice is too high."""
    import numpy as np

    frequencies = pitch * np.arange(1, int(TOP // pitch) + 1)
    half = int(_PERIODS * _RATE / pitch) // 2
    first, second = round(time * _RATE), round(time * _RATE + _RATE / pitch)
    if len(frequencies) < _FEWEST_HARMONICS or first < half or second + half >= len(signal):
        return None
    window = np.hanning(2 * half + 3)[1:-1]
    waves = np.exp(-2j * np.pi / _RATE * np.outer(np.arange(-half, half + 1), frequencies))
    spans = np.stack([signal[centre - half : centre + half + 1] for centre in (first, second)])
    now, later = (spans * window).astype(complex) @ waves
    bins = np.linspace(0, _RATE / 2, len(phases))
    return Harmonics(
        frequencies=frequencies,
        now=now,
        later=later,
        expected=np.interp(frequencies, bins, phases),
        narrow=np.interp(frequencies, bins, narrow),
    )
