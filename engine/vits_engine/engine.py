"""The VITS voices of the `TTS` package as an engine: many languages, one or many speakers each, none of them cloned."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from engine.coqui_engine.cutting import cut
from engine.coqui_engine.layout import BadModel, ModelFolder, read_folder
from engine.engine import Abilities, Engine, EngineError, EngineMissing, OutOfMemory, Stopped
from engine.licence import terms
from engine.model_folders import VITS, ModelOnDisk, installed, usable, weights_of
from engine.speech import Audio, Speaker, Timing, Utterance
from engine.vits_engine.names import speaker_names
from engine.vits_engine.vctk import Person, person
from engine.vits_engine.words import timings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.vits_engine.model import Model

NEEDED = ("torch", "torchaudio", "TTS", "safetensors", "soundfile")
"""What has to be installed."""
MOST_LETTERS = 400
"""How many letters are said at once at most: the network compares each of them with every other."""
MOST_PARTS = 40
"""Into how many parts a text may be cut; it comes sentence by sentence, so that one which needs more is none."""
MOST_LOADED = 4
"""How many models are held in memory at once; of more, the one that has been silent for longest is let go."""
PACES = (0.25, 4.0)
"""Between which paces it speaks."""
CHUNK = 0.5
"""How much sound comes at once at most, in seconds."""
UNSAID = "NOASSERTION"
"""What SPDX calls a licence of which nobody has said anything, as of a model that the host has put there."""
VCTK = "vctk"
"""What the names of models whose speakers are VCTK's have in them."""
NOBODY_KNOWS = "und"
"""The tag of what a model speaks that does not say."""

_log = logging.getLogger(__name__)


class _Place(NamedTuple):
    """Where a speaker is to be found."""

    model: str
    number: int


class Vits(Engine):
    """Every VITS model that lies in the folder of models."""

    name = "vits"
    heavy = True

    @classmethod
    def is_provided(cls, models: Path | None) -> bool:
        """Whether a model lies there, be it a whole one: what is wrong with it is said then."""
        return models is not None and any(each.family == VITS for each in installed(models))

    @classmethod
    def bytes_needed(cls, models: Path | None) -> int:
        """The size of the largest model; the others are loaded when somebody wants to hear them."""
        found = usable(models, VITS) if models is not None else ()
        files = [file for each in found if (file := weights_of(each.folder)) is not None]
        return max((file.stat().st_size for file in files), default=0)

    def open(self) -> None:
        """Import torch and the library, read who can speak, and load the first model.

        Raises:
            EngineMissing: They are not installed, or there is no model.
            EngineError: No model's files can be used; the message says why.
        """
        missing = [name for name in NEEDED if find_spec(name) is None]
        if missing:
            raise EngineMissing(f"{missing[0]} is not installed; pip install 'mynah-bot[neural]' brings it")
        if self.models is None:
            raise EngineMissing("there is no folder of models")
        self._found: dict[str, ModelOnDisk] = {}
        self._folders: dict[str, ModelFolder] = {}
        self._names: dict[str, Mapping[str, int]] = {}
        self._loaded: dict[str, Model] = {}
        wrong = self._look(self.models)
        self._places: dict[str, _Place] = {}
        self._speakers: list[Speaker] = []
        for name in [*self._found]:
            try:
                self._model(name)
            except BadModel as error:
                wrong.append(str(error))
                del self._found[name]
                continue
            break
        for each in wrong:
            _log.warning("A model is left out: %s", each)
        if not self._found:
            raise EngineMissing(wrong[0] if wrong else f"there is no VITS model in {self.models}")
        self._list()

    def abilities(self) -> Abilities:
        licences = sorted({each.licence or UNSAID for each in self._found.values()})
        from importlib.metadata import version

        return Abilities(
            languages=frozenset(tag for each in self._speakers for tag in (each.language, *each.also)),
            clones=False,
            timings=frozenset({"sentence", "word"}),
            pitch=False,
            batch=8,
            licence=" AND ".join(["MPL-2.0", *licences]),
            version=f"models {self._mark()}, coqui-tts {version('coqui-tts')}",
            quality=60,
            strength="sounds more like a person",
        )

    def speakers(self) -> Sequence[Speaker]:
        return self._speakers

    def synthesize(self, batch: Sequence[Utterance], stopped: Stopped) -> Iterator[tuple[int, Audio]]:
        failed: EngineError | None = None
        for row, utterance in enumerate(batch):
            if stopped(row):
                continue
            try:
                for audio in self._say(utterance):
                    if stopped(row):
                        break
                    yield row, audio
            except EngineError as error:
                failed = error
        if failed is not None:
            raise failed

    def bytes_held(self) -> int:
        return sum(model.bytes for model in self._loaded.values())

    def bytes_free(self) -> int | None:
        import torch

        return int(torch.cuda.mem_get_info()[0]) if torch.cuda.is_available() else super().bytes_free()

    def make_room(self) -> bool:
        """Let go of all models but the one that has spoken last."""
        from engine.vits_engine.model import let_go

        *silent, _ = self._loaded or [""]
        for name in silent:
            del self._loaded[name]
        let_go()
        return bool(silent)

    def close(self) -> None:
        """Let go of the models and of the memory that they took."""
        if "_loaded" not in self.__dict__:  # torch may not even be there
            return
        from engine.vits_engine.model import let_go

        self._loaded.clear()
        let_go()

    def _mark(self) -> str:
        """Return what changes when a model does: all are in it, whichever are loaded now."""
        files = [(name, weights_of(each.folder)) for name, each in sorted(self._found.items())]
        told = [(name, file.stat().st_size, file.stat().st_mtime_ns) for name, file in files if file is not None]
        return f"{zlib.crc32(repr(told).encode()):08x}"

    def _look(self, models: Path) -> list[str]:
        """Read which models there are and who speaks in them; return what is wrong with the others."""
        wrong = [each.wrong for each in installed(models) if each.family == VITS and each.wrong]
        for each in usable(models, VITS):
            try:
                folder = read_folder(each.folder)
                self._names[each.name] = speaker_names(folder)
            except BadModel as error:
                wrong.append(str(error))
                continue
            self._found[each.name], self._folders[each.name] = each, folder
        return wrong

    def _list(self) -> None:
        """List the speakers of all models."""
        for name, model in self._found.items():
            names = self._names[name]
            if not names:
                self._add(_described(model, name, name), _Place(name, 0))
            # Of whom nothing is known comes last: the first who speaks a language speaks it where nobody has chosen.
            for speaker, number in sorted(names.items(), key=lambda each: _known(model, each[0]) is None):
                self._add(_described(model, f"{name}-{speaker.replace(' ', '-')}", speaker), _Place(name, number))

    def _add(self, speaker: Speaker, place: _Place) -> None:
        if speaker.key.lower() not in {key.lower() for key in self._places}:
            self._places[speaker.key] = place
            self._speakers.append(speaker)

    def _model(self, name: str) -> Model:
        """Return a model, loaded; the one that has been silent for longest makes room.

        Raises:
            BadModel: Its files cannot be used.
            OutOfMemory: There is too little memory for it.
        """
        import torch

        from engine.coqui_engine import devices
        from engine.vits_engine.model import Model

        model = self._loaded.pop(name, None)
        if model is None:
            while len(self._loaded) >= MOST_LOADED:
                del self._loaded[next(iter(self._loaded))]
            try:
                tag = next(iter(self._found[name].languages), "")
                model = Model(self._folders[name], self._names[name], devices.best_device(), language=tag)
            except (MemoryError, torch.OutOfMemoryError) as error:
                raise OutOfMemory(f"there is too little memory for {name}") from error
        self._loaded[name] = model
        return model

    def _say(self, utterance: Utterance) -> Iterator[Audio]:
        """Say an utterance, half a second at a time.

        Raises:
            EngineError: Its speaker is not known, or there is nothing that can be said.
            OutOfMemory: There was too little memory.
        """
        import torch

        place = self._places.get(utterance.speaker)
        if place is None:
            raise EngineError(f"{self.name} has no speaker {utterance.speaker!r}")
        parts = cut(utterance.text, MOST_LETTERS)
        if not 0 < len(parts) <= MOST_PARTS:
            raise EngineError(f"{utterance.text[:40]!r} is nothing to say" if not parts else "that is no sentence")
        model, start, said = self._model(place.model), 0.0, False
        speed = min(max(utterance.speed, PACES[0]), PACES[1])
        for part in parts:
            signs = _signs(model, part)
            if not any(sign.isalnum() for sign in signs):
                continue
            seed = zlib.crc32(f"{utterance.speaker}\0{part}".encode("utf-8", "replace"))
            try:
                plan = model.plan(signs, place.number, speed=speed, seed=seed)
                told = timings(part, plan.signs, plan.ends, lambda word: _signs(model, word))
                for audio in _chunks(model.sound(plan), model.rate, _moved(told, start), start):
                    yield audio
                    start, said = start + audio.seconds, True
            except (MemoryError, torch.OutOfMemoryError) as error:
                raise OutOfMemory("memory ran out") from error
        if not said:
            raise EngineError(f"{utterance.text[:40]!r} has nothing that {place.model} can say")


def _signs(model: Model, text: str) -> str:
    """Return the letters or phonemes of a text.

    Raises:
        EngineError: The library's cleaning chokes on it.
    """
    try:
        return model.signs(text)
    except Exception as error:  # in one of many ways
        raise EngineError(f"{text[:40]!r} cannot be read: {error!r}") from error


def _chunks(windows: Iterator[NDArray[np.float32]], rate: int, told: Sequence[Timing], start: float) -> Iterator[Audio]:
    """Cut sound into pieces, each with the timings that begin in it.

    Args:
        windows: The sound, window by window.
        rate: Samples a second, in Hz.
        told: The timings, in the order of their starts.
        start: What comes before in the same row, in seconds.
    """
    left, size = list(told), round(CHUNK * rate)
    for window in windows:
        for begin in range(0, len(window), size):
            samples = window[begin : begin + size]
            start += len(samples) / rate
            now = [timing for timing in left if timing.start_ms < 1000 * start]
            left = left[len(now) :]
            yield Audio(samples=samples, rate=rate, timings=tuple(now))


def _moved(told: Sequence[Timing], start: float) -> Sequence[Timing]:
    """Return timings that begin later, by so many seconds."""
    ms = round(1000 * start)
    return [
        Timing(kind=each.kind, text=each.text, start_ms=each.start_ms + ms, end_ms=each.end_ms + ms) for each in told
    ]


def _known(model: ModelOnDisk, speaker: str) -> Person | None:
    """Return who a speaker of VCTK is; None of others."""
    return person(speaker) if VCTK in model.name.lower() else None


def _described(model: ModelOnDisk, key: str, speaker: str) -> Speaker:
    """Return what is known of a speaker."""
    known = _known(model, speaker)
    language, *others = model.languages or (NOBODY_KNOWS,)
    if known is not None and known.language not in (language, *others):
        others.append(known.language)
    licence = model.licence or UNSAID
    said = [f"{known.accent} accent" if known and known.accent else "", terms(licence)]
    if licence == UNSAID:
        said.append("Nobody has said under which licence it may be used")
    return Speaker(
        engine=Vits.name,
        key=key.replace(" ", "-").replace("+", "-"),
        name=speaker if speaker == model.name else f"{speaker} ({model.name})",
        language=language,
        sex=known.sex if known else "",
        notes=" ".join(f"{each}." for each in said if each),
        also=tuple(others),
        licence=licence,
    )
