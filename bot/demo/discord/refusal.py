"""How Discord says no: a status, a code of its own, and a sentence."""

from __future__ import annotations

from typing import Any

from bot.demo.discord.wire import Payload


class Refusal(Exception):
    """Becomes the answer to the call that broke a rule."""

    def __init__(self, status: int, code: int, message: str, **more: Any) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.body: Payload = {"message": message, "code": code, **more}


class NotOffered(AssertionError):
    """Somebody was to do what their Discord does not offer them."""


def bad_form(path: str, code: str, message: str) -> Refusal:
    """Say what is wrong in which field of a body; the path is dotted."""
    node: Payload = {"_errors": [{"code": code, "message": message}]}
    for part in reversed(path.split(".")):
        node = {part: node}
    return Refusal(400, 50035, "Invalid Form Body", errors=node)


def check_length(path: str, text: object, least: int, most: int) -> None:
    """Refuse a string, or a list, that is too short or too long.

    Raises:
        Refusal: It is, or it is neither.
    """
    if not isinstance(text, str | list):
        raise bad_form(path, "BASE_TYPE_REQUIRED", "This field is required")
    if least <= len(text) <= most:
        return
    if least:
        raise bad_form(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
    raise bad_form(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")


def check_number(path: str, number: object, least: int, most: int) -> None:
    """Refuse a number outside its bounds.

    Raises:
        Refusal: It is, or is none.
    """
    if not isinstance(number, int) or isinstance(number, bool):
        raise bad_form(path, "NUMBER_TYPE_COERCE", f'Value "{number}" is not int.')
    if not least <= number <= most:
        raise bad_form(path, "NUMBER_TYPE_RANGE", f"Value should be between {least} and {most}.")
