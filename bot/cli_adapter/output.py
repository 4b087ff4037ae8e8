"""Where a file goes that somebody asked for in the terminal: checked before the work, put in place after it."""

from __future__ import annotations

import contextlib
import errno
import filecmp
import os
import shutil
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path

from commands.core.command import Command
from commands.core.errors import Refused, UsageError
from commands.core.words import either

KINDS = {
    "wav": "wav",
    "mp3": "mp3",
    "flac": "flac",
    "ogg": "ogg-opus",
    "oga": "ogg-opus",
    "opus": "ogg-opus",
    "m4a": "m4a",
}
"""Endings that promise a kind of sound that is made here."""
OTHERS = {"export": "zip", "voices export": "zip", "clone": "png"}
"""What is made by commands that make no sound."""
BESIDE = frozenset({"json", "srt", "vtt"})
"""Endings of what is put beside a sound; it would take the place of the sound."""


def formatted(output: str, command: Command, values: Mapping[str, object]) -> dict[str, object]:
    """Return the values with the format that the name of the output promises, where none is given.

    Raises:
        UsageError: Another one is given.
    """
    kind = KINDS.get(_ending(output), "")
    if not kind or command.param("format") is None:
        return dict(values)
    given = str(values.get("format", "auto")).strip().lower()
    if given not in ("auto", kind):
        raise UsageError(
            "A {given} file cannot be called {output}; leave --format out, or name it otherwise.",
            given=given[:20],
            output=Path(output).name[:60],
        )
    return {**values, "format": kind}


def address_of(output: str, command: Command) -> dict[str, object]:
    """Return the address of an answer of `command` that goes to `output`: a name for the file, or a folder for it.

    It is absolute, so that whoever finishes the job later, from another folder, puts the file in the same place.

    Raises:
        Refused: Nothing could be put there.
    """
    if not output:
        return {}
    if output == "-":
        raise UsageError("--output takes the name of a file or of a folder; it cannot be '-'.")
    if not output.isprintable():
        raise UsageError("That --output has a character in its name that cannot be shown; choose another name.")
    _check_format(_ending(output), command)
    try:
        return _checked(output)
    except OSError as error:
        raise Refused("--output cannot be {output}: {why}.", output=output[:80], why=error.strerror or error) from None


def place(sources: Sequence[tuple[Path, str]], address: Mapping[str, object], delivery_id: int) -> list[Path]:
    """Copy files, each with its name, to where an address says, and return where they are now.

    What goes with the first is put beside it, and is called as it is but for the ending. Each file is there whole or
    not at all. The same delivery may be put in place again: it ends as the same files.

    Raises:
        OSError: One cannot be written.
    """
    output = Path(str(address["output"]))
    if address.get("folder"):
        targets = _free_names([(source, output / name) for source, name in sources])
    else:
        targets = [output, *(output.with_suffix(Path(name).suffix) for _, name in sources[1:])]
    for (source, _), target in zip(sources, targets, strict=True):
        _put(source, target, delivery_id)
    _settle(targets[0].parent)
    return targets


def in_words(error: OSError, target: str) -> str:
    """Say why a file could not be put in place."""
    why = {
        errno.ENOSPC: "its disk is full; make room there",
        errno.EDQUOT: "your share of its disk is used up; make room there",
        errno.ENOENT: "its folder is gone; make it again",
        errno.EACCES: "you may not write there",
        errno.EPERM: "you may not write there",
        errno.EROFS: "its disk can only be read",
    }.get(error.errno or 0, error.strerror or str(error))
    return f"{target} could not be written: {why}."


def _ending(output: str) -> str:
    """Return what the name of a file ends with, in lower case; that of a folder promises nothing.

    The 'Smith' of 'Dear Mr. Smith' is no ending.
    """
    if output.endswith(("/", os.sep)) or os.path.isdir(os.path.expanduser(output)):
        return ""
    ending = Path(output).suffix.lower().removeprefix(".")
    return ending if ending.isalnum() else ""


def _check_format(ending: str, command: Command) -> None:
    """Refuse a name that promises something else than there will be."""
    made = _made(command)
    if ending in BESIDE and command.param("timestamps"):
        raise UsageError("That is a sound; name it something.wav, and its {ending} is put beside it.", ending=ending)
    if ending and ending not in made:
        raise UsageError(
            "What comes of this is no {ending} file; name it something{made}.",
            ending=ending[:20],
            made=either([f".{each}" for each in made]),
        )


def _made(command: Command) -> tuple[str, ...]:
    """Return how the name of what a command makes may end; what was made before is of any kind."""
    if command.param("format") or command.param("job"):
        return tuple(KINDS)
    return (OTHERS.get(command.name, "wav"),)


def _checked(output: str) -> dict[str, object]:
    path = Path(output).expanduser()
    if path.is_dir() or output.endswith(("/", os.sep)):
        folder = path.absolute()
        _check_folder(folder)
        return {"output": str(folder), "folder": True}
    path = Path(os.path.realpath(path))  # where it is a link, the file it leads to is replaced, and the link stays
    _check_folder(path.parent)
    if path.exists() and not path.is_file():
        raise Refused("{path} is not a file that could be replaced; choose another --output.", path=path)
    return {"output": str(path)}


def _check_folder(folder: Path) -> None:
    if not folder.exists():
        raise Refused("There is no folder {folder}; make it first, or choose another --output.", folder=folder)
    if not folder.is_dir():
        raise Refused("{folder} is a file, not a folder; choose another --output.", folder=folder)
    if not os.access(folder, os.W_OK):
        raise Refused("You may not write into {folder}; choose another --output.", folder=folder)


def _put(source: Path, target: Path, delivery_id: int) -> None:
    beside = target.with_name(f".{target.name[:60]}.{delivery_id}.part")
    try:
        shutil.copyfile(source, beside)
        with beside.open("rb+") as copy:
            os.fsync(copy.fileno())
        beside.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def _free_names(wanted: Sequence[tuple[Path, Path]]) -> list[Path]:
    """Return names that no other files have, alike for all of these sources: 'hello.wav', 'hello-2.wav' …"""
    for number in count(1):
        end = f"-{number}" if number > 1 else ""
        targets = [(source, path.with_stem(path.stem + end)) for source, path in wanted]
        if all(not target.exists() or _same(target, source) for source, target in targets):
            break
    return [target for _, target in targets]


def _same(path: Path, source: Path) -> bool:
    return path.is_file() and filecmp.cmp(path, source, shallow=False)


def _settle(folder: Path) -> None:
    """Make sure that the new name outlives a power cut, where the system can."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
