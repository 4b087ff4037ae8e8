"""Kernels for graphics processors, where what torch brings takes several launches or reads more than it has to.

A step of a network of thirty layers is so many small pieces of work that each launch saved can be measured. What is
here does the same as the plain ways (`gpt.Plain`, `hifigan.PlainTouch`), within the rounding of its precision; a test
compares them.
"""

from __future__ import annotations

import torch
import triton
from torch import Tensor
from triton import language as tl

from engine.coqui_engine.hifigan import SLOPE

BLOCK = 64
"""How many places of the cache are looked at in one go."""


@triton.jit
def _attend(
    qkv, cache, length, out, values, row_stride, scale, HEADS: tl.constexpr, WIDTH: tl.constexpr, SPAN: tl.constexpr
):
    row, head = tl.program_id(0), tl.program_id(1)
    along = tl.arange(0, WIDTH)
    own = qkv + row * 3 * HEADS * WIDTH + head * WIDTH + along
    query = tl.load(own).to(tl.float32) * scale
    key = tl.load(own + HEADS * WIDTH)
    value = tl.load(own + 2 * HEADS * WIDTH)
    count = tl.load(length + row).to(tl.int32)
    base = cache + row.to(tl.int64) * row_stride + head * WIDTH
    tl.store(base + count * HEADS * WIDTH + along, key)
    tl.store(base + values + count * HEADS * WIDTH + along, value)
    # The row's newest place is taken from the registers: what was just stored need not be there for others yet.
    best = tl.sum(query * key.to(tl.float32), 0)
    total = 1.0
    found = value.to(tl.float32)
    for start in range(0, count, SPAN):
        places = start + tl.arange(0, SPAN)
        there = places < count
        at = places[:, None] * HEADS * WIDTH + along[None, :]
        keys = tl.load(base + at, mask=there[:, None], other=0.0).to(tl.float32)
        scores = tl.where(there, tl.sum(keys * query[None, :], 1), float("-inf"))
        higher = tl.maximum(best, tl.max(scores, 0))
        weights = tl.exp(scores - higher)
        fade = tl.exp(best - higher)
        held = tl.load(base + values + at, mask=there[:, None], other=0.0).to(tl.float32)
        found = found * fade + tl.sum(weights[:, None] * held, 0)
        total = total * fade + tl.sum(weights, 0)
        best = higher
    tl.store(out + row * HEADS * WIDTH + head * WIDTH + along, (found / total).to(out.dtype.element_ty))


@triton.jit
def _add_norm(x, y, scale, shift, total, normed, WIDTH: tl.constexpr, POWER: tl.constexpr):
    row, along = tl.program_id(0), tl.arange(0, POWER)
    there = along < WIDTH
    at = row * WIDTH + along
    both = tl.load(x + at, mask=there, other=0.0).to(tl.float32) + tl.load(y + at, mask=there, other=0.0).to(tl.float32)
    tl.store(total + at, both.to(total.dtype.element_ty), mask=there)
    mean = tl.sum(both, 0) / WIDTH
    apart = tl.where(there, both - mean, 0.0)
    narrow = 1 / tl.sqrt(tl.sum(apart * apart, 0) / WIDTH + 1e-5)
    by = tl.load(scale + along, mask=there, other=0.0).to(tl.float32)
    plus = tl.load(shift + along, mask=there, other=0.0).to(tl.float32)
    tl.store(normed + at, (apart * narrow * by + plus).to(normed.dtype.element_ty), mask=there)


class Fused:
    """The two things that `gpt.Ways` wants, each in one launch."""

    spanless = True

    def attend(self, qkv: Tensor, cache: Tensor, length: Tensor, span: int) -> Tensor:
        """Do what `Ways` says; a row looks at just the places that it has filled, whatever the span."""
        rows, _, heads, width = qkv.shape
        out = torch.empty(rows, heads * width, dtype=qkv.dtype, device=qkv.device)
        values, row_stride = cache.stride(0), cache.stride(1)
        _attend[rows, heads](qkv, cache, length, out, values, row_stride, width**-0.5, heads, width, BLOCK, num_warps=4)
        return out

    def add_norm(self, x: Tensor, y: Tensor, norm: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        """Do what `Ways` says."""
        rows, width = x.shape
        total, normed = torch.empty_like(x), torch.empty_like(x)
        _add_norm[(rows,)](x, y, *norm, total, normed, width, triton.next_power_of_2(width), num_warps=4)
        return total, normed


@triton.jit
def _touch(
    x,
    bias,
    other,
    total,
    small,
    size,
    row_size,
    bias_stride,
    SLOPE: tl.constexpr,
    CHANNELS: tl.constexpr,
    OTHER: tl.constexpr,
    BIAS: tl.constexpr,
    BLOCK: tl.constexpr,
):
    at = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    there = at < size
    value = tl.load(x + at, mask=there, other=0.0).to(tl.float32)
    if BIAS:
        value += tl.load(bias + at // row_size * bias_stride + at % CHANNELS, mask=there, other=0.0).to(tl.float32)
    if OTHER:
        value += tl.load(other + at, mask=there, other=0.0).to(tl.float32)
    tl.store(total + at, value.to(total.dtype.element_ty), mask=there)
    tl.store(small + at, tl.where(value < 0, value * SLOPE, value).to(small.dtype.element_ty), mask=there)


class FusedTouch:
    """What stands between two convolutions, in one pass over the numbers."""

    apart = True

    def __call__(self, x: Tensor, bias: Tensor | None, other: Tensor | None) -> tuple[Tensor, Tensor]:
        """Do what `hifigan.Touch` says; all have to lie with the channels last."""
        _, channels, _, length = x.shape
        x = x.contiguous(memory_format=torch.channels_last)
        small = torch.empty_like(x)
        apart = channels if bias is not None and bias.shape[0] > 1 else 0
        _touch[(triton.cdiv(x.numel(), 1024),)](
            x,
            x if bias is None else bias,
            x if other is None else other,
            x,
            small,
            x.numel(),
            channels * length,
            apart,
            SLOPE,
            channels,
            other is not None,
            bias is not None,
            1024,
            num_warps=4,
        )
        return x, small
