"""Whether Mynah works, as those who watch over it are told."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.programs import programs


async def test_the_process_answers_anybody_and_tells_more_to_whoever_watches_over_it(tmp_path: Path) -> None:
    async with programs(tmp_path) as there, there.pages.anonymous() as nobody:
        assert (await nobody.get("/healthz")).json() == {"ok": True}
        assert (await nobody.get("/readyz")).status_code == 401
        ready = await there.owner.get("/readyz")
        checks = {each["name"]: each["good"] for each in ready.json()["checks"]}
        assert ready.status_code == 200 and ready.json()["ready"]
        assert {"database", "disk", "engines", "engine espeak", "adapter web"} <= set(checks) and all(checks.values())


async def test_it_is_not_ready_where_something_does_not_work(tmp_path: Path) -> None:
    async with programs(tmp_path, files__least_free_mb=10_000_000) as there:
        told = await there.owner.get("/readyz")
        assert told.status_code == 503 and not told.json()["ready"]
        (bad,) = [each for each in told.json()["checks"] if not each["good"]]
        assert bad["name"] == "disk" and "10000000 MB is the least" in bad["words"]
