"""Tickets: how a place in the line is put for people."""

from __future__ import annotations

from commands.core.reply import Action, Progress, bar
from commands.core.words import count, duration
from storage.queue import Ticket


def words(ticket: Ticket) -> str:
    """Say where a job stands and how long it will take: 'In line: 3 jobs before it, done in about 12 s.'"""
    if ticket.state == "succeeded":
        return "Here it comes."
    if ticket.state == "pending":
        return "Your file is being fetched."
    where = "It is next" if ticket.place == 0 else f"In line: {_place(ticket.place)} before it"
    if ticket.eta_ms is None:
        return f"{where}."
    return f"{where}, done in about {duration(max(1.0, round(ticket.eta_ms / 1_000))).replace('.0 s', ' s')}."


def progress_words(progress: Progress) -> str:
    """Say how far a job has come: a bar, a share and the time that is left."""
    left = "" if progress.left is None else f", {duration(max(1.0, round(progress.left))).replace('.0 s', ' s')} left"
    note = f"\n{progress.note}" if progress.note else ""
    return f"{bar(progress.done)} {progress.done:.0%}{left}{note}"


def cancel(job_id: int) -> Action:
    """What can be done about a job while it is not done."""
    return Action(label="Cancel", command="jobs cancel", values={"job": job_id})


def _place(place: int) -> str:
    return "50 jobs or more" if place >= 50 else count(place, "jobs")
