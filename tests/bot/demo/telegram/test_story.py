"""The conversation on Telegram is played by `stage`; here, that it does not hang where nobody answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.demo.telegram import story
from bot.demo.telegram.server import TelegramServer


async def test_where_no_bot_has_come_nobody_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story, "PATIENCE", 0.05)
    told: list[str] = []
    async with TelegramServer() as server:
        with pytest.raises(TimeoutError):
            await story.play(server, tmp_path, told.append)
    assert told[-1] == "Bob   /start"
