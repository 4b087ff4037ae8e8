"""A conversation, with a prompt that types by itself and everything else as it is."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.app import App
from bot.cli_adapter.chat import IDLE, Chat
from bot.cli_adapter.play import Playlist
from bot.cli_adapter.render import Renderer
from bot.cli_adapter.terminal import Terminal
from bot.config import load
from commands.core.command import commands

LONG = " ".join(f"This is sentence number {n}, and it is not the last of them." for n in range(150))
Step = str | Callable[[], Awaitable[None]]


class Typist:
    """A prompt on which lines are typed one after another; a step between may wait, or press a key."""

    def __init__(self, *steps: Step) -> None:
        self._steps = iter(steps)
        self.forgot = False
        self.news = asyncio.Event()

    async def line(self) -> str:
        for step in self._steps:
            if isinstance(step, str):
                return step
            await step()
        raise EOFError

    def refresh(self) -> None:
        self.news.set()

    def forget(self) -> None:
        self.forgot = True


class Talk:
    """A chat under way, and what can be read of it."""

    def __init__(self, app: App, chat: Chat, capture: pytest.CaptureFixture[str]) -> None:
        self.app = app
        self.chat = chat
        self._capture = capture
        self._said = ""
        self._typist = Typist()

    @property
    def said(self) -> str:
        self._said += self._capture.readouterr().out
        return self._said

    async def type(self, *steps: Step) -> Typist:
        self._typist = Typist(*steps)
        await self.chat.talk(self.app, self._typist)
        return self._typist

    async def under_way(self) -> None:
        """Wait until a job has come some way."""
        async with asyncio.timeout(10):
            await self._typist.news.wait()
        assert "░" in self.chat.standing()

    async def interrupt(self) -> None:
        assert self.chat.interrupt(self.app)


@pytest.fixture
async def talk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> AsyncIterator[Talk]:
    chat = Chat(Renderer(commands(), chat=True), Playlist([]))
    loaded = load(None, {"MYNAH_DATA": str(tmp_path / "data"), "MYNAH_JOBS__DRAIN_SECONDS": "0"}, tmp_path)
    async with App.open(loaded, make=[lambda desk: Terminal(loaded.data, chat)]) as app:
        yield Talk(app, chat, capsys)
        await chat.close()


async def test_a_line_is_spoken_and_answered(talk: Talk, tmp_path: Path) -> None:
    await talk.type("Good morning.", talk.chat.settled)
    assert '"Good morning." · ' in talk.said
    assert str(tmp_path / "data" / "generations" / "1.wav") in talk.said
    assert talk.chat.standing() == IDLE


async def test_lines_are_answered_in_their_order_before_the_chat_is_left(talk: Talk) -> None:
    await talk.type("/voices show de", "/speek", "/voices show it", "/quit", "/voices show es")
    said = talk.said
    assert said.index("de: German") < said.index("Did you mean /speak?") < said.index("it: Italian")
    assert "Spanish" not in said


async def test_an_answer_goes_where_it_is_wanted(talk: Talk, tmp_path: Path) -> None:
    await talk.type(f"/speak --output {tmp_path / 'hello.wav'} Hello.", talk.chat.settled)
    assert (tmp_path / "hello.wav").exists()
    await talk.type(f"/speak --output {tmp_path / 'gone' / 'hello.wav'} Hello.")
    assert "There is no folder" in talk.said


async def test_help_of_a_command_can_be_had_with_an_option(talk: Talk) -> None:
    await talk.type("/quota set --help")
    assert "/quota set [--options] METRIC LIMIT" in talk.said


async def test_an_interrupt_cancels_the_job_that_is_shown_once(talk: Talk) -> None:
    await talk.type(f"/speak {LONG}", talk.under_way, talk.interrupt, talk.interrupt, talk.chat.settled)
    assert talk.said.count("Job 1 is cancelled; nothing was charged.") == 1
    assert not talk.chat.interrupt(talk.app)


async def test_a_second_interrupt_cancels_the_next_job(talk: Talk) -> None:
    await talk.type(
        f"/speak {LONG}", f"/speak {LONG} Again.", talk.under_way, talk.interrupt, talk.interrupt, talk.chat.settled
    )
    assert "Job 1 is cancelled" in talk.said and "Job 2 is cancelled" in talk.said


async def test_what_is_under_way_is_said_on_leaving_and_goes_on_later(talk: Talk) -> None:
    await talk.type(f"/speak {LONG}", talk.under_way)
    assert "Not done yet: job 1. What is left of it goes on when Mynah runs again." in talk.said


async def test_a_cancelled_job_that_is_tried_again_is_watched_again(talk: Talk) -> None:
    await talk.type(f"/speak {LONG}", talk.under_way, talk.interrupt, talk.chat.settled)
    await talk.type("/jobs retry 1", talk.chat.settled)
    assert '"This is sentence number 0' in talk.said.split("cancelled")[1]


async def test_to_be_forgotten_is_to_have_what_was_typed_forgotten_too(talk: Talk, tmp_path: Path) -> None:
    history = tmp_path / "data" / "history"
    history.write_text("my secret")
    asked = await talk.type("Hello.", talk.chat.settled, "/forget")
    assert not asked.forgot and history.read_text()
    code = talk.said.split("confirm=")[1].split()[0]
    done = await talk.type(f"/forget confirm={code}")
    assert done.forgot and not history.read_text()


async def test_what_can_be_heard_is_played(talk: Talk, tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    code = f"import sys; open({str(heard)!r}, 'a').write(sys.argv[1])"
    talk.chat._playlist = Playlist([(sys.executable, "-c", code)])

    await talk.type("Hello.", talk.chat.settled)
    await asyncio.to_thread(wait_for, heard)


def wait_for(file: Path) -> None:
    deadline = time.monotonic() + 10
    while not (file.exists() and file.read_text().endswith("1.wav")):
        assert time.monotonic() < deadline, "it was never played"
        time.sleep(0.01)
