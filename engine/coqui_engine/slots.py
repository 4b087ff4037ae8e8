"""What is known of the rows that are being decoded: in tensors on the device, a slot for each row.

A step changes them there: it takes in every row's last code, chooses the next and notes what has ended, without a word
to the host.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import partial

import torch
from torch import Tensor

from engine.coqui_engine.gpt import Gpt, Ways
from engine.coqui_engine.recorder import Recorder
from engine.coqui_engine.sampling import Taste, chances, choose

USUAL = Taste()
LATENTS = 32
"""How many latents of a speaker's stand before a text."""
PART = 64
"""In what steps the places grow that a plain attention looks at, where nothing is recorded."""
SPANS = (192, 256, 384, 512, 768)
"""How many they may be where steps are recorded."""
TEXTS = (96, 160, 256)
"""How long what comes before the codes may be where it is recorded, in places."""
ABOUT, TASTE = 4, 3
"""How many numbers stand before a new row's tokens, and before its chances."""
TAKEN = 8
"""How many rows are taken at once where that is recorded."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A sentence to decode."""

    tokens: Sequence[int]
    """The text's tokens."""
    latents: Tensor
    """The speaker's latents for the GPT, shape (1, 32, width)."""
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


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _State:
    """What is known of the row in each slot; the first dimension is the slot."""

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

    def all(self) -> list[Tensor]:
        """Everything that belongs to a row."""
        return [getattr(self, each.name) for each in fields(self)]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Arrivals:
    """What new rows bring, in tensors that stay where they are; as few as can be, for each is sent by itself."""

    whole: Tensor
    """Shape (rows, ABOUT + n): a row's slot, how many tokens its text has, how many codes it gets at most, whether just
    as many, and the tokens."""
    parts: Tensor
    """Shape (rows, TASTE + n), float32: how its codes are drawn, and its chances."""
    latents: Tensor


class Slots:
    """The rows' state, and what is done to it."""

    def __init__(self, gpt: Gpt, slots: int, ways: Ways, record: bool) -> None:
        """Set aside the memory that so many rows need; `row_bytes` for each, and once more."""
        self.gpt, self._slots, self._ways = gpt, slots, ways
        self.recorder = Recorder(record)
        # Behind the rows' slots is one where what fills up a recording goes, and is never looked at.
        self._cache = torch.zeros(cache_shape(gpt, slots + 1), dtype=gpt.dtype, device=gpt.device)
        self.places = self._cache.shape[3]
        """How many places of the cache a row has."""
        self._state = _fresh_state(gpt, slots + 1)
        self._numbers = torch.arange(slots + 1, device=gpt.device)
        self._arrivals = _arrivals(gpt, TAKEN if record else slots)

    @property
    def bytes(self) -> int:
        """How much memory the cache takes, in bytes."""
        return int(self._cache.numel() * self._cache.element_size())

    def record(self) -> None:
        """Record whatever can come, while there are no rows."""
        if not self.recorder.on:
            return
        self._state.alive.zero_()
        for rows in reversed(sizes(self._slots)):
            for span in self._spans():
                self.recorder.record((rows, span), partial(self._step, rows, span))
        self._arrivals.whole.zero_()
        self._arrivals.whole[:, 0], self._arrivals.whole[:, 1] = self._slots, 2
        for rows in reversed(sizes(TAKEN)):
            for text in self._texts():
                self.recorder.record(("take", rows, text), partial(self._admit, rows, text))
        self._state.alive.zero_()

    def take(self, rows: Sequence[tuple[int, Row]]) -> None:
        """Put new rows into slots: take in their texts and choose their first codes."""
        room = len(self._arrivals.whole)
        for first in range(0, len(rows), room):
            self._take(rows[first : first + room])

    def step(self, rows: int, needed: int) -> None:
        """Decode one more code of the rows in the first slots.

        Args:
            rows: How many slots.
            needed: How many places of the cache the longest of them will have filled then.
        """
        if self.recorder.on:
            rows = next(size for size in sizes(self._slots) if size >= rows)
            span = next(span for span in self._spans() if span >= needed)
        else:
            span = min(-(-needed // PART) * PART, self.places)
        self.recorder.run((rows, span), partial(self._step, rows, span))

    def seen(self) -> Tensor:
        """Return how many codes each row has, and whether it goes on; shape (2, slots), on the device."""
        return torch.stack([self._state.count, self._state.alive.long()])

    def end(self, slot: int) -> None:
        """Let nothing more become of the row in a slot."""
        self._state.alive[slot] = False

    def latents(self, slot: int, count: int) -> Tensor:
        """Return a copy of the first latents of the row in a slot, shape (count, width)."""
        return self._state.latents[slot, :count].clone()

    def move(self, source: int, target: int, places: int) -> None:
        """Give a row, which has filled no more than so many places, another slot."""
        self._cache[:, :, target, :places] = self._cache[:, :, source, :places]
        for tensor in self._state.all():
            tensor[target] = tensor[source]
        self._state.alive[source] = False

    def _spans(self) -> list[int]:
        if self._ways.spanless:
            return [self.places]
        return [span for span in SPANS if span < self.places] + [self.places]

    def _texts(self) -> list[int]:
        longest = LATENTS + self.gpt.longest_text + 3
        return [text for text in TEXTS if text < longest] + [longest]

    def _take(self, rows: Sequence[tuple[int, Row]]) -> None:
        gpt, arrivals = self.gpt, self._arrivals
        count, longest = len(rows), LATENTS + 3 + max(len(row.tokens) for _, row in rows)
        if self.recorder.on:
            count = next(size for size in sizes(TAKEN) if size >= count)
            longest = next(text for text in self._texts() if text >= longest)
        whole = torch.zeros(count, ABOUT + longest - LATENTS - 1, dtype=torch.int64)
        whole[:, 0], whole[:, 1] = self._slots, 2
        parts = torch.ones(count, TASTE + gpt.longest + 1)
        for number, (slot, row) in enumerate(rows):
            text = [gpt.start_text, *row.tokens, gpt.stop_text]
            limit = min(row.limit or gpt.longest, gpt.longest)
            whole[number, : ABOUT + len(text)] = torch.tensor([slot, len(text), limit, row.exactly, *text])
            parts[number, :TASTE] = torch.tensor([row.taste.temperature, row.taste.nucleus, row.taste.penalty])
            parts[number, TASTE:] = chances(row.seed, gpt.longest + 1, row.taste)
        _send(whole, arrivals.whole[:count, : whole.shape[1]])
        _send(parts, arrivals.parts[:count])
        arrivals.latents[: len(rows)].copy_(torch.cat([row.latents for _, row in rows]))
        self.recorder.run(("take", count, longest), partial(self._admit, count, longest))

    def _admit(self, count: int, longest: int) -> Tensor:
        """Do the device's part of `_take`."""
        arrivals, state = self._arrivals, self._state
        slots, texts, limit, exactly = arrivals.whole[:count, :ABOUT].unbind(1)
        tokens = arrivals.whole[:count, ABOUT : ABOUT + longest - LATENTS - 1]
        x = self.gpt.embed(tokens, texts, arrivals.latents[:count])
        length = LATENTS + texts + 1
        x = self.gpt.read(x, length, self._cache, slots)
        tastes = arrivals.parts[:count, :TASTE].unbind(1)
        for tensor, values in zip((state.temperature, state.nucleus, state.penalty), tastes, strict=True):
            tensor[slots] = values
        state.limit[slots], state.free[slots], state.length[slots] = limit, exactly.bool(), length
        state.chance[slots] = arrivals.parts[:count, TASTE:]
        # The library fills in for the text's places with ones, which its penalty then takes for codes that were said.
        said = torch.zeros_like(state.said[slots])
        said[:, 1] = said[:, self.gpt.start] = True
        state.said[slots] = said
        state.alive[slots], state.count[slots] = torch.ones_like(state.alive[slots]), torch.zeros_like(slots)
        return self._choose(slots, x)

    def _step(self, rows: int, span: int) -> Tensor:
        state = self._state
        x = self.gpt.step(state.codes[:rows], state.count[:rows], state.length[:rows], self._cache, span, self._ways)
        state.length[:rows] += state.alive[:rows]
        return self._choose(self._numbers[:rows], x)

    def _choose(self, slots: Tensor, x: Tensor) -> Tensor:
        """Choose the next code of the rows in some slots, whose last states are given, and note all that follows."""
        state = self._state
        count, alive, said = state.count[slots], state.alive[slots], state.said[slots]
        latents, logits = self.gpt.read_out(x)
        codes = choose(
            logits,
            said,
            state.chance[slots].gather(1, count[:, None])[:, 0],
            temperature=state.temperature[slots],
            nucleus=state.nucleus[slots],
            penalty=state.penalty[slots],
        )
        state.latents[slots, count] = latents
        state.said[slots, codes] = torch.ones_like(alive)
        state.codes[slots] = codes
        state.count[slots] = count + alive
        ended = ((codes == self.gpt.stop) & ~state.free[slots]) | (count + 1 >= state.limit[slots])
        state.alive[slots] = alive & ~ended
        return codes


def sizes(most: int) -> list[int]:
    """Return how many rows a recording may be for: powers of two, and the most."""
    powers = [1]
    while powers[-1] < most:
        powers.append(min(2 * powers[-1], most))
    return powers


def cache_shape(gpt: Gpt, slots: int) -> tuple[int, int, int, int, int, int]:
    """Return the shape of the cache: layers, keys and values, slots, places, heads, head width."""
    places = LATENTS + gpt.longest_text + 3 + gpt.longest + 1
    return len(gpt.layers), 2, slots, -(-places // 8) * 8, gpt.heads, gpt.width // gpt.heads


def row_bytes(gpt: Gpt) -> int:
    """How much memory a slot takes for keys and values, in bytes."""
    layers, both, _, places, heads, width = cache_shape(gpt, 1)
    return layers * both * places * heads * width * int(gpt.codes.element_size())


def _arrivals(gpt: Gpt, rows: int) -> _Arrivals:
    device = gpt.device
    return _Arrivals(
        whole=torch.zeros(rows, ABOUT + gpt.longest_text + 2, dtype=torch.int64, device=device),
        parts=torch.ones(rows, TASTE + gpt.longest + 1, device=device),
        latents=torch.zeros(rows, LATENTS, gpt.width, device=device),
    )


def _send(values: Tensor, target: Tensor) -> None:
    """Copy numbers to the device without waiting for what it does at the moment, which takes memory that is pinned."""
    if target.is_cuda:
        target.copy_(values.pin_memory(), non_blocking=True)
    else:
        target.copy_(values)


def _fresh_state(gpt: Gpt, slots: int) -> _State:
    device = gpt.device

    def of(dtype: torch.dtype, *shape: int) -> Tensor:
        return torch.zeros((slots, *shape), dtype=dtype, device=device)

    return _State(
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
