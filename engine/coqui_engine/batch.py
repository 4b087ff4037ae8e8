"""Rows that are decoded side by side: each comes when there is room, stops by itself, and is heard at once.

The host only says what is to be done next, and looks every few steps what has come of it. On a graphics processor it
does so while the next steps are under way already, and the vocoder has a stream of its own, so that the device always
has something to do.
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

PLAIN = Plain()
MANY = 4
"""From how many rows on it is worth to take steps before it is known what the last ones have ended."""


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
    aside: bool = False
    """Whether the vocoder has a stream of its own beside the steps; CUDA only."""
    stream: bool = False
    """Whether a row is heard while it is being decoded, where it is the only one."""


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
    ended: bool = False


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Look:
    """What the device will have told once it has come so far."""

    rows: Sequence[tuple[int, _Live]]
    seen: Tensor
    done: torch.cuda.Event | None


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
        self._looks: list[_Look] = []
        self._stretches: list[_Stretch] = []
        self._sounding: list[_Sounding] = []
        self._aside = torch.cuda.Stream() if switches.aside else None

    def prepare(self) -> None:
        """Record what can be recorded, so that nobody waits for it later; takes some seconds."""
        with torch.inference_mode():
            self._slots.record()
            self._vocoder.record()

    def run(self, source: Source, gone: Gone = lambda number: False) -> Iterator[Heard]:
        """Decode rows until there are none.

        Args:
            source: Hands out rows that wait, at most as many as it is asked for; none where none waits.
            gone: Tells of a row, by its number, whether nobody waits for it any more; it ends within a few steps.

        Yields:
            Each row's sound as soon as it is there; rows may take turns.
        """
        self._begin()
        while True:
            with torch.inference_mode():
                for live in [live for live in self._live.values() if gone(live.number)]:
                    self._slots.end(live.slot)
                    self._leave(live)
                room = self._switches.slots - len(self._live)
                if room and (rows := source(room)):
                    self._take(rows)
                if self._live:
                    self._steps()
                # With a stream of its own the vocoder works beside the steps that have just been asked for.
                self._sound()
                self._see(leave=1 if self._aside and len(self._live) >= MANY else 0)
                if not self._aside:
                    self._sound()
                idle = not self._live and not self._stretches
                heard = self._finished(wait=idle)
            yield from heard
            if idle and not heard:
                return

    def _begin(self) -> None:
        """Forget a run that nobody listened to until its end."""
        self._taken = self.most = 0
        for live in self._live.values():
            self._slots.end(live.slot)
        for left in (self._live, self._looks, self._stretches, self._sounding):
            left.clear()

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
        """Take a few steps with all rows, and ask what has come of them."""
        self._close_up()
        top = max(self._live) + 1
        for _ in range(self._switches.look):
            needed = 1 + max(live.places for live in self._live.values())
            self._slots.step(top, min(needed, self._slots.places))
            for live in self._live.values():
                live.places += 1
        seen, done = self._slots.seen(), None
        if seen.is_cuda:
            seen = torch.empty(seen.shape, dtype=seen.dtype, pin_memory=True).copy_(seen, non_blocking=True)
            done = _marked()
        self._looks.append(_Look(rows=tuple(self._live.items()), seen=seen, done=done))

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

    def _see(self, leave: int) -> None:
        """See what has come of the steps, but for the last so many times that they were taken."""
        while len(self._looks) > leave:
            look = self._looks.pop(0)
            if look.done is not None:
                look.done.synchronize()
            counts, alive = look.seen.tolist()
            for slot, live in look.rows:
                if live.ended:
                    continue
                count = counts[slot]
                if not alive[slot]:
                    latents = self._slots.latents(live.slot, count)
                    self._stretches.append(_Stretch(live=live, latents=latents, last=True))
                    self._leave(live)
                elif self._switches.stream and len(self._live) == 1 and self._heard_until(live, count) > live.heard:
                    latents = self._slots.latents(live.slot, count)
                    self._stretches.append(_Stretch(live=live, latents=latents, last=False))

    def _heard_until(self, live: _Live, count: int) -> int:
        return self._vocoder.ready(self._vocoder.settled(count, live.row.speed), live.heard)

    def _leave(self, live: _Live) -> None:
        live.ended = True
        del self._live[live.slot]

    def _sound(self) -> None:
        """Send what has ended through the vocoder."""
        stretches, self._stretches = self._stretches, []
        if not stretches:
            return
        if self._aside is None:
            self._sounding.append(self._vocode(stretches))
            return
        self._aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self._aside):
            for each in stretches:
                each.latents.record_stream(self._aside)
            self._sounding.append(self._vocode(stretches))

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
            done = _marked()
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


def _marked() -> torch.cuda.Event:
    """Return a mark that is reached when the device has done all that was asked of this stream."""
    done = torch.cuda.Event()
    done.record()
    return done
