"""XTTS as an engine with a tiny model that it makes for itself, for the contract that every engine keeps."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from engine.coqui_engine import Coqui
from engine.engine import EngineMissing
from tests.engine.coqui_engine import tiny


class TinyCoqui(Coqui):
    """Opens with a tiny model of its own."""

    def open(self) -> None:
        if reason := tiny.why_not():
            raise EngineMissing(reason)
        import torch

        torch.set_num_threads(1)
        self._folder_of_its_own = TemporaryDirectory(prefix="mynah-tiny-")
        self.models = Path(self._folder_of_its_own.name)
        tiny.make(self.models / "tiny")
        with tiny.slim():
            super().open()

    def close(self) -> None:
        super().close()
        self._folder_of_its_own.cleanup()
