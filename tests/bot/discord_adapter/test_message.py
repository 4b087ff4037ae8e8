"""Messages, before they are sent."""

from __future__ import annotations

import pytest

from bot.discord_adapter.message import FILES, messages, spelled
from commands.core.reply import Action, FileRef


def file(number: int) -> FileRef:
    """A file to send."""
    return FileRef(id=number, name=f"{number}.wav", path=f"/{number}.wav", format="wav", bytes=1)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("/jobs show job=12 has its file.", "/jobs show job:12 has its file."),
        ("Keep it with /history keep job=3; it goes soon.", "Keep it with /history keep job:3; it goes soon."),
        ("/speak voice=en-gb speed=1.5", "/speak voice:en-gb speed:1.5"),
        ("1 + 1 = 2, a=b, https://example.org/path x=1", "1 + 1 = 2, a=b, https://example.org/path x=1"),
    ],
)
def test_commands_are_named_as_discord_takes_them(text: str, written: str) -> None:
    assert spelled(text) == written


def test_a_message_calls_nobody_and_shows_no_preview() -> None:
    (message,) = messages("@everyone https://example.org", private=True)
    assert message.payload["allowed_mentions"] == {"parse": []}
    assert message.payload["flags"] == 1 << 2 | 1 << 6
    assert "nonce" not in message.payload and "message_reference" not in message.payload


def test_files_and_texts_go_on_in_the_messages_behind_and_buttons_stand_under_the_first() -> None:
    again = Action(label="Again", command="history again", values={"job": 1})
    every = messages("x" * 2_500, files=[file(number) for number in range(1, 24)], actions=[again])
    assert [len(each.files) for each in every] == [FILES, FILES, 3]
    assert [len(each.content) for each in every] == [2_000, 500, 0]
    assert [bool(each.components) for each in every] == [True, False, False]
    attached = every[0].payload["attachments"]
    assert attached[0] == {"id": 0, "filename": "1.wav"}


def test_nothing_is_said_as_done() -> None:
    (message,) = messages("")
    assert message.content == "Done."
    (message,) = messages("", files=[file(1)])
    assert message.content == ""
