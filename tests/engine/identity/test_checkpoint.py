"""A checkpoint gives its numbers, and nothing of what stands in it is run."""

from __future__ import annotations

import os
import pickle
import struct
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

from engine.identity.checkpoint import BadCheckpoint, read

NUMBERS = np.arange(12, dtype=np.float32)


class Named(NamedTuple):
    """Something that a pickle names."""

    module: str
    name: str


class Call:
    """A call that a pickle makes when it is read."""

    def __init__(self, function: Named, *arguments: object) -> None:
        self.function, self.arguments = function, arguments


class Kept(NamedTuple):
    """A storage, as torch tells of it."""

    told: tuple[object, ...]


FLOATS = Named("torch", "FloatStorage")
STORED = Kept(("storage", FLOATS, "7", "cuda:0", len(NUMBERS), None))


class Writer(pickle._Pickler):
    """Writes what torch would write, without torch: the pickler in Python can be told to name anything."""

    write: Callable[[bytes], object]

    def persistent_id(self, obj: object) -> object:
        return obj.told if isinstance(obj, Kept) else None

    def save(self, obj: object, *rest: Any, **more: Any) -> None:
        if isinstance(obj, Named):
            self.write(pickle.GLOBAL + f"{obj.module}\n{obj.name}\n".encode())
        elif isinstance(obj, Call):
            self.save(obj.function)
            self.save(obj.arguments)
            self.write(pickle.REDUCE)
        else:
            super().save(obj, *rest, **more)  # type: ignore[misc]  # the types do not tell of it


def tensor(offset: object = 0, shape: object = (3, 4), strides: object = (4, 1), stored: object = STORED) -> Call:
    hooks = Call(Named("collections", "OrderedDict"))
    return Call(Named("torch._utils", "_rebuild_tensor_v2"), stored, offset, shape, strides, False, hooks)


def checkpoint(
    tensors: object = None, *, magic: int = 0x1950A86A20F9469CFC6C, count: int = len(NUMBERS), keys: object = ("7",)
) -> bytes:
    import io

    file = io.BytesIO()
    whole = {"step": 3, "model_state": {"weight": tensor()} if tensors is None else tensors}
    keys = list(keys) if isinstance(keys, tuple) else keys
    for each in (magic, 1001, {"protocol_version": 1001, "little_endian": True}, whole, keys):
        Writer(file, protocol=2).dump(each)
    return file.getvalue() + struct.pack("<q", count) + NUMBERS.tobytes()


def test_tensors_come_out_with_their_numbers() -> None:
    found = read(checkpoint({"weight": tensor(), "part": tensor(4, (2, 2), (2, 1))}), "model_state")
    assert found["weight"].tolist() == NUMBERS.reshape(3, 4).tolist()
    assert found["part"].tolist() == [[4, 5], [6, 7]]
    assert found["part"].dtype == np.float32


def test_a_call_that_a_pickle_asks_for_is_refused_and_not_made() -> None:
    command = Call(Named("os", "system"), "exit 1")
    with pytest.raises(BadCheckpoint, match=r"it names os\.system"):
        read(checkpoint({"weight": command}), "model_state")


@pytest.mark.parametrize("name", ["builtins eval", "collections Counter", "torch HalfStorage", "torch._utils _rebuild"])
def test_only_what_tensors_are_made_of_may_be_named(name: str) -> None:
    with pytest.raises(BadCheckpoint, match="it names"):
        read(checkpoint({"weight": Call(Named(*name.split()))}), "model_state")


@pytest.mark.parametrize(
    "make",
    [
        lambda: checkpoint(magic=7),
        lambda: checkpoint(count=len(NUMBERS) + 1),
        lambda: checkpoint(count=2**40),
        lambda: checkpoint(count=-1),
        lambda: checkpoint(keys=("8",)),
        lambda: checkpoint(keys=3),
        lambda: checkpoint()[:-1],
        lambda: checkpoint()[:40],
        lambda: b"",
        lambda: b"no checkpoint at all",
        lambda: checkpoint({"weight": tensor(offset=1)}),
        lambda: checkpoint({"weight": tensor(offset=-1)}),
        lambda: checkpoint({"weight": tensor(shape=(2**40, 2**40))}),
        lambda: checkpoint({"weight": tensor(shape=[3, 4])}),
        lambda: checkpoint({"weight": tensor(strides=(1, 4))}),
        lambda: checkpoint({"weight": tensor(stored=3)}),
        lambda: checkpoint({"weight": tensor(stored=Kept(("module", FLOATS, "7", "cpu", 12, None)))}),
        lambda: checkpoint({"weight": 3.5}),
        lambda: checkpoint([]),
    ],
)
def test_what_is_no_checkpoint_or_lies_about_itself_is_refused(make: Callable[[], bytes]) -> None:
    with pytest.raises(BadCheckpoint):
        read(make(), "model_state")


def test_a_part_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(BadCheckpoint, match="'optimizer'"):
        read(checkpoint(), "optimizer")


def test_what_pickles_hold_otherwise_needs_no_names() -> None:
    assert os.name  # the module that the refused pickle names is there, and was not called
    assert read(checkpoint({}), "model_state") == OrderedDict()
