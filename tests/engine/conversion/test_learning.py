from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.conversion import learning
from engine.conversion.conversion import Conversion
from engine.conversion.fitting import LADDER
from engine.conversion.learning import VERSION, keep, learn
from engine.conversion.pairs import words_of
from engine.conversion.speaker_file import read
from engine.conversion.understanding import SENTENCES
from engine.engine import EngineError
from engine.identity.weights import WeightsMissing
from engine.speech import Audio, Reference
from tests.engine.speech_sounds import spoken

TEXT = "Nobody has ever asked the old man why he counts the boats, and so they wait in the harbour until the evening."
GERMAN = "Guten Morgen. Heute ist ein sch\u00f6ner Tag, und wir gehen zusammen an den Fluss, wo die Boote liegen."


def test_english_is_learned_by_what_is_understood(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.conversion.learning.SENTENCES", SENTENCES[:1])  # each takes its time
    told: list[float] = []
    reference = Reference(passages=(spoken(TEXT, "en-us+annie"),), transcript=TEXT, name="Ada")
    learned = learn(told.append, reference, models)
    figures = learned.figures
    assert float(figures["similarity"]) > float(figures["similarity_before"])
    assert figures["rung"] in [rung.name for rung in LADDER]
    within = float(figures["word_errors"]) <= float(figures["word_errors_base"]) + learning.WORSE + 1e-3
    assert within or told[-1] > 0.8, "it stopped before it had tried all"
    assert figures["words"] == len(words_of(SENTENCES[0]))
    assert figures["version"] == VERSION and 3 < float(figures["seconds"]) < 8
    assert told == sorted(told) and told[-1] <= 1
    assert isinstance(learned.conversion, Conversion) and np.isfinite(learned.conversion.matrix).all()


def test_another_language_is_learned_without_counting_words(models: Path, tmp_path: Path) -> None:
    reference = Reference(passages=(spoken(GERMAN, "de+annie"),), transcript=GERMAN, language="de", name="Frieda")
    enrolled = keep(lambda share: None, reference, tmp_path / "key-1.safetensors", models)
    assert (enrolled.speaker.key, enrolled.speaker.name, enrolled.speaker.language) == ("key-1", "Frieda", "de")
    assert "word_errors" not in enrolled.figures
    assert float(enrolled.figures["similarity"]) > float(enrolled.figures["similarity_before"])
    kept = read(tmp_path / "key-1.safetensors")
    assert kept.figures == enrolled.figures and kept.base.speaker.startswith("de")


def test_too_little_speech_is_refused_in_words(models: Path, tmp_path: Path) -> None:
    short = Reference(passages=(spoken("Guten Morgen.", "de"),), language="de")
    with pytest.raises(EngineError, match="3 s are the least"):
        keep(lambda share: None, short, tmp_path / "key.safetensors", models)
    assert list(tmp_path.iterdir()) == []


def test_without_the_encoders_weights_it_says_how_they_come_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.identity.weights.find", lambda: None)
    silence = Audio(samples=np.zeros(16_000, np.float32), rate=16_000)
    with pytest.raises(WeightsMissing, match="pip install --no-deps resemblyzer"):
        learn(lambda share: None, Reference(passages=(silence,)), tmp_path / "none")
