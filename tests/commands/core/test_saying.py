"""Saying a text: its price, its reply, and what happens where something is in the way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pysubs2
import pytest

from commands.core.command import Audience
from commands.core.errors import Failed, UsageError
from commands.core.params import Attachment
from commands.core.reply import Reply
from commands.core.saying import SENTENCES_ONLY, SOME_SENTENCES_ONLY, EngineGone, ready
from engine.alignment import Aligner
from engine.engine import Abilities, Stopped
from engine.espeak_engine import EspeakEngine
from engine.router import Router
from engine.speech import Audio, Timing, Utterance
from engine.worker import Worker
from storage import lexicon, queue
from storage.database import Transaction
from storage.queue import Ending, LostJob, Ticket
from tests.commands.world import World
from tests.fakes.running import running

HELLO = "Hello, I am Mynah."
LOST, WORN_OUT = Ending(key="Lost", sentence="Lost.", reply="{}"), Ending(key="Worn", sentence="Worn.", reply="{}")
DAILY = "SELECT metric, used, reserved FROM balances WHERE period = 'day' ORDER BY metric"
LEFT = "SELECT coalesce(sum(used), 0), coalesce(sum(reserved), 0) FROM balances"


async def charged(world: World) -> dict[str, tuple[int, int]]:
    """What everybody has used, and what is set aside for them."""
    return {metric: (used, reserved) for metric, used, reserved in await world.rows(DAILY)}


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("  Hello \n\n\n there  ", "Hello\n\nthere"),
        ("half \ud83d a character", "half a character"),
        ("what \ufffd came apart", "what came apart"),
        ("\uff28\uff49", "Hi"),
        ("One. [pause 1s] Two.", "One. [pause 1s] Two."),
    ],
)
async def test_a_text_is_made_clean(typed: str, clean: str) -> None:
    assert await ready(typed) == clean
    assert await ready(await ready(typed)) == clean


@pytest.mark.parametrize(
    "text", ["", " \u200b", "\ufffd\ufffd", "?!", "[pause 2s]", "a [pause 61s]", "\ufdfa" * 14_000]
)
async def test_what_cannot_be_said_is_refused_as_a_long_text_is(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        await ready(text)
    with pytest.raises(UsageError) as again:
        await ready(text + " " * 6_000)
    assert str(caught.value) == str(again.value)
    assert str(caught.value).endswith(".")


async def test_an_engine_that_is_gone_is_said_with_what_to_do_and_nothing_is_charged(world: World) -> None:
    ada = await world.person("ada")
    await world.database.write(lambda tx: tx.run("UPDATE speakers SET engine = 'gone' WHERE key = 'de'"))
    with pytest.raises(EngineGone, match=r"The engine of de is not running .* nothing was charged\. .*/voices list"):
        await world.ask(ada, "speak", text=HELLO, voice="de")
    assert await world.rows(LEFT) == [(0, 0)]
    assert (await world.ask(ada, "speak", text=HELLO)).files


async def test_a_lexicon_that_blows_a_text_up_is_refused_and_nothing_is_charged(world: World) -> None:
    ada = await world.person("ada")
    await world.database.write(lambda tx: lexicon.add(tx, word="a", spoken="b " * 100, user_id=ada.user_id))
    with pytest.raises(UsageError, match=r"far longer than it is written; /lexicon list shows what makes it so\."):
        await world.ask(ada, "speak", text="a " * 500)
    assert await world.rows(LEFT) == [(0, 0)]
    assert (await world.ask(ada, "speak", text="a word")).files, "a short text may grow"


async def test_a_text_file_reserves_by_its_bytes_and_settles_by_its_characters(world: World) -> None:
    ada = await world.person("ada")
    content = ("ä" * 50 + " ").encode() * 3
    page = staged(world, "a.txt", content)
    ticket = await world.submit(ada, "speak", file=page)
    assert (await charged(world))["characters"] == (0, len(content))
    reply = await world.perform(ticket.job_id)
    assert (await charged(world))["characters"] == (50 * 3 + 2, 0)
    assert reply.data["characters"] == 50 * 3 + 2
    assert all(reserved == 0 for _, reserved in (await charged(world)).values())


async def test_a_text_file_is_said_in_the_voice_for_its_language(world: World) -> None:
    ada = await world.person("ada")
    page = staged(world, "brief.txt", "Ich habe heute leider überhaupt keine Zeit für dich.".encode("utf-16"))
    assert (await world.ask(ada, "speak", file=page)).data["voice"] == "de"


async def test_a_text_file_is_refused_where_its_bytes_go_over_the_limit_even_if_its_characters_might_not(
    world: World,
) -> None:
    ada = await world.person("ada")
    with pytest.raises(Exception, match=r"That takes 20,001 characters; your limit is 20,000") as caught:
        await world.submit(ada, "speak", file=staged(world, "a.txt", b"a" * 20_001))
    assert type(caught.value).__name__ == "QuotaReached"
    assert await world.rows(LEFT) == [(0, 0)]


async def test_the_same_text_as_a_file_and_typed_is_said_once(world: World) -> None:
    ada = await world.person("ada")
    typed = await world.ask(ada, "speak", text=HELLO, timestamps="words")
    before = await charged(world)
    found = await world.ask(ada, "speak", file=staged(world, "a.txt", HELLO.encode()), timestamps="words")
    assert found.data["cached"] is True
    assert found.files == typed.files
    assert await charged(world) == before


async def test_what_was_said_before_brings_its_timings_with_it(world: World) -> None:
    ada = await world.person("ada")
    first = await world.ask(ada, "speak", text=HELLO, timestamps="all", format="mp3")
    second = await world.ask(ada, "speak", text=HELLO, timestamps="all", format="mp3")
    assert second.data["cached"] is True
    assert second.files == first.files
    assert [file.format for file in second.files] == ["mp3", "json", "srt", "vtt"]


@pytest.mark.parametrize("missing", [1, 2, 3])
async def test_with_one_of_its_timings_missing_it_is_made_anew(world: World, missing: int) -> None:
    ada = await world.person("ada")
    first = await world.ask(ada, "speak", text=HELLO, timestamps="words")
    (world.host.data / first.files[missing].path).unlink()
    second = await world.ask(ada, "speak", text=HELLO, timestamps="words")
    assert second.data["cached"] is False
    assert len(second.files) == 4
    assert all((world.host.data / file.path).is_file() for file in second.files)
    third = await world.ask(ada, "speak", text=HELLO, timestamps="words")
    assert third.files == second.files


async def test_each_of_two_people_pays_for_their_own_and_gets_their_own(world: World) -> None:
    ada, bob = await world.person("ada"), await world.person("bob")
    replies = [await world.ask(person, "speak", text=HELLO, timestamps="words") for person in (ada, bob, ada, bob)]
    assert [reply.data["cached"] for reply in replies] == [False, False, True, True]
    assert {file.id for file in replies[0].files}.isdisjoint(file.id for file in replies[1].files)
    assert (replies[2].files, replies[3].files) == (replies[0].files, replies[1].files)
    assert await world.rows("SELECT count(*) FROM files GROUP BY user_id") == [(4,), (4,)]


async def test_the_same_asked_many_times_at_once_is_answered_each_time_and_nothing_stays_set_aside(
    world: World,
) -> None:
    ada = await world.person("ada")
    replies = await asyncio.gather(*(world.ask(ada, "speak", text=HELLO, timestamps="words") for _ in range(5)))
    made = [reply for reply in replies if not reply.data["cached"]]
    assert 1 <= len(made) <= 5
    contents = {tuple((world.host.data / file.path).read_bytes()[-200:] for file in reply.files) for reply in replies}
    assert all(len(content) == 4 for content in contents)
    used = await charged(world)
    assert used["generations"] == (len(made), 0)
    assert used["characters"] == (len(made) * len(HELLO), 0)
    assert (await world.ask(ada, "speak", text=HELLO, timestamps="words")).data["cached"] is True


async def test_so_it_is_where_jobs_begin_as_soon_as_they_are_asked_for(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        asked = {"text": HELLO, "timestamps": "words"}
        answers = await asyncio.gather(*(mynah.ask("speak", asked) for _ in range(6)))
        jobs = [answer.job_id for answer in answers if isinstance(answer, Ticket)]
        assert len(jobs) == 6
        for job in jobs:
            await mynah.ended(job)
        last = await mynah.ticket("speak", asked)
        await mynah.ended(last)
        rows = await mynah.rows("SELECT id, cached FROM jobs ORDER BY id")
        assert rows[-1]["cached"] == 1
        made = sum(not row["cached"] for row in rows)
        assert await mynah.charged("generations") == (made, 0)
        assert await mynah.charged("characters") == (made * len(HELLO), 0)
        assert len(list((mynah.folder / "generations").iterdir())) == 4 * made
        assert mynah.litter() == []


async def test_a_job_that_was_cut_off_is_said_anew_and_charged_once(world: World) -> None:
    ada = await world.person("ada")
    ticket = await world.submit(ada, "speak", text=HELLO, timestamps="words")
    job = await world.claim(ticket.job_id)
    context = await world.context_of(job)
    cut_off = await context.host.commands["speak"].handler(context, text=HELLO, **timestamps(world))
    assert not [file for file in cut_off.files if file.id], "nothing is anybody's yet"
    await world.database.write(lambda tx: queue.recover(tx, "next", LOST, WORN_OUT))
    with pytest.raises(LostJob):
        await context.commit(lambda tx: None)
    reply = await world.perform(ticket.job_id)
    assert [each["text"] for each in told(world, reply)] == ["Hello", "I", "am", "Mynah"]
    assert (await charged(world))["characters"] == (len(HELLO), 0)
    assert await world.rows("SELECT count(*) FROM files") == [(4,)]


async def test_a_voice_that_was_measured_before_the_cut_is_not_measured_again(world: World) -> None:
    ada = await world.person("ada")
    ticket = await world.submit(ada, "speak", text=HELLO)
    context = await world.context_of(await world.claim(ticket.job_id))
    await context.host.commands["speak"].handler(context, text=HELLO)
    measured = await world.rows("SELECT engine, speaker, gain FROM levels")
    assert len(measured) == 1
    await world.database.write(lambda tx: queue.recover(tx, "next", LOST, WORN_OUT))
    await world.perform(ticket.job_id)
    assert await world.rows("SELECT engine, speaker, gain FROM levels") == measured


class UntoldEngine(EspeakEngine):
    """espeak, without a word of when it says what."""

    name = "untold"

    def abilities(self) -> Abilities:
        return replace(super().abilities(), timings=frozenset())

    def synthesize(self, batch: Sequence[Utterance], stopped: Stopped) -> Iterator[tuple[int, Audio]]:
        for row, audio in super().synthesize(batch, stopped):
            yield row, Audio(samples=audio.samples, rate=audio.rate)


@pytest.fixture
async def untold(world: World) -> AsyncIterator[World]:
    """A Mynah whose German and British voices tell nothing of when they say what."""
    world.host.router = Router({"untold": Worker(UntoldEngine)})
    await world.host.router.open()
    await world.database.write(lambda tx: tx.run("UPDATE speakers SET engine = 'untold' WHERE key IN ('de', 'en-gb')"))
    yield world
    await world.host.router.close()


async def test_where_nobody_knows_when_words_are_said_that_is_said_and_sentences_are_told(untold: World) -> None:
    ada = await untold.person("ada")
    reply = await untold.ask(ada, "speak", text="Eins und zwei. Drei.", voice="de", timestamps="words")
    assert reply.text.endswith(f" · {SENTENCES_ONLY}")
    (first, second) = told(untold, reply)
    assert [(each["kind"], each["text"]) for each in (first, second)] == [
        ("sentence", "Eins und zwei."),
        ("sentence", "Drei."),
    ]
    assert 0 <= first["start_ms"] < first["end_ms"] <= second["start_ms"] < second["end_ms"]
    assert second["end_ms"] <= 1000 * (reply.files[0].seconds or 0) + 1


async def test_sentences_lie_side_by_side_within_the_sound_whatever_the_pauses_between_them(untold: World) -> None:
    ada = await untold.person("ada")
    for pause in ("0.5ms", "1.5ms", "3ms", "7.5ms", "9.1ms", "100.5ms", "0.0635s"):
        text = f"[pause {pause}] Eins. [pause {pause}] Zwei."
        reply = await untold.ask(ada, "speak", text=text, voice="de", timestamps="sentences")
        times = [time for each in told(untold, reply) for time in (each["start_ms"], each["end_ms"])]
        assert times == sorted(times), pause
        assert times[-1] <= 1000 * (reply.files[0].seconds or 0), pause


async def test_words_that_an_english_voice_does_not_tell_of_are_found_in_its_sound(untold: World) -> None:
    pytest.importorskip("pocketsphinx")
    ada = await untold.person("ada")
    text = "The boats come back in the evening, and nobody counts them."
    reply = await untold.ask(ada, "speak", text=text, voice="en-gb", timestamps="words")
    assert SENTENCES_ONLY not in reply.text
    assert [each["text"] for each in told(untold, reply)] == text.translate(str.maketrans("", "", ",.")).split()
    times = [time for each in told(untold, reply) for time in (each["start_ms"], each["end_ms"])]
    assert times == sorted(times)


async def test_where_the_words_of_some_sentences_only_are_found_the_others_are_told_and_that_is_said(
    untold: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pocketsphinx")
    align = Aligner.align

    def deaf(self: Aligner, samples: Any, rate: int, text: str, **wanted: bool) -> Sequence[Timing] | None:
        return None if "Nobody" in text else align(self, samples, rate, text, **wanted)

    monkeypatch.setattr(Aligner, "align", deaf)
    text = "The boats come back in the evening. Nobody counts them."
    reply = await untold.ask(await untold.person("ada"), "speak", text=text, voice="en-gb", timestamps="words")
    assert reply.text.endswith(f" · {SOME_SENTENCES_ONLY}")
    assert [each["text"] for each in told(untold, reply)] == [*text.split(".")[0].split(), "Nobody counts them."]


async def test_sentences_that_are_asked_for_are_told_with_their_signs(world: World) -> None:
    reply = await world.ask(await world.person("ada"), "speak", text="One. Two!", timestamps="sentences")
    assert SENTENCES_ONLY not in reply.text
    assert [(each["kind"], each["text"]) for each in told(world, reply)] == [("sentence", "One."), ("sentence", "Two!")]


async def test_words_are_told_as_they_are_written_around_a_pause_and_a_lexicon(world: World) -> None:
    ada = await world.person("ada")

    def add(tx: Transaction) -> None:
        lexicon.add(tx, word="Mynah", spoken="my nah", user_id=ada.user_id)

    await world.database.write(add)
    text = "Dr. Mynah paid $3.50. [pause 1s] On 4/5/2026 Mynah left."
    reply = await world.ask(ada, "speak", text=text, timestamps="words")
    words = told(world, reply)
    assert [each["text"] for each in words] == ["Dr.", "Mynah", "paid", "$3.50", "On", "4/5/2026", "Mynah", "left"]
    assert words[4]["start_ms"] - words[3]["end_ms"] > 1000
    shown = " ".join(each.plaintext for each in pysubs2.load(str(world.host.data / reply.files[2].path)))
    assert shown.split() == text.replace("[pause 1s] ", "").split()


async def test_owners_pay_nothing_twice_either(world: World) -> None:
    host = await world.person("host", rank=Audience.OWNERS)
    assert [(await world.ask(host, "speak", text=HELLO)).data["cached"] for _ in range(2)] == [False, True]


async def test_what_failed_answers_nothing_later(world: World) -> None:
    ada = await world.person("ada")
    await world.database.write(lambda tx: tx.run("UPDATE speakers SET engine = 'gone' WHERE key = 'de'"))
    with pytest.raises(Failed):
        await world.ask(ada, "speak", text=HELLO, voice="de")
    await world.database.write(lambda tx: tx.run("UPDATE speakers SET engine = 'espeak' WHERE key = 'de'"))
    reply = await world.ask(ada, "speak", text=HELLO, voice="de")
    assert reply.data["cached"] is False


def timestamps(world: World) -> dict[str, object]:
    """The option as the command gets it."""
    return {"timestamps": world.typed("speak", text=HELLO, timestamps="words")["timestamps"]}


def told(world: World, reply: Reply) -> list[dict[str, Any]]:
    """What the JSON file of a reply tells."""
    said = json.loads((world.host.data / reply.files[1].path).read_text(encoding="utf-8"))
    assert said["version"] == 1
    return list(said["timings"])


def staged(world: World, name: str, content: bytes) -> Attachment:
    """A file that came with a request, and lies where such files are put."""
    path = world.host.data / "staging" / "page"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return Attachment(name=name, bytes=len(content), path="staging/page")


async def test_a_file_in_which_somebodys_voice_speaks_knows_whose_it_is(world: World) -> None:
    ada = await world.person("ada")
    voice = await world.make_voice("mine", ada.user_id, "private")
    await world.ask(ada, "speak", text=HELLO, voice="mine")
    await world.ask(ada, "speak", text=HELLO, voice="en-us")
    assert await world.rows("SELECT voice_id FROM files ORDER BY id") == [(voice,), (None,)]
