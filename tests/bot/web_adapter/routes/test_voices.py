"""The voices that somebody may use, over the API."""

from __future__ import annotations

from pathlib import Path

from storage import clones
from storage.database import Transaction
from tests.fakes.programs import programs
from tests.storage import making


async def test_voices_are_listed_with_what_openais_names_stand_for(tmp_path: Path) -> None:
    async with programs(tmp_path, web__voices="alloy=de") as there:
        told = (await there.ada.get("/v1/voices")).json()
        ids = [each["id"] for each in told["data"]]
        assert {"de", "fr-fr", "en-gb"} <= set(ids) and len(ids) == len(set(ids)) and not told["more"]
        assert told["aliases"]["alloy"] == "de" and "nova" in told["aliases"]
        assert "annie" in told["variants"]["espeak"]
        german = (await there.ada.get("/v1/voices", params={"language": "de"})).json()["data"]
        assert {each["language"] for each in german} == {"de"}
        page = (await there.ada.get("/v1/voices", params={"limit": 2, "skip": 1})).json()
        assert [each["id"] for each in page["data"]] == ids[1:3] and page["more"]
        assert (await there.ada.get("/v1/audio/voices")).json() == told


async def test_a_voice_of_ones_own_is_there_for_its_owner_only(tmp_path: Path) -> None:
    def work(tx: Transaction) -> None:
        voice = making.clone(tx, making.person(tx), "Grandma")
        clones.share(tx, voice.id, "private")

    async with programs(tmp_path) as there:
        await there.pages.app.database.write(work)
        mine = (await there.ada.get("/v1/voices", params={"search": "grandma"})).json()["data"]
        assert [(each["id"], each["mine"], each["kind"]) for each in mine] == [("Grandma", True, "clone")]
        assert (await there.bob.get("/v1/voices", params={"search": "grandma"})).json()["data"] == []
