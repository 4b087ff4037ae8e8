"""Greetings: what is said to those who have just come, and to those who send a file without a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.telegram_adapter.choosing import FILE
from bot.telegram_adapter.payload import taker
from commands.core.command import Command
from commands.core.params import SOUNDS, Attachment, Kinds, Menu, Param
from commands.core.reply import Action, Reply
from commands.core.words import either, listed

LINK = "link-"
"""Begins what a link to the bot carries that joins two accounts: https://t.me/name?start=link-k3v9x2mq."""
NEWCOMER = ("voices list", "help", "privacy")
"""What a newcomer is told of, as far as there is such."""


def code(payload: str) -> str:
    """The code with which two accounts are joined, where a link carries one."""
    return payload.removeprefix(LINK) if payload.startswith(LINK) else ""


def greeting(name: str, commands: Mapping[str, Command], *, group: bool) -> Reply:
    """Say who this is and what to type first."""
    there = [each for each in NEWCOMER if each in commands]
    told = f"{listed(['/' + each for each in there])} tell you more." if there else ""
    how = "Type /speak and a text, or answer a message with /speak" if group else "Send me a text"
    first = f"Hello{', ' + name if name else ''}. I am Mynah, and I say texts aloud."
    return Reply(text=f"{first}\n{how}, and you get it as a voice message. {told}".strip())


def only_texts() -> Reply:
    """Say what to send instead of a picture or a sticker."""
    return Reply(text="I can say texts only. Send me one, or a picture with a text under it.")


def what_can_be_done(
    file: Attachment, is_sound: bool, able: Sequence[Command], commands: Mapping[str, Command]
) -> Reply:
    """Say what can be done with a file that came without a word, by the commands that take it."""
    if able:
        actions = tuple(
            Action(label=_label(command, param), command=command.name, values={param.name: FILE})
            for command in able
            if (param := taker(command, file))
        )
        return Reply(text=f"What shall I do with {'this recording' if is_sound else file.name[:100]}?", actions=actions)
    kinds = [mark for each in commands.values() for param in each.params if (mark := param.mark(Kinds))]
    endings = dict.fromkeys(ending for mark in kinds for ending in mark.endings)
    read = [f".{ending}" for ending in endings if ending not in SOUNDS]
    if is_sound or not read:
        return Reply(text="I have no use for a recording yet. Send me a text, and I say it.")
    only = " files, and listen to recordings" if len(read) < len(endings) else " files only"
    return Reply(text=f"I can read {either(read)}{only}. Send me the text itself, or such a file.")


def _label(command: Command, param: Param) -> str:
    menu = param.mark(Menu)
    return menu.title if menu else " ".join(command.path).capitalize()
