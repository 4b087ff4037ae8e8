"""The studio: utterances in, audio in the job's spool out, and nothing else."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import TypeVar

from commands.core.errors import Failed
from engine.audio import BadAudio, check
from engine.router import Router
from engine.speech import Audio, Utterance
from engine.spool import Spool, Take

T = TypeVar("T")

log = logging.getLogger("mynah.studio")

IN_FLIGHT = 2
"""How many sentences of a job wait for the engine at once: so that it need not wait for the disk."""
_EXCERPT = 60


class Unsayable(Failed):
    """That voice made nothing fit to be heard of "{words}". Nothing was charged; try another voice or other words."""


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
    ) -> None:
        """Take the engines and the folder for spools, whose work this is, and whom to tell how far it has come."""
        self._router = router
        self._folder = folder
        self._job = job
        self._attempt = attempt
        self._lane = lane
        self._user = user
        self._report = report
        self._part = 0
        self.takes: dict[str, Take] = {}
        """What was said in this attempt, by the path of its file."""

    async def say(self, utterances: Sequence[Utterance]) -> Take:
        """Say them one after another into the job's spool, going on where an earlier attempt came to.

        Raises:
            Unsayable: An engine made unusable sound of an utterance, twice.
            EngineError: An engine could not.
            OSError: The spool cannot be written.
        """
        part, self._part = self._part, self._part + 1

        def open() -> Spool:
            fingerprint = self._fingerprint(utterances)
            return Spool.open(
                self._folder,
                job=self._job,
                attempt=self._attempt,
                part=part,
                fingerprint=fingerprint,
                fresh=self._attempt == 1,
            )

        reel = _Reel(open)
        try:
            take = await self._fill(reel, utterances)
        finally:
            reel.close()
        self.takes[str(take.path)] = take
        return take

    async def _fill(self, reel: _Reel, utterances: Sequence[Utterance]) -> Take:
        # A first attempt has nothing to go on with: it need not wait for the disk before it speaks.
        done = await _off_loop(reel.load) if self._attempt > 1 else 0
        total = sum(len(utterance.text) for utterance in utterances)
        said = sum(len(utterance.text) for utterance in utterances[:done])
        if said:
            self._report(said / total)
        left = utterances[done:]
        take: Take | None = None
        async with aclosing(self._in_order(left)) as sounds:
            async for utterance, audio in sounds:
                take = await _off_loop(partial(reel.add, audio, last=utterance is left[-1]))
                said += len(utterance.text)
                self._report(said / total)
        return take or await _off_loop(reel.finish)

    async def _in_order(self, utterances: Sequence[Utterance]) -> AsyncGenerator[tuple[Utterance, Audio], None]:
        """Yield the utterances with their sound; a few more than the one that is waited for are under way."""
        under_way: deque[asyncio.Task[Audio]] = deque()
        ahead = iter(utterances)
        try:
            for utterance in utterances:
                while len(under_way) < IN_FLIGHT and (coming := next(ahead, None)):
                    under_way.append(asyncio.create_task(self._sound(coming)))
                yield utterance, await under_way.popleft()
        finally:
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def _sound(self, utterance: Utterance) -> Audio:
        """Say one utterance; once more where its sound is not fit to be heard."""
        for _ in range(2):
            try:
                audio = await self._router.say(utterance, lane=self._lane, user=self._user)
                check(audio, utterance.text)
                return audio
            except BadAudio as error:
                log.warning("job %d: %s made %s", self._job, utterance.speaker, error)
        text = utterance.text
        raise Unsayable(words=text if len(text) <= _EXCERPT else text[: _EXCERPT - 1] + "…")

    def _fingerprint(self, utterances: Sequence[Utterance]) -> str:
        """Of all that the sound depends on."""
        digest = hashlib.sha256()
        abilities = self._router.abilities
        for name in sorted({u.engine for u in utterances} & abilities.keys()):
            digest.update(f"{name}\0{abilities[name].version}\0".encode())
        for u in utterances:
            digest.update(f"{u.text}\0{u.engine}\0{u.speaker}\0{u.speed}\0".encode("utf-8", "surrogatepass"))
        return digest.hexdigest()


class _Reel:
    """A spool that is opened when there is something to put on it. Every method works on disk."""

    def __init__(self, open: Callable[[], Spool]) -> None:
        self._open = open
        self._spool: Spool | None = None

    def load(self) -> int:
        """Open it, and tell how many sentences an earlier attempt has left on it."""
        self._spool = self._open()
        return self._spool.done

    def add(self, audio: Audio, last: bool) -> Take | None:
        """Put a sentence on it; with the last one it is finished in the same go."""
        if self._spool is None:
            self._spool = self._open()
        self._spool.append(audio)
        return self._spool.finish() if last else None

    def finish(self) -> Take:
        """Make the file of it."""
        if self._spool is None:
            self._spool = self._open()
        return self._spool.finish()

    def close(self) -> None:
        """Let go of it; a later attempt can go on with it."""
        if self._spool is not None:
            self._spool.close()


async def _off_loop(work: Callable[[], T]) -> T:
    """Do work in a thread. Who is cancelled meanwhile goes when it is done: nobody else may touch its files before."""
    working = asyncio.get_running_loop().run_in_executor(None, work)
    cancelled = False
    while not working.done():
        try:
            await asyncio.wait([working])
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        working.exception()
        raise asyncio.CancelledError
    return working.result()
