"""What a quick command writes, and that the event was seen to, are one transaction."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.once import OnceContext
from commands.core.command import Audience
from commands.core.context import Asker
from commands.core.reply import Reply
from storage import events, identities, places, users
from storage.database import Database, Transaction
from tests.fakes.running import Running, running


@pytest.fixture
async def context(tmp_path: Path, database: Database) -> OnceContext:
    def ask(tx: Transaction) -> Asker:
        user_id = identities.ensure(tx, "durable", "1", "Ada", b"key")
        place = places.ensure(tx, "durable", "direct", "direct", "")
        return Asker(user_id=user_id, name="Ada", platform="durable", place=place, rank=Audience.EVERYONE)

    asker = await database.write(ask)
    async with running(tmp_path / "host", once=True) as mynah:
        return _context(asker, database, mynah)


def _context(asker: Asker, database: Database, mynah: Running) -> OnceContext:
    desk = mynah.app.desk
    return OnceContext(asker=asker, database=database, rules=desk._rules, host=desk._host, event_id="e1")


async def noted(context: OnceContext) -> events.Event | None:
    return await context.read(lambda tx: events.seen(tx, "durable", "e1"))


async def test_what_writes_notes_the_event_with_it_and_the_answer_later(context: OnceContext) -> None:
    assert await context.commit(lambda tx: 7) == 7
    event = await noted(context)
    assert event and event.reply is None
    await context.commit(lambda tx: None)
    await context.answer(Reply(text="Done."))
    event = await noted(context)
    assert event and event.reply and Reply.from_json(event.reply).text == "Done."


async def test_what_is_undone_notes_nothing(context: OnceContext) -> None:
    def work(tx: Transaction) -> None:
        raise KeyError

    with pytest.raises(KeyError):
        await context.commit(work)
    assert await noted(context) is None


async def test_what_only_looks_notes_its_answer(context: OnceContext) -> None:
    await context.answer(Reply(text="Look."))
    event = await noted(context)
    assert event and event.reply


async def test_nothing_is_noted_of_who_has_been_forgotten(context: OnceContext) -> None:
    user_id = context.asker.user_id

    def forget(tx: Transaction) -> None:
        tx.run("DELETE FROM identities WHERE user_id = :id", id=user_id)
        tx.run("DELETE FROM users WHERE id = :id", id=user_id)

    await context.commit(forget)
    await context.answer(Reply(text="Gone."))
    assert await noted(context) is None
    assert await context.read(lambda tx: users.get(tx, user_id)) is None


async def test_an_event_that_cannot_happen_twice_is_not_kept(context: OnceContext) -> None:
    once = replace(context, event_id="")
    await once.commit(lambda tx: None)
    await once.answer(Reply())
    assert await context.read(lambda tx: tx.value("SELECT COUNT(*) FROM events")) == 0
