"""A campaign: numbered files through workers that are shut in, a share of them through intake's own process as well."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import select
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engine.intake import Cost, NotTaken, receive
from engine.intake.errors import TooHeavy
from tests.fuzz.mutations import mutant, seeds
from tests.fuzz.worker import FAILED, NOT_FINITE, OUTCOMES, TAKEN

ROOT = Path(__file__).resolve().parents[2]
BATCH = 500
"""How many files are handed to a worker at once."""
OFTEN = 50
"""Of so many files one goes through intake's own process too."""
PATIENCE = 10.0
"""After how many seconds without an answer a worker counts as hanging: twice what a file may take."""
LIFE = 5_000
"""After how many files a worker is replaced, so that what a library leaks does not add up; and after want of memory."""
KEPT = 50
"""How many numbers of remarkable files are kept, by kind."""


class Campaign:
    """What has been done so far, and how it goes on."""

    def __init__(self, state: Path | None = None, seed: int = 1) -> None:
        """Go on where the state says, or begin.

        Args:
            state: Where it is noted after each batch; nowhere if not given.
            seed: What chance begins with, where there is no state yet.
        """
        told = json.loads(state.read_text()) if state and state.exists() else {}
        self._state = state
        self.seed: int = told.get("seed", seed)
        self.inputs: int = told.get("inputs", 0)
        self.seconds: float = told.get("seconds", 0.0)
        self.outcomes: Counter[str] = Counter(told.get("outcomes", {}))
        """What became of the files in the workers; 'crash: 11' is a worker that signal 11 ended."""
        self.through_intake: Counter[str] = Counter(told.get("through_intake", {}))
        """What became of those that went through intake's own process; a crash there is contained, and counted too."""
        self.remarkable: dict[str, list[int]] = told.get("remarkable", {})
        """Numbers of files for which something should not be, or is worth a look."""
        self._files = seeds()
        self._worker: subprocess.Popen[bytes] | None = None
        self._age = 0

    @property
    def wrong(self) -> int:
        """How many files did what none may: a sample that is no number, a hang, or an escape from intake's process."""
        found = self.outcomes[NOT_FINITE] + self.outcomes["hang"]
        return found + self.through_intake[NOT_FINITE] + self.through_intake["hang"] + self.through_intake[FAILED]

    def run(self, inputs: int) -> None:
        """Go on until there have been so many."""
        try:
            while self.inputs < inputs:
                began = time.monotonic()
                count = min(BATCH, inputs - self.inputs)
                self._batch(self.inputs, count)
                self.inputs += count
                self.seconds += time.monotonic() - began
                self._note()
        finally:
            self._stop()

    def report(self) -> list[str]:
        """The figures so far, a line each."""
        taken = self.outcomes[TAKEN]
        crashes = {name: count for name, count in self.outcomes.items() if name.startswith("crash")}
        refused = {name: count for name, count in self.outcomes.most_common() if name in OUTCOMES[3:]}
        contained = {name: count for name, count in self.through_intake.items() if name.startswith("crash")}
        whole = sum(count for name, count in self.through_intake.items() if not name.startswith("crash"))
        return [
            f"{self.inputs:,} inputs of seed {self.seed}, {self.inputs / self.seconds:.0f} a second",
            f"taken: {taken:,}",
            f"refused: {sum(refused.values()):,} {refused}",
            f"workers that crashed, which the confinement is for: {sum(crashes.values())} {crashes}",
            f"errors that are no refusals: {self.outcomes[FAILED]}",
            f"hangs: {self.outcomes['hang']}",
            f"samples that are no numbers: {self.outcomes[NOT_FINITE] + self.through_intake[NOT_FINITE]}",
            f"through intake's own process: {whole:,}, of them taken {self.through_intake[TAKEN]:,}, crashed and "
            f"contained {sum(contained.values())} {contained}, hangs {self.through_intake['hang']}",
            *(f"numbers of {name}: {numbers[:10]}" for name, numbers in self.remarkable.items()),
        ]

    def _batch(self, first: int, count: int) -> None:
        done = 0
        while done < count:
            answers = self._ask(first + done, count - done)
            for place, answer in enumerate(answers):
                self._count(self.outcomes, answer, first + done + place)
            done += len(answers)
        for number in range(first, first + count):
            if number % OFTEN == 0:
                self._receive(number)

    def _count(self, counts: Counter[str], answer: str, number: int) -> None:
        counts[answer] += 1
        if answer.startswith(("crash", "hang")) or answer in (FAILED, NOT_FINITE):
            numbers = self.remarkable.setdefault(answer, [])
            if len(numbers) < KEPT and number not in numbers:
                numbers.append(number)

    def _ask(self, first: int, count: int) -> Sequence[str]:
        """Have a worker look at files, and return what it answered: all, or up to one that ended it."""
        worker = self._started()
        assert worker.stdin and worker.stdout
        with contextlib.suppress(BrokenPipeError):  # it has ended, which the reading below finds out
            worker.stdin.write(b"%d %d %d\n" % (self.seed, first, count))
            worker.stdin.flush()
        answers: list[str] = []
        while len(answers) < count:
            if not select.select([worker.stdout], [], [], PATIENCE)[0]:
                self._stop()
                return [*answers, "hang"]
            if not (said := os.read(worker.stdout.fileno(), 65_536)):
                self._stop()
                return [*answers, f"crash: {-worker.returncode}"]
            answers += [OUTCOMES[byte] for byte in said]
        self._age += count
        if self._age >= LIFE or TooHeavy.__name__ in answers:
            self._stop()
        return answers

    def _started(self) -> subprocess.Popen[bytes]:
        if self._worker is None:
            command = [sys.executable, "-m", "tests.fuzz.worker"]
            self._worker = subprocess.Popen(
                command,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            )
            assert self._worker.stdin
            self._worker.stdin.write(pickle.dumps(self._files))
            self._age = 0
        return self._worker

    def _stop(self) -> None:
        if self._worker is not None:
            self._worker.kill()
            with contextlib.suppress(BrokenPipeError):
                self._worker.communicate()
            self._worker = None

    def _receive(self, number: int) -> None:
        """Send one file the whole way."""
        costs: list[Cost] = []
        with tempfile.TemporaryDirectory(prefix="mynah-fuzz-") as folder:
            path = Path(folder) / "recording"
            path.write_bytes(mutant(self._files, self.seed, number))
            began = time.monotonic()
            try:
                samples = receive(path, told=costs.append).audio.samples
                answer = TAKEN if np.isfinite(samples).all() and np.abs(samples).max() <= 1 else NOT_FINITE
            except NotTaken as refusal:
                answer = type(refusal).__name__
            except Exception:  # whatever it is, it is what is looked for
                answer = FAILED
        self._count(self.through_intake, "hang" if time.monotonic() - began > 2 * PATIENCE else answer, number)
        if costs and costs[0].ended != 0:
            self._count(self.through_intake, f"crash: {-costs[0].ended}", number)

    def _note(self) -> None:
        if self._state is None:
            return
        told = {
            "seed": self.seed,
            "inputs": self.inputs,
            "seconds": self.seconds,
            "outcomes": self.outcomes,
            "through_intake": self.through_intake,
            "remarkable": self.remarkable,
        }
        beside = self._state.with_suffix(".new")
        beside.write_text(json.dumps(told, indent=1))
        beside.replace(self._state)
