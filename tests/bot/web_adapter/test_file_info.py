"""What is told of a file: where its words stand in the text, and what is not known."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.web_adapter import file_info
from engine.waveform import waveform
from tests.fakes.programs import Programs, programs


async def info(there: Programs, text: str, **values: object) -> dict[str, object]:
    told: dict[str, object] = (await there.ada.get((await there.said(text, **values))["info"])).json()
    return told


async def test_words_stand_where_the_text_has_them_the_same_twice_too(tmp_path: Path) -> None:
    text = "No, no: 21 is a number. No."
    async with programs(tmp_path) as there:
        words = (await info(there, text, timestamps="words"))["words"]
    assert isinstance(words, list)
    places = [(each["from"], each["to"]) for each in words]
    assert places == sorted(places) and len(set(places)) == len(places)
    assert [text[begin:end] for begin, end in places] == [each["text"] for each in words]


async def test_timings_that_cannot_be_read_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with programs(tmp_path) as there:
        file = await there.said("Hello there.", timestamps="words")
        (beside,) = await there.mynah.rows("SELECT path FROM files WHERE format = 'json'")
        for content in ("no JSON", "{}", "[]"):
            (there.mynah.folder / beside["path"]).write_text(content)
            assert (await there.ada.get(file["info"])).json()["words"] == []
        monkeypatch.setattr(file_info, "LARGEST", 1)
        assert (await there.ada.get(file["info"])).json()["words"] == []


async def test_pictures_are_drawn_once_and_not_kept_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Path] = []

    def draw(path: Path, *, most: int, a_second: int) -> object:
        drawn.append(path)
        return waveform(path, most=most, a_second=a_second)

    monkeypatch.setattr(file_info, "waveform", draw)
    monkeypatch.setattr(file_info, "KEPT", 1)
    async with programs(tmp_path) as there:
        first, second = [await there.said(text) for text in ("One.", "Two.")]
        for file in (first, first, second, first):
            assert (await there.ada.get(file["info"])).json()["peaks"]
    assert len(drawn) == 3
