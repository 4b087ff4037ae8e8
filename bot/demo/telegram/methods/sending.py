"""Sending: texts, forwards and copies, and what people see a bot do meanwhile."""

from __future__ import annotations

from bot.demo.telegram.call import Call
from bot.demo.telegram.messages import Message
from bot.demo.telegram.methods.place import place, put, words
from bot.demo.telegram.refusal import bad
from bot.demo.telegram.wire import Wire
from bot.demo.telegram.world import World

ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}
"""What a bot can be seen doing."""


def send_message(world: World, call: Call) -> Wire:
    """Send a text."""
    to = place(world, call)
    text, marks = words(call)
    message = Message(
        chat=to.chat,
        sender=world.bot,
        date=world.now,
        text=text,
        marks=marks,
        topic=to.topic,
        reply_to=to.reply_to,
    )
    return put(world, call, message).wire()


def forward_message(world: World, call: Call) -> Wire:
    """Send a message that stands somewhere, with the name of whom it is from."""
    source = _source(world, call, "forward")
    return _again(world, call, source, origin=source.origin or source).wire()


def copy_message(world: World, call: Call) -> Wire:
    """Send a message that stands somewhere as the bot's own."""
    source = _source(world, call, "copy")
    message = _again(world, call, source, origin=None)
    if "caption" in call.params and message.file is not None:
        message.text, message.marks = words(call, "caption")
    return {"message_id": message.id}


def send_chat_action(world: World, call: Call) -> bool:
    """Show people what the bot is doing."""
    chat = world.chat(call.text("chat_id"))
    chat.check()
    if call.text("action") not in ACTIONS:
        raise bad("wrong parameter action in request")
    chat.does(call.text("action"), call.number("message_thread_id"))
    return True


def _source(world: World, call: Call, verb: str) -> Message:
    found = world.chat(call.text("from_chat_id")).find(call.needed("message_id"))
    if found is None or found.service:
        raise bad(f"message to {verb} not found")
    if found.protected:
        raise bad(f"message can't be {'forwarded' if verb == 'forward' else 'copied'}")
    return found


def _again(world: World, call: Call, source: Message, origin: Message | None) -> Message:
    to = place(world, call, source.kind)
    message = Message(
        chat=to.chat,
        sender=world.bot,
        date=world.now,
        text=source.text,
        marks=source.marks,
        file=source.file,
        topic=to.topic,
        reply_to=to.reply_to,
        origin=origin,
    )
    return put(world, call, message)


METHODS = {
    "sendMessage": send_message,
    "forwardMessage": forward_message,
    "copyMessage": copy_message,
    "sendChatAction": send_chat_action,
}
