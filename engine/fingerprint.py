"""Whether a sound is one that was there before: re-encoded, louder, in noise, cut, a little faster or slower.

Landmarks after Wang 2003 ("An industrial-strength audio search algorithm", ISMIR): peaks of the spectrogram, which
encoders keep, in groups of three, which another sound has only by chance (three, for they find fewer wrong ones among
many, as in Six and Leman 2014, "Panako", ISMIR). A fingerprint holds some of them, chosen by their hashes, so that
the same are chosen again: 6 bytes each, some 80 for a second. Whoever asks for a sound looks at it at many speeds, and
from between the frames, which costs the many that were kept nothing.

It does not know a sound again that was made faster or slower by more than 6 %, or higher at the same pace, nor what a
loudspeaker played in a room.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO

from engine.audio import HEADER_BYTES, SAMPLE_BYTES, read_wav_header
from engine.engine import EngineError
from engine.speech import Audio
from engine.value import value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SURE = 5
"""So many landmarks in one place make two sounds the same; `python -m bench own_output` prints what others reach."""
SECONDS, MOST = 10, 6
"""How long the stretches are that are looked for, in seconds, and how many of a long sound: spread evenly over it."""

_VERSION = b"\x02"
_RATE = 4000
_WINDOW, _STEP = 256, 64
"""64 ms, every 16 ms."""
_LOW, _HIGH = 8, 124
"""The bins that are looked at: 125 to 1900 Hz, where speech is loudest."""
_AROUND = 4
"""A peak has none higher beside it, within 64 ms and 63 Hz."""
_BELOW = 10**-4.5
"""How far below the loudest peak one may be, as a share of its power: 45 dB."""
_A_SECOND = 24
"""The most peaks of a second, the highest."""
_PARTNERS = 5
"""With how many of the peaks that follow it each is grouped."""
_LATER, _APART = (2, 40), 64
"""A partner comes 32 to 640 ms later, and is less than 1 kHz away."""
_AHEAD = 60
"""How many peaks are looked through for partners."""
_KEPT = 16
"""Of so many landmarks one is kept."""
_PIECE = 30
"""Seconds of a long sound that are worked on at once."""
_SPEEDS, _SPEED_STEP = 24, 0.0025
"""How many speeds are tried on either side, and how far apart they are."""
_NEAR = 4
"""Landmarks that lie within so many frames of where they should are in one place: 64 ms."""
_LATEST = 200
"""Of what has the same hash, so many are looked at, the last that came: what is so common tells little."""
_FRAME_BITS, _OFFSET_BITS, _PASS_BITS = 10, 15, 6
_MIX = 0x9E3779B97F4A7C15
"""Knuth's multiplicative hashing, with the golden ratio of 2^64."""


@value
class Question:
    """A stretch of a sound that is looked for, at many speeds; fit for pickle."""

    landmarks: bytes
    """Of each, by its hash: that, the frame in which it begins, and at which of the speeds it was found."""


@value
class Match:
    """A sound that was there before."""

    id: int
    """Its number."""
    agreeing: int
    """How many landmarks are in one place: `SURE` of them make it certain."""


class Fingerprinter:
    """Computes the fingerprint of a sound that comes in pieces; it holds `_PIECE` seconds of it, and a piece."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._held: list[NDArray[np.int16] | NDArray[np.float32]] = []
        self._samples = self._done = 0
        self._found: list[bytes] = []
        self._rate = 0

    def feed(self, samples: NDArray[np.int16] | NDArray[np.float32], rate: int) -> None:
        """Take the next piece, shape (n,), at any level, which is held as it is; `rate` is the same for all."""
        self._rate = rate
        self._held.append(samples)
        self._samples += len(samples)
        if self._samples >= _PIECE * rate:
            self._work()

    def finish(self) -> bytes:
        """Return the fingerprint of it all: empty but for a byte where there is too little sound."""
        if self._samples:
            self._work()
        return _VERSION + b"".join(self._found)

    def close(self) -> None:
        """Let go of what it holds."""
        self._held.clear()
        self._samples = 0

    def _work(self) -> None:
        import numpy as np

        hashes, frames = _landmarks(_resampled(np.concatenate(self._held).astype(np.float32), self._rate))
        packed = np.empty(len(hashes), _packing())
        packed["hash"] = hashes
        packed["frame"] = frames + self._done * _RATE // (_STEP * self._rate) & 0xFFFF
        self._found.append(packed.tobytes())
        self._done += self._samples
        self._samples = 0
        self._held.clear()


def of(audio: Audio) -> bytes:
    """Compute the fingerprint of a whole sound; empty but for a byte where it is silent or next to nothing.

    Args:
        audio: Any rate, shape (n,).
    """
    fingerprinter = Fingerprinter()
    fingerprinter.feed(audio.samples, audio.rate)
    return fingerprinter.finish()


class WavFingerprinter:
    """Computes the fingerprint of a WAV file of Mynah's, which may have another name by the time, or none."""

    def __init__(self, file: BinaryIO) -> None:
        """Take the open file, and close it in the end."""
        self._file = file

    def finish(self) -> bytes:
        """Return the fingerprint of it all: empty but for a byte where there is too little sound.

        Raises:
            EngineError: It is damaged, or none.
            OSError: It cannot be read.
        """
        fingerprinter = Fingerprinter()
        self._file.seek(0)
        rate, size = read_wav_header(self._file.read(HEADER_BYTES))
        if not rate:
            raise EngineError("this is no WAV file of Mynah's")
        for samples in self._samples(size, _PIECE * rate * SAMPLE_BYTES):
            fingerprinter.feed(samples, rate)
        return fingerprinter.finish()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _samples(self, size: int, most: int) -> Iterator[NDArray[np.int16]]:
        """Read so many bytes of sound, at most so many at once."""
        import numpy as np

        while size:
            if not (block := self._file.read(min(size, most))):
                raise EngineError(f"{size} bytes of a WAV file are missing")
            size -= len(block)
            yield np.frombuffer(block, "<i2", len(block) // SAMPLE_BYTES)


Pending = Fingerprinter | WavFingerprinter
"""A sound whose fingerprint can be computed later."""


def questions(audio: Audio) -> tuple[Question, ...]:
    """Prepare to look for a sound: stretches of it of `SECONDS`; some .2 s of work for each.

    Args:
        audio: Any rate, shape (n,).
    """
    import numpy as np

    size = SECONDS * audio.rate
    count = min(MOST, max(1, -(-len(audio.samples) // size)))
    begins = np.linspace(0, max(0, len(audio.samples) - size), count).astype(int)
    return tuple(_question(np.asarray(audio.samples[begin : begin + size], np.float32), audio.rate) for begin in begins)


class Gallery:
    """Fingerprints by their landmarks, to be searched; nothing in it is ever changed."""

    def __init__(self, fingerprints: Iterable[tuple[int, bytes]] = ()) -> None:
        """Take fingerprints with their numbers; those of another version are left out."""
        import numpy as np

        ids, parts = [], []
        for id, fingerprint in fingerprints:
            if fingerprint[:1] == _VERSION and len(fingerprint) % _packing().itemsize == 1:
                ids.append(id)
                parts.append(np.frombuffer(fingerprint, _packing(), offset=1))
        held = np.concatenate(parts) if parts else np.empty(0, _packing())
        order = np.argsort(held["hash"], kind="stable")
        self._hashes = np.ascontiguousarray(held["hash"][order])
        self._frames = np.ascontiguousarray(held["frame"][order])
        rows = np.repeat(np.arange(len(parts), dtype=np.uint32), [len(part) for part in parts])
        self._rows: NDArray[np.uint32] = rows[order] if len(parts) else np.empty(0, np.uint32)
        self._ids: NDArray[np.int64] = np.array(ids, np.int64)

    def __len__(self) -> int:
        """How many landmarks it holds."""
        return len(self._hashes)

    def joined(self, other: Gallery) -> Gallery:
        """Return one gallery of two."""
        import numpy as np

        made = Gallery()
        hashes = np.concatenate([self._hashes, other._hashes])
        order = np.argsort(hashes, kind="stable")
        made._hashes = hashes[order]
        made._frames = np.concatenate([self._frames, other._frames])[order]
        made._rows = np.concatenate([self._rows, other._rows + np.uint32(len(self._ids))])[order]
        made._ids = np.concatenate([self._ids, other._ids])
        return made

    def find(self, questions: Sequence[Question], least: int = SURE) -> list[Match]:
        """Return what is the same sound, the surest first.

        Args:
            questions: What is looked for.
            least: How many landmarks have to be in one place.
        """
        best: dict[int, int] = {}
        for question in questions:
            for row, agreeing in self._agreeing(question, least):
                best[row] = max(agreeing, best.get(row, 0))
        found = [Match(id=int(self._ids[row]), agreeing=agreeing) for row, agreeing in best.items()]
        return sorted(found, key=lambda match: (-match.agreeing, match.id))

    def _agreeing(self, question: Question, least: int) -> list[tuple[int, int]]:
        """The rows in which so many landmarks of a stretch are in one place, and how many are."""
        import numpy as np

        asked = np.frombuffer(question.landmarks, _asking())
        hashes = np.ascontiguousarray(asked["hash"])
        last = np.searchsorted(self._hashes, hashes, "right")
        counts = np.minimum(last - np.searchsorted(self._hashes, hashes, "left"), _LATEST)
        places = np.repeat(last - np.cumsum(counts), counts) + np.arange(counts.sum())
        rows = self._rows[places]
        likely = np.bincount(rows, minlength=len(self._ids))[rows] >= least
        rows, places, asked = rows[likely].astype(np.int64), places[likely], np.repeat(asked, counts)[likely]
        frames, passes = asked["frame"].astype(np.int64), asked["pass"].astype(np.int64)
        offsets = self._frames[places].astype(np.int64) - frames & 0xFFFF
        found: dict[int, int] = {}
        for phase in (0, _NEAR // 2):  # a place that one grid cuts in two is whole in the other
            near = (offsets + phase & 0xFFFF) // _NEAR
            keys = ((rows << _PASS_BITS | passes) << _OFFSET_BITS | near) << _FRAME_BITS | frames
            spots, agreeing = np.unique(np.unique(keys) >> _FRAME_BITS, return_counts=True)
            enough = agreeing >= least
            for row, count in zip(spots[enough] >> _PASS_BITS + _OFFSET_BITS, agreeing[enough], strict=True):
                found[int(row)] = max(int(count), found.get(int(row), 0))
        return list(found.items())


def _packing() -> np.dtype[np.void]:
    import numpy as np

    return np.dtype([("hash", "<u4"), ("frame", "<u2")])


def _asking() -> np.dtype[np.void]:
    import numpy as np

    return np.dtype([("hash", "<u4"), ("frame", "<u2"), ("pass", "u1")])


def _question(samples: NDArray[np.float32], rate: int) -> Question:
    import numpy as np

    parts = []
    for place, (speed, shift) in enumerate(_passes()):
        hashes, frames = _landmarks(_resampled(samples, rate * speed)[shift:])
        part = np.empty(len(hashes), _asking())
        part["hash"], part["frame"], part["pass"] = hashes, frames & (1 << _FRAME_BITS) - 1, place
        parts.append(part)
    asked = np.concatenate(parts)
    # What is near each other is looked up quickly.
    return Question(landmarks=asked[np.argsort(asked["hash"], kind="stable")].tobytes())


def _passes() -> list[tuple[float, int]]:
    """The speeds that are tried, each with where between two frames it begins, in samples."""
    still = [(1.0, _STEP // 4 * quarter) for quarter in range(4)]
    steps = range(1, _SPEEDS + 1)
    faster = [(1 + step * _SPEED_STEP, 24 * step % _STEP) for step in steps]
    slower = [(1 - step * _SPEED_STEP, 40 * step % _STEP) for step in steps]
    return still + faster + slower


def _resampled(samples: NDArray[np.float32], rate: float) -> NDArray[np.float32]:
    import soxr  # type: ignore[import-untyped]  # it has no types

    made: NDArray[np.float32] = soxr.resample(samples, rate, _RATE) if rate != _RATE else samples
    return made


def _landmarks(samples: NDArray[np.float32]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """The landmarks of a sound at _RATE that are kept: their hashes, and the frames in which they begin."""
    import numpy as np

    times, bins = _peaks(samples)
    partners = _partners(times, bins).T
    pairs = np.array([(one, two) for two in range(_PARTNERS) for one in range(two)])
    pair, first = np.nonzero(partners[pairs[:, 1]] >= 0)
    second, third = partners[pairs[pair, 0], first], partners[pairs[pair, 1], first]
    mixed = bins[first].astype(np.uint64)
    for part, width in (
        (bins[second] - bins[first] + _APART, 2 * _APART),
        (bins[third] - bins[first] + _APART, 2 * _APART),
        ((times[second] - times[first]) // 2, 32),
        ((times[third] - times[first]) // 2, 32),
    ):
        mixed = mixed * np.uint64(width) + part.astype(np.uint64)
    mixed = mixed * np.uint64(_MIX) >> np.uint64(32)
    kept = mixed < 2**32 // _KEPT
    return (mixed[kept] * np.uint64(_KEPT)).astype(np.uint32), times[first][kept]


def _peaks(samples: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The highest peaks of every second, by time: their frames and their bins."""
    import numpy as np

    if len(samples) < _WINDOW or not samples.any():
        return np.empty(0, np.int64), np.empty(0, np.int64)
    frames = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::_STEP]
    spectra = np.fft.rfft(frames * np.hanning(_WINDOW).astype(np.float32))[:, _LOW:_HIGH]
    power = (spectra.real**2 + spectra.imag**2).astype(np.float32)
    highest = _highest_around(_highest_around(power).T).T
    times, bins = np.nonzero((power >= highest) & (power > power.max() * _BELOW))
    seconds = times * _STEP // _RATE
    order = np.lexsort((-power[times, bins], seconds))
    rank = np.arange(len(order)) - np.searchsorted(seconds[order], seconds[order])
    kept = np.sort(order[rank < _A_SECOND])
    return times[kept], bins[kept]


def _highest_around(power: NDArray[np.float32]) -> NDArray[np.float32]:
    """The highest value within _AROUND rows of each; by doubling, so that few maxima are taken."""
    import numpy as np

    widest, reach = np.pad(power, ((_AROUND, _AROUND), (0, 0))), 1
    while 2 * reach <= 2 * _AROUND + 1:
        widest = np.maximum(widest[:-reach], widest[reach:])
        reach *= 2
    left = 2 * _AROUND + 1 - reach
    return np.maximum(widest[:-left], widest[left:]) if left else widest


def _partners(times: NDArray[np.int64], bins: NDArray[np.int64]) -> NDArray[np.int64]:
    """The first peaks behind each that are near enough, shape (peaks, _PARTNERS); -1 where there are fewer."""
    import numpy as np

    partners = np.full((len(times), _PARTNERS), -1)
    others = np.arange(len(times))[:, None] + np.arange(1, _AHEAD)
    there = np.minimum(others, len(times) - 1)
    later, apart = times[there] - times[:, None], np.abs(bins[there] - bins[:, None])
    fit = (others < len(times)) & (later >= _LATER[0]) & (later <= _LATER[1]) & (apart < _APART)
    rank = np.cumsum(fit, axis=1)
    first, ahead = np.nonzero(fit & (rank <= _PARTNERS))
    partners[first, rank[first, ahead] - 1] = others[first, ahead]
    return partners
