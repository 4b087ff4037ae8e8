"""A file that was asked for with --output is put there whole, or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.cli_adapter.output import address_of, in_words, place
from commands.core.errors import MynahError
from tests.bot.cli_adapter.declared import COMMANDS

SPEAK = COMMANDS["speak"]


def refused(output: str) -> str:
    with pytest.raises(MynahError) as caught:
        address_of(output, SPEAK)
    return str(caught.value)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "made.wav"
    file.write_bytes(b"sound" * 1000)
    return file


def test_no_output_is_no_address() -> None:
    assert address_of("", SPEAK) == {}


def test_an_address_is_absolute_so_that_anyone_can_finish_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert address_of("hello.wav", SPEAK) == {"output": str(tmp_path / "hello.wav")}
    assert address_of(".", SPEAK) == {"output": str(tmp_path), "folder": True}
    assert address_of("./", SPEAK) == {"output": str(tmp_path), "folder": True}


def test_a_name_that_promises_another_kind_of_sound_is_refused(tmp_path: Path) -> None:
    assert refused(str(tmp_path / "hello.MP3")) == "Mynah does not make mp3 files; name it something.wav."
    assert address_of(str(tmp_path / "hello.txt"), SPEAK)
    assert address_of(str(tmp_path / "hello"), SPEAK)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    assert refused(str(gone / "a.wav")) == f"There is no folder {gone}; make it first, or choose another --output."
    assert refused(f"{gone}/") == f"There is no folder {gone}; make it first, or choose another --output."


def test_a_file_in_the_place_of_the_folder_is_refused(source: Path) -> None:
    assert "is a file, not a folder" in refused(str(source / "a.wav"))


@pytest.mark.parametrize("output", ["-", "a\x1b.wav", "a\0b", "a\ud800.wav", "x" * 5000])
def test_what_can_be_no_path_is_refused_in_words(output: str) -> None:
    assert refused(output).endswith(".")


@pytest.mark.skipif(os.name != "posix", reason="devices are files on POSIX only")
def test_a_device_is_never_replaced() -> None:
    assert refused("/dev/null") == "/dev/null is not a file that could be replaced; choose another --output."


def test_an_existing_file_is_replaced_as_a_whole(tmp_path: Path, source: Path) -> None:
    target = tmp_path / "hello.wav"
    target.write_bytes(b"old")
    with target.open("rb") as reader:
        assert place(source, address_of(str(target), SPEAK), "made.wav", 1) == target
        assert reader.read() == b"old"
    assert target.read_bytes() == source.read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["hello.wav", "made.wav"]


@pytest.mark.skipif(os.name != "posix", reason="links need no rights on POSIX only")
def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path: Path, source: Path) -> None:
    target, link = tmp_path / "real.wav", tmp_path / "link.wav"
    target.write_bytes(b"old")
    link.symlink_to(target)
    place(source, address_of(str(link), SPEAK), "made.wav", 1)
    assert link.is_symlink()
    assert target.read_bytes() == source.read_bytes()


def test_a_folder_gets_a_name_that_is_free(tmp_path: Path, source: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "hello.wav").write_bytes(b"another")
    address = address_of(str(folder), SPEAK)
    assert place(source, address, "hello.wav", 1) == folder / "hello-2.wav"
    assert (folder / "hello.wav").read_bytes() == b"another"


def test_the_same_delivery_twice_is_one_file(tmp_path: Path, source: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / ".hello.wav.7.part").write_bytes(b"what a kill left")
    address = address_of(str(folder), SPEAK)
    assert place(source, address, "hello.wav", 7) == place(source, address, "hello.wav", 7)
    assert [p.name for p in folder.iterdir()] == ["hello.wav"]


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "hello.wav"
    target.write_bytes(b"old")
    with pytest.raises(FileNotFoundError):
        place(tmp_path / "gone.wav", {"output": str(target)}, "gone.wav", 1)
    assert [p.name for p in tmp_path.iterdir()] == ["hello.wav"]
    assert target.read_bytes() == b"old"


def test_a_full_disk_is_said_in_words() -> None:
    error = OSError(28, "No space left on device")
    assert in_words(error, "/a/b.wav") == "/a/b.wav could not be written: its disk is full; make room there."
