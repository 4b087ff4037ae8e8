"""A reply, as the outbox keeps it."""

from __future__ import annotations

import json

import pytest

from commands.core.reply import Action, FileRef, Reply, bar


def test_a_reply_comes_back_from_the_outbox_as_it_went_in() -> None:
    reply = Reply(
        text="Grüße 😀",
        files=(FileRef(id=1, name="a.wav", path="generations/1.wav", format="wav", bytes=9, seconds=1.5),),
        actions=(Action(label="Again", command="speak", values={"text": "x", "speed": 1.0}),),
        private=True,
        data={"seconds": 1.5},
        items=({"id": 1}, {"id": 2}),
        job=7,
        error="Failed",
    )
    assert Reply.from_json(reply.to_json()) == reply
    assert Reply.from_json(Reply().to_json()) == Reply()


def test_what_a_newer_mynah_added_is_passed_over() -> None:
    raw = json.loads(Reply(text="hi").to_json()) | {"newer": 1}
    assert Reply.from_json(json.dumps(raw)) == Reply(text="hi")


@pytest.mark.parametrize(
    ("share", "drawn"), [(0, "░░░░"), (0.5, "██░░"), (1, "████"), (-3, "░░░░"), (9, "████"), (0.26, "█░░░")]
)
def test_a_bar_is_as_full_as_the_share(share: float, drawn: str) -> None:
    assert bar(share, 4) == drawn


def test_a_secret_that_is_shown_once_is_not_kept() -> None:
    shown = Reply(text="It is k3v9.", kept="It was shown once.", data={"code": "k3v9"}, private=True)
    kept = Reply.from_json(shown.to_json())
    assert kept == Reply(text="It was shown once.", private=True) and "k3v9" not in shown.to_json()
