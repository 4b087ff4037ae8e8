"""What a command answers: a value, which each platform renders in its own way and the outbox keeps as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any

from engine.value import value

Json = Any
"""What json.loads returns: the one place where a value's shape is the business of who reads it."""


OWN_JOB = 0
"""Stands for the job that a reply answers, in the values of its actions: its number is not known when they are made."""


BETWEEN_US = "That is between the two of us: ask me in a private chat."
"""What is said where others read along, who could use a code that is in the answer."""


@value
class Action:
    """Something that can be done next: a button, or the command to type."""

    label: str
    """What the button says; a few words."""
    command: str
    """The command's name, its words separated by blanks."""
    values: Mapping[str, Json] = field(default_factory=dict)
    """The values that it is given, in their stored form."""
    asks: str = ""
    """The parameter whose value is chosen when it is pressed, where one is: from what completes it, or its choices."""
    handy: bool = False
    """Whether it is a convenience: a button where there are buttons, but no line where it would have to be typed."""


@value
class FileRef:
    """A file that goes with a reply."""

    id: int
    """Its row in `files`; 0 where the job has only just made it, until the runner takes it in."""
    name: str
    """What the person sees it called, such as 'hello-i-am-mynah.wav'; safe on every system."""
    path: str
    """Where it lies, relative to the data folder; where the id is 0, the temporary file (a take's path) itself."""
    format: str
    """'wav', 'zip' …"""
    bytes: int
    """Its size, in bytes."""
    seconds: float | None = None
    """How long it lasts, in seconds; None where it is not sound."""
    answers: str = ""
    """The fingerprint of what it answers, where the same asked again is to be answered with it."""
    voice: bool = False
    """Whether it goes as a voice message, where the platform has such; its format is 'ogg-opus' then."""
    ends: tuple[float, ...] = ()
    """Where a long sound can be cut between sentences, in seconds from its start."""
    voice_id: int = 0
    """The voice of a person that speaks in it, and that takes it along when it goes; 0 for none."""
    figures: Mapping[str, Json] = field(default_factory=dict, hash=False)
    """What is known of how it was made, as `storage.files.File.figures` has it."""


@value
class Reply:
    """What a command answers."""

    text: str = ""
    """In words; plain text without markup."""
    files: tuple[FileRef, ...] = ()
    """The files that go with it, the main one first."""
    actions: tuple[Action, ...] = ()
    """What can be done next."""
    private: bool = False
    """Whether only the person who asked may see it."""
    data: Mapping[str, Json] = field(default_factory=dict)
    """The same answer for programs, where it is about one thing."""
    items: tuple[Mapping[str, Json], ...] | None = None
    """The same answer for programs, where it is a list."""
    job: int | None = None
    """The job in which this goes on, where it does (a retry)."""
    error: str = ""
    """The key of the error, where this tells of a failure."""
    kept: str = ""
    """What is kept of it in place of its text and data, where those have a secret that is shown once; empty: all."""
    brief: str = ""
    """The same for where others read along and nobody can be answered in private: without figures and names."""

    def to_json(self) -> str:
        """Write it as the outbox keeps it."""
        kept = replace(self, text=self.kept, data={}, kept="") if self.kept else self
        return json.dumps(_record(kept), default=_record, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Reply:
        """Read what `to_json` wrote; what a newer Mynah added is passed over."""
        raw = json.loads(text)
        known = {name: raw[name] for name in cls.__dataclass_fields__ if name in raw}
        known["files"] = tuple(FileRef(**{**f, "ends": tuple(f.get("ends", ()))}) for f in known.get("files", ()))
        known["actions"] = tuple(Action(**a) for a in known.get("actions", ()))
        if known.get("items") is not None:
            known["items"] = tuple(known["items"])
        return cls(**known)


def _record(value: Reply | FileRef | Action) -> dict[str, Json]:
    """One level of it: dataclasses.asdict copies every value deeply, which costs more than the writing."""
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


@value
class Progress:
    """How far a job has come."""

    job: int
    """Whose progress this is."""
    done: float
    """From 0 to 1."""
    left: float | None = None
    """Seconds until it is done, as far as one can tell."""
    note: str = ""
    """What is being done, in a few words."""


def bar(share: float, width: int = 20) -> str:
    """Draw a share from 0 to 1 as a bar of `width` characters."""
    full = round(max(0.0, min(1.0, share)) * width)
    return "█" * full + "░" * (width - full)
