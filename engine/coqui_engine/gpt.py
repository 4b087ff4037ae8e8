"""The GPT of XTTS-v2: a text and a speaker's latents in, codes of sound and their latents out, many rows at once.

The library decodes one row at a time through `transformers`, and runs the finished row through the network a second
time for the latents that the vocoder wants. Those are the very states that the decoding went through, since the
attention looks back only, so here they are kept on the way and the second pass falls away.

Rows share every product with the weights, which is what a step costs: at 32 rows a step reads the same 0.8 GB that it
reads for one. Each row has a place of its own in the cache of keys and values and its own length, so nothing has to be
padded to the left, and a row may come or go while the others go on. The network itself is GPT-2 (Radford et al. 2019)
as XTTS (Casanova et al., Interspeech 2024) uses it: no positions of its own, but one table for text and one for codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import torch
from torch import Tensor
from torch.nn import functional

if TYPE_CHECKING:
    from TTS.tts.layers.xtts.gpt import GPT


@dataclass(frozen=True, kw_only=True, slots=True)
class Layer:
    """The weights of one layer; products are x @ weight + bias, so a weight has shape (in, out)."""

    norm1: tuple[Tensor, Tensor]
    """Scale and shift before the attention, shape (width,)."""
    qkv: tuple[Tensor, Tensor]
    """Weight and bias of queries, keys and values, (width, 3 * width)."""
    out: tuple[Tensor, Tensor]
    """Weight and bias behind the attention."""
    norm2: tuple[Tensor, Tensor]
    """Scale and shift before the two products that follow."""
    up: tuple[Tensor, Tensor]
    """Weight and bias, (width, 4 * width)."""
    down: tuple[Tensor, Tensor]
    """Weight and bias, (4 * width, width)."""


class Ways(Protocol):
    """How a device does the two things that every layer needs beside its products with weights."""

    spanless: bool
    """Whether `attend` minds each row's own length, so that nobody has to keep a span for it."""

    def attend(self, qkv: Tensor, cache: Tensor, length: Tensor, span: int) -> Tensor:
        """Write each row's new key and value into the cache, and have its query look at all that the row has there.

        Args:
            qkv: Queries, keys and values of the new position, shape (rows, 3, heads, head width).
            cache: Keys and values, shape (2, slots, places, heads, head width); row i has slot i.
            length: How many places each row has filled, shape (rows,).
            span: A number of places beyond which no row has anything.

        Returns:
            What was looked up, shape (rows, heads * head width).
        """

    def add_norm(self, x: Tensor, y: Tensor, norm: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        """Return x + y, and that normalised (Ba et al. 2016); shapes (rows, width)."""


class Plain:
    """What torch brings, on whatever device."""

    spanless = False

    def attend(self, qkv: Tensor, cache: Tensor, length: Tensor, span: int) -> Tensor:
        """Do what `Ways` says, looking at `span` places of every row, those masked that it has not filled."""
        rows, _, heads, width = qkv.shape
        slots, places = cache.shape[1:3]
        where = torch.arange(rows, device=qkv.device) * places + length
        flat = cache.view(2, slots * places, heads, width)
        flat[0].index_copy_(0, where, qkv[:, 1])
        flat[1].index_copy_(0, where, qkv[:, 2])
        seen = torch.arange(span, device=qkv.device) <= length[:, None]
        keys, values = (part[:rows, :span].transpose(1, 2) for part in cache)
        query = qkv[:, 0, :, None]
        found = functional.scaled_dot_product_attention(query, keys, values, attn_mask=seen[:, None, None])
        return found.reshape(rows, heads * width)

    def add_norm(self, x: Tensor, y: Tensor, norm: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        """Do what `Ways` says."""
        x = x + y
        return x, functional.layer_norm(x, (x.shape[-1],), *norm)


class Gpt:
    """The network's weights, in the precision that they are used in, and its two ways through."""

    def __init__(self, library: GPT, dtype: torch.dtype) -> None:
        """Take the weights of the library's own module, which may be thrown away afterwards."""

        def pair(module: torch.nn.Module) -> tuple[Tensor, Tensor]:
            weight, bias = (getattr(module, name).detach().to(dtype).contiguous() for name in ("weight", "bias"))
            return weight, bias

        self.dtype = dtype
        self.layers = [
            Layer(
                norm1=pair(block.ln_1),
                qkv=pair(block.attn.c_attn),
                out=pair(block.attn.c_proj),
                norm2=pair(block.ln_2),
                up=pair(block.mlp.c_fc),
                down=pair(block.mlp.c_proj),
            )
            for block in library.gpt.h
        ]
        self.last_norm, self.latent_norm = pair(library.gpt.ln_f), pair(library.final_norm)
        weight, bias = pair(library.mel_head)
        self.head = (weight.t().contiguous(), bias)
        tables = (library.text_embedding, library.text_pos_embedding.emb, library.mel_embedding)
        self.text, self.text_places, self.codes = (table.weight.detach().to(dtype) for table in tables)
        self.code_places = library.mel_pos_embedding.emb.weight.detach().to(dtype)
        self.width, self.heads = library.model_dim, library.heads
        self.start_text, self.stop_text = library.start_text_token, library.stop_text_token
        self.start, self.stop = library.start_audio_token, library.stop_audio_token
        self.longest_text = library.max_text_tokens - 2
        self.longest = library.max_gen_mel_tokens
        """The most codes that a row may get."""

    @property
    def device(self) -> torch.device:
        """Where the weights lie."""
        return self.codes.device

    def bytes_a_step(self) -> int:
        """How much a step reads of weights, whatever the number of rows."""
        tensors = [t for layer in self.layers for name in Layer.__slots__ for t in getattr(layer, name)]
        return sum(t.numel() * t.element_size() for t in (*tensors, *self.head))

    def embed(self, tokens: Tensor, texts: Tensor, latents: Tensor) -> Tensor:
        """Make what comes before the rows' codes: the speaker, the text, and the sign to begin.

        Args:
            tokens: The texts' tokens, with a sign for start and stop, shape (rows, n); what follows is never looked at.
            texts: How many they are of each row, shape (rows,).
            latents: The speakers' latents, shape (rows, m, width).

        Returns:
            Shape (rows, m + n + 1, width); a row's own are the first m + its text's length + 1.
        """
        rows, longest = tokens.shape
        text = self.text[tokens] + self.text_places[:longest]
        begin = self.codes[self.start] + self.code_places[0]
        text = torch.cat([text, begin.expand(rows, 1, -1)], 1)
        behind = torch.arange(longest + 1, device=text.device) == texts[:, None]
        return torch.cat([latents.to(text), torch.where(behind[:, :, None], begin, text)], 1)

    def read(self, x: Tensor, length: Tensor, cache: Tensor, slots: Tensor) -> Tensor:
        """Take in what comes before the codes of new rows.

        Args:
            x: What `embed` made, shape (rows, longest, width).
            length: How much of it is each row's own, shape (rows,).
            cache: Keys and values, shape (layers, 2, slots, places, heads, head width); the rows' are written.
            slots: Which slot each row has, shape (rows,).

        Returns:
            The state of each row's last position, behind the last norm, shape (rows, width).
        """
        rows, longest, _ = x.shape
        head = self.width // self.heads
        # What fills a row up stands behind it, where the row does not look, and is overwritten by the row's own codes.
        for layer, kept in zip(self.layers, cache, strict=True):
            qkv = self._product(self._norm(x, layer.norm1), layer.qkv).view(rows, longest, 3, self.heads, head)
            kept[0, :, :longest].index_copy_(0, slots, qkv[:, :, 1])
            kept[1, :, :longest].index_copy_(0, slots, qkv[:, :, 2])
            query, keys, values = (part.transpose(1, 2) for part in qkv.unbind(2))
            found = functional.scaled_dot_product_attention(query, keys, values, is_causal=True)
            x = x + self._product(found.transpose(1, 2).reshape(rows, longest, self.width), layer.out)
            x = x + self._between(self._norm(x, layer.norm2), layer)
        last = (length - 1)[:, None, None].expand(rows, 1, self.width)
        return self._norm(x.gather(1, last)[:, 0], self.last_norm)

    def step(self, codes: Tensor, count: Tensor, length: Tensor, cache: Tensor, span: int, ways: Ways) -> Tensor:
        """Take in one code of each row, and return the state behind the last norm, shape (rows, width).

        Args:
            codes: Each row's last code, shape (rows,).
            count: How many codes each row has, shape (rows,).
            length: How many places of the cache each row has filled, shape (rows,).
            cache: Keys and values, shape (layers, 2, slots, places, heads, head width); row i has slot i.
            span: A number of places beyond which no row has anything.
            ways: How the device does it.
        """
        rows, head = len(codes), self.width // self.heads
        x = self.codes[codes] + self.code_places[count]
        normed = self._norm(x, self.layers[0].norm1)
        following = [*(layer.norm1 for layer in self.layers[1:]), self.last_norm]
        for layer, kept, next_norm in zip(self.layers, cache, following, strict=True):
            qkv = self._product(normed, layer.qkv).view(rows, 3, self.heads, head)
            found = ways.attend(qkv, kept, length, span)
            x, normed = ways.add_norm(x, self._product(found, layer.out), layer.norm2)
            x, normed = ways.add_norm(x, self._between(normed, layer), next_norm)
        return normed

    def read_out(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Turn states into latents for the vocoder, shape (rows, width), and logits of codes, (rows, codes)."""
        latents = self._norm(x, self.latent_norm)
        return latents, self._product(latents, self.head).float()

    def _norm(self, x: Tensor, norm: tuple[Tensor, Tensor]) -> Tensor:
        return functional.layer_norm(x, (self.width,), *norm)

    def _between(self, x: Tensor, layer: Layer) -> Tensor:
        return self._product(functional.gelu(self._product(x, layer.up), approximate="tanh"), layer.down)

    def _product(self, x: Tensor, weight: tuple[Tensor, Tensor]) -> Tensor:
        return torch.addmm(weight[1], x.reshape(-1, x.shape[-1]), weight[0]).view(*x.shape[:-1], -1)
