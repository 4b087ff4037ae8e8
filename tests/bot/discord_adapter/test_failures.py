"""What an error of Discord's means for a send."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from bot.adapter import TryLater, Undeliverable
from bot.discord_adapter.failures import PAUSE, UNTIL_MENDED, in_words, is_gone, is_passing, is_too_large, judged


def refusal(status: int, code: int = 0, text: str = "No.", **headers: str) -> discord.HTTPException:
    """An answer of Discord's that is no yes."""
    response: Any = SimpleNamespace(
        status=status, reason="", headers={k.replace("_", "-"): v for k, v in headers.items()}
    )
    return discord.HTTPException(response, {"code": code, "message": text})


def unreachable() -> aiohttp.ClientConnectorError:
    """Nobody is there."""
    key: Any = SimpleNamespace(host="discord.com", port=443, ssl=True)
    return aiohttp.ClientConnectorError(key, OSError("refused"))


@pytest.mark.parametrize(
    ("error", "after"),
    [
        (discord.RateLimited(42.0), 42.0),
        (refusal(429, Retry_After="7"), 7.0),
        (refusal(429), PAUSE),
        (refusal(429, Retry_After="Wed, 21 Oct"), PAUSE),
        (refusal(502), PAUSE),
        (refusal(401), UNTIL_MENDED),
        (unreachable(), PAUSE),
    ],
)
def test_what_passes_is_tried_later(error: Exception, after: float) -> None:
    verdict = judged(error)
    assert isinstance(verdict, TryLater) and verdict.after == after


def test_the_network_outages_and_too_many_calls_pass() -> None:
    assert all(is_passing(error) for error in (refusal(429), refusal(502), unreachable(), TimeoutError()))
    assert not is_passing(refusal(401)) and not is_passing(ValueError())


def test_what_discord_does_not_take_is_never_taken() -> None:
    verdict = judged(refusal(400, 50035, "Invalid Form Body"))
    assert isinstance(verdict, Undeliverable) and "Invalid Form Body" in str(verdict)


def test_of_a_broken_connection_nobody_knows_what_became() -> None:
    error = aiohttp.ServerDisconnectedError()
    assert judged(error) is error


def test_a_way_is_closed_or_a_file_too_large() -> None:
    assert [status for status in (400, 401, 403, 404, 429, 500) if is_gone(refusal(status))] == [403, 404]
    assert is_gone(refusal(401, 50027)) and not is_gone(refusal(403, 160002))
    assert is_too_large(refusal(413)) and is_too_large(refusal(400, 40005)) and not is_too_large(refusal(400))


def test_errors_are_said_in_a_line() -> None:
    assert in_words(unreachable()) == "discord.com cannot be reached"
    assert in_words(TimeoutError()) == "TimeoutError"
    assert in_words(refusal(400, 1, "One\nTwo")).endswith("One")
