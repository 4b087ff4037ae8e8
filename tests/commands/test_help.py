"""/help: what there is, said from the declarations."""

from __future__ import annotations

import re

import pytest

from commands.core.command import Audience
from commands.core.errors import UsageError
from commands.core.params import Suggest
from commands.core.request import find
from engine.quality.grading import LEAST_SPEECH
from tests.commands.world import World


async def test_help_lists_every_command_that_the_person_may_use_in_a_line_each(world: World) -> None:
    for rank in Audience:
        asker = await world.person("ada", rank=rank)
        reply = await world.ask(asker, "help")
        lines = reply.text.splitlines()
        for name, command in world.host.commands.items():
            assert (f"/{name}: {command.summary}" in lines) is (command.audience <= rank)
        assert reply.items is not None
        assert len(reply.items) == sum(each.audience <= rank for each in world.host.commands.values())


async def test_commands_of_a_group_stand_together(world: World) -> None:
    blocks = (await world.ask(await world.person("ada"), "help")).text.split("\n\n")
    assert [block.partition(" ")[0] for block in blocks[1:7]] == [
        "/consent", "/history", "/jobs", "/lexicon", "/quota", "/voices",
    ]  # fmt: skip


async def test_what_is_for_admins_only_stands_last(world: World) -> None:
    admin = await world.person("admin", rank=Audience.ADMINS)
    blocks = (await world.ask(admin, "help")).text.split("\n\n")
    assert [block.partition(" ")[0] for block in blocks[1:8]] == [
        "/consent", "/history", "/jobs", "/lexicon", "/quota", "/voices", "/admin",
    ]  # fmt: skip


async def test_help_of_a_group_lists_its_commands(world: World) -> None:
    reply = await world.ask(await world.person("ada"), "help", command="jobs")
    assert [line.partition(":")[0] for line in reply.text.splitlines()] == [
        "/jobs cancel",
        "/jobs list",
        "/jobs retry",
        "/jobs show",
    ]


async def test_help_of_a_command_tells_ranges_choices_defaults_and_an_example(world: World) -> None:
    admin = await world.person("admin", rank=Audience.ADMINS)
    speak = (await world.ask(admin, "help", command="speak")).text
    assert speak.startswith("/speak: Say a text in a voice.\n\nYou get a sound file.")
    assert re.search(r"^text: What to say.*\. \(needed, or file\)$", speak, re.MULTILINE)
    assert [len(part.splitlines()) for part in speak.split("\n\n")[:2]] == [1, 1]
    assert "(0.5 to 3; 1 where you give none)" in speak
    assert speak.endswith("\n\nExample: /speak voice=en-gb speed=1.2 Good morning.")
    quota = (await world.ask(admin, "help", command="quota set")).text
    assert "(generations, characters, seconds, clones, voices or bytes; needed)" in quota
    assert "(a number, or unlimited; needed)" in quota
    assert "(day or month; day where you give none)" in quota
    assert "(yes or no; no where you give none)" in quota


@pytest.mark.parametrize("name", ["quota show", "/quota show", "quota_show", " /Quota_Show "])
async def test_a_command_is_found_however_its_name_is_written(world: World, name: str) -> None:
    reply = await world.ask(await world.person("ada"), "help", command=name)
    assert reply.data["name"] == "quota show"


async def test_an_unknown_command_is_refused_with_the_nearest(world: World) -> None:
    with pytest.raises(UsageError, match=r"There is no command 'spek'\. Did you mean /speak"):
        await world.ask(await world.person("ada"), "help", command="spek")


async def test_help_does_not_tell_members_of_what_is_not_for_them(world: World) -> None:
    with pytest.raises(UsageError, match="There is no command 'quota set'"):
        await world.ask(await world.person("ada"), "help", command="quota set")


async def test_an_example_says_which_files_go_with_it_and_how_long_a_recording_is(world: World) -> None:
    clone = (await world.ask(await world.person("ada"), "help", command="clone")).text
    assert clone.splitlines()[-1].startswith("Example: /clone name=Ada")
    assert clone.endswith(", and the recording with it")
    for figure in (f"{LEAST_SPEECH:g} s are the least", "20 s are good", "ten minutes the most"):
        assert figure in clone


async def test_names_are_completed_while_they_are_typed(world: World) -> None:
    param = find(world.host.commands, "help").param("command")
    assert param
    suggest = param.mark(Suggest)
    assert suggest
    inquiry = world.inquiry(await world.person("ada"))
    assert await suggest.source(inquiry, "/jobs") == ["jobs cancel", "jobs list", "jobs retry", "jobs show"]
    assert await suggest.source(inquiry, "quota") == ["quota show"]
