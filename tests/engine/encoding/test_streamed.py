"""Sound that is sent while it is made: what comes out can be played from its first bytes on, and is what went in."""

from __future__ import annotations

import wave
from io import BytesIO

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.encoding.streamed import PCM_RATE, Kind, streamed
from engine.encoding.tags import MARK, Tags
from engine.speech import Format

RATE = 22_050
TAGS = Tags(title="Ein Gruß", voice="Ada")
FILES = [kind for kind in Kind if kind is not Kind.PCM]


def tone(seconds: float) -> NDArray[np.int16]:
    return (8_000 * np.sin(2 * np.pi * 220 * np.arange(round(seconds * RATE)) / RATE)).astype(np.int16)


def made(kind: Kind, seconds: float = 2.0, parts: int = 4) -> list[bytes]:
    encoder = streamed(kind, RATE, TAGS)
    return [*(encoder.feed(part) for part in np.array_split(tone(seconds), parts)), encoder.end()]


def decoded(content: bytes) -> tuple[NDArray[np.float32], int, dict[str, str]]:
    with av.open(BytesIO(content), "r") as container:
        stream = container.streams.audio[0]
        plain = av.AudioResampler(format="flt", layout="mono", rate=stream.rate)
        frames = [each.to_ndarray()[0] for frame in container.decode(stream) for each in plain.resample(frame)]
        return np.concatenate(frames), stream.rate, {**container.metadata, **stream.metadata}


@pytest.mark.parametrize("kind", FILES)
def test_what_comes_out_lasts_as_long_as_what_went_in_and_sounds_like_it(kind: Kind) -> None:
    samples, rate, _ = decoded(b"".join(made(kind)))
    assert len(samples) / rate == pytest.approx(2.0, abs=0.1)
    spectrum = np.abs(np.fft.rfft(samples))
    loudest = np.fft.rfftfreq(len(samples), 1 / rate)[int(spectrum.argmax())]
    assert loudest == pytest.approx(220, abs=2)


@pytest.mark.parametrize("kind", list(Kind))
def test_the_first_part_gives_bytes_before_the_second_comes(kind: Kind) -> None:
    assert len(made(kind)[0]) > 100


@pytest.mark.parametrize("kind", [kind for kind in FILES if kind is not Kind.AAC])
def test_it_says_what_it_is_and_that_no_person_has_spoken_it(kind: Kind) -> None:
    _, _, told = decoded(b"".join(made(kind)))
    assert (told["title"], told["artist"], told["comment"]) == ("Ein Gruß", "Ada", MARK)


def test_plain_samples_have_one_rate_and_no_header() -> None:
    content = b"".join(made(Kind.PCM))
    assert len(content) / 2 / PCM_RATE == pytest.approx(2.0, abs=0.01)


def test_a_wave_file_says_that_it_goes_on_to_the_end() -> None:
    content = b"".join(made(Kind.WAV))
    with wave.open(BytesIO(content)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
        assert file.readframes(file.getnframes()) == tone(2.0).tobytes()


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_has_a_file_that_holds_the_same(kind: Kind) -> None:
    assert isinstance(kind.file_format, Format)
