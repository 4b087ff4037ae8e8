"""Recordings to measure with of which it is known what is wrong with them: noise, clipping, a phone's band, music.

Real speech is that of LibriSpeech (CC BY 4.0), LJSpeech and John F. Kennedy (public domain), where somebody has put it
beside the checkout; espeak's is there everywhere, and has no noise at all. Nothing is random from run to run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bench.sounds import spoken
from engine.encoding import Tags, encoder
from engine.recode import Original
from engine.speech import Audio, Format

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SPEECH = Path(__file__).resolve().parents[2] / "shared" / "speech"
"""A folder for each person, in folders as the data sets have them."""
RATE = 16_000
"""Of all recordings here, in Hz."""
NOISES = ("white", "pink", "babble")
MUSIC = ("melody", "chords", "drums", "siren", "hum", "tone", "white noise", "pulsing noise", "clicks")
"""What is no speech."""

_SECONDS = 14
"""How long a recording is at least, where somebody has said as much: several utterances, one after another."""
_TEXT = (
    "The old lighthouse was built long ago, and for ninety years somebody climbed its steps every evening. He kept a "
    "diary of whatever the sea brought him: a crate of oranges, a drowned piano, three letters in a bottle."
)
_VOICES = ("en-gb", "en-us+annie", "de", "fr-fr")
_TALKERS = 12
"""How many people talk at once in babble."""
_DEPTH = 25.0
"""How far below the loudest twentieth of its moments speech reaches, in dB."""


@cache
def utterances() -> Mapping[str, Sequence[NDArray[np.float32]]]:
    """What real people said, by who they are; empty where no speech lies beside the checkout."""
    import soundfile  # type: ignore[import-untyped]  # it has no types
    import soxr  # type: ignore[import-untyped]  # it has no types

    found: dict[str, list[NDArray[np.float32]]] = {}
    for path in sorted([*SPEECH.rglob("*.flac"), *SPEECH.rglob("*.wav")]):
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
        mono = soxr.resample(samples.mean(axis=1), rate, RATE)
        found.setdefault(path.stem if path.parent == SPEECH else path.parent.name, []).append(mono)
    return found


@cache
def people() -> Mapping[str, Sequence[NDArray[np.float32]]]:
    """Recordings of about 14 to 30 s, by who speaks."""
    import numpy as np

    made: dict[str, list[NDArray[np.float32]]] = {}
    for name, said in utterances().items():
        held: list[NDArray[np.float32]] = []
        for each in said:
            held.append(each)
            if sum(map(len, held)) >= _SECONDS * RATE or len(said) == 1:
                made.setdefault(name, []).append(np.concatenate(held))
                held = []
    return made


@cache
def machines() -> Mapping[str, Sequence[NDArray[np.float32]]]:
    """The same of espeak's voices."""
    import soxr

    sounds = {name: spoken(_TEXT, name) for name in _VOICES}
    return {name: [soxr.resample(sound.samples, sound.rate, RATE)] for name, sound in sounds.items()}


def noise(kind: str, count: int, seed: int, but: str = "") -> NDArray[np.float32]:
    """Make noise with a mean square of 1.

    Args:
        kind: One of NOISES; babble is twelve utterances at once, all equally loud.
        count: Samples.
        seed: The same seed makes the same noise.
        but: Who does not talk in babble.
    """
    import numpy as np

    dice = np.random.default_rng(seed)
    made = dice.standard_normal(count)
    if kind == "pink":
        spectrum = np.fft.rfft(made)
        frequencies = np.maximum(np.fft.rfftfreq(count, 1 / RATE), 40)
        made = np.fft.irfft(spectrum / np.sqrt(frequencies), count)
    if kind == "babble":
        talk = [each for name, said in (utterances() or machines()).items() if name != but for each in said]
        talk = talk * -(-_TALKERS // len(talk))
        made = np.zeros(count)
        for place in dice.permutation(len(talk))[:_TALKERS]:
            said = talk[place]
            made += np.resize(np.roll(said, dice.integers(len(said))), count) / np.sqrt(np.mean(said**2))
    return np.asarray(made / np.sqrt(np.mean(made**2)), np.float32)


def noisy(speech: NDArray[np.float32], noise: NDArray[np.float32], snr: float) -> tuple[NDArray[np.float32], float]:
    """Mix speech with noise, and return the mixture and the ratio of the two in dB.

    Of speech, the moments count in which somebody speaks; the noise that a real recording has already counts as noise,
    so that what was asked for is more than what comes of it.
    """
    import numpy as np

    moments = np.square(speech[: len(speech) // 320 * 320].reshape(-1, 320), dtype=np.float64).mean(axis=1)
    own = float(np.quantile(moments, 0.05))
    active = moments[moments > np.quantile(moments, 0.95) / 10 ** (_DEPTH / 10)]
    level = float(active.mean()) - own
    added = level / 10 ** (snr / 10)
    mixed = (speech + noise * np.sqrt(added)).astype(np.float32)
    return mixed, float(10 * np.log10(level / (added + own)))


def cut_off(speech: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    """Clip speech so that a share of its samples is cut off."""
    import numpy as np

    most = np.quantile(np.abs(speech), 1 - share)
    return np.clip(speech, -most, most).astype(np.float32)


def banded(speech: NDArray[np.float32], rate: int, out: int) -> Audio:
    """Let a recording go over a line of some rate into a file of another one."""
    import soxr

    return Audio(samples=soxr.resample(soxr.resample(speech, RATE, rate), rate, out), rate=out)


def through(audio: Audio, format: Format, folder: Path) -> Audio:
    """Make a file of a sound, and return what it sounds like."""
    import numpy as np

    from engine.audio import to_sound

    path = folder / f"through.{format.suffix}"
    with encoder(path, format, rate=audio.rate, tags=Tags(title="", voice="")) as file:
        file.write(to_sound(audio).pcm)
    with Original(path) as original:
        pcm = np.concatenate(list(original.blocks()))
        return Audio(samples=(pcm / np.float32(32_768)).astype(np.float32), rate=original.rate)


def music(kind: str, seconds: int = 20) -> NDArray[np.float32]:
    """Make what is no speech, one of MUSIC."""
    import numpy as np

    dice = np.random.default_rng(5)
    time = np.arange(seconds * RATE) / RATE
    beat, within = (time * 4).astype(int), time * 4 % 1 / 4
    notes = 200 * 2 ** (dice.integers(0, 14, seconds * 4 + 1) / 12)
    roots = np.array([220.0, 247.0, 196.0, 262.0])[beat // 8 % 4]
    turn = 2 * np.pi * time

    def rung(pitch: NDArray[np.float64], fade: float) -> NDArray[np.float64]:
        made: NDArray[np.float64] = sum(
            (np.sin(2 * np.pi * pitch * each * within) / each for each in range(1, 8)), np.zeros(len(time))
        ) * np.exp(-within * fade)
        return made

    hits = np.where(beat % 2, dice.standard_normal(len(time)), 3 * np.sin(2 * np.pi * 60 * within))
    clicks = np.zeros(len(time))
    clicks[dice.integers(0, len(time), 10 * seconds)] = 0.9
    kinds: Mapping[str, Callable[[], NDArray[np.float64]]] = {
        "melody": lambda: 0.2 * rung(notes[beat], 6),
        "chords": lambda: 0.1 * (rung(roots, 4) + rung(roots * 1.26, 4) + rung(roots * 1.5, 4)),
        "drums": lambda: 0.1 * hits * np.exp(-within * 40),
        "siren": lambda: 0.3 * np.sin(2 * np.pi * np.cumsum(300 + 150 * np.sin(turn / 2)) / RATE),
        "hum": lambda: 0.1 * sum((np.sin(100 * each * turn) / each for each in range(1, 9)), np.zeros(len(time))),
        "tone": lambda: 0.3 * np.sin(220 * turn),
        "white noise": lambda: 0.1 * dice.standard_normal(len(time)),
        "pulsing noise": lambda: 0.05 * dice.standard_normal(len(time)) * (1 + np.sin(4 * turn)),
        "clicks": lambda: clicks,
    }
    return np.asarray(kinds[kind](), np.float32)
