"""The VITS voices of the `TTS` package; what is heavy is imported when the engine opens."""

from engine.vits_engine.engine import Vits

__all__ = ["Vits"]
