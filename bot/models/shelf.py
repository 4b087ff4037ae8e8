"""What models there are: those that can be had, those on disk, and which of them Mynah speaks with."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from bot.models.part import NOTED
from bot.models.pull import ASIDE
from engine.catalogue import Published, licences, published
from engine.engine import engines
from engine.model_folders import CONFIG, VITS, XTTS, ModelOnDisk, installed
from engine.value import value
from storage import lock_file

ENGINES = {XTTS: "coqui", VITS: "vits"}
"""The engine that speaks with the models of each family."""
AUTO = "auto"
NEEDED = ("torch", "TTS")
"""What has to be installed to speak with any of them."""


@value
class Item:
    """A model, as a list shows it."""

    name: str
    """What it is called."""
    title: str
    """What it is, in a few words."""
    family: str
    """What kind of model it is."""
    languages: tuple[str, ...]
    """What it speaks."""
    clones: bool
    """Whether it learns voices from recordings."""
    speakers: int
    """How many speakers it has built in; 0: not known before it is loaded."""
    licence: str
    """The SPDX identifier of its weights' licence; empty: nobody has said."""
    asks: bool
    """Whether that licence has to be accepted."""
    accepted: str
    """When it was accepted; empty: it was not."""
    bytes: int
    """How large it is; about that where it is not on disk; 0: not known before it is pulled."""
    state: str
    """'published' (it can be had), 'partial' (some of it has come), 'installed' or 'wrong'."""
    part: int
    """How many bytes of a partial one have come."""
    wrong: str
    """What is wrong with it, where something is."""
    silent: str
    """Why Mynah does not speak with it, as it is set; empty: it does."""


def shelf(models: Path, engine: str) -> Sequence[Item]:
    """Return every model: those on disk first, then what can be had.

    Args:
        models: The folder of models; it may not be there.
        engine: The engine that the settings name, or 'auto'.
    """
    there = installed(models)
    reasons = silent(there, engine)
    known = published()
    items = [_on_disk(model, known.get(model.name), reasons[model.name]) for model in there]
    has = {model.name for model in there}
    rest = (_to_be_had(model, arrived(models, model.name)) for model in known.values() if model.name not in has)
    return [*items, *sorted(rest, key=lambda item: item.state != "partial")]


def silent(there: Sequence[ModelOnDisk], engine: str) -> Mapping[str, str]:
    """Say of each model on disk why Mynah does not speak with it; empty of one with which it does."""
    known, why = set(engines()), why_silent()
    told: dict[str, str] = {}
    first = ""
    for model in there:
        speaks = ENGINES.get(model.family, "")
        reason = why
        if model.wrong:
            reason = "something is wrong with it"
        elif speaks not in known:
            reason = f"there is no engine for {model.family} here"
        elif engine not in (AUTO, speaks):
            reason = f"engine.name is {engine}"
        elif not why and model.family == XTTS:
            reason = f"{first} comes before it" if first else ""
            first = first or model.name
        told[model.name] = reason
    return told


def why_silent() -> str:
    """Say why Mynah speaks with none of them; empty where it can."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    return f"{missing[0]} is not installed; pip install 'mynah-bot[neural]' brings it" if missing else ""


def arrived(models: Path, name: str) -> int:
    """Return how many bytes have come of a model that is not whole yet."""
    aside = models / ASIDE / name
    files = (each for each in aside.iterdir() if each.is_file()) if aside.is_dir() else ()
    return sum(each.stat().st_size for each in files if each.suffix != NOTED)


def _on_disk(model: ModelOnDisk, known: Published | None, reason: str) -> Item:
    return Item(
        name=model.name,
        title=known.title if known and model.pulled else "a folder of your own" if not model.pulled else model.family,
        family=model.family,
        languages=model.languages,
        clones=model.family == XTTS,
        speakers=known.speakers if known else 0,
        licence=model.licence,
        asks=model.licence in licences(),
        accepted=model.accepted,
        bytes=model.bytes,
        state="wrong" if model.wrong else "installed",
        part=0,
        wrong=model.wrong,
        silent=reason,
    )


def _to_be_had(model: Published, part: int) -> Item:
    return Item(
        name=model.name,
        title=model.title,
        family=model.family,
        languages=model.languages,
        clones=model.clones,
        speakers=model.speakers,
        licence=model.licence,
        asks=model.licence in licences(),
        accepted="",
        bytes=model.about_mb * 1_000_000,
        state="partial" if part else "published",
        part=part,
        wrong="",
        silent="it is not here",
    )


def came_later(model: Path, data: Path) -> bool:
    """Tell whether a model was put there after Mynah, which runs on a data folder, was started."""
    try:
        came = max(model.stat().st_ctime_ns, (model / CONFIG).stat().st_ctime_ns)  # moved here, or written
        return came > (data / lock_file.OF_DATA).stat().st_mtime_ns
    except OSError:  # one of them is not there
        return False


def holder(data: Path) -> str:
    """Return the number of the process in which Mynah runs on a data folder; empty where it does not."""
    file = data / lock_file.OF_DATA
    if not file.exists() or not os.access(file, os.W_OK):
        return ""
    try:
        lock_file.release(lock_file.take(file))
    except lock_file.Held as held:
        return held.process
    return ""
