"""Accepted licences and first checksums are kept beside the models, and outlive these."""

from __future__ import annotations

from pathlib import Path

from bot.models.remembered import FILE, Remembered


def test_what_was_noted_is_there_for_the_next_who_asks(tmp_path: Path) -> None:
    first = Remembered(tmp_path / "models")
    assert first.accepted("LicenseRef-CPML") == "" and first.first("https://a") is None
    first.accept("LicenseRef-CPML", "2026-11-27T03:00:00Z")
    first.note("https://a", "12", "2026-11-27T03:00:01Z")
    again = Remembered(tmp_path / "models")
    assert again.accepted("LicenseRef-CPML") == "2026-11-27T03:00:00Z"
    assert again.first("https://a") == ("12", "2026-11-27T03:00:01Z")
    assert again.accepted("MIT") == "" and again.first("https://b") is None


def test_a_damaged_file_is_nothing_remembered(tmp_path: Path) -> None:
    for text in ("{", "[]", '{"licences": 1, "files": {"https://a": 2}}'):
        (tmp_path / FILE).write_text(text)
        remembered = Remembered(tmp_path)
        assert remembered.accepted("LicenseRef-CPML") == "" and remembered.first("https://a") is None
