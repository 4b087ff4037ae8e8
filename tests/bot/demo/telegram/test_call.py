"""What a method reads from a call."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.demo.telegram.call import Call
from bot.demo.telegram.refusal import Refused


def call(**params: str) -> Call:
    return Call(method="sendMessage", params=params, files={}, at=0.0)


def test_numbers_and_truths_are_read() -> None:
    given = call(chat_id="-100123", duration="2.7", protect_content="true", silent="false")
    assert (given.number("chat_id"), given.number("duration"), given.number("topic")) == (-100123, 2, None)
    assert given.flag("protect_content") and not given.flag("silent") and not given.flag("absent")


def test_json_is_read_where_it_is_meant() -> None:
    given = call(scope='{"type": "chat"}', media='[{"type": "audio"}]', message_ids="[1, 2]")
    assert given.record("scope") == {"type": "chat"} and given.record("absent") is None
    assert given.records("media") == [{"type": "audio"}] and given.records("absent") == []
    assert given.words("message_ids") == ["1", "2"]


@pytest.mark.parametrize(
    "read",
    [
        lambda given: given.number("text"),
        lambda given: given.needed("absent"),
        lambda given: given.record("text"),
        lambda given: given.record("list"),
        lambda given: given.records("list"),
        lambda given: given.words("record"),
    ],
)
def test_what_is_no_such_thing_is_refused(read: Callable[[Call], object]) -> None:
    with pytest.raises(Refused, match="Bad Request"):
        read(call(text="{hello", list="[1]", record="{}"))
