"""Questions: how a person is asked for a value that a request needs, so that their answer is known as such."""

from __future__ import annotations

from collections.abc import Mapping

from telegram import ForceReply

from bot.telegram_adapter.wording import call, said
from commands.core.command import Command
from commands.core.params import Attachment, Kinds, Param
from commands.core.words import either
from engine.value import value

PLACEHOLDER = 64
"""The most characters that stand in the field in which an answer is typed."""


@value
class Question:
    """A value of a command that can be asked for."""

    command: Command
    """Which command needs it."""
    param: Param
    """What is asked for."""

    @property
    def text(self) -> str:
        """What the person reads; no two questions are alike, so an answer to it tells what was asked."""
        words = [f"{call(self.command)} needs {self.param.option}: {self.param.help.rstrip('.')}."]
        if self.param.choices:
            words.append(f"It can be {either(self.param.choices)}.")
        other = self.command.param(self.param.instead)
        if other is not None and (kinds := other.mark(Kinds)):
            words.append(f"A file will do too ({either(['.' + each for each in kinds.endings])}).")
        return " ".join([*words, "Answer this message with it."])

    def markup(self, *, aimed: bool) -> ForceReply:
        """What has an app offer the answer; `aimed`: to whose message it answers, and to nobody else."""
        return ForceReply(selective=aimed, input_field_placeholder=self.param.help[:PLACEHOLDER])

    def values(self, text: str, attachment: Attachment | None) -> dict[str, object]:
        """Return what an answer gives: the file where one is wanted or will do, else the words."""
        if attachment is not None:
            taken = [self.param, *filter(None, [self.command.param(self.param.instead)])]
            if given := next((param for param in taken if param.kind is Attachment), None):
                return {given.name: attachment}
        return {self.param.name: text} if text else {}


def questions(commands: Mapping[str, Command]) -> dict[str, Question]:
    """Every question that can be asked, by its text as it stands in a chat."""
    every = [Question(command=each, param=param) for each in commands.values() for param in each.needed]
    return {said(question.text, commands): question for question in every}
