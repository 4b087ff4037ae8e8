"""What was found out about a recording."""

from __future__ import annotations

import math

from engine.value import value

VERSION = "1"
"""Changes when the same recording may come out otherwise than before."""

CLIPPED = 1e-4
"""The least share of samples whose clipping is worth telling."""


@value
class Report:
    """How good a recording is to make a voice from, in figures and in words."""

    seconds: float
    """How long the recording is, in seconds."""
    speech_seconds: float
    """How long somebody speaks in it, in seconds; gaps under 0.3 s count in."""
    silence: float
    """The share of it in which nobody speaks, from 0 to 1."""
    snr_db: float
    """How much louder the voice is than the noise under it, in dB from -20 to 60; over 30 the noise is not heard."""
    noise_dbfs: float
    """The level of the noise, in dB below a full-scale square wave, no less than -100; from 60 Hz to 7.9 kHz."""
    level_dbfs: float
    """The level of the voice while it speaks, as that of the noise is told."""
    loudness_lufs: float
    """How loud all of it is to an ear, in LUFS by ITU-R BS.1770-4; -70 for what is silent."""
    peak_dbfs: float
    """The largest magnitude, in dB where full scale is 0; no less than -100."""
    clipping: float
    """The share of samples that were cut off for being too loud, from 0 to 1."""
    bandwidth_hz: float
    """The highest frequency of the voice that is in it, in Hz: 4,000 over a phone, 8,000 and more with a microphone."""
    pitch_hz: float
    """The median pitch of the voice, in Hz; 0 where none is heard."""
    pitch_spread: float
    """How far the pitch goes around its mean, as a standard deviation in semitones: 1 is monotonous, 4 is lively."""
    speakers: int
    """1 where one person speaks, 2 where it is more than one, 0 where nobody listened for that."""
    score: float
    """How good it is, from 0 (of no use) to 10 (nothing to be done better)."""
    passage: tuple[float, float]
    """Where its best stretch begins and ends, in seconds."""
    advice: tuple[str, ...]
    """What to do better next time, in sentences, what helps most first; at most three."""
    refusal: str
    """Why no voice can be made from it, in whole sentences for the person; empty where one can."""
    version: str
    """Of the way in which it was found out."""

    def figures(self) -> dict[str, float | int | str | list[float] | list[str]]:
        """Return all of it under the names of the fields, as JSON can have it, rounded to what it is exact to."""
        return {
            "seconds": round(self.seconds, 2),
            "speech_seconds": round(self.speech_seconds, 2),
            "silence": round(self.silence, 3),
            "snr_db": round(self.snr_db, 1),
            "noise_dbfs": round(self.noise_dbfs, 1),
            "level_dbfs": round(self.level_dbfs, 1),
            "loudness_lufs": round(self.loudness_lufs, 1),
            "peak_dbfs": round(self.peak_dbfs, 1),
            "clipping": round(self.clipping, 5),
            "bandwidth_hz": round(self.bandwidth_hz),
            "pitch_hz": round(self.pitch_hz, 1),
            "pitch_spread": round(self.pitch_spread, 2),
            "speakers": self.speakers,
            "score": self.score,
            "passage": list(self.passage),
            "advice": list(self.advice),
            "refusal": self.refusal,
            "version": self.version,
        }

    def words(self) -> list[str]:
        """Say the figures in short phrases for people, what matters most first; a comma goes well between them.

        What has a least is rounded down, so that nobody reads that 7.9 s, which are too few, were 8.
        """
        voices = ["one voice" if self.speakers == 1 else "more than one voice"] if self.speakers else []
        clipped = "no clipping" if self.clipping < CLIPPED else f"{percent(self.clipping)} clipped"
        pitch = [f"pitch {self.pitch_hz:.0f} Hz"] if self.pitch_hz else []
        return [
            f"{math.floor(self.speech_seconds)} s of speech",
            f"SNR {math.floor(self.snr_db)} dB",
            clipped,
            f"{100 * self.silence:.0f} % silence",
            f"loudness {self.loudness_lufs:.0f} LUFS",
            f"sound up to {math.floor(self.bandwidth_hz / 100) / 10:.1f} kHz",
            *pitch,
            *voices,
        ]


def percent(share: float) -> str:
    """Say a small share, such as '0.05 %' or '12 %'."""
    return f"{100 * share:.{0 if share >= 0.1 else 1 if share >= 0.001 else 2}f} %"
