"""/voices export: one's own voice as one file; of somebody else's, what was learned stays here."""

from __future__ import annotations

import json
import threading
import zipfile
from pathlib import Path

import pytest

from commands.core.context import Asker
from commands.core.errors import NotFound, Refused
from commands.core.reply import Reply
from commands.core.voice_archive import unpack
from commands.core.voice_record import VoiceRecord
from commands.voices_export import NotWhole
from storage import clones, recordings, voice_folder
from storage.consents import Rule
from storage.voices import Voice
from tests.commands.archived import agree, build, world_router
from tests.commands.learning import lay_out
from tests.commands.world import World
from tests.storage import making

ORIGINAL = b"OggS as it came"


ROUTER = world_router


@pytest.fixture
async def ada(world: World) -> Asker:
    return await world.person("ada")


async def made(world: World, asker: Asker, rule: Rule = "spoken", person: Asker | None = None) -> Voice:
    """A voice that speaks, with everything of it on the disk."""
    voice = await world.database.write(lambda tx: making.recorded(tx, asker.user_id, "Ada"))
    await lay_out(world, voice)
    (recording,) = await world.database.read(lambda tx: recordings.of_voice(tx, voice.id))
    assert recording.original_path is not None
    (world.host.data / recording.original_path).write_bytes(ORIGINAL)
    await agree(world, asker, "Ada", rule, person.user_id if person else None)
    return await build(world, asker, "Ada")


def opened(world: World, reply: Reply, tmp_path: Path) -> tuple[VoiceRecord, dict[str, bytes]]:
    """What an export says, and the files in it."""
    found = unpack(world.host.data / reply.files[0].path, tmp_path / "out", threading.Event())
    return found.record, {place: path.read_bytes() for place, path in found.files.items()}


async def test_everything_of_a_voice_is_in_one_file(world: World, ada: Asker, tmp_path: Path) -> None:
    voice = await made(world, ada)
    await world.database.write(lambda tx: tx.run("UPDATE recordings SET transcript = 'A bright cold day.'"))
    await world.ask(ada, "voices tag", name="Ada", tags="warm")
    reply = await world.ask(ada, "voices export", name="ada")
    (file,) = reply.files
    assert (file.name, file.format, file.voice_id, reply.private) == ("ada-voice.zip", "zip", voice.id, True)
    assert file.bytes == (world.host.data / file.path).stat().st_size
    record, held = opened(world, reply, tmp_path)
    assert held == {
        "recordings/1/original.ogg": ORIGINAL,
        "recordings/1/transcript.txt": b"A bright cold day.",
        "speakers/world.safetensors": (world.host.data / voice_folder.speaker("world", voice.speaker_key)).read_bytes(),
    }
    assert (record.name, record.tags, record.consent) == ("Ada", ["warm"], "spoken")
    assert record.figures["similarity"] == 0.71
    assert record.is_sealed(world.host.key)
    (consent,) = record.consents
    assert consent.status == "granted" and consent.is_signed(world.host.key)
    (recording,) = record.recordings
    assert recording.passage == (4.0, 16.0) and recording.embedding is not None and len(recording.embedding) == 8
    assert await world.rows("SELECT metric FROM balances WHERE used + reserved > 0") == [], "it is free"


async def test_nobody_is_named_in_it(world: World, ada: Asker) -> None:
    bob = await world.person("robert")
    await made(world, ada, "given", bob)
    reply = await world.ask(ada, "voices export", name="Ada")
    with zipfile.ZipFile(world.host.data / reply.files[0].path) as archive:
        told = archive.read("metadata.json").decode()
    assert "robert" not in told and "user_id" not in told and "person_id" not in told
    assert json.loads(told)["consents"][0]["account"], "a hash without the key leads to nobody"


async def test_what_was_learned_of_somebody_elses_voice_stays_here(world: World, ada: Asker, tmp_path: Path) -> None:
    await made(world, ada, "given", await world.person("bob"))
    reply = await world.ask(ada, "voices export", name="Ada")
    assert "What was learned of it stays here" in reply.text
    record, held = opened(world, reply, tmp_path)
    assert record.speaker is None and list(held) == ["recordings/1/original.ogg"]


async def test_where_the_original_is_not_kept_the_clean_sound_goes(world: World, ada: Asker, tmp_path: Path) -> None:
    voice = await made(world, ada)
    (recording,) = await world.database.read(lambda tx: recordings.of_voice(tx, voice.id))
    assert recording.original_path is not None
    (world.host.data / recording.original_path).unlink()
    record, held = opened(world, await world.ask(ada, "voices export", name="Ada"), tmp_path)
    assert held["recordings/1/recording.wav"] == (world.host.data / recording.path).read_bytes()
    assert record.recordings[0].file.bytes == len(held["recordings/1/recording.wav"])


async def test_one_that_is_not_made_yet_is_exported_without_a_speaker(world: World, ada: Asker, tmp_path: Path) -> None:
    voice = await world.database.write(lambda tx: making.recorded(tx, ada.user_id, "Ada"))
    await lay_out(world, voice)
    record, held = opened(world, await world.ask(ada, "voices export", name="Ada"), tmp_path)
    assert (record.speaker, record.consents, record.consent) == (None, [], "")
    assert list(held) == ["recordings/1/recording.wav"]


async def test_what_is_not_whole_is_not_given(world: World, ada: Asker) -> None:
    voice = await made(world, ada)
    (world.host.data / voice_folder.speaker("world", voice.speaker_key)).unlink()
    with pytest.raises(NotWhole, match="nothing was charged"):
        await world.ask(ada, "voices export", name="Ada")
    await world.database.write(lambda tx: tx.run("UPDATE recordings SET voice_id = NULL"))
    with pytest.raises(Refused, match="no recording"):
        await world.submit(ada, "voices export", name="Ada")


async def test_nobody_exports_anybody_elses_voice(world: World, ada: Asker) -> None:
    await made(world, ada)
    await world.database.write(lambda tx: clones.share(tx, 1 + tx.value("SELECT MAX(id) - 1 FROM voices"), "public"))
    with pytest.raises(NotFound, match="You have made no voice"):
        await world.submit(await world.person("bob"), "voices export", name="Ada")
