"""What voices are made from, over the API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.cli_adapter.recordings import joined
from tests.engine.speech_sounds import REAL
from tests.fakes.programs import Programs, programs
from tests.storage import making

RECORDINGS = "/api/v1/recordings"


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[Programs]:
    async with programs(tmp_path) as made:
        yield made


async def test_a_recording_is_told_with_its_figures_to_its_owner_only(there: Programs) -> None:
    voice = await there.pages.app.database.write(lambda tx: making.recorded(tx, making.person(tx), "Grandma"))
    (listed,) = (await there.ada.get(RECORDINGS)).json()["recordings"]
    assert (listed["id"], listed["profile"], listed["status"]) == (voice.recording_id, voice.id, "ready")
    assert listed["score"] == 8.0 and listed["figures"]["snr_db"] == 31.0
    shown = await there.ada.get(f"{RECORDINGS}/{listed['id']}")
    assert shown.json() == listed
    theirs, none = [await there.bob.get(f"{RECORDINGS}/{id}") for id in (listed["id"], 99_999)]
    assert theirs.status_code == none.status_code == 404 and theirs.content == none.content
    assert (await there.bob.get(RECORDINGS)).json() == {"recordings": [], "more": False}


@pytest.mark.skipif(not REAL.is_dir(), reason="shared/speech is not here")
async def test_a_recording_of_a_person_is_looked_at_and_kept_for_a_voice(there: Programs, tmp_path: Path) -> None:
    sound = tmp_path / "reader.wav"
    joined(sorted((REAL / "librispeech" / "1688").glob("*.flac"))[:2], sound)
    given = await there.ada.post(f"/api/page/uploads?name={sound.name}", content=sound.read_bytes())
    answer = await there.ada.post(RECORDINGS, json={"profile": "Reader", "upload": given.json()["upload"]})
    assert answer.status_code == 202, answer.text
    job = await there.ended(answer.json()["id"])
    assert job["state"] == "succeeded", job["message"]
    (recording,) = (await there.ada.get(RECORDINGS)).json()["recordings"]
    assert recording["seconds"] > 8.0 and recording["score"] > 0 and recording["figures"]
    (profile,) = (await there.ada.get("/api/v1/profiles")).json()["profiles"]
    assert (profile["name"], profile["recordings"]) == ("Reader", [recording["id"]])
    card = job["files"][0]
    assert (await there.ada.get(card["url"])).headers["content-type"] == "image/png"
