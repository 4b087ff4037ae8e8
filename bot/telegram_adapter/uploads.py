"""Uploads: a file into a chat, as what it is heard or seen best; what Telegram has is not uploaded again."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal

from telegram import Bot, InlineKeyboardMarkup, InputFile, Message
from telegram.error import TelegramError

from bot.memory import Memory
from bot.telegram_adapter.address import Address
from bot.telegram_adapter.faults import is_old_reference, takes_no_such
from bot.telegram_adapter.people import PLATFORM
from bot.telegram_adapter.post import Post, Send, answering
from commands.core.reply import FileRef
from engine.recode import recode
from engine.speech import Format
from engine.take import Target

Kind = Literal["voice", "audio", "photo", "document"]

AT_ONCE = 4
"""How many files are sent at once: more of them take longer altogether."""
LADDER: dict[Kind, tuple[Kind, ...]] = {
    "voice": ("voice", "audio", "document"),
    "audio": ("audio", "document"),
    "photo": ("photo", "document"),
    "document": ("document",),
}
"""As what a file goes where a chat does not take it as what it is."""
PICTURE = "png"
"""The format of what is to be seen."""
PHOTO = 10_000_000
"""The largest picture that Telegram shows as one, in bytes; a larger one goes as a file."""
PERFORMER = "Mynah"


class NotTaken(Exception):
    """The chat takes such a file in no form."""


class Uploads:
    """Sends files."""

    def __init__(self, bot: Bot, post: Post, memory: Memory, account: str, *, by_path: bool) -> None:
        """Take the bot's own account ('telegram:8035'); `by_path`: the server takes files from where they lie."""
        self._bot = bot
        self._post = post
        self._memory = memory
        self._account = account
        self._by_path = by_path
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def send(self, to: Address, file: FileRef, caption: str, keyboard: InlineKeyboardMarkup | None) -> int:
        """Send a file, and return the number of its message.

        Raises:
            NotTaken: The chat takes no such file, in no form.
            TelegramError: It went wrong.
        """
        async with self._slots:
            for kind in LADDER[kind_of(file)]:
                try:
                    return await self._as(to, file, kind, caption, keyboard)
                except TelegramError as error:
                    if not takes_no_such(error):
                        raise
        raise NotTaken

    async def _as(
        self, to: Address, file: FileRef, kind: Kind, caption: str, keyboard: InlineKeyboardMarkup | None
    ) -> int:
        if file.id and (known := await self._memory.uploaded(file.id, self._account, kind)):
            try:
                return (await self._post.send(to, self._sending(kind, known, file, caption, keyboard))).id
            except TelegramError as error:
                if not is_old_reference(error):
                    raise
            await self._memory.drop_upload(file.id, self._account, kind)
        with ExitStack() as stack:
            path = Path(file.path)
            if kind == "audio" and file.format not in (Format.MP3, Format.M4A):
                folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="mynah-"))
                path = Path(folder) / f"{Path(file.name).stem}.mp3"
                await asyncio.to_thread(recode, Path(file.path), path, Target(format=Format.MP3))
                file = replace(file, name=path.name)
            content = path if self._by_path else await asyncio.to_thread(_opened, path, file.name, stack)
            message = await self._post.send(to, self._sending(kind, content, file, caption, keyboard))
        if file.id and (reference := _reference(message, kind)):
            await self._memory.note_upload(file.id, self._account, kind, reference)
        return message.id

    def _sending(
        self,
        kind: Kind,
        content: str | Path | InputFile,
        file: FileRef,
        caption: str,
        keyboard: InlineKeyboardMarkup | None,
    ) -> Send:
        seconds = None if file.seconds is None else max(1, round(file.seconds))
        bot = self._bot
        ways: dict[Kind, Callable[..., Awaitable[Message]]] = {
            "voice": partial(bot.send_voice, voice=content, duration=seconds),
            "audio": partial(
                bot.send_audio, audio=content, duration=seconds, performer=PERFORMER, title=Path(file.name).stem
            ),
            "photo": partial(bot.send_photo, photo=content),
            "document": partial(bot.send_document, document=content, disable_content_type_detection=True),
        }

        async def send(there: Address) -> Message:
            return await ways[kind](
                there.chat,
                caption=caption or None,
                message_thread_id=there.topic or None,
                reply_parameters=answering(there),
                reply_markup=keyboard,
            )

        return send


def kind_of(file: FileRef) -> Kind:
    """As what a file is heard or seen best: music where an app plays it with its title, untouched where not."""
    if file.voice:
        return "voice"
    if file.format == PICTURE and file.bytes <= PHOTO:
        return "photo"
    return "audio" if file.format in (Format.MP3, Format.M4A) else "document"


def account_of_bot(id: int) -> str:
    """Under what is kept which files a bot has sent: no other bot can send them by the same references."""
    return f"{PLATFORM}:{id}"


def _opened(path: Path, name: str, stack: ExitStack) -> InputFile:
    return InputFile(stack.enter_context(path.open("rb")), filename=name, read_file_handle=False)


def _reference(message: Message, kind: Kind) -> str:
    """Under what Telegram sends it again; nothing where it has made something else of it."""
    if kind == "photo":
        return message.photo[-1].file_id if message.photo else ""
    made = {"voice": message.voice, "audio": message.audio, "document": message.document}[kind]
    return made.file_id if made is not None else ""
