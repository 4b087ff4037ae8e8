"""Reading: what a message asks for, if it is for Mynah at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field

from telegram import Message, MessageEntity, User
from telegram.constants import ChatType

from bot.telegram_adapter.payload import fits, is_sound, parse
from bot.telegram_adapter.people import account_of
from bot.telegram_adapter.questions import Question
from commands.core.command import Command
from commands.core.errors import UsageError
from commands.core.params import Attachment, Body, Member
from engine.value import value

SPEAK = "speak"
"""What is done with a text that stands alone."""
COMMAND = re.compile(r"/(\w{1,64})(?:@(\w+))?(?=\s|\Z)", re.ASCII)

KEY = re.compile(r"[\w-]+=\Z", re.ASCII)
"""'member=' before a name."""


@value
class Asked:
    """A command, with what was given for it."""

    command: str
    """Its name, or what was typed in place of one."""
    values: Mapping[str, object] = field(default_factory=dict)
    """What was given for its parameters."""


@value
class Started:
    """Somebody has pressed 'Start', or came by a link."""

    payload: str
    """What the link carries; may be empty."""


@value
class Answered:
    """An answer to a question of Mynah's."""

    question: Question
    """What was asked."""
    values: Mapping[str, object]
    """What the answer gives; empty where it is nothing that can be taken."""


@value
class Given:
    """A file without a word."""

    attachment: Attachment
    """The file."""
    is_sound: bool
    """Whether it is a voice message or another sound."""


@value
class Other:
    """Something in a private chat that is no text and no file: a sticker, a picture."""


Heard = Asked | Started | Answered | Given | Other


class Reader:
    """Reads messages. It needs no connection."""

    def __init__(self, commands: Mapping[str, Command], questions: Mapping[str, Question], me: User) -> None:
        self._commands = commands
        self._questions = questions
        self._me = me
        self._calls = {"_".join(each.path).lower(): each for each in commands.values()}
        self._groups = {each.path[0] for each in commands.values() if len(each.path) > 1}
        self._mention = re.compile(rf"@{re.escape(me.username or ' ')}\b", re.IGNORECASE)

    def read(self, message: Message, text: str | None = None) -> Heard | None:
        """Return what a message asks for; None where it is not for Mynah.

        Args:
            message: The message.
            text: What it says with all that belongs to it, where that is more than what stands in it.

        Raises:
            UsageError: It is for Mynah, and a word in it belongs nowhere.
        """
        private = message.chat.type == ChatType.PRIVATE
        said = (message.text or message.caption or "") if text is None else text
        question = self._question(message)
        if found := COMMAND.match(said):
            if found[2] and found[2].lower() != (self._me.username or "").lower():
                return None
            return self._command(message, found[1].lower(), said[found.end() :].strip(), bool(found[2]) or private)
        if question is not None:
            return Answered(question=question, values=question.values(said.strip(), attachment_of(message)))
        if self._mention.search(said) and not private:
            return self._mentioned(message, said)
        attachment = attachment_of(message)
        if attachment is not None and not said.strip():
            given = Given(attachment=attachment, is_sound=is_sound(attachment))
            return given if private or (given.is_sound and self._answers_me(message)) else None
        if not private:
            return None
        if not said.strip():
            return Other() if message.effective_attachment is not None else None
        return self._speak(message, said.strip())

    def asks(self, message: Message) -> Command | None:
        """Return the command that a message begins with, if it begins with one."""
        found = COMMAND.match(message.text or message.caption or "")
        return self._calls.get(found[1].lower()) if found else None

    def _answers_me(self, message: Message) -> bool:
        replied = _replied(message)
        return replied is not None and replied.from_user is not None and replied.from_user.id == self._me.id

    def _question(self, message: Message) -> Question | None:
        replied = message.reply_to_message
        return self._questions.get(replied.text or "") if replied is not None and self._answers_me(message) else None

    def _command(self, message: Message, name: str, rest: str, surely: bool) -> Heard | None:
        if name == "start":
            return Started(payload=rest)
        command = self._calls.get(name)
        if command is None and name in self._groups:
            word, _, more = rest.partition(" ")
            command, rest = self._calls.get(f"{name}_{word.lower()}"), more.strip()
            if command is None:
                return Asked(command="help", values={"command": name})
        if command is None:  # in a group it may be another bot's
            return Asked(command=name) if surely else None
        return Asked(command=command.name, values=self._values(command, message, rest))

    def _mentioned(self, message: Message, said: str) -> Heard | None:
        """Read what is said to the bot by its name: a text to say, or that the message replied to is to be said."""
        rest = self._mention.sub("", said).strip()
        if not rest and not self._replied_text(message):
            return Asked(command="help")
        return self._speak(message, rest)

    def _speak(self, message: Message, rest: str) -> Heard | None:
        command = self._commands.get(SPEAK)
        return Asked(command=command.name, values=self._values(command, message, rest)) if command else None

    def _values(self, command: Command, message: Message, rest: str) -> dict[str, object]:
        """Read what follows a command, and what the message brings or answers."""
        member = next((p for p in command.params if p.kind is Member), None)
        named: User | None = None
        if member is not None:
            named, rest = _named(message, rest)
        own, other = attachment_of(message), _answered_file(command, message)
        given = parse(command, rest, attachment=own, beside=other, replied_to=self._replied_text(message))
        if member is not None and member.name not in given:
            user = named or _replied_person(message)
            if user is not None:
                given[member.name] = Member(id=account_of(user), name=user.full_name)
        elif member is not None and str(given[member.name]).startswith("@"):
            raise UsageError(
                "Telegram does not tell bots who {name} is. Answer a message of theirs with /{command} instead.",
                name=str(given[member.name])[1:40],
                command=command.name,
            )
        return given

    def _replied_text(self, message: Message) -> str:
        """What the message says that one answers; what Mynah tells of a sound of its own is nothing to say."""
        replied = _replied(message)
        if replied is None:
            return ""
        if message.quote is not None:
            return message.quote.text
        own = replied.from_user is not None and replied.from_user.id == self._me.id
        return replied.text or ("" if own else replied.caption) or ""


def attachment_of(message: Message) -> Attachment | None:
    """Return the file that a message carries, as far as Mynah has to do with such."""
    if (document := message.document) is not None:
        name, kind = document.file_name or "file", document.mime_type or ""
        return Attachment(name=name, content_type=kind, bytes=document.file_size or 0, reference=document.file_id)
    if (voice := message.voice) is not None:
        kind = voice.mime_type or "audio/ogg"
        return Attachment(name="voice.ogg", content_type=kind, bytes=voice.file_size or 0, reference=voice.file_id)
    if (audio := message.audio) is not None:
        name, kind = audio.file_name or "audio.mp3", audio.mime_type or "audio/mpeg"
        return Attachment(name=name, content_type=kind, bytes=audio.file_size or 0, reference=audio.file_id)
    if (video := message.video) is not None:
        name, kind = video.file_name or "video.mp4", video.mime_type or "video/mp4"
        return Attachment(name=name, content_type=kind, bytes=video.file_size or 0, reference=video.file_id)
    if (note := message.video_note) is not None:
        size = note.file_size or 0
        return Attachment(name="note.mp4", content_type="video/mp4", bytes=size, reference=note.file_id)
    return None


def takes(command: Command, attachment: Attachment) -> bool:
    """Whether a command takes such a file, as its name and its type tell."""
    return any(fits(param, attachment) for param in command.params)


def _answered_file(command: Command, message: Message) -> Attachment | None:
    """The file of the message that one answers, where the command takes such, and no text stands in its place."""
    replied = _replied(message)
    other = attachment_of(replied) if replied is not None else None
    return other if other is not None and takes(command, other) and not _typed(command, message) else None


def _typed(command: Command, message: Message) -> bool:
    """Whether a text that the command takes stands in the message itself."""
    said = COMMAND.sub("", message.text or message.caption or "", count=1)
    body = next((p.name for p in command.params if p.mark(Body)), "")
    return bool(body and parse(command, said).get(body))


def _replied(message: Message) -> Message | None:
    """The message that one answers; in a topic Telegram names what opened it, where it answers none."""
    replied = message.reply_to_message
    return None if replied is None or replied.forum_topic_created is not None else replied


def _replied_person(message: Message) -> User | None:
    replied = _replied(message)
    user = replied.from_user if replied is not None and replied.sender_chat is None else None
    return None if user is None or user.is_bot else user


def _named(message: Message, rest: str) -> tuple[User | None, str]:
    """Find a person who is named in the message and whom Telegram tells of; return the rest without their name."""
    entities = message.parse_entities([MessageEntity.TEXT_MENTION]) or message.parse_caption_entities(
        [MessageEntity.TEXT_MENTION]
    )
    for entity, name in entities.items():
        if entity.user is not None and name in rest:
            before, _, after = rest.partition(name)
            return entity.user, f"{KEY.sub('', before)} {after}".strip()
    return None, rest
