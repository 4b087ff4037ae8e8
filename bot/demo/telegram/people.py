"""People: what they do in their app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.demo.telegram.accounts import Account
from bot.demo.telegram.chats import Chat, Topic
from bot.demo.telegram.entities import entities
from bot.demo.telegram.files import NOTE_SIDE, File
from bot.demo.telegram.messages import Message
from bot.demo.telegram.queries import Query
from bot.demo.telegram.refusal import bad, forbidden
from bot.demo.telegram.wire import Wire, units

if TYPE_CHECKING:
    from bot.demo.telegram.world import World

Attached = tuple[str, bytes, str]
"""A file that somebody sends: its name, what is in it, and its type."""
LONGEST = 4_096
"""Where an app cuts what somebody pastes, in UTF-16 units."""
FILMED = (1_280, 720)
"""How wide and high a video is, in pixels."""
LOOKED_BACK = 300
"""How far back an app looks for a place to cut, in characters."""


class Person(Account):
    """Somebody with the app in their hand."""

    def __init__(self, world: World, id: int, name: str, *, username: str, language: str) -> None:
        super().__init__(id, name, username=username, is_bot=False, language=language)
        self.world = world
        self.private = Chat(world, id, "private", name, self)
        self.started = False
        """Whether they ever wrote to the bot, without which it cannot write to them."""
        self.blocked = False
        """Whether they have stopped the bot."""
        self.forbids_voice = False
        """Whether their settings forbid voice messages."""

    async def says(
        self,
        chat: Chat,
        text: str = "",
        *,
        reply_to: Message | None = None,
        topic: Topic | None = None,
        voice: bytes | None = None,
        seconds: int = 2,
        audio: Attached | None = None,
        file: Attached | None = None,
        video: Attached | None = None,
        note: bytes | None = None,
        caption: str = "",
        anonymously: bool = False,
    ) -> Message:
        """Send a text, or what else an app sends: a voice message, music, a file, a video, a round video note.

        What is written with one of those is its caption; a video note has none.
        """
        kept: File | None = None
        if voice is not None:
            kept = self.world.files.keep("voice", "", voice, mime="audio/ogg", seconds=seconds)
        elif note is not None:
            kept = self._films("video_note", ("", note, "video/mp4"), seconds, NOTE_SIDE, NOTE_SIDE)
        elif audio is not None:
            kept = self.world.files.keep("audio", audio[0], audio[1], mime=audio[2], seconds=seconds)
        elif video is not None:
            kept = self._films("video", video, seconds, *FILMED)
        elif file is not None:
            kept = self.world.files.keep("document", file[0], file[1], mime=file[2])
        words = (caption or text).strip()
        if units(words) > LONGEST:
            raise ValueError(f"an app sends at most {LONGEST} characters at once; `pastes` cuts them")
        message = Message(
            chat=chat,
            sender=self,
            date=self.world.now,
            text=words,
            marks=entities(words),
            file=kept,
            reply_to=reply_to,
            topic=topic or (reply_to.topic if reply_to else None),
            anonymous=anonymously,
        )
        return self._sends(message)

    async def pastes(self, chat: Chat, text: str, *, topic: Topic | None = None, exact: bool = False) -> list[Message]:
        """Send a long text, which the app cuts: between words, or as some apps do `exact`ly at 4,096 characters."""
        return [await self.says(chat, part, topic=topic) for part in _parts(text, exact)]

    async def edits(self, message: Message, text: str) -> Message:
        """Change what one of their messages says."""
        text = text.strip()
        self.world.change(message, text, entities(text), message.markup)
        self.world.hears(message, edited=True)
        return message

    async def deletes(self, message: Message) -> None:
        """Delete a message; bots are not told."""
        message.deleted = True
        message.chat.bell.ring()

    async def forwards(self, message: Message, chat: Chat) -> Message:
        """Forward a message to a chat."""
        if message.protected:
            raise ValueError(f"{message!r} cannot be forwarded")
        forwarded = Message(
            chat=chat,
            sender=self,
            date=self.world.now,
            text=message.text,
            marks=message.marks,
            file=message.file,
            origin=message.origin or message,
        )
        return self._sends(forwarded)

    async def answers(self, message: Message, text: str = "", *, voice: bytes | None = None) -> Message:
        """Answer a message that the bot has the app ask them to answer.

        Raises:
            ValueError: It does not ask them.
        """
        if not message.asks(self):
            raise ValueError(f"{message!r} does not ask {self.first_name}")
        return await self.says(message.chat, text, reply_to=message, voice=voice)

    async def presses(self, message: Message, label: str) -> Query:
        """Press a button under a message; what comes back can be asked whether the bot answered."""
        button = message.button(label)
        if "callback_data" not in button:
            raise ValueError(f"{label!r} is no button that the bot hears of")
        query = self.world.queries.ask(self, label)
        shown: Wire = message.wire()
        if message.deleted:
            shown = {"chat": message.chat.wire(), "message_id": message.id, "date": 0}
        body: Wire = {
            "id": query.id,
            "from": self.wire(),
            "message": shown,
            "chat_instance": str(message.chat.id * 1_000_003),
            "data": button["callback_data"],
        }
        self.world.updates.add("callback_query", body)
        return query

    async def asks_inline(self, text: str, *, chat: Chat | None = None, offset: str = "") -> Query:
        """Type the bot's name and some words in a chat, to choose from what it offers."""
        query = self.world.queries.ask(self, text)
        kind = "sender" if chat is None or chat is self.private else chat.kind
        body: Wire = {"id": query.id, "from": self.wire(), "query": text, "offset": offset, "chat_type": kind}
        self.world.updates.add("inline_query", body)
        return query

    async def chooses(self, query: Query, title: str, chat: Chat) -> Message:
        """Choose a result that the bot offered, which sends it to a chat.

        Raises:
            LookupError: The bot offered none of that title.
        """
        offered = {self._offered(each): each for each in query.results}
        if title not in offered:
            raise LookupError(f"there is no {title!r} among {list(offered)}")
        result = offered[title]
        content = result.get("input_message_content")
        text = content.get("message_text") if isinstance(content, dict) else None
        words = str(text or result.get("caption") or "")
        file = self._file(result)
        message = Message(
            chat=chat,
            sender=self,
            date=self.world.now,
            text=words,
            marks=entities(words),
            file=file,
            via_bot=self.world.bot,
        )
        chosen = {"result_id": result["id"], "from": self.wire(), "query": query.words}
        self.world.updates.add("chosen_inline_result", chosen)
        return self._sends(message)

    async def starts(self, payload: str = "") -> Message:
        """Press 'Start', or follow a link to the bot that carries a payload."""
        if self.blocked:
            await self.returns()
        return await self.says(self.private, f"/start {payload}".rstrip())

    async def stops(self) -> None:
        """Stop the bot, which then can no longer write to them."""
        self.blocked = True
        self.world.bot_becomes(self.private, self, "member", "kicked")

    async def returns(self) -> None:
        """Let the bot write to them again."""
        self.blocked = False
        self.world.bot_becomes(self.private, self, "kicked", "member")

    def check(self, kind: str) -> None:
        """Check that the bot may send them a kind of message.

        Raises:
            Refused: It may not.
        """
        if not self.started:
            raise forbidden("bot can't initiate conversation with a user")
        if self.blocked:
            raise forbidden("bot was blocked by the user")
        if kind == "voice" and self.forbids_voice:
            raise bad("VOICE_MESSAGES_FORBIDDEN")

    def _films(self, kind: str, given: Attached, seconds: int, wide: int, high: int) -> File:
        name, content, mime = given
        return self.world.files.keep(kind, name, content, mime=mime, seconds=seconds, pixels=(wide, high))

    def _file(self, result: Wire) -> File | None:
        """The file that a result of an inline question is."""
        ids = [str(each) for name, each in result.items() if name.endswith("file_id")]
        return self.world.files.find(ids[0]) if ids else None

    def _offered(self, result: Wire) -> str:
        """What a result says; music is shown by its own name."""
        file = self._file(result)
        return str(result.get("title") or (file.title or file.name if file else ""))

    def _sends(self, message: Message) -> Message:
        chat = message.chat
        if chat.kind == "private" and chat is not self.private:
            raise ValueError(f"{self.first_name} cannot write in {chat!r}")
        if chat.became is not None:
            raise ValueError(f"{chat!r} has become {chat.became!r}")
        if message.anonymous and self.id not in chat.admins:
            raise ValueError(f"{self.first_name} is no admin of {chat!r}")
        if chat is self.private:
            if self.blocked:
                raise ValueError(f"{self.first_name} has stopped the bot; `starts` or `returns` first")
            self.started = True
        else:
            chat.add([self])
        self.world.hears(chat.post(message))
        return message


def _parts(text: str, exact: bool) -> list[str]:
    """Cut a text as apps do: at the last line or word that fits, or `exact`ly where no more fits."""
    parts = []
    while units(text) > LONGEST:
        part = text.encode("utf-16-le")[: LONGEST * 2].decode("utf-16-le", "ignore")
        if not exact and text[len(part)].strip():
            least = len(part) - LOOKED_BACK
            end = max(part.rfind("\n", least), part.rfind(" ", least))
            part = part[:end] if end > 0 else part
        parts.append(part)
        text = text[len(part) :]
    return [stripped for part in [*parts, text] if (stripped := part.strip())]
