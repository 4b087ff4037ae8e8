"""All of Mynah at a glance, for whoever runs it and for nobody else."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.programs import programs

OVERVIEW = "/api/v1/owner/overview"


async def test_the_owner_sees_all_of_it_and_nobodys_texts(tmp_path: Path) -> None:
    async with programs(tmp_path, jobs__per_user=1) as there:
        file = await there.said("What only Ada knows.")
        await there.job("trick refuse", {})
        waits = [(await there.ada.post("/api/v1/jobs", json={"command": "trick wait"})).json()["id"] for _ in range(2)]
        await there.mynah.until("SELECT state FROM jobs WHERE id = :id", "running", id=waits[0])
        answer = await there.owner.get(OVERVIEW)
        told = answer.json()
        assert [(each["job"], each["state"], each["person"], each["place"]) for each in told["queue"]] == [
            (waits[0], "running", "Ada", None),
            (waits[1], "ready", "Ada", 0),
        ]
        assert [each["count"] for each in told["failures"]] == [1]
        assert (told["storage"]["files"], told["storage"]["bytes"]) == (1, file["bytes"]) and told["storage"]["free"]
        assert {each["name"]: each["state"] for each in told["engines"]}["espeak"] == "ready"
        (ada,) = [each for each in told["people"] if each["name"] == "Ada"]
        assert ada["used"]["characters_day"] == len("What only Ada knows.") and not ada["blocked"]
        assert ada["limits"]["generations_day"] == there.pages.app.loaded.settings.quota.generations_day
        assert (len(told["days"]), told["days"][-1]["generations"]) == (30, 1)
        assert told["places"] and "only Ada knows" not in answer.text
        there.mynah.tricks.go_on.set()
        await there.ended(waits[1])


async def test_it_is_for_the_owner_only(tmp_path: Path) -> None:
    async with programs(tmp_path) as there, there.pages.anonymous() as nobody:
        assert (await there.ada.get(OVERVIEW)).status_code == 403
        assert (await nobody.get(OVERVIEW)).status_code == 401
