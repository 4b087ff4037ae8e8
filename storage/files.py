"""Files: what Mynah made and keeps for a while, one row for one file on disk.

A file is written under a temporary name and flushed; then, inside the transaction that adds its row, it is
renamed to `path(id, format)`. So a crash leaves at most a file without a row, which the next sweep removes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from storage import quota
from storage.database import Row, Transaction
from storage.metrics import Charge, Metric
from storage.table import Person, Step, Table

TABLE = Table(
    name="files",
    people={"user_id": Person.ERASE},
    places=("place_id",),
    paths=("path",),
    steps=(
        Step(
            100,
            """
            CREATE TABLE files (
                id {id},
                user_id INTEGER NOT NULL REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
                place_id INTEGER REFERENCES places (id),
                name TEXT NOT NULL CHECK (name <> ''),
                path TEXT NOT NULL,
                format TEXT NOT NULL CHECK (format <> ''),
                sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
                bytes INTEGER NOT NULL CHECK (bytes >= 0),
                seconds REAL CHECK (seconds >= 0),
                rate INTEGER CHECK (rate > 0),
                downloads INTEGER NOT NULL DEFAULT 0 CHECK (downloads >= 0),
                last_used_at INTEGER NOT NULL,
                public INTEGER NOT NULL DEFAULT 0 CHECK (public IN (0, 1)),
                kept INTEGER NOT NULL DEFAULT 0 CHECK (kept IN (0, 1)),
                expires_at INTEGER,
                created_at INTEGER NOT NULL,
                CHECK (kept = 0 OR expires_at IS NULL)
            ) STRICT
            """,
        ),
        Step(101, "CREATE INDEX files_of_user ON files (user_id, id)"),
        Step(102, "CREATE INDEX files_by_end ON files (expires_at) WHERE expires_at IS NOT NULL"),
        Step(117, "ALTER TABLE files ADD COLUMN job_id INTEGER REFERENCES jobs (id) ON DELETE SET NULL"),
        Step(118, "CREATE INDEX files_of_job ON files (job_id) WHERE job_id IS NOT NULL"),
        Step(200, "ALTER TABLE files ADD COLUMN answers TEXT CHECK (length(answers) = 64)"),
        Step(201, "CREATE INDEX files_by_answer ON files (user_id, answers) WHERE answers IS NOT NULL"),
        Step(455, "ALTER TABLE files ADD COLUMN ends TEXT NOT NULL DEFAULT '[]'"),
        Step(506, "ALTER TABLE files ADD COLUMN voice_id INTEGER REFERENCES voices (id) ON DELETE SET NULL"),
        Step(507, "CREATE INDEX files_of_voice ON files (voice_id) WHERE voice_id IS NOT NULL"),
        Step(509, "CREATE INDEX files_by_digest ON files (sha256)"),
        Step(539, "ALTER TABLE files ADD COLUMN figures TEXT NOT NULL DEFAULT '{}'"),
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """A file that Mynah keeps."""

    id: int
    """Its number."""
    user_id: int
    """Whose it is."""
    place_id: int | None
    """Where it was made; its bytes count there."""
    job_id: int | None
    """The job that made it."""
    name: str
    """What people see it called; safe on every system."""
    path: str
    """Where it lies, relative to the data folder."""
    format: str
    """'wav', 'zip' …"""
    sha256: str
    """The SHA-256 of its bytes, in hex."""
    bytes: int
    """Its size, in bytes."""
    seconds: float | None
    """How long it lasts, in seconds; None where it is not sound."""
    rate: int | None
    """Samples a second, in Hz; None where it is not sound."""
    downloads: int
    """How often it was handed out."""
    last_used_at: int
    """When it was made or handed out last, in ms."""
    public: bool
    """Whether others may have it."""
    kept: bool
    """Whether its owner keeps it; it does not expire then."""
    expires_at: int | None
    """When it goes, in ms; None: it stays."""
    created_at: int
    """When it was made, in ms."""
    answers: str | None
    """The fingerprint of what it answers, in hex: the same asked again by its owner is answered with it."""
    ends: tuple[float, ...]
    """Where a long sound can be cut between sentences, in seconds from its start."""
    voice_id: int | None
    """The voice that speaks in it, which takes it along when it is withdrawn; None: nobody's."""
    figures: Mapping[str, object] = field(default_factory=dict, hash=False)
    """What is known of how it was made: 'licence', the SPDX expression of what has spoken in it, and where the engine
    listens to itself, the 'score' of its worst sentence and how many sentences were 'retaken'."""


def path(id: int, ending: str) -> str:
    """Return where the file of that number lies, relative to the data folder; `ending` has no dot."""
    return f"generations/{id}.{ending}"


def add(
    tx: Transaction,
    *,
    user_id: int,
    job_id: int | None,
    name: str,
    format: str,
    sha256: str,
    bytes: int,
    seconds: float | None,
    rate: int | None,
    expires_at: int | None,
    place_id: int | None = None,
    beside: int | None = None,
    answers: str | None = None,
    ends: Sequence[float] = (),
    voice_id: int | None = None,
    figures: Mapping[str, object] | None = None,
) -> int:
    """Note a file and return its number; its bytes count in the job's place, or in `place_id` where no job made it.

    Where there is no such person any more, it is theirs whose the job is by now: two may have become one while it ran.
    It lies at `path` with the ending of its name, under its own number, or under that of the file `beside` it.
    """
    id = int(
        tx.value(
            """
            INSERT INTO files (user_id, job_id, place_id, name, path, format, sha256, bytes, seconds, rate,
                expires_at, answers, ends, voice_id, figures, last_used_at, created_at)
            VALUES (COALESCE((SELECT id FROM users WHERE id = :user_id), (SELECT user_id FROM jobs WHERE id = :job_id),
                    :user_id), :job_id,
                COALESCE(:place_id, (SELECT place_id FROM jobs WHERE id = :job_id)), :name, '',
                :format, :sha256, :bytes, :seconds, :rate, :expires_at, :answers, :ends, :voice_id, :figures, :now,
                :now)
            RETURNING id
            """,
            user_id=user_id,
            job_id=job_id,
            place_id=place_id,
            name=name,
            format=format,
            sha256=sha256,
            bytes=bytes,
            seconds=seconds,
            rate=rate,
            expires_at=expires_at,
            answers=answers,
            ends=json.dumps(list(ends)),
            voice_id=voice_id,
            figures=json.dumps(dict(figures or {}), ensure_ascii=False),
            now=tx.now,
        )
    )
    place = path(id if beside is None else beside, name.rpartition(".")[2])
    tx.run("UPDATE files SET path = :path WHERE id = :id", id=id, path=place)
    return id


def get(tx: Transaction, id: int) -> File | None:
    """Return the file of that number."""
    row = tx.one("SELECT * FROM files WHERE id = :id", id=id)
    return _file(row) if row else None


def answering(tx: Transaction, user_id: int, fingerprint: str) -> File | None:
    """Return a person's latest file that answers what has that fingerprint, unless its time is over."""
    row = tx.one(
        """
        SELECT * FROM files
        WHERE user_id = :user_id AND answers = :fingerprint AND (expires_at IS NULL OR expires_at > :now)
        ORDER BY id DESC LIMIT 1
        """,
        user_id=user_id,
        fingerprint=fingerprint,
        now=tx.now,
    )
    return _file(row) if row else None


def of_job(tx: Transaction, job_id: int) -> list[File]:
    """Return the files that a job has made and that are still there, the main one first."""
    return [_file(row) for row in tx.all("SELECT * FROM files WHERE job_id = :job_id ORDER BY id", job_id=job_id)]


def of_voice(tx: Transaction, voice_id: int, made_by: Sequence[str] | None = None) -> list[File]:
    """Return the files in which a voice speaks, whosoever's they are, with what lies beside them (timings).

    Only those that these commands have made, where any are named in `made_by`.
    """
    names = {f"made_by_{place}": command for place, command in enumerate(made_by or ())}
    among = ", ".join(f":{name}" for name in names)
    made = f"AND EXISTS (SELECT 1 FROM jobs j WHERE j.id = files.job_id AND j.command IN ({among}))" if names else ""
    rows = tx.all(
        f"""
        SELECT * FROM files WHERE (voice_id = :voice_id
            OR job_id IN (SELECT job_id FROM files WHERE voice_id = :voice_id AND job_id IS NOT NULL))
            {made}
        ORDER BY id
        """,
        voice_id=voice_id,
        **names,
    )
    return [_file(row) for row in rows]


def made_by(tx: Transaction, user_id: int, command: str) -> list[File]:
    """Return a person's files that a command has made."""
    rows = tx.all(
        """
        SELECT * FROM files WHERE user_id = :user_id
            AND EXISTS (SELECT 1 FROM jobs j WHERE j.id = files.job_id AND j.command = :command)
        ORDER BY id
        """,
        user_id=user_id,
        command=command,
    )
    return [_file(row) for row in rows]


def by_digest(tx: Transaction, sha256: str) -> bool:
    """Whether a file with these very bytes was made here and is still there, whosoever's it is."""
    return tx.value("SELECT 1 FROM files WHERE sha256 = :sha256 LIMIT 1", sha256=sha256) is not None


def of_user(tx: Transaction, user_id: int, limit: int = 20, offset: int = 0) -> list[File]:
    """Return a person's files, the latest first."""
    rows = tx.all(
        "SELECT * FROM files WHERE user_id = :user_id ORDER BY id DESC LIMIT :limit OFFSET :offset",
        user_id=user_id,
        limit=limit,
        offset=offset,
    )
    return [_file(row) for row in rows]


def used(tx: Transaction, id: int) -> None:
    """Count that the file was handed out."""
    tx.run("UPDATE files SET downloads = downloads + 1, last_used_at = :now WHERE id = :id", id=id, now=tx.now)


def set_public(tx: Transaction, id: int, public: bool) -> None:
    """Let others have the file, or no more."""
    tx.run("UPDATE files SET public = :public WHERE id = :id", id=id, public=int(public))


def expired(tx: Transaction, limit: int) -> list[File]:
    """Return files whose time is over, the longest expired first."""
    rows = tx.all(
        "SELECT * FROM files WHERE expires_at <= :now ORDER BY expires_at, id LIMIT :limit", now=tx.now, limit=limit
    )
    return [_file(row) for row in rows]


def remove(tx: Transaction, id: int) -> str | None:
    """Drop a file's row, so that its bytes count no more; return its path, to be unlinked once this is committed."""
    row = tx.one("DELETE FROM files WHERE id = :id RETURNING *", id=id)
    if row is None:
        return None
    charge = Charge(metric=Metric.BYTES, amount=row["bytes"])
    quota.release(tx, user_id=row["user_id"], place_id=row["place_id"], charge=charge, job_id=row["job_id"])
    return str(row["path"])


def _file(row: Row) -> File:
    told = {"ends": tuple(json.loads(row["ends"])), "figures": json.loads(row["figures"])}
    return File(**{**dict(row), "public": bool(row["public"]), "kept": bool(row["kept"]), **told})
