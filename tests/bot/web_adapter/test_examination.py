"""The doctor says where the page would be, and who could reach it."""

from __future__ import annotations

import pytest

from bot.settings import Web
from bot.web_adapter.binding import bind
from bot.web_adapter.examination import findings


def states(**settings: object) -> list[tuple[str, str]]:
    return [(each.state, each.words) for each in findings(Web.of({"port": 0, **settings}))]


def test_for_this_machine_alone_all_is_well() -> None:
    assert [state for state, _ in states()] == ["good"]


def test_a_port_that_is_taken_is_no_fault() -> None:
    with bind("127.0.0.1", 0) as taken:
        ((state, words),) = states(port=taken.getsockname()[1])
    assert state == "note" and "is taken" in words


def test_an_address_that_is_not_this_machines_is_one() -> None:
    ((state, words),) = states(listen="192.0.2.1")
    assert state == "bad" and "192.0.2.1:0 cannot be listened at" in words


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"listen": "0.0.0.0"}, "a proxy that speaks TLS"),
        ({"public_url": "http://mynah.example.org"}, "no https address"),
        ({"any_key_from_loopback": True}, "without a token"),
    ],
)
def test_what_lets_others_in_is_told(settings: dict[str, object], told: str) -> None:
    good, note = states(**settings)
    assert (good[0], note[0]) == ("good", "note") and told in note[1]


def test_an_https_address_is_well() -> None:
    assert len(states(public_url="https://mynah.example.org")) == 1
