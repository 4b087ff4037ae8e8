"""Learning a speaker: which base voice, how boldly it is converted, and what that reaches.

Everything is judged after conversion, for what makes a good beginning cannot be seen before. The ladder is gone down
from the most similar rung until words are understood about as well as the base voice's own.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.conversion import equaliser, fitting
from engine.conversion.bases import Base, Bases
from engine.conversion.conversion import Conversion
from engine.conversion.features import RATE, STEP, Features, check_installed, take_apart
from engine.conversion.fitting import LADDER, Rung
from engine.conversion.material import Material, gather
from engine.conversion.pairs import find, inside, pair, words_of
from engine.conversion.speaker_file import LearnedSpeaker, write
from engine.conversion.understanding import SENTENCES, errors
from engine.engine import EngineError
from engine.identity import weights
from engine.identity.encoder import LEAST_SECONDS, Encoder, TooShort
from engine.identity.network import Network
from engine.identity.voiced import levelled, voiced
from engine.recogniser import Recogniser
from engine.speech import Audio, Enrolled, Reference, Speaker
from engine.value import value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.child import Tell

VERSION = "1"
"""The version of the method; what was learned by one is not spoken by another in the same way."""
WORSE = 0.1
"""How many more of a hundred words (as a share) may be misheard than of the base voice's own."""

_TRIED = 8.0
"""How much each base voice says to be judged, in seconds."""
_PEAK = 0.6


@value
class _Tried:
    """A conversion, and what it reached on sentences that it was not fitted on."""

    rung: Rung
    conversion: Conversion
    similarity: float
    errors: float


class _Ear:
    """Hears how similar speech is to somebody's."""

    def __init__(self, network: Network, samples: NDArray[np.float32]) -> None:
        self.network = network
        self._encoder = Encoder(network)
        self.wanted = self._vector(samples)

    def similarity(self, samples: NDArray[np.float32]) -> float:
        return float(self._vector(samples) @ self.wanted)

    def _vector(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        return self._encoder.embed(levelled(voiced(Audio(samples=samples, rate=RATE))))


def learn(tell: Tell, reference: Reference, models: Path) -> LearnedSpeaker:
    """Learn a speaker; half a minute to a minute.

    Args:
        tell: Told how much is done, from 0 to 1.
        reference: The speech to be similar to.
        models: The folder that the speaker encoder's weights are in, or go to.

    Returns:
        The speaker. Its figures are: `similarity` to the reference of sentences that the fit never saw, and
        `similarity_before`, the base voice's own (cosines); `word_errors` and `word_errors_base` on the same sentences
        (shares of so many `words`, by which the rung was chosen; absent where the language is not English); `base` and
        `rung`; `seconds` of speech that it was learned from; `version` of the method; `took` to learn, in seconds.

    Raises:
        EngineMissing: WORLD, the encoder's weights or every base voice is missing.
        EngineError: There is too little speech, or nothing that can be converted.
    """
    begun = time.monotonic()
    check_installed()
    network = Network(weights.load(models))
    bases = Bases()
    material = gather(reference)
    tell(0.2)
    seconds = len(voiced(Audio(samples=material.samples, rate=RATE))) / RATE
    if seconds < LEAST_SECONDS:
        raise EngineError(str(TooShort(seconds)))
    ear = _Ear(network, material.samples)
    other = take_apart(material.samples)
    base = _best_base(bases, material, other, ear)
    tell(0.4)
    tried, before, own = _climb_down(tell, bases, base, material, other, ear)
    figures: dict[str, float | str] = {
        "similarity": round(tried.similarity, 3),
        "similarity_before": round(before, 3),
        "base": base.key,
        "rung": tried.rung.name,
        "seconds": round(seconds, 1),
        "version": VERSION,
        "took": round(time.monotonic() - begun, 1),
    }
    if material.english:
        words = sum(len(words_of(text)) for text in SENTENCES)
        figures |= {"word_errors": round(tried.errors, 3), "word_errors_base": round(own, 3), "words": words}
    return LearnedSpeaker(base=base, conversion=tried.conversion, language=reference.language, figures=figures)


def _best_base(bases: Bases, material: Material, other: Features, ear: _Ear) -> Base:
    """Return the base voice that is most similar when its means, spreads and pitch are converted."""
    import numpy as np

    text = material.texts[0]
    none = np.empty((0, 2), np.int64)
    best, most = None, -1.0
    for base in bases.of_language(material.language):
        said = _said(bases, base, text)[: round(_TRIED * RATE)]
        features = take_apart(said)
        heard = ear.similarity(fitting.fit(features, other, none, LADDER[0]).applied(features, said))
        if heard > most:
            best, most = base, heard
    assert best is not None, "a language that is spoken has a base voice"
    return best


def _climb_down(
    tell: Tell, bases: Bases, base: Base, material: Material, other: Features, ear: _Ear
) -> tuple[_Tried, float, float]:
    """Find the first rung that is understood, or else the best; return it, and the base voice's own similarity and
    errors."""
    import numpy as np

    said = [_said(bases, base, text) for text in material.texts]
    whole = np.concatenate([_whole_frames(each) for each in said])
    features = take_apart(whole)
    pairs = _pairs(material, said, features, other)
    asked = SENTENCES if material.english else material.texts
    checks = [(text, _said(bases, base, text)) for text in asked]
    apart = [take_apart(samples) for _, samples in checks]
    before = ear.similarity(np.concatenate([samples for _, samples in checks]))
    own = errors(checks) if material.english else 0.0
    rungs = LADDER if material.english else LADDER[2:3]
    every: list[_Tried] = []
    for place, rung in enumerate(rungs, start=1):
        tell(0.4 + 0.6 * (place - 0.5) / len(rungs))
        fitted = fitting.fit(features, other, pairs, rung)
        curve = equaliser.fit(ear.network, fitted.applied(features, whole), ear.wanted)
        made = replace(fitted, equaliser=curve)
        spoken = [(text, made.applied(each, samples)) for (text, samples), each in zip(checks, apart, strict=True)]
        heard = ear.similarity(np.concatenate([samples for _, samples in spoken]))
        wrong = errors(spoken) if material.english else 0.0
        every.append(_Tried(rung=rung, conversion=made, similarity=heard, errors=wrong))
        if wrong <= own + WORSE:
            return every[-1], before, own
    # None is understood well enough: a word that is misheard weighs as much as the same share of similarity.
    return max(every, key=lambda each: each.similarity - each.errors), before, own


def _pairs(
    material: Material, said: Sequence[NDArray[np.float32]], base: Features, other: Features
) -> NDArray[np.int64]:
    """Which frames of all that the base voice has said belong to which of the reference's, shape (n, 2)."""
    import numpy as np

    found = [np.empty((0, 2), np.int64)]
    if material.english:
        recogniser = Recogniser()
        first = second = 0
        for words, part, samples in zip(material.words, material.parts, said, strict=True):
            if words:
                ours, theirs = find(recogniser, samples, words), find(recogniser, part, words)
                found.append(pair(ours, theirs) + np.array([first, second]))
            first += len(_whole_frames(samples)) // STEP
            second += len(part) // STEP
    return inside(np.concatenate(found), len(base.pitch), len(other.pitch))


def _said(bases: Bases, base: Base, text: str) -> NDArray[np.float32]:
    """What a base voice says, at one loudness."""
    import numpy as np

    samples = bases.say(base, text).samples
    loudest = float(np.abs(samples).max(initial=0.0))
    if not loudest:
        raise EngineError(f"{base.key} says nothing of {text[:40]!r}")
    return samples * np.float32(_PEAK / loudest)


def _whole_frames(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    return samples[: len(samples) // STEP * STEP]


def keep(tell: Tell, reference: Reference, file: Path, models: Path) -> Enrolled:
    """Learn a speaker and write its file, named by its key.

    Raises:
        EngineMissing: As `learn` does.
        EngineError: As `learn` does.
    """
    learned = learn(tell, reference, models)
    write(file, learned)
    speaker = Speaker(engine="world", key=file.stem, name=reference.name or file.stem, language=learned.language)
    return Enrolled(speaker=speaker, figures=learned.figures)
