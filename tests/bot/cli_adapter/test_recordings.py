"""Files and folders on the command line become what a voice is made from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.cli_adapter.recordings import LONGEST, found_in, joined
from commands.core.errors import UsageError
from engine.clean import keep, read
from engine.speech import Audio


def tone(path: Path, seconds: float, rate: int = 16_000, level: float = 0.5) -> Path:
    at = np.arange(round(seconds * rate)) / rate
    keep(Audio(samples=(level * np.sin(2 * np.pi * 220 * at)).astype(np.float32), rate=rate), path)
    return path


def test_a_folder_stands_for_the_recordings_in_it_by_name(tmp_path: Path) -> None:
    for name in ("b.wav", "a.FLAC", ".hidden.wav", "notes.txt", "c.mp3.part"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "deeper.wav").mkdir()
    assert [each.name for each in found_in([str(tmp_path)])] == ["a.FLAC", "b.wav"]


def test_files_and_folders_are_taken_in_the_order_in_which_they_were_named_each_once(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"x")
    odd = tmp_path / "odd.recording"
    odd.write_bytes(b"x")
    found = found_in([str(odd), str(tmp_path), str(tmp_path / "a.wav")])
    assert found == [odd, tmp_path / "a.wav"]


def test_a_folder_without_a_recording_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing here")
    with pytest.raises(UsageError, match="no recording in"):
        found_in([str(tmp_path)])


def test_many_recordings_become_one_at_the_rate_of_the_first(tmp_path: Path) -> None:
    files = [tone(tmp_path / "a.wav", 1.0, 16_000), tone(tmp_path / "b.wav", 0.5, 48_000)]
    assert joined(files, tmp_path / "whole.wav") == 2
    whole = read(tmp_path / "whole.wav")
    assert whole.rate == 16_000
    assert whole.seconds == pytest.approx(1.5, abs=0.001)
    assert np.abs(np.diff(whole.samples)).max() < 0.06, "nothing clicks where they meet"


def test_what_has_no_room_any_more_is_left_out(tmp_path: Path) -> None:
    files = [tone(tmp_path / f"{number}.wav", LONGEST / 2 - 1, 8_000) for number in range(3)]
    assert joined(files, tmp_path / "whole.wav") == 2


def test_one_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    bad = tmp_path / "bad.wav"
    bad.write_text("no sound at all")
    with pytest.raises(UsageError, match=r"^bad\.wav: That is a text, not a recording"):
        joined([tone(tmp_path / "a.wav", 1.0), bad], tmp_path / "whole.wav")
    with pytest.raises(UsageError, match=r"^gone\.wav cannot be read"):
        joined([tmp_path / "gone.wav"], tmp_path / "whole.wav")
