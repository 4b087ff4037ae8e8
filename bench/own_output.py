"""Whether Mynah knows what it has said itself, and takes no person for itself; and whether it knows a replay.

Own output is what espeak, flite and WORLD say; WORLD's are base voices converted to real people. All of it, and the
people, go through what may be done to sound on its way (`bench/own_sounds.py`). It is known in two ways: by its pulses,
whoever has made it (`engine/synthetic.py`), and by its fingerprint, where this Mynah has (`engine/fingerprint.py`).
"""

from __future__ import annotations

import asyncio
import itertools
import random
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.consent import interval
from bench.measure import cpu_seconds, table
from bench.own_sounds import by_flite, espeaks, flites, speakers, ways, worlds
from bench.recordings import RATE, utterances
from bench.sounds import flite as flite_engine
from bench.sounds import spoken
from engine.consent_words import WORDS
from engine.fingerprint import SURE, Gallery, of, questions
from engine.speech import Audio
from engine.synthetic import PULSES, fits, judge, learn

LEARNED = "Visitors may come on Saturdays between ten and four, when the tower belongs to a society of engineers."
"""What the pulses are learned from that are printed, for when they have to be learned anew."""
CROWD = 100_000
"""How many files there are to be searched: what was said here, and a crowd of others."""
SPOKEN = 1_000
"""How many of those are really said; the rest is drawn from their landmarks."""
CROWDED = ("en-us", "en-gb", "en-us+f3", "en-gb+m3", "de", "fr-fr", "en-us+klatt")
"""Who says them."""

_RUN = 3
"""How many landmarks that follow each other stay together where files are drawn."""
_EACH = 10
"""So many of a kind go every way, spread evenly; all of them go as they are."""


async def measure(folder: Path, turns: int) -> str:
    """Measure and return the tables; it takes one turn, and no file."""
    return await asyncio.to_thread(_measure)


def _measure() -> str:
    own = {**espeaks(), "flite": flites(), "WORLD": worlds()}
    people = speakers()
    gallery, told = _gallery({name: audio for sounds in own.values() for name, audio in sounds.items()})
    rows: list[Sequence[str]] = []
    missed: list[str] = []
    cpu, judged = cpu_seconds(), 0
    for kind, sounds in {**own, **people}.items():
        for way in ways():
            found = _judged(gallery, way, sounds)
            judged += len(found)
            rows.append(_row(kind, way, found))
            wrong = [name for name, each in found.items() if each.refused == (kind in people)]
            if wrong:
                missed.append(f"{kind}, {way}: {', '.join(wrong)}")
    took = (cpu_seconds() - cpu) / max(1, judged)
    head = ("who speaks", "through", "n", "by its pulses", "may be", "by its fingerprint", "refused", "95 % interval")
    cost = (
        f"{took:.2f} CPU s a sound, what is done to it included. The people are {len(utterances())}: no more is known."
    )
    return "\n\n".join(
        [
            table("Mynah's own output, and people", head, rows),
            "Wrong were:\n" + "\n".join(missed) if missed else "None was wrong.",
            cost,
            told,
            _margins({**own, **people}),
            _replays(),
            _pulses(),
        ]
    )


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What was found of one sound."""

    machine: str
    """Whether its pulses are a machine's: 'yes', 'maybe' or 'no'."""
    known: int
    """How many landmarks agree with those of a file that Mynah has made."""

    @property
    def refused(self) -> bool:
        return self.machine == "yes" or self.known >= SURE


def _judged(gallery: Gallery, way: str, sounds: Mapping[str, Audio]) -> dict[str, _Told]:
    change = ways()[way]
    if way != "as it is":
        sounds = dict(itertools.islice(sounds.items(), 0, None, max(1, -(-len(sounds) // _EACH))))
    found = {}
    for name, audio in sounds.items():
        changed = change(audio)
        matches = gallery.find(questions(changed))
        found[name] = _Told(machine=judge(changed).machine, known=matches[0].agreeing if matches else 0)
    return found


def _row(kind: str, way: str, found: Mapping[str, _Told]) -> tuple[str, ...]:
    pulses, unsure = (sum(each.machine == what for each in found.values()) for what in ("yes", "maybe"))
    known = sum(each.known >= SURE for each in found.values())
    refused = sum(each.refused for each in found.values())
    return (
        kind,
        way,
        str(len(found)),
        str(pulses),
        str(unsure),
        str(known),
        str(refused),
        _shares(refused, len(found)),
    )


def _gallery(sounds: Mapping[str, Audio]) -> tuple[Gallery, str]:
    """All that was said here among as many files as there may be, and what it costs to look through them."""
    prints = [of(audio) for audio in sounds.values()]
    files = [*prints, *_crowd(CROWD - len(prints))]
    began = time.process_time()
    gallery = Gallery(enumerate(files))
    made = time.process_time() - began
    took, most = [], []
    asked = [
        each for said in utterances().values() for part in said for each in questions(Audio(samples=part, rate=RATE))
    ]
    for each in asked or questions(spoken(LEARNED)):
        found = gallery.find([each], least=1)
        most.append(found[0].agreeing if found else 0)
        began = time.process_time()
        gallery.find([each])
        took.append(1000 * (time.process_time() - began))
    size = statistics.mean(len(print) / audio.seconds for print, audio in zip(prints, sounds.values(), strict=True))
    told = (
        f"Among {CROWD:,} files ({len(gallery):,} landmarks, {size:.0f} bytes a second; built in {made:.1f} CPU s) "
        f"{len(took)} stretches of people are looked for in {statistics.median(took):.1f} CPU ms each, {max(took):.1f} "
        f"at most. At most {max(most)} of their landmarks agree with a file, where {SURE} are taken for it."
    )
    return gallery, told


def _crowd(count: int) -> list[bytes]:
    """Fingerprints of so many files: of `SPOKEN` that are said, and runs of landmarks of those at the times of others.

    So each landmark is `count` / `SPOKEN` times there at least, which is harder than where all is said.
    """
    import numpy as np

    speakers, said = itertools.cycle(CROWDED), random.Random("crowd")
    packing = np.dtype([("hash", "<u4"), ("frame", "<u2")])
    prints = [of(spoken(" ".join(said.sample(WORDS, 9)), next(speakers))) for _ in range(SPOKEN)]
    rows = [np.frombuffer(print, packing, offset=1) for print in prints]
    hashes, chance = np.concatenate([row["hash"] for row in rows]), np.random.default_rng(0)
    for turn in range(count - len(prints)):
        row = rows[turn % len(rows)].copy()
        begins = chance.integers(0, len(hashes) - _RUN, -(-len(row) // _RUN))
        row["hash"] = hashes[(begins[:, None] + np.arange(_RUN)).ravel()[: len(row)]]
        prints.append(prints[0][:1] + row.tobytes())
    return prints


def _replays() -> str:
    """Recordings that come again, looked for among all of them; and others than those."""
    people = speakers()
    if not people:
        return "No real speech lies beside the checkout, so nothing was measured on it."
    rows: list[Sequence[str]] = []
    for kind, sounds in people.items():
        gallery = Gallery((place, of(audio)) for place, audio in enumerate(sounds.values()))
        for way, change in ways().items():
            agreeing, others = [], []
            for place, audio in enumerate(sounds.values()):
                found = {match.id: match.agreeing for match in gallery.find(questions(change(audio)), least=1)}
                agreeing.append(found.pop(place, 0))
                others.append(max(found.values(), default=0))
            known, wrong = (sum(each >= SURE for each in counts) for counts in (agreeing, others))
            rows.append(
                (
                    kind,
                    way,
                    f"{known} of {len(agreeing)}",
                    _spread(agreeing),
                    f"{wrong} of {len(others)}",
                    str(max(others)),
                )
            )
    head = ("what comes again", "through", "known", "landmarks", "taken for another", "most landmarks of another")
    return table(f"Replays, by fingerprints: {SURE} landmarks are taken for the same", head, rows)


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


def _pulses() -> str:
    """The learned pulses as they would be learned now, in degrees, for `engine/pulses.py`."""
    import numpy as np

    flite = flite_engine()
    said = {"klatt": [spoken(LEARNED, "en-gb+announcer"), spoken(LEARNED, "en-gb+reed")]}
    said |= {speaker.key: [by_flite(LEARNED, speaker.key)] for speaker in (flite.speakers() if flite else ())}
    lines = []
    for pulse, sounds in said.items():
        turned = (np.degrees(learn(sounds)) + 180) % 360 - 180
        lines.append(f"{pulse}: {', '.join(map(str, turned.round().astype(int)))}")
    return "Pulses learned from one sentence (degrees):\n" + "\n".join(lines)


def _shares(hits: int, n: int) -> str:
    low, high = interval(hits, n)
    return f"{low:.1%} to {high:.1%}"


def _spread(found: Sequence[float]) -> str:
    return f"{min(found):.2f} / {statistics.median(found):.2f} / {max(found):.2f}"
