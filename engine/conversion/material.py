"""What a speaker is learned from, made ready: the sound, and the words that a base voice is to say for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.conversion.features import RATE, STEP
from engine.conversion.pairs import words_of
from engine.engine import EngineError
from engine.speech import Audio, Reference
from engine.text.hygiene import clean
from engine.text.lexicon import Lexicon
from engine.text.reading import read
from engine.transcript import transcribe
from engine.value import value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_SECONDS = 25.0
"""How much speech is learned from, in seconds; more gains little and takes longer."""
FEWEST_WORDS = 12
"""With fewer words than these, a base voice says something else to be measured by."""
ANYTHING = (
    "When the sunlight strikes raindrops in the air, they act as a prism and form a rainbow. People look, but no one "
    "ever finds it. Whether you measure such a thing or just enjoy its beauty, we were all away at the usual hour."
)
"""English in which every sound occurs, for a base voice to say where nobody knows what was said."""
COUNTING = ", ".join(map(str, [*range(1, 31), 40, 50, 60, 70, 80, 90, 100, 1000]))
"""The same for every other language: they all count."""

_PEAK = 0.6
_SHORTEST = 0.5


@value
class Material:
    """A reference, made ready."""

    parts: tuple[NDArray[np.float32], ...]
    """Its passages at RATE, each of whole frames, all equally loud."""
    texts: tuple[str, ...]
    """What a base voice says for it, ready to be read aloud: as many as there are parts, or one."""
    words: tuple[tuple[str, ...], ...]
    """What is said in each part, in lower case; none where nobody knows."""
    language: str
    """What is spoken, as a BCP 47 tag."""

    @property
    def samples(self) -> NDArray[np.float32]:
        """All parts, one after another."""
        import numpy as np

        return np.concatenate(self.parts)

    @property
    def english(self) -> bool:
        """Whether a recogniser understands it."""
        return self.language.lower().partition("-")[0] == "en"


def gather(reference: Reference) -> Material:
    """Make a reference ready: cut it to what is worth it, and find out what is said in it, where that is English.

    Raises:
        EngineError: It is empty or silent.
    """
    parts = tuple(_parts(reference))
    if not parts:
        raise EngineError("there is nothing to hear in it")
    language = reference.language or "en"
    english = language.lower().partition("-")[0] == "en"
    given = _spoken(reference.transcript, language)
    if not english:
        return Material(parts=parts, texts=(given or COUNTING,), words=((),) * len(parts), language=language)
    whole = len(parts[0]) / RATE >= reference.passages[0].seconds - 0.1
    texts = [
        given if place == 0 and given and whole else transcribe(Audio(samples=part, rate=RATE))
        for place, part in enumerate(parts)
    ]
    words = tuple(tuple(words_of(text)) for text in texts)
    if sum(map(len, words)) < FEWEST_WORDS:
        return Material(parts=parts, texts=(ANYTHING,), words=((),) * len(parts), language=language)
    kept = [place for place, each in enumerate(words) if each]
    return Material(
        parts=tuple(parts[place] for place in kept),
        texts=tuple(texts[place] for place in kept),
        words=tuple(words[place] for place in kept),
        language=language,
    )


def _parts(reference: Reference) -> list[NDArray[np.float32]]:
    import numpy as np

    found, room = [], round(MOST_SECONDS * RATE)
    for passage in reference.passages:
        samples = np.asarray(passage.samples, np.float32)
        if passage.rate != RATE:
            import soxr  # type: ignore[import-untyped]  # it has no types

            samples = soxr.resample(samples, passage.rate, RATE)
        samples = samples[: min(len(samples), room) // STEP * STEP]
        loudest = float(np.abs(samples).max(initial=0.0))
        if len(samples) >= _SHORTEST * RATE and loudest > 0:
            found.append(samples * np.float32(_PEAK / loudest))
            room -= len(samples)
    return found


def _spoken(text: str, language: str) -> str:
    """A transcript as it is read aloud: numbers and the like in words."""
    if not text.strip():
        return ""
    return " ".join(sentence.spoken for sentence in read(clean(text), language=language, lexicon=Lexicon()))
