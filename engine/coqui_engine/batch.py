"""Rows that are decoded side by side: each comes when there is room, stops by itself, and is heard at once.

The host only says what is to be done next, and looks every few steps what has come of it; what the vocoder makes comes
to the host by itself while the next steps are under way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.coqui_engine.gpt import Gpt, Plain, Ways
from engine.coqui_engine.slots import LATENTS, Row, Slots, sizes
from engine.coqui_engine.vocoder import Piece, Vocoder

Source = Callable[[int], "Sequence[Row]"]
Gone = Callable[[int], bool]
Listens = Callable[[int], bool]

PLAIN = Plain()


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Heard:
    """A stretch of a row's sound."""

    row: int
    """Which row, in the order in which they were taken in this run, from 0."""
    samples: Tensor
    """The sound, shape (n,), float32, on the CPU."""
    last: bool
    """Whether the row ends with it."""
    codes: int
    """How many codes the row had by then."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Switches:
    """What makes decoding faster on some devices; each is measured by `python -m bench engine`."""

    slots: int = 8
    """The most rows at once."""
    look: int = 1
    """After how many steps the host looks what has ended."""
    record: bool = False
    """Whether what is done again and again is recorded and replayed; CUDA only."""
    ways: Ways = PLAIN
    """How the layers' small work is done."""


@dataclass(kw_only=True, slots=True, eq=False)
class _Live:
    """A row that is being decoded."""

    number: int
    row: Row
    slot: int
    places: int
    """No fewer than it has filled in the cache."""
    heard: int = 0
    """Up to which frame it was handed on."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Stretch:
    """A row, or the first part of one, that is to be made into sound."""

    live: _Live
    latents: Tensor
    last: bool


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Sounding:
    """What is on its way from the vocoder."""

    heard: list[Heard]
    done: torch.cuda.Event | None


class Batch:
    """Decodes rows side by side."""

    def __init__(self, gpt: Gpt, vocoder: Vocoder, switches: Switches) -> None:
        """Set aside the memory that rows need."""
        self._vocoder, self._switches = vocoder, switches
        self._slots = Slots(gpt, switches.slots, switches.ways, switches.record)
        self._live: dict[int, _Live] = {}
        """The rows that are being decoded, by their slots."""
        self._taken = 0
        self.most = 0
        """How many rows were decoded at once at most, in the latest run."""
        self._sounding: list[_Sounding] = []

    @property
    def bytes(self) -> int:
        """How much memory the rows' keys and values take, in bytes."""
        return self._slots.bytes

    def prepare(self) -> None:
        """Record what can be recorded, so that nobody waits for it later; takes some seconds."""
        with torch.inference_mode():
            self._slots.record()
            self._vocoder.record()

    def run(
        self, source: Source, gone: Gone = lambda number: False, listens: Listens = lambda number: False
    ) -> Iterator[Heard]:
        """Decode rows until there are none.

        Args:
            source: Hands out rows that wait, at most as many as it is asked for; none where none waits.
            gone: Tells of a row, by its number, whether nobody waits for it any more; it ends within a few steps.
            listens: Tells of a row, by its number, whether somebody listens while it is being decoded.

        Yields:
            Each row's sound as soon as it is there: whole, or part by part where somebody listens; rows may take turns.
        """
        self._begin()
        while True:
            with torch.inference_mode():
                for live in [live for live in self._live.values() if gone(live.number)]:
                    self._slots.end(live.slot)
                    del self._live[live.slot]
                room = self._switches.slots - len(self._live)
                if room and (rows := source(room)):
                    self._take(rows)
                if self._live:
                    self._steps()
                    if stretches := self._see(listens):
                        self._sounding.append(self._vocode(stretches))
                idle = not self._live
                heard = self._finished(wait=idle)
            yield from heard
            if idle and not heard:
                return

    def _begin(self) -> None:
        """Forget a run that nobody listened to until its end."""
        self._taken = self.most = 0
        for live in self._live.values():
            self._slots.end(live.slot)
        self._live.clear()
        self._sounding.clear()

    def _take(self, rows: Sequence[Row]) -> None:
        """Give new rows the first free slots."""
        free = [slot for slot in range(self._switches.slots) if slot not in self._live]
        taken = list(zip(free, rows, strict=False))
        for slot, row in taken:
            places = LATENTS + len(row.tokens) + 3
            self._live[slot] = _Live(number=self._taken, row=row, slot=slot, places=places)
            self._taken += 1
        self.most = max(self.most, len(self._live))
        self._slots.take(taken)

    def _steps(self) -> None:
        """Take a few steps with all rows."""
        self._close_up()
        top = max(self._live) + 1
        for _ in range(self._switches.look):
            needed = 1 + max(live.places for live in self._live.values())
            self._slots.step(top, min(needed, self._slots.places))
            for live in self._live.values():
                live.places += 1

    def _close_up(self) -> None:
        """Move rows into free slots in front of them, where fewer slots would then have to take steps."""
        ladder = sizes(self._switches.slots)

        def size(rows: int) -> int:
            return next(each for each in ladder if each >= rows)

        while size(len(self._live)) < size(max(self._live) + 1):
            live = self._live.pop(max(self._live))
            free = next(slot for slot in range(live.slot) if slot not in self._live)
            self._slots.move(live.slot, free, min(live.places, self._slots.places))
            live.slot = free
            self._live[free] = live

    def _see(self, listens: Listens) -> list[_Stretch]:
        """See what has come of the steps: what can be made into sound now."""
        stretches: list[_Stretch] = []
        counts, alive = self._slots.seen().tolist()
        for slot, live in list(self._live.items()):
            if not alive[slot]:
                del self._live[slot]
            elif not listens(live.number) or self._heard_until(live, counts[slot]) == live.heard:
                continue
            latents = self._slots.latents(slot, counts[slot])
            stretches.append(_Stretch(live=live, latents=latents, last=not alive[slot]))
        return stretches

    def _heard_until(self, live: _Live, count: int) -> int:
        return self._vocoder.ready(self._vocoder.settled(count, live.row.speed), live.heard)

    def _vocode(self, stretches: Sequence[_Stretch]) -> _Sounding:
        pieces = []
        for each in stretches:
            frames = self._vocoder.frames(each.latents, each.live.row.speed)
            until = frames.shape[1] if each.last else self._heard_until(each.live, len(each.latents))
            pieces.append(Piece(frames=frames, speaker=each.live.row.speaker[0], start=each.live.heard, end=until))
            each.live.heard = until
        sounds = self._vocoder.sound(pieces)
        whole, done = torch.cat(sounds), None
        if whole.is_cuda:
            whole = torch.empty(len(whole), pin_memory=True).copy_(whole, non_blocking=True)
            done = torch.cuda.Event()
            done.record()
        parts = whole.split([len(sound) for sound in sounds])
        heard = [
            Heard(row=each.live.number, samples=samples, last=each.last, codes=len(each.latents))
            for each, samples in zip(stretches, parts, strict=True)
        ]
        return _Sounding(heard=heard, done=done)

    def _finished(self, wait: bool) -> list[Heard]:
        """Return the sounds that have come to the host, in their order."""
        heard: list[Heard] = []
        while self._sounding:
            done = self._sounding[0].done
            if done is not None and wait:
                done.synchronize()
            elif done is not None and not done.query():
                break
            heard += self._sounding.pop(0).heard
        return heard
