"""A reader of torch's old checkpoint files that runs nothing of what stands in them.

A checkpoint is a run of pickles with the numbers behind them (`_legacy_load` in
https://github.com/pytorch/pytorch/blob/main/torch/serialization.py): a magic number, a version, what the machine was
like, the objects, the keys of the storages, and for each storage its count and its numbers. A pickle may call whatever
it names; here it may name three things, and gets stand-ins for them that only note what they were told.
"""

from __future__ import annotations

import io
import math
import pickle
import struct
from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MAGIC = 0x1950A86A20F9469CFC6C
_VERSION = 1001
_FLOAT_BYTES = 4
_MOST_NUMBERS = 64 * 2**20
"""The most numbers that a file may have: 256 MB of them."""


class BadCheckpoint(ValueError):
    """A file is no checkpoint of the old kind, or it asks for more than numbers."""


class _Storage(NamedTuple):
    """Numbers that stand further down in the file."""

    key: str
    size: int


class _Tensor(NamedTuple):
    """A view of some of them."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class _FloatStorage:
    """Stands for the kind of numbers; it is named and never made."""


def read(data: bytes, part: str) -> Mapping[str, NDArray[np.float32]]:
    """Read the tensors of one part of a checkpoint.

    Args:
        data: The whole file.
        part: The name of the part, such as 'model_state'.

    Returns:
        The tensors by name, each an array of its own.

    Raises:
        BadCheckpoint: It is none of that kind, names what it must not, or has not the numbers that it tells of.
    """
    file = io.BytesIO(data)
    try:
        if _Plain(file).load() != _MAGIC or _Plain(file).load() != _VERSION:
            raise BadCheckpoint("it is no checkpoint of the old kind")
        machine = _Plain(file).load()
        if not isinstance(machine, dict) or machine.get("little_endian") is not True:
            raise BadCheckpoint("its numbers stand the other way round")
        whole = _Tensors(file).load()
        keys = _Plain(file).load()
    except BadCheckpoint:
        raise
    except Exception as error:  # whatever a broken pickle raises: there is no end to it
        raise BadCheckpoint(f"it cannot be read: {error}") from error
    wanted = whole.get(part) if isinstance(whole, dict) else None
    if not isinstance(wanted, dict) or not all(isinstance(each, _Tensor) for each in wanted.values()):
        raise BadCheckpoint(f"it has no tensors named {part!r}")
    numbers = _numbers(data, file.tell(), keys)
    return {str(name): _view(tensor, numbers) for name, tensor in wanted.items()}


def _rebuild(
    storage: object, offset: object, shape: object, strides: object, gradient: object, hooks: object
) -> _Tensor:
    """Note what `torch._utils._rebuild_tensor_v2` would make a tensor of."""
    (place,) = _counts((offset,))
    if not isinstance(storage, _Storage):
        raise BadCheckpoint("it has a tensor of no numbers")
    return _Tensor(storage, place, _counts(shape), _counts(strides))


def _counts(told: object) -> tuple[int, ...]:
    """Take a tuple of whole numbers from 0 on, and nothing else."""
    if not isinstance(told, tuple) or not all(type(each) is int and each >= 0 for each in told):
        raise BadCheckpoint("it has a tensor that is none")
    return told


class _Plain(pickle.Unpickler):
    """Reads numbers, texts, lists and dictionaries."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file, encoding="utf-8")

    def find_class(self, module: str, name: str) -> object:
        raise BadCheckpoint(f"it names {module}.{name}")


class _Tensors(_Plain):
    """Reads tensors, too, as notes of where their numbers are."""

    _KNOWN: Mapping[tuple[str, str], object] = {
        ("collections", "OrderedDict"): OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): _rebuild,
        ("torch", "FloatStorage"): _FloatStorage,
    }

    def find_class(self, module: str, name: str) -> object:
        if (module, name) not in self._KNOWN:
            raise BadCheckpoint(f"it names {module}.{name}")
        return self._KNOWN[module, name]

    def persistent_load(self, told: object) -> _Storage:
        match told:
            case ("storage", kind, str(key), str(), int(count), None) if kind is _FloatStorage:
                return _Storage(key, count)
        raise BadCheckpoint("it has a storage of another kind")


def _numbers(data: bytes, begin: int, keys: object) -> Mapping[str, NDArray[np.float32]]:
    """Find the numbers of every storage, as views of the file."""
    import numpy as np

    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise BadCheckpoint("it does not list its storages")
    found: dict[str, NDArray[np.float32]] = {}
    for key in keys:
        if begin + 8 > len(data):
            raise BadCheckpoint("it ends too soon")
        (count,) = struct.unpack_from("<q", data, begin)
        if not 0 <= count <= _MOST_NUMBERS or begin + 8 + count * _FLOAT_BYTES > len(data):
            raise BadCheckpoint("it has fewer numbers than it tells of")
        found[key] = np.frombuffer(data, "<f4", count, begin + 8)
        begin += 8 + count * _FLOAT_BYTES
    return found


def _view(tensor: _Tensor, numbers: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    stored = numbers.get(tensor.storage.key)
    size = math.prod(tensor.shape)
    dense = tuple(math.prod(tensor.shape[axis + 1 :]) for axis in range(len(tensor.shape)))
    if stored is None or len(stored) != tensor.storage.size or tensor.offset + size > len(stored):
        raise BadCheckpoint("it has a tensor whose numbers are not there")
    if tensor.strides != dense:
        raise BadCheckpoint("it has a tensor whose numbers do not lie side by side")
    return stored[tensor.offset : tensor.offset + size].reshape(tensor.shape).copy()
