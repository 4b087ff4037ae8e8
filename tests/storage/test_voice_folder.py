"""What voices were made from lies in a folder for each, and goes as whole as it has to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from storage import voice_folder


def lay(data: Path, *paths: str) -> None:
    for path in paths:
        (data / path).parent.mkdir(parents=True, exist_ok=True)
        (data / path).write_bytes(b"RIFF")


def left(data: Path) -> list[str]:
    return sorted(file.relative_to(data).as_posix() for file in data.rglob("*"))


def test_every_path_lies_in_the_folder_of_its_voice(data: Path) -> None:
    inside = [voice_folder.clean(5, 7), voice_folder.original(5, 7, "ogg"), voice_folder.transcript(5, 7)]
    assert inside == ["audio/5/7/7.wav", "audio/5/7/original.ogg", "audio/5/7/transcript.txt"]
    assert all(path.startswith(f"{voice_folder.of_recording(5, 7)}/") for path in inside)
    assert voice_folder.of_recording(5, 7).startswith(f"{voice_folder.of_voice(5)}/")
    assert voice_folder.speaker("world", "ab12") == "speakers/world/ab12.safetensors"


@pytest.mark.parametrize(
    ("ending", "kept"),
    [("OGG", "ogg"), ("../../key", "key"), ("m4a", "m4a"), ("", "bin"), ("ö/ü", "bin"), ("a" * 99, "a" * 8)],
)
def test_the_ending_of_an_original_leads_nowhere(ending: str, kept: str) -> None:
    assert voice_folder.original(1, 2, ending) == f"audio/1/2/original.{kept}"


def test_sources_are_told_for_people_to_read(data: Path) -> None:
    told = [("Ömer.ogg", "a voice message on discord"), ("two.wav", "a file")]
    voice_folder.write_sources(data, 5, told)
    assert json.loads((data / "audio/5/sources.json").read_text("utf-8")) == [list(each) for each in told]
    voice_folder.write_sources(data, 5, [])
    assert left(data) == ["audio", "audio/5", "audio/5/sources.json"]


def test_a_voices_folder_goes_whole_and_others_stay(data: Path) -> None:
    lay(data, "audio/5/7/7.wav", "audio/5/7/transcript.txt", "audio/5/sources.json", "audio/6/8/8.wav")
    assert voice_folder.remove(data, ["audio/5/7/7.wav", "audio/5", "audio/5/7/original.ogg"]) == 0
    assert left(data) == ["audio", "audio/6", "audio/6/8", "audio/6/8/8.wav"]


def test_a_folder_that_is_empty_goes_with_its_last_file(data: Path) -> None:
    lay(data, "audio/5/7/7.wav", "audio/5/7/original.ogg", "audio/5/8/8.wav", "generations/1.wav")
    voice_folder.remove(data, ["audio/5/7/7.wav", "audio/5/7/original.ogg", "generations/1.wav"])
    assert left(data) == ["audio", "audio/5", "audio/5/8", "audio/5/8/8.wav", "generations"]
    voice_folder.remove(data, ["audio/5/8/8.wav"])
    assert left(data) == ["audio", "generations"]


def test_what_cannot_be_removed_is_counted_and_the_rest_goes(data: Path) -> None:
    lay(data, "audio/5/7/7.wav", "speakers/world/key.safetensors/inside")
    blocked = data / "generations"
    blocked.write_bytes(b"a file in the way of a folder")
    assert voice_folder.remove(data, ["audio/5/7/7.wav", "generations/1.wav"]) == 1
    assert left(data) == ["audio", "generations", "speakers", "speakers/world", "speakers/world/key.safetensors",
        "speakers/world/key.safetensors/inside"]  # fmt: skip
