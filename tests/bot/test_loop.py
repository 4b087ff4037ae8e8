"""Mynah is served on libuv's loop where there is one, and on Python's own elsewhere."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from bot import loop


async def kind() -> str:
    return type(asyncio.get_running_loop()).__module__.partition(".")[0]


def test_it_is_the_fast_one_where_that_is_installed() -> None:
    pytest.importorskip("uvloop", reason="there is no uvloop on this system")
    assert loop.run(kind()) == "uvloop"


def test_it_is_pythons_own_where_there_is_no_other() -> None:
    code = (
        "import sys; sys.modules['uvloop'] = None\n"
        "from bot import loop; from tests.bot.test_loop import kind\n"
        "print(loop.run(kind()))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "asyncio"


def test_what_was_left_running_is_ended_with_it() -> None:
    left: list[asyncio.Task[None]] = []

    async def never() -> None:
        await asyncio.Event().wait()

    async def leave() -> None:
        left.append(asyncio.create_task(never()))
        await asyncio.sleep(0)

    loop.run(leave())
    assert left[0].cancelled()
