"""Discord's rules of interactions, kept against a real discord.py."""

from __future__ import annotations

import asyncio

import discord
import pytest
from discord import app_commands

from bot.demo.discord.permission import Permission
from bot.demo.discord.server import DiscordServer
from bot.demo.discord.terms import Terms
from tests.bot.demo.discord.client import Bot, VoiceFile, running, sound
from tests.fakes.waiting import until


async def test_an_answer_after_the_time_to_acknowledge_is_unknown() -> None:
    async def late(interaction: discord.Interaction) -> None:
        await asyncio.sleep(0.08)
        await interaction.response.send_message("Sorry")

    async with DiscordServer(Terms(acknowledge_seconds=0.05)) as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server) as bot:
            bot.act = late
            exchange = await ada.slash(guild.channel, "speak", text="x")
            await until(lambda: bool(bot.errors))
            assert bot.code == 10062 and [each.what for each in exchange.history] == ["late"]
            assert guild.channel.messages == []


async def test_a_token_dies_and_takes_the_answer_with_it() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server) as bot:
            exchange = await ada.slash(guild.channel, "speak", text="x")
            await exchange.answer()
            exchange.expire()
            with pytest.raises(discord.HTTPException) as caught:
                await bot.told[0].edit_original_response(content="Later")
            assert (caught.value.status, caught.value.code) == (401, 50027)
            assert exchange.now().content == "Hello"


async def test_only_the_first_answer_counts() -> None:
    async def twice(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("One")
        interaction.response._response_type = None
        await interaction.response.send_message("Two")

    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server) as bot:
            bot.act = twice
            await (await ada.slash(guild.channel, "speak", text="x")).answer()
            await until(lambda: bool(bot.errors))
            assert bot.code == 40060 and len(guild.channel.messages) == 1


@pytest.mark.parametrize("private", [True, False])
async def test_what_follows_thinking_is_private_as_that_was(private: bool) -> None:
    async def think(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=private, thinking=True)
        await interaction.followup.send("First", ephemeral=not private)
        await interaction.followup.send("Second", ephemeral=not private)

    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server) as bot:
            bot.act = think
            exchange = await ada.slash(guild.channel, "speak", text="x")
            first = await exchange.answer()
            second = await exchange.until(lambda seen: seen.content == "Second")
            assert (first.private, second.private) == (private, not private)
            assert first.id == exchange.now().id != second.id
            assert [each.content for each in guild.channel.messages] == (["Second"] if private else ["First"])


async def test_a_public_answer_shows_that_the_bot_thinks_until_it_is_there() -> None:
    async def think(interaction: discord.Interaction) -> None:
        await interaction.response.defer(thinking=True)

    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server) as bot:
            bot.act = think
            exchange = await ada.slash(guild.channel, "speak", text="x")
            await exchange.acknowledged()
            assert guild.channel.messages[0].thinking
            await until(lambda: bool(bot.told[0].response.is_done()))
            await bot.told[0].edit_original_response(content="There")
            assert [(each.content, each.thinking) for each in guild.channel.messages] == [("There", False)]


async def test_five_follow_ups_are_all_where_a_person_alone_installed_the_bot() -> None:
    async def many(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("0")
        for number in range(1, 7):
            await interaction.followup.send(str(number))

    async with DiscordServer() as server:
        elsewhere, home = server.guild("Elsewhere", bot=False), server.guild("Workshop")
        eve, ada = server.person("Eve"), home.person("Ada")
        elsewhere.admit(eve)
        async with running(server) as bot:
            bot.act = many
            await eve.slash(elsewhere.channel, "speak", text="x")
            await until(lambda: bool(bot.errors))
            assert bot.code == 40094
            assert [each.content for each in elsewhere.channel.messages] == ["0", "1", "2", "3", "4", "5"]
            await (await ada.slash(home.channel, "speak", text="x")).until(lambda seen: seen.content == "6")


async def test_answers_are_private_where_nobody_may_bring_apps_of_their_own() -> None:
    async with DiscordServer() as server:
        elsewhere = server.guild("Elsewhere", bot=False)
        eve = server.person("Eve")
        elsewhere.admit(eve)
        elsewhere.channel.overwrite(eve.id, deny=Permission.USE_EXTERNAL_APPS)
        async with running(server):
            assert (await (await eve.slash(elsewhere.channel, "speak", text="x")).answer()).private
            assert elsewhere.channel.messages == []


async def test_the_same_interaction_may_come_twice() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server) as bot:
            exchange = await ada.slash(guild.channel, "speak", text="x")
            await exchange.answer()
            await exchange.again()
            await until(lambda: bool(bot.errors))
            assert [each.id for each in bot.told] == [int(exchange.id)] * 2
            assert bot.code == 40060 and len(guild.channel.messages) == 1


async def test_a_press_may_be_acknowledged_first_and_the_message_changed_later() -> None:
    async def act(interaction: discord.Interaction) -> None:
        if interaction.type is discord.InteractionType.component:
            await interaction.response.defer()
            await interaction.edit_original_response(content="Pressed", view=None)
            await interaction.followup.send("Also", ephemeral=True)
            return
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="Go", custom_id="go"))
        await interaction.response.send_message("Ready", view=view)

    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server) as bot:
            bot.act = act
            pressed = await ada.press(await (await ada.slash(guild.channel, "speak", text="x")).answer(), "Go")
            also = await pressed.until(lambda seen: seen.content == "Also")
            assert also.private and [each.what for each in pressed.history] == ["waiting", "edit", "followup"]
            assert [(each.content, each.buttons) for each in guild.channel.messages] == [("Pressed", ())]


async def test_an_answer_is_deleted_and_then_gone() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server) as bot:
            exchange = await ada.slash(guild.channel, "speak", text="x")
            await exchange.answer()
            await bot.told[0].delete_original_response()
            assert guild.channel.messages == [] and exchange.history[-1].what == "deleted"
            with pytest.raises(discord.NotFound) as caught:
                await bot.told[0].edit_original_response(content="?")
            assert caught.value.code == 10008


async def test_more_than_25_choices_are_refused() -> None:
    async with DiscordServer(Terms(acknowledge_seconds=0.5)) as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        bot = Bot()

        @bot.tree.command(description="Many.")
        async def many(interaction: discord.Interaction, one: str) -> None:
            await bot.do(interaction)

        @many.autocomplete("one")
        async def offer(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
            return [app_commands.Choice(name=str(n), value=str(n)) for n in range(int(typed))]

        async with running(server, bot):
            assert len(await ada.complete(guild.channel, "many", "one", "25")) == 25
            with pytest.raises(AssertionError):
                async with asyncio.timeout(2):
                    await (await ada.type_into(guild.channel, "many", "one", "26")).choices(within=0.2)
            assert server.called("POST", "/callback")[-1].status == 400


async def test_a_voice_message_is_a_follow_up_and_no_edit() -> None:
    async def voice(interaction: discord.Interaction) -> None:
        await interaction.response.defer(thinking=True)
        flags = discord.MessageFlags()
        flags.voice = True
        with discord.http.handle_message_parameters(file=sound("voice.ogg"), flags=flags) as params:
            adapter = discord.webhook.async_.async_context.get()
            await adapter.execute_webhook(
                interaction.application_id,
                interaction.token,
                session=interaction._session,
                payload=params.payload,
                multipart=params.multipart,
                files=params.files,
                wait=True,
            )

    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server) as bot:
            bot.act = voice
            await ada.slash(guild.channel, "speak", text="x")
            await until(lambda: bool(bot.errors))
            assert bot.code == 50160 and guild.channel.messages[0].thinking


async def test_a_voice_message_follows_an_answer() -> None:
    async def voice(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Here it is")
        flags = discord.MessageFlags()
        flags.voice = True
        file = VoiceFile(sound().fp, "voice.ogg")
        with discord.http.handle_message_parameters(file=file, flags=flags) as params:
            for part in params.multipart or []:
                part |= {"content_type": "audio/ogg"} if part["name"] == "files[0]" else {}
            adapter = discord.webhook.async_.async_context.get()
            await adapter.execute_webhook(
                interaction.application_id,
                interaction.token,
                session=interaction._session,
                payload=params.payload,
                multipart=params.multipart,
                files=params.files,
                wait=True,
            )

    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server) as bot:
            bot.act = voice
            seen = await (await ada.slash(guild.channel, "speak", text="x")).answer(with_file=True)
            assert seen.voice and seen.seconds == 1.5 and seen.waveform
            guild.channel.overwrite(server.bot.id, deny=Permission.SEND_VOICE_MESSAGES)
            await ada.slash(guild.channel, "speak", text="x")
            await until(lambda: bool(bot.errors))
            assert bot.code == 50173
