"""Learned speakers are kept on disk, the latest in memory, and never taken for what they are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.engine import EngineError
from tests.engine.coqui_engine import tiny


@pytest.fixture
def voice() -> object:
    if reason := tiny.why_not():
        pytest.skip(reason)
    import torch

    from engine.coqui_engine.model import Voice

    return Voice(latents=torch.ones(1, 32, 8), embedding=torch.ones(1, 4, 1))


def test_a_speaker_comes_back_as_it_was_put(tmp_path: Path, voice: object) -> None:
    import torch

    from engine.coqui_engine.model import Voice
    from engine.coqui_engine.speakers import Learned, Speakers

    assert isinstance(voice, Voice)
    made = []

    def make(latents: torch.Tensor, embedding: torch.Tensor) -> Voice:
        made.append(latents)
        return Voice(latents=latents, embedding=embedding)

    speakers = Speakers(tmp_path / "speakers", make)
    speakers.put("ada", Learned(voice=voice, language="de"))
    assert torch.equal(speakers.get("ada").voice.latents, voice.latents) and not made, "it is in memory already"
    anew = Speakers(tmp_path / "speakers", make)
    for _ in range(3):
        held = anew.get("ada")
        assert torch.equal(held.voice.latents, voice.latents) and held.language == "de"
    assert len(made) == 1
    assert [file.name for file in (tmp_path / "speakers").iterdir()] == ["ada.safetensors"]


def test_one_that_was_replaced_or_removed_is_not_remembered(tmp_path: Path, voice: object) -> None:
    from engine.coqui_engine.model import Voice
    from engine.coqui_engine.speakers import Learned, Speakers

    assert isinstance(voice, Voice)
    speakers = Speakers(tmp_path, lambda latents, embedding: Voice(latents=latents, embedding=embedding))
    speakers.put("ada", Learned(voice=voice))
    assert speakers.get("ada").voice.latents.max() == 1
    twice = Voice(latents=voice.latents * 2, embedding=voice.embedding)
    Speakers(tmp_path, speakers._make).put("ada", Learned(voice=twice))  # as another process would
    assert speakers.get("ada").voice.latents.max() == 2
    (tmp_path / "ada.safetensors").unlink()
    with pytest.raises(EngineError, match="no speaker 'ada'"):
        speakers.get("ada")


@pytest.mark.parametrize("content", [b"", b"garbage" * 100, b"\xff" * 8])
def test_a_file_that_holds_no_speaker_is_refused(tmp_path: Path, voice: object, content: bytes) -> None:
    from engine.coqui_engine.model import Voice
    from engine.coqui_engine.speakers import Speakers

    (tmp_path / "bad.safetensors").write_bytes(content)
    speakers = Speakers(tmp_path, lambda latents, embedding: Voice(latents=latents, embedding=embedding))
    with pytest.raises(EngineError, match="no speaker of this model"):
        speakers.get("bad")


def test_without_a_folder_nothing_is_kept(voice: object) -> None:
    from engine.coqui_engine.model import Voice
    from engine.coqui_engine.speakers import Learned, Speakers

    assert isinstance(voice, Voice)
    with pytest.raises(EngineError):
        Speakers(None, lambda latents, embedding: Voice(latents=latents, embedding=embedding)).put(
            "ada", Learned(voice=voice)
        )
