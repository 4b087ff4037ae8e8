"""What Mynah says by each of its engines, what real people have said, and what is done to sound on its way here.

WORLD's voices are base voices converted to each of the people by their means and spreads.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from bench.levels import ENGLISH, SAID
from bench.recordings import RATE, banded, utterances
from bench.sounds import engine as espeak
from bench.sounds import flite as flite_engine
from bench.sounds import spoken
from engine.audio import join
from engine.speech import Audio, Utterance

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TEXTS = (
    " ".join(ENGLISH),
    "Please call Stella and ask her to bring these things with her from the store: six spoons of fresh snow peas.",
    "I agree that Mynah makes a copy of my voice. Anchor, candle, umbrella, yellow, bottle, garden.",
)
PIECE = 5
"""Seconds of the pieces that people's recordings are cut into besides."""

_BASES = (("flite", "slt"), ("flite", "rms"), ("flite", "awb"), ("espeak", "en-us"), ("espeak", "en-gb+f3"))
_PERSON_SECONDS = 20
_CUT = (0.317, 0.2)
"""Seconds that are cut off at the begin and at the end."""
_PEAK = 0.5
"""How loud a sound is that noise is laid over: 6 dB below full scale."""


def ways() -> Mapping[str, Callable[[Audio], Audio]]:
    """What is done to a sound, by what it is called."""
    return {
        "as it is": lambda audio: audio,
        "Opus 24k": lambda audio: recoded(audio, "ogg", "libopus", 24_000),
        "MP3 64k": lambda audio: recoded(audio, "mp3", "libmp3lame", 64_000),
        "8 kHz": lambda audio: banded(resampled(audio), 8000, 8000),
        "noise -50 dBFS": lambda audio: noisy(audio, -50),
        "noise -40 dBFS": lambda audio: noisy(audio, -40),
        "3 % faster": lambda audio: faster(audio, 1.03),
        "5 % slower": lambda audio: faster(audio, 0.95),
        "cut, 10 dB softer": softer,
        "all of it": lambda audio: recoded(noisy(faster(softer(audio), 1.02), -50), "ogg", "libopus", 24_000),
    }


def noisy(audio: Audio, level: float) -> Audio:
    """Lay white noise of so many dB of full scale over a sound whose peak is at half of it."""
    import numpy as np

    noise = np.random.default_rng(len(audio.samples)).standard_normal(len(audio.samples)) * 10 ** (level / 20)
    loud = audio.samples * (_PEAK / max(1e-9, float(np.abs(audio.samples).max())))
    return Audio(samples=(loud + noise).astype(np.float32), rate=audio.rate)


def faster(audio: Audio, times: float) -> Audio:
    """Let a sound be so many times as fast, and as high, as a tape is."""
    import soxr  # type: ignore[import-untyped]  # it has no types

    return Audio(samples=soxr.resample(audio.samples, times * audio.rate, audio.rate), rate=audio.rate)


def softer(audio: Audio) -> Audio:
    """Cut off a little at both ends, and make it 10 dB softer."""
    first, last = (round(seconds * audio.rate) for seconds in _CUT)
    return Audio(samples=audio.samples[first:-last] * 0.32, rate=audio.rate)


def recoded(audio: Audio, container: str, codec: str, bits: int) -> Audio:
    """Encode a sound as a chat does, at so many bits a second, and return what it sounds like then."""
    import av
    import numpy as np
    import soxr
    from av.audio.stream import AudioStream

    rate, shape = 48_000, "s16" if codec == "libopus" else "s16p"
    pcm = np.clip(soxr.resample(audio.samples, audio.rate, rate) * 32_768, -32_768, 32_767).astype(np.int16)
    file = io.BytesIO()
    with av.open(file, "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate, layout="mono", format=shape)
        assert isinstance(stream, AudioStream)
        stream.bit_rate = bits
        frame = av.AudioFrame.from_ndarray(pcm[None], format=shape, layout="mono")
        frame.sample_rate, frame.pts = rate, 0
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    file.seek(0)
    with av.open(file, "r") as read:
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=rate)
        heard = [part.to_ndarray()[0] for each in read.decode(audio=0) for part in resampler.resample(each)]
    return Audio(samples=np.concatenate(heard), rate=rate)


def espeaks() -> Mapping[str, Mapping[str, Audio]]:
    """espeak in some languages, and in English with all its variants."""
    variants = [f"en-gb+{variant.key}" for variant in espeak().variants()]
    return {
        "espeak in languages": {key: spoken(" ".join(texts), key) for key, texts in SAID.items()},
        "espeak's variants": {
            key: spoken(text, key) for key, text in zip(variants, itertools.cycle(TEXTS), strict=False)
        },
    }


def by_flite(text: str, speaker: str) -> Audio:
    """Return what a speaker of flite says, which has to be there."""
    flite = flite_engine()
    assert flite
    row = Utterance(text=text, engine="flite", speaker=speaker)
    return join([audio for _, audio in flite.synthesize([row], lambda row: False)])


def flites() -> Mapping[str, Audio]:
    """flite's four voices, each with every text; nothing where flite is not installed."""
    flite = flite_engine()
    voices = [speaker.key for speaker in flite.speakers()] if flite else []
    return {f"{voice} {place}": by_flite(text, voice) for voice in voices for place, text in enumerate(TEXTS)}


def worlds() -> Mapping[str, Audio]:
    """Base voices, converted to each of the people by their means and spreads."""
    import numpy as np

    from engine.conversion.features import take_apart
    from engine.conversion.fitting import LADDER, fit

    found = {}
    bases = [base for base in _BASES if base[0] == "espeak" or flite_engine()]
    for turn, (name, said) in enumerate(utterances().items()):
        person = take_apart(np.concatenate(said)[: _PERSON_SECONDS * RATE].astype(np.float32))
        for place, (engine, voice) in enumerate(bases):
            text = TEXTS[(turn + place) % len(TEXTS)]
            base = resampled(by_flite(text, voice) if engine == "flite" else spoken(text, voice))
            features = take_apart(base)
            conversion = fit(features, person, np.empty((0, 2), np.int64), LADDER[0])
            found[f"{voice} as {name}"] = Audio(samples=conversion.applied(features, base), rate=RATE)
    return found


def speakers() -> Mapping[str, Mapping[str, Audio]]:
    """What real people said: by the recording, and in pieces as long as a short consent."""
    if not utterances():
        return {}
    whole = {
        f"{name} {place}": Audio(samples=samples, rate=RATE)
        for name, said in utterances().items()
        for place, samples in enumerate(said)
    }
    pieces = {
        f"{name} at {start} s": Audio(samples=audio.samples[start * RATE : (start + PIECE) * RATE], rate=RATE)
        for name, audio in whole.items()
        for start in range(0, int(audio.seconds) - PIECE + 1, PIECE)
    }
    return {"people": whole, f"people, {PIECE} s": pieces}


def resampled(audio: Audio) -> NDArray[np.float32]:
    """Return the samples of a sound at RATE."""
    import soxr

    made: NDArray[np.float32] = soxr.resample(audio.samples, audio.rate, RATE)
    return made
