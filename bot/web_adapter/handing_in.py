"""Handing in: what programs ask for becomes a job, once for each key that they give it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from fastapi import Header

from bot.desk import Fetch
from bot.web_adapter.asked import UploadGone, with_files
from bot.web_adapter.keys import Guest
from bot.web_adapter.parts import Parts
from bot.web_adapter.refusal import Refused, refused
from bot.web_adapter.shapes import JobShape, job_shape
from commands.core.errors import MynahError
from commands.core.params import Attachment
from commands.core.reply import Json, Reply
from commands.core.request import Request, find
from storage import jobs, parcels
from storage.database import Transaction

ADDRESS: Mapping[str, Json] = {"api": "job"}
"""The address of answers that are fetched with GET /api/v1/jobs/{id}; nothing is sent there."""
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="The same key twice is one request: the second gets the job of the first.",
    ),
]


async def hand_in(
    parts: Parts, guest: Guest, command: str, values: Mapping[str, object], key: str | None = None
) -> JobShape:
    """Make a job of what is asked, and return it; with a `key` that was used before, the job that it was used for.

    Raises:
        Refused: It is not taken, or is no job; or the key was used for something else.
    """
    database, user_id = parts.database, guest.asker.user_id
    event = f"api/{user_id}/{hashlib.sha256(key.encode()).hexdigest()}" if key else ""
    try:
        found = find(parts.desk.commands, command)
        if found.lane is None:
            words = f"/{found.name} is done at once and is no job; ask it on the page, or with POST /api/page/ask."
            raise Refused(422, "UsageError", words)
        given = await with_files(found, values, database, user_id)
    except MynahError as error:
        raise refused(error) from None
    request = Request(
        command=found.name, values=given, address={**ADDRESS, **_print(found.name, values)}, event_id=event
    )
    answer = await parts.desk.ask(guest.caller, request, fetch=fetch_for(parts, user_id))
    if isinstance(answer, Reply):
        raise refused(answer)

    def look(tx: Transaction) -> tuple[JobShape, str] | None:
        job = jobs.get(tx, answer.job_id)
        return (job_shape(tx, job), job.address) if job else None

    there = await database.read(look)
    if there is None:
        raise refused(MynahError())
    shape, address = there
    if answer.again and json.loads(address).get("print") != request.address["print"]:
        raise Refused(409, "KeyUsed", "That Idempotency-Key was used for another request; take a new one for each.")
    return shape


def fetch_for(parts: Parts, user_id: int) -> Fetch:
    """Return what copies a file that a person has given before to where it is wanted."""

    async def fetch(attachment: Attachment, to: Path) -> None:
        parcel = await parts.database.read(lambda tx: parcels.find(tx, user_id, attachment.reference))
        if parcel is None:
            raise UploadGone
        await asyncio.to_thread(shutil.copyfile, parts.folder.path / parcel.path, to)

    return fetch


def _print(command: str, values: Mapping[str, object]) -> dict[str, Json]:
    """A fingerprint of what is asked, by which another request under the same key is told from the same again."""
    form = json.dumps([command, dict(values)], sort_keys=True, default=str)
    return {"print": hashlib.sha256(form.encode("utf-8", "surrogatepass")).hexdigest()[:32]}
