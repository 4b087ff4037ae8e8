"""espeak-ng's C library, spoken to through ctypes; nothing above this file knows a pointer.

The library and its data come with the wheel `espeakng_loader` (espeak-ng 1.52, GPL-3.0-or-later). Its types
are those of `speak_lib.h`: https://github.com/espeak-ng/espeak-ng/blob/1.52.0/src/include/espeak-ng/speak_lib.h
"""

from __future__ import annotations

import atexit
import ctypes
import math
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from ctypes import POINTER, byref, c_char, c_char_p, c_int, c_size_t, c_ubyte, c_uint, c_void_p
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from engine.engine import EngineError, EngineMissing

WORD, SENTENCE, PHONEME = 1, 2, 7
"""The kinds of Mark that are kept."""
SLOWEST, FASTEST = 80, 449
"""The paces that espeak keeps, in words a minute: from 450 on it squeezes the finished sound, and marks go astray."""

_OPENING = threading.Lock()
"""Held while the library is opened: two engines may ask for it at once, each on its own thread."""
_END_OF_LIST = 0
_RETRIEVAL_SYNCHRONOUS = 2
_PHONEME_EVENTS, _PHONEMES_IN_IPA, _DO_NOT_EXIT = 0x1, 0x2, 0x8000
_UTF8, _PAUSE_AT_END = 0x1, 0x1000
_IN_IPA = 0x2
_BY_CHARACTER = 1
_PACE, _HEIGHT, _RANGE = 1, 3, 4
_NOBODY = ("", 0, 0.0)
"""A voice, a pace and a pitch that are none: whatever is wanted next differs from them."""
_PITCH_LINE = re.compile(rb"^[ \t]*pitch[ \t]+(\d+)[ \t]+(\d+)", re.MULTILINE)
_SWITCH = re.compile(r"\([^)]*\)?")
"""'(en)' among the phonemes: from here on espeak reads by another language; a long tag has lost its end."""
_USUAL = (80, 118)
"""Between which pitches, in Hz, a voice speaks whose file does not say."""
_BUFFER_MS = 500
"""How much sound espeak makes between two calls of ours; nobody may have to wait longer than 1 s to stop it."""
_LONGEST_PATH = 120
"""espeak keeps its data's path in 160 bytes and cuts what is longer, without a word."""


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", c_int),
        ("unique_identifier", c_uint),
        ("text_position", c_int),
        ("length", c_int),
        ("audio_position", c_int),
        ("sample", c_int),
        ("user_data", c_void_p),
        ("id", c_char * 8),  # a union; of its members only `string`, the phoneme, is read
    )


class _Voice(ctypes.Structure):
    _fields_ = (
        ("name", c_char_p),
        ("languages", c_void_p),
        ("identifier", c_char_p),
        ("gender", c_ubyte),
        ("age", c_ubyte),
        ("variant", c_ubyte),
        ("xx1", c_ubyte),
        ("score", c_int),
        ("spare", c_void_p),
    )


_EVENT_INTS = ctypes.sizeof(_Event) // ctypes.sizeof(c_int)
"""How far apart the kinds of two events in a row are."""
_Callback = ctypes.CFUNCTYPE(c_int, c_void_p, c_int, POINTER(c_int))
"""Takes sound, how many samples it has, and a list of events; of these it is given the first number, the kind."""


class Mark(NamedTuple):
    """Something that espeak says about a moment of its sound."""

    kind: int
    """WORD, SENTENCE or PHONEME."""
    position: int
    """Where in the text it stands, in characters; the first is 1."""
    length: int
    """How many characters of the text it covers; of a WORD only."""
    ms: int
    """When it begins, in milliseconds from the start of the sound."""
    phoneme: str
    """The phoneme in IPA, empty for a pause; of a PHONEME only."""


class Events:
    """What espeak told while it spoke, as it told it: it is read when somebody wants to know."""

    def __init__(self, told: bytearray) -> None:
        """`told` are espeak's own events, one after another."""
        self._told = told

    def marks(self) -> list[Mark]:
        """Return what begins when, in the order of time."""
        count = len(self._told) // ctypes.sizeof(_Event)
        return list(_marks((_Event * count).from_buffer_copy(self._told)))


class Speech(NamedTuple):
    """What espeak made of a text."""

    pcm: bytearray
    """The sound, as 16-bit whole numbers in the machine's own byte order."""
    events: Events
    """What begins when."""

    @property
    def marks(self) -> list[Mark]:
        """What begins when, in the order of time; read anew each time."""
        return self.events.marks()


@dataclass(frozen=True, kw_only=True, slots=True)
class VoiceFile:
    """A file of espeak's that makes a voice: a language, or a variant of every language."""

    name: str
    """What espeak calls it."""
    path: str
    """Where it lies in espeak's data, such as 'gmw/en-US' or '!v/Annie'."""
    languages: tuple[str, ...]
    """The tags of its languages, the best first."""
    ranks: tuple[int, ...]
    """How well it suits each of these tags; 1 is best."""
    gender: int
    """1 is male, 2 is female."""


class EspeakLibrary:
    """espeak-ng, open in this process.

    espeak keeps one state for the whole process: there is one of these (`espeak_library`), and whoever speaks
    holds its lock, so that two Mynahs in one process take turns instead of mixing their voices.
    """

    def __init__(self, library: Path, data: Path) -> None:
        """Open the library at a path, over the folder 'espeak-ng-data'.

        Raises:
            EngineMissing: Either is not there, or not for this machine.
        """
        try:
            self._c = ctypes.CDLL(str(library))
        except OSError as error:
            raise EngineMissing(f"espeak-ng does not load on this machine: {error}") from error
        self._declare()
        options = _PHONEME_EVENTS | _PHONEMES_IN_IPA | _DO_NOT_EXIT
        home = os.fsencode(_near(data))
        self.rate: int = self._c.espeak_Initialize(_RETRIEVAL_SYNCHRONOUS, _BUFFER_MS, home, options)
        """Samples a second, in Hz."""
        self.version: str = self._c.espeak_Info(None).decode()
        """espeak's version, such as '1.52.0'."""
        self._lock = threading.Lock()
        self._data = data
        self._heights: dict[str, tuple[int, int]] = {}
        self._voice = _NOBODY
        self._pcm = bytearray()
        self._events = bytearray()
        self._stopped: Callable[[], bool] = bool
        self._failure: BaseException | None = None
        self._callback = _Callback(self._take)  # espeak keeps the pointer, so it must live as long as we do
        self._c.espeak_SetSynthCallback(self._callback)
        self.languages = self._list(None)
        """Every language that it speaks."""
        self.variants = self._list(b"variant")
        """Every variant in which it can speak them."""
        if self.rate <= 0 or not self.languages:
            raise EngineMissing(f"espeak-ng cannot read its data in {data}; install espeakng-loader again")

    def say(
        self, text: str, *, voice: str, pace: int, pitch: float = 1.0, stopped: Callable[[], bool] = bool
    ) -> Speech:
        """Say a plain text; neither markup nor phonemes are read in it.

        Args:
            text: What to say.
            voice: The path of a VoiceFile of `languages`; with '+' and the name of a variant's file behind it.
            pace: Words a minute, from SLOWEST to FASTEST.
            pitch: How many times as high as by itself; espeak keeps it from .6 to 1.8 for most voices.
            stopped: Asked about twice for every second of sound; once it is true, the rest is not made.

        Raises:
            EngineError: espeak has no such voice, or refused.
        """
        spoken = text.replace("\0", " ").encode("utf-8", "replace")
        with self._lock:
            self._set_voice(voice, pace, pitch)
            self._pcm, self._events, self._stopped, self._failure = bytearray(), bytearray(), stopped, None
            flags = _UTF8 | _PAUSE_AT_END
            status = self._c.espeak_Synth(spoken, len(spoken) + 1, 0, _BY_CHARACTER, 0, flags, None, None)
            if self._failure is not None:
                raise self._failure
            if status != 0:
                raise EngineError(f"espeak refused {text[:40]!r} with status {status}")
            return Speech(self._pcm, Events(self._events))

    def phonemes(self, text: str, *, voice: str) -> tuple[str, ...]:
        """Return how a plain text is said, in IPA with stress, clause by clause; nothing is spoken.

        Args:
            text: What to say.
            voice: The path of a VoiceFile of `languages`.

        Raises:
            EngineError: espeak has no such voice.
        """
        spoken = ctypes.create_string_buffer(text.replace("\0", " ").encode("utf-8", "replace"))
        rest = c_void_p(ctypes.addressof(spoken))
        clauses: list[str] = []
        with self._lock:
            self._voice = _NOBODY
            if self._c.espeak_SetVoiceByName(voice.encode()) != 0:
                raise EngineError(f"espeak has no voice {voice!r}")
            while rest.value is not None:
                clauses.append((self._c.espeak_TextToPhonemes(byref(rest), _UTF8, _IN_IPA) or b"").decode())
        return tuple(clauses)

    def _declare(self) -> None:
        c = self._c
        c.espeak_Initialize.argtypes = [c_int, c_int, c_char_p, c_int]
        c.espeak_Info.argtypes = [c_void_p]
        c.espeak_Info.restype = c_char_p
        c.espeak_ListVoices.argtypes = [POINTER(_Voice)]
        c.espeak_ListVoices.restype = POINTER(POINTER(_Voice))
        c.espeak_SetSynthCallback.argtypes = [_Callback]
        c.espeak_SetSynthCallback.restype = None
        c.espeak_SetVoiceByName.argtypes = [c_char_p]
        c.espeak_SetParameter.argtypes = [c_int, c_int, c_int]
        c.espeak_TextToPhonemes.argtypes = [POINTER(c_void_p), c_int, c_int]
        c.espeak_TextToPhonemes.restype = c_char_p
        c.espeak_Synth.argtypes = [c_char_p, c_size_t, c_uint, c_int, c_uint, c_uint, c_void_p, c_void_p]

    def _set_voice(self, voice: str, pace: int, pitch: float) -> None:
        last, self._voice = self._voice, _NOBODY
        if last != (voice, pace, pitch):  # a voice is read from its file each time: .1 ms for English, 2.5 for Russian
            # A path always works; names and language tags do so only where a file happens to be called the same.
            if voice != last[0] and self._c.espeak_SetVoiceByName(voice.encode()) != 0:
                raise EngineError(f"espeak has no voice {voice!r}")
            self._c.espeak_SetParameter(_PACE, pace, 0)
            if pitch != last[2] or (pitch != 1.0 and voice != last[0]):
                height, range = self._pitched(voice, pitch) if pitch != 1.0 else (50, 50)
                self._c.espeak_SetParameter(_HEIGHT, height, 0)
                self._c.espeak_SetParameter(_RANGE, range, 0)
        self._voice = (voice, pace, pitch)

    def _pitched(self, voice: str, pitch: float) -> tuple[int, int]:
        """Return the parameters for the height and the range of the pitch that together make all that much higher.

        espeak's parameter for the height moves the lowest pitch alone, so the range has to grow with it; and a wider
        range makes espeak take something off the lowest pitch. This is `SetPitch2` of its wavegen.c, solved for both:
        https://github.com/espeak-ng/espeak-ng/blob/1.52.0/src/libespeak-ng/wavegen.c
        """
        low, high = self._lowest_and_highest(voice)
        taken = 18 * 108 * (high - low) / (4096 * (low - 9))
        factor = min(max(pitch + taken * (pitch - 1), 0.5), 1.98)
        reached = (factor + taken) / (1 + taken)
        return round(50 + 50 * math.log2(factor)), min(max(round(50 * reached), 0), 99)

    def _lowest_and_highest(self, voice: str) -> tuple[int, int]:
        """Return between which pitches a voice speaks, in Hz: a variant's file goes before the language's."""
        if voice not in self._heights:
            path, _, variant = voice.partition("+")
            found = _USUAL
            for file in (self._data / "lang" / path, *([self._data / "voices" / "!v" / variant] if variant else [])):
                if lines := _PITCH_LINE.findall(file.read_bytes()):
                    found = (int(lines[-1][0]), int(lines[-1][1]))
            self._heights[voice] = found if found[0] > 9 else _USUAL
        return self._heights[voice]

    def _take(self, wave: int | None, count: int, events: ctypes._Pointer[c_int]) -> int:
        """Take a buffer from espeak, in the thread that called `say`; 1 makes it stop."""
        try:
            if wave and count > 0:
                self._pcm += ctypes.string_at(wave, 2 * count)
            end = 0
            while events[end] != _END_OF_LIST:
                end += _EVENT_INTS
            if end:
                self._events += ctypes.string_at(events, end * ctypes.sizeof(c_int))
            return 1 if self._stopped() else 0
        except BaseException as error:  # nothing may be raised through C; `say` raises it
            self._failure = error
            return 1

    def _list(self, kind: bytes | None) -> tuple[VoiceFile, ...]:
        """List the voice files of a kind; None is every language."""
        wanted = _Voice()
        if kind is not None:
            asked = ctypes.create_string_buffer(kind)
            wanted.languages = ctypes.cast(asked, c_void_p)
        listed = self._c.espeak_ListVoices(byref(wanted) if kind is not None else None)
        found, index = [], 0
        while listed[index]:
            found.append(_read_voice(listed[index].contents))
            index += 1
        return tuple(found)


def espeak_library() -> EspeakLibrary:
    """Return the one espeak of this process, opened when first asked for.

    Raises:
        EngineMissing: The wheel is not installed, or not for this machine.
    """
    with _OPENING:
        return _opened()


@cache
def _opened() -> EspeakLibrary:
    try:
        import espeakng_loader  # type: ignore[import-untyped]  # it has no types
    except ImportError as error:
        raise EngineMissing("espeak-ng is not installed; `pip install espeakng-loader` brings it") from error
    return EspeakLibrary(Path(espeakng_loader.get_library_path()), Path(espeakng_loader.get_data_path()))


def _marks(events: Iterable[_Event]) -> Iterator[Mark]:
    for event in events:
        kind = event.type
        if kind == PHONEME:
            # What does not fit into 8 bytes is cut, maybe within a character.
            phoneme = event.id.decode("utf-8", "ignore")
            if "(" in phoneme and not (phoneme := _SWITCH.sub("", phoneme)):
                continue  # no sound, and no pause either
            yield Mark(kind, event.text_position, 0, event.audio_position, phoneme)
        elif kind in (WORD, SENTENCE):
            yield Mark(kind, event.text_position, event.length, event.audio_position, "")


def _read_voice(voice: _Voice) -> VoiceFile:
    # A list of pairs: a byte of priority, then a tag that ends with a zero byte; a priority of 0 ends it.
    languages: list[str] = []
    ranks: list[int] = []
    address: int | None = voice.languages
    while address and ctypes.string_at(address, 1) != b"\0":
        tag = ctypes.string_at(address + 1)
        languages.append(tag.decode())
        ranks.append(ctypes.string_at(address, 1)[0])
        address += len(tag) + 2
    return VoiceFile(
        name=voice.name.decode(),
        path=voice.identifier.decode(),
        languages=tuple(languages),
        ranks=tuple(ranks),
        gender=voice.gender,
    )


def _near(data: Path) -> Path:
    """Return a path to the data folder that is short enough for espeak."""
    if len(os.fsencode(data)) <= _LONGEST_PATH:
        return data
    folder = Path(tempfile.mkdtemp(prefix="mynah-espeak-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    short = folder / data.name
    try:
        short.symlink_to(data.resolve(), target_is_directory=True)
    except OSError:  # Windows grants links to few
        shutil.copytree(data, short)
    return short
