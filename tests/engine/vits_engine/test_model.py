"""A loaded VITS beside the library's own."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.coqui_engine.layout import BadModel, read_folder
from engine.vits_engine.names import speaker_names
from tests.engine.vits_engine import tiny

if TYPE_CHECKING:
    from TTS.tts.models.vits import Vits

    from engine.vits_engine.model import Model

TEXT = "Hello there, this is a sentence that takes some seconds to say."
SEED = 7


def load(folder: Path) -> Model:
    import torch

    from engine.vits_engine.model import Model

    read = read_folder(folder)
    return Model(read, dict(speaker_names(read)), torch.device("cpu"))


def copied(folder: Path, to: Path) -> Path:
    """Copy a model with the times of its files, so that what was made of them still counts."""
    return Path(shutil.copytree(folder, to))


def by_mynah(model: Model, text: str, speaker: int = 0, speed: float = 1.0) -> NDArray[np.float32]:
    return np.concatenate(list(model.sound(model.plan(model.signs(text), speaker, speed=speed, seed=SEED))))


def by_the_library(library: Vits, text: str, speaker: int) -> NDArray[np.float32]:
    import torch

    torch.manual_seed(SEED)
    tokens = torch.tensor([library.tokenizer.text_to_ids(text, None)])
    with torch.inference_mode():
        made = library.inference(tokens, {"speaker_ids": torch.tensor([speaker]), "x_lengths": None})
    sound: NDArray[np.float32] = made["model_outputs"][0, 0].numpy()
    return sound


def test_it_says_what_the_library_says_sample_by_sample(tmp_path: Path) -> None:
    if reason := tiny.why_not():
        pytest.skip(reason)
    folder = tiny.make(tmp_path / "listed", speakers=tiny.SPEAKERS, listed=True)
    model, library = load(folder), tiny.by_the_library(folder)
    for speaker in range(len(tiny.SPEAKERS)):
        own, theirs = by_mynah(model, TEXT, speaker), by_the_library(library, TEXT, speaker)
        assert len(own) == len(theirs) > 30_000
        assert np.abs(own - theirs).max() < 1e-4 < np.abs(theirs).max()


def test_windows_are_what_the_whole_would_be(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.vits_engine import model as module

    model = load(models / "fr-tiny")
    cut = by_mynah(model, TEXT)
    monkeypatch.setattr(module, "FIRST", 10_000)
    whole = by_mynah(model, TEXT)
    assert len(cut) == len(whole) and np.abs(cut - whole).max() < 1e-5


def test_the_same_text_sounds_the_same_and_speakers_do_not(models: Path) -> None:
    model = load(models / "en-vctk-tiny")
    first, again, other = by_mynah(model, TEXT), by_mynah(model, TEXT), by_mynah(model, TEXT, 1)
    assert np.array_equal(first, again)
    assert len(first) != len(other) or np.abs(first - other).max() > 0.01


def test_another_pace_changes_how_long_each_letter_lasts_and_no_more(models: Path) -> None:
    model = load(models / "fr-tiny")
    signs = model.signs(TEXT)
    slow, fast = (model.plan(signs, 0, speed=speed, seed=SEED) for speed in (1.0, 2.0))
    assert fast.ends == pytest.approx([end / 2 for end in slow.ends], abs=0.02)
    assert fast.signs == slow.signs == signs


def test_each_letter_ends_within_the_sound(models: Path) -> None:
    model = load(models / "en-vctk-tiny")
    plan = model.plan(model.signs(TEXT), 0, speed=1.0, seed=SEED)
    assert len(plan.ends) == len(plan.signs)
    assert list(plan.ends) == sorted(plan.ends)
    assert plan.ends[-1] == pytest.approx(sum(map(len, model.sound(plan))) / model.rate)


def test_phonemes_are_espeaks(models: Path) -> None:
    model = load(models / "de-tiny")
    assert "ɛ" in model.signs("Guten Morgen, Herr Wächter!") and model.signs("Guten Tag!").endswith("!")
    assert len(by_mynah(model, "Guten Morgen.")) > 1_000


def test_weights_are_made_safe_once(models: Path) -> None:
    load(models / "fr-tiny")
    safe = models / "fr-tiny" / "model.safetensors"
    made = safe.stat().st_mtime_ns
    load(models / "fr-tiny")
    assert safe.stat().st_mtime_ns == made


@pytest.mark.parametrize("by", [1_000_000_000, -1_000_000_000])
@pytest.mark.parametrize("name", ["model_file.pth", "best_model.pth"])
def test_weights_that_were_replaced_are_those_that_speak(models: Path, tmp_path: Path, name: str, by: int) -> None:
    import torch

    folder = copied(models / "fr-tiny", tmp_path / "mine")
    (folder / "model.safetensors").unlink(missing_ok=True)
    file = (folder / "model_file.pth").rename(folder / name)
    assert by_mynah(load(folder), TEXT).any()
    held, written = torch.load(file, weights_only=True), file.stat().st_mtime_ns
    held["model"]["waveform_decoder.conv_post.weight"] *= 0
    torch.save(held, file)
    os.utime(file, ns=(written + by, written + by))
    assert not by_mynah(load(folder), TEXT).any()


def test_code_in_a_file_of_weights_is_not_run(models: Path, tmp_path: Path) -> None:
    import torch

    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "trapped"),)

    folder = copied(models / "fr-tiny", tmp_path / "bad")
    torch.save({"model": Trap()}, folder / "model_file.pth")
    with pytest.raises(BadModel, match="cannot be read safely"):
        load(folder)
    assert not (tmp_path / "trapped").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"model_args": {"use_d_vector_file": True}}, "vectors of speakers"),
        ({"model_args": {"use_language_embedding": True}}, "several languages"),
        ({"model_args": {"hidden_channels": 32}}, "do not fit each other"),
        ({"text_cleaner": "os"}, "way of cleaning"),
        ({"text_cleaner": "re"}, "way of cleaning"),
        ({"characters": {"characters_class": "antigravity.Fly"}}, "set of characters"),
        ({"use_phonemes": True, "phoneme_language": "tlh-xx"}, "phonemes cannot be made"),
        ({"use_phonemes": True, "phonemizer": "nobody", "phoneme_language": "en"}, "phonemes cannot be made"),
    ],
)
def test_what_is_wrong_with_a_configuration_is_said(
    models: Path, tmp_path: Path, change: dict[str, object], said: str
) -> None:
    load(models / "fr-tiny")
    folder = copied(models / "fr-tiny", tmp_path / "wrong")
    config = json.loads((folder / "config.json").read_text("utf-8"))
    for key, value in change.items():
        config[key] = config[key] | value if isinstance(value, dict) else value
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    with pytest.raises(BadModel, match=said):
        load(folder)


def test_weights_that_are_cut_are_said(models: Path, tmp_path: Path) -> None:
    folder = copied(models / "fr-tiny", tmp_path / "cut")
    file = folder / "model_file.pth"
    file.write_bytes(file.read_bytes()[:-1_000])
    assert not zipfile.is_zipfile(file)
    with pytest.raises(BadModel, match=r"model_file\.pth"):
        load(folder)
