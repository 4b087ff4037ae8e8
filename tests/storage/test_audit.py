"""Every act of an admin is written down, and stays without those who were forgotten."""

from __future__ import annotations

import pytest

from storage import audit, people
from storage.database import Database, Transaction
from tests.storage import making


@pytest.fixture
async def ada(database: Database) -> int:
    def work(tx: Transaction) -> int:
        making.place(tx)
        return making.person(tx)

    return await database.write(work)


async def test_acts_are_read_latest_first_by_place(database: Database, ada: int) -> None:
    def work(tx: Transaction) -> None:
        bob, other = making.person(tx, "2", "Bob"), making.place(tx, "other")
        audit.note(tx, ada, 1, "quota set", bob, {"metric": "characters", "limit": 5})
        audit.note(tx, ada, other, "voices here")
        audit.note(tx, None, 1, "jobs cancel", bob)

    await database.write(work)
    acts = await database.read(lambda tx: audit.latest(tx, 1))
    assert [(act.act, act.actor_id, dict(act.details)) for act in acts] == [
        ("jobs cancel", None, {}),
        ("quota set", ada, {"metric": "characters", "limit": 5}),
    ]
    assert len(await database.read(audit.latest)) == 3
    assert [act.act for act in await database.read(lambda tx: audit.latest(tx, limit=1, offset=1))] == ["voices here"]


async def test_an_act_stays_without_those_who_were_forgotten(database: Database, ada: int) -> None:
    def work(tx: Transaction) -> int:
        bob = making.person(tx, "2", "Bob")
        audit.note(tx, ada, 1, "blocks add", bob, {"reason": "Bob sang at night"})
        return bob

    bob = await database.write(work)
    await database.write(lambda tx: people.forget(tx, bob, making.KEY))
    [act] = await database.read(audit.latest)
    assert (act.actor_id, act.act, act.place_id, act.target_id, dict(act.details)) == (ada, "blocks add", 1, None, {})
