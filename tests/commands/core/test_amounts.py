"""How much of what is counted, in words."""

from __future__ import annotations

import pytest

from commands.core.amounts import LABELS, SPANS, figure, in_words
from storage.metrics import Metric, Period


@pytest.mark.parametrize(
    ("metric", "number", "said", "more"),
    [
        (Metric.GENERATIONS, 1, "1 generation", "1 more generation"),
        (Metric.CHARACTERS, 1_200, "1,200 characters", "1,200 more characters"),
        (Metric.SECONDS, 1, "1 second of audio", "1 more second of audio"),
        (Metric.SECONDS, 90, "90 seconds of audio", "90 more seconds of audio"),
        (Metric.BYTES, 1_500_000, "1.5 MB", "1.5 MB more of storage"),
        (Metric.VOICES, 2, "2 voices", "2 more voices"),
    ],
)
def test_an_amount_names_what_it_is_of(metric: Metric, number: int, said: str, more: str) -> None:
    assert in_words(metric, number) == said
    assert in_words(metric, number, more=True) == more


def test_a_figure_stands_where_the_metric_is_named_already() -> None:
    assert figure(Metric.CHARACTERS, 1_200) == "1,200"
    assert figure(Metric.BYTES, 1_200) == "1 kB"


def test_every_metric_and_every_period_has_its_words() -> None:
    assert set(LABELS) == set(Metric)
    assert set(SPANS) == set(Period)
