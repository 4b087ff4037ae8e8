"""Streams: every tab is told, and one that does not listen holds up nobody."""

from __future__ import annotations

import json

from bot.web_adapter.streams import TABS, WAITING, Event, Streams

HELLO = Event(kind="message", data={"text": 'Hello,\n"world"'}, id=7)


def test_an_event_is_one_line_of_json_whatever_is_in_it() -> None:
    head, kind, data, *rest = HELLO.encode().decode().split("\n")
    assert (head, kind, rest) == ("id: 7", "event: message", ["", ""])
    assert json.loads(data.removeprefix("data: ")) == HELLO.data
    assert not Event(kind="job", data={}).encode().startswith(b"id")


async def test_all_tabs_of_a_person_are_told_and_nobody_elses() -> None:
    streams = Streams()
    first, second, other = streams.open(1), streams.open(1), streams.open(2)
    streams.tell(1, HELLO)
    other.close()
    assert (await first.next(), await second.next(), await other.next()) == (HELLO, HELLO, None)


async def test_a_tab_that_is_gone_is_told_nothing() -> None:
    streams = Streams()
    gone, kept = streams.open(1), streams.open(1)
    streams.drop(1, gone)
    streams.drop(1, gone)
    streams.tell(1, HELLO)
    gone.close()
    assert (await gone.next(), await kept.next()) == (None, HELLO)


async def test_a_tab_that_does_not_listen_is_let_go_of_after_what_it_was_told() -> None:
    streams = Streams()
    slow = streams.open(1)
    for number in range(WAITING + 50):
        streams.tell(1, Event(kind="job", data={"job": number}))
    told = [await slow.next() for _ in range(WAITING + 1)]
    assert told[-1] is None and None not in told[:-1]


async def test_of_too_many_tabs_the_oldest_is_let_go_of() -> None:
    streams = Streams()
    tabs = [streams.open(1) for _ in range(TABS + 1)]
    streams.tell(1, HELLO)
    assert (await tabs[0].next(), await tabs[1].next()) == (None, HELLO)


async def test_when_all_are_closed_nobody_can_come_any_more() -> None:
    streams = Streams()
    before = streams.open(1)
    streams.close()
    assert (await before.next(), await streams.open(1).next()) == (None, None)
