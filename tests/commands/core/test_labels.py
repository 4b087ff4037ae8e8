"""Tags and projects, as people type them."""

from __future__ import annotations

import pytest

from commands.core.errors import UsageError
from commands.core.labels import MOST_TAGS, PROJECT_LIMIT, TAG_LIMIT, project_of, tags_of


@pytest.mark.parametrize(
    ("typed", "tags"),
    [
        ("", ()),
        (" , ", ()),
        ("news", ("news",)),
        ("#News news NEWS", ("news",)),
        ("a, b;c  d", ("a", "b", "c", "d")),
        ("\u202enews\u0000", ("news",)),
        ("#", ()),
    ],
)
def test_tags_are_words_each_once_however_they_are_cased_and_parted(typed: str, tags: tuple[str, ...]) -> None:
    assert tags_of(typed) == tags


def test_too_many_tags_are_refused_in_numbers() -> None:
    assert len(tags_of(" ".join(map(str, range(MOST_TAGS))))) == MOST_TAGS
    with pytest.raises(UsageError, match="11 tags; 10 is the most"):
        tags_of(" ".join(map(str, range(MOST_TAGS + 1))))


def test_a_tag_that_is_too_long_is_refused_by_its_name() -> None:
    assert tags_of("x" * TAG_LIMIT) == ("x" * TAG_LIMIT,)
    with pytest.raises(UsageError, match=r"^x+ is too long for a tag; 30 characters is the most"):
        tags_of("ok " + "x" * (TAG_LIMIT + 1))


def test_a_project_is_a_name_on_one_line() -> None:
    assert project_of("  My\nbook \u202e") == "My book"
    with pytest.raises(UsageError, match="61 characters; 60 is the most for a project"):
        project_of("x" * (PROJECT_LIMIT + 1))
