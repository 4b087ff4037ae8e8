"""Who is blocked is not served, there or anywhere."""

from __future__ import annotations

import pytest

from storage import blocks
from storage.database import Database, Transaction
from tests.storage import making


@pytest.fixture
async def ada(database: Database) -> int:
    def work(tx: Transaction) -> int:
        making.place(tx)
        return making.person(tx)

    return await database.write(work)


async def test_a_block_holds_in_its_place_and_one_for_everywhere_everywhere(database: Database, ada: int) -> None:
    def work(tx: Transaction) -> None:
        other = making.place(tx, "other")
        blocks.add(tx, ada, 1, None, "too loud")
        assert blocks.find(tx, ada, other) is None
        blocks.add(tx, ada, None, None, "far too loud")
        block = blocks.find(tx, ada, 1)
        assert block is not None and (block.place_id, block.reason) == (None, "far too loud")
        assert blocks.find(tx, ada, other) is not None
        assert blocks.lift(tx, ada, None)
        block = blocks.find(tx, ada, 1)
        assert block is not None and block.reason == "too loud"

    await database.write(work)


async def test_a_block_is_lifted_once_and_renewed_not_doubled(database: Database, ada: int) -> None:
    def work(tx: Transaction) -> None:
        blocks.add(tx, ada, 1, None, "too loud")
        blocks.add(tx, ada, 1, None, "still too loud")
        block = blocks.find(tx, ada, 1)
        assert block is not None and block.reason == "still too loud"
        assert blocks.lift(tx, ada, 1)
        assert not blocks.lift(tx, ada, 1)
        assert blocks.find(tx, ada, 1) is None

    await database.write(work)
