"""What people do on the double reaches a real discord.py, and what it answers reaches them."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot.demo.discord.permission import Permission
from bot.demo.discord.refusal import NotOffered
from bot.demo.discord.server import DiscordServer
from bot.demo.discord.wire import Upload
from tests.bot.demo.discord.client import Bot, running, sound


async def test_a_slash_command_arrives_with_its_values_and_is_answered() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server) as bot:
            exchange = await ada.slash(guild.channel, "speak", text="Good day", speed=1.5, format="WAV file")
            assert await exchange.acknowledged() < 1
            seen = await exchange.answer()
            assert (seen.content, seen.author, seen.private) == ("Hello", "Mynah", False)
            assert bot.given == {"text": "Good day", "voice": None, "speed": 1.5, "format": "wav", "file": None}
            assert bot.told[0].user.display_name == "Ada"
            assert [each.id for each in guild.channel.messages] == [seen.id]


async def test_a_file_given_to_a_command_is_fetched_from_the_cdn() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server) as bot:
            upload = Upload(name="my voice.wav", data=b"RIFF....", content_type="audio/wav")
            await (await ada.slash(guild.channel, "speak", text="x", file=upload)).answer()
            attachment = bot.given["file"]
            assert (attachment.filename, attachment.content_type) == ("my_voice.wav", "audio/x-wav")
            assert await attachment.read() == b"RIFF...."


async def test_members_and_roles_are_resolved_for_a_command_in_a_group() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada, reader = guild.person("Ada", admin=True), guild.role("Readers")
        ben = guild.person("Ben", roles=[reader])
        async with running(server) as bot:
            await (await ada.slash(guild.channel, "quota set", count=5, member=ben, role=reader)).answer()
            member, role = bot.given["member"], bot.given["role"]
            assert isinstance(member, discord.Member) and isinstance(role, discord.Role)
            assert (str(member.id), member.roles[-1].name, role.name) == (ben.id, "Readers", "Readers")
            assert bot.told[0].permissions.administrator


async def test_autocomplete_offers_what_fits_with_what_is_filled_in() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server):
            choices = await ada.complete(guild.channel, "speak", "voice", "c", {"text": "Hi"})
            assert [(each.name, each.value) for each in choices] == [
                ("Cleo says Hi", "Cleo"),
                ("Celia says Hi", "Celia"),
            ]


async def test_the_menu_of_a_message_hands_the_message_over() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada, ben = guild.person("Ada"), guild.person("Ben")
        async with running(server) as bot:
            note = Upload(name="note.txt", data=b"Read me", content_type="text/plain")
            said = await ben.say(guild.channel, "Speak this, please", files=[note])
            await (await ada.menu(guild.channel, "Speak this", said)).answer()
            message = bot.given["message"]
            assert (message.content, message.author.display_name) == ("Speak this, please", "Ben")
            assert await message.attachments[0].read() == b"Read me"


async def test_a_voice_message_of_a_person_is_handed_over_as_one() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server) as bot:
            hum = Upload(name="voice-message.ogg", data=b"OggS", content_type="audio/ogg")
            recorded = await ada.record(guild.channel, hum, seconds=4.5)
            await (await ada.menu(guild.channel, "Speak this", recorded)).answer()
            (attachment,) = bot.given["message"].attachments
            assert attachment.is_voice_message() and attachment.duration == 4.5
            assert await attachment.read() == b"OggS"


async def buttons(interaction: discord.Interaction) -> None:
    """Answer with a button and two menus, and with what is pressed or chosen there."""
    data: dict[str, object] = dict(interaction.data or {})
    if interaction.type is discord.InteractionType.component:
        await interaction.response.edit_message(content=f"{data['custom_id']} {data.get('values', '')}")
        return
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Again", custom_id="again"))
    view.add_item(discord.ui.Button(label="Never", custom_id="never", disabled=True))
    options = [discord.SelectOption(label="Bert", value="b"), discord.SelectOption(label="Cleo", value="c")]
    view.add_item(discord.ui.Select(placeholder="Voice", custom_id="voice", options=options))
    view.add_item(discord.ui.UserSelect(placeholder="Who", custom_id="who"))
    await interaction.response.send_message("Done", view=view)


async def test_a_button_is_pressed_and_changes_the_message() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server) as bot:
            bot.act = buttons
            seen = await (await ada.slash(guild.channel, "speak", text="x")).answer()
            assert (seen.labels, [each.placeholder for each in seen.menus]) == (["Again"], ["Voice", "Who"])
            pressed = await ada.press(seen, "Again")
            assert (await pressed.answer()).content.startswith("again")
            assert guild.channel.messages[0].edited and bot.told[-1].message is not None
            with pytest.raises(NotOffered):
                await ada.press(seen, "Never")


async def test_menus_send_what_was_chosen_and_who_was_meant() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada, ben = guild.person("Ada"), guild.person("Ben")
        async with running(server) as bot:
            bot.act = buttons
            seen = await (await ada.slash(guild.channel, "speak", text="x")).answer()
            assert (await (await ada.choose(seen, "Cleo", menu="Voice")).answer()).content == "voice ['c']"
            assert (await (await ada.choose(seen, ben, menu="Who")).answer()).content == f"who ['{ben.id}']"
            with pytest.raises(NotOffered):
                await ada.choose(seen, "Dora", menu="Voice")


async def test_a_menu_of_roles_sends_the_role() -> None:
    async def roles(interaction: discord.Interaction) -> None:
        if interaction.type is discord.InteractionType.component:
            data: dict[str, Any] = dict(interaction.data or {})
            await interaction.response.send_message(str(data["resolved"]["roles"]))
            return
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.RoleSelect(custom_id="role", max_values=2))
        await interaction.response.send_message("Which?", view=view)

    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada, readers, writers = guild.person("Ada"), guild.role("Readers"), guild.role("Writers")
        async with running(server) as bot:
            bot.act = roles
            seen = await (await ada.slash(guild.channel, "speak", text="x")).answer()
            told = (await (await ada.choose(seen, readers, writers)).answer()).content
            assert "Readers" in told and "Writers" in told
            with pytest.raises(NotOffered):
                await ada.choose(seen)


class Ask(discord.ui.Modal, title="Long text"):
    """A form with one field."""

    text: discord.ui.TextInput[Ask] = discord.ui.TextInput(label="Text", custom_id="text", max_length=10)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"You wrote {self.text.value}")


async def test_a_form_is_filled_in_and_sent() -> None:
    async def ask(interaction: discord.Interaction) -> None:
        if interaction.type is discord.InteractionType.application_command:
            await interaction.response.send_modal(Ask())

    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server) as bot:
            bot.act = ask
            modal = await (await ada.slash(guild.channel, "speak", text="x")).modal()
            assert (modal.title, [each.label for each in modal.inputs]) == ("Long text", ["Text"])
            assert (await (await ada.submit(modal, text="a book")).answer()).content == "You wrote a book"
            with pytest.raises(NotOffered):
                await ada.submit(modal, text="far too long a book")


async def test_a_form_with_labels_of_the_new_kind_is_filled_in_too() -> None:
    class New(discord.ui.Modal, title="New"):
        text: discord.ui.Label[New] = discord.ui.Label(text="Text", component=discord.ui.TextInput(custom_id="text"))

        async def on_submit(self, interaction: discord.Interaction) -> None:
            assert isinstance(self.text.component, discord.ui.TextInput)
            await interaction.response.send_message(self.text.component.value)

    async def ask(interaction: discord.Interaction) -> None:
        if interaction.type is discord.InteractionType.application_command:
            await interaction.response.send_modal(New())

    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server) as bot:
            bot.act = ask
            modal = await (await ada.slash(guild.channel, "speak", text="x")).modal()
            assert (await (await ada.submit(modal, Text="words")).answer()).content == "words"


async def test_the_bot_is_asked_and_answers_in_direct_messages() -> None:
    async with DiscordServer() as server:
        ada = server.guild("Workshop").person("Ada")
        async with running(server) as bot:
            seen = await (await ada.slash(ada.direct(), "speak", text="x")).answer()
            assert bot.told[0].guild is None and isinstance(bot.told[0].channel, discord.DMChannel)
            assert ada.direct().messages == [seen]


async def test_a_command_reaches_a_guild_without_the_bot_by_a_persons_own_installation() -> None:
    async with DiscordServer() as server:
        elsewhere = server.guild("Elsewhere", bot=False)
        eve, ben = server.person("Eve"), elsewhere.person("Ben")
        elsewhere.admit(eve)
        async with running(server) as bot:
            assert (await (await eve.slash(elsewhere.channel, "speak", text="x")).answer()).content == "Hello"
            assert bot.told[0].is_user_integration() and not bot.told[0].is_guild_integration()
            among = eve.talk_with(ben)
            assert (await (await eve.slash(among, "speak", text="x")).answer()).content == "Hello"
            with pytest.raises(NotOffered):
                await ben.slash(elsewhere.channel, "speak", text="x")


async def test_a_command_for_admins_is_shown_to_them_and_to_whom_they_open_it() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ben = guild.person("Ben")
        async with running(server) as bot:
            with pytest.raises(NotOffered):
                await ben.slash(guild.channel, "quota set", count=1)
            guild.open("quota")
            await (await ben.slash(guild.channel, "quota set", count=1)).answer()
            assert not bot.told[0].permissions.manage_guild


@pytest.mark.parametrize(
    "options", [{}, {"text": ""}, {"text": "x", "speed": 3.0}, {"text": "x", "format": "mp3"}, {"words": "x"}]
)
async def test_what_discord_would_not_send_is_not_sent(options: dict[str, str | float]) -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server) as bot:
            with pytest.raises(NotOffered):
                await ada.slash(guild.channel, "speak", **options)
            assert not bot.told


async def test_what_one_person_only_sees_is_not_pressed_by_another() -> None:
    async def private(interaction: discord.Interaction) -> None:
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="Yes", custom_id="yes"))
        await interaction.response.send_message("Sure?", view=view, ephemeral=True)

    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada, ben = guild.person("Ada"), guild.person("Ben")
        async with running(server) as bot:
            bot.act = private
            seen = await (await ada.slash(guild.channel, "speak", text="x")).answer()
            assert seen.private and guild.channel.messages == []
            with pytest.raises(NotOffered):
                await ben.press(seen, "Yes")


async def test_a_guilds_messages_are_read_only_by_a_bot_that_may_read_along() -> None:
    intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server, Bot(intents=intents)) as bot:
            for channel, text in (
                (guild.channel, "a"),
                (guild.channel, f"b {server.bot.mention}"),
                (ada.direct(), "c"),
            ):
                await ada.say(channel, text)
            await (await ada.slash(guild.channel, "speak", text="x")).answer()
            heard = [each.content for each in bot.heard if not each.author.bot]
            assert heard == ["", f"b {server.bot.mention}", "c"]


async def test_a_file_of_an_answer_is_seen_with_its_bytes() -> None:
    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.defer(thinking=True)
        await interaction.edit_original_response(content="Soon")
        await interaction.edit_original_response(content="Here", attachments=[sound()])

    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server) as bot:
            bot.act = answer
            exchange = await ada.slash(guild.channel, "speak", text="x")
            seen = await exchange.answer(with_file=True)
            assert (seen.content, seen.file.name, seen.file.data[:4]) == ("Here", "hello.wav", b"RIFF")
            assert [each.what for each in exchange.history] == ["thinking", "edit", "edit"]
            assert [each.seen.content for each in exchange.history if each.seen] == ["", "Soon", "Here"]


async def test_a_channel_that_somebody_cannot_see_takes_none_of_their_commands() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        hidden = guild.new_channel("hidden")
        hidden.overwrite(guild.everybody.id, role=True, deny=Permission.VIEW_CHANNEL)
        async with running(server):
            with pytest.raises(NotOffered):
                await ada.slash(hidden, "speak", text="x")
