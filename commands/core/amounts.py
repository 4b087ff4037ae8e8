"""How much of what is counted, in words."""

from __future__ import annotations

from commands.core.words import count, size
from storage.metrics import Metric, Period

LABELS = {
    Metric.GENERATIONS: "Generations",
    Metric.CHARACTERS: "Characters",
    Metric.SECONDS: "Seconds of audio",
    Metric.CLONES: "Clones",
    Metric.VOICES: "Voices",
    Metric.BYTES: "Storage",
}
"""What a metric is called."""
SPANS = {Period.DAY: " a day", Period.MONTH: " a month", Period.HELD: ""}
"""Behind an amount: over which time it holds."""


def figure(metric: Metric, number: int) -> str:
    """'1,200'; of bytes '1.2 MB'."""
    return size(number) if metric is Metric.BYTES else f"{number:,}"


def in_words(metric: Metric, number: int, more: bool = False) -> str:
    """'12 generations', '1,200 more characters', '90 seconds of audio', '1.2 MB'."""
    extra = "more " if more else ""
    if metric is Metric.BYTES:
        return f"{size(number)} {extra}of storage" if more else size(number)
    if metric is Metric.SECONDS:
        return f"{number:,} {extra}second{'' if number == 1 else 's'} of audio"
    amount, thing = count(number, metric.value).split(" ")
    return f"{amount} {extra}{thing}"
