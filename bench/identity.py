"""Whether prints of voices tell people apart, on any folder of people, and no more than their number allows.

A folder has a folder for each person with their utterances in it, at any depth. The rates are of pairs of prints; pairs
are not independent of each other, since a person is in many, so that the intervals are narrower than they should be:
they say what the utterances allow, and it is the number of people that says for whom it holds.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench.consent import interval
from bench.measure import cpu_seconds, table
from bench.recordings import SPEECH
from engine.identity import MODEL, Encoder, VoicePrint, WeightsMissing, bounds, similarity, verdict
from engine.identity.voiced import RATE, levelled, voiced
from engine.speech import Audio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LENGTHS = (3, 5, 10, 20)
"""Seconds of speech of the prints that are compared with each other."""
CONSENTS, RECORDINGS = (3, 5, 8), (8, 12, 20)
"""Seconds of speech of a consent, and of the recording that it is compared with."""
GALLERIES = (1, 10, 100)
_MOST = 40
"""The most pieces of a person at one length."""
_TURNS = (4, 2)
_BOTH = 12
_RECORDED = (".flac", ".wav", ".ogg", ".mp3")


class Pairs(NamedTuple):
    """Prints compared."""

    genuine: Sequence[tuple[VoicePrint, VoicePrint]]
    """Two of one person."""
    strangers: Sequence[tuple[VoicePrint, VoicePrint]]
    """Two of different people."""


class Table(NamedTuple):
    """What was found, to be drawn or written as JSON."""

    title: str
    """What it is about."""
    head: Sequence[str]
    """The names of its columns."""
    rows: Sequence[Sequence[str]]
    """A text for each column."""


async def measure(folder: Path, turns: int, people: Path = SPEECH, *, as_json: bool = False) -> str:
    """Measure and return the tables, or the same as JSON; it takes one turn, and no file."""
    try:
        about, tables = await asyncio.to_thread(_measure, people)
    except (WeightsMissing, LookupError) as missing:
        return f"### Prints of voices\n{missing}"
    if as_json:
        rows = {each.title: [dict(zip(each.head, row, strict=True)) for row in each.rows] for each in tables}
        return json.dumps({"about": about, **rows}, indent=2)
    return "\n\n".join([about, *(table(*each) for each in tables)])


def _measure(folder: Path) -> tuple[str, Sequence[Table]]:
    said = speech(folder)
    if len(said) < 2:
        raise LookupError(f"There are no two people in {folder}.")
    with tempfile.TemporaryDirectory() as models:
        encoder = Encoder.load(Path(models))
    prints = {seconds: _prints(encoder, said, seconds) for seconds in sorted({*LENGTHS, *CONSENTS, *RECORDINGS})}
    total = sum(map(len, said.values())) / RATE
    about = (
        f"{len(said)} people ({', '.join(said)}), {len(_files(folder))} utterances, {total:.0f} s of speech without "
        f"pauses; {MODEL}. The bounds were chosen with some of the people of {SPEECH.name}/ in mind: only others test "
        "them."
    )
    tables = [_lengths(prints), _consents(prints), _galleries(prints), _counts(encoder, said), _cost(encoder, said)]
    return about, tables


def speech(folder: Path) -> Mapping[str, NDArray[np.float32]]:
    """All that each person of a folder says, without pauses, at RATE, by the name of their folder or only file."""
    import numpy as np
    import soundfile  # type: ignore[import-untyped]  # it has no types

    found: dict[str, list[NDArray[np.float32]]] = {}
    for path in _files(folder):
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
        person = path.stem if path.parent == folder else path.parent.name
        found.setdefault(person, []).append(levelled(voiced(Audio(samples=samples.mean(axis=1), rate=rate))))
    return {person: np.concatenate(each) for person, each in found.items()}


def equal_error(genuine: Sequence[float], strangers: Sequence[float]) -> tuple[float, float]:
    """Return the rate at which as many strangers are let in as people are kept out, and the bound at which it is so."""
    import numpy as np

    best = (1.0, 0.0, 2.0)
    for bound in sorted({*genuine, *strangers}):
        rejects, accepts = float(np.mean(np.array(genuine) < bound)), float(np.mean(np.array(strangers) >= bound))
        best = min(best, (abs(rejects - accepts), bound, (rejects + accepts) / 2))
    return best[2], best[1]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in _RECORDED)


def _prints(encoder: Encoder, said: Mapping[str, NDArray[np.float32]], seconds: int) -> Mapping[str, list[VoicePrint]]:
    """Prints of pieces of so many seconds, one after another, by person."""
    return {
        person: [
            VoicePrint(vector=encoder.embed(levelled(piece)), seconds=float(seconds), model=MODEL)
            for piece in itertools.islice(_pieces(samples, seconds), _MOST)
        ]
        for person, samples in said.items()
    }


def _pieces(samples: NDArray[np.float32], seconds: float) -> Iterator[NDArray[np.float32]]:
    length = round(seconds * RATE)
    return (samples[begin : begin + length] for begin in range(0, len(samples) - length + 1, length))


def _pairs(one: Mapping[str, list[VoicePrint]], other: Mapping[str, list[VoicePrint]]) -> Pairs:
    """Pair pieces; two of one person never overlap."""
    genuine = [
        (a, b)
        for person in one
        for i, a in enumerate(one[person])
        for j, b in enumerate(other[person])
        if (i < j if one is other else not _overlap(i, a, j, b))
    ]
    people = itertools.combinations(one, 2) if one is other else itertools.permutations(one, 2)
    return Pairs(genuine, [(a, b) for p, q in people for a in one[p] for b in other[q]])


def _overlap(i: int, a: VoicePrint, j: int, b: VoicePrint) -> bool:
    return i * a.seconds < (j + 1) * b.seconds and j * b.seconds < (i + 1) * a.seconds


def _lengths(prints: Mapping[int, Mapping[str, list[VoicePrint]]]) -> Table:
    rows = []
    for seconds in LENGTHS:
        genuine, strangers = _pairs(prints[seconds], prints[seconds])
        if not genuine or not strangers:
            continue
        error, at = equal_error(*([similarity(*pair) for pair in pairs] for pairs in (genuine, strangers)))
        edge = bounds(seconds)
        rows.append(
            (
                str(seconds),
                str(sum(bool(each) for each in prints[seconds].values())),
                f"{error:.2%} at {at:.2f}",
                f"{edge.other:.2f}, {edge.same:.2f}",
                _told([similarity(*pair) >= edge.other for pair in strangers]),
                _told([similarity(*pair) >= edge.same for pair in strangers]),
                _told([similarity(*pair) < edge.other for pair in genuine]),
                _told([similarity(*pair) < edge.same for pair in genuine]),
            )
        )
    head = ("seconds", "people", "equal error", "bounds", "strangers not 'other'", "strangers 'same'")
    return Table("Pairs of prints of equal length", (*head, "one person 'other'", "one person not 'same'"), rows)


def _consents(prints: Mapping[int, Mapping[str, list[VoicePrint]]]) -> Table:
    rows = []
    for consent, recording in itertools.product(CONSENTS, RECORDINGS):
        for who, pairs in zip(
            ("the same person", "a stranger"), _pairs(prints[consent], prints[recording]), strict=True
        ):
            told = [verdict(*pair) for pair in pairs]
            rows.append(
                (
                    f"{consent} s",
                    f"{recording} s",
                    who,
                    *(_told([each == what for each in told]) for what in ("same", "unsure", "other")),
                )
            )
    head = ("consent", "recording", "who answers", "same", "unsure", "other")
    return Table("Consents against recordings", head, rows)


def _galleries(prints: Mapping[int, Mapping[str, list[VoicePrint]]]) -> Table:
    """What the bounds that rise with a gallery keep: rates of pairs, to be multiplied by the gallery's size."""
    pairs = _pairs(prints[10], prints[10])
    rows = []
    for size in GALLERIES:
        let_in = [verdict(*pair, gallery=size) != "other" for pair in pairs.strangers]
        kept = [verdict(*pair, gallery=size) == "other" for pair in pairs.genuine]
        rows.append((str(size), f"{bounds(10, size).other:.2f}", _told(let_in), _told(kept)))
    head = ("voices compared with", "bound at 10 s", "strangers not 'other', each", "one person 'other'")
    return Table("Bounds for galleries", head, rows)


def _counts(encoder: Encoder, said: Mapping[str, NDArray[np.float32]]) -> Table:
    """How many people are counted where one speaks, and where two do."""
    import numpy as np

    length = _BOTH * RATE
    long = {person: samples for person, samples in said.items() if len(samples) >= length // 2}
    alone = [piece for samples in long.values() for piece in _pieces(samples, _BOTH)]
    cases: dict[str, list[NDArray[np.float32]]] = {f"one, {_BOTH} s": alone}
    for one, other in itertools.combinations(long.values(), 2):
        for turn in _TURNS:
            size = turn * RATE
            spans = [speaker[begin : begin + size] for begin in range(0, length // 2, size) for speaker in (one, other)]
            cases.setdefault(f"two, in turns of {turn} s", []).append(np.concatenate(spans))
        cases.setdefault("two, 9 s and 3 s", []).append(np.concatenate([one[: 9 * RATE], other[: 3 * RATE]]))
        cases.setdefault("two at once", []).append(one[: length // 2] + other[: length // 2])
    rows = [
        (case, _told([encoder.speakers(Audio(samples=each, rate=RATE)) == 2 for each in sounds]))
        for case, sounds in cases.items()
    ]
    return Table("How many people speak", ("who speaks", "taken for two"), rows)


def _cost(encoder: Encoder, said: Mapping[str, NDArray[np.float32]]) -> Table:
    import numpy as np

    audio = Audio(samples=np.resize(np.concatenate(list(said.values())), 20 * RATE), rate=RATE)
    rows = []
    for what, work in (("print", partial(encoder.print, audio)), ("speakers", partial(encoder.speakers, audio))):
        work()
        begun = cpu_seconds()
        for _ in range(3):
            work()
        rows.append((what, f"{(cpu_seconds() - begun) / 3:.2f}"))
    return Table("What 20 s of speech take", ("what", "CPU s"), rows)


def _told(hits: Sequence[bool]) -> str:
    """A share with its 95 % interval."""
    if not hits:
        return "none"
    low, high = interval(sum(hits), len(hits))
    return f"{sum(hits)} of {len(hits)}, {low:.1%} to {high:.1%}"
