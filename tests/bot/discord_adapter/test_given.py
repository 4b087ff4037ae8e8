"""What a person gives: files, members and roles, as Mynah takes them."""

from __future__ import annotations

from pathlib import Path

from bot.demo.discord.terms import Terms
from bot.demo.discord.wire import Upload
from tests.bot.discord_adapter.stage import stage


async def test_files_are_fetched_after_the_ticket_is_out_and_spoken(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah():
        for name, data in (("page.txt", b"From a file."), ("page.md", b"# Title\n\nFrom *another*.")):
            exchange = await on.ada.slash(on.guild.channel, "speak", file=Upload(name=name, data=data))
            ticket = await exchange.answer()
            assert "file" in ticket.content
            answer = await exchange.answer(with_file=True)
            assert answer.file.data.startswith(b"RIFF")


async def test_a_file_that_is_gone_by_then_is_said_to_the_person_alone_and_costs_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path, Terms(link_seconds=0.0)) as on, on.mynah() as mynah:
        exchange = await on.ada.slash(on.guild.channel, "speak", file=Upload(name="page.txt", data=b"Gone."))
        told = await exchange.until(lambda seen: seen.private)
        assert "could not be fetched" in told.content
        (left,) = [seen for seen in on.guild.channel.messages if not seen.private]
        assert "could not be fetched" not in left.content and left.labels == []
        assert await mynah.charged() == (0, 0)
