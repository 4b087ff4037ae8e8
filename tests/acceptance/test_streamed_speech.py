"""Whoever asks the API for speech hears the first of it before the first sentence is whole, from the tiny XTTS.

The model's weights are random, so what it says is noise; all that stands around it is the real thing. It is held up
when it has handed out the first part, so that no clock has to tell what came first.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx
import numpy as np
import pytest

import bot.engines
from engine.espeak_engine import EspeakEngine
from tests.engine.coqui_engine import tiny
from tests.engine.coqui_engine.tiny_engine import SmallCoqui
from tests.fakes.programs import Programs, programs
from tests.fakes.waiting import until

PATIENCE = 60.0
"""Seconds that the model may take to be loaded on a machine that has much else to do."""
TEXT = "This is heard before it is whole. And one more."
WANTED = {"input": TEXT, "voice": tiny.NAMES[1], "response_format": "pcm"}

pytestmark = pytest.mark.skipif(bool(tiny.why_not()), reason=tiny.why_not())

There = Callable[..., AbstractAsyncContextManager[Programs]]


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of models of a Mynah that has the tiny XTTS beside espeak."""
    folder = tiny.make_converted(tmp_path / "data" / "models" / "tiny")
    monkeypatch.setattr(bot.engines, "engines", lambda: {kind.name: kind for kind in (EspeakEngine, SmallCoqui)})
    return folder.parent


@pytest.fixture
def there(tmp_path: Path, models: Path) -> Iterator[There]:
    @asynccontextmanager
    async def started(isolated: str = "") -> AsyncIterator[Programs]:
        """A Mynah with its API whose model is loaded, and has counted to twenty in the voice that is asked for."""
        async with programs(tmp_path, engine__name="auto", engine__isolated=isolated) as made:
            await until(lambda: made.mynah.app.desk.insides.host.health["coqui"].state == "ready", PATIENCE)
            await made.said("Hi!", voice=tiny.NAMES[1])
            yield made

    yield started
    (models / SmallCoqui.MIDWAY).unlink(missing_ok=True)


async def whole(there: Programs) -> np.ndarray:
    """What stands in the file of the latest job."""
    job = await there.mynah.value("SELECT MAX(id) FROM jobs")
    await there.ended(job)
    answer = await there.ada.post("/v1/audio/speech", json=WANTED)  # now from its file
    assert answer.status_code == 200
    return np.frombuffer(answer.content, "<i2")


async def read(answer: httpx.Response, then: Callable[[int], object], models: Path) -> np.ndarray:
    """Read an answer; once its first bytes have come and the engine holds on, `then` is told by which process."""
    held = models / SmallCoqui.HELD
    sound = b""
    async for part in answer.aiter_raw():
        if not sound:
            await until(lambda: held.exists() and bool(held.read_text()), PATIENCE)  # so nothing is whole until now
            then(int(held.read_text()))
        sound += part
    return np.frombuffer(sound, "<i2")


async def test_the_first_bytes_come_before_the_first_sentence_is_whole(there: There, models: Path) -> None:
    async with there() as mynah:
        sign = models / SmallCoqui.MIDWAY
        sign.touch()

        async with asyncio.timeout(PATIENCE), mynah.ada.stream("POST", "/v1/audio/speech", json=WANTED) as answer:
            heard = await read(answer, lambda process: sign.unlink(), models)
        np.testing.assert_array_equal(heard, await whole(mynah))


async def test_where_its_engines_process_dies_after_the_first_part_the_stream_goes_on_without_a_seam(
    there: There, models: Path
) -> None:
    async with there("coqui") as mynah:
        sign = models / SmallCoqui.MIDWAY
        sign.touch()

        def end_it(process: int) -> None:
            assert process != os.getpid()
            sign.unlink()
            os.kill(process, signal.SIGKILL)

        async with asyncio.timeout(PATIENCE), mynah.ada.stream("POST", "/v1/audio/speech", json=WANTED) as answer:
            heard = await read(answer, end_it, models)
        np.testing.assert_array_equal(heard, await whole(mynah))
