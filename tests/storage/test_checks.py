"""Rows that contradict themselves are refused by the database, whatever the code around it does."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

import pytest

from storage.database import Database, Transaction, Value
from tests.storage import making

T0 = 1_000
SHA = "0" * 64

GOOD: Mapping[str, Mapping[str, Value]] = {
    "users": {"name": "Bob", "created_at": T0, "seen_at": T0},
    "identities": {"platform": "discord", "account": "9", "user_id": 1, "name": "Bob", "created_at": T0},
    "places": {"platform": "discord", "key": "9", "kind": "server", "name": "There", "created_at": T0},
    "blocks": {"user_id": 1, "created_at": T0},
    "models": {
        "engine": "coqui", "name": "xtts", "licence": "CPML", "status": "absent", "created_at": T0, "updated_at": T0,
    },
    "recordings": {
        "user_id": 1, "name": "me", "status": "uploaded", "path": "audio/me.wav", "sha256": SHA, "bytes": 1,
        "created_at": T0,
    },
    "speakers": {"engine": "espeak", "key": "de", "name": "German", "language": "de", "created_at": T0},
    "voices": {
        "kind": "builtin", "speaker_id": 1, "name": "de", "folded": "de", "visibility": "public", "status": "ready",
        "created_at": T0, "updated_at": T0,
    },
    "lexicon": {"user_id": 1, "word": "Mynah", "spoken": "minah", "created_at": T0},
    "files": {
        "user_id": 1, "name": "a.wav", "path": "generations/1.wav", "format": "wav", "sha256": SHA, "bytes": 1,
        "last_used_at": T0, "created_at": T0,
    },
    "jobs": {
        "user_id": 1, "place_id": 1, "platform": "discord", "command": "speak", "signature": "s", "lane": 0,
        "state": "ready", "created_at": T0, "updated_at": T0,
    },
    "deliveries": {
        "user_id": 1, "platform": "discord", "address": "{}", "reply": "{}", "nonce": "n" * 24, "next_at": T0,
        "created_at": T0, "updated_at": T0,
    },
    "drafts": {
        "code": "abcdef12", "user_id": 1, "place_id": 1, "command": "clone", "signature": "s", "missing": "recording",
        "expires_at": T0 + 1, "created_at": T0,
    },
    "events": {"platform": "discord", "event_id": "77", "user_id": 1, "created_at": T0},
    "audit": {"act": "quota set", "created_at": T0},
    "consents": {
        "voice": 1, "person_id": 1, "rule": "spoken", "status": "asked", "statement": "Yes.", "recording_sha256": SHA,
        "platform": "discord", "expires_at": T0, "created_at": T0,
    },
}  # fmt: skip
"""A row of each table that is taken; person 1, place 1, speaker 1, recording 1 and model 1 are there."""

DONE: dict[str, Value] = {"state": "succeeded", "finished_at": T0, "finished_by": "runner"}
RUNNING: dict[str, Value] = {"state": "running", "attempt": 1, "started_at": T0, "boot": "b"}
FAILED: dict[str, Value] = {
    "state": "failed",
    "finished_at": T0,
    "finished_by": "runner",
    "error_key": "Failed",
    "error": "No.",
}
GRANTED: dict[str, Value] = {"status": "granted", "decided_at": T0, "signature": SHA}
CLONE: dict[str, Value] = {
    "kind": "clone",
    "speaker_id": None,
    "recording_id": 1,
    "user_id": 1,
    "visibility": "private",
    "consent": "host-own",
}

TAKEN: list[tuple[str, Mapping[str, Value]]] = [
    *((table, {}) for table in GOOD),
    ("jobs", DONE),
    ("jobs", RUNNING),
    ("jobs", FAILED),
    ("jobs", {**DONE, "state": "cancelled", "finished_by": "user"}),
    ("jobs", {"state": "pending", "inputs": 2}),
    ("jobs", {"text_from": "typed", "text": "Hello", "text_hash": SHA}),
    ("jobs", {"text_from": "file", "text_path": "staging/1-text"}),
    ("voices", CLONE),
    ("voices", {**CLONE, "speaker_id": 1}),
    ("voices", {"kind": "custom", "speaker_id": None, "model_id": 1, "user_id": 1}),
    ("voices", {**CLONE, "visibility": "place", "place_id": 1}),
    ("voices", {**CLONE, "status": "building", "consent": ""}),
    ("voices", {**CLONE, "consent": "spoken", "spoken_by": 1}),
    ("consents", GRANTED),
    ("consents", {**GRANTED, "status": "revoked", "revoked_at": T0}),
    ("consents", {**GRANTED, "status": "unsure", "answer_path": "audio/1/answer.ogg"}),
    ("consents", {**GRANTED, "rule": "host-given", "person_id": None}),
    ("recordings", {"passage_start": 1.0, "passage_end": 9.0, "score": 8.5, "speakers": 1}),
    ("recordings", {"model": "enc", "embedding": b"\0" * 8, "embedding_seconds": 9.0}),
    ("speakers", {"user_id": 1, "path": "speakers/world/1.safetensors"}),
    ("lexicon", {"user_id": None, "place_id": 1}),
    ("recordings", {"status": "ready", "seconds": 9.0, "rate": 22050}),
    ("speakers", {"recording_id": 1, "user_id": 1, "model": "enc", "embedding": b"\0" * 8, "embedding_seconds": 9.0}),
    ("deliveries", {"state": "sent", "attempts": 1, "reference": "m1"}),
    ("deliveries", {"state": "unknown", "attempts": 1, "error": "cut off"}),
]

REFUSED: list[tuple[str, Mapping[str, Value]]] = [
    ("users", {"name": None}),
    ("users", {"default_voice_id": 999}),
    ("identities", {"platform": "dis:cord"}),
    ("identities", {"platform": ""}),
    ("identities", {"account": ""}),
    ("identities", {"user_id": 999}),
    ("identities", {"account": "1"}),
    ("places", {"kind": "planet"}),
    ("places", {"key": ""}),
    ("places", {"platform": "a:b"}),
    ("places", {"time_zone": ""}),
    ("places", {"format": ""}),
    ("places", {"cloning": "somebody"}),
    ("places", {"key": "42"}),
    ("blocks", {"user_id": None}),
    ("blocks", {"place_id": 999}),
    ("models", {"status": "ready"}),
    ("models", {"bytes": -1}),
    ("models", {"sha256": "abc"}),
    ("models", {"name": "tiny"}),
    ("recordings", {"bytes": -1}),
    ("recordings", {"sha256": "abc"}),
    ("recordings", {"status": "ready"}),
    ("recordings", {"status": "failed"}),
    ("recordings", {"error": "an error, and yet not failed"}),
    ("recordings", {"seconds": -1.0}),
    ("recordings", {"rate": 0}),
    ("recordings", {"voice_id": 999}),
    ("recordings", {"speakers": 0}),
    ("recordings", {"score": 10.1}),
    ("recordings", {"passage_start": 1.0}),
    ("recordings", {"passage_end": 1.0}),
    ("recordings", {"passage_start": 2.0, "passage_end": 2.0}),
    ("recordings", {"embedding": b"\0" * 8}),
    ("recordings", {"model": "enc"}),
    ("recordings", {"model": "enc", "embedding": b"\0" * 7, "embedding_seconds": 9.0}),
    ("recordings", {"model": "enc", "embedding": b"\0" * 8, "embedding_seconds": 0.0}),
    ("recordings", {"model": "enc", "embedding": b"\0" * 8}),
    ("speakers", {"key": "en"}),
    ("speakers", {"sex": "both"}),
    ("speakers", {"recording_id": 1}),
    ("speakers", {"path": "speakers/world/1.safetensors"}),
    ("speakers", {"spoken_by": 1}),
    ("speakers", {"user_id": 999}),
    ("speakers", {"model": "enc", "embedding_seconds": 9.0, "embedding": b"\0" * 7}),
    ("speakers", {"model": "enc", "embedding_seconds": 9.0, "embedding": b""}),
    ("speakers", {"embedding": b"\0" * 8}),
    ("speakers", {"embedding": b"\0" * 8, "model": "enc"}),
    ("voices", {"speaker_id": None}),
    ("voices", {"recording_id": 1}),
    ("voices", {"user_id": 1}),
    ("voices", {"visibility": "private"}),
    ("voices", {"name": ""}),
    ("voices", {"folded": "en"}),
    ("voices", {"status": "asleep"}),
    ("voices", {"revision": 0}),
    ("voices", {**CLONE, "recording_id": None}),
    ("voices", {**CLONE, "model_id": 1}),
    ("voices", {**CLONE, "user_id": None}),
    ("voices", {**CLONE, "visibility": "place"}),
    ("voices", {**CLONE, "consent": ""}),
    ("voices", {**CLONE, "consent": "a nod"}),
    ("voices", {**CLONE, "consent": "spoken"}),
    ("voices", {**CLONE, "consent": "given"}),
    ("voices", {**CLONE, "consent": "ticked"}),
    ("voices", {**CLONE, "spoken_by": 999}),
    ("voices", {"spoken_by": 1}),
    ("consents", {"code": "abc"}),
    ("consents", {"voice_id": 999}),
    ("consents", {"person_id": 999}),
    ("consents", {"status": "maybe"}),
    ("consents", {"rule": "a nod"}),
    ("consents", {"recording_sha256": "abc"}),
    ("consents", {"tries": -1}),
    ("consents", {"signature": SHA}),
    ("consents", {"decided_at": T0}),
    ("consents", {"answer_path": "audio/1/answer.ogg"}),
    ("consents", {**GRANTED, "signature": None}),
    ("consents", {**GRANTED, "decided_at": None}),
    ("consents", {**GRANTED, "person_id": None}),
    ("consents", {**GRANTED, "revoked_at": T0}),
    ("consents", {**GRANTED, "status": "revoked"}),
    ("consents", {**GRANTED, "similarity": 1.1}),
    ("consents", {**GRANTED, "answer_path": "audio/1/answer.ogg"}),
    ("voices", {"kind": "custom", "speaker_id": None, "user_id": 1}),
    ("lexicon", {"place_id": 1}),
    ("lexicon", {"user_id": None}),
    ("lexicon", {"word": ""}),
    ("lexicon", {"spoken": ""}),
    ("files", {"bytes": -1}),
    ("files", {"sha256": "abc"}),
    ("files", {"seconds": -0.5}),
    ("files", {"rate": 0}),
    ("files", {"downloads": -1}),
    ("files", {"public": 2}),
    ("files", {"kept": 1, "expires_at": T0}),
    ("files", {"name": ""}),
    ("files", {"job_id": 999}),
    ("jobs", {"state": "asleep"}),
    ("jobs", {"text": "typed", "text_path": "and a file", "text_from": "typed"}),
    ("jobs", {"text": "typed", "text_path": "and a file", "text_from": "file"}),
    ("jobs", {"text": "typed", "text_from": "none"}),
    ("jobs", {"text_from": "typed"}),
    ("jobs", {"text_from": "file"}),
    ("jobs", {"text_hash": SHA}),
    ("jobs", {**DONE, "finished_at": None}),
    ("jobs", {**DONE, "finished_by": None}),
    ("jobs", {**DONE, "finished_by": "the cat"}),
    ("jobs", {**DONE, "error": "No.", "error_key": "Failed"}),
    ("jobs", {"finished_at": T0, "finished_by": "runner"}),
    ("jobs", {**RUNNING, "started_at": None}),
    ("jobs", {**RUNNING, "boot": None}),
    ("jobs", {**RUNNING, "attempt": 0}),
    ("jobs", {**RUNNING, "inputs": 1}),
    ("jobs", {**FAILED, "error": None}),
    ("jobs", {**FAILED, "error_key": None}),
    ("jobs", {"state": "pending"}),
    ("jobs", {"inputs": 1}),
    ("jobs", {"inputs": -1}),
    ("jobs", {"lane": 4}),
    ("jobs", {"turn": -1}),
    ("jobs", {"progress": 1.1}),
    ("jobs", {"progress": -0.1}),
    ("jobs", {"attempts_left": -1}),
    ("jobs", {"cached": 1}),
    ("jobs", {"cached": 2, **DONE}),
    ("jobs", {"file_id": 1}),
    ("jobs", {"rank": 3}),
    ("jobs", {"unlimited": 7}),
    ("jobs", {"characters": -1}),
    ("jobs", {"seconds": -1.0}),
    ("deliveries", {"state": "lost"}),
    ("deliveries", {"state": "sending"}),
    ("deliveries", {"state": "sent", "attempts": 1}),
    ("deliveries", {"reference": "m1"}),
    ("deliveries", {"state": "unknown", "attempts": 1}),
    ("deliveries", {"state": "undeliverable", "attempts": 1}),
    ("deliveries", {"nonce": "short"}),
    ("deliveries", {"attempts": -1}),
    ("drafts", {"code": "abc"}),
    ("drafts", {"expires_at": T0}),
    ("events", {"event_id": ""}),
    ("events", {"platform": ""}),
    ("events", {"job_id": 999}),
    ("audit", {"act": ""}),
    ("audit", {"actor_id": 999}),
]


def prepare(tx: Transaction) -> None:
    """Put person 1, place 1, speaker 1, recording 1, model 1, file 1 and the voice 'en' into the database."""
    assert (making.person(tx), making.place(tx)) == (1, 1)
    making.insert(tx, "speakers", **{**GOOD["speakers"], "key": "en"})
    making.insert(tx, "voices", **{**GOOD["voices"], "name": "en", "folded": "en"})
    making.insert(tx, "recordings", **GOOD["recordings"])
    making.insert(tx, "files", **GOOD["files"])
    making.insert(tx, "models", **{**GOOD["models"], "name": "tiny"})


def put(tx: Transaction, table: str, changes: Mapping[str, Value]) -> int:
    row = {**GOOD[table], **changes}
    return tx.run(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})", **row)


def named(case: object) -> str | None:
    return str(dict(case)) if isinstance(case, Mapping) else None


@pytest.mark.parametrize(("table", "changes"), TAKEN, ids=named)
async def test_a_row_that_makes_sense_is_taken(database: Database, table: str, changes: Mapping[str, Value]) -> None:
    await database.write(prepare)
    assert await database.write(lambda tx: put(tx, table, changes)) == 1


@pytest.mark.parametrize(("table", "changes"), REFUSED, ids=named)
async def test_a_row_that_makes_none_is_refused(database: Database, table: str, changes: Mapping[str, Value]) -> None:
    await database.write(prepare)
    with pytest.raises(sqlite3.IntegrityError):
        await database.write(lambda tx: put(tx, table, changes))
