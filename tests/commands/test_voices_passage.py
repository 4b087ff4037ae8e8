"""/voices passage: the chosen stretch of one's own recording, made anew from the clean sound."""

from __future__ import annotations

import wave

import numpy as np
import pytest

from commands.core.context import Asker
from commands.core.errors import NotFound, QuotaReached, Refused
from commands.core.params import FileFormat
from commands.voices_passage import SoundGone
from engine.clean import keep, read
from engine.encoding import MARK
from engine.speech import Audio
from storage import places, recordings
from storage.metrics import Metric, Period
from storage.quota import Allowances
from storage.voices import Voice
from tests.commands.learning import add_recording, lay_out
from tests.commands.world import World
from tests.storage import making

RATE = 24_000


@pytest.fixture
async def ada(world: World) -> Asker:
    return await world.person("ada")


@pytest.fixture
async def voice(world: World, ada: Asker) -> Voice:
    """A voice whose recording is a tone that rises for 21 seconds; of it 4 to 16 were chosen."""
    voice = await world.database.write(lambda tx: making.recorded(tx, ada.user_id, "Ada"))
    await lay_out(world, voice)
    (recording,) = await world.database.read(lambda tx: recordings.of_voice(tx, voice.id))
    rising = np.linspace(0.0, 0.5, 21 * RATE, dtype=np.float32)
    keep(Audio(samples=rising, rate=RATE), world.host.data / recording.path)
    return voice


async def test_it_is_the_chosen_stretch_as_a_file_of_its_own(world: World, ada: Asker, voice: Voice) -> None:
    reply = await world.ask(ada, "voices passage", name="ada")
    assert reply.text == "Ada: 12.0 s from 4.0 s on."
    (file,) = reply.files
    assert (file.name, file.format, file.voice_id, reply.private) == ("ada-recording.wav", "wav", voice.id, True)
    heard = read(world.host.data / file.path)
    assert (heard.rate, heard.seconds) == (RATE, 12.0)
    assert heard.samples[0] == pytest.approx(0.5 * 4 / 21, abs=1e-3)
    assert heard.samples[-1] == pytest.approx(0.5 * 16 / 21, abs=1e-3)
    assert MARK.encode() not in (world.host.data / file.path).read_bytes(), "a person has spoken it"
    assert await world.rows("SELECT voice_id FROM files") == [(voice.id,)], "it goes with the voice"
    used = await world.rows("SELECT metric, SUM(used) FROM balances WHERE used > 0 GROUP BY metric")
    assert {metric for metric, _ in used} == {"bytes"}, "it costs nothing but its room"


async def test_it_comes_as_files_come_there(world: World, ada: Asker, voice: Voice) -> None:
    await world.database.write(lambda tx: places.set_format(tx, ada.place.id, FileFormat.MP3.value))
    reply = await world.ask(ada, "voices passage", name="Ada")
    assert (reply.files[0].name, reply.files[0].format) == ("ada-recording.mp3", "mp3")
    with pytest.raises(wave.Error):
        read(world.host.data / reply.files[0].path)


async def test_of_several_the_best_comes_first_and_each_can_be_asked_for(
    world: World, ada: Asker, voice: Voice
) -> None:
    await add_recording(world, voice, score=9.0)
    best, other = [(await world.ask(ada, "voices passage", name="Ada", number=n)).data for n in (1, 2)]
    assert ((best["begin"], best["end"]), (other["begin"], other["end"])) == ((0.0, 8.0), (4.0, 16.0))
    with pytest.raises(Refused, match="has 2 recordings to listen to, no number 3"):
        await world.submit(ada, "voices passage", name="Ada", number=3)


async def test_what_is_gone_from_the_disk_is_said(world: World, ada: Asker, voice: Voice) -> None:
    (recording,) = await world.database.read(lambda tx: recordings.of_voice(tx, voice.id))
    (world.host.data / recording.path).unlink()
    with pytest.raises(SoundGone, match="not on the disk any more"):
        await world.ask(ada, "voices passage", name="Ada")


async def test_it_needs_room(world: World, ada: Asker, voice: Voice) -> None:
    held = {(Metric.BYTES, Period.HELD): 1_000}
    world.rules = type(world.rules)(default_voice="en-us", allowances=Allowances(member=held), file_days=7)
    with pytest.raises(QuotaReached):
        await world.submit(ada, "voices passage", name="Ada")


async def test_nobody_hears_anybody_elses_recording(world: World, voice: Voice) -> None:
    with pytest.raises(NotFound, match="You have made no voice"):
        await world.submit(await world.person("bob"), "voices passage", name="Ada")
