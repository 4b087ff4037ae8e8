"""A button carries what it does, so that it still does it after a restart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import buttons
from bot.buttons import Press
from commands.core.reply import Action

NAMES = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12)


def test_a_button_reads_like_the_command() -> None:
    action = Action(label="Other voice", command="history again", values={"job": 12}, asks="voice")
    assert buttons.write(action, 64) == "history again&job=12&voice=?"
    assert buttons.read("history again&job=12&voice=?") == Press(
        command="history again", values={"job": "12"}, asks="voice"
    )


@given(
    command=st.lists(NAMES, min_size=1, max_size=3).map(" ".join),
    values=st.dictionaries(NAMES, st.text() | st.integers(), max_size=4),
    asks=st.just("") | NAMES,
)
def test_what_is_written_is_read(command: str, values: dict[str, str | int], asks: str) -> None:
    values.pop(asks, None)
    whole = {name: v.encode(errors="replace").decode() if isinstance(v, str) else v for name, v in values.items()}
    text = buttons.write(Action(label="x", command=command, values=whole, asks=asks), 10**6)
    assert buttons.read(text) == Press(command=command, values={n: str(v) for n, v in whole.items()}, asks=asks)


@given(st.text())
def test_whatever_somebody_sends_is_read_as_something(text: str) -> None:
    assert isinstance(buttons.read(text), Press)


def test_what_has_no_room_is_no_button() -> None:
    action = Action(label="x", command="speak", values={"text": "ä" * 20})
    written = buttons.write(action, 10**6)
    assert buttons.write(action, len(written.encode())) == written
    assert buttons.write(action, len(written.encode()) - 1) == ""


@pytest.mark.parametrize(
    ("value", "carried"),
    [(True, "yes"), (False, "no"), (1.5, "1.5"), ({"id": "discord:7", "name": "Ada"}, "discord:7")],
)
def test_a_value_is_carried_as_a_person_would_type_it(value: object, carried: str) -> None:
    action = Action(label="x", command="speak", values={"it": value})
    assert buttons.read(buttons.write(action, 100)).values == {"it": carried}


def test_a_value_that_nobody_gave_is_left_out() -> None:
    assert buttons.write(Action(label="x", command="speak", values={"voice": None}), 100) == "speak"
