"""A line of the chat is understood, or answered with a sentence that says what would be."""

from __future__ import annotations

import time

import pytest

from bot.cli_adapter.line import read_line
from commands.core.errors import UsageError
from tests.bot.cli_adapter.declared import COMMANDS


def asked(line: str) -> tuple[str, dict[str, object]]:
    found = read_line(line, COMMANDS)
    assert found.command is not None
    return found.command.name, dict(found.values)


def refused(line: str) -> str:
    with pytest.raises(UsageError) as caught:
        read_line(line, COMMANDS)
    return str(caught.value)


def test_a_line_without_a_slash_is_spoken() -> None:
    assert asked("  voice=en-gb is what I mean. ") == ("speak", {"text": "voice=en-gb is what I mean."})
    assert asked("") == ("speak", {"text": ""})


@pytest.mark.parametrize(
    "options",
    [
        "--voice en-gb --speed 1.2",
        "--voice=en-gb --speed=1.2",
        "voice=en-gb speed=1.2",
        '--voice "en-gb" speed="1.2"',
        "—voice en-gb —speed 1.2",
        "voice=“en-gb” speed=1.2",
        "--VOICE en-gb   SPEED=1.2",
    ],
)
def test_options_stand_in_front_and_the_rest_is_the_text(options: str) -> None:
    text = 'She said: "Use --voice, or voice=en-us!"  Then   left.'
    assert asked(f"/speak {options} {text}") == ("speak", {"voice": "en-gb", "speed": "1.2", "text": text})


@pytest.mark.parametrize("text", ["— Yes?", "--- a rule", "“Quoted” he said", "it's", "'tis", "a=b", "-5 °", '"'])
def test_text_may_begin_with_anything(text: str) -> None:
    assert asked(f"/speak {text}") == ("speak", {"text": text})


def test_line_breaks_that_were_pasted_stay_in_the_text() -> None:
    assert asked("/speak voice=en\nOne.\n\nTwo.")[1] == {"voice": "en", "text": "One.\n\nTwo."}


def test_behind_two_hyphens_everything_is_text() -> None:
    assert asked("/speak -- --voice is an option")[1] == {"text": "--voice is an option"}


def test_the_text_may_be_named() -> None:
    assert asked("/speak --text Hello, voice=x")[1] == {"text": "Hello, voice=x"}
    assert asked("/speak text=Hello there")[1] == {"text": "Hello there"}


def test_single_words_come_before_the_text() -> None:
    wanted = ("voices note", {"voice": "en-gb", "note": "is --voice one"})
    assert asked("/voices note en-gb is --voice one") == wanted
    assert asked("/voices note voice=en-gb is --voice one") == wanted
    assert asked('/voices note "Old Ann" is dear')[1] == {"voice": "Old Ann", "note": "is dear"}


def test_options_may_stand_anywhere_where_no_text_is_wanted() -> None:
    wanted = ("quota set", {"metric": "characters", "limit": "100", "period": "day"})
    assert asked("/quota set characters 100 --period day") == wanted
    assert asked("/quota set period=day characters 100") == wanted
    assert asked("/quota_set characters --period day 100") == wanted
    assert asked("/QUOTA Set characters --period day 100") == wanted


def test_the_first_of_the_other_values_may_stand_alone_too() -> None:
    assert asked("/voices list de") == ("voices list", {"language": "de"})
    assert asked("/voices list de --mine") == ("voices list", {"language": "de", "mine": True})


def test_a_bare_group_does_what_its_list_or_its_show_does() -> None:
    assert asked("/voices") == ("voices list", {})
    assert asked("/voices language=de --mine") == ("voices list", {"language": "de", "mine": True})
    assert asked("/quota") == ("quota show", {})
    assert refused("/jobs") == "/jobs has retry."


def test_what_is_unknown_is_answered_with_the_nearest() -> None:
    assert refused("/speek Hello") == "There is no command /speek. Did you mean /speak?"
    assert refused("/qiut") == "There is no command /qiut. Did you mean /quit or /quota?"
    assert refused("/voices lits") == "/voices has no 'lits'. Did you mean list?"
    assert refused("/speak --voic en-gb Hello") == "/speak has no option --voic. Did you mean --voice?"
    assert refused("/voices --zzz") == "/voices list has no option --zzz. It has --language, --mine, --help."
    assert refused("/xyzzy").startswith("There is no command /xyzzy. /help shows them all;")
    assert refused("/") == "A command goes behind the slash. /help shows them all."


def test_what_is_missing_or_too_much_is_said() -> None:
    assert refused("/speak --voice en-gb") == "/speak needs text: What to say."
    assert refused("/speak --voice") == "--voice needs a value behind it."
    assert refused("/jobs retry 1 2").startswith("/jobs retry has no use for '2'")


def test_help_can_be_asked_of_a_command() -> None:
    assert read_line("/quota set --help", COMMANDS).about == ("quota", "set")


def test_a_line_of_a_megabyte_takes_no_time() -> None:
    words = "word " * 200_000
    start = time.process_time()
    assert len(str(asked(f"/speak {words}")[1]["text"])) == 999_999
    assert refused(f"/jobs retry {words}")
    assert asked("/speak " + '"' * 1_000_000)
    assert time.process_time() - start < 3
