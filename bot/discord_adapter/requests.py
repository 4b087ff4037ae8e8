"""Requests: what people do on Discord (commands, buttons, menus, forms), handed in at the desk."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import aiohttp
import discord

from bot import buttons
from bot.buttons import Press
from bot.desk import Answer, Desk
from bot.discord_adapter import controls
from bot.discord_adapter.address import address_of
from bot.discord_adapter.answers import Answers, Call
from bot.discord_adapter.failures import in_words
from bot.discord_adapter.given import values_of
from bot.discord_adapter.mentions import as_seen
from bot.discord_adapter.message import messages
from bot.discord_adapter.person import caller_of
from bot.discord_adapter.post import Post
from bot.discord_adapter.visit import Visit
from commands.core.command import Command
from commands.core.params import Attachment, Body, Param
from commands.core.reply import Action
from commands.core.request import Request

log = logging.getLogger("mynah.discord")

SEEN = 20_000
"""How many interactions are remembered as told; what Discord tells twice is done once."""
OLD = "Mynah does not know this button any more. Please ask with a command; /help shows what there is."
NO_RECORDING = "There is no recording in that message: no voice message, no sound and no video."
STALE = "There is nothing to choose from here any more."
CANCEL = "jobs cancel"


class Requests:
    """Takes interactions in; each is done in the task in which Discord's client tells it."""

    def __init__(self, desk: Desk, post: Post, answers: Answers, fetch: Callable[[Attachment, Path], Awaitable[None]]):
        self._desk = desk
        self._post = post
        self._answers = answers
        self._fetch = fetch
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    async def command(self, interaction: discord.Interaction, command: Command, given: Mapping[str, object]) -> None:
        """Do what a slash command or the entry in a message's menu asks."""
        if None in given.values():
            await self._track(interaction, lambda: self._say(interaction, NO_RECORDING))
            return
        texts = {p.name for p in command.params if p.mark(Body)}
        values = {
            name: as_seen(each, interaction) if name in texts and isinstance(each, str) else each
            for name, each in values_of(given).items()
        }
        await self._track(interaction, lambda: self._ask(interaction, command.name, values))

    async def complete(self, interaction: discord.Interaction, command: Command, param: Param, typed: str) -> list[str]:
        """Go on from what is typed for an option."""
        return await self._desk.suggest(caller_of(interaction), command.name, param.name, typed)

    async def component(self, interaction: discord.Interaction) -> None:
        """Do what a button or a menu asks, or what a form says."""
        if interaction.type is discord.InteractionType.component:
            await self._track(interaction, lambda: self._press(interaction))
        elif interaction.type is discord.InteractionType.modal_submit:
            await self._track(interaction, lambda: self._submit(interaction))

    async def settle(self, seconds: float) -> None:
        """Wait until what is being asked is answered; what takes longer is cut."""
        own = asyncio.current_task()
        tasks = {task for task in self._tasks if task is not own}
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _track(self, interaction: discord.Interaction, work: Callable[[], Awaitable[None]]) -> None:
        """Do something once for an interaction of a person, so that the end of Mynah can wait for it."""
        if interaction.id in self._seen or interaction.user.bot:
            return
        self._seen[interaction.id] = None
        if len(self._seen) > SEEN:
            self._seen.popitem(last=False)
        task = asyncio.current_task()
        assert task is not None, "it is called by discord.py, in a task"
        self._tasks.add(task)
        try:
            await work()
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.info("interaction %d could not be answered: %s", interaction.id, in_words(error))
        finally:
            self._tasks.discard(task)

    async def _ask(self, interaction: discord.Interaction, name: str, values: Mapping[str, object]) -> None:
        command = self._desk.commands.get(name)
        caller = caller_of(interaction)
        address = address_of(interaction, private=command.private if command else True)
        request = Request(command=name, values=values, address=address.to_json(), event_id=_event(interaction))
        ask = partial(self._desk.ask, caller, request, fetch=self._fetch, drafts=True)
        pressed = interaction.type is discord.InteractionType.component
        call = Call(
            interaction=interaction,
            caller=caller,
            address=address,
            command=name,
            ask=ask,
            in_place=pressed and name == CANCEL,
        )
        await self._answers.answer(call)

    async def _press(self, interaction: discord.Interaction) -> None:
        custom_id = interaction.custom_id or ""
        if custom_id.startswith(controls.WRITE):
            await self._open(interaction, custom_id)
            return
        if not custom_id.startswith(controls.DO):
            await self._say(interaction, OLD)
            return
        press = buttons.read(custom_id.removeprefix(controls.DO))
        chosen = _chosen(interaction)
        if press.asks and not chosen:
            await self._offer(interaction, press)
            return
        values = {**press.values, press.asks: chosen} if press.asks else press.values
        await self._ask(interaction, press.command, values)

    async def _offer(self, interaction: discord.Interaction, press: Press) -> None:
        """Let a person choose the value that an action asks for."""
        command = self._desk.commands.get(press.command)
        param = command.param(press.asks) if command else None
        names = await self._desk.options(caller_of(interaction), press.command, press.asks)
        usable = [name for name in names if 0 < len(name) <= controls.ID_BYTES]
        if param is None or not usable:
            await self._say(interaction, STALE)
            return
        typed = controls.typed(Action(label="", command=press.command, values=press.values, asks=press.asks))
        wanted = param.help.partition(";")[0].rstrip(".")  # what follows tells of leaving it out
        all_here = bool(param.choices) and len(usable) <= controls.CHOICES
        text = f"{wanted}:" if all_here else f"{wanted}. If it is not here: {typed}"
        await self._say(interaction, text, controls.menu(press, usable))

    async def _open(self, interaction: discord.Interaction, custom_id: str) -> None:
        """Open the form of a draft."""
        question = controls.question_of(custom_id)
        command = self._desk.commands.get(question.command)
        param = command.param(question.param) if command else None
        if param is None:
            await self._say(interaction, OLD)
            return
        await Visit(interaction, address_of(interaction, private=True), self._post).open(controls.form(question, param))

    async def _submit(self, interaction: discord.Interaction) -> None:
        """Go on with a draft, with what a form says."""
        question = controls.question_of(interaction.custom_id or "")
        command = self._desk.commands.get(question.command)
        caller = caller_of(interaction)
        address = address_of(interaction, private=command.private if command else True)
        text = controls.filled_in(_told(interaction).get("components") or [])
        values = {question.param: as_seen(text, interaction)}

        async def ask() -> Answer:
            return await self._desk.complete(
                caller,
                question.draft,
                values,
                address=address.to_json(),
                event_id=_event(interaction),
                fetch=self._fetch,
            )

        call = Call(
            interaction=interaction,
            caller=caller,
            address=address,
            command=question.command,
            ask=ask,
            forms=False,
        )
        await self._answers.answer(call)

    async def _say(
        self, interaction: discord.Interaction, text: str, components: Sequence[controls.Component] = ()
    ) -> None:
        (message,) = messages(text, private=True)
        visit = Visit(interaction, address_of(interaction, private=True), self._post)
        await visit.say(replace(message, components=list(components)))


def _event(interaction: discord.Interaction) -> str:
    """Name what happened: the same for an interaction that is told twice, and for no other bot's."""
    return f"{interaction.application_id}:{interaction.id}"


def _chosen(interaction: discord.Interaction) -> str:
    """Return what was chosen from a menu; empty for a button."""
    return str((_told(interaction).get("values") or [""])[0])


def _told(interaction: discord.Interaction) -> Mapping[str, Any]:
    """What came with it, whose shape differs from kind to kind."""
    return cast(Mapping[str, Any], interaction.data or {})
