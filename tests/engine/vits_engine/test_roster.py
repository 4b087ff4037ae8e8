"""Who speaks in the models on disk, told from their folders alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from engine.vits_engine.roster import NOBODY_KNOWS, UNSAID, Place, Roster


def put(models: Path, name: str, speakers: Sequence[str] = (), **config: object) -> None:
    """Put a folder there that has all of a model but its numbers."""
    folder = models / name
    folder.mkdir()
    told = {"model": "vits", "model_args": {"use_speaker_embedding": bool(speakers)}, "speakers": list(speakers)}
    (folder / "config.json").write_text(json.dumps(told | config), "utf-8")
    (folder / "model_file.pth").write_bytes(b"numbers")


def test_a_model_of_one_speaker_speaks_by_its_own_name_and_of_many_each_by_theirs(tmp_path: Path) -> None:
    put(tmp_path, "de-mine", datasets=[{"language": "de"}])
    put(tmp_path, "vctk-mine", ["ED", "p225"], datasets=[{"language": "en"}])
    listed = Roster(tmp_path).speakers()
    assert {key: place for key, (_, place) in listed.items()} == {
        "de-mine": Place("de-mine", 0),
        "vctk-mine-p225": Place("vctk-mine", 1),
        "vctk-mine-ED": Place("vctk-mine", 0),
    }
    assert [*listed][-1] == "vctk-mine-ED", "of whom nothing is known comes last"
    mine, known = (listed[key][0] for key in ("de-mine", "vctk-mine-p225"))
    assert (mine.engine, mine.name, mine.language, mine.licence) == ("vits", "de-mine", "de", UNSAID)
    assert (known.name, known.sex, known.also) == ("p225 (vctk-mine)", "female", ("en-gb",))


def test_what_cannot_be_spoken_with_is_left_out_and_told(tmp_path: Path) -> None:
    put(tmp_path, "nameless", model_args={"use_speaker_embedding": True})
    put(tmp_path, "whole")
    roster = Roster(tmp_path)
    assert [*roster.speakers()] == ["whole"]
    (said,) = roster.wrong
    assert said.endswith("nameless has several speakers and no list of their names")
    assert roster.speakers()["whole"][0].language == NOBODY_KNOWS
    roster.leave_out("whole", "it is noise")
    assert not roster.speakers() and roster.wrong[-1] == "it is noise"


def test_of_two_whose_keys_differ_in_large_letters_only_the_first_is_taken(tmp_path: Path) -> None:
    put(tmp_path, "mine", ["ada", "Ada"])
    assert [*Roster(tmp_path).speakers()] == ["mine-ada"]
