"""Consents cut out of real speech: the words of LibriSpeech's readers, put one after another as if they were drawn.

Nobody here has said our own words aloud, so the list is another one: words that the readers happen to have said in
their books, found by alignment with the true text. They are cut out of running speech, so they are said faster and
less clearly than somebody would who was asked to say them one by one; what is measured on them errs on that side.

`bench/spoken.tsv` is what is said in each utterance (LibriSpeech, CC BY 4.0, https://www.openslr.org/12, test-other;
the books are in the public domain), and `bench/cuts.tsv`, which `python -m bench.spoken` writes, where its words are.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from engine.speech import Audio
from engine.value import value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SPEECH = Path(__file__).resolve().parents[2] / "shared" / "speech" / "librispeech"
"""Folders of people, with their utterances, where somebody has put them beside the checkout."""
RATE = 16_000
"""Samples a second of the utterances, in Hz."""
LEAST_PHONES, LEAST_MS = 5, 350
"""Shorter words would not be on a list to draw from, and words said faster are swallowed."""

_TEXTS, _CUTS = Path(__file__).with_name("spoken.tsv"), Path(__file__).with_name("cuts.tsv")
_MARGIN = 20
"""Milliseconds kept around a word."""
_FADE = 160
"""Samples over which a cut begins and ends."""
_FLOOR = 1e-4
"""The noise under it all, as a microphone has it."""


@value
class Cut:
    """A word that somebody has said."""

    word: str
    """In small letters."""
    person: str
    """Who says it, by the number of their folder."""
    utterance: str
    """Where, by the name of the file without its ending."""
    start_ms: int
    """When it begins, in ms."""
    end_ms: int
    """When it ends, in ms."""


@cache
def texts() -> dict[str, str]:
    """Return what is said in each utterance, by its name; small letters, no punctuation."""
    lines = _TEXTS.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines)


@cache
def cuts() -> tuple[Cut, ...]:
    """Return the words that can be cut out, in the order in which they stand in `cuts.tsv`."""
    found = []
    for line in _CUTS.read_text(encoding="utf-8").splitlines():
        name, start, end, word = line.split("\t")
        person = name.partition("-")[0]
        found.append(Cut(word=word, person=person, utterance=name, start_ms=int(start), end_ms=int(end)))
    return tuple(found)


@cache
def by_person() -> dict[str, dict[str, Cut]]:
    """Return for each person their words, each as they said it slowest."""
    found: dict[str, dict[str, Cut]] = {}
    for cut in sorted(cuts(), key=lambda each: each.end_ms - each.start_ms):
        found.setdefault(cut.person, {})[cut.word] = cut
    return dict(sorted(found.items()))


@cache
def utterance(name: str) -> NDArray[np.float32]:
    """Return the sound of an utterance, at RATE."""
    import soundfile  # type: ignore[import-untyped]  # it has no types

    samples, rate = soundfile.read(SPEECH / name.partition("-")[0] / f"{name}.flac", dtype="float32")
    assert rate == RATE, f"{name} has {rate} samples a second"
    sound: NDArray[np.float32] = samples
    return sound


def sound_of(cut: Cut) -> NDArray[np.float32]:
    """Return a word's sound, at RATE, faded in and out."""
    import numpy as np

    begin, end = max(0, cut.start_ms - _MARGIN) * RATE // 1000, (cut.end_ms + _MARGIN) * RATE // 1000
    samples = utterance(cut.utterance)[begin:end]
    place = np.arange(len(samples))
    faded: NDArray[np.float32] = samples * np.minimum(1, np.minimum(place, place[::-1]) / _FADE).astype(np.float32)
    return faded


def said(person: str, words: Sequence[str], chance: random.Random) -> Audio:
    """Return a voice message in which a person says their words, one by one, with pauses as `chance` has it."""
    import numpy as np

    def pause() -> NDArray[np.float32]:
        return np.zeros(chance.randrange(RATE * 3 // 20, RATE * 3 // 10), np.float32)

    known = by_person()[person]
    pieces = [pause(), *(piece for word in words for piece in (sound_of(known[word]), pause()))]
    sound = np.concatenate(pieces)
    noise = np.random.default_rng(chance.randrange(2**32)).standard_normal(len(sound))
    return Audio(samples=(sound + _FLOOR * noise).astype(np.float32), rate=RATE)


def spoken_list() -> tuple[str, ...]:
    """Return every word that can be cut out, as a list from which one could draw."""
    return tuple(sorted({cut.word for cut in cuts()}))


def find_cuts(name: str) -> list[Cut]:
    """Find the words of an utterance by alignment; none where it cannot be aligned."""
    from engine.alignment import aligner

    found = aligner().align(utterance(name), RATE, texts()[name], phonemes=True) or ()
    cut: list[Cut] = []
    phones: dict[int, int] = {}
    for timing in found:
        if timing.kind == "word":
            cut.append(
                Cut(
                    word=timing.text,
                    person=name.partition("-")[0],
                    utterance=name,
                    start_ms=timing.start_ms,
                    end_ms=timing.end_ms,
                )
            )
        else:
            phones[len(cut) - 1] = phones.get(len(cut) - 1, 0) + 1
    return [
        each
        for place, each in enumerate(cut)
        if phones[place] >= LEAST_PHONES and each.end_ms - each.start_ms >= LEAST_MS and each.word.isalpha()
    ]


def main() -> None:
    """Find the words of all utterances anew, and write them down."""
    lines = [
        "\t".join((each.utterance, str(each.start_ms), str(each.end_ms), each.word))
        for name in texts()
        for each in find_cuts(name)
    ]
    _CUTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
