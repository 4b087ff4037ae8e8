"""The wheel holds everything, and what it installs runs from any folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import wave
import zipfile
from pathlib import Path

import pytest

from tests.house.source import FOLDERS, ROOT

PARTS = ("pyproject.toml", "README.md", "LICENSE", "LICENSES.md", *FOLDERS)
"""What the wheel is built from."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy so that the checkout stays as it is."""
    tree = tmp_path_factory.mktemp("tree")
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / part, tree / part)
    pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(tree / "dist"), str(tree))
    (built,) = (tree / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel in it; what Mynah needs is lent from the one that runs the tests."""
    home = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    folder = home / ("Scripts" if sys.platform == "win32" else "bin")
    paths = sysconfig.get_paths(vars={"base": str(home), "platbase": str(home)})
    pip("--python", str(folder / "python"), "install", "--no-deps", "--no-index", str(wheel))
    (Path(paths["purelib"]) / "lent.pth").write_text(f"{sysconfig.get_paths()['purelib']}\n")
    return folder / "mynah"


def pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_wheel_holds_every_file_of_the_four_folders(wheel: Path) -> None:
    held = {name for name in zipfile.ZipFile(wheel).namelist() if name.split("/")[0] in FOLDERS}
    files = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file())
    there = {path.relative_to(ROOT).as_posix() for path in files if "__pycache__" not in path.parts}
    assert held == there


def test_the_wheel_brings_nothing_but_the_four_folders_and_its_licences(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(FOLDERS)
    licences = {Path(name).name for name in names if ".dist-info/licenses/" in name}
    assert licences == {"LICENSE", "LICENSES.md"}


def test_the_installed_program_tells_its_version(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "--version")
    assert done.stdout.split()[-1] == "0.1.0"


def test_the_installed_program_speaks_in_another_folder(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "speak", "Hello from the wheel.", "--output", "hello.wav", "--json")
    assert json.loads(done.stdout)["seconds"] > 0.5
    with wave.open(str(tmp_path / "hello.wav")) as sound:
        assert sound.getnframes() / sound.getframerate() > 0.5


def test_what_runs_is_the_wheel_and_not_the_checkout(installed: Path, tmp_path: Path) -> None:
    code = "import bot, engine; print(bot.__file__, engine.__file__)"
    done = run(installed.with_name("python"), tmp_path, "-c", code)
    assert str(ROOT) not in done.stdout.replace(str(tmp_path), "")


def run(program: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MYNAH_", "PYTHON"))}
    env["MYNAH_DATA"] = str(folder / "data")
    done = subprocess.run(
        [str(program), *arguments],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done
