"""What a request will cost, said before anything is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from commands.core.command import Lane
from commands.core.reply import Json, Reply
from engine.value import value
from storage.metrics import Charge


@value
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
    reply: Reply | None = None
    """What is answered with that file."""
    prepared: object = None
    """What was found out for it: a job that begins at once need not find it out again."""
    settings: Mapping[str, Json] = field(default_factory=dict)
    """How it is to sound, for people and programs to read in the job's row."""
    format: str = ""
    """The kind of file that is asked for."""
    tags: tuple[str, ...] = ()
    """What the person files it under."""
    project: str = ""
    """What it belongs to; empty for nothing."""


FREE = Quote()
"""Costs nothing."""
