"""OpenAI's speech API, asked by its own client and by hand."""

from __future__ import annotations

import asyncio
import base64
import json
import time
import wave
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import openai
import pytest

from bot.web_adapter.routes.speech import FASTEST, TYPES
from engine.encoding.streamed import PCM_RATE, Kind
from tests.fakes.programs import Programs, programs, seconds_of

TEXT = "Hello, I am Mynah. I say what you write."
SPEECH = "/v1/audio/speech"


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[Programs]:
    async with programs(tmp_path) as made:
        yield made


def client(there: Programs, key: str = "") -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=f"{there.url}/v1", api_key=key or there.token, max_retries=0)


def long_text(characters: int) -> str:
    sentence = "This is a sentence of some length, and a machine says it. "
    return (sentence * (characters // len(sentence) + 1))[:characters]


async def settings_of(there: Programs) -> dict[str, Any]:
    """How the latest job was to sound."""
    return dict(json.loads(await there.mynah.value("SELECT settings FROM jobs ORDER BY id DESC LIMIT 1")))


async def test_openais_client_gets_every_format(there: Programs) -> None:
    async with client(there) as api:
        for number, kind in enumerate(Kind, start=1):
            wanted: dict[str, Any] = {"model": "tts-1", "voice": "alloy", "input": TEXT}
            wanted["response_format"] = kind.value
            spoken = await api.audio.speech.create(**wanted)
            job = await there.ended(number)
            lasts = len(spoken.content) / 2 / PCM_RATE if kind is Kind.PCM else seconds_of(spoken.content)
            assert lasts == pytest.approx(job["files"][0]["seconds"], abs=0.2)
            assert spoken.response.headers["content-type"] == TYPES[kind]
            assert spoken.response.headers["x-mynah-job"] == str(number)
            assert job["files"][0]["format"] == kind.file_format.value


async def test_the_first_bytes_come_long_before_the_last(there: Programs) -> None:
    async with client(there) as api:
        begun, first, size = time.perf_counter(), 0.0, 0
        wanted: dict[str, Any] = {"model": "gpt-4o-mini-tts", "voice": "alloy", "response_format": "wav"}
        wanted["input"] = long_text(10_000)
        async with api.audio.speech.with_streaming_response.create(**wanted) as answer:
            async for part in answer.iter_bytes():
                first = first or time.perf_counter() - begun
                size += len(part)
        whole = time.perf_counter() - begun
    assert first < whole / 2
    job = await there.ended(1)
    assert size == pytest.approx(job["files"][0]["bytes"], rel=0.001)


async def test_what_was_said_before_comes_from_its_file_and_is_free(there: Programs) -> None:
    wanted = {"input": TEXT, "response_format": "wav"}
    first = await there.ada.post(SPEECH, json=wanted)
    await there.ended(1)
    charged = await there.mynah.charged()
    again = await there.ada.post(SPEECH, json=wanted)
    assert (await there.ended(2))["cached"] and await there.mynah.charged() == charged
    with wave.open(BytesIO(first.content)) as one, wave.open(BytesIO(again.content)) as other:
        assert one.readframes(one.getnframes()) == other.readframes(other.getnframes())


async def test_a_client_that_goes_away_ends_its_job_and_pays_nothing(there: Programs) -> None:
    async with there.ada.stream("POST", SPEECH, json={"input": long_text(100_000), "response_format": "wav"}) as answer:
        assert answer.status_code == 200
        async for _ in answer.aiter_raw():
            break
    await there.mynah.until("SELECT state FROM jobs WHERE id = 1", "cancelled")
    assert await there.mynah.charged("characters") == (0, 0)


async def test_a_client_that_goes_before_its_turn_has_come_ends_its_job_too(there: Programs) -> None:
    for _ in range(4):
        await there.mynah.ticket("trick wait")
    asking = asyncio.create_task(there.ada.post(SPEECH, json={"input": TEXT}))
    await there.mynah.until("SELECT COUNT(*) FROM jobs WHERE command = 'speak'", 1)
    asking.cancel()
    await there.mynah.until("SELECT state FROM jobs WHERE command = 'speak'", "cancelled")
    there.mynah.tricks.go_on.set()
    assert await there.mynah.charged("characters") == (0, 0)


async def test_the_sound_comes_as_events_too(there: Programs) -> None:
    answer = await there.ada.post(SPEECH, json={"input": TEXT, "response_format": "wav", "stream_format": "sse"})
    events = [json.loads(each.removeprefix("data: ")) for each in answer.text.strip().split("\n\n")]
    sound = b"".join(base64.b64decode(each["audio"]) for each in events if each["type"] == "speech.audio.delta")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert seconds_of(sound) == pytest.approx((await there.ended(1))["seconds"], abs=0.05)
    assert events[-1]["type"] == "speech.audio.done" and events[-1]["usage"]["input_tokens"] == len(TEXT)


async def test_what_cannot_be_is_an_error_of_openais_client(there: Programs) -> None:
    wrong: tuple[tuple[dict[str, Any], type[openai.APIStatusError]], ...] = (
        ({"model": "whisper-1"}, openai.NotFoundError),
        ({"voice": "nobody-of-that-name"}, openai.NotFoundError),
        ({"input": " "}, openai.UnprocessableEntityError),
        ({"response_format": "aiff"}, openai.UnprocessableEntityError),
        ({"speed": 9.0}, openai.UnprocessableEntityError),
    )
    async with client(there) as api:
        for wanted, error in wrong:
            with pytest.raises(error) as told:
                await api.audio.speech.create(**{"model": "tts-1", "voice": "alloy", "input": TEXT, **wanted})
            assert isinstance(told.value.body, dict) and told.value.body["message"]
    assert await there.mynah.value("SELECT COUNT(*) FROM jobs") == 0


async def test_a_wrong_key_is_an_authentication_error(there: Programs) -> None:
    async with client(there, "sk-wrong") as api:
        with pytest.raises(openai.AuthenticationError):
            await api.audio.speech.create(model="tts-1", voice="alloy", input=TEXT)


async def test_a_limit_that_is_reached_is_a_rate_limit_error(tmp_path: Path) -> None:
    async with programs(tmp_path, quota__generations_day=1) as there, client(there) as api:
        await api.audio.speech.create(model="tts-1", voice="alloy", input="One.")
        with pytest.raises(openai.RateLimitError) as told:
            await api.audio.speech.create(model="tts-1", voice="alloy", input="Two.")
    assert int(told.value.response.headers["retry-after"]) > 0


async def test_openais_names_are_voices_that_speak_the_language_of_the_text(tmp_path: Path) -> None:
    async with programs(tmp_path, web__voices="echo=de, nova=en-gb+annie") as there:
        for voice, text, spoken in (
            ("echo", "Guten Tag.", "de"),
            ("nova", "Good morning to all of you.", "en-gb+annie"),
            ("nova", "Ich bin heute nicht mit dem Auto gekommen, das ist die Wahrheit.", "de+annie"),
            ("ALLOY", "Das ist nicht der Tag, an dem wir uns sehen.", "de"),
            ("fr-fr", "Bonjour.", "fr-fr"),
        ):
            answer = await there.ada.post(SPEECH, json={"input": text, "voice": {"id": voice}})
            assert answer.status_code == 200, answer.text
            assert (await settings_of(there))["voice"] == spoken


async def test_a_pace_that_no_voice_has_becomes_the_nearest(there: Programs) -> None:
    answer = await there.ada.post(SPEECH, json={"input": TEXT, "speed": 4.0})
    assert answer.status_code == 200
    assert json.loads(await there.mynah.value("SELECT vals FROM jobs"))["speed"] == FASTEST
