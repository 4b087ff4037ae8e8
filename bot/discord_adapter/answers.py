"""Answers to interactions: acknowledged in time, whatever the desk says and however long it takes to say it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

import aiohttp
import discord

from bot import tickets as words
from bot.callers import Caller
from bot.desk import Answer, Desk
from bot.discord_adapter import controls
from bot.discord_adapter.address import Address
from bot.discord_adapter.carrier import Carrier
from bot.discord_adapter.controls import Question
from bot.discord_adapter.failures import in_words, is_answered
from bot.discord_adapter.message import messages, messages_of
from bot.discord_adapter.post import Post
from bot.discord_adapter.tickets import LAST_MOMENT, Ticket, Tickets, last_words
from bot.discord_adapter.visit import Visit
from commands.core.reply import Reply
from commands.core.request import Request
from engine.value import value
from storage import queue

log = logging.getLogger("mynah.discord")

QUICK = 1.5
"""Seconds in which something has to be answered to be the first answer; Discord waits 3."""
DONE = "That was asked before, and is over; /jobs show job={job} tells more."
UNDER_WAY = ("pending", "ready", "running")


@value
class Call:
    """Something that a person did, to be answered."""

    interaction: discord.Interaction
    """How Discord tells it."""
    caller: Caller
    """Who did it."""
    address: Address
    """Where it is answered; its `private` says whether all of it is for that person only."""
    command: str
    """The command that they ask for."""
    ask: Callable[[], Awaitable[Answer]]
    """Asks the desk."""
    forms: bool = True
    """Whether a form may open; none can behind a form."""
    in_place: bool = False
    """Whether an answer that is no error takes the place of the message that was pressed."""


class Answers:
    """Gives interactions their first answers, and fills in what was not known by then."""

    def __init__(self, desk: Desk, post: Post, tickets: Tickets, carrier: Carrier) -> None:
        self._desk = desk
        self._post = post
        self._tickets = tickets
        self._carrier = carrier

    async def answer(self, call: Call) -> None:
        """Ask the desk, and answer."""
        key = call.address.interaction
        ticket = self._tickets.begin(key)
        asking = asyncio.ensure_future(call.ask())
        visit = Visit(call.interaction, call.address, self._post)
        try:
            done, _ = await asyncio.wait({asking}, timeout=QUICK)
            if not done:
                await visit.think()
            told = await asking
            if isinstance(told, queue.Ticket):
                await self._tell_ticket(visit, ticket, call, told)
            else:
                await self._tell_reply(visit, call, told)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            if is_answered(error):
                self._tickets.end(key)  # an earlier process has answered it, and it is told once more
            log.info("interaction %s could not be answered: %s", key, in_words(error))
        except asyncio.CancelledError:
            asking.cancel()
            raise
        finally:
            ticket.acknowledged.set()
            if not asking.done():
                await asyncio.gather(asking, return_exceptions=True)
            if ticket.job is None:
                self._tickets.end(key)

    async def _tell_ticket(self, visit: Visit, ticket: Ticket, call: Call, told: queue.Ticket) -> None:
        """Say where a job stands; its answer waits until that is said."""
        if told.again and told.state not in UNDER_WAY:
            (message,) = messages(DONE.format(job=told.job_id), private=True)
            await visit.say(message)
            return
        ticket.job, ticket.address, ticket.caller = told.job_id, call.address, call.caller
        ticket.shown = words.words(told)
        actions = () if told.state == "succeeded" else (words.cancel(told.job_id),)
        (message,) = messages(ticket.shown, actions=actions, private=call.address.private)
        ticket.at_the_end(call.address.left - LAST_MOMENT, partial(self._leave_word, ticket))
        ticket.message = await visit.say(message)

    async def _tell_reply(self, visit: Visit, call: Call, reply: Reply) -> None:
        if question := _question(reply, call.command):
            await self._ask_for(visit, call, question, reply)
            return
        private = reply.private or bool(reply.error)
        if reply.files:
            if not visit.begun:
                await visit.think(private=private)
            await self._carrier.fill(replace(call.address, private=visit.private), reply)
            return
        first, *rest = messages_of(reply, private=private)
        in_place = call.in_place and not reply.error and not visit.begun
        await (visit.say_in_place(first) if in_place else visit.say(first))
        for message in rest:
            await self._post.follow(call.address, message)
        if reply.data.get("state") == "cancelled":
            pressed = call.interaction.message if in_place else None
            await self._cancelled(call, reply, str(pressed.id) if pressed else "")

    async def _ask_for(self, visit: Visit, call: Call, question: Question, reply: Reply) -> None:
        """Ask for a value that is missing: with a form where one can open, else in words."""
        command = self._desk.commands.get(question.command)
        param = command.param(question.param) if command else None
        if param is not None and controls.can_ask(param) and call.forms and not visit.begun:
            await visit.open(controls.form(question, param))
            return
        first, *_ = messages(reply.text, private=True)
        opener = controls.opener(question) if param is not None and controls.can_ask(param) else []
        await visit.say(replace(first, components=opener))

    async def _cancelled(self, call: Call, reply: Reply, said_in: str) -> None:
        """Let the ticket of a job that its person cancelled say so, wherever that was asked; not where it does already.

        Where somebody else has cancelled it, that is delivered to its person as answers are.
        """
        ticket = self._tickets.of_job(int(reply.data.get("id", 0)))
        if ticket is None or ticket.address is None or call.address.user != ticket.address.user:
            return
        self._tickets.end(ticket.address.interaction)
        if ticket.address.answers() and not (said_in and said_in == ticket.message):
            first, *_ = messages_of(replace(reply, private=False), private=False)
            await self._post.edit(ticket.address, first)

    async def _leave_word(self, ticket: Ticket) -> None:
        """Say in a ticket, while it can still be changed, where the answer will be; not where there will be none."""
        if ticket.job is None or ticket.address is None or ticket.caller is None:
            return
        now = await self._desk.ask(ticket.caller, Request(command="jobs show", values={"job": ticket.job}))
        if not isinstance(now, Reply) or now.data.get("state") not in UNDER_WAY:
            self._tickets.end(ticket.address.interaction)
            return
        ticket.shown = last_words(ticket.address, ticket.job)
        (message,) = messages(ticket.shown, actions=(words.cancel(ticket.job),))
        try:
            await self._post.edit(ticket.address, message)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.info("no last words to interaction %s: %s", ticket.address.interaction, in_words(error))


def _question(reply: Reply, command: str) -> Question | None:
    draft, missing = reply.data.get("draft"), reply.data.get("missing")
    return Question(draft=str(draft), param=str(missing), command=command) if draft and missing else None
