from __future__ import annotations

from pathlib import Path

import pytest

from engine.identity import weights
from engine.identity.network import Network


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the weights of the speaker encoder."""
    folder = tmp_path_factory.mktemp("models")
    weights.load(folder)
    return folder


@pytest.fixture(scope="session")
def network(models: Path) -> Network:
    """The speaker encoder's network."""
    return Network(weights.load(models))
