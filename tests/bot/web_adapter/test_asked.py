"""What is asked on the page is understood as in the terminal's chat, and files are only what was given before."""

from __future__ import annotations

from typing import Any

import pytest

from bot.web_adapter.asked import LINE, Asked, UploadGone, asked, attachment, understand, with_files
from commands.core.command import commands
from commands.core.errors import UsageError
from commands.core.params import Attachment
from storage import identities, parcels
from storage.database import Database
from storage.parcels import Parcel

COMMANDS = commands()


@pytest.fixture
async def ada(database: Database) -> int:
    return await database.write(lambda tx: identities.ensure(tx, "discord", "1", "Ada", bytes(32)))


@pytest.fixture
async def parcel(database: Database, ada: int) -> Parcel:
    begun, _ = await database.write(lambda tx: parcels.begin(tx, ada, "ada.ogg", ""))
    await database.write(lambda tx: parcels.finish(tx, begun.id, 4_000))
    return begun


def line(text: str, **values: object) -> Asked:
    return Asked(event="event-00", line=text, values=values)


async def test_a_line_without_a_slash_is_spoken(database: Database, ada: int) -> None:
    meant = await understand(line("Hello there."), COMMANDS, database, ada)
    assert (meant.command, meant.values) == ("speak", {"text": "Hello there."})


async def test_options_of_a_line_are_values(database: Database, ada: int) -> None:
    meant = await understand(line("/speak --voice en-us speed=1.5 Hello there."), COMMANDS, database, ada)
    assert meant.values == {"voice": "en-us", "speed": "1.5", "text": "Hello there."}


async def test_values_beside_a_line_are_taken_too(database: Database, ada: int, parcel: Parcel) -> None:
    meant = await understand(line("/clone name=Ada", recording={"upload": parcel.code}), COMMANDS, database, ada)
    given = meant.values["recording"]
    assert isinstance(given, Attachment) and (given.name, given.reference, given.path) == ("ada.ogg", parcel.code, "")
    assert given.content_type == "audio/ogg"


async def test_a_file_can_be_named_in_the_line(database: Database, ada: int, parcel: Parcel) -> None:
    meant = await understand(line(f"/clone name=Ada recording={parcel.code}"), COMMANDS, database, ada)
    assert isinstance(meant.values["recording"], Attachment)


async def test_help_is_answered_and_what_the_terminal_alone_has_is_refused(database: Database, ada: int) -> None:
    meant = await understand(line("/speak --help"), COMMANDS, database, ada)
    assert meant.help is not None and "--voice" in meant.help.text
    with pytest.raises(UsageError, match="leave --output out"):
        await understand(line("/speak --output=/etc/passwd Hello."), COMMANDS, database, ada)
    with pytest.raises(UsageError, match="too long"):
        await understand(line("x" * (LINE + 1)), COMMANDS, database, ada)


@pytest.mark.parametrize(
    "given",
    [
        {"path": "key", "name": "key.txt"},
        {"path": "../../etc/passwd", "name": "x.txt", "reference": "/etc/passwd"},
        {"upload": "nothing-of-that-name"},
        {"upload": {"upload": "x"}},
        "/etc/passwd",
        "",
        7,
        ["x"],
        True,
    ],
)
async def test_a_file_is_never_what_a_client_wrote_itself(database: Database, ada: int, given: object) -> None:
    with pytest.raises(UploadGone):
        await with_files(COMMANDS["speak"], {"file": given}, database, ada)


async def test_where_the_command_is_not_known_an_attachment_cannot_be_written_either(
    database: Database, ada: int
) -> None:
    found = await with_files(None, {"file": {"path": "key", "reference": "key", "name": "x.txt"}}, database, ada)
    assert found == {"file": {"name": "x.txt"}}


async def test_others_files_look_like_none(database: Database, ada: int, parcel: Parcel) -> None:
    with pytest.raises(UploadGone):
        await with_files(COMMANDS["speak"], {"file": {"upload": parcel.code}}, database, ada + 1)


async def test_members_may_be_named_with_their_name(database: Database, ada: int) -> None:
    member = {"id": "discord:1", "name": "Ada", "more": "x"}
    found = await with_files(COMMANDS["quota show"], {"member": member}, database, ada)
    assert found == {"member": {"id": "discord:1", "name": "Ada"}}


@pytest.mark.parametrize(
    "given",
    [
        [],
        "text",
        None,
        {},
        {"event": "short"},
        {"event": "x" * 101},
        {"event": 123456789},
        {"event": "event-00", "command": 7},
        {"event": "event-00", "line": ["a"]},
        {"event": "event-00", "values": "a"},
    ],
)
def test_what_is_no_request_is_refused(given: Any) -> None:
    with pytest.raises(UsageError):
        asked(given)


def test_a_request_is_kept_as_it_was_asked() -> None:
    read = asked({"event": "event-00", "command": "speak", "values": {"text": "Hello."}})
    assert read.to_json() == '{"command": "speak", "values": {"text": "Hello."}, "line": ""}'


def test_a_file_says_what_a_browser_takes_it_for_or_what_its_name_says() -> None:
    common = {"id": 1, "user_id": 1, "code": "c" * 20, "path": "p", "bytes": 1, "whole": True, "expires_at": 1}
    webm = Parcel(name="a.webm", content_type="audio/webm;codecs=opus", created_at=1, **common)  # type: ignore[arg-type]  # a mixed dict
    assert attachment(webm).content_type == "audio/webm;codecs=opus"
