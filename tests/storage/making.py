"""Rows to begin a test with, made the way the product makes them where it can."""

from __future__ import annotations

import random
import struct

from engine.speech import Speaker
from storage import clones, consents, identities, places, recordings, speakers, voices
from storage.consents import Consent
from storage.database import Transaction, Value
from storage.voices import Visibility, Voice

KEY = bytes(range(32))
WORDS = ("river", "lemon", "window", "carpet", "dragon", "silver")


def person(tx: Transaction, account: str = "1", name: str = "Ada") -> int:
    """Let somebody come, and return their number."""
    return identities.ensure(tx, "discord", account, name, KEY)


def place(tx: Transaction, key: str = "42") -> int:
    """Note a server, and return its number."""
    return places.ensure(tx, "discord", key, "server", "The Aviary").id


def insert(tx: Transaction, table: str, **values: Value) -> int:
    """Put a row into a table as it stands, and return its number."""
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    return int(tx.value(f"INSERT INTO {table} ({names}) VALUES ({marks}) RETURNING id", **values))


def job(tx: Transaction, user_id: int, state: str = "ready", **values: Value) -> int:
    """Put a job into a state as the queue would leave it there, and return its number."""
    row: dict[str, Value] = {
        "user_id": user_id,
        "place_id": place(tx),
        "platform": "discord",
        "command": "speak",
        "signature": "0123456789abcdef",
        "lane": 0,
        "state": state,
        "created_at": tx.now,
        "updated_at": tx.now,
    }
    if state == "pending":
        row |= {"inputs": 1}
    if state == "running":
        row |= {"attempt": 1, "started_at": tx.now, "boot": "this one"}
    if state in ("succeeded", "failed", "cancelled"):
        row |= {"finished_at": tx.now, "finished_by": "runner"}
    if state == "failed":
        row |= {"error_key": "Failed", "error": "That did not work."}
    return insert(tx, "jobs", **row | values)


def recorded(tx: Transaction, user_id: int, name: str, sha256: str = "0" * 64) -> Voice:
    """Begin a voice with a recording that was examined, and return it: it waits for a consent and for a speaker."""
    voice = clones.add_clone(
        tx, user_id=user_id, name=name, language="en", recording=f"{name}.ogg", sha256=sha256, bytes=9, ending="ogg",
        container="ogg",
    )  # fmt: skip
    assert voice.recording_id is not None
    found = recordings.Finding(
        seconds=21.0, rate=24_000, speakers=1, score=8.0, passage=(4.0, 16.0), figures={"snr_db": 31.0},
        model="encoder", embedding=vector(name), embedding_seconds=12.0,
    )  # fmt: skip
    assert recordings.set_ready(tx, voice.recording_id, found)
    return voice


def clone(
    tx: Transaction,
    user_id: int,
    name: str,
    spoken_by: int | None = None,
    visibility: Visibility = "private",
    place_id: int | None = None,
    engine: str = "world",
) -> Voice:
    """Give somebody a voice the way the product does: recorded, agreed to and learned; their own if no one else's."""
    voice = recorded(tx, user_id, name)
    assert voice.recording_id is not None
    person = user_id if spoken_by is None else spoken_by
    agreed(tx, voice, person)
    speaker = speakers.add_learned(
        tx,
        speaker=Speaker(engine=engine, key=f"{voice.id}-{voice.revision}", name=name, language="en"),
        recording_id=voice.recording_id,
        user_id=user_id,
        spoken_by=person,
        figures={"similarity": 0.71},
        model="encoder",
        embedding=vector(name),
        embedding_seconds=12.0,
    )
    clones.set_speaker(tx, voice.id, speaker, {"similarity": 0.71})
    if visibility != "private":
        clones.share(tx, voice.id, visibility, place_id)
    found = voices.get(tx, voice.id)
    assert found is not None
    return found


def agreed(tx: Transaction, voice: Voice, person_id: int) -> Consent:
    """Let somebody agree aloud to a voice, so that it may be built."""
    assert voice.user_id is not None
    asked = consents.ask(
        tx, voice_id=voice.id, holder_id=voice.user_id, person_id=person_id,
        rule="spoken" if person_id == voice.user_id else "given", statement="I agree. 1", words=WORDS,
        recording_sha256=recordings.digest_of(tx, voice.id), platform="discord", life=600_000,
    )  # fmt: skip
    consents.count_try(tx, asked.id)
    evidence = consents.Evidence(
        answer_sha256="a" * 64, heard=WORDS, matched=6, similarity=0.83, threshold=0.72, versions={"encoder": "1"}
    )
    decided = consents.decide(tx, asked.id, KEY, "granted", evidence)
    assert decided is not None
    return decided


def vector(name: str) -> bytes:
    """Return what stands for the sound of a voice: the same for the same name, and unlike for others."""
    chance = random.Random(name)
    return struct.pack("<8f", *(chance.gauss(0, 1) for _ in range(8)))
