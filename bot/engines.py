"""The engines in use, and the list of their speakers that is written for people and other programs to read."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import partial
from pathlib import Path

from bot.config import ConfigError
from bot.settings import Engine as Settings
from bot.settings_words import nearest
from engine.engine import Engine, engines
from engine.router import Router
from engine.speech import Speaker, Variant
from engine.worker import Worker
from storage import disk

log = logging.getLogger("mynah.engines")

AUTO = "auto"
ALL = "all"
"""What stands for every engine among those that have a process of their own."""
MB = 1_000_000
FILE = "builtin_model_data.json"


def router(how: Settings, home: Path | None = None, models: Path | None = None) -> Router:
    """Return a router to the engine that is set; 'auto' takes all whose models are there.

    Beside an engine that is named are those that speak through another only as whom they have learned, so that voices
    can be made of recordings whichever it is.

    Args:
        how: What the host has set.
        home: The folder in which each engine has one for the speakers that it learns; None: nothing is learned.
        models: The folder of weights that several parts of Mynah use.

    Raises:
        ConfigError: There is no such engine.
    """
    known = engines()
    for key, names in (("name", [how.name]), ("isolated", how.isolated)):
        for name in names:
            if name not in (AUTO if key == "name" else ALL, *known):
                near = nearest(name, [AUTO if key == "name" else ALL, *known])
                raise ConfigError(f"There is no engine {name!r} for engine.{key}. {near}")
    taken = {
        name: kind
        for name, kind in known.items()
        if (kind.is_provided(models) if how.name == AUTO else kind.converts or name == how.name)
    }
    workers = {name: _worker(kind, how, home and home / name, models) for name, kind in taken.items()}
    foretell = {name: partial(kind.foretell, models) for name, kind in taken.items() if kind.heavy}
    return Router(workers, budget=how.memory_mb * MB, idle=how.idle_minutes * 60.0, foretell=foretell)


def _worker(kind: type[Engine], how: Settings, home: Path | None, models: Path | None) -> Worker:
    apart = kind.name in how.isolated or ALL in how.isolated
    return Worker(
        partial(_apart, kind) if apart else kind,
        home=home,
        models=models,
        patience=float(how.patience_seconds),
        heavy=kind.heavy,
        needs=partial(kind.bytes_needed, models),
    )


def _apart(kind: type[Engine]) -> Engine:
    from engine.engine_process import EngineProcess  # only here: few set it

    return EngineProcess(kind)


def report(router: Router) -> None:
    """Say in the log which engines speak, and why others do not."""
    for name, abilities in router.abilities.items():
        log.info("%s %s speaks %d languages", name, abilities.version, len(abilities.languages))
    for name, error in router.failures.items():
        log.info("%s does not speak: %s", name, error)
    for name, health in router.health().items():
        if health.state == "loading":
            log.info("%s is loading; others speak meanwhile", name)
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
