"""One command, asked and answered, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from tests.acceptance.program import PROGRAM, Program, seconds

POSIX = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX's")


def test_speak_makes_a_wav_where_it_is_wanted(mynah: Program) -> None:
    done = mynah("speak", "Hello, I am Mynah.", "--voice", "en-gb", "--output", "hello.wav")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Hello, I am Mynah." in done.stdout
    assert "hello.wav" in done.stdout
    assert 0.8 < seconds(mynah.folder / "hello.wav") < 3


def test_speak_answers_programs_with_one_object(mynah: Program) -> None:
    answer = mynah.json("speak", "--text", "Hello.", "--speed", "1.5", "--output", ".")
    assert list(answer)[:2] == ["id", "file"]
    assert {"seconds", "voice", "engine", "cached", "characters"} <= set(answer)
    assert (answer["characters"], answer["engine"], answer["cached"]) == (6, "espeak", False)
    file = Path(answer["file"])
    assert file.parent == mynah.folder
    assert seconds(file) == pytest.approx(answer["seconds"], abs=0.01)


def test_without_output_the_file_stays_where_mynah_keeps_it(mynah: Program) -> None:
    answer = mynah.json("speak", "Hello.")
    assert Path(answer["file"]) == mynah.data / "generations" / f"{answer['id']}.wav"
    assert mynah.files() == [f"{answer['id']}.wav"]


def test_a_page_that_is_piped_in_is_spoken(mynah: Program) -> None:
    done = mynah("speak", "-", "--output", "page.wav", input="First line.\n\nSecond line, Grüße.\n")
    assert done.returncode == 0, done.stderr
    assert seconds(mynah.folder / "page.wav") > 1.5


@POSIX
def test_on_a_terminal_a_one_shot_shows_a_bar_and_ctrl_c_cancels_it(mynah: Program, long_text: str) -> None:
    with mynah.on_terminal("speak", long_text, "--output", "long.wav") as screen:
        screen.until(r"█+░+ +\d+ %  \d+ s left")
        screen.press("c")
        assert screen.status() == 130
    assert screen.text.strip() == "Job 1 is cancelled; nothing was charged."
    assert mynah.used("characters") == 0
    assert not (mynah.folder / "long.wav").exists()


@POSIX
def test_a_text_can_be_typed_in_and_given_up(mynah: Program) -> None:
    with mynah.on_terminal("speak", "-", "--output", "typed.wav") as screen:
        screen.until("Ctrl-D on a line of its own ends it")
        screen.type("Good morning.")
        assert screen.leave() == 0
    assert (mynah.folder / "typed.wav").exists()
    with mynah.on_terminal("speak", "-") as screen:
        screen.until("Ctrl-D on a line of its own ends it")
        time.sleep(0.3)  # nobody is so quick: a signal just before the reading begins is seen with the next key only
        screen.press("c")
        assert screen.status() == 130
    assert "Traceback" not in screen.text
    assert mynah.used("generations") == 1


def test_an_existing_file_is_replaced(mynah: Program) -> None:
    (mynah.folder / "hello.wav").write_bytes(b"old")
    assert mynah("speak", "Hello.", "--output", "hello.wav").returncode == 0
    assert seconds(mynah.folder / "hello.wav") > 0.2
    assert not list(mynah.folder.glob(".*.part"))


def test_lists_are_items_for_programs_and_lines_for_people(mynah: Program) -> None:
    items = mynah.json("voices", "--language", "de")["items"]
    assert "de" in [item["name"] for item in items]
    done = mynah("voices", "--language", "de")
    assert done.returncode == 0
    assert any(line.startswith("de ") for line in done.stdout.splitlines())


def test_what_was_asked_is_among_the_jobs_and_in_the_quota(mynah: Program) -> None:
    assert mynah("speak", "Hello.").returncode == 0
    (job,) = mynah.json("jobs")["items"]
    assert job["state"] == "succeeded"
    assert mynah.used("generations") == 1
    assert mynah.used("characters") == 6
    used = {item["metric"]: item["used"] for item in mynah.json("quota", "show")["items"]}
    assert used["characters"] == 6
    assert "Characters" in mynah("quota", "show").stdout


def test_a_limit_is_set_by_name_and_by_place(mynah: Program) -> None:
    done = mynah("quota", "set", "characters", "1000", "--period", "month")
    assert done.returncode == 0, done.stderr
    assert "1,000" in done.stdout
    assert mynah("quota", "set", "--limit", "5", "generations").returncode == 0


def test_help_tells_what_there_is_without_starting_anything(mynah: Program) -> None:
    done = mynah("--help")
    assert done.returncode == 0
    for word in ("run", "speak", "voices", "jobs", "quota", "forget", "export", "completion"):
        assert f"\n  {word} " in done.stdout
    done = mynah("speak", "--help")
    assert "TEXT, --text" in done.stdout and "--voice VOICE" in done.stdout and "--speed SPEED" in done.stdout
    assert "Alone, 'mynah quota' does what 'mynah quota show' does." in mynah("quota", "--help").stdout
    assert mynah("--version").stdout.startswith("mynah")
    assert not mynah.data.exists()


def test_help_needs_nothing_heavy() -> None:
    heavy = ("numpy", "prompt_toolkit", "pydantic", "discord", "telegram", "apscheduler", "argcomplete")
    code = f"import sys; from bot.__main__ import main; main(); print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([PROGRAM[0], "-c", code, "--help"], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]", done.stdout.splitlines()[-1]


def test_the_shell_can_be_taught_to_complete(mynah: Program) -> None:
    scripts = [mynah("completion", shell).stdout for shell in ("bash", "fish")]
    assert "complete -o nospace" in scripts[0] and "mynah" in scripts[0]
    assert "complete --command mynah" in scripts[1]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("mynah quota s", {"set", "show"}),
        ("mynah speak --vo", {"--voice"}),
        ("mynah quota set characters 5 --period m", {"month"}),
        ("mynah speak --voice en-g", {"en-gb"}),
        ("mynah models ", {"list", "pull", "remove", "check", "--help"}),
        ("mynah models pull xt", {"xtts_v2"}),
        ("mynah models pull xtts_v2 --acc", {"--accept-license"}),
    ],
)
def test_the_shell_completes(voiced: Program, line: str, expected: set[str]) -> None:
    completed = voiced.folder / "completed"
    asked = {
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_SHELL": "bash",
        "_ARGCOMPLETE_STDOUT_FILENAME": str(completed),
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
    }
    subprocess.run(PROGRAM, env={**voiced.env, **asked}, check=False, timeout=20)
    assert expected <= {each.strip() for each in completed.read_text().split("\x0b")}


@pytest.fixture(scope="module")
def voiced(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The program with a data folder in which it has run before."""
    program = Program(tmp_path_factory.mktemp("voiced"))
    assert program("speak", "Hello.").returncode == 0
    return program


def test_settings_come_from_the_file_that_is_named(mynah: Program) -> None:
    (mynah.folder / "mine.toml").write_text('[mynah]\n[speech]\ndefault_voice = "de"\n')
    answer = mynah.json("speak", "Guten Tag.", "--config", "mine.toml")
    assert answer["voice"] == "de"


def test_a_file_of_an_earlier_job_can_be_had_again(mynah: Program) -> None:
    first = mynah.json("speak", "Hello.")
    (job,) = mynah.json("jobs")["items"]
    again = mynah.json("jobs", "show", str(job["id"]))
    assert again["file"] == first["file"]


def test_forgetting_is_asked_first_and_then_leaves_nothing(mynah: Program) -> None:
    assert mynah("speak", "My secret words.").returncode == 0
    asked = mynah("forget")
    assert asked.returncode == 0, asked.stderr
    words = next(line.split("   ")[0].split()[1:] for line in asked.stdout.splitlines() if "  mynah forget" in line)
    done = mynah(*words)
    assert done.returncode == 0, done.stderr
    assert mynah.files() == []
    assert mynah.json("jobs")["items"] == []
    assert b"secret words" not in b"".join(p.read_bytes() for p in mynah.data.rglob("*") if p.is_file())


def test_everything_of_mine_comes_as_an_archive(mynah: Program) -> None:
    assert mynah("speak", "Hello.").returncode == 0
    done = mynah("export", "--output", "mine.zip")
    assert done.returncode == 0, done.stderr
    assert (mynah.folder / "mine.zip").read_bytes().startswith(b"PK")


def test_an_answer_survives_as_json_whatever_is_in_it(mynah: Program) -> None:
    done = mynah("speak", "tab\there \x1b[31mred\x1b[0m", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["characters"] > 0
