"""XTTS-v2 of the `TTS` package as an engine: people's voices from a recording, in 17 languages, many at once."""

from __future__ import annotations

import logging
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from engine.coqui_engine import learned_file
from engine.coqui_engine.cutting import cut
from engine.coqui_engine.layout import BadModel, ModelFolder, built_in, xtts_folders
from engine.coqui_engine.talk import Talk
from engine.engine import Abilities, Engine, EngineError, EngineMissing, More, OutOfMemory, Stopped, failing_last
from engine.licence import CPML
from engine.speech import Audio, Enrolled, Part, Reference, Speaker, Utterance

if TYPE_CHECKING:
    from engine.coqui_engine.batch import Heard
    from engine.coqui_engine.model import Voice
    from engine.coqui_engine.retakes import Judge, Retakes
    from engine.coqui_engine.slots import Row
    from engine.coqui_engine.speakers import Learned

NEEDED = ("torch", "torchaudio", "TTS", "safetensors", "soundfile")
"""What has to be installed."""
MOST_PARTS = 40
"""Into how many parts a text may be cut; it comes sentence by sentence, so that one which needs more is none."""
PACES = (0.25, 4.0)
"""Between which paces it speaks."""
NUMBERS = "0 1 2 3 4 5 6 7 8 9 10 11 12."
"""What a speaker who was learned says, to be compared with the person: every language reads numbers."""
RETAKES = 2
"""How often an utterance is said again at most where it is not heard to be good."""

_log = logging.getLogger(__name__)


class Coqui(Engine):
    """XTTS-v2, in this process."""

    name = "coqui"
    heavy = True
    retakes = RETAKES
    """How often an utterance is said again at most; 0: it is only told how good it was."""

    @classmethod
    def is_provided(cls, models: Path | None) -> bool:
        """Whether a model lies there, be it a whole one: what is wrong with it is said then."""
        return models is not None and any(xtts_folders(models))

    @classmethod
    def bytes_needed(cls, models: Path | None) -> int:
        """Twice the size of the weights: for them, and for the keys and values of what is decoded."""
        found, _ = xtts_folders(models) if models is not None else ([], [])
        return 2 * max((each.bytes_of_weights for each in found[:1]), default=0)

    @classmethod
    def foretell(cls, models: Path | None) -> Sequence[Speaker] | None:
        folder, licence = cls._folder(models)
        return cls._described(built_in(folder), folder, licence)

    def open(self) -> None:
        """Import torch and the library, and load the model.

        Raises:
            EngineMissing: They are not installed, or there is no model.
            EngineError: The model's files cannot be used; the message says why.
        """
        folder, self._licence = self._folder(self.models)
        from engine.coqui_engine import devices
        from engine.coqui_engine.ear import Ear
        from engine.coqui_engine.model import Model
        from engine.coqui_engine.speakers import Speakers

        assert self.models is not None, "a model was found in it"
        self._model = Model(folder, devices.best_device())
        self._switches = devices.switches(self._model.gpt)
        self._make_room()
        self._built_in = self._model.voices()
        self._speakers = Speakers(self.home, self._model.voice)
        self._ear = Ear(self.models)

    def abilities(self) -> Abilities:
        return Abilities(
            languages=frozenset(self._model.folder.languages),
            clones=True,
            timings=frozenset(),
            pitch=False,
            batch=self._switches.slots,
            joins=True,
            streams=True,
            licence=f"MPL-2.0 AND {self._licence}",
            version=self._version,
            relearns=True,
            quality=80,
            strength="sounds more like a person",
        )

    def speakers(self) -> Sequence[Speaker]:
        return self._described(self._built_in, self._model.folder, self._licence)

    def synthesize(self, batch: Sequence[Utterance], stopped: Stopped) -> Iterator[tuple[int, Audio]]:
        return failing_last(self.synthesize_more(batch, stopped, lambda room: ()))

    def synthesize_more(
        self, batch: Sequence[Utterance], stopped: Stopped, more: More
    ) -> Iterator[tuple[int, Audio | Part | EngineError]]:
        from engine.coqui_engine.retakes import Retakes

        talk = Talk(self._rows, stopped, more)
        retakes = Retakes(self._ear.threads, self.retakes)
        talk.add(batch)
        start, seconds, most = time.perf_counter(), 0.0, 0
        while talk.waits or retakes.is_listening:
            for heard in self._decode(talk):
                yield from talk.refused()
                yield from self._aloud(talk, heard)
                said = talk.hear(heard)
                if said is not None and not stopped(said[0]):
                    audio = Audio(samples=said[1], rate=self._model.vocoder.rate)
                    judge, kept = self._judge(talk.utterance(said[0])), talk.was_heard(said[0])
                    retakes.listen(said[0], audio, judge, heard=kept)
                for row, audio in self._good(talk, retakes, stopped):
                    seconds += audio.seconds
                    yield row, audio
            most = max(most, self._batch.most)
            for row, audio in self._good(talk, retakes, stopped, wait=True):
                seconds += audio.seconds
                yield row, audio
        yield from talk.refused()
        _log.info(
            "%s said %d utterances, at most %d at once: %.1f s of sound in %.2f s, %d said again.",
            *(self.name, talk.utterances, most, seconds, time.perf_counter() - start, retakes.retaken),
        )

    def enroll(self, reference: Reference, key: str, report: Callable[[float], None]) -> Enrolled:
        from engine.coqui_engine.speakers import Learned, digest

        made_of = digest(reference.passages, self._model.learns_by)
        known = self._speakers.made_of(made_of)
        voice = known.voice if known else self._model.learn(reference.passages, report)
        if known:
            report(1.0)
        language = self._language(reference.language)
        learned = Learned(
            voice=voice,
            language=language,
            made_of=made_of,
            print=known.print if known else self._ear.whose(reference.passages),
            about={
                "name": reference.name,
                "engine": self.name,
                "version": self._version,
                "licence": self._licence,
            },
        )
        self._speakers.put(key, learned)
        speaker = Speaker(
            engine=self.name,
            key=key,
            name=reference.name or key,
            language=language,
            also=tuple(each for each in self._model.folder.languages if each != language),
            licence=self._licence,
        )
        seconds = sum(passage.seconds for passage in reference.passages)
        figures: dict[str, float | str] = {"seconds": round(seconds, 2), "version": self._version}
        return Enrolled(speaker=speaker, figures={**figures, **self._reached(key, learned, report)})

    @classmethod
    def check_learned(cls, file: Path) -> bool:
        learned_file.check(file)
        return True

    def bytes_held(self) -> int:
        from engine.coqui_engine import devices

        return devices.bytes_held(self._model.device) or self._model.bytes + self._batch.bytes

    def bytes_free(self) -> int | None:
        from engine.coqui_engine import devices

        free = devices.bytes_free(self._model.device)
        return super().bytes_free() if free is None else free

    def make_room(self) -> bool:
        """Decode half as many at once from now on."""
        from engine.coqui_engine import devices

        if self._switches.slots == 1:
            return False
        self._switches = replace(self._switches, slots=self._switches.slots // 2)
        _log.warning("Memory ran out; %s goes on with %d at once.", self.name, self._switches.slots)
        del self._batch
        devices.let_go()
        self._make_room()
        return True

    def kill(self) -> None:
        """End those who listen, so that the program need not wait for them; the model itself cannot be ended."""
        if (ear := self.__dict__.get("_ear")) is not None:
            ear.close()

    def close(self) -> None:
        """Let go of the model and of the memory that it took."""
        if "_model" not in self.__dict__:  # torch may not even be there
            return
        from engine.coqui_engine import devices

        self.kill()
        for name in ("_batch", "_model", "_built_in", "_speakers", "_ear"):
            self.__dict__.pop(name, None)
        devices.let_go()

    def _aloud(self, talk: Talk, heard: Heard) -> Iterator[tuple[int, Part]]:
        """Yield what somebody who listens hears of an utterance before it is whole."""
        if told := talk.aloud(heard):
            row, begin, samples = told
            yield row, Part(begin=begin, audio=Audio(samples=samples, rate=self._model.vocoder.rate))

    def _good(
        self, talk: Talk, retakes: Retakes, stopped: Stopped, *, wait: bool = False
    ) -> Iterator[tuple[int, Audio]]:
        """Yield what was listened to and is good, or as good as it gets; what is not waits to be said again."""
        for row, takes, audio in retakes.judged(wait_for_one=wait):
            if stopped(row):
                retakes.forget(row)
            elif audio is None:
                talk.retake(row, takes)
            else:
                yield row, audio

    def _judge(self, utterance: Utterance) -> Judge:
        """Return what listens whether an utterance was said well."""
        learned = None if utterance.speaker in self._built_in else self._speakers.get(utterance.speaker)
        language = self._language(utterance.language or (learned.language if learned else ""))
        low, high = PACES
        utterance = replace(utterance, speed=min(max(utterance.speed, low), high))
        return partial(self._ear.judge, utterance, language=language, speaker=learned.print if learned else None)

    def _reached(self, key: str, learned: Learned, report: Callable[[float], None]) -> dict[str, float]:
        """Tell how alike a speaker who was just learned sounds, in words that they have not said.

        Raises:
            EngineError: They cannot be spoken with; they are not kept then.
        """
        if learned.print is None:
            return {}

        def gone(row: int) -> bool:
            report(1.0)  # which raises where nobody waits any more
            return False

        talk = Talk(self._rows, gone, lambda room: ())
        said: list[Audio] = []
        try:
            talk.add([Utterance(text=NUMBERS, engine=self.name, speaker=key)])
            for heard in self._decode(talk):
                if whole := talk.hear(heard):
                    said.append(Audio(samples=whole[1], rate=self._model.vocoder.rate))
        except BaseException:
            self._speakers.drop(key)
            raise
        likeness = self._ear.likeness(learned.print, said)
        return {} if likeness is None else {"similarity": likeness}

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
                    raise OutOfMemory("there is too little memory to decode a single sentence") from error
            devices.let_go()
            self._switches = replace(self._switches, slots=self._switches.slots // 2)

    def _decode(self, talk: Talk) -> Iterator[Heard]:
        """Decode what is talked about.

        Raises:
            OutOfMemory: There was too little memory; what was not heard has to be said again.
        """
        import torch

        from engine.coqui_engine import devices

        talk.begin()
        try:
            yield from self._batch.run(talk.source, talk.gone, talk.listens)
        except torch.OutOfMemoryError as error:
            devices.let_go()
            raise OutOfMemory("memory ran out") from error

    @property
    def _version(self) -> str:
        from importlib.metadata import version

        return f"{self._model.folder.name} {self._model.mark}, coqui-tts {version('coqui-tts')}"

    @classmethod
    def _described(cls, names: Iterable[str], folder: ModelFolder, licence: str) -> list[Speaker]:
        """Return what is known of the speakers that a model brings."""
        first, *others = folder.languages
        return [
            Speaker(engine=cls.name, key=name, name=name, language=first, also=tuple(others), licence=licence)
            for name in names
        ]

    @classmethod
    def _folder(cls, models: Path | None) -> tuple[ModelFolder, str]:
        """Find the model to speak with, and its licence."""
        missing = [name for name in NEEDED if find_spec(name) is None]
        if missing:
            raise EngineMissing(f"{missing[0]} is not installed; pip install 'mynah-bot[neural]' brings it")
        if models is None:
            raise EngineMissing("there is no folder of models")
        from engine.model_folders import installed

        found, wrong = xtts_folders(models)
        known = {each.name: each for each in installed(models)}
        for folder in found:
            told = known.get(folder.name)
            if told is None or not told.wrong:
                return folder, (told.licence if told else "") or CPML
            wrong.append(BadModel(told.wrong))
        raise wrong[0] if wrong else EngineMissing(f"there is no XTTS model in {models}")

    def _rows(self, utterance: Utterance, take: int) -> list[Row]:
        """Turn an utterance into rows to decode, one after another in time; each take of it has other chances.

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
        again = f"{take}\0" if take else ""
        return [
            Row(
                tokens=self._tokens(part, language),
                latents=voice.latents,
                speaker=voice.embedding,
                seed=zlib.crc32(f"{again}{utterance.speaker}\0{part}".encode("utf-8", "replace")),
                taste=self._model.taste,
                speed=min(max(utterance.speed, low), high),
            )
            for part in parts
        ]

    def _voice(self, key: str) -> tuple[Voice, str]:
        """Return a speaker and what they speak to begin with."""
        if key in self._built_in:
            return self._built_in[key], self._model.folder.languages[0]
        learned = self._speakers.get(key)
        return learned.voice, learned.language

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
