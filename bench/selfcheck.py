"""How much of what goes wrong in speech the self-check finds, and how often it blames what is sound.

People's recordings are damaged on purpose, each in some places that are drawn with a fixed seed. The limits were set on
some readers (`SET_ON`) and are measured on others; the figures of both were seen while the checks were thought out, so
that only other people test them fully. Several damages of one recording depend on each other: the intervals are
narrower than they should be.
"""

from __future__ import annotations

import asyncio
import itertools
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench import spoken
from bench.consent import interval
from bench.levels import SAID
from bench.measure import cpu_seconds, table
from bench.recordings import RATE, SPEECH, cut_off
from bench.sounds import engine as espeak
from engine.alignment import aligner
from engine.audio import join
from engine.identity import Encoder, VoicePrint, WeightsMissing
from engine.selfcheck import Expected, Verdict, judge
from engine.speech import Audio, Utterance

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SET_ON = ("1688", "3080", "ljspeech")
"""The readers whose recordings the limits were set on; those of the others measure them."""
TRIES = 3
"""In how many places each recording is damaged."""
_PRINT_SECONDS = 20
"""How much of a reader's other recordings says whose voice it should be."""
_PAUSE_MS, _LEAST_SECONDS = 200, 1.5
"""How long a pause is at which a recording is cut in two, and how long what is cut out has to be."""
_EDGE = 80
"""Samples over which two pieces of sound pass into each other where they were joined: 5 ms."""


class Clip(NamedTuple):
    """A recording of which the words are known."""

    person: str
    """Who reads."""
    text: str
    """What."""
    samples: NDArray[np.float32]
    """The sound, at RATE."""
    whole: str
    """What is said in the recording that it was cut out of; where it is a whole one, the same as `text`."""


class Damage(NamedTuple):
    """Something that is done to a recording."""

    name: str
    """What the table calls it."""
    faults: frozenset[str]
    """The faults of which one would be the right thing to say of it."""
    make: Callable[[Clip, np.random.Generator], NDArray[np.float32]]
    """Does it."""


async def measure(folder: Path, turns: int) -> str:
    """Measure and return the tables; it takes one turn, and no file but the encoder's weights."""
    return await asyncio.to_thread(_measure, folder)


@cache
def clips() -> Sequence[Clip]:
    """Every recording beside the checkout of which the words are known."""
    import soundfile  # type: ignore[import-untyped]  # it has no types
    import soxr  # type: ignore[import-untyped]  # it has no types

    lines = SPEECH / "ljspeech" / "metadata.csv"
    rows = [line.split("|") for line in lines.read_text("utf-8").splitlines()] if lines.exists() else []
    known = dict(spoken.texts()) | {name: said for name, _, said in rows}
    made = []
    for path in sorted([*SPEECH.rglob("*.flac"), *SPEECH.rglob("*.wav")]):
        if path.stem in known:
            samples, rate = soundfile.read(path, dtype="float32")
            said = known[path.stem]
            made.append(Clip(path.parent.name, said, soxr.resample(samples, rate, RATE), said))
    return made


@cache
def phrases() -> Sequence[Clip]:
    """Every recording cut at its pauses, where its words could be found: as sentences, they are not damaged."""
    return [phrase for clip in clips() for phrase in _phrases(clip)]


def _phrases(clip: Clip) -> Iterator[Clip]:
    found = aligner().align(clip.samples, RATE, clip.text) or ()
    words = [timing for timing in found if timing.kind == "word"]
    begin, said = 0, [timing.text for timing in words[:1]]
    for before, after in itertools.pairwise(words):
        middle = (before.end_ms + after.start_ms) * RATE // 2000
        if after.start_ms - before.end_ms >= _PAUSE_MS and middle - begin >= _LEAST_SECONDS * RATE:
            yield Clip(clip.person, " ".join(said), clip.samples[begin:middle], clip.text)
            begin, said = middle, []
        said.append(after.text)
    if begin and len(clip.samples) - begin >= _LEAST_SECONDS * RATE:
        yield Clip(clip.person, " ".join(said), clip.samples[begin:], clip.text)


def _measure(folder: Path) -> str:
    if not clips():
        return "### Self-check\nThere are no recordings with their words beside the checkout."
    try:
        encoder: Encoder | None = Encoder.load(folder)
    except WeightsMissing as missing:
        encoder, told = None, f"\n{missing}"
    else:
        told = ""
    parts: dict[str, list[Clip]] = {"set on": [], "measured on": []}
    for clip in clips():
        parts["set on" if clip.person in SET_ON else "measured on"].append(clip)
    tables = [_rates(name, part, encoder) for name, part in parts.items()]
    return "\n\n".join([*tables, _sound_ones(parts, encoder), _cost(encoder) + told])


def _rates(name: str, part: Sequence[Clip], encoder: Encoder | None) -> str:
    """How much is found of each damage: by the text alone, and where the speaker and their pace are known."""
    import numpy as np

    head = ("damage", "found by the text", "95 %", "found with the speaker", "95 %", "and rightly named")
    rows = []
    for damage in DAMAGES:
        plain = known = named = n = 0
        for place, clip in enumerate(part):
            expected = _known(clip, encoder)
            for turn in range(TRIES):
                sound = damage.make(clip, np.random.default_rng([place, turn]))
                alone = _judged(sound, clip, Expected())
                told = _judged(sound, clip, expected)
                n += 1
                plain += bool(alone.faults)
                known += bool(told.faults)
                named += bool(damage.faults & set(told.faults))
        rows.append((damage.name, *_share(plain, n), *_share(known, n), f"{named} of {n}"))
    people = sorted({clip.person for clip in part})
    return table(f"Damage found; {name} {len(part)} recordings of {len(people)}: {', '.join(people)}", head, rows)


def _sound_ones(parts: Mapping[str, Sequence[Clip]], encoder: Encoder | None) -> str:
    """How often what nobody has damaged is blamed, and for what."""
    rows = []
    cut = {
        f"{name}, cut at pauses": [each for each in phrases() if each.whole in {clip.whole for clip in part}]
        for name, part in parts.items()
    }
    for name, part in {**parts, **cut}.items():
        for way in ("by the text", "with the speaker"):
            blamed = [
                verdict.faults
                for clip in part
                if (
                    verdict := _judged(clip.samples, clip, _known(clip, encoder) if "with" in way else Expected())
                ).faults
            ]
            what = ", ".join(sorted({fault for faults in blamed for fault in faults})) or "nothing"
            rows.append((name, way, *_share(len(blamed), len(part)), what))
    rows.append(_machines())
    return table("False alarms", ("recordings", "judged", "blamed", "95 %", "for"), rows)


def _machines() -> tuple[str, str, str, str, str]:
    """What espeak says, in some languages and paces, by the text."""
    verdicts = [
        judge(audio, text, Expected(language=language, speed=speed))
        for language, texts in SAID.items()
        for text in texts
        for speed in (0.7, 1.0, 1.5)
        for audio in [_spoken(text, language, speed)]
    ]
    faults = [verdict.faults for verdict in verdicts if verdict.faults]
    what = ", ".join(sorted({fault for each in faults for fault in each})) or "nothing"
    return f"espeak, {len(SAID)} languages", "by the text", *_share(len(faults), len(verdicts)), what


def _spoken(text: str, speaker: str, speed: float) -> Audio:
    row = Utterance(text=text, engine="espeak", speaker=speaker, speed=speed)
    return join([audio for _, audio in espeak().synthesize([row], lambda row: False)])


def _cost(encoder: Encoder | None) -> str:
    """What judging takes of the CPU."""
    took = {}
    for name, expected in (("without", Expected()), ("with", Expected(encoder=encoder))):
        begin = cpu_seconds()
        for clip in clips():
            _judged(clip.samples, clip, expected)
        took[name] = (cpu_seconds() - begin) / sum(len(clip.samples) / RATE for clip in clips())
    return (
        f"It takes {100 * took['without']:.2f} % of the length of what is judged in CPU, "
        f"{100 * took['with']:.2f} % with the speaker encoder."
    )


def _judged(samples: NDArray[np.float32], clip: Clip, expected: Expected) -> Verdict:
    return judge(Audio(samples=samples, rate=RATE), clip.text, expected)


def _share(hits: int, n: int) -> tuple[str, str]:
    low, high = interval(hits, n)
    return f"{hits} of {n}", f"{100 * low:.0f}\u2013{100 * high:.0f} %"


def _known(clip: Clip, encoder: Encoder | None) -> Expected:
    """What is known of who reads a recording, from their other ones."""
    others = [each for each in clips() if each.person == clip.person and each.text != clip.whole]
    own = statistics.median(_plain(each.person, each.text).pace for each in others)
    expected = Expected(pace=own)
    if encoder is None:
        return expected
    return replace(expected, encoder=encoder, speaker=_print(encoder, clip.person, clip.whole))


@cache
def _plain(person: str, text: str) -> Verdict:
    clip = next(each for each in clips() if (each.person, each.text) == (person, text))
    return _judged(clip.samples, clip, Expected())


@cache
def _print(encoder: Encoder, person: str, but: str) -> VoicePrint:
    import numpy as np

    said = [each.samples for each in clips() if each.person == person and each.text != but]
    return encoder.print(Audio(samples=np.concatenate(said)[: _PRINT_SECONDS * RATE], rate=RATE))


def _joined(*pieces: NDArray[np.float32]) -> NDArray[np.float32]:
    """Put pieces one after another, each faded over 5 ms where it meets another, so that no click gives it away."""
    import numpy as np

    ramp = np.linspace(0, 1, _EDGE, dtype=np.float32)
    faded = [piece.copy() for piece in pieces if len(piece) > 2 * _EDGE]
    for before, after in itertools.pairwise(faded):
        before[-_EDGE:] *= ramp[::-1]
        after[:_EDGE] *= ramp
    return np.concatenate(faded)


def _at(clip: Clip, dice: np.random.Generator, seconds: float) -> tuple[int, int]:
    """Draw a stretch in which somebody speaks."""
    import numpy as np

    size = min(round(seconds * RATE), len(clip.samples) // 2)
    power = float(np.mean(clip.samples**2))
    begins = [int(dice.integers(0, len(clip.samples) - size)) for _ in range(20)]
    loud = [at for at in begins if np.mean(clip.samples[at : at + size] ** 2) > 0.7 * power]
    begin = (loud or begins)[0]
    return begin, begin + size


def _middle(clip: Clip, dice: np.random.Generator, low: float = 0.35, high: float = 0.65) -> int:
    return int(len(clip.samples) * dice.uniform(low, high))


def _cut(clip: Clip, dice: np.random.Generator) -> NDArray[np.float32]:
    return clip.samples[: _middle(clip, dice, 0.4, 0.8)]


def _skipped(clip: Clip, dice: np.random.Generator) -> NDArray[np.float32]:
    begin, size = _middle(clip, dice, 0.1, 0.5), round(0.4 * len(clip.samples))
    return _joined(clip.samples[:begin], clip.samples[begin + size :])


def _again(clip: Clip, dice: np.random.Generator) -> NDArray[np.float32]:
    begin, end = _at(clip, dice, dice.uniform(0.7, 1.5))
    return _joined(clip.samples[:end], clip.samples[begin:])


def _again_otherwise(clip: Clip, dice: np.random.Generator) -> NDArray[np.float32]:
    import soxr

    begin, end = _at(clip, dice, dice.uniform(0.8, 1.5))
    other = soxr.resample(clip.samples[begin:end], RATE, RATE * dice.choice([0.95, 1.05]))
    return _joined(clip.samples[:end], other, clip.samples[end:])


def _rest(clip: Clip, dice: np.random.Generator) -> NDArray[np.float32]:
    import numpy as np

    at, rest = _middle(clip, dice), np.zeros(int(dice.uniform(1.5, 2.5) * RATE), np.float32)
    return _joined(clip.samples[:at], rest, clip.samples[at:])


def _silenced(clip: Clip, dice: np.random.Generator) -> NDArray[np.float32]:
    samples, size = clip.samples.copy(), round(0.3 * len(clip.samples))
    begin = _middle(clip, dice, 0.2, 0.5)
    samples[begin : begin + size] = 0
    return samples


def _resampled(factor: float) -> Callable[[Clip, np.random.Generator], NDArray[np.float32]]:
    def make(clip: Clip, dice: np.random.Generator) -> NDArray[np.float32]:
        import soxr

        sound: NDArray[np.float32] = soxr.resample(clip.samples, RATE, RATE / (factor * dice.uniform(0.95, 1.05)))
        return sound

    return make


def _held(clip: Clip, dice: np.random.Generator) -> NDArray[np.float32]:
    import numpy as np

    begin, _ = _at(clip, dice, 0.1)
    piece = clip.samples[begin : begin + round(0.1 * RATE)]
    return _joined(clip.samples[:begin], np.tile(np.concatenate([piece, piece[::-1]]), 6), clip.samples[begin:])


def _hiss(clip: Clip, dice: np.random.Generator) -> NDArray[np.float32]:
    import numpy as np

    level = 0.3 * float(np.sqrt(np.mean(clip.samples**2)))
    return _joined(clip.samples, (level * dice.standard_normal(round(1.5 * RATE))).astype(np.float32))


def _someone(clip: Clip, dice: np.random.Generator, *, same: bool) -> NDArray[np.float32]:
    """What else one of this or of the other readers of the same part says."""
    in_part = [each for each in clips() if (each.person in SET_ON) == (clip.person in SET_ON)]
    pool = [each for each in in_part if (each.person == clip.person) == same and each.text != clip.text]
    return pool[dice.integers(len(pool))].samples


def _goes_on(clip: Clip, dice: np.random.Generator) -> NDArray[np.float32]:
    more = _someone(clip, dice, same=True)
    return _joined(clip.samples, more[: int(dice.uniform(0.5, 1.0) * len(clip.samples))])


def _spliced(clip: Clip, dice: np.random.Generator) -> NDArray[np.float32]:
    import numpy as np

    at, other = _middle(clip, dice), _someone(clip, dice, same=False)
    loud = np.float32(np.sqrt(np.mean(clip.samples**2) / np.mean(other**2)))
    return _joined(clip.samples[:at], loud * np.resize(other, len(clip.samples) - at))


def _stranger(clip: Clip, dice: np.random.Generator) -> NDArray[np.float32]:
    import numpy as np

    return np.resize(_someone(clip, dice, same=False), len(clip.samples))


def _clipped(clip: Clip, dice: np.random.Generator) -> NDArray[np.float32]:
    return cut_off(clip.samples, float(dice.uniform(0.005, 0.02)))


DAMAGES = (
    Damage("the end is missing (20 to 60 %)", frozenset({"rushed", "cut off", "silent"}), _cut),
    Damage("40 % inside is missing", frozenset({"rushed", "silent"}), _skipped),
    Damage("0.7 to 1.5 s come twice", frozenset({"repeat"}), _again),
    Damage("the same, the second time 5 % slower or faster", frozenset({"repeat"}), _again_otherwise),
    Damage("1.5 to 2.5 s of silence", frozenset({"pause"}), _rest),
    Damage("30 % is silenced", frozenset({"pause", "rushed"}), _silenced),
    Damage("1.5 times as fast", frozenset({"rushed"}), _resampled(1.5)),
    Damage("2 times as fast", frozenset({"rushed"}), _resampled(2)),
    Damage("1.6 times as slow", frozenset({"dragged"}), _resampled(1 / 1.6)),
    Damage("a sound is held for 1.2 s", frozenset({"held", "repeat"}), _held),
    Damage("it ends in 1.5 s of noise", frozenset({"held"}), _hiss),
    Damage("it goes on (50 to 100 % more)", frozenset({"dragged", "repeat", "cut off"}), _goes_on),
    Damage("another reader from the middle on", frozenset({"changes speaker", "other speaker"}), _spliced),
    Damage("another reader altogether", frozenset({"other speaker"}), _stranger),
    Damage("0.5 to 2 % is cut off for loudness", frozenset({"clipped"}), _clipped),
)
"""What is done to recordings, in the order of the table."""
