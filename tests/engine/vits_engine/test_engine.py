"""VITS as an engine; what every engine promises is held by the contract."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from engine.engine import EngineError, EngineMissing
from engine.speech import Audio, Utterance
from engine.vits_engine import Vits
from engine.vits_engine import engine as module
from engine.vits_engine.engine import MOST_LETTERS
from engine.vits_engine.roster import UNSAID

TEXT = "Hello there, this is a sentence that takes some seconds to say."


def say(engine: Vits, text: str, speaker: str, speed: float = 1.0) -> list[Audio]:
    row = Utterance(text=text, engine="vits", speaker=speaker, speed=speed)
    return [audio for _, audio in engine.synthesize([row], lambda row: False)]


def test_it_is_there_where_a_model_lies(tmp_path: Path) -> None:
    assert not Vits.is_provided(None) and not Vits.is_provided(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "config.json").write_text('{"model": "vits"}', "utf-8")
    (tmp_path / "mine" / "model_file.pth").write_bytes(b"12345")
    assert Vits.is_provided(tmp_path)
    assert Vits.bytes_needed(tmp_path) == len(b"12345")


def test_whom_the_models_have_is_foretold_as_it_will_be(vits: Vits, models: Path) -> None:
    assert Vits.foretell(models) == vits.speakers()
    assert Vits.foretell(None) is None


def test_without_torch_nobody_is_foretold_for_nobody_will_speak(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "NEEDED", ("nothing_of_that_name",))
    assert Vits.foretell(tmp_path) is None


def test_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "NEEDED", ("nothing_of_that_name",))
    engine = Vits()
    engine.models = tmp_path
    with pytest.raises(EngineMissing, match=r"mynah-bot\[neural\]"):
        engine.open()
    engine.close()


def test_everybody_who_can_speak_is_listed(vits: Vits) -> None:
    speakers = {speaker.key: speaker for speaker in vits.speakers()}
    assert set(speakers) == {"de-tiny", "fr-tiny", *(f"en-vctk-tiny-{each}" for each in ("p225", "p226", "ED"))}
    assert (speakers["de-tiny"].language, speakers["fr-tiny"].language) == ("de", "fr")
    ada = speakers["en-vctk-tiny-p225"]
    assert (ada.sex, ada.language, ada.also, ada.licence) == ("female", "en", ("en-gb",), UNSAID)
    assert "English accent" in ada.notes
    assert speakers["en-vctk-tiny-ED"].sex == "" and [*speakers][-2:] == ["en-vctk-tiny-ED", "fr-tiny"]
    assert vits.abilities().licence == f"MPL-2.0 AND {UNSAID}"
    assert {"de", "fr", "en-gb", "en"} <= vits.abilities().languages


def test_words_are_told_where_they_are_said(vits: Vits) -> None:
    chunks = say(vits, TEXT, "fr-tiny")
    told = [timing for chunk in chunks for timing in chunk.timings]
    assert [timing.text for timing in told if timing.kind == "word"] == [each.strip(",.") for each in TEXT.split()]
    total = round(1000 * sum(chunk.seconds for chunk in chunks))
    assert told[0].kind == "sentence" and told[0].end_ms == pytest.approx(total, abs=1)


def test_phonemes_are_told_as_words_of_the_text(vits: Vits) -> None:
    told = [timing for chunk in say(vits, "Guten Morgen, Herr Wärter!", "de-tiny") for timing in chunk.timings]
    assert [timing.text for timing in told if timing.kind == "word"] == ["Guten", "Morgen", "Herr", "Wärter"]


def test_figures_are_read_out_where_a_model_has_no_signs_for_them(vits: Vits) -> None:
    told = [timing for chunk in say(vits, "7 bateaux", "fr-tiny") for timing in chunk.timings]
    assert [timing.text for timing in told] == ["7 bateaux", "7", "bateaux"]
    seven, boats = told[1:]
    assert 0.3 < (seven.end_ms - seven.start_ms) / (boats.end_ms - boats.start_ms) < 2


def test_what_is_too_long_for_the_network_is_said_in_parts(vits: Vits) -> None:
    text = " ".join([TEXT] * (2 * MOST_LETTERS // len(TEXT)))
    chunks = say(vits, text, "fr-tiny")
    told = [timing for chunk in chunks for timing in chunk.timings]
    sentences = [timing for timing in told if timing.kind == "sentence"]
    assert len(sentences) > 1 and all(timing.text in text for timing in sentences)
    assert [timing.start_ms for timing in told] == sorted(timing.start_ms for timing in told)
    assert sum(timing.kind == "word" for timing in told) == len(text.split())


def test_rows_of_a_batch_are_said_as_they_are_alone(vits: Vits) -> None:
    rows = [
        Utterance(text=text, engine="vits", speaker=speaker)
        for text, speaker in (("One.", "de-tiny"), (TEXT, "en-vctk-tiny-p226"), ("Two words", "fr-tiny"))
    ]
    together: dict[int, list[Audio]] = {}
    for row, audio in vits.synthesize(rows, lambda row: False):
        together.setdefault(row, []).append(audio)
    for row, utterance in enumerate(rows):
        alone = np.concatenate([audio.samples for audio in say(vits, utterance.text, utterance.speaker)])
        assert np.array_equal(np.concatenate([audio.samples for audio in together[row]]), alone)


def test_one_row_is_stopped_and_the_others_are_said(vits: Vits) -> None:
    rows = [Utterance(text=TEXT, engine="vits", speaker="fr-tiny") for _ in range(3)]
    heard = [0, 0, 0]

    def stopped(row: int) -> bool:
        return row == 1 and heard[1] > 0

    for row, _ in vits.synthesize(rows, stopped):
        heard[row] += 1
    assert heard[1] == 1 < heard[0] == heard[2]


def test_a_row_that_cannot_be_said_does_not_trouble_the_others(vits: Vits) -> None:
    rows = [Utterance(text=text, engine="vits", speaker="fr-tiny") for text in ("\u0645\u0631", TEXT)]
    said = []
    with pytest.raises(EngineError, match="nothing that fr-tiny can say"):
        for row, _ in vits.synthesize(rows, lambda row: False):
            said.append(row)
    assert set(said) == {1}


def test_models_that_are_silent_make_room(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_LOADED", 2)
    engine = Vits()
    engine.models = models
    engine.open()
    held, version = engine.bytes_held(), engine.abilities().version
    assert held > 0
    before = say(engine, "Hello.", "en-vctk-tiny-p225")
    say(engine, "Hello.", "fr-tiny"), say(engine, "Hello.", "de-tiny")
    assert held < engine.bytes_held() < 3.5 * held
    assert engine.abilities().version == version
    assert engine.make_room() and not engine.make_room()
    after = say(engine, "Hello.", "en-vctk-tiny-p225")
    assert np.array_equal(before[0].samples, after[0].samples)
    engine.close()
    assert engine.bytes_held() == 0


def test_a_model_that_is_wrong_is_left_out_and_said(models: Path, tmp_path: Path, caplog: object) -> None:
    assert isinstance(caplog, pytest.LogCaptureFixture)
    shutil.copytree(models / "fr-tiny", tmp_path / "good")
    shutil.copytree(models / "fr-tiny", tmp_path / "bad", ignore=shutil.ignore_patterns("*.safetensors"))
    (tmp_path / "bad" / "model_file.pth").write_bytes(b"nothing")
    engine = Vits()
    engine.models = tmp_path
    engine.open()
    assert [speaker.key for speaker in engine.speakers()] == ["good"]
    assert "bad" in caplog.text
    engine.close()


def test_where_no_model_is_any_good_the_reason_is_said(models: Path, tmp_path: Path) -> None:
    shutil.copytree(models / "fr-tiny", tmp_path / "bad", ignore=shutil.ignore_patterns("*.safetensors"))
    (tmp_path / "bad" / "model_file.pth").write_bytes(b"nothing")
    engine = Vits()
    engine.models = tmp_path
    with pytest.raises(EngineMissing, match="cannot be read safely"):
        engine.open()
    engine.close()
