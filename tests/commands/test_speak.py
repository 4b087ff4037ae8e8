"""/speak, run for real: espeak, a spool, a database, the balances."""

from __future__ import annotations

import asyncio
import json
import wave
from dataclasses import replace
from itertools import pairwise

import av
import numpy as np
import pyloudnorm  # type: ignore[import-untyped]  # it has no types
import pytest

from commands.core.command import Audience, Lane
from commands.core.errors import QuotaReached, UsageError
from commands.core.estimate import LONG
from commands.core.params import Attachment, FileFormat
from commands.core.reply import OWN_JOB
from commands.core.request import admit, find
from commands.speak import speak
from storage import lexicon
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
    ticket = await world.submit(ada, "speak", text="One sentence is said. " * 120)
    told: list[float] = []
    context = await world.context_of(await world.claim(ticket.job_id), told)
    await speak.handler(context, text="One sentence is said. " * 120)
    assert told == sorted(told)
    assert len(told) >= 4
    assert told[-1] == 1.0


async def test_an_action_says_it_again_exactly(world: World) -> None:
    ada = await world.person("ada")
    first = await world.ask(ada, "speak", text=HELLO, voice="en-gb", speed=1.5)
    again, *_ = first.actions
    assert again.values == {"job": OWN_JOB}
    second = await world.ask(ada, again.command, job=1)
    assert second.text == f"{first.text} · said before, so it is free"
    assert second.files == first.files


async def test_what_was_said_offers_another_voice_another_format_and_to_be_kept(world: World) -> None:
    reply = await world.ask(await world.person("ada"), "speak", text=HELLO)
    assert [(each.label, each.command, each.asks) for each in reply.actions] == [
        ("Again", "history again", ""),
        ("Other voice", "history again", "voice"),
        ("Other format", "history again", "format"),
        ("Keep", "history keep", ""),
    ]
    assert all(each.handy for each in reply.actions)


async def test_where_nobody_asks_for_a_format_the_platforms_own_is_made(world: World) -> None:
    world.rules = replace(world.rules, formats={"discord": FileFormat.VOICE})
    ada = await world.person("ada")
    (file,) = (await world.ask(ada, "speak", text=HELLO)).files
    assert (file.format, file.voice) == ("ogg-opus", True)
    (again,) = (await world.ask(ada, "speak", text=HELLO)).files
    assert (again.id, again.voice) == (file.id, True)
    (other,) = (await world.ask(ada, "speak", text=HELLO, format="flac")).files
    assert (other.format, other.voice) == ("flac", False)


async def test_a_text_that_grows_beyond_the_most_when_it_is_made_readable_is_refused(world: World) -> None:
    ligature = "\ufdfa"  # one character that is read as eighteen
    ada = await world.person("ada")
    with pytest.raises(UsageError, match=r"That is 270,\d{3} characters to read; 250,000 is the most"):
        await admit(speak, {"text": ligature * 15_000}, world.inquiry(ada))


async def test_two_people_are_served_at_once(world: World) -> None:
    ada, bob = await world.person("ada"), await world.person("bob")
    replies = await asyncio.gather(world.ask(ada, "speak", text=HELLO), world.ask(bob, "speak", text="Good morning."))
    assert [reply.files[0].name for reply in replies] == ["hello-i-am-mynah.wav", "good-morning.wav"]


def test_speak_is_found_by_its_name(world: World) -> None:
    assert find(world.host.commands, "speak") is speak


async def test_what_was_said_before_comes_back_at_once_and_is_free(world: World) -> None:
    ada = await world.person("ada")
    first = await world.ask(ada, "speak", text=HELLO)
    charged = await world.rows("SELECT who, metric, period, used, reserved FROM balances ORDER BY 1, 2, 3")
    ticket = await world.submit(ada, "speak", text=f" {HELLO} ")
    assert (ticket.state, ticket.eta_ms) == ("succeeded", 0)
    second = await world.sent(ticket.job_id)
    assert second.text == f"{first.text} · said before, so it is free"
    assert (second.files[0].id, second.data["cached"]) == (first.files[0].id, True)
    assert await world.rows("SELECT who, metric, period, used, reserved FROM balances ORDER BY 1, 2, 3") == charged
    assert await world.rows("SELECT cached FROM jobs ORDER BY id") == [(0,), (1,)]


@pytest.mark.parametrize(
    "other",
    [
        {"text": "Hello, I am Mynah!"},
        {"voice": "en-gb"},
        {"speed": 1.1},
        {"pitch": 1},
        {"volume": 0.9},
        {"format": "flac"},
        {"sample_rate": "8000"},
        {"timestamps": "words"},
        {"language": "de"},
    ],
    ids=str,
)
async def test_what_differs_in_anything_is_said_anew(world: World, other: dict[str, object]) -> None:
    ada = await world.person("ada")
    await world.ask(ada, "speak", text=HELLO, voice="en-us")
    assert (await world.submit(ada, "speak", **{"text": HELLO, "voice": "en-us", **other})).state == "ready"


async def test_nobody_is_answered_with_another_persons_file(world: World) -> None:
    ada, bob = await world.person("ada"), await world.person("bob")
    mine = await world.ask(ada, "speak", text=HELLO)
    theirs = await world.ask(bob, "speak", text=HELLO)
    assert theirs.data["cached"] is False
    assert theirs.files[0].id != mine.files[0].id


async def test_a_lexicon_that_changes_the_text_has_it_said_anew(world: World) -> None:
    ada = await world.person("ada")
    await world.ask(ada, "speak", text=HELLO)
    await world.database.write(lambda tx: lexicon.add(tx, word="Minah", spoken="miner", user_id=ada.user_id))
    assert (await world.submit(ada, "speak", text=HELLO)).state == "succeeded"
    await world.database.write(lambda tx: lexicon.add(tx, word="Mynah", spoken="miner", user_id=ada.user_id))
    assert (await world.submit(ada, "speak", text=HELLO)).state == "ready"


async def test_two_lexicons_that_read_alike_do_not_share_an_answer(world: World) -> None:
    ada = await world.person("ada")
    await world.database.write(lambda tx: lexicon.add(tx, word="a=b", spoken="c", user_id=ada.user_id))
    await world.ask(ada, "speak", text="see a=b now")
    await world.database.write(lambda tx: lexicon.remove(tx, "a=b", user_id=ada.user_id))
    await world.database.write(lambda tx: lexicon.add(tx, word="a", spoken="b=c", user_id=ada.user_id))
    assert (await world.submit(ada, "speak", text="see a=b now")).state == "ready"


async def test_a_file_that_somebody_removed_answers_nothing(world: World) -> None:
    ada = await world.person("ada")
    reply = await world.ask(ada, "speak", text=HELLO)
    (world.host.data / reply.files[0].path).unlink()
    assert (await world.submit(ada, "speak", text=HELLO)).state == "ready"


async def test_of_two_that_waited_with_the_same_text_the_second_is_free(world: World) -> None:
    ada = await world.person("ada")
    first, second = [await world.submit(ada, "speak", text=HELLO) for _ in range(2)]
    made, found = await world.perform(first.job_id), await world.perform(second.job_id)
    assert found.files[0].id == made.files[0].id
    assert await world.rows("SELECT used, reserved FROM balances WHERE metric = 'generations' AND period = 'day'") == [
        (1, 0)
    ]


@pytest.mark.parametrize(
    ("format", "ending", "codec"),
    [("wav", "wav", "pcm_s16le"), ("mp3", "mp3", "mp3float"), ("flac", "flac", "flac"), ("ogg-opus", "ogg", "opus"),
     ("m4a", "m4a", "aac")],
)  # fmt: skip
async def test_every_format_is_made_at_the_length_that_is_told(
    world: World, format: str, ending: str, codec: str
) -> None:
    reply = await world.ask(await world.person("ada"), "speak", text=HELLO, format=format)
    (file,) = reply.files
    assert (file.name, file.format) == (f"hello-i-am-mynah.{ending}", format)
    assert file.path == f"generations/{file.id}.{ending}"
    with av.open(str(world.host.data / file.path)) as sound:
        assert sound.streams.audio[0].codec_context.name == codec
        seconds = sum(frame.samples / frame.sample_rate for frame in sound.decode(audio=0))
    assert seconds == pytest.approx(file.seconds, abs=0.05)


async def test_a_sample_rate_that_is_asked_for_is_the_files(world: World) -> None:
    reply = await world.ask(await world.person("ada"), "speak", text=HELLO, sample_rate="8000")
    with wave.open(str(world.host.data / reply.files[0].path)) as sound:
        assert sound.getframerate() == 8_000
        assert sound.getnframes() / 8_000 == pytest.approx(reply.files[0].seconds, abs=0.01)
    assert await world.rows("SELECT settings FROM jobs") == [('{"sample_rate": "8000", "voice": "en-us"}',)]


async def test_timestamps_come_in_three_files_beside_the_sound(world: World) -> None:
    reply = await world.ask(await world.person("ada"), "speak", text="It costs $3.50. Yes.", timestamps="words")
    sound, *beside = reply.files
    assert [file.name for file in beside] == [
        "it-costs-3-50-yes.json",
        "it-costs-3-50-yes.srt",
        "it-costs-3-50-yes.vtt",
    ]
    told = json.loads((world.host.data / beside[0].path).read_text(encoding="utf-8"))
    assert told["version"] == 1
    assert [(each["kind"], each["text"]) for each in told["timings"]] == [
        ("word", "It"), ("word", "costs"), ("word", "$3.50"), ("word", "Yes"),
    ]  # fmt: skip
    times = [time for each in told["timings"] for time in (each["start_ms"], each["end_ms"])]
    assert times == sorted(times)
    assert times[-1] <= 1000 * (sound.seconds or 0)
    bytes = await world.rows("SELECT used FROM balances WHERE metric = 'bytes'")
    assert bytes == [(sum(file.bytes for file in reply.files),)]


async def test_a_pause_lasts_as_long_as_it_says(world: World) -> None:
    ada = await world.person("ada")
    plain = await world.ask(ada, "speak", text="One. Two.")
    paused = await world.ask(ada, "speak", text="One. [pause 2s] Two.")
    assert paused.data["seconds"] == pytest.approx(plain.data["seconds"] + 2, abs=0.3)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[pause 999999s] Hello", "A pause lasts 60 seconds at most"),
        ("a" + "[pause 60s]" * 11, "more than 10 minutes in all"),
        ("[pause 1s]", "nothing in that to read aloud"),
    ],
)
async def test_silence_is_not_for_sale(world: World, text: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        await world.submit(await world.person("ada"), "speak", text=text)
    assert await world.rows("SELECT 1 FROM ledger") == []


async def test_a_text_file_is_said_and_charged_by_what_is_in_it(world: World) -> None:
    ada = await world.person("ada")
    reply = await world.ask(ada, "speak", file=page(world, "page.md", b"\xef\xbb\xbf# Title\n\nHello *there*.\n"))
    assert reply.text.startswith('"Title')
    assert reply.data["characters"] == len("Title.\n\nHello there.")
    assert await world.rows("SELECT used, reserved FROM balances WHERE metric = 'characters' AND period = 'day'") == [
        (reply.data["characters"], 0)
    ]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("page.pdf", b"%PDF", r"page\.pdf is no \.txt or \.md file"),
        ("page.txt", b"", "nothing to say"),
        ("page.txt", b"\x00\x01\x02\xff" * 100, "text"),
        ("page.txt", b"... !", "nothing in that to read aloud"),
    ],
)
async def test_a_file_that_is_no_text_is_refused_in_words(
    world: World, name: str, content: bytes, sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        await world.ask(await world.person("ada"), "speak", file=page(world, name, content))
    assert await world.rows("SELECT SUM(used), SUM(reserved) FROM balances") in ([(None, None)], [(0, 0)])


async def test_text_and_file_at_once_are_one_too_many(world: World) -> None:
    ada = await world.person("ada")
    with pytest.raises(UsageError, match="Give text or file, not both"):
        await world.ask(ada, "speak", text="hi", file=page(world, "page.txt", b"hi"))
    with pytest.raises(UsageError, match="/speak needs text"):
        await world.ask(ada, "speak", voice="en-gb")


async def test_tags_and_project_are_kept_with_the_job(world: World) -> None:
    await world.submit(await world.person("ada"), "speak", text=HELLO, tags="#News, today", project="My  book")
    assert await world.rows("SELECT tags, project, format FROM jobs") == [('["news", "today"]', "My book", "wav")]


async def test_a_language_that_nobody_speaks_is_refused_with_the_nearest(world: World) -> None:
    with pytest.raises(UsageError, match=r"Nobody here speaks 'dee'\. Did you mean .*de"):
        await world.submit(await world.person("ada"), "speak", text=HELLO, language="dee")


async def test_a_voice_is_measured_once_and_every_voice_is_equally_loud(world: World) -> None:
    ada = await world.person("ada")
    levels = {}
    for voice in ("en-us", "de", "fr-fr", "en-us+annie"):
        reply = await world.ask(ada, "speak", text="One, two, three, four, five, six, seven, eight.", voice=voice)
        with wave.open(str(world.host.data / reply.files[0].path)) as sound:
            pcm = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
        levels[voice] = pyloudnorm.Meter(22_050).integrated_loudness(pcm / 32768)
    assert len(await world.rows("SELECT 1 FROM levels")) == len(levels)
    assert max(levels.values()) - min(levels.values()) < 3, levels


def page(world: World, name: str, content: bytes) -> Attachment:
    """A file that came with a request and is staged."""
    path = world.host.data / "staging" / "page"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return Attachment(name=name, bytes=len(content), path="staging/page")


@pytest.mark.parametrize("voice", ["en-us", "de"])
async def test_of_what_is_long_it_is_known_where_it_can_be_cut(world: World, voice: str) -> None:
    text = "It was a bright cold day, in April. The clocks were striking, thirteen! Who was it, then? " * 30
    reply = await world.ask(await world.person("ada"), "speak", text=text, voice=voice, timestamps="sentences")
    sound, timings, *_ = reply.files
    told = json.loads((world.host.data / timings.path).read_text())["timings"]
    sentences = [(each["start_ms"] / 1000, each["end_ms"] / 1000) for each in told]
    assert sound.ends and sound.seconds and sound.ends[-1] <= sound.seconds
    assert all(after - before >= 5 for before, after in pairwise(sound.ends))
    inside = [at for at in sound.ends if any(begin + 0.05 < at < end - 0.05 for begin, end in sentences)]
    assert inside == []
    short = await world.ask(await world.person("ada"), "speak", text="Hello there. " * 5)
    assert short.files[0].ends == ()
