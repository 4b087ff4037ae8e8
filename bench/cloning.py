"""How similar learned voices are, how well they are understood, and what they take: on any folder of people.

A folder has a folder for each person with their utterances in it, at any depth. The first utterances of each, until
there are 20 s of them and 25 s at most, are what is learned from, without a transcript; all later ones are held out,
and what the learned voice says is compared with them. Its words are counted on sentences that the fit never saw, said
by the base voice too. To begin with the people are the speakers of LibriSpeech (CC BY 4.0) and LJSpeech (public domain)
that somebody has put beside the checkout.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench.measure import cpu_seconds, table
from engine.audio import join
from engine.conversion.bases import Bases
from engine.conversion.features import RATE
from engine.conversion.learning import learn
from engine.conversion.speaker_file import write
from engine.conversion.understanding import errors
from engine.engine import EngineMissing
from engine.identity.encoder import Encoder
from engine.identity.voiced import levelled, voiced
from engine.speech import Audio, Reference, Utterance
from engine.value import value
from engine.world_engine import WorldEngine

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SPEECH = Path(__file__).resolve().parents[2] / "shared" / "speech"
ENOUGH, MOST = 20.0, 25.0
"""From how many seconds on a reference takes no more utterances, and where it is cut."""
SENTENCES = (
    "The quiet garden behind the house was full of birds in the early morning.",
    "We walked along the river until the road turned back toward the town.",
    "Her letter arrived on Monday, but the answer was not sent before Friday.",
    "A young doctor from the city has bought the farm beside the church.",
    "They offered us bread and cheese and a place near the fire to sleep.",
    "The train to the north leaves twice a day and is seldom on time.",
    "Most of the windows were broken, and the door could not be opened.",
    "If you listen carefully, you can hear the water running under the floor.",
)
"""What is said to be compared and counted."""

_RECORDED = (".flac", ".wav", ".ogg", ".mp3")


@value
class Cloned:
    """What was measured of one person."""

    person: str
    """The name of their folder."""
    reference_s: float
    """What was learned from, in seconds."""
    held_out_s: float
    """What was held out, in seconds."""
    base: str
    """The base voice that was chosen."""
    rung: str
    """How boldly it is converted."""
    before: float
    """How similar the base voice is to what was held out, a cosine."""
    after: float
    """How similar the learned voice is to it."""
    others: float
    """How similar the learned voice is to the most similar other person."""
    ceiling: float
    """How similar the person's own reference is to it."""
    rank: int
    """The person's place among all by similarity to the learned voice; 1 is the first."""
    errors_base: float
    """The share of words that are misheard of the base voice."""
    errors: float
    """The same of the learned voice."""
    build_s: float
    """How long it took to learn, in seconds on the clock."""
    build_cpu_s: float
    """The same in CPU seconds."""
    real_time: float
    """CPU seconds for a second of speech."""


class _Said(NamedTuple):
    """What somebody has said: what is learned from, and what is held out."""

    first: Sequence[NDArray[np.float32]]
    rest: Sequence[NDArray[np.float32]]


async def measure(folder: Path, turns: int, people: Path = SPEECH, *, as_json: bool = False) -> str:
    """Measure and return the table, or the same as JSON; what is learned goes into `folder`."""
    try:
        found = await asyncio.to_thread(_measure, folder, people)
    except EngineMissing as missing:
        return f"### Learned voices\n{missing}"
    if as_json:
        return json.dumps({"people": [asdict(each) for each in found], "mean": _means(found)}, indent=1)
    return _drawn(found) if found else f"### Learned voices\nThere are no two people with enough speech in {people}."


def _measure(folder: Path, people: Path) -> list[Cloned]:
    said = _said(people)
    if len(said) < 2:
        return []
    models = folder / "models"
    encoder = Encoder.load(models)
    held = {person: _vector(encoder, rest) for person, (_, rest) in said.items()}
    engine = WorldEngine()
    engine.home, engine.models = folder / "speakers", models
    engine.open()
    counted: dict[str, float] = {}
    found = [_cloned(engine, encoder, person, said, held, counted) for person in said]
    engine.close()
    return found


def _cloned(
    engine: WorldEngine,
    encoder: Encoder,
    person: str,
    said: Mapping[str, _Said],
    held: Mapping[str, NDArray[np.float32]],
    counted: dict[str, float],
) -> Cloned:
    assert engine.home is not None and engine.models is not None
    first, rest = said[person]
    passages = tuple(Audio(samples=samples, rate=RATE) for samples in first)
    clock, cpu = time.perf_counter(), cpu_seconds()
    learned = learn(lambda share: None, Reference(passages=passages, name=person), engine.models)
    clock, cpu = time.perf_counter() - clock, cpu_seconds() - cpu
    write(engine.home / f"{person}.safetensors", learned)
    bases = Bases()
    plain = [bases.say(learned.base, sentence).samples for sentence in SENTENCES]
    began = cpu_seconds()
    spoken = [_spoken(engine, person, sentence) for sentence in SENTENCES]
    took = cpu_seconds() - began
    if learned.base.key not in counted:
        counted[learned.base.key] = errors(list(zip(SENTENCES, plain, strict=True)))
    vector = _vector(encoder, spoken)
    similar = {name: float(vector @ other) for name, other in held.items()}
    return Cloned(
        person=person,
        reference_s=_seconds(first),
        held_out_s=_seconds(rest),
        base=learned.base.key,
        rung=str(learned.figures["rung"]),
        before=float(_vector(encoder, plain) @ held[person]),
        after=similar[person],
        others=max(each for name, each in similar.items() if name != person),
        ceiling=float(_vector(encoder, first) @ held[person]),
        rank=1 + sum(each > similar[person] for each in similar.values()),
        errors_base=counted[learned.base.key],
        errors=errors(list(zip(SENTENCES, spoken, strict=True))),
        build_s=clock,
        build_cpu_s=cpu,
        real_time=took / _seconds(spoken),
    )


def _spoken(engine: WorldEngine, key: str, text: str) -> NDArray[np.float32]:
    utterance = Utterance(text=text, engine=engine.name, speaker=key)
    return join([chunk for _, chunk in engine.synthesize([utterance], lambda row: False)]).samples


def _said(folder: Path) -> dict[str, _Said]:
    """The reference and what is held out of everybody who has said enough, by name."""
    people: dict[str, list[Path]] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in _RECORDED and path.parent != folder:
            people.setdefault(path.parent.name, []).append(path)
    found: dict[str, _Said] = {}
    for person, files in people.items():
        first: list[NDArray[np.float32]] = []
        rest = [_loaded(file) for file in files]
        while rest and _seconds(first) < ENOUGH:
            room = round((MOST - _seconds(first)) * RATE)
            first.append(rest.pop(0)[:room])
        if _seconds(rest) >= 5:
            found[person] = _Said(first, rest)
    return found


def _loaded(file: Path) -> NDArray[np.float32]:
    import numpy as np
    import soundfile  # type: ignore[import-untyped]  # it has no types
    import soxr  # type: ignore[import-untyped]  # it has no types

    samples, rate = soundfile.read(file, dtype="float32", always_2d=True)
    mono: NDArray[np.float32] = soxr.resample(samples.mean(axis=1), rate, RATE)
    return mono * np.float32(0.6 / max(float(np.abs(mono).max()), 1e-9))


def _vector(encoder: Encoder, sounds: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    import numpy as np

    return encoder.embed(levelled(voiced(Audio(samples=np.concatenate(sounds), rate=RATE))))


def _seconds(sounds: Sequence[NDArray[np.float32]]) -> float:
    return sum(map(len, sounds)) / RATE


def _means(found: Sequence[Cloned]) -> dict[str, float]:
    """The means of what is measured, and how many of all are first by similarity."""
    of = partial(_mean, found)
    names = ("before", "after", "others", "ceiling", "errors_base", "errors", "build_s", "build_cpu_s", "real_time")
    return {name: round(of(name), 4) for name in names} | {"rank_1": sum(each.rank == 1 for each in found)}


def _mean(found: Sequence[Cloned], name: str) -> float:
    return statistics.fmean(getattr(each, name) for each in found)


def _drawn(found: Sequence[Cloned]) -> str:
    head = (
        *("person", "learned from", "held out", "base", "rung", "before", "after", "best other", "own reference"),
        *("rank", "word errors of base", "word errors", "build s", "CPU s", "CPU s a second"),
    )
    rows = [
        (
            *(each.person, f"{each.reference_s:.0f} s", f"{each.held_out_s:.0f} s", each.base, each.rung),
            *(f"{each.before:.2f}", f"{each.after:.2f}", f"{each.others:.2f}", f"{each.ceiling:.2f}", str(each.rank)),
            *(f"{each.errors_base:.2f}", f"{each.errors:.2f}", f"{each.build_s:.0f}", f"{each.build_cpu_s:.0f}"),
            f"{each.real_time:.3f}",
        )
        for each in found
    ]
    mean = _means(found)
    words = sum(len(sentence.split()) for sentence in SENTENCES)
    return table("Learned voices, by similarity (cosine) to held-out speech", head, rows) + (
        f"\nMeans over {len(found)} people: similarity {mean['before']:.2f} before, {mean['after']:.2f} after, "
        f"{mean['others']:.2f} to the best other, {mean['ceiling']:.2f} of their own reference; rank 1: "
        f"{mean['rank_1']} of {len(found)}; word errors {mean['errors']:.2f}, of the base voices "
        f"{mean['errors_base']:.2f} ({words} words each). So few people tell no more than that."
    )
