"""What holds for every command there is, a plugin's too: it is documented, and fits every platform."""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.discord_adapter.payload import payload
from bot.telegram_adapter.payload import menu, parse
from commands.core.command import Audience, Command, commands, shown_to
from commands.core.errors import NotAllowed
from commands.core.params import RECORDS, Attachment, Between, Body, Example, Kinds, Member, Param, PlaceId, Role, Word
from commands.core.request import check_audience, convert, revive
from commands.help import example, explain, overview

EVERY = commands()
DISCORD = payload(EVERY)
DISCORD_NAME = re.compile(r"[-_a-z0-9]{1,32}")
SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")

each_command = pytest.mark.parametrize("command", EVERY.values(), ids=lambda each: each.name)
each_param = pytest.mark.parametrize(
    ("command", "param"),
    [(each, param) for each in EVERY.values() for param in each.params],
    ids=lambda given: given.name,
)


@each_command
def test_it_is_documented(command: Command) -> None:
    assert 0 < len(command.summary) <= 100
    assert command.summary.endswith(".")
    for param in command.params:
        assert 0 < len(param.help) <= 100, param.name
        assert param.help.endswith("."), param.name


@each_command
def test_its_names_are_words_in_lower_case(command: Command) -> None:
    assert 1 <= len(command.path) <= 2
    for name in (*command.path, *(param.name for param in command.params)):
        assert SNAKE.fullmatch(name), name


@each_command
def test_what_is_needed_stands_first_and_at_most_one_text_is_asked_for(command: Command) -> None:
    needed = [param.required for param in command.params]
    assert needed == sorted(needed, reverse=True)
    assert sum(param.mark(Body) is not None for param in command.params) <= 1


@each_command
def test_it_is_quoted_where_it_has_a_text_said(command: Command) -> None:
    if command.lane is not None and any(param.mark(Body) for param in command.params):
        assert command.quoter is not None
    if command.quoter is not None:
        assert command.lane is not None, "only a job is charged"


@each_command
def test_it_fits_telegram(command: Command) -> None:
    (shown,) = [each for each in menu(EVERY, Audience.OWNERS) if each.command == "_".join(command.path)]
    assert re.fullmatch(r"[a-z0-9_]{1,32}", shown.command)
    assert 1 <= len(shown.description) <= 256


def test_all_of_them_fit_telegrams_menu() -> None:
    shown = menu(EVERY, Audience.OWNERS)
    assert len(shown) == len(EVERY) <= 100
    assert len({each.command for each in shown}) == len(shown)


def test_all_of_them_fit_discord() -> None:
    assert sum(each["type"] == 1 for each in DISCORD) <= 100
    assert sum(each["type"] == 3 for each in DISCORD) <= 5
    assert len({(each["type"], each["name"]) for each in DISCORD}) == len(DISCORD)
    json.dumps(DISCORD)


@pytest.mark.parametrize("told", DISCORD, ids=lambda told: told["name"])
def test_what_discord_is_told_keeps_to_discords_limits(told: dict[str, Any]) -> None:
    if told["type"] == 3:
        assert 1 <= len(told["name"]) <= 32
        return
    assert len(told.get("options", ())) <= 25
    assert sum(len(text) for text in _texts(told)) <= 8_000
    for part in _parts(told):
        assert DISCORD_NAME.fullmatch(part["name"]), part["name"]
        assert 1 <= len(part["description"]) <= 100
        options = part.get("options", ())
        assert len(options) <= 25
        required = [each.get("required", False) for each in options]
        assert required == sorted(required, reverse=True)
        assert len(part.get("choices", ())) <= 25
        assert not (part.get("choices") and part.get("autocomplete"))
        assert part.get("max_length", 1) <= 6_000
        for bound in ("min_value", "max_value"):
            assert abs(part.get(bound, 0)) <= 2**53


def test_every_command_is_told_to_discord_with_every_option() -> None:
    told = {}
    for top in DISCORD:
        for part in _leaves(top):
            told[part[0]] = {each["name"] for each in part[1].get("options", ())}
    assert told == {each.name: {param.option for param in each.params} for each in EVERY.values()}


@pytest.mark.parametrize("told", [each for each in DISCORD if each["type"] == 1], ids=lambda told: told["name"])
def test_a_group_has_one_audience_on_discord_the_widest_of_its_members(told: dict[str, Any]) -> None:
    members = [each.audience for each in EVERY.values() if each.path[0] == told["name"]]
    assert shown_to(EVERY, told["name"]) is min(members)
    assert (told["default_member_permissions"] is None) is (min(members) is Audience.EVERYONE)
    for part in told["options"]:
        assert "default_member_permissions" not in part


@each_command
@pytest.mark.parametrize("rank", Audience)
def test_who_may_not_use_it_is_refused_whatever_a_platform_shows(command: Command, rank: Audience) -> None:
    if rank < command.audience:
        with pytest.raises(NotAllowed):
            check_audience(command, rank)
    else:
        check_audience(command, rank)


@each_command
def test_help_shows_it(command: Command) -> None:
    assert f"/{command.name}: {command.summary}" in overview(EVERY).splitlines()
    told = explain(command)
    for param in command.params:
        assert f"\n{param.option}: {param.help}" in told
    assert told.splitlines()[-1].startswith(f"Example: {example(command)}")


@each_command
def test_the_example_in_help_is_understood(command: Command) -> None:
    line = example(command)
    assert line.startswith(f"/{command.name}")
    typed = convert(command, parse(command, line.removeprefix(f"/{command.name}"), attachment=_file(command)))
    assert {param.name for param in command.params if param.required} <= set(typed)


@each_param
def test_an_example_of_a_value_is_a_value(command: Command, param: Param) -> None:
    if given := param.mark(Example):
        assert isinstance(param.decode(given.value), param.kind)


@each_param
def test_a_value_that_nobody_gives_is_one_that_may_be_given(command: Command, param: Param) -> None:
    if not param.required:
        assert param.decode(param.encode(param.default)) == param.default


@each_param
@settings(max_examples=30)
@given(data=st.data())
def test_every_value_comes_back_from_storage_as_it_went_in(command: Command, param: Param, data: st.DataObject) -> None:
    value = data.draw(_values(param))
    stored = json.loads(json.dumps(param.encode(value), ensure_ascii=False))
    assert param.decode(stored) == value


@each_param
@settings(max_examples=30)
@given(data=st.data())
def test_whatever_is_decoded_can_be_stored_and_is_the_same_afterwards(
    command: Command, param: Param, data: st.DataObject
) -> None:
    anything = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(categories=None))
    raw = data.draw(anything | st.lists(st.integers()) | st.dictionaries(st.text(), st.integers() | st.text()))
    try:
        value = param.decode(raw)
    except Exception as error:
        assert type(error).__name__ == "UsageError"
        assert 0 < len(str(error)) < 300
        str(error).encode()
        return
    stored = json.loads(json.dumps(param.encode(value), ensure_ascii=False).encode())
    assert param.decode(stored) == value


@each_command
def test_a_request_for_it_that_was_stored_comes_back(command: Command) -> None:
    if command.lane is None:
        return
    said = example(command).removeprefix(f"/{command.name}")
    typed = convert(command, parse(command, said, attachment=_file(command)))
    stored = json.dumps({name: _param(command, name).encode(value) for name, value in typed.items()})
    assert revive(command, command.name, command.signature, stored) == (command, typed)


def _file(command: Command) -> Attachment | None:
    """A file that comes with a command which cannot do without one."""
    needed = next((param for param in command.needed if param.kind is Attachment), None)
    kinds = needed.mark(Kinds) if needed else None
    return Attachment(name=f"a.{kinds.endings[0] if kinds else 'wav'}", reference="1") if needed else None


def _values(param: Param) -> st.SearchStrategy[object]:
    """The values that a parameter can have."""
    if issubclass(param.kind, enum.Enum):
        members: list[object] = list(param.kind)
        values = st.sampled_from(members)
    elif param.kind in RECORDS:
        values = _records(param.kind)
    elif param.kind is bool:
        values = st.booleans()
    elif param.kind is str:
        text = st.text(st.characters(exclude_categories=["Cs"]))
        values = text if param.mark(Body) is not None else text.map(str.strip)
    else:
        values = _numbers(param)
    return values | st.none() if param.default is None else values


def _numbers(param: Param) -> st.SearchStrategy[object]:
    span = param.mark(Between)
    if param.kind is int:
        numbers: st.SearchStrategy[object] = st.integers(
            int(span.low) if span else None, int(span.high) if span else None
        )
    else:
        numbers = st.floats(
            span.low if span else None, span.high if span else None, allow_nan=False, allow_infinity=False
        )
    word = param.mark(Word)
    return numbers | st.just(word.number) if word else numbers


def _records(kind: type) -> st.SearchStrategy[object]:
    text = st.text(st.characters(exclude_categories=["Cs"]))
    if kind is Attachment:
        return st.builds(Attachment, name=text, content_type=text, bytes=st.integers(), reference=text, path=text)
    if kind is PlaceId:
        return st.builds(PlaceId, id=text)
    return st.builds(Member if kind is Member else Role, id=text, name=text)


def _param(command: Command, name: str) -> Param:
    return next(param for param in command.params if param.name == name)


def _parts(told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A command, its subcommands and all their options."""
    yield told
    for part in told.get("options", ()):
        yield from _parts(part)


def _leaves(told: dict[str, Any], before: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """The commands that can be asked, with their whole names."""
    if told["type"] == 3:
        return
    name = f"{before} {told['name']}".strip()
    within = [part for part in told.get("options", ()) if part["type"] in (1, 2)]
    if within:
        for part in within:
            yield from _leaves(part, name)
    else:
        yield name, told


def _texts(told: dict[str, Any]) -> Iterator[str]:
    """What Discord counts towards a command's 8,000 characters: names, descriptions and the values of choices."""
    for part in _parts(told):
        yield part["name"]
        yield part["description"]
        for choice in part.get("choices", ()):
            yield choice["name"]
            yield str(choice["value"])
