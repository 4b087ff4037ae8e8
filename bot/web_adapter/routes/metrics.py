"""/metrics: figures for Prometheus, in its text form. They name no people, no places and no texts."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.web_adapter.condition import Check, checks
from bot.web_adapter.parts import Parts
from bot.web_adapter.shapes import Error
from bot.web_adapter.who import Watcher
from engine.health import EngineHealth
from engine.value import value
from storage import statistics
from storage.database import Transaction
from storage.statistics import DayUse, Stored

STATES = ("pending", "ready", "running", "succeeded", "failed", "cancelled")


@value
class Figures:
    """What is told, as it was when it was asked for."""

    states: dict[str, int]
    stored: Stored
    today: DayUse
    free: int
    checks: list[Check]
    engines: dict[str, EngineHealth]


def routes(parts: Parts) -> APIRouter:
    """What is served for Prometheus."""
    router = APIRouter(tags=["health"])
    own = CollectorRegistry()
    ProcessCollector(registry=own)
    PlatformCollector(registry=own)

    @router.get(
        "/metrics",
        response_class=Response,
        responses={
            200: {"content": {"text/plain": {"schema": {"type": "string"}}}},
            401: {"model": Error},
            403: {"model": Error},
        },
    )
    async def tell(visitor: Watcher) -> Response:
        """Tell how many jobs are how far, how long they wait, what is kept, and what works."""

        def look(tx: Transaction) -> tuple[dict[str, int], Stored, DayUse]:
            return statistics.states(tx), statistics.stored(tx), statistics.days(tx, 1)[0]

        states, stored, today = await parts.database.read(look)
        figures = Figures(
            states=states,
            stored=stored,
            today=today,
            free=parts.folder.free_bytes(),
            checks=await checks(parts),
            engines=dict(parts.host.health),
        )
        registry = CollectorRegistry()
        registry.register(_Once(figures))
        return Response(generate_latest(registry) + generate_latest(own), media_type=CONTENT_TYPE_LATEST)

    return router


class _Once(Collector):
    """Tells figures that are there already."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        """Yield them."""
        told = self._figures
        jobs = GaugeMetricFamily("mynah_jobs", "Jobs that are known, by how far they are.", labels=["state"])
        for state in STATES:
            jobs.add_metric([state], told.states.get(state, 0))
        yield jobs
        wait = GaugeMetricFamily("mynah_wait_seconds_today", "How long jobs of today waited.", labels=["quantile"])
        wait.add_metric(["0.5"], told.today.wait_p50)
        wait.add_metric(["0.9"], told.today.wait_p90)
        yield wait
        for name, words, figure in (
            ("mynah_generations_today", "Jobs that succeeded since midnight, UTC.", told.today.generations),
            ("mynah_audio_seconds_today", "Sound made since midnight, UTC.", told.today.seconds),
            ("mynah_files", "Files that are kept.", told.stored.files),
            ("mynah_files_bytes", "Their size.", told.stored.file_bytes),
            ("mynah_recordings_bytes", "The size of what voices are made from.", told.stored.recording_bytes),
            ("mynah_disk_free_bytes", "Room on the disk of the data folder.", told.free),
        ):
            yield GaugeMetricFamily(name, words, figure)
        works = GaugeMetricFamily(
            "mynah_up", "Whether a part of Mynah works: 1 it does, 0 it does not.", labels=["part"]
        )
        for each in told.checks:
            works.add_metric([each.name], float(each.good))
        yield works
        held = GaugeMetricFamily("mynah_engine_held_bytes", "Memory that an engine takes.", labels=["engine"])
        for name, health in told.engines.items():
            held.add_metric([name], health.held_bytes)
        yield held
