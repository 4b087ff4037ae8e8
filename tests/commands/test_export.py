"""/export: a zip with everything about a person, and nothing about others."""

from __future__ import annotations

import hashlib
import json
import threading
import zipfile
from pathlib import Path

import pytest

from commands.core.context import Asker
from commands.core.request import admit, find
from commands.export import Rows, write_archive
from storage import voice_folder
from storage.database import Transaction
from storage.metrics import Metric
from storage.voices import Voice
from tests.commands.world import World
from tests.storage import making


@pytest.fixture
async def ada(world: World) -> Asker:
    ada = await world.person("ada")
    await world.ask(ada, "speak", text="Hello, I am Mynah.")
    return ada


async def test_the_zip_has_the_rows_and_the_files_under_the_names_that_the_rows_give(world: World, ada: Asker) -> None:
    reply = await world.ask(ada, "export")
    (file,) = reply.files
    assert (file.name, file.format) == ("mynah-export-2027-01-15.zip", "zip")
    assert reply.private
    with zipfile.ZipFile(world.host.data / file.path) as archive:
        assert archive.testzip() is None
        told = json.loads(archive.read("data.json"))
        (row,) = told["files"]
        assert sorted(archive.namelist()) == ["data.json", row["path"]]
        assert hashlib.sha256(archive.read(row["path"])).hexdigest() == row["sha256"]
    assert [job["text"] for job in told["jobs"]] == ["Hello, I am Mynah.", None]
    assert told["identities"][0]["account"] == "ada"
    assert reply.data["files"] == 1


async def test_nothing_about_others_is_in_it(world: World, ada: Asker) -> None:
    await world.ask(await world.person("bob"), "speak", text="Bob's own words.")
    reply = await world.ask(ada, "export")
    with zipfile.ZipFile(world.host.data / reply.files[0].path) as archive:
        assert b"Bob" not in archive.read("data.json")
        assert len(archive.namelist()) == 2


async def test_an_export_costs_nothing_and_does_not_hold_the_ones_before_it(world: World, ada: Asker) -> None:
    assert (await admit(find(world.host.commands, "export"), {}, world.inquiry(ada))).quote.charges == ()
    before = await world.rows("SELECT metric, used, reserved FROM balances ORDER BY metric")
    first = await world.ask(ada, "export")
    second = await world.ask(ada, "export")
    assert (first.data["files"], second.data["files"]) == (1, 1)
    assert await world.rows("SELECT metric, used, reserved FROM balances ORDER BY metric") == before
    assert (Metric.BYTES.value, 63_470, 0) not in before or second.files[0].bytes < 2 * 63_470


async def test_an_export_that_expires_gives_back_no_bytes_that_were_never_charged(world: World, ada: Asker) -> None:
    from storage import files

    reply = await world.ask(ada, "export")
    held = "SELECT used FROM balances WHERE metric = 'bytes'"
    before = await world.rows(held)
    await world.database.write(lambda tx: files.remove(tx, reply.files[0].id))
    assert await world.rows(held) == before != [(0,)]


async def test_a_file_that_has_gone_meanwhile_is_told_of_all_the_same(world: World, ada: Asker) -> None:
    (world.host.data / "generations" / "1.wav").unlink()
    reply = await world.ask(ada, "export")
    assert reply.data["files"] == 0
    with zipfile.ZipFile(world.host.data / reply.files[0].path) as archive:
        assert archive.namelist() == ["data.json"]


async def test_a_person_without_a_past_gets_a_zip_too(world: World) -> None:
    reply = await world.ask(await world.person("new"), "export")
    with zipfile.ZipFile(world.host.data / reply.files[0].path) as archive:
        told = json.loads(archive.read("data.json"))
    assert set(told) >= {"users", "identities"}


def test_data_json_is_json_whatever_the_rows_hold(tmp_path: Path) -> None:
    rows: Rows = {"jobs": [{"text": 'a "quoted"\nline \ud800 שלום', "n": None}, {"x": 1.5}], "none": []}
    write_archive(tmp_path / "x.zip", rows, tmp_path, threading.Event())
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        told = json.loads(archive.read("data.json"))
    assert told == {"jobs": [{"text": 'a "quoted"\nline ? שלום', "n": None}, {"x": 1.5}], "none": []}


def test_an_archive_that_nobody_waits_for_ends_early(tmp_path: Path) -> None:
    (tmp_path / "generations").mkdir()
    rows = {"files": [{"path": f"generations/{n}.wav", "format": "wav"} for n in range(3)]}
    for row in rows["files"]:
        (tmp_path / row["path"]).write_bytes(b"RIFF")
    stop = threading.Event()
    stop.set()
    assert write_archive(tmp_path / "x.zip", rows, tmp_path, stop) == 0
    assert write_archive(tmp_path / "x.zip", rows, tmp_path, threading.Event()) == 3


def lay(data: Path, voice: Voice, sound: bytes) -> list[str]:
    """Put files where the rows of a voice say that they are, and return where."""
    assert voice.recording_id is not None
    paths = [
        voice_folder.clean(voice.id, voice.recording_id),
        voice_folder.original(voice.id, voice.recording_id, "ogg"),
        voice_folder.speaker(voice.engine, voice.speaker_key),
    ]
    for path in paths:
        (data / path).parent.mkdir(parents=True, exist_ok=True)
        (data / path).write_bytes(sound)
    return paths


async def test_the_recordings_of_ones_voices_are_in_it_as_they_came_and_what_was_learned_of_them(
    world: World, ada: Asker
) -> None:
    bob = await world.person("bob")

    def clones(tx: Transaction) -> tuple[Voice, Voice, Voice]:
        lent = making.clone(tx, bob.user_id, "ada for bob", spoken_by=ada.user_id)
        return making.clone(tx, ada.user_id, "Ada"), making.clone(tx, bob.user_id, "Bob"), lent

    mine, bobs, lent = await world.database.write(clones)
    data = world.host.data
    own = lay(data, mine, b"as it came")
    lay(data, bobs, b"Bob's own voice")
    of_lent = lay(data, lent, b"what Bob recorded of Ada")
    reply = await world.ask(ada, "export")
    with zipfile.ZipFile(data / reply.files[0].path) as archive:
        told = json.loads(archive.read("data.json"))
        held = {name for name in archive.namelist() if name.startswith(("audio/", "speakers/"))}
        assert archive.read(own[1]) == b"as it came"
    assert held == {*own, of_lent[2]}, "of what Bob holds, only what was learned of her voice"
    assert [row["name"] for row in told["recordings"]] == ["Ada.ogg"]
    assert {row["name"]: row["user_id"] for row in told["voices"]} == {"Ada": ada.user_id, "ada for bob": None}
    assert [row["status"] for row in told["consents"]] == ["granted", "granted"]
