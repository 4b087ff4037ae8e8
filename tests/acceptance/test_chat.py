"""The chat, on a terminal that is read like a screen."""

from __future__ import annotations

import os
import re
import signal
import stat
from pathlib import Path

import pytest

from tests.acceptance.program import Program

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX's")


def test_a_line_is_spoken_and_so_is_what_follows_speak(mynah: Program) -> None:
    with mynah.chat() as screen:
        screen.type("/speak Hello, I am Mynah.")
        shown = screen.until(r'"Hello, I am Mynah\." · \d\.\d s · .+\n\s+(\S+\.wav)')
        assert (mynah.folder / shown[1]).stat().st_size > 10_000
        screen.type("Good morning.")
        screen.until(r'"Good morning\." · \d\.\d s')
        screen.type("/speak --voice de --speed 1.2 Guten Tag.")
        screen.until(r'"Guten Tag\." · \d\.\d s · German')
        screen.type("/quit")
        assert screen.status() == 0
    assert mynah.used("generations") == 3


def test_a_long_text_has_a_moving_bar_while_more_can_be_typed(mynah: Program, long_text: str) -> None:
    with mynah.chat() as screen:
        screen.paste(f"/speak {long_text}")
        seen = {screen.until(r"█+░* +(\d+) %  \d+ s left")[1]}
        screen.type("/quota show")
        screen.until("Characters")
        while len(seen) < 4:
            seen.add(screen.until(r"[█░]+ +(\d+) %")[1])
        screen.until(r"This is sentence number 0.* · \d+ min")
        assert screen.leave() == 0


def test_ctrl_c_cancels_the_job_under_way(mynah: Program, long_text: str) -> None:
    with mynah.chat() as screen:
        screen.press("c")
        screen.until(r"Nothing is under way\. Ctrl-D or /quit leaves\.")
        screen.paste(f"/speak {long_text}")
        screen.until(r"█")
        screen.press("c")
        screen.until(r"is cancelled; nothing was charged")
        screen.until(lambda text: "█" not in text.splitlines()[-1])
        assert screen.leave() == 0
    assert mynah.used("characters") == 0
    assert mynah.files() == []


def test_a_voice_is_chosen_and_stays_chosen(mynah: Program) -> None:
    with mynah.chat() as screen:
        screen.type("/voices default de")
        screen.until(r"speaks for you")
        screen.type("/quit")
        screen.status()
    assert mynah.json("speak", "Guten Tag.")["voice"] == "de"


def test_help_quota_and_mistakes_are_answered(mynah: Program) -> None:
    with mynah.chat() as screen:
        screen.type("/help")
        screen.until("/speak")
        screen.type("/quota show")
        screen.until("No limit holds for you here")
        screen.type("/speek Hello")
        screen.until(re.escape("There is no command /speek. Did you mean /speak?"))
        screen.type("/speak --voice en-bg Hello")
        screen.until("en-gb")
        screen.type("/speak speed=0 Hello")
        screen.until(r"speed goes from")
        screen.type("/speak 🎉")
        screen.until("nothing in that to read")
        screen.type("/speak --voice \x16\x1b]0;owned\x16\x07 Hello")
        screen.until("There is no voice")
        assert screen.leave() == 0
    assert b"\x1b]0;owned" not in screen.raw, "what was typed has reached the terminal itself"
    assert mynah.used("generations") == 0


def test_what_is_typed_is_completed_and_remembered_for_its_owner_only(mynah: Program) -> None:
    with mynah.chat() as screen:
        screen.keys("/quota s")
        screen.until(r"/quota show")
        screen.keys("\x15/speak --voice en-g")
        screen.until("en-gb-scotland")
        screen.keys("\t")
        screen.until("> /speak --voice en-gb")
        screen.keys("\x15/voices show de\r")
        screen.until("de: German")
        assert screen.leave() == 0
    assert stat.S_IMODE((mynah.data / "history").stat().st_mode) == 0o600
    with mynah.chat() as screen:
        screen.keys("\x1b[A")
        screen.until(r"> /voices show de")


def test_what_is_made_is_played_where_a_player_is(mynah: Program) -> None:
    player = mynah.folder / "aplay"
    player.write_text(f'#!/bin/sh\necho "$2" >> "{mynah.folder}/played"\n')
    player.chmod(0o755)
    with mynah.chat() as screen:
        screen.type("Hello.")
        screen.until(r'"Hello\."')
        screen.until(lambda _: (mynah.folder / "played").exists())
        assert screen.leave() == 0
    assert Path((mynah.folder / "played").read_text().strip()).parent == mynah.data / "generations"


def test_a_player_can_be_left_out_and_the_log_goes_to_a_file(mynah: Program) -> None:
    player = mynah.folder / "aplay"
    player.write_text(f'#!/bin/sh\necho "$2" >> "{mynah.folder}/played"\n')
    player.chmod(0o755)
    with mynah.chat(MYNAH_TERMINAL__PLAY="no", MYNAH_MYNAH__LOG_LEVEL="debug") as screen:
        screen.type("Hello.")
        screen.until(r'"Hello\."')
        assert screen.leave() == 0
    assert not (mynah.folder / "played").exists()
    assert (mynah.data / "mynah.log").stat().st_size > 0
    assert "DEBUG" not in screen.text


def test_a_dumb_terminal_will_do(mynah: Program) -> None:
    with mynah.chat(TERM="dumb") as screen:
        screen.type("/speak Hello, I am Mynah.")
        screen.until(r'"Hello, I am Mynah\." · \d\.\d s .*\n.*wav\n>')
        screen.press("c")
        screen.until(r"Nothing is under way.*\n>")
        screen.type("/quit")
        assert screen.status() == 0
    assert b"\x1b" not in screen.raw


def test_what_a_killed_chat_was_saying_is_answered_by_the_next(mynah: Program, long_text: str) -> None:
    with mynah.chat() as screen:
        screen.paste(f"/speak {long_text}")
        screen.until("█")
        screen.kill(signal.SIGKILL)
        screen.status()
    with mynah.chat() as screen:
        screen.until(r'"This is sentence number 0')
        assert screen.leave() == 0
    assert mynah.used("generations") == 1


def test_a_chat_that_is_told_to_stop_ends_well(mynah: Program) -> None:
    with mynah.chat() as screen:
        screen.kill(signal.SIGTERM)
        assert screen.status() == 0


def test_what_is_left_undone_is_said_on_leaving(mynah: Program, long_text: str) -> None:
    with mynah.chat(MYNAH_JOBS__DRAIN_SECONDS="0") as screen:
        screen.paste(f"/speak {long_text}")
        screen.until("█")
        screen.type("/quit")
        screen.until("goes on when Mynah runs again")
        assert screen.status() == 0
