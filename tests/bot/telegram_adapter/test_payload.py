"""What Telegram is told, and how a line that a phone has prettified becomes values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram_adapter.payload import begins_with, fits, is_sound, menu, parse
from commands.core.command import Audience, Command, command, commands
from commands.core.context import Context
from commands.core.errors import UsageError
from commands.core.params import Attachment
from commands.core.reply import Reply
from commands.core.request import convert
from tests.fakes.takers import takers

EVERY = commands()
SPEAK = EVERY["speak"]


@command("clone")
async def clone(ctx: Context, recording: Attachment, name: str, consent: bool, keep_days: int = 7) -> Reply:
    """Make a voice.

    Args:
        recording: Of whom.
        name: What to call it.
        consent: Whether they agreed.
        keep_days: For how long.
    """
    return Reply()


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("Good morning all", {"text": "Good morning all"}),
        ("voice=anna speed=1.2 Good morning", {"voice": "anna", "speed": "1.2", "text": "Good morning"}),
        ("VOICE=anna Good morning", {"voice": "anna", "text": "Good morning"}),
        ('voice="old anna" Hi', {"voice": "old anna", "text": "Hi"}),
        ("voice=\u201cold anna\u201d Hi", {"voice": "old anna", "text": "Hi"}),
        ("voice=\u201eold anna\u201c Hi", {"voice": "old anna", "text": "Hi"}),
        ("voice=\u00abold anna\u00bb Hi", {"voice": "old anna", "text": "Hi"}),
        ("voice=\u2018old anna\u2019 Hi", {"voice": "old anna", "text": "Hi"}),
        ("--voice=anna Hi", {"voice": "anna", "text": "Hi"}),
        ("\u2014voice=anna \u2013speed=2 Hi", {"voice": "anna", "speed": "2", "text": "Hi"}),
        ("voice=anna text=Hi there, voice=bob", {"voice": "anna", "text": "Hi there, voice=bob"}),
        ("voice= Hi", {"voice": "", "text": "Hi"}),
        ("x=1 is an equation", {"text": "x=1 is an equation"}),
        ("Hi voice=anna", {"text": "Hi voice=anna"}),
        ("voice=anna\nTwo\nlines", {"voice": "anna", "text": "Two\nlines"}),
        ("\u201cQuoted\u201d text \u2014 stays", {"text": "\u201cQuoted\u201d text \u2014 stays"}),
        ('voice="anna Hi', {"voice": '"anna', "text": "Hi"}),
        ("", {}),
    ],
)
def test_options_stand_before_the_text(line: str, values: dict[str, object]) -> None:
    assert parse(SPEAK, line) == values


def test_the_message_replied_to_is_the_text_where_none_is_typed() -> None:
    assert parse(SPEAK, "voice=anna", replied_to="the old message") == {"voice": "anna", "text": "the old message"}
    assert parse(SPEAK, "new words", replied_to="the old message") == {"text": "new words"}


@pytest.mark.parametrize(
    ("name", "line", "values"),
    [
        ("voices default", "anna", {"name": "anna"}),
        ("voices default", "old anna", {"name": "old anna"}),
        ("voices list", "en male", {"language": "en", "sex": "male"}),
        ("voices list", "page=2 en", {"page": "2", "language": "en"}),
        ("jobs show", "12", {"job": "12"}),
        ("help", "quota set", {"command": "quota set"}),
        ("quota set", "characters 500 period=month", {"metric": "characters", "limit": "500", "period": "month"}),
        ("quota set", "characters limit=\u22121", {"metric": "characters", "limit": "-1"}),
        ("quota set", "characters \u20131", {"metric": "characters", "limit": "-1"}),
        ("forget", "confirm=abc123", {"confirm": "abc123"}),
        ("about", "", {}),
    ],
)
def test_words_without_a_key_fill_the_parameters_in_order(name: str, line: str, values: dict[str, object]) -> None:
    assert parse(EVERY[name], line) == values


def test_a_file_goes_where_a_file_is_asked_for_and_the_words_to_the_rest() -> None:
    recording = Attachment(name="a.ogg", reference="file-7")
    assert parse(clone, "grandma yes keep\u2013days=3", attachment=recording) == {
        "recording": recording,
        "name": "grandma",
        "consent": "yes",
        "keep_days": "3",
    }


SOUND, TEXT = Attachment(name="voice.ogg", content_type="audio/ogg"), Attachment(name="said.txt")


def test_each_file_goes_to_the_parameter_for_its_kind() -> None:
    cloning = takers()["clone"]
    for attachment, beside in ((SOUND, TEXT), (TEXT, SOUND)):
        given = parse(cloning, "Ada", attachment=attachment, beside=beside)
        assert given == {"name": "Ada", "recording": SOUND, "transcript": TEXT}
    assert parse(cloning, "Ada", attachment=TEXT) == {"name": "Ada", "transcript": TEXT}
    assert parse(cloning, "Ada", attachment=SOUND, beside=SOUND) == {"name": "Ada", "recording": SOUND}


def test_a_command_begins_with_a_file_that_it_needs_and_with_none_that_only_helps() -> None:
    cloning = takers()["clone"]
    assert begins_with(cloning, SOUND) and not begins_with(cloning, TEXT)
    assert begins_with(SPEAK, TEXT) and not begins_with(SPEAK, SOUND), "it will do in place of the words"
    assert not begins_with(EVERY["about"], TEXT)


def test_a_sound_never_goes_where_a_text_is_wanted_but_what_is_neither_is_for_the_command_to_refuse() -> None:
    assert parse(SPEAK, "Hello", attachment=SOUND) == {"text": "Hello"}
    book = Attachment(name="a.pdf")
    assert parse(SPEAK, "", attachment=book) == {"file": book}
    assert parse(EVERY["voices import"], "", attachment=SOUND) == {"file": SOUND}


@pytest.mark.parametrize(
    ("name", "type", "sound"),
    [
        ("voice.ogg", "", True),
        ("VOICE.WAV", "application/octet-stream", True),
        ("ada", "audio/flac", True),
        ("clip", "video/mp4", True),
        ("a.txt", "text/plain", False),
        ("a.png", "image/png", False),
        ("", "", False),
    ],
)
def test_a_sound_is_told_by_its_type_or_by_its_name(name: str, type: str, sound: bool) -> None:
    file = Attachment(name=name, content_type=type)
    recording = takers()["clone"].param("recording")
    assert recording is not None
    assert is_sound(file) is fits(recording, file) is sound
    assert not fits(takers()["clone"].params[0], file), "a name is no file"


def test_a_word_too_many_and_an_unknown_option_are_refused_by_name() -> None:
    with pytest.raises(UsageError, match="/jobs show does not know what to do with 'please'"):
        parse(EVERY["jobs show"], "12 please")
    with pytest.raises(UsageError, match="/jobs show has no 'nummer'"):
        convert(EVERY["jobs show"], parse(EVERY["jobs show"], "12 nummer=3"))


@given(st.text())
def test_no_line_breaks_the_reading_of_it(line: str) -> None:
    assert set(parse(SPEAK, line)) <= {"text", "voice", "speed"}
    for name in ("jobs show", "voices list"):
        try:
            parse(EVERY[name], line)
        except UsageError as error:
            assert str(error).startswith(f"/{name} does not know what to do with")


@given(st.text().map(str.strip).filter(lambda text: text and "=" not in text))
def test_a_text_without_options_is_said_just_as_it_stands(text: str) -> None:
    assert parse(SPEAK, text) == {"text": text}


def test_a_menu_holds_what_its_readers_may_use() -> None:
    shown = {audience: {each.command for each in menu(EVERY, audience)} for audience in Audience}
    assert "quota_show" in shown[Audience.EVERYONE]
    assert "quota_set" not in shown[Audience.EVERYONE]
    assert "quota_set" in shown[Audience.ADMINS]
    assert shown[Audience.OWNERS] == {"_".join(each.path) for each in EVERY.values()}


def test_a_menu_says_what_each_command_does() -> None:
    described = {each.command: each.description for each in menu(EVERY, Audience.OWNERS)}
    assert described["speak"] == SPEAK.summary


def make(*path: str) -> Command:
    @command(*path)
    async def handler(ctx: Context) -> Reply:
        """Do it."""
        return Reply()

    return handler


def test_the_words_of_a_command_are_joined_by_underscores() -> None:
    assert [each.command for each in menu({"a b": make("a", "b")}, Audience.EVERYONE)] == ["a_b"]
