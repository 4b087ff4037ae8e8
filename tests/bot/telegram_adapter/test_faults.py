"""What Telegram's errors mean for the courier."""

from __future__ import annotations

import os

import httpx
import pytest
from telegram.error import (
    BadRequest,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.adapter import TryLater, Undeliverable
from bot.telegram_adapter.faults import Flooded, has_no_chat, is_old_reference, is_too_large, judged, takes_no_such


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        Forbidden("Forbidden: bot was blocked by the user"),
        BadRequest("Chat not found"),
        BadRequest("Message thread not found"),
        BadRequest("Not enough rights to send text messages to the chat"),
    ],
)
def test_what_will_never_be_taken_is_undeliverable(error: TelegramError) -> None:
    assert isinstance(judged(error), Undeliverable)
    assert str(judged(error)) == error.message


@pytest.mark.parametrize(
    "error",
    [
        NetworkError("Bad Gateway (502). Parsing the server response failed"),
        NetworkError("Internal Server Error"),
        InvalidToken("Unauthorized"),
        caused(NetworkError("httpx.ConnectError: refused"), httpx.ConnectError("refused")),
        caused(TimedOut(), httpx.ConnectTimeout("slow")),
        caused(TimedOut("Pool timeout"), httpx.PoolTimeout("full")),
    ],
)
def test_what_surely_was_not_sent_is_tried_later(error: TelegramError) -> None:
    assert isinstance(judged(error), TryLater)


@pytest.mark.parametrize(
    "error",
    [
        caused(TimedOut(), httpx.ReadTimeout("slow")),
        caused(NetworkError("httpx.RemoteProtocolError"), httpx.RemoteProtocolError("gone")),
        caused(NetworkError("httpx.ReadError"), httpx.ReadError("gone")),
        NetworkError("Gateway Timeout (504). Parsing the server response failed"),
        TelegramError("Invalid server response"),
    ],
)
def test_of_what_may_have_been_sent_nobody_claims_to_know(error: TelegramError) -> None:
    assert judged(error) is error


def test_how_long_to_wait_is_what_telegram_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "PTB_TIMEDELTA", "1")
    for error in (RetryAfter(7), Flooded(7.0)):
        verdict = judged(error)
        assert isinstance(verdict, TryLater) and verdict.after == 7.0


def test_refusals_are_told_apart_by_their_words() -> None:
    assert is_too_large(NetworkError("Request Entity Too Large"))
    assert takes_no_such(BadRequest("Voice_messages_forbidden"))
    assert takes_no_such(BadRequest("Not enough rights to send voice notes to the chat"))
    assert takes_no_such(BadRequest("File of size 11000000 bytes is too big for a photo"))
    assert takes_no_such(BadRequest("Photo_invalid_dimensions")) and takes_no_such(BadRequest("Image_process_failed"))
    assert has_no_chat(BadRequest("Chat not found")) and has_no_chat(Forbidden("bot was blocked by the user"))
    assert is_old_reference(BadRequest("Wrong file identifier/http url specified"))
    for told in (is_too_large, takes_no_such, is_old_reference):
        assert not told(BadRequest("Chat not found"))
