"""Archives of voices: what is written is read again, and what strangers have made is refused in words."""

from __future__ import annotations

import io
import json
import stat
import struct
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from commands.core.params import TEXT_LIMIT
from commands.core.voice_archive import (
    METADATA,
    MOST_BYTES,
    MOST_ENTRIES,
    MOST_TOLD,
    BadArchive,
    Stopped,
    kept,
    most_of,
    unpack,
    write_archive,
)
from engine.intake.limits import USUAL
from tests.commands.archived import archive_of, digest, record_of

SOUND = "recordings/1/original.wav"
KEY = b"k" * 32
Told = dict[str, Any]


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """An archive as Mynah makes them."""
    record, sources = record_of(tmp_path / "sources")
    return archive_of(tmp_path / "ada.zip", record.sealed(KEY), sources)


def refused(file: Path, tmp_path: Path) -> str:
    """Try to unpack what cannot be, and return why not."""
    with pytest.raises(BadArchive) as caught:
        unpack(file, tmp_path / "out", threading.Event())
    said = str(caught.value)
    assert said.startswith("That cannot be brought in as a voice: ") and said.endswith((".", "…"))
    assert "{" not in caught.value.brief
    return said


def again(good: Path, change: Callable[[zipfile.ZipFile, dict[str, bytes]], None]) -> Path:
    """Zip what is in an archive once more, by way of `change`, which writes into the new one."""
    with zipfile.ZipFile(good) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    made = good.with_name("again.zip")
    with zipfile.ZipFile(made, "w") as archive:
        change(archive, held)
    return made


def retold(good: Path, change: Callable[[Told], None]) -> Path:
    """The same archive with other words in its metadata.json."""

    def write(archive: zipfile.ZipFile, held: dict[str, bytes]) -> None:
        told = json.loads(held[METADATA])
        change(told)
        for name, data in {**held, METADATA: json.dumps(told).encode()}.items():
            archive.writestr(name, data)

    return again(good, write)


def test_what_is_written_is_read_again_to_the_byte(tmp_path: Path) -> None:
    record, sources = record_of(tmp_path / "sources")
    file = archive_of(tmp_path / "ada.zip", record.sealed(KEY), sources)
    found = unpack(file, tmp_path / "out", threading.Event())
    assert found.record == record.sealed(KEY)
    assert {place: path.read_bytes() for place, path in found.files.items()} == {
        place: path.read_bytes() for place, path in sources.items()
    }
    assert all(path.parent == tmp_path / "out" for path in found.files.values())


def test_an_archive_that_somebody_has_zipped_anew_is_read_too(good: Path, tmp_path: Path) -> None:
    def pack(archive: zipfile.ZipFile, held: dict[str, bytes]) -> None:
        for name, data in held.items():
            archive.writestr(name, data, zipfile.ZIP_DEFLATED)

    assert unpack(again(good, pack), tmp_path / "out", threading.Event()).record.name == "Ada"


def test_it_ends_early_where_nobody_waits(good: Path, tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        unpack(good, tmp_path / "out", stop)
    record, sources = record_of(tmp_path / "sources")
    with pytest.raises(Stopped):
        write_archive(tmp_path / "other.zip", record, sources, stop)


def test_a_file_is_described_by_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "sound").write_bytes(b"sound")
    found = kept(SOUND, tmp_path / "sound")
    assert (found.place, found.bytes, found.sha256) == (SOUND, 5, digest(b"sound"))


def test_how_large_a_file_may_be_depends_on_what_it_is() -> None:
    assert most_of(SOUND) == USUAL.bytes
    assert most_of("recordings/1/transcript.txt") == 4 * TEXT_LIMIT
    assert most_of("speakers/world.safetensors") < most_of(SOUND)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no zip"),
        (b"hello", "no zip"),
        (b"#EXTM3U\nhttp://127.0.0.1/a.wav\n", "no zip"),
        (b"\x1f\x8b\x08\x00" + b"\0" * 60, "no zip"),
        (b"7z\xbc\xaf\x27\x1c" + b"\0" * 60, "no zip"),
        (b"PK\3\4" + b"\0" * 60, "its end is missing"),
        (b"PK\5\6" + b"\0" * 18, "no zip"),
    ],
)
def test_what_is_no_archive_is_refused(data: bytes, why: str, tmp_path: Path) -> None:
    (tmp_path / "bad.zip").write_bytes(data)
    assert why in refused(tmp_path / "bad.zip", tmp_path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_one_that_is_cut_off_is_refused(good: Path, share: float, tmp_path: Path) -> None:
    whole = good.read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: round(share * len(whole))])
    assert "its end is missing" in refused(tmp_path / "cut.zip", tmp_path)


def test_one_with_something_behind_it_or_before_it_is_refused(good: Path, tmp_path: Path) -> None:
    (tmp_path / "more.zip").write_bytes(good.read_bytes() + b"#!/bin/sh\n")
    assert "put behind it" in refused(tmp_path / "more.zip", tmp_path)
    (tmp_path / "before.zip").write_bytes(b"PK\3\4 and more" + good.read_bytes())
    assert "its directory is not where" in refused(tmp_path / "before.zip", tmp_path)


def test_damage_in_the_middle_is_found(good: Path, tmp_path: Path) -> None:
    whole = bytearray(good.read_bytes())
    at = whole.index(b"RIFF of no kind")
    whole[at] ^= 0xFF
    (tmp_path / "bad.zip").write_bytes(whole)
    assert "damaged" in refused(tmp_path / "bad.zip", tmp_path)


def test_a_directory_of_thousands_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for number in range(10_000):
            archive.writestr(f"{number}", b"")
    assert f"10,000 files in it, and {MOST_ENTRIES} are the most" in refused(tmp_path / "many.zip", tmp_path)


def test_a_directory_that_says_it_is_short_and_is_not_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for number in range(2_000):
            archive.writestr(f"{number}", b"")
    whole = bytearray((tmp_path / "many.zip").read_bytes())
    struct.pack_into("<2H", whole, len(whole) - 14, 3, 3)
    (tmp_path / "many.zip").write_bytes(whole)
    assert "are the most" in refused(tmp_path / "many.zip", tmp_path)
    struct.pack_into("<L", whole, len(whole) - 10, 100)
    (tmp_path / "many.zip").write_bytes(whole)
    assert "its directory is not where" in refused(tmp_path / "many.zip", tmp_path)


def test_one_that_speaks_of_a_larger_directory_elsewhere_is_refused(good: Path, tmp_path: Path) -> None:
    whole = good.read_bytes()
    locator = b"PK\6\7" + struct.pack("<LQL", 0, 0, 1)
    (tmp_path / "large.zip").write_bytes(whole[:-22] + locator + whole[-22:])
    assert "far larger" in refused(tmp_path / "large.zip", tmp_path)


def test_one_of_several_parts_is_refused(good: Path, tmp_path: Path) -> None:
    whole = bytearray(good.read_bytes())
    struct.pack_into("<H", whole, len(whole) - 18, 2)
    (tmp_path / "part.zip").write_bytes(whole)
    assert "several parts" in refused(tmp_path / "part.zip", tmp_path)


def test_one_that_is_far_too_large_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    with (tmp_path / "huge.zip").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    assert "are the most" in refused(tmp_path / "huge.zip", tmp_path)


def test_a_bomb_is_refused_by_what_it_says_it_holds(good: Path, tmp_path: Path) -> None:
    def blow_up(archive: zipfile.ZipFile, held: dict[str, bytes]) -> None:
        for name, data in held.items():
            archive.writestr(name, b"\0" * 50_000_000 if name == SOUND else data, zipfile.ZIP_DEFLATED)

    assert "unpacked it would be 50 MB" in refused(again(good, blow_up), tmp_path)


def test_a_bomb_that_hides_how_much_it_holds_ends_where_it_said(good: Path, tmp_path: Path) -> None:
    def blow_up(archive: zipfile.ZipFile, held: dict[str, bytes]) -> None:
        for name, data in held.items():
            archive.writestr(name, b"\0" * 900_000 if name == SOUND else data, zipfile.ZIP_DEFLATED)

    made = again(good, blow_up)
    with zipfile.ZipFile(made) as archive:
        claimed = archive.getinfo(SOUND).file_size
    whole = made.read_bytes().replace(struct.pack("<L", claimed), struct.pack("<L", 15))
    made.write_bytes(whole)
    assert "damaged" in refused(made, tmp_path) or "is not the file" in refused(made, tmp_path)
    assert all(path.stat().st_size <= 15 for path in (tmp_path / "out").glob("*") if path.name == "0.bin")


@pytest.mark.parametrize(
    "name",
    [
        "../../evil.wav",
        "/etc/passwd",
        "recordings\\..\\..\\evil",
        "recordings/1/../../../x",
        "CON",
        "recordings/1/original.wav/",
        "speakers/",
        "a" * 150,
        "\u202egnp.exe",
    ],
)
def test_a_file_under_a_name_that_belongs_to_no_voice_is_refused_and_goes_nowhere(
    good: Path, name: str, tmp_path: Path
) -> None:
    def add(archive: zipfile.ZipFile, held: dict[str, bytes]) -> None:
        for each, data in {**held, name: b"evil"}.items():
            archive.writestr(each, data)

    inside = tmp_path / "some" / "where" / "inside"
    inside.mkdir(parents=True)
    before = set(tmp_path.rglob("*"))
    said = refused(again(good, add), inside)
    assert "belongs to no voice" in said or "is no file, but a folder" in said
    assert {path.name for path in set(tmp_path.rglob("*")) - before} <= {"again.zip", "out"}


def test_links_are_refused(good: Path, tmp_path: Path) -> None:
    def link(archive: zipfile.ZipFile, held: dict[str, bytes]) -> None:
        for name, data in held.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = ((stat.S_IFLNK if name == SOUND else stat.S_IFREG) | 0o777) << 16
            archive.writestr(entry, b"/etc/passwd" if name == SOUND else data)

    assert "is no file, but a folder or a link" in refused(again(good, link), tmp_path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused(good: Path, tmp_path: Path) -> None:
    def twice(archive: zipfile.ZipFile, held: dict[str, bytes]) -> None:
        for name, data in [*held.items(), (SOUND, b"another")]:
            archive.writestr(name, data)

    assert "two files of one name" in refused(again(good, twice), tmp_path)


def test_one_that_is_encrypted_is_refused(good: Path, tmp_path: Path) -> None:
    whole = bytearray(good.read_bytes())
    at = whole.index(b"PK\1\2")
    whole[at + 8] |= 1
    (tmp_path / "secret.zip").write_bytes(whole)
    assert "encrypted" in refused(tmp_path / "secret.zip", tmp_path)


def test_one_that_is_packed_in_another_way_is_refused(good: Path, tmp_path: Path) -> None:
    def pack(archive: zipfile.ZipFile, held: dict[str, bytes]) -> None:
        for name, data in held.items():
            archive.writestr(name, data, zipfile.ZIP_LZMA)

    assert "packed in a way" in refused(again(good, pack), tmp_path)


def test_one_without_its_record_or_with_a_huge_one_is_refused(good: Path, tmp_path: Path) -> None:
    def leave_out(archive: zipfile.ZipFile, held: dict[str, bytes]) -> None:
        for name in held.keys() - {METADATA}:
            archive.writestr(name, held[name])

    assert f"there is no {METADATA}" in refused(again(good, leave_out), tmp_path)

    def stuff(archive: zipfile.ZipFile, held: dict[str, bytes]) -> None:
        for name, data in {**held, METADATA: b" " * (MOST_TOLD + 1)}.items():
            archive.writestr(name, data)

    assert "is larger than" in refused(again(good, stuff), tmp_path)


def test_a_file_that_is_missing_or_another_is_refused(good: Path, tmp_path: Path) -> None:
    def leave_out(archive: zipfile.ZipFile, held: dict[str, bytes]) -> None:
        for name in held.keys() - {SOUND}:
            archive.writestr(name, held[name])

    assert f"{SOUND} is missing" in refused(again(good, leave_out), tmp_path)

    def swap(archive: zipfile.ZipFile, held: dict[str, bytes]) -> None:
        for name, data in {**held, SOUND: b"RIFF of another"}.items():
            archive.writestr(name, data)

    assert f"{SOUND} is not the file" in refused(again(good, swap), tmp_path)


def _set(*path: str | int, to: object) -> Callable[[Told], None]:
    def change(told: Told) -> None:
        place: Any = told
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return change


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_set("recordings", 0, "file", "bytes", to=10**12), "are the most"),
        (_set("recordings", 0, "file", "bytes", to=-1), "greater than equal"),
        (_set("recordings", 0, "file", "bytes", to="15"), "int type"),
        (_set("recordings", 0, "file", "place", to="../../x.wav"), "pattern"),
        (_set("recordings", 0, "file", "sha256", to="f" * 63), "pattern"),
        (_set("recordings", 0, "file", "sha256", to="f" * 64), "is not the file"),
        (_set("recordings", 0, "transcript", "place", to=SOUND), "names one file twice"),
        (_set("recordings", 0, "transcript", "bytes", to=10**8), "are the most"),
        (_set("recordings", 0, "embedding", to=[float("nan"), 1.0]), "recordings.0.embedding.0"),
        (_set("recordings", 0, "embedding", to=[float("inf")]), "recordings.0.embedding.0"),
        (_set("recordings", 0, "embedding", to=[0.0] * 5_000), "too long"),
        (_set("recordings", 0, "name", to=["ada"]), "string type"),
        (_set("recordings", to=[]), "too short"),
        (_set("recordings", to={}), "list type"),
        (_set("name", to=7), "string type"),
        (_set("name", to="x" * 201), "too long"),
        (_set("figures", to={"similarity": float("nan")}), "figures"),
        (_set("figures", to={"deep": {"er": 1}}), "figures"),
        (_set("made_at", to=2**80), "made_at"),
        (_set("speaker", "engine", to="../world"), "pattern"),
        (_set("speaker", "file", "place", to="speakers/../x.safetensors"), "pattern"),
        (_set("consent", to="whatever"), "literal"),
        (_set("consents", to=[{"status": "granted"}]), "missing"),
        (_set("seal", to="0"), "seal"),
        (_set("__class__", to="os.system"), "extra forbidden"),
        (_set("form", to="mynah-voice-2"), "a newer one"),
        (_set("form", to=1), "form"),
    ],
)
def test_a_record_that_is_not_as_it_has_to_be_is_refused(
    good: Path, change: Callable[[Told], None], why: str, tmp_path: Path
) -> None:
    assert why in refused(retold(good, change), tmp_path)


@pytest.mark.parametrize(
    "told", [b"", b"null", b"[1]", b"{", b"\xff\xfe", b"[" * 100_000, b'{"form": "mynah-voice-1"}', b'"mynah-voice-1"']
)
def test_a_record_that_is_no_record_is_refused(good: Path, told: bytes, tmp_path: Path) -> None:
    def write(archive: zipfile.ZipFile, held: dict[str, bytes]) -> None:
        for name, data in {**held, METADATA: told}.items():
            archive.writestr(name, data)

    assert "metadata.json" in refused(again(good, write), tmp_path)


def test_a_zip_within_a_zip_is_no_voice(good: Path, tmp_path: Path) -> None:
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("ada.zip", good.read_bytes())
    (tmp_path / "outer.zip").write_bytes(outer.getvalue())
    assert f"there is no {METADATA}" in refused(tmp_path / "outer.zip", tmp_path)
