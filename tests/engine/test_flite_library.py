from __future__ import annotations

import ctypes
import subprocess
import sys
from pathlib import Path

import pytest

from engine.engine import EngineMissing
from engine.flite_library import VOICES, FliteLibrary, Token, flite_library

ROOT = Path(__file__).parents[2]
TOKENS = [Token(b"Hello", b","), Token(b"world", b"."), Token(b"3.50")]
FUZZ = """
import random, string
from engine.flite_library import Token, flite_library
chance, library = random.Random(5), flite_library()
signs = string.ascii_letters + string.digits + "''..,:$%IVXabcs"
for _ in range(400):
    tokens = [
        Token("".join(chance.choices(signs, k=chance.choice([1, 2, 3, 8, 100]))).encode(), b",")
        for _ in range(chance.randint(1, 4))
    ]
    library.say(tokens, voice=library.voices[-1], stretch=0.25, pitch=1.0, stopped=lambda: True)
print("alive")
"""


@pytest.fixture(scope="module")
def library() -> FliteLibrary:
    try:
        return flite_library()
    except EngineMissing as missing:
        pytest.skip(str(missing))


def test_without_flite_it_says_what_to_install() -> None:
    with pytest.raises(EngineMissing, match=r"flite is not installed; `apt-get install flite`"):
        FliteLibrary(lambda name: None)


def test_flite_without_voices_says_what_to_install(library: FliteLibrary) -> None:
    def load(name: str) -> ctypes.CDLL | None:
        return ctypes.CDLL("libflite.so.1") if name == "flite" else None

    with pytest.raises(EngineMissing, match="none of its voices"):
        FliteLibrary(load)


def test_it_has_the_voices_that_are_installed_the_best_first(library: FliteLibrary) -> None:
    assert library.voices
    assert list(library.voices) == [name for name in VOICES if name in library.voices]


def test_segments_say_to_which_token_and_syllable_they_belong(library: FliteLibrary) -> None:
    speech = library.say(TOKENS, voice=library.voices[0], stretch=1.0, pitch=1.0, stopped=lambda: False)
    assert speech is not None
    said = [(segment.phone, segment.syllable, segment.token) for segment in speech.segments]
    assert [each for each in said if each[2] == 0] == [("hh", 0, 0), ("ax", 0, 0), ("l", 1, 0), ("ow", 1, 0)]
    assert {token for _, _, token in said} == {-1, 0, 1, 2}
    ends = [segment.end for segment in speech.segments]
    assert ends == sorted(ends)
    assert ends[-1] == pytest.approx(len(speech.pcm) / 2 / speech.rate, abs=0.15)


@pytest.mark.parametrize("pitch", [1.0, 1.5])
def test_it_stops_when_told_whatever_the_pitch(library: FliteLibrary, pitch: float) -> None:
    asked = 0

    def stopped() -> bool:
        nonlocal asked
        asked += 1
        return asked > 2

    for voice in library.voices:
        asked = 0
        assert library.say(TOKENS * 8, voice=voice, stretch=1.0, pitch=pitch, stopped=stopped) is None
        assert asked == 3


def test_what_goes_wrong_while_it_listens_is_raised(library: FliteLibrary) -> None:
    def stopped() -> bool:
        raise KeyError("oh")

    with pytest.raises(KeyError, match="oh"):
        library.say(TOKENS, voice=library.voices[0], stretch=1.0, pitch=1.0, stopped=stopped)


def test_no_letters_and_digits_bring_it_down(library: FliteLibrary) -> None:
    done = subprocess.run([sys.executable, "-c", FUZZ], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout) == (0, "alive\n"), done.stderr[-500:]
