"""Recordings on the command line: files, and folders of them, as what a voice is made from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from commands.core.errors import UsageError
from commands.core.params import SOUNDS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.speech import Audio

ENDINGS = frozenset((*SOUNDS, "wave", "m4b", "mka", "aifc", "au", "amr"))
"""What the names of recordings in a folder end with; what lies beside them is left alone."""
MOST = 500
"""The most files that are taken: more is a folder that was not meant."""
LONGEST = 590.0
"""How long they may be together, in seconds; what is beyond that is left out."""
FADE = 0.02
"""How long each is faded in and out where two are put together, in seconds, so that nothing clicks."""


def found_in(paths: Sequence[str]) -> list[Path]:
    """Return the files that are meant: each file by itself, and of a folder those that are recordings, by name.

    Raises:
        UsageError: Something is not there, or there is no recording in it.
    """
    found: list[Path] = []
    for path in paths:
        place = Path(path).expanduser()
        try:
            if not place.is_dir():
                found.append(place)
                continue
            inside = sorted(each for each in place.iterdir() if _is_recording(each))
        except (OSError, ValueError):
            raise UsageError("{path} cannot be looked into.", path=path[:80]) from None
        if not inside:
            raise UsageError(
                "There is no recording in {path}: no .wav, .flac, .mp3, .ogg or .m4a file.", path=path[:80]
            )
        found += inside
    if len(found) > MOST:
        raise UsageError("That is {number:,} files; {most} is the most.", number=len(found), most=MOST)
    return list(dict.fromkeys(found))


def joined(files: Sequence[Path], to: Path) -> int:
    """Make one recording of many, one after another, as far as there is room; return how many went in.

    It reads every file as any that comes from outside is read, and works on disk.

    Raises:
        UsageError: One cannot be read; the sentence names it.
        OSError: It cannot be written.
    """
    import numpy as np

    from engine.clean import keep
    from engine.speech import Audio

    parts: list[NDArray[np.float32]] = []
    rate, left = 0, LONGEST
    for file in files:
        audio = _read(file)
        if parts and audio.seconds > left:
            break
        rate = rate or audio.rate
        parts.append(_faded(_at(audio, rate), rate))
        left -= audio.seconds
    keep(Audio(samples=np.concatenate(parts), rate=rate), to)
    return len(parts)


def _is_recording(path: Path) -> bool:
    return path.is_file() and not path.name.startswith(".") and path.suffix.lower().removeprefix(".") in ENDINGS


def _read(file: Path) -> Audio:
    from engine.intake.errors import NotTaken
    from engine.intake.reception import receive

    try:
        return receive(file).audio
    except NotTaken as error:
        raise UsageError("{name}: {why}", name=file.name[:60], why=error) from None
    except OSError as error:
        raise UsageError("{name} cannot be read: {why}.", name=file.name[:60], why=error.strerror or error) from None


def _at(audio: Audio, rate: int) -> NDArray[np.float32]:
    if audio.rate == rate:
        return audio.samples
    import numpy as np
    import soxr  # type: ignore[import-untyped]  # it has no types

    return np.asarray(soxr.resample(audio.samples, audio.rate, rate), np.float32)


def _faded(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    import numpy as np

    width = min(round(FADE * rate), len(samples) // 2)
    slope = np.linspace(0, 1, width, dtype=np.float32)
    faded = samples.copy()
    faded[:width] *= slope
    faded[len(faded) - width :] *= slope[::-1]
    return faded
