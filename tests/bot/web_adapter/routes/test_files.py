"""Files over the API: bytes, ranges, other formats, links, what is told of them, and who may have them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from storage.clock import HOUR
from tests.fakes.programs import Programs, programs, seconds_of

FILES = "/api/v1/files"
TEXT = "Hello there. This is what I say."


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[Programs]:
    async with programs(tmp_path) as made:
        yield made


async def test_a_file_is_sent_as_it_is_and_its_downloads_are_counted(there: Programs) -> None:
    file = await there.said(TEXT)
    sent = await there.ada.get(file["url"])
    on_disk = (there.mynah.folder / await there.mynah.value("SELECT path FROM files")).read_bytes()
    assert sent.content == on_disk and int(sent.headers["content-length"]) == file["bytes"]
    assert sent.headers["content-type"] == "audio/wav"
    assert sent.headers["content-disposition"].startswith("inline; filename=")
    saved = await there.ada.get(file["url"], params={"download": 1})
    assert saved.headers["content-disposition"].startswith("attachment; filename=")
    assert (await there.ada.get(f"{FILES}/{file['id']}")).json()["downloads"] == 2


async def test_a_part_of_a_file_is_sent_alone(there: Programs) -> None:
    file = await there.said(TEXT)
    whole = (await there.ada.get(file["url"])).content
    size = len(whole)
    for asked, begin, end in (
        ("0-9", 0, 10),
        ("100-", 100, size),
        ("-50", size - 50, size),
        (f"5-{size * 2}", 5, size),
    ):
        part = await there.ada.get(file["url"], headers={"Range": f"bytes={asked}"})
        assert part.status_code == 206 and part.content == whole[begin:end]
        assert part.headers["content-range"] == f"bytes {begin}-{end - 1}/{size}"
    beyond = await there.ada.get(file["url"], headers={"Range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    assert beyond.json()["error"]["message"]


async def test_a_browser_that_has_it_already_is_told_so(there: Programs) -> None:
    file = await there.said(TEXT)
    etag = (await there.ada.head(file["url"])).headers["etag"]
    assert (await there.ada.get(file["url"], headers={"If-None-Match": etag})).status_code == 304
    other = {"Range": "bytes=0-1", "If-Range": '"another"'}
    assert (await there.ada.get(file["url"], headers=other)).status_code == 200
    assert (await there.ada.get(file["url"], headers={**other, "If-Range": etag})).status_code == 206


@pytest.mark.parametrize(
    ("format", "kind"),
    [
        ("mp3", "audio/mpeg"),
        ("flac", "audio/flac"),
        ("ogg-opus", "audio/ogg"),
        ("m4a", "audio/mp4"),
        ("wav", "audio/wav"),
    ],
)
async def test_a_sound_can_be_had_in_every_format_and_in_parts_too(there: Programs, format: str, kind: str) -> None:
    file = await there.said(TEXT)
    sent = await there.ada.get(file["url"], params={"format": format})
    assert sent.headers["content-type"] == kind
    assert seconds_of(sent.content) == pytest.approx(file["seconds"], abs=0.15)
    part = await there.ada.get(file["url"], params={"format": format}, headers={"Range": "bytes=10-19"})
    assert part.content == sent.content[10:20]
    left = [each for each in (there.mynah.folder / "fitting").rglob("*") if each.is_file()]
    assert not left  # what was made for it has no name that would outlive the file


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="this system does not list a program's open files")
async def test_when_the_page_stops_no_file_stays_open(tmp_path: Path) -> None:
    async with programs(tmp_path) as there:
        file = await there.said(TEXT)
        await there.ada.get(file["url"], params={"format": "mp3"})
        assert open_files(there.mynah.folder, ".mp3")
    assert not open_files(tmp_path, ".mp3", ".wav")


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="this system does not list a program's open files")
async def test_a_file_that_nobody_waits_for_any_more_is_closed(there: Programs) -> None:
    file = await there.said("This will take a while to fetch. " * 200)
    for _ in range(3):
        async with there.ada.stream("GET", file["url"]) as answer:
            assert answer.status_code == 200
    async with asyncio.timeout(10):
        while open_files(there.mynah.folder, ".wav"):
            await asyncio.wait([asyncio.ensure_future(there.ada.get("/healthz"))])


def open_files(folder: Path, *endings: str) -> list[str]:
    """The files under a folder, of these kinds, that this process has open, be it that their names are gone."""
    there = []
    for link in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            there.append(os.readlink(link).removesuffix(" (deleted)"))
    return [each for each in there if each.startswith(str(folder)) and each.endswith(endings)]


async def test_all_about_a_file_is_told(there: Programs) -> None:
    file = await there.said(TEXT, timestamps="all", voice="en-gb")
    info: dict[str, Any] = (await there.ada.get(file["info"])).json()
    assert (info["text"], info["voice"], info["id"]) == (TEXT, "en-gb", file["id"])
    assert len(info["peaks"]) > 20 and max(info["peaks"]) == 1.0 and min(info["peaks"]) >= 0.0
    assert [TEXT[each["from"] : each["to"]] for each in info["words"]] == [each["text"] for each in info["words"]]
    assert [each["text"] for each in info["words"]][:2] == ["Hello", "there"]
    assert all(0 <= each["start"] <= each["end"] <= file["seconds"] for each in info["words"])
    assert len(info["sentences"]) == 2
    assert set(info["formats"]) == {"wav", "mp3", "flac", "ogg-opus", "m4a"}
    assert (await there.ada.get(info["vtt"])).text.startswith("WEBVTT")
    assert "Hello there." in (await there.ada.get(info["srt"])).text


async def test_a_file_without_timings_has_no_words(there: Programs) -> None:
    info = (await there.ada.get((await there.said(TEXT))["info"])).json()
    assert (info["words"], info["sentences"], info["srt"], info["vtt"]) == ([], [], "", "")


async def test_somebody_elses_file_looks_like_none(there: Programs) -> None:
    file = await there.said(TEXT)
    id, none = file["id"], file["id"] + 100
    for path in (f"{FILES}/{{}}", f"{FILES}/{{}}/info", f"{FILES}/audio/{{}}"):
        for client in (there.bob, there.owner):
            theirs, nothing = await client.get(path.format(id)), await client.get(path.format(none))
            assert theirs.status_code == nothing.status_code == 404
            assert theirs.content == nothing.content
    for method in ("PATCH", "DELETE"):
        answers = [await there.bob.request(method, f"{FILES}/{each}", json={"public": True}) for each in (id, none)]
        assert {(each.status_code, each.content) for each in answers} == {(404, answers[0].content)}
    assert (await there.ada.get(file["url"])).status_code == 200


async def test_a_public_file_is_everybodys_until_it_is_not(there: Programs) -> None:
    file = await there.said(TEXT)
    async with there.pages.anonymous() as nobody:
        assert (await nobody.get(file["url"])).status_code == 401
        changed = await there.ada.patch(f"{FILES}/{file['id']}", json={"public": True})
        assert changed.json()["public"] is True
        assert (await nobody.get(file["url"])).status_code == 200
        await there.ada.patch(f"{FILES}/{file['id']}", json={"public": False})
        assert (await nobody.get(file["url"])).status_code == 401


async def test_a_signed_link_opens_its_file_alone(there: Programs) -> None:
    file, other = await there.said(TEXT), await there.said("Something else.")
    links = there.pages.app.desk.insides.links
    path = links.path(file["id"])
    async with there.pages.anonymous() as nobody:
        assert (await nobody.get(path)).status_code == 200
        assert (await nobody.get(path, headers={"Range": "bytes=0-3"})).content == b"RIFF"
        for wrong in (
            path.replace(f"/{file['id']}?", f"/{other['id']}?"),
            path[:-1] + ("0" if path[-1] != "0" else "1"),
            path.replace("until=", "until=9"),
            path.replace(f"/{file['id']}?", "/999?"),
        ):
            assert (await nobody.get(wrong)).status_code == 404


async def test_a_deleted_file_is_gone_with_what_lay_beside_it(there: Programs) -> None:
    file = await there.said(TEXT, timestamps="words")
    assert (await there.ada.get(file["url"], params={"format": "mp3"})).status_code == 200
    assert (await there.ada.delete(f"{FILES}/{file['id']}")).status_code == 204
    assert (await there.ada.get(file["url"], params={"format": "mp3"})).status_code == 404
    assert (await there.ada.get(FILES)).json() == {"files": [], "more": False}
    assert not list((there.mynah.folder / "generations").iterdir())


async def test_a_file_that_somebody_has_removed_by_hand_is_not_there(there: Programs) -> None:
    file = await there.said(TEXT)
    (there.mynah.folder / await there.mynah.value("SELECT path FROM files")).unlink()
    for params in ({}, {"format": "mp3"}):
        assert (await there.ada.get(file["url"], params=params)).status_code == 404
    assert (await there.ada.get(file["info"])).json()["peaks"] == []


async def test_what_is_no_sound_is_not_had_as_one(there: Programs) -> None:
    await there.said(TEXT, timestamps="words")
    beside = (await there.ada.get(FILES)).json()["files"][0]
    assert beside["format"] == "vtt"
    assert (await there.ada.get(beside["url"], params={"format": "mp3"})).status_code == 422
    assert (await there.ada.get(beside["url"])).headers["content-type"].startswith("text/vtt")


async def test_links_are_good_for_as_long_as_the_settings_say(there: Programs) -> None:
    file = await there.said(TEXT)
    links = there.pages.app.desk.insides.links
    until = int(links.path(file["id"]).partition("until=")[2].partition("&")[0])
    left = until * 1_000 - there.pages.app.database.clock.now()
    assert left == pytest.approx(there.pages.app.loaded.settings.web.link_hours * HOUR, abs=5_000)
