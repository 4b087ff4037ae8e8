"""What newcomers are told, and those who send a file without a word."""

from __future__ import annotations

from bot.telegram_adapter.greetings import code, greeting, what_can_be_done
from commands.core.command import command, commands
from commands.core.context import Context
from commands.core.params import Attachment
from commands.core.reply import Reply
from tests.fakes.takers import takers

EVERY = commands()
VOICE = Attachment(name="voice.ogg", reference="v")


@command("clone")
async def clone(ctx: Context, recording: Attachment) -> Reply:
    """Make a voice.

    Args:
        recording: Of whom.
    """
    return Reply()


def test_a_greeting_names_only_what_there_is() -> None:
    told = greeting("Ada", EVERY, group=False).text
    assert told.count("\n") == 1 and "/voices list, /help and /privacy" in told
    assert "privacy" not in greeting("", {"help": EVERY["help"]}, group=False).text


def test_in_a_group_another_first_step_is_told() -> None:
    assert "answer a message with /speak" in greeting("Ada", EVERY, group=True).text


def test_a_link_that_joins_accounts_is_told_from_others() -> None:
    assert code("link-k3v9x2mq") == "k3v9x2mq"
    assert code("hello") == code("") == ""


def test_what_takes_a_recording_is_offered_as_soon_as_there_is_such_a_command() -> None:
    assert what_can_be_done(VOICE, True, [], EVERY).actions == ()
    (action,) = what_can_be_done(VOICE, True, [clone], {"clone": clone}).actions
    assert (action.label, action.command, action.values) == ("Clone", "clone", {"recording": "^"})
    (action,) = what_can_be_done(VOICE, True, [takers()["clone"]], takers()).actions
    assert action.label == "Clone this voice", "as other platforms have it"


def test_what_is_no_use_is_told_what_would_be() -> None:
    picture = Attachment(name="a.png", content_type="image/png")
    speak = {"speak": EVERY["speak"]}
    assert what_can_be_done(VOICE, True, [], speak).text.startswith("I have no use for a recording")
    told = what_can_be_done(picture, False, [], speak).text
    assert told == "I can read .txt or .md files only. Send me the text itself, or such a file."
    told = what_can_be_done(picture, False, [], {**speak, **takers()}).text
    assert told.startswith("I can read .txt or .md files, and listen to recordings. ")
