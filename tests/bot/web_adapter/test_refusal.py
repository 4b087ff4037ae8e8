"""Refusals: each error has the status that programs expect, and one form."""

from __future__ import annotations

import json

import pytest

from bot.refusals import DraftGone, Stopping
from bot.web_adapter.refusal import Refused, refused
from commands.core.errors import Failed, MynahError, NotAllowed, NotFound, QuotaReached, UsageError
from commands.core.errors import Refused as NotTaken
from commands.core.request import tell
from storage.errors import StorageError

STATUSES = [
    (UsageError("What?"), 422),
    (NotAllowed(), 403),
    (NotFound(), 404),
    (QuotaReached(), 429),
    (NotTaken("No."), 409),
    (Failed(), 500),
    (DraftGone(), 404),
    (Stopping(), 503),
    (MynahError(), 500),
]


@pytest.mark.parametrize(("error", "status"), STATUSES, ids=lambda each: type(each).__name__)
def test_an_error_and_a_reply_that_tells_of_it_come_to_the_same(error: Exception, status: int) -> None:
    for told in (refused(error), refused(tell(error))):
        assert (told.status, told.key, told.words) == (status, type(error).__name__, str(error))
        assert ("Retry-After" in told.headers) == (status in (429, 503))


def test_errors_of_the_storage_are_none_of_the_visitors_doing() -> None:
    for kind in StorageError.__subclasses__():
        assert refused(kind.__new__(kind)).status == 503


def test_a_key_that_nobody_knows_is_our_fault() -> None:
    assert refused(Exception("secret details")).status == 500


def test_it_is_sent_in_one_form() -> None:
    told = json.loads(Refused(404, "NotFound", "Nothing is “here”.").body)
    assert told == {"error": {"message": "Nothing is “here”.", "type": "NotFound", "code": "NotFound"}}
