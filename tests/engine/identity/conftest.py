"""The speaker encoder, opened once."""

from __future__ import annotations

import pytest

from engine.identity import Encoder


@pytest.fixture(scope="session")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return Encoder.load(tmp_path_factory.mktemp("models"))
