"""The vocoder of XTTS-v2, a HiFi-GAN (Kong et al. 2020): latents in, sound out, many rows at once.

A sound depends on a short stretch of latents around it only, so a long row can be made in windows that overlap by what
a sample looks at to either side: inside, a window sounds as the whole would, and where it touches the row's beginning
or end it ends as the whole does. All windows are equally long, so those of different rows go through the network
together, and the windows that are complete can be made while the row is still being decoded.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

from engine.coqui_engine.hifigan import PLAIN, HifiGan, Touch
from engine.coqui_engine.recorder import Recorder
from engine.coqui_engine.slots import sizes

if TYPE_CHECKING:
    from TTS.tts.layers.xtts.hifigan_decoder import HifiDecoder

WINDOWS = (64, 128)
"""How long windows are to begin with, in frames of 10.7 ms, shortest first; of their margins nothing is heard."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A stretch of one row that is to be made into sound."""

    frames: Tensor
    """All of the row's frames so far, shape (width, frames)."""
    speaker: Tensor
    """The speaker's embedding, shape (speaker width, 1)."""
    start: int
    """The first frame that is to be heard."""
    end: int
    """The frame behind the last that is to be heard."""


class Vocoder:
    """Makes sound of latents."""

    def __init__(
        self,
        library: HifiDecoder,
        dtype: torch.dtype,
        *,
        windows: Sequence[int] = WINDOWS,
        together: int = 8,
        touch: Touch = PLAIN,
        record: bool = False,
    ) -> None:
        """Take the weights of the library's own decoder.

        Args:
            library: It is left as it was.
            dtype: The precision to compute in.
            windows: How long windows may be, in frames, the shortest first: a row is cut into the longest it fills.
            together: How many windows go through the network at once.
            touch: How the device does what stands between the network's convolutions.
            record: Whether its passes are recorded and replayed; CUDA only.
        """
        self._network = HifiGan(library.waveform_decoder, dtype, touch)
        self._together = together
        self._recorder = Recorder(record)
        self._inputs: dict[int, tuple[Tensor, Tensor]] = {}
        """What recordings read, by the windows' length: frames and speakers of as many windows as go together."""
        self.rate: int = library.output_sample_rate
        """Samples a second, in Hz."""
        self.hop: int = library.output_hop_length
        """Samples a frame."""
        self.scales = (library.ar_mel_length_compression / self.hop, self.rate / library.input_sample_rate)
        """How many times as many frames as latents there are, by two steps that are taken one after the other."""
        self.margin = self._network.margin
        """How many frames to either side a sample depends on."""
        self._windows = [window for window in windows if window > 2 * self.margin] or [4 * self.margin]

    def frames(self, latents: Tensor, speed: float = 1.0) -> Tensor:
        """Stretch a row's latents, shape (n, width), to the vocoder's frames, shape (width, frames).

        Those that do not depend on latents still to come are `settled`.
        """
        z = latents.float().t()[None]
        if speed != 1.0:
            z = functional.interpolate(z, scale_factor=1 / speed, mode="linear")
        for scale in self.scales:
            if scale != 1.0:
                z = functional.interpolate(z, scale_factor=scale, mode="linear")
        return z[0]

    def settled(self, latents: int, speed: float = 1.0) -> int:
        """How many of the frames made of the first latents of a row stay the same whatever follows."""
        return max(0, int((latents - 1) * math.prod(self.scales) / speed) - 8)

    def ready(self, frames: int, begin: int) -> int:
        """Up to which frame a row can be heard whose first frames are settled, in whole steps from `begin` on."""
        step = self._windows[-1] - 2 * self.margin
        return begin + max(0, frames - self.margin - begin) // step * step

    def record(self) -> None:
        """Record its passes, so that nobody waits for it later."""
        if not self._recorder.on:
            return
        first, device = self._network.first, self._network.device
        for length in self._windows:
            frames = torch.zeros(self._together, first, length, device=device)
            speakers = torch.zeros(self._together, self._network.speaker, 1, device=device)
            self._inputs[length] = frames, speakers
            for count in reversed(sizes(self._together)):
                self._recorder.record((length, count), partial(self._network, frames[:count], speakers[:count]))

    def sound(self, pieces: Sequence[Piece]) -> list[Tensor]:
        """Make pieces into sound, each of shape (samples,), float32, on the device.

        The last frame is taken for the row's end: a piece that is to be heard no further than `margin` before it
        sounds as it will in the whole row.
        """
        windows = [self._cut(piece) for piece in pieces]
        flat = [window for each in windows for window in each]
        made: list[Tensor] = [torch.empty(0)] * len(flat)
        for length in sorted({window.frames.shape[1] for window in flat}):
            alike = [number for number, window in enumerate(flat) if window.frames.shape[1] == length]
            for first in range(0, len(alike), self._together):
                self._pass(flat, alike[first : first + self._together], made)
        parts = iter(made)
        return [torch.cat([next(parts) for _ in each]) for each in windows]

    def _pass(self, windows: Sequence[Piece], some: Sequence[int], made: list[Tensor]) -> None:
        """Send some windows, all of the same length, through the network together."""
        frames = torch.stack([windows[number].frames for number in some])
        speakers = torch.stack([windows[number].speaker for number in some])
        length, count = frames.shape[2], len(some)
        if length in self._inputs:
            x, y = self._inputs[length]
            x[:count].copy_(frames)
            y[:count].copy_(speakers)
            count = next(size for size in sizes(self._together) if size >= count)
            # The next pass writes over what a recording has made.
            sounds = self._recorder.run((length, count), partial(self._network, x[:count], y[:count])).clone()
        else:
            sounds = self._network(frames, speakers)
        for number, sound in zip(some, sounds, strict=False):
            made[number] = sound[windows[number].start * self.hop : windows[number].end * self.hop]

    def _cut(self, piece: Piece) -> list[Piece]:
        """Cut a piece into windows; `start` and `end` of each count from the window's own beginning."""
        whole = piece.frames.shape[1]
        fitting = [length for length in self._windows if length <= whole]
        if not fitting or whole == fitting[-1]:
            return [piece]
        window, windows, heard = fitting[-1], [], piece.start
        while heard < piece.end:
            begin = min(max(0, heard - self.margin), whole - window)
            until = whole if begin + window == whole else begin + window - self.margin
            until = min(until, piece.end)
            frames = piece.frames[:, begin : begin + window]
            windows.append(Piece(frames=frames, speaker=piece.speaker, start=heard - begin, end=until - begin))
            heard = until
        return windows
