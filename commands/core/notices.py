"""Notices: what people are told where they asked for something, because somebody else has decided about it."""

from __future__ import annotations

from commands.core.reply import Reply
from storage import deliveries
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
