"""flite's C library, spoken to through ctypes; nothing above this file knows a pointer.

The library comes from the system, not from a wheel (Debian: `apt-get install flite`). Its types and functions are those
of flite 2.2: https://github.com/festvox/flite/tree/v2.2/include
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
import threading
from collections.abc import Callable, Sequence
from ctypes import POINTER, c_char_p, c_float, c_int, c_short, c_void_p
from functools import cache
from typing import NamedTuple

from engine.engine import EngineError, EngineMissing

VOICES = ("slt", "rms", "awb", "kal16")
"""The voices that flite may have brought along, the best first; each is a library of its own."""
TESTED = "2.2"
"""The version of flite that this was written for; it does not tell its version when it is asked."""

_OPENING = threading.Lock()
"""Held while the library is opened: two engines may ask for it at once, each on its own thread."""
_LIBRARIES = {
    "linux": ("lib{}.so.1", "lib{}.so"),
    "darwin": ("lib{}.1.dylib", "lib{}.dylib", "/opt/homebrew/lib/lib{}.dylib", "/usr/local/lib/lib{}.dylib"),
    "win32": ("lib{}-1.dll", "lib{}.dll", "{}.dll"),
}
"""What a library's file is called, by `sys.platform`; only Linux was tried."""
_ASK_EVERY = 0.5
"""How much sound flite makes, in seconds, before it asks whether to go on."""
_GO_ON, _STOP = 0, -1
_RATE = 16_000
_LOWEST, _HIGHEST = 50.0, 700.0
"""Between which flite keeps a pitch, in Hz."""

# flite keeps pointers to the names of features and compares what they point to: they have to live as long as it does.
_NAME, _BLANK, _BEFORE, _AFTER, _PLACE = b"name", b"whitespace", b"prepunctuation", b"punc", b"file_pos"
_TOKENS, _SEGMENTS, _SYLLABLES, _END, _STRESS = b"Token", b"Segment", b"SylStructure", b"end", b"stress"
_STRETCH, _MEAN, _SPREAD = b"duration_stretch", b"int_f0_target_mean", b"int_f0_target_stddev"
_LISTENER, _MODEL, _TRACK, _VOICING = b"streaming_info", b"cg_db", b"param_track", b"str_track"


class _Wave(ctypes.Structure):
    _fields_ = (
        ("type", c_char_p),
        ("rate", c_int),
        ("count", c_int),
        ("channels", c_int),
        ("samples", POINTER(c_short)),
    )


class _Utterance(ctypes.Structure):
    _fields_ = (("features", c_void_p), ("functions", c_void_p), ("relations", c_void_p), ("context", c_void_p))


_Heard = ctypes.CFUNCTYPE(c_int, c_void_p, c_int, c_int, c_int, c_void_p)


class _Listener(ctypes.Structure):
    _fields_ = (
        ("every", c_int),
        ("heard", _Heard),
        ("utterance", c_void_p),
        ("item", c_void_p),
        ("data", c_void_p),
    )


class _Voice(ctypes.Structure):
    _fields_ = (("name", c_char_p), ("features", c_void_p), ("functions", c_void_p), ("begin", c_void_p))


class _Track(ctypes.Structure):
    _fields_ = (
        ("type", c_char_p),
        ("count", c_int),
        ("channels", c_int),
        ("times", POINTER(c_float)),
        ("frames", POINTER(POINTER(c_float))),
    )


_HUSH = _Heard(lambda wave, start, count, last, listener: _STOP)
"""Stops flite at its first sound."""


class Token(NamedTuple):
    """A word as it is written, without blanks."""

    text: bytes
    """Letters, digits and what stands between them; ASCII, never empty."""
    after: bytes = b""
    """The punctuation behind it, which makes the tune and the pauses; ASCII."""


class Segment(NamedTuple):
    """A phone that flite said, or a pause."""

    phone: str
    """The phone by flite's name, such as 'ae'; 'pau' is a pause."""
    end: float
    """When it ends, in seconds from the start of the sound."""
    syllable: int
    """Which syllable of all it belongs to, from 0; -1 for a pause."""
    stressed: bool
    """Whether that syllable has stress."""
    token: int
    """Which of the tokens it belongs to, from 0; -1 for a pause."""


class Speech(NamedTuple):
    """What flite made of some tokens."""

    pcm: bytes
    """The sound, as 16-bit whole numbers in the machine's own byte order."""
    rate: int
    """Samples a second, in Hz."""
    segments: list[Segment]
    """What is said until when, in the order of time."""


class FliteLibrary:
    """flite, open in this process.

    It draws on the C library's random numbers and registers voices in tables of the process, so there is one of these
    (`flite_library`), and whoever speaks holds its lock.
    """

    def __init__(self, load: Callable[[str], ctypes.CDLL | None]) -> None:
        """Open flite and every voice of `VOICES` that is there.

        Args:
            load: Loads a library by its name without prefix and ending, such as 'flite'; None where it is not there.

        Raises:
            EngineMissing: flite is not there, or has none of the voices.
        """
        library = load("flite")
        if library is None:
            raise EngineMissing("flite is not installed; `apt-get install flite` brings better English voices")
        self._c = library
        self._declare()
        self._c.flite_init()
        self._voices = {name: pointer for name in VOICES if (pointer := _register(load, name))}
        if not self._voices:
            raise EngineMissing("flite is there, but none of its voices; `apt-get install flite` brings them")
        self._lock = threading.Lock()
        self._synth = ctypes.cast(self._c.utt_synth_tokens, c_void_p)

    @property
    def voices(self) -> tuple[str, ...]:
        """The voices that are there, the best first."""
        return tuple(self._voices)

    def say(
        self, tokens: Sequence[Token], *, voice: str, stretch: float, pitch: float, stopped: Callable[[], bool]
    ) -> Speech | None:
        """Say some tokens; None when it was stopped.

        flite works out the whole of them before the first sound: give it a few dozen at a time.

        Args:
            tokens: What to say; at least one.
            voice: One of `voices`.
            stretch: How much longer than by itself everything lasts; 2 is half the pace.
            pitch: How many times as high as by itself; flite keeps all between 50 and 700 Hz.
            stopped: Asked twice for every second of sound; once it is true, the rest is not made.

        Raises:
            EngineError: flite refused.
        """
        failure: list[BaseException] = []

        def hear(wave: int, start: int, count: int, last: int, listener: int) -> int:
            try:
                return _STOP if stopped() else _GO_ON
            except BaseException as error:  # nothing may be raised through C; it is raised below
                failure.append(error)
                return _STOP

        with self._lock:
            speech = self._speak(tokens, self._voices[voice], stretch, pitch, _Heard(hear))
        if failure:
            raise failure[0]
        return speech

    def _speak(
        self,
        tokens: Sequence[Token],
        voice: ctypes._Pointer[_Voice],
        stretch: float,
        pitch: float,
        heard: Callable[[int, int, int, int, int], int],
    ) -> Speech | None:
        """Have an utterance said, and read it off before it goes; it keeps pointers to all that is local here."""
        c, own = self._c, voice.contents.features
        by_model = pitch != 1.0 and not c.feat_present(own, _MEAN)
        listener = c.new_audio_streaming_info()
        listener.contents.every = 0 if by_model else round(_ASK_EVERY * _RATE)
        listener.contents.heard = _HUSH if by_model else heard
        utterance = self._write(tokens)
        features = utterance.contents.features
        c.feat_set(features, _LISTENER, c.audio_streaming_info_val(listener))  # the utterance deletes it, too
        c.feat_set_float(features, _STRETCH, stretch)
        if pitch != 1.0 and not by_model:
            c.feat_set_float(features, _MEAN, pitch * c.get_param_float(own, _MEAN, 0.0))
            c.feat_set_float(features, _SPREAD, pitch * c.get_param_float(own, _SPREAD, 0.0))
        if not c.flite_do_synth(utterance, voice, self._synth):  # flite has deleted it then
            raise EngineError(f"flite refused {b' '.join(token.text for token in tokens)[:40]!r}")
        try:
            if by_model:
                listener.contents.every, listener.contents.heard = round(_ASK_EVERY * _RATE), heard
                self._sing(utterance, pitch, listener)
            wave = c.utt_wave(utterance).contents
            if not wave.count:
                return None
            return Speech(ctypes.string_at(wave.samples, 2 * wave.count), wave.rate, self._segments(utterance))
        finally:
            c.delete_utterance(utterance)

    def _write(self, tokens: Sequence[Token]) -> ctypes._Pointer[_Utterance]:
        """Make an utterance of tokens. flite's own tokenizer is passed by: long punctuation overruns its buffer."""
        c = self._c
        utterance: ctypes._Pointer[_Utterance] = c.new_utterance()
        relation = c.utt_relation_create(utterance, _TOKENS)
        for place, token in enumerate(tokens):
            item = c.relation_append(relation, None)
            c.item_set_string(item, _NAME, token.text)
            c.item_set_string(item, _BLANK, b" ")
            c.item_set_string(item, _BEFORE, b"")
            c.item_set_string(item, _AFTER, token.after)
            c.item_set_int(item, _PLACE, place)
        return utterance

    def _sing(self, utterance: ctypes._Pointer[_Utterance], pitch: float, listener: ctypes._Pointer[_Listener]) -> None:
        """Make the sound anew, higher or lower.

        A voice that is a statistical model (CLUSTERGEN) leaves the pitch of every frame and its spectrum behind; these
        are what flite makes the sound from (`cg_resynth` in src/cg/cst_cg.c). Its own parameters for the pitch do
        nothing in rms, whose tune comes from another model.
        """
        c, features = self._c, utterance.contents.features
        model = c.val_cg_db(c.feat_val(features, _MODEL))
        track = c.val_track(c.feat_val(features, _TRACK))
        frames = track.contents.frames
        for index in range(track.contents.count):
            if now := frames[index][0]:  # 0 is a frame without a voice
                frames[index][0] = min(max(now * pitch, _LOWEST), _HIGHEST)
        smooth = c.mlpg(track, model)
        try:
            voicing = c.feat_val(features, _VOICING)
            wave = c.mlsa_resynthesis(smooth, c.val_track(voicing) if voicing else None, model, listener, 0)
        finally:
            c.delete_track(smooth)
        c.utt_set_wave(utterance, wave or c.new_wave())  # the utterance deletes it

    def _segments(self, utterance: ctypes._Pointer[_Utterance]) -> list[Segment]:
        """Read off what was said until when."""
        c = self._c
        found: list[Segment] = []
        known: dict[int, tuple[int, bool, int]] = {}
        segment = c.relation_head(c.utt_relation(utterance, _SEGMENTS))
        while segment:
            syllable = c.item_parent(c.item_as(segment, _SYLLABLES))
            if not syllable:
                facts = (-1, False, -1)
            elif syllable in known:
                facts = known[syllable]
            else:
                token = c.item_parent(c.item_as(c.item_parent(syllable), _TOKENS))
                stressed = c.ffeature_string(syllable, _STRESS) == b"1"
                facts = known[syllable] = (len(known), stressed, c.item_feat_int(token, _PLACE) if token else -1)
            phone = c.item_feat_string(segment, _NAME).decode("ascii", "replace")
            found.append(Segment(phone, c.item_feat_float(segment, _END), *facts))
            segment = c.item_next(segment)
        return found

    def _declare(self) -> None:
        utterance, pointer, string = POINTER(_Utterance), c_void_p, c_char_p
        for name, result, *arguments in (
            ("flite_init", c_int),
            ("new_utterance", utterance),
            ("delete_utterance", None, utterance),
            ("flite_do_synth", utterance, utterance, POINTER(_Voice), pointer),
            ("utt_wave", POINTER(_Wave), utterance),
            ("utt_relation", pointer, utterance, string),
            ("utt_relation_create", pointer, utterance, string),
            ("relation_append", pointer, pointer, pointer),
            ("relation_head", pointer, pointer),
            ("item_next", pointer, pointer),
            ("item_as", pointer, pointer, string),
            ("item_parent", pointer, pointer),
            ("item_set_string", None, pointer, string, string),
            ("item_set_int", None, pointer, string, c_int),
            ("item_feat_string", string, pointer, string),
            ("item_feat_int", c_int, pointer, string),
            ("item_feat_float", c_float, pointer, string),
            ("ffeature_string", string, pointer, string),
            ("feat_set", None, pointer, string, pointer),
            ("feat_val", pointer, pointer, string),
            ("feat_present", c_int, pointer, string),
            ("get_param_float", c_float, pointer, string, c_float),
            ("feat_set_float", None, pointer, string, c_float),
            ("new_audio_streaming_info", POINTER(_Listener)),
            ("audio_streaming_info_val", pointer, POINTER(_Listener)),
            ("new_wave", POINTER(_Wave)),
            ("utt_set_wave", c_int, utterance, POINTER(_Wave)),
            ("val_cg_db", pointer, pointer),
            ("val_track", POINTER(_Track), pointer),
            ("mlpg", POINTER(_Track), POINTER(_Track), pointer),
            ("delete_track", None, POINTER(_Track)),
            ("mlsa_resynthesis", POINTER(_Wave), POINTER(_Track), POINTER(_Track), pointer, POINTER(_Listener), c_int),
        ):
            function = getattr(self._c, name)
            function.restype, function.argtypes = result, arguments


def flite_library() -> FliteLibrary:
    """Return the one flite of this process, opened when first asked for.

    Raises:
        EngineMissing: It is not installed here.
    """
    with _OPENING:
        return _opened()


@cache
def _opened() -> FliteLibrary:
    return FliteLibrary(_load)


def _load(name: str) -> ctypes.CDLL | None:
    """Load a library of the system's by its name without prefix and ending."""
    patterns = _LIBRARIES.get(sys.platform, _LIBRARIES["linux"])
    for pattern in patterns:
        with contextlib.suppress(OSError):
            return ctypes.CDLL(pattern.format(name))
    return None


def _register(load: Callable[[str], ctypes.CDLL | None], name: str) -> ctypes._Pointer[_Voice] | None:
    """Make a voice known to flite; None where its library is not there."""
    library = load(f"flite_cmu_us_{name}")
    if library is None:
        return None
    register = getattr(library, f"register_cmu_us_{name}")
    register.restype, register.argtypes = POINTER(_Voice), [c_char_p]
    voice: ctypes._Pointer[_Voice] = register(None)
    return voice
