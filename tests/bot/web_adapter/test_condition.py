"""What works of a Mynah, and what does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.host import LiveHost
from bot.settings import Settings
from bot.web_adapter.condition import checks
from engine.health import EngineHealth, State
from tests.fakes.pages import paged


async def found(tmp_path: Path, wanted: Settings | None = None, **settings: Any) -> dict[str, tuple[bool, str]]:
    """What is found out, where so much is set up; `wanted` are other settings than those that it was started with."""
    async with paged(tmp_path, **settings) as pages:
        parts: Any = pages.app.desk.insides  # it has all of the parts that are looked at
        if wanted is not None:
            parts = replace(parts, settings=wanted)
        return {each.name: (each.good, each.words) for each in await checks(parts)}


async def test_all_is_well_in_a_mynah_that_has_just_started(tmp_path: Path) -> None:
    assert all(good for good, _ in (await found(tmp_path)).values())


async def test_a_full_disk_is_told_with_its_figures(tmp_path: Path) -> None:
    good, words = (await found(tmp_path, files__least_free_mb=10_000_000))["disk"]
    assert not good and "10000000 MB is the least" in words


async def test_a_platform_that_is_set_up_and_does_not_run_is_told(tmp_path: Path) -> None:
    told = await found(tmp_path, wanted=Settings.of({"discord": {"token": "one that came later"}}))
    assert told["adapter discord"] == (False, "discord does not run.")
    assert told["adapter web"] == (True, "")


@pytest.mark.parametrize(
    ("state", "good", "speaks"),
    [
        ("ready", True, True),
        ("unloaded", True, True),
        ("loading", True, False),
        ("failed", False, False),
        ("hung", False, False),
    ],
)
async def test_an_engine_that_loads_does_no_harm_and_one_that_hangs_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: State, good: bool, speaks: bool
) -> None:
    health = {"big": EngineHealth(state=state, since=0.0, note="It is so.")}
    monkeypatch.setattr(LiveHost, "health", property(lambda self: health))
    told = await found(tmp_path)
    assert (told["engine big"][0], told["engines"][0]) == (good, speaks)
