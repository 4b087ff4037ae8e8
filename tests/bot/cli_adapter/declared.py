"""A few declarations, as commands make them, for tests of what is made from declarations."""

from __future__ import annotations

import enum

from commands.core.command import Command, Lane, command
from commands.core.params import Attachment, JobId, Limit, Member, Speed, Text, VoiceName
from commands.core.reply import Reply


class Span(enum.Enum):
    DAY = "day"
    MONTH = "month"


@command("speak", lane=Lane.NOW)
async def speak(ctx: object, text: Text, voice: VoiceName = "", speed: Speed = 1.0) -> Reply:
    """Say some text in a voice.

    Args:
        text: What to say.
        voice: Whose voice says it; yours to begin with.
        speed: Pace; 1 is the voice's own, 2 is twice as fast.
    """
    return Reply()


@command("voices", "list")
async def voices_list(ctx: object, language: str = "", mine: bool = False) -> Reply:
    """List the voices that you may use.

    Args:
        language: Only those that speak it, such as 'de'.
        mine: Only your own.
    """
    return Reply()


@command("voices", "note")
async def voices_note(ctx: object, voice: VoiceName, note: Text) -> Reply:
    """Write a note about a voice.

    Args:
        voice: Which one.
        note: What to say about it, 100 % of it.
    """
    return Reply()


@command("quota", "set")
async def quota_set(
    ctx: object, metric: str, limit: Limit, period: Span = Span.DAY, member: Member | None = None
) -> Reply:
    """Set a limit.

    Args:
        metric: What is counted.
        limit: How much of it.
        period: How long it counts.
        member: Whose limit; everybody's unless given.
    """
    return Reply()


@command("quota", "show")
async def quota_show(ctx: object) -> Reply:
    """Show what is left."""
    return Reply()


@command("jobs", "retry")
async def jobs_retry(ctx: object, job: JobId) -> Reply:
    """Try a job again.

    Args:
        job: Its number.
    """
    return Reply()


@command("clone", lane=Lane.SOON)
async def clone(ctx: object, recording: Attachment, keep_days: int = 7) -> Reply:
    """Clone a voice.

    Args:
        recording: Somebody who speaks.
        keep_days: How long it is kept.
    """
    return Reply()


COMMANDS: dict[str, Command] = {
    each.name: each for each in (clone, jobs_retry, quota_set, quota_show, speak, voices_list, voices_note)
}
