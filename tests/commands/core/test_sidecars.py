"""The files beside a sound that tell when what is said."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

import pysubs2
import pytest
import webvtt

from commands.core.sidecars import words_known, write
from engine.speech import Timing, TimingKind
from engine.take import Take

SAID = (
    Timing(kind="sentence", text="“Yes”, it said.", start_ms=0, end_ms=1200),
    Timing(kind="word", text="Yes", start_ms=0, end_ms=400),
    Timing(kind="syllable", text="yes", start_ms=0, end_ms=400),
    Timing(kind="word", text="it", start_ms=500, end_ms=700),
    Timing(kind="word", text="said", start_ms=700, end_ms=1200),
)


def take(tmp_path: Path, *timings: Timing) -> Take:
    return Take(
        path=tmp_path / "1-1.wav", rate=22_050, seconds=1.5, bytes=1, peak=0.5, sha256="0" * 64, timings=timings
    )


def told(folder: Path) -> list[tuple[str, str]]:
    content = json.loads((folder / "timings.json").read_text(encoding="utf-8"))
    assert content["version"] == 1
    return [(each["kind"], each["text"]) for each in content["timings"]]


def test_they_are_named_as_the_sound_is_and_tell_their_size(tmp_path: Path) -> None:
    folder = tmp_path / "7-1"
    refs = write(take(tmp_path, *SAID), folder, "yes-it-said.3.ogg", {"word"})
    assert [(ref.name, ref.format) for ref in refs] == [
        ("yes-it-said.3.json", "json"),
        ("yes-it-said.3.srt", "srt"),
        ("yes-it-said.3.vtt", "vtt"),
    ]
    assert all(ref.id == 0 and ref.seconds is None and not ref.answers for ref in refs)
    assert [Path(ref.path).stat().st_size for ref in refs] == [ref.bytes for ref in refs]
    assert sorted(path.name for path in folder.iterdir()) == ["timings.json", "timings.srt", "timings.vtt"]


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ({"word"}, ["Yes", "it", "said"]),
        ({"sentence"}, ["“Yes”, it said."]),
        ({"word", "syllable"}, ["Yes", "yes", "it", "said"]),
        ({"sentence", "word", "syllable", "phoneme"}, [each.text for each in SAID]),
    ],
    ids=["words", "sentences", "syllables", "all"],
)
def test_programs_are_told_of_what_is_wanted(
    tmp_path: Path, kinds: Collection[TimingKind], expected: list[str]
) -> None:
    write(take(tmp_path, *SAID), tmp_path, "a.wav", kinds)
    assert [text for _, text in told(tmp_path)] == expected


def test_subtitles_have_the_signs_of_the_sentence_whatever_programs_are_told(tmp_path: Path) -> None:
    write(take(tmp_path, *SAID), tmp_path, "a.wav", {"word"})
    assert [(each.text, each.start, each.end) for each in pysubs2.load(str(tmp_path / "timings.srt"))] == [
        ("“Yes”, it said.", 0, 1200)
    ]
    assert [each.text for each in webvtt.read(str(tmp_path / "timings.vtt")).captions] == ["“Yes”, it said."]


def test_a_voice_that_tells_of_sentences_only_has_them_told(tmp_path: Path) -> None:
    write(take(tmp_path, SAID[0]), tmp_path, "a.wav", {"word"})
    assert told(tmp_path) == [("sentence", "“Yes”, it said.")]


def test_a_sentence_whose_words_were_not_found_is_told_as_a_whole_among_the_words_of_others(tmp_path: Path) -> None:
    lost = Timing(kind="sentence", text="Hm?", start_ms=1200, end_ms=1500)
    later = (
        Timing(kind="sentence", text="So.", start_ms=1500, end_ms=1900),
        Timing(kind="word", text="So", start_ms=1500, end_ms=1900),
    )
    write(take(tmp_path, lost, *SAID, lost, lost, *later, lost), tmp_path, "a.wav", {"word"})
    assert [text for _, text in told(tmp_path)] == ["Hm?", "Yes", "it", "said", "Hm?", "Hm?", "So", "Hm?"]


def test_it_is_told_apart_whether_words_are_known_of_all_some_or_no_sentences() -> None:
    alone = SAID[0]
    assert words_known(SAID) == words_known([*SAID, *SAID]) == {True}
    assert words_known([alone]) == words_known([alone, alone]) == {False}
    assert words_known([*SAID, alone]) == words_known([alone, *SAID]) == {True, False}
    assert words_known(SAID[1:]) == {True}
    assert words_known([]) == set()


def test_where_nothing_is_known_the_files_are_there_and_valid(tmp_path: Path) -> None:
    refs = write(take(tmp_path), tmp_path, "a.wav", {"word"})
    assert told(tmp_path) == []
    assert webvtt.read(refs[2].path).captions == []
    assert refs[1].bytes == 0


def test_lines_end_alike_on_every_system_and_letters_are_utf_8(tmp_path: Path) -> None:
    refs = write(take(tmp_path, *SAID), tmp_path, "a.wav", {"word"})
    for ref in refs:
        content = Path(ref.path).read_bytes()
        assert b"\r" not in content
        content.decode("utf-8")
