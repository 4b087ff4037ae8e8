"""Rows that are decoded side by side: each comes when there is room, stops by itself, and is heard at once.

The state of all rows lies in tensors on the device, a slot for each, and a step changes it there: it takes in every
row's last code, chooses the next and notes what has ended, without a word to the host, which looks only every few
steps. So the steps of a graphics processor can be recorded once and replayed (CUDA graphs), for a network of thirty
layers takes longer to launch than to run. A graph has a fixed number of rows, so there is one for each power of two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields

import torch
from torch import Tensor

from engine.coqui_engine.gpt import Gpt, Plain, Ways
from engine.coqui_engine.sampling import Taste, chances, choose
from engine.coqui_engine.vocoder import Piece, Vocoder

Source = Callable[[int], "Sequence[Row]"]
Gone = Callable[[int], bool]

USUAL = Taste()
PLAIN = Plain()
LATENTS = 32
"""How many latents of a speaker's stand before a text."""
PART = 64
"""In what steps the places grow that a plain attention looks at."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A sentence to decode."""

    tokens: Sequence[int]
    """The text's tokens."""
    latents: Tensor
    """The speaker's latents for the GPT, shape (1, n, width)."""
    speaker: Tensor
    """The speaker's embedding for the vocoder, shape (1, speaker width, 1)."""
    seed: int = 0
    """What chance begins with; the same seed says the same."""
    taste: Taste = USUAL
    """How its codes are drawn."""
    speed: float = 1.0
    """Pace; 2 is twice as fast."""
    limit: int = 0
    """The most codes it gets; 0 is as many as the model can."""
    exactly: bool = False
    """Whether it gets just as many codes as its limit, whatever they are; for measuring."""


@dataclass(frozen=True, kw_only=True, slots=True)
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
    graphs: bool = False
    """Whether steps are recorded and replayed; CUDA only."""
    ways: Ways = PLAIN
    """How the layers' small work is done."""
    aside: bool = False
    """Whether the vocoder has a stream of its own beside the steps; CUDA only."""
    stream: bool = False
    """Whether rows are heard while they are being decoded, where nobody else waits."""


@dataclass(kw_only=True, slots=True, eq=False)
class _Live:
    """A row that is being decoded."""

    number: int
    row: Row
    places: int
    """No fewer than it has filled in the cache."""
    heard: int = 0
    """Up to which frame it was handed on."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Ended:
    """A row, or the first part of one, that is to be made into sound."""

    live: _Live
    latents: Tensor
    last: bool


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Sounding:
    """What is on its way from the vocoder."""

    heard: list[Heard]
    done: torch.cuda.Event | None


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _State:
    """What is known of the row in each slot, in tensors whose first dimension is the slot."""

    all: Tensor
    """The slots' own numbers."""
    codes: Tensor
    count: Tensor
    length: Tensor
    limit: Tensor
    alive: Tensor
    free: Tensor
    said: Tensor
    chance: Tensor
    temperature: Tensor
    nucleus: Tensor
    penalty: Tensor
    latents: Tensor

    @property
    def names(self) -> Sequence[str]:
        """What belongs to the row, not to the slot."""
        return [each.name for each in fields(self) if each.name != "all"]


class Batch:
    """Decodes rows side by side."""

    def __init__(self, gpt: Gpt, vocoder: Vocoder, switches: Switches) -> None:
        """Set aside the memory that rows need."""
        self._gpt, self._vocoder, self._switches = gpt, vocoder, switches
        self._cache = torch.zeros(cache_shape(gpt, switches.slots), dtype=gpt.dtype, device=gpt.device)
        self._state = _fresh_state(gpt, switches.slots)
        self._live: list[_Live] = []
        """The rows that are being decoded; each has the slot that is its place here."""
        self._taken = 0
        self._ended: list[_Ended] = []
        self._sounding: list[_Sounding] = []
        self._graphs: dict[tuple[int, int], torch.cuda.CUDAGraph] = {}
        self._aside = torch.cuda.Stream() if switches.aside else None

    def run(self, source: Source, gone: Gone = lambda number: False) -> Iterator[Heard]:
        """Decode rows until there are none.

        Args:
            source: Hands out rows that wait, at most as many as it is asked for; none where none waits.
            gone: Tells of a row, by its number, whether nobody waits for it any more; it ends within a few steps.

        Yields:
            Each row's sound as soon as it is there; rows may take turns.
        """
        self._taken = 0
        for left in (self._live, self._ended, self._sounding):  # by a run that nobody listened to until its end
            left.clear()
        while True:
            with torch.inference_mode():
                for live in [live for live in self._live if gone(live.number)]:
                    self._leave(live)
                room = self._switches.slots - len(self._live)
                if room and (rows := source(room)):
                    self._take(rows)
                if self._live:
                    self._steps()
                # With a stream of its own the vocoder works beside the steps that have just been asked for.
                self._sound()
                if self._live:
                    self._look()
                if not self._aside:
                    self._sound()
                idle = not self._live and not self._ended
                heard = self._finished(wait=idle)
            yield from heard
            if idle and not self._live and not heard:
                return

    def prepare(self) -> None:
        """Record the steps for every number of rows, so that nobody waits for it later."""
        with torch.inference_mode():
            if self._switches.graphs:
                for rows in reversed(self._sizes()):
                    for span in self._spans():
                        self._record(rows, span)

    def _sizes(self) -> list[int]:
        sizes = [1]
        while sizes[-1] < self._switches.slots:
            sizes.append(min(2 * sizes[-1], self._switches.slots))
        return sizes

    def _spans(self) -> list[int]:
        places = self._cache.shape[3]
        if self._switches.ways.spanless:
            return [places]
        return [span for span in (192, 256, 384, 512, 768) if span < places] + [places]

    def _take(self, rows: Sequence[Row]) -> None:
        """Give new rows their slots, take in their texts and choose their first codes."""
        gpt, state = self._gpt, self._state
        prefixes = [gpt.prefix(row.tokens, row.latents) for row in rows]
        slots = torch.arange(len(self._live), len(self._live) + len(rows), device=gpt.device)
        for row, prefix in zip(rows, prefixes, strict=True):
            self._live.append(_Live(number=self._taken, row=row, places=len(prefix)))
            self._taken += 1
        state.temperature[slots] = _column([row.taste.temperature for row in rows], gpt.device)
        state.nucleus[slots] = _column([row.taste.nucleus for row in rows], gpt.device)
        state.penalty[slots] = _column([row.taste.penalty for row in rows], gpt.device)
        state.limit[slots] = _column([min(row.limit or gpt.longest, gpt.longest) for row in rows], gpt.device)
        state.free[slots] = _column([row.exactly for row in rows], gpt.device)
        state.length[slots] = _column([len(prefix) for prefix in prefixes], gpt.device)
        chance = [chances(row.seed, gpt.longest + 1, row.taste) for row in rows]
        state.chance[slots] = torch.stack(chance).to(gpt.device)
        # The library fills in for the text's places with ones, which its penalty then takes for codes that were said.
        state.said[slots] = False
        state.said[slots, 1] = True
        state.said[slots, gpt.start] = True
        state.alive[slots], state.count[slots] = True, 0
        self._choose(slots, gpt.read(prefixes, self._cache, slots))

    def _choose(self, slots: Tensor, x: Tensor) -> None:
        """Choose the next code of the rows in some slots, whose last states are given, and note all that follows."""
        state = self._state
        count, alive, said = state.count[slots], state.alive[slots], state.said[slots]
        latents, logits = self._gpt.read_out(x)
        chance = state.chance[slots].gather(1, count[:, None])[:, 0]
        codes = choose(
            logits,
            said,
            chance,
            temperature=state.temperature[slots],
            nucleus=state.nucleus[slots],
            penalty=state.penalty[slots],
        )
        state.latents[slots, count] = latents
        state.said[slots, codes] = torch.ones_like(alive)
        state.codes[slots] = codes
        state.count[slots] = count + alive
        ended = ((codes == self._gpt.stop) & ~state.free[slots]) | (count + 1 >= state.limit[slots])
        state.alive[slots] = alive & ~ended

    def _steps(self) -> None:
        """Take a few steps with all rows."""
        rows = len(self._live)
        if self._switches.graphs:
            rows = next(size for size in self._sizes() if size >= rows)
        for _ in range(self._switches.look):
            span = self._span()
            if not self._switches.graphs:
                self._step(rows, span)
            else:
                if (rows, span) not in self._graphs:
                    self._record(rows, span)
                self._graphs[rows, span].replay()
            for live in self._live:
                live.places += 1

    def _span(self) -> int:
        """Return a number of places that is enough for every row's next step."""
        needed, places = max(live.places for live in self._live) + 1, self._cache.shape[3]
        if self._switches.ways.spanless:
            return places
        if self._switches.graphs:
            return next((span for span in self._spans() if span >= needed), places)
        return min(-(-needed // PART) * PART, places)

    def _step(self, rows: int, span: int) -> None:
        state = self._state
        x = self._gpt.step(
            state.codes[:rows], state.count[:rows], state.length[:rows], self._cache, span, self._switches.ways
        )
        state.length[:rows] += state.alive[:rows]
        self._choose(state.all[:rows], x)

    def _record(self, rows: int, span: int) -> None:
        """Record a step. It is run first, for what is set up at its first run must not be recorded, and undone."""
        kept = {name: getattr(self._state, name).clone() for name in self._state.names}
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(2):
                self._step(rows, span)
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self._step(rows, span)
        self._graphs[rows, span] = graph
        for name, tensor in kept.items():
            getattr(self._state, name).copy_(tensor)

    def _look(self) -> None:
        """See what has ended, and what of the only row can be heard already."""
        seen = torch.stack([self._state.count, self._state.alive.long()])[:, : len(self._live)].tolist()
        alone = self._switches.stream and len(self._live) == 1
        for live, slot, count, alive in list(zip(self._live, range(len(self._live)), *seen, strict=True))[::-1]:
            if not alive:
                self._ended.append(_Ended(live=live, latents=self._state.latents[slot, :count].clone(), last=True))
                self._leave(live)
            elif alone and self._heard_until(live, count) > live.heard:
                latents = self._state.latents[slot, :count].clone()
                self._ended.append(_Ended(live=live, latents=latents, last=False))

    def _heard_until(self, live: _Live, count: int) -> int:
        return self._vocoder.ready(self._vocoder.settled(count, live.row.speed), live.heard)

    def _leave(self, live: _Live) -> None:
        """Take a row's slot away; the last row moves there, so that the rows stay side by side."""
        slot, last = self._live.index(live), len(self._live) - 1
        mover = self._live.pop()
        if slot != last:
            self._live[slot] = mover
            self._cache[:, :, slot, : mover.places] = self._cache[:, :, last, : mover.places]
            for name in self._state.names:
                tensor: Tensor = getattr(self._state, name)
                tensor[slot] = tensor[last]

    def _sound(self) -> None:
        """Send what has ended through the vocoder."""
        if not self._ended:
            return
        ended, self._ended = self._ended, []
        if self._aside is None:
            self._sounding.append(self._vocode(ended))
            return
        self._aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self._aside):
            for each in ended:
                each.latents.record_stream(self._aside)
            self._sounding.append(self._vocode(ended))

    def _vocode(self, ended: Sequence[_Ended]) -> _Sounding:
        pieces = []
        for each in ended:
            frames = self._vocoder.frames(each.latents, each.live.row.speed)
            until = frames.shape[1] if each.last else self._heard_until(each.live, len(each.latents))
            pieces.append(Piece(frames=frames, speaker=each.live.row.speaker[0], start=each.live.heard, end=until))
            each.live.heard = until
        sounds = self._vocoder.sound(pieces)
        lengths = [len(sound) for sound in sounds]
        whole = torch.cat(sounds)
        done = None
        if whole.is_cuda:
            whole = torch.empty(len(whole), pin_memory=True).copy_(whole, non_blocking=True)
            done = torch.cuda.Event()
            done.record()
        heard = [
            Heard(row=each.live.number, samples=samples, last=each.last, codes=len(each.latents))
            for each, samples in zip(ended, whole.split(lengths), strict=True)
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


def cache_shape(gpt: Gpt, slots: int) -> tuple[int, int, int, int, int, int]:
    """Return the shape of the cache: layers, keys and values, slots, places, heads, head width."""
    places = LATENTS + gpt.longest_text + 3 + gpt.longest + 1
    return len(gpt.layers), 2, slots, -(-places // 8) * 8, gpt.heads, gpt.width // gpt.heads


def _column(values: Sequence[float], device: torch.device) -> Tensor:
    return torch.tensor(values, device=device)


def _fresh_state(gpt: Gpt, slots: int) -> _State:
    device = gpt.device

    def of(dtype: torch.dtype, *shape: int) -> Tensor:
        return torch.zeros((slots, *shape), dtype=dtype, device=device)

    return _State(
        all=torch.arange(slots, device=device),
        codes=of(torch.int64),
        count=of(torch.int64),
        length=of(torch.int64),
        limit=of(torch.int64),
        alive=of(torch.bool),
        free=of(torch.bool),
        said=of(torch.bool, gpt.head[1].shape[0]),
        chance=of(torch.float32, gpt.longest + 1),
        temperature=of(torch.float32) + 1,
        nucleus=of(torch.float32) + 1,
        penalty=of(torch.float32) + 1,
        latents=of(gpt.dtype, gpt.longest + 1, gpt.width),
    )


def row_bytes(gpt: Gpt) -> int:
    """How much memory a slot takes for keys and values, in bytes."""
    layers, both, _, places, heads, width = cache_shape(gpt, 1)
    return layers * both * places * heads * width * gpt.codes.element_size()
