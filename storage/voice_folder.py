"""The folders of voices: what a voice was made from, and what engines have learned of it.

    audio/<voice>/sources.json                    where its recordings came from, for people and other programs to read
    audio/<voice>/<recording>/original.<ending>   as it came; for its owner only
    audio/<voice>/<recording>/<recording>.wav     clean; what engines learn from
    audio/<voice>/<recording>/transcript.txt      what is said in it, where somebody wrote that down
    speakers/<engine>/<key>.safetensors           what an engine has learned

All paths here are relative to the data folder, with '/' in between.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from storage import disk

AUDIO = "audio"
"""The folder of recordings."""
SPEAKERS = "speakers"
"""The folder of what engines have learned."""


def of_voice(voice_id: int) -> str:
    """Return the folder of a voice's recordings."""
    return f"{AUDIO}/{voice_id}"


def of_recording(voice_id: int, recording_id: int) -> str:
    """Return the folder of one recording."""
    return f"{AUDIO}/{voice_id}/{recording_id}"


def clean(voice_id: int, recording_id: int) -> str:
    """Return where the clean sound of a recording lies."""
    return f"{of_recording(voice_id, recording_id)}/{recording_id}.wav"


def original(voice_id: int, recording_id: int, ending: str) -> str:
    """Return where a recording lies as it came; `ending` has no dot, and what it has besides letters is left out."""
    safe = "".join(each for each in ending.lower() if each.isascii() and each.isalnum())[:8] or "bin"
    return f"{of_recording(voice_id, recording_id)}/original.{safe}"


def transcript(voice_id: int, recording_id: int) -> str:
    """Return where lies what is said in a recording."""
    return f"{of_recording(voice_id, recording_id)}/transcript.txt"


def speaker(engine: str, key: str) -> str:
    """Return where lies what an engine has learned under a key."""
    return f"{SPEAKERS}/{engine}/{key}.safetensors"


def write_sources(data: Path, voice_id: int, sources: Sequence[tuple[str, str]]) -> None:
    """Write beside the recordings of a voice what each is called and where it came from.

    Args:
        data: The data folder.
        voice_id: The voice.
        sources: For each recording, its name and its origin: 'a file', 'a voice message on discord' …
    """
    folder = data / of_voice(voice_id)
    folder.mkdir(parents=True, exist_ok=True)
    told = json.dumps([list(each) for each in sources], ensure_ascii=False, indent=1)
    disk.write(folder / "sources.json", f"{told}\n".encode())


def remove(data: Path, paths: Sequence[str]) -> int:
    """Remove files, and whole folders, of the data folder; return how many could not be removed now.

    Those are open elsewhere, on Windows; the next sweep removes them. A folder of recordings that is empty then goes
    along.
    """
    left = 0
    for path in sorted(set(paths), reverse=True):  # what lies in a folder before the folder
        place = data / path
        try:
            if place.is_dir() and not place.is_symlink():
                shutil.rmtree(place)
            else:
                place.unlink(missing_ok=True)
        except OSError:
            left += 1
        if path.startswith(f"{AUDIO}/"):
            _tidy(data / AUDIO, place)
    return left


def _tidy(audio: Path, place: Path) -> None:
    for folder in place.parents:
        if folder == audio:
            return
        with contextlib.suppress(OSError):  # something else lies in it
            folder.rmdir()
