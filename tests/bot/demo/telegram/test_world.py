"""Who and what there is."""

from __future__ import annotations

import pytest
from telegram import Bot
from telegram.error import BadRequest

from bot.demo.telegram.accounts import Account
from bot.demo.telegram.refusal import Refused
from bot.demo.telegram.rules import Rules
from bot.demo.telegram.world import World


@pytest.fixture
def world() -> World:
    return World(Rules(), Account(1, "Mynah", username="mynah_bot", is_bot=True))


def test_everybody_and_every_chat_has_an_id_of_its_own(world: World) -> None:
    ada, bob = world.person("Ada"), world.person("Bob")
    chats = [ada.private, bob.private, world.group("One", ada), world.group("Two", ada)]
    chats += [world.supergroup(title="Three", owner=ada), world.supergroup(chats[2])]
    assert len({chat.id for chat in chats}) == 6 and set(world.chats.values()) == set(chats)
    assert ada.private.id == ada.id > 1 << 32 and str(chats[-1].id).startswith("-100")


def test_a_supergroup_has_somebody_who_founded_it(world: World) -> None:
    with pytest.raises(ValueError, match="has an owner"):
        world.supergroup(title="Nobody's")


@pytest.mark.parametrize("id", ["", "nobody", "12345"])
def test_a_chat_that_does_not_exist_is_refused(world: World, id: str) -> None:
    with pytest.raises(Refused, match="Bad Request: chat"):
        world.chat(id)


async def test_a_real_bot_is_told_so(bot: Bot) -> None:
    with pytest.raises(BadRequest, match=r"(?i)chat not found"):
        await bot.send_message(12345, "Hello")
