"""Every hostile file is refused in words or taken as what it is, quickly, in little memory; nothing else is opened."""

from __future__ import annotations

import os
import select
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.intake import Cost, NotTaken, Received, receive
from tests.hostile_audio.case import Case, Place, Taken
from tests.hostile_audio.corpus import corpus
from tests.hostile_audio.sounds import wav

LONGEST = 5.0
"""The longest that any of them may take, in seconds of the processor, with the start of the process that looks at it.

Nothing in there can sleep, so it takes no longer by the clock where the machine is free.
"""
MOST = 300_000_000
"""The most memory that such a process may have in use, in bytes."""
SECRET = 0.7
"""What every sample of the recording is that nobody is to hear."""


@pytest.fixture(scope="module")
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.fixture
def place(listening: socket.socket, tmp_path: Path) -> Place:
    secret = tmp_path / "secret.wav"
    secret.write_bytes(wav(np.full(48_000, round(SECRET * 32_768), "<i2").tobytes()))
    return Place(secret=str(secret), port=listening.getsockname()[1])


def test_there_are_as_many_as_were_asked_for() -> None:
    assert len(corpus()) >= 150


@pytest.mark.parametrize("case", corpus(), ids=lambda case: case.name)
def test_a_hostile_file(case: Case, place: Place, listening: socket.socket, tmp_path: Path) -> None:
    path = written(case, place, tmp_path)
    costs: list[Cost] = []
    began = spent()
    if isinstance(case.expected, Taken):
        check(receive(path, told=costs.append), case.expected)
    else:
        with pytest.raises(NotTaken) as refused:
            receive(path, told=costs.append)
        assert type(refused.value) is case.expected
        assert "{" not in str(refused.value)
    assert spent() - began < LONGEST
    assert not select.select([listening], [], [], 0)[0], "it was called"
    for cost in costs:
        assert cost.ended == 0, "the process that looked at it crashed"
        assert cost.peak < MOST
        assert cost.peak > 0 or sys.platform != "linux"


def spent() -> float:
    """The processor's time that this process and those it has ended took, in seconds."""
    return sum(os.times()[:4])


def written(case: Case, place: Place, folder: Path) -> Path:
    """Put the file into a folder, under its own name as far as that is one."""
    path = folder / case.file.replace("/", "_")
    content = case.content(place)
    with path.open("wb") as file:
        file.write(content)
        file.truncate(max(len(content), case.size))
    return path


def check(received: Received, expected: Taken) -> None:
    samples = received.audio.samples
    assert (received.container, received.rate, received.channels) == (
        expected.container,
        expected.rate,
        expected.channels,
    )
    assert received.audio.seconds == pytest.approx(expected.seconds, abs=expected.within)
    assert received.audio.rate == min(received.rate, 48_000)
    assert samples.dtype == np.float32 and np.isfinite(samples).all() and np.abs(samples).max() <= 1
    assert np.mean(np.abs(samples - SECRET) < 0.01) < 0.1, "the recording that nobody is to hear was read"
