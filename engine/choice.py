"""Which speaker says something where nobody has chosen one: the best for its language, by what engines declare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from engine.engine import Abilities, EngineError
from engine.speech import Speaker

FEW = 3
"""Up to how many languages of an engine's are named; more are counted."""


def primary(language: str) -> str:
    """Return the language alone of a BCP 47 tag: 'en' of 'en-gb'."""
    return language.partition("-")[0].lower()


class Choice:
    """The speakers of all open engines, ordered by how well they suit a language."""

    def __init__(
        self,
        speakers: Sequence[Speaker],
        abilities: Mapping[str, Abilities],
        failures: Mapping[str, EngineError | str] | None = None,
    ) -> None:
        """Take all speakers, each engine's best first, what the engines can do, and why other engines do not speak."""
        self._speakers = speakers
        self._abilities = abilities
        self._failures = failures or {}
        self._known = {(speaker.engine, speaker.key): speaker for speaker in speakers}
        self._best: dict[tuple[str, str], Speaker | None] = {}
        self._by_language: dict[str, list[Speaker]] = {}
        for speaker in speakers:
            for tag in dict.fromkeys(map(primary, _tags(speaker))):
                self._by_language.setdefault(tag, []).append(speaker)

    def best(self, language: str, engine: str = "") -> Speaker | None:
        """Return who speaks a language best; None where nobody does.

        A tag with a region goes to a speaker from there, one without to the engine that sounds best.

        Args:
            language: A BCP 47 tag, in upper or lower case.
            engine: Only speakers of this engine; empty for all.
        """
        bare, wanted = primary(language), language.lower()
        if bare not in self._by_language:
            return None
        if (wanted, engine) not in self._best:
            self._best[wanted, engine] = self._find(bare, wanted, engine)
        return self._best[wanted, engine]

    def _find(self, bare: str, wanted: str, engine: str) -> Speaker | None:
        found = [each for each in self._by_language.get(bare, ()) if engine in ("", each.engine)]
        near = [each for each in found if any(f"{tag}-".startswith(f"{wanted}-") for tag in _tags(each))]
        return min(near or found, key=lambda each: self._distance(each, wanted if near else bare), default=None)

    def any(self) -> Speaker | None:
        """Return the best speaker of the engine that sounds best, whatever it speaks."""
        return min(self._speakers, key=lambda speaker: -self._quality(speaker), default=None)

    def speaks(self, engine: str, key: str, own: str, language: str) -> bool:
        """Tell whether a speaker, with or without a variant, speaks a language, in whatever dialect.

        Args:
            engine: The speaker's engine.
            key: The speaker's key.
            own: What it speaks, as far as others know it, for a speaker that no engine has built in.
            language: The language, as a BCP 47 tag.
        """
        speaker = self._known.get((engine, key.partition("+")[0]))
        tags = _tags(speaker) if speaker else (own.lower(),)
        return primary(language) in map(primary, tags)

    def words(self) -> str:
        """Say who speaks what where nobody has chosen a voice, and why."""
        said: list[str] = []
        for name in sorted(self._abilities, key=lambda name: -self._abilities[name].quality):
            mine = [tag for tag in self._by_language if (best := self.best(tag)) and best.engine == name]
            if mine:
                strength = self._abilities[name].strength
                reason = f", for it {strength}" if strength else ""
                said.append(f"{name} for {self._named(mine, bool(said))}{reason}")
        return ". ".join(["; ".join(said), *map(str, self._failures.values())]) + "."

    def _named(self, languages: Iterable[str], others: bool) -> str:
        names = [best.name.partition(" (")[0] for tag in languages if (best := self.best(tag))]
        unique = list(dict.fromkeys(names))
        if len(unique) <= FEW:
            return " and ".join(unique)
        return f"{len(unique)} other languages" if others else f"{len(unique)} languages"

    def _distance(self, speaker: Speaker, wanted: str) -> tuple[bool, int, int]:
        """Tell how far a speaker is from what is wanted: a dialect of a region's, how good it sounds, how exact."""
        tags = _tags(speaker)
        exact = 0 if tags[0] == wanted else 1 if wanted in tags else 2
        return ("-" in wanted and exact == 2, -self._quality(speaker), exact)

    def _quality(self, speaker: Speaker) -> int:
        abilities = self._abilities.get(speaker.engine)
        return abilities.quality if abilities else 0


def _tags(speaker: Speaker) -> tuple[str, ...]:
    return (speaker.language.lower(), *speaker.also)
