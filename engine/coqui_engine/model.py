"""An XTTS-v2 that is loaded: its parts on a device, and the library's own for what is done once per text or speaker."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.overrides import TorchFunctionMode

from engine.coqui_engine import compat, devices
from engine.coqui_engine.gpt import Gpt
from engine.coqui_engine.layout import CONFIG, SPEAKERS, VOCABULARY, WEIGHTS, BadModel, ModelFolder
from engine.coqui_engine.sampling import Taste
from engine.coqui_engine.slots import LATENTS
from engine.coqui_engine.vocoder import Vocoder

if TYPE_CHECKING:
    from TTS.tts.configs.xtts_config import XttsConfig
    from TTS.tts.models.xtts import Xtts

    from engine.speech import Audio

REFERENCE_RATE = 22_050
"""The rate at which the network wants to hear a speaker, in Hz."""
TWICE = ("gpt.gpt_inference.", "gpt.gpt.wte.")
"""What some files hold a second time under another name."""
LEAST_REFERENCE = 0.5
"""The least that it can learn a speaker from, in seconds."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Voice:
    """What the network has to know of a speaker, on its device."""

    latents: Tensor
    """For the GPT, shape (1, n, width)."""
    embedding: Tensor
    """For the vocoder, shape (1, speaker width, 1)."""


class Model:
    """A loaded XTTS-v2."""

    def __init__(self, folder: ModelFolder, device: torch.device) -> None:
        """Load it.

        Raises:
            BadModel: Its files do not fit each other, or cannot be read safely.
        """
        self.folder, self.device = folder, device
        self._library = _load(folder, device)
        dtype = devices.precision(device)
        self.gpt = Gpt(self._library.gpt, dtype)
        self.vocoder: Vocoder = devices.vocoder(self._library.hifigan_decoder, dtype)
        self.config: XttsConfig = self._library.config
        self.taste = Taste(
            temperature=self.config.temperature,
            nucleus=self.config.top_p,
            penalty=self.config.repetition_penalty,
        )
        """How its makers draw codes."""
        self.mark = f"{zlib.crc32(self.gpt.head[0].float().cpu().numpy().tobytes()):08x}"
        """Tells it from another of the same name."""
        lengths = (self.config.gpt_cond_len, self.config.gpt_cond_chunk_len, self.config.max_ref_len)
        self.learns_by = " ".join(map(str, (self.mark, *lengths)))
        """What a speaker depends on beside their speech, in a word."""
        if dtype != torch.float32:
            # What speaks has its own copy in half precision by now; the rest is needed to learn speakers.
            del self._library.gpt.gpt

    @property
    def bytes(self) -> int:
        """How much memory the weights take, in bytes."""
        parts = (*self._library.parameters(), *self._library.buffers())
        return sum(each.numel() * each.element_size() for each in parts)

    def voices(self) -> dict[str, Voice]:
        """Return the speakers that the model brings, by their names.

        Raises:
            BadModel: Their file cannot be read safely, or holds something else.
        """
        if not self.folder.has(SPEAKERS):
            return {}
        tensors = load_file(self.folder.numbers(SPEAKERS))
        names = dict.fromkeys(name.rpartition("/")[0] for name in tensors)
        try:
            return {
                name: self.voice(tensors[f"{name}/gpt_cond_latent"], tensors[f"{name}/speaker_embedding"])
                for name in names
            }
        except KeyError as error:
            raise BadModel(f"{self.folder.path / SPEAKERS} lacks {error}") from error

    def voice(self, latents: Tensor, embedding: Tensor) -> Voice:
        """Take what is known of a speaker to the device.

        Raises:
            BadModel: It was made for another model, or holds what is no number.
        """
        width, speaker = self.gpt.width, self._library.args.d_vector_dim
        if latents.shape != (1, LATENTS, width) or embedding.shape != (1, speaker, 1):
            raise BadModel(f"a speaker of another model: {tuple(latents.shape)} and {tuple(embedding.shape)}")
        if not (latents.isfinite().all() and embedding.isfinite().all()):
            raise BadModel("a speaker that is not made of numbers")
        return Voice(latents=latents.to(self.device, torch.float32), embedding=embedding.to(self.device, torch.float32))

    def tokens(self, text: str, language: str) -> list[int]:
        """Turn a text into tokens, as the library does.

        Raises:
            Exception: The library's cleaning chokes on it, in one of many ways.
        """
        return list(self._library.tokenizer.encode(text.strip().lower(), lang=language))

    def letters(self, language: str) -> int:
        """Up to how many letters of a language the library takes at once without cutting its sound short."""
        limits: dict[str, int] = self._library.tokenizer.char_limits
        return limits.get(language.partition("-")[0], 250)

    def learn(self, passages: Sequence[Audio], report: Callable[[float], None]) -> Voice:
        """Compute what the network has to know of a speaker from their speech, as the library does.

        Args:
            passages: Somebody's speech, the best first.
            report: Told how much is done, from 0 to 1.

        Raises:
            BadModel: There is too little of it.
        """
        from torchaudio.functional import resample

        config, embeddings, heard = self.config, [], []
        report(0.0)
        with torch.inference_mode():
            for number, passage in enumerate(passages):
                sound = torch.from_numpy(passage.samples)[None]
                sound = resample(sound, passage.rate, REFERENCE_RATE).clip(-1, 1)
                sound = sound[:, : REFERENCE_RATE * config.max_ref_len].to(self.device)
                if sound.shape[1] >= LEAST_REFERENCE * REFERENCE_RATE:
                    embeddings.append(self._library.get_speaker_embedding(sound, REFERENCE_RATE))
                    heard.append(sound)
                report((number + 1) / (len(passages) + 1))
            if not heard:
                raise BadModel(f"too little speech to learn a speaker from: {LEAST_REFERENCE} s is the least")
            latents = self._library.get_gpt_cond_latents(
                torch.cat(heard, 1),
                REFERENCE_RATE,
                length=config.gpt_cond_len,
                chunk_length=config.gpt_cond_chunk_len,
            )
            learned = self.voice(latents, torch.stack(embeddings).mean(0))
        report(1.0)
        return learned


class _Unfilled(TorchFunctionMode):  # type: ignore[misc]  # torch is not there for whoever checks types
    """Leaves new weights as they come: to draw half a billion random numbers takes longer than to load others."""

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: object,
        args: tuple[object, ...] = (),
        kwargs: dict[str, object] | None = None,
    ) -> object:
        if func in (torch.Tensor.normal_, torch.Tensor.uniform_):
            return args[0]
        return func(*args, **(kwargs or {}))


def _load(folder: ModelFolder, device: torch.device) -> Xtts:
    compat.prepare()
    from TTS.tts.configs.xtts_config import XttsConfig
    from TTS.tts.layers.xtts.tokenizer import VoiceBpeTokenizer
    from TTS.tts.models.xtts import Xtts

    try:
        config = XttsConfig()
        config.load_json(str(folder.path / CONFIG))
        with _Unfilled():
            model = Xtts(config)
            model.tokenizer = VoiceBpeTokenizer(folder.path / VOCABULARY)
            model.init_models()
        tensors = load_file(folder.numbers(WEIGHTS))
        model.load_state_dict({name: each for name, each in tensors.items() if not name.startswith(TWICE)}, strict=True)
    except BadModel:
        raise
    except Exception as error:  # the library and its tokenizer raise whatever they meet
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise BadModel(f"the files in {folder.path} do not fit each other: {' '.join(lines)[:300]}") from error
    return model.train(False).to(device)
