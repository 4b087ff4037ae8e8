"""The engines in use, and the list of their speakers that is written for people and other programs to read."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path

from bot.config import ConfigError
from bot.settings_words import nearest
from engine.engine import engines
from engine.router import Router
from engine.speech import Speaker, Variant
from engine.worker import Worker
from storage import disk

log = logging.getLogger("mynah.engines")

AUTO = "auto"
FILE = "builtin_model_data.json"


def router(name: str, home: Path | None = None, models: Path | None = None) -> Router:
    """Return a router to the engine of that name; 'auto' takes all whose models are there.

    Args:
        name: The engine's name, or 'auto'.
        home: The folder in which each engine has one for the speakers that it learns; None: nothing is learned.
        models: The folder of weights that several parts of Mynah use.

    Raises:
        ConfigError: There is no such engine.
    """
    known = engines()
    if name != AUTO and name not in known:
        raise ConfigError(f"There is no engine {name!r} for engine.name. {nearest(name, [AUTO, *known])}")
    taken = {each: kind for each, kind in known.items() if each == name or (name == AUTO and kind.is_provided(models))}
    return Router({each: Worker(kind, home=home and home / each, models=models) for each, kind in taken.items()})


def report(router: Router) -> None:
    """Say in the log which engines speak, and why others do not."""
    for name, abilities in router.abilities.items():
        log.info("%s %s speaks %d languages", name, abilities.version, len(abilities.languages))
    for name, error in router.failures.items():
        log.info("%s does not speak: %s", name, error)
    log.info("where nobody has chosen a voice: %s", router.choice.words())


def write_speakers(folder: Path, speakers: Iterable[Speaker], variants: Mapping[str, Iterable[Variant]]) -> None:
    """Write the speakers of every engine, and their variants, into the metadata folder, where that is anything new."""
    rows = [{field.name: getattr(each, field.name) for field in fields(Speaker)} for each in speakers]
    for engine, theirs in variants.items():
        rows += [_row(engine, variant) for variant in theirs]
    text = "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n"
    file = folder / FILE
    if not file.exists() or file.read_bytes() != text.encode():
        disk.write(file, text.encode())


def _row(engine: str, variant: Variant) -> dict[str, str]:
    notes = f"A variant of every voice of {engine}; it goes behind a voice's name, as in en-gb+{variant.key}."
    return {
        "engine": engine,
        "key": f"+{variant.key}",
        "name": variant.name,
        "language": "",
        "sex": variant.sex,
        "notes": notes,
    }
