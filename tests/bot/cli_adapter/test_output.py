"""A file that was asked for with --output is put there whole, or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.cli_adapter.output import KINDS, address_of, formatted, in_words, place
from commands.core.command import Command, commands
from commands.core.errors import MynahError, UsageError
from tests.bot.cli_adapter.declared import COMMANDS

SPEAK = COMMANDS["speak"]
REAL_SPEAK = commands()["speak"]
EXPORT = commands()["export"]


def refused(output: str, command: Command = SPEAK) -> str:
    with pytest.raises(MynahError) as caught:
        address_of(output, command)
    return str(caught.value)


def place_one(source: Path, address: dict[str, object], name: str, delivery_id: int) -> Path:
    (placed,) = place([(source, name)], address, delivery_id)
    return placed


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
    assert refused(str(tmp_path / "hello.MP3")) == "What comes of this is no mp3 file; name it something.wav."
    assert refused(str(tmp_path / "hello.wav"), EXPORT) == "What comes of this is no wav file; name it something.zip."
    assert address_of(str(tmp_path / "hello.zip"), EXPORT)


@pytest.mark.parametrize(("name", "ending"), [("x.txt", "txt"), ("x.tar.gz", "gz"), ("x.mp3.bak", "bak")])
def test_a_name_that_promises_no_sound_is_refused_with_those_that_do(tmp_path: Path, name: str, ending: str) -> None:
    kinds = "something.wav, .mp3, .flac, .ogg, .oga, .opus or .m4a."
    for command in (REAL_SPEAK, commands()["history again"]):
        assert refused(str(tmp_path / name), command) == f"What comes of this is no {ending} file; name it {kinds}"


@pytest.mark.parametrize("name", ["hello", "Dear Mr. Smith", "hello.", ".hello", "..."])
def test_a_name_without_an_ending_is_nobodys_promise(tmp_path: Path, name: str) -> None:
    assert address_of(str(tmp_path / name), REAL_SPEAK) == {"output": str(tmp_path / name)}


def test_what_was_made_before_may_be_of_any_kind_that_is_made(tmp_path: Path) -> None:
    assert address_of(str(tmp_path / "hello.mp3"), commands()["history again"])


@pytest.mark.parametrize("ending", ["json", "srt", "VTT"])
def test_a_sound_is_not_called_as_what_is_put_beside_it(tmp_path: Path, ending: str) -> None:
    said = refused(str(tmp_path / f"hello.{ending}"), REAL_SPEAK)
    assert said == f"That is a sound; name it something.wav, and its {ending.lower()} is put beside it."


@pytest.mark.parametrize(("ending", "format"), KINDS.items())
def test_the_name_of_the_output_promises_a_format(ending: str, format: str) -> None:
    for typed in (f"a.{ending}", f"/b/c.d.{ending.upper()}"):
        assert formatted(typed, REAL_SPEAK, {"text": "Hi."}) == {"text": "Hi.", "format": format}
        assert formatted(typed, REAL_SPEAK, {"format": " AUTO "})["format"] == format
        assert formatted(typed, REAL_SPEAK, {"format": format})["format"] == format
        assert address_of(Path(typed).name, REAL_SPEAK)


@pytest.mark.parametrize("output", ["", "a", "a.txt", ".", "folder.mp3/", "mp3", ".mp3"])
def test_a_name_that_promises_nothing_leaves_the_format(output: str) -> None:
    assert formatted(output, REAL_SPEAK, {"text": "Hi."}) == {"text": "Hi."}
    assert formatted(output, REAL_SPEAK, {"format": "mp3"}) == {"format": "mp3"}


def test_a_folder_promises_no_format_whatever_its_name_ends_with(tmp_path: Path) -> None:
    for name in ("folder.mp3", "folder.aac", "folder.json"):
        folder = tmp_path / name
        folder.mkdir()
        assert formatted(str(folder), REAL_SPEAK, {"format": "flac"}) == {"format": "flac"}
        assert address_of(str(folder), REAL_SPEAK) == {"output": str(folder), "folder": True}


def test_a_name_that_promises_another_format_than_is_given_is_refused() -> None:
    with pytest.raises(UsageError, match=r"A flac file cannot be called a\.mp3; leave --format out, or name it other"):
        formatted("/b/a.mp3", REAL_SPEAK, {"format": "flac"})
    with pytest.raises(UsageError) as caught:
        formatted(f"/b/{'a' * 5_000}.mp3", REAL_SPEAK, {"format": "x" * 5_000})
    assert len(str(caught.value)) < 200


def test_a_command_without_formats_is_given_none() -> None:
    assert formatted("a.wav", commands()["export"], {"x": 1}) == {"x": 1}


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
        assert place_one(source, address_of(str(target), SPEAK), "made.wav", 1) == target
        assert reader.read() == b"old"
    assert target.read_bytes() == source.read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["hello.wav", "made.wav"]


@pytest.mark.skipif(os.name != "posix", reason="links need no rights on POSIX only")
def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path: Path, source: Path) -> None:
    target, link = tmp_path / "real.wav", tmp_path / "link.wav"
    target.write_bytes(b"old")
    link.symlink_to(target)
    place_one(source, address_of(str(link), SPEAK), "made.wav", 1)
    assert link.is_symlink()
    assert target.read_bytes() == source.read_bytes()


def test_a_folder_gets_a_name_that_is_free(tmp_path: Path, source: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "hello.wav").write_bytes(b"another")
    address = address_of(str(folder), SPEAK)
    assert place_one(source, address, "hello.wav", 1) == folder / "hello-2.wav"
    assert (folder / "hello.wav").read_bytes() == b"another"


def test_the_same_delivery_twice_is_one_file(tmp_path: Path, source: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / ".hello.wav.7.part").write_bytes(b"what a kill left")
    address = address_of(str(folder), SPEAK)
    assert place_one(source, address, "hello.wav", 7) == place_one(source, address, "hello.wav", 7)
    assert [p.name for p in folder.iterdir()] == ["hello.wav"]


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "hello.wav"
    target.write_bytes(b"old")
    with pytest.raises(FileNotFoundError):
        place_one(tmp_path / "gone.wav", {"output": str(target)}, "gone.wav", 1)
    assert [p.name for p in tmp_path.iterdir()] == ["hello.wav"]
    assert target.read_bytes() == b"old"


def test_a_full_disk_is_said_in_words() -> None:
    error = OSError(28, "No space left on device")
    assert in_words(error, "/a/b.wav") == "/a/b.wav could not be written: its disk is full; make room there."


SIDE = ("hello.wav", "hello.json", "hello.srt", "hello.vtt")


@pytest.fixture
def sources(tmp_path: Path) -> list[tuple[Path, str]]:
    """A sound and what goes with it, under the names that they are kept by."""
    found = [(tmp_path / f"7{Path(name).suffix}", name) for name in SIDE]
    for path, name in found:
        path.write_text(f"what is in {name}")
    return found


def test_what_goes_with_a_sound_is_put_beside_it_under_its_stem(
    tmp_path: Path, sources: list[tuple[Path, str]]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    placed = place(sources, address_of(str(out / "My talk.v2.mp3"), REAL_SPEAK), 1)
    assert [path.name for path in placed] == [
        "My talk.v2.mp3",
        *(f"My talk.v2.{end}" for end in ("json", "srt", "vtt")),
    ]
    assert [path.read_text() for path in placed] == [f"what is in {name}" for name in SIDE]
    assert sorted(out.iterdir()) == sorted(placed)


@pytest.mark.parametrize("taken", SIDE)
def test_in_a_folder_all_get_one_name_that_is_free_for_all(
    tmp_path: Path, sources: list[tuple[Path, str]], taken: str
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / taken).write_text("somebody's own")
    (out / Path(taken).with_stem("hello-2")).write_text("somebody's own, too")
    placed = place(sources, address_of(str(out), REAL_SPEAK), 1)
    assert [path.name for path in placed] == [name.replace("hello", "hello-3") for name in SIDE]
    assert (out / taken).read_text() == "somebody's own"
    assert place(sources, address_of(str(out), REAL_SPEAK), 1) == placed
    assert len(list(out.iterdir())) == 6
