"""`mynah models`: what models there are, and bringing, checking and removing them."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from bot.cli_adapter import signals, streams
from bot.cli_adapter.options import nearest
from bot.cli_adapter.parser import Typed
from bot.cli_adapter.progress import Bar
from bot.cli_adapter.render import Renderer, for_program
from bot.config import Loaded
from bot.models.errors import LicenceNotAccepted, ModelDamaged, NotRemoved, UnknownModel
from bot.models.pull import MB, Pull, Terms, alone, now
from bot.models.remembered import Remembered
from bot.models.remove import damaged, find, needed_by, remove
from bot.models.shelf import Item, came_later, holder, shelf, silent
from bot.models.source import Source
from commands.core.errors import UsageError
from commands.core.reply import Progress, Reply
from commands.core.words import count, size
from engine.catalogue import Published, licences, published
from engine.model_folders import ModelOnDisk, misplaced

INTERRUPTED, STOPPED = 130, 143
"""Exit statuses: by Ctrl-C, by the system."""
_SEE = "'mynah models' shows what there is."
_FEW = 3
"""Up to how many languages are named; more are counted."""


def work(typed: Typed, loaded: Loaded, renderer: Renderer, bar: Bar) -> Coroutine[None, None, int]:
    """Return what is to be run; questions are asked and answered before that.

    Raises:
        MynahError: It cannot be done; the sentence says why.
    """
    what, *names = typed.about
    told = _Told(renderer, as_json=typed.json)
    if what == "list":
        return _list(loaded, told)
    if what == "pull":
        return _pull(_prepared(names[0], typed, loaded), loaded, told, bar)
    if what == "check":
        return _check(_there(names[0], loaded), told)
    return _remove(_agreed(_there(names[0], loaded, partial=True), names[0], typed, loaded), loaded, told)


class _Told:
    """How answers are shown."""

    def __init__(self, renderer: Renderer, *, as_json: bool) -> None:
        self._renderer = renderer
        self._as_json = as_json

    def say(self, reply: Reply, status: int = 0) -> int:
        """Show an answer; return the exit status."""
        if self._as_json:
            streams.say(for_program(reply))
        elif reply.text:
            streams.say(self._renderer.reply(reply), aside=bool(reply.error))
        return status


async def _list(loaded: Loaded, told: _Told) -> int:
    models = loaded.data / "models"
    items = shelf(models, loaded.settings.engine.name)
    runs = bool(holder(loaded.data))
    new = {item.name for item in items if runs and came_later(models / item.name, loaded.data)}
    wrong = [f"{item.name}: {item.wrong}" for item in items if item.wrong]
    wrong += [
        f"{item.name} is not spoken with: {item.silent}." for item in items if item.state == "installed" and item.silent
    ]
    hints = ["'mynah models pull NAME' brings one that is not here."]
    listed = [_line(item, runs, item.name in new) for item in items]
    lines = [*listed, "", *wrong, *filter(None, [misplaced(models)]), *hints]
    rows = tuple(
        {
            **asdict(item),
            "languages": list(item.languages),
            "used": runs and not item.silent and item.name not in new,
        }
        for item in items
    )
    return told.say(Reply(text="\n".join(lines), items=rows))


def _line(item: Item, runs: bool, new: bool) -> str:
    """Write a model as a row: its facts, separated by dots; `new`: the Mynah that runs does not know it yet."""
    large = size(item.bytes) if item.bytes else "size not told"
    if item.state in ("published", "partial") and item.bytes:
        large = f"about {large}"
    licence = item.licence or "licence not told"
    if item.asks:
        licence += f", accepted {item.accepted[:10]}" if item.accepted else ", has to be accepted"
    return " · ".join((item.name, large, _languages(item.languages), _voices(item), licence, _state(item, runs, new)))


def _languages(tags: Sequence[str]) -> str:
    return ", ".join(tags) if 0 < len(tags) <= _FEW else count(len(tags), "languages")


def _voices(item: Item) -> str:
    if item.clones:
        return "clones"
    return count(item.speakers, "voices") if item.speakers else "its own voice"


def _state(item: Item, runs: bool, new: bool) -> str:
    if item.state == "partial":
        return f"{size(item.part)} have come"
    if item.state == "published":
        return "not here"
    if item.state == "wrong":
        return "here, but wrong"
    if item.silent:
        return "here, not spoken with"
    return "here, spoken with after a restart of Mynah" if new else "in use" if runs else "here, spoken with"


def _published(name: str) -> Published:
    """Return the model of that name that can be had.

    Raises:
        UnknownModel: There is none.
    """
    if name not in published():
        raise UnknownModel(
            name=repr(name[:60]), hint=nearest(name, published()) or "'mynah models' shows what there is."
        )
    return published()[name]


def _prepared(name: str, typed: Typed, loaded: Loaded) -> tuple[Published, Terms, str]:
    """Return what is to be pulled, how, and when its licence was accepted, which is asked where it was not."""
    model = _published(name)
    source = Source.of(typed.options.get("mirror") or loaded.settings.models.mirror)
    terms = Terms(source=source, spare_mb=loaded.settings.files.least_free_mb, renewed="renewed" in typed.options)
    return model, terms, _accepted(model, typed, Remembered(loaded.data / "models"))


def _accepted(model: Published, typed: Typed, remembered: Remembered) -> str:
    """Return when the licence of a model was accepted; empty where it asks nothing.

    Raises:
        LicenceNotAccepted: It was not, and is not now.
    """
    licence = licences().get(model.licence)
    if licence is None or (before := remembered.accepted(licence.name)):
        return "" if licence is None else before
    facts = {"name": model.name, "title": licence.title, "says": licence.says}
    facts |= {"address": licence.address, "word": licence.word}
    said = typed.options.get("accept-license", "")
    if not said and not typed.json and streams.is_terminal():
        streams.say(
            f"{model.name} is under {licence.title}. {licence.says}\nIts text is at {licence.address}\n"
            f"Type '{licence.word}' if you have read and accept it; anything else leaves everything as it is."
        )
        said = sys.stdin.readline()
        if not said.strip():
            raise LicenceNotAccepted("Nothing was fetched: {title} was not accepted.", **facts)
    if said.strip().lower() not in (licence.word, licence.name.lower()):
        if said:
            raise LicenceNotAccepted(
                "{said} is not its name: {title} is accepted as {word}.", said=repr(said.strip()[:40]), **facts
            )
        raise LicenceNotAccepted(**facts)
    remembered.accept(licence.name, now())
    return remembered.accepted(licence.name)


async def _pull(prepared: tuple[Published, Terms, str], loaded: Loaded, told: _Told, bar: Bar) -> int:
    model, terms, accepted = prepared
    models = loaded.data / "models"
    await asyncio.to_thread(models.mkdir, parents=True, exist_ok=True)
    pull = Pull(models, model, terms, _Drawn(bar, model).show)
    running = asyncio.create_task(_alone(pull, models, accepted))
    status: list[int] = []

    def stop(how: int) -> None:
        status.append(how)
        running.cancel()

    with signals.on(lambda: stop(INTERRUPTED), "SIGINT"), signals.on(lambda: stop(STOPPED), "SIGTERM", "SIGHUP"):
        try:
            brought = await running
        except asyncio.CancelledError:
            if not status:
                raise
            bar.clear()
            sentence = f"Stopped; {size(pull.there())} have come. 'mynah models pull {model.name}' goes on from there."
            return told.say(Reply(text=sentence, error="Stopped"), status[-1])
        finally:
            bar.clear()
    return _arrived(model, brought, loaded, told)


async def _alone(pull: Pull, models: Path, accepted: str) -> bool:
    with alone(models):
        return await pull.run(accepted)


class _Drawn:
    """Draws how far a model has come."""

    def __init__(self, bar: Bar, model: Published) -> None:
        self._bar = bar
        self._about = model.about_mb * MB
        self._start: tuple[float, int] | None = None

    def show(self, there: int, whole: int) -> None:
        """Draw it, where anybody can say how large it will be."""
        whole = max(whole or self._about, there)
        time_now = time.monotonic()
        start, first = self._start = self._start or (time_now, there)
        rate = (there - first) / (time_now - start) if time_now - start > 1 else 0
        left = (whole - there) / rate if rate > 0 else None
        self._bar.show(Progress(job=0, done=there / whole if whole else 0.0, left=left))


def _arrived(model: Published, brought: bool, loaded: Loaded, told: _Told) -> int:
    """Say that a model is there, and when Mynah speaks with it."""
    there = find(loaded.data / "models", model.name)
    assert there is not None, "it was put there a moment ago"
    said = [
        f"{model.name} is here: {size(there.bytes)} in {there.folder}."
        if brought
        else f"{model.name} is here already, whole."
    ]
    if there.accepted:
        said.append(f"Its licence was accepted on {there.accepted[:10]}.")
    if there.wrong:
        said.append(there.wrong)
    elif reason := silent([there], loaded.settings.engine.name)[there.name]:
        said.append(f"Mynah does not speak with it yet: {reason}.")
    elif holder(loaded.data):
        said.append("Mynah is running; restart it, and it speaks with it.")
    data = {
        "model": model.name,
        "brought": brought,
        "bytes": there.bytes,
        "folder": str(there.folder),
        "licence": there.licence,
        "accepted": there.accepted or None,
        "message": " ".join(said),
    }
    return told.say(Reply(text=" ".join(said), data=data))


def _there(name: str, loaded: Loaded, *, partial: bool = False) -> ModelOnDisk | None:
    """Return the model of that name on disk; None for one of which only a part has come, where `partial`.

    Raises:
        UnknownModel: There is none.
    """
    models = loaded.data / "models"
    items = {item.name: item for item in shelf(models, loaded.settings.engine.name)}
    item = items.get(name)
    if item is not None and (item.state in ("installed", "wrong") or (partial and item.state == "partial")):
        return find(models, name)
    if item is not None:
        raise UnknownModel("{name} is not here; 'mynah models pull {name}' brings it.", name=name)
    here = [each.name for each in items.values() if each.state != "published"]
    raise UnknownModel(name=repr(name[:60]), hint=nearest(name, here) or _SEE)


def _agreed(model: ModelOnDisk | None, name: str, typed: Typed, loaded: Loaded) -> str:
    """Ask whether a model is really to go, and return its name.

    Raises:
        NotRemoved: It is not.
        UsageError: Nobody can be asked.
    """
    if "yes" in typed.options:
        return name
    needed = needed_by(loaded.data, model) if model else ""
    if typed.json or not streams.is_terminal():
        raise UsageError("{needed}To remove it without being asked, add: --yes", needed=f"{needed} " if needed else "")
    large = f" ({size(model.bytes)})" if model else ""
    streams.say(" ".join(filter(None, [f"{name}{large} goes from disk.", needed, "Type 'yes' to remove it."])))
    if sys.stdin.readline().strip().lower() not in ("yes", "y"):
        raise NotRemoved()
    return name


async def _remove(name: str, loaded: Loaded, told: _Told) -> int:
    models = loaded.data / "models"
    with alone(models):
        freed = await asyncio.to_thread(remove, loaded.data, name)
    sentence = f"{name} is gone; {size(freed)} are free again."
    return told.say(Reply(text=sentence, data={"model": name, "bytes": freed, "message": sentence}))


async def _check(model: ModelOnDisk | None, told: _Told) -> int:
    assert model is not None, "one that is partial was refused"
    found = await asyncio.to_thread(damaged, model)
    if found:
        raise ModelDamaged(name=model.name, files=_listed(found))
    if found is None:
        sentence = f"{model.name} is a folder of your own, of which nobody has noted checksums."
        sentence += f" {model.wrong}" if model.wrong else ""
    else:
        sentence = f"{model.name} is as it came." + (f" {model.wrong}" if model.wrong else "")
    return told.say(Reply(text=sentence, data={"model": model.name, "whole": found == [], "message": sentence}))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
