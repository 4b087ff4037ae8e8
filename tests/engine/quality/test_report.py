from __future__ import annotations

import json
import pickle
from dataclasses import fields, replace

from engine.quality.report import Report, percent

REPORT = Report(
    seconds=28.456789,
    speech_seconds=21.96,
    silence=0.2499,
    snr_db=31.7,
    noise_dbfs=-52.04,
    level_dbfs=-21.2,
    loudness_lufs=-20.4,
    peak_dbfs=-2.2,
    clipping=0.0,
    bandwidth_hz=7_912.4,
    pitch_hz=185.26,
    pitch_spread=3.123,
    speakers=1,
    score=8.4,
    passage=(4.0, 16.12),
    advice=("Speak up.",),
    refusal="",
    version="1",
)


def test_figures_are_all_fields_as_json_can_have_them() -> None:
    figures = REPORT.figures()
    assert list(figures) == [field.name for field in fields(Report)]
    assert json.loads(json.dumps(figures, allow_nan=False)) == figures
    assert figures["passage"] == [4.0, 16.12]
    assert figures["bandwidth_hz"] == 7_912


def test_words_say_the_figures_to_people() -> None:
    assert ", ".join(REPORT.words()) == (
        "21 s of speech, SNR 31 dB, no clipping, 25 % silence, loudness -20 LUFS, sound up to 7.9 kHz, pitch 185 Hz, "
        "one voice"
    )


def test_words_leave_out_what_nobody_found_out() -> None:
    words = replace(REPORT, speakers=0, pitch_hz=0.0, clipping=0.012).words()
    assert words[2:] == ["1.2 % clipped", "25 % silence", "loudness -20 LUFS", "sound up to 7.9 kHz"]
    assert replace(REPORT, speakers=2).words()[-1] == "more than one voice"


def test_shares_are_said_as_exactly_as_they_matter() -> None:
    assert [percent(share) for share in (0.00051, 0.0123, 0.5)] == ["0.05 %", "1.2 %", "50 %"]


def test_it_goes_from_one_process_to_another() -> None:
    assert pickle.loads(pickle.dumps(REPORT)) == REPORT
