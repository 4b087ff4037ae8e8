"""Taking a recording in: what comes of it, and that the process which decodes it is shut in and not believed."""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.engine import EngineError
from engine.intake import USUAL, Cost, attempts, receive
from engine.intake.errors import Empty, NotSound, TooBig, TooHeavy, TooLong, Unreadable
from tests.hostile_audio.bombs import silent_flac
from tests.hostile_audio.sounds import HEIGHT, RATE, by_av, by_soundfile, tone, wav


def put(folder: Path, content: bytes) -> Path:
    path = folder / "recording"
    path.write_bytes(content)
    return path


def test_the_sound_comes_out_as_it_went_in(tmp_path: Path) -> None:
    received = receive(put(tmp_path, by_soundfile("WAV", "FLOAT", channels=2)))
    assert np.abs(received.audio.samples - tone(1.0)[:, 0]).max() < 1e-6
    assert (received.container, received.codec, received.channels, received.rate) == ("wav", "float", 2, RATE)


def test_the_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    content = by_soundfile("FLAC", "PCM_16")
    assert receive(put(tmp_path, content)).digest == hashlib.sha256(content).hexdigest()


def test_what_was_received_crosses_to_another_process(tmp_path: Path) -> None:
    received = receive(put(tmp_path, by_soundfile("WAV", "PCM_16")))
    again = pickle.loads(pickle.dumps(received))
    assert again.digest == received.digest
    assert np.array_equal(again.audio.samples, received.audio.samples)


def test_many_samples_a_second_become_48_000(tmp_path: Path) -> None:
    received = receive(put(tmp_path, by_soundfile("WAV", "PCM_16", rate=96_000)))
    assert (received.rate, received.audio.rate) == (96_000, 48_000)
    wanted = tone(1.0, 48_000)[:, 0]
    middle = slice(4_800, 43_200)
    assert np.abs(received.audio.samples[middle] - wanted[middle]).max() < 0.001


def test_what_goes_beyond_full_scale_is_made_softer_as_a_whole(tmp_path: Path) -> None:
    loud = 4 * tone(1.0)[:, 0] / HEIGHT
    received = receive(put(tmp_path, wav(loud.astype("<f4").tobytes(), tag=3, bits=32)))
    assert np.abs(received.audio.samples - loud / np.abs(loud).max()).max() < 1e-6
    assert received.clipped == 0


def test_a_file_with_more_bytes_than_it_may_have_is_refused_with_both(tmp_path: Path) -> None:
    path = put(tmp_path, wav(bytes(3_000_000)))
    with pytest.raises(TooBig, match="3 MB, and 2 MB is the most"):
        receive(path, replace(USUAL, bytes=2_000_000))


def test_what_lasts_longer_than_it_may_is_refused_wherever_that_is_noticed(tmp_path: Path) -> None:
    short = replace(USUAL, seconds=60.0)
    for told in (True, False):
        with pytest.raises(TooLong, match="longer than 1 minutes"):
            receive(put(tmp_path, silent_flac(told=told, seconds=90)), short)


def test_what_takes_too_long_is_ended(tmp_path: Path) -> None:
    costs: list[Cost] = []
    slow = put(tmp_path, silent_flac(told=True, seconds=500, channels=8, rate=48_000))
    with pytest.raises(TooHeavy):
        receive(slow, replace(USUAL, deadline=0.2), told=costs.append)
    assert costs[0].seconds < 5


def test_a_child_that_hangs_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    instead(monkeypatch, "import os, time; os.write(1, b'R' + (2).to_bytes(4, 'little') + b'{}'); time.sleep(60)")
    costs: list[Cost] = []
    with pytest.raises(TooHeavy):
        receive(put(tmp_path, wav(bytes(99))), replace(USUAL, deadline=0.2), told=costs.append)
    assert costs[0].ended != 0
    assert costs[0].seconds < 5


LIES = {
    "nothing": "",
    "no language": "os.write(1, b'hello, this is no piece at all')",
    "a piece without an end": "os.write(1, b'R' + (2).to_bytes(4, 'little') + b'{}S\\xff\\xff\\0\\0abc')",
    "a piece of 4 GB": "say(b'R', b'{}'); os.write(1, b'S\\xff\\xff\\xff\\xff')",
    "samples before facts": "say(b'R', b'{}'); say(b'S', bytes(8)); say(b'E', b'{\"clipped\": 0}')",
    "an end before samples": "say(b'R', b'{}'); say(b'F', FACTS); say(b'E', b'{\"clipped\": 0}')",
    "no end": "say(b'R', b'{}'); say(b'F', FACTS); say(b'S', bytes(8))",
    "half a sample": "say(b'R', b'{}'); say(b'F', FACTS); say(b'S', bytes(7)); say(b'E', b'{\"clipped\": 0}')",
    "a share of two": "say(b'R', b'{}'); say(b'F', FACTS); say(b'S', bytes(8)); say(b'E', b'{\"clipped\": 2}')",
    "a refusal that there is none": "say(b'R', b'{}'); say(b'N', b'{\"why\": \"inspect\"}')",
    "a refusal without its facts": "say(b'R', b'{}'); say(b'N', b'{\"why\": \"OddRate\"}')",
    "a refusal in its own words": "say(b'R', b'{}'); say(b'N', b'{\"why\": \"OddRate\", \"rate\": \"<b>\"}')",
    "an odd rate": "say(b'R', b'{}'); say(b'F', FACTS.replace(b'16000', b'7')); say(b'S', bytes(8))",
    "a crash": "say(b'R', b'{}'); os.kill(os.getpid(), 11)",
}
SPEAK = (
    "import os\n"
    'FACTS = b\'{"codec": "pcm", "channels": 1, "rate": 16000, "made_rate": 16000}\'\n'
    "def say(kind, body): os.write(1, kind + len(body).to_bytes(4, 'little') + body)\n"
)


@pytest.mark.parametrize("lie", [name for name in LIES if name not in ("nothing", "no language")])
def test_a_child_that_was_taken_over_is_not_believed(lie: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    instead(monkeypatch, SPEAK + LIES[lie])
    with pytest.raises(Unreadable):
        receive(put(tmp_path, wav(bytes(99))))


@pytest.mark.parametrize("lie", ["nothing", "no language"])
def test_a_child_that_does_not_come_to_be_ready_is_our_fault(
    lie: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instead(monkeypatch, SPEAK + LIES[lie])
    with pytest.raises(EngineError, match="did not start"):
        receive(put(tmp_path, wav(bytes(99))))


def instead(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Have other code run where the child would."""
    monkeypatch.setattr("engine.intake.process._BEGIN", code.replace("{", "{{").replace("}", "}}"))


def test_a_folder_and_a_pipe_are_no_recordings(tmp_path: Path) -> None:
    with pytest.raises(NotSound):
        receive(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(NotSound):
            receive(tmp_path / "pipe")


def test_a_file_without_bytes_is_empty(tmp_path: Path) -> None:
    with pytest.raises(Empty):
        receive(put(tmp_path, b""))


def test_a_file_that_is_gone_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        receive(tmp_path / "gone")


def test_the_sound_of_a_video_is_taken(tmp_path: Path) -> None:
    received = receive(put(tmp_path, by_av("mp4", "aac", video=True)))
    assert (received.container, received.codec) == ("mov", "aac")
    assert received.audio.seconds == pytest.approx(1, abs=0.1)


@pytest.mark.skipif(sys.platform != "linux", reason="seccomp is Linux's")
def test_from_inside_nothing_can_be_opened_called_started_or_taken(tmp_path: Path) -> None:
    stopped = dict(attempts(tmp_path))
    assert stopped.pop("take 4 GB") == "RLIMIT_AS"
    assert stopped.pop("start a thread") == "seccomp or RLIMIT_NPROC"
    assert set(stopped.values()) == {"seccomp"}
    assert {"read a file", "write a file", "connect", "fork", "run a program", "signal its parent"} == set(stopped)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="what the limits alone stop is told of Linux only")
def test_where_system_calls_are_not_filtered_limits_stop_files_addresses_and_memory(tmp_path: Path) -> None:
    stopped = attempts(tmp_path, filtered=False)
    for name in ("read a file", "write a file", "connect"):
        assert stopped[name] == "RLIMIT_NOFILE"
    assert stopped["take 4 GB"] == "RLIMIT_AS"
    assert stopped["fork"] == ("nothing" if os.getuid() == 0 else "RLIMIT_NPROC")
