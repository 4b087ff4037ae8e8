"""Taking a recording in: what it is, whether it may be taken, and its sound, decoded by a process that is shut in."""

from __future__ import annotations

import contextlib
import hashlib
import json
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING

from engine.engine import EngineError
from engine.intake import errors, wire
from engine.intake.containers import HEAD, Container, recognise
from engine.intake.errors import Empty, NotFinite, NotSound, NotTaken, TooBig, TooHeavy, Unreadable
from engine.intake.headers import check_header
from engine.intake.limits import MADE_RATE, USUAL, Limits
from engine.intake.process import Child
from engine.speech import Audio
from engine.value import value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_AT_MOST = 4
"""How many deadlines a process may take in all by the clock, as long as it yields sound: the machine may be busy."""


@value
class Received:
    """A recording as it may reach an engine: its sound, and what its file was."""

    audio: Audio
    """The sound, mono, finite, from -1 to 1, with 8,000 to 48,000 samples a second."""
    container: str
    """The kind of file, a key of `containers.CONTAINERS`."""
    codec: str
    """How the sound was packed in it, such as 'pcm_16' or 'opus'."""
    channels: int
    """How many there were in it."""
    rate: int
    """Samples a second in it, in Hz."""
    clipped: float
    """The share, from 0 to 1, of its samples that stood at full scale, before channels were mixed."""
    digest: str
    """The SHA-256 of the file's bytes, in hexadecimal."""


@value
class Cost:
    """What it took to look at a file."""

    seconds: float
    """By the clock, in seconds, with the start of the process."""
    cpu: float = 0.0
    """Of the processor, in seconds, for decoding alone; 0 where the process was ended before it could tell."""
    peak: int = 0
    """The most memory that the process had in use, in bytes; 0 where it could not tell."""
    ended: int = 0
    """How the process ended: 0 by itself, else as `subprocess` tells it, such as -11 for a crash."""


def receive(path: Path, limits: Limits = USUAL, *, told: Callable[[Cost], object] = bool) -> Received:
    """Take a recording in. It blocks for as long as it takes, at most some seconds.

    Nothing in this process looks at more than the first bytes of the file; all else is done by one that is shut in
    (`confinement`) and ends with it. No file or address that it names is opened.

    Args:
        path: The file; what it is called does not count.
        limits: How much of it is looked at.
        told: Is given what it cost, however it ends, where a process was started for it.

    Raises:
        NotTaken: It is not taken, and why, in a sentence for the person.
        EngineError: No process could be started, or what it needs is not installed.
        OSError: The file cannot be read.
    """
    with _opened(path, limits) as file:
        head = file.read(HEAD)
        container = recognise(head)
        check_header(container, head, limits)
        file.seek(0)
        digest = _digest(file)
        file.seek(0)
        heard = _Hearing(container, limits).hear(file, told)
    return Received(
        audio=Audio(samples=heard.samples(), rate=heard.made_rate),
        container=container.key,
        codec=heard.codec,
        channels=heard.channels,
        rate=heard.rate,
        clipped=heard.clipped,
        digest=digest,
    )


def attempts(folder: Path, limits: Limits = USUAL, *, filtered: bool = True) -> Mapping[str, str]:
    """Have a process that is shut in try what it must not, and tell by its name what stopped each (`probe.attempt`).

    Args:
        folder: Where it tries to make a file.
        limits: What it may take.
        filtered: Whether its system calls are filtered, where this system can.

    Raises:
        EngineError: The process could not be started, or did not answer.
    """
    with Child(["probe", _spelled(limits), "filtered" if filtered else "unfiltered", str(folder)], None) as child:
        for piece in wire.pieces(child.says):
            if piece.kind == wire.END:
                return {name: str(by) for name, by in piece.told().items()}
    raise EngineError("the process that reads recordings said nothing")


@contextmanager
def _opened(path: Path, limits: Limits) -> Iterator[IO[bytes]]:
    state = path.stat()
    if not stat.S_ISREG(state.st_mode):
        raise NotSound(what="no file")
    if state.st_size > limits.bytes:
        raise TooBig(size=f"{state.st_size / 1e6:.0f}", most=f"{limits.bytes / 1e6:.0f}")
    if not state.st_size:
        raise Empty
    with path.open("rb") as file:
        yield file


class _Hearing:
    """What a confined process says of a file, believed only as far as it can be checked."""

    def __init__(self, container: Container, limits: Limits) -> None:
        self._container = container
        self._limits = limits
        self._held = bytearray()
        self._last: wire.Told = {}
        self._refused: NotTaken | None = None
        self._finished = False
        self.codec = ""
        self.channels = self.rate = self.made_rate = 0
        self.clipped = 0.0

    def hear(self, file: IO[bytes], told: Callable[[Cost], object]) -> _Hearing:
        """Start a process on a file and listen to its end.

        Raises:
            NotTaken: The file is not taken.
            EngineError: The process could not be started.
        """
        began = time.monotonic()
        child = Child([self._container.key, _spelled(self._limits)], file)
        try:
            with child:
                self._listen(child)
        finally:
            seconds = time.monotonic() - began
            cpu, peak = (float(self._last.get(name, 0)) for name in ("cpu", "peak"))
            told(Cost(seconds=seconds, cpu=cpu, peak=int(peak), ended=child.ended))
        if not child.ready:
            raise EngineError(f"the process that reads recordings did not start ({child.ended})")
        if self._refused:
            raise self._refused
        if child.late:
            raise TooHeavy(name=self._container.name)
        if not self._finished:  # it crashed, or lied
            raise Unreadable(name=self._container.name)
        return self

    def samples(self) -> NDArray[np.float32]:
        """The sound, shape (n,), made softer as a whole where it goes beyond full scale.

        Raises:
            NotFinite: It holds what is no number.
        """
        import numpy as np

        samples = np.frombuffer(self._held, np.float32)
        peak = float(max(samples.max(), -samples.min()))
        if not np.isfinite(peak):
            raise NotFinite(name=self._container.name)
        if peak > 1:
            samples /= np.float32(peak)
            np.clip(samples, -1, 1, out=samples)
        return samples

    def _listen(self, child: Child) -> None:
        latest = 0.0
        with contextlib.suppress(wire.Garbled, KeyError, TypeError, ValueError):
            for piece in wire.pieces(child.says):
                if piece.kind == wire.READY and not child.ready:
                    child.ready = True
                    latest = time.monotonic() + _AT_MOST * self._limits.deadline
                elif piece.kind == wire.FACTS:
                    self._note(piece.told())
                elif piece.kind == wire.SAMPLES:
                    self._keep(piece.body)
                else:
                    return self._end(piece)
                child.within(min(self._limits.deadline, latest - time.monotonic()))
        return None

    def _note(self, told: wire.Told) -> None:
        self.codec = str(told["codec"])
        self.channels, self.rate, self.made_rate = (int(told[name]) for name in ("channels", "rate", "made_rate"))
        limits = self._limits
        plausible = 1 <= self.channels <= limits.channels and limits.least_rate <= self.rate <= limits.most_rate
        if not plausible or self.made_rate != min(self.rate, MADE_RATE):
            raise wire.Garbled

    def _keep(self, body: bytes) -> None:
        if not self.made_rate:
            raise wire.Garbled
        # soxr may round up.
        if len(self._held) + len(body) > 4 * (self._limits.seconds * self.made_rate + MADE_RATE):
            raise wire.Garbled
        self._held += body

    def _end(self, piece: wire.Piece) -> None:
        self._last = piece.told()
        if piece.kind == wire.REFUSAL:
            self._refused = self._refusal(self._last)
            return
        clipped = float(self._last["clipped"])
        if not self._held or len(self._held) % 4 or not 0 <= clipped <= 1:
            raise wire.Garbled
        self.clipped = clipped
        self._finished = True

    def _refusal(self, told: wire.Told) -> NotTaken:
        """Make the refusal that the process has named; of what it says for it, only short plain words come this far."""
        kind = getattr(errors, str(told.get("why")), None)
        if not (isinstance(kind, type) and issubclass(kind, NotTaken)):
            raise wire.Garbled
        facts = {name: fact for name, fact in told.items() if name not in ("why", "cpu", "peak")}
        return kind(**{**facts, "name": self._container.name} if "name" in facts else facts)


def _digest(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := file.read(wire.PIECE):
        digest.update(block)
    return digest.hexdigest()


def _spelled(limits: Limits) -> str:
    return json.dumps(asdict(limits))
