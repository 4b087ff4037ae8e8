"""What is typed behind `mynah` is understood, or answered with a sentence that says what would be."""

from __future__ import annotations

import pytest

from bot.cli_adapter.parser import Typed, read, wants_json
from commands.core.errors import UsageError
from tests.bot.cli_adapter.declared import COMMANDS


def typed(*words: str) -> Typed:
    return read(words, COMMANDS)


def asked(*words: str) -> tuple[str, dict[str, object]]:
    found = typed(*words)
    assert found.command is not None
    return found.command.name, dict(found.values)


def refused(*words: str) -> str:
    with pytest.raises(UsageError) as caught:
        typed(*words)
    return str(caught.value)


def test_nothing_behind_mynah_runs_it() -> None:
    assert typed().own == "run"
    assert typed("--config", "a.toml") == Typed(own="run", config="a.toml")
    assert typed("run", "--config=a.toml") == Typed(own="run", config="a.toml")


@pytest.mark.parametrize(
    "words",
    [
        ("speak", "Hello", "--voice", "en-gb"),
        ("speak", "--voice", "en-gb", "Hello"),
        ("speak", "--voice=en-gb", "--text", "Hello"),
        ("speak", "--text=Hello", "--voice", "en-gb"),
        ("speak", "--voice", "en-gb", "--", "Hello"),
    ],
)
def test_a_required_value_may_stand_alone_or_behind_its_option(words: tuple[str, ...]) -> None:
    assert asked(*words) == ("speak", {"text": "Hello", "voice": "en-gb"})


def test_words_that_stand_alone_fill_what_options_left() -> None:
    wanted = ("quota set", {"metric": "characters", "limit": "100", "period": "day"})
    assert asked("quota", "set", "characters", "100", "--period", "day") == wanted
    assert asked("quota", "set", "--period", "day", "--metric", "characters", "100") == wanted
    assert asked("quota", "set", "100", "--period=day", "--metric=characters") == wanted
    assert asked("quota", "set", "--limit", "100", "characters", "--period", "day") == wanted


def test_the_first_of_the_other_values_may_stand_alone_too() -> None:
    assert asked("voices", "list", "de") == ("voices list", {"language": "de"})
    assert asked("quota", "set", "characters", "100", "day")[1]["period"] == "day"
    assert refused("quota", "set", "characters", "100", "day", "7").startswith("quota set has no use for '7'")


def test_a_bare_group_does_what_its_list_or_its_show_does() -> None:
    assert asked("voices") == ("voices list", {})
    assert asked("voices", "--language", "de") == ("voices list", {"language": "de"})
    assert asked("quota") == ("quota show", {})
    assert refused("jobs") == "jobs has retry."


def test_a_switch_is_on_off_or_said_in_words() -> None:
    assert asked("voices", "--mine")[1] == {"mine": True}
    assert asked("voices", "--no-mine")[1] == {"mine": False}
    assert asked("voices", "--mine=no")[1] == {"mine": "no"}
    assert refused("voices", "--no-mine=no") == "--no-mine takes no value."


def test_hyphens_in_an_option_are_underscores_in_the_parameter() -> None:
    assert asked("clone", "a.wav", "--keep-days", "3")[1] == {"recording": "a.wav", "keep_days": "3"}


@pytest.mark.parametrize("text", ["-5 degrees", "-5", "-", "- Yes?", "--- a rule ---", "-- he said", "", "--x y"])
def test_text_that_begins_with_a_hyphen_is_text(text: str) -> None:
    assert asked("speak", text)[1] == {"text": text}


def test_behind_two_hyphens_everything_is_text() -> None:
    assert asked("speak", "--voice", "en-gb", "--", "--voice")[1] == {"text": "--voice", "voice": "en-gb"}


def test_the_options_of_every_command_stand_before_or_behind_it() -> None:
    before = typed("--json", "--config", "a.toml", "speak", "Hello")
    behind = typed("speak", "Hello", "--json", "--config", "a.toml")
    assert before == behind
    assert before.json and before.config == "a.toml"
    assert typed("speak", "Hello", "--output", "b.wav").output == "b.wav"


def test_help_is_about_what_stands_before_it() -> None:
    assert typed("--help").own == "help"
    assert typed("-h").about == ()
    assert typed("speak", "--help").about == ("speak",)
    assert typed("speak", "Hello", "-h").about == ("speak",)
    assert typed("quota", "--help").about == ("quota",)
    assert typed("quota", "set", "--help").about == ("quota", "set")
    assert typed("run", "--help").about == ("run",)
    assert typed("--version").own == "version"


def test_what_the_program_does_by_itself_takes_its_own_word_and_options_only() -> None:
    assert (typed("doctor", "--json").own, typed("doctor", "--json").json) == ("doctor", True)
    assert typed("--json", "doctor").json and typed("doctor", "--config", "a.toml").config == "a.toml"
    assert (typed("demo", "telegram").own, typed("demo", "telegram").about) == ("demo", ("telegram",))
    assert typed("demo", "--help") == typed("demo", "discord", "--help")
    for words, said in (
        (["demo"], "demo needs the name of a platform: discord, telegram."),
        (["demo", "irc"], "demo needs the name of a platform: discord, telegram."),
        (["doctor", "now"], "'mynah doctor [--config FILE] [--json]' is all that doctor takes."),
        (["run", "--json"], "'mynah run [--config FILE]' is all that run takes."),
        (["demo", "discord", "now"], "'mynah demo discord|telegram' is all that demo takes."),
    ):
        with pytest.raises(UsageError) as refused:
            typed(*words)
        assert str(refused.value) == said


def test_what_the_program_does_by_itself_may_have_words_of_its_own() -> None:
    assert typed("models").about == typed("models", "list").about == ("list",)
    assert typed("models", "--json").json and typed("--json", "models", "check", "ada").json
    pull = typed("models", "--config", "a.toml", "pull", "--mirror", "https://a", "xtts_v2", "--accept-license=cpml")
    assert (pull.own, pull.about, pull.config) == ("models", ("pull", "xtts_v2"), "a.toml")
    assert pull.options == {"mirror": "https://a", "accept-license": "cpml"}
    assert typed("models", "remove", "ada", "--yes").options == {"yes": ""}
    assert typed("models", "--help").about == typed("help", "models").about == ("models",)
    assert typed("models", "pull", "-h").about == typed("help", "models", "pull").about == ("models", "pull")
    for words, said in (
        (["models", "pul"], "models has no 'pul'. Did you mean pull?"),
        (["models", "xyzzy"], "models has no 'xyzzy'. models has list, pull, remove, check."),
        (["models", "pull"], "'mynah models pull NAME [--accept-license NAME] [--mirror URL] [--renewed] "),
        (["models", "check", "a", "b"], "'mynah models check NAME [--config FILE] [--json]' is how that is typed."),
        (["models", "list", "ada"], "'mynah models list [--config FILE] [--json]' is how that is typed."),
        (["models", "pull", "a", "--miror", "b"], "models pull has no option --miror. Did you mean --mirror?"),
        (["models", "pull", "a", "--mirror"], "--mirror needs a value behind it."),
        (["models", "pull", "a", "--renewed=1"], "models pull has no option --renewed=1. Did you mean --renewed?"),
    ):
        with pytest.raises(UsageError) as refused:
            typed(*words)
        assert str(refused.value).startswith(said)


def test_help_may_stand_in_front_too() -> None:
    assert typed("help", "doctor") == typed("doctor", "--help")
    assert typed("help") == typed("help", "--help") == typed("--help")
    assert typed("help", "quota", "set") == typed("quota", "set", "--help")
    assert typed("help", "quota") == typed("quota", "--help")
    assert typed("help", "command=speak") == typed("speak", "--help")
    assert "Did you mean speak?" in refused("help", "speek")


def test_a_value_may_be_given_as_help_writes_it_but_a_text_is_a_text() -> None:
    assert asked("quota", "set", "metric=characters", "limit=5")[1] == {"metric": "characters", "limit": "5"}
    assert asked("speak", "voice=en-gb")[1] == {"text": "voice=en-gb"}


def test_an_unknown_command_is_answered_with_the_nearest() -> None:
    assert refused("speek", "Hello") == "There is no command 'speek'. Did you mean speak?"
    assert refused("quota", "shwo") == "quota has no 'shwo'. Did you mean show?"
    assert refused("xyzzy") == "There is no command 'xyzzy'. mynah --help shows what there is."
    assert refused("Hello there") == "There is no command 'Hello there'. To have something said: mynah speak \"…\""


def test_an_unknown_option_is_answered_with_the_nearest() -> None:
    assert refused("speak", "Hello", "--voic", "en-gb") == "speak has no option --voic. Did you mean --voice?"
    assert refused("speak", "Hello", "-voice", "en") == (
        "Options begin with two hyphens, and -voice has one. Did you mean --voice?"
    )
    assert refused("--confg", "a.toml") == "mynah has no option --confg. Did you mean --config?"
    assert "It has --language, --mine, --json" in refused("voices", "--zzz")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("speak",), "speak needs text: What to say."),
        (("speak", "Hello", "--voice"), "--voice needs a value behind it."),
        (("speak", "Hello", "--text", "Hello"), "speak takes one text; put quotes around it"),
        (("speak", "--text", "a", "--text", "b"), "--text is given twice; give it once."),
        (("speak", "Hello", "there"), "speak takes one text; put quotes around it"),
        (("quota", "show", "me"), "quota show has no use for 'me'; it takes nothing."),
        (("jobs", "retry", "1", "2"), "jobs retry has no use for '2'; what else it takes goes behind --options."),
        (("speak", "Hello", "--json=yes"), "--json takes no value."),
        (("speak", "Hello", "--output="), "--output needs a value behind it."),
        (("--config",), "--config needs the name of a settings file behind it."),
        (("voices", "--output", "x"), "voices list has no option --output."),
        (("run", "fast"), "'mynah run [--config FILE]' is all that run takes."),
        (("completion", "cmd"), "completion needs the name of your shell: bash, zsh, fish."),
    ],
)
def test_what_makes_no_sense_is_answered_in_words(words: tuple[str, ...], sentence: str) -> None:
    assert refused(*words).startswith(sentence)


def test_braces_in_what_was_typed_are_no_harm() -> None:
    assert "'{x}'" in refused("{x}")
    assert "--{x}" in refused("speak", "Hello", "--{x}")


def test_a_program_is_known_by_its_option_even_where_the_rest_makes_no_sense() -> None:
    assert wants_json(["speek", "--json"])
    assert not wants_json(["speak", "--", "--json"])


def test_a_word_that_stands_behind_a_group_is_offered_with_its_group() -> None:
    last = next(name for name in COMMANDS if " " in name).rpartition(" ")[2]
    assert f" {last}" in refused(last) and "Did you mean mynah " in refused(last)


def test_a_voice_is_made_from_any_number_of_recordings() -> None:
    found = typed("clone", "--recording", "a.wav", "b.wav", "--keep-days", "3", "--recording=c.wav", "--consent", "Own")
    assert found.recordings == ("a.wav", "b.wav", "c.wav")
    assert dict(found.values) == {"recording": "a.wav", "keep_days": "3"}
    assert found.consent == "own"
    assert typed("clone", "a.wav").recordings == ("a.wav",)
    assert typed("speak", "Hello").recordings == ()


def test_the_host_answers_for_a_voice_in_one_of_two_ways() -> None:
    assert typed("clone", "a.wav").consent == ""
    assert "not 'maybe'" in refused("clone", "a.wav", "--consent", "maybe")
    assert refused("speak", "Hello", "--consent", "own").startswith("speak has no option --consent.")
    assert refused("clone", "--recording", "--consent", "own").startswith("clone needs recording")
