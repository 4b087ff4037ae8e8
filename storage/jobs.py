"""Jobs: what was asked, how far it has come, and how it ended. The queue moves them; this file says what they are."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from storage.database import Row, Transaction
from storage.table import Person, Step, Table

State = Literal["pending", "ready", "running", "succeeded", "failed", "cancelled"]
FinishedBy = Literal["runner", "user", "admin", "host", "restart"]

TABLE = Table(
    name="jobs",
    people={"user_id": Person.ERASE},
    places=("place_id",),
    paths=("text_path",),
    steps=(
        Step(
            110,
            """
            CREATE TABLE jobs (
                id {id},
                user_id INTEGER NOT NULL REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
                place_id INTEGER NOT NULL REFERENCES places (id),
                platform TEXT NOT NULL,
                command TEXT NOT NULL,
                signature TEXT NOT NULL,
                vals TEXT NOT NULL DEFAULT '{}',
                text_from TEXT NOT NULL DEFAULT 'none' CHECK (text_from IN ('none', 'typed', 'file')),
                text TEXT,
                text_path TEXT,
                text_hash TEXT,
                settings TEXT NOT NULL DEFAULT '{}',
                format TEXT NOT NULL DEFAULT '',
                lane INTEGER NOT NULL CHECK (lane BETWEEN 0 AND 3),
                turn INTEGER NOT NULL DEFAULT 0 CHECK (turn >= 0),
                state TEXT NOT NULL
                    CHECK (state IN ('pending', 'ready', 'running', 'succeeded', 'failed', 'cancelled')),
                inputs INTEGER NOT NULL DEFAULT 0 CHECK (inputs >= 0),
                priority INTEGER NOT NULL DEFAULT 0,
                run_at INTEGER NOT NULL DEFAULT 0 CHECK (run_at >= 0),
                attempt INTEGER NOT NULL DEFAULT 0 CHECK (attempt >= 0),
                attempts_left INTEGER NOT NULL DEFAULT 3 CHECK (attempts_left >= 0),
                progress REAL NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1),
                eta_at INTEGER,
                error_key TEXT,
                error TEXT,
                cached INTEGER NOT NULL DEFAULT 0 CHECK (cached IN (0, 1)),
                file_id INTEGER REFERENCES files (id) ON DELETE SET NULL,
                address TEXT NOT NULL DEFAULT '{}',
                roles TEXT NOT NULL DEFAULT '[]',
                rank INTEGER NOT NULL DEFAULT 0 CHECK (rank BETWEEN 0 AND 2),
                unlimited INTEGER NOT NULL DEFAULT 0 CHECK (unlimited IN (0, 1)),
                tags TEXT NOT NULL DEFAULT '[]',
                project TEXT NOT NULL DEFAULT '',
                characters INTEGER NOT NULL DEFAULT 0 CHECK (characters >= 0),
                charges TEXT NOT NULL DEFAULT '{}',
                seconds REAL CHECK (seconds >= 0),
                boot TEXT,
                created_at INTEGER NOT NULL,
                updated_at INTEGER NOT NULL,
                started_at INTEGER,
                finished_at INTEGER,
                finished_by TEXT CHECK (finished_by IN ('runner', 'user', 'admin', 'host', 'restart')),
                CHECK ((text IS NOT NULL) = (text_from = 'typed')),
                CHECK ((text_path IS NOT NULL) = (text_from = 'file')),
                CHECK (text_hash IS NULL OR text_from <> 'none'),
                CHECK ((finished_at IS NOT NULL) = (state IN ('succeeded', 'failed', 'cancelled'))),
                CHECK ((finished_by IS NOT NULL) = (finished_at IS NOT NULL)),
                CHECK (state <> 'running' OR (started_at IS NOT NULL AND boot IS NOT NULL AND attempt >= 1)),
                CHECK ((error IS NOT NULL) = (error_key IS NOT NULL)),
                CHECK ((error IS NOT NULL) = (state = 'failed')),
                CHECK (state <> 'pending' OR inputs > 0),
                CHECK (state NOT IN ('ready', 'running', 'succeeded') OR inputs = 0),
                CHECK (cached = 0 OR state = 'succeeded'),
                CHECK (file_id IS NULL OR state = 'succeeded')
            ) STRICT
            """,
        ),
        # Only of those that wait for a time, so that the many that do not are spared an entry.
        Step(111, "CREATE INDEX jobs_later ON jobs (run_at) WHERE state = 'ready' AND run_at > 0"),
        Step(112, "CREATE INDEX jobs_ready ON jobs (lane, turn, id, user_id, run_at) WHERE state = 'ready'"),
        Step(113, "CREATE INDEX jobs_waiting ON jobs (user_id, lane, turn) WHERE state IN ('pending', 'ready')"),
        Step(114, "CREATE INDEX jobs_running ON jobs (user_id) WHERE state = 'running'"),
        Step(115, "CREATE INDEX jobs_of_user ON jobs (user_id, id)"),
        Step(116, "CREATE INDEX jobs_of_file ON jobs (file_id) WHERE file_id IS NOT NULL"),
        Step(508, "CREATE INDEX jobs_examining ON jobs (user_id, created_at) WHERE command = 'clone'"),
        Step(501, "CREATE INDEX jobs_answering ON jobs (user_id, created_at) WHERE command = 'consent answer'"),
        Step(402, "CREATE INDEX jobs_failed ON jobs (place_id, id) WHERE state = 'failed'"),
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A job, as its row has it."""

    id: int
    """Its number, by which people know it."""
    user_id: int
    """Who asked."""
    place_id: int
    """The server, the group or the direct messages in which they asked."""
    platform: str
    """On which platform they asked."""
    command: str
    """What they asked for: the command's words, separated by blanks."""
    signature: str
    """The fingerprint of that command's parameters when it was asked."""
    vals: str
    """With which values, in their stored form; a JSON object."""
    text_from: Literal["none", "typed", "file"]
    """Where the text to say comes from."""
    text: str | None
    """What was typed."""
    text_path: str | None
    """The file with the text, relative to the data folder."""
    text_hash: str | None
    """SHA-256 of the text, in hex."""
    settings: str
    """How it is to sound; a JSON object."""
    format: str
    """The format of the file that was asked for; empty: the platform's own."""
    lane: int
    """Where it waits; lower goes first."""
    turn: int
    """In which round of its lane its person is served; lower goes first."""
    state: State
    """How far it is."""
    inputs: int
    """How many files are still to come before it can be done."""
    priority: int
    """What the host gave it; kept for people to see, higher is more urgent."""
    run_at: int
    """Not before this time, in ms."""
    attempt: int
    """Which attempt this is; the first is 1, 0 before it."""
    attempts_left: int
    """How many more may follow."""
    progress: float
    """How much is done, from 0 to 1."""
    eta_at: int | None
    """When it will be done as far as one can tell, in ms."""
    error_key: str | None
    """Why it failed, for programs."""
    error: str | None
    """Why it failed, as a sentence for the person."""
    cached: bool
    """Whether a file that was there already answered it."""
    file_id: int | None
    """The file that it made, or that answered; None again when that is gone."""
    address: str
    """Where the answer goes, in the platform's own terms; a JSON object."""
    roles: str
    """The roles that the person had there; a JSON list of ids."""
    rank: int
    """The most that the person may do there: 0 a member, 1 an admin, 2 an owner."""
    unlimited: bool
    """Whether limits do not hold for them."""
    tags: str
    """What the person filed it under; a JSON list."""
    project: str
    """What it belongs to; empty for nothing."""
    characters: int
    """How many characters are to be said."""
    charges: str
    """What is set aside for it when it is asked, and asked anew; a JSON object of amounts by metric."""
    seconds: float | None
    """How long its audio is, in seconds."""
    boot: str | None
    """The run of the process that claimed it last."""
    created_at: int
    """When it was asked, in ms."""
    updated_at: int
    """When its state changed last, in ms."""
    started_at: int | None
    """When its latest attempt began, in ms."""
    finished_at: int | None
    """When it ended, in ms."""
    finished_by: FinishedBy | None
    """Who ended it."""


def from_row(row: Row, but: Collection[str] = ()) -> Job:
    """Make a Job of a whole row of `jobs`; `but` names columns of other tables that it has besides."""
    cells = {name: row[name] for name in row.keys() if name not in but}  # noqa: SIM118  # a row's own items are values
    return Job(**{**cells, "cached": bool(row["cached"]), "unlimited": bool(row["unlimited"])})


def get(tx: Transaction, id: int) -> Job | None:
    """Return the job of that number."""
    row = tx.one("SELECT * FROM jobs WHERE id = :id", id=id)
    return from_row(row) if row else None


def of_user(tx: Transaction, user_id: int, state: State | None = None, limit: int = 20, offset: int = 0) -> list[Job]:
    """Return what a person asked for, the latest first; with `state`, only what is in it."""
    rows = tx.all(
        """
        SELECT * FROM jobs
        WHERE user_id = :user_id AND (:state IS NULL OR state = :state)
        ORDER BY id DESC LIMIT :limit OFFSET :offset
        """,
        user_id=user_id,
        state=state,
        limit=limit,
        offset=offset,
    )
    return [from_row(row) for row in rows]


def unfinished(tx: Transaction, platform: str) -> list[Job]:
    """Return what is asked for on a platform and has not ended."""
    rows = tx.all(
        """
        SELECT * FROM jobs WHERE state IN ('pending', 'ready') AND platform = :platform
        UNION ALL SELECT * FROM jobs WHERE state = 'running' AND platform = :platform
        """,
        platform=platform,
    )
    return [from_row(row) for row in rows]


def in_place(tx: Transaction, place_id: int, limit: int = 20, offset: int = 0) -> list[Job]:
    """Return what is asked for in a place and has not ended: what runs, then what waits, in the order of its turns."""
    rows = tx.all(
        """
        SELECT * FROM (
            SELECT * FROM jobs WHERE state = 'running' AND place_id = :place_id
            UNION ALL SELECT * FROM jobs WHERE state IN ('pending', 'ready') AND place_id = :place_id
        ) AS unfinished
        ORDER BY CASE state WHEN 'running' THEN 0 ELSE 1 END, lane, turn, id LIMIT :limit OFFSET :offset
        """,
        place_id=place_id,
        limit=limit,
        offset=offset,
    )
    return [from_row(row) for row in rows]


def open_of(tx: Transaction, user_id: int, place_id: int | None = None) -> list[Job]:
    """Return what a person waits for and what is under way for them, in a place or (None) everywhere."""
    rows = tx.all(
        """
        SELECT * FROM jobs WHERE state IN ('pending', 'ready', 'running') AND user_id = :user_id
            AND (:place_id IS NULL OR place_id = :place_id) ORDER BY id
        """,
        user_id=user_id,
        place_id=place_id,
    )
    return [from_row(row) for row in rows]


def failures(tx: Transaction, place_id: int, limit: int = 20, offset: int = 0) -> list[Job]:
    """Return what went wrong in a place, the latest first."""
    rows = tx.all(
        """
        SELECT * FROM jobs WHERE state = 'failed' AND place_id = :place_id
        ORDER BY id DESC LIMIT :limit OFFSET :offset
        """,
        place_id=place_id,
        limit=limit,
        offset=offset,
    )
    return [from_row(row) for row in rows]


def reasons(tx: Transaction, place_id: int) -> dict[str, int]:
    """Return how often each reason stood in the way of a job in a place, by its key, the most frequent first."""
    rows = tx.all(
        """
        SELECT error_key, COUNT(*) AS times FROM jobs WHERE state = 'failed' AND place_id = :place_id
        GROUP BY error_key ORDER BY times DESC, error_key
        """,
        place_id=place_id,
    )
    return {row["error_key"]: row["times"] for row in rows}


def last_rank(tx: Transaction, user_id: int, place_id: int) -> int:
    """Return the most that a person might do in a place when they asked last: 0 a member, 1 an admin, 2 an owner."""
    found = tx.value(
        "SELECT rank FROM jobs WHERE user_id = :user_id AND place_id = :place_id ORDER BY id DESC LIMIT 1",
        user_id=user_id,
        place_id=place_id,
    )
    return int(found or 0)


def pace(tx: Transaction, among: int = 20) -> float:
    """Return how many ms a character took lately, among so many of the latest jobs; 0 where nobody knows."""
    row = tx.one(
        """
        SELECT SUM(finished_at - started_at) AS ms, SUM(characters) AS characters FROM (
            SELECT finished_at, started_at, characters FROM jobs
            WHERE state = 'succeeded' AND cached = 0 AND characters > 0 AND started_at IS NOT NULL
            ORDER BY id DESC LIMIT :among
        ) AS latest
        """,
        among=among,
    )
    return row["ms"] / row["characters"] if row and row["characters"] else 0.0


def any_ready(tx: Transaction) -> bool:
    """Whether any job is ready, be it that its time has not come; quicker than to ask for one."""
    return tx.value("SELECT 1 FROM jobs WHERE state = 'ready' LIMIT 1") is not None


def next_run_at(tx: Transaction) -> int | None:
    """Return the next time, in ms, before which a ready job must not run; None where none waits for a time."""
    found = tx.value(
        """
        SELECT run_at FROM jobs WHERE state = 'ready' AND run_at > 0 AND run_at > :now ORDER BY run_at LIMIT 1
        """,
        now=tx.now,
    )
    return None if found is None else int(found)


def latest(tx: Transaction, state: State | None = None, limit: int = 20, offset: int = 0) -> list[Job]:
    """Return what anybody asked for, the latest first; with `state`, only what is in it."""
    rows = tx.all(
        """
        SELECT * FROM jobs WHERE :state IS NULL OR state = :state
        ORDER BY id DESC LIMIT :limit OFFSET :offset
        """,
        state=state,
        limit=limit,
        offset=offset,
    )
    return [from_row(row) for row in rows]


def set_progress(tx: Transaction, id: int, attempt: int, progress: float, eta_at: int | None) -> bool:
    """Note how far an attempt has come; False where the job is no longer that attempt's."""
    changed = tx.run(
        """
        UPDATE jobs SET progress = :progress, eta_at = :eta_at, updated_at = :now
        WHERE id = :id AND state = 'running' AND attempt = :attempt
        """,
        id=id,
        attempt=attempt,
        progress=min(max(progress, 0.0), 1.0),
        eta_at=eta_at,
        now=tx.now,
    )
    return changed == 1


def is_at(tx: Transaction, id: int, attempt: int) -> bool:
    """Whether the job runs, and in that attempt."""
    row = tx.one(
        "SELECT 1 FROM jobs WHERE id = :id AND state = 'running' AND attempt = :attempt", id=id, attempt=attempt
    )
    return row is not None


def describe(tx: Transaction, id: int, settings: Mapping[str, str | float]) -> None:
    """Note how a job sounds, where that was not known when it was asked for."""
    tx.run(
        "UPDATE jobs SET settings = :settings WHERE id = :id", id=id, settings=json.dumps(settings, ensure_ascii=False)
    )
