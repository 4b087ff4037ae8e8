"""The adapter: Telegram as a platform of Mynah's."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from telegram import Update, User
from telegram.error import BadRequest, InvalidToken, NetworkError, TelegramError
from telegram.ext import TypeHandler

from bot.adapter import Adapter, Busy, CannotRun, Finding, Limits, TryLater, Undeliverable
from bot.desk import Desk
from bot.features import Feature
from bot.settings import Telegram
from bot.telegram_adapter import connection, examination, inline, menus
from bot.telegram_adapter.address import Address
from bot.telegram_adapter.connection import App
from bot.telegram_adapter.faults import judged
from bot.telegram_adapter.files import Files
from bot.telegram_adapter.letters import Letters
from bot.telegram_adapter.listener import Listener
from bot.telegram_adapter.people import PLATFORM, People
from bot.telegram_adapter.post import Post
from bot.telegram_adapter.questions import questions
from bot.telegram_adapter.reading import Reader
from bot.telegram_adapter.rhythm import Rhythm
from bot.telegram_adapter.shows import SHOWS
from bot.telegram_adapter.signs import Signs
from bot.telegram_adapter.uploads import AT_ONCE, Uploads, account_of_bot
from bot.telegram_adapter.waiting import Waiting
from bot.telegram_adapter.wording import TEXT
from commands.core.reply import Json, Progress, Reply

log = logging.getLogger("mynah.telegram")

UPLOAD = 50_000_000
"""The largest file that Telegram takes from bots, in bytes."""
UPLOAD_BY_PATH = 2_000_000_000
"""The same where a Bot API server of one's own takes it."""
PATIENCE = 3.0
"""How long the start of the rest waits for Telegram, in seconds."""
LONGEST = 60.0
"""The longest pause between two tries to log in, in seconds."""
BUSY = 3.0
"""After how many seconds is tried again what goes to a chat that has had what it may be sent for the moment."""
FINISH = 3.0
"""How long what was heard may take to be taken in when Mynah stops, in seconds."""

QUIET = {"httpx": logging.WARNING, "httpcore": logging.WARNING, "telegram": logging.WARNING}
"""From what level on libraries are heard: the addresses that they ask have the token in them, and at its most talkative
the one for Telegram writes down what people say."""


class TokenRefused(CannotRun):
    """Telegram refuses the token of its bot; ask @BotFather for it and put it into .env. The rest of Mynah goes on."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class TelegramAdapter(Adapter):
    """Hears what people do in Telegram, and sends what they are answered."""

    name = PLATFORM
    shows: ClassVar[Mapping[Feature, str]] = SHOWS
    limits = Limits(text=TEXT, file_bytes=UPLOAD, sends=AT_ONCE)

    def __init__(self, desk: Desk, section: Telegram) -> None:
        self._desk = desk
        self._section = section
        if section.local_mode:
            self.limits = replace(self.limits, file_bytes=UPLOAD_BY_PATH)
        self._rhythm = Rhythm()
        self._application: App | None = None
        self._entering: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._account = ""
        self._letters: Letters | None = None
        self._waiting: Waiting | None = None
        self._listener: Listener | None = None

    @classmethod
    async def examine(cls, section: object) -> Sequence[Finding]:
        """Ask Telegram about the token and what the bot may do."""
        assert isinstance(section, Telegram), "the section of this adapter"
        return await examination.examine(section)

    async def start(self) -> None:
        """Log in; while Telegram cannot be reached, that goes on in the background.

        Raises:
            CannotRun: Telegram does not know the token, or the webhook cannot be served.
        """
        for name, level in QUIET.items():
            logging.getLogger(name).setLevel(level)
        self._application = connection.make(self._section, self._rhythm)
        self._entering = asyncio.create_task(self._enter(self._application), name="telegram logs in")
        done, _ = await asyncio.wait([self._entering], timeout=PATIENCE)
        if not done:
            self._entering.add_done_callback(_tell)
        elif error := self._entering.exception():
            await connection.close(self._application)
            raise error

    async def stop_listening(self) -> None:
        """Hear nothing more; what was heard is taken in."""
        if self._entering is not None:
            self._entering.cancel()
            await asyncio.wait([self._entering])
        try:
            if self._application is not None:
                await connection.deafen(self._application)
        finally:
            if self._tasks:
                await asyncio.wait([*self._tasks], timeout=FINISH)

    async def stop(self) -> None:
        """Let go of everything."""
        if self._application is None:
            return
        try:
            await self.stop_listening()
        finally:
            for task in [*self._tasks]:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            if self._waiting is not None:
                await self._waiting.close()
            await connection.close(self._application)
            self._application = None

    async def deliver(self, delivery_id: int, address: Mapping[str, Json], reply: Reply) -> str:
        """Send a reply into a chat, after the request was acknowledged there."""
        if self._letters is None or self._waiting is None:
            raise TryLater(PATIENCE)
        to = Address.from_json(address)
        key = f"delivery-{delivery_id}"
        await self._waiting.until_acknowledged(to)
        if self._rhythm.is_full(to.chat):  # else it would wait here, and others behind it
            raise Busy(BUSY)
        try:
            message = await self._letters.send(key, to, reply)
        except TelegramError as error:
            verdict = judged(error)
            if not isinstance(verdict, TryLater):
                self._letters.forget(key)
            if isinstance(verdict, Undeliverable):
                await self._waiting.end(to)
            raise verdict from None
        await self._waiting.end(to)
        return str(message)

    def repeatable(self, address: Mapping[str, Json], age: float) -> bool:
        """Never: Telegram has nothing by which it would know a message again."""
        return False

    async def show(self, address: Mapping[str, Json], progress: Progress) -> None:
        """Show how far a job is, where the person has been given a ticket."""
        if self._waiting is not None:
            await self._waiting.show(Address.from_json(address), progress)

    async def _enter(self, application: App) -> None:
        """Log in and begin to listen, however often that has to be tried."""
        pause = 1.0
        while True:
            try:
                await application.initialize()
                await self._begin(application)
                return
            except InvalidToken:
                raise TokenRefused from None
            except TelegramError as error:
                refused = isinstance(error, BadRequest) or not isinstance(error, NetworkError)
                why = f"does not let it begin ({error.message})" if refused else "cannot be reached"
                log.warning("Telegram %s; trying again in %.0f s", why, pause)
            await asyncio.sleep(pause * random.uniform(0.75, 1.25))
            pause = min(LONGEST, pause * 2)

    async def _begin(self, application: App) -> None:
        me = application.bot.bot
        if self._listener is None:
            self._put_together(application, me)
            assert self._waiting is not None, "it was just made"
            await self._waiting.recall()
            application.add_handler(TypeHandler(Update, self._take))
        if not application.running:
            await application.start()
        await connection.listen(application, self._section)
        log.info("logged in to Telegram as @%s (%d)", me.username, me.id)
        link = f"https://t.me/{me.username}"
        log.info("people find it at %s; %s?startgroup=true adds it to a group", link, link)
        try:
            await menus.publish(application.bot, self._desk.commands, self._desk.memory)
        except TelegramError as error:
            log.warning("the menus could not be published; the next start tries again: %s", error)

    def _put_together(self, application: App, me: User) -> None:
        bot, desk = application.bot, self._desk
        by_path = self._section.local_mode
        self._account = account_of_bot(me.id)
        post = Post(bot, desk)
        uploads = Uploads(bot, post, desk.memory, self._account, by_path=by_path)
        link = f"https://t.me/{me.username}"
        self._letters = Letters(post, uploads, desk.fitting, self.limits.file_bytes, link)
        self._waiting = Waiting(post, Signs(bot), desk.memory, self._rhythm.is_busy)
        asked = questions(desk.commands)
        self._listener = Listener(
            desk=desk,
            me=me,
            reader=Reader(desk.commands, asked, me),
            people=People(bot, asyncio.get_running_loop().time),
            post=post,
            letters=self._letters,
            waiting=self._waiting,
            files=Files(bot, by_path=by_path),
            questions=asked,
        )

    async def _take(self, update: Update, _: object) -> None:
        """Take an update in, in a task of its own: the library waits for its handlers."""
        listener = self._listener
        assert listener is not None, "it listens"
        if not listener.is_new(update):
            return
        if update.message is not None:
            self._spawn(listener.message(update.message))
        elif update.callback_query is not None:
            self._spawn(listener.press(update.callback_query))
        elif update.inline_query is not None:
            self._spawn(inline.offer(update.inline_query, self._desk, self._account))

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("something that was heard could not be taken in", exc_info=error)


def _tell(task: asyncio.Task[None]) -> None:
    """Say why a login that went on in the background has ended."""
    if not task.cancelled() and (error := task.exception()):
        log.error("%s", error)
