"""`mynah doctor` on the terminal and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli_adapter import doctor
from bot.config import Loaded, load


def loaded(tmp_path: Path, **env: str) -> Loaded:
    return load(None, {"MYNAH_DATA": str(tmp_path / "data"), "MYNAH_ENGINE__NAME": "espeak", **env}, tmp_path)


async def test_a_line_for_each_part_and_the_status_of_the_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await doctor.tell(loaded(tmp_path, MYNAH_FILES__LEAST_FREE_MB="0"), for_program=False) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "ok  settings  There is no config.toml, and none is needed."
    assert "-   telegram  It is not set up; docs/telegram.md tells how." in lines


async def test_what_is_not_well_makes_the_status_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert await doctor.tell(loaded(tmp_path, MYNAH_FILES__LEAST_FREE_MB="9999999"), for_program=True) == 1
    items = json.loads(capsys.readouterr().out)["items"]
    assert [item["part"] for item in items if item["state"] == "bad"] == ["data"]
