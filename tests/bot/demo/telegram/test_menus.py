"""Menus of commands, and who is shown which."""

from __future__ import annotations

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeChatAdministrators,
    BotCommandScopeChatMember,
)
from telegram.error import BadRequest

from bot.demo.telegram.menus import Menus, Scope, scope
from bot.demo.telegram.people import Person
from bot.demo.telegram.refusal import Refused
from bot.demo.telegram.server import TelegramServer


async def put(bot: Bot, name: str, where: BotCommandScope | None = None, language: str | None = None) -> None:
    await bot.set_my_commands([BotCommand(name, "Does it")], scope=where, language_code=language)


async def test_the_menu_that_is_meant_for_fewest_is_shown(server: TelegramServer, bot: Bot, ada: Person) -> None:
    group, bob = server.group("Workshop", admins=[ada]), server.person("Bob")
    await put(bot, "all")
    assert server.menu(ada, ada.private) == ["all"] == server.menu(bob, group)
    await put(bot, "private", BotCommandScopeAllPrivateChats())
    await put(bot, "groups", BotCommandScopeAllGroupChats())
    await put(bot, "admins", BotCommandScopeAllChatAdministrators())
    assert server.menu(ada, ada.private) == ["private"]
    assert (server.menu(ada, group), server.menu(bob, group)) == (["admins"], ["groups"])
    await put(bot, "here", BotCommandScopeChat(group.id))
    assert server.menu(ada, group) == ["here"] == server.menu(bob, group)
    await put(bot, "here_admins", BotCommandScopeChatAdministrators(group.id))
    await put(bot, "here_bob", BotCommandScopeChatMember(group.id, bob.id))
    assert (server.menu(ada, group), server.menu(bob, group)) == (["here_admins"], ["here_bob"])
    assert server.menus["all_chat_administrators"] == ["admins"]
    assert server.menus[f"chat_member {group.id} {bob.id}"] == ["here_bob"]


async def test_a_menu_in_the_language_of_the_person_goes_first(server: TelegramServer, bot: Bot) -> None:
    eva = server.person("Eva", language="de")
    await put(bot, "speak")
    await put(bot, "sprich", language="de")
    assert server.menu(eva, eva.private) == ["sprich"]
    await bot.delete_my_commands(language_code="de")
    assert server.menu(eva, eva.private) == ["speak"]
    assert [each.command for each in await bot.get_my_commands()] == ["speak"]
    assert await bot.get_my_commands(language_code="de") == ()


@pytest.mark.parametrize(
    "commands",
    [
        [{"command": "Speak", "description": "Does it"}],
        [{"command": "say-it", "description": "Does it"}],
        [{"command": "x" * 33, "description": "Does it"}],
        [{"command": "speak", "description": ""}],
        [{"command": "speak", "description": "x" * 257}],
        [{"command": "speak", "description": "One"}, {"command": "speak", "description": "Two"}],
        [{"command": f"speak{number}", "description": "Does it"} for number in range(101)],
    ],
)
def test_a_menu_that_telegram_would_not_take_is_refused(commands: list[dict[str, object]]) -> None:
    menus = Menus()
    with pytest.raises(Refused, match="BOT_COMMAND"):
        menus.set(Scope(kind="default"), "", commands)
    assert menus.by_scope() == {}


async def test_a_menu_for_nobody_is_refused(bot: Bot) -> None:
    with pytest.raises(BadRequest, match=r"(?i)unsupported botcommandscope"):
        await put(bot, "speak", BotCommandScope("everybody"))
    with pytest.raises(Refused, match="unsupported BotCommandScope"):
        scope({"type": "chat"})
