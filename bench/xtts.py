"""XTTS-v2 in its real size with random weights, decoded by the library and by Mynah."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING

import torch

from engine.coqui_engine import compat, devices
from engine.coqui_engine.batch import Batch, Heard, Switches
from engine.coqui_engine.gpt import Gpt
from engine.coqui_engine.slots import Row

if TYPE_CHECKING:
    from TTS.tts.models.xtts import Xtts

TEXT_TOKENS = 6681
"""How many tokens for text XTTS-v2 has."""
TOKENS = 60
"""How long a text is, in tokens: a sentence of about twenty words."""


def full_size() -> Xtts:
    """Build XTTS-v2 as its published configuration has it, with random weights."""
    compat.prepare()
    from TTS.tts.configs.xtts_config import XttsArgs, XttsAudioConfig, XttsConfig
    from TTS.tts.models.xtts import Xtts

    args = XttsArgs(
        gpt_number_text_tokens=TEXT_TOKENS,
        gpt_start_text_token=261,
        gpt_stop_text_token=0,
        gpt_num_audio_tokens=1026,
        gpt_start_audio_token=1024,
        gpt_stop_audio_token=1025,
        gpt_use_perceiver_resampler=True,
    )
    torch.manual_seed(0)
    model = Xtts(XttsConfig(model_args=args, audio=XttsAudioConfig()))
    with torch.no_grad():
        model.gpt.mel_head.bias[1025] = -100.0  # it never ends by itself: both ways get as many codes as they are given
    return model


class Both:
    """The two ways, over the same weights."""

    def __init__(self, codes: int, chosen: Switches | None = None) -> None:
        """Build the model on the best device there is; every row gets `codes` codes."""
        self.codes, self.device = codes, devices.best_device()
        with torch.device(self.device):
            self._model = full_size()
        self._model.eval()
        self._model.tokenizer = _Fixed()
        chance = torch.Generator().manual_seed(1)
        self._latents = torch.randn(1, 32, 1024, generator=chance).to(self.device)
        self._speaker = torch.nn.functional.normalize(torch.randn(1, 512, 1, generator=chance), dim=1).to(self.device)
        self.dtype = devices.precision(self.device)
        self.gpt = Gpt(self._model.gpt, self.dtype)
        self.vocoder = devices.vocoder(self._model.hifigan_decoder, self.dtype)
        self.switches = chosen or devices.switches(self.gpt)
        self.batch = Batch(self.gpt, self.vocoder, self.switches)

    def warm(self, users: Sequence[int]) -> None:
        """Run everything once that is slower at first."""
        self.batch.prepare()
        if self.device.type == "cuda":
            for count in users:
                self.together(count)
            self.library()

    def library(self) -> float:
        """Let the library say one sentence, and return how long that took, in seconds."""
        start = time.perf_counter()
        made = self._model.inference("", "en", self._latents, self._speaker, max_new_tokens=self.codes)
        taken = time.perf_counter() - start
        if made["gpt_latents"].shape[1] != self.codes:
            raise RuntimeError(f"the library made {made['gpt_latents'].shape[1]} codes")
        return taken

    def together(self, users: int, hear: Callable[[Heard], object] = lambda heard: None) -> tuple[float, float]:
        """Say as many sentences at once; return until when all were there, and until when everybody heard something.

        Each is handed to `hear` as well.
        """
        rows = [self._row(number, self.codes) for number in range(users)]
        first: dict[int, float] = {}
        start = time.perf_counter()
        for heard in self.batch.run(lambda room: _some(rows, room)):
            first.setdefault(heard.row, time.perf_counter() - start)
            hear(heard)
        taken = time.perf_counter() - start
        if len(first) != users:
            raise RuntimeError(f"{len(first)} of {users} were heard")
        return taken, max(first.values())

    def listened(self, codes: int) -> tuple[float, float]:
        """Say one sentence that somebody listens to; return until when they heard something, and until when all."""
        rows, times = [self._row(0, codes)], []
        start = time.perf_counter()
        for _ in self.batch.run(lambda room: _some(rows, room), listens=lambda number: True):
            times.append(time.perf_counter() - start)
        return times[0], times[-1]

    def mixed(self, sentences: int) -> float:
        """Say sentences that differ in length; return how many seconds of sound were made in a second."""
        chance = random.Random(1)
        lengths = [chance.randint(20, 160) for _ in range(sentences)]
        rows = [self._row(number, length) for number, length in enumerate(lengths)]
        start = time.perf_counter()
        samples = sum(len(each.samples) for each in self.batch.run(lambda room: _some(rows, room)))
        return samples / self.vocoder.rate / (time.perf_counter() - start)

    def _row(self, number: int, codes: int) -> Row:
        return Row(
            tokens=_tokens(number),
            latents=self._latents,
            speaker=self._speaker,
            seed=number,
            limit=codes,
            exactly=True,
        )

    def step_bytes(self, users: int) -> float:
        """How many bytes a step reads at least: the weights, and each row's keys and values at half its length."""
        places = 32 + TOKENS + 3 + self.codes / 2
        per_place = 2 * len(self.gpt.layers) * self.gpt.width * self.gpt.codes.element_size()
        return float(self.gpt.bytes_a_step() + users * places * per_place)

    def describe(self) -> dict[str, object]:
        """Say what it ran on."""
        cuda = self.device.type == "cuda"
        name = torch.cuda.get_device_name() if cuda else f"CPU, {torch.get_num_threads()} threads"
        return {
            "device": name,
            "precision": str(self.dtype).removeprefix("torch."),
            "torch": torch.__version__,
            "coqui-tts": version("coqui-tts"),
            "transformers": version("transformers"),
            "parameters": sum(parameter.numel() for parameter in self._model.gpt.parameters()),
            "slots": self.switches.slots,
            "recorded": self.switches.record,
            "kernels": type(self.switches.ways).__name__,
        }


def _some(rows: list[Row], room: int) -> list[Row]:
    """Take the first so many rows out."""
    taken = rows[:room]
    del rows[:room]
    return taken


class _Fixed:
    """Stands in for the tokenizer, whose vocabulary comes with the weights: every text has the same tokens."""

    def encode(self, text: str, lang: str) -> list[int]:
        return _tokens(0)


def _tokens(number: int) -> list[int]:
    tokens = torch.randint(300, TEXT_TOKENS, (TOKENS,), generator=torch.Generator().manual_seed(number))
    return [int(token) for token in tokens]
