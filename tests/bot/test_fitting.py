"""What is too large for a chat comes in another form, and what was made for it is gone afterwards."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.fitting import Fitted, Fitting
from commands.core.reply import FileRef
from commands.core.words import size
from engine.encoding import Tags, encoder
from engine.recode import Original, kind_of
from engine.speech import Format
from tests.engine.speech_sounds import pcm, spoken
from tests.fakes.waiting import until

RATE = 22_050
SENTENCE_SECONDS = len(spoken().samples) / RATE


def sound(
    folder: Path, format: Format = Format.WAV, seconds: float = 60.0, *, thorough: bool = False, voice: bool = False
) -> FileRef:
    """A file of speech that lasts as long, about: whole sentences."""
    path = folder / f"7.{format.suffix}"
    speech = pcm(spoken().samples)
    count = max(1, round(seconds / SENTENCE_SECONDS))
    with encoder(path, format, rate=RATE, tags=Tags(title="Hello", voice="Ada"), thorough=thorough) as file:
        for _ in range(count):
            file.write(speech)
    return FileRef(
        id=7,
        name=f"hello-you.{format.suffix}",
        path=str(path),
        format=format.value,
        bytes=path.stat().st_size,
        seconds=count * SENTENCE_SECONDS,
        voice=voice,
    )


def other(folder: Path, name: str, bytes: int) -> FileRef:
    path = folder / name
    path.write_bytes(bytes * b"x")
    return FileRef(id=8, name=name, path=str(path), format=name.rpartition(".")[2], bytes=bytes)


def names(folder: Path) -> set[str]:
    """What lies in a folder; nothing where there is none."""
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def has_files(folder: Path) -> bool:
    return any(path.is_file() for path in folder.rglob("*"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "fitting"


@pytest.fixture
def fitting(folder: Path) -> Fitting:
    return Fitting(folder)


def check(fitted: Fitted, limit: int, folder: Path) -> None:
    """Every file is there, as large and as long as is said, and there is no other."""
    for file in fitted.files:
        assert file.bytes == Path(file.path).stat().st_size <= limit
        if file.seconds is not None:
            assert kind_of(Path(file.path)) == file.format
            with Original(Path(file.path)) as original:
                assert sum(map(len, original.blocks())) / original.rate == pytest.approx(file.seconds, abs=0.01)
    there = {str(path) for path in folder.rglob("*") if path.is_file()}
    assert there == {file.path for file in fitted.files if file.id == 0}


async def test_what_fits_goes_as_it_is_and_nothing_is_made(tmp_path: Path, fitting: Fitting) -> None:
    files = [sound(tmp_path, seconds=5.0), other(tmp_path, "hello-you.srt", 10)]
    async with fitting.fit(files, limit=files[0].bytes, key="1") as fitted:
        assert fitted == Fitted(files=tuple(files))
    assert names(tmp_path) == {"7.wav", "hello-you.srt"}


@pytest.mark.parametrize("format", [Format.WAV, Format.FLAC])
async def test_what_is_large_by_its_kind_becomes_mp3_which_plays_everywhere(
    tmp_path: Path, fitting: Fitting, folder: Path, format: Format
) -> None:
    file = sound(tmp_path, format)
    async with fitting.fit([file], limit=600_000, key="1") as fitted:
        check(fitted, 600_000, folder)
        (made,) = fitted.files
        assert (made.id, made.name, made.format) == (0, "hello-you.mp3", "mp3")
        assert made.seconds == pytest.approx(file.seconds)
        with Original(Path(made.path)) as original:
            assert original.tags == Tags(title="Hello", voice="Ada")
    assert fitted.left == ()
    before = f"As {format.value.upper()} it is too large for this chat ({size(file.bytes)}; 600 kB is the most)"
    assert fitted.words == f"{before}, so it comes as MP3."


@pytest.mark.parametrize("format", [Format.WAV, Format.MP3, Format.M4A])
async def test_what_is_too_large_as_mp3_becomes_opus(
    tmp_path: Path, fitting: Fitting, folder: Path, format: Format
) -> None:
    async with fitting.fit([sound(tmp_path, format)], limit=400_000, key="1") as fitted:
        check(fitted, 400_000, folder)
        assert [(file.name, file.format) for file in fitted.files] == [("hello-you.ogg", "ogg-opus")]
    assert fitted.words.endswith("400 kB is the most), so it comes as Opus.")


async def test_what_fits_in_no_kind_comes_in_parts(tmp_path: Path, fitting: Fitting, folder: Path) -> None:
    file = sound(tmp_path)
    async with fitting.fit([file], limit=150_000, key="1") as fitted:
        check(fitted, 150_000, folder)
        count = len(fitted.files)
        assert [made.name for made in fitted.files] == [f"hello-you-{i}-of-{count}.ogg" for i in range(1, count + 1)]
        lengths = [made.seconds or 0.0 for made in fitted.files]
    assert count == 3
    assert sum(lengths) == pytest.approx(file.seconds, abs=0.01)
    ends = np.cumsum(lengths)[:-1] / SENTENCE_SECONDS
    assert ends == pytest.approx(np.rint(ends), abs=0.5 / SENTENCE_SECONDS), "parts end where sentences do"
    assert fitted.words == (
        "As WAV it is too large for this chat (2.7 MB; 150 kB is the most), so it comes as Opus in 3 parts."
    )


async def test_where_it_is_known_that_a_sentence_ends_it_is_cut_there_whatever_it_sounds_like(
    tmp_path: Path, fitting: Fitting
) -> None:
    file = replace(sound(tmp_path), ends=(7.7, 18.1, 29.3, 41.9, 50.2, 59.0))
    async with fitting.fit([file], limit=150_000, key="1") as fitted:
        lasts = np.cumsum([part.seconds or 0 for part in fitted.files])[:-1]
        assert len(lasts) >= 2 and all(min(abs(at - end) for end in file.ends) < 0.01 for at in lasts)


async def test_parts_stay_mp3_where_opus_would_need_as_many(tmp_path: Path, fitting: Fitting, folder: Path) -> None:
    file = sound(tmp_path, Format.MP3, seconds=12 * SENTENCE_SECONDS)
    async with fitting.fit([file], limit=250_000, key="1") as fitted:
        check(fitted, 250_000, folder)
        assert [file.name for file in fitted.files] == ["hello-you-1-of-2.mp3", "hello-you-2-of-2.mp3"]
    assert fitted.words.endswith("so it comes in 2 parts.")


async def test_what_was_asked_for_as_opus_stays_opus(tmp_path: Path, fitting: Fitting, folder: Path) -> None:
    file = sound(tmp_path, Format.OPUS)
    async with fitting.fit([file], limit=round(0.85 * file.bytes), key="1") as fitted:
        check(fitted, round(0.85 * file.bytes), folder)
        assert [made.name for made in fitted.files] == ["hello-you.ogg"]
        assert fitted.words.endswith("so it comes as a smaller file.")
    async with fitting.fit([file], limit=file.bytes // 3, key="1") as fitted:
        check(fitted, file.bytes // 3, folder)
        assert len(fitted.files) > 2
        assert {made.format for made in fitted.files} == {"ogg-opus"}


async def test_a_voice_message_stays_one(tmp_path: Path, fitting: Fitting, folder: Path) -> None:
    file = sound(tmp_path, Format.OPUS, thorough=True, voice=True)
    limit = round(0.8 * file.bytes)
    async with fitting.fit([file], limit=limit, key="1") as fitted:
        check(fitted, limit, folder)
        assert [(made.voice, made.format) for made in fitted.files] == [(True, "ogg-opus")] * 2
    assert fitted.words.startswith("As a voice message it is too large for this chat (")
    assert fitted.words.endswith("so it comes in 2 parts.")


async def test_what_outgrows_a_rung_goes_on_to_the_next(tmp_path: Path, fitting: Fitting, folder: Path) -> None:
    file = sound(tmp_path)
    async with fitting.fit([file], limit=round(0.8 * 5_000 * (file.seconds or 0)), key="1") as fitted:
        check(fitted, 250_000, folder)
        assert len(fitted.files) == 2


async def test_files_keep_their_order(tmp_path: Path, fitting: Fitting, folder: Path) -> None:
    files = [other(tmp_path, "a.json", 100), sound(tmp_path), other(tmp_path, "b.srt", 100)]
    async with fitting.fit(files, limit=200_000, key="1") as fitted:
        check(fitted, 200_000, folder)
        names = [file.name for file in fitted.files]
    assert names == ["a.json", "hello-you-1-of-2.ogg", "hello-you-2-of-2.ogg", "b.srt"]


async def test_what_is_no_sound_is_left(tmp_path: Path, fitting: Fitting, folder: Path) -> None:
    large, small = other(tmp_path, "export.zip", 3_000), other(tmp_path, "b.srt", 100)
    async with fitting.fit([large, small], limit=1_000, key="1") as fitted:
        assert (fitted.files, fitted.left) == ((small,), (large,))
    assert fitted.words == "export.zip is too large for this chat (3 kB; 1 kB is the most)."


async def test_what_ten_parts_cannot_carry_is_left_without_work(tmp_path: Path, fitting: Fitting, folder: Path) -> None:
    file = sound(tmp_path)
    async with fitting.fit([file], limit=20_000, key="1") as fitted:
        check(fitted, 20_000, folder)
        assert (fitted.files, fitted.left) == ((), (file,))
    assert fitted.words == (
        "hello-you.wav is too large for this chat (2.7 MB; 20 kB is the most), and cannot be made small enough."
    )


async def test_several_that_are_too_large_are_told_by_name(tmp_path: Path, fitting: Fitting, folder: Path) -> None:
    files = [other(tmp_path, "export.zip", 700_000), sound(tmp_path)]
    async with fitting.fit(files, limit=600_000, key="1") as fitted:
        check(fitted, 600_000, folder)
    first, second = fitted.words.split(". ")
    assert first.startswith("export.zip is too large for this chat (")
    assert second.startswith("hello-you.wav is too large for this chat (")


async def test_sizes_that_read_alike_are_told_in_bytes(tmp_path: Path, fitting: Fitting) -> None:
    async with fitting.fit([other(tmp_path, "export.zip", 1_500_100)], limit=1_500_000, key="1") as fitted:
        assert "(1,500,100 bytes; 1,500,000 is the most)" in fitted.words


def gone(path: Path) -> None:
    path.unlink()


def cut_off(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def garbled(path: Path) -> None:
    path.write_bytes(b"?" * path.stat().st_size)


@pytest.mark.parametrize("format", [Format.WAV, Format.OPUS])
@pytest.mark.parametrize("damage", [gone, cut_off, garbled])
async def test_a_damaged_file_is_left_and_the_host_is_told(
    tmp_path: Path,
    fitting: Fitting,
    folder: Path,
    caplog: pytest.LogCaptureFixture,
    format: Format,
    damage: Callable[[Path], None],
) -> None:
    file = sound(tmp_path, format)
    damage(Path(file.path))
    with caplog.at_level(logging.WARNING):
        async with fitting.fit([file], limit=200_000, key="1") as fitted:
            check(fitted, 200_000, folder)
            assert (fitted.files, fitted.left) == ((), (file,))
    assert f"{file.path} cannot be made smaller: " in caplog.text


async def test_a_long_name_keeps_its_end(tmp_path: Path, fitting: Fitting) -> None:
    file = replace(sound(tmp_path), name=f"{56 * 'a'}.wav")
    async with fitting.fit([file], limit=200_000, key="1") as fitted:
        assert [made.name for made in fitted.files] == [f"{49 * 'a'}-{number}-of-2.ogg" for number in (1, 2)]


async def test_nothing_stays_when_the_sending_fails(tmp_path: Path, fitting: Fitting, folder: Path) -> None:
    with pytest.raises(ConnectionError):
        async with fitting.fit([sound(tmp_path)], limit=600_000, key="1"):
            assert has_files(folder)
            raise ConnectionError
    assert names(folder) == set()


async def test_nothing_stays_when_the_sending_is_cancelled(tmp_path: Path, fitting: Fitting, folder: Path) -> None:
    sending = asyncio.Event()

    async def send() -> None:
        async with fitting.fit([sound(tmp_path)], limit=600_000, key="1"):
            sending.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(send())
    await sending.wait()
    assert has_files(folder)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert names(folder) == set()


async def test_work_that_is_cancelled_stops_soon_and_nothing_stays(
    tmp_path: Path, fitting: Fitting, folder: Path
) -> None:
    file = sound(tmp_path, seconds=1_800.0)  # some 15 seconds of work

    async def send() -> None:
        async with fitting.fit([file], limit=2_000_000, key="1"):
            raise AssertionError("it was not to come so far")

    task = asyncio.create_task(send())
    await until(lambda: has_files(folder))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(5):
            await task
    assert names(folder) == set()


async def test_others_go_on_meanwhile(tmp_path: Path, fitting: Fitting) -> None:
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.001)
            turns += 1

    file = sound(tmp_path, seconds=120.0)
    task = asyncio.create_task(others())
    begun = time.monotonic()
    async with fitting.fit([file], limit=300_000, key="1"):
        took = time.monotonic() - begun
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert turns > took / 0.05


async def test_two_deliveries_at_once_both_get_their_files(tmp_path: Path, fitting: Fitting, folder: Path) -> None:
    both = asyncio.Barrier(2)

    file = sound(tmp_path)

    async def send(key: str) -> list[str]:
        async with fitting.fit([file], limit=600_000, key=key) as fitted:
            await both.wait()
            check(fitted, 600_000, Path(fitted.files[0].path).parent)
            return [file.path for file in fitted.files]

    one, other = await asyncio.gather(send("../../1"), send("../../1"))
    assert len(one) == len(other) == 1
    assert one != other
    assert all(Path(path).is_relative_to(folder) for path in (*one, *other))
    assert names(folder) == set()


async def test_what_an_earlier_run_has_left_goes_and_nothing_else(tmp_path: Path, folder: Path) -> None:
    for name in ("fitting-9", "mine", "fitting-young"):
        (folder / name / "0").mkdir(parents=True)
    for name in ("fitting-9", "mine"):
        os.utime(folder / name, (1, 1))
    async with Fitting(folder).fit([sound(tmp_path)], limit=600_000, key="1"):
        assert {name.rpartition("-")[0] or name for name in names(folder)} == {"fitting-1", "mine", "fitting"}
        assert "fitting-young" in names(folder)


async def test_what_cannot_be_made_small_enough_comes_as_a_link_where_there_is_one(
    folder: Path, tmp_path: Path
) -> None:
    archive = other(tmp_path, "export.zip", 9_000)
    fitting = Fitting(folder, lambda file: f"It is at https://mynah.example.org/{file.id}")
    async with fitting.fit([archive], limit=1_000, key="1") as fitted:
        assert fitted.left == (archive,)
        assert fitted.words.endswith("It is at https://mynah.example.org/8")
    async with Fitting(folder, lambda file: "").fit([archive], limit=1_000, key="2") as fitted:
        assert "https" not in fitted.words
