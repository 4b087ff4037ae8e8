"""Intake: bytes that nobody vouches for become clean mono sound, and nothing else of them reaches an engine.

What is heavy is imported by the process that decodes, when there is something to decode.
"""

from __future__ import annotations

from engine.intake.errors import NotTaken
from engine.intake.limits import USUAL, Limits
from engine.intake.reception import Cost, Received, attempts, receive

__all__ = ["USUAL", "Cost", "Limits", "NotTaken", "Received", "attempts", "receive"]
