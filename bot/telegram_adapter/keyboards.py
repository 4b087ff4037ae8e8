"""Keyboards: the buttons under a message, each of which carries all that it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import buttons
from bot.buttons import Press
from bot.telegram_adapter.wording import typed
from commands.core.command import Command
from commands.core.reply import Action
from engine.value import value

MOST = 64
"""The most bytes that a button carries."""
COLUMNS = 2
PAGE = 8
"""How many choices are shown at once."""
TURN = "~"
"""Begins what a button carries that only changes the keyboard: '~2~history again&job=12&voice=?' turns to page 2."""
CLOSE = f"{TURN}x"


@value
class Offered:
    """What can be done next, in the two ways in which a chat shows it."""

    keyboard: InlineKeyboardMarkup | None
    """The buttons; None where there are none."""
    lines: tuple[str, ...]
    """What to type for what no button has room for."""


@value
class Turned:
    """A press that only changes the keyboard."""

    page: int
    """To which page, the first being 0; -1: the choices are put away."""
    press: Press
    """Of what the choices are."""


def offer(actions: Sequence[Action], commands: Mapping[str, Command]) -> Offered:
    """Make buttons of what can be done next."""
    found = [(action, buttons.write(action, MOST)) for action in actions]
    made = [InlineKeyboardButton(action.label, callback_data=data) for action, data in found if data]
    lines = tuple(line for action, data in found if not data and (line := typed(action, commands)))
    return Offered(keyboard=InlineKeyboardMarkup(_rows(made)) if made else None, lines=lines)


def choices(press: Press, options: Sequence[str], page: int) -> InlineKeyboardMarkup:
    """Make the buttons from which the value that a press asks for is chosen, a page of them."""
    fitting = [(each, data) for each in options if (data := _chosen(press, each))]
    pages = max(1, -(-len(fitting) // PAGE))
    page = min(max(page, 0), pages - 1)
    shown = fitting[page * PAGE : (page + 1) * PAGE]
    rows = _rows([InlineKeyboardButton(label, callback_data=data) for label, data in shown])
    turns = [(page - 1, "Back")] if page > 0 else []
    turns += [(page + 1, "More")] if page + 1 < pages else []
    last = [InlineKeyboardButton(sign, callback_data=_turn(press, to)) for to, sign in turns if _turn(press, to)]
    return InlineKeyboardMarkup([*rows, [*last, InlineKeyboardButton("Close", callback_data=CLOSE)]])


def turned(data: str) -> Turned | None:
    """Read what a press that only changes the keyboard carries; None where it is another."""
    if not data.startswith(TURN):
        return None
    page, _, rest = data[1:].partition(TURN)
    return Turned(page=int(page) if page.isdecimal() and len(page) < 4 else -1, press=buttons.read(rest))


def _chosen(press: Press, option: str) -> str:
    values = {**press.values, press.asks: option}
    return buttons.write(Action(label=option, command=press.command, values=values), MOST)


def _turn(press: Press, page: int) -> str:
    head = f"{TURN}{page}{TURN}"
    action = Action(label="", command=press.command, values=press.values, asks=press.asks)
    rest = buttons.write(action, MOST - len(head))
    return head + rest if rest else ""


def _rows(made: Sequence[InlineKeyboardButton]) -> list[list[InlineKeyboardButton]]:
    return [list(made[at : at + COLUMNS]) for at in range(0, len(made), COLUMNS)]
