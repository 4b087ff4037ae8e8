"""What somebody else has decided is told where the person asked."""

from __future__ import annotations

import json

from commands.core import notices
from commands.core.notices import tell_person
from commands.core.reply import Reply
from storage import jobs
from storage.database import Transaction
from tests.commands.world import World
from tests.storage import making


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


async def test_a_person_is_told_where_they_asked_last(world: World) -> None:
    ada = await world.person("ada")
    for channel in (1, 2):
        address = json.dumps({"channel": channel})
        await world.database.write(lambda tx, at=address: making.job(tx, ada.user_id, "succeeded", address=at))  # type: ignore[misc]  # a lambda's default has no type
    assert await world.database.write(lambda tx: tell_person(tx, ada.user_id, Reply(text="It is done.", private=True)))
    ((address, job, reply),) = await world.rows("SELECT address, job_id, reply FROM deliveries")
    assert (json.loads(address), job) == ({"channel": 2}, None)
    assert Reply.from_json(reply).text == "It is done."


async def test_who_never_asked_for_anything_is_told_nothing(world: World) -> None:
    bob = await world.person("bob")
    assert not await world.database.write(lambda tx: tell_person(tx, bob.user_id, Reply(text="It is done.")))
    assert await world.rows("SELECT id FROM deliveries") == []
