"""The rules that commands go by, from the settings."""

from __future__ import annotations

from bot.settings import Quota, Settings
from commands.core.context import Rules
from commands.core.params import FileFormat
from storage.metrics import Metric
from storage.quota import Allowances


def rules(settings: Settings) -> Rules:
    """Return what the host has set that commands go by."""
    return Rules(
        default_voice=settings.speech.default_voice,
        allowances=allowances(settings.quota),
        file_days=settings.files.days,
        attempts=settings.jobs.attempts,
        waiting=settings.jobs.waiting,
        owners=frozenset(
            f"{name}:{each}" for name in type(settings.owners).model_fields for each in settings.owners_of(name)
        ),
        consent=settings.cloning.consent,
        examinations=settings.cloning.examinations_hour,
        formats={"discord": _format(settings.discord.format), "telegram": _format(settings.telegram.format)},
    )


def _format(kind: str) -> FileFormat:
    """A WAV file is what comes by itself, so that it is told as nothing else."""
    return FileFormat.AUTO if kind == "wav" else FileFormat(kind)


def allowances(quota: Quota) -> Allowances:
    """Return the limits that hold where nobody has set others: the setting of a metric and a period is named so."""
    return Allowances(
        member={
            (metric, period): getattr(quota, metric.value if metric.is_stock else f"{metric.value}_{period.value}")
            for metric in Metric
            for period in metric.periods
        }
    )
