"""Handing in over the API: files that were given before, and keys that make one request of two."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.fakes.programs import Programs, programs

JOBS = "/api/v1/jobs"


async def give(there: Programs, content: bytes, name: str) -> dict[str, str]:
    answer = await there.ada.post(f"/api/page/uploads?name={name}", content=content)
    assert answer.status_code == 201, answer.text
    return {"upload": answer.json()["upload"]}


async def test_a_file_that_was_given_before_is_used_by_its_owner_only(tmp_path: Path) -> None:
    async with programs(tmp_path) as there:
        file = await give(there, b"Words from a file.", "page.txt")
        order = {"command": "speak", "values": {"file": file}}
        assert (await there.bob.post(JOBS, json=order)).status_code == 404
        job = await there.job("speak", {"file": file})
        assert job["state"] == "succeeded" and job["seconds"] > 0.5


async def test_the_same_key_at_the_same_time_is_one_job(tmp_path: Path) -> None:
    async with programs(tmp_path) as there:
        order, key = {"command": "speak", "values": {"text": "Once only."}}, {"Idempotency-Key": "k" * 200}
        answers = await asyncio.gather(*(there.ada.post(JOBS, json=order, headers=key) for _ in range(8)))
        assert {each.status_code for each in answers} == {202}
        assert len({each.json()["id"] for each in answers}) == 1
        assert await there.mynah.charged() in ((0, 1), (1, 0))


async def test_without_a_key_each_is_a_job_and_a_key_has_a_length(tmp_path: Path) -> None:
    async with programs(tmp_path) as there:
        order = {"command": "speak", "values": {"text": "Twice."}}
        first, second = [(await there.ada.post(JOBS, json=order)).json()["id"] for _ in range(2)]
        assert first != second
        for key in ("", "k" * 201):
            assert (await there.ada.post(JOBS, json=order, headers={"Idempotency-Key": key})).status_code == 422
