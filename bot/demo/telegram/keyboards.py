"""Keyboards: what a bot may put under a message, and what it may ask a person's app to show."""

from __future__ import annotations

from bot.demo.telegram.refusal import bad
from bot.demo.telegram.wire import Wire, units

MOST_BUTTONS = 100
DATA_BYTES = 64
DOES = (
    "callback_data",
    "url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "web_app",
    "login_url",
)
"""What a button can do; each does one of these."""
ALLOWED = {"text", "style", "icon_custom_emoji_id", *DOES}


def checked(markup: Wire | None) -> Wire | None:
    """Return a markup as it is kept.

    Raises:
        Refused: It is no markup, or a button is not as buttons have to be.
    """
    if markup is None:
        return None
    if "inline_keyboard" in markup:
        return _inline(markup["inline_keyboard"])
    if "force_reply" in markup:
        if units(str(markup.get("input_field_placeholder", ""))) > 64:
            raise bad("the input field placeholder is too long")
        return markup
    if "keyboard" in markup or "remove_keyboard" in markup:
        return markup
    raise bad("object expected as reply markup")


def rows(markup: Wire | None) -> list[list[Wire]]:
    """The buttons under a message, row by row."""
    found = (markup or {}).get("inline_keyboard", [])
    return [[dict(button) for button in row] for row in found] if isinstance(found, list) else []


def _inline(given: object) -> Wire | None:
    if not isinstance(given, list) or not all(isinstance(row, list) for row in given):
        raise bad("can't parse inline keyboard: expected an Array of Arrays of InlineKeyboardButton")
    kept = [[_button(button) for button in row] for row in given if row]
    if sum(map(len, kept)) > MOST_BUTTONS:
        raise bad("reply markup is too long")
    return {"inline_keyboard": kept} if kept else None


def _button(given: object) -> Wire:
    if not isinstance(given, dict) or not given.get("text"):
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    does = [each for each in DOES if each in given]
    if len(does) != 1:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if unknown := set(given) - ALLOWED:
        raise bad(f"can't parse inline keyboard button: unknown field {min(unknown)!r}")
    if does == ["callback_data"] and not 1 <= len(str(given["callback_data"]).encode()) <= DATA_BYTES:
        raise bad("BUTTON_DATA_INVALID")
    if does == ["url"] and not str(given["url"]).startswith(("http://", "https://", "tg://")):
        raise bad(f"inline keyboard button URL '{given['url']}' is invalid: Wrong HTTP URL")
    return given
