"""Editing: what a bot does to messages that stand already."""

from __future__ import annotations

from bot.demo.telegram.call import Call
from bot.demo.telegram.keyboards import checked
from bot.demo.telegram.messages import Message
from bot.demo.telegram.methods.place import not_modified, own, words
from bot.demo.telegram.refusal import bad
from bot.demo.telegram.wire import Wire
from bot.demo.telegram.world import World

OLDEST = 48 * 3_600
"""How long a message can be deleted, in seconds."""


def edit_text(world: World, call: Call) -> Wire:
    """Change what a text says."""
    message = own(world, call)
    if message.file is not None:
        raise bad("there is no text in the message to edit")
    return _edited(world, call, message, "text")


def edit_caption(world: World, call: Call) -> Wire:
    """Change what is written under a file."""
    message = own(world, call)
    if message.file is None:
        raise bad("there is no caption in the message to edit")
    return _edited(world, call, message, "caption")


def edit_markup(world: World, call: Call) -> Wire:
    """Change the buttons under a message."""
    message = own(world, call)
    markup = checked(call.record("reply_markup"))
    if markup == message.markup:
        raise not_modified()
    world.change(message, message.text, message.marks, markup)
    return message.wire()


def delete(world: World, call: Call) -> bool:
    """Delete a message: the bot's own, in a private chat any, as an admin any."""
    _delete(world, call.text("chat_id"), call.needed("message_id"))
    return True


def delete_all(world: World, call: Call) -> bool:
    """Delete several messages; those that are gone already do no harm."""
    for number in call.words("message_ids"):
        if world.chat(call.text("chat_id")).find(int(number)) is not None:
            _delete(world, call.text("chat_id"), int(number))
    return True


def _edited(world: World, call: Call, message: Message, name: str) -> Wire:
    text, marks = words(call, name)
    markup = checked(call.record("reply_markup"))
    if (text, list(marks), markup) == (message.text, list(message.marks), message.markup):
        raise not_modified()
    world.change(message, text, marks, markup)
    return message.wire()


def _delete(world: World, chat_id: str, number: int) -> None:
    chat = world.chat(chat_id)
    chat.check()
    message = chat.find(number)
    if message is None:
        raise bad("message to delete not found")
    mine = message.sender is world.bot or chat.kind == "private" or chat.bot_is == "administrator"
    if not mine or world.now - message.date > OLDEST:
        raise bad("message can't be deleted")
    message.deleted = True
    chat.bell.ring()


METHODS = {
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageReplyMarkup": edit_markup,
    "deleteMessage": delete,
    "deleteMessages": delete_all,
}
