"""How a person is asked for what is missing."""

from __future__ import annotations

from bot.telegram_adapter.questions import questions
from commands.core.command import commands
from commands.core.params import Attachment

EVERY = commands()
ASKED = questions(EVERY)


def test_every_value_that_can_be_missing_has_a_question_of_its_own() -> None:
    assert {(each.command.name, each.param.name) for each in ASKED.values()} == {
        (command.name, param.name) for command in EVERY.values() for param in command.needed
    }


def test_a_question_says_what_can_be_answered() -> None:
    (choice,) = [text for text in ASKED if text.startswith("/quota_set needs metric:")]
    assert "It can be generations" in choice
    (file,) = [text for text in ASKED if text.startswith("/speak needs text:")]
    assert "A file will do too (.txt or .md)." in file
    assert all(len(each.markup(aimed=True).input_field_placeholder or "") <= 64 for each in ASKED.values())


def test_an_answer_is_the_words_or_the_file() -> None:
    (question,) = [each for text, each in ASKED.items() if text.startswith("/speak needs text:")]
    file = Attachment(name="a.txt", reference="f")
    assert question.values("Hello", None) == {"text": "Hello"}
    assert question.values("", file) == {"file": file}
    assert question.values("", None) == {}
