"""The bot's token, and the tokens of interactions, stand nowhere that anybody reads."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import discord
import pytest

from bot.discord_adapter import adapter, parcel
from bot.discord_adapter.hush import hush, without_tokens
from bot.log import logging_to
from bot.settings import Settings
from tests.bot.discord_adapter.stage import stage

CANARY = "MTE5MDAwMDAwMDAwMDAwMDAwMA.GcanAr.y0-canary-canary-canary-canary-can"


def readable(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file of a folder."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield path, path.read_bytes()


async def test_the_token_is_nowhere_whatever_happens(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "PATIENCE", 0.2)
    monkeypatch.setattr(adapter, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(parcel, "PAUSE", 0.01)
    caplog.set_level(logging.DEBUG)
    (tmp_path / "data").mkdir()
    settings = Settings.of({"mynah": {"log": "file", "log_level": "debug"}})
    async with stage(tmp_path) as on:
        on.discord.token = on.discord._rest._token = on.discord.gateway._token = CANARY
        with logging_to(settings, tmp_path / "data", chat=False):
            async with on.mynah(discord__token=CANARY):
                faults = on.discord.faults
                faults.drop("PATCH", "/webhooks/*", done=True)
                faults.limit("PATCH", "/webhooks/*", after=0.01)
                faults.fail("POST", "/interactions/*", status=503)
                first = await on.ada.slash(on.guild.channel, "speak", text="One.")
                second = await on.ada.slash(on.guild.channel, "speak", text="Two.")
                await second.answer(with_file=True)
                await on.discord.gateway.reconnect()
            on.discord._rest._token = "another"
            async with on.mynah(discord__token=CANARY):
                pass
    written = list(readable(tmp_path / "data"))
    assert {"mynah.db", "mynah.log"} <= {path.name for path, _ in written}
    for path, data in written:
        assert CANARY.encode() not in data and b"y0-canary" not in data, path
    (log,) = [data.decode() for path, data in written if path.name == "mynah.log"]
    for text in (log, caplog.text):
        assert "refuses the token" in text and "y0-canary" not in text
        assert first.token not in text and second.token not in text


def test_the_tokens_of_interactions_are_blotted_out_of_addresses(caplog: pytest.LogCaptureFixture) -> None:
    hush()
    url = "https://discord.com/api/v10/webhooks/119/aW50ZXJhY3Rpb24/messages/@original"
    logging.getLogger("discord.http").warning("We are being rate limited. %s %s", "PATCH", url)
    assert "aW50" not in caplog.text and "webhooks/119/[secret]/messages/@original" in caplog.text
    assert without_tokens("/interactions/7/abc/callback?x=1") == "/interactions/7/[secret]/callback?x=1"


def test_an_outage_is_a_line_in_the_log_and_no_traceback(caplog: pytest.LogCaptureFixture) -> None:
    hush()
    try:
        raise discord.GatewayNotFound
    except discord.GatewayNotFound:
        logging.getLogger("discord.client").exception("Attempting a reconnect in %.2fs", 1.5)
    (record,) = caplog.records
    assert record.levelno == logging.WARNING and "Traceback" not in caplog.text
    assert "in 1.50s (The gateway to connect to discord was not found.)" in caplog.text


def test_what_people_write_is_not_logged_on_any_level() -> None:
    logging.getLogger("discord").setLevel(logging.DEBUG)
    hush()
    assert not logging.getLogger("discord.gateway").isEnabledFor(logging.INFO)
