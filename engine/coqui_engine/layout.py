"""The folder of a model: which files make it one, what is wrong with one that is none, and its weights made safe.

A model lies in `<models>/<name>/` as its makers publish it: `config.json`, `model.pth`, `vocab.json` and
`speakers_xtts.pth`. What stands in a `.pth` is a program that builds objects, so it is never run here: a child process
with little memory turns it into safetensors once (`convert`), which hold numbers and nothing else, and again where
another file has taken its place (`engine.origin`). Who has weights as safetensors from the start puts them there as
`model.safetensors`, and needs no `.pth`; if there is one, it is let be.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine import origin
from engine.engine import EngineError

CONFIG, VOCABULARY = "config.json", "vocab.json"
WEIGHTS, SPEAKERS = "model", "speakers_xtts"
"""The names of the files of numbers; they end with '.safetensors', or with '.pth' as published."""
LONGEST_CONFIG = 1_000_000
"""The most bytes of a config.json that are read."""
ROOT = Path(__file__).resolve().parents[2]
"""Where Mynah's packages lie."""
PATIENCE = 600
"""How long a child may take to convert a file, in seconds."""


class BadModel(EngineError):
    """A folder is no model that can be used; the message says what is wrong with it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelFolder:
    """A folder with all that a model needs."""

    path: Path
    """Where it is."""
    config: Mapping[str, object]
    """What its config.json says."""

    @property
    def name(self) -> str:
        """What the model is called: the folder's name."""
        return self.path.name

    @property
    def languages(self) -> tuple[str, ...]:
        """What it speaks, as it calls the languages."""
        named = self.config.get("languages")
        return tuple(each for each in named if isinstance(each, str)) if isinstance(named, list) else ()

    def numbers(self, name: str) -> Path:
        """Return the file of numbers of that name as safetensors, which is made of the published one where needed.

        Raises:
            BadModel: There is none, or the published one cannot be read safely.
        """
        safe, published = (self.path / f"{name}.{ending}" for ending in ("safetensors", "pth"))
        if published.exists():
            make_safe(published, safe)
        if not safe.exists():
            raise BadModel(f"{self.path} has neither {safe.name} nor {published.name}")
        return safe

    @property
    def bytes_of_weights(self) -> int:
        """How large the file of its weights is, in bytes; the larger one where there are two."""
        files = (self.path / f"{WEIGHTS}.{ending}" for ending in ("safetensors", "pth"))
        return max((file.stat().st_size for file in files if file.is_file()), default=0)

    def has(self, name: str) -> bool:
        """Tell whether there is a file of numbers of that name."""
        return any((self.path / f"{name}.{ending}").is_file() for ending in ("safetensors", "pth"))


def xtts_folders(models: Path) -> tuple[list[ModelFolder], list[BadModel]]:
    """Look through a folder of models; return those of XTTS, by name, and what is wrong with the rest of them.

    A folder without a config.json, or with one of another kind of model, is none of our business.
    """
    found: list[ModelFolder] = []
    wrong: list[BadModel] = []
    for path in sorted(models.iterdir()) if models.is_dir() else ():
        try:
            if (path / CONFIG).is_file() and (folder := read_folder(path)).config.get("model") == "xtts":
                check(folder)
                found.append(folder)
        except BadModel as error:
            wrong.append(error)
    return found, wrong


def check(folder: ModelFolder) -> None:
    """Check that all files of an XTTS model are there, without reading what is large.

    Raises:
        BadModel: Something is missing, or the configuration is none of XTTS-v2.
    """
    missing = [name for name in (VOCABULARY,) if not (folder.path / name).is_file()]
    if not folder.has(WEIGHTS):
        missing.append(f"{WEIGHTS}.pth (or {WEIGHTS}.safetensors)")
    if missing:
        raise BadModel(f"{folder.path} lacks {' and '.join(missing)}")
    args = folder.config.get("model_args")
    if not isinstance(args, dict) or not args.get("gpt_use_perceiver_resampler"):
        raise BadModel(f"{folder.path / CONFIG} does not describe XTTS-v2; other versions are not spoken")
    if not folder.languages:
        raise BadModel(f"{folder.path / CONFIG} names no languages")


def built_in(folder: ModelFolder) -> Sequence[str]:
    """Return the names of the speakers that a model brings; their file is made safe first, where it is not yet.

    Raises:
        BadModel: It cannot be read safely.
    """
    if not folder.has(SPEAKERS):
        return []
    from safetensors import SafetensorError, safe_open

    file = folder.numbers(SPEAKERS)
    try:
        with safe_open(file, framework="numpy") as held:
            return list(dict.fromkeys(name.rpartition("/")[0] for name in held.keys()))  # noqa: SIM118  # no mapping
    except SafetensorError as error:
        raise BadModel(f"{file} cannot be read: {error}") from error


def read_folder(path: Path) -> ModelFolder:
    """Read the configuration of the model in a folder, whatever kind of model it is.

    Raises:
        BadModel: There is none that can be read.
    """
    file = path / CONFIG
    if file.stat().st_size > LONGEST_CONFIG:
        raise BadModel(f"{file} is larger than any configuration")
    try:
        config = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise BadModel(f"{file} is no JSON: {error}") from error
    if not isinstance(config, dict):
        raise BadModel(f"{file} holds no configuration")
    return ModelFolder(path=path, config=config)


def make_safe(published: Path, safe: Path) -> None:
    """See to it that there are safetensors of a `.pth`; those that a child has to make are there whole, or not at all.

    Those that Mynah has not made are the host's own: they stay, and count.

    Raises:
        BadModel: It cannot be read safely, or nothing written beside it; the message says why.
    """
    if _is_safe(published, safe):
        return
    # Not by `-m`, which would look for Mynah's own modules in the current folder first.
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from engine.coqui_engine.convert import main; main()"
    command = [sys.executable, "-P", "-c", program, str(published), str(safe)]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired as error:
        raise BadModel(f"{published} could not be read within {PATIENCE} s") from error
    if ran.returncode:
        said = ran.stderr.strip().splitlines()
        raise BadModel(f"{published} cannot be read safely: {said[-1] if said else f'it ended with {ran.returncode}'}")


def _is_safe(published: Path, safe: Path) -> bool:
    """Whether there are safetensors that are the host's own, or of a `.pth` as it is now.

    Raises:
        BadModel: They cannot be read, and so may be the host's own.
    """
    from safetensors import SafetensorError, safe_open

    try:
        about = origin.about(safe)
        if about is None or origin.MADE_OF not in about:
            return about is not None
        with safe_open(safe, framework="numpy"):
            return origin.is_of(about.get(origin.KEY), published)
    except SafetensorError:  # ours, and not there to their end
        return False
    except OSError as error:
        raise BadModel(f"{safe} cannot be read: {error}") from error
