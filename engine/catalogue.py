"""What is published: the models that `mynah models pull` can bring, and the licences that their weights have.

The list itself is `catalogue.json`. It was made from the list of the package `coqui-tts` (https://github.com/idiap/
coqui-ai-TTS, `TTS/.models.json`), which says where the files of a model lie and under what licence, and neither how
large they are nor their checksums.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from engine.value import value

FILE = Path(__file__).with_name("catalogue.json")
ARCHIVE = ".zip"
"""How the name of a file ends that is unpacked."""
_MB = 1_000_000
_SMALL, _LARGE = 64 * _MB, 16_000 * _MB
"""The most bytes of a text (a configuration, a vocabulary), and of a file of weights or an archive."""
_TEXTS = (".json", ".txt", ".md5", ".yml")


@value
class PublishedFile:
    """A file of a model."""

    path: str
    """What it is called in the model's folder; an archive goes once it is unpacked."""
    url: str
    """Where its publisher has it; https."""
    sha256: str = ""
    """Its checksum in hexadecimal, where it is published; empty: it is not."""

    @property
    def is_archive(self) -> bool:
        """Whether the model's files are in it."""
        return self.path.endswith(ARCHIVE)

    @property
    def most(self) -> int:
        """The most bytes that it may have; whatever sends more is not what it says it is."""
        return _SMALL if PurePosixPath(self.path).suffix in _TEXTS else _LARGE


@value
class Licence:
    """A licence that somebody has to accept before they may use what stands under it."""

    name: str
    """Its SPDX identifier."""
    word: str
    """What is typed to accept it: 'cpml'."""
    title: str
    """What it is called in a sentence."""
    says: str
    """What it asks, in a sentence."""
    address: str
    """Where its text is."""


@value
class Published:
    """A model that can be had."""

    name: str
    """What it is called here; its folder has the same name."""
    title: str
    """What it is, in a few words."""
    family: str
    """What kind of model it is: 'xtts' or 'vits'."""
    languages: tuple[str, ...]
    """What it speaks, as BCP 47 tags in lower case."""
    licence: str
    """The SPDX identifier of the licence of its weights."""
    files: tuple[PublishedFile, ...]
    """Its files, those that are needed first."""
    clones: bool = False
    """Whether it learns voices from recordings."""
    speakers: int = 0
    """How many speakers it has built in; 0: the list does not say."""
    about_mb: int = 0
    """About how large it is, in MB; 0: not known before it is asked for."""


def published() -> Mapping[str, Published]:
    """Return every model that can be had, by name, in the order of the list."""
    return _read()[0]


def licences() -> Mapping[str, Licence]:
    """Return the licences that have to be accepted, by SPDX identifier; the others ask nothing of who only uses."""
    return _read()[1]


@functools.cache
def _read() -> tuple[Mapping[str, Published], Mapping[str, Licence]]:
    held = json.loads(FILE.read_text("utf-8"))
    models = (
        Published(
            **{
                **row,
                "languages": tuple(row["languages"]),
                "files": tuple(PublishedFile(**file) for file in row["files"]),
            }
        )
        for row in held["models"]
    )
    asked = (Licence(name=name, **row) for name, row in held["licences"].items())
    return {model.name: model for model in models}, {licence.name: licence for licence in asked}
