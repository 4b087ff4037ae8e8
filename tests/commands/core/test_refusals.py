"""A limit that stands in the way, in words."""

from __future__ import annotations

import pytest

from commands.core.refusals import quota_reached
from storage.clock import HOUR
from storage.limits import Source
from storage.metrics import Metric, Period
from storage.quota import Shortage

NOW = 1_800_000_000_000


@pytest.mark.parametrize(
    ("metric", "period", "scope", "limit", "used", "wanted", "said"),
    [
        (
            *(Metric.CHARACTERS, Period.DAY, "shipped", 500, 490, 18),
            "That takes 18 characters, and 10 of your 500 characters a day are left. It starts again in 3 h; "
            "/quota show tells more.",
        ),
        (
            *(Metric.GENERATIONS, Period.MONTH, "place_cap", 1, 1, 1),
            "That takes 1 generation, and nothing of this place's 1 generation a month is left. It starts again in "
            "3 h; /quota show tells more.",
        ),
        (
            *(Metric.SECONDS, Period.DAY, "everywhere", 60, 0, 90),
            "That takes 90 seconds of audio; your overall limit is 60 seconds of audio a day. Ask for less, or ask "
            "an admin for more.",
        ),
        (
            *(Metric.BYTES, Period.HELD, "member", 10**6, 900_000, 200_000),
            "That takes 200 kB, and 100 kB of your 1 MB are left. Remove something that you keep, or ask an admin "
            "for more.",
        ),
    ],
)
def test_it_says_what_is_wanted_what_is_left_and_what_to_do(
    metric: Metric, period: Period, scope: Source, limit: int, used: int, wanted: int, said: str
) -> None:
    resets_at = None if period is Period.HELD else NOW + 3 * HOUR
    shortage = Shortage(
        metric=metric, period=period, scope=scope, limit=limit, used=used, wanted=wanted, resets_at=resets_at
    )
    assert str(quota_reached(shortage, NOW)) == said
