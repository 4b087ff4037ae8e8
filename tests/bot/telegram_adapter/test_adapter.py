"""Start, stop, and what goes wrong at either end of the wire."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapter import TryLater
from bot.config import load
from bot.demo.telegram.people import Person
from bot.demo.telegram.rules import Rules
from bot.demo.telegram.server import TelegramServer
from bot.features import Feature
from bot.log import logging_to
from bot.platforms import find
from bot.telegram_adapter import TelegramAdapter
from commands.core.reply import Reply
from tests.bot.telegram_adapter.slow import Slow
from tests.bot.telegram_adapter.whole import Whole, environment, whole
from tests.fakes.waiting import until


def test_the_platform_is_found_by_its_name() -> None:
    assert find("telegram") is TelegramAdapter


def test_every_feature_is_shown_in_some_way() -> None:
    assert set(TelegramAdapter.shows) == set(Feature)
    assert all(len(words) <= 120 for words in TelegramAdapter.shows.values())


async def test_the_log_says_who_it_is_and_how_people_find_it(
    server: TelegramServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "mynah.telegram")
    async with whole(server, tmp_path):
        pass
    assert "logged in to Telegram as @mynah_demo_bot (7000000001)" in caplog.text
    assert "https://t.me/mynah_demo_bot?startgroup=true" in caplog.text


async def test_it_starts_and_stops_within_moments(server: TelegramServer, tmp_path: Path) -> None:
    async with whole(server, tmp_path) as mynah:
        started = time.monotonic()
        await mynah.adapter.stop()
        assert time.monotonic() - started < 2.0
        await mynah.adapter.stop()


async def test_what_was_asked_while_it_was_away_is_answered_at_the_next_start(
    server: TelegramServer, ada: Person, tmp_path: Path
) -> None:
    sent = await ada.says(ada.private, "Are you there?")
    async with whole(server, tmp_path):
        assert (await ada.private.answer(sent)).kind == "voice"


async def test_while_it_stops_nothing_is_taken_and_what_is_done_still_goes_out(
    server: TelegramServer, ada: Person, tmp_path: Path
) -> None:
    slow = Slow()
    async with whole(server, tmp_path, every=slow.every()) as mynah:
        await ada.says(ada.private, "/slow")
        await slow.begun.wait()
        await mynah.adapter.stop_listening()
        await ada.says(ada.private, "Too late.")
        slow.steps.put_nowait(1)
        assert (await ada.private.answer(where=lambda seen: "At last" in seen.text)).kind == "text"
        assert await mynah.jobs() == 1


async def test_a_wrong_token_is_said_once_in_words_and_the_rest_goes_on(
    server: TelegramServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = f"{server.bot.id}:{'w' * 35}"
    async with whole(server, tmp_path, telegram__token=wrong) as mynah:
        assert "telegram" not in mynah.app.adapters
        assert await mynah.jobs() == 0
    assert caplog.text.count("Telegram refuses the token of its bot; ask @BotFather") == 1
    assert "w" * 35 not in caplog.text


async def test_while_telegram_is_away_the_rest_starts_and_it_logs_in_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram_adapter.adapter.PATIENCE", 0.1)
    async with TelegramServer() as gone:
        port, token = gone.port, gone.token
    async with whole(gone, tmp_path) as mynah:
        with pytest.raises(TryLater):
            await mynah.adapter.deliver(1, {"chat": 1}, Reply(text="Hello"))
        async with TelegramServer(port=port, token=token) as server:
            ada = server.person("Ada")
            sent = await ada.says(ada.private, "Hello.")
            assert (await ada.private.answer(sent, within=8)).kind == "voice"
            await mynah.adapter.stop()


async def test_a_stop_while_telegram_is_away_takes_no_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.telegram_adapter.adapter.PATIENCE", 0.1)
    async with TelegramServer() as gone:
        pass
    async with whole(gone, tmp_path) as mynah:
        before = time.monotonic()
        await mynah.adapter.stop()
        assert time.monotonic() - before < 1.0


async def test_another_program_with_the_same_token_is_told_of(
    server: TelegramServer, ada: Person, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server.faults.conflict()
    async with whole(server, tmp_path):
        sent = await ada.says(ada.private, "Hello.")
        assert (await ada.private.answer(sent)).kind == "voice"
    assert "Another program fetches what people write to this bot" in caplog.text


class TestCanary:
    """The token stands nowhere, whatever goes wrong."""

    TOKEN = f"7000000001:{'CanaryCanaryCanaryCanaryCanaryCana1'}"

    @pytest.fixture
    def everything(self, server: TelegramServer, tmp_path: Path) -> Iterator[Path]:
        """All that is logged, as the program logs it at its most talkative."""
        told = environment(server, tmp_path / "data", mynah__log="file", mynah__log_level="debug")
        loaded = load(None, told, tmp_path)
        (tmp_path / "data").mkdir()
        with logging_to(loaded.settings, tmp_path / "data", chat=True):
            yield tmp_path / "data" / "mynah.log"

    @pytest.fixture
    async def server(self) -> Iterator[TelegramServer]:  # type: ignore[misc]  # pytest-asyncio awaits it
        async with TelegramServer(token=self.TOKEN) as server:
            yield server

    async def test_the_token_stands_in_no_log_and_no_file(
        self, server: TelegramServer, ada: Person, everything: Path, tmp_path: Path
    ) -> None:
        async with whole(server, tmp_path):
            server.faults.drop("sendVoice")
            server.faults.refuse("sendChatAction", 502)
            asked = await ada.private.answer(await ada.says(ada.private, "Hello."), kind="text")
            await ada.presses(asked, "Send it again")
            await ada.private.answer(asked)
            server.faults.refuse("getFile", 500)
            sent = await ada.says(ada.private, file=("a.txt", b"Once.", "text/plain"), caption="/speak")
            await ada.private.answer(sent)
            await ada.private.answer(await ada.says(ada.private, "Are you there?"))
        for token in (f"{server.bot.id}:{'WrongCanaryWrongCanaryWrongCanary12'}", "nonsense"):
            async with whole(server, tmp_path, telegram__token=token):
                pass
        contents = {path: path.read_bytes() for path in files_in(tmp_path)}
        assert len(contents[everything]) > 2_000 and b"logged in to Telegram" in contents[everything]
        assert [path for path, content in contents.items() if b"CanaryCanary" in content] == []
        assert [path for path, content in contents.items() if b"WrongCanary" in content] == []
        assert b"Are you there" not in contents[everything]


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_on_a_server_of_ones_own_files_go_by_where_they_lie(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    async with TelegramServer(rules=Rules(local=str(shared))) as server:
        ada = server.person("Ada")
        async with whole(server, tmp_path, telegram__local_mode="yes") as mynah:
            assert mynah.adapter.limits.file_bytes == 2_000_000_000
            sent = await ada.says(ada.private, file=("a.txt", b"Once upon a time.", "text/plain"), caption="/speak")
            seen = await ada.private.answer(sent, kind="voice")
            assert '"Once upon a time."' in seen.text
        (call,) = server.called("sendVoice")
        assert call.text("voice").startswith("file://") and not call.files


async def test_nothing_is_left_when_it_has_stopped(mynah: Whole, ada: Person) -> None:
    await ada.private.answer(await ada.says(ada.private, "Hello."), kind="voice")
    await mynah.adapter.stop()
    mine = asyncio.current_task()
    await until(lambda: not [each for each in asyncio.all_tasks() if each is not mine and "telegram_ad" in repr(each)])


async def test_a_token_that_is_taken_back_is_told_of_and_stops_nothing_else(
    server: TelegramServer, ada: Person, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with whole(server, tmp_path) as mynah:
        server.token = f"{server.bot.id}:{'n' * 35}"
        await ada.says(ada.private, "Are you there?")
        await until(lambda: "no longer takes the token" in caplog.text)
        with pytest.raises(TryLater):
            await mynah.adapter.deliver(1, {"chat": ada.id}, Reply(text="Hello"))
    assert "went wrong" not in caplog.text
