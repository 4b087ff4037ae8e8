"""Messages: what is sent to Discord, and how it is put on the wire."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import field
from typing import Any

from bot.discord_adapter import controls, markup
from bot.discord_adapter.controls import Component
from commands.core.reply import Action, FileRef, Reply
from engine.value import value

FILES = 10
"""The most files of a message."""
NO_PREVIEW, PRIVATE = 1 << 2, 1 << 6
"""Flags: links are shown without what is behind them; only the person who asked sees it."""

_TYPED = re.compile(r"(?<![\w/.\"])(/[a-z]+(?: [a-z]+)?)((?: [\w-]+=[^\s=,;]+)+)")


@value
class Message:
    """A message as it is to be."""

    content: str = ""
    """What it says, as Discord takes it."""
    files: tuple[FileRef, ...] = ()
    """What goes with it, with whole paths; ten at most."""
    components: list[Component] = field(default_factory=list)
    """What stands under it."""
    private: bool = False
    """Whether only the person who asked sees it; settled by the first answer, and not by an edit."""
    nonce: str = ""
    """Tells a repetition, for messages in channels; 25 characters at most."""
    answers: str = ""
    """The id of the message that it answers, where it is to show that."""

    @property
    def payload(self) -> dict[str, Any]:
        """What Discord is told, but for the files themselves."""
        told: dict[str, Any] = {
            "content": self.content,
            "components": self.components,
            "allowed_mentions": {"parse": []},
            "flags": NO_PREVIEW | (PRIVATE if self.private else 0),
            "attachments": [{"id": number, "filename": file.name} for number, file in enumerate(self.files)],
        }
        if self.nonce:
            told |= {"nonce": self.nonce, "enforce_nonce": True}
        if self.answers:
            told["message_reference"] = {"message_id": self.answers, "fail_if_not_exists": False}
        return told


def messages(
    text: str,
    *,
    actions: Sequence[Action] = (),
    files: Sequence[FileRef] = (),
    private: bool = False,
) -> list[Message]:
    """Write a text, files and what can be done next as messages; the first has the files and the buttons.

    More files than a message takes go with the messages behind it.
    """
    lines = [line for line in (spelled(text), *controls.untold(actions)) if line]
    cut = markup.pieces(markup.plain("\n".join(lines)))
    groups = [tuple(files[begin : begin + FILES]) for begin in range(0, len(files), FILES)]
    count = max(len(cut), len(groups), 1)
    made = []
    for number in range(count):
        content = cut[number] if number < len(cut) else ""
        made.append(
            Message(
                content=content,
                files=groups[number] if number < len(groups) else (),
                components=controls.rows(actions) if number == 0 else [],
                private=private,
            )
        )
    if not made[0].content and not made[0].files:
        made[0] = Message(content="Done.", components=made[0].components, private=private)
    return made


def spelled(text: str) -> str:
    """Write the commands that a text names as Discord takes them: '/jobs show job:12' for '/jobs show job=12'."""
    return _TYPED.sub(lambda found: found[1] + found[2].replace("=", ":"), text)


def messages_of(reply: Reply, files: Sequence[FileRef] = (), words: str = "", *, private: bool) -> list[Message]:
    """Write a reply as messages, with these of its files and a word about the rest."""
    text = "\n".join(each for each in (reply.text, words) if each)
    return messages(text, actions=reply.actions, files=files, private=private)
