"""On a CPU nothing is switched on that only a graphics processor gains from; there, memory bounds the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from TTS.tts.models.xtts import Xtts


def test_a_cpu_decodes_plainly(library: Xtts) -> None:
    import torch

    from engine.coqui_engine import devices
    from engine.coqui_engine.gpt import Gpt, Plain

    cpu = torch.device("cpu")
    assert devices.precision(cpu) == torch.float32
    assert not devices.has_kernels(cpu)
    chosen = devices.switches(Gpt(library.gpt, torch.float32))
    assert (chosen.record, chosen.look) == (False, 1)
    assert isinstance(chosen.ways, Plain)
    assert devices.switches(Gpt(library.gpt, torch.float32), most=3).slots == 3


def test_the_rows_fit_into_the_memory_that_is_free(library: Xtts, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    from engine.coqui_engine import devices
    from engine.coqui_engine.gpt import Gpt
    from engine.coqui_engine.slots import row_bytes

    if not torch.cuda.is_available():
        pytest.skip("no graphics processor is here")
    gpt = Gpt(library.gpt.cuda(), torch.float16)
    library.gpt.cpu()
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (10 * row_bytes(gpt), 0))
    assert devices.switches(gpt).slots == int(10 * devices.SHARE)


def test_of_a_cpu_nobody_counts_what_torch_holds() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    from engine.coqui_engine import devices

    cpu = torch.device("cpu")
    assert devices.bytes_held(cpu) == 0 and devices.bytes_free(cpu) is None
    if torch.cuda.is_available():
        gpu = torch.device("cuda")
        held = torch.zeros(2**20, device=gpu)
        assert devices.bytes_held(gpu) >= held.nbytes and (devices.bytes_free(gpu) or 0) > 0
