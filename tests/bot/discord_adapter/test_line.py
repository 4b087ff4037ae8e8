"""The line to Discord: what it asks for, how it comes back, and what is told of it."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import discord
import pytest

from bot.demo.discord.server import DiscordServer
from bot.demo.discord.terms import Terms
from bot.discord_adapter import adapter, line
from bot.discord_adapter.line import Line
from tests.bot.discord_adapter.stage import stage
from tests.fakes.waiting import until


async def test_it_says_as_whom_it_is_logged_in_and_how_it_is_invited(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with stage(tmp_path) as on, on.mynah():
        said = [record.getMessage() for record in caplog.records if record.name == "mynah.discord"]
        (login,) = [each for each in said if "logged in" in each]
        assert on.discord.client_id in login and login.endswith("in 1 server")
        (invite,) = [each for each in said if "invite" in each]
        assert f"client_id={on.discord.client_id}" in invite and "scope=bot+applications.commands" in invite
        asked = discord.Permissions(int(invite.partition("permissions=")[2].partition("&")[0]))
        wanted = {name for name, value in asked if value}
        assert wanted == {
            "attach_files",
            "read_messages",
            "send_messages",
            "send_messages_in_threads",
            "send_voice_messages",
        }


async def test_no_privileged_intent_is_asked_for_and_little_is_kept_in_memory(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        (identified,) = on.discord.gateway.identified
        assert identified.intents == discord.Intents(guilds=True).value == 1
        client = on.adapter(mynah.app)._line
        assert client is not None
        assert [len(guild.members) for guild in client.guilds] == [1], "the bot itself"
        assert list(client.cached_messages) == []


async def test_commands_are_told_once_and_again_only_when_they_are_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(tmp_path) as on:
        for expected in (1, 1):
            async with on.mynah():
                assert len(on.discord.called("PUT", "/commands")) == expected
        monkeypatch.setattr("bot.discord_adapter.payload.OPTION_LENGTH", 5_000)
        async with on.mynah():
            assert len(on.discord.called("PUT", "/commands")) == 2
        assert {each["name"] for each in on.discord.commands} >= {"speak", "voices", "quota", "Speak this"}


async def test_commands_that_discord_does_not_take_leave_those_of_before(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with stage(tmp_path) as on:
        on.discord.faults.refuse("PUT", "*/commands", 400, 50035, "Invalid Form Body")
        async with on.mynah():
            assert "shows those of before" in caplog.text
        async with on.mynah():
            assert on.discord.commands, "told again at the next start"


async def test_shards_carry_the_servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "IDENTIFY_PAUSE", 0.01)
    async with stage(tmp_path, Terms(shards=2)) as on:
        others = [on.discord.guild(f"Server {number}") for number in range(5)]
        async with on.mynah(discord__shards=2):
            assert sorted(each.shard for each in on.discord.gateway.identified) == [(0, 2), (1, 2)]
            for guild in others:
                person = guild.person("Dora")
                assert (await (await person.slash(guild.channel, "about")).answer()).content


async def test_a_line_that_breaks_is_taken_up_where_it_was(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah():
        gateway = on.discord.gateway
        await gateway.reconnect()
        exchange = await on.ada.slash(on.guild.channel, "about")
        assert (await exchange.answer(within=10)).content
        assert len(gateway.identified) == 1, "it was resumed"


async def test_a_session_that_discord_has_forgotten_is_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(line, "IDENTIFY_PAUSE", 0.01)
    caplog.set_level(logging.INFO)
    async with stage(tmp_path) as on, on.mynah():
        gateway = on.discord.gateway
        await gateway.invalidate()
        await until(lambda: len(gateway.identified) == 2)
        await until(lambda: "connected again" in caplog.text)
        assert (await (await on.ada.slash(on.guild.channel, "about")).answer(within=10)).content


async def test_a_discord_that_is_down_at_the_start_is_waited_for_and_the_rest_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(adapter, "PATIENCE", 0.05)
    monkeypatch.setattr(adapter, "FIRST_PAUSE", 0.05)
    async with stage(tmp_path) as on:
        async with on.discord.outage():
            running = on.mynah()
            mynah = await running.__aenter__()
            job = await mynah.ticket("speak", {"text": "All else works."})
            await mynah.ended(job)
        await until(lambda: bool(on.discord.commands))
        await on.discord.gateway.ready()
        exchange = await on.ada.slash(on.guild.channel, "speak", text="Back again.")
        assert (await exchange.answer(with_file=True)).files
        await running.__aexit__(None, None, None)
    assert "is not there yet" in caplog.text and "cannot be reached" in caplog.text
    assert "Traceback" not in caplog.text


async def test_a_wrong_token_is_said_once_in_words_and_the_rest_runs(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with stage(tmp_path) as on, on.mynah(discord__token="wrong") as mynah:
        assert caplog.text.count("refuses the token") == 1
        assert "Traceback" not in caplog.text and "wrong" not in caplog.text
        await mynah.ended(await mynah.ticket("speak", {"text": "All else works."}))


async def test_it_stops_within_moments_also_while_it_tries_to_log_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "PATIENCE", 0.05)
    async with DiscordServer() as gone:
        pass
    async with stage(tmp_path) as on:
        before = asyncio.all_tasks()
        async with asyncio.timeout(5), on.mynah(discord__api_base=gone.api_base):
            pass
        assert asyncio.all_tasks() == before


async def test_the_largest_file_is_what_discord_says_for_a_server(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        client = on.adapter(mynah.app)._line
        assert isinstance(client, Line)
        assert client.file_limit(on.guild.id) == client.file_limit("") == client.file_limit("12345") == 10 * 2**20


@pytest.mark.parametrize("steps", [0, 5])
async def test_it_stops_also_while_a_line_is_being_taken_up_again(tmp_path: Path, steps: int) -> None:
    async with stage(tmp_path) as on, asyncio.timeout(10), on.mynah():
        await (await on.ada.slash(on.guild.channel, "about")).answer()
        await on.discord.gateway.reconnect()
        for _ in range(steps):
            await asyncio.sleep(0)


async def test_a_command_of_an_older_version_and_a_fault_of_ours_are_answered_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        client = on.adapter(mynah.app)._line
        assert client is not None
        client.tree.remove_command("about")
        old = await (await on.ada.slash(on.guild.channel, "about")).answer()
        assert old.private and "older version" in old.content

        def broken(*_: object) -> None:
            raise ValueError("a fault of ours")

        monkeypatch.setattr("bot.discord_adapter.requests.values_of", broken)
        ours = await (await on.ada.slash(on.guild.channel, "help")).answer()
        assert ours.private and "went wrong on our side" in ours.content and "fault of ours" not in ours.content
        assert "a fault of ours" in caplog.text


async def test_too_few_shards_are_said_once_in_words(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with stage(tmp_path) as on:
        on.discord.crowd(2_500)
        async with on.mynah(discord__shards=1):
            await until(lambda: "discord.shards" in caplog.text)
            assert "Traceback" not in caplog.text
