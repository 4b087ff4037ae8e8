"""Consents: who has agreed to a copy of their voice, how that was found out, and what it was that they agreed to.

    asked → granted | unsure | refused | expired,   unsure → granted | refused (by an admin),   granted → revoked

Every decision is signed (`storage/agreement.py`). What was said is kept until the voice goes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Literal

from storage import identities, voices
from storage.agreement import Consent as Consent  # callers know these as the consents'
from storage.agreement import Evidence as Evidence
from storage.agreement import Rule as Rule
from storage.agreement import sign as sign
from storage.agreement import verify as verify
from storage.database import Row, Transaction, Value
from storage.table import Person, Step, Table

Decision = Literal["granted", "unsure", "refused"]

TABLE = Table(
    name="consents",
    people={"person_id": Person.ERASE, "holder_id": Person.ANONYMISE, "decided_by": Person.ANONYMISE},
    words={"holder_id": (), "decided_by": ()},
    places=("place_id",),
    paths=("answer_path",),
    steps=(
        Step(
            510,
            """
            CREATE TABLE consents (
                id {id},
                code TEXT UNIQUE CHECK (length(code) >= 6),
                voice_id INTEGER REFERENCES voices (id) ON DELETE SET NULL,
                voice INTEGER NOT NULL,
                holder_id INTEGER REFERENCES users (id) ON DELETE SET NULL,
                person_id INTEGER REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
                rule TEXT NOT NULL CHECK (rule IN ('spoken', 'given', 'ticked', 'host-own', 'host-given')),
                status TEXT NOT NULL
                    CHECK (status IN ('asked', 'granted', 'unsure', 'refused', 'expired', 'revoked')),
                statement TEXT NOT NULL,
                words TEXT NOT NULL DEFAULT '[]',
                tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
                recording_sha256 TEXT NOT NULL CHECK (length(recording_sha256) = 64),
                answer_sha256 TEXT CHECK (length(answer_sha256) = 64),
                answer_path TEXT,
                heard TEXT NOT NULL DEFAULT '[]',
                matched INTEGER CHECK (matched >= 0),
                similarity REAL CHECK (similarity BETWEEN -1 AND 1),
                threshold REAL CHECK (threshold BETWEEN -1 AND 1),
                versions TEXT NOT NULL DEFAULT '{}',
                platform TEXT NOT NULL,
                place_id INTEGER REFERENCES places (id),
                account TEXT CHECK (length(account) = 64),
                expires_at INTEGER NOT NULL,
                decided_at INTEGER,
                decided_by INTEGER REFERENCES users (id) ON DELETE SET NULL,
                revoked_at INTEGER,
                signature TEXT CHECK (length(signature) = 64),
                created_at INTEGER NOT NULL,
                CHECK ((decided_at IS NOT NULL) = (status IN ('granted', 'unsure', 'refused', 'revoked'))),
                CHECK ((signature IS NOT NULL) = (decided_at IS NOT NULL)),
                CHECK ((revoked_at IS NOT NULL) = (status = 'revoked')),
                CHECK (answer_path IS NULL OR status = 'unsure'),
                CHECK (status <> 'granted' OR rule NOT IN ('spoken', 'given', 'ticked') OR person_id IS NOT NULL)
            ) STRICT
            """,
        ),
        Step(511, "CREATE UNIQUE INDEX consents_open ON consents (voice) WHERE status = 'asked'"),
        Step(512, "CREATE INDEX consents_of_voice ON consents (voice_id) WHERE voice_id IS NOT NULL"),
        Step(513, "CREATE INDEX consents_of_person ON consents (person_id, id) WHERE person_id IS NOT NULL"),
        Step(514, "CREATE INDEX consents_of_holder ON consents (holder_id) WHERE holder_id IS NOT NULL"),
        Step(515, "CREATE INDEX consents_by_decider ON consents (decided_by) WHERE decided_by IS NOT NULL"),
        Step(516, "CREATE INDEX consents_by_end ON consents (expires_at) WHERE status = 'asked'"),
        Step(517, "CREATE INDEX consents_unsure ON consents (id) WHERE status = 'unsure'"),
        Step(518, "CREATE INDEX consents_by_answer ON consents (answer_sha256) WHERE answer_sha256 IS NOT NULL"),
        Step(519, "CREATE INDEX consents_of_place ON consents (place_id) WHERE place_id IS NOT NULL"),
    ),
)


def ask(
    tx: Transaction,
    *,
    voice_id: int,
    holder_id: int,
    person_id: int | None,
    rule: Rule,
    statement: str,
    words: Sequence[str],
    recording_sha256: str,
    platform: str,
    life: int,
    code: str | None = None,
    place_id: int | None = None,
) -> Consent:
    """Ask for a consent, for `life` ms; what was asked for that voice before, and not answered, is asked no more.

    Without a `person_id`, whoever is told the `code` takes it up with `give`.
    """
    tx.run("DELETE FROM consents WHERE voice = :voice_id AND status = 'asked'", voice_id=voice_id)
    row = tx.one(
        """
        INSERT INTO consents (code, voice_id, voice, holder_id, person_id, rule, status, statement, words,
            recording_sha256, platform, place_id, expires_at, created_at)
        VALUES (:code, :voice_id, :voice_id, :holder_id, :person_id, :rule, 'asked', :statement, :words,
            :recording_sha256, :platform, :place_id, :expires_at, :now)
        RETURNING *
        """,
        code=code,
        voice_id=voice_id,
        holder_id=holder_id,
        person_id=person_id,
        rule=rule,
        statement=statement,
        words=_list(words),
        recording_sha256=recording_sha256,
        platform=platform,
        place_id=place_id,
        expires_at=tx.now + life,
        now=tx.now,
    )
    assert row is not None
    return _consent(row)


def of_code(tx: Transaction, code: str) -> Consent | None:
    """Return what is asked under a code, while it waits for an answer."""
    row = tx.one(f"SELECT * FROM consents WHERE code = :code AND {_WAITS}", code=code.strip().lower(), now=tx.now)
    return _consent(row) if row else None


def give(
    tx: Transaction,
    code: str,
    *,
    person_id: int,
    statement: str,
    words: Sequence[str],
    platform: str,
    life: int,
    place_id: int | None = None,
) -> Consent | None:
    """Let somebody take up what is asked under a code; they have `life` ms to answer, and it is their question then.

    None where nothing waits under that code, where it is their own, and where somebody else has taken it up. Who has
    taken it up may do so again, and gets other words.
    """
    row = tx.one(
        f"""
        UPDATE consents SET person_id = :person_id, statement = :statement, words = :words, platform = :platform,
            place_id = :place_id, expires_at = :expires_at
        WHERE code = :code AND {_WAITS} AND holder_id <> :person_id
            AND (person_id IS NULL OR person_id = :person_id)
        RETURNING *
        """,
        code=code.strip().lower(),
        person_id=person_id,
        statement=statement,
        words=_list(words),
        platform=platform,
        place_id=place_id,
        expires_at=tx.now + life,
        now=tx.now,
    )
    return _consent(row) if row else None


def get(tx: Transaction, id: int) -> Consent | None:
    """Return the consent of that number."""
    row = tx.one("SELECT * FROM consents WHERE id = :id", id=id)
    return _consent(row) if row else None


def open_for(tx: Transaction, person_id: int) -> Consent | None:
    """Return what a person was asked last and has not answered, if it waits still."""
    row = tx.one(
        f"SELECT * FROM consents WHERE person_id = :person_id AND {_WAITS} ORDER BY id DESC LIMIT 1",
        person_id=person_id,
        now=tx.now,
    )
    return _consent(row) if row else None


def count_try(tx: Transaction, id: int) -> int | None:
    """Count an answer, and return how many there were; None where none is waited for any more."""
    found = tx.value(
        f"UPDATE consents SET tries = tries + 1 WHERE id = :id AND {_WAITS} RETURNING tries", id=id, now=tx.now
    )
    return None if found is None else int(found)


def asked_since(tx: Transaction, person_id: int, since_ms: int) -> int:
    """Return how often a person was asked since a time (ms) and answered wrongly to the end."""
    return int(
        tx.value(
            """
            SELECT COUNT(*) FROM consents
            WHERE person_id = :person_id AND status = 'refused' AND created_at >= :since
            """,
            person_id=person_id,
            since=since_ms,
        )
    )


def answers_since(tx: Transaction, person_id: int, since_ms: int, job_id: int | None = None) -> int:
    """Return how many answers a person has sent since a time (ms), whatever became of what they were asked.

    With `job_id`, the job of one of them, only that one and those sent before it.
    """
    return int(
        tx.value(
            """
            SELECT COUNT(*) FROM jobs WHERE command = 'consent answer' AND user_id = :person_id
                AND created_at >= :since AND id <= COALESCE(:job_id, id)
            """,
            person_id=person_id,
            since=since_ms,
            job_id=job_id,
        )
    )


def answered_with(tx: Transaction, answer_sha256: str) -> bool:
    """Whether that very file has been an answer before."""
    sql = "SELECT 1 FROM consents WHERE answer_sha256 = :answer_sha256 LIMIT 1"
    return tx.value(sql, answer_sha256=answer_sha256) is not None


def decide(
    tx: Transaction, id: int, key: bytes, decision: Decision, evidence: Evidence, answer_path: str | None = None
) -> Consent | None:
    """Decide what was asked, sign it and, where it is granted, let the voice have it, all in this transaction.

    Args:
        tx: The transaction.
        id: The consent, which waits for an answer.
        key: The secret of the data folder.
        decision: What was found; 'unsure' leaves it to an admin.
        evidence: On what grounds.
        answer_path: Where the answer lies until the admin has decided.

    Returns:
        The decided consent; None where it waits for an answer no more, or its voice is gone.
    """
    row = tx.one(f"SELECT * FROM consents WHERE id = :id AND {_WAITS} AND voice_id IS NOT NULL", id=id, now=tx.now)
    if row is None:
        return None
    return _decided(
        tx,
        row,
        key,
        status=decision,
        code=None,
        answer_sha256=evidence.answer_sha256,
        answer_path=answer_path if decision == "unsure" else None,
        heard=_list(evidence.heard),
        matched=evidence.matched,
        similarity=_within(evidence.similarity),
        threshold=evidence.threshold,
        versions=json.dumps(dict(evidence.versions), ensure_ascii=False),
        account=_account(tx, row, key),
    )


def settle(tx: Transaction, id: int, key: bytes, *, granted: bool, by_user_id: int | None) -> Consent | None:
    """Let an admin decide what the check was unsure of, on the same grounds.

    Returns:
        The decided consent; its `answer_path` is None then, so look at it before: that file is to be unlinked. None
        where it is not unsure any more, or its voice is gone.
    """
    row = tx.one("SELECT * FROM consents WHERE id = :id AND status = 'unsure' AND voice_id IS NOT NULL", id=id)
    if row is None:
        return None
    status: Decision = "granted" if granted else "refused"
    return _decided(tx, row, key, status=status, answer_path=None, decided_by=by_user_id)


def vouch(
    tx: Transaction,
    key: bytes,
    *,
    voice_id: int,
    holder_id: int,
    person_id: int | None,
    rule: Rule,
    statement: str,
    recording_sha256: str,
    platform: str,
    versions: Mapping[str, str],
) -> Consent:
    """Note a consent that nobody has to say aloud: a box that was ticked, or the host's word for it."""
    asked = ask(
        tx,
        voice_id=voice_id,
        holder_id=holder_id,
        person_id=person_id,
        rule=rule,
        statement=statement,
        words=(),
        recording_sha256=recording_sha256,
        platform=platform,
        life=1,
    )
    decided = decide(tx, asked.id, key, "granted", Evidence(versions=versions))
    assert decided is not None
    return decided


def revoke(tx: Transaction, voice_id: int, key: bytes) -> tuple[str, ...]:
    """Take back what was granted for a voice, and drop what was only asked; return files to be unlinked.

    The record stays, signed anew, without the words: that somebody had agreed, and until when. It names them still,
    so that they see what they have taken back, and that whoever runs this Mynah can answer for what was made before;
    a hash of them would tell the same to whoever has the key, and nothing to them. It goes when they are forgotten.
    """
    rows = tx.all("SELECT * FROM consents WHERE voice_id = :voice_id", voice_id=voice_id)
    for row in rows:
        if row["status"] == "granted":
            _write(tx, row, key, status="revoked", revoked_at=tx.now, heard="[]", words="[]")
        elif row["status"] != "revoked":
            tx.run("DELETE FROM consents WHERE id = :id", id=row["id"])
    return tuple(row["answer_path"] for row in rows if row["answer_path"])


def of_person(tx: Transaction, person_id: int) -> list[Consent]:
    """Return what a person was asked about their own voice, the latest first."""
    rows = tx.all("SELECT * FROM consents WHERE person_id = :person_id ORDER BY id DESC", person_id=person_id)
    return [_consent(row) for row in rows]


def of_voice(tx: Transaction, voice_id: int) -> list[Consent]:
    """Return what was asked about a voice, the latest first."""
    rows = tx.all("SELECT * FROM consents WHERE voice_id = :voice_id ORDER BY id DESC", voice_id=voice_id)
    return [_consent(row) for row in rows]


def waiting(tx: Transaction) -> list[Consent]:
    """Return what an admin has to decide, the oldest first."""
    return [_consent(row) for row in tx.all("SELECT * FROM consents WHERE status = 'unsure' ORDER BY id")]


def expire(tx: Transaction) -> int:
    """End what was asked and not answered in time, and return how many there were."""
    return tx.run(
        """
        UPDATE consents SET status = 'expired', code = NULL, words = '[]'
        WHERE status = 'asked' AND expires_at <= :now
        """,
        now=tx.now,
    )


def _decided(tx: Transaction, row: Row, key: bytes, status: Decision, **changes: Value) -> Consent:
    consent = _write(tx, row, key, status=status, decided_at=tx.now, **changes)
    if status == "granted":
        tx.run(
            """
            UPDATE voices SET consent = :rule, spoken_by = :person_id, updated_at = :now, change = :change
            WHERE id = :voice_id
            """,
            rule=consent.rule,
            person_id=consent.person_id,
            voice_id=consent.voice_id,
            now=tx.now,
            change=voices.next_change(tx),
        )
    return consent


def _write(tx: Transaction, row: Row, key: bytes, **changes: Value) -> Consent:
    changed = _consent({**dict(row), **changes})
    changes["signature"] = sign(changed, key)
    to = ", ".join(f"{column} = :{column}" for column in changes)
    written = tx.one(f"UPDATE consents SET {to} WHERE id = :id RETURNING *", id=row["id"], **changes)
    assert written is not None
    return _consent(written)


def _account(tx: Transaction, row: Row, key: bytes) -> str | None:
    """The hash of the person's oldest account on the platform on which they answer."""
    accounts = identities.of(tx, row["person_id"]) if row["person_id"] is not None else []
    there = [each for each in accounts if each.platform == row["platform"]]
    return identities.account_hash(there[0].platform, there[0].account, key) if there else None


def _within(similarity: float | None) -> float | None:
    """Bring back a likeness that rounding has let pass 1."""
    return None if similarity is None else min(max(similarity, -1.0), 1.0)


def _list(words: Sequence[str]) -> str:
    return json.dumps(list(words), ensure_ascii=False)


def _consent(row: Row | Mapping[str, Value]) -> Consent:
    cells = dict(row)
    lists = {name: tuple(json.loads(str(cells[name]))) for name in ("words", "heard")}
    return Consent(**{**cells, **lists, "versions": json.loads(str(cells["versions"]))})


_WAITS = "status = 'asked' AND expires_at > :now"
