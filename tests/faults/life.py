"""One life of Mynah under siege: the real thing, asked for all sorts of work, until it is done or killed."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bot import attempt
from bot.app import App
from bot.config import load
from bot.desk import Caller
from commands.core.params import Attachment
from commands.core.request import Request
from commands.core.studio import HOLD, Studio
from storage.queue import Ticket
from tests.fakes.durable import DurableAdapter, fetch
from tests.fakes.running import every
from tests.fakes.tricks import Tricks
from tests.faults.boundaries import Point, arm

PEOPLE = [Caller(platform="durable", account=str(n), name=f"Person {n}") for n in range(3)]
SENTENCE = "The tide comes in twice a day, and goes out again. "
HOLDS = (0.0, HOLD)
"""What `Plan.hold` may be."""
KINDS: Sequence[tuple[str, Mapping[str, object]]] = (
    ("speak", {"text": "All is well."}),
    ("speak", {"text": SENTENCE * 4}),
    ("trick copy", {"file": "attachment"}),
    ("trick stumble", {"times": 1}),
    ("speak", {"text": SENTENCE * 9, "speed": 2}),
    ("trick refuse", {}),
)
"""What is asked for, in turn; a text that goes on is another one every time, the first is soon answered already."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What is to happen in a life."""

    root: Path
    """The folder of the siege: `data`, `post`, `acknowledged.jsonl` and `errors.log` are in it."""
    events: tuple[int, ...]
    """What is asked for, by the number of the event; some of it may have been asked for in an earlier life."""
    point: Point | None
    """Where it is killed; None: nowhere by itself."""
    hold: float
    """How many seconds of speech a kill may cost; 0: each sentence goes to the spool at once."""


def live(plan: Plan) -> None:
    """Live one life to its end, which may be sudden."""
    if plan.point:
        arm(plan.point)
    logging.basicConfig(filename=plan.root / "errors.log", level=logging.ERROR, force=True)
    attempt.FIRST_PAUSE = 0.01
    vars(attempt)["Studio"] = partial(Studio, hold=plan.hold)
    asyncio.run(_live(plan))


async def _live(plan: Plan) -> None:
    env = {"MYNAH_DATA": str(plan.root / "data"), "MYNAH_FILES__LEAST_FREE_MB": "1", "MYNAH_JOBS__WAITING": "100000"}
    env["MYNAH_ENGINE__NAME"] = "espeak"
    loaded = load(None, {**env, **{f"MYNAH_QUOTA__{name}": "-1" for name in _limits()}}, plan.root)
    post = DurableAdapter(plan.root / "post")
    async with App.open(loaded, make=[lambda _: post], every=every(Tricks())) as app:
        for event in plan.events:
            answer = await app.desk.ask(PEOPLE[event % len(PEOPLE)], _request(plan.root, event), fetch=fetch)
            assert isinstance(answer, Ticket), answer
            _acknowledge(plan.root, event, answer.job_id)
        await _quiet(app)


def _limits() -> list[str]:
    return [
        f"{metric}_{period}".upper()
        for metric in ("generations", "characters", "seconds")
        for period in ("day", "month")
    ] + ["BYTES"]


def _request(root: Path, event: int) -> Request:
    command, values = KINDS[event % len(KINDS)]
    if "file" in values:
        values = {"file": Attachment(name="letter.txt", reference=str(root / "letter.txt"))}
    if values.get("text") and len(str(values["text"])) > len(SENTENCE):
        values = {**values, "text": f"{values['text']}{''.join('abcdefghij'[int(digit)] for digit in str(event))}."}
    address = {"to": str(event), "repeatable": event % 2 == 0}
    return Request(command=command, values=values, address=address, event_id=str(event))


def _acknowledge(root: Path, event: int, job_id: int) -> None:
    """Remember, as the platform would, that Mynah has the event; it is not told again."""
    handle = os.open(root / "acknowledged.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, (json.dumps({"event": event, "job": job_id}) + "\n").encode())
    finally:
        os.close(handle)


def acknowledged(root: Path) -> dict[int, int]:
    """The job of every event that Mynah has."""
    file = root / "acknowledged.jsonl"
    lines: list[dict[str, Any]] = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    return {line["event"]: line["job"] for line in lines}


async def _quiet(app: App) -> None:
    """Wait until nothing is left to do."""
    busy = """
        SELECT EXISTS (SELECT 1 FROM jobs WHERE finished_at IS NULL)
            OR EXISTS (SELECT 1 FROM deliveries WHERE state IN ('queued', 'sending'))
    """
    async with asyncio.timeout(120):
        while await app.database.read(lambda tx: tx.value(busy)):  # noqa: ASYNC110  # the database rings no bell
            await asyncio.sleep(0.005)
