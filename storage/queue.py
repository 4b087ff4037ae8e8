"""The queue: how a job goes from one state to the next.

    pending → ready → running → succeeded | failed | cancelled,   and running → ready to be tried again

Every change is one statement guarded by the job's number, its state and, once it runs, the attempt: who comes late
changes nothing. What a change costs or gives back, and what the person is told, is written in the same transaction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from engine.value import value
from storage import deliveries, history, jobs, quota
from storage import line as lines
from storage.database import Row, Transaction, Value
from storage.jobs import FinishedBy, Job
from storage.metrics import Metric
from storage.orders import ATTEMPTS, LostJob, Order, Ticket, line, renew, submit, ticket, waiting

__all__ = [
    "ATTEMPTS",
    "Ending",
    "LostJob",
    "Order",
    "Recovered",
    "Ticket",
    "cancel",
    "claim",
    "fail",
    "fail_inputs_lost",
    "finish",
    "hold",
    "line",
    "put_back",
    "recover",
    "renew",
    "retry_later",
    "stage",
    "submit",
    "ticket",
    "waiting",
]

INTERRUPTIONS = 50
"""How often a job may be cut off by the end of the process before it is taken for the cause."""


@value
class Ending:
    """Why a job could not be done, and what the person is told."""

    key: str
    """The name by which programs know the reason."""
    sentence: str
    """The reason, for the person."""
    reply: str
    """What is answered, in the form in which the outbox keeps it."""


@value
class Recovered:
    """What an earlier run of the process had left behind."""

    ready: tuple[int, ...]
    """The jobs that it was at; they are ready again."""
    failed: tuple[int, ...]
    """The jobs that cannot go on; they were refunded, and their people are told."""


def stage(tx: Transaction, job_id: int, name: str, attachment: str) -> bool:
    """Note that a file that a job waits for is on disk; `attachment` is its value in stored form, a JSON object.

    With the last of them the job is ready, and the answer True. It is False where more are to come, and where the
    job no longer waits, so that the file is of no use. A file that was noted before is not counted again.
    """
    row = tx.one("SELECT vals, inputs, state FROM jobs WHERE id = :job_id", job_id=job_id)
    if row is None or row["state"] != "pending":
        return False
    values = json.loads(row["vals"])
    if (values.get(name) or {}).get("path"):
        return False
    values[name] = json.loads(attachment)
    left = row["inputs"] - 1
    changed = tx.run(
        """
        UPDATE jobs SET vals = :vals, inputs = :left, updated_at = :now,
            state = CASE WHEN :left = 0 THEN 'ready' ELSE 'pending' END
        WHERE id = :job_id AND state = 'pending' AND inputs = :left + 1 AND vals = :earlier
        """,
        job_id=job_id,
        vals=json.dumps(values, ensure_ascii=False),
        earlier=row["vals"],
        left=left,
        now=tx.now,
    )
    return changed == 1 and left == 0


def claim(tx: Transaction, *, boot: str, lanes: Sequence[int], per_user: int, job_id: int | None = None) -> Job | None:
    """Take the job whose turn it is in the lowest of these lanes, or `job_id` and no other; None where there is none.

    Nobody has more than `per_user` jobs running; those who have are passed over, and keep their turn.
    """
    if job_id is not None:
        row = tx.one(_CLAIM_ONE, job_id=job_id, boot=boot, now=tx.now)
        return jobs.from_row(row) if row else None
    lines.give_turns(tx)
    for lane in sorted(lanes):
        row = tx.one(_CLAIM_NEXT, lane=lane, per_user=per_user, boot=boot, now=tx.now)
        if row is not None:
            return jobs.from_row(row)
    return None


def hold(tx: Transaction, job_id: int, attempt: int) -> None:
    """Make sure that an attempt still has its job, until this transaction ends.

    Raises:
        LostJob: It has not.
    """
    # An update, not a look, for on every database it keeps others from the row.
    _guarded(tx.run(f"UPDATE jobs SET attempt = attempt WHERE {_OURS}", id=job_id, attempt=attempt))


def finish(
    tx: Transaction,
    job_id: int,
    attempt: int,
    *,
    used: Mapping[Metric, int],
    seconds: float | None,
    reply: str,
    file_id: int | None = None,
    cached: bool = False,
) -> int:
    """End a job that is done: settle what it used, and put its reply in the outbox; return the delivery's number.

    Args:
        tx: The transaction, in which the rows of its files were added.
        job_id: The job.
        attempt: The attempt that did it.
        used: What it really used of a metric, where that is less than was set aside.
        seconds: How long its audio is.
        reply: What is answered, in the form in which the outbox keeps it.
        file_id: The file that it made, the main one where there are more.
        cached: Whether that file was there already.

    Raises:
        LostJob: The attempt has it no more; let it rise, so that the whole transaction is undone.
    """
    row = tx.one(
        f"""
        UPDATE jobs SET state = 'succeeded', progress = 1, eta_at = NULL, seconds = :seconds, file_id = :file_id,
            cached = :cached, updated_at = :now, finished_at = :now, finished_by = 'runner'
        WHERE {_OURS} RETURNING id, user_id, platform, address, tags, project
        """,
        id=job_id,
        attempt=attempt,
        seconds=seconds,
        file_id=file_id,
        cached=int(cached),
        now=tx.now,
    )
    if row is None:
        raise LostJob
    if cached and file_id is not None:
        history.file_too(tx, row["user_id"], file_id, json.loads(row["tags"]), row["project"])
    quota.settle(tx, job_id, used)
    return _deliver(tx, row, reply)


def fail(tx: Transaction, job_id: int, attempt: int, *, key: str, sentence: str, reply: str) -> int:
    """End a job that could not be done: give back what was set aside, and tell the person.

    Returns the number of the delivery.

    Raises:
        LostJob: The attempt has it no more; let it rise.
    """
    row = tx.one(
        f"{_FAIL} finished_by = 'runner' WHERE {_OURS} RETURNING id, user_id, platform, address",
        id=job_id,
        attempt=attempt,
        key=key,
        sentence=sentence,
        now=tx.now,
    )
    if row is None:
        raise LostJob
    return _give_back_and_tell(tx, row, reply)


def fail_inputs_lost(tx: Transaction, job_id: int, *, key: str, sentence: str, reply: str) -> bool:
    """End a job whose files never came: give back what was set aside, and ask the person again.

    False where it does not wait for files (any more).
    """
    row = tx.one(
        f"{_FAIL} finished_by = 'host' WHERE id = :id AND state = 'pending' RETURNING id, user_id, platform, address",
        id=job_id,
        key=key,
        sentence=sentence,
        now=tx.now,
    )
    if row is not None:
        _give_back_and_tell(tx, row, reply)
    return row is not None


def retry_later(tx: Transaction, job_id: int, attempt: int, run_at: int) -> None:
    """Let a job that went wrong be tried again from `run_at` (ms) on; it keeps its turn, and what is set aside.

    Raises:
        LostJob: The attempt has it no more, or was its last one.
    """
    changed = tx.run(
        f"""
        UPDATE jobs SET state = 'ready', run_at = :run_at, eta_at = NULL, updated_at = :now
        WHERE {_OURS} AND attempts_left > 0
        """,
        id=job_id,
        attempt=attempt,
        run_at=run_at,
        now=tx.now,
    )
    _guarded(changed)


def put_back(tx: Transaction, job_id: int, attempt: int) -> None:
    """Let a job that is interrupted go on later; it keeps its turn, and the attempt does not count.

    Raises:
        LostJob: The attempt has it no more.
    """
    _guarded(tx.run(f"{_PUT_BACK} WHERE {_OURS}", id=job_id, attempt=attempt, now=tx.now))


def cancel(tx: Transaction, job_id: int, *, by: FinishedBy, user_id: int | None = None) -> bool:
    """End a job that nobody wants any more, and give back what was set aside; with `user_id`, only if it is theirs.

    False where it has ended already, or is not theirs.
    """
    theirs = "" if user_id is None else "AND user_id = :user_id"
    changed = tx.run(
        f"""
        UPDATE jobs SET state = 'cancelled', eta_at = NULL, updated_at = :now, finished_at = :now, finished_by = :by
        WHERE id = :id AND state IN ('pending', 'ready', 'running') {theirs}
        """,
        id=job_id,
        by=by,
        user_id=user_id,
        now=tx.now,
    )
    if changed:
        quota.refund(tx, job_id)
    return changed == 1


def recover(tx: Transaction, boot: str, lost: Ending, worn_out: Ending) -> Recovered:
    """Take up what an earlier run of the process had left: what it was at is ready again, and keeps its turn.

    What was still waiting for files has `lost` them. A job that was cut off again and again may be what ends the
    process, and is `worn_out`.
    """
    failed = [
        *_fail_all(tx, "state IN ('pending', 'ready') AND state = 'pending'", lost),  # the former for the index
        *_fail_all(tx, f"state = 'running' AND boot <> :boot AND attempt >= {INTERRUPTIONS}", worn_out, boot=boot),
    ]
    ready = tx.all(f"{_PUT_BACK} WHERE state = 'running' AND boot <> :boot RETURNING id", boot=boot, now=tx.now)
    return Recovered(ready=tuple(sorted(row["id"] for row in ready)), failed=tuple(failed))


def _guarded(changed: int) -> None:
    if changed != 1:
        raise LostJob


def _deliver(tx: Transaction, job: Row, reply: str) -> int:
    return deliveries.queue(
        tx,
        job_id=job["id"],
        user_id=job["user_id"],
        platform=job["platform"],
        address=job["address"],
        reply=reply,
    )


def _give_back_and_tell(tx: Transaction, job: Row, reply: str) -> int:
    quota.refund(tx, job["id"])
    return _deliver(tx, job, reply)


def _fail_all(tx: Transaction, which: str, ending: Ending, **values: Value) -> list[int]:
    rows = tx.all(
        f"{_FAIL} finished_by = 'restart' WHERE {which} RETURNING id, user_id, platform, address",
        key=ending.key,
        sentence=ending.sentence,
        now=tx.now,
        **values,
    )
    for row in rows:
        _give_back_and_tell(tx, row, ending.reply)
    return sorted(row["id"] for row in rows)


_OURS = "id = :id AND state = 'running' AND attempt = :attempt"

# Those who have as many running as they may are looked up once, not for each job that is passed over.
_NEXT = f"""(
    SELECT id FROM jobs
    WHERE state = 'ready' AND lane = :lane AND turn < {lines.NO_TURN} AND run_at <= :now AND user_id NOT IN (
        SELECT user_id FROM jobs WHERE state = 'running' GROUP BY user_id HAVING COUNT(*) >= :per_user
    )
    ORDER BY turn, id LIMIT 1
)"""

_CLAIM = """
    UPDATE jobs SET state = 'running', attempt = attempt + 1, attempts_left = attempts_left - 1, boot = :boot,
        started_at = :now, updated_at = :now
    WHERE id = {which} AND state = 'ready' AND run_at <= :now
    RETURNING *
"""

_CLAIM_ONE = _CLAIM.format(which=":job_id")
_CLAIM_NEXT = _CLAIM.format(which=_NEXT)

_PUT_BACK = "UPDATE jobs SET state = 'ready', attempts_left = attempts_left + 1, eta_at = NULL, updated_at = :now"

_FAIL = """
    UPDATE jobs SET state = 'failed', error_key = :key, error = :sentence, eta_at = NULL, updated_at = :now,
        finished_at = :now,
"""
