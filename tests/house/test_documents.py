"""What the pages say is true: their commands run, their links lead somewhere, what is generated has not drifted."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from docs.generate import documents
from tests.acceptance.program import Program
from tests.house.pages import PAGES, Step, alike, anchors, blocks, links, rows, steps
from tests.house.source import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-neural.lock")
PIN = re.compile(r"^([\w.-]+)==(\S+)(?: ; (.+?))? \\$", re.MULTILINE)


@pytest.mark.parametrize("place", ["config.toml", "docs/commands.md", "docs/models.md", "docs/settings.md"])
def test_what_is_written_from_declarations_has_not_drifted(place: str) -> None:
    written = documents()
    assert place in written
    assert (ROOT / place).read_text(encoding="utf-8") == written[place], (
        f"{place} is not what the declarations say; `make docs` writes it anew"
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    lost = [link for link in links(page) if not is_there(page, link)]
    assert not lost


def is_there(page: Path, link: str) -> bool:
    if re.match(r"https://[\w.-]+(/|$)", link):
        return True  # the tests ask no network
    place, _, anchor = link.partition("#")
    target = page.parent / place if place else page
    return target.exists() and (not anchor or anchor in anchors(target))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_make_target_and_file_that_a_page_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    recipes = {block.title for block in blocks(page)}
    unknown = set(re.findall(r"`make ([a-z]+)", text)) - targets
    files = set(re.findall(r"`((?:bot|commands|engine|storage|tests|docs|bench)/[\w/]+\.(?:py|md))`", text))
    assert not unknown
    assert not [file for file in files - recipes if not (ROOT / file).exists()]


def console_steps() -> Iterator[Step]:
    for block in blocks(ROOT / "README.md"):
        if block.language == "console":
            yield from steps(block)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
def test_the_commands_of_the_readme_print_what_it_says(tmp_path: Path) -> None:
    program = tmp_path / "mynah"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bot "$@"\n')
    program.chmod(0o755)
    (tmp_path / "page.txt").write_text("It was a bright cold day.\n")
    env = {**Program(tmp_path).env, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "TMPDIR": str(tmp_path)}
    ran = [step for step in console_steps() if not step.command.startswith(("git ", "make ", "sudo "))]
    for step in ran:
        done = subprocess.run(
            ["sh", "-c", step.command],
            cwd=tmp_path,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        printed = done.stdout + done.stderr
        assert done.returncode == 0, f"$ {step.command}\n{printed}"
        assert alike(step.prints, printed), f"$ {step.command}\nthe page says:\n{step.prints}\nit printed:\n{printed}"
    assert len(ran) >= 5
    told = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    there = {path.name.partition("-")[0] for path in (tmp_path / "data").iterdir()}
    assert not [name for name in there if f"`{name}" not in told], "data/README.md does not tell of them"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX terminal")
def test_the_chat_of_the_readme_goes_as_it_says(tmp_path: Path) -> None:
    (chat,) = (block for block in blocks(ROOT / "README.md") if block.title == "chat")
    lines = chat.text.splitlines()
    with Program(tmp_path).chat() as screen:
        for end, line in enumerate(lines):
            if line.startswith("> "):
                screen.until(shows(*lines[:end], ">"))
                screen.type(line.removeprefix("> "))
        screen.until(shows(*lines, ">"))


def shows(*lines: str) -> Callable[[str], bool]:
    """Tell of a screen whether these lines stand at its top; the help at its bottom may be what it likes."""
    return lambda text: alike(lines, text.partition("\n\n\n")[0])


def test_the_readme_starts_with_the_two_commands_and_names_the_tests() -> None:
    commands = [step.command for step in console_steps()]
    assert commands[0].startswith("git clone ")
    assert "make run" in commands
    assert "make test" in commands


def test_the_changelog_knows_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## \[([^\]]+)\]", text, re.MULTILINE)
    assert versions[0] == "Unreleased" or versions[0] == PROJECT["project"]["version"]
    kinds = set(re.findall(r"^### (\w+)", text, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def pins(lock: str) -> dict[str, list[str]]:
    """Every package of a lock file, with its versions (one for each kind of machine)."""
    found: dict[str, list[str]] = {}
    for name, version, _ in PIN.findall((ROOT / lock).read_text(encoding="utf-8")):
        found.setdefault(canonicalize_name(name), []).append(version)
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_gives_every_package_a_hash_and_names_no_machine(lock: str) -> None:
    entries = re.split(r"\n(?=[\w.-]+==)", (ROOT / lock).read_text(encoding="utf-8"))[1:]
    assert entries
    assert not [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry]
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.findall(r"://|^-|^/| @ |--index|--find-links", text, re.MULTILINE)


def test_the_lock_files_hold_what_the_project_asks_for() -> None:
    base = PROJECT["project"]["dependencies"] + PROJECT["build-system"]["requires"]
    development, neural = (base + PROJECT["project"]["optional-dependencies"][extra] for extra in ("dev", "neural"))
    for lock, wanted in zip(LOCKS, (base, development, neural), strict=True):
        locked = pins(lock)
        for requirement in map(Requirement, wanted):
            versions = locked.get(canonicalize_name(requirement.name), [])
            assert versions, f"{lock} lacks {requirement}; `make lock` renews it"
            assert all(v in requirement.specifier for v in versions), f"{lock} has {requirement.name} {versions}"


@pytest.mark.parametrize("lock", LOCKS[1:])
def test_a_lock_for_more_has_the_versions_of_the_base(lock: str) -> None:
    base, more = pins(LOCKS[0]), pins(lock)
    assert {name: more.get(name) for name in base} == base


def test_the_licences_of_all_parts_are_told() -> None:
    told = {row[0]: row[1] for row in rows(ROOT / "LICENSES.md", "package")}
    assert set(told) == set(pins("requirements.lock"))
    wrong = {name: (licence, said) for name, licence in told.items() if not agrees(licence, said := licence_of(name))}
    assert not wrong


def agrees(licence: str, said: set[str]) -> bool:
    """Whether a licence is one of those that the package names itself; where it names none, ours stands."""
    return not said or licence in said or (BSD in said and licence.startswith("BSD-"))


BSD = "BSD License"
"""What a package says that does not tell which of them."""
SPDX = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
}


def licence_of(name: str) -> set[str]:
    """What an installed package says of its licence; nothing where it is not for this machine, or does not say."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return set()
    names = said.get_all("License-Expression") or []
    names += [c.split(" :: ")[-1] for c in said.get_all("Classifier") or [] if c.startswith("License ::")]
    if not names:
        names = [text for text in said.get_all("License") or [] if len(text) < 40]
    return {SPDX.get(n, n) for n in names}


def test_nothing_says_what_only_a_program_would() -> None:
    """The pages are for people who have never seen how this was made."""
    words = re.compile(r"\b(TODO|TBD|FIXME|lorem ipsum)\b|\bissue #?\d", re.IGNORECASE)
    found = [f"{page.name}: {match[0]}" for page in PAGES for match in words.finditer(page.read_text(encoding="utf-8"))]
    assert not found


def test_this_page_reader_tells_likeness_from_difference() -> None:
    assert alike(("Said in 1.5 s: a.wav",), "Said in 12.25 s: a.wav\n")
    assert alike(("one", "…", "last"), "one\ntwo\nthree\nlast")
    assert not alike(("Said in 1.5 s: a.wav",), "Said in 1.5 s: b.wav")
    assert not alike(("one",), "one\ntwo")


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_the_makefile_tells_what_it_can_do() -> None:
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = {"run", "test", "lint", "types", "bench", "docs", "faults", "wheel", "lock"}
    assert targets <= set(re.findall(r"^make ([a-z]+)", told, re.MULTILINE))
