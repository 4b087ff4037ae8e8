"""Utterances are cut into rows and put together again, whoever comes, goes or cannot be said."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")

from engine.coqui_engine.batch import Heard  # noqa: E402  # it imports torch
from engine.coqui_engine.slots import Row  # noqa: E402  # it imports torch
from engine.coqui_engine.talk import Talk  # noqa: E402  # beside them
from engine.engine import EngineError  # noqa: E402  # beside them
from engine.speech import Utterance  # noqa: E402  # beside them


def utterance(text: str, parts: bool = False) -> Utterance:
    return Utterance(text=text, engine="coqui", speaker="ada", parts=parts)


def rows(utterance: Utterance, take: int) -> list[Row]:
    """A row for each word, with the word's length as its only token, and the take as its seed."""
    if utterance.text == "bad":
        raise EngineError("it cannot be said")
    nothing = torch.zeros(0)
    return [Row(tokens=[len(word)], latents=nothing, speaker=nothing, seed=take) for word in utterance.text.split()]


def heard(row: int, *samples: float, last: bool = True) -> Heard:
    return Heard(row=row, samples=torch.tensor(samples), last=last, codes=1)


def test_parts_stand_in_their_order_however_they_are_heard() -> None:
    talk = Talk(rows, lambda row: False, lambda room: ())
    talk.add([utterance("a bb"), utterance("ccc")])
    assert [row.tokens for row in talk.source(8)] == [[1], [2], [3]]
    assert talk.hear(heard(1, 0.3)) is None
    said = talk.hear(heard(2, 0.4))
    assert said is not None and said[0] == 1
    assert talk.hear(heard(0, 0.1, last=False)) is None
    said = talk.hear(heard(0, 0.2))
    assert said is not None and said[0] == 0
    assert said[1].tolist() == pytest.approx([0.1, 0.2, 0.3])


def test_others_are_asked_for_as_there_is_room() -> None:
    asked: list[int] = []

    def more(room: int) -> Sequence[Utterance]:
        asked.append(room)
        return [utterance("later")] if len(asked) == 1 else []

    talk = Talk(rows, lambda row: False, more)
    talk.add([utterance("a b c")])
    assert len(talk.source(2)) == 2 and asked == []
    assert [row.tokens for row in talk.source(3)] == [[1], [5]]
    assert asked == [2]
    assert talk.utterances == 2


def test_who_has_gone_is_not_begun_and_is_known_to_have_gone() -> None:
    gone = {0}
    talk = Talk(rows, lambda row: row in gone, lambda room: ())
    talk.add([utterance("a b"), utterance("cc")])
    assert [row.tokens for row in talk.source(4)] == [[2]]
    assert not talk.gone(0)
    gone.add(1)
    assert talk.gone(0)


def test_what_cannot_be_said_is_told_once_and_keeps_its_row() -> None:
    talk = Talk(rows, lambda row: False, lambda room: ())
    talk.add([utterance("bad"), utterance("good")])
    assert [(row, str(error)) for row, error in talk.refused()] == [(0, "it cannot be said")]
    assert list(talk.refused()) == []
    talk.source(4)
    said = talk.hear(heard(0, 0.5))
    assert said is not None and said[0] == 1


def test_what_is_said_again_comes_before_those_that_wait_and_with_other_chances() -> None:
    talk = Talk(rows, lambda row: False, lambda room: ())
    talk.add([utterance("a bb"), utterance("ccc dddd")])
    assert len(talk.source(2)) == 2
    talk.hear(heard(0, 0.1))
    said = talk.hear(heard(1, 0.2))
    assert said is not None and talk.utterance(said[0]).text == "a bb"
    talk.retake(said[0], 1)
    assert [(row.tokens, row.seed) for row in talk.source(3)] == [([1], 1), ([2], 1), ([3], 0)]
    assert talk.waits
    talk.hear(heard(3, 0.4))
    again = talk.hear(heard(2, 0.3))
    assert again is not None and again[0] == 0
    assert again[1].tolist() == pytest.approx([0.3, 0.4])


def test_who_listens_hears_the_first_part_while_it_is_decoded_and_the_rest_with_the_whole() -> None:
    talk = Talk(rows, lambda row: False, lambda room: ())
    talk.add([utterance("a bb", parts=True)])
    talk.source(2)
    assert talk.listens(0) and not talk.listens(1)
    told = [talk.aloud(heard(0, 0.1, 0.2, last=False)), talk.aloud(heard(0, 0.3, last=False))]
    assert [(each[0], each[1], each[2].tolist()) for each in told if each] == [
        (0, 0, pytest.approx([0.1, 0.2])),
        (0, 2, pytest.approx([0.3])),
    ]
    assert talk.aloud(heard(0, 0.4)) is None and talk.aloud(heard(1, 0.5)) is None
    assert talk.was_heard(0)


def test_what_comes_whole_was_not_heard_before() -> None:
    talk = Talk(rows, lambda row: False, lambda room: ())
    talk.add([utterance("a", parts=True)])
    talk.source(1)
    assert talk.aloud(heard(0, 0.1)) is None
    assert not talk.was_heard(0)


def test_nobody_hears_parts_where_others_wait_when_it_is_begun() -> None:
    talk = Talk(rows, lambda row: False, lambda room: ())
    talk.add([utterance("a", parts=True), utterance("b", parts=True)])
    talk.source(2)
    assert not talk.listens(0) and not talk.listens(1)


def test_who_comes_later_or_has_gone_keeps_nobody_from_hearing_parts() -> None:
    gone: set[int] = set()
    talk = Talk(rows, lambda row: row in gone, lambda room: [utterance("c", parts=True)])
    talk.add([utterance("a"), utterance("b", parts=True)])
    talk.source(1)
    gone.add(0)
    talk.source(1)
    assert talk.listens(1)
    talk.source(1)
    assert talk.listens(1) and not talk.listens(2)


def test_what_is_said_again_comes_whole() -> None:
    talk = Talk(rows, lambda row: False, lambda room: ())
    talk.add([utterance("a", parts=True)])
    talk.source(1)
    talk.hear(heard(0, 0.1))
    talk.retake(0, 1)
    talk.source(1)
    assert not talk.listens(1)
