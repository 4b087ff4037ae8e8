"""Whether Mynah knows what it has said itself, and takes no person for itself; and whether it knows a replay.

Own output is what espeak, flite and WORLD say; WORLD's are base voices converted to real people. All of it, and the
people, go through what a chat does to sound, too. A replay is a recording that comes again: cut, softer, re-encoded.
"""

from __future__ import annotations

import asyncio
import io
import itertools
import statistics
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bench.consent import interval
from bench.levels import ENGLISH, SAID
from bench.measure import cpu_seconds, table
from bench.recordings import RATE, banded, utterances
from bench.sounds import engine as espeak
from bench.sounds import flite as flite_engine
from bench.sounds import spoken
from engine.audio import join
from engine.fingerprint import SAME, matches, of
from engine.speech import Audio, Utterance
from engine.synthetic import PULSES, fits, learn, spoken_by_machine

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TEXTS = (
    " ".join(ENGLISH),
    "Please call Stella and ask her to bring these things with her from the store: six spoons of fresh snow peas.",
    "I agree that Mynah makes a copy of my voice. Anchor, candle, umbrella, yellow, bottle, garden.",
)
LEARNED = "Visitors may come on Saturdays between ten and four, when the tower belongs to a society of engineers."
"""What the pulses are learned from that are printed, for when they have to be learned anew."""
_BASES = (("flite", "slt"), ("flite", "rms"), ("flite", "awb"), ("espeak", "en-us"), ("espeak", "en-gb+f3"))
_PIECE = 5
"""Seconds of the pieces that people's recordings are cut into besides."""
_PERSON_SECONDS = 20


async def measure(folder: Path, turns: int) -> str:
    """Measure and return the tables; it takes one turn, and no file."""
    return await asyncio.to_thread(_measure)


def _measure() -> str:
    ways: Mapping[str, Callable[[Audio], Audio]] = {
        "as it is": lambda audio: audio,
        "Opus 24k": lambda audio: recoded(audio, "ogg", "libopus", 24_000),
        "Opus 48k": lambda audio: recoded(audio, "ogg", "libopus", 48_000),
        "MP3 64k": lambda audio: recoded(audio, "mp3", "libmp3lame", 64_000),
        "8 kHz": lambda audio: banded(_resampled(audio), 8000, 8000),
    }
    people = _people()
    kinds = {**_espeak(), "flite": _flite(), "WORLD": _world(), **people}
    rows, missed = [], []
    cpu, judged = cpu_seconds(), 0
    for kind, sounds in kinds.items():
        for way, change in ways.items():
            told = {name: spoken_by_machine(change(audio)) for name, audio in sounds.items()}
            known = sum(each is not None for each in told.values())
            judged += len(told)
            rows.append((kind, way, str(known), str(len(told)), _shares(known, len(told))))
            wrong = [name for name, each in told.items() if (each is None) != (kind in people)]
            if wrong:
                missed.append(f"{kind}, {way}: {', '.join(wrong)}")
    took = (cpu_seconds() - cpu) / max(1, judged)
    head = ("who speaks", "through", "taken for Mynah's own", "of", "95 % interval")
    note = "Wrong were:\n" + "\n".join(missed) if missed else "None was wrong."
    cost = f"{took:.2f} CPU s a recording, the encoding included. The people are {len(utterances())}: no more is known."
    return "\n\n".join(
        [table("Mynah's own output", head, rows), note, cost, _margins(kinds), _replays(ways), _pulses()]
    )


def recoded(audio: Audio, container: str, codec: str, bits: int) -> Audio:
    """Encode a sound as a chat does, at so many bits a second, and return what it sounds like then."""
    import av
    import numpy as np
    import soxr  # type: ignore[import-untyped]  # it has no types
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


def _espeak() -> Mapping[str, Mapping[str, Audio]]:
    """espeak in some languages, and in English with all its variants."""
    variants = [f"en-gb+{variant.key}" for variant in espeak().variants()]
    return {
        "espeak in languages": {key: spoken(" ".join(texts), key) for key, texts in SAID.items()},
        "espeak's variants": {
            key: spoken(text, key) for key, text in zip(variants, itertools.cycle(TEXTS), strict=False)
        },
    }


def _by_flite(text: str, speaker: str) -> Audio:
    flite = flite_engine()
    assert flite
    row = Utterance(text=text, engine="flite", speaker=speaker)
    return join([audio for _, audio in flite.synthesize([row], lambda row: False)])


def _flite() -> Mapping[str, Audio]:
    flite = flite_engine()
    voices = [speaker.key for speaker in flite.speakers()] if flite else []
    return {f"{voice} {place}": _by_flite(text, voice) for voice in voices for place, text in enumerate(TEXTS)}


def _world() -> Mapping[str, Audio]:
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
            base = _resampled(_by_flite(text, voice) if engine == "flite" else spoken(text, voice))
            features = take_apart(base)
            conversion = fit(features, person, np.empty((0, 2), np.int64), LADDER[0])
            found[f"{voice} as {name}"] = Audio(samples=conversion.applied(features, base), rate=RATE)
    return found


def _people() -> Mapping[str, Mapping[str, Audio]]:
    """What real people said: by the recording, and in pieces as long as a short consent."""
    if not utterances():
        return {}
    whole = {
        f"{name} {place}": Audio(samples=samples, rate=RATE)
        for name, said in utterances().items()
        for place, samples in enumerate(said)
    }
    pieces = {
        f"{name} at {start} s": Audio(samples=audio.samples[start * RATE : (start + _PIECE) * RATE], rate=RATE)
        for name, audio in whole.items()
        for start in range(0, int(audio.seconds) - _PIECE + 1, _PIECE)
    }
    return {"people": whole, f"people, {_PIECE} s": pieces}


def _margins(kinds: Mapping[str, Mapping[str, Audio]]) -> str:
    """How near people come to each pulse, and how near what it is of."""
    own = {"world": "WORLD", "espeak": "espeak in languages", "klatt": "klatt1 to 6"}
    klatts = {name: audio for name, audio in kinds["espeak's variants"].items() if "klatt" in name}
    kinds = {**kinds, "klatt1 to 6": klatts}
    found = {kind: {name: fits(audio) for name, audio in sounds.items()} for kind, sounds in kinds.items()}
    rows = []
    for pulse in PULSES:
        for who in ("people", own.get(pulse, "flite")):
            each = [
                fit[pulse]
                for name, fit in found.get(who, {}).items()
                if fit and (who in ("people", own.get(pulse)) or name.startswith(pulse))
            ]
            if each:
                steady, straight = [fit.steady for fit in each], [fit.straight for fit in each]
                rows.append((pulse, who, str(len(each)), _spread(steady), _spread(straight)))
    return table("How well the pulses fit", ("pulse", "who speaks", "n", "steady", "straight"), rows)


def _replays(ways: Mapping[str, Callable[[Audio], Audio]]) -> str:
    """Fingerprints of recordings that come again, and of different ones."""
    sounds = _people().get("people") or _espeak()["espeak in languages"]
    prints = {name: of(audio) for name, audio in sounds.items()}
    rows = []
    for way, change in ways.items():
        again = [matches(of(change(_cut(audio))), prints[name]) for name, audio in sounds.items()]
        known = sum(each >= SAME for each in again)
        rows.append((f"cut, softer, {way}", str(known), str(len(again)), _shares(known, len(again)), _spread(again)))
    for what, pairs in (("other recordings", prints), ("one text, other voices", _one_text())):
        alike = [matches(one, other) for one, other in itertools.combinations(pairs.values(), 2)]
        known = sum(each >= SAME for each in alike)
        rows.append((what, str(known), str(len(alike)), _shares(known, len(alike)), _spread(alike)))
    size = statistics.mean(len(prints[name]) / audio.seconds for name, audio in sounds.items())
    title = f"Replays, by fingerprints of {size:.0f} bytes a second"
    return table(title, ("second recording", "taken for the first", "of", "95 % interval", "match"), rows)


def _one_text() -> Mapping[str, bytes]:
    keys = ["en-gb", "en-us", *(f"en-gb+{variant.key}" for variant in espeak().variants()[:12])]
    return {key: of(spoken(TEXTS[0], key)) for key in keys}


def _pulses() -> str:
    """The learned pulses as they would be learned now, in degrees, for `engine/pulses.py`."""
    import numpy as np

    flite = flite_engine()
    said = {"klatt": [spoken(LEARNED, "en-gb+announcer"), spoken(LEARNED, "en-gb+reed")]}
    said |= {speaker.key: [_by_flite(LEARNED, speaker.key)] for speaker in (flite.speakers() if flite else ())}
    lines = []
    for pulse, sounds in said.items():
        turned = (np.degrees(learn(sounds)) + 180) % 360 - 180
        lines.append(f"{pulse}: {', '.join(map(str, turned.round().astype(int)))}")
    return "Pulses learned from one sentence (degrees):\n" + "\n".join(lines)


def _cut(audio: Audio) -> Audio:
    """Without its first third of a second and its last fifth, and 10 dB softer."""
    first, last = round(0.317 * audio.rate), round(0.2 * audio.rate)
    return Audio(samples=audio.samples[first:-last] * 0.32, rate=audio.rate)


def _resampled(audio: Audio) -> NDArray[np.float32]:
    import soxr

    made: NDArray[np.float32] = soxr.resample(audio.samples, audio.rate, RATE)
    return made


def _shares(hits: int, n: int) -> str:
    low, high = interval(hits, n)
    return f"{low:.1%} to {high:.1%}"


def _spread(found: Sequence[float]) -> str:
    return f"{min(found):.2f} / {statistics.median(found):.2f} / {max(found):.2f}"
