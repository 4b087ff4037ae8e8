"""What an engine and a process of its own say to each other through pipes: JSON, and sound as plain samples.

A frame is a head, a JSON object, and any number of blobs of bytes. Nothing that comes out of a pipe is ever run, as
what is pickled would be: the worst that a process can send is a value that makes no sense, which is an `EngineLost`.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import IO, Any, TypeVar

import numpy as np

from engine.engine import Abilities, EngineLost
from engine.speech import Audio, Enrolled, Part, Reference, Speaker, Timing, Variant

T = TypeVar("T")

Head = dict[str, Any]
"""What JSON can say."""
MOST_HEAD = 64 * 2**20
"""The longest head, in bytes: the speakers of an engine, or the timings of a long text, take far less."""
MOST_BLOB = 2**30
"""The longest blob, in bytes: three hours of sound."""
MOST_BLOBS = 4096
"""The most blobs of a frame."""

_SIZES = struct.Struct("<II")
_BLOB = struct.Struct("<Q")


def send(pipe: IO[bytes], head: Head, blobs: Sequence[bytes | memoryview] = ()) -> None:
    """Write a frame.

    Raises:
        OSError: Nobody is there any more.
    """
    told = json.dumps(head).encode("ascii")
    parts: list[bytes | memoryview] = [_SIZES.pack(len(told), len(blobs)), told]
    for blob in blobs:
        parts += (_BLOB.pack(len(blob)), blob)
    pipe.write(b"".join(parts))
    pipe.flush()


def receive(pipe: IO[bytes]) -> tuple[Head, list[bytearray]]:
    """Read a frame.

    Raises:
        EOFError: There is none any more.
        EngineLost: What came is no frame.
    """
    size, count = _SIZES.unpack(_exactly(pipe, _SIZES.size))
    if size > MOST_HEAD or count > MOST_BLOBS:
        raise EngineLost(f"a process sent a head of {size} bytes with {count} blobs")
    told = _exactly(pipe, size)
    blobs: list[bytearray] = []
    for _ in range(count):
        (length,) = _BLOB.unpack(_exactly(pipe, _BLOB.size))
        if length > MOST_BLOB:
            raise EngineLost(f"a process sent a blob of {length} bytes")
        blobs.append(_exactly(pipe, length))
    try:
        head = json.loads(told)
    except ValueError as error:
        raise EngineLost(f"a process sent what is no JSON: {error}") from None
    if not isinstance(head, dict):
        raise EngineLost("a process sent JSON that is no object")
    return head, blobs


def pack(thing: object) -> Head:
    """Return the fields of a value whose fields are plain; sets become lists in order."""
    made: Head = {}
    for field in fields(thing):  # type: ignore[arg-type]  # mypy does not know that it is a dataclass
        found = getattr(thing, field.name)
        made[field.name] = sorted(found) if isinstance(found, frozenset) else found
    return made


def unpack(kind: type[T], head: Mapping[str, Any]) -> T:
    """Return a value of its fields; lists become tuples, and of abilities, sets.

    Raises:
        EngineLost: They are not its fields.
    """
    whole = frozenset if kind is Abilities else tuple
    given = {name: whole(each) if isinstance(each, list) else each for name, each in head.items()}
    try:
        return kind(**given)
    except TypeError as error:
        raise EngineLost(f"a process sent what is no {kind.__name__}: {error}") from None


def pack_audio(audio: Audio) -> tuple[Head, memoryview]:
    """Return all of a sound but its samples, and those as bytes."""
    timings = [(each.kind, each.text, each.start_ms, each.end_ms) for each in audio.timings]
    samples = np.ascontiguousarray(audio.samples, np.dtype("<f4"))
    about = {"rate": audio.rate, "score": audio.score, "takes": audio.takes, "timings": timings}
    return about, samples.data.cast("B") if len(samples) else memoryview(b"")


def unpack_audio(head: Mapping[str, Any], blob: bytearray) -> Audio:
    """Return a sound.

    Raises:
        EngineLost: It is none.
    """
    try:
        timings = tuple(
            Timing(kind=kind, text=str(text), start_ms=int(start), end_ms=int(end))
            for kind, text, start, end in head["timings"]
        )
        samples = np.frombuffer(blob, np.dtype("<f4")).astype(np.float32, copy=False)
        return Audio(**{**head, "samples": samples, "timings": timings})
    except (KeyError, TypeError, ValueError) as error:
        raise EngineLost(f"a process sent what is no sound: {error!r}") from None


def pack_part(part: Part) -> tuple[Head, memoryview]:
    """Return all of a part but its samples, and those as bytes."""
    about, samples = pack_audio(part.audio)
    return {"begin": part.begin, "audio": about}, samples


def unpack_part(head: Mapping[str, Any], blob: bytearray) -> Part:
    """Return a part.

    Raises:
        EngineLost: It is none.
    """
    try:
        return Part(begin=int(head["begin"]), audio=unpack_audio(head["audio"], blob))
    except (KeyError, TypeError, ValueError) as error:
        raise EngineLost(f"a process sent what is no part: {error!r}") from None


def pack_reference(reference: Reference) -> tuple[Head, list[memoryview]]:
    """Return all of somebody's speech but its samples, and those as bytes, passage by passage."""
    passages = [pack_audio(passage) for passage in reference.passages]
    about = {field.name: getattr(reference, field.name) for field in fields(Reference) if field.name != "passages"}
    return {**about, "passages": [head for head, _ in passages]}, [blob for _, blob in passages]


def unpack_reference(head: Mapping[str, Any], blobs: Sequence[bytearray]) -> Reference:
    """Return somebody's speech."""
    passages = tuple(unpack_audio(each, blob) for each, blob in zip(head["passages"], blobs, strict=True))
    return Reference(**{**head, "passages": passages})


def pack_enrolled(enrolled: Enrolled) -> Head:
    """Return a learned speaker and what was reached; what else an engine adds to it is plain."""
    about = {field.name: getattr(enrolled, field.name) for field in fields(Enrolled)}
    return {**about, "speaker": pack(enrolled.speaker), "figures": dict(enrolled.figures)}


def unpack_enrolled(head: Mapping[str, Any]) -> Enrolled:
    """Return a learned speaker.

    Raises:
        EngineLost: It is none.
    """
    try:
        return Enrolled(**{**head, "speaker": unpack(Speaker, head["speaker"]), "figures": dict(head["figures"])})
    except (KeyError, TypeError, ValueError) as error:
        raise EngineLost(f"a process sent what is no speaker: {error!r}") from None


def pack_facts(abilities: Abilities, speakers: Sequence[Speaker], variants: Sequence[Variant]) -> Head:
    """Return what an open engine says of itself."""
    return {
        "abilities": pack(abilities),
        "speakers": [pack(each) for each in speakers],
        "variants": [pack(each) for each in variants],
    }


def unpack_facts(head: Mapping[str, Any]) -> tuple[Abilities, tuple[Speaker, ...], tuple[Variant, ...]]:
    """Return what an open engine says of itself.

    Raises:
        EngineLost: It says something else.
    """
    try:
        speakers = tuple(unpack(Speaker, each) for each in head["speakers"])
        variants = tuple(unpack(Variant, each) for each in head["variants"])
        return unpack(Abilities, head["abilities"]), speakers, variants
    except (KeyError, TypeError) as error:
        raise EngineLost(f"a process sent no facts: {error!r}") from None


def _exactly(pipe: IO[bytes], size: int) -> bytearray:
    """Read so many bytes.

    Raises:
        EOFError: There are fewer.
    """
    made = bytearray(size)
    view, filled = memoryview(made), 0
    while filled < size:
        count = pipe.readinto(view[filled:])  # type: ignore[attr-defined]  # every pipe has it, though IO does not say so
        if not count:
            raise EOFError
        filled += count
    return made
