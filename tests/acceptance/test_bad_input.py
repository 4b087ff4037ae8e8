"""Whatever is wrong is answered with a sentence that says what to do; nothing is lost, and nothing is charged."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.program import PROGRAM, Program

POSIX = pytest.mark.skipif(os.name != "posix", reason="Windows has other rights")
ROOT_ONLY = pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0 or shutil.which("mount") is None,
    reason="only root can mount a disk of a megabyte",
)


def refused(program: Program, *words: str | bytes, status: int = 1, **given: object) -> str:
    done = program(*words, **given)  # type: ignore[arg-type]  # what Program.__call__ takes
    assert done.returncode == status, f"{done.returncode}: {done.stdout}{done.stderr}"
    assert done.stdout == ""
    assert done.stderr.rstrip().endswith((".", "?", '"')), done.stderr
    return done.stderr


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "nothing to say"),
        ("🎉🎉🎉".encode(), "nothing in that to read"),
        (b"\xed\xa0\x80 \xff\xfe", "nothing to say yet"),
    ],
)
def test_a_text_without_words_is_refused(mynah: Program, text: bytes, sentence: str) -> None:
    assert sentence in refused(mynah, "speak", text, status=2)
    assert mynah.used("generations") == 0


def test_a_megabyte_is_refused_with_how_much_is_the_most(mynah: Program) -> None:
    said = refused(mynah, "speak", "-", status=2, input="word " * 200_000)
    assert "250,000 is the most" in said
    assert mynah.used("characters") == 0


@pytest.mark.parametrize("text", ["@everyone hello", "שלום עולם", b"Gr\xfc\xdfe, hello \xed\xa0\x80 there", "a\tb\nc"])
def test_odd_texts_are_spoken(mynah: Program, text: str | bytes) -> None:
    done = mynah("speak", text, "--output", "odd.wav")
    assert done.returncode == 0, done.stderr
    assert (mynah.folder / "odd.wav").stat().st_size > 1000


def test_an_unknown_voice_is_answered_with_the_nearest(mynah: Program) -> None:
    assert "en-gb" in refused(mynah, "speak", "Hello.", "--voice", "en-bg")
    answer = mynah("speak", "Hello.", "--voice", "en-bg", "--json")
    assert answer.returncode == 1
    assert '"error": "NotFound"' in answer.stdout
    assert mynah.used("generations") == 0


@pytest.mark.parametrize("speed", ["0", "nan"])
def test_a_speed_that_is_none_is_answered_with_what_is(mynah: Program, speed: str) -> None:
    said = refused(mynah, "speak", "Hello.", "--speed", speed, status=2)
    assert "speed" in said


def test_an_output_folder_that_is_not_there_is_refused_before_anything_is_charged(mynah: Program) -> None:
    said = refused(mynah, "speak", "Hello.", "--output", "gone/hello.wav")
    assert f"There is no folder {mynah.folder / 'gone'}" in said
    assert mynah.used("generations") == 0
    assert mynah.files() == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("speek", "Hello."), "Did you mean speak?"),
        (("speak", "Hello.", "--voic", "en-gb"), "Did you mean --voice?"),
        (("quota", "set", "charcters", "5"), "metric can be"),
        (("jobs", "retry", "one"), "job has to be a whole number"),
    ],
)
def test_what_makes_no_sense_is_answered_with_the_nearest(
    mynah: Program, words: tuple[str, ...], sentence: str
) -> None:
    assert sentence in refused(mynah, *words, status=2)


def test_a_job_that_is_not_there_is_said_not_to_be(mynah: Program) -> None:
    assert refused(mynah, "jobs", "retry", "999")


def test_failures_are_objects_for_programs(mynah: Program) -> None:
    done = mynah("speek", "--json")
    assert done.returncode == 2
    assert done.stdout.startswith('{"error": "UsageError", "message": "There is no command')


def test_a_wrong_setting_is_named_with_its_nearest(mynah: Program) -> None:
    (mynah.folder / "config.toml").write_text('[mynah]\n[speech]\ndefalt_voice = "de"\n')
    assert "default_voice" in refused(mynah, "speak", "Hello.")
    said = refused(mynah, "run")
    assert "default_voice" in said
    assert not (mynah.data / "mynah.db").exists()


def test_a_setting_that_cannot_be_is_said_so(mynah: Program) -> None:
    done = mynah("speak", "Hello.", MYNAH_JOBS__RUNNING="many")
    assert done.returncode == 1
    assert "MYNAH_JOBS__RUNNING" in done.stderr


def test_a_disk_that_is_nearly_full_takes_no_new_work(mynah: Program) -> None:
    done = mynah("speak", "Hello.", MYNAH_FILES__LEAST_FREE_MB="9000000")
    assert done.returncode == 1
    assert "nearly full" in done.stderr
    assert mynah.used("generations") == 0


def mount(*words: str) -> None:
    if subprocess.run(["mount", *words], capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a disk")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with room for two megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount("-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk))
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@ROOT_ONLY
def test_an_output_that_does_not_fit_is_kept_in_the_data_folder(
    mynah: Program, small_disk: Path, long_text: str
) -> None:
    done = mynah("speak", long_text[:4000], "--output", str(small_disk / "long.wav"))
    assert done.returncode == 1
    assert "its disk is full" in done.stderr
    (kept,) = mynah.files()
    assert str(mynah.data / "generations" / kept) in done.stderr
    assert list(small_disk.iterdir()) == []


@ROOT_ONLY
def test_a_data_folder_on_a_full_disk_fails_in_words_and_charges_nothing(small_disk: Path, long_text: str) -> None:
    program = Program(small_disk, MYNAH_FILES__LEAST_FREE_MB="0")
    assert program("speak", "Hello.").returncode == 0
    used = program.used("characters")
    done = program("speak", long_text[:6000])
    assert done.returncode == 1
    assert done.stderr.strip()
    assert program.used("characters") == used
    assert len(program.files()) == 1


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A folder in which nobody may write, not even root."""
    folder = tmp_path / "read-only"
    folder.mkdir()
    if os.geteuid() != 0:
        folder.chmod(0o500)
        yield folder
        return
    mount("-t", "tmpfs", "-o", "size=1m,ro", "tmpfs", str(folder))
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@POSIX
def test_a_folder_that_can_only_be_read_is_said_to_be_one(mynah: Program, read_only: Path) -> None:
    done = mynah("speak", "Hello.", MYNAH_DATA=str(read_only / "data"))
    assert done.returncode == 1
    assert "cannot write to" in done.stderr
    done = mynah("speak", "Hello.", MYNAH_DATA=str(read_only))
    assert done.returncode == 1
    assert "cannot write to" in done.stderr
    assert f"You may not write into {read_only}" in refused(mynah, "speak", "Hello.", "--output", str(read_only))
    assert mynah.used("generations") == 0


def test_a_file_in_the_place_of_the_data_folder_is_said_to_be_none(mynah: Program) -> None:
    mynah.data.write_text("I was here first.")
    assert str(mynah.data) in refused(mynah, "speak", "Hello.")
    assert mynah.data.read_text() == "I was here first."


def test_a_broken_database_is_left_as_it_is(mynah: Program) -> None:
    assert mynah("speak", "Hello.").returncode == 0
    database = mynah.data / "mynah.db"
    for beside in mynah.data.glob("mynah.db-*"):
        beside.unlink()
    database.write_bytes(b"this is no database" * 500)
    assert "damaged" in refused(mynah, "speak", "Hello.")
    assert "damaged" in refused(mynah, "run")
    assert database.read_bytes() == b"this is no database" * 500


def test_binary_input_is_said_to_be_no_text(mynah: Program) -> None:
    said = refused(mynah, "speak", "-", status=2, input=bytes(range(256)) * 100)
    assert "not a text" in said
    assert not (mynah.data / "mynah.db").exists()


def test_input_that_cannot_be_read_is_said_in_words(mynah: Program) -> None:
    with (mynah.folder / "only-for-writing").open("wb") as unreadable:
        assert "cannot be read" in refused(mynah, "speak", "-", status=2, input=unreadable)


@pytest.mark.skipif(shutil.which("sh") is None, reason="there is no shell that closes streams")
@pytest.mark.parametrize("redirection", [">&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_harm(mynah: Program, redirection: str) -> None:
    shell = ["/bin/sh", "-c", f'"$@" {redirection}', "sh", *PROGRAM, "speak", "Hello.", "--output", "hello.wav"]
    done = subprocess.run(shell, cwd=mynah.folder, env=mynah.env, capture_output=True, text=True, timeout=20)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert (mynah.folder / "hello.wav").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_an_answer_that_nobody_can_take_is_said_so(mynah: Program) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*PROGRAM, "voices"], cwd=mynah.folder, env=mynah.env, stdout=full, stderr=subprocess.PIPE, timeout=20
        )
    assert done.returncode == 1
    assert done.stderr.decode() == "The answer could not be written: no space left on device.\n"


def test_a_reader_that_leaves_is_no_harm(mynah: Program) -> None:
    with subprocess.Popen(
        [*PROGRAM, "voices", "--json"], cwd=mynah.folder, env=mynah.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
    assert process.returncode == 1
    assert said == b""


def test_the_program_needs_no_locale(mynah: Program) -> None:
    done = mynah("voices", "--language", "cmn", LANG="C", LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr
