"""Whether a recording is something that Mynah has said: made of pulses that no throat makes.

Voiced speech is a pulse, over and over, and how it was made stands in the phases of its harmonics, which encoders keep.
espeak adds up sines that all begin at once, and turns those above 890 Hz around. WORLD, and with it every voice that is
converted, sends a pulse through a minimum-phase filter. flite's voices each have a pulse of their own, as have espeak's
variants after Klatt; these are known here as they come out. A throat opens and closes a little differently each time,
and never quite like any of these.

So for every moment the phases are compared with those of each kind of pulse, up to a shift in time and in phase. That
natural speech is not of minimum phase, and how vocoders give themselves away by it, is old (Saratxaga et al. 2016,
"Synthetic speech detection using phase information", https://doi.org/10.1016/j.specom.2016.04.001; the "relative phase
shift" there is the same without the minimum-phase part). `python -m bench own_output` measures it.

It cannot tell what has no pitch (espeak's whisper), what was played by a loudspeaker and recorded in a room, nor what
other programs say. A few of espeak's odder variants, with echo or a mixture of pulses, and now and then a converted
voice, pass: what this very Mynah has made is known by `engine.fingerprint` besides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, get_args

from engine.harmonics import TOP, Harmonics, harmonics
from engine.pulses import LEARNED
from engine.speech import Audio
from engine.value import value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Pulse = Literal["world", "espeak", "klatt", "slt", "rms", "awb", "kal16"]
"""A kind of pulse: WORLD's, espeak's, that of its variants after Klatt, and those of flite's four voices."""
PULSES: tuple[Pulse, ...] = get_args(Pulse)
Likely = Literal["yes", "maybe", "no"]
"""Whether something is so, as far as measuring tells."""

BIN = 100
"""Hz from one bin of a pulse's phases to the next."""

_SHIFTS = 256
"""How many shifts in time are tried, over one period."""
_TURNED = 890.0
"""From here on espeak turns its sines around, in Hz (`h_switch_sign` in its wavegen.c)."""
_STRENGTH = {"espeak": 0.5}
"""To which power the strength of a harmonic counts; `_USUAL` for the others."""
_USUAL = 0.25
_WEAKEST = 0.003
"""A bin with less of the weight says nothing."""
_WORST = 15
"""The percentile of the bins by which `straight` goes."""


@value
class Fit:
    """How well the phases of a recording fit a kind of pulse."""

    steady: float
    """The part of every harmonic that is as expected, averaged over moments and harmonics, from 0 to 1."""
    straight: float
    """How near the mean phase of nearly all bins is to the expected one, as a cosine: 1 is on it."""


@value
class Judged:
    """Whether a machine has spoken."""

    machine: Likely
    """Whether it has."""
    pulse: Pulse | None = None
    """By which pulse, where it has or may have."""


_SURE: Sequence[tuple[Pulse, Fit]] = (
    ("world", Fit(steady=0.876, straight=0.88)),
    ("espeak", Fit(steady=0.78, straight=0.88)),
    ("klatt", Fit(steady=0.8, straight=0.978)),
    ("slt", Fit(steady=0.86, straight=0.97)),
    ("rms", Fit(steady=0.87, straight=0.97)),
    ("awb", Fit(steady=0.87, straight=0.97)),
    ("kal16", Fit(steady=0.8, straight=0.985)),
)
"""What a recording has to reach in both to be taken for Mynah's own, by any of these. To look only
at harmonics that rise above the noise finds clones under noise, too, but takes people under noise for machines."""
_DOUBTFUL: Sequence[tuple[Pulse, Fit]] = (("world", Fit(steady=0.862, straight=0.96)),)
"""From where on it may be."""


def spoken_by_machine(audio: Audio) -> Pulse | None:
    """Tell whether Mynah itself has said this: by espeak, by flite, or in a voice that WORLD has made.

    Args:
        audio: At least some seconds of it, at any rate from 8 kHz on, shape (n,).

    Returns:
        By which pulse; None for people, and where there are too few vowels to tell.
    """
    found = judge(audio)
    return found.pulse if found.machine == "yes" else None


def judge(audio: Audio) -> Judged:
    """Tell the same with a range in which it may be either: few people are in it, and who whispers.

    Args:
        audio: At least some seconds of it, at any rate from 8 kHz on, shape (n,).
    """
    found = fits(audio)
    if not found:
        return Judged(machine="maybe")
    if (pulse := _reached(found, _SURE)) is not None:
        return Judged(machine="yes", pulse=pulse)
    pulse = _reached(found, _DOUBTFUL)
    return Judged(machine="no" if pulse is None else "maybe", pulse=pulse)


def _reached(found: Mapping[Pulse, Fit], bounds: Sequence[tuple[Pulse, Fit]]) -> Pulse | None:
    """The first pulse whose bound is reached."""
    return next((pulse for pulse, least in bounds if _fits(found[pulse], least)), None)


def _fits(fit: Fit, least: Fit) -> bool:
    return fit.steady >= least.steady and fit.straight >= least.straight


def fits(audio: Audio) -> Mapping[Pulse, Fit]:
    """Compare a recording with every kind of pulse; nothing where there are too few vowels."""
    moments = harmonics(audio)
    return {pulse: _fit(moments, pulse) for pulse in PULSES} if moments else {}


def learn(recordings: Iterable[Audio], rounds: int = 6) -> NDArray[np.float64]:
    """Find the pulse of a voice: the phases in each bin of BIN Hz beyond minimum phase, in radians, shape (37,)."""
    import numpy as np

    moments = [moment for audio in recordings for moment in harmonics(audio)]
    phases = np.full(int(TOP // BIN), 1e-9)
    for _ in range(rounds):
        means, _ = _residues(moments, phases, _USUAL)
        phases = phases + np.angle(means)
    return phases


def _fit(moments: Sequence[Harmonics], pulse: Pulse) -> Fit:
    import numpy as np

    expected = (
        None if pulse == "espeak" else np.radians(LEARNED[pulse]) if pulse in LEARNED else np.zeros(int(TOP // BIN))
    )
    means, weights = _residues(moments, expected, _STRENGTH.get(pulse, _USUAL))
    said = weights > _WEAKEST * weights.sum()
    return Fit(
        steady=float(means[said].real.sum() / weights[said].sum()),
        straight=float(np.percentile(np.cos(np.angle(means[said])), _WORST)),
    )


def _residues(
    moments: Sequence[Harmonics], phases: NDArray[np.float64] | None, strength: float
) -> tuple[NDArray[np.complexfloating], NDArray[np.float64]]:
    """Add up, in each bin, what is left of the phases when those of a pulse are taken off.

    Args:
        moments: What was heard.
        phases: The pulse's, beyond minimum phase, shape (37,); None is espeak's, which knows no minimum phase. Where
            they are not all 0 they were learned, from what a telephone lets through.
        strength: To which power the strength of a harmonic counts.

    Returns:
        The sums, whose angle is 0 where the pulse fits, and the weights that they had at most; both shape (37,).
    """
    import numpy as np

    sums, weights = np.zeros(int(TOP // BIN), complex), np.zeros(int(TOP // BIN))
    learned = phases is not None and phases.any()
    for moment in moments:
        weight = np.abs(moment.now) ** strength
        now, later = (each / (np.abs(each) + 1e-12) for each in (moment.now, moment.later))
        weight /= weight.sum()
        # What differs from one period to the next is noise, and no noise has the phase of a pulse.
        weight = weight * np.clip(_aligned(weight * now * later.conj()).real / (weight + 1e-12), 0, 1) ** 2
        bins = np.minimum((moment.frequencies / BIN).astype(int), len(sums) - 1)
        if phases is None:
            expected = np.where(moment.frequencies < _TURNED, 0, np.pi)
        else:
            expected = (moment.narrow if learned else moment.expected) + phases[bins]
        np.add.at(sums, bins, _aligned(weight * now * np.exp(-1j * expected)))
        np.add.at(weights, bins, weight)
    return sums, weights


def _aligned(harmonics: NDArray[np.complexfloating]) -> NDArray[np.complexfloating]:
    """Shift harmonics in time, and turn them all by one phase, so that their sum is as large and real as can be."""
    import numpy as np

    sums = np.fft.fft(np.concatenate([[0], harmonics]), _SHIFTS)
    best = int(np.abs(sums).argmax())
    turn = 2 * np.pi / _SHIFTS * best * np.arange(1, len(harmonics) + 1) + np.angle(sums[best])
    shifted: NDArray[np.complexfloating] = harmonics * np.exp(-1j * turn)
    return shifted
