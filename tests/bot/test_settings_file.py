"""The config.toml that comes with Mynah says what the settings classes say."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.config import load
from bot.settings import SECTIONS, Settings
from bot.settings_file import settings_file, settings_table

ROOT = Path(__file__).parents[2]


def test_the_committed_file_is_the_generated_one() -> None:
    assert (ROOT / "config.toml").read_text("utf-8") == settings_file(), (
        "config.toml is out of date; run: python -m bot.settings_file > config.toml"
    )


def test_it_has_every_setting_but_the_tokens_with_its_default(tmp_path: Path) -> None:
    tables = tomllib.loads(settings_file())
    for name, kind in SECTIONS.items():
        shown = {key for key, field in kind.model_fields.items() if field.annotation is not SecretStr}
        assert set(tables[name]) == shown
    (tmp_path / "config.toml").write_text(settings_file(), "utf-8")
    assert load(None, {}, tmp_path).settings == Settings()


def test_no_line_is_longer_than_a_screen_is_wide() -> None:
    assert max(map(len, settings_file().splitlines())) <= 120


@pytest.mark.parametrize("section", SECTIONS)
def test_the_table_explains_every_setting(section: str) -> None:
    part = settings_table().partition(f"## `[{section}]`")[2].partition("\n## ")[0]
    rows = [line.strip("|").split(" | ") for line in part.splitlines() if line.startswith("| `")]
    assert len(rows) == len(SECTIONS[section].model_fields)
    assert all(row[3].strip() and row[2].strip() for row in rows)


def test_quota_defaults_are_finite() -> None:
    assert all(amount > 0 for amount in Settings().quota.model_dump().values())
