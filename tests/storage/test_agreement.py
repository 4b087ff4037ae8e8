"""A record of a consent cannot be changed, signed anew or put under another voice without being noticed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial

import hypothesis.strategies as st
import pytest
from hypothesis import given

from storage.agreement import SIGNED, Consent, sign, verify
from tests.storage.making import KEY, WORDS

SAMPLE = Consent(
    id=3, code=None, voice_id=5, voice=5, holder_id=1, person_id=2, rule="given", status="granted",
    statement="I agree. 1", words=WORDS, tries=2, recording_sha256="0" * 64, answer_sha256="1" * 64, answer_path=None,
    heard=WORDS, matched=6, similarity=0.8125, threshold=0.7, versions={"encoder": "1", "words": "2"},
    platform="discord", account="2" * 64, expires_at=9, decided_at=7, decided_by=None, revoked_at=None, signature=None,
    created_at=1,
)  # fmt: skip
TEXTS = st.text(max_size=20)
OTHERS: dict[type, st.SearchStrategy[object]] = {
    str: TEXTS,
    int: st.integers(-(2**40), 2**40),
    float: st.floats(-1, 1),
    tuple: st.lists(TEXTS, max_size=7).map(tuple),
    dict: st.dictionaries(TEXTS, TEXTS, max_size=3),
    type(None): st.one_of(st.integers(0, 2**40), TEXTS),
}


def signed(consent: Consent) -> Consent:
    return dataclasses.replace(consent, signature=sign(consent, KEY))


@pytest.mark.parametrize("name", SIGNED)
def test_no_field_of_a_record_can_be_changed_unnoticed(name: str) -> None:
    true = signed(SAMPLE)
    held = getattr(true, name)

    @given(OTHERS[type(held)])
    def check(other: object) -> None:
        change: Callable[..., Consent] = partial(dataclasses.replace, true)
        assert verify(change(**{name: other}), KEY) == (other == held)

    check()


def test_a_signature_covers_all_that_does_not_change_while_the_decision_stands() -> None:
    free = {field.name for field in dataclasses.fields(Consent)} - set(SIGNED)
    assert free == {"code", "voice_id", "holder_id", "person_id", "place_id", "answer_path", "decided_by", "signature"}


@given(st.binary(min_size=32, max_size=32), st.text("0123456789abcdef", min_size=64, max_size=64))
def test_without_the_key_nobody_signs(key: bytes, forged: str) -> None:
    true = signed(SAMPLE)
    assert verify(true, KEY)
    assert verify(true, key) == (key == KEY)
    assert verify(dataclasses.replace(true, signature=forged), KEY) == (forged == true.signature)


@given(st.integers(0, 2**40))
def test_a_record_speaks_of_its_own_voice_only(voice_id: int) -> None:
    assert verify(dataclasses.replace(signed(SAMPLE), voice_id=voice_id), KEY) == (voice_id == SAMPLE.voice)


def test_what_was_not_decided_proves_nothing() -> None:
    assert not verify(SAMPLE, KEY)


def test_words_cannot_be_moved_from_one_field_into_the_next() -> None:
    one, other = (
        dataclasses.replace(SAMPLE, words=words, heard=heard) for words, heard in ((("a", "b"), ()), (("a",), ("b",)))
    )
    assert sign(one, KEY) != sign(other, KEY)
