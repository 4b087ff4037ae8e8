"""Choosing the next code of each row, on the device that the logits are on and without a word to the host.

What `transformers` does for the library, in its order: the penalty for what was said already (Keskar et al. 2019), the
temperature, the k likeliest, and of those the nucleus (Holtzman et al. 2020). Chance comes from a table that each row
brings, so that what a row says depends on its own seed, and neither on its neighbours nor on the device.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

LIKELIEST = 50
"""Among how many codes is drawn, as the model's own settings have it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Taste:
    """How a row's codes are drawn."""

    temperature: float = 0.75
    """How even the chances are made; towards 0 only the likeliest is left."""
    nucleus: float = 0.85
    """Of the likeliest codes only so many are drawn from as have this share of the chances together."""
    penalty: float = 5.0
    """By how much a code becomes less likely once it was said; 1 is not at all."""
    greedy: bool = False
    """Whether the likeliest is always taken, whatever chance says."""


def chances(seed: int, length: int, taste: Taste) -> Tensor:
    """Draw the numbers from 0 to 1 that choose a row's codes, shape (length,), on the CPU, so that they are the same
    everywhere. A greedy row gets zeros, which choose the likeliest."""
    if taste.greedy:
        return torch.zeros(length)
    return torch.rand(length, generator=torch.Generator().manual_seed(seed))


def choose(
    logits: Tensor, said: Tensor, chance: Tensor, temperature: Tensor, nucleus: Tensor, penalty: Tensor
) -> Tensor:
    """Choose a code for each row.

    Args:
        logits: Shape (rows, codes), float32.
        said: Which codes each row has said, shape (rows, codes), bool.
        chance: A number from 0 to 1 for each row, shape (rows,).
        temperature: By row, shape (rows,).
        nucleus: By row, shape (rows,).
        penalty: By row, shape (rows,).

    Returns:
        The codes, shape (rows,), int64.
    """
    weaker = torch.where(logits < 0, logits * penalty[:, None], logits / penalty[:, None])
    logits = torch.where(said, weaker, logits) / temperature[:, None]
    best, codes = logits.topk(min(LIKELIEST, logits.shape[1]))
    likely = best.softmax(1)
    up_to = likely.cumsum(1)
    likely = likely.masked_fill(up_to - likely >= nucleus[:, None], 0)
    up_to = likely.cumsum(1)
    drawn = (up_to <= (chance * up_to[:, -1])[:, None]).sum(1, keepdim=True)
    # Rounding may carry chance to the very end, behind the last code of the nucleus.
    drawn = torch.minimum(drawn, (likely > 0).sum(1, keepdim=True) - 1)
    return codes.gather(1, drawn)[:, 0]
