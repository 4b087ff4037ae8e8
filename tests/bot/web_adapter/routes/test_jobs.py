"""What its person asked for, over the API: to ask, to look, to cancel; and nobody else's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.programs import Programs, programs

JOBS = "/api/v1/jobs"


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[Programs]:
    async with programs(tmp_path) as made:
        yield made


async def test_a_job_is_asked_for_done_and_shown_with_its_files(there: Programs) -> None:
    job = await there.job("speak", {"text": "Hello there.", "format": "mp3", "timestamps": "words"})
    assert (job["command"], job["state"], job["text"], job["progress"]) == ("speak", "succeeded", "Hello there.", 1.0)
    assert [each["format"] for each in job["files"]] == ["mp3", "json", "srt", "vtt"]
    listed = (await there.ada.get(JOBS)).json()
    assert listed == {"jobs": [job], "more": False}


async def test_lists_come_in_pages_and_by_state(there: Programs) -> None:
    for text in ("One.", "Two.", "Three."):
        await there.job("speak", {"text": text})
    await there.job("trick refuse", {})
    page = (await there.ada.get(JOBS, params={"limit": 2, "skip": 1})).json()
    assert [each["text"] for each in page["jobs"]] == ["Three.", "Two."] and page["more"]
    failed = (await there.ada.get(JOBS, params={"state": "failed"})).json()["jobs"]
    assert [(each["command"], bool(each["message"])) for each in failed] == [("trick refuse", True)]


async def test_the_same_key_twice_is_one_job(there: Programs) -> None:
    order, key = {"command": "speak", "values": {"text": "Once."}}, {"Idempotency-Key": "a"}
    first, second = [(await there.ada.post(JOBS, json=order, headers=key)).json()["id"] for _ in range(2)]
    assert first == second
    others = (await there.bob.post(JOBS, json=order, headers=key)).json()["id"]
    assert others != first  # keys are everybody's own
    other = {"command": "speak", "values": {"text": "Something else."}}
    refused = await there.ada.post(JOBS, json=other, headers=key)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "KeyUsed")
    assert await there.mynah.value("SELECT COUNT(*) FROM jobs") == 2


async def test_a_job_that_runs_is_cancelled_and_is_then_no_more_to_cancel(there: Programs) -> None:
    id = (await there.ada.post(JOBS, json={"command": "trick wait"})).json()["id"]
    await there.mynah.until("SELECT state FROM jobs WHERE id = :id", "running", id=id)
    assert (await there.bob.delete(f"{JOBS}/{id}")).status_code == 404
    cancelled = await there.ada.delete(f"{JOBS}/{id}")
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert (await there.ada.delete(f"{JOBS}/{id}")).status_code == 409
    assert await there.mynah.charged() == (0, 0)


async def test_somebody_elses_job_looks_like_none(there: Programs) -> None:
    id = (await there.job("speak", {"text": "Mine."}))["id"]
    for ask in (there.bob.get, there.bob.delete, there.owner.get):
        theirs, none = await ask(f"{JOBS}/{id}"), await ask(f"{JOBS}/{id + 100}")
        assert theirs.status_code == none.status_code == 404
        assert theirs.content == none.content
        assert {**theirs.headers, "date": ""} == {**none.headers, "date": ""}


async def test_what_cannot_be_is_refused_in_a_sentence(there: Programs) -> None:
    wrong: tuple[tuple[dict[str, object], int], ...] = (
        ({"command": "quota show"}, 422),
        ({"command": "no such thing"}, 422),
        ({"command": "speak", "values": {"text": "Hi.", "tempo": 2}}, 422),
        ({"command": "speak", "values": {"text": "Hi.", "voice": "nobody"}}, 404),
        ({"command": "speak", "values": {"file": {"upload": "none"}}}, 404),
        ({"command": "speak", "values": {"file": {"path": "/etc/passwd", "name": "a.txt"}}}, 404),
        ({"values": {}}, 422),
    )
    for order, status in wrong:
        answer = await there.ada.post(JOBS, json=order)
        assert answer.status_code == status
        assert answer.json()["error"]["message"].endswith((".", "?"))
    assert await there.mynah.value("SELECT COUNT(*) FROM jobs") == 0


async def test_an_answer_of_the_api_is_no_message_of_the_page(there: Programs) -> None:
    await there.job("speak", {"text": "Quietly."})
    assert (await there.ada.get("/api/page/history")).json()["messages"] == []
