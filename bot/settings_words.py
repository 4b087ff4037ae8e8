"""Settings in words: what one may be, and what is wrong with the value of one."""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterable, Mapping
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo

from bot.settings import Allowed, Begins, Section


def allowed(field: FieldInfo) -> str:
    """Say what a setting may be: 'a whole number from 1 to 64'."""
    if said := next((mark.words for mark in field.metadata if isinstance(mark, Allowed)), None):
        return said
    if begins := next((mark for mark in field.metadata if isinstance(mark, Begins)), None):
        return f"an address that begins with {either(f'{scheme}://' for scheme in begins.schemes)}"
    kind = field.annotation
    if get_origin(kind) is Literal:
        return either(repr(choice) for choice in get_args(kind))
    if kind is bool:
        return "true or false"
    if kind in (int, float):
        return ("a whole number" if kind is int else "a number") + _span(field)
    if kind is SecretStr or kind is str:
        return "text"
    options = get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)
    return either(getattr(option, "__name__", str(option)) for option in options)


def _span(field: FieldInfo) -> str:
    low = next((mark.ge for mark in field.metadata if hasattr(mark, "ge")), None)
    high = next((mark.le for mark in field.metadata if hasattr(mark, "le")), None)
    return (f" from {low:,}" if low is not None else "") + (f" to {high:,}" if high is not None else "")


def either(words: Iterable[str]) -> str:
    """Join words as a choice: 'a, b or c'."""
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def faults(section: type[Section], values: Mapping[str, object], names: Mapping[str, str]) -> list[str]:
    """Say what is wrong with the values of a section, a sentence for each; `names` is what to call each key."""
    wrong = [key for key, value in values.items() if isinstance(value, bool) and _counts(section, key)]
    try:
        section.of(values)
    except ValidationError as error:
        wrong += [str(each["loc"][0]) for each in error.errors() if each["loc"]]
    return [_fault(section.model_fields[key], names[key], values[key]) for key in dict.fromkeys(wrong)]


def _counts(section: type[Section], key: str) -> bool:
    return section.model_fields[key].annotation in (int, float)


def _fault(field: FieldInfo, name: str, value: object) -> str:
    return f"{name} has to be {allowed(field)}, not {_short(value)}."


def _short(value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def nearest(word: str, known: Iterable[str]) -> str:
    """Offer the known words that are nearest to `word`, as a sentence, or all of them where none is near."""
    known = sorted(known)
    near = difflib.get_close_matches(word, known, n=2, cutoff=0.6)
    return f"Did you mean {either(near)}?" if near else f"There are {', '.join(known)}."
