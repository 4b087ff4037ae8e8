"""What there is of a file is known again by its note, and is whole only under its own name."""

from __future__ import annotations

from pathlib import Path

from bot.models.part import Note, Part, link

URL = "https://huggingface.co/a/model.pth"


def begun(path: Path, url: str = URL) -> Part:
    part = Part(path, url)
    with part:
        part.restart(Note(url=url, validator='"1"', bytes=10))
        part.add(b"01234")
    return part


def test_it_goes_on_from_what_is_there(tmp_path: Path) -> None:
    begun(tmp_path / "model.pth")
    part = Part(tmp_path / "model.pth", URL)
    with part:
        assert (part.size, part.note.validator, part.note.bytes) == (5, '"1"', 10)
        part.add(b"56789")
    made = part.finish()
    assert (tmp_path / "model.pth").read_bytes() == b"0123456789"
    assert made == part.whole()
    assert part.there() == made.bytes


def test_a_part_of_another_file_is_let_go(tmp_path: Path) -> None:
    begun(tmp_path / "model.pth")
    with Part(tmp_path / "model.pth", "https://github.com/other") as part:
        assert part.size == 0


def test_a_part_whose_note_is_gone_or_damaged_begins_anew(tmp_path: Path) -> None:
    for note in ("", "{", "[]", '{"odd": 1}', "x" * 200_000):
        begun(tmp_path / "model.pth")
        (tmp_path / "model.pth.note").write_text(note)
        with Part(tmp_path / "model.pth", URL) as part:
            assert part.size == 0


def test_it_is_whole_only_with_its_checksum_and_size(tmp_path: Path) -> None:
    part = begun(tmp_path / "model.pth")
    assert part.whole() is None and part.there() == len(b"01234")
    part.finish()
    assert part.whole() is not None
    (tmp_path / "model.pth").write_bytes(b"0")
    assert part.whole() is None
    part.drop()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_came_earlier_is_taken_for_it(tmp_path: Path) -> None:
    whole = begun(tmp_path / "old").finish()
    part = Part(tmp_path / "aside" / "new", URL)
    part.adopt(tmp_path / "old", whole)
    assert part.whole() == whole and (tmp_path / "aside" / "new").read_bytes() == b"01234"


def test_a_file_has_a_second_name_and_both_stay_apart_from_others(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    link(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_text() == "a"
