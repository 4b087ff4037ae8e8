"""How long it takes to find the voices that sound most like one, among very many."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from bench.measure import table
from engine.speech import Speaker
from storage import clones, consents, identities, places, recordings, speakers
from storage.clock import SystemClock
from storage.database import Database, Transaction
from storage.likeness import Likeness
from storage.migrations import migrate
from storage.table import tables

VOICES = 100_000
"""Clones that are there."""
OWN = 200
"""How many of them are one person's."""
DIMENSIONS = 256
MODEL = "bench"
ONE_OWNERS, ALL_VISIBLE = 2, 50
"""What each may take, in ms."""

_COPY = """
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)
"""
_SPEAKERS = f"""
    {_COPY} INSERT INTO speakers (engine, key, name, language, recording_id, user_id, path, model, embedding,
        embedding_seconds, created_at)
    SELECT engine, key || '-' || n, name, language, recording_id, :user_id, path, model, embedding,
        embedding_seconds, created_at FROM speakers, numbers WHERE id = :speaker_id
"""
_VOICES = """
    INSERT INTO voices (kind, speaker_id, recording_id, name, folded, user_id, language, visibility, status, consent,
        spoken_by, change, created_at, updated_at)
    SELECT 'clone', s.id, s.recording_id, s.key, s.key, s.user_id, 'en', :visibility, 'ready', 'host-own',
        s.user_id, 1, s.created_at, s.created_at FROM speakers s
    WHERE s.user_id = :user_id AND s.id <> :speaker_id
"""


async def measure(folder: Path, turns: int) -> str:
    """Measure and return the table."""
    clock = SystemClock()
    migrate(folder / "mynah.db", tables(), folder / "copies", clock.now())
    database = await Database.open(folder / "mynah.db", clock)
    try:
        ada, place = await database.write(_fill)
        return await _table(database, ada, place, turns)
    finally:
        await database.close()


async def _table(database: Database, ada: int, place: int, turns: int) -> str:
    likeness, chance = Likeness(), np.random.default_rng(1)

    async def took(own: bool) -> float:
        vector = chance.standard_normal(DIMENSIONS).astype(np.float32)
        return await database.read(
            lambda tx: _ms(lambda: likeness.nearest(tx, vector, model=MODEL, user_id=ada, place_id=place, own=own))
        )

    cold = await took(own=False)
    alone = [await took(own=True) for _ in range(turns)]
    all_of_them = [await took(own=False) for _ in range(turns)]
    await database.write(lambda tx: clones.describe(tx, _any_voice(tx), "changed"))
    after = await took(own=True)
    rows = [
        ("the first time, when all are read", "1", f"{cold:.0f} ms", "", ""),
        (f"one owner's, {OWN}", str(turns), *_spread(alone), f"<= {ONE_OWNERS} ms"),
        (f"all visible, {VOICES:,}", str(turns), *_spread(all_of_them), f"<= {ALL_VISIBLE} ms"),
        ("one owner's, after a voice has changed", "1", f"{after:.2f} ms", "", ""),
    ]
    title = f"The nearest of {VOICES:,} voices of {DIMENSIONS} numbers each"
    return table(title, ("what", "turns", "median", "longest", "aim"), rows)


def _spread(found: Iterable[float]) -> tuple[str, str]:
    times = list(found)
    return f"{statistics.median(times):.2f} ms", f"{max(times):.2f} ms"


def _ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1_000


def _any_voice(tx: Transaction) -> int:
    return int(tx.value("SELECT MAX(id) FROM voices"))


def _fill(tx: Transaction) -> tuple[int, int]:
    """Make two people with voices, one with a few and one with the rest of them, shared with everybody."""
    place = places.ensure(tx, "bench", "1", "server", "The Aviary").id
    people = [identities.ensure(tx, "bench", name, name, bytes(32)) for name in ("ada", "bob")]
    for user_id, count, visibility in zip(people, (OWN, VOICES - OWN), ("private", "public"), strict=True):
        _voices(tx, user_id, count, visibility)
    chance = np.random.default_rng(0)
    ids = [row["id"] for row in tx.all("SELECT id FROM speakers ORDER BY id")]
    vectors = chance.standard_normal((len(ids), DIMENSIONS)).astype("<f4")
    tx.run_many(
        "UPDATE speakers SET embedding = :vector WHERE id = :id",
        ({"id": id, "vector": vector.tobytes()} for id, vector in zip(ids, vectors, strict=True)),
    )
    return people[0], place


def _voices(tx: Transaction, user_id: int, count: int, visibility: str) -> None:
    first = clones.add_clone(
        tx, user_id=user_id, name="first", language="en", recording="a.wav", sha256="0" * 64, bytes=1, ending="wav"
    )
    assert first.recording_id is not None
    recordings.set_ready(tx, first.recording_id, recordings.Finding(seconds=9.0, rate=16_000, figures={}))
    consents.vouch(
        tx,
        bytes(32),
        voice_id=first.id,
        holder_id=user_id,
        person_id=user_id,
        rule="host-own",
        statement="",
        recording_sha256="0" * 64,
        platform="bench",
        versions={},
    )
    speaker_id = speakers.add_learned(
        tx,
        speaker=Speaker(engine="bench", key=f"of-{user_id}", name="first", language="en"),
        recording_id=first.recording_id,
        user_id=user_id,
        spoken_by=user_id,
        figures={},
        model=MODEL,
        embedding=bytes(4 * DIMENSIONS),
        embedding_seconds=9.0,
    )
    clones.set_speaker(tx, first.id, speaker_id, {})
    tx.run(_SPEAKERS, count=count - 1, user_id=user_id, speaker_id=speaker_id)
    tx.run(_VOICES, user_id=user_id, speaker_id=speaker_id, visibility=visibility)
