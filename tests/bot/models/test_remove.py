"""A model is removed by its exact name only, never while Mynah speaks with it, and checked by its checksums."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.models.errors import ModelInUse, UnknownModel
from bot.models.pull import ASIDE, Terms, alone
from bot.models.remove import damaged, find, needed_by, remove
from bot.models.source import Source
from engine.catalogue import Published
from storage.database import Database, Transaction
from storage.folder import Folder
from tests.bot.models.test_pull import pulled
from tests.bot.models.test_shelf import put
from tests.fakes.mirror import Mirror
from tests.storage import making


def gone(data: Path, name: str) -> int:
    with alone(data / "models"):
        return remove(data, name)


def test_a_model_goes_whole_and_its_room_is_told(data: Path) -> None:
    folder = put(data / "models" / "ada")
    size = sum(each.stat().st_size for each in folder.iterdir())
    assert gone(data, "ada") == size
    assert sorted(each.name for each in (data / "models").iterdir()) == [ASIDE]


def test_what_has_come_of_a_model_goes_too(data: Path) -> None:
    part = data / "models" / ASIDE / "xtts_v2"
    part.mkdir(parents=True)
    (part / "model.pth.part").write_bytes(bytes(50))
    assert gone(data, "xtts_v2") == 50 and not part.exists()


def test_a_model_is_not_removed_while_mynah_may_speak_with_it(data: Path) -> None:
    folder = put(data / "models" / "ada")
    wrong = put(data / "models" / "bob", "vocab.json")
    held = Folder.take(data)
    try:
        with pytest.raises(ModelInUse, match=r"Mynah is running \(process \d+\) and may be speaking with ada"):
            gone(data, "ada")
        gone(data, "bob")
    finally:
        held.release()
    assert folder.is_dir() and not wrong.exists()


@pytest.mark.parametrize("name", ["", ".", "..", "../models/ada", "ada/", "/etc", "*", ASIDE, "resemblyzer", "Ada "])
def test_no_name_but_that_of_a_model_removes_anything(data: Path, name: str) -> None:
    put(data / "models" / "ada")
    (data / "models" / "resemblyzer").mkdir()
    with pytest.raises(UnknownModel):
        gone(data, name)
    assert {each.name for each in (data / "models").iterdir()} == {"ada", "resemblyzer", ASIDE}


def test_of_a_folder_that_is_a_link_only_the_link_goes(data: Path, tmp_path: Path) -> None:
    real = put(tmp_path / "elsewhere" / "ada")
    (data / "models").mkdir()
    (data / "models" / "ada").symlink_to(real, target_is_directory=True)
    gone(data, "ada")
    assert not (data / "models" / "ada").exists() and (real / "model.pth").exists()


async def test_damage_is_found_by_checksums(mirror: Mirror, xtts: Published, tmp_path: Path) -> None:
    await pulled(tmp_path, xtts, Terms(source=Source.of(mirror.address), spare_mb=0))
    model = find(tmp_path, "xtts_v2")
    assert model is not None and damaged(model) == []
    weights = model.folder / "model.pth"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(bytes(content))
    assert damaged(model) == ["model.pth"] and find(tmp_path, "nobody") is None


def test_a_folder_of_one_s_own_has_nothing_to_be_compared_with(tmp_path: Path) -> None:
    put(tmp_path / "ada")
    model = find(tmp_path, "ada")
    assert model is not None and damaged(model) is None


async def test_it_is_told_which_voices_are_spoken_with_it(database: Database, data: Path) -> None:
    put(data / "models" / "ada")
    model = find(data / "models", "ada")
    assert model is not None and needed_by(data, model) == ""

    def learn(tx: Transaction) -> None:
        ada = making.person(tx)
        for name, engine in (("Grace", "coqui"), ("Bob", "coqui"), ("Eve", "world")):
            making.clone(tx, ada, name, engine=engine)

    await database.write(learn)
    assert needed_by(data, model) == "Bob and Grace are spoken with it; without it another engine speaks them."
    assert needed_by(data / "nowhere", model) == ""
