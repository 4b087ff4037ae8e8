"""What was recorded does what the work itself does, with whatever stands in its tensors then."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")


@pytest.mark.parametrize("on", [False, True])
def test_a_recording_works_on_what_it_finds(on: bool) -> None:
    from engine.coqui_engine.recorder import Recorder

    if on and not torch.cuda.is_available():
        pytest.skip("no graphics processor is here")
    recorder = Recorder(on)
    numbers = torch.arange(4.0, device="cuda" if on else "cpu")
    recorder.record("double", lambda: numbers * 2)
    assert recorder.run("double", lambda: numbers * 2).tolist() == [0, 2, 4, 6]
    numbers.fill_(5)
    assert recorder.run("double", lambda: numbers * 2).tolist() == [10] * 4
    assert recorder.run("never recorded", lambda: numbers * 3).tolist() == [15] * 4
