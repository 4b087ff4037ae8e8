"""What people send by accident or malice: each is answered with a sentence, and costs nothing; or is simply said."""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable

import pytest

from commands.core import plan
from commands.core.command import Audience
from commands.core.errors import MynahError, Refused
from commands.core.manner import Manner
from commands.core.page import read_file
from commands.core.params import Attachment, Timestamps
from commands.core.saying import ready
from commands.core.script import lines
from engine.mastering import Line
from engine.text.document import read_document
from engine.text.hygiene import clean
from engine.text.language import detect
from storage.metrics import Metric
from tests.commands.world import World
from tests.engine.text.hostile import FILES, TEXTS

HEBREW = "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd"

REFUSED: dict[str, tuple[dict[str, object], str]] = {
    "empty": ({"text": ""}, "There is nothing to say yet"),
    "blank": ({"text": " \t\n\u00a0\u3000 "}, "There is nothing to say yet"),
    "nothing but what is not seen": ({"text": "\u200b\u202e\ufeff"}, "There is nothing to say yet"),
    "emoji only": ({"text": "😀👍🏽🇩🇪"}, "There is nothing in that to read aloud"),
    "dots only": ({"text": "... !!! ???"}, "There is nothing in that to read aloud"),
    "a megabyte": ({"text": "x" * 1_000_000}, "text is 1,000,000 characters long; 250,000 is the most"),
    "half a character": ({"text": "\ud800"}, "There is nothing to say yet"),
    "a word of thousands": ({"text": "a" * 5_000}, "There is a word in that of 5,000 letters; 500 is the most"),
    "a number of thousands": ({"text": "1" * 5_000}, "There is a number in that of 5,000 digits; 300 is the most"),
    "no text": ({}, "/speak needs text or file; give one of them."),
    "text that is a number": ({"text": 7}, "text has to be text, not 7."),
    "unknown voice": ({"text": "hi", "voice": "darth"}, "There is no voice 'darth'."),
    "half a voice": ({"text": "hi", "voice": "\udfff"}, "There is no voice '\ufffd'."),
    "a voice like a path": ({"text": "hi", "voice": "../../etc/passwd"}, "There is no voice '../../etc/passwd'."),
    "a voice like SQL": ({"text": "hi", "voice": "' OR 1=1 --"}, "There is no voice"),
    "a voice like a template": ({"text": "hi", "voice": "{name} {0}"}, "There is no voice '{name} {0}'."),
    "a long voice": ({"text": "hi", "voice": "v" * 10_000}, "There is no voice"),
    "speed 0": ({"text": "hi", "speed": 0}, "speed goes from 0.5 to 3."),
    "speed NaN": ({"text": "hi", "speed": math.nan}, "speed has to be a number, not nan."),
    "speed infinite": ({"text": "hi", "speed": "inf"}, "speed has to be a number"),
    "speed in words": ({"text": "hi", "speed": "fast"}, "speed has to be a number, not 'fast'."),
    "speed of digits": ({"text": "hi", "speed": "9" * 5_000}, "speed has to be a number"),
    "an option that is not there": ({"text": "hi", "timbre": 2}, "/speak has no 'timbre'."),
}

SAID = {
    "right to left": (f"\u202e{HEBREW}\u202c", HEBREW.replace(" ", "-") + ".wav"),
    "a mention of all": ("@everyone", "everyone.wav"),
    "a device of Windows": ("CON", "speech-con.wav"),
    "a path": ("../../etc/passwd", "etc-passwd.wav"),
    "zalgo": ("Z\u0334\u0335\u0336\u0337\u0338algo", None),
    "a pair of halves": ("hi \ud83d\ude00 there", "hi-there.wav"),
    "half a character among others": ("hi\udc00 there", "hi-there.wav"),
    "markup": ("<speak>&amp; <break time='9999s'/> hi", None),
    "a null": ("hi\0there", None),
    "a template": ("{text} {0} %s hi", None),
    "a very long word": ("a" * 500, None),
}


@pytest.mark.parametrize(("values", "sentence"), REFUSED.values(), ids=REFUSED)
async def test_a_sentence_comes_back_and_nothing_is_charged(
    world: World, values: dict[str, object], sentence: str
) -> None:
    ada = await world.person("ada")
    with pytest.raises(Refused) as caught:
        await world.ask(ada, "speak", **values)
    said = str(caught.value)
    assert said.startswith(sentence)
    assert len(said) < 300
    said.encode()  # a sentence can be sent whatever was in the request
    left = await world.rows(
        "SELECT 'job' FROM jobs UNION ALL SELECT 'use' FROM balances UNION ALL SELECT 'line' FROM ledger"
    )
    assert left == []


@pytest.mark.parametrize(("text", "name"), SAID.values(), ids=SAID)
async def test_odd_texts_are_simply_said(world: World, text: str, name: str | None) -> None:
    reply = await world.ask(await world.person("ada"), "speak", text=text)
    (file,) = reply.files
    assert (world.host.data / file.path).stat().st_size == file.bytes > 1_000
    assert len(file.name) <= 60
    assert name in (None, file.name)
    reply.to_json().encode()


SOON = 1.0
"""CPU seconds that anything may take up to what the engine is given."""
TASTE = 400
"""How much of a text is said, in characters: an engine takes its time over all of a long one, as it may."""
ROUNDS = 3
"""How often something is tried that seems to take too long: another process may have had the cache to itself."""
ALL = Manner(timestamps=Timestamps.ALL)
NOTHING_CHARGED = "SELECT coalesce(sum(used), 0), coalesce(sum(reserved), 0) FROM balances"


@pytest.fixture(scope="module")
def loaded() -> None:
    """What is loaded once in a process does not count against a text."""
    detect("Saya belum tahu di mana stasiunnya", {"en", "de"})
    read_document(b"# Ready", "a.md")


async def cpu_seconds(work: Callable[[], Awaitable[None]]) -> float:
    """Do it, and return the least CPU seconds that it took."""
    least = math.inf
    for _ in range(ROUNDS):
        began = time.process_time()
        await work()
        least = min(least, time.process_time() - began)
        if least < SOON:
            break
    return least


@pytest.mark.parametrize("name", TEXTS)
async def test_the_script_of_a_hostile_text_is_written_or_refused_in_words_and_soon(
    world: World, loaded: None, name: str
) -> None:
    host = await world.person("host", rank=Audience.OWNERS)  # whom no quota saves from it
    await script(world, "Say it once.")

    async def ask() -> None:
        try:
            order = await world.order(host, "speak", text=TEXTS[name], timestamps="all")
            written = await script(world, TEXTS[name])
        except Refused as refusal:
            check_sentence(refusal)
        else:
            (price,) = (each.amount for each in order.charges if each.metric is Metric.CHARACTERS)
            assert 0 < price == order.characters <= len(clean(TEXTS[name]))
            assert written and all(line.utterance.text.strip() for line in written)

    assert await cpu_seconds(ask) < SOON


@pytest.mark.parametrize("name", TEXTS)
async def test_a_hostile_text_is_said_or_refused_in_words_and_costs_no_more_than_what_is_read_of_it(
    world: World, name: str
) -> None:
    text = TEXTS[name][:TASTE]
    try:
        reply = await world.ask(await world.person("ada"), "speak", text=text, timestamps="all")
    except MynahError as refusal:
        check_sentence(refusal)
        assert await world.rows(NOTHING_CHARGED) == [(0, 0)]
    else:
        assert all((world.host.data / file.path).stat().st_size == file.bytes > 0 for file in reply.files)
        assert len(reply.files) == 4
        charged = await world.rows("SELECT used, reserved FROM balances WHERE metric = 'characters' AND period = 'day'")
        assert charged == [(reply.data["characters"], 0)]
        assert reply.data["characters"] <= len(clean(text))
        reply.to_json().encode()


@pytest.mark.parametrize("name", FILES)
async def test_the_script_of_a_hostile_file_is_written_or_refused_in_words_and_soon(
    world: World, loaded: None, name: str
) -> None:
    host = await world.person("host", rank=Audience.OWNERS)
    await script(world, "Say it once.")

    async def ask() -> None:
        try:
            file = staged(world, *FILES[name])
            order = await world.order(host, "speak", file=file)
            ticket = await world.submit(host, "speak", file=file)
            context = await world.context_of(await world.claim(ticket.job_id))
            text = await read_file(context, file)
            written = await script(world, text)
        except Refused as refusal:
            check_sentence(refusal)
        else:
            assert len(clean(text)) <= order.characters <= len(FILES[name][1])
            assert written and all(line.utterance.text.strip() for line in written)

    assert await cpu_seconds(ask) < SOON


@pytest.mark.parametrize("name", FILES)
async def test_a_hostile_file_is_said_or_refused_in_words_and_costs_no_more_than_what_is_read_of_it(
    world: World, name: str
) -> None:
    file_name, content = FILES[name]
    content = content[: 2 * TASTE]
    try:
        reply = await world.ask(await world.person("ada"), "speak", file=staged(world, file_name, content))
    except MynahError as refusal:
        check_sentence(refusal)
        assert await world.rows(NOTHING_CHARGED) == [(0, 0)]
    else:
        (file,) = reply.files
        assert (world.host.data / file.path).stat().st_size == file.bytes > 1_000
        charged = await world.rows("SELECT used, reserved FROM balances WHERE metric = 'characters' AND period = 'day'")
        assert charged == [(reply.data["characters"], 0)]
        assert reply.data["characters"] <= len(clean(read_document(content, file_name)))


def check_sentence(refusal: MynahError) -> None:
    said = str(refusal)
    said.encode()
    assert 10 < len(said) < 300
    assert said.rstrip()[-1] in ".!?"


async def script(world: World, text: str) -> list[Line]:
    """What the engine would be given of a text, with all that is known of when it is said."""
    inquiry = world.inquiry(await world.person("ada"))
    words = await ready(text)
    made = await plan.make(inquiry, words, "", ALL)
    return lines(words, made, ALL, world.host.abilities[made.voice.engine])


def staged(world: World, name: str, content: bytes) -> Attachment:
    """A file that came with a request, and lies where such files are put."""
    path = world.host.data / "staging" / "page"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return Attachment(name=name, bytes=len(content), path="staging/page")
