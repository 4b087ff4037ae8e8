from __future__ import annotations

import json
import shutil
import subprocess
import sys
import wave
from fractions import Fraction
from pathlib import Path

import av
import mutagen
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.encoding import MARK, Encoder, Tags, encoder, nearest
from engine.engine import EngineError
from engine.speech import Format
from tests.engine.speech_sounds import pcm, spoken

RATE = 22_050
TAGS = Tags(title="Wie geht's? 好 👍", voice="Annie O'Hara")
ROOT = Path(__file__).parents[3]
PROBE = shutil.which("ffprobe")
needs_ffprobe = pytest.mark.skipif(PROBE is None, reason="ffprobe (of ffmpeg) is not installed")
every_format = pytest.mark.parametrize("format", list(Format))


def speech() -> NDArray[np.int16]:
    return pcm(spoken().samples)


def make(path: Path, format: Format, sound: NDArray[np.int16], *, out_rate: int = 0, thorough: bool = False) -> Encoder:
    made = encoder(path, format, rate=RATE, out_rate=out_rate, tags=TAGS, thorough=thorough)
    made.write(sound)
    made.close()
    return made


def decoded(path: Path, rate: int = RATE) -> NDArray[np.float32]:
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
        frames = [part for frame in container.decode(stream) for part in resampler.resample(frame)]
        frames += resampler.resample(None)
    parts = [frame.to_ndarray().ravel() for frame in frames]
    return np.concatenate([np.zeros(0), *parts]).astype(np.float32)


def probed(path: Path) -> dict[str, dict[str, object]]:
    assert PROBE
    command = [PROBE, "-v", "error", "-show_format", "-show_streams", "-of", "json", str(path)]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout)
    stream = told["streams"][0]
    return {
        "stream": stream,
        "format": told["format"],
        "tags": {**stream.get("tags", {}), **told["format"].get("tags", {})},
    }


def seconds(path: Path) -> float:
    """How long ffprobe finds a file; what players skip at the begin of an MP3 file is not part of it."""
    stream = probed(path)["stream"]
    skipped = float(str(stream["start_time"])) if stream["codec_name"] == "mp3" else 0.0
    return float(str(stream["duration"])) - skipped


@needs_ffprobe
@every_format
@pytest.mark.parametrize("out_rate", [0, 16_000, 48_000])
def test_a_file_lasts_as_long_as_its_sound(tmp_path: Path, format: Format, out_rate: int) -> None:
    path = tmp_path / f"sound.{format.suffix}"
    for sound in (speech(), speech()[:RATE]):
        made = make(path, format, sound, out_rate=out_rate)
        assert seconds(path) == pytest.approx(len(sound) / RATE, rel=0.02 if len(sound) > RATE else 0.05, abs=0.05)
        shown = int(str(probed(path)["stream"]["sample_rate"]))
        assert shown == (48_000 if format is Format.OPUS else made.rate)


@every_format
@pytest.mark.parametrize(("out_rate", "thorough"), [(0, False), (0, True), (16_000, False)])
def test_a_file_holds_the_sound_where_it_was(tmp_path: Path, format: Format, out_rate: int, thorough: bool) -> None:
    sound = speech()
    made = make(tmp_path / "sound", format, sound, out_rate=out_rate, thorough=thorough)
    again = decoded(tmp_path / "sound")
    assert len(again) == pytest.approx(len(sound), rel=0.02, abs=RATE * 0.05)
    count = min(len(again), len(sound))
    before, after = sound[:count] / 32768.0, again[:count]
    size = 2 * count
    likeness = np.fft.irfft(np.fft.rfft(after, size) * np.conj(np.fft.rfft(before, size)), size)
    lag = int(likeness.argmax())
    assert min(lag, size - lag) <= RATE * 0.002
    assert likeness.max() > 0.93 * np.linalg.norm(before) * np.linalg.norm(after)
    assert made.rate == nearest(format, out_rate or RATE)


@pytest.mark.parametrize("format", [Format.WAV, Format.FLAC])
def test_what_is_lossless_comes_out_as_it_was(tmp_path: Path, format: Format) -> None:
    sound = np.random.default_rng(1).integers(-32768, 32768, 50_001).astype(np.int16)
    make(tmp_path / "sound", format, sound)
    assert np.array_equal(np.rint(decoded(tmp_path / "sound") * 32768), sound)


def test_the_standard_library_reads_a_wav_file(tmp_path: Path) -> None:
    make(tmp_path / "sound.wav", Format.WAV, speech())
    with wave.open(str(tmp_path / "sound.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        assert file.readframes(10**9) == speech().tobytes()
    whole = (tmp_path / "sound.wav").read_bytes()
    assert int.from_bytes(whole[4:8], "little") == len(whole) - 8
    assert whole.find(b"LIST") == 44 + speech().nbytes


@every_format
@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (22_050, {"wav": 22_050, "mp3": 22_050, "flac": 22_050, "ogg-opus": 24_000, "m4a": 22_050}),
        (1, {"wav": 4_000, "mp3": 8_000, "flac": 4_000, "ogg-opus": 8_000, "m4a": 8_000}),
        (44_100, {"wav": 44_100, "mp3": 44_100, "flac": 44_100, "ogg-opus": 48_000, "m4a": 44_100}),
        (10**9, {"wav": 192_000, "mp3": 48_000, "flac": 192_000, "ogg-opus": 48_000, "m4a": 96_000}),
    ],
)
def test_a_rate_that_a_format_lacks_becomes_the_nearest(
    tmp_path: Path, format: Format, wanted: int, expected: dict[str, int]
) -> None:
    made = make(tmp_path / "sound", format, speech()[:8_000], out_rate=wanted)
    assert made.rate == expected[format]
    assert len(decoded(tmp_path / "sound")) == pytest.approx(8_000, abs=RATE * 0.05)


@needs_ffprobe
@every_format
def test_ffprobe_reads_the_tags(tmp_path: Path, format: Format) -> None:
    make(tmp_path / f"sound.{format.suffix}", format, speech())
    tags = probed(tmp_path / f"sound.{format.suffix}")["tags"]
    assert (tags["title"], tags["artist"], tags["comment"]) == (TAGS.title, TAGS.voice, MARK)


@pytest.mark.parametrize(
    ("format", "names"),
    [
        (Format.MP3, ("TIT2", "TPE1", "COMM::eng")),
        (Format.FLAC, ("title", "artist", "description")),
        (Format.OPUS, ("title", "artist", "description")),
        (Format.M4A, ("\xa9nam", "\xa9ART", "\xa9cmt")),
    ],
)
def test_mutagen_reads_the_tags(tmp_path: Path, format: Format, names: tuple[str, str, str]) -> None:
    path = tmp_path / f"sound.{format.suffix}"
    make(path, format, speech())
    found = mutagen.File(path)
    assert [str(found.tags[name][0]) for name in names] == [TAGS.title, TAGS.voice, MARK]
    assert found.info.length == pytest.approx(len(speech()) / RATE, rel=0.02, abs=0.05)


@needs_ffprobe
@every_format
@pytest.mark.parametrize("title", ["", "a\0b\nc\r\n\u202ed\ud800", "👩‍👩‍👧" * 400, "x" * 10_000, "\x1b[31m=\"';"])
def test_hostile_titles_do_no_harm(tmp_path: Path, format: Format, title: str) -> None:
    tags = Tags(title=title, voice=title)
    path = tmp_path / f"sound.{format.suffix}"
    with encoder(path, format, rate=RATE, tags=tags) as made:
        made.write(speech())
    read = probed(path)["tags"]
    expected = tags.fields()
    assert read.get("title", "") == expected.get("title", "")
    assert read["comment"] == MARK
    assert seconds(path) == pytest.approx(len(speech()) / RATE, rel=0.02, abs=0.05)


@every_format
def test_many_small_writes_make_the_file_that_one_large_makes(tmp_path: Path, format: Format) -> None:
    sound = speech()[:30_000]
    make(tmp_path / "large", format, sound, out_rate=16_000)
    scratch = np.zeros(7, np.int16)
    with encoder(tmp_path / "small", format, rate=RATE, out_rate=16_000, tags=TAGS) as small:
        for begin in range(0, len(sound), 7):
            part = scratch[: len(sound[begin : begin + 7])]
            part[:] = sound[begin : begin + 7]  # the same array each time: nothing may be kept by reference
            small.write(part)
        small.write(scratch[:0])
    large, tiny = decoded(tmp_path / "large"), decoded(tmp_path / "small")
    assert len(large) == len(tiny)
    assert np.abs(large - tiny).max() < 2e-4


@every_format
@pytest.mark.parametrize("written", [0, 100, 100_000])
def test_what_is_discarded_leaves_nothing(tmp_path: Path, format: Format, written: int) -> None:
    made = encoder(tmp_path / "sound", format, rate=RATE, tags=TAGS)
    made.write(np.zeros(written, np.int16))
    made.discard()
    made.discard()
    made.close()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match="closed"):
        made.write(np.zeros(1, np.int16))


@pytest.mark.parametrize("end", ["discard", "close"])
def test_an_encoder_that_has_ended_and_is_still_held_leaves_no_noise_at_exit(tmp_path: Path, end: str) -> None:
    program = (
        "import ctypes, sys, numpy as np; from pathlib import Path\n"
        "from engine.encoding import Tags, encoder; from engine.speech import Format\n"
        "made = encoder(Path(sys.argv[1]), Format.OPUS, rate=22_050, tags=Tags(title='a', voice='b'))\n"
        "made.write(np.ones(50_000, np.int16))\n"
        "getattr(made, sys.argv[2])()\n"
        "ctypes.pythonapi.Py_IncRef(ctypes.py_object(made))  # as the trace of an error that ends the program does"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "sound"), end]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[3])
    assert (done.returncode, done.stderr) == (0, "")


@every_format
def test_what_fails_half_way_leaves_nothing(tmp_path: Path, format: Format) -> None:
    def fail(made: Encoder) -> None:
        with made:
            made.write(np.zeros(50_000, np.int16))
            raise KeyError("a bug")

    with pytest.raises(KeyError):
        fail(encoder(tmp_path / "sound", format, rate=RATE, tags=TAGS))
    assert list(tmp_path.iterdir()) == []


@every_format
def test_no_sound_makes_no_file(tmp_path: Path, format: Format) -> None:
    made = encoder(tmp_path / "sound", format, rate=RATE, tags=TAGS)
    with pytest.raises(EngineError, match="no sound"):
        made.close()
    assert list(tmp_path.iterdir()) == []


@every_format
def test_a_single_sample_makes_a_file(tmp_path: Path, format: Format) -> None:
    make(tmp_path / "sound", format, np.ones(1, np.int16), out_rate=48_000)
    assert len(decoded(tmp_path / "sound")) <= RATE * 0.05


@every_format
def test_what_is_closed_stays(tmp_path: Path, format: Format) -> None:
    made = make(tmp_path / "sound", format, speech())
    made.close()
    made.discard()
    assert (tmp_path / "sound").stat().st_size > 1000


@every_format
def test_a_folder_that_is_not_there_is_an_os_error(tmp_path: Path, format: Format) -> None:
    with pytest.raises(OSError, match="No such file"):
        encoder(tmp_path / "nowhere" / "sound", format, rate=RATE, tags=TAGS)


def test_a_wav_file_is_never_longer_than_its_header_can_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.encoding.wav.WAV_DATA_LIMIT", 100_000)
    made = encoder(tmp_path / "sound", Format.WAV, rate=RATE, tags=TAGS)
    with pytest.raises(EngineError, match="more sound than a WAV file can hold"):
        made.write(np.zeros(50_000, np.int16))
    assert list(tmp_path.iterdir()) == []


FULL = """
import resource, sys
from pathlib import Path
import numpy as np
from engine.encoding import Tags, encoder
from engine.speech import Format

format, folder, limit = Format(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
made = encoder(folder / "sound", format, rate=22050, tags=Tags(title="x", voice="y"))
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
noise = np.random.default_rng(1).integers(-9000, 9000, 22050).astype(np.int16)
try:
    for _ in range(10):
        made.write(noise)
    made.close()
except OSError:
    assert list(folder.iterdir()) == []
else:
    raise SystemExit("nobody noticed")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits the size of files as POSIX does")
@every_format
@pytest.mark.parametrize("share", [Fraction(1, 3), Fraction(99, 100)])
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, format: Format, share: Fraction) -> None:
    noise = np.random.default_rng(1).integers(-9000, 9000, 22050).astype(np.int16)
    make(tmp_path / "whole", format, np.tile(noise, 10))
    limit = int((tmp_path / "whole").stat().st_size * share)
    (tmp_path / "full").mkdir()
    ran = run(FULL, str(format), str(tmp_path / "full"), str(limit))
    assert ran.returncode == 0, ran.stderr


LONG = """
import resource, sys
from pathlib import Path
import numpy as np
from engine.encoding import Tags, encoder
from engine.speech import Format

RATE = 8000
noise = np.random.default_rng(1).normal(0, 3000, RATE * 10).astype(np.int16)
made = encoder(Path(sys.argv[2]), Format(sys.argv[1]), rate=RATE, tags=Tags(title="x", voice="y"))
highest = []
for minutes in (2, 28):
    for _ in range(6 * minutes):
        made.write(noise)
    highest.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
made.close()
highest.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
unit = 1 if sys.platform == "darwin" else 1024
print((highest[-1] - highest[0]) * unit)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="asks for the highest memory as POSIX tells it")
@every_format
def test_half_an_hour_takes_no_more_memory_than_two_minutes(tmp_path: Path, format: Format) -> None:
    ran = run(LONG, str(format), str(tmp_path / "sound"))
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "sound").stat().st_size > 4_500_000
    assert int(ran.stdout) < 2_000_000


def test_nothing_heavy_is_imported_for_a_wav_file(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
import engine.encoding, engine.loudness, engine.effects, engine.seams
heavy = {"numpy", "av", "soxr", "lameenc"}
assert not heavy & set(sys.modules)
import numpy as np
from engine.speech import Format
made = engine.encoding.encoder(Path(sys.argv[1]), Format.WAV, rate=22050, tags=engine.encoding.Tags(title="", voice=""))
made.write(np.zeros(10, np.int16))
made.close()
assert not {"av", "soxr", "lameenc"} & set(sys.modules)
"""
    ran = run(code, str(tmp_path / "sound"))
    assert ran.returncode == 0, ran.stderr


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
