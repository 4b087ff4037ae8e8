"""Fitting: files that are too large for a chat become smaller ones, by a ladder, and are gone when they are sent.

The rungs: as it was asked for; as one smaller file; in parts, cut between sentences; a link to it. What is computed to
be too large for a rung is not tried there, and what outgrows it is given up at once.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import shutil
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from bot.uncut import uncut
from commands.core.reply import FileRef
from commands.core.threads import off_loop
from commands.core.words import NAME_LIMIT, size
from engine.encoding import nearest
from engine.engine import EngineError
from engine.recode import Original, Pause, Recoded, bit_rate, choose_cuts, pauses, split
from engine.speech import Format
from engine.take import Stopped, Target
from engine.value import value

T = TypeVar("T")

log = logging.getLogger("mynah.fitting")

MOST_PARTS = 10
"""The most parts that a sound is sent in: as many files as a Discord message carries, and as anybody puts up with."""

_LABELS = {"wav": "WAV", "mp3": "MP3", "flac": "FLAC", "ogg-opus": "Opus", "m4a": "M4A"}
"""What people call the kinds of file."""
_SMALLER = {
    # Every chat plays MP3 on every device, with its title; some phones do not play Ogg. So Opus comes after it, where
    # it takes that to make a sound fit: made with more work, it has little more than half the size.
    Format.WAV: (Format.MP3, Format.OPUS),
    Format.FLAC: (Format.MP3, Format.OPUS),
    Format.M4A: (Format.MP3, Format.OPUS),
    Format.MP3: (Format.OPUS,),
    # What was made quickly is a quarter smaller when it is made with more work.
    Format.OPUS: (Format.OPUS,),
}
"""What a kind of file is made, one after another, where it is too large."""
_LEAST_SHARE = {Format.MP3: 1.0, Format.OPUS: 0.75}
"""How small such a file may come out beside its bit rate: Opus spends little on pauses."""
_MOST_SHARE = {Format.MP3: 1.01, Format.OPUS: 1.06}
"""How large speech makes it beside its bit rate, with what the container adds: 1.05 at most was seen of Opus."""
_GAIN = 1.1
"""How large an Opus file must be, beside what it is to become, to be made anew: else it was made with care before."""
_HEAD = 2_000
"""How many bytes tags and headers may take."""
_TRIES = 3
"""How often parts are cut: those that come out larger than they were thought are cut shorter."""
_SHORTER = 0.85
"""By how much."""
_MISSING = 0.25
"""How many seconds may be missing of what is known of a sound's length."""
_COARSE = 2.0
"""How many seconds the times of files may be off."""
_PREFIX = "fitting-"
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]")


@value
class Fitted:
    """What goes into a chat in place of files of which some are too large for it."""

    files: tuple[FileRef, ...]
    """Those that can go, in the order in which they are sent; what was made for it has the id 0."""
    words: str = ""
    """What has changed or cannot go, and why, for the person; empty where all goes as it is."""
    left: tuple[FileRef, ...] = ()
    """Those that cannot go, in whatever form."""


class Fitting:
    """Makes files fit, one delivery after another: it is done while others wait for speech."""

    def __init__(self, folder: Path, link: Callable[[FileRef], str] | None = None) -> None:
        """Use a folder for temporary files; it is made when needed, and cleared then of what an earlier run left.

        `link` gives the words of a link to a file that cannot be made to fit; '' where there can be none.
        """
        self._folder = folder
        self._link = link or (lambda file: "")
        self._turn = asyncio.Semaphore(1)
        self._since = time.time()
        self._cleared = False

    @asynccontextmanager
    async def fit(self, files: Sequence[FileRef], *, limit: int, key: str) -> AsyncIterator[Fitted]:
        """Have files that fit, as long as the block lasts; nothing is made where all of them do.

        Args:
            files: What is to be sent, with whole paths.
            limit: The largest file that the chat takes, in bytes.
            key: Which delivery this is, for the names of temporary files.

        Raises:
            OSError: There is no room for temporary files.
        """
        if all(file.bytes <= limit for file in files):
            yield Fitted(files=tuple(files))
            return
        folder = self._folder / f"{_PREFIX}{_UNSAFE.sub('_', key)}-{secrets.token_hex(4)}"
        stop = threading.Event()
        try:
            async with self._turn:
                fitted = await off_loop(partial(self._make, files, limit, folder, stop.is_set), stop.set)
            yield fitted
        finally:
            await uncut(asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True))

    def _make(self, files: Sequence[FileRef], limit: int, folder: Path, stopped: Callable[[], bool]) -> Fitted:
        if not self._cleared:
            self._clear()
        folder.mkdir(mode=0o700, parents=True)
        large = [file for file in files if file.bytes > limit]
        sent: list[FileRef] = []
        left: list[FileRef] = []
        words: list[str] = []
        for number, file in enumerate(files):
            if file.bytes <= limit:
                sent.append(file)
                continue
            made = _Ladder(file, limit, folder / str(number), stopped).climb()
            sent.extend(made)
            if not made:
                left.append(file)
            words.append(_words(file, made, limit, alone=len(large) == 1))
            if not made and (link := self._link(file)):
                words.append(link)
        return Fitted(files=tuple(sent), words=" ".join(words), left=tuple(left))

    def _clear(self) -> None:
        """Remove what a run that was killed has left; what is younger than this one may be in use."""
        with suppress(OSError):
            for entry in self._folder.glob(f"{_PREFIX}*"):
                if entry.stat().st_mtime < self._since - _COARSE:
                    shutil.rmtree(entry, ignore_errors=True)
        self._cleared = True


class _Ladder:
    """The rungs for one sound. Everything works on disk, in a thread."""

    def __init__(self, file: FileRef, limit: int, folder: Path, stopped: Callable[[], bool]) -> None:
        self._file = file
        self._path = Path(file.path)
        self._limit = limit
        self._folder = folder
        self._stopped = stopped

    def climb(self) -> list[FileRef]:
        """Make files that fit; none where that cannot be.

        Raises:
            Stopped: Nobody waits for them any more.
        """
        if self._file.format not in _LABELS:
            return []
        self._folder.mkdir()
        try:
            with Original(self._path) as original:
                rate, seconds = original.made_rate, original.seconds
            if seconds < (self._file.seconds or 0.0) - _MISSING:
                raise EngineError(f"{self._path.name} has {seconds:.1f} s of {self._file.seconds:.1f}")
            return self._whole(rate, seconds) or self._parts(rate, seconds)
        except (EngineError, OSError) as error:
            log.warning("%s cannot be made smaller: %s", self._path, error)
            return []

    def _whole(self, rate: int, seconds: float) -> list[FileRef]:
        for format in _SMALLER[Format(self._file.format)]:
            intended = _bytes_a_second(format, rate)
            if intended * _LEAST_SHARE[format] * seconds > self._limit:
                continue
            if format == self._file.format and self._file.bytes < _GAIN * intended * seconds:
                continue
            if made := self._write(format, []):
                return made
        return []

    def _rests(self) -> list[Pause]:
        """Where it can be cut: where it is known that a sentence ends, else where it rests."""
        known = [Pause(begin=end - 0.5, end=end + 0.5) for end in self._file.ends[:-1]]
        return known or pauses(self._path, self._stopped)

    def _parts(self, rate: int, seconds: float) -> list[FileRef]:
        """Cut it: into the kind that needs the fewest parts, and where that is even, into the one that plays best."""
        kinds = (Format.OPUS,) if self._file.format == Format.OPUS else (Format.MP3, Format.OPUS)
        room = max(0, self._limit - _HEAD)
        lasts = {each: room / (_bytes_a_second(each, rate) * _MOST_SHARE[each]) for each in kinds}
        rests: list[Pause] | None = None
        for _ in range(_TRIES):
            able = [each for each in kinds if lasts[each] * MOST_PARTS >= seconds]
            if not able:
                break
            if rests is None:
                rests = self._rests()
            chosen = {each: choose_cuts(rests, seconds, lasts[each], most=MOST_PARTS) for each in able}
            format = min(chosen, key=lambda each: len(chosen[each]))
            if len(chosen[format]) >= MOST_PARTS:
                break
            if made := self._write(format, chosen[format]):
                return made
            lasts[format] *= _SHORTER
        return []

    def _write(self, format: Format, places: Sequence[float]) -> list[FileRef]:
        """Make one file, or as many as there are cuts and one; none where any outgrows the chat."""
        to = [self._folder / f"{number}.{format.suffix}" for number in range(len(places) + 1)]

        def in_vain() -> bool:
            return self._stopped() or any(each.exists() and each.stat().st_size > self._limit for each in to)

        target = Target(format=format, thorough=True)
        try:
            made = split(self._path, to, target, cuts=places, stopped=in_vain)
        except Stopped:
            if self._stopped():
                raise
            return []
        if any(part.bytes > self._limit for part in made):
            for each in to:
                each.unlink()
            return []
        return [self._named(part, format, number, len(made)) for number, part in enumerate(made, 1)]

    def _named(self, part: Recoded, format: Format, number: int, count: int) -> FileRef:
        stem = self._file.name.rpartition(".")[0] or self._file.name
        end = (f"-{number}-of-{count}" if count > 1 else "") + f".{format.suffix}"
        return replace(
            self._file,
            id=0,
            name=stem[: NAME_LIMIT - len(end)] + end,
            path=str(part.path),
            format=format.value,
            bytes=part.bytes,
            seconds=part.seconds,
            answers="",
        )


def _bytes_a_second(format: Format, rate: int) -> float:
    return bit_rate(format, nearest(format, rate), thorough=True) / 8


def _words(file: FileRef, made: Sequence[FileRef], limit: int, *, alone: bool) -> str:
    sizes = (size(file.bytes), size(limit))
    if sizes[0] == sizes[1]:
        sizes = (f"{file.bytes:,} bytes", f"{limit:,}")
    amount = f"({sizes[0]}; {sizes[1]} is the most)"
    if not made:
        tried = ", and cannot be made small enough" if file.format in _LABELS else ""
        return f"{file.name} is too large for this chat {amount}{tried}."
    what = file.name
    if alone:
        what = "As a voice message it" if file.voice else f"As {_LABELS[file.format]} it"
    ways = []
    if made[0].format != file.format:
        ways.append(f"as {_LABELS[made[0].format]}")
    if len(made) > 1:
        ways.append(f"in {len(made)} parts")
    return f"{what} is too large for this chat {amount}, so it comes {' '.join(ways) or 'as a smaller file'}."
