"""What a command may know and use."""

from __future__ import annotations

import pytest

from storage import jobs, queue
from storage.database import Transaction
from storage.queue import LostJob
from tests.commands.world import World

HELLO = "Hello, I am Mynah."


def write(tx: Transaction) -> int:
    """Write something that can be seen afterwards."""
    return tx.run("UPDATE users SET name = 'changed'")


async def test_a_job_writes_while_it_is_ours(world: World) -> None:
    ticket = await world.submit(await world.person("ada"), "speak", text=HELLO)
    context = await world.context_of(await world.claim(ticket.job_id))
    assert await context.commit(write) == 1
    assert await context.read(lambda tx: tx.value("SELECT name FROM users")) == "changed"


async def test_an_attempt_that_lost_its_job_to_another_writes_nothing(world: World) -> None:
    ticket = await world.submit(await world.person("ada"), "speak", text=HELLO)
    job = await world.claim(ticket.job_id)
    context = await world.context_of(job)
    await world.database.write(lambda tx: queue.put_back(tx, job.id, job.attempt))
    await world.claim(job.id)
    with pytest.raises(LostJob):
        await context.commit(write)
    assert await world.rows("SELECT name FROM users") == [("ada",)]


async def test_a_job_that_was_cancelled_meanwhile_writes_nothing_more(world: World) -> None:
    ticket = await world.submit(await world.person("ada"), "speak", text=HELLO)
    job = await world.claim(ticket.job_id)
    context = await world.context_of(job)
    await world.database.write(lambda tx: queue.cancel(tx, job.id, by="user"))
    with pytest.raises(LostJob):
        await context.commit(lambda tx: jobs.set_progress(tx, job.id, job.attempt, 0.5, None))


async def test_names_and_variants_are_completed_while_they_are_typed(world: World) -> None:
    inquiry = world.inquiry(await world.person("ada"))
    assert "en-gb" in await inquiry.voice_names("en")
    assert await inquiry.voice_names("en-gb+anni") == ["en-gb+annie"]
    assert await inquiry.voice_names("nobody+") == []
