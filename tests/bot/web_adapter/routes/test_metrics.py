"""Figures for Prometheus."""

from __future__ import annotations

from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from tests.fakes.programs import programs


async def test_figures_tell_what_was_done_and_nobodys_name(tmp_path: Path) -> None:
    async with programs(tmp_path) as there, there.pages.anonymous() as nobody:
        assert (await nobody.get("/metrics")).status_code == 401
        file = await there.said("A secret that only Ada knows.")
        answer = await there.owner.get("/metrics")
        samples = {
            (each.name, *each.labels.values()): each.value
            for family in text_string_to_metric_families(answer.text)
            for each in family.samples
        }
        assert samples["mynah_jobs", "succeeded"] == 1 and samples["mynah_jobs", "failed"] == 0
        assert samples["mynah_files_bytes",] == file["bytes"]
        assert samples["mynah_audio_seconds_today",] > 0
        assert samples["mynah_up", "engine espeak"] == samples["mynah_up", "database"] == 1
        assert samples["mynah_disk_free_bytes",] > 0
        assert not any(word in answer.text for word in ("Ada", "secret", "user_id"))
