"""What somebody else has decided is told where the person asked."""

from __future__ import annotations

import json

from commands.core import notices
from storage import jobs
from storage.database import Transaction
from tests.commands.world import World


async def test_a_person_is_told_that_their_job_was_cancelled_where_they_asked_for_it(world: World) -> None:
    ticket = await world.submit(await world.person("ada"), "speak", text="Hello.")

    def tell(tx: Transaction) -> None:
        job = jobs.get(tx, ticket.job_id)
        assert job is not None
        notices.tell_cancelled(tx, job, "by an admin; nothing was charged")

    await world.database.write(tell)
    ((user, reply),) = await world.rows("SELECT user_id, reply FROM deliveries WHERE job_id = :id", id=ticket.job_id)
    told = json.loads(reply)
    assert (user, told["text"]) == (1, f"Job {ticket.job_id} was cancelled by an admin; nothing was charged.")
    assert told["brief"] == "That was cancelled; nothing was charged.", "where others read along"
    assert told["private"] and told["data"] == {"id": ticket.job_id, "state": "cancelled"}
