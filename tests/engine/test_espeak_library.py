from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import espeakng_loader  # type: ignore[import-untyped]  # it has no types
import pytest

from engine.engine import EngineError, EngineMissing
from engine.espeak_library import (
    FASTEST,
    PHONEME,
    SENTENCE,
    SLOWEST,
    WORD,
    EspeakLibrary,
    Speech,
    espeak_library,
)

ROOT = Path(__file__).parents[2]
TEXT = "Hello there. Naïve Élodie paid 3.50."


def say(text: str, voice: str = "gmw/en-US", pace: int = 175) -> Speech:
    return espeak_library().say(text, voice=voice, pace=pace, stopped=lambda: False)


def test_there_is_one_espeak_in_a_process() -> None:
    assert espeak_library() is espeak_library()
    assert espeak_library().rate == 22_050
    assert espeak_library().version.startswith("1.52")


def test_every_language_and_variant_is_listed() -> None:
    library = espeak_library()
    assert len(library.languages) == 141
    assert len(library.variants) == 104
    assert all(file.path.startswith("!v/") for file in library.variants)
    mandarin = next(file for file in library.languages if file.path == "sit/cmn")
    assert mandarin.languages == ("cmn", "zh-cmn", "zh")
    assert {file.gender for file in library.variants} == {1, 2}


def test_marks_tell_where_in_the_text_things_are_said_and_when() -> None:
    speech = say(TEXT)
    length_ms = len(speech.pcm) // 2 * 1000 // 22_050
    words = [TEXT[mark.position - 1 :][: mark.length] for mark in speech.marks if mark.kind == WORD]
    assert words[:4] == ["Hello", "there", "Naïve", "Élodie"]
    assert [TEXT[mark.position - 1] for mark in speech.marks if mark.kind == SENTENCE] == ["H", "N"]
    assert {"h", "ə", "v"} < {mark.phoneme for mark in speech.marks if mark.kind == PHONEME}
    times = [mark.ms for mark in speech.marks]
    assert times == sorted(times)
    assert 0 <= times[0] <= times[-1] <= length_ms


@pytest.mark.parametrize("pace", [SLOWEST, 175, FASTEST])
def test_marks_keep_to_the_sound_at_every_pace(pace: int) -> None:
    speech = say(TEXT, pace=pace)
    times = [mark.ms for mark in speech.marks]
    assert times == sorted(times)
    assert times[-1] <= len(speech.pcm) // 2 * 1000 // 22_050


SWITCHING = [
    ("gmw/de", "Das Meeting im Download-Center war cool, this is the best Feature."),
    ("zle/ru", "Это Linux и GitHub."),
    ("sit/cmn", "我喜欢 music 和 Привет。"),
    ("gmw/en-US", "Привет, мир. 你好 world."),
    ("gmw/en-US-nyc", "Hello שלום नमस्ते."),  # its tag is longer than what espeak has room for
]


@pytest.mark.parametrize(("voice", "text"), SWITCHING)
def test_a_word_of_another_language_is_told_by_its_sounds_alone(voice: str, text: str) -> None:
    phonemes = [mark.phoneme for mark in say(text, voice=voice).marks if mark.kind == PHONEME]
    assert len("".join(phonemes)) > 8
    assert not [phoneme for phoneme in phonemes if "(" in phoneme or ")" in phoneme]


def test_the_sounds_beside_a_change_of_language_are_kept() -> None:
    marks = say("Das Download", voice="gmw/de").marks
    assert "".join(mark.phoneme for mark in marks if mark.kind == PHONEME) == "dasd\u02c8a\u028anl\u0259\u028ad"


def test_it_stops_when_told_to() -> None:
    asked = 0

    def stopped() -> bool:
        nonlocal asked
        asked += 1
        return asked == 3

    speech = espeak_library().say("and so on " * 1000, voice="gmw/en", pace=175, stopped=stopped)
    assert asked == 3
    assert len(speech.pcm) / 2 / 22_050 <= 3.0


def test_an_error_in_the_middle_of_the_sound_is_raised_and_the_next_text_is_said() -> None:
    def stopped() -> bool:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        espeak_library().say("Hello.", voice="gmw/en", pace=175, stopped=stopped)
    assert len(say("Hello.").pcm) > 0


@pytest.mark.parametrize("voice", ["nosuch", "../../etc/passwd", "en-gb+Annie", "mb/mb-en1", ""])
def test_a_voice_that_is_not_there_is_refused_and_the_next_text_is_said(voice: str) -> None:
    if voice:
        with pytest.raises(EngineError):
            say("Hello.", voice=voice)
    assert len(say("Hello.").pcm) > 0


@pytest.mark.parametrize("text", ["", " ", "\0", "a\0b", "[[", "[[ h@'loU ]]", "<speak>a</speak>", "\ud800"])
def test_no_text_is_read_as_anything_but_text(text: str) -> None:
    assert len(say(text).pcm) < 22_050 * 2 * 5


def test_phonemes_in_a_text_are_read_as_letters() -> None:
    assert len(say("[[h@loU w3:ld]]").marks) > len(say("hello world").marks)


def test_what_is_no_library_is_missing(tmp_path: Path) -> None:
    nothing = tmp_path / "libespeak-ng.so"
    nothing.write_bytes(b"nothing")
    with pytest.raises(EngineMissing):
        EspeakLibrary(nothing, tmp_path)


def test_it_finds_its_data_behind_a_long_path(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a folder with a rather long name"] * 6)
    deep.mkdir(parents=True)
    data = deep / "espeak-ng-data"
    data.symlink_to(espeakng_loader.get_data_path(), target_is_directory=True)
    assert len(str(data)) > 160
    program = (
        "import sys; from pathlib import Path; from engine.espeak_library import EspeakLibrary\n"
        "library = EspeakLibrary(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "speech = library.say('Hello.', voice='gmw/en', pace=175, stopped=lambda: False)\n"
        "print(len(library.languages), len(speech.pcm) > 10_000)"
    )
    # espeak keeps one state for a process: a second one is opened in a process of its own.
    done = subprocess.run(
        [sys.executable, "-c", program, espeakng_loader.get_library_path(), str(data)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.split() == ["141", "True"]


def test_two_engines_that_ask_for_it_at_once_get_the_same_one() -> None:
    """In a Python of its own, for here it is open already."""
    code = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from engine.espeak_library import espeak_library\n"
        "with ThreadPoolExecutor(4) as threads:\n"
        "    asked = [threads.submit(espeak_library) for _ in range(4)]\n"
        "print(len({id(each.result()) for each in asked}))\n"
    )
    for _ in range(3):
        ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, "1\n", "")


def test_phonemes_are_told_without_a_sound() -> None:
    library = espeak_library()
    (said,) = library.phonemes("Hello world", voice="gmw/en-US")
    assert said.split()[0].startswith("h") and len(said.split()) == 2
    assert "".join(library.phonemes("", voice="gmw/en-US")) == ""
    before = library.say("Hello.", voice="gmw/en", pace=175).marks
    assert len(library.phonemes("Guten Tag.\0 Was?", voice="gmw/de")) == 2
    after = library.say("Hello.", voice="gmw/en", pace=175).marks
    assert [mark.phoneme for mark in after] == [mark.phoneme for mark in before]
    with pytest.raises(EngineError, match="no voice"):
        library.phonemes("Hello", voice="nowhere/nothing")
