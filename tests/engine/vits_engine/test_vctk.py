"""Who the speakers of VCTK are."""

from __future__ import annotations

import pytest

from engine.vits_engine.vctk import Person, person

READERS = 109
"""How many the corpus's own table lists, with the one whose accent it does not know."""


def test_a_number_tells_who_it_is() -> None:
    assert person("p234") == Person(sex="female", accent="Scottish", language="en-gb")
    assert person("P376\n") == Person(sex="male", accent="Indian", language="en-in")
    assert person("p280") == Person(sex="female", accent="", language="en")


def test_everybody_of_the_table_is_there_once() -> None:
    known = [found for number in range(1000) if (found := person(f"p{number:03}"))]
    assert len(known) == READERS
    assert {each.sex for each in known} == {"female", "male"}
    assert all(each.language.startswith("en") for each in known)


@pytest.mark.parametrize("name", ["ED", "p1", "p2340", "225", "", "p235"])
def test_of_others_nothing_is_known(name: str) -> None:
    assert person(name) is None
