"""The log never holds a secret, and goes where it is told."""

from __future__ import annotations

import logging
from pathlib import Path

import httpx
import pytest

from bot.config import load
from bot.log import FILE, logging_to
from bot.settings import Settings

DISCORD = "MTAxMDEwMTAxMDEwMTAxMDEw.GcAnAr.canary-canary-canary-canary-canary"
TELEGRAM = "123456789:canary_canary_canary_canary_canary1"
PAGE = f"mynah_{'canary-' * 6}1"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    env = {
        "MYNAH_DISCORD__TOKEN": "short canary/1",
        "MYNAH_TELEGRAM__TOKEN": TELEGRAM,
        "MYNAH_MYNAH__LOG": "file",
        "MYNAH_MYNAH__LOG_LEVEL": "debug",
    }
    return load(None, env, tmp_path).settings


def logged(data: Path) -> str:
    return (data / FILE).read_text("utf-8")


def test_secrets_are_blotted_out_wherever_they_stand(tmp_path: Path, settings: Settings) -> None:
    log = logging.getLogger("mynah.test")
    with logging_to(settings, tmp_path, chat=False):
        log.info("a short canary/1 here, %s there, %s", "short%20canary%2F1", TELEGRAM)
        log.info("https://api.telegram.org/bot%s/getMe", TELEGRAM.replace(":", "%3A"))
        log.info("somebody else's: %s", DISCORD)
        log.info("the page's: %s", PAGE)
        try:
            raise RuntimeError(f"cannot log in with {TELEGRAM}")
        except RuntimeError:
            log.exception("failed")
    text = logged(tmp_path)
    assert "Traceback" in text and text.count("[secret]") >= 6
    assert "canary" not in text


async def test_httpx_does_not_log_the_addresses_it_asks(tmp_path: Path, settings: Settings) -> None:
    with logging_to(settings, tmp_path, chat=False):
        transport = httpx.MockTransport(lambda request: httpx.Response(200))
        async with httpx.AsyncClient(transport=transport) as client:
            await client.get(f"https://api.telegram.org/bot{TELEGRAM}/getMe")
        logging.getLogger("mynah.test").info("done")
    assert "telegram.org" not in logged(tmp_path) and "done" in logged(tmp_path)


@pytest.mark.parametrize(("chat", "where"), [(True, "file"), (False, "stderr")])
def test_by_itself_it_goes_to_a_file_in_a_chat_and_to_stderr_otherwise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], chat: bool, where: str
) -> None:
    with logging_to(Settings(), tmp_path, chat=chat):
        logging.getLogger("mynah.test").info("hello")
    logging.getLogger("mynah.test").info("nobody listens any more")
    assert ("hello" in capsys.readouterr().err) == (where == "stderr")
    assert (tmp_path / FILE).exists() == (where == "file")
