"""Errors are sentences."""

from __future__ import annotations

import inspect

import pytest

from commands.core import errors
from commands.core.errors import MynahError, NotAllowed, Refused, UsageError

KINDS = [each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, MynahError)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_is_a_sentence_by_itself(kind: type[MynahError]) -> None:
    said = str(kind())
    assert said[0].isupper()
    assert said.endswith(".")
    assert "\n" not in said
    assert kind().key == kind.__name__


def test_facts_are_filled_in_once_so_that_what_people_send_cannot_be_a_template() -> None:
    assert str(UsageError("No {what}.", what="{secret} {0}")) == "No {secret} {0}."
    assert str(UsageError("50 {percent")) == "50 {percent"


def test_a_docstring_takes_facts_too() -> None:
    class Full(Refused):
        """{count} are waiting
        already."""

    assert str(Full(count=3)) == "3 are waiting already."


def test_refusals_can_be_told_from_failures() -> None:
    assert issubclass(NotAllowed, Refused)
    assert not issubclass(errors.Failed, Refused)
