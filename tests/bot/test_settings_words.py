"""Settings are put in words: what they may be, and what is wrong."""

from __future__ import annotations

import pytest

from bot.settings import SECTIONS
from bot.settings_words import allowed, faults, nearest


@pytest.mark.parametrize(
    ("section", "key", "words"),
    [
        ("jobs", "running", "a whole number from 1 to 64"),
        ("quota", "bytes", "a whole number from 0, or 'unlimited'"),
        ("mynah", "log", "'auto', 'stderr' or 'file'"),
        ("terminal", "play", "true or false"),
        ("discord", "token", "text"),
        ("discord", "api_base", "an address that begins with https:// or http://"),
        ("discord", "gateway_url", "an address that begins with wss:// or ws://"),
        ("owners", "discord", "a list of account ids, such as 8035, 8036"),
    ],
)
def test_what_a_setting_may_be(section: str, key: str, words: str) -> None:
    assert allowed(SECTIONS[section].model_fields[key]) == words


def test_faults_name_the_setting_as_it_was_given_and_are_said_once() -> None:
    values: dict[str, object] = {"running": True, "per_user": "x" * 100, "attempts": 3}
    said = faults(SECTIONS["jobs"], values, {key: f"jobs.{key}" for key in values})
    assert said[0] == "jobs.running has to be a whole number from 1 to 64, not true."
    assert said[1].startswith("jobs.per_user has to be") and said[1].endswith("x….") and len(said[1]) < 120
    assert len(said) == 2


def test_the_nearest_words_are_offered_or_all() -> None:
    assert nearest("runing", ["running", "attempts"]) == "Did you mean running?"
    assert nearest("zzz", ["b", "a"]) == "There are a, b."
