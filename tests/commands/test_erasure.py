"""Somebody uses everything there is and is forgotten: nothing of theirs is left in any table, file, copy or archive."""

from __future__ import annotations

import io
import random
import zipfile
from functools import partial
from pathlib import Path

import pytest

from commands.core.command import Audience
from commands.core.context import Asker
from storage import (
    backups,
    blocks,
    consents,
    deliveries,
    drafts,
    events,
    files,
    levels,
    messages,
    parcels,
    people,
    quota,
    recordings,
    sounds,
    tokens,
    uploads,
    voice_folder,
    withdrawal,
)
from storage.clock import DAY
from storage.database import Transaction
from storage.metrics import Metric, Period
from storage.table import tables
from storage.voices import Voice
from tests.commands.world import KEY, World
from tests.storage import making

CANARY = "Kanarienvogel"
"""Stands in everything that is written of the person."""
SOUND = random.Random(5).randbytes(4096)
"""Stands in everything that sounds like them."""
NOBODYS = {
    "exiles": "where somebody was blocked, under a hash that leads to nobody without the key",
    "levels": "how loud speakers are; a learned one's goes with its voice",
    "marks": "what adapters have told their platforms",
    "models": "the weights of engines",
    "places": "servers and groups",
    "tombstones": "what was used of a quota, under a hash that leads to nobody without the key",
}
"""The tables that name no person, and what is in them instead."""
THEIR_VOICE = "bob's friend"


@pytest.fixture
async def ada(world: World) -> Asker:
    """Somebody whom everything is about."""
    return await world.person(CANARY)


async def use(world: World, ada: Asker) -> None:
    """Use Mynah by its commands."""
    first = 1  # the number of her first job
    await world.ask(ada, "speak", text=f"The {CANARY} sings.", timestamps="words")
    await world.ask(ada, "speak", text=f"The {CANARY} sings.")
    await world.ask(ada, "lexicon add", word=CANARY, spoken="canary bird")
    await world.ask(ada, "history tag", job=first, tags=CANARY)
    await world.ask(ada, "history project", job=first, name=CANARY)
    await world.ask(ada, "voices default", name="de")
    await world.ask(ada, "export")
    host = await world.person("host", rank=Audience.OWNERS)
    limit = {"metric": "characters", "period": "day", "limit": "9000"}
    await world.ask(host, "quota set", member=str(ada.user_id), **limit)


def around(tx: Transaction, ada: Asker) -> None:
    """Leave what comes about beside commands."""
    events.note(tx, "discord", "e1", ada.user_id, reply=CANARY)
    blocks.add(tx, ada.user_id, making.place(tx, "77"), None, f"{CANARY} is too loud")
    deliveries.queue(
        tx, job_id=None, user_id=ada.user_id, platform="discord", address={"chat": CANARY}, reply=CANARY
    )  # fmt: skip
    drafts.leave(
        tx, user_id=ada.user_id, place_id=ada.place.id, command="clone", signature="s", values={"name": CANARY},
        missing="recording", reason=CANARY, address={"chat": CANARY},
    )  # fmt: skip
    quota.grant(
        tx, user_id=ada.user_id, place=ada.place, metric=Metric.CHARACTERS, period=Period.DAY, amount=5, by_user_id=None
    )  # fmt: skip
    messages.add(tx, user_id=ada.user_id, kind="asked", body=CANARY, event=CANARY)
    parcels.begin(tx, ada.user_id, f"{CANARY}.ogg", "audio/ogg")
    tokens.add(tx, user_id=ada.user_id, kind="api", secret=CANARY, name=CANARY)
    for file in files.of_user(tx, ada.user_id):
        uploads.note(tx, file.id, "telegram:1", "voice", CANARY)


def cloned(tx: Transaction, ada: int, bob: int) -> tuple[Voice, Voice]:
    """Make a voice of theirs, one of theirs that Bob holds, and have both speak for Bob."""
    voices = making.clone(tx, ada, CANARY, visibility="public"), making.clone(tx, bob, THEIR_VOICE, spoken_by=ada)
    for voice in voices:
        levels.note(tx, voice.engine, voice.speaker_key, "1", 1.5)
        job = making.job(tx, bob, "succeeded")
        files.add(
            tx, user_id=bob, job_id=job, name="hello.wav", format="wav", sha256="0" * 64, bytes=9, seconds=1.0,
            rate=22050, expires_at=None, voice_id=voice.id,
        )  # fmt: skip
    asked = consents.ask(
        tx, voice_id=voices[0].id, holder_id=ada, person_id=ada, rule="spoken", statement=CANARY, words=[CANARY],
        recording_sha256=recordings.digest_of(tx, voices[0].id), platform="discord", life=1_000,
    )  # fmt: skip
    sounds.note_given(tx, CANARY.encode(), user_id=ada, voice_id=voices[0].id)
    found = consents.Evidence(answer_sha256="1" * 64, heard=[CANARY], versions={})
    consents.decide(tx, asked.id, KEY, "unsure", found, answer_path=f"audio/{voices[0].id}/answer.ogg")
    return voices


def lay(tx: Transaction, data: Path, ada: int) -> None:
    """Put a file where every row says that one is, and beside recordings what else lies there."""
    for table in tables():
        for column in table.paths:
            for row in tx.all(f"SELECT {column} AS path FROM {table.name} WHERE {column} IS NOT NULL"):
                file = data / row["path"]
                file.parent.mkdir(parents=True, exist_ok=True)
                if not file.exists():
                    file.write_bytes(SOUND)
    for row in tx.all("SELECT id, voice_id FROM recordings"):
        (data / voice_folder.transcript(row["voice_id"], row["id"])).write_text(CANARY)
        voice_folder.write_sources(data, row["voice_id"], [(CANARY, "a file")])


def held(data: Path) -> list[str]:
    """The files, and what is in archives, that hold a word or a sound of the person."""
    found = []
    for file in sorted(each for each in data.rglob("*") if each.is_file()):
        content = file.read_bytes()
        if zipfile.is_zipfile(io.BytesIO(content)):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                content += b"".join(archive.read(name) for name in archive.namelist())
        signs = (CANARY.lower().encode(), SOUND[:64], making.vector(CANARY), making.vector(THEIR_VOICE))
        if any(sign in content or sign in content.lower() for sign in signs):
            found.append(file.relative_to(data).as_posix())
    return found


async def everything(world: World, ada: Asker) -> list[Voice]:
    """Have the person be everywhere, in copies too, and something of theirs under way."""
    data = world.host.data
    await use(world, ada)
    for taken in (data / "spool").iterdir():
        taken.unlink()  # the runner moves them, where this world copies
    bob = await world.person("bob")
    voices = await world.database.write(lambda tx: cloned(tx, ada.user_id, bob.user_id))
    await world.database.write(lambda tx: around(tx, ada))
    await world.database.write(lambda tx: lay(tx, data, ada.user_id))
    await world.ask(ada, "export")
    waiting = await world.submit(ada, "speak", text=f"The {CANARY} waits.")
    (data / "spool" / f"{waiting.job_id}-1.wav").write_bytes(SOUND)
    backups.copy(data / "mynah.db", data / "copies", 9, world.clock.now() - DAY)
    backups.copy_before(data / "mynah.db", data / "copies", "jobs.120", world.clock.now() - 2 * DAY)
    (data / f"mynah.db-wal.{world.clock.now()}").write_text(CANARY)
    return [*voices]


async def forget(world: World, asker: Asker) -> str:
    asked = await world.ask(asker, "forget")
    return (await world.ask(asker, "forget", confirm=asked.data["confirm"])).text


async def test_every_table_can_hold_something_of_a_person_or_says_why_not(world: World, ada: Asker) -> None:
    """A new table fails here until the person of this test gets a row in it, or it is among those of nobody."""
    await everything(world, ada)
    about = await world.database.read(lambda tx: people.summary(tx, ada.user_id))
    assert {table.name for table in tables() if table.people} == set(about)
    assert {table.name for table in tables() if not table.people} == set(NOBODYS)


async def test_before_it_they_are_in_every_kind_of_file(world: World, ada: Asker) -> None:
    voices = await everything(world, ada)
    kept = set(held(world.host.data))
    places = {path.split("/")[0] for path in kept}
    assert places >= {"generations", "audio", "speakers", "spool", "copies"}
    assert places & {"mynah.db", "mynah.db-wal"}
    assert any(path.startswith("mynah.db-wal.") for path in places)
    assert any(path.endswith(".zip") for path in kept)
    for voice in voices:
        assert voice.recording_id is not None
        assert voice_folder.clean(voice.id, voice.recording_id) in kept
        assert voice_folder.original(voice.id, voice.recording_id, "ogg") in kept
        assert voice_folder.transcript(voice.id, voice.recording_id) in kept
        assert voice_folder.speaker(voice.engine, voice.speaker_key) in kept
        assert f"{voice_folder.of_voice(voice.id)}/sources.json" in kept
    assert f"{voice_folder.of_voice(voices[0].id)}/answer.ogg" in kept


async def test_after_it_nothing_of_them_is_left_in_the_data_folder(world: World, ada: Asker) -> None:
    await everything(world, ada)
    said = await forget(world, ada)
    assert "are in use" not in said and "could not be made anew" not in said
    assert held(world.host.data) == []
    assert await world.database.read(lambda tx: people.summary(tx, ada.user_id)) == {}
    assert await world.database.read(lambda tx: tx.all("PRAGMA foreign_key_check")) == []
    swept = {each.name for folder in ("audio", "speakers/world") for each in (world.host.data / folder).iterdir()}
    assert swept == set(), "not even an empty folder, or one with another's name"


async def test_what_others_have_of_their_own_stays(world: World, ada: Asker) -> None:
    bob = await world.person("bob")
    await everything(world, ada)
    own = await world.database.write(lambda tx: making.clone(tx, bob.user_id, "bob himself"))
    await world.database.write(lambda tx: lay(tx, world.host.data, ada.user_id))
    await world.ask(bob, "speak", text="Good evening.")
    await forget(world, ada)
    about = await world.database.read(lambda tx: people.summary(tx, bob.user_id))
    assert (about["voices"], about["recordings"], about["speakers"], about["consents"]) == (1, 1, 1, 1)
    assert (world.host.data / voice_folder.clean(own.id, own.recording_id or 0)).exists()
    assert len(list((world.host.data / "generations").glob("*.wav"))) == 1


async def test_somebody_whose_job_used_their_voice_is_told_that_it_is_gone(world: World, ada: Asker) -> None:
    bob = await world.person("bob")
    await everything(world, ada)
    job = await world.database.write(lambda tx: making.job(tx, bob.user_id, vals=f'{{"voice": "{THEIR_VOICE}"}}'))
    await forget(world, ada)
    assert job in world.host.stopped
    ((state,),) = await world.rows("SELECT state FROM jobs WHERE id = :id", id=job)
    ((reply,),) = await world.rows("SELECT reply FROM deliveries WHERE job_id = :id", id=job)
    assert state == "cancelled"
    assert f"Job {job} was cancelled because its voice is not there any more; nothing was charged." in reply


async def test_a_voice_that_is_withdrawn_leaves_nothing_of_its_sound_but_the_record(world: World, ada: Asker) -> None:
    data = world.host.data
    for voice in await everything(world, ada):
        gone = await world.database.write(partial(withdrawal.withdraw, voice_id=voice.id, key=KEY))
        assert voice_folder.remove(data, gone.paths) == 0
    await world.database.scrub()
    signs = (making.vector(CANARY), making.vector(THEIR_VOICE))
    assert not any(sign in (data / "mynah.db").read_bytes() for sign in signs)
    assert not [path for path in held(data) if path.startswith(("audio", "speakers"))]
    left = await world.rows("SELECT status, words, heard, answer_path FROM consents")
    assert left == [("revoked", "[]", "[]", None)] * 2
