"""What Mynah says by each of its engines, and what telephones and messengers make of sound."""

from __future__ import annotations

import io
from functools import cache

import av
import numpy as np
import pytest
import soxr  # type: ignore[import-untyped]  # it has no types
from av.audio.stream import AudioStream

from engine.audio import join
from engine.engine import EngineMissing
from engine.flite_engine import FliteEngine
from engine.speech import Audio, Utterance

RATE = 48_000
TEXT = "Please call Stella and ask her to bring these things with her from the store: six spoons of fresh snow peas."


@cache
def by_flite(voice: str, text: str = TEXT) -> Audio:
    """What flite says; the test is skipped where it is not installed."""
    engine = FliteEngine()
    try:
        engine.open()
    except EngineMissing as missing:
        pytest.skip(str(missing))
    row = Utterance(text=text, engine="flite", speaker=voice)
    return join([audio for _, audio in engine.synthesize([row], lambda row: False)])


def converted(base: Audio, higher: float = 1.25, brighter: float = 0.004) -> Audio:
    """A voice that WORLD makes of another: higher, with the formants moved and the bands tilted."""
    import pyworld

    signal = np.ascontiguousarray(soxr.resample(base.samples, base.rate, 16_000), np.float64)
    pitch, times = pyworld.dio(signal, 16_000)
    pitch = pyworld.stonemask(signal, pitch, times, 16_000)
    envelope = pyworld.cheaptrick(signal, pitch, times, 16_000)
    noise = pyworld.d4c(signal, pitch, times, 16_000)
    bins = envelope.shape[1]
    moved = envelope[:, np.minimum((np.arange(bins) / 1.08).astype(int), bins - 1)] * np.exp(brighter * np.arange(bins))
    made = pyworld.synthesize(pitch * higher, np.ascontiguousarray(moved), noise, 16_000)
    return Audio(samples=(made * (0.5 / np.abs(made).max())).astype(np.float32), rate=16_000)


def by_telephone(audio: Audio) -> Audio:
    """At 8 kHz."""
    return Audio(samples=soxr.resample(audio.samples, audio.rate, 8000), rate=8000)


def by_messenger(audio: Audio, bits: int = 24_000) -> Audio:
    """As Ogg/Opus of so many bits a second."""
    pcm = np.clip(soxr.resample(audio.samples, audio.rate, RATE) * 32_768, -32_768, 32_767).astype(np.int16)
    file = io.BytesIO()
    with av.open(file, "w", format="ogg") as out:
        stream = out.add_stream("libopus", rate=RATE, layout="mono", format="s16")
        assert isinstance(stream, AudioStream)
        stream.bit_rate = bits
        frame = av.AudioFrame.from_ndarray(pcm[None], format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE, 0
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    file.seek(0)
    with av.open(file, "r") as read:
        return Audio(samples=np.concatenate([each.to_ndarray()[0] for each in read.decode(audio=0)]), rate=RATE)
