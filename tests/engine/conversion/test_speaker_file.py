from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import save

from engine.conversion.bases import Base
from engine.conversion.conversion import Conversion
from engine.conversion.features import BINS, COEFFICIENTS
from engine.conversion.speaker_file import FORM, LARGEST, LearnedSpeaker, read, write
from engine.engine import EngineError

Arrays = dict[str, NDArray[np.float32]]


def speaker() -> LearnedSpeaker:
    chance = np.random.default_rng(0)
    return LearnedSpeaker(
        base=Base(engine="flite", speaker="slt"),
        conversion=Conversion(
            centre=chance.normal(size=COEFFICIENTS),
            matrix=chance.normal(size=(COEFFICIENTS, COEFFICIENTS)),
            offset=chance.normal(size=COEFFICIENTS),
            equaliser=chance.normal(size=BINS),
            pitch=(5.1, 0.1),
            own_pitch=(4.8, 0.14),
        ),
        language="en-gb",
        figures={"similarity": 0.71, "rung": "bold"},
    )


def arrays() -> Arrays:
    made = speaker().conversion
    found = {name: getattr(made, name).astype(np.float32) for name in ("centre", "matrix", "offset", "equaliser")}
    return {**found, "pitch": np.array([5.1, 0.1, 4.8, 0.14], np.float32)}


def told() -> dict[str, str]:
    return {"form": FORM, "base": "flite:slt", "language": "en", "figures": "{}"}


def put(file: Path, held: Mapping[str, NDArray[np.float32]], words: dict[str, str]) -> Path:
    file.write_bytes(save(dict(held), metadata=words))
    return file


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "world" / "ada.safetensors"
    write(file, speaker())
    found, wanted = read(file), speaker()
    assert (found.base, found.language, found.figures) == (wanted.base, wanted.language, wanted.figures)
    assert np.allclose(found.conversion.matrix, wanted.conversion.matrix, atol=1e-6)
    assert np.allclose(found.conversion.equaliser, wanted.conversion.equaliser, atol=1e-6)
    assert found.conversion.own_pitch == pytest.approx(wanted.conversion.own_pitch)
    assert [each.name for each in file.parent.iterdir()] == ["ada.safetensors"]
    assert file.stat().st_size < LARGEST / 2


def test_one_that_is_not_there_is_no_speaker(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="no speaker 'ada'"):
        read(tmp_path / "ada.safetensors")


def test_an_honest_file_of_somebody_elses_is_read(tmp_path: Path) -> None:
    assert read(put(tmp_path / "ada.safetensors", arrays(), told())).base.key == "flite:slt"


SPOILT: dict[str, Callable[[Arrays], Arrays]] = {
    "one is missing": lambda held: {name: held[name] for name in held if name != "offset"},
    "one is too many": lambda held: {**held, "more": held["pitch"]},
    "another shape": lambda held: {**held, "matrix": held["matrix"][:, :-1].copy()},
    "another kind": lambda held: {**held, "centre": held["centre"].astype(np.float64)},
    "no number": lambda held: {**held, "equaliser": np.full(BINS, np.nan, np.float32)},
    "without end": lambda held: {**held, "offset": np.full(COEFFICIENTS, np.inf, np.float32)},
    "far too large": lambda held: {**held, "matrix": held["matrix"] * np.float32(1e9)},
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_file_with_wrong_numbers_is_refused(tmp_path: Path, spoil: Callable[[Arrays], Arrays]) -> None:
    with pytest.raises(EngineError, match=r"ada\.safetensors is not right"):
        read(put(tmp_path / "ada.safetensors", spoil(arrays()), told()))


@pytest.mark.parametrize(
    "words",
    [
        {"form": "another"},
        {"figures": "[1]"},
        {"figures": "{"},
        {"figures": json.dumps({"deep": {"er": 1}})},
        {"figures": json.dumps({"long": "x" * 5000})},
        {"base": "x" * 200},
    ],
    ids=str,
)
def test_a_file_with_wrong_words_is_refused(tmp_path: Path, words: dict[str, str]) -> None:
    with pytest.raises(EngineError, match="is not right"):
        read(put(tmp_path / "ada.safetensors", arrays(), told() | words))


def test_what_is_no_such_file_is_refused(tmp_path: Path) -> None:
    file = put(tmp_path / "ada.safetensors", arrays(), told())
    whole = file.read_bytes()
    for hostile in (b"", b"{}", whole[:-1], whole[:100], b"\xff" * 100, (2**63).to_bytes(8, "little") + whole[8:]):
        file.write_bytes(hostile)
        with pytest.raises(EngineError, match="cannot be read"):
            read(file)


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path) -> None:
    file = tmp_path / "ada.safetensors"
    file.write_bytes(b"\0" * (LARGEST + 1))
    with pytest.raises(EngineError, match="are the most"):
        read(file)
