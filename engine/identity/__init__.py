"""Whose voice a recording has: prints of voices, how alike they are, and whether more than one person speaks."""

from __future__ import annotations

from engine.identity.encoder import Encoder, TooShort
from engine.identity.thresholds import Bounds, Verdict, bounds, verdict
from engine.identity.voice_print import VoicePrint, similarity
from engine.identity.weights import MODEL, WeightsMissing

__all__ = [
    "MODEL",
    "Bounds",
    "Encoder",
    "TooShort",
    "Verdict",
    "VoicePrint",
    "WeightsMissing",
    "bounds",
    "similarity",
    "verdict",
]
