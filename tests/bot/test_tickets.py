"""A place in the line is told in words."""

from __future__ import annotations

import pytest

from bot import tickets
from commands.core.reply import Progress
from storage.jobs import State
from storage.queue import Ticket


@pytest.mark.parametrize(
    ("state", "place", "eta", "said"),
    [
        ("ready", 0, None, "It is next."),
        ("ready", 0, 1_400, "It is next, done in about 1 s."),
        ("ready", 1, 12_000, "In line: 1 job before it, done in about 12 s."),
        ("running", 3, 150_000, "In line: 3 jobs before it, done in about 2 min 30 s."),
        ("ready", 50, None, "In line: 50 jobs or more before it."),
        ("ready", 0, 10, "It is next, done in about 1 s."),
        ("pending", 2, None, "Your file is being fetched."),
        ("succeeded", 0, 0, "Here it comes."),
    ],
)
def test_a_ticket_tells_place_and_time(state: State, place: int, eta: int | None, said: str) -> None:
    assert tickets.words(Ticket(job_id=7, state=state, place=place, eta_ms=eta, again=False)) == said


def test_progress_is_a_bar_a_share_and_the_time_that_is_left() -> None:
    assert tickets.progress_words(Progress(job=7, done=0.5, left=8.2)) == "██████████░░░░░░░░░░ 50%, 8 s left"
    assert tickets.progress_words(Progress(job=7, done=0.0, note="Loading")) == "░" * 20 + " 0%\nLoading"


def test_what_is_not_done_yet_can_be_cancelled() -> None:
    action = tickets.cancel(7)
    assert (action.label, action.command, action.values) == ("Cancel", "jobs cancel", {"job": 7})
