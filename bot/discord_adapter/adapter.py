"""Discord: takes what people ask there, and carries the answers back."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence

import discord

from bot.adapter import Adapter, Finding, Limits
from bot.desk import Desk
from bot.discord_adapter import doctor
from bot.discord_adapter.address import USUAL_LIMIT, Address
from bot.discord_adapter.answers import Answers
from bot.discord_adapter.bases import point
from bot.discord_adapter.carrier import Carrier
from bot.discord_adapter.failures import in_words, is_passing
from bot.discord_adapter.fetch import fetch
from bot.discord_adapter.hush import hush
from bot.discord_adapter.line import Line
from bot.discord_adapter.markup import MESSAGE_LENGTH
from bot.discord_adapter.parcel import Means
from bot.discord_adapter.post import Post
from bot.discord_adapter.requests import Requests
from bot.discord_adapter.shows import SHOWS
from bot.discord_adapter.tickets import Tickets
from bot.settings import Discord as Section
from commands.core.reply import Json, Progress, Reply
from commands.core.words import count

log = logging.getLogger("mynah.discord")

PATIENCE = 5.0
"""Seconds for which a start waits for Discord; after that it goes on by itself."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds between two logins while Discord cannot be reached; each pause is twice the last."""
NONCE_LIFE = 120.0
"""Seconds for which Discord is trusted to know a message again by its nonce."""
LAST_ANSWERS = 2.0
"""Seconds that what is being answered may take when Mynah stops."""
REFUSED = (
    "Discord refuses the token. Copy it anew from the developer portal (Bot, Reset Token) into MYNAH_DISCORD__TOKEN "
    "or the token file, and start Mynah again; docs/discord.md shows how."
)
WRONG_TOKEN, WRONG_SHARDS = 4004, 4011
"""The codes with which Discord closes a connection, where it would be of no use to come back."""
TOO_FEW_SHARDS = "Discord wants more connections than discord.shards says; set it to 0, and Discord chooses."


class Discord(Adapter):
    """Discord, by a bot's account."""

    name = "discord"
    limits = Limits(text=MESSAGE_LENGTH, file_bytes=USUAL_LIMIT, sends=16)
    shows = SHOWS

    def __init__(self, desk: Desk, section: object) -> None:
        assert isinstance(section, Section), "it is made with its own section"
        self._desk = desk
        self._section = section
        self._tickets = Tickets()
        self._line: Line | None = None
        self._post = Post()
        means = Means(
            post=self._post,
            fitting=desk.fitting,
            tickets=self._tickets,
            limit=lambda guild: self._line.file_limit(guild) if self._line else USUAL_LIMIT,
            whispered=set(),
        )
        self._carrier = Carrier(means)
        answers = Answers(desk, self._post, self._tickets, self._carrier)
        self._requests = Requests(desk, self._post, answers, fetch)
        self._running: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()

    @classmethod
    async def examine(cls, section: object) -> Sequence[Finding]:
        return await doctor.examine(section)

    async def start(self) -> None:
        """Log in; where Discord cannot be reached within some seconds, that goes on by itself.

        A token that Discord refuses is said in the log, once; the rest of Mynah runs on.
        """
        hush()
        point(self._section.api_base, self._section.gateway_url)
        self._running = asyncio.create_task(self._run(), name="discord")
        ready = asyncio.ensure_future(self._ready.wait())
        await asyncio.wait({self._running, ready}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if not self._ready.is_set() and not self._running.done():
            log.warning("Discord is not there yet; Mynah goes on without it, and keeps trying")

    async def stop(self) -> None:
        await self._requests.settle(LAST_ANSWERS)
        await self._tickets.close()
        if self._running:
            self._running.cancel()
            while not self._running.done():
                await asyncio.wait({self._running}, timeout=0.5)
                if self._line is not None:  # `wait_for`, by which discord.py connects, may swallow it in Python 3.11
                    self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def deliver(self, delivery_id: int, address: Mapping[str, Json], reply: Reply) -> str:
        return await self._carrier.deliver(delivery_id, Address.from_json(address), reply)

    def repeatable(self, address: Mapping[str, Json], age: float) -> bool:
        """An answer in place of the ticket replaces itself; elsewhere Discord knows it by its nonce for a while.

        What went one way when it was tried first and would go the other now is not known again.
        """
        where = Address.from_json(address)
        return where.answers(age) == where.answers() and (where.answers() or age <= NONCE_LIFE)

    async def show(self, address: Mapping[str, Json], progress: Progress) -> None:
        if self._post.http:
            await self._carrier.show(Address.from_json(address), progress)

    async def _run(self) -> None:
        """Be logged in, from now until it is stopped or Discord refuses the token."""
        pause = FIRST_PAUSE
        while True:
            begun = time.monotonic()
            try:
                await self._connect()
            except discord.LoginFailure:
                log.error(REFUSED)
                return
            except discord.ConnectionClosed as error:
                if error.code == WRONG_TOKEN or (error.code == WRONG_SHARDS and self._section.shards):
                    log.error(REFUSED if error.code == WRONG_TOKEN else TOO_FEW_SHARDS)
                    return
                why = in_words(error)
            except Exception as error:
                if not is_passing(error):
                    log.exception("Discord: something went wrong")
                why = in_words(error)
            else:
                why = "the connection was closed"
            finally:
                await self._hang_up()
            if time.monotonic() - begun > LONGEST_PAUSE:
                pause = FIRST_PAUSE
            log.warning("Discord: %s; the next try is in %.0f s", why, pause)
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)

    async def _connect(self) -> None:
        """Log in and listen, until the connection ends."""
        line = self._line = Line(self._section.shards, self._is_ready)
        line.serve(self._desk, self._requests)
        await line.login(self._section.token.get_secret_value())
        self._post.http = line.http
        await line.sync(self._desk.memory.recall, self._desk.memory.remember)
        await line.connect()

    def _is_ready(self, line: Line) -> None:
        if self._ready.is_set():
            log.info("Discord: connected again")
            return
        self._ready.set()
        servers = count(len(line.guilds), "servers")
        log.info("Discord: logged in as %s (%s), in %s", line.user, line.application_id, servers)
        log.info("Discord: invite it with %s", line.invitation)

    async def _hang_up(self) -> None:
        """Close the line, if there is one."""
        line, self._line, self._post.http = self._line, None, None
        if line is not None:
            await line.close()
