"""A voice from recordings of real people, by the real program: without torch, and with nothing downloaded."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.program import ROOT, Program, seconds

SPEECH = ROOT.parent / "shared" / "speech" / "librispeech"
PATIENCE = 240.0
"""Seconds that learning a voice may take on a machine that has much else to do."""


@pytest.fixture
def people() -> Path:
    """The folder of real people."""
    if not SPEECH.exists():
        pytest.skip("shared/speech is not here")
    return SPEECH


@pytest.fixture
def bare(mynah: Program) -> Program:
    """The program with every engine that is installed, where neither torch nor a network can be had."""
    for name in ("torch", "TTS"):
        package = mynah.folder / "without" / name
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(f"raise ImportError('there is no {name} here')\n")
    (mynah.folder / "without" / "sitecustomize.py").write_text(OFFLINE)
    mynah.env["PYTHONPATH"] = os.pathsep.join([str(mynah.folder / "without"), str(ROOT)])
    mynah.env["MYNAH_ENGINE__NAME"] = "auto"
    return mynah


OFFLINE = '''
"""Let nothing reach the network, and have a voice judged by one sentence, for to listen takes its time."""

import socket

from engine.conversion import learning

learning.SENTENCES = learning.SENTENCES[:1]


def refuse(*given: object, **more: object) -> None:
    raise OSError("there is no network here")


socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
'''


def test_torch_cannot_be_imported_and_nothing_can_be_reached(bare: Program) -> None:
    for line in ("import torch", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')"):
        done = subprocess.run([sys.executable, "-c", line], env=bare.env, capture_output=True, text=True, timeout=60)
        assert done.returncode == 1
        assert "there is no" in done.stderr


def test_a_folder_of_recordings_becomes_a_voice_that_speaks(bare: Program, people: Path) -> None:
    (bare.folder / "recordings").mkdir()
    for number in (1, 3, 6):
        file = people / "1998" / f"1998-15444-000{number}.flac"
        shutil.copyfile(file, bare.folder / "recordings" / file.name)
    done = bare("clone", "Ada", "--recording", "recordings", "--consent", "own", timeout=PATIENCE)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "s of speech" in done.stdout
    assert "Ada is ready: a similar voice, not the same." in done.stdout
    said = bare.json("speak", "The lamp is lit, and the boats come in.", "--voice", "Ada", "--output", "ada.wav")
    assert (said["voice"], said["engine"]) == ("Ada", "world")
    assert 1.0 < seconds(bare.folder / "ada.wav") < 6.0
    assert bare.used("clones") == bare.used("voices") == 1
    listed = bare.json("voices", "list", "--kind", "clone")
    assert [voice["name"] for voice in listed["items"]] == ["Ada"]


def test_a_recording_is_examined_for_free_and_what_is_next_is_told(bare: Program, people: Path) -> None:
    file = people / "1688" / "1688-142285-0000.flac"
    told = bare.json("clone", "Ada", str(file))
    assert (told["status"], told["consent"], told["recordings"]) == ("building", None, 1)
    assert told["report"]["speakers"] == 1
    assert Path(told["file"]).read_bytes().startswith(b"\x89PNG")
    done = bare("speak", "Hello.", "--voice", "Ada")
    assert done.returncode == 1
    assert "Ada cannot speak yet" in done.stderr and "mynah consent own --voice Ada" in done.stderr
    done = bare("voices", "build", "Ada")
    assert done.returncode == 1 and "Nobody has agreed to Ada yet" in done.stderr
    assert bare.used("clones") == bare.used("voices") == 0


def test_what_no_voice_can_be_made_of_is_refused_in_words(bare: Program, people: Path) -> None:
    short = bare("clone", "Ada", str(people / "1688" / "1688-142285-0002.flac"), "--consent", "own")
    assert (short.returncode, short.stdout) == (1, "")
    assert "s of speech" in short.stderr
    (bare.folder / "list.wav").write_text("#EXTM3U\n/etc/hostname\n")
    playlist = bare("clone", "Ada", "list.wav", "--consent", "own")
    assert playlist.returncode == 1 and "That is a playlist, not a recording" in playlist.stderr
    assert bare("clone", "Ada", "nothing.wav").returncode == 2
    assert bare.json("voices", "list", "--kind", "clone")["items"] == []
