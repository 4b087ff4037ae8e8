"""History: what a person has had said, to be found again, kept, filed and deleted.

It stands in the rows of jobs and files. A job that a file answered which was there already (`cached`) is no entry of
its own: it stands for the job that made the file, and what it is filed under is put on that one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from storage import deliveries, events, files, jobs, messages
from storage.database import Row, Transaction, Value
from storage.files import File
from storage.jobs import Job
from storage.voices import fold

CHUNK = 100
"""How many rows a search looks at at a time; a text may be long."""
LATELY = 1_000
"""Among how many of the latest entries tags and projects are offered."""
MOST_TAGS = 100
"""The most words that repeats add up to on one entry; the oldest go."""

_MADE = "state = 'succeeded' AND (text_from <> 'none' OR seconds > 0)"
"""What was said; what was deleted since has neither a text nor a length."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What is looked for among the entries of a person."""

    search: str = ""
    """What stands in the text, however it is cased; empty: anything."""
    tags: tuple[str, ...] = ()
    """What it is filed under, all of them; none: anything."""
    project: str = ""
    """What it belongs to, however that is cased; empty: anything."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Deleted:
    """What went when an entry was deleted."""

    files: tuple[File, ...]
    """Its files; to be unlinked once this is committed, as are `paths`."""
    paths: tuple[str, ...]
    """What else is to be unlinked, relative to the data folder."""


def entries(tx: Transaction, user_id: int, wanted: Wanted, limit: int, offset: int) -> list[Job]:
    """Return what a person has had said, the latest first."""
    if wanted == Wanted():
        rows = tx.all(
            f"""
            SELECT * FROM jobs WHERE user_id = :user_id AND {_MADE} AND cached = 0
            ORDER BY id DESC LIMIT :limit OFFSET :offset
            """,
            user_id=user_id,
            limit=limit,
            offset=offset,
        )
        return [jobs.from_row(row) for row in rows]
    found = islice(_matching(tx, user_id, wanted), offset, offset + limit)
    return [job for id in found if (job := jobs.get(tx, id)) is not None]


def entry(tx: Transaction, user_id: int, job_id: int) -> Job | None:
    """Return a job of a person, be it that it has not ended; where a file answered it, the job that made the file.

    None where it is not theirs, or where nothing is left of it.
    """
    job = jobs.get(tx, job_id)
    if job is None or job.user_id != user_id:
        return None
    file = files.get(tx, job.file_id) if job.file_id is not None else None
    if file is not None and file.job_id not in (None, job.id):
        origin = jobs.get(tx, file.job_id or 0)
        job = origin if origin is not None and origin.user_id == user_id else job
    return job if job.text_from != "none" or job.seconds or job.vals != "{}" or files.of_job(tx, job.id) else None


def keep(tx: Transaction, job_id: int) -> int:
    """Let the files of a job stay; return how many there are."""
    return tx.run("UPDATE files SET kept = 1, expires_at = NULL WHERE job_id = :job_id", job_id=job_id)


def unkeep(tx: Transaction, job_id: int, expires_at: int) -> int:
    """Let the files of a job go at a time (ms); return how many there are."""
    return tx.run(
        "UPDATE files SET kept = 0, expires_at = :expires_at WHERE job_id = :job_id",
        job_id=job_id,
        expires_at=expires_at,
    )


def tag(tx: Transaction, job_id: int, tags: Sequence[str]) -> None:
    """File a job under these words, and no others."""
    tx.run("UPDATE jobs SET tags = :tags WHERE id = :id", id=job_id, tags=json.dumps(tags, ensure_ascii=False))


def assign(tx: Transaction, job_id: int, project: str) -> None:
    """Let a job belong to a project; empty: to none."""
    tx.run("UPDATE jobs SET project = :project WHERE id = :id", id=job_id, project=project)


def file_too(tx: Transaction, user_id: int, file_id: int, tags: Sequence[str], project: str) -> None:
    """File what a file was made for under what a repeat of it is: also under these words, and in that project if any.

    Nothing happens where it is not the person's.
    """
    if not tags and not project:
        return
    row = tx.one(
        """
        SELECT jobs.id, jobs.tags, jobs.project FROM files JOIN jobs ON jobs.id = files.job_id
        WHERE files.id = :file_id AND jobs.user_id = :user_id
        """,
        file_id=file_id,
        user_id=user_id,
    )
    if row is None:
        return
    tag(tx, row["id"], list(dict.fromkeys([*json.loads(row["tags"]), *tags]))[-MOST_TAGS:])
    if project:
        assign(tx, row["id"], project)


def tags(tx: Transaction, user_id: int) -> list[str]:
    """Return the words under which a person has filed something lately, in their order."""
    return sorted({tag for row in _filed(tx, user_id) for tag in json.loads(row["tags"])})


def projects(tx: Transaction, user_id: int) -> list[str]:
    """Return the projects that something of a person's belongs to lately, in their order."""
    return sorted({str(row["project"]) for row in _filed(tx, user_id) if row["project"]}, key=fold)


def adopt(tx: Transaction, job_id: int, origin_id: int, changes: Mapping[str, str], format: str = "") -> None:
    """Let a job that says again what another said be what that one is: the same request, filed in the same way.

    Whose voice it uses is its own, whatever that other one used. `changes` are values that are to be otherwise, by the
    name of their parameter, in stored form; `format` is the kind of file that comes of them, where that changes.
    """
    own = json.loads(str(tx.value("SELECT settings FROM jobs WHERE id = :job_id", job_id=job_id)))
    tx.run(
        """
        UPDATE jobs SET (command, signature, vals, text_from, text, text_hash, settings, format, tags, project) = (
            SELECT command, signature, vals, CASE WHEN text IS NULL THEN 'none' ELSE text_from END, text,
                CASE WHEN text IS NULL THEN NULL ELSE text_hash END, settings, format, tags, project
            FROM jobs WHERE id = :origin_id
        ) WHERE id = :job_id
        """,
        job_id=job_id,
        origin_id=origin_id,
    )
    row = tx.one("SELECT vals, settings FROM jobs WHERE id = :job_id", job_id=job_id)
    assert row is not None, f"job {job_id} is gone while it runs"
    settings = {name: each for name, each in json.loads(row["settings"]).items() if name != "voice_id"}
    settings.update({name: each for name, each in own.items() if name == "voice_id"})
    settings.update(changes)
    if changes or settings != json.loads(row["settings"]):
        tx.run(
            """
            UPDATE jobs SET vals = :vals, settings = :settings,
                format = CASE WHEN :format = '' THEN format ELSE :format END
            WHERE id = :job_id
            """,
            job_id=job_id,
            vals=json.dumps({**json.loads(row["vals"]), **changes}, ensure_ascii=False),
            settings=json.dumps(settings, ensure_ascii=False),
            format=format,
        )


def delete(tx: Transaction, job: Job) -> Deleted:
    """Let an ended job be no more than a number among others: its files go, and whatever tells what was said.

    That is its text, its values, what it was filed under, what was answered, and the same of the jobs that its file
    answered. Its bytes count no more.
    """
    gone = files.of_job(tx, job.id)
    for id in _repeats(tx, job, gone):
        deliveries.drop(tx, id)
        messages.drop(tx, id)
        tx.run(_SCRUB, id=id, now=tx.now)
    for file in gone:
        files.remove(tx, file.id)
    events.drop_replies(tx, job.user_id)
    messages.drop_replies(tx, job.user_id)
    return Deleted(files=tuple(gone), paths=(job.text_path,) if job.text_path else ())


def _repeats(tx: Transaction, job: Job, gone: Sequence[File]) -> list[int]:
    """Return the job, and those of its person that were answered with its file, or with one that is gone by now."""
    ids = {f"f{n}": file.id for n, file in enumerate(gone)}
    rows = tx.all(
        f"""
        SELECT id FROM jobs WHERE user_id = :user_id AND (
            file_id IN ({", ".join(f":{name}" for name in ids) or "NULL"})
            OR (cached = 1 AND (text_hash = :text_hash OR (file_id IS NULL AND text_from = 'none')))
        )
        """,
        user_id=job.user_id,
        text_hash=job.text_hash,
        **ids,
    )
    return [job.id, *(row["id"] for row in rows if row["id"] != job.id)]


def _matching(tx: Transaction, user_id: int, wanted: Wanted) -> Iterator[int]:
    """Yield the entries that are wanted, the latest first; only the person's own rows are looked at."""
    before: Value = 2**62
    while rows := tx.all(_SOME, user_id=user_id, before=before, with_text=int(bool(wanted.search)), limit=CHUNK):
        yield from (row["id"] for row in rows if _fits(row, wanted))
        before = rows[-1]["id"]


def _fits(row: Row, wanted: Wanted) -> bool:
    # Here rather than in SQL, which knows no case but that of ASCII.
    return (
        (not wanted.tags or set(wanted.tags) <= set(json.loads(row["tags"])))
        and (not wanted.project or fold(row["project"]) == fold(wanted.project))
        and (not wanted.search or fold(wanted.search) in fold(row["text"] or ""))
    )


def _filed(tx: Transaction, user_id: int) -> list[Row]:
    return tx.all(
        f"""
        SELECT tags, project FROM jobs WHERE user_id = :user_id AND {_MADE} AND (tags <> '[]' OR project <> '')
        ORDER BY id DESC LIMIT :limit
        """,
        user_id=user_id,
        limit=LATELY,
    )


_SOME = f"""
    SELECT id, tags, project, CASE WHEN :with_text THEN text END AS text FROM jobs
    WHERE user_id = :user_id AND id < :before AND {_MADE} AND cached = 0
    ORDER BY id DESC LIMIT :limit
"""

_SCRUB = """
    UPDATE jobs SET vals = '{}', text_from = 'none', text = NULL, text_path = NULL, text_hash = NULL, settings = '{}',
        address = '{}', tags = '[]', project = '', seconds = NULL, updated_at = :now
    WHERE id = :id
"""
