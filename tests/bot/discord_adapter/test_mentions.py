"""People, channels, emoji and times in a text are read as they are seen, not as numbers."""

from __future__ import annotations

from pathlib import Path

from tests.bot.discord_adapter.stage import Stage, stage


async def spoken(on: Stage, text: str) -> str:
    """Have the message of somebody spoken, and return what is said."""
    message = await on.bob.say(on.guild.channel, text)
    answer = await (await on.ada.menu(on.guild.channel, "Speak this", message)).answer(with_file=True)
    return answer.content.partition(" \u00b7 ")[0]


async def test_a_message_is_spoken_with_the_names_of_whom_and_what_it_mentions(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah():
        singers, eve = on.guild.role("Singers"), on.guild.person("Eve")
        assert await spoken(on, f"<@{on.ada.id}> and <@!{eve.id}> sing") == '"Ada and Eve sing"'
        assert await spoken(on, f"<@&{singers.id}>, to <#{on.guild.channel.id}>!") == '"Singers, to general!"'
        assert await spoken(on, "A <:happy_bird:123456789012345678> flew") == '"A happy bird flew"'
        assert await spoken(on, "Ask </quota show:123456789012345678>.") == '"Ask /quota show."'
        assert await spoken(on, "It is <t:0:R>.") == '"It is 1970-01-01 00:00."'


async def test_nobody_knows_everybody_by_name_but_no_number_is_read(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah():
        exchange = await on.ada.slash(
            on.guild.channel,
            "speak",
            text=f"<@{on.bob.id}> of <@&123456789012345678> in <#123456789012345678>, I am <@{on.ada.id}>.",
        )
        answer = await exchange.answer(with_file=True)
        assert answer.content.startswith('"somebody of a role in a channel, I am Ada."')


async def test_what_only_looks_like_a_mention_stays(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        text = "1 < 2 and <@12> or <t:99999999999999> <b> <:x:1> a<@>b"
        await (await on.ada.slash(on.guild.channel, "speak", text=text)).answer(with_file=True)
        assert await mynah.value("SELECT text FROM jobs") == text
        await (await on.ada.slash(on.guild.channel, "speak", text="<t:99999999999:D>")).answer(with_file=True)
