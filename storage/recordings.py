"""Recordings: what people gave to make voices from, and what was found out about each.

    uploaded → ready

A recording is looked at before it is noted, so that of what is too poor nothing is kept, and it is ready in the same
transaction; the table knows 'processing' and 'failed', too, which nothing becomes here. A recording belongs to a
voice. Its sound lies twice in the folder of that voice: as it came, for its owner only, and clean, for engines
(`storage/voice_folder.py`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Literal

from engine.value import value
from storage import voice_folder
from storage.database import Row, Transaction
from storage.table import Person, Step, Table

Status = Literal["uploaded", "ready"]
_Blob = bytes
"""Under another name, because a recording has a field called so."""

TABLE = Table(
    name="recordings",
    people={"user_id": Person.ERASE},
    paths=("path", "original_path"),
    steps=(
        Step(
            60,
            """
            CREATE TABLE recordings (
                id {id},
                user_id INTEGER NOT NULL REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
                name TEXT NOT NULL,
                status TEXT NOT NULL CHECK (status IN ('uploaded', 'processing', 'ready', 'failed')),
                path TEXT NOT NULL,
                sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
                bytes INTEGER NOT NULL CHECK (bytes >= 0),
                seconds REAL CHECK (seconds >= 0),
                rate INTEGER CHECK (rate > 0),
                figures TEXT NOT NULL DEFAULT '{}',
                transcript TEXT,
                error TEXT,
                created_at INTEGER NOT NULL,
                CHECK (status <> 'ready' OR (seconds IS NOT NULL AND rate IS NOT NULL)),
                CHECK ((error IS NOT NULL) = (status = 'failed'))
            ) STRICT
            """,
        ),
        Step(61, "CREATE INDEX recordings_of_user ON recordings (user_id)"),
        Step(482, "ALTER TABLE recordings ADD COLUMN voice_id INTEGER REFERENCES voices (id) ON DELETE SET NULL"),
        Step(483, "CREATE INDEX recordings_of_voice ON recordings (voice_id) WHERE voice_id IS NOT NULL"),
        Step(484, "ALTER TABLE recordings ADD COLUMN original_path TEXT"),
        Step(485, "ALTER TABLE recordings ADD COLUMN container TEXT NOT NULL DEFAULT ''"),
        Step(486, "ALTER TABLE recordings ADD COLUMN speakers INTEGER CHECK (speakers >= 1)"),
        Step(487, "ALTER TABLE recordings ADD COLUMN score REAL CHECK (score BETWEEN 0 AND 10)"),
        Step(488, "ALTER TABLE recordings ADD COLUMN passage_start REAL CHECK (passage_start >= 0)"),
        Step(
            489,
            """
            ALTER TABLE recordings ADD COLUMN passage_end REAL
                CHECK ((passage_end IS NULL) = (passage_start IS NULL) AND passage_end > passage_start)
            """,
        ),
        Step(490, "ALTER TABLE recordings ADD COLUMN model TEXT"),
        Step(
            491,
            """
            ALTER TABLE recordings ADD COLUMN embedding BLOB CHECK (
                (embedding IS NULL) = (model IS NULL) AND length(embedding) > 0 AND length(embedding) % 4 = 0
            )
            """,
        ),
        Step(
            492,
            """
            ALTER TABLE recordings ADD COLUMN embedding_seconds REAL
                CHECK ((embedding IS NULL) = (embedding_seconds IS NULL) AND embedding_seconds > 0)
            """,
        ),
        Step(493, "CREATE INDEX recordings_by_digest ON recordings (sha256)"),
    ),
)


@value
class Recording:
    """A sound that somebody gave for a voice."""

    id: int
    """Its number."""
    user_id: int
    """Who gave it."""
    voice_id: int | None
    """The voice that it is for; None only while both are being made."""
    name: str
    """What its owner's file is called."""
    status: Status
    """How far it is; only what is 'ready' can be learned from."""
    path: str
    """Where the clean sound lies, relative to the data folder: a mono WAV."""
    original_path: str | None
    """Where it lies as it came, for its owner only; None where that is not kept."""
    sha256: str
    """The SHA-256 of the file as it came, in hex."""
    bytes: int
    """How large the files of it are, in bytes."""
    seconds: float | None
    """How long it is, in seconds; None until it was examined."""
    rate: int | None
    """Samples a second of the clean sound, in Hz; None until it was examined."""
    container: str
    """What kind of file it came as ('wav', 'ogg' …); empty where nobody noted it."""
    speakers: int | None
    """How many people speak in it: 1, or 2 for more; None where nobody knows."""
    score: float | None
    """How good it is for a voice, from 0 to 10."""
    passage: tuple[float, float] | None
    """The best stretch of it, from when to when, in seconds."""
    model: str | None
    """What computed its embedding."""
    embedding: _Blob | None
    """Whose voice it is, as that model tells it: float32, little-endian; comparable within one model only."""
    embedding_seconds: float | None
    """From how much speech that was computed, in seconds."""
    figures: Mapping[str, object]
    """Everything that was measured, as the report told it."""
    transcript: str | None
    """What is said in it, where its owner wrote that down."""
    error: str | None
    """Why it failed, as a sentence for the person."""
    created_at: int
    """When it came, in ms."""


@value
class Finding:
    """What an examination finds out about a recording."""

    seconds: float
    """How long it is, in seconds."""
    rate: int
    """Samples a second of the clean sound, in Hz."""
    speakers: int | None = None
    """How many people speak in it: 1, or 2 for more; None where nobody knows."""
    score: float | None = None
    """How good it is for a voice, from 0 to 10."""
    passage: tuple[float, float] | None = None
    """The best stretch of it, from when to when, in seconds."""
    model: str | None = None
    """What computed its embedding; None where there is none."""
    embedding: bytes | None = None
    """Whose voice it is: float32, little-endian."""
    embedding_seconds: float | None = None
    """From how much speech that was computed, in seconds."""
    figures: Mapping[str, object]
    """Everything that was measured; what JSON can hold."""
    transcript: str | None = None
    """What is said in it, where its owner wrote that down."""


def add(
    tx: Transaction,
    *,
    user_id: int,
    voice_id: int | None,
    name: str,
    sha256: str,
    bytes: int,
    ending: str,
    container: str = "",
) -> int:
    """Note a recording that came, and return its number; `place` tells afterwards where its files belong.

    Args:
        tx: The transaction.
        user_id: Who gave it.
        voice_id: The voice that it is for; None where `clones.add_clone` is about to make that.
        name: What its owner's file is called.
        sha256: The SHA-256 of that file, in hex.
        bytes: How large its files are together, in bytes.
        ending: How the original is to end, without the dot; empty where it is not kept.
        container: What kind of file it is.
    """
    id = int(
        tx.value(
            """
            INSERT INTO recordings (user_id, name, status, path, sha256, bytes, container, created_at)
            VALUES (:user_id, :name, 'uploaded', '', :sha256, :bytes, :container, :now) RETURNING id
            """,
            user_id=user_id,
            name=name,
            sha256=sha256,
            bytes=bytes,
            container=container,
            now=tx.now,
        )
    )
    if voice_id is not None:
        belong(tx, id, voice_id, ending)
    return id


def belong(tx: Transaction, id: int, voice_id: int, ending: str) -> None:
    """Let a recording belong to a voice, in whose folder its files lie; `ending` is how its original ends."""
    tx.run(
        "UPDATE recordings SET voice_id = :voice_id, path = :path, original_path = :original WHERE id = :id",
        id=id,
        voice_id=voice_id,
        path=voice_folder.clean(voice_id, id),
        original=voice_folder.original(voice_id, id, ending) if ending else None,
    )


def set_ready(tx: Transaction, id: int, found: Finding) -> bool:
    """Note what an examination found; False where that is noted already, or the recording is gone."""
    start, end = found.passage or (None, None)
    changed = tx.run(
        """
        UPDATE recordings SET status = 'ready', seconds = :seconds, rate = :rate, speakers = :speakers, score = :score,
            passage_start = :start, passage_end = :end, model = :model, embedding = :embedding,
            embedding_seconds = :embedding_seconds, figures = :figures, transcript = :transcript
        WHERE id = :id AND status = 'uploaded'
        """,
        id=id,
        seconds=found.seconds,
        rate=found.rate,
        speakers=found.speakers,
        score=found.score,
        start=start,
        end=end,
        model=found.model,
        embedding=found.embedding,
        embedding_seconds=found.embedding_seconds,
        figures=json.dumps(dict(found.figures), ensure_ascii=False),
        transcript=found.transcript,
    )
    return changed == 1


def get(tx: Transaction, id: int) -> Recording | None:
    """Return the recording of that number."""
    row = tx.one("SELECT * FROM recordings WHERE id = :id", id=id)
    return _recording(row) if row else None


def of_voice(tx: Transaction, voice_id: int) -> list[Recording]:
    """Return the recordings of a voice, the first that came first."""
    return [_recording(row) for row in tx.all(f"SELECT * FROM recordings WHERE {_ITS} ORDER BY id", voice_id=voice_id)]


def of_user(tx: Transaction, user_id: int, limit: int = 20, offset: int = 0) -> list[Recording]:
    """Return the recordings that a person has given, the latest first."""
    rows = tx.all(
        "SELECT * FROM recordings WHERE user_id = :user_id ORDER BY id DESC LIMIT :limit OFFSET :offset",
        user_id=user_id,
        limit=limit,
        offset=offset,
    )
    return [_recording(row) for row in rows]


def by_digest(tx: Transaction, sha256: str) -> list[Recording]:
    """Return the recordings that came as the very same file, whosoever gave them."""
    rows = tx.all("SELECT * FROM recordings WHERE sha256 = :sha256 ORDER BY id", sha256=sha256)
    return [_recording(row) for row in rows]


def digest_of(tx: Transaction, voice_id: int) -> str:
    """Return what stands for all the recordings of a voice: the SHA-256 of the one, or one over those of several.

    A consent is bound to it; it is another one as soon as a recording is added.
    """
    found = [each.sha256 for each in of_voice(tx, voice_id)]
    return found[0] if len(found) == 1 else hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest()


def recent(tx: Transaction, user_id: int, since_ms: int, job_id: int | None = None) -> int:
    """Return how many recordings a person has had examined since a time (ms), those that were not kept too.

    The jobs are counted, which stay when a recording goes, so that nobody begins anew by deleting. With `job_id`, that
    one and those asked for before it: of many at once, only those are too many that came last.
    """
    return int(
        tx.value(
            """
            SELECT COUNT(*) FROM jobs
            WHERE command IN ('clone', 'voices import') AND user_id = :user_id AND created_at >= :since
                AND id <= COALESCE(:job_id, id)
            """,
            user_id=user_id,
            since=since_ms,
            job_id=job_id,
        )
    )


def held(tx: Transaction, user_id: int) -> int:
    """Return how many bytes the recordings take that a person has given."""
    return int(tx.value("SELECT COALESCE(SUM(bytes), 0) FROM recordings WHERE user_id = :user_id", user_id=user_id))


def _recording(row: Row) -> Recording:
    cells = dict(row)
    start, end = cells.pop("passage_start"), cells.pop("passage_end")
    passage = None if start is None else (start, end)
    return Recording(**{**cells, "figures": json.loads(row["figures"]), "passage": passage})


_ITS = "voice_id = :voice_id"
