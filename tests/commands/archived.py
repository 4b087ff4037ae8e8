"""Voices to take along: one of a real person that speaks, and archives to bring in."""

from __future__ import annotations

import secrets
import shutil
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from bot.cli_adapter import recordings as recordings_of
from commands.core.context import Asker
from commands.core.params import Attachment
from commands.core.reply import Reply
from commands.core.voice_archive import kept, write_archive
from commands.core.voice_record import KeptRecording, KeptSpeaker, VoiceRecord
from engine.conversion.bases import Base
from engine.conversion.conversion import Conversion
from engine.conversion.features import BINS, COEFFICIENTS
from engine.conversion.speaker_file import LearnedSpeaker, write
from engine.espeak_engine import EspeakEngine
from engine.router import Router
from engine.speech import Speaker
from engine.worker import Worker
from engine.world_engine import WorldEngine
from storage import clones, consents, recordings, speakers, voice_folder
from storage.consents import Consent, Rule
from storage.database import Transaction
from storage.metrics import Metric, Period
from storage.quota import Allowances
from storage.voices import Voice
from tests.commands.world import ALLOWED, World
from tests.engine.speech_sounds import REAL
from tests.storage.making import WORDS

ZIP = Attachment(name="ada-voice.zip", content_type="application/zip", bytes=60_000, reference="x")


@asynccontextmanager
async def world_router(data: Path) -> AsyncIterator[Router]:
    """espeak, and the engine that speaks as speakers that were learned."""
    world = Worker(WorldEngine, home=data / "speakers" / WorldEngine.name)
    opened = Router({EspeakEngine.name: Worker(EspeakEngine), WorldEngine.name: world})
    await opened.open()
    yield opened
    await opened.close()


def holding(world: World, most: int) -> None:
    """Let everybody hold so many voices."""
    held = {(Metric.CLONES, Period.DAY): 9, (Metric.VOICES, Period.HELD): most}
    world.rules = replace(world.rules, allowances=Allowances(member={**ALLOWED, **held}))


def real(person: str, to: Path, *numbers: int) -> Path:
    """Some utterances of a real person, as one recording."""
    folder = REAL / "librispeech" / person
    if not folder.exists():
        pytest.skip("shared/speech is not here")
    files = sorted(folder.glob("*.flac"))
    recordings_of.joined([files[number] for number in numbers], to)
    return to


def staged(world: World, file: Path) -> str:
    """Put a file where those of a job lie, and return where, relative to the data folder."""
    world.staged += 1
    to = world.host.data / "staging" / f"given-{world.staged}"
    to.parent.mkdir(exist_ok=True)
    shutil.copyfile(file, to)
    return to.relative_to(world.host.data).as_posix()


async def give(world: World, asker: Asker, name: str, file: Path) -> None:
    """Have a recording looked at, and kept for a voice."""
    recording = Attachment(name=file.name, path=staged(world, file), bytes=60_000)
    await world.ask(asker, "clone", name=name, recording=recording)


async def bring(world: World, asker: Asker, file: Path, **more: object) -> Reply:
    """Bring an archive in."""
    return await world.ask(asker, "voices import", file=replace(ZIP, path=staged(world, file)), **more)


async def agree(world: World, asker: Asker, name: str, rule: Rule = "spoken", person_id: int | None = None) -> Consent:
    """Let somebody agree to a voice of the asker's: themselves, where nobody else is named."""
    person = asker.user_id if person_id is None and rule != "host-given" else person_id

    def work(tx: Transaction) -> Consent:
        voice = clones.own(tx, asker.user_id, name)
        assert voice is not None
        asked = consents.ask(
            tx, voice_id=voice.id, holder_id=asker.user_id, person_id=person, rule=rule, statement="I agree. (1)",
            words=WORDS, recording_sha256=recordings.digest_of(tx, voice.id), platform="discord", life=600_000,
        )  # fmt: skip
        evidence = consents.Evidence(answer_sha256="a" * 64, heard=WORDS, matched=6, similarity=0.83, versions={})
        decided = consents.decide(tx, asked.id, world.host.key, "granted", evidence)
        assert decided is not None
        return decided

    return await world.database.write(work)


def learned(file: Path) -> Path:
    """Write what an engine has learned: espeak's English, a little higher."""
    write(
        file,
        LearnedSpeaker(
            base=Base(engine="espeak", speaker="en-us"),
            conversion=Conversion(
                centre=np.zeros(COEFFICIENTS),
                matrix=np.eye(COEFFICIENTS),
                offset=np.zeros(COEFFICIENTS),
                equaliser=np.zeros(BINS),
                pitch=(4.7, 0.2),
                own_pitch=(4.9, 0.2),
            ),
            language="en",
            figures={"similarity": 0.71},
        ),
    )
    return file


async def build(world: World, asker: Asker, name: str) -> Voice:
    """Let a voice that was agreed to speak, as if the engine had learned it."""
    key = secrets.token_hex(8)
    learned(world.host.data / voice_folder.speaker("world", key))

    def work(tx: Transaction) -> Voice:
        voice = clones.own(tx, asker.user_id, name)
        assert voice is not None and voice.recording_id is not None
        best = recordings.of_voice(tx, voice.id)[0]
        figures = {"similarity": 0.71, "base": "espeak:en-us"}
        speaker = speakers.add_learned(
            tx, speaker=Speaker(engine="world", key=key, name=name, language="en"), recording_id=best.id,
            user_id=asker.user_id, spoken_by=voice.spoken_by, figures=figures, model=best.model,
            embedding=best.embedding, embedding_seconds=best.embedding_seconds,
        )  # fmt: skip
        clones.set_speaker(tx, voice.id, speaker, figures, counted_in=asker.place.id)
        made = clones.own(tx, asker.user_id, name)
        assert made is not None
        return made

    return await world.database.write(work)


def record_of(
    folder: Path, sound: bytes = b"RIFF of no kind", **changes: object
) -> tuple[VoiceRecord, dict[str, Path]]:
    """What an archive with one recording and a speaker says of itself, and where its files lie."""
    folder.mkdir(exist_ok=True)
    source = folder / "sound"
    source.write_bytes(sound)
    said = folder / "said"
    said.write_text("A bright cold day.")
    sources = {
        "recordings/1/original.wav": source,
        "recordings/1/transcript.txt": said,
        "speakers/world.safetensors": learned(folder / "speaker"),
    }
    one, two, three = (kept(place, path) for place, path in sources.items())
    record = VoiceRecord(
        made_at=1_800_000_000_000,
        name="Ada",
        language="en",
        consent="spoken",
        created_at=1_800_000_000_000,
        recordings=[KeptRecording(name="ada.wav", file=one, transcript=two, model="encoder", embedding=[0.5, 0.5])],
        speaker=KeptSpeaker(engine="world", language="en", file=three),
    )
    return record.model_copy(update=changes), sources


def archive_of(path: Path, record: VoiceRecord, sources: Mapping[str, Path]) -> Path:
    """Write an archive."""
    write_archive(path, record, sources, threading.Event())
    return path


def digest(data: bytes) -> str:
    """The SHA-256 of something, in hex."""
    return sha256(data).hexdigest()
