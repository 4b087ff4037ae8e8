"""The studio: lines to say in, one file of sound out, and nothing else."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from commands.core.errors import Failed
from commands.core.hearing import Hearing
from commands.core.threads import off_loop
from engine import spool, take
from engine.audio import BadAudio, Sound, check
from engine.engine_thread import Hear
from engine.fingerprint import Fingerprinter
from engine.loudness import CALIBRATION, gain, loudness
from engine.mastering import PLAIN, Line, Mix, master
from engine.residency import EngineNotLoaded
from engine.router import Router
from engine.speech import Audio, Format, Utterance
from engine.spool import Spool
from engine.take import Take, Target
from engine.tap import Tap
from engine.worker import EngineClosed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

T = TypeVar("T")

log = logging.getLogger("mynah.studio")

IN_FLIGHT = 2
"""How many sentences of a job wait for the engine at once: so that it need not wait for the disk."""
HOLD = 0.5
"""Seconds of work that a kill may cost: what was said in them may not be on disk yet."""
HOLD_SOUND = 30.0
"""The most seconds of sound that are held in memory before they go to the disk."""
NOTED = 1.0
"""How often it is said what is waited for, in seconds: who looks later wants to know it too."""
_EXCERPT = 60


class Unsayable(Failed):
    """That voice made nothing fit to be heard of "{words}". Nothing was charged; try another voice or other words."""


class EngineNotThere(Failed):
    """{engine}, which speaks that voice, is not there: {why}. Nothing was charged; choose another voice, or wait."""


class Studio:
    """Says what one attempt at a job has to say."""

    def __init__(
        self,
        router: Router,
        folder: Path,
        *,
        job: int,
        attempt: int,
        lane: int,
        user: int,
        report: Callable[[float], None],
        hold: float = HOLD,
        tap: Tap | None = None,
        note: Callable[[str], None] = lambda words: None,
    ) -> None:
        """Take the engines and the folder for spools, whose work this is, and whom to tell how far it has come.

        `hold` is how many seconds of work a kill may cost. Through `tap` the first take is heard while it is said.
        `note` tells those who wait what they wait for, in a few words.
        """
        self._router = router
        self._folder = folder
        self._job = job
        self._attempt = attempt
        self._lane = lane
        self._user = user
        self._report = report
        self._note = note
        self._hold = hold if tap is None else 0.0  # who listens hears what is on the spool
        self._tap = tap
        self._part = 0
        self.takes: dict[str, Take] = {}
        """What was said in this attempt, by the path of its file."""

    @property
    def is_heard(self) -> bool:
        """Whether somebody listens while it is said."""
        return self._tap is not None

    async def wait_for(self, engine: str) -> bool:
        """Wait until an engine is loaded, and tell whether that was needed.

        Raises:
            EngineNotThere: It cannot be loaded.
        """
        if self._router.is_there(engine):
            return False
        loading = asyncio.create_task(self._router.load(engine))
        try:
            while not loading.done():
                self._note(f"{engine} is being loaded")
                await asyncio.wait([loading], timeout=NOTED)
            await loading
        except EngineNotLoaded as error:
            raise EngineNotThere(engine=engine, why=str(error)) from error
        finally:
            loading.cancel()
        return True

    async def say(self, script: Sequence[Line], mix: Mix = PLAIN, target: Target | None = None) -> Take:
        """Say lines one after another into one file, going on where an earlier attempt came to.

        Raises:
            Unsayable: An engine made unusable sound of a line, twice.
            EngineError: An engine could not.
            OSError: The sound cannot be written.
        """
        part, self._part = self._part, self._part + 1

        def open() -> Spool:
            fingerprint = self._fingerprint(script, mix)
            return Spool.open(
                self._folder,
                job=self._job,
                attempt=self._attempt,
                part=part,
                fingerprint=fingerprint,
                fresh=self._attempt == 1,
            )

        path = spool.wave_path(self._folder, self._job, self._attempt, part)
        finish = partial(_mastered, mix=mix)
        reel = _Reel(open, path, self._hold, finish, target or Target())
        try:
            take = await self._fill(reel, script, mix, self._tap if part == 0 else None)
        finally:
            reel.close()
        self.takes[str(take.path)] = take
        return take

    async def measure(self, engine: str, speaker: str) -> float:
        """Return how many times as loud a speaker has to be made, by what it sounds like when it counts.

        Raises:
            EngineError: The engine could not.
        """
        utterance = Utterance(text=CALIBRATION, engine=engine, speaker=speaker)
        audio = await self._say(utterance)
        return await off_loop(lambda: gain(loudness(audio.samples, audio.rate)))

    async def _fill(self, reel: _Reel, script: Sequence[Line], mix: Mix, tap: Tap | None) -> Take:
        # A first attempt has nothing to go on with: it need not wait for the disk before it speaks.
        done = await off_loop(reel.load) if self._attempt > 1 else 0
        if tap and done:
            await reel.let_hear(tap)
        total = sum(len(line.utterance.text) for line in script)
        said = sum(len(line.utterance.text) for line in script[:done])
        if said:
            self._report(said / total)
        scores: list[float] = []
        retaken = 0
        hearing = self._hearing(script[0], mix, tap) if tap and script and not done else None
        async with aclosing(self._in_order(script[done:], hearing)) as said_lines:
            async for held in said_lines:
                tap = None if tap and tap.broken else tap
                reel.hold(held)
                if held.audio.score is not None:
                    scores.append(held.audio.score)
                    retaken += held.audio.takes > 1
                if reel.due:
                    await (reel.let_hear(tap) if tap else off_loop(reel.flush))
                said += len(held.line.utterance.text)
                self._report(said / total)
        if tap:
            tap.end()
        take = await off_loop(reel.finish, reel.stop)
        return replace(take, score=min(scores), retaken=retaken) if scores else take

    def _hearing(self, line: Line, mix: Mix, tap: Tap) -> Hearing | None:
        """Return what lets a listener hear the first line before it is whole, where that can be.

        In a later attempt too, by whatever engine, where they have heard some of it: it has to go on as it began.
        """
        engine = self._router.abilities.get(line.utterance.engine)
        wanted = tap.samples or (engine is not None and engine.streams)
        return Hearing(tap, line, mix) if wanted and not mix.semitones else None

    async def _in_order(self, script: Sequence[Line], hearing: Hearing | None) -> AsyncGenerator[_Said, None]:
        """Yield the lines with their sound; a few more than the one that is waited for are under way.

        Where somebody hears the first before it is whole, the others do not get in its way until they hear something.
        """
        if len(script) == 1:
            yield await self._sound(script[0], hearing)
            return
        under_way: deque[asyncio.Task[_Said]] = deque()
        ahead = iter(script)
        try:
            for _ in script:
                while len(under_way) < IN_FLIGHT and (coming := next(ahead, None)):
                    under_way.append(asyncio.create_task(self._sound(coming, hearing)))
                    if hearing is not None:
                        await hearing.begun(under_way[0])
                        hearing = None
                yield await under_way.popleft()
        finally:
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def _sound(self, line: Line, hearing: Hearing | None) -> _Said:
        """Say one line; once more where its sound is not fit to be heard."""
        utterance = line.utterance
        for _ in range(2):
            try:
                audio = await self._say(utterance, hearing.hear if hearing else None)
                check(audio, utterance.text)
                return _Said(line, audio, hearing.end(audio) if hearing else None)
            except BadAudio as error:
                log.warning("job %d: %s made %s", self._job, utterance.speaker, error)
        text = utterance.text
        raise Unsayable(words=text if len(text) <= _EXCERPT else text[: _EXCERPT - 1] + "…")

    async def _say(self, utterance: Utterance, hear: Hear | None = None) -> Audio:
        try:
            return await self._router.say(utterance, lane=self._lane, user=self._user, hear=hear)
        except (EngineNotLoaded, EngineClosed) as error:
            raise EngineNotThere(engine=utterance.engine, why=str(error)) from error

    def _fingerprint(self, script: Sequence[Line], mix: Mix) -> str:
        """Of all that the sound depends on."""
        digest = hashlib.sha256()
        abilities = self._router.abilities
        for name in sorted({line.utterance.engine for line in script} & abilities.keys()):
            digest.update(f"{name}\0{abilities[name].version}\0".encode())
        digest.update(f"{mix.gain}\0{mix.semitones}\0{sorted(mix.kinds)}\0{mix.language}\0".encode())
        for line in script:
            u, written = line.utterance, line.sentence.written if line.sentence else ""
            said = f"{u.text}\0{written}\0{u.engine}\0{u.speaker}\0{u.speed}\0{u.pitch}\0"
            digest.update(f"{said}{line.before}\0{line.after}\0".encode("utf-8", "surrogatepass"))
        return digest.hexdigest()


class _Said(NamedTuple):
    """A line that was said."""

    line: Line
    audio: Audio
    heard: NDArray[np.int16] | None = None
    """What somebody has heard of its beginning, as it goes into the file, shape (n,)."""


Master = Callable[[_Said], Sound]
"""What makes of a line that was said what goes into the file."""


class _Reel:
    """What was said and is not on disk yet, and the spool that it goes to.

    Sentences are held for a moment: to write each by itself costs more than a fast engine takes to say it again, and
    what is all said within that moment needs no spool at all. A slow engine's go to the disk one by one.
    """

    def __init__(self, open: Callable[[], Spool], path: Path, hold: float, master: Master, target: Target) -> None:
        """`open` opens the spool when there is need of one; `path` is the file of a take that has none."""
        self._open = open
        self._path = path
        self._hold = hold
        self._master = master
        self._target = target
        self._spool: Spool | None = None
        self._told = 0
        """How many samples of the spool a listener was told of."""
        self._fingerprinter = None if target.format is Format.WAV else Fingerprinter()
        self._held: list[_Said] = []
        self._since = time.monotonic()
        self._stopped = threading.Event()

    def load(self) -> int:
        """Open the spool, and tell how many sentences an earlier attempt has left on it. Works on disk."""
        self._spool = self._open()
        if self._fingerprinter:
            for block in self._spool.blocks():
                self._fingerprinter.feed(block, self._spool.rate)
        return self._spool.done

    def hold(self, said: _Said) -> None:
        """Take the next line."""
        self._held.append(said)

    @property
    def due(self) -> bool:
        """Whether what is held ought to go to the disk now."""
        held = sum(said.audio.seconds for said in self._held)
        return held > HOLD_SOUND or time.monotonic() - self._since >= self._hold

    def flush(self) -> None:
        """Put what is held on the spool. Works on disk."""
        if self._spool is None:
            self._spool = self._open()
        for said in self._held:
            self._spool.append(self._finished(said))
        self._held.clear()
        self._since = time.monotonic()

    async def let_hear(self, tap: Tap) -> None:
        """Put what is held on the spool, and let a listener hear that; what was heard before has to be the same."""
        await off_loop(self.flush)
        assert self._spool is not None
        blocks = self._spool.blocks(self._told)
        while (block := await off_loop(partial(next, blocks, None))) is not None:
            tap.put(self._told, block, self._spool.rate)
            self._told += len(block)

    def finish(self) -> Take:
        """Make the file of it all. Works on disk."""
        if self._spool is None and self._held:
            made = take.write(self._path, [self._finished(said) for said in self._held], self._target)
        else:
            self.flush()
            assert self._spool is not None
            made = self._spool.finish(self._target, self._stopped.is_set)
        return replace(made, known_by=self._fingerprinter) if self._fingerprinter else made

    def _finished(self, said: _Said) -> Sound:
        """Master a line; the sound of it is known again if somebody gives it as a recording."""
        sound = self._master(said)
        if self._fingerprinter:
            self._fingerprinter.feed(sound.pcm, sound.rate)
        return sound

    def stop(self) -> None:
        """Have `finish` end soon, without a file: nobody waits for it any more."""
        self._stopped.set()

    def close(self) -> None:
        """Let go of it; a later attempt can go on with what is on the spool."""
        if self._spool is not None:
            self._spool.close()


def _mastered(said: _Said, mix: Mix) -> Sound:
    sound = master(said.audio, said.line, mix)
    if said.heard is None:
        return sound
    import numpy as np

    # What was said anew may differ from what was heard by what is rounded; the file has what was heard.
    heard = said.heard[: len(sound.pcm)]
    return replace(sound, pcm=np.concatenate((heard, sound.pcm[len(heard) :])))
