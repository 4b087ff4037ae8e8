"""The calls of a bot that begin with no interaction: channels, direct messages, commands."""

from __future__ import annotations

import discord
import pytest

from bot.demo.discord.permission import Permission
from bot.demo.discord.server import DiscordServer
from bot.demo.discord.terms import Terms
from tests.bot.demo.discord.client import Bot, VoiceFile, running, send_voice, sound


def place(bot: Bot, channel_id: str) -> discord.PartialMessageable:
    """A channel to send to, as far as the bot knows it."""
    return bot.get_partial_messageable(int(channel_id))


async def code_of(doing: object) -> int:
    """The code that a call is refused with."""
    with pytest.raises(discord.HTTPException) as caught:
        await doing  # type: ignore[misc]  # any coroutine
    return caught.value.code


async def test_a_message_is_sent_changed_and_deleted() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        async with running(server) as bot:
            sent = await place(bot, guild.channel.id).send("One", files=[sound("a.wav"), sound("b b.wav")])
            assert [each.name for each in guild.channel.messages[0].files] == ["a.wav", "b_b.wav"]
            await sent.edit(content="Two", attachments=[sent.attachments[1]])
            seen = guild.channel.messages[0]
            assert (seen.content, [each.name for each in seen.files], seen.edited) == ("Two", ["b_b.wav"], True)
            await sent.delete()
            assert guild.channel.messages == [] and await code_of(sent.edit(content="x")) == 10008


async def test_a_nonce_that_came_before_brings_the_first_message_again() -> None:
    async with DiscordServer(Terms(nonce_seconds=60)) as server:
        guild = server.guild("Workshop")
        other = guild.new_channel("other")
        async with running(server) as bot:
            first = await place(bot, guild.channel.id).send("One", nonce="7")
            again = await place(bot, guild.channel.id).send("Two", nonce="7")
            elsewhere = await place(bot, other.id).send("Three", nonce="7")
            assert first.id == again.id != elsewhere.id and again.content == "One"
            assert [each.content for each in guild.channel.messages] == ["One"]


async def test_a_nonce_is_forgotten_after_a_while() -> None:
    async with DiscordServer(Terms(nonce_seconds=0)) as server:
        guild = server.guild("Workshop")
        async with running(server) as bot:
            for _ in range(2):
                await place(bot, guild.channel.id).send("One", nonce="7")
            assert len(guild.channel.messages) == 2


async def test_a_person_gets_direct_messages_unless_they_refuse_them() -> None:
    async with DiscordServer() as server:
        ada = server.guild("Workshop").person("Ada")
        stranger = server.person("Eve", installed=False)
        async with running(server) as bot:
            user = await bot.fetch_user(int(ada.id))
            await user.send("Psst", file=sound())
            assert [each.content for each in ada.direct().messages] == ["Psst"]
            ada.refuses_direct = True
            assert await code_of(user.send("Psst")) == 50007
            assert await code_of((await bot.fetch_user(int(stranger.id))).send("Psst")) == 50278


async def test_a_bot_that_was_kicked_reaches_nothing_there() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        async with running(server) as bot:
            assert bot.get_guild(int(guild.id)) is not None
            removed = bot.loop.create_task(bot.wait_for("guild_remove", timeout=5))
            await place(bot, guild.channel.id).send("Still here")
            guild.kick_bot()
            assert (await removed).id == int(guild.id)
            assert await code_of(place(bot, guild.channel.id).send("?")) == 50001
            joined = bot.loop.create_task(bot.wait_for("guild_join", timeout=5))
            await bot.fetch_user(int(server.person("Eve").id))
            guild.invite_bot()
            assert (await joined).id == int(guild.id)
            await place(bot, guild.channel.id).send("Back")


async def test_permissions_that_were_taken_in_a_channel_are_missed() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        async with running(server) as bot:
            where = place(bot, guild.channel.id)
            guild.channel.overwrite(server.bot.id, deny=Permission.ATTACH_FILES)
            assert await code_of(where.send(file=sound())) == 50013
            await where.send("words")
            guild.channel.overwrite(server.bot.id, deny=Permission.SEND_VOICE_MESSAGES)
            assert await code_of(send_voice(bot, int(guild.channel.id), VoiceFile(sound().fp, "v.ogg"))) == 50173
            guild.channel.overwrite(server.bot.id, deny=Permission.SEND_MESSAGES)
            assert await code_of(where.send("words")) == 50013
            guild.channel.overwrite(server.bot.id, deny=Permission.VIEW_CHANNEL)
            assert await code_of(where.send("words")) == 50001
            guild.drop_channel(guild.channel)
            assert await code_of(where.send("words")) == 10003


async def test_typing_is_counted() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        async with running(server) as bot, place(bot, guild.channel.id).typing():
            assert guild.channel.typing == 1


async def test_others_messages_are_not_the_bots_to_change() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server) as bot:
            said = await ada.say(guild.channel, "Mine")
            message = await place(bot, guild.channel.id).fetch_message(int(said.id))
            assert message.content == "Mine"
            assert (
                await code_of(place(bot, guild.channel.id).get_partial_message(int(said.id)).edit(content="x")) == 50005
            )
            assert await code_of(message.delete()) == 50013


async def test_an_answer_to_a_message_names_it_and_fails_where_that_is_gone() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server) as bot:
            said = await ada.say(guild.channel, "Question")
            message = await place(bot, guild.channel.id).fetch_message(int(said.id))
            await message.reply("Answer")
            assert guild.channel.messages[-1].reply_to == said.id
            server.world.delete(server.world.messages[said.id])
            assert await code_of(message.reply("Answer")) == 50035


async def test_nobody_is_called_where_no_mention_is_allowed() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server) as bot:
            words = f"@everyone {ada.mention}"
            await place(bot, guild.channel.id).send(words)
            await place(bot, guild.channel.id).send(words, allowed_mentions=discord.AllowedMentions.none())
            assert [each.pings for each in guild.channel.messages] == [("everyone", ada.id), ()]


async def test_commands_keep_their_ids_when_they_are_registered_again() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        async with running(server) as bot:
            before = {each["name"]: each["id"] for each in server.commands}
            assert set(before) == {"speak", "quota", "Speak this"}
            bot.tree.remove_command("quota")
            await bot.tree.sync()
            assert {each["name"]: each["id"] for each in server.commands} == {
                name: each for name, each in before.items() if name != "quota"
            }
            assert {each.name for each in await bot.tree.fetch_commands()} == {"speak", "Speak this"}
            bot.tree.copy_global_to(guild=discord.Object(int(guild.id)))
            await bot.tree.sync(guild=discord.Object(int(guild.id)))
            assert {each["guild_id"] for each in server.world.commands[guild.id]} == {guild.id}


async def test_members_and_guilds_are_fetched() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server) as bot:
            fetched = await bot.fetch_guild(int(guild.id), with_counts=False)
            assert (await fetched.fetch_member(int(ada.id))).display_name == "Ada"
            assert await code_of(fetched.fetch_member(1)) == 10007
            assert await code_of(bot.fetch_guild(1)) == 10004
