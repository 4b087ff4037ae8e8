"""Labels: the tags and the project under which people file what they had said."""

from __future__ import annotations

import re

from commands.core.errors import UsageError
from engine.text.hygiene import clean

MOST_TAGS = 10
"""The most tags of one thing."""
TAG_LIMIT = 30
"""The most characters of a tag."""
PROJECT_LIMIT = 60
"""The most characters of a project's name."""


def tags_of(typed: str) -> tuple[str, ...]:
    """Return the tags that somebody typed, with blanks or commas between; a '#' in front is not part of one.

    Raises:
        UsageError: They are too many, or one is too long.
    """
    found = dict.fromkeys(tag for word in re.split(r"[\s,;]+", clean(typed)) if (tag := word.lstrip("#").casefold()))
    if len(found) > MOST_TAGS:
        raise UsageError("Those are {number} tags; {most} is the most.", number=len(found), most=MOST_TAGS)
    if long := next((tag for tag in found if len(tag) > TAG_LIMIT), ""):
        raise UsageError("{tag} is too long for a tag; {most} characters is the most.", tag=long[:40], most=TAG_LIMIT)
    return tuple(found)


def project_of(typed: str) -> str:
    """Return the name of a project as somebody typed it, on one line.

    Raises:
        UsageError: It is too long.
    """
    name = " ".join(clean(typed).split())
    if len(name) > PROJECT_LIMIT:
        raise UsageError(
            "That name has {length} characters; {most} is the most for a project.",
            length=len(name),
            most=PROJECT_LIMIT,
        )
    return name
