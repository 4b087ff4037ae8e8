"""Transcripts: what is said in a recording, in English, as PocketSphinx's own language model hears it.

On clean speech one word in five or ten is wrong, on noisy speech every second (`python -m bench consent`): enough to
count what can be understood, too little to be shown as what somebody has said.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from engine.cepstra import RATE, STEP, frame_energies, mean_cepstrum
from engine.recogniser import to_pcm, with_hiss
from engine.speech import Audio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pocketsphinx import Decoder  # type: ignore[import-untyped]  # it has no types

SHORTEST, LONGEST = 8, 16
"""Between how many seconds a long sound is cut, at the quietest moment: what is heard at once must not grow."""
VERSION = "pocketsphinx 5.0.4 en-us"
"""Of what hears."""

_QUIET = 30
"""Frames whose mean level counts as a moment: .3 s."""


def transcribe(audio: Audio) -> str:
    """Write down what is said; it takes a third of the sound's length.

    Args:
        audio: Somebody who speaks English, at any rate, shape (n,).

    Returns:
        The words in small letters, without punctuation, numbers as words; empty where nothing is understood.

    Raises:
        ModuleNotFoundError: PocketSphinx is not installed.
    """
    pcm = to_pcm(audio.samples, audio.rate)
    return "" if pcm is None else _writer().write(with_hiss(pcm))


class _Writer:
    """One decoder with the language model; one thread at a time, others wait. It takes .4 s to open, and 120 MB."""

    def __init__(self) -> None:
        from pocketsphinx import Decoder

        self._lock = threading.Lock()
        self._decoder: Decoder = Decoder(samprate=RATE, loglevel="FATAL")

    def write(self, pcm: NDArray[np.int16]) -> str:
        with self._lock:
            return " ".join(said for piece in _pieces(pcm) if (said := self._hear(piece)))

    def _hear(self, pcm: NDArray[np.int16]) -> str:
        decoder = self._decoder
        decoder.set_cmn(",".join(f"{value:.3f}" for value in mean_cepstrum(pcm)))
        decoder.start_utt()
        decoder.process_raw(pcm.tobytes())
        decoder.end_utt()
        found = decoder.hyp()
        return found.hypstr if found else ""


@cache
def _writer() -> _Writer:
    return _Writer()


def _pieces(pcm: NDArray[np.int16]) -> Iterator[NDArray[np.int16]]:
    """Cut a long sound where it is quietest."""
    import numpy as np

    while len(pcm) > LONGEST * RATE:
        energies = frame_energies(pcm[SHORTEST * RATE : LONGEST * RATE])
        level = np.convolve(energies, np.ones(_QUIET), "valid")
        cut = SHORTEST * RATE + (int(np.argmin(level)) + _QUIET // 2) * STEP
        yield pcm[:cut]
        pcm = pcm[cut:]
    if len(pcm) >= STEP:
        yield pcm
