"""The file of a learned speaker: numbers and nothing else, checked when it is read, for anybody may have made it.

It is a safetensors file (https://github.com/huggingface/safetensors): a header in JSON and plain arrays, which no
reader runs.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from engine.conversion.bases import Base
from engine.conversion.conversion import Conversion
from engine.conversion.features import BINS, COEFFICIENTS
from engine.engine import EngineError
from engine.value import value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FORM = "mynah-world-1"
"""What the file's metadata call it."""
LARGEST = 64_000
"""The most bytes of such a file; it takes about 20,000."""

_SHAPES = {
    "centre": (COEFFICIENTS,),
    "matrix": (COEFFICIENTS, COEFFICIENTS),
    "offset": (COEFFICIENTS,),
    "equaliser": (BINS,),
    "pitch": (4,),
}
_FURTHEST = 100.0
"""No number of an honest file is larger."""
_LONGEST = 2_000


@value
class LearnedSpeaker:
    """A speaker that was learned."""

    base: Base
    """Whose speech is converted."""
    conversion: Conversion
    """How."""
    language: str
    """What it speaks, as a BCP 47 tag."""
    figures: Mapping[str, float | str]
    """What was reached when it was learned."""


def write(file: Path, speaker: LearnedSpeaker) -> None:
    """Write a speaker's file, whole or not at all; the folder is made where it is missing."""
    import numpy as np
    from safetensors.numpy import save

    made = speaker.conversion
    arrays = {
        "centre": made.centre,
        "matrix": made.matrix,
        "offset": made.offset,
        "equaliser": made.equaliser,
        "pitch": np.array([*made.pitch, *made.own_pitch]),
    }
    told = {
        "form": FORM,
        "base": speaker.base.key,
        "language": speaker.language,
        "figures": json.dumps(dict(speaker.figures)),
    }
    data = save({name: np.ascontiguousarray(array, np.float32) for name, array in arrays.items()}, metadata=told)
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(file.name + ".part")
    with part.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    part.replace(file)


def read(file: Path) -> LearnedSpeaker:
    """Read a speaker's file.

    Raises:
        EngineError: There is none, or it is not what such a file has to be; the message says what is wrong.
    """
    from safetensors import SafetensorError, safe_open

    try:
        size = file.stat().st_size
    except OSError as error:
        raise EngineError(f"there is no speaker {file.stem!r} here") from error
    if size > LARGEST:
        raise EngineError(f"the speaker's file {file.name} has {size} bytes, and {LARGEST} are the most")
    try:
        with safe_open(file, framework="numpy") as opened:
            told = dict(opened.metadata() or {})
            found = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118  # it is no mapping
    except (SafetensorError, OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise EngineError(f"the speaker's file {file.name} cannot be read: {error}") from error
    try:
        return _made(told, _checked(found))
    except ValueError as error:
        raise EngineError(f"the speaker's file {file.name} is not right: {error}") from error


def _checked(found: Mapping[str, NDArray[np.float32]]) -> Mapping[str, NDArray[np.float64]]:
    """Return the arrays as numbers to work with.

    Raises:
        ValueError: One is missing, too many, of another shape or kind, or holds what no honest file does.
    """
    import numpy as np

    if set(found) != set(_SHAPES):
        raise ValueError(f"it holds {', '.join(sorted(found))[:200]}")
    for name, shape in _SHAPES.items():
        array = found[name]
        if array.shape != shape or array.dtype != np.float32:
            raise ValueError(f"{name} is {array.dtype} of {array.shape}")
        if not np.isfinite(array).all() or np.abs(array).max() > _FURTHEST:
            raise ValueError(f"{name} holds numbers that cannot be")
    return {name: array.astype(np.float64) for name, array in found.items()}


def _made(told: Mapping[str, str], found: Mapping[str, NDArray[np.float64]]) -> LearnedSpeaker:
    if told.get("form") != FORM:
        raise ValueError(f"its form is {told.get('form', '')[:40]!r}, not {FORM!r}")
    base, language = told.get("base", ""), told.get("language", "")
    if len(base) > 100 or len(language) > 40 or len(told.get("figures", "")) > _LONGEST:
        raise ValueError("its words are too long")
    figures = json.loads(told.get("figures", "{}"))
    if not isinstance(figures, dict) or not all(isinstance(each, float | int | str) for each in figures.values()):
        raise ValueError("its figures are none")
    mean, spread, own_mean, own_spread = (float(each) for each in found["pitch"])
    return LearnedSpeaker(
        base=Base.of_key(base),
        conversion=Conversion(
            centre=found["centre"],
            matrix=found["matrix"],
            offset=found["offset"],
            equaliser=found["equaliser"],
            pitch=(mean, spread),
            own_pitch=(own_mean, own_spread),
        ),
        language=language,
        figures=figures,
    )
