"""The base voices: whose speech is converted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.audio import join
from engine.conversion.features import RATE
from engine.engine import Engine, EngineError, EngineMissing
from engine.espeak_engine import EspeakEngine
from engine.flite_engine import FliteEngine
from engine.speech import Audio, Utterance
from engine.value import value

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

ESPEAK_VARIANTS = ("f5", "f2", "adam", "m3")
"""The ways of espeak to speak a language that are tried besides its own: those that a recogniser understands best."""


@value
class Base:
    """A base voice."""

    engine: str
    """The engine that has it, by name."""
    speaker: str
    """Its key there."""

    @property
    def key(self) -> str:
        """Both in one word: 'flite:slt'."""
        return f"{self.engine}:{self.speaker}"

    @classmethod
    def of_key(cls, key: str) -> Base:
        """Read a key."""
        engine, _, speaker = key.partition(":")
        return cls(engine=engine, speaker=speaker)


class Bases:
    """The engines whose voices are converted, open; one thread at a time uses them."""

    def __init__(self) -> None:
        """Open those that are there.

        Raises:
            EngineMissing: None is.
        """
        self._engines: dict[str, Engine] = {}
        missing: list[EngineMissing] = []
        for engine in (FliteEngine(), EspeakEngine()):
            try:
                engine.open()
            except EngineMissing as error:
                missing.append(error)
            else:
                self._engines[engine.name] = engine
        if not self._engines:
            raise missing[-1]

    @property
    def engines(self) -> Collection[Engine]:
        """Those that are there."""
        return self._engines.values()

    @property
    def languages(self) -> frozenset[str]:
        """What any of them speaks, as BCP 47 tags."""
        return frozenset(tag for engine in self.engines for tag in engine.abilities().languages)

    @property
    def version(self) -> str:
        """The versions of all of them in one line; a change means that the same text may sound different."""
        return ", ".join(f"{name} {engine.abilities().version}" for name, engine in self._engines.items())

    def of_language(self, language: str) -> list[Base]:
        """List the base voices of a language, a BCP 47 tag: flite's where it has any, for they are understood better.

        Raises:
            EngineError: None speaks it.
        """
        wanted = language.lower()
        bare = wanted.partition("-")[0]
        for engine in self.engines:
            spoken = [
                each for each in engine.speakers() if _bare(each.language) == bare or bare in map(_bare, each.also)
            ]
            if engine.name == FliteEngine.name and spoken:
                return [Base(engine=engine.name, speaker=each.key) for each in spoken]
            if spoken:
                near = [each for each in spoken if wanted in (each.language.lower(), *each.also)]
                key = (near or spoken)[0].key
                return [Base(engine=engine.name, speaker=f"{key}+{way}") for way in ESPEAK_VARIANTS] + [
                    Base(engine=engine.name, speaker=key)
                ]
        raise EngineError(f"there is no voice of {language!r} to convert")

    def say(self, base: Base, text: str, *, speed: float = 1.0, stopped: Callable[[], bool] = lambda: False) -> Audio:
        """Say something in a base voice, at RATE; no samples where it was stopped, or says nothing.

        Args:
            base: Who says it.
            text: A sentence, ready to be read aloud.
            speed: Pace; 1 is the voice's own.
            stopped: Asked at least once for every second of sound; once it is true, the rest is not made.

        Raises:
            EngineMissing: The engine is not on this machine any more.
            EngineError: It cannot be said.
        """
        import numpy as np

        engine = self._engines.get(base.engine)
        if engine is None:
            raise EngineMissing(f"this voice is made of one of {base.engine}'s, and {base.engine} is not installed")
        utterance = Utterance(text=text, engine=base.engine, speaker=base.speaker, speed=speed)
        chunks = [chunk for _, chunk in engine.synthesize([utterance], lambda row: stopped())]
        if not chunks or stopped():
            return Audio(samples=np.zeros(0, np.float32), rate=RATE)
        audio = join(chunks)
        if audio.rate == RATE:
            return audio
        import soxr  # type: ignore[import-untyped]  # it has no types

        return Audio(samples=soxr.resample(audio.samples, audio.rate, RATE), rate=RATE, timings=audio.timings)


def _bare(tag: str) -> str:
    return tag.lower().partition("-")[0]
