"""Of a published file the tensors are taken, by the names that speaking needs, and nothing of it is left half done."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")
safetensors = pytest.importorskip("safetensors.torch", reason="safetensors is not installed")


def converted(tmp_path: Path, held: object) -> dict[str, object]:
    from engine.coqui_engine.convert import convert

    torch.save(held, tmp_path / "a.pth")
    convert(tmp_path / "a.pth", tmp_path / "a.safetensors")
    return dict(safetensors.load_file(tmp_path / "a.safetensors"))


def test_the_model_is_taken_and_what_training_left_is_not(tmp_path: Path) -> None:
    one = torch.ones(2)
    model = {"xtts.gpt.a": one, "gpt.b": one, "dvae.c": one, "xtts.dvae.d": one, "step": 7}
    assert set(converted(tmp_path, {"model": model, "config": {"epochs": 1}})) == {"gpt.a", "gpt.b"}


def test_speakers_are_named_by_their_place(tmp_path: Path) -> None:
    held = {"Ada Lovelace": {"gpt_cond_latent": torch.ones(1), "speaker_embedding": torch.ones(1)}}
    assert set(converted(tmp_path, held)) == {"Ada Lovelace/gpt_cond_latent", "Ada Lovelace/speaker_embedding"}


def test_tensors_that_share_their_numbers_come_apart(tmp_path: Path) -> None:
    whole = torch.arange(6.0)
    taken = converted(tmp_path, {"a": whole, "b": whole[2:4], "c": whole.view(2, 3).t()})
    assert torch.equal(taken["b"], whole[2:4])
    assert torch.equal(taken["c"], whole.view(2, 3).t())


@pytest.mark.parametrize("held", [{}, {"model": {"step": 1}}, [1, 2]])
def test_where_there_are_no_tensors_nothing_is_written(tmp_path: Path, held: object) -> None:
    with pytest.raises(ValueError, match="no tensors"):
        converted(tmp_path, held)
    assert [file.name for file in tmp_path.iterdir()] == ["a.pth"]


def test_what_was_begun_is_taken_away_where_it_cannot_be_finished(tmp_path: Path) -> None:
    (tmp_path / "a.safetensors").mkdir()  # nothing can be put there
    with pytest.raises(ValueError, match="nothing can be written beside it"):
        converted(tmp_path, {"a": torch.ones(1)})
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.pth", "a.safetensors"]
