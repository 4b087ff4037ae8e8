"""The VITS voices of the `TTS` package as an engine: many languages, one or many speakers each, none of them cloned."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from engine.coqui_engine.cutting import cut
from engine.coqui_engine.layout import BadModel
from engine.engine import Abilities, Engine, EngineError, EngineMissing, OutOfMemory, Stopped
from engine.model_folders import VITS, installed, usable, weights_of
from engine.speech import Audio, Speaker, Timing, Utterance
from engine.vits_engine.roster import NAME, UNSAID, Place, Roster
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

_log = logging.getLogger(__name__)


class Vits(Engine):
    """Every VITS model that lies in the folder of models."""

    name = NAME
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

    @classmethod
    def foretell(cls, models: Path | None) -> Sequence[Speaker] | None:
        if models is None or _missing():
            return None
        return [speaker for speaker, _ in Roster(models).speakers().values()]

    def open(self) -> None:
        """Import torch and the library, read who can speak, and load the first model.

        Raises:
            EngineMissing: They are not installed, or there is no model.
            EngineError: No model's files can be used; the message says why.
        """
        if missing := _missing():
            raise EngineMissing(f"{missing} is not installed; pip install 'mynah-bot[neural]' brings it")
        if self.models is None:
            raise EngineMissing("there is no folder of models")
        self._loaded: dict[str, Model] = {}
        self._roster = roster = Roster(self.models)
        for name in [*roster.found]:
            try:
                self._model(name)
            except BadModel as error:
                roster.leave_out(name, str(error))
                continue
            break
        for each in roster.wrong:
            _log.warning("A model is left out: %s", each)
        if not roster.found:
            raise EngineMissing(roster.wrong[0] if roster.wrong else f"there is no VITS model in {self.models}")
        listed = roster.speakers()
        self._speakers: list[Speaker] = [speaker for speaker, _ in listed.values()]
        self._places: dict[str, Place] = {key: place for key, (_, place) in listed.items()}

    def abilities(self) -> Abilities:
        licences = sorted({each.licence or UNSAID for each in self._roster.found.values()})
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
        files = [(name, weights_of(each.folder)) for name, each in sorted(self._roster.found.items())]
        told = [(name, file.stat().st_size, file.stat().st_mtime_ns) for name, file in files if file is not None]
        return f"{zlib.crc32(repr(told).encode()):08x}"

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
                roster = self._roster
                tag = next(iter(roster.found[name].languages), "")
                model = Model(roster.folders[name], roster.names[name], devices.best_device(), language=tag)
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


def _missing() -> str:
    """Return what is not installed, if anything."""
    return next((name for name in NEEDED if find_spec(name) is None), "")
