"""What people send by accident or malice: each is answered with a sentence, and costs nothing; or is simply said."""

from __future__ import annotations

import math

import pytest

from commands.core.errors import Refused
from tests.commands.world import World

HEBREW = "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd"

REFUSED: dict[str, tuple[dict[str, object], str]] = {
    "empty": ({"text": ""}, "There is nothing to say yet"),
    "blank": ({"text": " \t\n\u00a0\u3000 "}, "There is nothing to say yet"),
    "nothing but what is not seen": ({"text": "\u200b\u202e\ufeff"}, "There is nothing to say yet"),
    "emoji only": ({"text": "😀👍🏽🇩🇪"}, "There is nothing in that to read aloud"),
    "dots only": ({"text": "... !!! ???"}, "There is nothing in that to read aloud"),
    "a megabyte": ({"text": "x" * 1_000_000}, "text is 1,000,000 characters long; 250,000 is the most"),
    "half a character": ({"text": "\ud800"}, "There is nothing in that to read aloud"),
    "no text": ({}, "/speak needs text: What to say; or give a file."),
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
    "a very long word": ("a" * 5_000, None),
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
