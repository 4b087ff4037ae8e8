"""The listener: what people write, press and look for becomes requests; no job is waited for here."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping

from telegram import CallbackQuery, MaybeInaccessibleMessage, Message, Update, User
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.adapter import TryLater, Undeliverable
from bot.callers import Caller
from bot.desk import Answer, Desk
from bot.telegram_adapter import greetings
from bot.telegram_adapter.address import Address
from bot.telegram_adapter.choosing import NOT_YOURS, Choosing, command_of, is_for_another
from bot.telegram_adapter.faults import judged
from bot.telegram_adapter.files import Files
from bot.telegram_adapter.letters import Letters
from bot.telegram_adapter.pastes import Pastes, joined
from bot.telegram_adapter.payload import begins_with
from bot.telegram_adapter.people import People
from bot.telegram_adapter.post import Post
from bot.telegram_adapter.questions import Question
from bot.telegram_adapter.reading import Answered, Asked, Given, Heard, Other, Reader, Started
from bot.telegram_adapter.waiting import Waiting
from bot.telegram_adapter.wording import said
from commands.core.errors import MynahError
from commands.core.params import Attachment
from commands.core.reply import Reply
from commands.core.request import Request, tell

log = logging.getLogger("mynah.telegram")

REMEMBERED = 5_000
"""How many updates are known again that Telegram tells twice, and how many questions of which it is known what for."""
TRIES = 3
"""How often an answer at once is tried to be sent."""
POPUP = 200
"""The most characters that appear over the chat of who pressed a button."""
CANCEL = "jobs cancel"
ANSWER = "consent answer"
"""It is not offered for a file: where an answer is waited for, that is taken for it without a word."""
RECORDING = "recording"
"""What a voice message is, where somebody was asked for one."""
FORGET = "forget"


class Listener:
    """Takes updates in."""

    def __init__(
        self,
        *,
        desk: Desk,
        me: User,
        reader: Reader,
        people: People,
        post: Post,
        letters: Letters,
        waiting: Waiting,
        files: Files,
        questions: Mapping[str, Question],
    ) -> None:
        self._desk = desk
        self._me = me
        self._reader = reader
        self._people = people
        self._post = post
        self._letters = letters
        self._waiting = waiting
        self._files = files
        self._questions = {(each.command.name, each.param.name): each for each in questions.values()}
        self._choosing = Choosing(desk, post)
        self._pastes = Pastes()
        self._told: OrderedDict[int, None] = OrderedDict()
        self._drafts: OrderedDict[tuple[int, int], str] = OrderedDict()

    def is_new(self, update: Update) -> bool:
        """Whether an update is told for the first time in this run; what is told after a restart the desk knows."""
        if update.update_id in self._told:
            return False
        self._told[update.update_id] = None
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        return True

    async def message(self, message: Message) -> None:
        """Take a message in."""
        if message.migrate_to_chat_id:
            await self._post.move(message.chat.id, message.migrate_to_chat_id, message.chat.title or "")
        elif message.migrate_from_chat_id:
            await self._post.move(message.migrate_from_chat_id, message.chat.id, message.chat.title or "")
        elif self._is_for_ears(message):
            parts = await self._pastes.whole(message)
            if parts:
                await self._heard(parts)

    async def press(self, query: CallbackQuery) -> None:
        """Take a button that somebody has pressed."""
        message = query.message
        if message is None or not query.data:
            await self._answer(query)
            return
        if is_for_another(query.data, message, query.from_user.id):
            await self._answer(query, NOT_YOURS, alert=True)
            return
        to = self._address_of_press(query, message)
        command = self._desk.commands.get(command_of(query.data))
        caller = await self._people.caller(message.chat, query.from_user, None, command)
        request = await self._choosing.request(query.data, to, caller, message)
        if request is None:
            await self._answer(query)
            return
        answer = await self._asked(to, lambda: self._desk.ask(caller, request, fetch=self._files.fetch, drafts=True))
        await self._let_go(request.command, to, answer)
        await self._pressed(query, to, request, answer)

    async def _pressed(self, query: CallbackQuery, to: Address, request: Request, answer: Answer) -> None:
        """Say what came of a press: over the chat of who pressed, where that is enough."""
        if await self._show_cancelled(request.command, answer):
            self._waiting.forget(to)
            await self._answer(query)
        elif isinstance(answer, Reply) and _fits_over_the_chat(answer, request):
            self._waiting.forget(to)
            await self._answer(query, answer.text, alert=bool(answer.error))
        else:
            await self._answer(query)
            await self._respond(to, answer, request.command)

    async def _answer(self, query: CallbackQuery, text: str = "", *, alert: bool = False) -> None:
        try:
            await query.answer(said(text, self._desk.commands) or None, show_alert=alert)
        except TelegramError as error:  # too old: nobody waits for it any more
            log.debug("a press could not be answered: %s", error)

    def _is_for_ears(self, message: Message) -> bool:
        """Whether somebody has said something, and not a bot or what happened in the chat."""
        if message.chat.type == ChatType.CHANNEL or message.is_automatic_forward:
            return False
        if message.via_bot is not None and message.via_bot.id == self._me.id:
            return False
        user = message.from_user
        return user is not None and (not user.is_bot or message.sender_chat is not None)

    async def _heard(self, parts: list[Message]) -> None:
        message = parts[0]
        to = self._address(message)
        try:
            heard = self._reader.read(message, joined(parts) if len(parts) > 1 else None)
            for attachment in _attachments(heard):
                self._files.check(attachment)
        except MynahError as error:
            await self._send(to, tell(error))
            return
        if heard is None:
            return
        if isinstance(heard, Started):
            await self._started(message, to, heard)
        elif isinstance(heard, Given):
            await self._given(message, to, heard)
        elif isinstance(heard, Other):
            await self._send(to, greetings.only_texts())
        else:
            await self._request(parts, to, heard)

    async def _request(self, parts: list[Message], to: Address, heard: Asked | Answered) -> None:
        message = parts[0]
        name = heard.command if isinstance(heard, Asked) else heard.question.command.name
        caller = await self._caller(message, name)
        if isinstance(heard, Answered):
            answer = await self._asked(to, lambda: self._complete(caller, message, to, heard))
        else:
            request = Request(command=name, values=heard.values, address=to.to_json(), event_id=to.event)
            fetch = self._files.fetch
            answer = await self._asked(to, lambda: self._desk.ask(caller, request, fetch=fetch, drafts=True))
        if len(parts) > 1:
            await self._desk.note_same(caller, to.event, [self._address(each).event for each in parts[1:]])
        await self._let_go(name, to, answer)
        await self._show_cancelled(name, answer)
        await self._respond(to, answer, name)

    async def _let_go(self, name: str, to: Address, answer: Answer) -> None:
        """Take away the tickets of somebody who is forgotten: their jobs end, and nobody is told."""
        done = isinstance(answer, Reply) and not answer.error and "confirm" not in answer.data  # else it only asks
        if name == FORGET and done and to.person:
            await self._waiting.leave(to.person)

    async def _show_cancelled(self, name: str, answer: Answer) -> bool:
        """Show on a job's ticket that it is cancelled, where that is what was asked; False where none shows it."""
        if name != CANCEL or not isinstance(answer, Reply) or answer.error:
            return False
        job = answer.data.get("id")
        return isinstance(job, int) and await self._waiting.cancelled(job, answer.text)

    async def _complete(self, caller: Caller, message: Message, to: Address, heard: Answered) -> Answer:
        """Go on with what a question was about; one of an earlier run is known by what it asked."""
        asked = message.reply_to_message
        code = self._drafts.get((to.chat, asked.message_id if asked is not None else 0))
        if code is None:
            code = await self._desk.open_draft(caller, heard.question.command.name, heard.question.param.name)
        return await self._desk.complete(
            caller, code, heard.values, address=to.to_json(), event_id=to.event, fetch=self._files.fetch
        )

    async def _asked(self, to: Address, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        self._waiting.begin(to)
        try:
            return await ask()
        except BaseException:
            self._waiting.forget(to)
            raise

    async def _respond(self, to: Address, answer: Answer, name: str) -> None:
        """Acknowledge a job, ask for what is missing, or send what is answered at once."""
        if not isinstance(answer, Reply):
            await self._waiting.acknowledge(to, answer)
            return
        self._waiting.forget(to)
        missing = str(answer.data.get("missing", "")) if "draft" in answer.data else ""
        await self._send(to, answer, self._questions.get((name, missing)))

    async def _send(
        self, to: Address, reply: Reply, question: Question | None = None, *, answers: bool = False
    ) -> None:
        """Send an answer that the outbox does not have; what certainly did not go out is tried again.

        `answers`: that it answers the person's message matters, for what its buttons do.
        """
        for _ in range(TRIES):
            try:
                if question is not None:
                    self._note(to, await self._letters.ask(to, question), str(reply.data["draft"]))
                elif answers:
                    await self._post.say(to, reply.text, reply.actions, answers=True)
                else:
                    await self._letters.send(f"once-{to.event}", to, reply)
                return
            except TelegramError as error:
                verdict = judged(error)
                if not isinstance(verdict, TryLater):
                    level = logging.INFO if isinstance(verdict, Undeliverable) else logging.WARNING
                    log.log(level, "an answer did not go out: %s", error)
                    break
                await asyncio.sleep(verdict.after)
        self._letters.forget(f"once-{to.event}")

    def _note(self, to: Address, message: int, draft: str) -> None:
        """Note of which draft a message asks what is missing."""
        self._drafts[to.chat, message] = draft
        if len(self._drafts) > REMEMBERED:
            self._drafts.popitem(last=False)

    async def _started(self, message: Message, to: Address, heard: Started) -> None:
        code = greetings.code(heard.payload)
        if code and "link" in self._desk.commands:
            await self._request([message], to, Asked(command="link", values={"code": code}))
            return
        name = message.from_user.first_name if message.from_user else ""
        await self._send(to, greetings.greeting(name, self._desk.commands, group=not to.is_private))

    async def _given(self, message: Message, to: Address, given: Given) -> None:
        """Take a file without a word: what somebody was asked to say, else something that they are asked about."""
        caller = await self._caller(message, ANSWER)
        code = await self._desk.open_draft(caller, missing=RECORDING) if given.is_sound else ""
        every = self._desk.commands.values()
        able = [each for each in every if begins_with(each, given.attachment) and each.name != ANSWER]
        if not code and not to.is_private:
            return  # it answers something else that Mynah has said there
        try:
            if code or able:
                self._files.check(given.attachment)
        except MynahError as error:
            await self._send(to, tell(error))
            return
        if code:
            await self._filled_in(caller, to, code, given.attachment)
        else:
            reply = greetings.what_can_be_done(given.attachment, given.is_sound, able, self._desk.commands)
            await self._send(to, reply, answers=True)

    async def _filled_in(self, caller: Caller, to: Address, code: str, recording: Attachment) -> None:
        """Go on with what lacked nothing but a recording."""
        values, address, fetch = {RECORDING: recording}, to.to_json(), self._files.fetch
        answer = await self._asked(
            to, lambda: self._desk.complete(caller, code, values, address=address, event_id=to.event, fetch=fetch)
        )
        await self._respond(to, answer, ANSWER)

    async def _caller(self, message: Message, name: str) -> Caller:
        return await self._people.caller(
            message.chat, message.from_user, message.sender_chat, self._desk.commands.get(name)
        )

    def _address_of_press(self, query: CallbackQuery, message: MaybeInaccessibleMessage) -> Address:
        """Where to answer a press: under the person's own message, where the button's message answers one of theirs."""
        shown = message if isinstance(message, Message) else None
        asked = shown.reply_to_message if shown is not None else None
        own = asked is not None and asked.from_user is not None and asked.from_user.id == query.from_user.id
        return Address(
            chat=message.chat.id,
            topic=(shown.message_thread_id or 0) if shown is not None and shown.is_topic_message else 0,
            message=asked.message_id if own and asked is not None else message.message_id,
            others=not own,
            person=query.from_user.id,
            event=f"{self._me.id}:press:{query.id}",
        )

    def _address(self, message: Message) -> Address:
        topic = (message.message_thread_id or 0) if message.is_topic_message else 0
        anonymous = message.sender_chat is not None
        return Address(
            chat=message.chat.id,
            topic=topic,
            message=message.message_id,
            person=0 if anonymous or message.from_user is None else message.from_user.id,
            event=f"{self._me.id}:{message.chat.id}:{message.message_id}",
        )


def _fits_over_the_chat(reply: Reply, request: Request) -> bool:
    """Whether an answer is for one person and so short that it can appear over the chat and go again.

    What leads on to anything but the thing whose button was pressed stays, and so does what has several lines.
    """
    meant = (reply.private or bool(reply.error)) and not reply.files and "draft" not in reply.data
    pressed = {name: str(each) for name, each in request.values.items()}
    stays = any({name: str(each) for name, each in action.values.items()} != pressed for action in reply.actions)
    return meant and not stays and "\n" not in reply.text and 0 < len(reply.text) <= POPUP


def _attachments(heard: Heard | None) -> list[Attachment]:
    values = heard.values if isinstance(heard, Asked | Answered) else {}
    return [each for each in values.values() if isinstance(each, Attachment)]
