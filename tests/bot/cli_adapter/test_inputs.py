"""What is piped in, and files that are named, are read; or it is said why they cannot be."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from bot.cli_adapter.inputs import MOST, fetch, resolve
from commands.core.errors import UsageError
from commands.core.params import Attachment
from tests.bot.cli_adapter.declared import COMMANDS

SPEAK, CLONE = COMMANDS["speak"], COMMANDS["clone"]


def pipe(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))


def test_a_hyphen_is_what_is_piped_in(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, "\ufeffGrüße.\n".encode())
    assert resolve(SPEAK, {"text": "-", "voice": "-"}, piped=True) == {"text": "Grüße.\n", "voice": "-"}
    assert resolve(SPEAK, {"text": "-"}, piped=False) == {"text": "-"}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1", "utf-8-sig"])
def test_text_is_read_as_it_is_from_a_file(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    pipe(monkeypatch, "Viele Grüße aus Köln.".encode(encoding))
    assert resolve(SPEAK, {"text": "-"}, piped=True)["text"] == "Viele Grüße aus Köln."


@pytest.mark.parametrize("raw", [b"RIFF\x00\x00", b"%PDF-1.7 and so on", bytes(range(128, 256)), b"a\0b\1c\2d"])
def test_what_is_no_text_is_said_to_be_none(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    pipe(monkeypatch, raw)
    with pytest.raises(UsageError, match=r"^What is piped in cannot be read\. .*(text|UTF-8).*\.$"):
        resolve(SPEAK, {"text": "-"}, piped=True)


def test_nothing_that_never_ends_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, "é".encode() * MOST)
    text = resolve(SPEAK, {"text": "-"}, piped=True)["text"]
    assert isinstance(text, str) and MOST // 2 - 1 <= len(text) <= MOST


def test_closed_input_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(UsageError, match="standard input is closed"):
        resolve(SPEAK, {"text": "-"}, piped=True)


async def test_a_path_is_an_attachment(tmp_path: Path) -> None:
    file = tmp_path / "me.wav"
    file.write_bytes(b"sound")
    found = resolve(CLONE, {"recording": str(file)}, piped=True)["recording"]
    assert isinstance(found, Attachment)
    assert (found.name, found.bytes, found.reference) == ("me.wav", 5, str(file))
    await fetch(found, tmp_path / "staged")
    assert (tmp_path / "staged").read_bytes() == b"sound"


def test_a_path_that_is_no_file_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no file"):
        resolve(CLONE, {"recording": str(tmp_path / "gone.wav")}, piped=True)
    with pytest.raises(UsageError, match="is not a file"):
        resolve(CLONE, {"recording": str(tmp_path)}, piped=True)
