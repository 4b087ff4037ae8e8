"""The vocoder's network makes what the library's makes, and looks no further than it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from TTS.tts.models.xtts import Xtts

FRAMES, HOP = 120, 256


def test_it_makes_what_the_library_makes_and_leaves_that_as_it_was(library: Xtts) -> None:
    import torch

    from engine.coqui_engine.hifigan import HifiGan

    network = library.hifigan_decoder.waveform_decoder
    generator = torch.Generator().manual_seed(2)
    frames = torch.randn(3, library.args.decoder_input_dim, FRAMES, generator=generator)
    speakers = torch.randn(3, 512, 1, generator=generator)
    with torch.inference_mode():
        before = network(frames, g=speakers)[:, 0]
        torch.testing.assert_close(HifiGan(network, torch.float32)(frames, speakers), before, atol=1e-6, rtol=0)
        torch.testing.assert_close(network(frames, g=speakers)[:, 0], before)


def test_a_sample_depends_on_no_more_frames_than_the_margin_says(library: Xtts) -> None:
    import torch

    from engine.coqui_engine.hifigan import HifiGan

    network = HifiGan(library.hifigan_decoder.waveform_decoder, torch.float32)
    frames = torch.randn(1, library.args.decoder_input_dim, FRAMES, generator=torch.Generator().manual_seed(3))
    changed = frames.clone()
    changed[:, :, FRAMES // 2] += 5
    with torch.inference_mode():
        speaker = torch.ones(1, 512, 1)
        apart = (network(frames, speaker) - network(changed, speaker))[0].abs().view(FRAMES, HOP).amax(1)
    touched = (apart > 1e-6).nonzero()[:, 0] - FRAMES // 2
    assert 0 < touched.max() <= network.margin
    assert -network.margin <= touched.min() < 0
