"""Recoding: a sound file that Mynah has made becomes another kind of file, whole or in parts between its sentences.

It reads what Mynah has written itself, with FFmpeg's decoders, which no file of anybody else's may reach from here.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from engine.audio import HEADER_BYTES, SAMPLE_BYTES, read_wav_header
from engine.encoding import MARK, Tags
from engine.encoding.tags import one_line
from engine.engine import EngineError
from engine.speech import Format
from engine.take import Stopped, Target, encode
from engine.value import value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLOCK = 16_384
"""How many samples are read at once, about."""
WINDOW = 0.01
"""How finely silence is looked for, in seconds."""
SHORTEST_PAUSE = 0.04
"""What is shorter, in seconds, is no place to cut at. Stops within words are as long as that; but so are the pauses of
espeak at twice its pace, and the longest are taken first."""
WORTH_A_PART = 1.25
"""How much longer the shortest pause that is cut at has to become, to be worth another part: espeak rests twice as
long between sentences as at a comma, flite 1.4 times."""

_NEAR_SILENCE = 1 / 90
"""What counts as silence beside the loud parts: 39 dB less, under which what MP3 and Opus add to silence stays."""
_LOUD_PARTS = 95
"""What percentage of the windows is softer than the loud parts."""
_MISSING = 0.25
"""How much of the end may be missing, in seconds, before a file counts as damaged: containers round."""
_GRID = 16
"""How many places there are in a part to cut at where nothing rests for so long."""
_HALVINGS = 20
"""How often the length of the longest part is halved towards the least: to within a second in a day."""

_TITLE = 100
"""How many characters of a title are kept where a number follows; a file keeps 120 in all."""
_DEMUXERS = {Format.WAV: "wav", Format.MP3: "mp3", Format.FLAC: "flac", Format.OPUS: "ogg", Format.M4A: "mov"}
_MAGIC = {b"RIFF": Format.WAV, b"ID3\4": Format.MP3, b"fLaC": Format.FLAC, b"OggS": Format.OPUS}


@value
class Recoded:
    """A file that was made of another one, or of a part of it."""

    path: Path
    """The file, whole and on disk."""
    seconds: float
    """How long it lasts, in seconds."""
    bytes: int
    """Its size, in bytes."""


@value
class Pause:
    """A stretch in which a sound rests."""

    begin: float
    """From when on, in seconds from the start of the sound."""
    end: float
    """Until when, in seconds from the start of the sound."""

    @property
    def seconds(self) -> float:
        """How long it lasts, in seconds."""
        return self.end - self.begin

    @property
    def middle(self) -> float:
        """Where to cut, in seconds from the start of the sound."""
        return (self.begin + self.end) / 2


class Original:
    """A sound file of Mynah's, read once from its start to its end, a block at a time."""

    def __init__(self, path: Path) -> None:
        """Open it.

        Raises:
            EngineError: It is gone, damaged, or no sound file of Mynah's.
        """
        import av

        self._av = av
        self._path = path
        self._at = 0
        self.format = kind_of(path)
        """What kind of file it is."""
        with self._told():
            # The kind is given and the path absolute, so that nothing is taken for a list or an address.
            self._container = av.open(str(path.absolute()), format=_DEMUXERS[self.format])
        if not self._container.streams.audio:
            self.close()
            raise EngineError(f"there is no sound in {path.name}")
        self._stream = self._container.streams.audio[0]
        self.rate = self._stream.rate
        """Samples a second in the blocks, in Hz; Opus always decodes at 48,000."""
        self.made_rate = _opus_rate(self._stream.codec_context.extradata) or self.rate
        """Samples a second in what it was made of, in Hz: no more need be kept."""
        self.seconds = _wav_seconds(path) or (self._container.duration or 0) / av.time_base
        """How long it says that it lasts, in seconds; an Ogg file that is cut off does not know it."""
        said = {**self._stream.metadata, **self._container.metadata}
        comment = said.get("comment", "")
        self.tags = Tags(
            title=said.get("title", ""),
            voice=said.get("artist", ""),
            comment=one_line(comment) if comment.startswith(MARK) else MARK,
        )
        """What it says of itself; that it is AI-generated goes with every file."""
        self._decoded = self._decode()
        self._left: NDArray[np.int16] | None = None

    @property
    def at(self) -> float:
        """How far it has been read, in seconds."""
        return self._at / self.rate

    def blocks(self, until: float = math.inf) -> Iterator[NDArray[np.int16]]:
        """Yield samples, shape (n,), from where the last call stopped until a time in seconds, or the end.

        Raises:
            EngineError: The file is damaged, or ends before it says.
        """
        last = math.inf if until == math.inf else round(until * self.rate)
        while self._at < last:
            block = next(self._decoded, None) if self._left is None else self._left
            if block is None:
                return
            room = last - self._at
            self._left = None
            if len(block) > room:
                block, self._left = block[: int(room)], block[int(room) :]
            self._at += len(block)
            yield block

    def close(self) -> None:
        """Let go of the file."""
        self._container.close()

    def __enter__(self) -> Original:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _decode(self) -> Iterator[NDArray[np.int16]]:
        import numpy as np

        plain = self._av.AudioResampler(format="s16", layout="mono", rate=self.rate)
        held: list[NDArray[np.int16]] = []
        count = total = 0
        with self._told():
            for frame in self._container.decode(self._stream):
                for made in plain.resample(frame):
                    held.append(made.to_ndarray()[0])
                    count += made.samples
                if count >= BLOCK:
                    yield np.concatenate(held)
                    total, count = total + count, 0
                    held.clear()
        total += count
        if total < (self.seconds - _MISSING) * self.rate:
            raise EngineError(f"{self._path.name} ends after {total / self.rate:.1f} s of {self.seconds:.1f}")
        if held:
            yield np.concatenate(held)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what FFmpeg complains of into our own errors: who recodes has one kind to expect."""
        try:
            yield
        except self._av.FFmpegError as error:
            raise EngineError(f"{self._path.name} cannot be read as {self.format}: {error.strerror}") from error


def kind_of(path: Path) -> Format:
    """Tell by its first bytes what kind of sound file of Mynah's it is.

    Raises:
        EngineError: It is gone, or none.
    """
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        raise EngineError(f"{path.name} cannot be read: {error.strerror}") from error
    if head[4:] == b"ftyp":
        return Format.M4A
    if (format := _MAGIC.get(head[:4])) is None:
        raise EngineError(f"{path.name} is no sound file of Mynah's")
    return format


def bit_rate(format: Format, rate: int, *, thorough: bool = False) -> int:
    """Tell how many bits a second files of a format have by intention; Opus and M4A go by the sound, around it.

    Args:
        format: The kind of file.
        rate: Samples a second in the file, in Hz.
        thorough: Whether it is made with more work.

    Returns:
        Bits a second; 0 for FLAC, where the sound alone decides.
    """
    if format is Format.WAV:
        return 16 * rate
    if format is Format.MP3:
        from engine.encoding.mp3 import kilobits

        return 1000 * kilobits(rate)
    from engine.encoding.container import recipe

    return recipe(format, rate, thorough=thorough).bit_rate


def recode(path: Path, to: Path, target: Target, *, stopped: Callable[[], bool] = bool) -> Recoded:
    """Write a sound file of Mynah's as another kind of file: `split` without a cut, which tells what it raises."""
    (made,) = split(path, [to], target, cuts=(), stopped=stopped)
    return made


def split(
    path: Path, to: Sequence[Path], target: Target, *, cuts: Sequence[float], stopped: Callable[[], bool] = bool
) -> list[Recoded]:
    """Write a sound file of Mynah's as several, in one reading; titles tell which of how many each is.

    Args:
        path: The file that there is.
        to: The files to make, one more than there are cuts; none is left where this raises.
        target: What is wanted; its tags are passed over for those of the file.
        cuts: Where each but the last ends, in seconds.
        stopped: Tells now and then whether nobody wants them any more.

    Raises:
        Stopped: Nobody does.
        EngineError: The file is gone or damaged, or ends before the last cut.
        OSError: They cannot be written; the disk may be full.
    """
    made: list[Recoded] = []
    try:
        with Original(path) as original:
            for number, (each, end) in enumerate(zip(to, [*cuts, math.inf], strict=True), 1):
                tags = _numbered(original.tags, number, len(to))
                made.append(_write(original, each, replace(target, tags=tags), end, stopped))
    except BaseException:
        for part in made:
            part.path.unlink(missing_ok=True)
        raise
    return made


def pauses(path: Path, stopped: Callable[[], bool] = bool) -> list[Pause]:
    """Find where a sound file of Mynah's rests, but for its begin and its end. It takes some 700 kB an hour to know.

    Raises:
        Stopped: Nobody wants to know any more.
        EngineError: The file is gone or damaged.
    """
    import numpy as np

    with Original(path) as original:
        peaks = _peaks(original, stopped)
    if not len(peaks):
        return []
    quiet = peaks <= max(1.0, np.percentile(peaks, _LOUD_PARTS) * _NEAR_SILENCE)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], quiet, [False]]).astype(np.int8)))
    runs = [(int(begin), int(end)) for begin, end in edges.reshape(-1, 2)]
    return [
        Pause(begin=begin * WINDOW, end=end * WINDOW)
        for begin, end in runs
        if begin > 0 and end < len(quiet) and (end - begin) * WINDOW >= SHORTEST_PAUSE
    ]


def choose_cuts(rests: Sequence[Pause], seconds: float, longest: float, *, most: int = 2**31) -> list[float]:
    """Choose among pauses those to cut at: parts as few as can be, pauses as long as can be, then parts alike.

    One or two parts more are taken where that makes the shortest of the pauses clearly longer. Only a stretch that
    does not rest for longer than a part may last is cut anywhere.

    Args:
        rests: Where the sound rests, in order.
        seconds: How long the sound is.
        longest: The most that a part may last, in seconds.
        most: How many parts there may be, where so many are enough.
    """
    at_rest = [(rest.middle, round(rest.seconds, 2)) for rest in rests]
    places = sorted([*at_rest, *_anywhere([rest.middle for rest in rests], seconds, longest)])
    fewest = len(_reach([place for place, _ in places], seconds, longest)) + 1
    if fewest == 1:
        return []
    shortest, parts = _shortest_pause(places, seconds, longest, fewest), fewest
    for count in range(fewest + 1, min(most, fewest + 2) + 1):
        longer = _shortest_pause(places, seconds, longest, count)
        if longer > WORTH_A_PART * shortest:
            shortest, parts = longer, count
    return _alike([place for place, rest in places if rest >= shortest], seconds, longest, parts)


def _peaks(original: Original, stopped: Callable[[], bool]) -> NDArray[np.uint16]:
    """The largest magnitude in each window; windows are a little uneven where the rate does not divide into them."""
    import numpy as np

    found: list[NDArray[np.uint16]] = []
    held = np.zeros(0, np.int16)
    begin = 0
    for block in original.blocks():
        if stopped():
            raise Stopped
        held = np.concatenate([held, block])
        first = round(begin / original.rate / WINDOW)
        count = int((begin + len(held)) / original.rate / WINDOW) - first
        edges = np.rint(np.arange(first, first + count + 1) * WINDOW * original.rate).astype(np.int64) - begin
        if count < 1 or edges[-1] > len(held):
            continue
        magnitudes = np.abs(held[: edges[-1]].astype(np.int32))
        found.append(np.maximum.reduceat(magnitudes, edges[:-1]).astype(np.uint16))
        held, begin = held[edges[-1] :], begin + int(edges[-1])
    return np.concatenate(found) if found else np.zeros(0, np.uint16)


def _anywhere(rests: Sequence[float], seconds: float, longest: float) -> Iterator[tuple[float, float]]:
    """Yield places in stretches that have to be cut though they do not rest; they count as the best there are."""
    step = longest / _GRID
    for begin, end in pairwise([0.0, *rests, seconds]):
        if end - begin > longest:
            yield from ((begin + place * step, math.inf) for place in range(1, math.ceil((end - begin) / step)))


def _shortest_pause(places: Sequence[tuple[float, float]], seconds: float, longest: float, parts: int) -> float:
    """How long the shortest pause is, in seconds, where so many parts are cut at the longest pauses that will do."""
    lengths = sorted({rest for _, rest in places})
    low, high = 0, len(lengths) - 1
    while low < high:
        middle = (low + high + 1) // 2
        at = [place for place, rest in places if rest >= lengths[middle]]
        if _fits(_reach(at, seconds, longest), seconds, longest, parts):
            low = middle
        else:
            high = middle - 1
    return lengths[low]


def _alike(at: Sequence[float], seconds: float, longest: float, parts: int) -> list[float]:
    """Cut at some of these places so that the longest part is as short as can be."""
    low, high = seconds / parts, longest
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _fits(_reach(at, seconds, middle), seconds, middle, parts):
            high = middle
        else:
            low = middle
    return _reach(at, seconds, high)


def _reach(at: Sequence[float], seconds: float, longest: float) -> list[float]:
    """Cut as late as can be, as far as that goes."""
    chosen: list[float] = []
    done = 0.0
    while seconds - done > longest:
        index = bisect_right(at, done + longest) - 1
        if index < 0 or at[index] <= done:
            break
        done = at[index]
        chosen.append(done)
    return chosen


def _fits(chosen: Sequence[float], seconds: float, longest: float, parts: int) -> bool:
    return len(chosen) < parts and seconds - (chosen[-1] if chosen else 0.0) <= longest


def _write(original: Original, to: Path, target: Target, end: float, stopped: Callable[[], bool]) -> Recoded:
    begin = original.at
    wanted = replace(target, rate=target.rate or original.made_rate)
    encode(to, original.blocks(end), original.rate, wanted, stopped)
    return Recoded(path=to, seconds=original.at - begin, bytes=to.stat().st_size)


def _numbered(tags: Tags, number: int, count: int) -> Tags:
    which = f" ({number} of {count})"
    return replace(tags, title=tags.title[:_TITLE] + which) if tags.title and count > 1 else tags


def _wav_seconds(path: Path) -> float:
    """How long a WAV file of ours lasts by its header, in seconds, which FFmpeg passes over where it is cut off."""
    with path.open("rb") as file:
        rate, size = read_wav_header(file.read(HEADER_BYTES))
    return size / SAMPLE_BYTES / rate if rate else 0.0


def _opus_rate(extradata: bytes | None) -> int:
    """The rate of what an Opus file was made of, in Hz; 0 where it is no Opus. Source: RFC 7845, 5.1."""
    head = extradata or b""
    return int.from_bytes(head[12:16], "little") if head.startswith(b"OpusHead") else 0
