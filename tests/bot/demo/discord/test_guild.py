"""Who may what in a guild, and what the bot hears of it."""

from __future__ import annotations

from bot.demo.discord.permission import EVERYTHING, USUAL, Permission
from bot.demo.discord.server import DiscordServer
from tests.bot.demo.discord.client import running
from tests.fakes.waiting import until


def test_roles_add_up_and_channels_take_away() -> None:
    guild = DiscordServer().guild("Workshop")
    keeper = guild.role("Keepers", Permission.MANAGE_GUILD)
    ada, ben = guild.person("Ada", roles=[keeper]), guild.person("Ben")
    assert guild.permissions(ada) == USUAL | Permission.MANAGE_GUILD
    assert guild.permissions(ben) == USUAL
    guild.channel.overwrite(guild.everybody.id, role=True, deny=Permission.SEND_MESSAGES)
    guild.channel.overwrite(keeper.id, role=True, allow=Permission.SEND_MESSAGES)
    assert guild.permissions(ada, guild.channel) & Permission.SEND_MESSAGES
    assert not guild.permissions(ben, guild.channel) & Permission.SEND_MESSAGES
    guild.channel.overwrite(ada.id, deny=Permission.SEND_MESSAGES)
    assert not guild.permissions(ada, guild.channel) & Permission.SEND_MESSAGES
    guild.take(ada, keeper)
    assert guild.permissions(ada) == USUAL


def test_admins_and_the_owner_may_everything_and_strangers_nothing() -> None:
    server = DiscordServer()
    guild = server.guild("Workshop")
    admin, owner, stranger = guild.person("Ada", admin=True), guild.person("Olga", owner=True), server.person("Eve")
    guild.channel.overwrite(guild.everybody.id, role=True, deny=EVERYTHING)
    assert [guild.permissions(each, guild.channel) for each in (admin, owner, stranger)] == [EVERYTHING, EVERYTHING, 0]
    guild.dismiss(admin)
    assert guild.permissions(admin) == 0


async def test_the_bot_hears_of_new_channels_and_roles_and_of_what_it_lost() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        async with running(server) as bot:
            known = bot.guilds[0]
            guild.role("Readers")
            channel = guild.new_channel("news")
            await until(lambda: len(known.text_channels) == 2)
            channel.overwrite(server.bot.id, deny=Permission.SEND_MESSAGES)
            there = known.get_channel(int(channel.id))
            assert there is not None and known.roles[-1].name == "Readers"
            await until(lambda: not there.permissions_for(known.me).send_messages)
            guild.drop_channel(channel)
            await until(lambda: len(known.text_channels) == 1)
            assert channel.id not in server.world.channels
