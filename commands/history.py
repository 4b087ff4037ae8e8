"""/history: what you have had said, to be found, heard again, kept, filed and deleted.

/history list                  12 · "Good morning." · en-gb · 1.4 s · wav · 3 h ago · goes in 6 days · #work · garden
/history show job=12           the same in full, with its files
/history again job=12          said once more; free where its file is still there, and what came as a file only then
/history keep job=12           12 stays until you say otherwise.
/history unkeep job=12         12 goes in 7 days now.
/history tag job=12 work, tea  12 is filed under #work and #tea now.
/history delete job=12         12 is gone: 1 file and its text; 62 kB are free again.

What is somebody else's is refused as what never was; what is not done yet or failed, with where it stands; keeping a
file that is gone, with how it is had again; saying again what came as a file once its sound is gone, for the file is
not kept; more than ten tags, and labels that are empty or too long. Any ended request of one's own can be deleted, also
one that failed.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from commands.core.command import Command, Lane, command
from commands.core.context import Context, Inquiry, JobContext
from commands.core.entries import ago, due, facts, filed, first_words, length, line, refs, voice_of
from commands.core.errors import NotFound, Refused, UsageError
from commands.core.labels import project_of, tags_of
from commands.core.manner import kind_of_file
from commands.core.params import Attachment, Between, Example, FileFormat, JobId, Suggest, VoiceName
from commands.core.quote import FREE, Quote
from commands.core.reply import Action, Reply
from commands.core.request import check_audience, revive
from commands.core.words import count, listed, size
from engine.text.hygiene import speakable
from storage import files, history
from storage.clock import DAY
from storage.database import Transaction
from storage.files import File
from storage.history import Wanted
from storage.jobs import Job
from storage.voices import fold

PAGE = 10
"""How many entries stand on a page."""
NONE = "none"
"""What takes tags or a project away."""
AGAIN = "history again"
"""The command whose jobs stand for others until they begin."""
UNFINISHED = ("pending", "ready", "running")
Page = Annotated[int, Between(1, 10_000)]


async def tags_used(inquiry: Inquiry, typed: str) -> list[str]:
    """The words under which the person has filed something and that begin with what is typed."""
    found = await inquiry.read(lambda tx: history.tags(tx, inquiry.asker.user_id))
    return [tag for tag in found if tag.startswith(fold(typed).lstrip("#"))][:25]


async def projects_used(inquiry: Inquiry, typed: str) -> list[str]:
    """The projects of the person that have in their names what is typed."""
    found = await inquiry.read(lambda tx: history.projects(tx, inquiry.asker.user_id))
    return [project for project in found if fold(typed) in fold(project)][:25]


@command("history", "list", private=True)
async def list_history(
    ctx: Context,
    search: str = "",
    tag: Annotated[str, Suggest(tags_used), Example("work")] = "",
    project: Annotated[str, Suggest(projects_used), Example("garden")] = "",
    page: Page = 1,
) -> Reply:
    """List what you have had said, the latest first.

    Args:
        search: Only texts that have this in them.
        tag: Only what you have filed under this word.
        project: Only what belongs to this project.
        page: Which page of a long list.
    """
    wanted = Wanted(search=search, tags=tags_of(tag), project=project_of(project))
    user_id = ctx.asker.user_id

    def look(tx: Transaction) -> list[tuple[Job, File | None]]:
        found = history.entries(tx, user_id, wanted, PAGE + 1, (page - 1) * PAGE)
        return [(job, _main(tx, job)) for job in found]

    found = await ctx.read(look)
    shown = found[:PAGE]
    now = ctx.database.clock.now()
    lines = [line(job, file, now) for job, file in shown] or [_nothing(wanted, page)]
    gone = next((job.id for job, file in shown if file is None and _repeatable(job)), None)
    if gone is not None:
        lines.append(f"What is gone can be had again: /history again job={gone}.")
    filters = {"search": search, "tag": tag, "project": project}
    more = {**{name: value for name, value in filters.items() if value}, "page": page + 1}
    return Reply(
        text="\n".join(lines),
        private=True,
        items=tuple(facts(job, file, ctx.host.data) for job, file in shown),
        actions=(Action(label="More", command="history list", values=more),) if len(found) > PAGE else (),
    )


@command("history", "show", private=True)
async def show_history(ctx: Context, job: JobId) -> Reply:
    """Tell all about something that you have had said, and get its files once more.

    Args:
        job: Its number.
    """

    def look(tx: Transaction) -> tuple[Job, list[File]]:
        found = _said(tx, ctx, job)
        return found, files.of_job(tx, found.id)

    found, there = await ctx.read(look)
    file = there[0] if there else None
    now = ctx.database.clock.now()
    told = [voice_of(found), length(found, file), file.format if file else "", ago(now - found.created_at)]
    said = [f"{found.id}: {first_words(found, file, 300)}", " · ".join(each for each in told if each)]
    said += [filed(found)] if filed(found) else []
    if file is None:
        said.append(_gone(found, "Its file"))
    elif file.expires_at is None:
        said.append("It stays until you say otherwise.")
    else:
        said.append(f"It goes {due(file.expires_at - now)}; /history keep job={found.id} keeps it.")
    return Reply(
        text="\n".join(said),
        private=True,
        data={**facts(found, file, ctx.host.data), "text": found.text or ""},
        files=refs(found, there),
        actions=_next_steps(found, file),
    )


async def quote_again(inquiry: Inquiry, job: int, voice: str = "", format: FileFormat = FileFormat.AUTO) -> Quote:
    """Tell what it costs to have something said again: what it would cost to ask for it anew.

    Raises:
        Refused: There is no such thing, or what it was made from is not there any more.
    """

    def look(tx: Transaction) -> tuple[Job, list[File]]:
        found = _said(tx, inquiry, job)
        return found, [] if _repeatable(found) else files.of_job(tx, found.id)

    found, there = await inquiry.read(look)
    changes = _changes(voice, format)
    if known := await asyncio.to_thread(_known, inquiry, found, there) if there and not changes else None:
        return known
    wanted, values = _request(inquiry, found, changes)
    quote = await wanted.quoter(inquiry, **values) if wanted.quoter else FREE
    return replace(
        quote,
        lane=wanted.lane if quote.lane is None else quote.lane,
        tags=tuple(json.loads(found.tags)),
        project=found.project,
    )


@command("history", "again", lane=Lane.NOW, quote=quote_again)
async def say_again(ctx: JobContext, job: JobId, voice: VoiceName = "", format: FileFormat = FileFormat.AUTO) -> Reply:
    """Have something said again, in the same voice and manner, or in another.

    It costs nothing where its file is still there and nothing has changed since. What came as a file is had again as it
    was, while its sound is there.

    Args:
        job: Its number.
        voice: Another voice; the same where you leave it out.
        format: Another kind of file; auto is the same as before.
    """
    found = await ctx.read(lambda tx: _said(tx, ctx, job))
    changes = _changes(voice, format)
    wanted, values = _request(ctx, found, changes)
    # From here on this job is what it says again: it is told and tried again as such, also if that one is deleted.
    made = kind_of_file(format).value if "format" in changes else ""
    await ctx.commit(lambda tx: history.adopt(tx, ctx.job_id, found.id, changes, made))
    return await wanted.handler(ctx, **values)


@command("history", "keep", private=True)
async def keep_history(ctx: Context, job: JobId) -> Reply:
    """Keep something that you have had said: its files stay until you say otherwise.

    They count towards what you may store, as all files do.

    Args:
        job: Its number.
    """

    def change(tx: Transaction) -> tuple[Job, File]:
        found = _said(tx, ctx, job)
        if not history.keep(tx, found.id):
            raise Refused("{why}", why=_gone(found, f"The file of {found.id}"))
        return found, files.of_job(tx, found.id)[0]

    found, file = await ctx.commit(change)
    return Reply(
        text=f"{found.id} stays until you say otherwise.",
        private=True,
        data=facts(found, file, ctx.host.data),
        actions=(Action(label="Keep no more", command="history unkeep", values={"job": found.id}),),
    )


@command("history", "unkeep", private=True)
async def unkeep_history(ctx: Context, job: JobId) -> Reply:
    """Keep something no more: its files go after a while, as all do.

    Args:
        job: Its number.
    """

    def change(tx: Transaction) -> tuple[Job, File]:
        found = _said(tx, ctx, job)
        there = files.of_job(tx, found.id)
        if not there:
            raise Refused("{why}", why=_gone(found, f"The file of {found.id}"))
        if there[0].expires_at is not None:
            return found, there[0]
        history.unkeep(tx, found.id, tx.now + ctx.rules.file_days * DAY)
        return found, files.of_job(tx, found.id)[0]

    found, file = await ctx.commit(change)
    assert file.expires_at is not None, "what is not kept goes at some time"
    return Reply(
        text=f"{found.id} goes {due(file.expires_at - ctx.database.clock.now())} now.",
        private=True,
        data=facts(found, file, ctx.host.data),
        actions=(Action(label="Keep", command="history keep", values={"job": found.id}),),
    )


@command("history", "tag", private=True)
async def tag_history(ctx: Context, job: JobId, tags: Annotated[str, Example("work, bedtime")]) -> Reply:
    """File something that you have had said under words of yours.

    Args:
        job: Its number.
        tags: Up to 10 words, which replace those it has; 'none' takes them away.
    """
    wanted = () if fold(tags) == NONE else tags_of(tags)
    if not wanted and fold(tags) != NONE:
        raise UsageError("There is no word in that; give words such as work or bedtime, or 'none' to take all away.")

    def change(tx: Transaction) -> Job:
        found = _said(tx, ctx, job)
        history.tag(tx, found.id, wanted)
        return found

    found = await ctx.commit(change)
    under = f"filed under {listed([f'#{tag}' for tag in wanted])} now" if wanted else "filed under nothing now"
    return Reply(text=f"{found.id} is {under}.", private=True, data={"id": found.id, "tags": list(wanted)})


@command("history", "project", private=True)
async def assign_history(
    ctx: Context, job: JobId, name: Annotated[str, Suggest(projects_used), Example("garden")]
) -> Reply:
    """Let something that you have had said belong to a project of yours.

    Args:
        job: Its number.
        name: The project's name; 'none' takes it out of the one it belongs to.
    """
    wanted = "" if fold(name) == NONE else project_of(name)
    if not speakable(wanted) and fold(name) != NONE:
        raise UsageError("A project's name needs a letter or a digit in it; 'none' takes this out of its project.")

    def change(tx: Transaction) -> Job:
        found = _said(tx, ctx, job)
        history.assign(tx, found.id, wanted)
        return found

    found = await ctx.commit(change)
    said = f'belongs to "{wanted}" now' if wanted else "belongs to no project now"
    return Reply(text=f"{found.id} {said}.", private=True, data={"id": found.id, "project": wanted})


@command("history", "delete", private=True)
async def delete_history(ctx: Context, job: JobId) -> Reply:
    """Delete something that you asked for: its files and its text, at once and for good.

    What you filed it under goes with it; that you asked for it stays counted. The host's copies of the database have it
    until newer ones replace them, and what was sent to a chat stays there until you delete it there.

    Args:
        job: Its number.
    """

    def change(tx: Transaction) -> tuple[Job, history.Deleted]:
        found = _own(tx, ctx, job)
        if found.state in UNFINISHED:
            raise Refused("Job {id} is not done yet; /jobs cancel job={id} stops it first.", id=found.id)
        return found, history.delete(tx, found)

    found, deleted = await ctx.commit(change)
    paths = [*(file.path for file in deleted.files), *deleted.paths]
    await ctx.host.settle_sounds()
    await asyncio.to_thread(_unlink, ctx.host.data, paths)
    freed = sum(file.bytes for file in deleted.files)
    went = [count(len(deleted.files), "files")] if deleted.files else []
    went += ["its text"] if found.text_from != "none" else []
    room = f"; {size(freed)} are free again" if freed else ""
    return Reply(
        text=f"{found.id} is gone{': ' if went else ''}{listed(went) if went else ''}{room}.",
        private=True,
        data={"id": found.id, "files": len(deleted.files), "bytes": freed},
    )


def _own(tx: Transaction, inquiry: Inquiry, id: int) -> Job:
    """Return a job of the asker's of which something is left; where a file answered it, the one that made the file.

    Raises:
        NotFound: There is none; one that is somebody else's looks the same.
    """
    found = history.entry(tx, inquiry.asker.user_id, id)
    if found and found.command == AGAIN and found.cached:  # its file is gone, and it never was more than a repetition
        found = history.entry(tx, inquiry.asker.user_id, json.loads(found.vals).get("job", 0))
    if found is None:
        raise NotFound("Number {id} is not in your history; /history list shows what is.", id=id)
    return found


def _said(tx: Transaction, inquiry: Inquiry, id: int) -> Job:
    """Return something that the asker has had said.

    Raises:
        Refused: There is none, or it has not been said (yet).
    """
    found = _own(tx, inquiry, id)
    if found.state in UNFINISHED:
        raise Refused("Job {id} is not done yet; /jobs show job={id} tells how far it is.", id=found.id)
    if found.state != "succeeded":
        raise Refused("Job {id} was never said; /jobs retry job={id} tries it again.", id=found.id)
    if found.text_from == "none" and not found.seconds:
        raise NotFound("There is nothing to hear in {id}; /jobs show job={id} tells what it is.", id=found.id)
    return found


def _gone(job: Job, file: str) -> str:
    """Say that a file is gone, and how it is had again."""
    if _repeatable(job):
        return f"{file} is gone; /history again job={job.id} makes it anew."
    return f"{file} is gone, and so is the one that it was said from; send that again with /{job.command}."


def _repeatable(job: Job) -> bool:
    """Tell whether something can be said again by its number: what came as a file is not kept."""
    return not any(isinstance(value, dict) and "bytes" in value for value in json.loads(job.vals).values())


def _changes(voice: str, format: FileFormat) -> dict[str, str]:
    """Return what is to be otherwise when something is said again, in stored form."""
    wanted = {"voice": voice, "format": "" if format is FileFormat.AUTO else format.value}
    return {name: value for name, value in wanted.items() if value}


def _request(inquiry: Inquiry, job: Job, changes: Mapping[str, str]) -> tuple[Command, dict[str, object]]:
    """Return what was asked for in a job, to be asked for again with some changes.

    Raises:
        MynahError: It cannot be asked for any more, or not by this person.
    """
    wanted, values = revive(inquiry.host.commands.get(job.command), job.command, job.signature, job.vals)
    check_audience(wanted, inquiry.asker.rank, inquiry.asker.place.kind)
    for value in values.values():
        if isinstance(value, Attachment) and not (value.path and (inquiry.host.data / value.path).is_file()):
            raise Refused("{id} was said from a file, which is not kept; ask with the file again.", id=job.id)
    if wanted.param("voice") and not values.get("voice") and (voice := voice_of(job)):
        values["voice"] = voice
    for name, value in changes.items():
        param = wanted.param(name)
        if param is None:
            raise Refused("/{name} has no {what} that could be another.", name=wanted.name, what=name)
        values[name] = param.decode(value)
    return wanted, values


def _known(inquiry: Inquiry, job: Job, there: Sequence[File]) -> Quote | None:
    """Answer with what was said from a file, where all that was made of it is there still; None where it is not."""
    sound, now = there[0], inquiry.database.clock.now()
    over = any(file.expires_at is not None and file.expires_at <= now for file in there)
    if sound.id != job.file_id or over or not all((inquiry.host.data / file.path).is_file() for file in there):
        return None
    seconds, voice = job.seconds or sound.seconds or 0.0, voice_of(job)
    told = (first_words(job, sound, 60), length(job, sound), voice, "said before, so it is free")
    reply = Reply(
        text=" · ".join(each for each in told if each),
        files=refs(job, there),
        data={"seconds": round(seconds, 3), "voice": voice, "cached": True, "characters": job.characters},
    )
    return Quote(file_id=sound.id, reply=reply, settings=json.loads(job.settings), format=job.format)


def _main(tx: Transaction, job: Job) -> File | None:
    return files.get(tx, job.file_id) if job.file_id is not None else None


def _unlink(data: Path, paths: Sequence[str]) -> None:
    for path in paths:
        try:
            (data / path).unlink(missing_ok=True)
        except OSError:  # open elsewhere, on Windows; no row names it now, so the next sweep removes it
            continue


def _nothing(wanted: Wanted, page: int) -> str:
    if page > 1:
        return f"There is no page {page}."
    if wanted != Wanted():
        return "Nothing in your history is like that. /history list without anything shows all of it."
    return "You have had nothing said yet; /speak says a text."


def _next_steps(job: Job, file: File | None) -> tuple[Action, ...]:
    values = {"job": job.id}
    again = file is not None or _repeatable(job)
    steps = [Action(label="Again", command="history again", values=values)] if again else []
    if file is not None and file.expires_at is None:
        steps.append(Action(label="Keep no more", command="history unkeep", values=values))
    elif file is not None:
        steps.append(Action(label="Keep", command="history keep", values=values))
    return (*steps, Action(label="Delete", command="history delete", values=values))
