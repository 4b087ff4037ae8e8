"""The place that a bot names when it sends: a chat, a topic in it, and a message to answer."""

from __future__ import annotations

from bot.demo.telegram.call import Call
from bot.demo.telegram.chats import Chat, Topic
from bot.demo.telegram.formatting import formatted
from bot.demo.telegram.keyboards import checked
from bot.demo.telegram.messages import Message
from bot.demo.telegram.refusal import Refused, bad
from bot.demo.telegram.wire import Wire, units
from bot.demo.telegram.world import World
from engine.value import value

TEXT = 4_096
CAPTION = 1_024


@value
class Place:
    """Where a message is to stand."""

    chat: Chat
    """The chat."""
    topic: Topic | None
    """The topic; None for the general one."""
    reply_to: Message | None
    """The message that it answers."""


def place(world: World, call: Call, kind: str = "text") -> Place:
    """Find where a call wants to send something of a kind.

    Raises:
        Refused: There is no such chat, topic or message, or the bot may not send that there.
    """
    chat = world.chat(call.text("chat_id"))
    chat.check(kind)
    topic = chat.thread(call.number("message_thread_id"))
    answered = _answered(chat, call)
    if topic is None and answered is not None:
        topic = answered.topic
    return Place(chat=chat, topic=topic, reply_to=answered)


def put(world: World, call: Call, message: Message) -> Message:
    """Put a bot's message where it is to stand, with the markup and the protection that the call asks for."""
    message.markup = checked(call.record("reply_markup"))
    message.protected = call.flag("protect_content")
    return message.chat.post(message)


def words(call: Call, name: str = "text") -> tuple[str, list[Wire]]:
    """Take the text or the caption of a call, with its entities.

    Raises:
        Refused: It is empty where it must not be, too long, or not formatted as its mode has it.
    """
    mode, given = call.text("parse_mode"), call.records("entities" if name == "text" else "caption_entities")
    text, marks = formatted(call.text(name), "" if given else mode)
    marks = given or marks
    if not marks:
        text = text.strip()
    if name == "text" and not text.strip():
        raise bad("message text is empty")
    if name == "text" and units(text) > TEXT:
        raise bad("MESSAGE_TOO_LONG" if call.method.startswith("edit") else "message is too long")
    if name == "caption" and units(text) > CAPTION:
        raise bad("message caption is too long")
    return text, marks


def own(world: World, call: Call) -> Message:
    """Find the bot's message that a call wants to edit.

    Raises:
        Refused: There is none, it is somebody else's, or the bot is no longer there.
    """
    if call.text("inline_message_id"):
        raise bad("MESSAGE_ID_INVALID")
    chat = world.chat(call.text("chat_id"))
    chat.check()
    message = chat.find(call.needed("message_id"))
    if message is None:
        raise bad("message to edit not found")
    if message.sender is not world.bot or "inline_keyboard" not in (message.markup or {"inline_keyboard": []}):
        raise bad("message can't be edited")
    return message


def not_modified() -> Refused:
    """Nothing would change."""
    return bad(
        "message is not modified: specified new message content and reply markup are exactly the same "
        "as a current content and reply markup of the message"
    )


def _answered(chat: Chat, call: Call) -> Message | None:
    given = call.record("reply_parameters") or {}
    number = int(str(given["message_id"])) if "message_id" in given else call.number("reply_to_message_id")
    if number is None:
        return None
    if "chat_id" in given and str(given["chat_id"]) != str(chat.id):
        raise Refused(501, "Not Implemented: this Telegram answers in the chat of the message only")
    found = chat.find(number)
    lenient = bool(given.get("allow_sending_without_reply")) or call.flag("allow_sending_without_reply")
    if found is None and not lenient:
        raise bad("message to be replied not found")
    return found
