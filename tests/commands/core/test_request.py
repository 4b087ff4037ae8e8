"""A request: from raw values to an order, and back from storage, maybe years later."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from commands.core.command import Audience, Command, Lane, command
from commands.core.context import Context
from commands.core.errors import Failed, NotAllowed, Refused, UsageError
from commands.core.params import Attachment, Speed, Text, VoiceName
from commands.core.quote import FREE, Quote
from commands.core.reply import Reply
from commands.core.request import Admitted, Request, admit, check_audience, convert, find, revive, tell, to_order
from storage.database import Transaction
from tests.commands.world import World


def said(audience: Audience = Audience.EVERYONE) -> Command:
    """The command as it is today."""

    @command("say", lane=Lane.NOW, audience=audience)
    async def say(ctx: Context, text: Text, voice: VoiceName = "", speed: Speed = 1.0) -> Reply:
        """Say it.

        Args:
            text: What to say.
            voice: Whose voice.
            speed: How fast.
        """
        return Reply()

    return say


def test_values_become_the_commands_own_types_and_what_is_left_out_stays_out() -> None:
    assert convert(said(), {"text": "hi", "speed": "2"}) == {"text": "hi", "speed": 2.0}


def test_a_value_for_nothing_and_a_missing_one_are_refused() -> None:
    with pytest.raises(UsageError, match=r"^/say has no 'pitch'\.$"):
        convert(said(), {"text": "hi", "pitch": 1})
    with pytest.raises(UsageError, match=r"^/say needs text: What to say\.$"):
        convert(said(), {})


def test_an_unknown_command_is_refused_with_the_nearest() -> None:
    every = {"quota set": said(), "speak": said()}
    with pytest.raises(UsageError, match=r"There is no command 'quota st'\. Did you mean /quota set\?"):
        find(every, "quota st")
    with pytest.raises(UsageError, match=r"/help shows them all\."):
        find(every, "xyzzy")


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("cancel", "/jobs cancel"),
        ("/Cancel", "/jobs cancel"),
        ("cancle", "/jobs cancel"),
        ("show", "/jobs show or /quota show"),
        ("shwo", "/jobs show or /quota show"),
        ("spek", "/speak"),
    ],
)
def test_the_last_word_of_a_command_is_enough_to_be_offered_it(typed: str, hint: str) -> None:
    every = {name: said() for name in ("jobs cancel", "jobs show", "quota show", "speak")}
    with pytest.raises(UsageError) as caught:
        find(every, typed)
    assert str(caught.value) == f"There is no command {typed!r}. Did you mean {hint}?"


@pytest.mark.parametrize("rank", Audience)
@pytest.mark.parametrize("audience", Audience)
def test_who_may_more_may_less(rank: Audience, audience: Audience) -> None:
    if rank >= audience:
        check_audience(said(audience), rank)
    else:
        with pytest.raises(NotAllowed, match="those who run this Mynah" if audience is Audience.OWNERS else "admins"):
            check_audience(said(audience), rank)


async def test_a_stranger_is_refused_before_anything_is_looked_at(world: World) -> None:
    ada = await world.person("ada")
    with pytest.raises(NotAllowed):
        await admit(said(Audience.OWNERS), {"nonsense": object()}, world.inquiry(ada))


async def test_an_order_holds_what_was_asked_by_whom_and_where(world: World) -> None:
    ada = await world.person("ada", rank=Audience.OWNERS, roles=("7", "8"))
    say = said()
    request = Request(command="say", values={}, address={"channel": 5}, event_id="e1")
    admitted = Admitted(command=say, values={"text": "Grüße", "speed": 2.0}, quote=FREE)
    order = to_order(admitted, world.inquiry(ada), request)
    assert json.loads(order.values) == {"text": "Grüße", "speed": 2.0}
    assert (order.command, order.signature, order.lane, order.text) == ("say", say.signature, Lane.NOW, "Grüße")
    assert (order.user_id, order.place_id, order.roles) == (ada.user_id, ada.place.id, ("7", "8"))
    assert (order.rank, order.unlimited, order.event_id) == (2, True, "e1")
    assert json.loads(order.address) == {"channel": 5}


async def test_a_quote_may_choose_another_lane(world: World) -> None:
    admitted = Admitted(command=said(), values={"text": "x"}, quote=Quote(lane=Lane.BATCH))
    order = to_order(admitted, world.inquiry(await world.person("ada")), Request(command="say"))
    assert order.lane == Lane.BATCH


async def test_an_attachment_that_is_not_on_disk_is_waited_for(world: World) -> None:
    async def hear(ctx: Context, recording: Attachment, other: Attachment | None = None) -> Reply:
        """Hear it.

        Args:
            recording: What to hear.
            other: And what else.
        """
        return Reply()

    declared = command("hear", lane=Lane.SOON)(hear)
    values = convert(declared, {"recording": {"name": "a.wav"}, "other": {"name": "b.wav", "path": "staging/b.wav"}})
    admitted = Admitted(command=declared, values=values, quote=FREE)
    order = to_order(admitted, world.inquiry(await world.person("ada")), Request(command="hear"))
    assert order.inputs == 1
    assert convert(declared, json.loads(order.values)) == values


def removed() -> Command:
    @command("say", lane=Lane.NOW)
    async def say(ctx: Context, text: Text) -> Reply:
        """Say it.

        Args:
            text: What to say.
        """
        return Reply()

    return say


def added() -> Command:
    @command("say", lane=Lane.NOW)
    async def say(ctx: Context, text: Text, voice: VoiceName = "", speed: Speed = 1.0, loud: bool = False) -> Reply:
        """Say it.

        Args:
            text: What to say.
            voice: Whose voice.
            speed: How fast.
            loud: How loud.
        """
        return Reply()

    return say


def made_required() -> Command:
    @command("say", lane=Lane.NOW)
    async def say(ctx: Context, text: Text, mood: str, voice: VoiceName = "", speed: Speed = 1.0) -> Reply:
        """Say it.

        Args:
            text: What to say.
            mood: How to say it.
            voice: Whose voice.
            speed: How fast.
        """
        return Reply()

    return say


def of_another_type() -> Command:
    @command("say", lane=Lane.NOW)
    async def say(ctx: Context, text: Text, voice: int = 0, speed: Speed = 1.0) -> Reply:
        """Say it.

        Args:
            text: What to say.
            voice: Whose voice, by number.
            speed: How fast.
        """
        return Reply()

    return say


def quick() -> Command:
    @command("say")
    async def say(ctx: Context, text: Text, voice: VoiceName = "", speed: Speed = 1.0) -> Reply:
        """Say it.

        Args:
            text: What to say.
            voice: Whose voice.
            speed: How fast.
        """
        return Reply()

    return say


STORED = json.dumps({"text": "hi", "voice": "anna"})


def test_a_request_stored_by_this_version_comes_back_as_it_was() -> None:
    say = said()
    assert revive(say, "say", say.signature, STORED) == (say, {"text": "hi", "voice": "anna"})


@pytest.mark.parametrize("today", [added])
def test_a_request_that_today_still_makes_sense_runs(today: Callable[[], Command]) -> None:
    _, values = revive(today(), "say", said().signature, STORED)
    assert values == {"text": "hi", "voice": "anna"}


@pytest.mark.parametrize(
    ("today", "why"),
    [
        (removed, r"/say has no 'voice'"),
        (made_required, r"/say needs mood: How to say it"),
        (of_another_type, r"voice has to be a whole number, not 'anna'"),
    ],
)
def test_a_request_that_makes_no_sense_any_more_is_refused_in_words(today: Callable[[], Command], why: str) -> None:
    sentence = rf"/say has changed since this was asked \({why}\)\. Nothing was charged; please ask again\."
    with pytest.raises(Failed, match=sentence):
        revive(today(), "say", said().signature, STORED)


@pytest.mark.parametrize("today", [None, quick()], ids=["gone", "no longer a job"])
def test_a_command_that_is_gone_is_told_of(today: Command | None) -> None:
    with pytest.raises(Failed, match=r"This Mynah no longer knows /say; nothing was charged\."):
        revive(today, "say", said().signature, STORED)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE jobs SET vals = json_set(vals, '$.timbre', 3), signature = 'older'",
        "UPDATE jobs SET vals = json_set(vals, '$.speed', 'fast'), signature = 'older'",
        "UPDATE jobs SET vals = '{}', signature = 'older'",
        "UPDATE jobs SET command = 'declaim', signature = 'older'",
    ],
    ids=["param removed", "type changed", "made required", "command gone"],
)
async def test_a_job_of_an_older_mynah_ends_in_words_and_is_refunded(world: World, change: str) -> None:
    ticket = await world.submit(await world.person("ada"), "speak", text="hi")

    def age(tx: Transaction) -> int:
        return tx.run(change)

    await world.database.write(age)
    with pytest.raises(Failed, match=r"[Nn]othing was charged"):
        await world.perform(ticket.job_id)
    assert await world.rows("SELECT state FROM jobs") == [("failed",)]
    assert await world.rows("SELECT SUM(used), SUM(reserved) FROM balances") == [(0, 0)]
    assert await world.rows("SELECT COUNT(*) FROM deliveries") == [(1,)]


async def test_a_job_of_an_older_mynah_that_still_makes_sense_runs(world: World) -> None:
    ticket = await world.submit(await world.person("ada"), "speak", text="hi")
    await world.database.write(lambda tx: tx.run("UPDATE jobs SET signature = 'older'"))
    assert (await world.perform(ticket.job_id)).files


def test_an_error_is_told_by_its_sentence_and_its_key() -> None:
    reply = tell(Refused("Not {what}.", what="now"))
    assert (reply.text, reply.error, reply.private) == ("Not now.", "Refused", True)
