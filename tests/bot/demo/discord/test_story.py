"""The conversation on Discord is played by `stage`; here, that it does not hang where nobody answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.demo.discord import story
from bot.demo.discord.refusal import NotOffered
from bot.demo.discord.server import DiscordServer


async def test_where_no_bot_has_come_nothing_can_be_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story, "PATIENCE", 0.05)
    told: list[str] = []
    async with DiscordServer() as server:
        with pytest.raises(NotOffered):
            await story.play(server, tmp_path, told.append)
    assert len(told) == 2, "the place, and what was typed"
