"""What there is on the double, seen without a client: accounts, channels, crowds, messages and what is seen of them."""

from __future__ import annotations

import pytest

from bot.demo.discord.account import Account
from bot.demo.discord.channel import Kind
from bot.demo.discord.crowd import Crowd
from bot.demo.discord.exchange import Moment
from bot.demo.discord.message import pings
from bot.demo.discord.refusal import NotOffered
from bot.demo.discord.seen import look_at
from bot.demo.discord.server import DiscordServer
from bot.demo.discord.terms import Terms
from bot.demo.discord.wire import Body
from bot.demo.discord.world import World


def test_a_person_has_one_channel_with_the_bot() -> None:
    server = DiscordServer()
    ada, ben = server.person("Ada"), server.person("Ben")
    assert ada.direct() is ada.direct() is not ben.direct()
    assert ada.direct().kind is Kind.DIRECT and ada.direct().payload()["recipients"] == [ada.payload()]


def test_an_account_is_drawn_with_its_names() -> None:
    drawn = Account("7", "Ada Lovelace").payload()
    assert (drawn["username"], drawn["global_name"], drawn["bot"]) == ("ada_lovelace", "Ada Lovelace", False)
    assert Account("7", "Ada").mention == "<@7>"


def test_a_crowd_falls_on_all_shards_alike_and_never_twice_on_one_id() -> None:
    first = Crowd(count=10, start=0, channels=3, roles=2, members=9)
    second = Crowd(count=10, start=10, channels=3, roles=2, members=9)
    ids = [*first.ids(), *second.ids()]
    assert len(set(ids)) == 20
    assert [sum((int(each) >> 22) % 2 == shard for each in ids) for shard in (0, 1)] == [10, 10]
    drawn = first.payload(ids[3], Account("1", "Mynah", bot=True).payload())
    assert (len(drawn["channels"]), len(drawn["roles"]), drawn["member_count"]) == (3, 3, 9)


@pytest.mark.parametrize(
    ("text", "allowed", "called"),
    [
        ("@everyone <@5>", None, ("everyone", "5")),
        ("@here", None, ("everyone",)),
        ("@everyone <@5>", {"parse": []}, ()),
        ("@everyone <@5> <@6>", {"parse": [], "users": ["6"]}, ("6",)),
        ("@everyone <@!5>", {"parse": ["users"]}, ("5",)),
        ("an@everyone.example", {"parse": []}, ()),
    ],
)
def test_mentions_call_whom_they_are_allowed_to(text: str, allowed: object, called: tuple[str, ...]) -> None:
    assert pings(text, allowed) == called  # type: ignore[arg-type]  # as JSON gives it


def test_what_was_seen_stays_as_it_was() -> None:
    world = World(Terms())
    server = DiscordServer()
    channel = server.guild("Workshop").channel
    message = server.world.post(channel, server.bot, Body(data={"content": "One"}, files={}))
    before = look_at(message, world.cdn)
    server.world.edit(message, Body(data={"content": "Two"}, files={}))
    assert (before.content, channel.messages[0].content) == ("One", "Two")
    with pytest.raises(ValueError, match="not enough values"):
        _ = before.file


async def test_an_exchange_tells_what_happened_when() -> None:
    server = DiscordServer()
    ada = server.person("Ada")
    server.world.commands[None] = [{"id": "1", "name": "speak", "type": 1, "integration_types": [1], "options": []}]
    exchange = await ada.slash(ada.direct(), "speak")
    with pytest.raises(NotOffered):
        exchange.now()
    exchange.note("late")
    (moment,) = exchange.history
    assert moment == Moment(at=moment.at, what="late") and 0 <= moment.at < 5
