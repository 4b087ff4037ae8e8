"""What goes through a pipe comes out as it was, or is refused."""

from __future__ import annotations

import io
import json
import struct

import numpy as np
import pytest

from engine import frames
from engine.engine import EngineLost
from engine.espeak_engine import EspeakEngine
from engine.speech import Audio, Enrolled, Part, Reference, Speaker, Timing, Utterance

AUDIO = Audio(
    samples=np.linspace(-1, 1, 101, dtype=np.float32),
    rate=22_050,
    timings=(Timing(kind="word", text="\ud800 naïve", start_ms=1, end_ms=2),),
    score=0.75,
    takes=2,
)


def through(head: frames.Head, *blobs: bytes | memoryview) -> tuple[frames.Head, list[bytearray]]:
    pipe = io.BytesIO()
    frames.send(pipe, head, blobs)
    pipe.seek(0)
    return frames.receive(pipe)


def test_a_frame_comes_out_as_it_went_in() -> None:
    head = {"text": "\ud800 \0 \U0001f602", "number": 1.5, "list": [1, None, True]}
    assert through(head, b"", b"\0\1" * 70_000) == (head, [bytearray(), bytearray(b"\0\1" * 70_000)])


@pytest.mark.parametrize("step", [1, 2, 1_000])
def test_a_sound_keeps_its_samples_and_all_that_is_known_of_it(step: int) -> None:
    samples = AUDIO.samples[step - 1 :: step]
    given = Audio(samples=samples, rate=AUDIO.rate, timings=AUDIO.timings, score=AUDIO.score, takes=AUDIO.takes)
    about, blob = frames.pack_audio(given)
    head, (received,) = through(about, blob)
    made = frames.unpack_audio(head, received)
    np.testing.assert_array_equal(made.samples, given.samples)
    assert made.samples.dtype == np.float32
    assert (made.rate, made.timings, made.score, made.takes) == (given.rate, given.timings, 0.75, 2)


def test_a_part_keeps_its_place_and_its_samples() -> None:
    about, blob = frames.pack_part(Part(begin=4_800, audio=AUDIO))
    head, (received,) = through(about, blob)
    part = frames.unpack_part(head, received)
    assert (part.begin, part.audio.rate) == (4_800, AUDIO.rate)
    np.testing.assert_array_equal(part.audio.samples, AUDIO.samples)


@pytest.mark.parametrize("head", [{}, {"begin": "x", "audio": {}}, {"begin": None}, {"begin": 0, "audio": {}}])
def test_what_is_no_part_is_refused(head: frames.Head) -> None:
    with pytest.raises(EngineLost):
        frames.unpack_part(head, bytearray(b"\0\0\0\0"))


def test_what_engines_say_of_themselves_comes_out_as_it_was() -> None:
    engine = EspeakEngine()
    engine.open()
    facts = engine.abilities(), engine.speakers(), engine.variants()
    head, _ = through(frames.pack_facts(*facts))
    abilities, speakers, variants = frames.unpack_facts(head)
    assert (abilities, list(speakers), list(variants)) == (facts[0], list(facts[1]), list(facts[2]))


def test_an_utterance_a_lesson_and_who_was_learned_come_out_as_they_were() -> None:
    utterance = Utterance(text="\ud800", engine="odd", speaker="ada", speed=1.5, language="de")
    head, _ = through(frames.pack(utterance))
    assert frames.unpack(Utterance, head) == utterance
    about, samples = frames.pack_reference(Reference(passages=(AUDIO, AUDIO), transcript="Hi.", name="Ada"))
    head, blobs = through(about, *samples)
    reference = frames.unpack_reference(head, blobs)
    assert (reference.transcript, reference.name, len(reference.passages)) == ("Hi.", "Ada", 2)
    np.testing.assert_array_equal(reference.passages[1].samples, AUDIO.samples)
    speaker = Speaker(engine="odd", key="ada", name="Ada", language="de", also=("en",))
    enrolled = Enrolled(speaker=speaker, figures={"seconds": 1.5, "version": "7"})
    head, _ = through(frames.pack_enrolled(enrolled))
    assert frames.unpack_enrolled(head) == enrolled


@pytest.mark.parametrize(
    "sent",
    [
        struct.pack("<II", frames.MOST_HEAD + 1, 0),
        struct.pack("<II", 2, frames.MOST_BLOBS + 1),
        struct.pack("<II", 2, 1) + b"{}" + struct.pack("<Q", frames.MOST_BLOB + 1),
        struct.pack("<II", 2, 0) + b"[]",
        struct.pack("<II", 2, 0) + b"{,",
        struct.pack("<II", 2, 0) + b"\xff\xfe",
    ],
)
def test_what_is_no_frame_is_refused_before_memory_is_taken_for_it(sent: bytes) -> None:
    with pytest.raises(EngineLost):
        frames.receive(io.BytesIO(sent))


@pytest.mark.parametrize("cut", range(0, 30, 3))
def test_a_frame_that_is_cut_is_the_end(cut: int) -> None:
    pipe = io.BytesIO()
    frames.send(pipe, {"kind": "sound"}, [b"\0" * 12])
    assert len(pipe.getvalue()) > 30
    with pytest.raises(EOFError):
        frames.receive(io.BytesIO(pipe.getvalue()[:cut]))


NO_SOUNDS: list[frames.Head] = [
    {},
    {"rate": 8_000},
    {"rate": 8_000, "timings": [["word"]]},
    {"rate": 8_000, "timings": 5},
    {"rat": 1, "timings": []},
]


@pytest.mark.parametrize("head", NO_SOUNDS, ids=json.dumps)
def test_what_is_no_sound_is_refused(head: frames.Head) -> None:
    with pytest.raises(EngineLost, match="no sound"):
        frames.unpack_audio(head, bytearray(8))


def test_samples_that_are_none_are_refused() -> None:
    with pytest.raises(EngineLost, match="no sound"):
        frames.unpack_audio({"rate": 8_000, "timings": []}, bytearray(7))


def test_what_says_nothing_of_itself_is_refused() -> None:
    with pytest.raises(EngineLost, match="no facts"):
        frames.unpack_facts({"abilities": {}})
    with pytest.raises(EngineLost, match="no Speaker"):
        frames.unpack_facts({"abilities": {}, "speakers": [{"key": "ada"}], "variants": []})
    with pytest.raises(EngineLost, match="no speaker"):
        frames.unpack_enrolled({"figures": {}})
