"""The library can be imported, and reads files without FFmpeg's libraries."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.engine.coqui_engine import tiny


def test_files_are_read_and_written_by_soundfile(tmp_path: Path) -> None:
    if reason := tiny.why_not():
        pytest.skip(reason)
    from engine.coqui_engine import compat

    compat.prepare()
    compat.prepare()
    import torch
    import torchaudio

    samples = torch.linspace(-0.5, 0.5, 300)[None]
    torchaudio.save(str(tmp_path / "a.wav"), samples, 8_000)
    read, rate = torchaudio.load(str(tmp_path / "a.wav"))
    assert rate == 8_000
    np.testing.assert_allclose(read.numpy(), samples.numpy(), atol=1e-4)


def test_the_library_resamples_without_the_native_part() -> None:
    if reason := tiny.why_not():
        pytest.skip(reason)
    from engine.coqui_engine import compat

    compat.prepare()
    import torch
    from torchaudio.functional import resample

    tone = torch.sin(torch.arange(2400) * 0.05)[None]
    assert resample(tone, 24_000, 16_000).shape == (1, 1600)
