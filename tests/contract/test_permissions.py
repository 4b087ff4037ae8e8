"""Who may ask for what, where: every command, asked by everybody in every place, at the real desk.

What is expected stands in permissions.tsv, written by hand. A command that is not in it fails with the line to add.
"""

from __future__ import annotations

import shlex
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_asyncio

from bot import engines
from bot.callers import Caller
from commands.core.command import Audience, Command, commands
from commands.core.params import Attachment, PlaceId
from commands.core.reply import Reply
from engine.espeak_engine import EspeakEngine
from storage import blocks, clones, drafts, identities, lexicon, limits, places
from storage.clock import DAY
from storage.database import Transaction
from storage.limits import UNLIMITED
from storage.metrics import Metric, Period
from storage.places import Kind
from tests.fakes.learner import Learner
from tests.fakes.running import Running, running
from tests.storage import making
from tests.storage.books import a_file

TABLE = Path(__file__).with_name("permissions.tsv")
WHO = ("stranger", "member", "admin", "owner", "blocked")
"""Somebody whom Mynah has never seen; one it knows; an admin of the place; one who runs Mynah; one blocked there."""
WHERE = ("direct", "server", "group", "there")
"""Where it is asked; 'there' is asked in the server, of another place."""
SAID = {
    **{"": "yes", "NotAllowed": "no", "Blocked": "blocked"},
    **dict.fromkeys(("NotFound", "CodeGone", "NoSuchCode", "NotOpen", "NotWaiting", "NotYours"), "none"),
}
"""What an answer comes to; none: what is not theirs looks as if there were none."""
KINDS: dict[str, tuple[str, Kind]] = {
    "direct": ("direct", "direct"),
    "server": ("42", "server"),
    "group": ("43", "group"),
    "there": ("42", "server"),
}
KEY = bytes(32)
OTHER = "77"
OWNER = "1000"
FILES = {"ada.wav": Attachment(name="ada.wav", content_type="audio/wav", bytes=60_000, reference="nowhere")}
FILES["ada.zip"] = replace(FILES["ada.wav"], name="ada.zip", content_type="application/zip")
"""What stands for a file in the values of a request; whether it can be fetched is seen only once it was taken."""
NOBODYS = 999_999
"""The number of a job that there is not."""


class Row(NamedTuple):
    """What is asked for, and what comes of it."""

    command: str
    values: str
    expected: dict[tuple[str, str], str]


@dataclass(frozen=True)
class Things:
    """What can be named in the values of a request: the asker's own, and Bob's."""

    own: int
    failed: int
    said: int
    other: int
    bob: str
    code: str

    def fill(self, values: str) -> dict[str, object]:
        """Return what is given, with the things in place of their names."""
        pairs = (each.format(**vars(self)).partition("=") for each in shlex.split(values))
        return {name: FILES.get(value, value) for name, _, value in pairs}


def rows() -> Iterator[Row]:
    head, *lines = TABLE.read_text(encoding="utf-8").splitlines()
    assert head.split("\t") == ["command", "values", *WHO], "each cell tells of: " + ", ".join(WHERE)
    for line in lines:
        command, values, *cells = line.split("\t")
        assert len(cells) == len(WHO), line
        told = [cell.split() for cell in cells]
        assert all(len(each) == len(WHERE) for each in told), line
        yield Row(
            command, values, {(who, where): told[n][m] for n, who in enumerate(WHO) for m, where in enumerate(WHERE)}
        )


ROWS = list(rows())
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.command} {row.values}".strip())


def test_every_command_stands_in_the_table() -> None:
    known = {row.command for row in ROWS}
    missing = [
        f"{name}\t<values, such as member=discord:{{bob}}>\t" + "\t".join(" ".join(["?"] * len(WHERE)) for _ in WHO)
        for name in commands()
        if name not in known
    ]
    assert not missing, f"add to {TABLE.name}, with yes, no, none, blocked or - for each ?:\n" + "\n".join(missing)
    assert not known - set(commands()), "these are no commands any more"


@each_row
def test_another_place_is_asked_of_where_a_command_takes_one(row: Row) -> None:
    takes = takes_a_place(commands()[row.command])
    assert {row.expected[who, "there"] == "-" for who in WHO} == {not takes}
    assert {cell for (_, where), cell in row.expected.items() if where != "there"} <= set(SAID.values())


def takes_a_place(command: Command) -> bool:
    return any(param.kind is PlaceId for param in command.params)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mynah(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """A Mynah whose one owner is named in the settings, and who knows another place."""
    folder = tmp_path_factory.mktemp("permissions")
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr(engines, "engines", lambda: {"espeak": EspeakEngine, "learner": Learner})
    async with running(folder, owners__discord=OWNER, engine__name="auto") as mynah:
        monkeypatch.undo()
        await mynah.app.database.write(lambda tx: places.ensure(tx, "discord", OTHER, "server", "Elsewhere"))
        yield mynah


numbers = count(2_000)


@pytest.mark.asyncio(loop_scope="module")
@each_row
async def test_it_is_answered_or_refused_as_the_table_says(row: Row, mynah: Running) -> None:
    found = {
        (who, where): await ask(mynah, row, who, where)
        for (who, where), expected in row.expected.items()
        if expected != "-"
    }
    wrong = [
        f"{who} in {where}: {row.expected[who, where]} is expected, it was {what}"
        for (who, where), what in found.items()
        if what != row.expected[who, where]
    ]
    assert found and not wrong, f"/{row.command} {row.values}\n  " + "\n  ".join(wrong)


@pytest.mark.asyncio(loop_scope="module")
async def test_nobody_blocks_those_whom_the_settings_name_and_a_block_holds_at_once(mynah: Running) -> None:
    owner, admin, member = (caller_of(who, "server") for who in ("owner", "admin", "member"))
    for caller in (owner, member):
        assert not (await mynah.reply("help", caller=caller)).error
    refused = await mynah.reply("admin block", {"member": f"discord:{OWNER}"}, caller=admin)
    assert (refused.error, refused.text) == ("NotAllowed", "They run this Mynah; nobody can block them.")
    assert not (await mynah.reply("admin block", {"member": f"discord:{member.account}"}, caller=admin)).error
    assert (await mynah.reply("help", caller=member)).error == "Blocked"
    assert not (await mynah.reply("admin unblock", {"member": f"discord:{member.account}"}, caller=admin)).error
    assert not (await mynah.reply("help", caller=member)).error


async def ask(mynah: Running, row: Row, who: str, where: str) -> str:
    """Ask as somebody who has just come, and return what came of it."""
    caller = caller_of(who, where)
    things = await mynah.app.database.write(lambda tx: furnish(tx, caller, who))
    values = things.fill(row.values)
    if where == "there":
        values["place"] = f"discord:{OTHER}"
    answer = await mynah.ask(row.command, values, caller=caller)
    if not isinstance(answer, Reply):
        return "yes"
    return SAID.get(answer.error, f"{answer.error}: {answer.text}")


def caller_of(who: str, where: str) -> Caller:
    place, kind = KINDS[where]
    account = OWNER if who == "owner" else str(next(numbers))
    rank = Audience.ADMINS if who == "admin" and kind != "direct" else Audience.EVERYONE
    return Caller(
        platform="discord", account=account, name=who, place=place, kind=kind, place_name=f"the {where}", rank=rank
    )


def furnish(tx: Transaction, caller: Caller, who: str) -> Things:
    """Let Bob have what can be asked for, and the asker too, unless nobody knows them."""
    place_id = places.ensure(tx, caller.platform, caller.place, caller.kind, caller.place_name).id
    places.set_cloning(tx, place_id, "everyone")  # another row has an admin decide otherwise
    name = f"bob-{next(numbers)}"
    bob = identities.ensure(tx, "discord", name, "Bob", KEY)
    there = places.find(tx, f"discord:{OTHER}")
    assert there is not None
    for id in (place_id, there.id):
        blocks.add(tx, bob, id, None)
        lexicon.add(tx, word="SQL", spoken="sequel", place_id=id)
        limit_characters(tx, id)
    blocks.add(tx, bob, None, None)
    making.clone(tx, bob, "Bobs")
    known = Things(
        own=NOBODYS,
        failed=NOBODYS,
        said=NOBODYS,
        other=wait(tx, bob, place_id),
        bob=name,
        code=link_code(tx, bob, place_id),
    )
    return known if who == "stranger" else furnish_asker(tx, known, caller, who, place_id)


def furnish_asker(tx: Transaction, known: Things, caller: Caller, who: str, place_id: int) -> Things:
    """Let somebody have a word and a voice of their own, and a job that waits, one that failed and one that is done."""
    user_id = identities.ensure(tx, caller.platform, caller.account, caller.name, KEY)
    lexicon.add(tx, word="SQL", spoken="sequel", user_id=user_id)
    if clones.own(tx, user_id, "Mine") is None:  # the owner is the same each time
        making.clone(tx, user_id, "Mine")
    if who == "blocked" and caller.kind != "direct":
        blocks.add(tx, user_id, place_id, None)
    failed = making.job(tx, user_id, "failed", place_id=place_id, vals='{"text": "Hi."}')
    said = making.job(
        tx, user_id, "succeeded", place_id=place_id, vals='{"text": "Hi."}', text="Hi.", text_from="typed", seconds=1.5
    )
    file_id = a_file(tx, user_id, said)
    tx.run("UPDATE jobs SET file_id = :file_id WHERE id = :said", file_id=file_id, said=said)
    return replace(known, own=wait(tx, user_id, place_id), failed=failed, said=said)


def limit_characters(tx: Transaction, place_id: int) -> None:
    """Set a limit that keeps nobody from anything, to be cleared."""
    limits.put(
        tx,
        scope="place_default",
        place_id=place_id,
        user_id=None,
        role=None,
        metric=Metric.CHARACTERS,
        period=Period.DAY,
        amount=UNLIMITED,
        by_user_id=None,
    )


def link_code(tx: Transaction, user_id: int, place_id: int) -> str:
    """Let somebody have a code to be joined by."""
    return drafts.leave(
        tx,
        user_id=user_id,
        place_id=place_id,
        command="link",
        signature="",
        values={},
        missing="confirm",
        address={},
    ).code


def wait(tx: Transaction, user_id: int, place_id: int) -> int:
    """Have somebody wait for something until tomorrow."""
    return making.job(tx, user_id, place_id=place_id, run_at=tx.now + DAY)
