"""A page of each of two books, spoken in every format, and read by programs that nobody here wrote."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import mutagen
import numpy as np
import pyloudnorm  # type: ignore[import-untyped]  # it has no types
import pysubs2
import pytest
import webvtt
from numpy.typing import NDArray

from engine.encoding import MARK
from engine.loudness import TARGET
from tests.acceptance.books import BOOK, OTHER_BOOK, page, paragraphs
from tests.acceptance.program import Program
from tests.acceptance.test_running import wait_spool

PAGES = {"The Time Machine": (BOOK, "epub/text/chapter-3.xhtml", 0), "a reader": (OTHER_BOOK, "EPUB/s04.xhtml", 9)}
"""Pages by what they are of; that of the reader has years, initials and titles in it."""
PRICE = "It costs $3.50."
"""What is said after every page: a word that is said in three."""
FORMATS = {"wav": "wav", "mp3": "mp3", "flac": "flac", "ogg-opus": "ogg", "m4a": "m4a"}
"""What the files of each format end with."""
TITLES = {
    "en-gb": "English (Great Britain)",
    "en-us+annie": "English (America), Annie",
    "slt": "English (America), slt",
}
"""Voices, and what people know them by."""
RATE = 22_050
NEAR = 0.02
"""How far apart two durations of one thing may be, in parts of it."""
FEW_MS = 250
"""How far apart, in milliseconds, two tellings of when the same was said may be at the end of a page."""
CLICK = 3.0
"""How far a step from one sample to the next stands out where it is heard as a click."""
HEARD = 0.02
"""What step can be heard, with speech around it."""

pytestmark = [
    pytest.mark.skipif(not (BOOK.exists() and OTHER_BOOK.exists()), reason=f"the books of {BOOK.parent} are not there"),
    pytest.mark.skipif(
        not (shutil.which("ffmpeg") and shutil.which("ffprobe")), reason="ffmpeg and its ffprobe are not installed"
    ),
]


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """A page as the program has spoken it."""

    text: str
    voice: str
    sound: Path
    told: dict[str, Any]
    """What --json says."""

    @property
    def timings(self) -> list[dict[str, Any]]:
        said = json.loads(self.sound.with_suffix(".json").read_text(encoding="utf-8"))
        assert said["version"] == 1
        return list(said["timings"])

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        return [each for each in self.timings if each["kind"] == kind]


class Library:
    """The pages, spoken once each by a program with a data folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._mynah = Program(folder, MYNAH_ENGINE__NAME="auto")
        self.speak = cache(self._speak)

    def _speak(self, title: str, voice: str, format: str) -> Spoken:
        if voice == "slt" and shutil.which("flite") is None:
            pytest.skip("flite is not installed")
        book, place, first = PAGES[title]
        text = f"{page(book, place, first)}\n{PRICE}"
        stem = f"{title}-{voice}-{format}".replace(" ", "-")
        written, sound = self._mynah.folder / f"{stem}.txt", self._mynah.folder / f"{stem}.{FORMATS[format]}"
        written.write_text(text, encoding="utf-8")
        told = self._mynah.json(
            "speak", "--file", str(written), "--voice", voice, "--timestamps", "all", "--output", str(sound)
        )
        assert "error" not in told, told
        return Spoken(text=text, voice=voice, sound=sound, told=told)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    yield Library(tmp_path_factory.mktemp("library"))
    read_by_ffmpeg.cache_clear()


@pytest.fixture(params=PAGES)
def title(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=FORMATS)
def spoken(library: Library, title: str, request: pytest.FixtureRequest) -> Spoken:
    return library.speak(title, "en-gb", request.param)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("format", ["wav", "m4a"])
def test_what_a_kill_cut_off_goes_on_to_a_whole_file_with_all_its_timings(tmp_path: Path, format: str) -> None:
    mynah = Program(tmp_path)
    text = "\n".join(paragraphs(*PAGES["The Time Machine"][:2]))
    (tmp_path / "chapter.txt").write_text(text, encoding="utf-8")
    sound = tmp_path / f"chapter.{format}"
    words = ("speak", "--file", "chapter.txt", "--voice", "en-gb", "--timestamps", "all", "--output", str(sound))
    with mynah.start(*words) as process:
        wait_spool(mynah, 3_000_000)
        process.kill()
    assert not sound.exists()
    done = mynah("jobs", "retry", str(mynah.json("jobs")["items"][0]["id"]), "--json", timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    spoken = Spoken(text=text, voice="en-gb", sound=sound, told=json.loads(done.stdout))
    assert len(mynah.files()) == 4 and list(mynah.data.glob("spool/*")) == []
    test_everybody_finds_a_page_as_long(spoken)
    test_every_word_of_a_page_is_told_in_its_order_as_it_is_written(spoken)
    test_words_follow_each_other_inside_the_sound(spoken)
    assert mynah.used("generations") == 1


def probe(file: Path, *show: str) -> dict[str, Any]:
    done = subprocess.run(
        ["ffprobe", "-v", "error", *show, "-of", "json", str(file)], capture_output=True, text=True, check=True
    )
    assert done.stderr == "", done.stderr
    return dict(json.loads(done.stdout))


def decoded(file: Path) -> NDArray[np.float64]:
    return read_by_ffmpeg(file).astype(np.float64)


@cache
def read_by_ffmpeg(file: Path) -> NDArray[np.float32]:
    done = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(file), "-f", "f32le", "-ac", "1", "-ar", str(RATE), "-"],
        capture_output=True,
        check=True,
    )
    assert done.stderr == b"", done.stderr
    return np.frombuffer(done.stdout, "<f4")


def probed_seconds(file: Path) -> float:
    """How long ffprobe finds a file; of an MP3 file it counts what players skip, and tells apart how much that is."""
    found = probe(file, "-show_entries", "format=duration,start_time")["format"]
    return float(found["duration"]) - float(found.get("start_time", 0.0))


def letters(text: str) -> str:
    """What is said of a text: its letters and digits."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text)))


def test_everybody_finds_a_page_as_long(spoken: Spoken) -> None:
    seconds = len(decoded(spoken.sound)) / RATE
    assert seconds > 60
    subtitles = pysubs2.load(str(spoken.sound.with_suffix(".srt")))
    captions = webvtt.read(str(spoken.sound.with_suffix(".vtt")))
    assert spoken.told["seconds"] == pytest.approx(seconds, rel=NEAR)
    assert probed_seconds(spoken.sound) == pytest.approx(seconds, rel=NEAR)
    assert subtitles[-1].end / 1000 == pytest.approx(seconds, rel=NEAR)
    assert captions[-1].end_in_seconds == pytest.approx(seconds, rel=NEAR)
    assert max(each["end_ms"] for each in spoken.timings) / 1000 == pytest.approx(seconds, rel=NEAR)


def test_every_word_of_a_page_is_told_in_its_order_as_it_is_written(spoken: Spoken) -> None:
    words = [each["text"] for each in spoken.of_kind("word")]
    assert "".join(map(letters, words)) == letters(spoken.text)
    assert ("$3.50" in words) == (PRICE in spoken.text)
    assert len(words) == pytest.approx(len(spoken.text.split()), rel=NEAR)


def test_words_follow_each_other_inside_the_sound(spoken: Spoken) -> None:
    times = [time for each in spoken.of_kind("word") for time in (each["start_ms"], each["end_ms"])]
    assert times == sorted(times)
    assert times[0] >= 0
    assert times[-1] <= 1000 * len(decoded(spoken.sound)) / RATE
    assert all(each["start_ms"] < each["end_ms"] for each in spoken.of_kind("word"))


def test_every_part_lies_in_the_whole_that_it_is_of(spoken: Spoken) -> None:
    sentences, words, syllables = (spoken.of_kind(kind) for kind in ("sentence", "word", "syllable"))
    assert " ".join(each["text"] for each in sentences).split() == spoken.text.split()
    assert not outside(words, sentences)
    assert not outside(syllables, sentences)
    assert not outside(spoken.of_kind("phoneme"), sentences)
    assert len(spoken.of_kind("phoneme")) > len(syllables) > len(words)
    # Words that the engine says as one ('of the') share its time by their lengths, which are not those of the sounds.
    assert len(outside(syllables, words)) < 0.05 * len(syllables)


def outside(parts: Iterable[dict[str, Any]], wholes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The parts that lie in none of the wholes; both are in order."""
    lost, place = [], 0
    for part in parts:
        while place < len(wholes) - 1 and wholes[place]["end_ms"] <= part["start_ms"]:
            place += 1
        whole = wholes[place]
        if part["start_ms"] < whole["start_ms"] or part["end_ms"] > whole["end_ms"]:
            lost.append(part)
    return lost


@pytest.mark.parametrize("ending", [".srt", ".vtt"])
def test_subtitles_are_read_by_others_and_show_the_page(library: Library, title: str, ending: str) -> None:
    spoken = library.speak(title, "en-gb", "mp3")
    file = spoken.sound.with_suffix(ending)
    if ending == ".srt":
        cues = [(each.start, each.end, each.plaintext) for each in pysubs2.load(str(file))]
    else:
        cues = [
            (c.start_time.in_milliseconds(), c.end_time.in_milliseconds(), c.text)
            for c in webvtt.read(str(file)).captions
        ]
    packets = probe(file, "-show_entries", "packet=pts_time,duration_time")["packets"]
    assert [round(1000 * float(each["pts_time"])) for each in packets] == [begin for begin, _, _ in cues]
    assert [round(1000 * float(each["duration_time"])) for each in packets] == [end - begin for begin, end, _ in cues]
    times = [time for begin, end, _ in cues for time in (begin, end)]
    assert times == sorted(times)
    assert " ".join(text for _, _, text in cues).split() == spoken.text.split()


def test_the_timings_do_not_depend_on_the_format(library: Library, title: str) -> None:
    first, *others = (library.speak(title, "en-gb", format).timings for format in FORMATS)
    for other in others:
        assert [(each["kind"], each["text"]) for each in other] == [(each["kind"], each["text"]) for each in first]
        # What espeak has said before shifts what it says by some samples a sentence; the first page was measured first.
        assert [each["end_ms"] for each in other] == pytest.approx([each["end_ms"] for each in first], abs=FEW_MS)


def test_every_file_tells_others_what_it_is(spoken: Spoken) -> None:
    found = probe(spoken.sound, "-show_entries", "format_tags:stream_tags")
    tags: dict[str, str] = {}
    for part in (*found["streams"], found["format"]):
        tags |= {name.lower(): value for name, value in part.get("tags", {}).items()}
    assert tags["comment"] == MARK == "AI-generated speech"
    assert tags["artist"] == TITLES[spoken.voice]
    assert spoken.text.startswith(tags["title"].rstrip("…"))
    assert len(tags["title"]) > 20


@pytest.mark.parametrize("format", [format for format in FORMATS if format != "wav"])
def test_a_second_reader_finds_the_same_tags(library: Library, title: str, format: str) -> None:
    # Of WAV files it reads the ID3 chunk that some programs put there, and not the standard's own LIST chunk.
    spoken = library.speak(title, "en-gb", format)
    file = mutagen.File(spoken.sound)
    told = [str(value) for values in file.tags.values() for value in (values if isinstance(values, list) else [values])]
    assert {MARK, TITLES[spoken.voice]} <= set(told)
    assert any(each.endswith("…") and spoken.text.startswith(each[:-1]) for each in told)


@pytest.mark.parametrize("voice", TITLES)
def test_both_books_are_as_loud_as_they_should_be_in_every_voice(library: Library, title: str, voice: str) -> None:
    spoken = library.speak(title, voice, "wav")
    loudness = pyloudnorm.Meter(RATE).integrated_loudness(decoded(spoken.sound))
    assert loudness == pytest.approx(TARGET, abs=2)


def test_no_format_changes_the_loudness(spoken: Spoken) -> None:
    assert pyloudnorm.Meter(RATE).integrated_loudness(decoded(spoken.sound)) == pytest.approx(TARGET, abs=2)


@pytest.mark.parametrize("voice", TITLES)
def test_nothing_jumps_where_sentences_join(library: Library, title: str, voice: str) -> None:
    spoken = library.speak(title, voice, "wav")
    sound, sentences = decoded(spoken.sound), spoken.of_kind("sentence")
    joins = [(each["end_ms"], after["start_ms"]) for each, after in pairwise(sentences)]
    assert len(joins) >= 8
    assert all(end <= start for end, start in joins)
    assert max(jump(sound, end - 10, start + 10) for end, start in joins) < CLICK
    for end, _ in joins:  # the measure hears what it is to hear: sentences that end at once, a tenth of a second sooner
        sound[RATE * (end - 100) // 1000 :][: RATE // 100] = 0
    assert max(jump(sound, end - 110, end - 80) for end, _ in joins) > CLICK


def jump(sound: NDArray[np.float64], begin_ms: int, end_ms: int) -> float:
    """How many times as large the step is that stands out most, from one sample to the next, as those around it.

    In speech itself it is below 3. Steps that nobody hears do not count.
    """
    reach = RATE // 500
    steps = np.abs(np.diff(sound[RATE * begin_ms // 1000 - reach : RATE * end_ms // 1000 + reach]))
    around = np.lib.stride_tricks.sliding_window_view(steps, 2 * reach + 1).copy()
    middle = around[:, reach].copy()
    around[:, reach - 1 : reach + 2] = 0
    return float(np.where(middle > HEARD, middle / np.maximum(around.max(axis=1), HEARD / 100), 0).max())
