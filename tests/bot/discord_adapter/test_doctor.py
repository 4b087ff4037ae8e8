"""What `mynah doctor` says of Discord."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from bot.demo.discord.server import DiscordServer
from bot.discord_adapter import Discord
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
