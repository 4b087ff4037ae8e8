"""Tiny models, made once; tests that need them are skipped where torch or the library is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.vits_engine import Vits
from tests.engine.vits_engine import tiny


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model of several speakers, one of one speaker, and one that says phonemes."""
    if reason := tiny.why_not():
        pytest.skip(reason)
    import torch

    torch.set_num_threads(1)  # threads of torch's that wait for each other take the tests beside them their time
    folder = tmp_path_factory.mktemp("models")
    tiny.make(folder / "en-vctk-tiny", speakers=tiny.SPEAKERS)
    tiny.make(folder / "de-tiny", language="de", phonemes="de")
    tiny.make(folder / "fr-tiny", language="fr", digits=False)
    return folder


@pytest.fixture(scope="session")
def vits(models: Path) -> Iterator[Vits]:
    """The engine, open with all of them."""
    engine = Vits()
    engine.models = models
    engine.open()
    yield engine
    engine.close()
