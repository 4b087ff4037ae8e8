"""XTTS-v2 of the `TTS` package as an engine: people's voices from a recording, in 17 languages, many at once."""

from __future__ import annotations

import logging
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from engine.coqui_engine.cutting import cut
from engine.coqui_engine.layout import ModelFolder, xtts_folders
from engine.coqui_engine.talk import Talk
from engine.engine import Abilities, Engine, EngineError, EngineMissing, More, Stopped
from engine.speech import Audio, Enrolled, Reference, Speaker, Utterance

if TYPE_CHECKING:
    from engine.coqui_engine.batch import Heard
    from engine.coqui_engine.model import Voice
    from engine.coqui_engine.slots import Row

NEEDED = ("torch", "torchaudio", "TTS", "safetensors", "soundfile")
"""What has to be installed."""
MOST_PARTS = 40
"""Into how many parts a text may be cut; it comes sentence by sentence, so that one which needs more is none."""
PACES = (0.25, 4.0)
"""Between which paces it speaks."""

_log = logging.getLogger(__name__)


class Coqui(Engine):
    """XTTS-v2, in this process."""

    name = "coqui"

    @classmethod
    def is_provided(cls, models: Path | None) -> bool:
        """Whether a model lies there, be it a whole one: what is wrong with it is said then."""
        return models is not None and any(xtts_folders(models))

    def open(self) -> None:
        """Import torch and the library, and load the model.

        Raises:
            EngineMissing: They are not installed, or there is no model.
            EngineError: The model's files cannot be used; the message says why.
        """
        folder = self._folder()
        from engine.coqui_engine import devices
        from engine.coqui_engine.model import Model
        from engine.coqui_engine.speakers import Speakers

        self._model = Model(folder, devices.best_device())
        self._switches = devices.switches(self._model.gpt)
        self._make_room()
        self._built_in = self._model.voices()
        self._speakers = Speakers(self.home, self._model.voice)

    def abilities(self) -> Abilities:
        return Abilities(
            languages=frozenset(self._model.folder.languages),
            clones=True,
            timings=frozenset(),
            pitch=False,
            batch=self._switches.slots,
            joins=True,
            licence="MPL-2.0 AND LicenseRef-CPML",
            version=self._version,
            quality=80,
            strength="sounds more like a person",
        )

    def speakers(self) -> Sequence[Speaker]:
        first, *others = self._model.folder.languages
        return [
            Speaker(
                engine=self.name,
                key=name,
                name=name,
                language=first,
                notes="Not for commercial use (CPML).",
                also=tuple(others),
            )
            for name in self._built_in
        ]

    def synthesize(self, batch: Sequence[Utterance], stopped: Stopped) -> Iterator[tuple[int, Audio]]:
        failed: EngineError | None = None
        for row, made in self.synthesize_more(batch, stopped, lambda room: ()):
            if isinstance(made, EngineError):
                failed = made
            else:
                yield row, made
        if failed is not None:
            raise failed

    def synthesize_more(
        self, batch: Sequence[Utterance], stopped: Stopped, more: More
    ) -> Iterator[tuple[int, Audio | EngineError]]:
        talk = Talk(self._rows, stopped, more)
        talk.add(batch)
        start, seconds = time.perf_counter(), 0.0
        for heard in self._decode(talk):
            yield from talk.refused()
            said = talk.hear(heard)
            if said is not None and not stopped(said[0]):
                audio = Audio(samples=said[1], rate=self._model.vocoder.rate)
                seconds += audio.seconds
                yield said[0], audio
        yield from talk.refused()
        _log.info(
            "%s said %d utterances, at most %d at once: %.1f s of sound in %.2f s.",
            *(self.name, talk.utterances, self._batch.most, seconds, time.perf_counter() - start),
        )

    def enroll(self, reference: Reference, key: str, report: Callable[[float], None]) -> Enrolled:
        voice = self._model.learn(reference.passages, report)
        language = self._language(reference.language)
        about = {"language": language, "name": reference.name, "engine": self.name, "version": self._version}
        self._speakers.put(key, voice, about)
        speaker = Speaker(
            engine=self.name,
            key=key,
            name=reference.name or key,
            language=language,
            also=tuple(each for each in self._model.folder.languages if each != language),
        )
        seconds = sum(passage.seconds for passage in reference.passages)
        return Enrolled(speaker=speaker, figures={"seconds": round(seconds, 2), "version": self._version})

    def close(self) -> None:
        """Let go of the model and of the memory that it took."""
        if "_model" not in self.__dict__:  # torch may not even be there
            return
        from engine.coqui_engine import devices

        for name in ("_batch", "_model", "_built_in", "_speakers"):
            self.__dict__.pop(name, None)
        devices.let_go()

    def _make_room(self) -> None:
        """Set aside the memory to decode in, for fewer rows at once where there is too little."""
        import torch

        from engine.coqui_engine import devices
        from engine.coqui_engine.batch import Batch

        while True:
            try:
                self._batch = Batch(self._model.gpt, self._model.vocoder, self._switches)
                self._batch.prepare()
                return
            except torch.OutOfMemoryError as error:
                self.__dict__.pop("_batch", None)
                if self._switches.slots == 1:
                    raise EngineError("there is too little memory to decode a single sentence") from error
            devices.let_go()
            self._switches = replace(self._switches, slots=self._switches.slots // 2)

    def _decode(self, talk: Talk) -> Iterator[Heard]:
        """Decode what is talked about. Where memory runs out, fewer rows are decoded at once from then on.

        Raises:
            EngineError: Memory ran out; what was not heard has to be said again.
        """
        import torch

        try:
            yield from self._batch.run(talk.source, talk.gone)
        except torch.OutOfMemoryError as error:
            self._switches = replace(self._switches, slots=max(1, self._switches.slots // 2))
            _log.warning("Memory ran out; %s goes on with %d at once.", self.name, self._switches.slots)
            del self._batch
            self._make_room()
            raise EngineError("memory ran out") from error

    @property
    def _version(self) -> str:
        from importlib.metadata import version

        return f"{self._model.folder.name} {self._model.mark}, coqui-tts {version('coqui-tts')}"

    def _folder(self) -> ModelFolder:
        """Find the model to speak with."""
        missing = [name for name in NEEDED if find_spec(name) is None]
        if missing:
            raise EngineMissing(f"{missing[0]} is not installed; pip install 'mynah-bot[neural]' brings it")
        if self.models is None:
            raise EngineMissing("there is no folder of models")
        found, wrong = xtts_folders(self.models)
        if not found:
            raise wrong[0] if wrong else EngineMissing(f"there is no XTTS model in {self.models}")
        return found[0]

    def _rows(self, utterance: Utterance) -> list[Row]:
        """Turn an utterance into rows to decode, one after another in time.

        Raises:
            EngineError: Its speaker is not known, its language not spoken, or there is nothing that can be said.
        """
        from engine.coqui_engine.slots import Row

        voice, own = self._voice(utterance.speaker)
        language = self._language(utterance.language or own)
        parts = cut(utterance.text, self._model.letters(language))
        if not 0 < len(parts) <= MOST_PARTS:
            raise EngineError(f"{utterance.text[:40]!r} is nothing to say" if not parts else "that is no sentence")
        low, high = PACES
        return [
            Row(
                tokens=self._tokens(part, language),
                latents=voice.latents,
                speaker=voice.embedding,
                seed=zlib.crc32(f"{utterance.speaker}\0{part}".encode("utf-8", "replace")),
                taste=self._model.taste,
                speed=min(max(utterance.speed, low), high),
            )
            for part in parts
        ]

    def _voice(self, key: str) -> tuple[Voice, str]:
        """Return a speaker and what they speak to begin with."""
        if key in self._built_in:
            return self._built_in[key], self._model.folder.languages[0]
        return self._speakers.get(key)

    def _language(self, tag: str) -> str:
        """Return what the model calls a language; its first, where it does not speak it."""
        spoken = self._model.folder.languages
        wanted = tag.lower()
        bare = wanted.partition("-")[0]
        near = (each for each in spoken if each == wanted or each.partition("-")[0] == bare)
        return next(near, spoken[0])

    def _tokens(self, text: str, language: str) -> list[int]:
        try:
            tokens = self._model.tokens(text, language)
        except Exception as error:  # the library's cleaning chokes on some texts, in many ways
            raise EngineError(f"{text[:40]!r} cannot be read: {error!r}") from error
        if not tokens or len(tokens) >= self._model.gpt.longest_text:
            raise EngineError(f"{text[:40]!r} has {len(tokens)} tokens")
        return tokens
