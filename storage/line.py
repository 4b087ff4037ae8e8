"""The line: whose job goes before whose.

Lower lanes go first. Within a lane people take turns: a job's turn is one more than that of its person's last one
there, and never lower than the one that is being served. So whoever asks while somebody else has ten thousand jobs
waiting goes behind one of them, not behind all; and nobody saves up turns by not asking.
"""

from __future__ import annotations

from storage.database import Transaction

NO_TURN = 1 << 40
"""The turn of a job whose time has not come. It gets one when it has, as if it were asked then."""

CROWD = 50
"""As far as a line is counted."""


def next_turn(tx: Transaction, user_id: int, lane: int) -> int:
    """Return the turn of a job that a person asks for now."""
    row = tx.one(f"SELECT {TURNS}", user_id=user_id, lane=lane, now=tx.now)
    assert row is not None
    return behind(row["served"], row["last"])


def behind(served: int | None, last: int | None) -> int:
    """Return the turn behind a person's last one and not before the one that is served; None where there is none."""
    return max(served or 0, 0 if last is None else last + 1)


def give_turns(tx: Transaction) -> None:
    """Give the jobs whose time has come their turns."""
    for row in tx.all(_DUE, now=tx.now):
        turn = next_turn(tx, row["user_id"], row["lane"])
        tx.run("UPDATE jobs SET turn = :turn WHERE id = :id AND state = 'ready'", id=row["id"], turn=turn)


def place(tx: Transaction, lane: int, turn: int, job_id: int) -> int:
    """Return how many ready jobs go before one that waits; `CROWD` stands for more."""
    return int(tx.value(_PLACE, lane=lane, turn=turn, job_id=job_id, now=tx.now, crowd=CROWD))


def characters(tx: Transaction, lane: int, turn: int, job_id: int) -> int:
    """Return how many characters are still to be said before a job that waits has its turn."""
    return int(tx.value(_CHARACTERS, lane=lane, turn=turn, job_id=job_id, now=tx.now, crowd=CROWD))


TURNS = f"""
    (SELECT MIN(turn) FROM jobs
     WHERE state = 'ready' AND lane = :lane AND turn < {NO_TURN} AND run_at <= :now) AS served,
    (SELECT MAX(turn) FROM jobs
     WHERE state IN ('pending', 'ready') AND user_id = :user_id AND lane = :lane AND turn < {NO_TURN}) AS last
"""
"""The two columns from which a turn follows: the turn that is being served, and the person's last one."""

_DUE = f"""
    SELECT id, user_id, lane FROM jobs
    WHERE state = 'ready' AND run_at > 0 AND run_at <= :now AND turn = {NO_TURN}
    ORDER BY run_at, id LIMIT 100
"""

# Each part is a stretch of the index; joined by OR they would be a walk through all of it.
_BEFORE = f"""
    SELECT {{column}} FROM jobs WHERE state = 'ready' AND lane < :lane AND turn < {NO_TURN} AND run_at <= :now
    UNION ALL
    SELECT {{column}} FROM jobs
    WHERE state = 'ready' AND lane = :lane AND turn = :turn AND id < :job_id AND run_at <= :now
    UNION ALL
    SELECT {{column}} FROM jobs WHERE state = 'ready' AND lane = :lane AND turn < :turn AND run_at <= :now
"""

_PLACE = f"SELECT COUNT(*) FROM ({_BEFORE.format(column='1 AS one')} LIMIT :crowd) AS before_it"

_CHARACTERS = f"""
    SELECT COALESCE(SUM(left_to_say), 0) FROM (
        SELECT CAST(characters * (1 - progress) AS INTEGER) AS left_to_say FROM jobs
        WHERE state = 'running' AND lane <= :lane
        UNION ALL
        SELECT characters FROM ({_BEFORE.format(column="characters")} LIMIT :crowd) AS before_it
    ) AS all_of_it
"""
