"""Kernels of our own do what torch's do."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")
if not torch.cuda.is_available():
    pytest.skip("no graphics processor is here", allow_module_level=True)

ROWS, HEADS, WIDTH, PLACES = 5, 4, 64, 160


@pytest.mark.parametrize(("precision", "near"), [("float32", 1e-5), ("float16", 5e-3)])
def test_looking_up_writes_and_finds_the_same(precision: str, near: float) -> None:
    from engine.coqui_engine.gpt import Plain
    from engine.coqui_engine.kernels import Fused

    dtype = getattr(torch, precision)
    cache = torch.randn(2, ROWS + 1, PLACES, HEADS, WIDTH, dtype=dtype, device="cuda")
    qkv = torch.randn(ROWS, 3, HEADS, WIDTH, dtype=dtype, device="cuda")
    length = torch.tensor([0, 1, 63, 64, 150], device="cuda")
    caches = cache.clone(), cache.clone()
    plain = Plain().attend(qkv, caches[0], length, PLACES)
    torch.testing.assert_close(Fused().attend(qkv, caches[1], length, PLACES), plain, atol=near, rtol=near)
    torch.testing.assert_close(*caches, atol=0, rtol=0)


def test_adding_and_normalising_is_the_same() -> None:
    from engine.coqui_engine.gpt import Plain
    from engine.coqui_engine.kernels import Fused

    x, y = torch.randn(2, ROWS, 1024, device="cuda")
    norm = torch.randn(1024, device="cuda"), torch.randn(1024, device="cuda")
    for plain, fused in zip(Plain().add_norm(x, y, norm), Fused().add_norm(x, y, norm), strict=True):
        torch.testing.assert_close(fused, plain, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("biased", [0, 1, ROWS])
@pytest.mark.parametrize("other", [False, True])
def test_what_stands_between_convolutions_is_the_same(biased: int, other: bool) -> None:
    from engine.coqui_engine.hifigan import PlainTouch
    from engine.coqui_engine.kernels import FusedTouch

    x, more = (
        torch.randn(ROWS, 8, 1, 300, device="cuda").contiguous(memory_format=torch.channels_last) for _ in range(2)
    )
    bias = torch.randn(biased, 8, 1, 1, device="cuda") if biased else None
    made = [touch(x.clone(), bias, more if other else None) for touch in (PlainTouch(), FusedTouch())]
    for plain, fused in zip(*made, strict=True):
        torch.testing.assert_close(fused, plain)
