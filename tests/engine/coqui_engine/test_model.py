"""A loaded model knows speakers as the library does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine.coqui_engine.layout import BadModel, xtts_folders
from engine.speech import Audio
from tests.engine.coqui_engine import tiny

if TYPE_CHECKING:
    from TTS.tts.models.xtts import Xtts

    from engine.coqui_engine.model import Model


@pytest.fixture(scope="module")
def model(models: Path) -> Model:
    import torch

    from engine.coqui_engine.model import Model

    (folder,), _ = xtts_folders(models)
    with tiny.slim():
        return Model(folder, torch.device("cpu"))


def speech(seconds: float, rate: int) -> Audio:
    noise = np.random.default_rng(1).standard_normal(int(seconds * rate)).astype(np.float32)
    return Audio(samples=np.clip(0.2 * noise, -1, 1), rate=rate)


def test_a_speaker_is_learned_as_the_library_learns_it(model: Model, library: Xtts, tmp_path: Path) -> None:
    import soundfile  # type: ignore[import-untyped]  # it has no types
    import torch

    audio = speech(7.0, 22_050)
    soundfile.write(tmp_path / "a.wav", audio.samples, audio.rate, subtype="FLOAT")
    latents, embedding = library.get_conditioning_latents(
        str(tmp_path / "a.wav"), max_ref_length=30, gpt_cond_len=30, gpt_cond_chunk_len=4
    )
    learned = model.learn([audio], lambda share: None)
    torch.testing.assert_close(learned.latents, latents, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(learned.embedding, embedding, atol=1e-5, rtol=1e-4)


def test_the_speakers_that_it_brings_are_those_of_the_library(model: Model, library: Xtts) -> None:
    import torch

    for name, held in library.speaker_manager.speakers.items():
        torch.testing.assert_close(model.voices()[name].latents, held["gpt_cond_latent"])
        torch.testing.assert_close(model.voices()[name].embedding, held["speaker_embedding"])


def test_the_tokens_are_those_of_the_library(model: Model, library: Xtts) -> None:
    text = " Dr. Smith pays $20 for 3 apples. "
    assert model.tokens(text, "en") == library.tokenizer.encode(text.strip().lower(), lang="en")
    assert model.tokens(text, "de") != model.tokens(text, "en")


def test_what_is_no_speaker_is_refused(model: Model) -> None:
    import torch

    good = model.voices()[tiny.NAMES[0]]
    for latents, embedding in (
        (good.latents[:, :5], good.embedding),
        (good.latents, good.embedding[:, :5]),
        (good.latents * float("nan"), good.embedding),
    ):
        with pytest.raises(BadModel):
            model.voice(latents, embedding)
    assert torch.equal(model.voice(good.latents, good.embedding).latents, good.latents)
