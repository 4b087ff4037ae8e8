"""Effects: what is done to a sound that an engine cannot do itself."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from engine.engine import EngineError
from engine.speech import Audio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_SEMITONES = 12.0
"""How far a sound can be shifted: an octave, up or down."""


def shift(audio: Audio, semitones: float) -> Audio:
    """Shift the pitch of a sound; it lasts as long as before, and its timings stay where they are.

    It is resampled (soxr), which moves the pitch and the length, and then brought back to its length by FFmpeg's
    `atempo` (WSOLA: Verhelst and Roelands, "An overlap-add technique based on waveform similarity", ICASSP 1993).
    The colour of a voice moves with its pitch.

    Args:
        audio: The sound.
        semitones: By how much it goes up, from -12 to 12.

    Returns:
        The sound that was given, where there is nothing to shift; else another with as many samples.

    Raises:
        EngineError: That is too far.
    """
    if not abs(semitones) <= MOST_SEMITONES:
        raise EngineError(f"{semitones} semitones; {MOST_SEMITONES:g} up or down is the most")
    if not semitones or not audio.count:
        return audio
    import numpy as np
    import soxr  # type: ignore[import-untyped]  # it has no types

    ratio = 2 ** (semitones / 12)
    window = 1 << math.ceil(math.log2(audio.rate / 24))
    around = np.zeros(window, np.float32)  # `atempo` drops what does not fill its windows
    quick = soxr.resample(np.ascontiguousarray(audio.samples, np.float32), ratio, 1.0)
    made = _slower(np.concatenate((around, quick, around)), audio.rate, ratio)
    # What is made longer comes early by as much as the half of its first window grows; measured within 10 ms.
    begin = round(window * ratio - max(ratio - 1, 0) * window / 2)
    return audio.with_samples(made[begin : begin + len(audio.samples)])


def _slower(samples: NDArray[np.float32], rate: int, ratio: float) -> NDArray[np.float32]:
    """Make a sound `ratio` times as long, from a half to twice, without moving its pitch."""
    import av
    import numpy as np

    graph = av.filter.Graph()
    begin = graph.add("abuffer", f"sample_rate={rate}:sample_fmt=flt:channel_layout=mono:time_base=1/{rate}")
    steps = [begin, graph.add("atempo", f"{1 / ratio:.9f}"), graph.add("abuffersink")]
    graph.link_nodes(*steps).configure()
    frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="flt", layout="mono")
    frame.sample_rate, frame.pts = rate, 0
    graph.push(frame)
    graph.push(None)
    made = []
    while True:
        try:
            made.append(graph.pull().to_ndarray().ravel())
        except (av.EOFError, BlockingIOError):
            return np.concatenate(made, dtype=np.float32) if made else np.zeros(0, np.float32)
