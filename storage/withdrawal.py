"""Withdrawal: how a voice goes at once, with its jobs, its files and all that was learned of it.

It is one transaction, so nothing can be said with the voice any more once it is committed, and no job that was under
way can bring anything in. The caller stops the tasks of `jobs`, and unlinks `paths`, after it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from engine.value import value
from storage import consents, deliveries, events, files, messages, queue, quota, speakers, voice_folder, voices
from storage.database import Row, Transaction, due_for_scrub
from storage.jobs import FinishedBy
from storage.metrics import Charge, Metric
from storage.voices import Voice, fold, next_change

PACKING = "export"
"""The command whose files hold everything of a person's, the recordings and files of a voice among it."""
EXPORT = "voices export"
"""The command whose file is a voice to be brought back later."""
COPYING = ("clone", "voices passage", "voices import", "consent listen")
"""The commands whose files are about a recording itself, and of no use without the voice."""


@value
class Withdrawn:
    """What went with a voice."""

    jobs: tuple[int, ...] = ()
    """The jobs that would have used it, which are cancelled: their tasks are to be stopped, their spools removed."""
    paths: tuple[str, ...] = ()
    """The files and folders to be unlinked once this is committed, relative to the data folder."""
    files: int = 0
    """How many files in which it spoke are gone."""
    rows: Mapping[str, int] = field(default_factory=dict)
    """How many rows are gone, by table; empty where there was no such voice."""


def withdraw(tx: Transaction, voice_id: int, key: bytes, by: FinishedBy = "user") -> Withdrawn:
    """Stop a voice at once: its jobs, the files in which it speaks (whosoever's they are) and itself.

    What others than the person whose voice it is have packed (`/export`) may hold its recordings or files, and
    goes too.

    What was agreed to stays as a record that is revoked (`storage/consents.py`).

    Args:
        tx: The transaction.
        voice_id: The voice, a clone; nothing happens where there is none of that number.
        key: The secret of the data folder, under which the record is signed anew.
        by: Who cancels the jobs.
    """
    voice = voices.get(tx, voice_id)
    if voice is None or voice.kind != "clone":
        return Withdrawn()
    return _let_go(tx, voice, key, by, files.of_voice(tx, voice_id))


def delete(tx: Transaction, voice_id: int, key: bytes) -> Withdrawn:
    """Let a voice go because its owner wants it no more.

    What the owner had said in their own voice stays, as does what was said where nobody knows whose voice it is. What
    others have of it goes along, and everything where somebody else has lent it: without the voice its person could not
    find that any more to take it back. What copies a recording (its card, its passage) goes in any case. What the owner
    has exported of their own voice stays, for it was made to outlive this (`outlived`).
    """
    voice = voices.get(tx, voice_id)
    if voice is None or voice.kind != "clone":
        return Withdrawn()
    copying = COPYING if outlived(voice) else (*COPYING, EXPORT)
    copies = {file.id for file in files.of_voice(tx, voice_id, copying)}

    def goes(file: files.File) -> bool:
        others = voice.spoken_by is not None and file.user_id != voice.user_id
        return voice.is_lent or others or file.id in copies

    return _let_go(tx, voice, key, "user", [file for file in files.of_voice(tx, voice_id) if goes(file)])


def outlived(voice: Voice) -> bool:
    """Whether what its owner has exported of a voice stays when they delete it: of their own voice it does.

    Where it is somebody else's, or nobody knows whose, the recordings in it are not theirs to keep.
    """
    return voice.spoken_by is not None and voice.spoken_by == voice.user_id


def take_along(tx: Transaction, user_id: int, key: bytes) -> Withdrawn:
    """Let the voices of somebody who is forgotten go: those that are theirs by sound, and those that they hold."""
    theirs = tx.all("SELECT id FROM voices WHERE spoken_by = :user_id AND kind = 'clone' ORDER BY id", user_id=user_id)
    gone = [withdraw(tx, row["id"], key) for row in theirs]
    held = tx.all("SELECT id FROM voices WHERE user_id = :user_id AND kind = 'clone' ORDER BY id", user_id=user_id)
    gone += [delete(tx, row["id"], key) for row in held]
    rows: Counter[str] = Counter()
    for each in gone:
        rows.update(each.rows)
    return Withdrawn(
        jobs=tuple(sorted({job for each in gone for job in each.jobs})),
        paths=tuple(path for each in gone for path in each.paths),
        files=sum(each.files for each in gone),
        rows=rows,
    )


def not_agreed(tx: Transaction, before: int, limit: int) -> list[int]:
    """Return the voices that were begun before a time (ms) and that nobody has agreed to, the oldest first.

    They may be somebody else's who knows nothing of it. One of which an admin has to decide is not among them.
    """
    rows = tx.all(
        """
        SELECT id FROM voices v WHERE kind = 'clone' AND consent = '' AND created_at < :before
            AND NOT EXISTS (SELECT 1 FROM consents c WHERE c.voice_id = v.id AND c.status = 'unsure')
        ORDER BY created_at LIMIT :limit
        """,
        before=before,
        limit=limit,
    )
    return [row["id"] for row in rows]


def _let_go(tx: Transaction, voice: Voice, key: bytes, by: FinishedBy, spoken: list[files.File]) -> Withdrawn:
    packers = {user_id for user_id in (voice.user_id, *(file.user_id for file in spoken)) if user_id is not None}
    packers.discard(voice.spoken_by or 0)  # of what is their own voice they keep what they have packed
    jobs = tuple(job for job in _under_way(tx, voice, packers) if queue.cancel(tx, job, by=by))
    gone = [*spoken, *(file for user_id in sorted(packers) for file in files.made_by(tx, user_id, PACKING))]
    paths = [path for file in gone if (path := files.remove(tx, file.id)) is not None]
    for job_id in {file.job_id for file in gone if file.job_id is not None}:
        deliveries.drop(tx, job_id)
        messages.drop(tx, job_id)
    for user_id in {file.user_id for file in gone}:
        events.drop_replies(tx, user_id)
        messages.drop_replies(tx, user_id)
    paths += consents.revoke(tx, voice.id, key)
    learned = _speakers(tx, voice.id)
    paths += [path for id in learned if (path := speakers.remove_learned(tx, id)) is not None]
    if voice.user_id is not None:
        charge = Charge(metric=Metric.VOICES, amount=1)
        quota.release(tx, user_id=voice.user_id, place_id=voice.counted_in, charge=charge)
    next_change(tx)
    found = tx.all(
        "SELECT id, path, original_path FROM recordings WHERE voice_id = :id OR id = :first",
        id=voice.id,
        first=voice.recording_id,
    )
    paths += [str(path) for row in found for path in (row["path"], row["original_path"]) if path]
    tx.run("DELETE FROM voices WHERE id = :id", id=voice.id)
    for row in found:
        tx.run("DELETE FROM recordings WHERE id = :id", id=row["id"])
    due_for_scrub(tx)
    return Withdrawn(
        jobs=jobs,
        paths=(*paths, voice_folder.of_voice(voice.id)),
        files=len(spoken),
        rows={"voices": 1, "recordings": len(found), "speakers": len(learned), "files": len(spoken)},
    )


def _speakers(tx: Transaction, voice_id: int) -> list[int]:
    rows = tx.all(
        """
        SELECT id FROM speakers WHERE id = (SELECT speaker_id FROM voices WHERE id = :id) AND user_id IS NOT NULL
        UNION SELECT id FROM speakers WHERE voice_id = :id
        UNION SELECT id FROM speakers WHERE recording_id IN (
            SELECT id FROM recordings WHERE voice_id = :id UNION SELECT recording_id FROM voices WHERE id = :id
        )
        ORDER BY id
        """,
        id=voice_id,
    )
    return [row["id"] for row in rows]


def _under_way(tx: Transaction, voice: Voice, packers: set[int]) -> list[int]:
    """Return the jobs that have not ended and would use a voice, or with which one of those people packs theirs.

    They tell it by the number that they note when they are asked for, else by the names that stand in what was asked.
    """
    rows = tx.all(
        """
        SELECT id, user_id, place_id, command, vals, settings FROM jobs WHERE state IN ('pending', 'ready')
        UNION ALL SELECT id, user_id, place_id, command, vals, settings FROM jobs WHERE state = 'running'
        """
    )
    packing = {row["id"] for row in rows if row["command"] == PACKING and row["user_id"] in packers}
    return sorted(row["id"] for row in rows if row["id"] in packing or _uses(tx, row, voice))


def _uses(tx: Transaction, job: Row, voice: Voice) -> bool:
    given, settings = json.loads(job["vals"]), json.loads(job["settings"])
    if (number := settings.get("voice_id")) is not None:
        return bool(number == voice.id)
    names = {fold(name) for name in (given.get("voice"), given.get("name"), settings.get("voice")) if _is_name(name)}
    if fold(voice.name) not in names:
        return False
    if job["user_id"] == voice.user_id:
        return True
    meant = voices.named(tx, voice.name, user_id=job["user_id"], place_id=job["place_id"])
    return meant is not None and meant.id == voice.id


def _is_name(held: Any) -> bool:
    return isinstance(held, str) and held != ""
