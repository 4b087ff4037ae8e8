"""The bar of a one-shot is drawn where somebody sees it, and leaves nothing behind."""

from __future__ import annotations

import io

from bot.cli_adapter.progress import Bar
from bot.cli_adapter.render import Renderer
from commands.core.reply import Progress
from tests.bot.cli_adapter.declared import COMMANDS

RENDERER = Renderer(COMMANDS, chat=False)


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_it_is_drawn_over_itself_and_wiped_off() -> None:
    stream = Tty()
    bar = Bar(stream, RENDERER)
    bar.show(Progress(job=1, done=0.5, left=3))
    assert stream.getvalue().startswith("\r████████████░░░░░░░░░░░░   50 %  3 s left")
    bar.clear()
    assert stream.getvalue().endswith(" \r") and "\n" not in stream.getvalue()


def test_it_is_not_drawn_hundreds_of_times_a_second() -> None:
    stream = Tty()
    bar = Bar(stream, RENDERER)
    for percent in range(100):
        bar.show(Progress(job=1, done=percent / 100))
    assert stream.getvalue().count("\r") < 20


def test_nothing_is_drawn_where_nobody_sees_it() -> None:
    for stream, dumb in ((io.StringIO(), False), (Tty(), True)):
        bar = Bar(stream, RENDERER, dumb=dumb)
        bar.show(Progress(job=1, done=0.5))
        bar.clear()
        assert stream.getvalue() == ""
    Bar(None, RENDERER).show(Progress(job=1, done=0.5))
