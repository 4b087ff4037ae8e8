"""A value is a frozen dataclass in every respect that matters, and costs little to declare."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields

import pytest

from engine.value import replace, value


@value
class Voice:
    """A voice."""

    name: str
    """What it is called."""
    speed: float = 1.0
    """Its pace."""
    tags: list[str] = field(default_factory=list)
    """What else is said of it."""


@value
class Clone(Voice):
    """A voice that was learnt."""

    seconds: int
    """From how much."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """The same as Voice, made by `dataclass`."""

    name: str
    speed: float = 1.0
    tags: list[str] = field(default_factory=list)


def test_what_is_not_given_has_its_default_and_lists_are_not_shared() -> None:
    voice = Voice(name="ada")
    assert (voice.name, voice.speed, voice.tags) == ("ada", 1.0, [])
    assert Voice(name="ada").tags is not voice.tags
    assert Voice(name="ada", speed=2.0, tags=["a"]).tags == ["a"]


def test_it_cannot_be_changed() -> None:
    voice = Voice(name="ada")
    with pytest.raises(FrozenInstanceError):
        voice.name = "bob"  # type: ignore[misc]  # that is what is tried here
    with pytest.raises(FrozenInstanceError):
        voice.nick = "bob"  # type: ignore[attr-defined]  # as above
    with pytest.raises(FrozenInstanceError):
        del voice.name
    assert not hasattr(voice, "__dict__")


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({}, "Voice needs 'name'"),
        ({"speed": 2.0, "tags": []}, "Voice needs 'name'"),
        ({"name": "ada", "nick": "a"}, "Voice has no 'nick'"),
        ({"name": "ada", "speed": 1.0, "nick": "a"}, "Voice has no 'nick'"),
        ({"name": "ada", "speed": 1.0, "tags": [], "nick": "a"}, "Voice has no 'nick'"),
    ],
)
def test_what_is_missing_or_unknown_is_named(given: dict[str, object], complaint: str) -> None:
    with pytest.raises(TypeError, match=complaint):
        Voice(**given)  # type: ignore[arg-type]  # that is what is tried here


def test_fields_go_by_keyword_only() -> None:
    with pytest.raises(TypeError):
        Voice("ada")  # type: ignore[call-arg]  # that is what is tried here


def test_it_is_compared_by_class_and_by_what_it_holds() -> None:
    assert Voice(name="ada") == Voice(name="ada", speed=1.0)
    assert Voice(name="ada") != Voice(name="bob")
    others: list[object] = [Model(name="ada"), Clone(name="ada", seconds=8), "ada"]
    assert Voice(name="ada") not in others


def test_it_is_hashed_by_what_it_holds_and_not_at_all_where_that_cannot_be() -> None:
    @value
    class Pair:
        """Two."""

        a: int
        b: str = ""

    assert {Pair(a=1), Pair(a=1, b=""), Pair(a=2)} == {Pair(a=1), Pair(a=2)}
    with pytest.raises(TypeError, match="unhashable"):
        hash(Voice(name="ada"))


def test_a_class_may_add_fields_to_another() -> None:
    clone = Clone(name="ada", seconds=8)
    assert (clone.name, clone.speed, clone.seconds) == ("ada", 1.0, 8)
    assert [each.name for each in fields(Clone)] == ["name", "speed", "tags", "seconds"]


def test_what_a_class_defines_itself_stays() -> None:
    @value
    class Secret:
        """Nothing to be shown."""

        token: str

        def __repr__(self) -> str:
            return "Secret(…)"

    assert repr(Secret(token="x")) == "Secret(…)"


def test_it_is_a_dataclass_for_those_who_ask() -> None:
    voice, model = Voice(name="ada", tags=["a"]), Model(name="ada", tags=["a"])
    assert asdict(voice) == asdict(model)
    assert repr(voice) == repr(model).replace("Model", "Voice")
    assert dataclasses.replace(voice, name="bob") == Voice(name="bob", tags=["a"])
    assert [each.name for each in fields(Voice)] == [each.name for each in fields(Model)]


def test_some_of_it_can_be_changed() -> None:
    voice = Voice(name="ada", tags=["a"])
    assert replace(voice, name="bob") == Voice(name="bob", tags=["a"])
    assert replace(voice) == voice == Voice(name="ada", tags=["a"])
    with pytest.raises(TypeError, match="Voice has no 'nmae'"):
        replace(voice, nmae="bob")
    with pytest.raises(TypeError, match="str is no value"):
        replace("ada", name="bob")


def test_it_can_be_copied_and_stored() -> None:
    voice = Voice(name="ada", tags=["a"])
    assert copy.copy(voice) == pickle.loads(pickle.dumps(voice)) == copy.deepcopy(voice) == voice
    assert copy.deepcopy(voice).tags is not voice.tags
