"""An archive is unpacked flat, and nothing in it leads anywhere else or swells."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest

from bot.models import archive
from bot.models.archive import unpack
from bot.models.errors import BadArchive, NoModelRoom


def packed(tmp_path: Path, files: dict[str, bytes]) -> tuple[Path, Path]:
    file, folder = tmp_path / "model.zip", tmp_path / "out"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as held:
        for name, content in files.items():
            held.writestr(name, content)
    folder.mkdir()
    return file, folder


def unpacked(file: Path, folder: Path) -> list[str]:
    return unpack(file, folder, lambda coming: None)


def test_the_inner_folder_is_taken_off_and_litter_left_behind(tmp_path: Path) -> None:
    inner = "tts_models--en--vctk--vits"
    file, folder = packed(
        tmp_path,
        {f"{inner}/config.json": b"{}", f"{inner}/model_file.pth": b"1", f"__MACOSX/{inner}/._config.json": b"x"},
    )
    assert unpacked(file, folder) == ["config.json", "model_file.pth"]
    assert sorted(each.name for each in folder.iterdir()) == ["config.json", "model_file.pth"]
    assert (folder / "model_file.pth").read_bytes() == b"1"


@pytest.mark.parametrize(
    "name",
    [
        "../model.pth",
        "a/../../model.pth",
        "/etc/cron.d/model",
        "a\\..\\..\\model.pth",
        "..",
        "c:model.pth",
        "a/b\n.pth",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    file, folder = packed(tmp_path, {name: b"1"})
    with pytest.raises(BadArchive, match=r"model\.zip is not unpacked"):
        unpacked(file, folder)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["model.zip", "out"] and not list(folder.iterdir())


def test_what_mynah_notes_of_a_model_cannot_come_with_it(tmp_path: Path) -> None:
    with pytest.raises(BadArchive, match=r"'installed\.json' in it"):
        unpacked(*packed(tmp_path, {"a/installed.json": b"{}"}))


def test_a_link_is_refused(tmp_path: Path) -> None:
    file, folder = packed(tmp_path, {})
    with zipfile.ZipFile(file, "a") as held:
        entry = zipfile.ZipInfo("model.pth")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        held.writestr(entry, "/etc/passwd")
    with pytest.raises(BadArchive, match="leads out of its folder"):
        unpacked(file, folder)


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadArchive, match="two of one name"):
        unpacked(*packed(tmp_path, {"a/model.pth": b"1", "b/Model.pth": b"2"}))


def test_an_archive_that_swells_is_cut(tmp_path: Path) -> None:
    file, folder = packed(tmp_path, {"model.pth": bytes(100_000_000)})
    assert file.stat().st_size * archive.FOLD < 100_000_000
    with pytest.raises(BadArchive, match="unpacks to far more than a model"):
        unpacked(file, folder)


def test_one_without_room_for_it_is_not_unpacked_to_its_end(tmp_path: Path) -> None:
    def tight(coming: int) -> None:
        raise NoModelRoom(name="a", folder="b", need="c", free="d")

    file, folder = packed(tmp_path, {"model.pth": b"1"})
    with pytest.raises(NoModelRoom):
        unpack(file, folder, tight)


def test_what_is_no_archive_or_a_damaged_one_is_told(tmp_path: Path) -> None:
    file, folder = packed(tmp_path, {"model.pth": b"content" * 100})
    content = bytearray(file.read_bytes())
    content[50] ^= 255
    file.write_bytes(bytes(content))
    with pytest.raises(BadArchive, match="damaged or of an unknown kind"):
        unpacked(file, folder)
    file.write_bytes(b"no archive")
    with pytest.raises(BadArchive, match="damaged or of an unknown kind"):
        unpacked(file, folder)
