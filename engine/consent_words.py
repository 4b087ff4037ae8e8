"""Consent words: six are drawn for a person to say, and heard in what they have recorded.

What one cannot know beforehand cannot have been recorded before. The words are English, of two or three syllables, and
any two of them differ in four phones or more, as PocketSphinx's dictionary says them. They are heard by a grammar that
knows the whole list: it takes what is said before, between and after six words for any other sound. The words that were
drawn are preferred in their places, by as much as a few phones that are swallowed cost, and by less than another word
does: what else is said is not taken for them (`python -m bench consent` prints how often each happens).
"""

from __future__ import annotations

import math
import secrets
import threading
from collections.abc import Sequence
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING

from engine.arpabet import TO_IPA
from engine.recogniser import Arc, Recogniser, to_pcm, with_hiss
from engine.speech import Audio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VERSION = "2"
"""Of the list and the grammar; a signed consent names it."""
_LIST = """
admiral airport alphabet armchair asphalt astronaut banana bandstand barbecue barnyard beehive bicycle blanket blossom
bookshelf boomerang bracelet breakfast broccoli building bulldozer bumblebee butterfly campfire candlestick cathedral
champion charcoal chestnut chipmunk clarinet classroom clockwork coconut cornfield cottage cranberry cricket crocodile
crossword cucumber cupcake daffodil darkness dentist diploma dolphin donkey doorbell driftwood driver duckling
earthworm eggplant eggshell elephant emerald envelope evergreen fabric farmer festival fireplace flamingo flashlight
flowerpot football footprint foxglove galaxy garlic gingerbread glacier gooseberry gorilla grandmother grapefruit
grasshopper gravel greenhouse guitar handbag harmony haystack headphone hedgehog hillside holiday homework honeycomb
horseshoe hospital hourglass hummingbird iceberg island jaguar jellyfish jigsaw jukebox jungle kingdom kingfisher
ladybug lagoon landscape lavender lawnmower lemonade library lifeboat lilac limestone lipstick lobster magazine mango
marigold marmalade marshmallow mattress mermaid monument moonlight morning mosquito mountain mousetrap mushroom
mustard necklace nephew nightingale notebook november nursery nutcracker oatmeal october octopus orchard ostrich
overcoat oxygen pantry paperback parachute parsley pasture peacock peanuts pendulum penguin peppermint photograph
pineapple pitchfork police popcorn porcupine postcard postman pretzel pumpkin pyramid quartet question quicksand
railroad raindrop recipe rectangle rosemary sandwich saxophone scorpion seaweed september sheriff shipwreck sidewalk
signpost skeleton snowflake snowman soldier spaghetti sparrow spinach spotlight springtime stallion starfish statue
steamboat stopwatch strawberry submarine subway suitcase sunflower sunset symphony tablecloth tangerine teaspoon
textbook thistle thunderstorm tomato toothbrush toothpaste tornado tortoise tractor trampoline triangle trombone
trousers trumpet typewriter umbrella uniform valentine vineyard volcano volleyball wallpaper wardrobe warehouse
watchdog waterfall wednesday wheelbarrow whirlpool wildflower windshield woodpecker workshop wristwatch zebra
"""
WORDS: tuple[str, ...] = tuple(_LIST.split())
"""What is drawn from."""
SIX = 6
"""How many are drawn."""
STATEMENT = "I agree that Mynah makes a copy of my voice."
"""What is said before the words."""
STATEMENT_VERSION = "1"
"""Of the statement; a signed consent names it."""

_STATED = 0.5
"""How likely it is that the statement comes first."""
_WANTED = 0.5
"""How likely the drawn word of a place is."""
_BEFORE, _OTHER = 1e-8, 1e-30
"""How likely a phone is that belongs to none of it: before everything else, where people say that they begin; and
later, so little that a word which fits badly is still preferred."""
_PREFERRED = 25.0
"""By how many nats, over all others together, the drawn word of a place is preferred."""
_WEIGHT = 1.0
"""How much the likelihoods of the grammar count: less than usual, for all words are equally likely."""


def draw(n: int = SIX, chance: Random | None = None, among: Sequence[str] = WORDS) -> tuple[str, ...]:
    """Draw words that nobody can foresee, none of them twice.

    Args:
        n: How many.
        chance: What decides; the system's own source where nothing else is given.
        among: The list.

    Raises:
        ValueError: The list has fewer.
    """
    return tuple((chance or secrets.SystemRandom()).sample(list(among), n))


def heard(audio: Audio, among: Sequence[str] = WORDS, drawn: Sequence[str] = ()) -> list[str]:
    """Hear six words of a list, whatever else is said; it takes a tenth of the sound's length and more.

    Args:
        audio: Somebody who speaks English, at any rate, shape (n,).
        among: The list; all of it can be said.
        drawn: What they are to say, all of the list; without it no word is preferred.

    Returns:
        The six that fit best, in the order in which they are said; none where there is no sound to speak of.

    Raises:
        ModuleNotFoundError: PocketSphinx is not installed.
    """
    pcm = to_pcm(audio.samples, audio.rate)
    return [] if pcm is None else _listener(tuple(among)).hear(with_hiss(pcm), drawn)


def matches(drawn: Sequence[str], heard: Sequence[str]) -> int:
    """Return how many of the drawn words were heard in their order: the longest row that both have."""
    return len(drawn) - len(missed(drawn, heard))


def missed(drawn: Sequence[str], heard: Sequence[str]) -> tuple[str, ...]:
    """Return the drawn words that were not heard in their order, as few as can be."""
    rows = len(drawn)
    longest = [[0] * (len(heard) + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        for j in range(len(heard) - 1, -1, -1):
            same = longest[i + 1][j + 1] + 1 if drawn[i] == heard[j] else 0
            longest[i][j] = max(same, longest[i + 1][j], longest[i][j + 1])
    found, i, j = set[int](), 0, 0
    while i < rows and j < len(heard):
        if drawn[i] == heard[j] and longest[i][j] == longest[i + 1][j + 1] + 1:
            found.add(i)
            i, j = i + 1, j + 1
        elif longest[i + 1][j] >= longest[i][j + 1]:
            i += 1
        else:
            j += 1
    return tuple(word for place, word in enumerate(drawn) if place not in found)


class _Listener:
    """Hears six words of one list; one thread at a time, others wait."""

    def __init__(self, among: Sequence[str]) -> None:
        self._lock = threading.Lock()
        self._recogniser = Recogniser(weight=_WEIGHT)
        self._words = {self._recogniser.name(word): word for word in among}
        self._stated = [self._recogniser.name(word) for word in STATEMENT.rstrip(".").split()]
        self._others = [self._recogniser.name_sound([phone]) for phone in TO_IPA]

    def hear(self, pcm: NDArray[np.int16], drawn: Sequence[str]) -> list[str]:
        with self._lock:
            wanted = [self._recogniser.name(word) for word in drawn]
            grammar = _grammar(self._stated, list(self._words), self._others, wanted)
            self._recogniser.follow(grammar, len(self._stated) + SIX)
            found = self._recogniser.hear_any(pcm) or ()
        # A pronunciation that is not a word's first comes with its number: 'tomato(2)'.
        names = (each.name.partition("(")[0] for each in found)
        return [self._words[name] for name in names if name in self._words]


@lru_cache(2)
def _listener(among: tuple[str, ...]) -> _Listener:
    return _Listener(among)


def _grammar(stated: Sequence[str], words: Sequence[str], others: Sequence[str], drawn: Sequence[str]) -> list[Arc]:
    """The statement, if it is said; then six words, of which some are preferred; and other sounds anywhere between."""
    begin = len(stated)
    arcs: list[Arc] = [(0, begin, 1 - _STATED)]
    arcs += [(place, place + 1, 1.0 if place else _STATED, name) for place, name in enumerate(stated)]
    for slot in range(SIX):
        wanted = drawn[slot] if slot < len(drawn) else ""
        usual = (math.exp(-_PREFERRED) if wanted else 1.0) / len(words)
        arcs += [(begin + slot, begin + slot + 1, _WANTED if name == wanted else usual, name) for name in words]
    arcs += [(0, 0, _BEFORE, name) for name in others]
    arcs += [(step, step, _OTHER, name) for step in range(begin, begin + SIX + 1) for name in others]
    return arcs
