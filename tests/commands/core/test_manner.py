"""The manner in which a text is said, as a job's row and a fingerprint have it."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from commands.core.manner import USUAL, Manner
from commands.core.params import FileFormat, SampleRate, Timestamps
from engine.speech import Format

OTHERS = {
    "speed": Manner(speed=1.5),
    "pitch": Manner(pitch=-2.0),
    "volume": Manner(volume=0.5),
    "format": Manner(format=FileFormat.OPUS),
    "sample_rate": Manner(sample_rate=SampleRate.R16000),
    "language": Manner(language="de"),
    "timestamps": Manner(timestamps=Timestamps.WORDS),
}


def test_only_what_differs_from_the_usual_is_noted() -> None:
    assert USUAL.settings == {}
    assert Manner(speed=1.5, format=FileFormat.MP3).settings == {"speed": 1.5, "format": "mp3"}


def test_every_setting_makes_another_fingerprint() -> None:
    assert set(OTHERS) == {field.name for field in fields(Manner)}
    prints = {each.fingerprint("hello") for each in (USUAL, *OTHERS.values())}
    assert len(prints) == len(OTHERS) + 1
    assert all(len(each) == 64 for each in prints)


def test_what_else_there_is_makes_another_fingerprint_and_cannot_be_confused() -> None:
    assert USUAL.fingerprint("a", "b") != USUAL.fingerprint("ab") != USUAL.fingerprint("a,b")
    assert USUAL.fingerprint("\ud800") == USUAL.fingerprint("\ud800")


def test_a_format_that_is_asked_for_is_the_same_as_one_that_comes_by_itself() -> None:
    assert replace(USUAL, format=FileFormat.WAV).fingerprint() == USUAL.fingerprint()


WAYS = {FileFormat.AUTO, FileFormat.VOICE}
"""What can be asked for and is no kind of file by itself."""


@pytest.mark.parametrize("format", [each for each in FileFormat if each not in WAYS])
def test_every_format_that_can_be_asked_for_is_made(format: FileFormat) -> None:
    assert Manner(format=format).kind_of_file.value == format.value


def test_every_format_that_is_made_can_be_asked_for() -> None:
    assert {each.value for each in Format} == {each.value for each in set(FileFormat) - WAYS}


def test_a_voice_message_is_an_opus_file() -> None:
    assert Manner(format=FileFormat.VOICE).kind_of_file is Format.OPUS
    assert [each for each in FileFormat if Manner(format=each).is_voice] == [FileFormat.VOICE]


@pytest.mark.parametrize(("rate", "hz"), [(SampleRate.AUTO, 0), (SampleRate.R8000, 8000), (SampleRate.R48000, 48000)])
def test_a_rate_is_a_number(rate: SampleRate, hz: int) -> None:
    assert rate.hz == hz
