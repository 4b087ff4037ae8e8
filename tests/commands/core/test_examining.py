"""A recording on its way: read in a process that is shut in, examined in the pool, and put ready in the workspace."""

from __future__ import annotations

import os
import shutil

import pytest

from commands.core.context import JobContext
from commands.core.examining import BadRecording, NoCloning, examine_recording
from commands.core.params import Attachment
from engine.clean import read
from engine.engine import EngineMissing
from engine.examination import NotGoodEnough
from engine.pool import Pool
from tests.commands.world import World
from tests.engine.speech_sounds import REAL


async def a_job(world: World) -> JobContext:
    """Something under way, as a job is."""
    ada = await world.person("ada")
    ticket = await world.submit(ada, "speak", text="Hello.")
    return await world.context_of(await world.claim(ticket.job_id))


def staged(world: World, name: str = "a nice day.flac") -> Attachment:
    """A recording of a real person, as it is staged for a job."""
    file = REAL / "librispeech" / "1688" / "1688-142285-0000.flac"
    if not file.exists():
        pytest.skip("shared/speech is not here")
    to = world.host.data / "staging" / "1-recording"
    to.parent.mkdir(exist_ok=True)
    shutil.copyfile(file, to)
    return Attachment(name=name, path="staging/1-recording", bytes=to.stat().st_size)


async def test_what_is_kept_of_it_waits_in_the_workspace_and_the_staged_file_stays(world: World) -> None:
    ctx = await a_job(world)
    recording = staged(world)
    found = await examine_recording(ctx, recording, "Ada Lovelace", "What is said.")
    assert (found.name, found.ending, found.container) == ("a nice day.flac", "flac", "flac")
    assert found.original.read_bytes() == (world.host.data / recording.path).read_bytes()
    assert found.bytes == found.original.stat().st_size + found.clean.stat().st_size
    assert found.finding.transcript == "What is said."
    assert found.finding.seconds == pytest.approx(read(found.clean).seconds)
    assert (found.card.name, found.card.format, found.card.seconds) == ("ada-lovelace-report.png", "png", None)
    assert found.card.bytes == (ctx.workspace / found.card.name).stat().st_size


async def test_a_second_attempt_begins_anew_in_the_same_folder(world: World) -> None:
    ctx = await a_job(world)
    recording = staged(world)
    first = await examine_recording(ctx, recording, "Ada")
    second = await examine_recording(ctx, recording, "Ada")
    assert (first.sha256, first.found.report) == (second.sha256, second.found.report)


async def test_a_disk_without_links_gets_a_copy(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: object, to: object) -> None:
        raise OSError("this disk knows no links")

    ctx = await a_job(world)
    recording = staged(world)
    monkeypatch.setattr(os, "link", refuse)
    found = await examine_recording(ctx, recording, "Ada")
    assert found.original.stat().st_size == recording.bytes


async def test_a_name_is_kept_for_people_and_is_no_path(world: World) -> None:
    ctx = await a_job(world)
    found = await examine_recording(ctx, staged(world, "../../etc/x.exe"), "Ada")
    assert (found.name, found.ending) == ("../../etc/x.exe", "flac"), "what is in it counts"
    assert found.original.parent == ctx.workspace


async def test_what_is_wrong_with_a_recording_is_between_mynah_and_who_gave_it(world: World) -> None:
    ctx = await a_job(world)
    (world.host.data / "staging" / "bad").write_text("v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n")
    with pytest.raises(BadRecording, match="of a broadcast") as caught:
        await examine_recording(ctx, Attachment(name="a.wav", path="staging/bad", bytes=30), "Ada")
    assert "broadcast" not in caught.value.brief


@pytest.mark.parametrize(
    ("raised", "seen"),
    [(NotGoodEnough(why="Too short."), BadRecording), (EngineMissing("Install something."), NoCloning)],
)
async def test_what_the_pool_finds_comes_as_a_sentence(
    world: World, monkeypatch: pytest.MonkeyPatch, raised: Exception, seen: type[Exception]
) -> None:
    async def run(self: Pool, *given: object, **more: object) -> None:
        raise raised

    ctx = await a_job(world)
    recording = staged(world)
    monkeypatch.setattr(Pool, "run", run)
    with pytest.raises(seen, match=str(raised)):
        await examine_recording(ctx, recording, "Ada")
