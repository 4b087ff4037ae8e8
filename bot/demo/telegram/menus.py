"""Menus: the commands that people are shown, by chat, by what they are there, and by language."""

from __future__ import annotations

import re

from bot.demo.telegram.chats import Chat
from bot.demo.telegram.people import Person
from bot.demo.telegram.refusal import bad
from bot.demo.telegram.wire import Wire
from engine.value import value

MOST = 100
ALONE = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
IN_A_CHAT = ("chat", "chat_administrators", "chat_member")


@value
class Scope:
    """To whom a menu is shown."""

    kind: str
    """'default', 'all_private_chats', 'chat_administrators' …"""
    chat_id: int = 0
    """In which chat; 0 is any."""
    user_id: int = 0
    """To whom alone; 0 is everybody."""


class Menus:
    """All menus that the bot has set."""

    def __init__(self) -> None:
        self._menus: dict[tuple[Scope, str], list[Wire]] = {}

    def set(self, scope: Scope, language: str, commands: list[Wire]) -> None:
        """Take a menu.

        Raises:
            Refused: It has too many commands, or one is not as commands have to be.
        """
        if len(commands) > MOST:
            raise bad("BOT_COMMANDS_TOO_MUCH")
        for each in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", str(each.get("command", ""))):
                raise bad("BOT_COMMAND_INVALID")
            if not 1 <= len(str(each.get("description", ""))) <= 256:
                raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        if len({str(each["command"]) for each in commands}) < len(commands):
            raise bad("BOT_COMMAND_INVALID")
        self._menus[scope, language] = commands

    def get(self, scope: Scope, language: str = "") -> list[Wire]:
        """Return the menu of just that scope and language; empty where there is none."""
        return self._menus.get((scope, language), [])

    def delete(self, scope: Scope, language: str) -> None:
        """Forget a menu."""
        self._menus.pop((scope, language), None)

    def by_scope(self) -> dict[str, list[str]]:
        """The names of the commands of every menu: {'default': ['speak'], 'chat_administrators -1': […]}."""
        return {_told(scope, language): _names(menu) for (scope, language), menu in self._menus.items()}

    def shown(self, person: Person, chat: Chat) -> list[str]:
        """The names of the commands that somebody is shown in a chat: the menu that is meant for fewest."""
        scopes = [Scope(kind="chat", chat_id=chat.id)]
        if chat.kind == "private":
            scopes += [Scope(kind="all_private_chats")]
        else:
            admin = person.id in chat.admins
            scopes = [Scope(kind="chat_administrators", chat_id=chat.id)] * admin + scopes
            scopes = [Scope(kind="chat_member", chat_id=chat.id, user_id=person.id), *scopes]
            scopes += [Scope(kind="all_chat_administrators")] * admin + [Scope(kind="all_group_chats")]
        for scope in [*scopes, Scope(kind="default")]:
            for language in dict.fromkeys((person.language, "")):
                if menu := self.get(scope, language):
                    return _names(menu)
        return []


def scope(given: Wire | None) -> Scope:
    """Read a scope as a bot gives it.

    Raises:
        Refused: There is no such scope.
    """
    kind = str((given or {}).get("type", "default"))
    if kind in ALONE:
        return Scope(kind=kind)
    if kind not in IN_A_CHAT or given is None or "chat_id" not in given:
        raise bad("unsupported BotCommandScope type specified")
    return Scope(kind=kind, chat_id=int(str(given["chat_id"])), user_id=int(str(given.get("user_id", 0))))


def _told(scope: Scope, language: str) -> str:
    return " ".join(str(part) for part in (scope.kind, scope.chat_id, scope.user_id, language) if part)


def _names(menu: list[Wire]) -> list[str]:
    return [str(each["command"]) for each in menu]
