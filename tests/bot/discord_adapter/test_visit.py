"""The first answer to an interaction, and what becomes of it on a bad line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.discord_adapter.stage import stage

CALLBACK = "/interactions/*/callback"


@pytest.mark.parametrize("done", [False, True], ids=["before it was taken", "after it was taken"])
async def test_a_first_answer_that_breaks_off_is_given_once(tmp_path: Path, done: bool) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        for command, options in (("about", {}), ("speak", {"text": "Hello."}), ("speak", {})):
            on.discord.faults.drop("POST", CALLBACK, done=done)
            exchange = await on.ada.slash(on.guild.channel, command, **options)
            if command == "speak" and not options:
                assert (await exchange.modal()).inputs
            else:
                assert (await exchange.answer(with_file=command == "speak")).content
        await mynah.until("SELECT COUNT(*) FROM deliveries WHERE state = 'sent'", 1)
        assert len(on.guild.channel.messages) == 2


async def test_an_outage_at_the_first_answer_is_tried_once_more(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah():
        on.discord.faults.fail("POST", CALLBACK, status=503)
        assert (await (await on.ada.slash(on.guild.channel, "about")).answer()).content
