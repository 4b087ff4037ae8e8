"""Where an answer goes, as the outbox keeps it."""

from __future__ import annotations

import json

from bot.telegram_adapter.address import Address

TO = Address(chat=-100, topic=7, message=12, person=5, event="1:-100:12")


def test_an_address_outlives_the_outbox() -> None:
    assert Address.from_json(json.loads(json.dumps(TO.to_json()))) == TO
    assert Address.from_json({**TO.to_json(), "added": "by a newer Mynah"}) == TO


def test_a_group_that_has_moved_keeps_its_topic_and_loses_its_messages() -> None:
    assert TO.moved(-200) == Address(chat=-200, topic=7, person=5, event=TO.event)


def test_a_person_can_be_written_to_without_the_others() -> None:
    assert not TO.is_private
    assert TO.of_person == Address(chat=5, person=5, event=TO.event) and TO.of_person.is_private
