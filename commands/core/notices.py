"""Notices: what people are told where they asked for something, because somebody else has decided about it."""

from __future__ import annotations

from dataclasses import replace

from commands.core.reply import Reply
from storage import deliveries, jobs
from storage.database import Transaction
from storage.jobs import Job


def tell_cancelled(tx: Transaction, job: Job, why: str) -> None:
    """Tell a person that somebody else has cancelled their job: 'by an admin; nothing was charged'."""
    said = f"Job {job.id} was cancelled {why}."
    deliveries.queue(
        tx,
        job_id=job.id,
        user_id=job.user_id,
        platform=job.platform,
        address=job.address,
        reply=Reply(
            text=said,
            private=True,
            data={"id": job.id, "state": "cancelled"},
            brief="That was cancelled; nothing was charged.",
        ).to_json(),
    )


def tell_person(tx: Transaction, user_id: int, reply: Reply) -> bool:
    """Tell a person something where they asked last; False where they never asked for anything that took a while.

    It answers nothing that they asked, which its data says (`news`): so it takes no answer's place.
    """
    last = next(iter(jobs.of_user(tx, user_id, limit=1)), None)
    if last is None:
        return False
    deliveries.queue(
        tx,
        job_id=None,
        user_id=user_id,
        platform=last.platform,
        address=last.address,
        reply=replace(reply, data={**reply.data, "news": True}).to_json(),
    )
    return True
