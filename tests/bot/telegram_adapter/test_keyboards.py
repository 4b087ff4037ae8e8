"""Buttons, each of which carries all that it does."""

from __future__ import annotations

from telegram import InlineKeyboardMarkup

from bot import buttons
from bot.buttons import Press
from bot.telegram_adapter.keyboards import CLOSE, MOST, choices, offer, turned
from commands.core.command import commands
from commands.core.reply import Action

EVERY = commands()
AGAIN = Press(command="history again", values={"job": "12"}, asks="voice")


def shown(keyboard: InlineKeyboardMarkup) -> list[list[str]]:
    return [[button.text for button in row] for row in keyboard.inline_keyboard]


def carried(keyboard: InlineKeyboardMarkup) -> list[str]:
    return [str(button.callback_data) for row in keyboard.inline_keyboard for button in row]


def test_actions_become_buttons_two_in_a_row() -> None:
    offered = offer([Action(label=each, command="history keep", values={"job": 1}) for each in "abc"], EVERY)
    assert offered.keyboard is not None and shown(offered.keyboard) == [["a", "b"], ["c"]]
    assert offered.lines == ()


def test_what_a_button_has_no_room_for_is_a_line() -> None:
    offered = offer([Action(label="Hear it", command="speak", values={"text": "word " * 20})], EVERY)
    assert offered.keyboard is None
    assert offered.lines == (f"Hear it: /speak {'word ' * 20}",)


def test_choices_come_in_pages_of_eight() -> None:
    options = [f"voice-{number}" for number in range(20)]
    first, second, last = (choices(AGAIN, options, page) for page in range(3))
    assert [len(row) for row in shown(first)] == [2, 2, 2, 2, 2]
    assert [shown(page)[-1] for page in (first, second, last)] == [
        ["More", "Close"],
        ["Back", "More", "Close"],
        ["Back", "Close"],
    ]
    assert shown(choices(AGAIN, options, 99)) == shown(last)


def test_a_choice_carries_the_whole_request() -> None:
    data = carried(choices(AGAIN, ["old anna"], 0))[0]
    assert buttons.read(data) == Press(command="history again", values={"job": "12", "voice": "old anna"})


def test_a_turn_of_the_page_is_told_from_a_request() -> None:
    options = [f"voice-{number}" for number in range(20)]
    turn = turned(carried(choices(AGAIN, options, 0))[-2])
    assert turn is not None and (turn.page, turn.press) == (1, AGAIN)
    closed = turned(CLOSE)
    assert closed is not None and closed.page == -1
    assert turned("history again&job=12") is None
    assert turned("~~~") is not None


def test_nothing_that_a_button_carries_is_too_long() -> None:
    options = ["x" * length for length in range(1, 60)]
    for page in range(8):
        assert all(len(data.encode()) <= MOST for data in carried(choices(AGAIN, options, page)))
