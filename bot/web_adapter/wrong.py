"""Wrong values: what a visitor is told whose request does not have the form that it has to have.

A sentence names the value as they wrote it and says what is expected. Of what they gave nothing but names is repeated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

UNREADABLE = "The request is no JSON that can be read."
NOT_JSON = "The request has to be an object in JSON, sent as 'Content-Type: application/json'."
EMPTY = "may not be empty"
ELSEWISE = "cannot be read"
"""What is said of a value where nothing better is known."""
EXPECTED: Mapping[str, str] = {
    "missing": "is missing",
    "extra_forbidden": "is nothing that is known here",
    "string_type": "has to be a text",
    "string_unicode": "has to be a text without half characters",
    "string_too_short": "has to have {min_length:,} characters or more",
    "string_too_long": "may have {max_length:,} characters at most",
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "has to be a whole number"),
    "int_parsing_size": "has to be a smaller number",
    **dict.fromkeys(("float_type", "float_parsing", "finite_number"), "has to be a number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "has to be true or false"),
    "greater_than": "has to be more than {gt:,}",
    "greater_than_equal": "has to be {ge:,} or more",
    "less_than": "has to be less than {lt:,}",
    "less_than_equal": "has to be {le:,} or less",
    **dict.fromkeys(("enum", "literal_error"), "has to be {expected}"),
    **dict.fromkeys(
        ("dict_type", "mapping_type", "model_type", "model_attributes_type"), "has to be an object in JSON"
    ),
    "list_type": "has to be a list",
    "too_short": "has to have {min_length:,} entries or more",
    "too_long": "may have {max_length:,} entries at most",
    "none_required": "has to be left out, or null",
}
"""What is said of a value, by what pydantic calls its fault."""


def sentence(faults: Sequence[Any], given: object) -> str:
    """Say what is wrong with a request.

    Args:
        faults: As pydantic tells them: the kind, the place, and the bounds that were passed.
        given: The JSON that came, or None.
    """
    if not faults:
        return UNREADABLE
    named = [(_name(each, given), each) for each in faults]
    first = named[0][0][:1]
    # A value of several forms has a fault for each; the form whose fault lies deepest is the one that was meant.
    names, fault = max((each for each in named if each[0][:1] == first), key=lambda each: len(each[0]))
    if fault["type"] == "json_invalid":
        return UNREADABLE
    return f"'{'.'.join(names)}' {_expected(fault)}." if names else NOT_JSON


def _expected(fault: Mapping[str, Any]) -> str:
    bounds = {
        name: int(bound) if isinstance(bound, float) and bound.is_integer() else bound
        for name, bound in (fault.get("ctx") or {}).items()
    }
    if bounds.get("min_length") == 1:
        return EMPTY
    return EXPECTED.get(fault["type"], ELSEWISE).format(**bounds).replace("'", "")


def _name(fault: Mapping[str, Any], given: object) -> list[str]:
    """Return the names that lead to a value, as they were written; pydantic puts its own between them."""
    where, *place = fault["loc"]
    if where != "body":
        return [str(each) for each in place[:1]]
    names: list[str] = []
    for at, part in enumerate(place):
        is_absent = fault["type"] == "missing" and at == len(place) - 1
        inner = _inner(given, part)
        if inner is not None:
            given = inner[0]
        elif not is_absent:
            continue
        names.append(str(part))
    return names


def _inner(given: object, part: str | int) -> tuple[object] | None:
    """Return what lies in a value under a name or a number; None where nothing does."""
    if isinstance(given, Mapping) and part in given:
        return (given[part],)
    if isinstance(given, list) and isinstance(part, int) and part < len(given):
        return (given[part],)
    return None
