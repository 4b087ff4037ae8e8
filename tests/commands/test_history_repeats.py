"""/history: what came as a file is had again while its sound is there, and labels of a repeat are not lost."""

from __future__ import annotations

import pytest

from commands.core.context import Asker
from commands.core.errors import Refused
from commands.core.reply import Reply
from tests.commands.test_history import HELLO, expire, lines, say
from tests.commands.world import World


@pytest.fixture
async def ada(world: World) -> Asker:
    return await world.person("ada")


async def say_a_file(world: World, asker: Asker, **values: object) -> Reply:
    """Have a text said that comes as a file, which is not kept."""
    staged = world.host.data / "staging" / "page.txt"
    staged.parent.mkdir(exist_ok=True)
    staged.write_text(HELLO, encoding="utf-8")
    page = {"name": "page.txt", "path": "staging/page.txt", "bytes": len(HELLO)}
    said = await world.ask(asker, "speak", file=page, voice="en-gb", **values)
    staged.unlink()
    return said


async def test_what_came_as_a_file_is_had_again_while_its_sound_is_there(world: World, ada: Asker) -> None:
    said = await say_a_file(world, ada, timestamps="sentences", tags="tea")
    assert (await lines(world, ada))[0].startswith(f'1 · "{HELLO}" · en-gb · ')
    used = await world.rows("SELECT metric, period, used FROM balances ORDER BY 1, 2")
    again = await world.ask(ada, "history again", job=1)
    assert [(file.id, file.path) for file in again.files] == [(file.id, file.path) for file in said.files]
    seconds = said.data["seconds"]
    assert again.text == f'"{HELLO}" · {seconds:.1f} s · en-gb · said before, so it is free'
    assert (again.data["cached"], again.data["seconds"]) == (True, seconds)
    assert await world.rows("SELECT metric, period, used FROM balances ORDER BY 1, 2") == used
    assert len(await lines(world, ada)) == 1
    assert (await world.ask(ada, "history show", job=2)).data["id"] == 1
    shown = await world.ask(ada, "history show", job=1)
    assert [each.label for each in shown.actions] == ["Again", "Keep", "Delete"]


async def test_what_came_as_a_file_cannot_be_said_again_once_a_file_of_its_sound_is_lost(
    world: World, ada: Asker
) -> None:
    said = await say_a_file(world, ada, timestamps="sentences")
    (world.host.data / said.files[-1].path).unlink()
    with pytest.raises(Refused, match="1 was said from a file, which is not kept"):
        await world.ask(ada, "history again", job=1)


async def test_what_came_as_a_file_cannot_be_said_again_without_it(world: World, ada: Asker) -> None:
    await say_a_file(world, ada)
    await expire(world)
    with pytest.raises(Refused) as caught:
        await world.ask(ada, "history again", job=1)
    assert str(caught.value) == "1 was said from a file, which is not kept; ask with the file again."
    shown = await world.ask(ada, "history show", job=1)
    assert [each.label for each in shown.actions] == ["Delete"]
    assert "had again" not in (await world.ask(ada, "history list")).text
    shown = await world.ask(ada, "history show", job=1)
    told = "Its file is gone, and so is the one that it was said from; send that again with /speak."
    assert shown.text.splitlines()[-1] == told


async def test_what_a_repeat_is_filed_under_is_put_on_what_it_repeats(world: World, ada: Asker) -> None:
    await say(world, ada, tags="work", project="p1")
    await say(world, ada, tags="home", project="p2")
    for values in ({"tag": "home"}, {"tag": "work home"}, {"project": "p2"}):
        items = (await world.ask(ada, "history list", **values)).items
        assert items is not None
        assert [(each["id"], each["tags"], each["project"]) for each in items] == [(1, ["work", "home"], "p2")]
    assert (await world.ask(ada, "history list", project="p1")).items == ()
    await say(world, ada)
    await world.ask(ada, "history again", job=1)
    assert (await world.ask(ada, "history show", job=1)).data["tags"] == ["work", "home"]
    await world.ask(ada, "history tag", job=1, tags="tea")
    assert (await world.ask(ada, "history list", tag="home")).items == ()


async def test_what_a_repeat_that_had_to_wait_is_filed_under_is_put_on_what_it_repeats(
    world: World, ada: Asker
) -> None:
    first, second = [
        await world.submit(ada, "speak", text=HELLO, voice="en-gb", tags=tag, project=tag) for tag in ("work", "home")
    ]
    await world.perform(first.job_id)
    await world.perform(second.job_id)
    assert (await world.ask(ada, "history show", job=second.job_id)).data["id"] == first.job_id
    shown = await world.ask(ada, "history show", job=first.job_id)
    assert (shown.data["tags"], shown.data["project"]) == (["work", "home"], "home")
