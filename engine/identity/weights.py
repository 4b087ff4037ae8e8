"""The weights of the speaker encoder: taken once from the `resemblyzer` wheel, and kept where nothing can be run.

The wheel (https://github.com/resemble-ai/Resemblyzer, Apache-2.0) carries them as a checkpoint of torch's. Neither its
package nor torch is imported: the one needs a compiler, the other is 800 MB. What was read is kept as safetensors
beside the other models; both files are known by their SHA-256.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from engine.engine import EngineMissing
from engine.identity.checkpoint import read

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MODEL = "resemblyzer-0.1.4"
"""What its prints are marked with; those of another model are never compared with them."""
INSTALL = "python -m pip install --no-deps resemblyzer==0.1.4"
"""The command that brings the weights."""

_PACKAGE, _FILE, _PART = "resemblyzer", "pretrained.pt", "model_state"
_CHECKPOINT = "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e"
_KEPT = Path("resemblyzer", "encoder.safetensors")
_HIDDEN, _MELS, _LAYERS = 256, 40, 3
SHAPES: Mapping[str, tuple[int, ...]] = {
    **{f"lstm.weight_ih_l{layer}": (4 * _HIDDEN, _HIDDEN if layer else _MELS) for layer in range(_LAYERS)},
    **{f"lstm.weight_hh_l{layer}": (4 * _HIDDEN, _HIDDEN) for layer in range(_LAYERS)},
    **{f"lstm.bias_{side}_l{layer}": (4 * _HIDDEN,) for layer in range(_LAYERS) for side in ("ih", "hh")},
    "linear.weight": (_HIDDEN, _HIDDEN),
    "linear.bias": (_HIDDEN,),
}
"""The tensors that there have to be, each with its shape, as torch names those of its LSTM and its Linear."""
_CONTENT = "a2b1c4fd2c2cffc86c90c24dfd50acb64f857be3458ee37af1e3068fea369217"


class WeightsMissing(EngineMissing):
    """The weights of the speaker encoder are not on this machine, or are not those that are known."""


def load(models: Path) -> Mapping[str, NDArray[np.float32]]:
    """Load the weights; the first time they are taken from the wheel, which takes a quarter of a second.

    Args:
        models: The folder that models are kept in; it is made where it is missing.

    Returns:
        The tensors by name, as `SHAPES` lists them.

    Raises:
        WeightsMissing: They are neither there nor in a wheel; the message says what to do.
        OSError: They cannot be kept there.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load as parse

    kept = models / _KEPT
    try:
        found = parse(kept.read_bytes())
        if content(found) == _CONTENT:
            return found
    except (FileNotFoundError, SafetensorError):
        pass  # it was never there, or a disk has spoilt it: it is made anew
    tensors = _from_wheel()
    _keep(kept, tensors)
    return tensors


def content(tensors: Mapping[str, NDArray[np.float32]]) -> str:
    """Return the SHA-256 of what the tensors hold: names, shapes and numbers, whatever file they came from."""
    digest = hashlib.sha256()
    for name in sorted(tensors):
        digest.update(f"{name} {tensors[name].shape} ".encode())
        digest.update(tensors[name].astype("<f4").tobytes())
    return digest.hexdigest()


def find() -> Path | None:
    """Return where the checkpoint of the installed wheel lies; None where it is not installed."""
    try:
        spec = importlib.util.find_spec(_PACKAGE)
    except (ImportError, ValueError):
        return None
    folders = spec.submodule_search_locations if spec else None
    return next((path for folder in folders or () if (path := Path(folder, _FILE)).is_file()), None)


def _from_wheel() -> Mapping[str, NDArray[np.float32]]:
    path = find()
    if path is None:
        raise WeightsMissing(f"Mynah needs the weights of a speaker encoder to make and check voices: {INSTALL}")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != _CHECKPOINT:
        raise WeightsMissing(
            f"The weights of the speaker encoder in {path} are not those that Mynah knows: "
            f"{INSTALL.replace('install', 'install --force-reinstall', 1)}"
        )
    tensors = read(data, _PART)
    return {name: tensors[name] for name in SHAPES}


def _keep(path: Path, tensors: Mapping[str, NDArray[np.float32]]) -> None:
    """Write the file beside its place and put it there whole: two processes may do so at once."""
    from safetensors.numpy import save

    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(prefix=".encoder-", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(save(dict(tensors), {"model": MODEL}))
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
