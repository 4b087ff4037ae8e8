"""Letters: a whole reply into a chat: its words, its files, what can be done next, to whom it may be shown."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.fitting import Fitted, Fitting
from bot.telegram_adapter.address import Address
from bot.telegram_adapter.faults import has_no_chat, is_too_large
from bot.telegram_adapter.keyboards import offer
from bot.telegram_adapter.post import Post
from bot.telegram_adapter.questions import Question
from bot.telegram_adapter.uploads import PICTURE, NotTaken, Uploads
from bot.telegram_adapter.wording import CAPTION, said, units
from commands.core.reply import FileRef, Reply

log = logging.getLogger("mynah.telegram")

LEAST = 500_000
"""Below how many bytes a chat is not asked any more whether it takes a file."""
PRIVATELY = "I have answered you in private."
CLOSED = "I cannot write to you yet. Open our chat, press Start, and ask me there."
HIDDEN = "The answer is for one person only, and I do not know who you are here. Ask me as yourself."
NOT_TAKEN = (
    "No sound can be sent here: neither voice messages nor files. Their settings, or those of this group, forbid it."
)
NOT_SHOWN = "Neither pictures nor files can be sent here, so it comes without."
OPEN = "Open our chat"


class Letters:
    """Sends replies, and knows what of one that was cut off is out already."""

    def __init__(self, post: Post, uploads: Uploads, fitting: Fitting, limit: int, link: str) -> None:
        """Take the largest file in bytes, and the bot's own link."""
        self._post = post
        self._uploads = uploads
        self._fitting = fitting
        self._limit = limit
        self._link = link
        self._out: dict[str, dict[str, int]] = {}

    async def send(self, key: str, to: Address, reply: Reply) -> int:
        """Send a reply, and return the number of its main message.

        Args:
            key: What tells it from all others; what went out under it in an earlier try is not sent again.
            to: Where it was asked.
            reply: What is answered.

        Raises:
            TelegramError: It went wrong.
        """
        out = self._out.setdefault(key, {})
        message = await self._send(key, to, reply, out)
        del self._out[key]
        return message

    def forget(self, key: str) -> None:
        """It will not be tried again."""
        self._out.pop(key, None)

    async def ask(self, to: Address, question: Question) -> int:
        """Ask a person for a value, so that their app offers to answer."""
        return await self._post.say(
            to, question.text, markup=question.markup(aimed=not to.others), answers=not to.others
        )

    async def _send(self, key: str, to: Address, reply: Reply, out: dict[str, int]) -> int:
        if to.is_private or not reply.private:
            return await self._whole(key, to, reply, out)
        if reply.error:
            return await self._post.say(to, reply.brief or reply.text)
        if not to.person:
            return await self._post.say(to, reply.brief or HIDDEN)
        try:
            message = await self._whole(key, to.of_person, reply, out)
        except (Forbidden, BadRequest) as error:
            if not has_no_chat(error):
                raise
            button = InlineKeyboardButton(OPEN, url=f"{self._link}?start=hello")
            text = " ".join(filter(None, [reply.brief, CLOSED]))
            return await self._post.say(to, text, markup=InlineKeyboardMarkup([[button]]))
        try:
            await self._post.say(to, PRIVATELY)
        except TelegramError as error:  # what counts is out
            log.info("that an answer went to a private chat could not be told: %s", error)
        return message

    async def _whole(self, key: str, to: Address, reply: Reply, out: dict[str, int]) -> int:
        if not reply.files:
            return await self._post.say(to, reply.text, reply.actions, out=out)
        limit = self._limit
        while True:
            async with self._fitting.fit(reply.files, limit=limit, key=f"telegram-{key}") as fitted:
                try:
                    return await self._fitted(to, reply, fitted, out)
                except TelegramError as error:
                    if not is_too_large(error) or limit <= LEAST:
                        raise
                limit = min(limit, max(file.bytes for file in fitted.files)) // 2

    async def _fitted(self, to: Address, reply: Reply, fitted: Fitted, out: dict[str, int]) -> int:
        """Send the files, the first with the words, the last of the sound with the buttons; long words go alone."""
        text = "\n".join(filter(None, [reply.text, fitted.words]))
        if not fitted.files:
            return await self._post.say(to, text, reply.actions)
        offered = offer(reply.actions, self._post.commands)
        caption = said("\n".join(filter(None, [text, *offered.lines])), self._post.commands)
        alone = units(caption) > CAPTION
        last = len(_sounds(fitted.files)) - 1
        for number, file in enumerate(fitted.files):
            label = f"{file.name} {file.bytes}"
            if label in out:
                continue
            words = "" if alone or number else caption
            try:
                out[label] = await self._uploads.send(
                    to, file, words, offered.keyboard if number == last and not alone else None
                )
            except NotTaken:
                why = NOT_SHOWN if file.format == PICTURE else NOT_TAKEN
                return await self._post.say(to, f"{text}\n{why}", reply.actions)
        main = next(iter(out.values()))
        if alone:
            await self._post.say(to, text, reply.actions, out=out)
        return main


def _sounds(files: Sequence[FileRef]) -> list[FileRef]:
    """The files that are parts of one sound, which come before those beside it; at least the first."""
    sounds = [file for file in files if file.seconds is not None]
    return sounds or list(files[:1])
