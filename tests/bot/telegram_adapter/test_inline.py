"""Inline mode: clips of one's own in any chat."""

from __future__ import annotations

from bot.demo.telegram.people import Person
from tests.bot.telegram_adapter.whole import Whole


async def test_clips_are_offered_by_what_was_said_and_sent_without_an_upload(mynah: Whole, ada: Person) -> None:
    for text in ("The kettle is on.", "Lunch is ready."):
        await ada.private.answer(await ada.says(ada.private, text), kind="voice")
    query = await ada.asks_inline("kettle")
    answer = await query.answered()
    (clip,) = query.results
    assert str(clip["title"]).startswith("The kettle is on. · ")
    assert answer["is_personal"] and answer["cache_time"] == 5
    group = mynah.server.group("Kitchen", members=[ada])
    sent = await ada.chooses(query, str(clip["title"]), group)
    assert sent.kind == "voice"
    assert await mynah.jobs() == 2


async def test_clips_are_nobody_elses(mynah: Whole, ada: Person) -> None:
    await ada.private.answer(await ada.says(ada.private, "My secret."), kind="voice")
    bob = mynah.server.person("Bob")
    query = await bob.asks_inline("")
    answer = await query.answered()
    assert query.results == []
    assert answer["button"] == {"text": "Speak something first", "start_parameter": "hello"}


async def test_the_latest_stands_first(mynah: Whole, ada: Person) -> None:
    for text in ("One.", "Two."):
        await ada.private.answer(await ada.says(ada.private, text), kind="voice")
    await mynah.until("SELECT COUNT(*) FROM uploads", 2)
    query = await ada.asks_inline("")
    await query.answered()
    assert [str(each["title"]).partition(" ")[0] for each in query.results] == ["Two.", "One."]
