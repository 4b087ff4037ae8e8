"""`mynah demo` says what it is before it begins, and where to go on when it is over."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli_adapter import demo
from bot.demo import stage


async def test_it_says_what_it_is_and_where_the_sounds_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def show(platform: str, say: stage.Say) -> Path:
        say(f"a talk on {platform}")
        return tmp_path

    monkeypatch.setattr(stage, "show", show)
    assert await demo.show("discord") == 0
    assert capsys.readouterr().out.splitlines() == [
        "This is a stand-in for Discord, on this machine only; it needs no account.",
        "",
        "a talk on discord",
        "",
        f"What you have just read was really said; listen to it in {tmp_path}",
        "docs/discord.md tells how Mynah gets onto the real one.",
    ]
