from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import tracemalloc
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import spool as spools
from engine.audio import HEADER_BYTES, Sound, to_sound
from engine.engine import EngineError
from engine.speech import Audio, Timing
from engine.spool import Spool
from engine.take import Take

RATE = 8_000
ROOT = Path(__file__).parents[2]


def sound(number: int, count: int = 400, rate: int = RATE) -> Sound:
    """A sentence that no other is equal to."""
    samples = np.random.default_rng(number).uniform(-0.9, 0.9, count).astype(np.float32)
    timing = Timing(kind="word", text=f"word {number} — “ä”\n", start_ms=0, end_ms=count * 1000 // rate)
    return to_sound(Audio(samples=samples, rate=rate, timings=(timing,)))


def pcm(sounds: Sequence[Sound]) -> bytes:
    return b"".join(sound.pcm.tobytes() for sound in sounds)


def open_spool(folder: Path, attempt: int = 1, fingerprint: str = "f", job: int = 7, part: int = 0) -> Spool:
    return Spool.open(folder, job=job, attempt=attempt, part=part, fingerprint=fingerprint)


def fill(folder: Path, sounds: Sequence[Sound], attempt: int = 1) -> None:
    spool = open_spool(folder, attempt)
    for audio in sounds:
        spool.append(audio)
    spool.close()


def finish(spool: Spool) -> Take:
    """Finish a spool, and hold the file to what a WAV file is and to what the take says of it."""
    take = spool.finish()
    content = take.path.read_bytes()
    assert len(content) == take.bytes
    assert hashlib.sha256(content).hexdigest() == take.sha256
    assert int.from_bytes(content[4:8], "little") == take.bytes - 8
    assert int.from_bytes(content[40:44], "little") == round(take.seconds * take.rate) * 2
    with wave.open(str(take.path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, take.rate)
        assert take.seconds == file.getnframes() / take.rate
    return take


def spoken(take: Take) -> bytes:
    with wave.open(str(take.path)) as file:
        frames: bytes = file.readframes(file.getnframes())
        return frames


@pytest.mark.parametrize("count", [1, 2, 5])
def test_what_is_appended_becomes_one_file(tmp_path: Path, count: int) -> None:
    sounds = [sound(number) for number in range(count)]
    spool = open_spool(tmp_path / "spool")
    for number, audio in enumerate(sounds):
        assert spool.done == number
        spool.append(audio)
    take = finish(spool)
    assert take.path == tmp_path / "spool" / "7-1.wav"
    assert take.rate == RATE
    assert spoken(take) == pcm(sounds)
    assert take.peak == pytest.approx(max(audio.peak for audio in sounds))


@pytest.mark.parametrize("count", [1, 3])
def test_timings_count_from_the_start_of_the_file_as_often_as_they_are_read(tmp_path: Path, count: int) -> None:
    spool = open_spool(tmp_path)
    for number in range(count):
        spool.append(sound(number))
    take = finish(spool)
    expected = [(f"word {number} — “ä”\n", number * 50, number * 50 + 50) for number in range(count)]
    for _ in range(2):
        assert [(timing.text, timing.start_ms, timing.end_ms) for timing in take.timings] == expected


def test_a_later_attempt_goes_on_where_an_earlier_one_came_to(tmp_path: Path) -> None:
    sounds = [sound(number) for number in range(5)]
    fill(tmp_path, sounds[:2])
    spool = open_spool(tmp_path, attempt=2)
    assert spool.done == 2
    spool.append(sounds[2])
    spool.close()
    spool = open_spool(tmp_path, attempt=5)
    assert spool.done == 3
    for audio in sounds[3:]:
        spool.append(audio)
    take = finish(spool)
    assert spoken(take) == pcm(sounds)
    assert len(list(take.timings)) == 5
    assert sorted(path.name for path in tmp_path.iterdir()) == ["7-5.index", "7-5.wav"]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_the_same_attempt_can_be_opened_again(tmp_path: Path, count: int) -> None:
    fill(tmp_path, [sound(number) for number in range(count)])
    spool = open_spool(tmp_path)
    assert spool.done == count
    spool.close()


def test_a_finished_spool_is_still_whole_for_a_later_attempt(tmp_path: Path) -> None:
    sounds = [sound(number) for number in range(3)]
    fill(tmp_path, sounds)
    finish(open_spool(tmp_path))
    spool = open_spool(tmp_path, attempt=2)
    assert spool.done == 3
    assert spoken(finish(spool)) == pcm(sounds)


def test_what_was_said_otherwise_is_not_gone_on_with(tmp_path: Path) -> None:
    fill(tmp_path, [sound(1), sound(2)])
    spool = open_spool(tmp_path, attempt=2, fingerprint="another voice")
    assert spool.done == 0
    spool.append(sound(3))
    assert spoken(finish(spool)) == pcm([sound(3)])
    assert [path.name for path in tmp_path.iterdir()] == ["7-2.wav"]


def test_a_fresh_spool_goes_on_with_nothing(tmp_path: Path) -> None:
    fill(tmp_path, [sound(1), sound(2)])
    spool = Spool.open(tmp_path, job=7, attempt=1, fingerprint="f", fresh=True)
    assert spool.done == 0
    spool.append(sound(3))
    assert spoken(finish(spool)) == pcm([sound(3)])
    assert [path.name for path in tmp_path.iterdir()] == ["7-1.wav"]


def test_another_jobs_spool_is_left_alone(tmp_path: Path) -> None:
    fill(tmp_path, [sound(1), sound(2)])
    for job in (77, 1):
        spool = open_spool(tmp_path, job=job)
        assert spool.done == 0
        spool.close()
    spools.remove(tmp_path, 77)
    spool = open_spool(tmp_path, attempt=2)
    assert spool.done == 2
    spool.close()


def test_the_takes_of_one_job_keep_out_of_each_others_way(tmp_path: Path) -> None:
    first = open_spool(tmp_path)
    first.append(sound(1))
    take = finish(first)
    for attempt, done in ((1, 0), (2, 2)):
        second = open_spool(tmp_path, part=1, attempt=attempt)
        assert second.done == done
        second.append(sound(2))
        second.append(sound(3))
        second.close()
    assert take.path.exists()
    spools.remove(tmp_path, 7)
    assert list(tmp_path.iterdir()) == []


def test_what_follows_a_broken_sentence_is_cut_off_at_once(tmp_path: Path) -> None:
    sounds = [sound(number) for number in range(3)]
    fill(tmp_path, sounds)
    wave_path, index_path = tmp_path / "7-1.wav", tmp_path / "7-1.index"
    content = bytearray(wave_path.read_bytes())
    content[HEADER_BYTES + len(pcm(sounds[:1]))] ^= 1
    wave_path.write_bytes(content)
    open_spool(tmp_path).close()
    assert wave_path.stat().st_size == HEADER_BYTES + len(pcm(sounds[:1]))
    assert len(index_path.read_bytes().splitlines()) == 2


@pytest.mark.parametrize("left", ["7-1.wav", "7-1.index"])
def test_half_a_spool_is_none(tmp_path: Path, left: str) -> None:
    fill(tmp_path, [sound(1), sound(2)])
    for path in tmp_path.iterdir():
        if path.name != left:
            path.unlink()
    spool = open_spool(tmp_path, attempt=2)
    assert spool.done == 0
    spool.append(sound(3))
    assert spoken(finish(spool)) == pcm([sound(3)])


def test_nothing_cannot_be_finished(tmp_path: Path) -> None:
    spool = open_spool(tmp_path)
    with pytest.raises(EngineError):
        spool.finish()
    spool.close()


def test_one_file_has_one_rate(tmp_path: Path) -> None:
    spool = open_spool(tmp_path)
    spool.append(sound(1))
    with pytest.raises(EngineError):
        spool.append(sound(2, rate=2 * RATE))
    assert spool.done == 1
    assert spoken(finish(spool)) == pcm([sound(1)])


LENGTHS = st.lists(st.integers(1, 300), min_size=1, max_size=5)


@given(LENGTHS, st.data())
def test_cut_anywhere_what_is_found_again_is_a_prefix(lengths: list[int], data: st.DataObject) -> None:
    sounds = [sound(number, count) for number, count in enumerate(lengths)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder, sounds)
        ends = [HEADER_BYTES + len(pcm(sounds[: done + 1])) for done in range(len(sounds))]
        lines = (folder / "7-1.index").read_bytes().splitlines(keepends=True)
        cuts = {}
        for suffix in ("wav", "index"):
            path = folder / f"7-1.{suffix}"
            cuts[suffix] = data.draw(st.integers(0, path.stat().st_size), label=suffix)
            os.truncate(path, cuts[suffix])
        whole = [
            number
            for number, end in enumerate(ends)
            if end <= cuts["wav"] and len(b"".join(lines[: number + 2])) <= cuts["index"]
        ]
        spool = open_spool(folder, attempt=2)
        assert spool.done == len(whole)
        for audio in sounds[spool.done :]:
            spool.append(audio)
        take = finish(spool)
        assert spoken(take) == pcm(sounds)
        assert len(list(take.timings)) == len(sounds)


@given(LENGTHS, st.data())
def test_whatever_became_of_the_bytes_no_wrong_sample_is_found(lengths: list[int], data: st.DataObject) -> None:
    sounds = [sound(number, count) for number, count in enumerate(lengths)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder, sounds)
        path = folder / data.draw(st.sampled_from(["7-1.wav", "7-1.index"]))
        content = bytearray(path.read_bytes())
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + 8] = data.draw(st.binary(max_size=12))
        path.write_bytes(content)
        spool = open_spool(folder, attempt=2)
        done = spool.done
        if done == 0:
            spool.close()
        else:
            assert spoken(finish(spool)) == pcm(sounds[:done])


FILLER = """
import sys
from pathlib import Path
from tests.engine.test_spool import open_spool, sound
spool = open_spool(Path(sys.argv[1]))
for number in range(spool.done, 100_000):
    spool.append(sound(number, 4000))
    print(number, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kills with SIGKILL")
@pytest.mark.parametrize("after", [1, 2, 20])
def test_a_killed_process_loses_one_sentence_at_most_once_it_has_two(tmp_path: Path, after: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", FILLER, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        for _ in range(after):
            assert process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        told = after + len(process.stdout.readlines())
    spool = open_spool(tmp_path, attempt=2)
    done = spool.done
    assert done >= (told if told > 1 else 0)
    spool.append(sound(done, 4000))
    assert spoken(finish(spool)) == pcm([sound(number, 4000) for number in range(done + 1)])


LIMITED = """
import resource, signal, sys
from pathlib import Path
from tests.engine.test_spool import finish, open_spool, pcm, sound, spoken
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
limit = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
spool = open_spool(Path(sys.argv[1]))
said = 0
try:
    while True:
        spool.append(sound(said, 4000))
        said += 1
except OSError:
    pass
assert spool.done == said > 1
spool.append(sound(said, 10))
assert spoken(finish(spool)) == pcm([*(sound(number, 4000) for number in range(said)), sound(said, 10)])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits the size of files as POSIX does")
def test_when_the_disk_is_full_nothing_wrong_stays(tmp_path: Path) -> None:
    # The limit falls into the fourth sentence, and leaves room for the short one that takes its place.
    arguments = [sys.executable, "-c", LIMITED, str(tmp_path), str(HEADER_BYTES + 3 * 8000 + 3000)]
    done = subprocess.run(arguments, cwd=ROOT, timeout=60, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_memory_stays_flat_however_long_it_gets(tmp_path: Path) -> None:
    audio = sound(1, 20 * RATE)
    spool = open_spool(tmp_path)
    spool.append(audio)
    spool.append(audio)
    tracemalloc.start()
    for _ in range(60):
        spool.append(audio)
    spool.close()
    spool = open_spool(tmp_path, attempt=2)
    assert spool.done == 62
    take = spool.finish()
    _, highest = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert take.bytes > 60 * audio.pcm.nbytes
    assert highest < 12 * audio.pcm.nbytes
