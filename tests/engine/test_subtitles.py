from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import islice, pairwise
from pathlib import Path

import pysubs2
import pytest
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from engine.cues import LINE, LONGEST, SHORTEST, columns, cues
from engine.speech import Timing, TimingKind
from engine.subtitles import to_json, to_srt, to_vtt

HOSTILE = [
    "00:00:01,000 --> 00:00:02,000",
    "2\n\n00:00:05.000 --> 00:00:06.000\nNOTE hidden",
    "<b>bold</b> & <script>alert(1)</script> </i>",
    "{\\an8}up {\\b1} a\\Nb",
    "a\0b\x1bc\r\nd\u2028e\u202ef\ufeffg",
    "שלום עולם مرحبا بالعالم",
    "x < y > z && WEBVTT STYLE ::cue { color: red }",
    "\ud800 half",
    "x" * 5000,
    "字" * 500,
    "e\u0301" * 200,
    " ",
    "",
    "—",
]
"""Texts that would break a file, or be taken for something else in it."""


def spoken(text: str, start_ms: int = 0, pace: int = 70, words: bool = True) -> list[Timing]:
    """A sentence and its words, each character as long as another."""
    timings = [Timing(kind="sentence", text=text, start_ms=start_ms, end_ms=start_ms + pace * len(text))]
    at = 0
    for word in text.split() if words else ():
        at = text.index(word, at)
        until = at + len(word)
        bare = word.strip('.,;:!?"()')
        timings.append(Timing(kind="word", text=bare, start_ms=start_ms + pace * at, end_ms=start_ms + pace * until))
        at = until
    return timings


def told(*sentences: str, words: bool = True, pause: int = 300) -> list[Timing]:
    timings: list[Timing] = []
    for sentence in sentences:
        start = max(timing.end_ms for timing in timings) + pause if timings else 0
        timings += spoken(sentence, start, words=words)
    return timings


def lines(timings: Sequence[Timing]) -> list[tuple[str, ...]]:
    return [cue.lines for cue in cues(timings)]


TEXT = (
    "The fire burned brightly, and the soft radiance of the incandescent lights in the lilies of silver caught the "
    "bubbles that flashed and passed in our glasses; our chairs, being his patents, embraced and caressed us."
)


def test_json_is_what_it_promises_to_be() -> None:
    timings = told("Hello, “wörld”!")
    assert "".join(to_json(timings)) == json.dumps(
        {
            "version": 1,
            "timings": [
                {"kind": "sentence", "text": "Hello, “wörld”!", "start_ms": 0, "end_ms": 1050},
                {"kind": "word", "text": "Hello", "start_ms": 0, "end_ms": 420},
                {"kind": "word", "text": "“wörld”", "start_ms": 490, "end_ms": 1050},
            ],
        },
        ensure_ascii=False,
    )
    assert "".join(to_json(())) == '{"version": 1, "timings": []}'


def test_json_tells_the_licence_of_the_sound_where_there_is_one() -> None:
    timings = told("Hello, “wörld”!")
    found = json.loads("".join(to_json(timings, licence='CC-BY-NC-4.0 "?"')))
    assert found.pop("licence") == 'CC-BY-NC-4.0 "?"'
    assert found == json.loads("".join(to_json(timings)))


def test_json_tells_the_kinds_that_are_asked_for() -> None:
    found = json.loads("".join(to_json(told("Hello there."), kinds={"word"})))
    assert [timing["text"] for timing in found["timings"]] == ["Hello", "there"]


def test_srt_looks_as_players_know_it() -> None:
    assert "".join(to_srt(told("Hello there, everybody.", "How are you today?"))) == (
        "1\n00:00:00,000 --> 00:00:01,610\nHello there, everybody.\n\n"
        "2\n00:00:01,910 --> 00:00:03,170\nHow are you today?\n\n"
    )


def test_vtt_looks_as_browsers_know_it() -> None:
    assert "".join(to_vtt(told("Hello there, everybody."))) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.610\nHello there, everybody.\n\n"
    )
    assert "".join(to_vtt(())) == "WEBVTT\n\n"


def test_a_long_sentence_is_cut_at_its_clauses_and_into_lines_that_are_even() -> None:
    assert lines(told(TEXT)) == [
        ("The fire burned brightly, and the soft", "radiance of the incandescent lights"),
        ("in the lilies of silver caught the bubbles", "that flashed and passed in our glasses;"),
        ("our chairs, being his patents,", "embraced and caressed us."),
    ]


def test_a_sentence_without_words_is_cut_by_its_length() -> None:
    with_words, without = told(TEXT), told(TEXT, words=False)
    assert lines(without) == lines(with_words)
    for cue, other in zip(cues(without), cues(with_words), strict=True):
        assert cue.start_ms == pytest.approx(other.start_ms, abs=150)


def test_words_without_sentences_make_cues_too() -> None:
    words = [timing for timing in told(TEXT) if timing.kind == "word"]
    shown = " ".join(line for cue in cues(words) for line in cue.lines)
    assert shown == " ".join(word.text for word in words)
    assert all(cue.end_ms - cue.start_ms <= LONGEST for cue in cues(words))


def test_a_silence_parts_words_that_have_no_sentence() -> None:
    words = [Timing(kind="word", text=text, start_ms=at, end_ms=at + 900) for text, at in (("one", 0), ("two", 3000))]
    assert lines(words) == [("one",), ("two",)]


def test_what_is_short_is_shown_for_a_second_or_together_with_what_follows() -> None:
    first, _ = cues([*spoken("Yes.", 0), *spoken("He said so twice today.", 2000)])
    assert (first.lines, first.start_ms, first.end_ms) == (("Yes.",), 0, SHORTEST)
    assert lines([*spoken("Yes.", 0), *spoken("He said so twice today.", 500)]) == [("Yes. He said so twice today.",)]


def test_the_last_cue_can_be_read_although_the_sound_ends_before() -> None:
    end = [Timing(kind="sentence", text="End.", start_ms=6000, end_ms=6146)]
    *_, last = cues([*spoken("World is big.", 2000), *end])
    assert (last.lines, last.start_ms, last.end_ms) == (("End.",), 6000, 6000 + SHORTEST)


def test_the_last_cue_comes_after_the_one_before_although_both_are_short() -> None:
    long, late = (
        "A sentence that is long enough to be shown alone, and no other has room there.",
        "It is said in haste.",
    )
    first, last = cues([*spoken(long, 0, pace=5), *spoken(late, 400, pace=5)])
    assert first.end_ms <= last.start_ms
    assert last.end_ms - last.start_ms == SHORTEST


def test_a_cue_stays_until_it_can_be_read_if_nothing_follows() -> None:
    fast = spoken("It takes a while to read what is said fast.", 0, pace=20)
    first, _ = cues([*fast, *spoken("Then nothing for long.", 9000)])
    assert first.end_ms == 1000 * len("It takes a while to read what is said fast.") // 17


def test_chinese_is_as_wide_as_it_looks() -> None:
    text = "我们今天去北京看看这个非常大的城市然后我们去上海再去广州最后回家休息一下明天再见。"
    for cue in cues(spoken(text, pace=150, words=False)):
        assert all(columns(line) <= LINE and " " not in line for line in cue.lines)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_text(text: str, tmp_path: Path) -> None:
    timings = told("Before it.", text, "After it all.")
    srt, vtt = "".join(to_srt(timings)), "".join(to_vtt(timings))
    shown = list(cues(timings))
    assert shown[0].lines[0].startswith("Before it.") and shown[-1].lines[-1].endswith("After it all.")

    read = pysubs2.SSAFile.from_string(srt, "srt")
    assert [(event.start, event.end) for event in read] == [(cue.start_ms, cue.end_ms) for cue in shown]
    assert [event.plaintext.replace("\u2060", "") for event in read] == [
        "\n".join(cue.lines).translate(str.maketrans("<{}\\", "\u2039()/")).replace("-->", "\u2192") for cue in shown
    ]
    captions = webvtt.from_buffer(StringIO(vtt)).captions
    plain = [caption.raw_text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") for caption in captions]
    assert plain == ["\n".join(cue.lines) for cue in shown]
    assert json.loads("".join(to_json(timings)))["timings"][0]["text"] == "Before it."
    "".join((srt, vtt, *to_json(timings))).encode()


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not installed")
@pytest.mark.parametrize("kind", ["srt", "vtt"])
def test_ffprobe_reads_every_cue(kind: str, tmp_path: Path) -> None:
    timings = told(TEXT, *HOSTILE[:8], "And that is all.")
    path = tmp_path / f"book.{kind}"
    path.write_text("".join(to_srt(timings) if kind == "srt" else to_vtt(timings)), encoding="utf-8")
    program = ["ffprobe", "-v", "error", "-show_entries", "packet=pts_time,duration_time", "-of", "json", str(path)]
    packets = json.loads(subprocess.run(program, capture_output=True, check=True, timeout=30).stdout)["packets"]
    read = [(round(1000 * float(p["pts_time"])), round(1000 * float(p["duration_time"]))) for p in packets]
    assert read == [(cue.start_ms, cue.end_ms - cue.start_ms) for cue in cues(timings)]


WORDS = st.sampled_from(
    ["a", "Dr.", "word,", "extraordinarily", "—", "(so", "it)", "x" * 90, "字字字", "العربية", "<b>"]
)
SENTENCES = st.tuples(
    st.lists(WORDS, max_size=40).map(" ".join), st.integers(0, 400), st.integers(0, 3000), st.booleans()
)


@given(st.lists(SENTENCES, max_size=5))
def test_whatever_is_said_cues_keep_to_the_rules(sentences: list[tuple[str, int, int, bool]]) -> None:
    timings: list[Timing] = []
    end = 0
    for text, pace, pause, words in sentences:
        timings += spoken(text, end + pause, pace, words)
        end = max([end, *(timing.end_ms for timing in timings)])
    shown = list(cues(timings))
    for cue in shown:
        assert cue.start_ms < cue.end_ms
        assert 1 <= len(cue.lines) <= 2
        assert all(0 < columns(line) <= LINE and line == line.strip() for line in cue.lines)
        assert cue.end_ms - cue.start_ms <= LONGEST or len(" ".join(cue.lines).split()) == 1
    assert all(cue.end_ms <= after.start_ms for cue, after in pairwise(shown))
    assert "".join("".join(cue.lines) for cue in shown).replace(" ", "") == "".join(
        "".join(text.split()) for text, *_ in sentences
    )
    if end > 1:
        assert all(cue.end_ms <= max(end, cue.start_ms + 1) for cue in shown[:-1])
        assert all(cue.end_ms - cue.start_ms >= SHORTEST for cue in shown[-1:])
        assert all(cue.end_ms <= max(end, cue.start_ms + SHORTEST) for cue in shown[-1:])


KINDS: tuple[TimingKind, ...] = ("sentence", "word", "syllable", "phoneme")
TIMINGS = st.builds(
    Timing,
    kind=st.sampled_from(KINDS),
    text=st.text(max_size=12),
    start_ms=st.integers(0, 9000),
    end_ms=st.integers(0, 9000),
)


@given(st.lists(TIMINGS, max_size=20))
def test_any_timings_make_files_that_can_be_read(timings: list[Timing]) -> None:
    shown = len(list(cues(timings)))
    assert len(pysubs2.SSAFile.from_string("".join(to_srt(timings)), "srt")) == shown
    assert len(webvtt.from_buffer(StringIO("".join(to_vtt(timings)))).captions) == shown
    assert [timing["end_ms"] for timing in json.loads("".join(to_json(timings)))["timings"]] == [
        timing.end_ms for timing in timings
    ]


def test_what_is_made_comes_before_all_is_known() -> None:
    def endless() -> Iterator[Timing]:
        start = 0
        while True:
            yield from (sentence := spoken("This is one sentence of a book without an end.", start))
            start = sentence[0].end_ms + 200

    for make in (to_json, to_srt, to_vtt):
        assert len(list(islice(make(endless()), 50))) == 50


def test_a_sentence_of_many_words_takes_time_in_proportion_to_them() -> None:
    shown = list(cues(spoken("word " * 20_000)))
    assert sum(len(line.split()) for cue in shown for line in cue.lines) == 20_000
