"""The file of a speaker that was learned: read without torch, by whoever wants to know whether it is one at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from engine.engine import EngineError

LATENTS, EMBEDDING = "gpt_cond_latent", "speaker_embedding"
"""What the tensors of a speaker are called, as the library calls them."""
PRINT = "voice_print"
"""And the print of their voice (`engine.identity`), which not every file has."""
MOST_BYTES = 4_000_000
"""The most bytes of such a file; those of XTTS-v2 have 140 kB."""
MOST_WIDE = 8_192
"""The most numbers that a latent, or an embedding, may have."""
COUNT = 32
"""How many latents a speaker has."""


def check(file: Path) -> None:
    """Check that a file, which anybody may have made, holds a speaker and nothing else. Nothing of it is run.

    Raises:
        EngineError: It does not.
    """
    import numpy as np
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        if file.stat().st_size > MOST_BYTES:
            raise EngineError(f"{file.name} is larger than any speaker")
        tensors = load(file.read_bytes())
    except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
        raise EngineError(f"{file.name} is no speaker: {error}") from None
    shapes = {name: each.shape for name, each in tensors.items()}
    if not _fits(shapes):
        raise EngineError(f"{file.name} is no speaker: it holds {dict(list(shapes.items())[:4])}")
    for name, each in tensors.items():
        if each.dtype != np.float32 or not np.isfinite(each).all():
            raise EngineError(f"{file.name} is no speaker: {name} is not made of numbers")


def _fits(shapes: Mapping[str, tuple[int, ...]]) -> bool:
    """Whether these are the tensors of a speaker, of whatever model."""
    if not {LATENTS, EMBEDDING} <= shapes.keys() <= {LATENTS, EMBEDDING, PRINT}:
        return False
    latents, embedding = shapes[LATENTS], shapes[EMBEDDING]
    return (
        (len(latents), latents[:2]) == (3, (1, COUNT))
        and (len(embedding), embedding[0], embedding[-1]) == (3, 1, 1)
        and 0 < latents[2] <= MOST_WIDE
        and 0 < embedding[1] <= MOST_WIDE
        and len(shapes.get(PRINT, (1,))) == 1
        and 0 < shapes.get(PRINT, (1,))[0] <= MOST_WIDE
    )
