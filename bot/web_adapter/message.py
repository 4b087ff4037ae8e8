"""Messages as the page gets them: what was asked, tickets and answers, as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping

from bot import tickets
from commands.core.reply import Action, FileRef, Json, Reply
from storage import queue
from storage.database import Transaction
from storage.messages import Message
from storage.queue import LostJob, Ticket

FILES = "/api/v1/files"


def ticket_of(tx: Transaction, job_id: int | None) -> Ticket | None:
    """Return where a job stands now; None where there is no such job."""
    if job_id is None:
        return None
    try:
        return queue.ticket(tx, job_id)
    except LostJob:
        return None


def shown(message: Message, *, ticket: Ticket | None = None, reply: Reply | None = None, data: str = "") -> Json:
    """Return a message as the page gets it.

    Args:
        message: What is written down.
        ticket: Where the job stands that it is about, where it is a ticket or says in which job it goes on.
        reply: The answer as it was given, where that has more than what is kept of it.
        data: The path of the data folder; values that tell of it are left out.
    """
    body = json.loads(message.body)
    common = {
        "id": message.id,
        "at": message.created_at,
        "from": "you" if message.kind == "asked" else "mynah",
        "event": message.event,
        "job": message.job_id,
        "ask": body if message.kind == "asked" else None,
        "ticket": _ticket(ticket) if ticket else None,
    }
    if message.kind == "asked":
        return common | _answer(Reply(), data)
    if message.kind == "ticket":
        return common | _answer(Reply(text=_stands(ticket)), data)
    told = reply or Reply.from_json(message.body)
    return common | {"job": message.job_id or told.job} | _answer(told, data)


def _stands(ticket: Ticket | None) -> str:
    """Say where a job stands."""
    if ticket is None:
        return "That is gone."
    if ticket.state == "cancelled":
        return "That was cancelled."
    if ticket.state == "failed":
        return "That did not work."
    return "It is being done." if ticket.state == "running" else tickets.words(ticket)


def _ticket(ticket: Ticket) -> Json:
    waits = ticket.state in ("pending", "ready")
    return {
        "job": ticket.job_id,
        "place": ticket.place if waits else None,
        "left": None if ticket.eta_ms is None else ticket.eta_ms / 1000,
        "state": ticket.state,
    }


def _answer(reply: Reply, data: str) -> Json:
    return {
        "text": reply.text,
        "private": reply.private,
        "error": reply.error,
        "draft": str(reply.data.get("draft", "")),
        "missing": str(reply.data.get("missing", "")),
        "actions": [_action(each) for each in reply.actions],
        "files": [_file(each) for each in reply.files if each.id],
        "data": _without_paths(reply.data, data),
        "items": None if reply.items is None else [_without_paths(each, data) for each in reply.items],
    }


def _action(action: Action) -> Json:
    return {
        "label": action.label,
        "command": action.command,
        "values": dict(action.values),
        "asks": action.asks,
        "handy": action.handy,
    }


def _file(file: FileRef) -> Json:
    return {
        "id": file.id,
        "name": file.name,
        "format": file.format,
        "bytes": file.bytes,
        "seconds": file.seconds,
        "url": f"{FILES}/audio/{file.id}",
        "info": f"{FILES}/{file.id}/info",
    }


def _without_paths(values: Mapping[str, Json], data: str) -> dict[str, Json]:
    """Leave out where things lie on this machine: that is for programs in its shell."""

    def is_path(value: Json) -> bool:
        return bool(data) and isinstance(value, str) and value.startswith(data)

    return {name: value for name, value in values.items() if not is_path(value)}
