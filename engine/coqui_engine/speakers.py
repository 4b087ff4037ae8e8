"""The speakers that were learned: computed once from somebody's speech, kept as safetensors, the latest in memory."""

from __future__ import annotations

import os
import re
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from engine.coqui_engine.layout import BadModel
from engine.coqui_engine.model import Voice
from engine.engine import EngineError

LATENTS, EMBEDDING = "gpt_cond_latent", "speaker_embedding"
"""What the tensors of a speaker are called, as the library calls them."""
KEPT = 256
"""How many speakers are kept in memory; each takes 130 kB."""

_KEY = re.compile(r"[A-Za-z0-9_-]{1,128}")


class Speakers:
    """The learned speakers of one engine."""

    def __init__(self, home: Path | None, make: Callable[..., Voice]) -> None:
        """Take the folder that they lie in, and what takes latents and an embedding to the device."""
        self._home, self._make = home, make
        self._latest: OrderedDict[str, tuple[int, Voice, str]] = OrderedDict()

    def get(self, key: str) -> tuple[Voice, str]:
        """Return a speaker and the language that they spoke when they were learned.

        Raises:
            EngineError: There is none of that key, or their file is of another model.
        """
        path = self._path(key)
        try:
            written = path.stat().st_mtime_ns
        except OSError:
            self._latest.pop(key, None)
            raise EngineError(f"there is no speaker {key!r}") from None
        held = self._latest.get(key)
        if held is None or held[0] != written:
            held = (written, *self._read(path))
            self._latest[key] = held
            if len(self._latest) > KEPT:
                self._latest.popitem(last=False)
        self._latest.move_to_end(key)
        return held[1], held[2]

    def put(self, key: str, voice: Voice, about: dict[str, str]) -> None:
        """Keep a speaker; the file is there whole, or not at all.

        Raises:
            EngineError: There is nowhere to keep them.
        """
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        tensors = {LATENTS: voice.latents.cpu().contiguous(), EMBEDDING: voice.embedding.cpu().contiguous()}
        save_file(tensors, part, about)
        os.replace(part, path)

    def _path(self, key: str) -> Path:
        if self._home is None or not _KEY.fullmatch(key):
            raise EngineError(f"there is no speaker {key!r}")
        return self._home / f"{key}.safetensors"

    def _read(self, path: Path) -> tuple[Voice, str]:
        try:
            with safe_open(path, "pt") as file:
                about = file.metadata() or {}
                return self._make(file.get_tensor(LATENTS), file.get_tensor(EMBEDDING)), about.get("language", "")
        except (SafetensorError, BadModel) as error:
            raise EngineError(f"{path.name} is no speaker of this model: {error}") from error
