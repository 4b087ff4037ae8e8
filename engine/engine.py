"""What an engine is, and what it promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.discovery import classes
from engine.memory import free_bytes
from engine.speech import Audio, Enrolled, Part, Reference, Speaker, Utterance, Variant

Stopped = Callable[[int], bool]
"""Tells of a row of a batch, by its index, whether nobody waits for it any more."""
More = Callable[[int], Sequence[Utterance]]
"""Hands out utterances that have come meanwhile, at most as many as it is asked for; they become the next rows."""


class EngineError(Exception):
    """An engine could not do what it was asked; the message is for the log, not for the person."""


class EngineMissing(EngineError):
    """What the engine needs is not on this machine; the message says what to install."""


class OutOfMemory(EngineError):
    """There was too little memory for what the engine was asked; it is still good for less, or for later."""


class EngineLost(EngineError):
    """The engine is broken for good: it has to be opened anew, and what it was saying has to be said again."""


class EngineHung(EngineLost):
    """The engine gives no sign of life any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Abilities:
    """What an engine can do."""

    languages: frozenset[str]
    """The languages it speaks, as BCP 47 tags."""
    clones: bool
    """Whether it can speak in a voice that it learns from a recording."""
    timings: frozenset[str]
    """The kinds of Timing that it tells by itself."""
    pitch: bool
    """Whether it heeds `Utterance.pitch` by itself."""
    batch: int
    """The most utterances it takes at once."""
    joins: bool = False
    """Whether others may join a batch while it is being said, and each utterance comes whole as soon as it is there."""
    streams: bool = False
    """Whether an utterance that somebody listens to may be heard before it is whole; only of one whose batches others
    join."""
    passage: int = 0
    """Up to how many characters several sentences may come as one utterance; 0: each comes by itself."""
    licence: str
    """The licence of the engine and of its weights, as SPDX expressions."""
    version: str
    """Its version; a change of it means that the same text may sound different."""
    relearns: bool = False
    """Whether what it has learned holds for this version of it only, and has to be learned anew by another."""
    quality: int = 0
    """How good it sounds beside other engines, from 0 to 100: the best speaks where nobody has chosen a voice."""
    strength: str = ""
    """What speaks for it, as it goes on from 'it': 'sounds more like a person'."""


class Engine(ABC):
    """Turns utterances into audio. One thread calls all its methods, from `open` to `close`; `enroll` apart, maybe."""

    name: str
    """What it is called in settings, in `Utterance.engine` and in `Speaker.engine`."""
    home: Path | None = None
    """The folder in which it keeps what it has learned, set before `open`; None: it has nowhere to keep anything."""
    models: Path | None = None
    """The folder of the weights that several parts of Mynah use, set before `open`; None: there is none."""
    enrolls_apart: bool = False
    """Whether `enroll` may be called in another thread, while the engine's own goes on speaking."""
    heavy: bool = False
    """Whether it takes long to open and much memory: then it is opened behind what answers already, counts for the
    memory that engines may take, and is closed while nobody needs it."""
    converts: bool = False
    """Whether it speaks only as what it has learned, through another engine: it is open beside whichever is named."""
    patience: float = 60.0
    """For how many seconds it may neither yield nor ask anything before it counts as hung; to open, ten times that."""

    @classmethod
    def is_provided(cls, models: Path | None) -> bool:
        """Whether the host has brought what it needs besides packages; 'auto' leaves out one of which that is not so.

        Args:
            models: The folder of weights, if there is one.
        """
        return True

    @classmethod
    def bytes_needed(cls, models: Path | None) -> int:
        """Tell how much memory it is going to take, in bytes, as far as that is known before it is open.

        Args:
            models: The folder of weights, if there is one.
        """
        return 0

    @classmethod
    def foretell(cls, models: Path | None) -> Sequence[Speaker] | None:
        """List the speakers that it will have built in, where that can be told before it is open; None: it cannot.

        It may take seconds the first time. Any thread calls it.

        Args:
            models: The folder of weights, if there is one.

        Raises:
            EngineError: It cannot be opened at all; `open` will say the same.
        """
        return None

    @abstractmethod
    def open(self) -> None:
        """Import what is heavy, load weights and get ready.

        Raises:
            EngineMissing: Something it needs is not on this machine.
            OutOfMemory: There is too little memory for it now.
        """

    @abstractmethod
    def abilities(self) -> Abilities:
        """Tell what this open engine can do."""

    @abstractmethod
    def speakers(self) -> Sequence[Speaker]:
        """List the speakers that it has built in, each with a key of its own."""

    def variants(self) -> Sequence[Variant]:
        """List the other ways in which each of its speakers can sound; most engines have none."""
        return ()

    @abstractmethod
    def synthesize(self, batch: Sequence[Utterance], stopped: Stopped) -> Iterator[tuple[int, Audio]]:
        """Say the utterances of a batch.

        Yields pairs (row, chunk): the chunks of a row follow each other in time, and all have the same
        rate; rows may take turns. Timings count from the start of their row. The engine asks `stopped(row)`
        between chunks, at least once for every second of audio, and yields no more of a row that is stopped.

        Raises:
            EngineError: An utterance cannot be said; the others of its batch may have been.
            OutOfMemory: There was too little memory, which what is not Mynah's may say in its own way; less is tried.
            EngineLost: It cannot go on at all.
        """

    def synthesize_more(
        self, batch: Sequence[Utterance], stopped: Stopped, more: More
    ) -> Iterator[tuple[int, Audio | Part | EngineError]]:
        """Say a batch that others join, until nobody is left; only of an engine whose abilities have `joins`.

        Yields pairs (row, audio), each row once and whole, or (row, error) for an utterance that cannot be said, which
        does not trouble the others. Whenever it has room it asks `more` for utterances, which become the next rows.

        One that `streams` also yields (row, part) of an utterance that wants `parts`, where nobody else waited when it
        was begun: parts follow each other without a gap, and the whole that comes after them begins with their very
        samples. Others that come meanwhile change nothing about that.
        """
        raise NotImplementedError(f"nobody joins a batch of {self.name}")

    def enroll(self, reference: Reference, key: str, report: Callable[[float], None]) -> Enrolled:
        """Learn a speaker from somebody's speech, and keep it as `<home>/<key>.safetensors`.

        Args:
            reference: The speech.
            key: By which the speaker is known from now on: letters, digits, '-' and '_'.
            report: Told how much is done, from 0 to 1, every few seconds. What it raises must come out: nobody waits
                for the speaker any more.

        Raises:
            EngineMissing: Something that is needed to learn is not on this machine; the message says what to install.
            EngineError: The speaker cannot be learned, or this engine learns none; nothing is kept.
        """
        raise EngineError(f"{self.name} does not clone")

    @classmethod
    def check_learned(cls, file: Path) -> bool:
        """Look at a file that is said to be of a speaker that this engine has learned; anybody may have made it.

        The engine need not be open, and nothing of the file is run.

        Returns:
            Whether the engine can speak so; False where it takes no speakers but those that it has just learned.

        Raises:
            EngineError: It is no such file.
        """
        return False

    def bytes_held(self) -> int:
        """Tell how much memory this open engine takes, in bytes, where it lies; 0 where that is not worth counting."""
        return 0

    def bytes_free(self) -> int | None:
        """Tell how much memory is free where this open engine's weights lie, in bytes; None where nobody can tell."""
        return free_bytes()

    def make_room(self) -> bool:
        """Take less memory from now on, after it ran out: for fewer utterances at once, or without what it remembers.

        Returns:
            Whether anything was given back, so that it is worth another try.
        """
        return False

    def kill(self) -> None:
        """End it at once, whatever it does; any thread may, and it is not used again. Most cannot be ended."""
        return None

    @abstractmethod
    def close(self) -> None:
        """Let go of everything; the engine is not used again."""


def failing_last(said: Iterator[tuple[int, Audio | Part | EngineError]]) -> Iterator[tuple[int, Audio]]:
    """Yield what `synthesize_more` yields whole, as `synthesize` does: what failed is told after all that was said.

    Raises:
        EngineError: An utterance could not be said; the last of them, where there are several.
    """
    failed: EngineError | None = None
    for row, made in said:
        if isinstance(made, EngineError):
            failed = made
        elif isinstance(made, Audio):
            yield row, made
    if failed is not None:
        raise failed


def engines() -> dict[str, type[Engine]]:
    """Every engine that the folder or a plugin brings, by name."""
    found = classes(Engine, "engine", "_engine")  # type: ignore[type-abstract]  # only subclasses of it are returned
    return {engine.name: engine for engine in found}
