"""Uploads: which of our files a platform has already, and under what reference it sends them again."""

from __future__ import annotations

from engine.value import value
from storage.database import Transaction
from storage.table import Person, Step, Table

TABLE = Table(
    name="uploads",
    people={"user_id": Person.ERASE},
    steps=(
        Step(
            460,
            """
            CREATE TABLE uploads (
                file_id INTEGER NOT NULL REFERENCES files (id) ON DELETE CASCADE,
                user_id INTEGER NOT NULL REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
                account TEXT NOT NULL CHECK (account <> ''),
                kind TEXT NOT NULL CHECK (kind <> ''),
                reference TEXT NOT NULL CHECK (reference <> ''),
                created_at INTEGER NOT NULL,
                PRIMARY KEY (file_id, account, kind)
            ) STRICT, WITHOUT ROWID
            """,
        ),
        Step(461, "CREATE INDEX uploads_of_user ON uploads (user_id)"),
    ),
)


@value
class Clip:
    """A file of a person's that a platform has already."""

    file_id: int
    """The file."""
    name: str
    """What people see it called."""
    words: str
    """The first words of what it says; may be empty."""
    seconds: float | None
    """How long it lasts, in seconds."""
    reference: str
    """Under what the platform sends it again."""


def note(tx: Transaction, file_id: int, account: str, kind: str, reference: str) -> None:
    """Note that a platform has a file; of files that have gone meanwhile, nothing is noted.

    Args:
        tx: The transaction.
        file_id: The file.
        account: The platform's name and the bot's own account there, whose reference it is: 'telegram:8035'.
        kind: As what it was sent: 'voice', 'document' …
        reference: Under what it can be sent again.
    """
    tx.run(
        """
        INSERT INTO uploads (file_id, user_id, account, kind, reference, created_at)
        SELECT id, user_id, :account, :kind, :reference, :now FROM files WHERE id = :file_id
        ON CONFLICT (file_id, account, kind) DO UPDATE SET reference = excluded.reference
        """,
        file_id=file_id,
        account=account,
        kind=kind,
        reference=reference,
        now=tx.now,
    )


def find(tx: Transaction, file_id: int, account: str, kind: str) -> str:
    """Return the reference of a file that the platform has already; empty where it has not."""
    return str(
        tx.value(
            "SELECT reference FROM uploads WHERE file_id = :file_id AND account = :account AND kind = :kind",
            file_id=file_id,
            account=account,
            kind=kind,
        )
        or ""
    )


def drop(tx: Transaction, file_id: int, account: str, kind: str) -> None:
    """Let go of a reference that the platform no longer takes."""
    tx.run(
        "DELETE FROM uploads WHERE file_id = :file_id AND account = :account AND kind = :kind",
        file_id=file_id,
        account=account,
        kind=kind,
    )


def latest(tx: Transaction, user_id: int, account: str, kind: str, limit: int) -> list[Clip]:
    """Return a person's latest files that a platform has as that kind, the last made first."""
    rows = tx.all(
        """
        SELECT u.file_id, f.name, substr(COALESCE(j.text, ''), 1, 200) AS words, f.seconds, u.reference
        FROM uploads u JOIN files f ON f.id = u.file_id LEFT JOIN jobs j ON j.id = f.job_id
        WHERE u.user_id = :user_id AND u.account = :account AND u.kind = :kind
        ORDER BY u.file_id DESC LIMIT :limit
        """,
        user_id=user_id,
        account=account,
        kind=kind,
        limit=limit,
    )
    return [Clip(**dict(row)) for row in rows]
