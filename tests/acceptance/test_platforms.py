"""`mynah run` as a host runs it: both platforms at once, stopped, killed, started again, and one of them down."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.demo.discord.server import DiscordServer
from bot.demo.telegram.messages import Message
from bot.demo.telegram.server import TelegramServer
from tests.acceptance.program import PATIENCE, PROGRAM, Program
from tests.fakes.waiting import until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has no signals to send")

LONG = "It was a bright cold day in April, and the clocks were striking thirteen. " * 75
STOP = 20.0
"""Seconds within which a Mynah that is told to stop has ended."""


def heard(message: Message) -> bool:
    """Whether a message is a sound; one of more than a megabyte is shown as a file."""
    return message.file is not None


class Served:
    """A Mynah that serves, and what it has written on standard error so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.log = ""
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.log += line.decode()

    async def says(self, words: str) -> None:
        """Wait until it has written this."""
        await until(lambda: words in self.log, PATIENCE)

    async def ends(self, number: int) -> float:
        """Send it a signal, and return after how many seconds it has ended."""
        begun = time.monotonic()
        self.process.send_signal(number)
        await asyncio.wait_for(self.process.wait(), 2 * STOP)
        await self._reading
        return time.monotonic() - begun


@asynccontextmanager
async def served(program: Program, *platforms: DiscordServer | TelegramServer) -> AsyncIterator[Served]:
    """Run `mynah run` on these platforms."""
    env = dict(program.env)
    for each in platforms:
        if isinstance(each, DiscordServer):
            env |= {"MYNAH_DISCORD__TOKEN": each.token, "MYNAH_DISCORD__API_BASE": each.api_base}
            env["MYNAH_DISCORD__GATEWAY_URL"] = each.gateway_url
        else:
            env |= {"MYNAH_TELEGRAM__TOKEN": each.token, "MYNAH_TELEGRAM__BASE_URL": each.base_url}
            env["MYNAH_TELEGRAM__BASE_FILE_URL"] = each.base_file_url
    process = await asyncio.create_subprocess_exec(
        *PROGRAM, "run", cwd=program.folder, env=env, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    mynah = Served(process)
    try:
        await mynah.says("Mynah is ready.")
        yield mynah
    finally:
        if process.returncode is None:
            await mynah.ends(signal.SIGKILL)


async def test_a_host_sees_who_it_is_on_both_platforms_and_how_it_is_invited(mynah: Program) -> None:
    async with DiscordServer() as discord, TelegramServer() as telegram, served(mynah, discord, telegram) as run:
        await run.says("Discord: invite it with https://discord.com/")
        await run.says(f"https://t.me/{telegram.bot.username}?startgroup=true")
        ada, bob = discord.guild("Here").person("Ada"), telegram.person("Bob")
        assert ada.home is not None
        spoken = await (await ada.slash(ada.home.channel, "speak", text="Good morning.")).answer(with_file=True)
        assert spoken.file.data[:4] == b"RIFF"
        sent = await bob.says(bob.private, "Good morning.")
        assert (await bob.private.answer(after=sent, kind="voice")).file is not None
        assert await run.ends(signal.SIGTERM) < STOP
        assert run.process.returncode == 0
        assert discord.token not in run.log and telegram.token not in run.log and "Traceback" not in run.log


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["told to stop", "killed"])
async def test_what_was_under_way_is_answered_once_when_it_runs_again(mynah: Program, number: signal.Signals) -> None:
    mynah.env["MYNAH_JOBS__DRAIN_SECONDS"] = "0"
    async with DiscordServer() as discord, TelegramServer() as telegram:
        guild = discord.guild("Here")
        ada, bob = guild.person("Ada"), telegram.person("Bob")
        async with served(mynah, discord, telegram) as run:
            await run.says("Discord: invite it")
            asked = await ada.slash(guild.channel, "speak", text=LONG)
            sent = await bob.says(bob.private, LONG[:3_000])
            await asked.answer(within=PATIENCE)
            await until(lambda: len([*mynah.data.glob("spool/*.wav")]) == 2, PATIENCE)
            assert await run.ends(number) < STOP
        async with served(mynah, discord, telegram) as run:
            answer = await asked.answer(with_file=True, within=60)
            spoken = await bob.private.answer(after=sent, where=heard, within=60)
            assert len(answer.file.data) > 1_000_000 and spoken.file is not None
            await run.ends(signal.SIGTERM)
        files = [file for seen in guild.channel.messages for file in seen.files]
        voices = [each for each in bob.private.seen if heard(each)]
        assert len(files) == 1 and len(voices) == 1


async def test_a_part_of_a_long_text_that_has_come_before_it_is_told_to_stop_is_not_lost(mynah: Program) -> None:
    async with TelegramServer() as telegram:
        bob = telegram.person("Bob")
        async with served(mynah, telegram) as run:
            await run.says("?startgroup=true")
            (first,) = await bob.pastes(bob.private, LONG[:4_000])  # the rest of it may be on its way
            await until(lambda: not telegram.updates.pending, PATIENCE)
            assert await run.ends(signal.SIGTERM) < STOP
        async with served(mynah, telegram) as run:
            assert (await bob.private.answer(after=first, where=heard, within=60)).file is not None
            await run.ends(signal.SIGTERM)


async def test_one_platform_that_is_down_does_not_keep_the_other_from_running(mynah: Program) -> None:
    async with (
        TelegramServer() as telegram,
        DiscordServer() as discord,
        discord.outage(),
        served(mynah, discord, telegram) as run,
    ):
        bob = telegram.person("Bob")
        sent = await bob.says(bob.private, "Good morning.")
        assert (await bob.private.answer(after=sent, kind="voice")).file is not None
        await run.says("Discord is not there yet")
        assert await run.ends(signal.SIGTERM) < STOP
        assert run.process.returncode == 0 and "Traceback" not in run.log


async def test_a_wrong_token_is_said_in_words_by_mynah_and_by_its_doctor(mynah: Program) -> None:
    async with TelegramServer() as telegram:
        wrong = telegram.token[:-3] + "xyz"
        settings = {"MYNAH_TELEGRAM__TOKEN": wrong, "MYNAH_TELEGRAM__BASE_URL": telegram.base_url}
        mynah.env |= settings
        async with served(mynah) as run:
            await run.says("Telegram refuses the token")
            assert "Traceback" not in run.log and wrong not in run.log
            await run.ends(signal.SIGTERM)
        told = await asyncio.to_thread(mynah, "doctor", MYNAH_FILES__LEAST_FREE_MB="1")
        assert told.returncode == 1 and "BAD telegram" in told.stdout and wrong not in told.stdout + told.stderr
