"""How well words are found in speech: against what engines tell themselves, and on real speech.

Real speech is LJSpeech (public domain), where somebody has put some of it beside the checkout. Nobody has marked when
its words are said; so it is counted how often the true text is found and a wrong one refused, and measured how far
words move when the same sound comes otherwise, and how far a word after a pause is from where the sound sets in.
"""

from __future__ import annotations

import asyncio
import statistics
import wave
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from bench.measure import cpu_seconds, table
from engine.alignment import Aligner, can_align
from engine.audio import join
from engine.engine import Engine, EngineMissing
from engine.espeak_engine import EspeakEngine
from engine.flite_engine import FliteEngine
from engine.speech import Timing, Utterance
from engine.text.lexicon import Lexicon
from engine.text.reading import Piece, Sentence, read
from engine.written import as_written

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SPEECH = Path(__file__).resolve().parents[2] / "shared" / "speech" / "ljspeech"
"""Clips and a metadata.csv, as the data set has them."""
NEAR = 50
"""What counts as near, in milliseconds."""
PAGE = (
    "The old lighthouse at Carrow Point was built in 1847, and for ninety years somebody climbed its 212 steps every "
    "evening. Mrs. Abernathy's grandfather was the last of them. He kept a diary, in a small and patient hand, of "
    "whatever the sea brought him: a crate of oranges, a drowned piano, three letters in a bottle that nobody could "
    "read. On quiet nights, he wrote, you could hear the seals breathe. When the electric lamp came he was offered a "
    "pension of $14.50 a month, and he refused it; he said that he had never been paid for looking at the sea before. "
    "Today the tower belongs to the Royal Society of Engineers. They have painted the door green, put a telescope "
    "where the stove used to be, and hung a photograph of him in the hall. Visitors may come on Saturdays between "
    "ten and four. If you ask her kindly, Mrs. Abernathy will show you the diary, but she turns the pages herself. "
    '"Read that one," she says, and points to the shortest entry. "Fog. No ships. Happy."'
)
CASES = (("espeak", "en-us"), ("espeak", "en-gb"), ("flite", "slt"), ("flite", "rms"))
"""Engines that tell when words are said, and their speakers."""

_SPREAD = ("median", "95 % within", f"within {NEAR}", "lean")
_PAUSE = 100
"""What counts as a pause between words, in milliseconds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Clip:
    """A recording and what is said in it."""

    samples: NDArray[np.float32]
    """Shape (n,), from -1 to 1."""
    rate: int
    """Samples a second, in Hz."""
    text: str
    """What is said."""


async def measure(folder: Path, turns: int) -> str:
    """Measure and return the tables; the folder is not needed."""
    if not can_align("en"):
        return "PocketSphinx is not installed here, so no words can be found: `pip install pocketsphinx==5.0.4`."
    return await asyncio.to_thread(_measure, turns)


def _measure(turns: int) -> str:
    clips = _clips()
    aligner = Aligner()
    tables = [_against_engines(aligner), _on_real_speech(aligner, clips), _cost(aligner, clips, turns)]
    return "\n\n".join(tables)


def _against_engines(aligner: Aligner) -> str:
    rows: list[Sequence[str]] = []
    for name, speaker in CASES:
        engine: Engine = EspeakEngine() if name == "espeak" else FliteEngine()
        try:
            engine.open()
        except EngineMissing as missing:
            rows.append((f"{name} {speaker}", str(missing), *[""] * 7))
            continue
        starts: list[int] = []
        ends: list[int] = []
        sentences = read(PAGE, language="en-us", lexicon=Lexicon())
        found = [_compared(aligner, engine, speaker, sentence) for sentence in sentences]
        for pairs in found:
            starts += [a.start_ms - b.start_ms for a, b in pairs or ()]
            ends += [a.end_ms - b.end_ms for a, b in pairs or ()]
        aligned = f"{sum(pairs is not None for pairs in found)} of {len(found)}"
        rows.append((f"{name} {speaker}", aligned, str(len(starts)), *_spread(starts), *_spread(ends)))
        engine.close()
    head = ("voice", "sentences found", "words", *(f"{at} {what}" for at in ("start", "end") for what in _SPREAD))
    return table("Words found, against when the engine itself tells that it says them (ms)", head, rows)


def _compared(aligner: Aligner, engine: Engine, speaker: str, sentence: Sentence) -> list[tuple[Timing, Timing]] | None:
    """Return the words of a sentence as they were found, each with what the engine tells; None where none was."""
    text = sentence.spoken
    utterance = Utterance(text=text, engine=engine.name, speaker=speaker)
    sound = join([audio for _, audio in engine.synthesize([utterance], lambda row: False)])
    heard = aligner.align(sound.samples, sound.rate, text)
    if heard is None:
        return None
    plain = Sentence(pieces=(Piece(written=text, spoken=text),))
    told = [timing for timing in as_written(sound.timings, plain) if timing.kind == "word"]
    blocks = SequenceMatcher(None, [w.text for w in heard], [w.text for w in told], autojunk=False)
    return [(heard[i + k], told[j + k]) for i, j, size in blocks.get_matching_blocks() for k in range(size)]


def _on_real_speech(aligner: Aligner, clips: Sequence[Clip]) -> str:
    if not clips:
        return "No real speech lies beside the checkout, so nothing was measured on it."
    found = [aligner.align(clip.samples, clip.rate, clip.text) for clip in clips]
    texts = [clip.text for clip in clips]
    rows = [("true text, found", _share([timings is not None for timings in found]))]
    for name, wrong in _WRONG.items():
        refused = [
            aligner.align(clip.samples, clip.rate, text) is None
            for place, clip in enumerate(clips)
            for text in wrong(place, texts)
        ]
        rows.append((f"{name}, refused", _share(refused)))
    known = [(clip, timings) for clip, timings in zip(clips, found, strict=True) if timings]
    rows.append(("words in order and inside the sound", _share([_orderly(*each) for each in known])))
    for name, change in _CHANGES.items():
        moved = [ms for clip, timings in known for ms in _moved(aligner, clip, timings, *change(clip))]
        rows.append((f"moved by, where {name}", _told(moved)))
    onsets = [ms for clip, timings in known for ms in _from_onset(clip, timings)]
    rows.append(("words after a pause, from where the sound sets in", _told(onsets)))
    return table(f"Words found in real speech: {len(clips)} clips of LJSpeech", ("what", "measured"), rows)


def _halved(place: int, texts: Sequence[str]) -> list[str]:
    """The first half of the true text, and the second of every other."""
    words = texts[place].split()
    others = [text.split() for number, text in enumerate(texts) if number != place]
    return [" ".join(words[: len(words) // 2] + other[len(other) // 2 :]) for other in others]


_WRONG: Mapping[str, Callable[[int, Sequence[str]], list[str]]] = MappingProxyType({
    "text of another clip": lambda place, texts: [text for at, text in enumerate(texts) if at != place],
    "true text, then another's": _halved,
    "true text without its second half": lambda at, texts: [texts[at][: texts[at].index(" ", len(texts[at]) // 2)]],
    "true text and one more sentence": lambda at, texts: [f"{texts[at]} And nobody had seen it before."],
})  # fmt: skip


def _later(clip: Clip) -> tuple[NDArray[np.float32], int, int]:
    import numpy as np

    return np.pad(clip.samples, (round(0.37 * clip.rate), 0)), clip.rate, 370


def _telephone(clip: Clip) -> tuple[NDArray[np.float32], int, int]:
    import soxr  # type: ignore[import-untyped]  # it has no types

    return soxr.resample(clip.samples, clip.rate, 11_025), 11_025, 0


def _noisy(clip: Clip) -> tuple[NDArray[np.float32], int, int]:
    import numpy as np

    noise = np.random.default_rng(0).standard_normal(len(clip.samples)).astype(np.float32)
    return clip.samples + noise * 0.1 * np.sqrt(np.mean(clip.samples**2)), clip.rate, 0


_CHANGES: Mapping[str, Callable[[Clip], tuple[NDArray[np.float32], int, int]]] = MappingProxyType({
    "370 ms of silence stand before it": _later,
    "it comes at 11,025 Hz": _telephone,
    "noise is put over it, 20 dB below": _noisy,
})  # fmt: skip
"""The same sound otherwise: its samples, its rate, and by how many milliseconds all is later."""


def _moved(
    aligner: Aligner, clip: Clip, timings: Sequence[Timing], samples: NDArray[np.float32], rate: int, later: int
) -> list[int]:
    """How far starts and ends move, in milliseconds; far, for every word, where it is not found any more."""
    again = aligner.align(samples, rate, clip.text)
    if again is None:
        return [10_000] * len(timings)
    pairs = list(zip(timings, again, strict=True))[1:]  # the first begins with the file, silence or not
    return [b.start_ms - a.start_ms - later for a, b in pairs] + [b.end_ms - a.end_ms - later for a, b in pairs]


def _from_onset(clip: Clip, timings: Sequence[Timing]) -> list[int]:
    """How far words after a pause are from where the sound rises out of it, in milliseconds."""
    import numpy as np

    step = clip.rate // 200
    frames = clip.samples[: len(clip.samples) // step * step].reshape(-1, step)
    level = np.sqrt(np.mean(frames**2, axis=1))
    loud = level > 0.05 * np.percentile(level, 95)
    distances = []
    for before, word in pairwise(timings):
        if word.start_ms - before.end_ms >= _PAUSE:
            first = (before.end_ms + word.start_ms) // 10  # frames of 5 ms: the middle of the pause
            distances.append(word.start_ms - 5 * (first + int(np.argmax(loud[first:]))))
    return distances


def _orderly(clip: Clip, timings: Sequence[Timing]) -> bool:
    length_ms = 1000 * len(clip.samples) / clip.rate
    inside = all(0 <= timing.start_ms < timing.end_ms <= length_ms for timing in timings)
    return inside and all(a.end_ms <= b.start_ms for a, b in pairwise(timings))


def _cost(aligner: Aligner, clips: Sequence[Clip], turns: int) -> str:
    if not clips:
        engine = EspeakEngine()
        engine.open()
        said = [(each.spoken, engine) for each in read(PAGE, language="en-us", lexicon=Lexicon())]
        clips = [_spoken(engine, text) for text, engine in said]
    seconds = sum(len(clip.samples) / clip.rate for clip in clips)
    rows = []
    for name, phonemes in (("words", False), ("words and phonemes", True)):
        costs = []
        for _ in range(turns):
            before = cpu_seconds()
            for clip in clips:
                aligner.align(clip.samples, clip.rate, clip.text, phonemes=phonemes)
            costs.append(cpu_seconds() - before)
        rows.append(
            (name, f"{seconds:.1f}", f"{statistics.median(costs):.2f}", f"{seconds / statistics.median(costs):.1f}")
        )
    head = ("what is found", "seconds of sound", "CPU s", "seconds of sound a CPU second")
    return table(f"What finding words costs, median of {turns}", head, rows)


def _spoken(engine: Engine, text: str) -> Clip:
    utterance = Utterance(text=text, engine=engine.name, speaker="en-us")
    sound = join([audio for _, audio in engine.synthesize([utterance], lambda row: False)])
    return Clip(samples=sound.samples, rate=sound.rate, text=text)


def _clips() -> list[Clip]:
    import numpy as np

    clips = []
    if (SPEECH / "metadata.csv").exists():
        for line in (SPEECH / "metadata.csv").read_text(encoding="utf-8").splitlines():
            name, _, text = line.split("|")
            with wave.open(str(SPEECH / f"{name}.wav"), "rb") as file:
                pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2")
                clips.append(
                    Clip(samples=pcm.astype(np.float32) * np.float32(1 / 32768), rate=file.getframerate(), text=text)
                )
    return clips


def _spread(errors: Sequence[int]) -> tuple[str, ...]:
    """The cells of _SPREAD: how far off, without its sign; the lean has it."""
    if not errors:
        return ("",) * len(_SPREAD)
    sizes = sorted(map(abs, errors))
    near = sum(size <= NEAR for size in sizes) / len(sizes)
    return (
        f"{statistics.median(sizes):.0f}",
        f"{sizes[min(len(sizes) - 1, round(0.95 * len(sizes)))]}",
        f"{100 * near:.0f} %",
        f"{statistics.median(errors):+.0f}",
    )


def _told(errors: Sequence[int]) -> str:
    median, most, near, lean = _spread(errors) if errors else ("?",) * 4
    return f"median {median} ms, 95 % within {most} ms, within {NEAR} ms {near}, lean {lean} ms; {len(errors)} measured"


def _share(held: Sequence[bool]) -> str:
    return f"{sum(held)} of {len(held)}"
