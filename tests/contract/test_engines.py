"""What every engine promises, held over all that are found and over tiny ones."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from engine.engine import Engine, EngineError, EngineMissing, engines
from engine.engine_process import EngineProcess
from engine.espeak_engine import EspeakEngine
from engine.speech import Audio, Enrolled, Part, Reference, Utterance
from engine.text.hygiene import clean
from tests.engine.coqui_engine.tiny_engine import TinyCoqui
from tests.engine.pitch import median_pitch
from tests.engine.sines import SineEngine
from tests.engine.vits_engine.tiny_engine import TinyVits

TEXT = "Hello there, this is a sentence that takes some seconds to say, for it goes on and on until it ends."
VOICED = "We were away a year ago when you ran along the river all year long and no one knew why."
KINDS = {"sentence", "word", "syllable", "phoneme"}
HOSTILE = [
    "a" * 50_000,
    "\U0001f602" * 300,
    "\u0645\u0631\u062d\u0628\u0627 " * 50,
    "[[ h@'loU ]] [[",
    "\x01\x02\x1b[31m\x7f\x85",
    "\0",
    "a\0b",
    "h" + "\u0301" * 5000,
    "".join(chr(0xE0000 + ord(letter)) for letter in "ignore"),
    '<speak><break time="999999s"/></speak>',
    "\ud800",
    "",
    " ",
    "." * 3000,
    "9" * 300,
    "\u65e5\u672c\u8a9e" * 50,
    "%s %n {0} \\ ' \" ; DROP TABLE",
]


LESSON = "Guten Morgen. Heute ist ein sch\u00f6ner Tag, und wir gehen zusammen an den Fluss, wo die Boote liegen."
LEARNED = "learned-1"
LESSONS: dict[str, tuple[Enrolled, list[float]]] = {}
"""What each engine that clones made of the lesson, and how far it said that it was."""
LONG = 4.0
"""After how much sound nobody listens any more to a hostile text in a learned voice, in seconds."""


class EspeakApart(EngineProcess):
    """espeak in a process of its own."""

    name = "espeak apart"

    def __init__(self) -> None:
        super().__init__(EspeakEngine)


KINDS_OF_ENGINES = [*engines().values(), SineEngine, TinyCoqui, TinyVits, EspeakApart]


@pytest.fixture(scope="module", params=KINDS_OF_ENGINES, ids=lambda engine: engine.name)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened: Engine = request.param()
    opened.home, opened.models = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("models")
    try:
        opened.open()
        if opened.abilities().clones:
            told: list[float] = []
            LESSONS[opened.name] = opened.enroll(lesson(), LEARNED, told.append), told
    except EngineMissing as missing:
        pytest.skip(str(missing))
    yield opened
    opened.close()


def lesson() -> Reference:
    """What an engine that clones learns a speaker from: another engine's speech."""
    teacher = EspeakEngine()
    teacher.open()
    (chunks,) = say(teacher, Utterance(text=LESSON, engine=teacher.name, speaker="de+f2"))
    return Reference(passages=tuple(chunks), transcript=LESSON, language="de", name="Frieda")


def utterance(engine: Engine, text: str = TEXT, speaker: str = "", speed: float = 1.0, pitch: float = 0.0) -> Utterance:
    keys = [each.key for each in engine.speakers()] or [LEARNED]
    usual = "en-gb" if "en-gb" in keys else keys[0]
    return Utterance(text=text, engine=engine.name, speaker=speaker or usual, speed=speed, pitch=pitch)


def say(engine: Engine, *utterances: Utterance, most: float = math.inf) -> list[list[Audio]]:
    """The chunks of every row of a batch; no more of a row after so many seconds."""
    rows: list[list[Audio]] = [[] for _ in utterances]
    for row, chunk in engine.synthesize(utterances, lambda row: seconds(rows[row]) > most):
        rows[row].append(chunk)
    return rows


def seconds(chunks: list[Audio]) -> float:
    return sum(chunk.seconds for chunk in chunks)


def pitch(chunks: list[Audio]) -> float:
    return median_pitch(np.concatenate([chunk.samples for chunk in chunks]), chunks[0].rate)


def test_the_embedded_engines_are_among_them() -> None:
    assert {"espeak", "flite"} <= set(engines())


def test_it_says_what_it_can_do(engine: Engine) -> None:
    abilities = engine.abilities()
    assert abilities.batch >= 1
    assert abilities.licence and abilities.version
    assert abilities.timings <= KINDS
    assert {speaker.language for speaker in engine.speakers()} <= abilities.languages


def test_its_speakers_can_be_told_apart(engine: Engine) -> None:
    speakers = engine.speakers()
    assert len(speakers) == len({speaker.key.lower() for speaker in speakers})
    assert speakers or engine.abilities().clones
    assert len(speakers) == len({speaker.name.lower() for speaker in speakers})
    for speaker in speakers:
        assert speaker.engine == engine.name
        assert speaker.key and "+" not in speaker.key
        assert speaker.name == " ".join(speaker.name.split()) != ""
        assert re.fullmatch(r"[a-z]{2,8}(-[a-z0-9]{1,8})*", speaker.language, re.IGNORECASE), speaker.language
        assert speaker.sex in ("female", "male", "")
        assert len(speaker.notes) <= 200


def test_its_variants_can_be_told_apart_and_are_taken(engine: Engine) -> None:
    variants = engine.variants()
    assert len(variants) == len({variant.key.lower() for variant in variants})
    assert len(variants) == len({variant.name.lower() for variant in variants})
    plain = utterance(engine)
    for variant in variants[:3]:
        varied = utterance(engine, speaker=f"{plain.speaker}+{variant.key}")
        assert seconds(say(engine, varied)[0]) > 0


def test_it_speaks_at_one_rate_and_within_full_scale(engine: Engine) -> None:
    (chunks,) = say(engine, utterance(engine))
    samples = np.concatenate([chunk.samples for chunk in chunks])
    assert {chunk.samples.dtype for chunk in chunks} == {np.dtype(np.float32)}
    assert {chunk.rate for chunk in chunks} <= {8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000}
    assert len({chunk.rate for chunk in chunks}) == 1
    assert np.isfinite(samples).all()
    assert 0.05 < np.abs(samples).max() <= 1.0
    assert 1 < seconds(chunks) < 60


def test_every_speaker_speaks(engine: Engine) -> None:
    for speaker in engine.speakers():
        (chunks,) = say(engine, utterance(engine, "Hello 1 2 3.", speaker.key))
        assert seconds(chunks) > 0.1, speaker.key


def test_rows_of_a_batch_do_not_mix(engine: Engine) -> None:
    short, long = utterance(engine, "One."), utterance(engine)
    batch = [short, long][: max(1, engine.abilities().batch)]
    together = say(engine, *batch)
    alone = [say(engine, each)[0] for each in batch]
    assert [seconds(row) for row in together] == pytest.approx([seconds(row) for row in alone], rel=0.1)


def test_timings_are_in_order_and_inside_the_sound(engine: Engine) -> None:
    (chunks,) = say(engine, utterance(engine))
    timings = [timing for chunk in chunks for timing in chunk.timings]
    length_ms = math.ceil(1000 * seconds(chunks))
    assert {timing.kind for timing in timings} == engine.abilities().timings
    assert [timing.start_ms for timing in timings] == sorted(timing.start_ms for timing in timings)
    assert all(0 <= timing.start_ms <= timing.end_ms <= length_ms for timing in timings)
    assert all(timing.text in TEXT for timing in timings if timing.kind in ("word", "sentence"))


def test_twice_the_speed_is_shorter(engine: Engine) -> None:
    slow, fast = say(engine, utterance(engine))[0], say(engine, utterance(engine, speed=2.0))[0]
    assert seconds(slow) / 2.6 < seconds(fast) < seconds(slow) / 1.5


@pytest.mark.parametrize("semitones", [-6.0, -3.0, 3.0, 6.0])
def test_an_engine_that_heeds_the_pitch_is_right_within_a_semitone(engine: Engine, semitones: float) -> None:
    if not engine.abilities().pitch:
        pytest.skip(f"{engine.name} leaves the pitch to the effects")
    plain, other = say(engine, utterance(engine, VOICED))[0], say(engine, utterance(engine, VOICED, pitch=semitones))[0]
    assert 12 * math.log2(pitch(other) / pitch(plain)) == pytest.approx(semitones, abs=0.6)
    assert seconds(other) == pytest.approx(seconds(plain), rel=0.05)


def test_an_engine_that_heeds_the_pitch_goes_from_low_to_high_and_back(engine: Engine) -> None:
    if not engine.abilities().pitch:
        pytest.skip(f"{engine.name} leaves the pitch to the effects")
    heard = [pitch(say(engine, utterance(engine, VOICED, pitch=each))[0]) for each in (-12, -6, 0, 6, 12, 0)]
    assert heard[:5] == sorted(heard[:5])
    assert heard[0] < heard[1] / 1.05 and heard[4] > heard[3] * 1.05
    assert heard[5] == pytest.approx(heard[2], rel=0.03)


def test_what_is_stopped_before_it_begins_is_not_said(engine: Engine) -> None:
    assert list(engine.synthesize([utterance(engine)], lambda row: True)) == []


def test_it_asks_every_second_whether_to_go_on(engine: Engine) -> None:
    asked = 0

    def stopped(row: int) -> bool:
        nonlocal asked
        asked += 1
        return False

    made = sum(chunk.seconds for _, chunk in engine.synthesize([utterance(engine, TEXT * 5)], stopped))
    assert asked >= math.floor(made)


def test_what_is_stopped_on_the_way_is_not_said_to_its_end(engine: Engine) -> None:
    whole = seconds(say(engine, utterance(engine, TEXT * 5))[0])
    asked = 0

    def stopped(row: int) -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    said = sum(chunk.seconds for _, chunk in engine.synthesize([utterance(engine, TEXT * 5)], stopped))
    assert asked > 3
    assert said < whole / 2


def test_one_that_streams_is_heard_in_parts_that_add_up_to_the_beginning_of_the_whole(engine: Engine) -> None:
    abilities = engine.abilities()
    if not abilities.joins:
        assert not abilities.streams
        return
    parts: list[Part] = []
    keys = [speaker.key for speaker in engine.speakers()]
    for key in keys:  # the tiny model is too soon done with some texts
        listened = replace(utterance(engine, "This is heard before it is whole.", key), parts=True)
        heard: list[Part] = []
        for row, made in engine.synthesize_more([listened], lambda row: False, lambda room: ()):
            assert row == 0
            if isinstance(made, Part):
                assert made.begin == sum(len(each.audio.samples) for each in heard)
                heard.append(made)
                continue
            assert isinstance(made, Audio) and {each.audio.rate for each in heard} <= {made.rate}
            together = [sample for each in heard for sample in each.audio.samples]
            assert together == list(made.samples[: len(together)])
        parts += heard
    assert bool(parts) == abilities.streams
    assert len(say(engine, replace(utterance(engine), parts=True))[0]) == 1, "where nobody joins it comes whole"


def test_one_that_clones_keeps_what_it_learns_and_tells_how_far_it_is(engine: Engine) -> None:
    if not engine.abilities().clones:
        with pytest.raises(EngineError, match="does not clone"):
            engine.enroll(lesson(), "other", lambda share: None)
        return
    enrolled, told = LESSONS[engine.name]
    assert (enrolled.speaker.engine, enrolled.speaker.key) == (engine.name, LEARNED)
    assert (enrolled.speaker.name, enrolled.speaker.language) == ("Frieda", "de")
    assert json.loads(json.dumps(dict(enrolled.figures))) == enrolled.figures
    assert engine.home is not None and (engine.home / f"{LEARNED}.safetensors").exists()
    assert told == sorted(told) and len(told) > 2 and 0 <= told[0] <= told[-1] <= 1


def test_one_that_clones_stops_learning_when_nobody_waits(engine: Engine) -> None:
    def report(share: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError if engine.abilities().clones else EngineError):
        engine.enroll(lesson(), "unwanted", report)
    with pytest.raises(EngineError):
        say(engine, utterance(engine, speaker="unwanted"))


def test_a_speaker_that_it_does_not_have_is_refused(engine: Engine) -> None:
    with pytest.raises(EngineError):
        say(engine, utterance(engine, speaker="nobody of that name"))


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
@pytest.mark.parametrize("ready", [clean, str], ids=["clean", "raw"])
def test_a_hostile_text_neither_breaks_it_nor_lingers(engine: Engine, text: str, ready: type[str]) -> None:
    try:
        most = LONG if engine.abilities().clones else math.inf
        (chunks,) = say(engine, utterance(engine, ready(text)), most=most)
    except EngineError:
        chunks = []
    assert all(np.isfinite(chunk.samples).all() for chunk in chunks)
    assert seconds(say(engine, utterance(engine))[0]) > 1
