"""The gateway against a real discord.py: beginning, resuming, being thrown out."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import discord
import pytest

from bot.demo.discord.server import DiscordServer
from bot.demo.discord.session import KEPT, Session
from bot.demo.discord.terms import Terms
from tests.bot.demo.discord.client import Bot, pointed, running
from tests.fakes.waiting import until


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have discord.py connect again at once, and not after seconds."""
    monkeypatch.setattr(discord.backoff.ExponentialBackoff, "delay", lambda self: 0.01)


async def test_a_session_begins_with_the_guilds_that_the_bot_is_in() -> None:
    async with DiscordServer() as server:
        server.guild("Workshop")
        server.guild("Elsewhere", bot=False)
        async with running(server) as bot:
            assert [each.name for each in bot.guilds] == ["Workshop"]
            assert [(each.shard, each.intents) for each in server.gateway.identified] == [((0, 1), 1)]
            guild = bot.guilds[0]
            assert guild.me is not None and guild.text_channels[0].permissions_for(guild.me).send_voice_messages


async def test_a_session_is_taken_up_again_with_what_was_missed() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server) as bot:
            await server.gateway.close(4000)
            exchange = await ada.slash(guild.channel, "speak", text="x")
            assert (await exchange.answer()).content == "Hello"
            assert (server.gateway.resumed, len(server.gateway.identified), len(bot.told)) == (1, 1, 1)


async def test_a_client_reconnects_when_it_is_asked_to() -> None:
    async with DiscordServer() as server:
        server.guild("Workshop")
        async with running(server):
            await server.gateway.reconnect()
            await until(lambda: server.gateway.resumed == 1)
            await server.gateway.invalidate(resumable=True)
            await until(lambda: server.gateway.resumed == 2)
            assert len(server.gateway.identified) == 1


async def test_a_session_that_is_over_is_begun_anew() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server):
            await server.gateway.invalidate()
            await until(lambda: len(server.gateway.identified) == 2)
            assert (await (await ada.slash(guild.channel, "speak", text="x")).answer()).content == "Hello"
            assert server.gateway.resumed == 0


async def test_a_wrong_token_is_thrown_out() -> None:
    async with DiscordServer() as server:
        assert await closed_with(server, identify(server, token="wrong")) == 4004


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"intents": 1 << 30}, 4013),
        ({"intents": 1 << 15}, 4014),
        ({"shard": [2, 2]}, 4010),
    ],
)
async def test_a_session_that_asks_for_too_much_is_thrown_out(changed: dict[str, object], code: int) -> None:
    async with DiscordServer() as server:
        assert await closed_with(server, identify(server, **changed)) == code


@pytest.mark.parametrize(
    ("message", "code"),
    [("{", 4002), ('{"op": 99, "d": null}', 4001), ('{"op": 3, "d": {}}', 4003)],
)
async def test_what_is_not_understood_is_thrown_out(message: str, code: int) -> None:
    async with DiscordServer() as server:
        assert await closed_with(server, message) == code


async def test_a_privileged_intent_is_an_error_that_discord_py_tells() -> None:
    async with DiscordServer() as server:
        with pointed(server):
            bot = Bot(intents=discord.Intents(guilds=True, message_content=True))
            with pytest.raises(discord.PrivilegedIntentsRequired):
                await bot.start(server.token)
            await bot.close()


async def test_a_privileged_intent_that_was_switched_on_is_granted() -> None:
    intents = discord.Intents(guilds=True, guild_messages=True, message_content=True)
    async with DiscordServer(Terms(privileged=1 << 15)) as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server, Bot(intents=intents)) as bot:
            await ada.say(guild.channel, "I can be read")
            await until(lambda: bool(bot.heard))
            assert bot.heard[0].content == "I can be read"


async def test_a_heartbeat_is_answered() -> None:
    async with DiscordServer(Terms(heartbeat_seconds=0.05)) as server:
        server.guild("Workshop")
        async with running(server) as bot:
            await until(lambda: server.gateway.heartbeats >= 2)
            assert 0 < bot.latency < 5


async def test_a_line_that_is_dead_is_left_and_another_taken() -> None:
    async with DiscordServer(Terms(heartbeat_seconds=0.03)) as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server, Bot(heartbeat_timeout=0.2)):
            server.gateway.deaf = True
            await until(lambda: server.gateway.resumed >= 1)
            server.gateway.deaf = False
            assert (await (await ada.slash(guild.channel, "speak", text="x")).answer()).content == "Hello"


async def test_shards_hear_of_their_own_guilds_only() -> None:
    class Sharded(Bot, discord.AutoShardedClient):
        pass

    async with DiscordServer(Terms(shards=2)) as server:
        server.crowd(20)
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server, Sharded()) as bot:
            await server.gateway.ready(2)
            await until(lambda: len(bot.guilds) == 21)
            assert {each.shard_id for each in bot.guilds} == {0, 1}
            assert {each.shard for each in server.gateway.identified} == {(0, 2), (1, 2)}
            assert (await (await ada.slash(guild.channel, "speak", text="x")).answer()).content == "Hello"


async def test_a_shard_takes_2500_guilds_and_no_more() -> None:
    async with DiscordServer() as server:
        server.crowd(2500, channels=1, roles=0)
        async with running(server) as bot:
            assert len(bot.guilds) == 2500
        server.crowd(1)
        assert await closed_with(server, identify(server)) == 4011


async def test_discord_is_gone_for_a_while_and_found_again(hurry: None) -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server) as bot:
            async with server.outage():
                with pytest.raises(aiohttp.ClientConnectorError):
                    await bot.fetch_user(int(ada.id))
                exchange = await ada.slash(guild.channel, "speak", text="x")
            assert (await exchange.answer()).content == "Hello"
            assert server.gateway.resumed == 1


async def test_the_gateway_refuses_for_a_while(hurry: None) -> None:
    async with DiscordServer() as server:
        server.guild("Workshop")
        async with running(server):
            server.faults.fail("GET", "/gateway*", status=503, times=3)
            await server.gateway.close(4000)
            await until(lambda: server.gateway.resumed == 1)
            assert [each.status for each in server.called("GET", "/gateway") if each.status] == [503] * 3


async def test_a_session_that_missed_too_much_is_not_taken_up() -> None:
    session = Session((0, 1), 1, "1")
    for number in range(KEPT + 10):
        session.add("RESUMED", {"number": number})
    session.forget(session.said)
    assert session.said == KEPT + 10 and session.knows(10) and not session.knows(9) and not session.knows(KEPT + 11)
    assert [each["s"] for each in session.after(KEPT + 8)] == [KEPT + 9, KEPT + 10]


def identify(server: DiscordServer, **changed: object) -> str:
    """Say who one is, as a client does."""
    return json.dumps({"op": 2, "d": {"token": server.token, "intents": 1, "properties": {}, **changed}})


async def closed_with(server: DiscordServer, message: str) -> int | None:
    """The code that a line is closed with after a message."""
    async with asyncio.timeout(5), aiohttp.ClientSession() as session:
        line = await session.ws_connect(f"{server.gateway_url}?v=10&encoding=json")
        await line.receive()
        await line.send_str(message)
        await line.receive()
        return line.close_code
