"""A model is there whole or not at all; what has come of it stays, and only one pull runs at a time."""

from __future__ import annotations

import asyncio
import errno
import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.models.errors import NoModelRoom, OtherFile, OwnFolder, PullBusy, PullFailed, RenewedFile
from bot.models.fetch import Patience
from bot.models.part import Part
from bot.models.pull import ASIDE, MB, Pull, Terms, alone
from bot.models.remembered import FILE as REMEMBERED
from bot.models.remembered import Remembered
from bot.models.shelf import arrived
from bot.models.source import Source
from engine.catalogue import Published, published
from engine.model_folders import installed
from engine.model_manifest import read_manifest
from storage.errors import NoRoom
from tests.fakes.mirror import SMALL, Fault, Mirror, path_of, wait_for, xtts_files

ROOT = Path(__file__).resolve().parents[3]
WHEN = "2026-11-27T03:00:00Z"
QUICK = Patience(connect=5, read=5, tries=2, pause=0.01)


def terms(mirror: Mirror, *, spare_mb: int = 0, renewed: bool = False) -> Terms:
    return Terms(source=Source.of(mirror.address), spare_mb=spare_mb, patience=QUICK, renewed=renewed)


async def pulled(
    models: Path, model: Published, how: Terms, told: Callable[[int, int], None] = lambda there, whole: None
) -> bool:
    """Pull a model, alone and with a deadline; return whether it had to come."""
    async with asyncio.timeout(30):
        with alone(models):
            return await Pull(models, model, how, told).run(WHEN)


async def test_a_model_comes_with_a_note_of_what_it_is(mirror: Mirror, xtts: Published, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    assert await pulled(tmp_path, xtts, terms(mirror), lambda there, whole: steps.append((there, whole)))
    (model,) = installed(tmp_path)
    manifest = read_manifest(model.folder)
    assert (model.name, model.family, model.wrong, model.accepted) == ("xtts_v2", "xtts", "", WHEN)
    assert manifest is not None and manifest.source == f"{mirror.address}{path_of(xtts.files[0].url)}"
    assert {name: file.bytes for name, file in manifest.files.items()} == {
        name: len(content) for name, content in xtts_files().items()
    }
    whole = sum(map(len, xtts_files().values()))
    assert steps[-1] == (whole, whole) and steps == sorted(steps)
    assert not (tmp_path / ASIDE / "xtts_v2").exists()


async def test_a_model_that_is_whole_comes_no_second_time(mirror: Mirror, xtts: Published, tmp_path: Path) -> None:
    await pulled(tmp_path, xtts, terms(mirror))
    before = len(mirror.asked)
    assert not await pulled(tmp_path, xtts, terms(mirror))
    assert len(mirror.asked) == before


async def test_of_a_damaged_model_only_the_damaged_files_come_anew(
    mirror: Mirror, xtts: Published, tmp_path: Path
) -> None:
    await pulled(tmp_path, xtts, terms(mirror))
    damaged = tmp_path / "xtts_v2" / "config.json"
    damaged.write_bytes(damaged.read_bytes()[::-1])
    (tmp_path / "xtts_v2" / "vocab.json").unlink()
    mirror.asked.clear()
    assert await pulled(tmp_path, xtts, terms(mirror))
    assert {Path(asked.path).name for asked in mirror.asked} == {"config.json", "vocab.json"}
    assert {name: (tmp_path / "xtts_v2" / name).read_bytes() for name in xtts_files()} == xtts_files()


async def test_what_was_cut_off_is_gone_on_with(mirror: Mirror, xtts: Published, tmp_path: Path) -> None:
    weights = path_of(xtts.files[0].url)
    mirror.faults[weights] = [Fault(cut=SMALL // 2), Fault(status=503)]
    with pytest.raises(PullFailed):
        await pulled(tmp_path, xtts, terms(mirror))
    assert list(installed(tmp_path)) == []
    assert arrived(tmp_path, "xtts_v2") == SMALL // 2 == Pull(tmp_path, xtts, terms(mirror), print).there()
    await pulled(tmp_path, xtts, terms(mirror))
    assert mirror.got(weights)[-1].headers["Range"] == f"bytes={SMALL // 2}-"
    assert (tmp_path / "xtts_v2" / "model.pth").read_bytes() == xtts_files()["model.pth"]


def test_a_pull_that_is_killed_is_gone_on_with(mirror: Mirror, xtts: Published, tmp_path: Path) -> None:
    weights = path_of(xtts.files[0].url)
    mirror.faults[weights] = [Fault(drip=SMALL // 100)]
    program = (
        "import asyncio; from pathlib import Path\n"
        "from bot.models.pull import *; from bot.models.source import Source; from engine.catalogue import published\n"
        f"models = Path({str(tmp_path)!r}); how = Terms(source=Source.of({mirror.address!r}), spare_mb=0)\n"
        "with alone(models): asyncio.run(Pull(models, published()['xtts_v2'], how, lambda *all: None).run(''))"
    )
    started = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT)
    try:
        wait_for(lambda: arrived(tmp_path, "xtts_v2") > SMALL // 10)
        with pytest.raises(PullBusy, match=f"process {started.pid}"):
            asyncio.run(pulled(tmp_path, xtts, terms(mirror)))
        os.kill(started.pid, signal.SIGKILL)
    finally:
        started.kill()
        started.wait(timeout=20)
    there = arrived(tmp_path, "xtts_v2")
    assert asyncio.run(pulled(tmp_path, xtts, terms(mirror)))
    assert mirror.got(weights)[-1].headers["Range"] == f"bytes={there}-"
    assert (tmp_path / "xtts_v2" / "model.pth").read_bytes() == xtts_files()["model.pth"]


async def test_a_wrong_checksum_leaves_no_model(mirror: Mirror, xtts: Published, tmp_path: Path) -> None:
    first, *others = xtts.files
    model = replace(xtts, files=(replace(first, sha256="0" * 64), *others))
    with pytest.raises(OtherFile, match="not 000000000000"):
        await pulled(tmp_path, model, terms(mirror))
    assert list(installed(tmp_path)) == [] and arrived(tmp_path, "xtts_v2") == 0


async def test_what_came_first_is_held_against_what_comes_later(
    mirror: Mirror, xtts: Published, tmp_path: Path
) -> None:
    await pulled(tmp_path / "a", xtts, terms(mirror))
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / REMEMBERED).write_bytes((tmp_path / "a" / REMEMBERED).read_bytes())
    mirror.publish(xtts, xtts_files(seed=2))
    with pytest.raises(RenewedFile, match=r"model\.pth from 127\.0\.0\.1 is not the one that came on 20"):
        await pulled(tmp_path / "b", xtts, terms(mirror))
    assert list(installed(tmp_path / "b")) == []
    assert await pulled(tmp_path / "b", xtts, terms(mirror, renewed=True))
    known = Remembered(tmp_path / "b").first(xtts.files[0].url)
    noted = read_manifest(tmp_path / "b" / "xtts_v2")
    assert known and noted and known[0] == noted.files["model.pth"].sha256


async def test_the_disk_is_looked_at_before_anything_comes(mirror: Mirror, xtts: Published, tmp_path: Path) -> None:
    with pytest.raises(NoModelRoom, match=r"xtts_v2 needs 6\d\d kB in .* and \S+ [kMG]?B can be used"):
        await pulled(tmp_path, xtts, replace(terms(mirror), free=lambda folder: SMALL))
    with pytest.raises(NoModelRoom):
        await pulled(tmp_path, xtts, terms(mirror, spare_mb=10**9))
    assert {asked.method for asked in mirror.asked} == {"HEAD"}


async def test_a_disk_that_fills_meanwhile_ends_it_and_keeps_what_came(
    mirror: Mirror, xtts: Published, tmp_path: Path
) -> None:
    weights = 40 * MB
    mirror.publish(xtts, xtts_files(weights=weights))
    looks = [weights * 10, 10 * MB]
    with pytest.raises(NoModelRoom, match=r"make room, then pull it again"):
        await pulled(tmp_path, xtts, replace(terms(mirror), free=lambda folder: looks.pop(0)))
    assert 0 < arrived(tmp_path, "xtts_v2") < weights
    assert await pulled(tmp_path, xtts, terms(mirror))
    assert mirror.got(path_of(xtts.files[0].url))[-1].headers["Range"] != "bytes=0-"


async def test_a_disk_that_is_full_at_once_is_told_and_keeps_what_came(
    mirror: Mirror, xtts: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = Part.add

    def full(part: Part, block: bytes) -> None:
        if part.size > SMALL // 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        add(part, block)

    with monkeypatch.context() as tight:
        tight.setattr(Part, "add", full)
        with pytest.raises(NoRoom, match="make room, then ask again"):
            await pulled(tmp_path, xtts, terms(mirror))
    there = arrived(tmp_path, "xtts_v2")
    assert there > SMALL // 2
    assert await pulled(tmp_path, xtts, terms(mirror))
    assert mirror.got(path_of(xtts.files[0].url))[-1].headers["Range"] == f"bytes={there}-"


async def test_a_folder_of_the_host_s_own_is_not_touched(mirror: Mirror, xtts: Published, tmp_path: Path) -> None:
    own = tmp_path / "xtts_v2"
    own.mkdir()
    (own / "config.json").write_text("mine")
    with pytest.raises(OwnFolder, match="is there already and was not pulled"):
        await pulled(tmp_path, xtts, terms(mirror))
    assert (own / "config.json").read_text() == "mine" and not mirror.asked


async def test_two_pulls_at_once_are_one(mirror: Mirror, xtts: Published, tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(PullBusy, match="pulled or removed already"):
        await pulled(tmp_path, xtts, terms(mirror))
    assert await pulled(tmp_path, xtts, terms(mirror))


async def test_an_archive_is_unpacked_into_the_model_s_folder(mirror: Mirror, tmp_path: Path) -> None:
    model = published()["en-vctk-vits"]
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in {"config.json": json.dumps({"model": "vits"}), "model_file.pth": "weights"}.items():
            archive.writestr(f"tts_models--en--vctk--vits/{name}", content)
    mirror.publish(model, {model.files[0].path: held.getvalue()})
    assert await pulled(tmp_path, model, terms(mirror))
    (found,) = installed(tmp_path)
    assert (found.name, found.family, found.languages, found.wrong) == ("en-vctk-vits", "vits", ("en",), "")
    assert sorted(each.name for each in found.folder.iterdir()) == ["config.json", "installed.json", "model_file.pth"]
    assert not await pulled(tmp_path, model, terms(mirror))


async def test_a_server_that_does_not_say_how_large_a_file_is_still_gives_it(
    mirror: Mirror, xtts: Published, tmp_path: Path
) -> None:
    mirror.unasked.update(path_of(file.url) for file in xtts.files)
    wholes: set[int] = set()
    assert await pulled(tmp_path, replace(xtts, about_mb=0), terms(mirror), lambda there, whole: wholes.add(whole))
    assert installed(tmp_path)[0].wrong == "" and wholes == {0}
