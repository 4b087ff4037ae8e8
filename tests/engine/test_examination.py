"""A recording is examined whole, in a process of its own, or refused in a sentence."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from engine.audio import join
from engine.clean import keep
from engine.examination import NotGoodEnough, SpokenByMachine, encoder_of, examine
from engine.identity import weights
from engine.identity.encoder import Encoder
from engine.identity.voice_print import similarity
from engine.identity.weights import WeightsMissing
from engine.intake.reception import receive
from engine.speech import Audio
from tests.engine.speech_sounds import REAL, spoken


def real(person: str, number: int) -> Audio:
    file = REAL / "librispeech" / person
    if not file.exists():
        pytest.skip("shared/speech is not here")
    return receive(sorted(file.glob("*.flac"))[number]).audio


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of weights."""
    return tmp_path_factory.mktemp("models")


def test_all_of_it_is_about_the_person_who_speaks_and_crosses_processes(tmp_path: Path, models: Path) -> None:
    keep(join([real("1998", 0), real("1998", 2)]), tmp_path / "a.wav")
    found = pickle.loads(pickle.dumps(examine(tmp_path / "a.wav", clipped=0.0, title="Ada", models=models)))
    assert found.report.refusal == "" and found.report.speakers == 1
    begin, end = found.report.passage
    assert 0 <= begin < end <= found.report.seconds
    assert found.picture.startswith(b"\x89PNG")
    other = encoder_of(models).print(real("1998", 5))
    assert similarity(found.print, other) > 0.75


def test_what_was_clipped_before_it_was_made_mono_counts(tmp_path: Path, models: Path) -> None:
    keep(real("1998", 0), tmp_path / "a.wav")
    assert examine(tmp_path / "a.wav", clipped=0.01, title="Ada", models=models).report.clipping == 0.01


@pytest.mark.parametrize(
    ("samples", "why"),
    [
        (np.zeros(16_000 * 12, np.float32), "speech|speak|silent"),
        (np.random.default_rng(3).normal(0, 0.1, 16_000 * 12).astype(np.float32), "speech|speak"),
    ],
    ids=["silence", "noise"],
)
def test_what_has_no_speech_is_not_good_enough(tmp_path: Path, models: Path, samples: np.ndarray, why: str) -> None:
    keep(Audio(samples=samples, rate=16_000), tmp_path / "a.wav")
    with pytest.raises(NotGoodEnough, match=why):
        examine(tmp_path / "a.wav", clipped=0.0, title="Ada", models=models)


def test_what_espeak_has_spoken_is_known_for_a_machines(tmp_path: Path, models: Path) -> None:
    keep(join([spoken()] * 4), tmp_path / "a.wav")
    with pytest.raises(SpokenByMachine, match="spoken by a machine"):
        examine(tmp_path / "a.wav", clipped=0.0, title="Ada", models=models)


def test_the_encoder_of_a_process_is_opened_once(models: Path) -> None:
    assert isinstance(encoder_of(models), Encoder)
    assert encoder_of(models) is encoder_of(models)


def test_without_the_weights_it_is_said_what_brings_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "find", lambda: None)
    with pytest.raises(WeightsMissing, match="pip install"):
        encoder_of(tmp_path / "nothing here")
