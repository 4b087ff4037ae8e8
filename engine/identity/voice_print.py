"""The print of a voice: a vector that lies near those of the same person's other recordings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.identity.network import SIZE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class VoicePrint:
    """Whose voice a recording has, as numbers."""

    vector: NDArray[np.float32]
    """Shape (256,), of length one."""
    seconds: float
    """The seconds of speech that it was computed from, without pauses: the more, the surer."""
    model: str
    """Which encoder made it; prints of two encoders cannot be compared."""

    def to_bytes(self) -> bytes:
        """Return the vector as 1024 bytes, little-endian float32, as a database keeps it."""
        return self.vector.astype("<f4").tobytes()

    @classmethod
    def from_bytes(cls, vector: bytes, *, seconds: float, model: str) -> VoicePrint:
        """Make it of what `to_bytes` gave.

        Raises:
            ValueError: There are not 1024 bytes, or they are no vector of length one.
        """
        import numpy as np

        numbers = np.frombuffer(vector, "<f4").astype(np.float32)
        if len(numbers) != SIZE or not abs(float(np.linalg.norm(numbers)) - 1) < 1e-3:
            raise ValueError(f"these {len(vector)} bytes are no print of a voice")
        return cls(vector=numbers, seconds=seconds, model=model)


def similarity(a: VoicePrint, b: VoicePrint) -> float:
    """Return the cosine of two prints: 1 is the same sound; different people have .59 on average.

    Raises:
        ValueError: They come from different encoders.
    """
    if a.model != b.model:
        raise ValueError(f"a print of {a.model} cannot be compared with one of {b.model}")
    return float(a.vector @ b.vector)
