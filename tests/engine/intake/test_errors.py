"""Refusals are sentences, and cross from one process to another."""

from __future__ import annotations

import inspect
import pickle
import re

import pytest

from engine.intake import errors
from engine.intake.errors import NotTaken, TooBig

KINDS = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, NotTaken)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_refusal_is_a_whole_sentence_and_says_what_to_do(kind: type[NotTaken]) -> None:
    fields = re.findall(r"{(\w+)}", inspect.getdoc(kind) or "")
    sentence = str(kind(**{name: "7" for name in fields}))
    assert sentence[0].isupper() and sentence.endswith(".") and "{" not in sentence
    assert kind is NotTaken or re.search(r"\b(send|save)\b", sentence)
    assert len(sentence) < 160


def test_a_refusal_crosses_to_another_process_whole() -> None:
    again = pickle.loads(pickle.dumps(TooBig(size=200, most=120)))
    assert type(again) is TooBig
    assert again.facts == {"size": 200, "most": 120}
    assert str(again) == str(TooBig(size=200, most=120))
