"""/voices export: a voice of one's own as one file: its recordings, what was learned of them, and who has agreed.

/voices export Ada     ada-voice.zip · 3 recordings, 1.4 MB; /voices import brings it back.

What an engine has learned of somebody else's voice stays here: their consent is for a copy that they can take back, and
out of a file that lies elsewhere nobody can. The recordings are in it, for who exports them has given them.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from commands.core.building import own_voice
from commands.core.command import Lane, command
from commands.core.consenting import OwnVoice
from commands.core.context import Inquiry, JobContext
from commands.core.errors import Failed, Refused
from commands.core.quote import FREE, Quote
from commands.core.reply import FileRef, Reply
from commands.core.saying import voice_settings
from commands.core.threads import off_loop
from commands.core.voice_archive import ENDING, kept, write_archive
from commands.core.words import count, file_name, size
from engine.value import value
from storage import consents, recordings, voice_folder
from storage.consents import Consent
from storage.database import Transaction
from storage.recordings import Recording
from storage.voices import Voice

if TYPE_CHECKING:
    from commands.core.voice_record import KeptFile, KeptRecording, KeptSpeaker

SOUND = "wav"
"""How the clean sound of a recording ends."""


class NotWhole(Failed):
    """A file of {name} is not on the disk any more, so there is nothing whole to give; nothing was charged."""


@value
class Held:
    """What there is of a voice."""

    voice: Voice
    """The voice."""
    recordings: tuple[Recording, ...]
    """What it was made from, the first that came first."""
    consents: tuple[Consent, ...]
    """What was decided about it, the latest first."""

    @property
    def is_lent(self) -> bool:
        """Whether it is somebody else's voice, who has agreed to a copy."""
        return self.voice.consent == "given" or self.voice.spoken_by not in (None, self.voice.user_id)


async def quote_export(inquiry: Inquiry, name: str) -> Quote:
    """Check that there is something to export; it is free.

    Raises:
        Refused: There is nothing.
    """
    held = await inquiry.read(lambda tx: _look(tx, inquiry, name))
    return replace(FREE, settings=voice_settings(held.voice))


@command("voices", "export", lane=Lane.SOON, quote=quote_export, private=True)
async def export_voice(ctx: JobContext, name: OwnVoice) -> Reply:
    """Get a voice of yours as one file, to keep or to bring in elsewhere with /voices import.

    It has the recordings, what was learned from them and who has agreed. Of somebody else's voice what was learned
    stays here, where they can take it back.

    Args:
        name: Which of your voices.
    """
    held = await ctx.read(lambda tx: _look(tx, ctx, name))
    file = file_name(f"{held.voice.name} voice", ENDING)
    ctx.workspace.mkdir(exist_ok=True)
    path = ctx.workspace / file
    stop = threading.Event()
    work = partial(_write, path, held, ctx.host.data, ctx.host.key, ctx.database.clock.now(), stop)
    try:
        await off_loop(work, stop.set)
    except FileNotFoundError as error:
        raise NotWhole(name=held.voice.name) from error
    bytes = path.stat().st_size
    lines = [f"{held.voice.name}: {count(len(held.recordings), 'recordings')}, {size(bytes)}."]
    if held.is_lent:
        lines.append("What was learned of it stays here: it is somebody else's voice, who can take it back.")
    lines.append("/voices import brings it back.")
    return Reply(
        text=" ".join(lines),
        private=True,
        files=(FileRef(id=0, name=file, path=str(path), format=ENDING, bytes=bytes, voice_id=held.voice.id),),
        data={"voice": held.voice.name, "recordings": len(held.recordings), "bytes": bytes},
    )


def _look(tx: Transaction, inquiry: Inquiry, name: str) -> Held:
    voice = own_voice(tx, inquiry, name)
    there = [each for each in recordings.of_voice(tx, voice.id) if each.status == "ready"]
    if not there:
        raise Refused("{name} has no recording; there is nothing to export.", name=voice.name)
    decided = [each for each in consents.of_voice(tx, voice.id) if each.signature]
    return Held(voice=voice, recordings=tuple(there), consents=tuple(decided))


def _write(path: Path, held: Held, data: Path, key: bytes, now: int, stop: threading.Event) -> None:
    from commands.core.voice_record import (
        KeptConsent,
        VoiceRecord,
        plain,
    )  # pydantic, which nobody needs who only asks for help

    sources: dict[str, Path] = {}
    record = VoiceRecord(
        made_at=now,
        name=held.voice.name,
        language=held.voice.language,
        notes=held.voice.notes,
        tags=list(held.voice.tags),
        consent=held.voice.consent,
        created_at=held.voice.created_at,
        figures=plain(held.voice.figures),
        recordings=[
            _recording(each, number, data, path.parent, sources) for number, each in enumerate(held.recordings, 1)
        ],
        speaker=None if held.is_lent else _speaker(held.voice, data, sources),
        consents=[KeptConsent.of(each) for each in held.consents],
    )
    write_archive(path, record.sealed(key), sources, stop)


def _recording(
    recording: Recording, number: int, data: Path, workspace: Path, sources: dict[str, Path]
) -> KeptRecording:
    """Describe a recording, and note in `sources` where its files lie."""
    folder = f"recordings/{number}"
    original = data / recording.original_path if recording.original_path else None
    if original is not None and original.is_file():
        sound = _add(sources, f"{folder}/original.{original.suffix.lstrip('.') or 'bin'}", original)
    else:
        sound = _add(sources, f"{folder}/recording.{SOUND}", data / recording.path)
    transcript = None
    if recording.transcript:
        said = workspace / f"{number}.txt"
        said.write_bytes(recording.transcript.encode("utf-8", "replace"))
        transcript = _add(sources, f"{folder}/transcript.txt", said)
    from commands.core.voice_record import KeptRecording, plain

    return KeptRecording(
        name=recording.name,
        file=sound,
        transcript=transcript,
        container=recording.container,
        seconds=recording.seconds,
        score=recording.score,
        passage=recording.passage,
        model=recording.model,
        embedding=_numbers(recording.embedding),
        embedding_seconds=recording.embedding_seconds,
        figures=plain(recording.figures),
    )


def _speaker(voice: Voice, data: Path, sources: dict[str, Path]) -> KeptSpeaker | None:
    """Describe what was learned, where something was."""
    if voice.status != "ready" or not voice.speaker_key:
        return None
    file = _add(
        sources, f"speakers/{voice.engine}.safetensors", data / voice_folder.speaker(voice.engine, voice.speaker_key)
    )
    from commands.core.voice_record import KeptSpeaker

    return KeptSpeaker(engine=voice.engine, language=voice.language, sex=voice.sex, file=file)


def _add(sources: dict[str, Path], place: str, source: Path) -> KeptFile:
    sources[place] = source
    return kept(place, source)


def _numbers(embedding: bytes | None) -> list[float] | None:
    import numpy as np

    return None if embedding is None else np.frombuffer(embedding, "<f4").astype(np.float64).tolist()
