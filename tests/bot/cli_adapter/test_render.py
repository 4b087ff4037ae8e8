"""An answer is shown so that a person can read it, and so that a program can."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli_adapter.render import Renderer, for_program, left
from commands.core.reply import Action, FileRef, Progress, Reply
from tests.bot.cli_adapter.declared import COMMANDS

CHAT = Renderer(COMMANDS, chat=True)
SHELL = Renderer(COMMANDS, chat=False)
WAV = FileRef(id=12, name="hello.wav", path="generations/12.wav", format="wav", bytes=4000, seconds=1.5)


def test_the_path_of_a_file_stands_below_the_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    reply = Reply(text='"Hello." · 1.5 s', files=(WAV,))
    assert CHAT.reply(reply, [Path("/data/generations/12.wav")]) == '"Hello." · 1.5 s\n  /data/generations/12.wav'
    assert CHAT.reply(reply, [tmp_path / "a" / "12.wav"]) == '"Hello." · 1.5 s\n  a/12.wav'


def test_an_action_is_the_command_to_type() -> None:
    action = Action(label="More", command="voices list", values={"language": "de", "mine": True})
    reply = Reply(text="Done.", actions=(action,))
    assert CHAT.reply(reply) == "Done.\n  /voices list de --mine   More"
    assert SHELL.reply(reply) == "Done.\n  mynah voices list de --mine   More"


def test_a_required_value_stands_alone_and_is_quoted_where_it_must_be() -> None:
    action = Action(label="Set", command="quota set", values={"metric": "my metric", "limit": 5, "member": {"id": "7"}})
    shown = SHELL.reply(Reply(actions=(action,)))
    assert shown == "  mynah quota set 'my metric' 5 --member 7   Set"


def test_an_action_that_is_only_handy_or_is_unknown_is_not_shown() -> None:
    again = Action(label="Again", command="history again", values={"job": 7}, handy=True)
    gone = Action(label="Gone", command="no such thing")
    assert CHAT.reply(Reply(text="Done.", actions=(again, gone))) == "Done."


def test_commands_in_a_sentence_are_named_as_they_are_typed() -> None:
    sentence = "That is a lot; /quota show tells what is left, /voices too. See /usr/quota show/x."
    assert CHAT.words(sentence) == sentence
    assert SHELL.words(sentence) == (
        "That is a lot; 'mynah quota show' tells what is left, 'mynah voices' too. See /usr/quota show/x."
    )


def test_values_behind_a_command_in_a_sentence_are_put_so_too() -> None:
    assert SHELL.words("To do it: /quota set confirm=k3v9 limit=5") == (
        "To do it: 'mynah quota set --confirm k3v9 --limit 5'"
    )
    assert SHELL.words("To do it: /quota set everywhere=yes limit=5, or /quota set everywhere=yes") == (
        "To do it: 'mynah quota set --everywhere --limit 5', or 'mynah quota set --everywhere'"
    ), "a switch takes no value"


def test_what_was_asked_is_shown_as_it_was_asked() -> None:
    assert SHELL.words('1 · /speak "Hello" · done') == '1 · /speak "Hello" · done'
    assert SHELL.reply(Reply(text="1 · /quota show · done\nMore: /quota show", items=())) == (
        "1  /quota show  done\nMore: 'mynah quota show'"
    )


def test_long_lines_are_broken_between_words() -> None:
    narrow = Renderer(COMMANDS, chat=True, width=lambda: 20)
    reply = Reply(text="A sentence that is too long.\n\nshort", files=(WAV,))
    path = Path("/a/very/long/path/to/a/file.wav")
    assert narrow.reply(reply, [path]) == f"A sentence that is\ntoo long.\n\nshort\n  {path}"


def test_a_list_is_set_in_columns() -> None:
    text = "en-gb · English (Great Britain) · female\ncmn · 中文 · male\nPage 1 of 2."
    shown = CHAT.reply(Reply(text=text, items=()))
    assert shown == "en-gb  English (Great Britain)  female\ncmn    中文                     male\nPage 1 of 2."


def test_what_others_wrote_cannot_reach_the_terminal() -> None:
    reply = Reply(text="evil\x1b]0;title\x07", actions=(Action(label="\x1b[1m", command="voices list"),))
    assert "\x1b" not in CHAT.reply(reply)
    assert "\x1b" not in for_program(Reply(data={"name": "\x1b[1m\x9b"}))
    assert "\x9b" not in for_program(Reply(data={"name": "\x1b[1m\x9b"}))


def test_a_terminal_without_unicode_gets_what_it_can_show() -> None:
    plain = Renderer(COMMANDS, chat=True, unicode=False)
    assert plain.progress(Progress(job=1, done=0.5, left=10), width=4) == "##--   50 %  10 s left"
    assert plain.reply(Reply(text='"Hello…" · 1.5 s')) == '"Hello..." | 1.5 s'


def test_progress_is_a_bar_a_share_and_what_is_left() -> None:
    assert CHAT.progress(Progress(job=1, done=0.425, left=83), width=8) == "███░░░░░   42 %  1:23 min left"
    assert CHAT.progress(Progress(job=1, done=0.0), width=4) == "░░░░    0 %"


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.1, "1 s"), (59.2, "59 s"), (60, "1:00 min"), (3599, "59:59 min"), (3900, "1:05 h")]
)
def test_what_is_left_is_said_shortly(seconds: float, said: str) -> None:
    assert left(seconds) == said


def test_programs_get_one_object_with_the_file_first() -> None:
    reply = Reply(text="…", files=(WAV,), data={"seconds": 1.5, "voice": "en-gb", "cached": False})
    found = json.loads(for_program(reply, [Path("/tmp/hello.wav")]))
    assert list(found) == ["id", "file", "seconds", "voice", "cached"]
    assert (found["id"], found["file"]) == (12, "/tmp/hello.wav")


def test_programs_get_a_list_as_items_and_a_failure_as_error() -> None:
    assert json.loads(for_program(Reply(items=({"name": "a"},)))) == {"items": [{"name": "a"}]}
    assert json.loads(for_program(Reply(text="No.", error="Refused"))) == {"error": "Refused", "message": "No."}
    assert json.loads(for_program(Reply(text="Done."))) == {"message": "Done."}
    assert "\n" not in for_program(Reply(text="a\nb"))


def test_what_a_person_has_written_stays_as_they_wrote_it() -> None:
    renderer = Renderer(COMMANDS, chat=False)
    text = '"Type /speak now, or 4/5 </speak>" · 1.2 s · English\nAsk with /speak.'
    assert renderer.words(text) == text.replace("with /speak.", "with 'mynah speak'.")
