"""The speaker encoder: recordings in, prints of voices out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.identity import weights
from engine.identity.mel import STEP, mel
from engine.identity.network import WINDOW, Network, unit
from engine.identity.speakers import HOP, several
from engine.identity.voice_print import VoicePrint
from engine.identity.voiced import RATE, levelled, voiced
from engine.speech import Audio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEAST_SECONDS = 3.0
"""The least speech, without pauses, that a print is made of: below it people are mistaken for each other."""

_HOP = 77
"""Frames from one window to the next: 1.3 windows a second, as the encoder's own package does."""
_LEAST_FILLED = 0.75
"""How much of the last window there has to be, or it is left out."""
_MOST_WINDOWS = 160
"""The most windows that are listened to, spread evenly: two minutes of speech; what comes beyond tells nothing new."""


class TooShort(Exception):
    """There is too little speech in a recording to tell whose it is."""

    def __init__(self, seconds: float) -> None:
        """Note the seconds of speech that there are."""
        super().__init__(seconds)
        self.seconds = seconds

    def __str__(self) -> str:
        return (
            f"That recording has {self.seconds:.1f} s of speech; to tell whose voice it is, {LEAST_SECONDS:g} s are "
            "the least. Record a little more and try again."
        )


class Encoder:
    """The speaker encoder, opened; any thread may use it, many at once."""

    def __init__(self, network: Network) -> None:
        """Take a network that has its weights; `load` finds them."""
        self._network = network

    @classmethod
    def load(cls, models: Path) -> Encoder:
        """Open the encoder; a tenth of a second, and 12 MB.

        Args:
            models: The folder that models are kept in, `data/models`.

        Raises:
            WeightsMissing: Its weights are not on this machine; the message says how they come there.
        """
        return cls(Network(weights.load(models)))

    def print(self, audio: Audio) -> VoicePrint:
        """Compute whose voice a recording has.

        The recording's pauses are cut out and its level is set, so that neither matters; windows of 1.6 s get a vector
        each, and the print is their mean (Resemblyzer's `embed_utterance`).

        Args:
            audio: One person's speech, at any rate, shape (n,).

        Raises:
            TooShort: There are less than 3 s of speech.
        """
        speech = levelled(voiced(audio))
        seconds = len(speech) / RATE
        if seconds < LEAST_SECONDS:
            raise TooShort(seconds)
        return VoicePrint(vector=self.embed(speech), seconds=seconds, model=weights.MODEL)

    def speakers(self, audio: Audio) -> int:
        """Count who speaks in a recording: 1, or 2 for two people and more.

        Two people are told apart where they take turns and the second has a tenth of the speech, 2.4 s at least; what
        is less than 4 s long is taken for one person's. Measured in `python -m bench identity`.

        Args:
            audio: At any rate, shape (n,).
        """
        speech = levelled(voiced(audio))
        return 2 if len(speech) and several(self.windows(speech, HOP, most=_MOST_WINDOWS)) else 1

    def embed(self, speech: NDArray[np.float32]) -> NDArray[np.float32]:
        """Compute the vector of speech that is cut and levelled already, at 16 kHz, shape (n,); of any length."""
        vector: NDArray[np.float32] = unit(self.windows(speech, _HOP, most=_MOST_WINDOWS).mean(axis=0))
        return vector

    def windows(self, speech: NDArray[np.float32], hop: int, *, most: int = 0) -> NDArray[np.float32]:
        """Compute the vectors of the windows of such speech.

        Args:
            speech: At 16 kHz, shape (n,).
            hop: Frames of 10 ms from one window to the next.
            most: At most so many windows, spread evenly; 0 is all of them.

        Returns:
            Shape (windows, 256), at least one.
        """
        import numpy as np

        bands = mel(speech)
        starts = np.asarray(_starts(len(speech), hop))
        if most and len(starts) > most:
            starts = starts[np.linspace(0, len(starts) - 1, most).round().astype(int)]
        bands = np.pad(bands, ((0, max(0, int(starts[-1]) + WINDOW - len(bands))), (0, 0)))
        return self._network.vectors(bands[starts[:, None] + np.arange(WINDOW)])


def _starts(samples: int, hop: int) -> list[int]:
    """The first frames of the windows, as Resemblyzer's `compute_partial_slices` finds them."""
    frames = -(-(samples + 1) // STEP)
    starts = list(range(0, max(1, frames - WINDOW + hop + 1), hop))
    filled = (samples - starts[-1] * STEP) / (WINDOW * STEP)
    return starts[:-1] if len(starts) > 1 and filled < _LEAST_FILLED else starts
