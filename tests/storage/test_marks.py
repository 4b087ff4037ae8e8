"""What an adapter marks is there when Mynah starts again."""

from __future__ import annotations

from storage import marks
from storage.database import Database


async def test_a_mark_is_found_under_its_name_and_replaced(database: Database) -> None:
    assert await database.read(lambda tx: marks.get(tx, "discord", "commands")) == ""
    await database.write(lambda tx: marks.put(tx, "discord", "commands", "one"))
    await database.write(lambda tx: marks.put(tx, "discord", "commands", "two"))
    assert await database.read(lambda tx: marks.get(tx, "discord", "commands")) == "two"
    assert await database.read(lambda tx: marks.get(tx, "telegram", "commands")) == ""
