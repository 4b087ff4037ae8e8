"""What is shown while somebody types '/'."""

from __future__ import annotations

from pathlib import Path

from bot.demo.telegram.server import TelegramServer
from bot.telegram_adapter.menus import SCOPES
from tests.bot.telegram_adapter.whole import whole


async def test_admins_are_shown_more_than_members_and_only_in_groups(server: TelegramServer, tmp_path: Path) -> None:
    async with whole(server, tmp_path):
        bob = server.person("Bob")
        ada = server.person("Ada")
        group = server.group("Workshop", members=[ada], admins=[bob])
        assert "quota_set" in server.menu(bob, group)
        assert "quota_set" not in server.menu(ada, group)
        assert "quota_set" not in server.menu(bob, bob.private)
        assert "speak" in server.menu(ada, ada.private)


async def test_menus_are_told_again_only_when_they_have_changed(server: TelegramServer, tmp_path: Path) -> None:
    for _ in range(2):
        async with whole(server, tmp_path) as mynah:
            commands = dict(mynah.app.commands)
    assert len(server.called("setMyCommands")) == len(SCOPES)
    del commands["about"]
    async with whole(server, tmp_path, every=commands):
        assert "about" not in server.menus["default"]
