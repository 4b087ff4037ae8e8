"""What can go wrong between a person and Mynah.

    MynahError
    ├── Refused          the request is not taken
    │   ├── UsageError       it cannot be understood
    │   ├── NotAllowed       it is not theirs to ask
    │   ├── NotFound         it names what is not there, or not theirs to see
    │   └── QuotaReached     a limit stands in the way
    └── Failed           the request was taken and could not be done

A class's name is its key, for programs; its docstring is the sentence that a person reads, with `{facts}` filled in.
"""

from __future__ import annotations

import inspect


class MynahError(Exception):
    """Something went wrong on our side; please try again."""

    def __init__(self, sentence: str = "", **facts: object) -> None:
        self.facts = facts
        template = sentence or " ".join((inspect.getdoc(type(self)) or "").split())
        super().__init__(template.format(**facts) if facts else template)

    @property
    def key(self) -> str:
        """The name by which programs know this error."""
        return type(self).__name__

    @property
    def brief(self) -> str:
        """The same for where others read along: the nearest sentence of its kind that has no facts in it."""
        told = (" ".join((kind.__doc__ or "").split()) for kind in type(self).__mro__)
        return next(sentence for sentence in told if "{" not in sentence)


class Refused(MynahError):
    """That cannot be done."""


class UsageError(Refused):
    """Mynah does not understand that; /help shows what it can do."""

    @property
    def brief(self) -> str:
        """The sentence as it is: it is about what was typed, which others have read."""
        return str(self)


class NotAllowed(Refused):
    """That is for admins of this place only; ask one of them."""


class NotFound(Refused):
    """There is no such thing here, or it is not yours."""


class QuotaReached(Refused):
    """That would go over a limit; /quota show tells what is left and when it starts again."""


class Failed(MynahError):
    """That did not work; nothing was charged. Please try again."""
