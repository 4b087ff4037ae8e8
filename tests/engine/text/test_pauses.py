from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.text.pauses import LONGEST, MOST, PauseTooLong, parts, total, without


@pytest.mark.parametrize(
    ("tag", "seconds"),
    [
        ("[pause 1s]", 1.0),
        ("[pause 500ms]", 0.5),
        ("[pause 1.5 s]", 1.5),
        ("[PAUSE 2S]", 2.0),
        ("[Pause 250 Ms]", 0.25),
        ("[ pause 3s ]", 3.0),
        ("[pause 1,5s]", 1.5),
        ("[pause 0s]", 0.0),
        ("[pause 60s]", 60.0),
        ("[pause 60000ms]", 60.0),
        ("[pause \u0662s]", 2.0),
        ("[pause]", 1.0),
        ("[pause 2]", 2.0),
        ("[pause 1 second]", 1.0),
        ("[pause 2 Seconds]", 2.0),
        ("[pause 2sec]", 2.0),
        ("[pause 300 milliseconds]", 0.3),
    ],
)
def test_a_pause_is_taken_out_and_told(tag: str, seconds: float) -> None:
    assert list(parts(f"One {tag} two")) == [("One ", seconds), (" two", 0.0)]
    assert total(f"One {tag} two") == seconds
    assert not without(tag)


@pytest.mark.parametrize(
    "text",
    [
        "[pause soon]",
        "[pause -1s]",
        "[pause 1e9s]",
        "[pause 1.s]",
        "[pause .5s]",
        "[pause 1s",
        "pause 1s]",
        "[pause 1 min]",
        "[pauses 1s]",
        "[pause NaNs]",
        "[pause1s]",
    ],
)
def test_what_is_not_quite_a_tag_is_part_of_the_text(text: str) -> None:
    assert list(parts(text)) == [(text, 0.0)]
    assert total(text) == 0
    assert without(text) == text


@pytest.mark.parametrize("tag", ["[pause 61s]", "[pause 60.001s]", "[pause 60001ms]", f"[pause {'9' * 10_000}s]"])
def test_a_pause_that_is_too_long_is_refused_in_words(tag: str) -> None:
    with pytest.raises(PauseTooLong, match=r"^A pause lasts 60 seconds at most; .*\.$") as caught:
        total(f"Hello {tag}")
    assert len(str(caught.value)) < 120


def test_so_are_many_that_come_to_too_much() -> None:
    most = "[pause 60s]" * int(MOST / LONGEST)
    assert total(most) == MOST
    assert total("[pause 0.1s]" * 6_000) == pytest.approx(MOST)
    with pytest.raises(PauseTooLong, match=r"10 minutes in all; .*\.$"):
        total(most + "[pause 1ms]")


def test_what_is_left_without_pauses_can_be_looked_at() -> None:
    assert without("[pause 1s] [pause 2s]") == ""
    assert without("Hello.[pause 1s]You") == "Hello. You"


@given(st.lists(st.sampled_from(["[pause 1s]", "[pause 20 ms]", "[pause 1", "s]", "a", " ", "[", "[pause 0.3S]", "9"])))
@example(["a", "[pause 1", "9", "9", "s]"])
def test_nothing_of_the_text_is_lost(bits: list[str]) -> None:
    text = "".join(bits)
    try:
        stretches = list(parts(text))
    except PauseTooLong:
        assert "[pause 199" in text, "no other pause that comes of these is too long"
        return
    assert "".join(stretch for stretch, _ in stretches).replace(" ", "") == without(text).replace(" ", "")
    assert sum(pause for _, pause in stretches) == total(text)


@pytest.mark.parametrize("text", ["[" * 300_000, "[pause 1" * 40_000, "[pause " + "1" * 300_000, "[pause 0s]" * 30_000])
def test_a_hostile_text_takes_no_longer_than_its_length_explains(text: str) -> None:
    began = time.process_time()
    assert total(text) == 0
    assert time.process_time() - began < 1
