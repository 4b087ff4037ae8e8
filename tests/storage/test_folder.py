"""One process holds the data folder, and nothing stays in it that no row names."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from storage import files, voices
from storage.clock import DAY, HOUR, SetClock
from storage.database import Database, Transaction, Work
from storage.errors import FolderInUse, FolderReadOnly, KeyBroken, NoRoom
from storage.folder import Folder
from tests.storage import making

T = TypeVar("T")

HOLDER = """
import sys
from pathlib import Path
from storage.folder import Folder
folder = Folder.take(Path(sys.argv[1]))
print("taken", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(data: Path) -> Iterator[Folder]:
    taken = Folder.take(data)
    yield taken
    taken.release()


def hold(data: Path) -> subprocess.Popen[str]:
    """Start a process that holds the folder until its input ends."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "taken\n"
    return holder


def end(holder: subprocess.Popen[str]) -> None:
    assert holder.stdin is not None and holder.stdout is not None
    holder.stdin.close()
    holder.wait(30)
    holder.stdout.close()


def test_a_folder_is_made_with_what_belongs_into_it(tmp_path: Path) -> None:
    taken = Folder.take(tmp_path / "not" / "there" / "yet")
    try:
        given = (taken.audio, taken.speakers)
        for inside in (taken.generations, taken.spool, taken.staging, taken.metadata, taken.copies, *given):
            assert inside.is_dir()
            assert inside.parent == taken.path
        if sys.platform != "win32":
            assert taken.path.stat().st_mode & 0o077 == 0, "what it holds is nobody else's business"
    finally:
        taken.release()


def test_a_second_process_is_told_who_holds_the_folder(data: Path) -> None:
    holder = hold(data)
    try:
        with pytest.raises(FolderInUse) as refused:
            Folder.take(data)
        assert str(holder.pid) in str(refused.value)
        assert str(data) in str(refused.value)
    finally:
        end(holder)
    Folder.take(data).release()


def test_one_process_takes_a_folder_only_once(folder: Folder) -> None:
    with pytest.raises(FolderInUse, match=str(os.getpid())):
        Folder.take(folder.path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_process_that_was_killed_holds_nothing(data: Path) -> None:
    holder = hold(data)
    holder.send_signal(signal.SIGKILL)
    end(holder)
    assert (data / "mynah.lock").read_text().strip() == str(holder.pid)
    Folder.take(data).release()


def test_a_folder_that_was_released_can_be_taken_again(folder: Folder) -> None:
    folder.release()
    folder.release()
    again = Folder.take(folder.path)
    assert again.path == folder.path
    again.release()


def test_a_path_that_cannot_be_a_folder_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for path in (tmp_path / "file", tmp_path / "file" / "data", Path(os.devnull) / "data"):
        with pytest.raises(FolderReadOnly) as refused:
            Folder.take(path)
        assert str(path) in str(refused.value)


@pytest.mark.parametrize(
    ("code", "error"),
    [(errno.EROFS, FolderReadOnly), (errno.EACCES, FolderReadOnly), (errno.ENOSPC, NoRoom)],
)
def test_what_the_system_refuses_is_told_in_words(
    data: Path, monkeypatch: pytest.MonkeyPatch, code: int, error: type[Exception]
) -> None:
    """The system's part is played here, because the superuser is refused nothing."""

    def refuse(path: str, flags: int, mode: int = 0o777) -> int:
        raise OSError(code, os.strerror(code), path)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(error, match="data"):
        Folder.take(data)


@pytest.fixture
def nobody() -> Iterator[None]:
    """Be somebody to whom permissions apply, where the tests run as the superuser."""
    superuser = sys.platform != "win32" and os.geteuid() == 0
    if superuser:
        os.seteuid(65534)
    yield
    if superuser:
        os.seteuid(0)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_a_read_only_folder_is_refused_in_words(nobody: None) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "data"
        Folder.take(path).release()
        for each in (path / "mynah.lock", path):
            each.chmod(0o555)
        with pytest.raises(FolderReadOnly) as refused:
            Folder.take(path)
        assert str(path) in str(refused.value)
        path.chmod(0o755)


def test_the_key_is_made_once_and_is_the_owners_alone(folder: Folder) -> None:
    key = folder.key()
    assert len(key) == 32
    assert folder.key() == key
    if sys.platform != "win32":
        assert (folder.path / "key").stat().st_mode & 0o777 == 0o600


def test_two_folders_have_two_keys(folder: Folder, tmp_path: Path) -> None:
    other = Folder.take(tmp_path / "other")
    assert other.key() != folder.key()
    other.release()


def test_a_key_that_was_cut_is_refused_in_words_not_replaced(folder: Folder) -> None:
    folder.key()
    (folder.path / "key").write_bytes(b"half a key")
    with pytest.raises(KeyBroken, match="key"):
        folder.key()
    assert (folder.path / "key").read_bytes() == b"half a key"


def test_free_bytes_are_those_of_the_disk(folder: Folder) -> None:
    assert abs(folder.free_bytes() - shutil.disk_usage(folder.path).free) < 1_000_000_000


def add_file(tx: Transaction, user_id: int, path: Path | None = None, job_id: int | None = None) -> files.File:
    id = files.add(
        tx, user_id=user_id, job_id=job_id, name="hello.wav", format="wav", sha256="0" * 64, bytes=4, seconds=1.0,
        rate=22050, expires_at=None,
    )  # fmt: skip
    file = files.get(tx, id)
    assert file is not None
    if path is not None:
        (path / file.path).write_bytes(b"RIFF")
    return file


async def test_a_sweep_removes_what_belongs_to_nothing(folder: Folder, database: Database) -> None:
    strays = ["generations/99.wav", "generations/7-1.wav.part", "spool/7-1.wav", "spool/7-1.index", "staging/odd.txt"]
    for stray in strays:
        (folder.path / stray).write_bytes(b"RIFF")
    (folder.staging / "7-1" / "inside").mkdir(parents=True)
    (folder.staging / "7-1" / "inside" / "clip.wav").write_bytes(b"RIFF")

    swept = await folder.sweep(database)

    assert sorted(swept.removed) == sorted([*strays, "staging/7-1"])
    assert swept.missing == ()
    assert [*folder.generations.iterdir(), *folder.spool.iterdir(), *folder.staging.iterdir()] == []


@pytest.mark.parametrize("state", ["pending", "ready", "running"])
async def test_a_sweep_leaves_what_belongs_to_a_job_under_way(folder: Folder, database: Database, state: str) -> None:
    job = await database.write(lambda tx: making.job(tx, making.person(tx), state))
    kept = [f"spool/{job}-1.wav", f"spool/{job}-1.index", f"staging/{job}-recording", f"generations/{job}-1.wav.part"]
    for path in kept:
        (folder.path / path).write_bytes(b"RIFF")
    (folder.staging / str(job)).mkdir()

    assert (await folder.sweep(database)).removed == ()

    assert all((folder.path / path).exists() for path in kept)
    assert (folder.staging / str(job)).exists()


@pytest.mark.parametrize("state", ["succeeded", "failed", "cancelled"])
async def test_a_sweep_removes_what_a_job_that_ended_left(folder: Folder, database: Database, state: str) -> None:
    job = await database.write(lambda tx: making.job(tx, making.person(tx), state))
    (folder.spool / f"{job}-1.wav").write_bytes(b"RIFF")
    assert (await folder.sweep(database)).removed == (f"spool/{job}-1.wav",)


async def test_a_sweep_leaves_every_file_with_a_row(folder: Folder, database: Database) -> None:
    def work(tx: Transaction) -> str:
        user_id = making.person(tx)
        (folder.staging / "texts" / "mine").mkdir(parents=True)
        (folder.staging / "texts" / "mine" / "book.txt").write_text("Call me Mynah.")
        done = {"text_from": "file", "text_path": "staging/texts/mine/book.txt"}
        making.job(tx, user_id, "succeeded", **done)
        return add_file(tx, user_id, folder.path).path

    path = await database.write(work)
    swept = await folder.sweep(database)
    assert (swept.removed, swept.missing) == ((), ())
    assert (folder.path / path).exists()
    assert (folder.staging / "texts" / "mine" / "book.txt").exists()


async def test_a_sweep_tells_which_files_of_rows_are_missing(folder: Folder, database: Database) -> None:
    lost = await database.write(lambda tx: add_file(tx, making.person(tx)).path)
    await database.write(lambda tx: add_file(tx, making.person(tx), folder.path))
    swept = await folder.sweep(database)
    assert swept.missing == (lost,)
    assert swept.removed == ()


async def test_a_file_that_gets_its_row_while_a_sweep_looks_round_stays(
    folder: Folder, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sweep sees a file that is renamed already, and whose row is committed only after it read the rows."""
    (folder.path / "generations/1.wav").write_bytes(b"RIFF")
    read = database.read

    async def read_then_commit(work: Work[T]) -> T:
        seen = await read(work)
        await database.write(lambda tx: add_file(tx, making.person(tx), folder.path))
        return seen

    monkeypatch.setattr(database, "read", read_then_commit)

    swept = await folder.sweep(database)

    assert swept.removed == ()
    assert (folder.path / "generations/1.wav").exists()


async def test_a_sweep_removes_a_journal_that_was_set_aside_a_week_ago(
    folder: Folder, database: Database, clock: SetClock
) -> None:
    old, new = (f"mynah.db-wal.{clock.now() - age}" for age in (7 * DAY + 1, 7 * DAY))
    for name in (old, new, "mynah.db-wal.mine"):
        (folder.path / name).write_bytes(b"words")
    assert (await folder.sweep(database)).removed == (old,)
    left = {file.name for file in folder.path.glob("mynah.db-wal*")}
    assert left >= {new, "mynah.db-wal.mine", "mynah.db-wal"}
    assert old not in left


def test_journals_that_were_set_aside_can_all_go_at_once(data: Path) -> None:
    for name in ("mynah.db-wal", "mynah.db-wal.1", "mynah.db-wal.20"):
        (data / name).write_bytes(b"words")
    assert Folder.drop_journals(data) == ("mynah.db-wal.1", "mynah.db-wal.20")
    assert [file.name for file in data.glob("mynah.db-wal*")] == ["mynah.db-wal"]


def lay(folder: Folder, *paths: str) -> None:
    for path in paths:
        (folder.path / path).parent.mkdir(parents=True, exist_ok=True)
        (folder.path / path).write_bytes(b"RIFF")


OLD = time.time() - 2 * HOUR / 1000
"""When something was made that has had time to get its row, in seconds."""


def cloned(tx: Transaction) -> voices.Voice:
    return making.clone(tx, making.person(tx), "Ada")


async def test_a_sweep_leaves_what_voices_were_made_from_and_what_was_learned(
    folder: Folder, database: Database
) -> None:
    voice = await database.write(cloned)
    kept = [
        *("audio/1/1/1.wav", "audio/1/1/original.ogg", "audio/1/1/transcript.txt", "audio/1/1/clips/1.wav"),
        *("audio/1/sources.json", f"speakers/world/{voice.speaker_key}.safetensors"),
    ]
    lay(folder, *kept)
    for file in kept:
        os.utime(folder.path / file, (OLD, OLD))
    swept = await folder.sweep(database)
    assert (swept.removed, swept.missing) == ((), ())
    assert all((folder.path / file).exists() for file in kept)


async def test_a_sweep_removes_recordings_and_speakers_that_no_row_names(folder: Folder, database: Database) -> None:
    await database.write(cloned)
    kept = ["audio/1/1/1.wav", "audio/1/1/original.ogg", "speakers/world/1-1.safetensors"]
    stray = [
        *("audio/1/2/2.wav", "audio/1/2/original.ogg", "audio/1/note.txt", "audio/7/9/9.wav", "audio/7/sources.json"),
        *("audio/odd.wav", "speakers/world/gone.safetensors", "speakers/gone/key.safetensors"),
    ]
    lay(folder, *kept, *stray)
    (folder.audio / "8").mkdir()
    for file in stray:
        os.utime(folder.path / file, (OLD, OLD))
    swept = await folder.sweep(database)
    assert swept.removed == (
        *("audio/1/2", "audio/1/note.txt", "audio/7/9", "audio/7/sources.json", "audio/8", "audio/odd.wav"),
        *("speakers/gone/key.safetensors", "speakers/world/gone.safetensors"),
    )
    assert swept.missing == ()
    assert all((folder.path / file).exists() for file in kept)
    await folder.sweep(database)
    assert sorted(each.name for each in folder.audio.iterdir()) == ["1"]


async def test_what_an_engine_has_just_learned_may_wait_for_its_row(folder: Folder, database: Database) -> None:
    lay(folder, "speakers/world/new.safetensors")
    assert (await folder.sweep(database)).removed == ()
    os.utime(folder.speakers / "world/new.safetensors", (OLD, OLD))
    assert (await folder.sweep(database)).removed == ("speakers/world/new.safetensors",)


async def test_a_sweep_tells_of_recordings_that_are_missing(folder: Folder, database: Database) -> None:
    await database.write(cloned)
    lay(folder, "audio/1/1/1.wav")
    swept = await folder.sweep(database)
    assert swept.missing == ("audio/1/1/original.ogg", "speakers/world/1-1.safetensors")
