"""The terminal as an adapter: a file goes to its place, an answer onto the screen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.adapter import Undeliverable
from bot.cli_adapter.terminal import Terminal
from commands.core.command import commands
from commands.core.reply import FileRef, Json, Reply

WAV = FileRef(id=1, name="hello.wav", path="generations/1.wav", format="wav", bytes=5, seconds=1.0)
REPLY = Reply(text="Done.", files=(WAV,))


class Wall:
    """A screen that keeps what is shown."""

    def __init__(self) -> None:
        self.shown: list[tuple[Reply, Sequence[Path]]] = []

    def answer(self, reply: Reply, paths: Sequence[Path]) -> None:
        self.shown.append((reply, paths))


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def terminal(data: Path, wall: Wall) -> Terminal:
    (data / "generations").mkdir()
    (data / "generations" / "1.wav").write_bytes(b"sound")
    return Terminal(data, wall)


async def test_without_a_path_the_answer_shows_where_mynah_keeps_the_file(
    terminal: Terminal, wall: Wall, data: Path
) -> None:
    kept = data / "generations" / "1.wav"
    assert await terminal.deliver(1, {}, REPLY) == str(kept)
    assert wall.shown == [(REPLY, [kept])]


async def test_with_a_path_the_file_is_there_when_the_answer_is_shown(
    terminal: Terminal, wall: Wall, tmp_path: Path
) -> None:
    wanted = tmp_path / "mine.wav"
    assert await terminal.deliver(1, {"output": str(wanted)}, REPLY) == str(wanted)
    assert wanted.read_bytes() == b"sound"
    assert wall.shown == [(REPLY, [wanted])]


BESIDE = tuple(
    FileRef(id=id, name=f"hello.{end}", path=f"generations/1.{end}", format=end, bytes=5)
    for id, end in ((2, "json"), (3, "srt"), (4, "vtt"))
)
TIMED = Reply(text="Done.", files=(WAV, *BESIDE))


@pytest.fixture
def timed(data: Path, terminal: Terminal) -> Reply:
    """An answer with what is said when, as it is kept."""
    for file in BESIDE:
        (data / file.path).write_bytes(file.format.encode())
    return TIMED


async def test_what_goes_with_the_sound_is_put_beside_it_under_its_name(
    terminal: Terminal, wall: Wall, tmp_path: Path, timed: Reply
) -> None:
    wanted = tmp_path / "mine.wav"
    assert await terminal.deliver(1, {"output": str(wanted)}, timed) == str(wanted)
    placed = [tmp_path / f"mine.{end}" for end in ("wav", "json", "srt", "vtt")]
    assert wall.shown == [(timed, placed)]
    assert [path.read_bytes() for path in placed] == [b"sound", b"json", b"srt", b"vtt"]


async def test_in_a_folder_nothing_of_somebody_elses_is_written_over(
    terminal: Terminal, wall: Wall, tmp_path: Path, timed: Reply
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "hello.srt").write_text("somebody's own")
    address: dict[str, Json] = {"output": str(folder), "folder": True}
    for _ in range(2):  # a delivery may be repeated
        assert await terminal.deliver(1, address, timed) == str(folder / "hello-2.wav")
    assert sorted(path.name for path in folder.iterdir()) == [
        "hello-2.json", "hello-2.srt", "hello-2.vtt", "hello-2.wav", "hello.srt",
    ]  # fmt: skip
    assert (folder / "hello.srt").read_text() == "somebody's own"


async def test_an_answer_without_a_file_needs_no_place(terminal: Terminal, wall: Wall, tmp_path: Path) -> None:
    sorry = Reply(text="That did not work.", error="Failed")
    assert await terminal.deliver(1, {"output": str(tmp_path / "gone" / "a.wav")}, sorry) == ""
    assert wall.shown == [(sorry, [])]


async def test_a_place_that_is_gone_is_said_with_where_the_file_is_kept(
    terminal: Terminal, wall: Wall, tmp_path: Path, data: Path
) -> None:
    with pytest.raises(Undeliverable):
        await terminal.deliver(1, {"output": str(tmp_path / "gone" / "a.wav")}, REPLY)
    ((reply, paths),) = wall.shown
    assert reply.error == "OutputLost" and paths == ()
    assert "its folder is gone" in reply.text
    assert str(data / "generations" / "1.wav") in reply.text


def test_an_address_of_the_terminal_outlives_a_restart_and_may_be_used_twice(terminal: Terminal) -> None:
    assert terminal.durable({}) and terminal.repeatable({}, 9.0) and terminal.repeatable({"output": "/a"}, 9.0)


def test_no_command_has_a_name_that_the_terminal_needs_for_itself() -> None:
    for command in commands().values():
        assert command.path[0] not in ("run", "completion", "quit", "exit")
        assert {p.option for p in command.params}.isdisjoint({"output", "json", "config", "help"}), command.name
