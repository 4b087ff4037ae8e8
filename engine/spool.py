"""The spool of a job: each sentence that was said, kept on disk at once, so that a crash costs one sentence at most.

A spool is two files, named by job and attempt (and, from a job's second take on, by its number).
`<job>-<attempt>.wav` is a WAV file that grows; `.index` has a line for every sentence in it: a checksum of the line,
then, as JSON, the sentence's size and checksum, its rate, its peak and its timings. The sound is written before its
line. What a crash tore off has no line, or one whose checksum is wrong, and is dropped when a later attempt goes on:
it finds whole sentences, or nothing.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from io import BytesIO, FileIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from engine.audio import HEADER_BYTES, SAMPLE_BYTES, WAV_DATA_LIMIT, Sound, wav_header
from engine.encoding import Tags, info_chunk
from engine.engine import EngineError
from engine.speech import Format, Timing, TimingKind
from engine.take import MADE, Take, Target, encode, seal, thinned

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BLOCK = 1 << 20
"""How many bytes of sound are encoded at once."""
_FORMAT = 1
"""What the lines of an index look like; a spool of another format is thrown away."""
_NAME = re.compile(r"(?P<job>\d+)-(?P<attempt>\d+)(?:-(?P<part>\d+))?\.(?:wav|index|take)")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sentence:
    """A line of the index."""

    bytes: int
    """The size of its sound, in bytes."""
    crc: int
    """The CRC-32 of its sound."""
    rate: int
    peak: float
    timings: list[tuple[TimingKind, str, int, int]]
    """Kind, text, start and end of each; in milliseconds from the start of the sentence."""


@dataclass(kw_only=True, slots=True)
class _Extent:
    """How far the whole sentences of a spool reach."""

    done: int = 0
    rate: int = 0
    peak: float = 0.0
    wave_end: int = HEADER_BYTES
    """Where the next sentence's sound goes in its file, in bytes."""
    ends: list[int] = field(default_factory=list)
    """Where each ends, in samples."""
    index_end: int = 0
    """Where the next sentence's line goes in a file that was found, in bytes."""


class Spool:
    """A spool that is being written. Every method works on disk: call them off the event loop."""

    def __init__(self, wave: FileIO, index: _Index, extent: _Extent) -> None:
        """Write to files at their ends; `open` is the way to make a spool."""
        self._wave, self._index, self._extent = wave, index, extent

    @classmethod
    def open(
        cls, folder: Path, *, job: int, attempt: int, part: int = 0, fingerprint: str, fresh: bool = False
    ) -> Spool:
        """Open the spool of an attempt, going on where an earlier one came to.

        Args:
            folder: Where spools lie.
            job: Whose it is.
            attempt: Which attempt at the job this is.
            part: Which of the job's takes; the first is 0.
            fingerprint: Of all that the sound depends on; a spool with another one is thrown away.
            fresh: Begin anew, whatever earlier attempts have left.
        """
        folder.mkdir(parents=True, exist_ok=True)
        wave = wave_path(folder, job, attempt, part)
        index = wave.with_suffix(".index")
        header = _to_line({"spool": _FORMAT, "fingerprint": fingerprint})
        files = [path for path in _files(folder, job) if _number(path, "part") == part]
        earlier = None if fresh else _find(files, header)
        if earlier and earlier != wave:
            # A crash between these two leaves two halves that are nothing, and the work is done again.
            earlier.replace(wave)
            earlier.with_suffix(".index").replace(index)
        for path in files:
            if not earlier or path not in (wave, index):
                path.unlink(missing_ok=True)
        if not earlier:
            return cls(wave.open("w+b", buffering=0), _Index(index, header), _Extent())
        extent = _recover(wave, index)
        return cls(wave.open("r+b", buffering=0), _Index(index, end=extent.index_end), extent)

    @property
    def done(self) -> int:
        """How many sentences it has."""
        return self._extent.done

    def append(self, sound: Sound) -> None:
        """Add a sentence; when this raises, nothing was added.

        Raises:
            EngineError: Its rate is not that of the others, or the file would be too long for a WAV file.
            OSError: It cannot be written; the disk may be full.
        """
        extent = self._extent
        if extent.done and sound.rate != extent.rate:
            raise EngineError(f"a sentence at {sound.rate} Hz among others at {extent.rate} Hz")
        pcm = sound.pcm.data.cast("B")
        if extent.wave_end - HEADER_BYTES + len(pcm) > WAV_DATA_LIMIT:
            raise EngineError("more sound than a WAV file can hold")
        if extent.done == 0:
            _write(self._wave, 0, wav_header(sound.rate, 0))
        _write(self._wave, extent.wave_end, pcm)
        self._index.add(
            _to_line(
                {
                    "bytes": len(pcm),
                    "crc": zlib.crc32(pcm),
                    "rate": sound.rate,
                    "peak": sound.peak,
                    "timings": [(t.kind, t.text, t.start_ms, t.end_ms) for t in sound.timings],
                }
            )
        )
        extent.done += 1
        extent.rate = sound.rate
        extent.peak = max(extent.peak, sound.peak)
        extent.wave_end += len(pcm)
        extent.ends.append((extent.wave_end - HEADER_BYTES) // SAMPLE_BYTES)

    def finish(self, target: Target | None = None, stopped: Callable[[], bool] = bool) -> Take:
        """Make the file of it all, see it to the disk, and close the spool.

        `stopped` tells now and then whether nobody wants it any more; a later attempt can go on with the spool then.

        Raises:
            Stopped: Nobody does.
            EngineError: There is nothing in it, or too much for the kind of file that is wanted.
            OSError: It cannot be written.
        """
        extent, target = self._extent, target or Target()
        if extent.done == 0:
            raise EngineError("nothing was said")
        seconds = (extent.wave_end - HEADER_BYTES) / SAMPLE_BYTES / extent.rate
        path, rate = Path(self._wave.name), extent.rate
        self._wave.truncate(extent.wave_end)
        if target.format is Format.WAV and target.rate in (0, rate):
            self._complete(target.tags)
        else:
            path = path.with_suffix(MADE)
            rate = encode(path, self.blocks(), rate, target, stopped)
        self._wave.close()
        self._index.finish()
        bytes, sha256 = seal(path)
        return Take(
            path=path,
            rate=rate,
            seconds=seconds,
            bytes=bytes,
            peak=extent.peak,
            sha256=sha256,
            timings=_Timings(self._index),
            ends=thinned(extent.ends, extent.rate),
        )

    def _complete(self, tags: Tags) -> None:
        """Make a whole WAV file of what has grown."""
        info = info_chunk(tags)
        size = self._extent.wave_end - HEADER_BYTES
        if size + len(info) > WAV_DATA_LIMIT:
            raise EngineError("more sound than a WAV file can hold")
        _write(self._wave, self._extent.wave_end, info)
        _write(self._wave, 0, wav_header(self._extent.rate, size, len(info)))
        os.fsync(self._wave.fileno())

    @property
    def samples(self) -> int:
        """How many samples it has."""
        return (self._extent.wave_end - HEADER_BYTES) // SAMPLE_BYTES

    @property
    def rate(self) -> int:
        """Samples a second, in Hz; 0 while it has no sentence."""
        return self._extent.rate

    def blocks(self, begin: int = 0) -> Iterator[NDArray[np.int16]]:
        """Yield the sound from a sample on, a block at a time."""
        import numpy as np

        at, end = HEADER_BYTES + SAMPLE_BYTES * begin, self._extent.wave_end
        while at < end:
            self._wave.seek(at)
            if not (block := self._wave.read(min(_BLOCK, end - at))):
                return
            at += len(block)
            yield np.frombuffer(block, "<i2")

    def close(self) -> None:
        """Let go of the files; a later attempt can go on with them."""
        self._wave.close()
        self._index.close()


def wave_path(folder: Path, job: int, attempt: int, part: int = 0) -> Path:
    """Where the sound of an attempt lies, in the folder of spools."""
    return folder / (f"{job}-{attempt}-{part}.wav" if part else f"{job}-{attempt}.wav")


def remove(folder: Path, job: int) -> None:
    """Remove what spools of a job there are."""
    for path in _files(folder, job):
        path.unlink(missing_ok=True)


class _Index:
    """The index of a spool.

    A file costs more than a short sentence takes to say again, and most jobs are one sentence: so the file comes with
    the second one, or when the spool is closed before it is finished.
    """

    def __init__(self, path: Path, begin: bytes = b"", end: int = 0) -> None:
        """Begin a new one with its first line, or go on with a file at its end."""
        self._path = path
        self._held = begin
        """What is not in the file yet; empty once there is one."""
        self._lines = 0
        self._end = end
        self._file = None if begin else path.open("r+b", buffering=0)

    def add(self, line: bytes) -> None:
        """Add a line, or nothing where this raises."""
        if self._file:
            _write(self._file, self._end, line)
            self._end += len(line)
            return
        if self._lines:
            self._create(self._held + line)
        else:
            self._held += line
        self._lines += 1

    def finish(self) -> None:
        """Close it; without a file it stays in memory."""
        if self._file:
            self._file.close()
        self._lines = 0

    def close(self) -> None:
        """Close it, and leave a file if there is anything to go on with."""
        if self._lines and not self._file:
            with suppress(OSError):  # a full disk: the sentence is said again
                self._create(self._held)
        self.finish()

    def read(self) -> BinaryIO:
        """Open it for reading."""
        return BytesIO(self._held) if self._held else self._path.open("rb")

    def _create(self, content: bytes) -> None:
        with ExitStack() as undo:
            file = undo.enter_context(self._path.open("w+b", buffering=0))
            _write(file, 0, content)
            undo.pop_all()
        self._file, self._held, self._end = file, b"", len(content)


class _Timings(Iterable[Timing]):
    """The timings of a take, from its index; a book has too many to hold in memory."""

    def __init__(self, index: _Index) -> None:
        self._index = index

    def __iter__(self) -> Iterator[Timing]:
        samples = 0
        with self._index.read() as file:
            file.readline()
            for sentence, _ in _sentences(file):
                begin = 1000 * samples // sentence.rate
                for kind, text, start, end in sentence.timings:
                    yield Timing(kind=kind, text=text, start_ms=begin + start, end_ms=begin + end)
                samples += sentence.bytes // SAMPLE_BYTES


def _recover(wave: Path, index: Path) -> _Extent:
    """Find how far the sentences are whole, and cut off what follows them."""
    with wave.open("r+b") as sound, index.open("r+b") as lines:
        extent = _Extent(index_end=len(lines.readline()))
        sound.seek(HEADER_BYTES)
        for sentence, line_bytes in _sentences(lines):
            pcm = sound.read(sentence.bytes)
            if len(pcm) != sentence.bytes or zlib.crc32(pcm) != sentence.crc:
                break
            extent.done += 1
            extent.rate = sentence.rate
            extent.peak = max(extent.peak, sentence.peak)
            extent.wave_end += sentence.bytes
            extent.ends.append((extent.wave_end - HEADER_BYTES) // SAMPLE_BYTES)
            extent.index_end += line_bytes
        sound.truncate(extent.wave_end if extent.done else 0)
        lines.truncate(extent.index_end)
    return extent


def _to_line(value: dict[str, object]) -> bytes:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return b"%08x %b\n" % (zlib.crc32(body), body)


def _sentences(index: BinaryIO) -> Iterator[tuple[_Sentence, int]]:
    """Read the lines that are whole, from where the file stands; with each, its size in bytes."""
    for line in index:
        body = line[9:-1]
        if line[-1:] != b"\n" or line[:9] != b"%08x " % zlib.crc32(body):
            return
        yield _Sentence(**json.loads(body)), len(line)


def _write(file: FileIO, at: int, data: bytes | memoryview) -> None:
    """Write all of it at a place; what a failed write left there before is written over."""
    file.seek(at)
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]


def _files(folder: Path, job: int) -> list[Path]:
    """The files of a job's spools; none where there is not even the folder yet."""
    begin = f"{job}-"
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return []
    return [folder / name for name in names if name.startswith(begin) and _NAME.fullmatch(name)]


def _number(path: Path, what: str) -> int:
    """Read a number from a file's name; a part that is not there is 0."""
    match = _NAME.fullmatch(path.name)
    assert match is not None, f"{path} is no spool's"
    return int(match[what] or 0)


def _find(files: Sequence[Path], header: bytes) -> Path | None:
    """Among the files of one take, return the sound of the last attempt whose index begins with that header."""
    waves = [path for path in files if path.suffix == ".wav" and path.with_suffix(".index") in files]
    for wave in sorted(waves, key=lambda path: _number(path, "attempt"), reverse=True):
        with wave.with_suffix(".index").open("rb") as index:
            if index.readline() == header:
                return wave
    return None
