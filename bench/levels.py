"""How loud the built-in voices are, and how far what they say strays from the level that they were measured at."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from bench.measure import table
from bench.sounds import engine, spoken
from bench.sounds import flite as flite_engine
from engine.audio import join, peak
from engine.loudness import CALIBRATION, CEILING, TARGET, gain, loudness
from engine.speech import Audio, Utterance
from engine.text.sentences import sentences

ENGLISH = (
    "The quick brown fox jumps over the lazy dog near the bank.",
    "He has done so for thirty years, in rain and in snow, and nobody has ever asked him why.",
)
SAID = {
    "en-gb": ENGLISH,
    "de": ("Der alte Wärter geht jeden Morgen den steinernen Weg hinunter.", "Er zählt die Boote im Hafen."),
    "fr-fr": ("Chaque matin, le vieux gardien descend le chemin de pierre.", "Il compte les bateaux dans le port."),
    "es": ("Cada mañana el viejo guardián baja por el camino de piedra.", "Cuenta los barcos del puerto."),
    "it": ("Ogni mattina il vecchio custode scende lungo il sentiero.", "Conta le barche nel porto."),
    "pt-br": ("Todas as manhãs o velho guarda desce o caminho de pedra.", "Ele conta os barcos no porto."),
    "pl": ("Każdego ranka stary strażnik schodzi kamienną ścieżką.", "Liczy łodzie w porcie."),
    "ru": ("Каждое утро старый сторож спускается по каменной дорожке.", "Он считает лодки в гавани."),
    "tr": ("Her sabah bekçi taş yoldan iner.", "Limandaki tekneleri sayar, defterine yazar."),
    "hi": ("हर सुबह बूढ़ा रखवाला पत्थर के रास्ते से नीचे जाता है।", "वह बंदरगाह में नावें गिनता है।"),
    "cmn": ("老看守人每天早上沿着石头小路走下去。", "他数着港口里的船。"),
    "ar": ("كل صباح ينزل الحارس العجوز على الطريق الحجري.", "يعد القوارب في الميناء."),
}
"""What is said in some languages."""
_FLITE = "flite/"
"""Stands before a voice of flite's; the others are espeak's."""


async def measure(folder: Path, turns: int) -> str:
    """Measure and return the tables; it takes one turn, and no file."""
    languages = [speaker.key for speaker in engine().speakers()]
    variants = [f"en-gb+{variant.key}" for variant in engine().variants()]
    flites = _flite_voices()
    rows = [
        ("languages, counting", *_spread(map(_counted, languages))),
        ("variants of en-gb, counting", *_spread(map(_counted, variants))),
        (f"sentences in {len(SAID)} languages, made equal", *_spread(_equal(SAID))),
        ("sentences in the variants, made equal", *_spread(_equal(dict.fromkeys(variants, ENGLISH)))),
    ]
    if flites:
        rows += [
            ("flite, counting", *_spread(map(_counted, flites))),
            ("sentences in flite's voices, made equal", *_spread(_equal(dict.fromkeys(flites, ENGLISH)))),
        ]
    said = SAID | dict.fromkeys((*variants, *flites), ENGLISH)
    peaks = [peak(_sound(text, key).samples) * _gain(key) for key, texts in said.items() for text in texts]
    high = sum(each > CEILING for each in peaks) / len(peaks)
    note = (
        f"Of {len(peaks)} sentences that were made equal, {high:.0%} have a peak above -1 dBFS, "
        f"the highest {20 * math.log10(max(peaks) / CEILING):.1f} dB above it: those are limited."
    )
    head = ("LUFS (target " + f"{TARGET:g})", "voices", "silent", "lowest", "median", "highest", "deviation")
    tables = [table("How loud the built-in voices are", head, rows), note]
    if flites:
        each = [(key, f"{_counted(key):.1f}", *(f"{level:.1f}" for level in _equal({key: ENGLISH}))) for key in flites]
        of_each = ("LUFS", "counting", *(f"sentence {place}, made equal" for place in range(1, len(ENGLISH) + 1)))
        tables.append(table("flite's voices", of_each, each))
    return "\n\n".join(tables)


def _flite_voices() -> list[str]:
    flite = flite_engine()
    return [_FLITE + speaker.key for speaker in flite.speakers()] if flite else []


@cache
def _sound(text: str, key: str) -> Audio:
    """What a voice says, of espeak's or of flite's."""
    flite = flite_engine() if key.startswith(_FLITE) else None
    if not flite:
        return spoken(text, key)
    speaker = key.removeprefix(_FLITE)
    rows = [Utterance(text=sentence, engine=flite.name, speaker=speaker) for sentence in sentences(text)]
    whole = join([audio for row in rows for _, audio in flite.synthesize([row], lambda row: False)])
    return Audio(samples=whole.samples, rate=whole.rate)


def _counted(key: str) -> float:
    audio = _sound(CALIBRATION, key)
    return loudness(audio.samples, audio.rate)


def _gain(key: str) -> float:
    return gain(_counted(key))


def _equal(said: Mapping[str, Sequence[str]]) -> Iterable[float]:
    """The loudness of sentences after the gain that counting has found."""
    for key, texts in said.items():
        for text in texts:
            audio = _sound(text, key)
            yield loudness(audio.samples, audio.rate) + 20 * math.log10(_gain(key))


def _spread(levels: Iterable[float]) -> tuple[str, ...]:
    found = list(levels)
    heard = [level for level in found if math.isfinite(level)]
    figures = (min(heard), statistics.median(heard), max(heard), statistics.pstdev(heard))
    return (str(len(found)), str(len(found) - len(heard)), *(f"{figure:.1f}" for figure in figures))
