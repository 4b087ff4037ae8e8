"""The speakers that were learned: computed once from somebody's speech, kept as safetensors, the latest in memory."""

from __future__ import annotations

import hashlib
import os
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from engine.coqui_engine.layout import BadModel
from engine.coqui_engine.learned_file import EMBEDDING, LATENTS, PRINT
from engine.coqui_engine.model import Voice
from engine.engine import EngineError
from engine.identity.voice_print import VoicePrint
from engine.speech import Audio

KEPT = 256
"""How many speakers are kept in memory; each takes 130 kB."""

_KEY = re.compile(r"[A-Za-z0-9_-]{1,128}")


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Learned:
    """A speaker that was learned."""

    voice: Voice
    """What the network has to know."""
    language: str = ""
    """What they spoke when they were learned, as the model calls it."""
    made_of: str = ""
    """The `digest` of the speech that they were learned from; empty where nobody noted it."""
    print: VoicePrint | None = None
    """Whose voice it is; None where there was no encoder to tell, or too little speech."""
    about: Mapping[str, str] = field(default_factory=dict)
    """What else is noted in their file, for people."""


class Speakers:
    """The learned speakers of one engine."""

    def __init__(self, home: Path | None, make: Callable[..., Voice]) -> None:
        """Take the folder that they lie in, and what takes latents and an embedding to the device."""
        self._home, self._make = home, make
        self._latest: OrderedDict[str, tuple[int, Learned]] = OrderedDict()

    def get(self, key: str) -> Learned:
        """Return a speaker.

        Raises:
            EngineError: There is none of that key, or their file is of another model.
        """
        path = self._path(key)
        written = _written(path)
        if written is None:
            self._latest.pop(key, None)
            raise EngineError(f"there is no speaker {key!r}")
        held = self._latest.get(key)
        if held is None or held[0] != written:
            held = written, self._read(path)
            self._hold(key, *held)
        self._latest.move_to_end(key)
        return held[1]

    def put(self, key: str, learned: Learned) -> None:
        """Keep a speaker; the file is there whole, or not at all.

        Raises:
            EngineError: There is nowhere to keep them.
        """
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        voice, print = learned.voice, learned.print
        tensors = {LATENTS: voice.latents.cpu().contiguous(), EMBEDDING: voice.embedding.cpu().contiguous()}
        about = {**learned.about, "language": learned.language, "made_of": learned.made_of}
        if print is not None:
            tensors[PRINT] = torch.from_numpy(print.vector.copy())
            about |= {"print_model": print.model, "print_seconds": f"{print.seconds:.3f}"}
        try:
            save_file(tensors, part, about)
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
        written = _written(path)
        if written is not None:
            self._hold(key, written, learned)

    def drop(self, key: str) -> None:
        """Remove a speaker, if there is one."""
        self._latest.pop(key, None)
        self._path(key).unlink(missing_ok=True)

    def made_of(self, digest: str) -> Learned | None:
        """Return one that was learned from the very same speech and is still kept, so that it need not be again."""
        for key, (written, learned) in reversed(self._latest.items()):
            if learned.made_of == digest and _written(self._path(key)) == written:
                return learned
        return None

    def _hold(self, key: str, written: int, learned: Learned) -> None:
        self._latest[key] = written, learned
        self._latest.move_to_end(key)
        while len(self._latest) > KEPT:
            self._latest.popitem(last=False)

    def _path(self, key: str) -> Path:
        if self._home is None or not _KEY.fullmatch(key):
            raise EngineError(f"there is no speaker {key!r}")
        return self._home / f"{key}.safetensors"

    def _read(self, path: Path) -> Learned:
        try:
            with safe_open(path, "pt") as file:
                about = file.metadata() or {}
                voice = self._make(file.get_tensor(LATENTS), file.get_tensor(EMBEDDING))
                vector = file.get_tensor(PRINT) if PRINT in file.keys() else None  # noqa: SIM118  # it is no mapping
        except (SafetensorError, BadModel) as error:
            raise EngineError(f"{path.name} is no speaker of this model: {error}") from error
        return Learned(
            voice=voice,
            language=about.get("language", ""),
            made_of=about.get("made_of", ""),
            print=None if vector is None else _print(vector, about),
            about={name: about[name] for name in ("name", "engine", "version", "licence") if name in about},
        )


def digest(passages: Sequence[Audio], settings: str) -> str:
    """Return what tells somebody's speech from any other, with the settings by which it is learned, in hex."""
    told = hashlib.sha256(settings.encode())
    for passage in passages:
        told.update(f"\0{passage.rate} {len(passage.samples)}\0".encode())
        told.update(passage.samples.astype("<f4").tobytes())
    return told.hexdigest()


def _written(path: Path) -> int | None:
    """When a file was written, in ns; None where it is not there."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


def _print(vector: torch.Tensor, about: Mapping[str, str]) -> VoicePrint | None:
    try:
        seconds = float(about.get("print_seconds", ""))
        return VoicePrint.from_bytes(
            vector.numpy().astype("<f4").tobytes(), seconds=seconds, model=about.get("print_model", "")
        )
    except (ValueError, TypeError):  # whoever made it, it can be spoken without
        return None
