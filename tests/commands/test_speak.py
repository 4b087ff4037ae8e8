"""/speak, run for real: espeak, a spool, a database, the balances."""

from __future__ import annotations

import asyncio
import wave

import pytest

from commands.core.command import Audience, Lane
from commands.core.errors import QuotaReached, UsageError
from commands.core.estimate import LONG
from commands.core.request import admit, find
from commands.speak import speak
from tests.commands.world import World

HELLO = "Hello, I am Mynah."


async def test_speak_answers_with_a_sound_file_its_length_and_the_voice(world: World) -> None:
    reply = await world.ask(await world.person("ada"), "speak", text=HELLO)
    (file,) = reply.files
    with wave.open(str(world.host.data / file.path)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 22_050)
        assert sound.getnframes() / 22_050 == pytest.approx(file.seconds)
    assert reply.text == f'"{HELLO}" · {file.seconds:.1f} s · English (America)'
    assert file.name == "hello-i-am-mynah.wav"
    assert reply.data == {
        "seconds": round(file.seconds or 0, 3),
        "voice": "en-us",
        "engine": "espeak",
        "cached": False,
        "characters": len(HELLO),
    }


async def test_what_was_really_used_is_charged_and_nothing_stays_set_aside(world: World) -> None:
    reply = await world.ask(await world.person("ada"), "speak", text=HELLO)
    (file,) = reply.files
    charged = await world.rows("SELECT metric, used, reserved FROM balances WHERE period <> 'month' ORDER BY metric")
    assert charged == [
        ("bytes", file.bytes, 0),
        ("characters", len(HELLO), 0),
        ("generations", 1, 0),
        ("seconds", -(-int((file.seconds or 0) * 1000) // 1000), 0),
    ]


async def test_a_text_is_charged_as_it_is_read_not_as_it_is_typed(world: World) -> None:
    reply = await world.ask(await world.person("ada"), "speak", text="  Hello\t\t there \u202e ")
    assert reply.data["characters"] == len("Hello there")
    assert reply.text.startswith('"Hello there"')


async def test_speed_makes_the_same_text_shorter(world: World) -> None:
    ada = await world.person("ada")
    slow = await world.ask(ada, "speak", text=HELLO, speed=0.8)
    fast = await world.ask(ada, "speak", text=HELLO, speed=2)
    assert fast.data["seconds"] < 0.6 * slow.data["seconds"]


async def test_what_goes_over_a_limit_is_refused_in_numbers_and_nothing_is_set_aside(world: World) -> None:
    ada = await world.person("ada")
    with pytest.raises(QuotaReached) as caught:
        await world.submit(ada, "speak", text="word " * 5_000)
    assert str(caught.value) == (
        "That takes 24,999 characters; your limit is 20,000 characters a day. Ask for less, or ask an admin for more."
    )
    assert await world.rows("SELECT 1 FROM jobs UNION ALL SELECT 1 FROM ledger") == []


async def test_owners_are_counted_but_never_refused(world: World) -> None:
    host = await world.person("host", rank=Audience.OWNERS)
    await world.submit(host, "speak", text="word " * 5_000)
    assert await world.rows("SELECT reserved FROM balances WHERE metric = 'characters' AND period = 'day'") == [
        (24_999,)
    ]


async def test_a_chapter_does_not_wait_among_sentences(world: World) -> None:
    ada = await world.person("ada")
    sentence = await world.submit(ada, "speak", text=HELLO)
    chapter = await world.submit(ada, "speak", text="word " * (LONG // 4))
    lanes = dict(await world.rows("SELECT id, lane FROM jobs"))
    assert lanes == {sentence.job_id: Lane.NOW, chapter.job_id: Lane.SOON}


async def test_a_long_text_tells_how_far_it_has_come(world: World) -> None:
    ada = await world.person("ada")
    ticket = await world.submit(ada, "speak", text="One sentence is said. " * 12)
    told: list[float] = []
    context = await world.context_of(await world.claim(ticket.job_id), told)
    await speak.handler(context, text="One sentence is said. " * 12)
    assert told == sorted(told)
    assert len(told) == 12
    assert told[-1] == 1.0


async def test_an_action_says_it_again_exactly(world: World) -> None:
    ada = await world.person("ada")
    first = await world.ask(ada, "speak", text=HELLO, voice="en-gb", speed=1.5)
    (again,) = first.actions
    second = await world.ask(ada, again.command, **again.values)
    assert second.text == first.text


async def test_a_text_too_long_for_a_button_has_none(world: World) -> None:
    reply = await world.ask(await world.person("ada"), "speak", text="word " * 810)
    assert reply.actions == ()


async def test_a_text_that_grows_beyond_the_most_when_it_is_made_readable_is_refused(world: World) -> None:
    ligature = "\ufdfa"  # one character that is read as eighteen
    ada = await world.person("ada")
    with pytest.raises(UsageError, match=r"That is 180,\d{3} characters to read; 100,000 is the most"):
        await admit(speak, {"text": ligature * 10_000}, world.inquiry(ada))


async def test_two_people_are_served_at_once(world: World) -> None:
    ada, bob = await world.person("ada"), await world.person("bob")
    replies = await asyncio.gather(world.ask(ada, "speak", text=HELLO), world.ask(bob, "speak", text="Good morning."))
    assert [reply.files[0].name for reply in replies] == ["hello-i-am-mynah.wav", "good-morning.wav"]


def test_speak_is_found_by_its_name(world: World) -> None:
    assert find(world.host.commands, "speak") is speak
