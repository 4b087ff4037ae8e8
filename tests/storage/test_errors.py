"""What is wrong with the data folder is told in a sentence that names the folder and what to do."""

from __future__ import annotations

import inspect
import string

import pytest

from storage import errors
from storage.errors import DatabaseNewer, DiskFull, StorageError

EVERY = [
    e for e in vars(errors).values() if inspect.isclass(e) and issubclass(e, StorageError) and e is not StorageError
]


@pytest.mark.parametrize("error", EVERY, ids=lambda e: e.__name__)
def test_an_error_is_one_sentence_with_its_facts_filled_in(error: type[StorageError]) -> None:
    fields = [name for _, name, _, _ in string.Formatter().parse(inspect.getdoc(error) or "") if name]
    sentence = str(error(**{name: f"<{name}>" for name in fields}))
    assert fields
    assert all(f"<{name}>" in sentence for name in fields)
    assert "{" not in sentence and "\n" not in sentence
    assert sentence.endswith(".")
    assert len(sentence) < 200


def test_an_error_keeps_its_facts_for_programs() -> None:
    error = DiskFull(folder="/data", free=3, least=1_024)
    assert error.facts == {"folder": "/data", "free": 3, "least": 1_024}
    assert str(error) == (
        "The disk of /data is nearly full: 3 MB are free, 1024 MB is the least. Make room, then ask again."
    )


def test_an_error_whose_facts_are_missing_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        DatabaseNewer(file="mynah.db")
