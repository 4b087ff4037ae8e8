"""Every folder that is a model, or was meant to be one, is found, and what is wrong with it is said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from engine.model_folders import ModelOnDisk, installed, misplaced, size_of, usable, weights_of
from engine.model_manifest import MANIFEST, InstalledFile, Manifest

XTTS: Mapping[str, object] = {
    "model": "xtts",
    "languages": ["en", "de"],
    "model_args": {"gpt_use_perceiver_resampler": True},
}


def put(folder: Path, config: object = XTTS, *, files: tuple[str, ...] = ("model.pth", "vocab.json")) -> Path:
    folder.mkdir(parents=True)
    if config is not None:
        (folder / "config.json").write_text(config if isinstance(config, str) else json.dumps(config))
    for name in files:
        (folder / name).write_bytes(b"0123")
    return folder


def note(folder: Path, *, licence: str = "LicenseRef-CPML", accepted: str = "", name: str = "xtts_v2") -> None:
    files = {each.name: InstalledFile(bytes=each.stat().st_size, sha256="") for each in folder.iterdir()}
    noted = Manifest(name=name, source="https://a", files=files, licence=licence, accepted=accepted, at="")
    (folder / MANIFEST).write_text(noted.text())


def only(models: Path) -> ModelOnDisk:
    (found,) = installed(models)
    return found


def test_a_folder_dropped_in_is_found_and_nobody_has_told_its_licence(tmp_path: Path) -> None:
    folder = put(tmp_path / "mine")
    found = only(tmp_path)
    assert (found.name, found.folder, found.family, found.languages) == ("mine", folder, "xtts", ("en", "de"))
    assert (found.licence, found.accepted, found.pulled, found.wrong) == ("", "", False, "")
    assert found.bytes == size_of(folder) > 0


def test_what_is_no_model_is_let_be(tmp_path: Path) -> None:
    for name in ("phoneme_cache", "resemblyzer", ".pull"):
        (tmp_path / name).mkdir()
    put(tmp_path / ".pull" / "xtts_v2")
    (tmp_path / "resemblyzer" / "encoder.safetensors").write_bytes(b"0")
    (tmp_path / "notes.txt").write_text("mine")
    assert list(installed(tmp_path)) == list(installed(tmp_path / "nowhere")) == []


@pytest.mark.parametrize(
    ("config", "files", "said"),
    [
        (XTTS, ("model.pth",), "lacks vocab.json"),
        (XTTS, ("vocab.json",), "lacks model.pth (or model.safetensors)"),
        (None, ("model.pth", "vocab.json"), "lacks config.json"),
        ("{", ("model.pth",), "is no JSON"),
        ("[]", ("model.pth",), "holds no configuration"),
        ({**XTTS, "model_args": {}}, ("model.pth", "vocab.json"), "does not describe XTTS-v2"),
        ({"model": "tacotron2"}, ("model.pth",), "does not speak with models of the kind 'tacotron2'"),
        ({}, ("model.pth",), "does not say what kind of model it is"),
        ({"model": "vits"}, (), "lacks its weights (model_file.pth, "),
    ],
)
def test_a_wrong_folder_is_explained(tmp_path: Path, config: object, files: tuple[str, ...], said: str) -> None:
    put(tmp_path / "mine", config, files=files)
    assert said in only(tmp_path).wrong and only(tmp_path).wrong.endswith(".")
    assert list(usable(tmp_path, "xtts")) == list(usable(tmp_path, "vits")) == []


def test_one_unpacked_too_deep_is_explained(tmp_path: Path) -> None:
    put(tmp_path / "mine" / "XTTS-v2")
    assert "lie one folder too deep, in XTTS-v2; move them up" in only(tmp_path).wrong


def test_a_link_that_leads_nowhere_is_a_file_that_is_missing(tmp_path: Path) -> None:
    folder = put(tmp_path / "mine")
    (folder / "vocab.json").unlink()
    (folder / "vocab.json").symlink_to(folder / "vocab.json")  # leads nowhere, for everybody
    assert "lacks vocab.json" in only(tmp_path).wrong


def test_files_without_a_folder_are_explained(tmp_path: Path) -> None:
    assert misplaced(tmp_path) == ""
    (tmp_path / "model.pth").write_bytes(b"0")
    assert "make a folder there with the model's name" in misplaced(tmp_path)


def test_a_pulled_model_needs_its_licence_accepted(tmp_path: Path) -> None:
    folder = put(tmp_path / "xtts_v2")
    note(folder)
    assert only(tmp_path).wrong == (
        "Nobody has accepted the Coqui Public Model License yet; 'mynah models pull xtts_v2' shows it and asks."
    )
    assert list(usable(tmp_path, "xtts")) == []
    (folder / MANIFEST).unlink()
    note(folder, accepted="2026-11-27T03:00:00Z")
    assert [model.name for model in usable(tmp_path, "xtts")] == ["xtts_v2"]


def test_a_pulled_model_that_lost_or_changed_a_file_is_told(tmp_path: Path) -> None:
    folder = put(tmp_path / "xtts_v2")
    note(folder, accepted="2026-11-27T03:00:00Z")
    (folder / "vocab.json").write_bytes(b"01234")
    assert "vocab.json is not as it came any more; 'mynah models pull xtts_v2'" in only(tmp_path).wrong
    (folder / "vocab.json").unlink()
    assert "lacks vocab.json" in only(tmp_path).wrong
    (folder / MANIFEST).write_text("{")
    assert "installed.json cannot be read" in only(tmp_path).wrong


def test_a_vits_tells_its_languages_and_has_its_weights_by_one_of_their_names(tmp_path: Path) -> None:
    config = {"model": "vits", "phoneme_language": "en-us", "datasets": [{"language": "DE"}, {"language": ""}, 3]}
    folder = put(tmp_path / "mine", config, files=("best_model.pth",))
    assert (only(tmp_path).languages, only(tmp_path).wrong) == (("de", "en-us"), "")
    assert [model.name for model in usable(tmp_path, "vits")] == ["mine"]
    assert weights_of(folder) == folder / "best_model.pth"
    (folder / "other.pth").write_bytes(b"0")
    assert weights_of(folder) is None
    (folder / "model_file.pth").write_bytes(b"0")
    assert weights_of(folder) == folder / "model_file.pth"


def test_what_was_made_of_the_weights_of_a_vits_or_lies_beside_them_is_not_taken_for_them(tmp_path: Path) -> None:
    folder = put(tmp_path / "mine", {"model": "vits"}, files=("model.safetensors", "speaker_ids.pth"))
    assert weights_of(folder) == folder / "model.safetensors"
    (folder / "best_model.pth").write_bytes(b"0")
    assert weights_of(folder) == folder / "best_model.pth"
    (folder / "other.pth").write_bytes(b"0")
    assert weights_of(folder) == folder / "model.safetensors"


def made_safe(folder: Path, about: Mapping[str, str]) -> Path:
    """Put safetensors without a tensor into a folder, as they say of themselves."""
    header = json.dumps({"__metadata__": about}).encode()
    (folder / "model.safetensors").write_bytes(len(header).to_bytes(8, "little") + header)
    return folder / "model.safetensors"


def test_of_a_vits_that_was_made_safe_what_it_was_made_of_counts_while_it_is_there(tmp_path: Path) -> None:
    folder = put(tmp_path / "mine", {"model": "vits"}, files=("best_model.pth", "optimizer.pth"))
    safe = made_safe(folder, {"made_of": "best_model.pth"})
    assert weights_of(folder) == folder / "best_model.pth"
    (folder / "best_model.pth").unlink()
    assert weights_of(folder) == safe, "optimizer.pth is not what they were made of"
    made_safe(folder, {"made_of": "../../elsewhere/optimizer.pth"})
    assert weights_of(folder) == folder / "optimizer.pth", "it is looked for in the folder only"


def test_safetensors_of_the_hosts_own_are_the_weights_of_a_vits(tmp_path: Path) -> None:
    folder = put(tmp_path / "mine", {"model": "vits"}, files=("model.pth", "best_model.pth"))
    assert weights_of(folder) == folder / "model.pth"
    safe = made_safe(folder, {"format": "pt"})
    assert weights_of(folder) == safe
    safe.write_bytes(b"\xff" * 9)
    assert weights_of(folder) == folder / "model.pth", "they are no safetensors"


def test_a_published_one_speaks_what_the_list_says(tmp_path: Path) -> None:
    folder = put(tmp_path / "en-vctk-vits", {"model": "vits", "phoneme_language": "en-us"})
    note(folder, licence="Apache-2.0", name="en-vctk-vits")
    assert (only(tmp_path).languages, only(tmp_path).licence, only(tmp_path).wrong) == (("en",), "Apache-2.0", "")
