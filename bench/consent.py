"""How well the check of a consent tells those who agree from everybody else, on real people and on machines.

The people are the readers of LibriSpeech, whose consents are cut out of what they have read (`bench/spoken.py`); each
one's recording is what they have said besides. Machines say our own statement and words, so that what the recogniser
does with the real list is seen, too: nobody has said it aloud who could be measured. Nothing is random from run to run.
"""

from __future__ import annotations

import asyncio
import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from bench import spoken
from bench.measure import table
from commands.core.consenting import Findings, Outcome, judge
from engine.audio import join
from engine.consent_words import SIX, STATEMENT, WORDS, draw, heard, matches
from engine.engine import Engine, EngineMissing
from engine.espeak_engine import EspeakEngine
from engine.fingerprint import Gallery, Question, questions
from engine.fingerprint import of as fingerprint_of
from engine.flite_engine import FliteEngine
from engine.identity.encoder import Encoder
from engine.identity.thresholds import verdict
from engine.identity.voice_print import VoicePrint
from engine.identity.weights import WeightsMissing
from engine.speech import Audio, Utterance
from engine.synthetic import Likely
from engine.synthetic import judge as judge_sound
from engine.transcript import transcribe

VOICES = (("espeak", "en-us"), ("espeak", "en-gb"), ("flite", "slt"), ("flite", "rms"), ("flite", "awb"))
"""Engines that say our own words, and their speakers."""
RIGHT = 5
"""How many words have to be right."""
PACE = 0.85
"""How fast the machines say them."""

_OUTCOMES: tuple[Outcome, ...] = ("granted", "unsure", "again")
_Z = 1.96
"""Of a 95 % interval."""


async def measure(folder: Path, turns: int) -> str:
    """Measure and return the tables; with `turns` draws for each person and voice."""
    return await asyncio.to_thread(_measure, folder, turns)


def _measure(folder: Path, turns: int) -> str:
    tables = [_machines(turns)]
    if spoken.SPEECH.is_dir():
        try:
            messages, recordings = _given(folder, turns)
        except WeightsMissing as missing:
            return "\n\n".join([*tables, str(missing)])
        tables += [_words(messages), _check(messages, recordings), _transcripts()]
    else:
        tables.append("No real speech lies beside the checkout, so nothing was measured on it.")
    return "\n\n".join(tables)


@dataclass(frozen=True, kw_only=True)
class _Sound:
    """What somebody has said, and what is found in it."""

    person: str
    words: tuple[str, ...]
    """What they were to say."""
    heard: tuple[str, ...]
    others: tuple[tuple[str, ...], tuple[str, ...]]
    """What they might have been to say, other words all of them, and what is heard in place of those."""
    two: tuple[tuple[str, ...], tuple[str, ...]]
    """The same where two of the words are others."""
    print: VoicePrint
    fingerprint: bytes
    questions: tuple[Question, ...]
    machine: Likely


def _examined(encoder: Encoder, person: str, audio: Audio, words: tuple[str, ...] = ()) -> _Sound:
    chance = random.Random(f"{person} {words}")
    others = draw(chance=chance, among=[word for word in _among() if word not in words]) if words else ()
    kept = chance.sample(range(SIX), SIX - 2)
    two = tuple(words[place] if place in kept else others[place] for place in range(SIX)) if words else ()
    return _Sound(
        person=person,
        words=words,
        heard=_heard(audio, words),
        others=(others, _heard(audio, others)),
        two=(two, _heard(audio, two)),
        print=encoder.print(audio),
        fingerprint=fingerprint_of(audio),
        questions=questions(audio),
        machine=judge_sound(audio).machine,
    )


def _heard(audio: Audio, words: tuple[str, ...]) -> tuple[str, ...]:
    """What is heard of somebody who is to say these words."""
    return tuple(heard(audio, _among(), words)) if words else ()


@cache
def _among() -> tuple[str, ...]:
    """Our own list and what the readers have said, together."""
    return (*WORDS, *(word for word in spoken.spoken_list() if word not in WORDS))


def _given(folder: Path, turns: int) -> tuple[list[_Sound], list[_Sound]]:
    """Return consents of people and of machines, and the recordings of the people."""
    encoder = Encoder.load(folder)
    chance = random.Random("people")
    messages: list[_Sound] = []
    for person, known in spoken.by_person().items():
        mine = sorted(word for word, cut in known.items() if not _is_recording(cut.utterance))
        for _ in range(turns):
            words = draw(chance=chance, among=mine)
            messages.append(_examined(encoder, person, spoken.said(person, words, chance), words))
    for name, speaker in VOICES:
        engine = _opened(name)
        for _ in range(turns if engine else 0):
            words = draw(chance=chance)
            assert engine is not None
            said = _say(engine, speaker, f"{STATEMENT} {', '.join(words)}.")
            messages.append(_examined(encoder, f"{name} {speaker}", said, words))
    return messages, [_examined(encoder, person, _recorded(person)) for person in spoken.by_person()]


def _opened(name: str) -> Engine | None:
    engine: Engine = EspeakEngine() if name == "espeak" else FliteEngine()
    try:
        engine.open()
    except EngineMissing:
        return None
    return engine


def interval(hits: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (E. B. Wilson 1927), from 0 to 1."""
    if not n:
        return 0.0, 1.0
    share, square = hits / n, _Z**2 / n
    middle, half = share + square / 2, _Z * ((share * (1 - share) + square / 4) / n) ** 0.5
    return max(0.0, (middle - half) / (1 + square)), min(1.0, (middle + half) / (1 + square))


def _told(hits: int, n: int) -> str:
    low, high = interval(hits, n)
    return f"{hits} of {n} ({100 * low:.0f}\u2013{100 * high:.0f} %)"


def _row(name: str, rights: Sequence[int]) -> tuple[str, ...]:
    mean = statistics.mean(rights) if rights else 0.0
    return name, f"{mean:.2f}", _told(sum(right >= RIGHT for right in rights), len(rights))


def _machines(turns: int) -> str:
    rows: list[Sequence[str]] = []
    for name, speaker in VOICES:
        engine = _opened(name)
        if engine is None:
            rows.append((f"{name} {speaker}", "", "it is not installed here"))
            continue
        chance = random.Random(f"{name} {speaker}")
        rights = []
        for turn in range(turns):
            words = draw(chance=chance)
            stated = f"{STATEMENT} " if turn % 2 else ""
            said = _say(engine, speaker, f"{stated}{', '.join(words)}.")
            rights.append(matches(words, heard(said, drawn=words)))
        rows.append(_row(f"{name} {speaker}", rights))
    head = ("voice", f"right of {SIX}", f"{RIGHT} or more right")
    return table(f"Our own list of {len(WORDS)} words, every second time behind the statement", head, rows)


def _say(engine: Engine, speaker: str, text: str) -> Audio:
    utterance = Utterance(text=text, engine=engine.name, speaker=speaker, speed=PACE)
    return join([audio for _, audio in engine.synthesize([utterance], lambda row: False)])


def _words(messages: Sequence[_Sound]) -> str:
    """How many of the words of real people are heard, of those that were drawn and of any others."""
    people = [each for each in messages if each.person in spoken.by_person()]
    wanted = draw(chance=random.Random("words"), among=_among())
    rng = np.random.default_rng(0)
    noises = [(level * rng.standard_normal(8 * 16_000)).astype(np.float32) for level in (1e-4, 1e-3, 1e-2, 0.1)]
    noise = [matches(wanted, _heard(Audio(samples=each, rate=16_000), wanted)) for each in noises]
    rows = [
        *(
            _row(f"the right words, {person}", [matches(e.words, e.heard) for e in people if e.person == person])
            for person in spoken.by_person()
        ),
        _row("the right words, all of them", [matches(e.words, e.heard) for e in people]),
        _row("two of the words others", [matches(*e.two) for e in people]),
        _row("other words", [matches(*e.others) for e in people]),
        _row("noise, soft and loud", noise),
    ]
    title = f"Words of {len(spoken.by_person())} people, heard among {len(_among())}"
    return table(title, ("what is said", f"right of {SIX}", f"{RIGHT} or more right"), rows)


def _check(messages: Sequence[_Sound], recordings: Sequence[_Sound]) -> str:
    """What comes of a consent in the end, for everybody who may send one."""
    found: dict[str, list[Outcome]] = {}
    people = [each for each in messages if each.person in spoken.by_person()]
    for said in people:
        for recording in recordings:
            if said.person == recording.person:
                found.setdefault("the person, the right words", []).append(_outcome(said, recording))
                for kind, (words, others) in (("two of the words others", said.two), ("other words", said.others)):
                    wrong = replace(said, words=words, heard=others)
                    found.setdefault(f"the person, {kind}", []).append(_outcome(wrong, recording))
            else:
                found.setdefault("somebody else, the right words", []).append(_outcome(said, recording))
    for recording in recordings:  # whatever words are in it, they are taken for the right ones
        found.setdefault("their recording, played again", []).append(_outcome(recording, recording))
    for said in messages:
        if said.person not in spoken.by_person():
            # A message counts once, as the best that it comes to against anybody's recording.
            best = min((_outcome(said, each) for each in recordings), key=_OUTCOMES.index)
            found.setdefault("Mynah's own voices, the right words", []).append(best)
    rows = [
        (kind, *(_told(outcomes.count(each), len(outcomes)) for each in _OUTCOMES)) for kind, outcomes in found.items()
    ]
    title = f"What comes of it: {len(messages)} consents against the recordings of {len(recordings)} people"
    return table(title, ("what is sent", "granted", "an admin listens", "try again"), rows)


def _outcome(said: _Sound, recording: _Sound) -> Outcome:
    found = Findings(
        enough=True,
        machine=said.machine,
        replayed=bool(Gallery([(1, recording.fingerprint)]).find(said.questions)),
        right=matches(said.words, said.heard) if said.words else SIX,
        english=True,
        verdict=verdict(said.print, recording.print),
    )
    return judge(found).outcome


def _recorded(person: str) -> Audio:
    names = [name for name in spoken.texts() if name.startswith(f"{person}-") and _is_recording(name)]
    return Audio(samples=np.concatenate([spoken.utterance(each) for each in names]), rate=spoken.RATE)


def _is_recording(utterance: str) -> bool:
    """Every third utterance is a person's recording; consents are cut from the others."""
    return int(utterance[-1]) % 3 == 0


def _transcripts() -> str:
    """How many words of a free transcript are wrong."""
    rows = []
    for person in spoken.by_person():
        wrong = words = 0
        for name, text in spoken.texts().items():
            if name.startswith(f"{person}-"):
                written = transcribe(Audio(samples=spoken.utterance(name), rate=spoken.RATE))
                wrong += distance(text.split(), written.split())
                words += len(text.split())
        rows.append((person, str(words), f"{wrong / words:.2f}"))
    return table("Free transcripts of real speech", ("who", "words", "word errors"), rows)


def distance(a: Sequence[str], b: Sequence[str]) -> int:
    """Return by how many insertions, deletions and substitutions two rows differ (V. I. Levenshtein 1965)."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]
