"""A file that anybody may have made is taken for a speaker only where it is one, and nothing of it is run."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import save

from engine.coqui_engine import Coqui, learned_file
from engine.coqui_engine.learned_file import EMBEDDING, LATENTS, MOST_BYTES, PRINT
from engine.engine import EngineError

Tensors = dict[str, NDArray[np.generic]]


def speaker() -> Tensors:
    """As XTTS-v2 has them."""
    return {LATENTS: np.zeros((1, 32, 1024), np.float32), EMBEDDING: np.zeros((1, 512, 1), np.float32)}


def written(folder: Path, tensors: Tensors) -> Path:
    path = folder / "x.safetensors"
    path.write_bytes(save(tensors, {"language": "en"}))
    return path


def test_a_speaker_is_taken_with_a_print_and_without(tmp_path: Path) -> None:
    assert Coqui.check_learned(written(tmp_path, speaker()))
    assert Coqui.check_learned(written(tmp_path, {**speaker(), PRINT: np.zeros(256, np.float32)}))


SPOILT: dict[str, Callable[[Tensors], object]] = {
    "without latents": lambda held: held.pop(LATENTS),
    "without an embedding": lambda held: held.pop(EMBEDDING),
    "with more": lambda held: held.update(more=np.zeros(1, np.float32)),
    "too few latents": lambda held: held.update({LATENTS: np.zeros((1, 31, 1024), np.float32)}),
    "flat": lambda held: held.update({LATENTS: np.zeros(32 * 1024, np.float32)}),
    "empty": lambda held: held.update({LATENTS: np.zeros((1, 32, 0), np.float32)}),
    "two speakers": lambda held: held.update({EMBEDDING: np.zeros((2, 512, 1), np.float32)}),
    "whole numbers": lambda held: held.update({LATENTS: np.zeros((1, 32, 1024), np.int32)}),
    "no numbers": lambda held: held.update({LATENTS: np.full((1, 32, 1024), np.nan, np.float32)}),
    "a print that is a table": lambda held: held.update({PRINT: np.zeros((2, 256), np.float32)}),
}


@pytest.mark.parametrize("fault", SPOILT)
def test_what_holds_something_else_is_refused(tmp_path: Path, fault: str) -> None:
    held = speaker()
    SPOILT[fault](held)
    with pytest.raises(EngineError, match="is no speaker"):
        learned_file.check(written(tmp_path, held))


class _Runs:
    def __reduce__(self) -> tuple[object, ...]:
        return pytest.fail, ("it was run",)


@pytest.mark.parametrize("content", [b"", b"\xff" * 8, b"garbage" * 99, pickle.dumps(_Runs())])
def test_what_is_no_such_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(content)
    with pytest.raises(EngineError, match="is no speaker"):
        learned_file.check(path)


def test_one_that_says_it_is_larger_than_it_is_is_refused(tmp_path: Path) -> None:
    head = {LATENTS: {"dtype": "F32", "shape": [1, 32, 10**9], "data_offsets": [0, 128 * 10**9]}}
    told = json.dumps(head).encode()
    path = tmp_path / "x.safetensors"
    path.write_bytes(len(told).to_bytes(8, "little") + told)
    with pytest.raises(EngineError, match="is no speaker"):
        learned_file.check(path)


def test_one_that_is_far_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(EngineError, match="larger than any speaker"):
        learned_file.check(path)


def test_one_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineError):
        learned_file.check(tmp_path / "nothing.safetensors")
