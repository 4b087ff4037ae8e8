"""A VITS that is loaded: text in, sound out, piece by piece.

What it computes is what the library's `Vits.inference` does, in the same order, so that the same random numbers make
the same sound; a test holds that. Three things differ: the random numbers are drawn from a seed of one's own, how long
each letter lasts is kept for the timings, and the last network, which takes nine tenths of the time, goes over the
sentence in windows, so that the first sound is there early and nobody waits for what is cancelled. Rows are not put
into one batch: that network takes as long for four rows at once as for one four times, on the CPU (4.6 and 4.9 CPU
seconds a row), and the rows would not come out as they do alone, for it knows no masks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn.utils import parametrize
from torch.overrides import TorchFunctionMode

from engine.coqui_engine import compat, devices
from engine.coqui_engine.layout import CONFIG, BadModel, ModelFolder, make_safe
from engine.model_folders import VITS_SAFE, weights_of
from engine.text.expansion import expand
from engine.vits_engine import phonemes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from TTS.tts.configs.vits_config import VitsConfig
    from TTS.tts.models.vits import Vits
    from TTS.tts.utils.text.tokenizer import TTSTokenizer

FIRST, WINDOW = 32, 172
"""Frames of the first window and of each that follows: at 22,050 Hz 0.4 s, and 2 s."""
MOST_FRAMES = 6_000
"""Frames that a part of a text may last at most: 70 s at 22,050 Hz. No sentence does; random weights may."""

_UNUSED = ("disc.", "speaker_encoder.", "posterior_encoder.")
"""Networks that training needs, and speaking does not."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Plan:
    """What is going to be said of a text."""

    latents: Tensor
    """What the last network makes sound of, shape (1, channels, frames)."""
    condition: Tensor | None
    """The speaker, shape (1, channels, 1); None where there is one only."""
    signs: str
    """The letters or phonemes that are said."""
    ends: Sequence[float]
    """When each of these ends, in seconds."""


class Model:
    """A loaded VITS."""

    def __init__(
        self, folder: ModelFolder, names: Mapping[str, int], device: torch.device, *, language: str = ""
    ) -> None:
        """Load it.

        Args:
            folder: Where it lies.
            names: Its speakers' numbers by their names; empty where it has one only.
            device: Where it is to compute.
            language: What it speaks, as a BCP 47 tag, for figures that it has no signs for.

        Raises:
            BadModel: Its files do not fit each other, or cannot be read safely.
        """
        self.folder, self.names, self.device, self._language = folder, names, device, language
        self._net, self._tokenizer = _load(folder, names, device)
        args = self._net.args
        self.rate: int = self._net.config.audio.sample_rate
        """Samples a second, in Hz."""
        self._samples = int(torch.tensor(args.upsample_rates_decoder).prod())
        self._reach = reach(args)
        self.bytes = sum(each.numel() * each.element_size() for each in self._net.parameters())
        """How much memory its weights take."""

    def signs(self, text: str) -> str:
        """Return the letters or phonemes that are made of a text, without what the model does not know.

        Raises:
            Exception: The library's cleaning chokes on it, in one of many ways.
        """
        known = self._tokenizer.characters.char_to_id
        if self._tokenizer.phonemizer is None and any(sign.isdigit() and not _knows(known, sign) for sign in text):
            text = "".join(piece.spoken for piece in expand(text, self._language))
        cleaned = self._tokenizer.text_cleaner(text, lang=None) if self._tokenizer.text_cleaner else text
        if self._tokenizer.phonemizer is not None:
            cleaned = self._tokenizer.phonemizer.phonemize(cleaned, separator="", language=None)
        return "".join(sign for sign in cleaned if _knows(known, sign))

    def plan(self, signs: str, speaker: int, *, speed: float, seed: int) -> Plan:
        """Decide how letters or phonemes are said.

        Args:
            signs: As `signs` makes them, at least one.
            speaker: The speaker's number.
            speed: The pace; 1 is the model's own.
            seed: For what is left to chance.
        """
        tokens, dice = self._tokens(signs), torch.Generator().manual_seed(seed)
        with torch.inference_mode(), _Drawn(dice):
            latents, condition, lasts = self._latents(tokens, speaker, speed, dice)
        # Blanks stand between the signs: what is behind a sign belongs to it.
        steps = [0, *torch.tensor(lasts).cumsum(0).tolist()]
        firsts = self._firsts(len(signs), len(tokens))
        frame = self._samples * latents.shape[2] / max(steps[-1], 1) / self.rate
        ends = [steps[until] * frame for _, until in pairwise([*firsts, len(tokens)])]
        return Plan(latents=latents, condition=condition, signs=signs, ends=ends)

    def sound(self, plan: Plan) -> Iterator[NDArray[np.float32]]:
        """Make the sound of a plan, window by window; each shape (n,).

        A window is made with as much of what is around it as reaches into it, so that it is what it would be in the
        whole.
        """
        begin, frames = 0, plan.latents.shape[2]
        while begin < frames:
            end = min(begin + (WINDOW if begin else FIRST), frames)
            first, last = max(0, begin - self._reach), min(frames, end + self._reach)
            with torch.inference_mode():
                made = self._net.waveform_decoder(plan.latents[:, :, first:last], g=plan.condition)[0, 0]
            made = made[(begin - first) * self._samples : (end - first) * self._samples]
            sound: NDArray[np.float32] = made.cpu().numpy()
            yield sound
            begin = end

    def _tokens(self, signs: str) -> list[int]:
        made: list[int] = self._tokenizer.encode(signs)
        if self._tokenizer.add_blank:
            made = self._tokenizer.intersperse_blank_char(made)
        if self._tokenizer.use_eos_bos:
            made = self._tokenizer.pad_with_bos_eos(made)
        return made

    def _firsts(self, signs: int, tokens: int) -> list[int]:
        """Return at which token each sign begins to be said; the tokens before the first belong to it."""
        framed = 1 if self._tokenizer.use_eos_bos else 0
        step = 2 if self._tokenizer.add_blank else 1
        return [0, *(framed + step * sign + (step - 1) for sign in range(1, signs))]

    def _latents(
        self, tokens: list[int], speaker: int, speed: float, dice: torch.Generator
    ) -> tuple[Tensor, Tensor | None, list[int]]:
        """Compute what becomes sound, the speaker, and how many frames each token lasts."""
        net = self._net
        numbers = torch.tensor([tokens], device=self.device)
        condition = net.emb_g(torch.tensor([speaker], device=self.device)).unsqueeze(-1) if self.names else None
        lengths = torch.tensor([len(tokens)], device=self.device)
        hidden, means, spreads, mask = net.text_encoder(numbers, lengths, lang_emb=None)
        told = condition if net.args.condition_dp_on_speaker else None
        if net.args.use_sdp:
            scale = net.inference_noise_scale_dp
            log = net.duration_predictor(hidden, mask, g=told, reverse=True, noise_scale=scale, lang_emb=None)
        else:
            log = net.duration_predictor(hidden, mask, g=told, lang_emb=None)
        lasts = torch.ceil(torch.exp(log) * mask * net.length_scale)[0, 0]
        lasts = _paced(lasts.nan_to_num(1.0, MOST_FRAMES, 0.0), speed)
        means, spreads = (each.repeat_interleave(lasts, dim=2) for each in (means, spreads))
        # Drawn as the library's is, whose tensor lies the other way round in memory.
        noise = torch.empty(1, means.shape[2], means.shape[1]).transpose(1, 2).normal_(generator=dice)
        latents = means + noise.to(self.device) * torch.exp(spreads) * net.inference_noise_scale
        whole = torch.ones(1, 1, latents.shape[2], device=self.device)
        latents = net.flow(latents, whole, g=condition, reverse=True)
        latents, _, _, whole = net.upsampling_z(latents, y_lengths=lasts.sum()[None], y_mask=whole)
        made: Tensor = latents * whole
        return made[:, :, : net.max_inference_len], condition, lasts.tolist()


class _Drawn(TorchFunctionMode):  # type: ignore[misc]  # torch is not there for whoever checks types
    """Has the library draw its random numbers from these dice, in this thread: other engines draw theirs meanwhile."""

    def __init__(self, dice: torch.Generator) -> None:
        super().__init__()
        self._dice = dice

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: object,
        args: tuple[object, ...] = (),
        kwargs: dict[str, object] | None = None,
    ) -> object:
        if func is torch.randn:
            return torch.randn(*args, generator=self._dice)
        return func(*args, **(kwargs or {}))


def reach(args: object) -> int:
    """Return how many frames away a frame still has an influence on the sound, by the sizes of the last network."""
    sizes = vars(args)
    rate, frames = 1, 3.0
    for up, kernel in zip(sizes["upsample_rates_decoder"], sizes["upsample_kernel_sizes_decoder"], strict=True):
        frames += kernel / up / rate
        rate *= up
        blocks = zip(sizes["resblock_kernel_sizes_decoder"], sizes["resblock_dilation_sizes_decoder"], strict=True)
        frames += max((kernel - 1) / 2 * sum(each + 1 for each in dilations) for kernel, dilations in blocks) / rate
    return int(frames + 3 / rate) + 1


def _paced(lasts: Tensor, speed: float) -> Tensor:
    """Return how many whole frames each token lasts at a pace; rounded so that the sum of no beginning is off."""
    ends = (lasts.cumsum(0) / speed).round().clamp(max=MOST_FRAMES)
    ends[-1] = ends[-1].clamp(min=1)
    return torch.diff(ends, prepend=ends.new_zeros(1)).long()


def _knows(known: Callable[[str], int], sign: str) -> bool:
    try:
        known(sign)
    except KeyError:
        return False
    return True


def _load(folder: ModelFolder, names: Mapping[str, int], device: torch.device) -> tuple[Vits, TTSTokenizer]:
    compat.prepare()
    from TTS.tts.models.vits import Vits

    weights = _safe_weights(folder.path)
    try:
        config = _configuration(folder)
        tokenizer = phonemes.tokenizer(config)
        tensors = {name: each for name, each in load_file(weights).items() if not name.startswith(_UNUSED)}
        if names:
            config.speakers = [str(number) for number in range(tensors["emb_g.weight"].shape[0])]
            if max(names.values()) >= len(config.speakers):
                raise BadModel(f"{folder.path} has {len(config.speakers)} speakers, and names for more")
        kind = type(tokenizer.characters)
        config.characters.characters_class = f"{kind.__module__}.{kind.__name__}"
        config.use_phonemes = False  # so that the library looks for no phonemizer: the tokenizer has one
        net = Vits(config)
        del net.posterior_encoder
        net.load_state_dict(tensors, strict=True)
        for module in net.modules():
            if parametrize.is_parametrized(module):  # norms that only training needs
                for name in list(module.parametrizations):
                    parametrize.remove_parametrizations(module, name)
    except BadModel:
        raise
    except Exception as error:  # the library raises whatever it meets
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise BadModel(f"the files in {folder.path} do not fit each other: {' '.join(lines)[:300]}") from error
    return net.train(False).to(device), tokenizer


def _configuration(folder: ModelFolder) -> VitsConfig:
    """Return the model's configuration, without what only training needs and without paths."""
    from TTS.tts.configs.vits_config import VitsConfig

    config = VitsConfig()
    config.from_dict(dict(folder.config))
    args = config.model_args
    if args.use_d_vector_file or args.use_language_embedding:
        raise BadModel(f"{folder.path / CONFIG} describes a VITS of several languages or with vectors of speakers")
    args.init_discriminator = args.use_speaker_encoder_as_loss = False
    args.speaker_encoder_model_path = args.speaker_encoder_config_path = ""
    args.speakers_file = args.d_vector_file = None
    config.speakers_file = config.d_vector_file = None
    if config.characters is None:
        config.characters = phonemes.characters(config).to_config()
    return config


def _safe_weights(path: Path) -> Path:
    """Return the file of weights as safetensors, which is made of the published one where needed."""
    safe, published = path / VITS_SAFE, weights_of(path)
    if published is None:
        raise BadModel(f"{path} has no weights")
    if published != safe:
        make_safe(published, safe)
    return safe


def let_go() -> None:
    """Give the memory back that nothing holds any more."""
    devices.let_go()
