"""The weights come from the wheel once, and are then known by their hash."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.identity import WeightsMissing, weights

ROOT = Path(__file__).parents[3]


def test_they_are_taken_from_the_wheel_and_kept_as_safetensors(tmp_path: Path) -> None:
    first = weights.load(tmp_path)
    assert {name: each.shape for name, each in first.items()} == dict(weights.SHAPES)
    kept = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()]
    assert kept == ["resemblyzer/encoder.safetensors"]
    again = weights.load(tmp_path)
    assert all((again[name] == first[name]).all() for name in weights.SHAPES)


def test_once_they_are_kept_the_wheel_is_not_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights.load(tmp_path)
    monkeypatch.setattr(weights, "_PACKAGE", "a_package_that_is_nowhere")
    assert len(weights.load(tmp_path)) == len(weights.SHAPES)


def test_without_the_wheel_it_says_which_command_brings_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "_PACKAGE", "a_package_that_is_nowhere")
    with pytest.raises(WeightsMissing, match=r"python -m pip install --no-deps resemblyzer==0\.1\.4"):
        weights.load(tmp_path)


@pytest.mark.parametrize("spoil", [lambda data: data[:-7], lambda data: b"", lambda data: data[:-4] + b"\0\0\0\0"])
def test_a_file_that_a_disk_has_spoilt_is_made_anew(tmp_path: Path, spoil: object) -> None:
    assert callable(spoil)
    weights.load(tmp_path)
    (kept,) = tmp_path.rglob("*.safetensors")
    whole = kept.read_bytes()
    kept.write_bytes(spoil(whole))
    weights.load(tmp_path)
    assert kept.read_bytes() == whole


def test_a_wheel_with_other_weights_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "resemblyzer" / "pretrained.pt"
    other.parent.mkdir()
    found = weights.find()
    assert found
    other.write_bytes(found.read_bytes()[:-1] + b"?")
    monkeypatch.setattr(weights, "find", lambda: other)
    with pytest.raises(WeightsMissing, match=r"are not those that Mynah knows: .*--force-reinstall"):
        weights.load(tmp_path / "models")
    assert not (tmp_path / "models").exists()


def test_the_content_is_names_and_shapes_and_numbers() -> None:
    numbers = np.arange(6, dtype=np.float32)
    ways: list[dict[str, NDArray[np.float32]]] = [
        {"a": numbers},
        {"b": numbers},
        {"a": numbers.reshape(2, 3)},
        {"a": numbers[::-1]},
    ]
    assert len({weights.content(each) for each in ways}) == len(ways)
    assert weights.content({"a": numbers, "b": numbers}) == weights.content({"b": numbers, "a": numbers})


def test_neither_torch_nor_its_package_is_imported(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; sys.modules['torch'] = None; sys.modules['resemblyzer.voice_encoder'] = None; "
        "from engine.identity import Encoder; Encoder.load(pathlib.Path(sys.argv[1])); "
        "assert 'resemblyzer' not in sys.modules and 'scipy' not in sys.modules"
    )
    ran = subprocess.run([sys.executable, "-c", code, tmp_path], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
