"""A command's form takes what Discord takes, and sends it as Discord does."""

from __future__ import annotations

from typing import Any

import pytest

from bot.demo.discord.form import Form, Value
from bot.demo.discord.refusal import NotOffered
from bot.demo.discord.server import DiscordServer
from bot.demo.discord.wire import Upload


def command(*options: dict[str, Any]) -> dict[str, Any]:
    """A command with these options."""
    return {"name": "speak", "type": 1, "options": list(options)}


@pytest.mark.parametrize(
    ("option", "given", "sent"),
    [
        ({"type": 3}, "x" * 6000, "x" * 6000),
        ({"type": 3, "choices": [{"name": "Small file", "value": "opus"}]}, "Small file", "opus"),
        ({"type": 3, "choices": [{"name": "Small file", "value": "opus"}]}, "opus", "opus"),
        ({"type": 4, "min_value": 1, "max_value": 3}, 3, 3),
        ({"type": 5}, True, True),
        ({"type": 10}, 1, 1),
    ],
)
def test_what_an_option_takes_is_sent(option: dict[str, Any], given: Value, sent: object) -> None:
    server = DiscordServer()
    form = Form(server.world, server.guild("Workshop").channel)
    filled = form.fill(command({"name": "one", **option}), [], {"one": given})
    assert filled == [{"name": "one", "type": option["type"], "value": sent}] and not form.resolved


@pytest.mark.parametrize(
    ("option", "given"),
    [
        ({"type": 3}, "x" * 6001),
        ({"type": 3}, 1),
        ({"type": 3, "min_length": 2}, "x"),
        ({"type": 4}, 1.5),
        ({"type": 4}, True),
        ({"type": 4, "max_value": 3}, 4),
        ({"type": 5}, 1),
        ({"type": 6}, "Ada"),
        ({"type": 11}, b"bytes"),
    ],
)
def test_what_an_option_does_not_take_is_not_sent(option: dict[str, Any], given: Any) -> None:
    server = DiscordServer()
    form = Form(server.world, server.guild("Workshop").channel)
    with pytest.raises(NotOffered):
        form.fill(command({"name": "one", **option}), [], {"one": given})


def test_parts_of_a_command_are_wrapped_as_discord_wraps_them() -> None:
    server = DiscordServer()
    part = {"name": "show", "type": 1, "options": []}
    whole = command({"name": "all", "type": 2, "options": [part]})
    form = Form(server.world, server.guild("Workshop").channel)
    assert form.fill(whole, ["all", "show"], {}) == [
        {"name": "all", "type": 2, "options": [{"name": "show", "type": 1, "options": []}]}
    ]
    for path in ([], ["all"], ["all", "none"]):
        with pytest.raises(NotOffered):
            form.fill(whole, path, {})


def test_what_is_picked_is_explained_beside_the_form() -> None:
    server = DiscordServer()
    guild = server.guild("Workshop")
    ada, eve, readers = guild.person("Ada"), server.person("Eve"), guild.role("Readers")
    form = Form(server.world, guild.channel)
    upload = Upload(name="a.wav", data=b"RIFF")
    for kind, thing in (("a", ada), ("b", eve), ("c", readers), ("d", guild.channel), ("e", upload)):
        assert form.pick(kind, thing)
    assert set(form.resolved["users"]) == {ada.id, eve.id}
    assert set(form.resolved["members"]) == {ada.id} and "user" not in form.resolved["members"][ada.id]
    assert form.resolved["roles"][readers.id]["name"] == "Readers"
    assert list(form.resolved["channels"]) == [guild.channel.id]
    (attachment,) = form.resolved["attachments"].values()
    assert (attachment["filename"], attachment["size"], attachment["ephemeral"]) == ("a.wav", 4, True)
    with pytest.raises(NotOffered):
        Form(server.world, ada.direct()).pick("role", readers)
