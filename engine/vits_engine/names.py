"""The names of a model's speakers, each with the number by which the network knows it.

They stand in its configuration, or in a file beside it: JSON, or a `.pth`, which is never read here but in a process of
its own that may use little memory (see `engine.coqui_engine.layout`); what it finds is kept as JSON beside it, and
counts while it is of that very file (`engine.origin`).
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from engine import origin
from engine.coqui_engine.layout import PATIENCE, ROOT, BadModel, ModelFolder

MOST = 10_000
"""The most speakers of a model."""

_LARGEST = 4_000_000
"""The most bytes of a file of names."""
_KEPT = ".json"
"""What is put behind the name of a `.pth` for the file that keeps what was read in it."""
_NAMES = "names"
"""What they are called in it, beside the mark of the `.pth`."""
_KEYS = ("speakers_file", "speaker_file")


def speaker_names(folder: ModelFolder) -> Mapping[str, int]:
    """Return the speakers' numbers by their names; nothing for a model that has one speaker only.

    Raises:
        BadModel: There is no list of names, or it cannot be read.
    """
    args = folder.config.get("model_args")
    told = {**folder.config, **(args if isinstance(args, dict) else {})}
    if not (told.get("use_speaker_embedding") or folder.config.get("use_speaker_embedding")):
        return {}
    listed = folder.config.get("speakers")
    if isinstance(listed, list) and listed:
        return _checked({str(name): number for number, name in enumerate(listed)}, folder.path)
    for key in _KEYS:
        # Inside the folder, wherever it lay when the model was trained.
        name = told.get(key) or folder.config.get(key)
        file = folder.path / Path(str(name).replace("\\", "/")).name if name else None
        if file is not None and file.is_file():
            return _checked(_read(file), file)
    for name in ("speaker_ids.json", "speakers.json", "speakers.pth"):
        if (folder.path / name).is_file():
            return _checked(_read(folder.path / name), folder.path / name)
    raise BadModel(f"{folder.path} has several speakers and no list of their names")


def _checked(names: object, where: Path) -> Mapping[str, int]:
    if not isinstance(names, dict) or not 0 < len(names) <= MOST:
        raise BadModel(f"{where} holds no names of speakers")
    found: dict[str, int] = {}
    for name, number in names.items():
        tidy = " ".join(str(name).split()).replace("+", " ")[:80]
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < MOST or not tidy:
            raise BadModel(f"{where} holds no names of speakers, but {str(name)[:40]!r}: {str(number)[:40]}")
        found[tidy] = number
    return found


def _read(file: Path) -> object:
    if file.suffix == ".json":
        return _json(file)
    kept = file.with_name(f"{file.name}{_KEPT}")
    with contextlib.suppress(BadModel, OSError):  # none is there, or not to its end; the names are there still
        held = _json(kept)
        if isinstance(held, dict) and origin.is_of(held.get(origin.KEY), file):
            return held.get(_NAMES)
    _check_size(file)
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from engine.vits_engine.names import main; main()"
    command = [sys.executable, "-P", "-c", program, str(file)]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired as error:
        raise BadModel(f"{file} could not be read within {PATIENCE} s") from error
    if ran.returncode:
        said = ran.stderr.strip().splitlines()
        raise BadModel(f"{file} cannot be read safely: {said[-1] if said else f'it ended with {ran.returncode}'}")
    with contextlib.suppress(OSError):  # so that it need not be read so again; others may have put the folder there
        part = kept.with_name(f"{kept.name}.part")
        part.write_text(ran.stdout, "utf-8")
        os.replace(part, kept)
    return json.loads(ran.stdout)[_NAMES]


def _check_size(file: Path) -> None:
    if file.stat().st_size > _LARGEST:
        raise BadModel(f"{file} is larger than any list of names")


def _json(file: Path) -> object:
    _check_size(file)
    try:
        return json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise BadModel(f"{file} is no JSON: {error}") from error


def main() -> None:
    """Be the process: write a `.pth`'s mark and names as JSON; what goes wrong is said in the last line of errors."""
    import pickle

    import torch

    from engine.coqui_engine.convert import ROOM, limit

    file = Path(sys.argv[1])
    limit(ROOM)
    try:
        mark = origin.mark(file)
        held = torch.load(file, map_location="cpu", weights_only=True)
        names = {str(name): number for name, number in dict(held).items()}
        os.write(1, json.dumps({origin.KEY: mark, _NAMES: names}).encode())
    except (MemoryError, RuntimeError, TypeError, ValueError, pickle.UnpicklingError, EOFError) as error:
        raise SystemExit((str(error).strip().splitlines() or [type(error).__name__])[0]) from None
