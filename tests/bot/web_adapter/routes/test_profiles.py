"""Voices that people have made, over the API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage import clones
from storage.voices import Voice
from tests.fakes.programs import Programs, programs
from tests.storage import making

PROFILES = "/api/v1/profiles"


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[Programs]:
    async with programs(tmp_path) as made:
        yield made


@pytest.fixture
async def voice(there: Programs) -> Voice:
    """A voice of Ada's whose recording was looked at, and to which nobody has agreed."""
    return await there.pages.app.database.write(lambda tx: making.recorded(tx, making.person(tx), "Grandma"))


async def test_a_voice_of_ones_own_is_told_with_what_is_missing(there: Programs, voice: Voice) -> None:
    (listed,) = (await there.ada.get(PROFILES)).json()["profiles"]
    assert (listed["id"], listed["name"], listed["ready"], listed["consent"]) == (voice.id, "Grandma", False, "")
    assert listed["missing"] == "waits for consent" and listed["recordings"] == [voice.recording_id]
    assert (await there.ada.get(f"{PROFILES}/{voice.id}")).json() == listed


async def test_it_goes_with_all_that_belongs_to_it(there: Programs, voice: Voice) -> None:
    assert (await there.ada.delete(f"{PROFILES}/{voice.id}")).status_code == 204
    assert (await there.ada.get(f"{PROFILES}/{voice.id}")).status_code == 404
    for table in ("recordings", "voices WHERE user_id IS NOT NULL"):
        assert await there.mynah.value(f"SELECT COUNT(*) FROM {table}") == 0


async def test_it_is_not_made_before_its_person_has_agreed(there: Programs, voice: Voice) -> None:
    answer = await there.ada.post(f"{PROFILES}/{voice.id}/build")
    assert answer.status_code in (403, 409) and "agree" in answer.json()["error"]["message"]


async def test_somebody_elses_voice_and_a_built_in_one_look_like_none(there: Programs, voice: Voice) -> None:
    built_in = await there.mynah.value("SELECT id FROM voices WHERE name = 'de'")
    answers = [
        await ask(f"{PROFILES}/{id}{more}")
        for id in (voice.id, built_in, 99_999)
        for ask, more in ((there.bob.get, ""), (there.bob.delete, ""), (there.bob.post, "/build"))
    ]
    assert {(each.status_code, each.content) for each in answers} == {(404, answers[0].content)}
    kept = await there.pages.app.database.read(lambda tx: clones.own(tx, voice.user_id or 0, "Grandma"))
    assert kept is not None


async def test_what_is_no_recording_makes_no_voice(there: Programs) -> None:
    unknown = await there.ada.post(PROFILES, json={"name": "Ada", "upload": "no-such-upload"})
    assert unknown.status_code == 404
    upload = (await there.ada.post("/api/page/uploads?name=a.wav", content=b"no sound at all")).json()["upload"]
    assert (await there.bob.post(PROFILES, json={"name": "Ada", "upload": upload})).status_code == 404
    answer = await there.ada.post(PROFILES, json={"name": "Ada", "upload": upload})
    assert answer.status_code == 202, answer.text
    job = await there.ended(answer.json()["id"])
    assert job["state"] == "failed" and job["message"]
    assert (await there.ada.get(PROFILES)).json()["profiles"] == []
