"""VITS as an engine with a tiny model that it makes for itself, for the contract that every engine keeps."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from engine.engine import EngineMissing
from engine.vits_engine import Vits
from tests.engine.vits_engine import tiny


class TinyVits(Vits):
    """Opens with a tiny model of its own, of three speakers."""

    def open(self) -> None:
        if reason := tiny.why_not():
            raise EngineMissing(reason)
        import torch

        torch.set_num_threads(1)
        self._folder_of_its_own = TemporaryDirectory(prefix="mynah-tiny-")
        self.models = Path(self._folder_of_its_own.name)
        tiny.make(self.models / "en-vctk-tiny", speakers=tiny.SPEAKERS)
        super().open()

    def close(self) -> None:
        super().close()
        self._folder_of_its_own.cleanup()
