"""Codes are drawn as `transformers` draws them for the library."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")
transformers = pytest.importorskip("transformers", reason="transformers is not installed")

CODES, ROWS = 200, 4


def test_the_chances_are_those_of_the_library() -> None:
    from engine.coqui_engine.sampling import choose

    generator = torch.Generator().manual_seed(3)
    logits = 3 * torch.randn(ROWS, CODES, generator=generator)
    history = torch.randint(0, CODES, (ROWS, 30), generator=generator)
    said = torch.zeros(ROWS, CODES, dtype=torch.bool).scatter_(1, history, True)
    wanted = logits.clone()
    for process in (
        transformers.RepetitionPenaltyLogitsProcessor(5.0),
        transformers.TemperatureLogitsWarper(0.75),
        transformers.TopKLogitsWarper(50),
        transformers.TopPLogitsWarper(0.85),
    ):
        wanted = process(history, wanted)
    draws = 4001
    counts = torch.zeros(ROWS, CODES)
    tastes = {"temperature": torch.full((ROWS,), 0.75), "nucleus": torch.full((ROWS,), 0.85)}
    for number in range(draws):
        chance = torch.full((ROWS,), number / draws)
        codes = choose(logits, said, chance, penalty=torch.full((ROWS,), 5.0), **tastes)
        counts[torch.arange(ROWS), codes] += 1
    assert (counts / draws - wanted.softmax(1)).abs().max() < 2 / draws + 1e-4


def test_a_greedy_row_takes_the_likeliest() -> None:
    from engine.coqui_engine.sampling import Taste, chances, choose

    assert not chances(1, 10, Taste(greedy=True)).any()
    assert chances(1, 10, Taste()).any()
    logits = torch.randn(ROWS, CODES, generator=torch.Generator().manual_seed(1))
    ones, said = torch.ones(ROWS), torch.zeros(ROWS, CODES, dtype=torch.bool)
    codes = choose(logits, said, 0 * ones, temperature=ones, nucleus=0.85 * ones, penalty=ones)
    assert torch.equal(codes, logits.argmax(1))


def test_the_end_of_chance_is_still_in_the_nucleus() -> None:
    from engine.coqui_engine.sampling import choose

    ones, said = torch.ones(1), torch.zeros(1, CODES, dtype=torch.bool)
    logits = torch.full((1, CODES), -20.0).index_fill(1, torch.tensor([3, 5]), 1.0)
    codes = choose(logits, said, ones, temperature=ones, nucleus=0.99 * ones, penalty=ones)
    assert int(codes) in (3, 5)
