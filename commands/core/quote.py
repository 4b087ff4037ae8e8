"""What a request will cost, said before anything is done."""

from __future__ import annotations

from dataclasses import dataclass

from commands.core.command import Lane
from storage.metrics import Charge


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """What a request will cost, and how much there is to do."""

    charges: tuple[Charge, ...] = ()
    """Set aside when the request is taken. At the end what was really used is settled, never more than this."""
    characters: int = 0
    """How many characters are to be said; from them comes the ETA."""
    lane: Lane | None = None
    """Where its job waits, where that is not the command's own lane (a chapter does not wait among sentences)."""
    file_id: int | None = None
    """A file that answers already: nothing is done, and nothing is charged."""


FREE = Quote()
"""Costs nothing."""
