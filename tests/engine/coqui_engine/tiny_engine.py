"""XTTS as an engine with a tiny model that it makes for itself, for the contract that every engine keeps."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.coqui_engine import Coqui
from engine.engine import EngineError, EngineMissing, More, Stopped
from engine.speech import Audio, Part, Utterance
from tests.engine.coqui_engine import tiny


class TinyCoqui(Coqui):
    """Opens with a tiny model of its own."""

    retakes = 1

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


class SmallCoqui(Coqui):
    """Opens with the tiny model that lies in the folder of models, and can be held up before it says anything, or when
    the first was heard of it."""

    retakes = 0
    HOLD, HELD, MIDWAY = "hold", "held", "midway"
    """Names in the folder of models: while there is the first, nothing is said, and the second tells by which process;
    while there is the third, nothing follows what was heard, a part or the whole of one."""

    def open(self) -> None:
        if reason := tiny.why_not():
            raise EngineMissing(reason)
        import torch

        torch.set_num_threads(1)
        with tiny.slim():
            super().open()

    def synthesize_more(
        self, batch: Sequence[Utterance], stopped: Stopped, more: More
    ) -> Iterator[tuple[int, Audio | Part | EngineError]]:
        self._wait(self.HOLD, stopped)
        for row, made in super().synthesize_more(batch, stopped, more):
            yield row, made
            self._wait(self.MIDWAY, stopped)

    def _wait(self, sign: str, stopped: Stopped) -> None:
        """Wait until a sign is gone.

        Raises:
            EngineError: Nobody takes it away.
        """
        assert self.models is not None
        if not (self.models / sign).exists():
            return
        (self.models / self.HELD).write_text(str(os.getpid()))
        until = time.monotonic() + 30
        while (self.models / sign).exists() and time.monotonic() < until:
            stopped(0)
            time.sleep(0.01)
        if (self.models / sign).exists():
            raise EngineError("nobody lets it go on")
