"""A tiny XTTS with random weights, in the layout of the real one: for tests, made where it is needed, never kept."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from TTS.tts.models.xtts import Xtts

LANGUAGES = ["en", "es", "fr", "de", "it", "pt", "pl", "tr", "ru", "nl", "cs", "ar", "zh-cn", "hu", "ko", "ja", "hi"]
NAMES = ("Claribel Dervla", "Aaron Dreschner")
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789!'(),-.:;?áàâäãåçéèêëíìîïñóòôöõúùûüýÿœßłżźćńśąęğışőűčďěňřšťůž"
WIDTH, LAYERS, HEADS = 32, 2, 2
LONGEST = 60
"""About how many codes a row gets at most: 2.7 s."""


def why_not() -> str:
    """Say why no tiny model can be made here; empty where one can."""
    missing = [name for name in ("torch", "torchaudio", "TTS") if find_spec(name) is None]
    return f"{missing[0]} is not installed" if missing else ""


@contextmanager
def slim() -> Iterator[None]:
    """Make the library's vocoder, whose size is written into it, small while this lasts."""
    from engine.coqui_engine import compat

    compat.prepare()
    import TTS.tts.models.xtts as library
    from TTS.tts.layers.xtts.hifigan_decoder import HifiDecoder

    small = functools.partial(
        HifiDecoder,
        upsample_initial_channel_decoder=32,
        resblock_kernel_sizes_decoder=[3, 5],
        resblock_dilation_sizes_decoder=[[1, 3, 5], [1, 3, 5]],
    )
    library.HifiDecoder = small
    try:
        yield
    finally:
        library.HifiDecoder = HifiDecoder


def make_converted(folder: Path) -> Path:
    """Write the files of a tiny model as its first start leaves them, which converts them in a process."""
    from engine.coqui_engine.convert import convert

    make(folder)
    for name in ("model", "speakers_xtts"):
        convert(folder / f"{name}.pth", folder / f"{name}.safetensors")
        (folder / f"{name}.pth").unlink()
    return folder


def make(folder: Path) -> Path:
    """Write the files of a tiny model into a folder, and return it."""
    from engine.coqui_engine import compat

    compat.prepare()
    import torch
    from TTS.tts.configs.xtts_config import XttsArgs, XttsAudioConfig, XttsConfig
    from TTS.tts.layers.xtts.tokenizer import VoiceBpeTokenizer
    from TTS.tts.models.xtts import Xtts

    folder.mkdir(parents=True)
    write_vocabulary(folder / "vocab.json")
    args = XttsArgs(
        gpt_layers=LAYERS,
        gpt_n_model_channels=WIDTH,
        gpt_n_heads=HEADS,
        gpt_max_audio_tokens=LONGEST,
        gpt_num_audio_tokens=66,
        gpt_start_audio_token=64,
        gpt_stop_audio_token=65,
        gpt_use_perceiver_resampler=True,
        decoder_input_dim=WIDTH,
    )
    config = XttsConfig(
        model_args=args,
        audio=XttsAudioConfig(),
        languages=LANGUAGES,
        repetition_penalty=5.0,
        gpt_cond_len=30,
        max_ref_len=30,
    )
    torch.manual_seed(0)
    with slim():
        model = Xtts(config)
        model.tokenizer = VoiceBpeTokenizer(folder / "vocab.json")
        model.init_models()
    _liven(model)
    model.config.save_json(str(folder / "config.json"))
    torch.save({"model": model.state_dict(), "config": model.config.to_dict()}, folder / "model.pth")
    chance = torch.Generator().manual_seed(1)
    speakers = {
        name: {
            "gpt_cond_latent": torch.randn(1, 32, WIDTH, generator=chance),
            "speaker_embedding": torch.nn.functional.normalize(torch.randn(1, 512, 1, generator=chance), dim=1),
        }
        for name in NAMES
    }
    torch.save(speakers, folder / "speakers_xtts.pth")
    return folder


def _liven(model: Xtts) -> None:
    """Make what the network says depend on text and speaker, and end now and then, so that tests can tell."""
    import torch

    gpt = model.gpt
    with torch.no_grad():
        gpt.text_embedding.weight.mul_(20)
        gpt.mel_embedding.weight.mul_(20)
        for parameter in gpt.gpt.parameters():
            if parameter.dim() == 2:
                torch.nn.init.normal_(parameter, std=2.5 / parameter.shape[0] ** 0.5)
        torch.nn.init.normal_(gpt.mel_head.weight, std=0.5)
        gpt.mel_head.bias[gpt.stop_audio_token] = -1.0
        # Louder than random weights are, so that it is heard.
        model.hifigan_decoder.waveform_decoder.conv_post.weight.mul_(3)


def write_vocabulary(path: Path) -> None:
    """Write a vocabulary of letters."""
    from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers

    special = ["[STOP]", "[UNK]", "[SPACE]", *(f"[{language}]" for language in LANGUAGES), "[START]"]
    vocabulary = {token: number for number, token in enumerate([*special, *LETTERS])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[], unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.add_special_tokens([AddedToken(token, normalized=False) for token in special])
    tokenizer.save(str(path))


def by_the_library(folder: Path) -> Xtts:
    """Load a tiny model the library's own way."""
    from TTS.tts.configs.xtts_config import XttsConfig
    from TTS.tts.models.xtts import Xtts

    config = XttsConfig()
    config.load_json(str(folder / "config.json"))
    with slim():
        model = Xtts(config)
        model.load_checkpoint(config, checkpoint_dir=str(folder), eval=True)
    return model
