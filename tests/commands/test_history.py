"""/history: what was said is found, heard again, kept, filed and deleted; and only ever by who had it said."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands.core.command import Audience
from commands.core.context import Asker
from commands.core.errors import NotFound, QuotaReached, Refused, UsageError
from commands.core.params import Suggest
from commands.core.reply import Reply
from commands.core.request import find
from storage import files, queue
from storage.clock import DAY, HOUR
from storage.database import Transaction
from tests.commands.world import World

HELLO = "Hello, I am Mynah."
SECRET = "My secret garden is behind the mill."
HEBREW = "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd"


@pytest.fixture
async def ada(world: World) -> Asker:
    return await world.person("ada")


@pytest.fixture
async def bob(world: World) -> Asker:
    return await world.person("bob")


async def say(world: World, asker: Asker, text: str = HELLO, **values: object) -> Reply:
    return await world.ask(asker, "speak", text=text, voice="en-gb", **values)


async def lines(world: World, asker: Asker, **values: object) -> list[str]:
    return (await world.ask(asker, "history list", **values)).text.splitlines()


async def expire(world: World) -> None:
    """Let time pass until no file is left that nobody keeps."""
    world.clock.turn(8 * DAY)

    def work(tx: Transaction) -> list[str | None]:
        return [files.remove(tx, file.id) for file in files.expired(tx, 100)]

    for path in await world.database.write(work):
        (world.host.data / str(path)).unlink()


def made(world: World) -> list[Path]:
    return sorted((world.host.data / "generations").iterdir())


async def test_the_list_tells_of_each_what_one_wants_to_know(world: World, ada: Asker) -> None:
    said = await say(world, ada)
    world.clock.turn(3 * HOUR)
    await say(world, ada, "Good\nmorning, " + "dear " * 20)
    await world.ask(ada, "history tag", job=1, tags="work, tea")
    await world.ask(ada, "history project", job=1, name="Garden")
    await world.ask(ada, "history keep", job=1)
    reply = await world.ask(ada, "history list")
    newer, older = reply.text.splitlines()
    assert newer.startswith('2 · "Good morning, dear dear dear dear dear…" · en-gb · ')
    assert newer.endswith(" s · wav · just now · goes in 7 days")
    seconds = said.data["seconds"]
    assert older == f'1 · "{HELLO}" · en-gb · {seconds:.1f} s · wav · 3 h ago · kept · #work #tea · Garden'
    assert reply.private
    assert reply.items is not None
    assert reply.items[1] == {
        "id": 1,
        "text": HELLO,
        "voice": "en-gb",
        "seconds": pytest.approx(seconds, abs=0.001),
        "format": "wav",
        "created": "2027-01-15T08:00:00Z",
        "expires": None,
        "kept": True,
        "tags": ["work", "tea"],
        "project": "Garden",
        "file": str(world.host.data / said.files[0].path),
    }
    assert reply.items[0]["expires"] == "2027-01-22T11:00:00Z"


async def test_a_history_without_anything_says_what_to_do(world: World, ada: Asker, bob: Asker) -> None:
    await say(world, bob)
    await world.submit(ada, "speak", text="This one waits.")
    assert await lines(world, ada) == ["You have had nothing said yet; /speak says a text."]
    nothing = ["Nothing in your history is like that. /history list without anything shows all of it."]
    for values in ({"search": "Mynah"}, {"tag": "work"}, {"project": "garden"}):
        assert await lines(world, ada, **values) == nothing
    assert await lines(world, ada, page=2) == ["There is no page 2."]


async def test_a_long_history_has_pages_that_keep_what_was_asked(world: World, ada: Asker) -> None:
    await say(world, ada, "The first of all.")
    row = "user_id, place_id, platform, command, signature, vals, text_from, text, lane, state, created_at, updated_at"
    more = f"finished_at, finished_by, {row}"
    await world.database.write(
        lambda tx: [tx.run(f"INSERT INTO jobs ({more}) SELECT {more} FROM jobs WHERE id = 1") for _ in range(24)]
    )
    seen: list[int] = []
    reply = await world.ask(ada, "history list", search="FIRST of")
    while True:
        assert reply.items is not None
        seen += [int(each["id"]) for each in reply.items]
        if not reply.actions:
            break
        assert reply.actions[0].values["search"] == "FIRST of"
        reply = await world.ask(ada, "history list", **reply.actions[0].values)
    assert seen == list(range(25, 0, -1))


async def test_the_list_is_searched_and_narrowed(world: World, ada: Asker, bob: Asker) -> None:
    for number, text in enumerate((HELLO, "Привет, мир", SECRET), 1):
        await say(world, ada, text)
        await world.ask(ada, "history tag", job=number, tags="a" if number < 3 else "a b")
    await world.ask(ada, "history project", job=2, name="Ärger")
    await say(world, bob, SECRET)

    async def found(**values: object) -> list[int]:
        items = (await world.ask(ada, "history list", **values)).items
        assert items is not None
        return [each["id"] for each in items]

    assert await found(search="SECRET") == [3]
    assert await found(search="привет") == [2]
    assert await found(tag="#A") == [3, 2, 1]
    assert await found(tag="a b") == [3]
    assert await found(project="äRGER", tag="a") == [2]
    assert await found(search="%") == []


async def test_show_tells_all_of_it_and_has_the_files(world: World, ada: Asker) -> None:
    said = await say(world, ada, "long " * 100)
    reply = await world.ask(ada, "history show", job=1)
    told = reply.text.splitlines()
    assert told[0].startswith('1: "long long ')
    assert told[0].endswith('…"')
    assert told[1].startswith("en-gb · ") and told[1].endswith(" · wav · just now")
    assert told[2:] == ["It goes in 7 days; /history keep job=1 keeps it."]
    assert reply.data["text"] == ("long " * 100)
    assert [(file.id, file.path) for file in reply.files] == [(said.files[0].id, said.files[0].path)]
    assert [(each.label, each.command, dict(each.values)) for each in reply.actions] == [
        ("Again", "history again", {"job": 1}),
        ("Keep", "history keep", {"job": 1}),
        ("Delete", "history delete", {"job": 1}),
    ]
    await world.ask(ada, "history tag", job=1, tags="tea")
    await world.ask(ada, "history project", job=1, name="Garden")
    await world.ask(ada, "history keep", job=1)
    reply = await world.ask(ada, "history show", job=1)
    assert reply.text.splitlines()[2:] == [
        'Filed under #tea. Belongs to "Garden".',
        "It stays until you say otherwise.",
    ]
    assert [each.label for each in reply.actions] == ["Again", "Keep no more", "Delete"]


async def test_what_has_expired_is_told_as_gone_and_can_be_had_again(world: World, ada: Asker) -> None:
    said = await say(world, ada, speed=1.5)
    await world.ask(ada, "history tag", job=1, tags="tea")
    await expire(world)
    told = await lines(world, ada)
    seconds = said.data["seconds"]
    assert told == [
        f'1 · "{HELLO}" · en-gb · {seconds:.1f} s · wav · 8 days ago · gone · #tea',
        "What is gone can be had again: /history again job=1.",
    ]
    shown = await world.ask(ada, "history show", job=1)
    assert shown.text.splitlines()[-1] == "Its file is gone; /history again job=1 makes it anew."
    assert (shown.files, shown.data["file"], shown.data["expires"]) == ((), None, None)
    again = await world.ask(ada, "history again", job=1)
    assert again.data["seconds"] == pytest.approx(seconds, abs=0.1)
    assert len(again.files) == 1
    rows = await world.rows("SELECT id, command, text, state FROM jobs ORDER BY id")
    assert rows == [(1, "speak", HELLO, "succeeded"), (2, "speak", HELLO, "succeeded")]
    assert (await lines(world, ada))[0].startswith(f'2 · "{HELLO}" · en-gb · ')
    assert (await lines(world, ada))[0].endswith(" · just now · goes in 7 days · #tea")


async def test_again_is_free_where_the_file_is_there_and_no_entry_of_its_own(world: World, ada: Asker) -> None:
    said = await say(world, ada)
    used = await world.rows("SELECT metric, period, used FROM balances ORDER BY 1, 2")
    again = await world.ask(ada, "history again", job=1)
    assert [file.id for file in again.files] == [said.files[0].id]
    assert again.data["cached"] is True
    assert await world.rows("SELECT metric, period, used FROM balances ORDER BY 1, 2") == used
    assert len(await lines(world, ada)) == 1
    for number in (1, 2):
        assert (await world.ask(ada, "history show", job=number)).data["id"] == 1
    await expire(world)
    assert (await world.ask(ada, "history show", job=2)).data["id"] == 1


async def test_again_says_it_in_the_voice_it_was_said_in(world: World, ada: Asker) -> None:
    await world.ask(ada, "voices default", name="de")
    await world.ask(ada, "speak", text=HELLO, language="en")
    first = await lines(world, ada)
    await world.ask(ada, "voices default", name="fr-fr")
    await expire(world)
    again = await world.ask(ada, "history again", job=1)
    assert again.data["voice"] == first[0].split(" · ")[2]


async def test_again_costs_what_it_would_cost_anew_and_is_refused_where_a_limit_stands_in_the_way(
    world: World, ada: Asker
) -> None:
    await say(world, ada)
    await expire(world)
    admin = await world.person("admin", rank=Audience.ADMINS)
    await world.ask(admin, "quota set", metric="characters", limit=5)
    with pytest.raises(QuotaReached, match="That takes 18 characters; your limit is 5 characters a day"):
        await world.ask(ada, "history again", job=1)


async def test_what_waits_to_be_said_again_is_not_when_it_is_deleted_meanwhile(world: World, ada: Asker) -> None:
    await say(world, ada, SECRET)
    await expire(world)
    ticket = await world.submit(ada, "history again", job=1)
    await world.ask(ada, "history delete", job=1)
    with pytest.raises(NotFound, match="Number 1 is not in your history"):
        await world.perform(ticket.job_id)
    assert await world.rows("SELECT SUM(reserved) FROM balances") == [(0,)]


async def test_what_is_tried_again_after_it_began_is_the_request_itself(world: World, ada: Asker) -> None:
    await say(world, ada)
    await expire(world)
    ticket = await world.submit(ada, "history again", job=1)
    assert await world.rows("SELECT command, lane FROM jobs WHERE id = 2") == [("history again", 0)]
    await world.perform(ticket.job_id)
    assert await world.rows("SELECT command, vals = (SELECT vals FROM jobs WHERE id = 1) FROM jobs WHERE id = 2") == [
        ("speak", 1)
    ]


async def test_keeping_holds_a_file_beyond_its_time_and_unkeeping_lets_it_go(world: World, ada: Asker) -> None:
    await say(world, ada)
    reply = await world.ask(ada, "history keep", job=1)
    assert reply.text == "1 stays until you say otherwise."
    assert (reply.data["kept"], reply.data["expires"]) == (True, None)
    assert [(each.label, each.command) for each in reply.actions] == [("Keep no more", "history unkeep")]
    held = await world.rows("SELECT used FROM balances WHERE metric = 'bytes'")
    await expire(world)
    assert len(made(world)) == 1
    assert await world.rows("SELECT used FROM balances WHERE metric = 'bytes'") == held
    reply = await world.ask(ada, "history unkeep", job=1)
    assert reply.text == "1 goes in 7 days now."
    assert [(each.label, each.command) for each in reply.actions] == [("Keep", "history keep")]
    world.clock.turn(DAY)
    assert (await world.ask(ada, "history unkeep", job=1)).text == "1 goes in 6 days now."
    await expire(world)
    assert made(world) == []
    for name in ("keep", "unkeep"):
        with pytest.raises(Refused) as caught:
            await world.ask(ada, f"history {name}", job=1)
        assert str(caught.value) == "The file of 1 is gone; /history again job=1 makes it anew."


async def test_all_files_of_one_go_together(world: World, ada: Asker) -> None:
    said = await say(world, ada, timestamps="sentences")
    assert len(said.files) == 4
    await world.ask(ada, "history keep", job=1)
    await expire(world)
    assert len(made(world)) == 4
    shown = await world.ask(ada, "history show", job=1)
    assert [file.format for file in shown.files] == [file.format for file in said.files]
    reply = await world.ask(ada, "history delete", job=1)
    assert reply.text.startswith("1 is gone: 4 files and its text; ")
    assert made(world) == []


async def test_what_is_deleted_is_gone_file_words_and_all_and_its_bytes_are_free(world: World, ada: Asker) -> None:
    said = await say(world, ada, SECRET)
    await world.ask(ada, "history tag", job=1, tags="secret")
    await say(world, ada, SECRET)
    reply = await world.ask(ada, "history delete", job=2)
    assert reply.text == f"1 is gone: 1 file and its text; {round(said.files[0].bytes / 1000)} kB are free again."
    assert reply.data == {"id": 1, "files": 1, "bytes": said.files[0].bytes}
    assert reply.actions == ()
    assert made(world) == []
    assert await world.rows("SELECT used FROM balances WHERE metric = 'bytes'") == [(0,)]
    assert await lines(world, ada) == ["You have had nothing said yet; /speak says a text."]
    assert "secret" not in (await world.database.read(everything)).lower()
    for number in (1, 2):
        for name in ("show", "again", "keep", "unkeep", "delete"):
            with pytest.raises(NotFound) as caught:
                await world.ask(ada, f"history {name}", job=number)
            assert str(caught.value) == f"Number {number} is not in your history; /history list shows what is."
    assert (await world.ask(ada, "jobs list")).text.splitlines() == ["2 · /speak · done", "1 · /speak · done"]
    assert await world.rows("SELECT used FROM balances WHERE metric = 'generations' AND period = 'day'") == [(1,)]


def everything(tx: Transaction) -> str:
    """Return every row of every table."""
    tables = [row["name"] for row in tx.all("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return repr([tuple(row) for table in tables for row in tx.all(f"SELECT * FROM {table}")])


async def test_a_file_that_is_gone_already_is_no_obstacle(world: World, ada: Asker) -> None:
    await say(world, ada)
    made(world)[0].unlink()
    assert (await world.ask(ada, "history delete", job=1)).text.startswith("1 is gone: 1 file and its text; ")
    await say(world, ada)
    await expire(world)
    assert (await world.ask(ada, "history delete", job=2)).text == "2 is gone: its text."


async def test_a_job_that_failed_or_was_cancelled_can_be_deleted_and_nothing_else(world: World, ada: Asker) -> None:
    await world.submit(ada, "speak", text=SECRET)
    for name in ("show", "again", "keep", "unkeep"):
        with pytest.raises(Refused) as caught:
            await world.ask(ada, f"history {name}", job=1)
        assert str(caught.value) == "Job 1 is not done yet; /jobs show job=1 tells how far it is."
    with pytest.raises(Refused) as caught:
        await world.ask(ada, "history delete", job=1)
    assert str(caught.value) == "Job 1 is not done yet; /jobs cancel job=1 stops it first."
    await world.ask(ada, "jobs cancel", job=1)
    with pytest.raises(Refused) as caught:
        await world.ask(ada, "history show", job=1)
    assert str(caught.value) == "Job 1 was never said; /jobs retry job=1 tries it again."
    assert (await world.ask(ada, "history delete", job=1)).text == "1 is gone: its text."
    assert (await world.ask(ada, "jobs list")).text == "1 · /speak · cancelled"


async def test_an_export_is_not_in_the_history_and_its_file_can_be_deleted(world: World, ada: Asker) -> None:
    await world.ask(ada, "export")
    assert await lines(world, ada) == ["You have had nothing said yet; /speak says a text."]
    with pytest.raises(NotFound) as caught:
        await world.ask(ada, "history show", job=1)
    assert str(caught.value) == "There is nothing to hear in 1; /jobs show job=1 tells what it is."
    assert (await world.ask(ada, "history delete", job=1)).text.startswith("1 is gone: 1 file; ")
    assert made(world) == []


async def test_a_preview_is_in_the_history_by_its_files_name(world: World, ada: Asker) -> None:
    await world.ask(ada, "voices preview", name="de")
    assert (await lines(world, ada))[0].startswith("1 · hallo-so-klingt-meine-stimme.wav · ")
    again = await world.ask(ada, "history again", job=1)
    assert again.data["voice"] == "de"


@pytest.mark.parametrize("rank", Audience)
@pytest.mark.parametrize("name", ["show", "again", "keep", "unkeep", "delete", "tag", "project"])
async def test_what_is_somebody_elses_is_as_if_it_were_not_there(
    world: World, ada: Asker, name: str, rank: Audience
) -> None:
    await say(world, ada, SECRET)
    more = {"tag": {"tags": "a"}, "project": {"name": "a"}}.get(name, {})
    other = await world.person("bob", rank=rank)
    sentences = set()
    for number in (1, 99):
        with pytest.raises(NotFound) as caught:
            await world.ask(other, f"history {name}", job=number, **more)
        sentences.add(str(caught.value).replace(str(number), "N"))
    assert sentences == {"Number N is not in your history; /history list shows what is."}
    assert len(made(world)) == 1
    assert (await lines(world, ada))[0].endswith(" · goes in 7 days")


async def test_tags_replace_those_before_and_are_taken_away(world: World, ada: Asker) -> None:
    await say(world, ada)
    reply = await world.ask(ada, "history tag", job=1, tags="#Work,tea;  WORK\nbedtime")
    assert reply.text == "1 is filed under #work, #tea and #bedtime now."
    assert reply.data == {"id": 1, "tags": ["work", "tea", "bedtime"]}
    assert (await world.ask(ada, "history tag", job=1, tags=HEBREW)).data["tags"] == HEBREW.split()
    assert (await world.ask(ada, "history tag", job=1, tags="None")).text == "1 is filed under nothing now."
    assert (await world.ask(ada, "history list", tag="work")).items == ()


async def test_a_project_replaces_the_one_before_and_is_taken_away(world: World, ada: Asker) -> None:
    await say(world, ada)
    assert (await world.ask(ada, "history project", job=1, name=" My\u202e  garden ")).text == (
        '1 belongs to "My garden" now.'
    )
    assert (await world.ask(ada, "history project", job=1, name="@everyone {x}")).data["project"] == "@everyone {x}"
    assert (await world.ask(ada, "history project", job=1, name="none")).text == "1 belongs to no project now."


LABELS: dict[str, tuple[str, dict[str, object], str]] = {
    "no tags": ("tag", {"tags": " "}, "There is no word in that; give words such as work or bedtime, or 'none'"),
    "unseen tags": ("tag", {"tags": "\u200b\u202e ##"}, "There is no word in that;"),
    "eleven tags": ("tag", {"tags": " ".join("abcdefghijk")}, "Those are 11 tags; 10 is the most."),
    "1,000 letters": ("tag", {"tags": "a" * 1_000}, "aaaa"),
    "no name": ("project", {"name": "😀"}, "A project's name needs a letter or a digit in it; 'none' takes this out"),
    "a long name": ("project", {"name": "a" * 1_000}, "That name has 1000 characters; 60 is the most"),
    "no number": ("show", {"job": "x"}, "job has to be a whole number, not 'x'."),
    "number 0": ("show", {"job": 0}, "job has to be 1 or more."),
    "page 0": ("list", {"page": 0}, "page goes from 1 to 10,000."),
    "a long tag to look for": ("list", {"tag": "a" * 1_000}, "aaaa"),
    "a long project to look for": ("list", {"project": "a" * 1_000}, "That name has 1000 characters"),
}


@pytest.mark.parametrize(("name", "values", "sentence"), LABELS.values(), ids=LABELS)
async def test_what_makes_no_sense_is_refused_in_words(
    world: World, ada: Asker, name: str, values: dict[str, object], sentence: str
) -> None:
    await say(world, ada)
    given = values if name == "list" else {"job": 1, **values}
    with pytest.raises(UsageError) as caught:
        await world.ask(ada, f"history {name}", **given)
    assert str(caught.value).startswith(sentence)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    "text",
    ["@everyone look", f"\u202e{HEBREW}\u202c", "a" * 500, "/quota show", "100% {text} %s", "Good 🌙 night"],
    ids=["mention", "right to left", "500 letters", "a command", "a template", "emoji"],
)
async def test_odd_texts_are_listed_on_one_line_each(world: World, ada: Asker, text: str) -> None:
    await say(world, ada, text)
    await world.ask(ada, "history tag", job=1, tags="🌙 @everyone")
    reply = await world.ask(ada, "history list", search=text[-4:])
    (line,) = reply.text.splitlines()
    assert len(line) < 200
    assert "\u202e" not in line
    reply.to_json().encode()


async def test_tags_and_projects_are_completed_while_they_are_typed(world: World, ada: Asker, bob: Asker) -> None:
    await say(world, ada)
    await world.ask(ada, "history tag", job=1, tags="work word tea")
    await world.ask(ada, "history project", job=1, name="My Garden")

    async def suggested(asker: Asker, name: str, param: str, typed: str) -> list[str]:
        mark = find(world.host.commands, name).param(param)
        suggest = mark.mark(Suggest) if mark else None
        assert suggest
        return await suggest.source(world.inquiry(asker), typed)

    assert await suggested(ada, "history list", "tag", "#WO") == ["word", "work"]
    assert await suggested(ada, "history list", "project", "gar") == ["My Garden"]
    assert await suggested(ada, "history project", "name", "") == ["My Garden"]
    assert await suggested(bob, "history list", "tag", "") == []


async def test_what_was_said_is_forgotten_with_its_person(world: World, ada: Asker) -> None:
    await say(world, ada, SECRET)
    await world.ask(ada, "history tag", job=1, tags="tea")
    await world.ask(ada, "history keep", job=1)
    asked = await world.ask(ada, "forget")
    await world.ask(ada, "forget", confirm=asked.data["confirm"])
    assert made(world) == []
    assert await world.rows("SELECT 1 FROM jobs UNION ALL SELECT 1 FROM files") == []


async def test_a_command_that_is_gone_cannot_be_had_again(world: World, ada: Asker) -> None:
    await say(world, ada)
    world.host.commands = {name: each for name, each in world.host.commands.items() if name != "speak"}
    with pytest.raises(Exception, match="This Mynah no longer knows /speak; nothing was charged"):
        await world.ask(ada, "history again", job=1)


async def test_deleting_while_another_waits_to_be_claimed_leaves_the_queue_whole(world: World, ada: Asker) -> None:
    await say(world, ada)
    ticket = await world.submit(ada, "speak", text="Another one.")
    await world.ask(ada, "history delete", job=1)
    assert await world.database.read(lambda tx: queue.waiting(tx, ada.user_id)) == 1
    assert (await world.perform(ticket.job_id)).files
