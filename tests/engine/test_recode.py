"""Sound files of ours are made into other kinds, and cut where they rest."""

from __future__ import annotations

import math
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine import take
from engine.encoding import MARK, Tags, encoder, nearest
from engine.engine import EngineError
from engine.licence import CPML
from engine.mastering import PLAIN, Line, master
from engine.recode import Original, Pause, Recoded, bit_rate, choose_cuts, kind_of, pauses, recode, split
from engine.speech import Format, Utterance
from engine.take import Stopped, Take, Target
from tests.engine.speech_sounds import pcm, spoken

RATE = 22_050
TAGS = Tags(title="Hellö, a title", voice="Ada")
LOSSLESS = (Format.WAV, Format.FLAC)
KEEPER = """
The old keeper counts the boats in the harbour, and nobody has ever asked him why. He starts at six. When the fog comes
in from the west, thick and cold, he lights the lamp; then he waits. "Nobody sails today," he says. It is quiet. His
sister, who lives in the village, brings him bread, cheese, and a letter from the north. He reads it twice: once aloud,
once to himself. Is it good news? She does not ask! The kettle sings on the stove, the cat sleeps, and the rain begins.
In 1987, after the great storm, forty boats were lost in a single night. Nobody counted them then. That is why he counts
them now, every morning and every evening, in ink, in a book with a green cover. The book is nearly full. There are, he
thinks, perhaps thirty pages left. What will he do when they are gone? He could buy another; he could also stop. A boy
came once, curious and bold, and asked to see it. The keeper showed him the first page. There were seven names on it,
all crossed out. The boy said nothing for a long while. Then he asked for a pencil. Together they wrote the names again,
slowly, one by one, on a page that was clean. The boy came back the next day, and the day after. He learned to tell the
boats by their sails, by their lamps, and by the way they leaned. Some are proud. Some are tired, and some, like the
Anna Maria, are simply old. In spring the boy went to school in the town, by bus, forty minutes each way. He sent
postcards. The keeper pinned them to the wall, above the stove, in a row. One shows a bridge; one shows a king on a
horse. One is blank, because it rained. The keeper likes that one best. At night, when the lamp turns, the light passes
over the cards like a hand. Nobody sees it but the cat. All are home.
"""


def made(path: Path, format: Format, sound: NDArray[np.int16], rate: int = RATE) -> Path:
    with encoder(path, format, rate=rate, tags=TAGS) as file:
        file.write(sound)
    return path


def read(path: Path) -> NDArray[np.int16]:
    with Original(path) as original:
        return np.concatenate(list(original.blocks()))


def told(path: Path) -> dict[str, str]:
    """What a file says of itself, as others read it."""
    with av.open(str(path)) as file:
        return {**file.streams.audio[0].metadata, **file.metadata}


def bursts(*seconds: float, level: float = 6_000.0) -> NDArray[np.int16]:
    """Noise and silence by turns."""
    chance = np.random.default_rng(1)
    lengths = [round(each * RATE) for each in seconds]
    parts = [chance.normal(0, level, n) if i % 2 == 0 else np.zeros(n) for i, n in enumerate(lengths)]
    return np.concatenate(parts).clip(-32768, 32767).astype(np.int16)


def said(folder: Path, speaker: str, format: Format) -> Take:
    """The keeper's story as Mynah says it, sentence by sentence."""
    lines = []
    for text in sentences():
        line = Line(utterance=Utterance(text=text, engine="espeak", speaker=speaker))
        lines.append(master(spoken(text, speaker), line, PLAIN))
    return take.write(folder / "1-1.wav", lines, Target(format=format, tags=TAGS))


def sentences() -> list[str]:
    from engine.text.sentences import sentences

    return [sentence.strip() for sentence in sentences(" ".join(KEEPER.split()), language="en")]


def gaps(story: Take) -> list[tuple[float, float]]:
    """From when until when nobody speaks between two sentences, by what the engine has told."""
    kinds = [(timing.kind, timing.start_ms / 1000, timing.end_ms / 1000) for timing in story.timings]
    found, last = [], 0.0
    for (before, _, _), (kind, start, end) in zip([("", 0.0, 0.0), *kinds], kinds, strict=False):
        if kind == "word":
            if before == "sentence" and last:
                found.append((last, start))
            last = end
    return found


def stretch(
    path: Path,
    to: Path,
    target: Target,
    *,
    begin: float = 0.0,
    end: float = math.inf,
    stopped: Callable[[], bool] = bool,
) -> Recoded:
    """Write the stretch of a file that is one of its parts."""
    at = [each for each in (begin, end) if 0.0 < each < math.inf]
    parts = [to.with_name(f"{to.name}-{number}") for number in range(len(at) + 1)]
    mine = 1 if begin else 0
    parts[mine] = to
    return split(path, parts, target, cuts=at, stopped=stopped)[mine]


def cuts(path: Path, longest: float, stopped: Callable[[], bool] = bool) -> list[float]:
    """Where a file is cut into parts that last no longer."""
    with Original(path) as original:
        seconds = original.seconds
    return choose_cuts(pauses(path, stopped), seconds, longest)


@pytest.mark.parametrize("format", Format)
def test_every_kind_is_read_as_it_was_written(tmp_path: Path, format: Format) -> None:
    sound = pcm(spoken().samples)
    path = made(tmp_path / "sound", format, sound)
    with Original(path) as original:
        assert (original.format, original.tags) == (format, TAGS)
        assert original.made_rate == nearest(format, RATE)
        assert original.seconds == pytest.approx(len(sound) / RATE, abs=0.01)
        heard = np.concatenate(list(original.blocks()))
        assert original.at == len(heard) / original.rate == pytest.approx(len(sound) / RATE, abs=0.05)
    if format in LOSSLESS:
        assert np.array_equal(heard, sound)
    elif original.rate == RATE:
        heard = heard[: len(sound)]
        assert np.corrcoef(heard, sound[: len(heard)])[0, 1] > 0.95


@pytest.mark.parametrize("to", Format)
@pytest.mark.parametrize("format", Format)
def test_every_kind_becomes_every_other_with_its_tags(tmp_path: Path, format: Format, to: Format) -> None:
    sound = pcm(spoken().samples)
    path = made(tmp_path / "sound", format, sound)
    done = recode(path, tmp_path / "other", Target(format=to, tags=Tags(title="other", voice="other")))
    assert kind_of(done.path) is to
    assert done.bytes == done.path.stat().st_size
    assert done.seconds == pytest.approx(len(sound) / RATE, abs=0.05)
    assert len(read(done.path)) > 0
    assert told(done.path).items() >= {"title": TAGS.title, "artist": TAGS.voice, "comment": MARK}.items()


@pytest.mark.parametrize("to", Format)
def test_what_a_licence_forbids_goes_along(tmp_path: Path, to: Format) -> None:
    path = tmp_path / "sound"
    with encoder(path, Format.WAV, rate=RATE, tags=replace(TAGS, licence=CPML)) as file:
        file.write(pcm(spoken().samples))
    done = recode(path, tmp_path / "other", Target(format=to))
    assert told(done.path)["comment"] == replace(TAGS, licence=CPML).fields()["comment"]


def test_a_comment_of_somebody_elses_does_not(tmp_path: Path) -> None:
    path = tmp_path / "sound"
    with encoder(path, Format.WAV, rate=RATE, tags=replace(TAGS, comment="Recorded by a person.")) as file:
        file.write(pcm(spoken().samples))
    done = recode(path, tmp_path / "other", Target(format=Format.FLAC))
    assert told(done.path)["comment"] == MARK


def test_a_stretch_has_just_its_samples(tmp_path: Path) -> None:
    sound = bursts(3.0)
    path = made(tmp_path / "sound", Format.WAV, sound)
    done = stretch(path, tmp_path / "part", Target(), begin=0.5, end=1.25)
    assert np.array_equal(read(done.path), sound[round(0.5 * RATE) : round(1.25 * RATE)])
    assert done.seconds == pytest.approx(0.75, abs=1 / RATE)


def test_parts_together_are_the_whole_and_tell_which_they_are(tmp_path: Path) -> None:
    sound = bursts(3.0)
    path = made(tmp_path / "sound", Format.FLAC, sound)
    parts = split(path, [tmp_path / str(number) for number in range(3)], Target(), cuts=[0.7, 1.9])
    assert [part.seconds for part in parts] == pytest.approx([0.7, 1.2, 1.1], abs=1 / RATE)
    assert np.array_equal(np.concatenate([read(part.path) for part in parts]), sound)
    assert [told(part.path)["title"] for part in parts] == [f"{TAGS.title} ({number} of 3)" for number in (1, 2, 3)]


@pytest.mark.parametrize("format", [Format.WAV, Format.MP3, Format.FLAC, Format.M4A])
def test_a_file_that_is_cut_off_is_no_file(tmp_path: Path, format: Format) -> None:
    path = made(tmp_path / "sound", format, bursts(4.0))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(EngineError, match="sound"):
        recode(path, tmp_path / "other", Target(format=Format.MP3))
    assert [each.name for each in tmp_path.iterdir()] == ["sound"]


@pytest.mark.parametrize("content", [None, b"", b"RIFF", b"OggS\0\0", b"ffconcat version 1.0\nfile other.wav\n"])
def test_what_is_gone_or_is_no_sound_of_ours_is_refused_in_words(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "sound.wav"
    made(tmp_path / "other.wav", Format.WAV, bursts(0.5))
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(EngineError, match=r"sound\.wav"):
        recode(path, tmp_path / "out", Target(format=Format.MP3))
    assert not (tmp_path / "out").exists()


def test_a_stretch_behind_the_end_is_refused_and_leaves_no_part(tmp_path: Path) -> None:
    path = made(tmp_path / "sound", Format.WAV, bursts(1.0))
    with pytest.raises(EngineError):
        split(path, [tmp_path / "1", tmp_path / "2"], Target(), cuts=[1.5])
    assert [each.name for each in tmp_path.iterdir()] == ["sound"]


def test_what_nobody_wants_any_more_is_left_off_and_leaves_no_part(tmp_path: Path) -> None:
    path = made(tmp_path / "sound", Format.WAV, bursts(10.0))
    to = [tmp_path / "1", tmp_path / "2"]
    with pytest.raises(Stopped):
        split(path, to, Target(), cuts=[2.0], stopped=lambda: to[1].exists())
    with pytest.raises(Stopped):
        stretch(path, to[0], Target(), begin=9.0, stopped=lambda: True)
    with pytest.raises(Stopped):
        cuts(path, 2.0, stopped=lambda: True)
    assert [each.name for each in tmp_path.iterdir()] == ["sound"]


@pytest.mark.parametrize("level", [60.0, 6_000.0])
@pytest.mark.parametrize("format", Format)
def test_pauses_are_found_in_every_kind_however_loud_it_is(tmp_path: Path, format: Format, level: float) -> None:
    path = made(tmp_path / "sound", format, bursts(1.0, 0.3, 0.5, 0.03, 0.5, 1.2, 1.0, 0.4, level=level))
    found = [(pause.begin, pause.end) for pause in pauses(path)]
    assert found == [pytest.approx(each, abs=0.04) for each in [(1.0, 1.3), (2.33, 3.53)]]


@pytest.mark.parametrize("longest", [15.0, 25.0, 55.0])
@pytest.mark.parametrize(
    ("speaker", "format"), [("en-gb", Format.WAV), ("en-gb", Format.MP3), ("en-us", Format.OPUS), ("de", Format.WAV)]
)
def test_speech_is_cut_between_sentences(tmp_path: Path, speaker: str, format: Format, longest: float) -> None:
    story = said(tmp_path, speaker, format)
    between = gaps(story)
    assert len(between) >= 35
    found = cuts(story.path, longest)
    assert found
    within = [at for at in found if not any(end - 0.02 <= at <= start + 0.02 for end, start in between)]
    assert within == []
    assert max(np.diff([0.0, *found, story.seconds])) <= longest


def test_what_is_short_enough_is_not_cut(tmp_path: Path) -> None:
    path = made(tmp_path / "sound", Format.WAV, bursts(1.0, 0.5, 1.0))
    assert cuts(path, 2.5) == []
    assert cuts(path, 2.4) == [pytest.approx(1.25, abs=0.02)]


def test_only_what_does_not_rest_is_cut_anywhere(tmp_path: Path) -> None:
    path = made(tmp_path / "sound", Format.WAV, bursts(5.0, 0.4, 1.5, 0.4, 1.5, 0.4, 1.5))
    found = cuts(path, 2.0)
    assert max(np.diff([0.0, *found, 10.7])) <= 2.0
    assert [round(at, 1) for at in found if at > 5.0] == [5.2, 7.1, 9.0]


def rests(*at: tuple[float, float]) -> Iterator[Pause]:
    return (Pause(begin=middle - seconds / 2, end=middle + seconds / 2) for middle, seconds in at)


def test_the_longest_pauses_are_taken_and_parts_are_alike() -> None:
    found = rests((20, 0.15), (38, 0.3), (45, 0.15), (50, 0.3), (58, 0.3))
    assert choose_cuts(list(found), 100.0, 90.0) == [50.0]


def test_one_part_more_is_taken_for_longer_pauses_where_there_may_be_one() -> None:
    found = list(rests((30, 0.3), (50, 0.15), (70, 0.3)))
    assert choose_cuts(found, 100.0, 55.0) == [30.0, 70.0]
    assert choose_cuts(found, 100.0, 55.0, most=2) == [50.0]
    even = [replace(each, end=each.begin + 0.3) for each in found]
    assert choose_cuts(even, 100.0, 55.0) == [even[1].middle]


@given(
    st.lists(st.tuples(st.floats(0.1, 999.0), st.floats(0.1, 1.0)), max_size=40),
    st.floats(5.0, 1000.0),
    st.integers(1, 20),
)
def test_no_part_is_too_long(at: list[tuple[float, float]], longest: float, most: int) -> None:
    found = sorted(rests(*at), key=lambda pause: pause.middle)
    chosen = choose_cuts(found, 1000.0, longest, most=most)
    lengths = np.diff([0.0, *chosen, 1000.0])
    assert (lengths > 0).all()
    assert lengths.max() <= longest + 1e-6
    assert len(chosen) + 1 >= 1000.0 / longest - 1e-6


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 48_000])
@pytest.mark.parametrize("format", [Format.WAV, Format.MP3, Format.OPUS, Format.M4A])
def test_how_large_a_file_becomes_is_known_before(tmp_path: Path, format: Format, rate: int) -> None:
    speech = np.tile(pcm(spoken().samples), 6)
    path = made(tmp_path / "sound", Format.WAV, speech)
    thorough = format is Format.OPUS
    done = recode(path, tmp_path / "other", Target(format=format, rate=rate, thorough=thorough))
    expected = bit_rate(format, nearest(format, rate), thorough=thorough) / 8 * done.seconds
    exact = format in (Format.WAV, Format.MP3)
    assert done.bytes == pytest.approx(expected, rel=0.01 if exact else 0.3)


def test_memory_stays_flat_however_long_it_gets(tmp_path: Path) -> None:
    minute = bursts(*[0.8, 0.2] * 60)
    with encoder(tmp_path / "sound", Format.WAV, rate=RATE, tags=TAGS) as file:
        for _ in range(20):
            file.write(minute)
    tracemalloc.start()
    places = cuts(tmp_path / "sound", 400.0)
    split(tmp_path / "sound", [tmp_path / str(number) for number in range(4)], Target(), cuts=places)
    _, highest = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(places) == 3
    assert highest < minute.nbytes * 3
