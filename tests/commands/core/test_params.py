"""What a value may be, and what it looks like when it is stored."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.core.errors import UsageError
from commands.core.params import (
    Attachment,
    Between,
    JobId,
    Limit,
    Member,
    Param,
    PlaceId,
    Role,
    Speed,
    Text,
    VoiceName,
    mend,
    read_param,
)


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


def param(hint: object, default: object = None) -> Param:
    return read_param("keep_days", hint, default, "How long.")


@pytest.mark.parametrize(
    ("hint", "raw", "value"),
    [
        (int, "1_000", 1_000),
        (int, " 7 ", 7),
        (float, "1.5", 1.5),
        (float, 2, 2.0),
        (bool, "Yes", True),
        (bool, "off", False),
        (Colour, " RED ", Colour.RED),
        (Colour, Colour.BLUE, Colour.BLUE),
        (str, "  a name ", "a name"),
        (VoiceName, " anna ", "anna"),
        (Text, "  stays as it is ", "  stays as it is "),
        (Limit, "Unlimited", -1),
        (Limit, -1, -1),
        (Member, "discord:7", Member(id="discord:7")),
        (Member, 7, Member(id="7")),
        (Member, {"id": "discord:7", "name": "Ada", "newer": 1}, Member(id="discord:7", name="Ada")),
        (Role, "9", Role(id="9")),
        (PlaceId, "telegram:direct", PlaceId(id="telegram:direct")),
        (int | None, None, None),
        (Speed | None, "1.5", 1.5),
        (Annotated[Member | None, "a mark"], "discord:7", Member(id="discord:7")),
    ],
)
def test_values_are_read_as_people_and_platforms_give_them(hint: object, raw: object, value: object) -> None:
    assert param(hint).decode(raw) == value


@pytest.mark.parametrize(
    ("hint", "raw", "sentence"),
    [
        (int, "many", "keep-days has to be a whole number, not 'many'."),
        (int, True, "keep-days has to be a whole number, not True."),
        (int, 1.5, "keep-days has to be a whole number, not 1.5."),
        (int, "9" * 5_000, "keep-days has to be a whole number, not '9999"),
        (float, "nan", "keep-days has to be a number, not nan."),
        (float, float("inf"), "keep-days has to be a number, not inf."),
        (Speed | None, 3.01, "keep-days goes from 0.5 to 3."),
        (Member, Role(id="7"), "keep-days has to be an id, not"),
        (Speed, 3.01, "keep-days goes from 0.5 to 3."),
        (Annotated[int, Between(1, 10**6)], 0, "keep-days goes from 1 to 1,000,000."),
        (JobId, -1, "keep-days has to be 1 or more."),
        (JobId, 2**60, "keep-days goes from 1 to 9,007,199,254,740,992."),
        (Limit, -2, "keep-days goes from 0 to 1,000,000,000,000, or is unlimited."),
        (bool, "maybe", "keep-days can be yes or no."),
        (Colour, "green", "keep-days can be red, blue."),
        (str, 7, "keep-days has to be text, not 7."),
        (str, None, "keep-days has to be text, not None."),
        (Attachment, "a.wav", "keep-days has to be a file, not 'a.wav'."),
        (Member, " ", "keep-days has to be an id, not ' '."),
        (Member, {"name": "Ada"}, "keep-days has to be an id, not"),
        (Member, {"id": {"x": 1}}, "keep-days has to be an id, not"),
        (Text, "x" * 250_001, "keep-days is 250,001 characters long; 250,000 is the most."),
    ],
)
def test_what_is_no_such_value_is_refused_in_a_sentence(hint: object, raw: object, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        param(hint, default="").decode(raw)
    assert str(caught.value).startswith(sentence)


def test_halves_of_characters_are_joined_and_lone_ones_cannot_reach_the_database() -> None:
    assert mend("\ud83d\ude00") == "😀"
    assert param(VoiceName).decode("\ud800x") == "\ufffdx"
    assert param(Text).decode("hi\udc00 there") == "hi\ufffd there"
    member = param(Member).decode({"id": "discord:\ud800", "name": "\udfff"})
    assert isinstance(member, Member)
    (member.id + member.name).encode()


@given(st.text(alphabet=st.characters(categories=None)))
def test_whatever_text_comes_in_can_be_stored(text: str) -> None:
    for hint in (Text, VoiceName):
        value = param(hint).decode(text)
        assert isinstance(value, str)
        value.encode()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_whole_text_is_never_changed(text: str) -> None:
    assert param(Text).decode(text) == text
