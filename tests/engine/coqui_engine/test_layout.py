"""Which folders are models, what is said of the others, and that no file of weights can run or swell."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from engine.coqui_engine import Coqui
from engine.coqui_engine.layout import BadModel, ModelFolder, xtts_folders
from tests.engine.coqui_engine import tiny

NOON = 1_700_000_000_000_000_000
"""When a file was published, in ns."""


@pytest.fixture
def copied(coqui: Coqui, models: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model that a test may spoil; its weights were made safe already."""
    return shutil.copytree(models / "tiny", tmp_path / "models" / "tiny")


def opened(folder: Path) -> Coqui:
    engine = Coqui()
    engine.models = folder.parent
    with tiny.slim():
        engine.open()
    return engine


def test_a_folder_dropped_in_is_found(copied: Path) -> None:
    (found,), wrong = xtts_folders(copied.parent)
    assert (found.name, list(found.languages), wrong) == ("tiny", tiny.LANGUAGES, [])


def test_whom_a_model_brings_is_told_without_loading_it(coqui: Coqui, copied: Path) -> None:
    assert Coqui.foretell(copied.parent) == coqui.speakers() != []
    (copied / "speakers_xtts.pth").unlink()
    (copied / "speakers_xtts.safetensors").write_bytes(b"garbage")
    with pytest.raises(BadModel, match=r"speakers_xtts\.safetensors cannot be read"):
        Coqui.foretell(copied.parent)
    for file in copied.glob("speakers_xtts.*"):
        file.unlink()
    assert Coqui.foretell(copied.parent) == []
    (copied / "vocab.json").unlink()
    with pytest.raises(BadModel, match=r"lacks vocab\.json"):
        Coqui.foretell(copied.parent)


def test_folders_of_other_things_are_let_be(copied: Path) -> None:
    (copied.parent / "phoneme_cache").mkdir()
    other = copied.parent / "vits"
    other.mkdir()
    (other / "config.json").write_text('{"model": "vits"}')
    (copied.parent / "notes.txt").write_text("mine")
    found, wrong = xtts_folders(copied.parent)
    assert ([each.name for each in found], wrong) == (["tiny"], [])


@pytest.mark.parametrize(
    ("spoiled", "content", "said"),
    [
        ("vocab.json", None, "lacks vocab.json"),
        ("model.pth", None, "lacks model.pth"),
        ("config.json", "{", "is no JSON"),
        ("config.json", "[1]", "holds no configuration"),
        ("config.json", json.dumps({"model": "xtts", "languages": ["en"]}), "does not describe XTTS-v2"),
        ("config.json", " " * 2_000_000, "larger than any configuration"),
        ("vocab.json", "{}", "do not fit each other"),
        ("model.pth", "garbage", "cannot be read safely"),
        ("speakers_xtts.pth", "garbage", "cannot be read safely"),
    ],
)
def test_a_wrong_folder_is_explained(copied: Path, spoiled: str, content: str | None, said: str) -> None:
    if content is None:
        for file in copied.glob(f"{Path(spoiled).stem}.*"):
            file.unlink()
    else:
        (copied / spoiled).write_text(content)
    with pytest.raises(BadModel, match=said):
        opened(copied)


def test_weights_of_another_size_are_refused(copied: Path) -> None:
    config = json.loads((copied / "config.json").read_text())
    config["model_args"]["gpt_layers"] += 1
    (copied / "config.json").write_text(json.dumps(config))
    with pytest.raises(BadModel, match="do not fit each other"):
        opened(copied)


def test_speakers_of_another_model_are_refused(copied: Path) -> None:
    import torch

    speaker = {"gpt_cond_latent": torch.zeros(1, 32, 1024), "speaker_embedding": torch.zeros(1, 512, 1)}
    torch.save({"Ada": speaker}, copied / "speakers_xtts.pth")
    with pytest.raises(BadModel, match="another model"):
        opened(copied)


def test_a_model_without_speakers_speaks_as_those_it_learns(copied: Path) -> None:
    for file in copied.glob("speakers_xtts.*"):
        file.unlink()
    assert list(opened(copied).speakers()) == []


def test_weights_as_safetensors_need_no_other_file(copied: Path) -> None:
    opened(copied).close()
    (copied / "model.pth").unlink()
    opened(copied).close()


def weights(folder: Path) -> float:
    """Have weights made safe where they are not, and return the number that `publish` put there."""
    from safetensors.numpy import load_file

    return float(load_file(ModelFolder(path=folder, config={}).numbers("model"))["a"][0])


@pytest.fixture
def folder(models: Path, tmp_path: Path) -> Path:
    """Where a file of weights is going to be published; `models` skips where there is no torch."""
    folder = tmp_path / "published"
    folder.mkdir()
    return folder


def publish(folder: Path, number: float, *, size: int = 1, at: int = NOON) -> Path:
    import torch

    torch.save({"model": {"a": torch.full((size,), number)}}, folder / "model.pth")
    os.utime(folder / "model.pth", ns=(at, at))
    return folder


@pytest.mark.parametrize(("size", "at"), [(1, NOON + 1), (1, NOON - 1), (99, NOON), (1, 0)])
def test_weights_are_made_safe_again_where_another_file_was_put_in_the_place_of_theirs(
    folder: Path, size: int, at: int
) -> None:
    publish(folder, 1)
    assert weights(folder) == 1
    assert weights(publish(folder, 2, size=size, at=at)) == 2


def test_weights_are_made_safe_once_also_where_their_folder_was_copied(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(folder, 1)
    assert weights(folder) == 1
    other = shutil.copytree(folder, folder.with_name("copied"), copy_function=shutil.copyfile)
    monkeypatch.setattr(sys, "executable", str(folder / "nothing"))  # as where nothing can be written
    assert weights(folder) == weights(other) == 1


@pytest.mark.parametrize("kept", [{"made_of": "model.pth"}, {"made_of": "model.pth", "origin": "1 2 3"}])
def test_safe_weights_of_nobody_knows_which_file_are_made_again(folder: Path, kept: dict[str, str]) -> None:
    from safetensors.numpy import save_file

    save_file({"a": np.zeros(1, np.float32)}, folder / "model.safetensors", kept)  # written later
    assert weights(publish(folder, 1)) == 1


def test_safe_weights_that_mynah_has_not_made_stay_and_count(folder: Path) -> None:
    from safetensors.numpy import save_file

    save_file({"a": np.zeros(1, np.float32)}, folder / "model.safetensors", {"format": "pt"})
    os.utime(folder / "model.safetensors", ns=(0, 0))
    assert weights(publish(folder, 1)) == 0


def test_safe_weights_that_were_cut_off_are_made_again(folder: Path) -> None:
    publish(folder, 1)
    assert weights(folder) == 1
    for name in ("model.safetensors", "model.safetensors.part"):
        (folder / name).write_bytes((folder / "model.safetensors").read_bytes()[:-1])
    assert weights(folder) == 1
    assert sorted(file.name for file in folder.iterdir()) == ["model.pth", "model.safetensors"]


def test_safe_weights_of_another_file_do_not_speak_where_none_can_be_written(folder: Path) -> None:
    publish(folder, 1)
    assert weights(folder) == 1
    (folder / "model.safetensors.part").mkdir()
    publish(folder, 2, at=NOON - 1)
    with pytest.raises(BadModel, match=r"model\.pth .*nothing can be written beside it"):
        weights(folder)


class _Runs:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.path),)


def test_code_in_a_file_of_weights_is_not_run(copied: Path, tmp_path: Path) -> None:
    import torch

    torch.save({"model": _Runs(tmp_path / "ran")}, copied / "model.pth")
    with pytest.raises(BadModel, match="cannot be read safely"):
        opened(copied)
    assert not (tmp_path / "ran").exists()


class _Swells:
    def __reduce__(self) -> tuple[object, ...]:
        return bytearray, (68 * 10**9,)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process in this way")
def test_a_small_file_that_asks_for_much_memory_is_refused(copied: Path) -> None:
    import torch

    torch.save({"model": {"a": _Swells()}}, copied / "model.pth")
    assert (copied / "model.pth").stat().st_size < 2_000
    with pytest.raises(BadModel, match="cannot be read safely"):
        opened(copied)


def test_a_tensor_larger_than_its_numbers_is_refused(copied: Path) -> None:
    import torch

    torch.save({"model": {"a": torch.zeros(1).expand(10**9)}}, copied / "model.pth")
    with pytest.raises(BadModel, match="larger than the numbers"):
        opened(copied)


def test_a_file_with_its_configuration_as_an_object_is_read(copied: Path) -> None:
    """XTTS-v2 was published so, by a library in which these classes were still elsewhere."""
    import torch
    from TTS.tts.configs.xtts_config import XttsArgs, XttsAudioConfig, XttsConfig

    held = torch.load(copied / "model.pth", weights_only=True)
    held["config"] = XttsConfig(model_args=XttsArgs(), audio=XttsAudioConfig())
    moved = (XttsArgs, XttsAudioConfig)
    try:
        for each in moved:
            each.__module__ = "TTS.tts.models.xtts"
        torch.save(held, copied / "model.pth")
    finally:
        for each in moved:
            each.__module__ = "TTS.tts.configs.xtts_config"
    with zipfile.ZipFile(copied / "model.pth") as archive:
        (program,) = (archive.read(name) for name in archive.namelist() if name.endswith("data.pkl"))
    assert b"TTS.tts.models.xtts" in program and pickle.PROTO in program
    opened(copied).close()
