"""Tiny VITS models with random weights, in the layout of the published ones: made where they are needed, never kept."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from TTS.tts.configs.vits_config import VitsConfig
    from TTS.tts.models.vits import Vits

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"
IPA = "abcdefhijklmnopqrstuvwxyzæçðøŋœɐ\u0251ɒɔəɚɛɜ\u0261\u026aɲɹɾʁʃʊʌʒ\u0294\u02c8ˌ\u02d0θ\u0303"
SPEAKERS = ("ED\n", "p225", "p226")


def why_not() -> str:
    """Say why no tiny model can be made here; empty where one can."""
    missing = [name for name in ("torch", "torchaudio", "TTS") if find_spec(name) is None]
    return f"{missing[0]} is not installed" if missing else ""


def make(
    folder: Path,
    *,
    speakers: tuple[str, ...] = (),
    phonemes: str = "",
    language: str = "en",
    listed: bool = False,
    digits: bool = True,
) -> Path:
    """Write the files of a tiny model into a folder, and return it.

    Args:
        folder: Where; it is made.
        speakers: The names of its speakers; none: it has one, without a name.
        phonemes: The language of its phonemes; empty: it says letters.
        language: What it says that it was trained on.
        listed: Whether its speakers stand in its configuration; else in a file beside it.
        digits: Whether it knows digits.
    """
    from engine.coqui_engine import compat

    compat.prepare()
    import torch
    from TTS.tts.models.vits import Vits

    folder.mkdir(parents=True)
    config = _configuration(speakers, LETTERS + DIGITS * digits, IPA if phonemes else "")
    torch.manual_seed(0)
    model = Vits(config)
    _liven(model)
    model.config.save_json(str(folder / "config.json"))
    torch.save({"model": model.state_dict(), "config": model.config.to_dict(), "step": 7}, folder / "model_file.pth")
    _tell(folder, speakers, phonemes, language, listed)
    return folder


def _configuration(speakers: tuple[str, ...], letters: str, ipa: str) -> VitsConfig:
    """Describe a model that is as small as can be."""
    from TTS.tts.configs.shared_configs import CharactersConfig
    from TTS.tts.configs.vits_config import VitsArgs, VitsConfig

    args = VitsArgs(
        hidden_channels=16,
        hidden_channels_ffn_text_encoder=32,
        num_heads_text_encoder=2,
        num_layers_text_encoder=1,
        num_layers_posterior_encoder=1,
        num_layers_flow=1,
        resblock_kernel_sizes_decoder=[3, 5],
        resblock_dilation_sizes_decoder=[[1, 3, 5], [1, 3, 5]],
        upsample_initial_channel_decoder=32,
        init_discriminator=False,
        use_speaker_embedding=bool(speakers),
        speaker_embedding_channels=8,
    )
    characters = CharactersConfig(
        characters_class="TTS.tts.models.vits.VitsCharacters",
        pad="_",
        eos="",
        bos="",
        blank="<BLNK>",
        characters=letters,
        punctuations="!'(),-.:;? ",
        phonemes=ipa,
    )
    return VitsConfig(
        model_args=args,
        characters=characters,
        text_cleaner="basic_cleaners",
        use_speaker_embedding=bool(speakers),
        speakers=list(speakers) or None,
    )


def _tell(folder: Path, speakers: tuple[str, ...], phonemes: str, language: str, listed: bool) -> None:
    """Bring the configuration into the form in which such models were published."""
    import torch

    file = folder / "config.json"
    config = json.loads(file.read_text("utf-8"))
    config |= {"datasets": [{"language": language}], "use_phonemes": bool(phonemes), "phonemizer": None}
    config["phoneme_language"] = phonemes or None
    if speakers and not listed:
        config["speakers"] = None
        config["speakers_file"] = config["model_args"]["speakers_file"] = "/home/somebody/training/speaker_ids.pth"
        torch.save({name: number for number, name in enumerate(speakers)}, folder / "speaker_ids.pth")
    file.write_text(json.dumps(config), "utf-8")


def _liven(model: Vits) -> None:
    """Make it loud, make letters last for some frames, and speakers sound differently, so that tests can tell."""
    import torch

    with torch.no_grad():
        flow = model.duration_predictor.flows[0]
        flow.translation[0] = -0.4  # the logarithm of how many frames a letter lasts, taken off
        model.waveform_decoder.conv_post.weight.mul_(80)
        if hasattr(model, "emb_g"):
            model.emb_g.weight.mul_(5)


def by_the_library(folder: Path) -> Vits:
    """Load a tiny model that says letters the library's own way."""
    from TTS.config import load_config
    from TTS.tts.models.vits import Vits

    config = load_config(str(folder / "config.json"))
    model = Vits(config)
    model.load_checkpoint(config, str(folder / "model_file.pth"), eval=True)
    return model
