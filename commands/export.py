"""/export: everything about you, as a zip to keep."""

from __future__ import annotations

import asyncio
import json
import threading
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from commands.core.command import Lane, command
from commands.core.context import JobContext
from commands.core.reply import FileRef, Reply
from commands.core.words import count, size
from storage import people
from storage.database import Value
from storage.table import tables

ARCHIVE = "zip"
"""The format of exports; an export does not hold those before it."""

Rows = Mapping[str, Sequence[Mapping[str, Value]]]
"""By table, what is kept about a person."""


@command("export", lane=Lane.SOON, private=True, always=True)
async def export(ctx: JobContext) -> Reply:
    """Get everything that Mynah keeps about you, as a zip: data.json and your files.

    It costs nothing, and counts towards no limit.
    """
    rows = await ctx.read(lambda tx: people.export(tx, ctx.asker.user_id))
    now = datetime.fromtimestamp(ctx.database.clock.now() / 1_000, UTC)
    name = f"mynah-export-{now:%Y-%m-%d}.{ARCHIVE}"
    ctx.workspace.mkdir(exist_ok=True)
    path = ctx.workspace / name
    stop = threading.Event()
    try:
        held = await asyncio.to_thread(write_archive, path, rows, ctx.host.data, stop)
    finally:
        stop.set()  # a task that is cancelled does not stop its thread
    bytes = path.stat().st_size
    total = sum(len(each) for each in rows.values())
    return Reply(
        text=f"Everything about you: {count(total, 'rows')} in data.json, {count(held, 'files')}; {size(bytes)}.",
        private=True,
        files=(FileRef(id=0, name=name, path=str(path), format=ARCHIVE, bytes=bytes),),
        data={"files": held, "rows": {table: len(each) for table, each in rows.items()}, "bytes": bytes},
    )


def write_archive(path: Path, rows: Rows, data: Path, stop: threading.Event) -> int:
    """Write the zip piece by piece and return how many files went in; `stop` makes it end early.

    The files keep the paths that they have in the data folder, by which data.json names them.
    """
    held = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("data.json", "w", force_zip64=True) as told:
            for piece in _pieces(rows):
                told.write(piece.encode("utf-8", "replace"))
        for each in sorted(set(_paths(rows))):
            if stop.is_set():
                break
            if (data / each).is_file():  # what expired meanwhile is told of in data.json only
                archive.write(data / each, each)
                held += 1
    return held


def _pieces(rows: Rows) -> Iterator[str]:
    """The rows as one JSON object, row by row: whole, a long history would hold up everybody else's work."""
    yield "{"
    for number, (table, found) in enumerate(rows.items()):
        yield f"{',' if number else ''}\n {json.dumps(table)}: ["
        for nth, row in enumerate(found):
            yield f"{',' if nth else ''}\n  {json.dumps(row, ensure_ascii=False)}"
        yield "\n ]"
    yield "\n}\n"


def _paths(rows: Rows) -> Iterator[str]:
    """The files that rows name, but for earlier exports."""
    columns = {table.name: table.paths for table in tables()}
    for table, found in rows.items():
        for row in found:
            if row.get("format") == ARCHIVE:
                continue
            yield from (str(row[column]) for column in columns.get(table, ()) if row.get(column))
