from __future__ import annotations

import pytest

from engine.text.endings import gender


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        *((" libros", "m"), (" casas", "f"), (" p\u00e1gina", "f"), (" d\u00edas", "m"), (" problemas", "m")),
        *((" para", ""), (" coches", ""), (" a", ""), ("", ""), (",casa", ""), ("  ", "")),
    ],
)
def test_a_noun_tells_its_gender_only_where_its_ending_does(after: str, expected: str) -> None:
    assert gender(after) == expected
