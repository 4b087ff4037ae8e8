"""The verdict: what has to hold after a siege, however Mynah was killed."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
import wave
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.life import KINDS, acknowledged

Row = sqlite3.Row


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What was found."""

    faults: tuple[str, ...]
    """What should not be, a sentence each."""
    figures: dict[str, object]
    """What was counted."""


def judge(root: Path) -> Verdict:
    """Look at everything that a siege has left."""
    with contextlib.closing(sqlite3.connect(root / "data" / "mynah.db")) as database:
        database.row_factory = sqlite3.Row
        look = _Look(root, database)
        return Verdict(faults=tuple(look.faults()), figures=look.figures())


class _Look:
    def __init__(self, root: Path, database: sqlite3.Connection) -> None:
        self._root = root
        self._database = database
        self._jobs = {row["id"]: row for row in self._all("SELECT * FROM jobs")}
        self._deliveries = self._all("SELECT * FROM deliveries ORDER BY id")
        self._files = self._all("SELECT * FROM files")
        post = (root / "post" / "sent.jsonl").read_text().splitlines()
        self._arrived = Counter(json.loads(line)["delivery"] for line in post)

    def faults(self) -> Iterator[str]:
        yield from self._sound()
        yield from self._lost_jobs()
        yield from self._charges()
        yield from self._kept_files()
        yield from self._sends()

    def figures(self) -> dict[str, object]:
        states = Counter(row["state"] for row in self._jobs.values())
        sends = Counter(row["state"] for row in self._deliveries)
        return {
            "jobs": dict(states),
            "attempts": sum(row["attempt"] for row in self._jobs.values()),
            "most attempts at a job": max(row["attempt"] for row in self._jobs.values()),
            "failed": dict(Counter(row["error_key"] for row in self._jobs.values() if row["error_key"])),
            "deliveries": dict(sends),
            "arrived": self._arrived.total(),
            "arrived more than once": sum(times > 1 for times in self._arrived.values()),
            "files": len(self._files),
            "charged generations": self._value(
                "SELECT SUM(used) FROM ledger WHERE metric = 'generations' AND period = 'day'"
            ),
        }

    def _sound(self) -> Iterator[str]:
        if (said := self._value("PRAGMA integrity_check")) != "ok":
            yield f"the database is damaged: {said}"
        for row in self._all("PRAGMA foreign_key_check"):
            yield f"a row of {row[0]} refers to nothing"
        errors = (self._root / "errors.log").read_text()
        if errors:
            yield f"errors were logged: {errors[:2000]}"

    def _lost_jobs(self) -> Iterator[str]:
        events = {int(row["event_id"]): row["job_id"] for row in self._all("SELECT * FROM events")}
        for event, job in acknowledged(self._root).items():
            if events.get(event) != job or job not in self._jobs:
                yield f"event {event} was taken as job {job}, which is {events.get(event)} now"
        if len(self._jobs) != len(events):
            yield f"{len(events)} events became {len(self._jobs)} jobs"
        for event, job in events.items():
            command, _ = KINDS[event % len(KINDS)]
            row = self._jobs[job]
            wanted = {"trick refuse": ("Failed",), "trick copy": (None, "AttachmentsLost")}.get(command, (None,))
            if row["state"] not in ("succeeded", "failed") or row["error_key"] not in wanted:
                yield f"job {job}, {row['command']}, is {row['state']} ({row['error']})"
            if not any(each["job_id"] == job for each in self._deliveries):
                yield f"nobody was told of job {job}"

    def _charges(self) -> Iterator[str]:
        sums = "SUM(used) AS used, SUM(reserved) AS reserved, SUM(granted) AS granted"
        place = "who, place_id, metric, period, term"
        told = {
            tuple(row[c] for c in place.split(", ")): row
            for row in self._all(f"SELECT {place}, {sums} FROM ledger GROUP BY {place}")
        }
        for row in self._all("SELECT * FROM balances"):
            key = tuple(row[c] for c in place.split(", "))
            if any((told[key][c] if key in told else 0) != row[c] for c in ("used", "reserved", "granted")):
                yield f"the balance {key} is not what the ledger says"
            if row["reserved"]:
                yield f"{row['reserved']} are still set aside in {key}"
        for row in self._all(
            "SELECT job_id, metric, period, SUM(used) AS used FROM ledger GROUP BY job_id, metric, period"
        ):
            job = self._jobs.get(row["job_id"])
            wanted = int(job is not None and job["state"] == "succeeded" and not job["cached"])
            if row["metric"] == "generations" and row["used"] != wanted:
                yield f"job {row['job_id']} was charged {row['used']} times ({job and job['state']})"
            if not wanted and row["used"]:
                yield f"job {row['job_id']} was charged {row['used']} {row['metric']} for nothing"

    def _kept_files(self) -> Iterator[str]:
        data = self._root / "data"
        there = {p.relative_to(data).as_posix() for p in (data / "generations").iterdir()}
        rows = {row["path"]: row for row in self._files}
        for path in there ^ rows.keys():
            yield f"{path} is there without its row" if path in there else f"{path} has a row and is not there"
        for folder in ("spool", "staging"):
            for path in (data / folder).iterdir():
                yield f"{path.relative_to(data)} lies about"
        for path in there & rows.keys():
            content = (data / path).read_bytes()
            if (len(content), hashlib.sha256(content).hexdigest()) != (rows[path]["bytes"], rows[path]["sha256"]):
                yield f"{path} is not what its row says"
            if path.endswith(".wav"):
                with wave.open(str(data / path)) as sound:
                    whole = int.from_bytes(content[4:8], "little") + 8
                    if whole != len(content) or not 0 < sound.getnframes() * 2 + 44 <= whole:
                        yield f"{path} is longer or shorter than its header says"
        held = self._value("SELECT SUM(used) FROM balances WHERE metric = 'bytes'") or 0
        kept = sum(row["bytes"] for row in self._files)
        copies = {row["id"] for row in self._jobs.values() if row["command"] == "trick copy"}  # which cost no bytes
        counted = sum(row["bytes"] for row in self._files if row["job_id"] not in copies)
        if held != counted:
            yield f"{held} bytes are counted, {counted} of {kept} should be"

    def _sends(self) -> Iterator[str]:
        asked = {json.loads(row["reply"])["data"].get("asks") for row in self._deliveries}
        for row in self._deliveries:
            times, repeatable = self._arrived[row["id"]], json.loads(row["address"])["repeatable"]
            if row["state"] not in ("sent", "unknown"):
                yield f"delivery {row['id']} is {row['state']}"
            if row["state"] == "sent" and times < 1:
                yield f"delivery {row['id']} counts as sent and never arrived"
            if not repeatable and times > 1:
                yield f"delivery {row['id']} arrived {times} times"
            is_question = "asks" in json.loads(row["reply"])["data"]
            if row["state"] == "unknown" and (repeatable or (row["id"] not in asked and not is_question)):
                yield f"delivery {row['id']} is unknown, and nobody was asked"

    def _all(self, sql: str) -> list[Row]:
        return self._database.execute(sql).fetchall()

    def _value(self, sql: str) -> Any:
        return self._database.execute(sql).fetchone()[0]
