"""How an engine is, for those who watch over Mynah."""

from __future__ import annotations

from typing import Literal

from engine.value import value

State = Literal["loading", "ready", "unloaded", "failed", "hung"]


@value
class EngineHealth:
    """How an engine is."""

    state: State
    """'unloaded' comes back when it is needed; 'failed' could not be opened, 'hung' was given up."""
    since: float
    """Since when it is so, in seconds since 1970."""
    held_bytes: int = 0
    """How much memory it takes, in bytes; 0 where that is not worth counting."""
    last_beat: float | None = None
    """When it last gave a sign of life, in seconds since 1970; an idle one gives none. None: never."""
    note: str = ""
    """Why, in a sentence, where something is wrong."""
