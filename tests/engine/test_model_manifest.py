"""What was noted of a model is read again as it was, and one that cannot be read is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.model_manifest import MANIFEST, BadManifest, InstalledFile, Manifest, read_manifest

NOTED = Manifest(
    name="xtts_v2",
    source="https://huggingface.co/coqui/XTTS-v2/resolve/main/model.pth",
    files={"model.pth": InstalledFile(bytes=3, sha256="12")},
    licence="LicenseRef-CPML",
    accepted="2026-11-27T03:00:00Z",
    at="2026-11-27T03:00:01Z",
)


@pytest.mark.parametrize("accepted", [NOTED.accepted, ""])
def test_it_comes_back_as_it_was(tmp_path: Path, accepted: str) -> None:
    noted = replace(NOTED, accepted=accepted)
    (tmp_path / MANIFEST).write_text(noted.text(), encoding="utf-8")
    assert read_manifest(tmp_path) == noted


def test_a_folder_of_one_s_own_has_none(tmp_path: Path) -> None:
    assert read_manifest(tmp_path) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", NOTED.text().replace('"files"', '"file"'), " " * 2_000_000, '"a"'])
def test_one_that_cannot_be_read_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text, encoding="utf-8")
    with pytest.raises(BadManifest, match=r"installed\.json cannot be read"):
        read_manifest(tmp_path)
