"""The network of a HiFi-GAN (Kong, Kim & Bae, NeurIPS 2020) as XTTS conditions it: frames in, samples out.

The library computes the weights of its normalised convolutions anew at every pass, which only training needs. Here they
are taken once, and the library's own module is left as it was.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import torch
from torch import Tensor
from torch.nn import functional

if TYPE_CHECKING:
    from TTS.vocoder.models.hifigan_generator import HifiganGenerator

SLOPE, LAST_SLOPE = 0.1, 0.01
"""What is left of negative numbers between the layers, and before the last."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Convolution:
    """A convolution along time, which keeps the length, or a transposed one, which stretches it."""

    weight: Tensor
    """Shape (out, in, 1, kernel), of a transposed one (in, out, 1, kernel)."""
    bias: Tensor | None
    """Shape (out,)."""
    stride: int = 1
    """By how much a transposed one stretches."""
    padding: int = 0
    """How many zeros stand before and behind."""
    dilation: int = 1
    """How far apart the weights reach."""

    @property
    def reach(self) -> int:
        """How many steps of its input to either side an output depends on."""
        return (int(self.weight.shape[-1]) - 1) // 2 * self.dilation

    def along(self, x: Tensor, bias: Tensor | None) -> Tensor:
        """Apply it to x, shape (rows, in, 1, length), with that bias."""
        return functional.conv2d(x, self.weight, bias, 1, (0, self.padding), (1, self.dilation))

    def stretch(self, x: Tensor, bias: Tensor | None) -> Tensor:
        """Apply it, transposed, with that bias."""
        return functional.conv_transpose2d(x, self.weight, bias, (1, self.stride), (0, self.padding))


class Touch(Protocol):
    """Does what stands between two convolutions."""

    apart: bool
    """Whether it adds a convolution's bias, which the convolution is then not given."""

    def __call__(self, x: Tensor, bias: Tensor | None, other: Tensor | None) -> tuple[Tensor, Tensor]:
        """Return x + bias + other, and that with its negative numbers made smaller by SLOPE.

        Args:
            x: What came out of a convolution, shape (rows, channels, 1, length); it may be written over.
            bias: Shape (rows or 1, channels, 1, 1).
            other: Of x's shape.
        """


class PlainTouch:
    """What torch brings, on whatever device."""

    apart = False

    def __call__(self, x: Tensor, bias: Tensor | None, other: Tensor | None) -> tuple[Tensor, Tensor]:
        """Do what `Touch` says."""
        for each in (bias, other):
            if each is not None:
                x += each
        return x, functional.leaky_relu(x, SLOPE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """One step up in rate."""

    up: Convolution
    """Stretches."""
    speaker: Convolution
    """What the speaker's embedding adds."""
    blocks: tuple[tuple[tuple[Convolution, Convolution], ...], ...]
    """Blocks side by side, each a run of pairs around which the input is added."""


PLAIN = PlainTouch()


class HifiGan:
    """Turns frames into samples."""

    def __init__(self, library: HifiganGenerator, dtype: torch.dtype, touch: Touch = PLAIN) -> None:
        """Take the weights of the library's own module; `touch` is how the device does what is between them."""
        layout = torch.channels_last if next(library.parameters()).is_cuda else torch.contiguous_format

        def taken(module: torch.nn.Conv1d | torch.nn.ConvTranspose1d) -> Convolution:
            bias = module.bias
            return Convolution(
                weight=module.weight.detach().to(dtype)[:, :, None].contiguous(memory_format=layout),
                bias=None if bias is None else bias.detach().to(dtype),
                stride=int(module.stride[0]),
                padding=int(module.padding[0]),
                dilation=int(module.dilation[0]),
            )

        self.dtype, self._layout, self._touch = dtype, layout, touch
        self._first, self._last = taken(library.conv_pre), taken(library.conv_post)
        self._speaker = taken(library.cond_layer)
        side = len(library.resblocks) // len(library.ups)
        self._stages = [
            Stage(
                up=taken(up),
                speaker=taken(speaker),
                blocks=tuple(
                    tuple((taken(one), taken(two)) for one, two in zip(block.convs1, block.convs2, strict=True))
                    for block in library.resblocks[number * side : (number + 1) * side]
                ),
            )
            for number, (up, speaker) in enumerate(zip(library.ups, library.conds, strict=True))
        ]

        self.first = self._first.weight.shape[1]
        """How wide its frames are."""
        self.speaker = self._speaker.weight.shape[1]
        """How wide a speaker's embedding is."""

    @property
    def device(self) -> torch.device:
        """Where its weights lie."""
        return self._first.weight.device

    @property
    def margin(self) -> int:
        """How many of its frames to either side a sample depends on, counted from the end to the start."""
        reach = self._last.reach
        for stage in reversed(self._stages):
            reach += max(sum(one.reach + two.reach for one, two in block) for block in stage.blocks)
            reach = math.ceil((reach + stage.up.weight.shape[-1] - 1) / stage.up.stride)
        return reach + self._first.reach

    def __call__(self, frames: Tensor, speakers: Tensor) -> Tensor:
        """Make samples.

        Args:
            frames: Shape (rows, width, frames).
            speakers: The speakers' embeddings, shape (rows, speaker width, 1).

        Returns:
            Shape (rows, samples), float32.
        """
        speakers = speakers.to(self.dtype)[:, :, None]
        x = frames.to(self.dtype)[:, :, None].contiguous(memory_format=self._layout)
        first = self._first.along(x, self._first.bias) + self._speaker.along(speakers, self._speaker.bias)
        small = functional.leaky_relu(first, SLOPE)
        for stage in self._stages:
            added = stage.speaker.along(speakers, stage.speaker.bias)
            if stage.up.bias is not None:
                added = added + stage.up.bias[:, None, None]
            x, small = self._touch(stage.up.stretch(small, None), added, None)
            total = self._block(x, small, stage.blocks[0])
            for block in stage.blocks[1:]:
                total += self._block(x, small, block)
            small = functional.leaky_relu_(
                total.div_(len(stage.blocks)), SLOPE if stage is not self._stages[-1] else LAST_SLOPE
            )
        x = self._last.along(small, self._last.bias)
        return torch.tanh(x.float())[:, 0, 0]

    def _block(self, x: Tensor, small: Tensor, pairs: tuple[tuple[Convolution, Convolution], ...]) -> Tensor:
        """Send x, whose negative numbers were made smaller in `small`, through a block."""
        for one, two in pairs:
            _, small = self._convolve(one, small, None)
            x, small = self._convolve(two, small, x)
        return x

    def _convolve(self, convolution: Convolution, x: Tensor, other: Tensor | None) -> tuple[Tensor, Tensor]:
        bias = convolution.bias
        if not self._touch.apart or bias is None:
            return self._touch(convolution.along(x, bias), None, other)
        return self._touch(convolution.along(x, None), bias[None, :, None, None], other)
