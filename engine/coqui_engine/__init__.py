"""XTTS-v2 on torch. What is heavy is imported when the engine opens: everything here but `engine` and `layout`."""

from engine.coqui_engine.engine import Coqui

__all__ = ["Coqui"]
