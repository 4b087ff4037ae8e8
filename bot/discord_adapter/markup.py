"""Text as Discord shows it: every character stands for itself, and nothing is longer than a message."""

from __future__ import annotations

import re

MESSAGE_LENGTH = 2_000
"""The most characters of a message."""

_ANYWHERE = re.compile(r"([\\*_~`|<@\[])")
_AT_THE_START = re.compile(r"^(\s*)([>#+-]|\d+(?=[.)]))", re.MULTILINE)
_BROKEN = re.compile(r"(?<!\\)(?:\\\\)*\\\Z")


def plain(text: str) -> str:
    """Write a text so that Discord shows it as it is: no markup, no mention, no emoji, no quote, no list."""
    return _AT_THE_START.sub(_escaped, _ANYWHERE.sub(r"\\\1", text))


def pieces(text: str, most: int = MESSAGE_LENGTH) -> list[str]:
    """Cut a text that `plain` wrote into messages, at the ends of lines where it can be; one empty piece for none."""
    cut: list[str] = []
    while len(text) > most:
        end = max(text.rfind("\n", 1, most), text.rfind(" ", most // 2, most) if "\n" not in text[1:most] else 0)
        head = text[: end if end > 0 else most]
        if _BROKEN.search(head):  # what is escaped stays with its backslash
            head = head[:-1]
        cut.append(head.rstrip())
        text = text[len(head) :].lstrip("\n")
    return [*cut, text]


def _escaped(found: re.Match[str]) -> str:
    blank, mark = found.groups()
    return f"{blank}{mark}\\" if mark.isdigit() else f"{blank}\\{mark}"
