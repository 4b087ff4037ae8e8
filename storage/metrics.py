"""What is counted, over which time, and how much of it something takes."""

from __future__ import annotations

import enum

from engine.value import value


class Metric(enum.Enum):
    """What is counted."""

    GENERATIONS = "generations"
    CHARACTERS = "characters"
    SECONDS = "seconds"
    CLONES = "clones"
    VOICES = "voices"
    BYTES = "bytes"

    __hash__ = object.__hash__  # a member is only ever itself; the inherited one computes, and is asked all the time

    @property
    def is_stock(self) -> bool:
        """Whether it is held, and comes free again when what holds it goes; the others are used up."""
        return self in (Metric.VOICES, Metric.BYTES)

    @property
    def periods(self) -> tuple[Period, ...]:
        """The periods over which it is counted."""
        return (Period.HELD,) if self.is_stock else (Period.DAY, Period.MONTH)


class Period(enum.Enum):
    """How long use counts."""

    DAY = "day"
    """Until midnight in the place's time zone."""
    MONTH = "month"
    """Until the first midnight of the next month, there."""
    HELD = "held"
    """As long as it is there; the only period of a stock, and of nothing else."""

    __hash__ = object.__hash__  # as above


@value
class Charge:
    """An amount of one metric."""

    metric: Metric
    """What is counted."""
    amount: int
    """How much of it, in whole units (characters, seconds, bytes …)."""
