"""What `mynah doctor` says of Discord."""

from __future__ import annotations

from dataclasses import replace

import discord
import pytest
from pydantic import SecretStr

from bot.demo.discord.server import DiscordServer
from bot.discord_adapter import Discord
from bot.discord_adapter.line import PERMISSIONS
from bot.settings import Discord as Section


async def words(server: DiscordServer, token: str | None = None) -> dict[str, str]:
    """Ask the doctor; what he says, by its state, in order."""
    section = Section.of(
        {
            "token": SecretStr(server.token if token is None else token),
            "api_base": server.api_base,
            "gateway_url": server.gateway_url,
        }
    )
    found = await Discord.examine(section)
    return {each.words: each.state for each in found}


async def test_a_token_that_is_accepted_is_told_with_its_account_and_the_invitation(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with DiscordServer() as server:
        found = await words(server)
        assert set(found.values()) == {"good", "note"}
        told = "\n".join(found)
        assert server.client_id in told and "accepted" in told and "No privileged intent" in told
        assert "https://discord.com/oauth2/authorize?client_id=" in told
        assert server.token not in told + caplog.text
        assert server.gateway.identified == [] and server.called("PUT") == [], "nothing is started or changed"


async def test_where_it_lacks_a_permission_is_said_with_what_that_means() -> None:
    async with DiscordServer() as server:
        assert "It is in 0 servers." in await words(server)
        strict, open_ = server.guild("Strict"), server.guild("Open")
        server.guild("Elsewhere", bot=False)
        own = {each: each.role("Mynah", PERMISSIONS.value) for each in (strict, open_)}
        for each, role in own.items():
            each.give(server.bot, role)
        assert not [text for text in await words(server) if "may not" in text]
        strict.take(server.bot, own[strict])
        strict.everybody = replace(strict.everybody, permissions=discord.Permissions(attach_files=True).value)
        found = await words(server)
        assert found["It is in 2 servers."] == "note"
        (told,) = [text for text in found if "may not" in text]
        assert told.startswith(
            "In Strict it may not View Channels, Send Messages, Send Messages in Threads and Send Voice Messages."
        )
        assert "invited anew" in told
        assert set(found.values()) == {"good", "note"}, "it works all the same"


async def test_of_many_servers_that_lack_something_a_few_are_named() -> None:
    async with DiscordServer() as server:
        for number in range(7):
            server.guild(f"Server {number}")  # nobody gave it a role, so it may not write in threads
        found = await words(server)
        assert len([text for text in found if "may not" in text]) == 5
        assert "In 2 servers more it lacks some permission too." in found


async def test_what_stands_in_the_way_is_said_with_what_to_do() -> None:
    async with DiscordServer() as server:
        (missing,) = await words(server, "")
        assert "docs/discord.md" in missing
        (refused,) = await words(server, "wrong-token")
        assert "copy it anew" in refused and "wrong-token" not in refused
        server.faults.fail("GET", "/users/@me", status=503)
        (broken,) = await words(server)
        assert "cannot be reached" in broken
    (gone,) = await words(server)
    assert "127.0.0.1 cannot be reached" in gone


async def test_an_address_in_the_portal_that_takes_the_commands_away_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    async with DiscordServer() as server:
        told: dict[str, object] = {
            "id": server.client_id,
            "name": "Mynah",
            "description": "",
            "icon": None,
            "bot_public": False,
            "bot_require_code_grant": False,
            "owner": server.bot.payload(),
            "team": None,
            "verify_key": "0" * 64,
            "flags": 0,
            "interactions_endpoint_url": "https://example.org/interactions",
            "integration_types_config": {"0": {}},
        }

        async def application_info(self: object) -> dict[str, object]:
            return told

        monkeypatch.setattr("discord.http.HTTPClient.application_info", application_info)
        found = await words(server)
        assert [state for text, state in found.items() if "Interactions Endpoint URL" in text] == ["bad"]
        assert [state for text, state in found.items() if "no public bot" in text] == ["note"]
        assert [state for text, state in found.items() if "servers only" in text] == ["note"]
