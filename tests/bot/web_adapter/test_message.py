"""Messages as the page gets them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.web_adapter.message import shown
from commands.core.reply import Action, FileRef, Reply
from storage.messages import Kind, Message
from storage.orders import Ticket

FILE = FileRef(id=3, name="hello.wav", path="generations/3.wav", format="wav", bytes=9_000, seconds=1.5)
KEYS = {
    *("id", "at", "from", "event", "job", "ask", "ticket", "text", "private", "error", "draft", "missing"),
    *("actions", "files", "data", "items"),
}


def message(kind: Kind, body: str, job_id: int | None = None) -> Message:
    return Message(
        id=7, user_id=1, kind=kind, event="event-00", job_id=job_id, delivery_id=None, body=body, created_at=1_000
    )


def ticket(state: Any, place: int = 0, eta_ms: int | None = None) -> Ticket:
    return Ticket(job_id=3, state=state, place=place, eta_ms=eta_ms, again=True)


def test_all_kinds_have_the_same_keys() -> None:
    asked = shown(message("asked", '{"command": "speak", "values": {"text": "Hello."}, "line": ""}'))
    waits = shown(message("ticket", "{}", 3), ticket=ticket("ready", 2, 4_500))
    answer = shown(message("answer", Reply(text="Done.").to_json(), 3))
    assert set(asked) == set(waits) == set(answer) == KEYS
    assert (asked["from"], waits["from"], answer["from"]) == ("you", "mynah", "mynah")
    assert asked["ask"] == {"command": "speak", "values": {"text": "Hello."}, "line": ""} and answer["ask"] is None


def test_a_ticket_tells_its_place_and_the_time_that_is_left() -> None:
    told = shown(message("ticket", "{}", 3), ticket=ticket("ready", 2, 4_500))
    assert told["ticket"] == {"job": 3, "place": 2, "left": 4.5, "state": "ready"}
    assert told["text"].startswith("In line: 2 jobs before it")


@pytest.mark.parametrize(
    ("state", "words"),
    [("running", "It is being done."), ("cancelled", "That was cancelled."), ("failed", "That did not work.")],
)
def test_a_ticket_that_waits_no_longer_says_so(state: str, words: str) -> None:
    told = shown(message("ticket", "{}", 3), ticket=ticket(state))
    assert (told["text"], told["ticket"]["place"]) == (words, None)


def test_a_ticket_whose_job_is_gone_has_none() -> None:
    told = shown(message("ticket", "{}", 3))
    assert told["ticket"] is None and told["text"] == "That is gone."


def test_an_answer_has_its_files_with_their_addresses_and_what_can_be_done_next() -> None:
    action = Action(label="Again", command="history again", values={"job": 3}, asks="voice", handy=True)
    reply = Reply(text="Hello.", files=(FILE,), actions=(action,), data={"draft": "k3v9", "missing": "text"})
    told = shown(message("answer", reply.to_json(), 3))
    assert told["files"] == [
        {
            **{"id": 3, "name": "hello.wav", "format": "wav", "bytes": 9_000, "seconds": 1.5},
            **{"url": "/api/v1/files/audio/3", "info": "/api/v1/files/3/info"},
        }
    ]
    assert told["actions"] == [
        {"label": "Again", "command": "history again", "values": {"job": 3}, "asks": "voice", "handy": True}
    ]
    assert (told["draft"], told["missing"]) == ("k3v9", "text")


def test_an_answer_that_goes_on_in_a_job_names_it() -> None:
    told = shown(message("answer", Reply(text="It waits again.", job=9).to_json()), ticket=ticket("ready", 1))
    assert told["job"] == 9 and told["ticket"]["place"] == 1


def test_paths_of_the_data_folder_are_left_out_and_nothing_else_is() -> None:
    reply = Reply(data={"file": "/srv/mynah/x.wav", "text": "about /srv"}, items=({"file": "/srv/mynah/y", "id": 1},))
    told = shown(message("answer", reply.to_json()), data="/srv/mynah")
    assert (told["data"], told["items"]) == ({"text": "about /srv"}, [{"id": 1}])


def test_markup_stays_the_text_that_it_is() -> None:
    told = shown(message("answer", Reply(text="<script>alert(1)</script>").to_json()))
    assert json.loads(json.dumps(told))["text"] == "<script>alert(1)</script>"
