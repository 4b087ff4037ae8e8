"""The tiny model, made once; tests that need it are skipped where torch or the library is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.coqui_engine import Coqui
from tests.engine.coqui_engine import tiny

if TYPE_CHECKING:
    from TTS.tts.models.xtts import Xtts


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models with a tiny XTTS in it."""
    if reason := tiny.why_not():
        pytest.skip(reason)
    import torch

    torch.set_num_threads(1)  # threads of torch's that wait for each other take the tests beside them their time
    folder = tmp_path_factory.mktemp("models")
    tiny.make(folder / "tiny")
    return folder


@pytest.fixture(scope="session")
def coqui(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coqui]:
    """The engine, open with the tiny model."""
    engine = Coqui()
    engine.retakes = 0  # random weights say nothing that sounds good
    engine.models, engine.home = models, tmp_path_factory.mktemp("speakers")
    with tiny.slim():
        engine.open()
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def library(models: Path) -> Xtts:
    """The tiny model, loaded the library's own way."""
    return tiny.by_the_library(models / "tiny")
