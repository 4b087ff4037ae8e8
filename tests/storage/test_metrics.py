"""What is used up counts by day and month; what is held counts as long as it is there."""

from __future__ import annotations

import pytest

from storage.metrics import Metric, Period


@pytest.mark.parametrize("metric", Metric)
def test_a_stock_is_held_and_everything_else_is_used_up(metric: Metric) -> None:
    held = metric in (Metric.VOICES, Metric.BYTES)
    assert metric.is_stock is held
    assert metric.periods == ((Period.HELD,) if held else (Period.DAY, Period.MONTH))
