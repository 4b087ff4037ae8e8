"""/quota: how much there is, how much is left, and who may change it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from commands.core.command import Audience
from commands.core.context import Asker
from commands.core.errors import NotAllowed, NotFound, QuotaReached, UsageError
from commands.quota import zone_names
from storage import places, quota
from storage.clock import DAY, HOUR
from storage.database import Transaction
from storage.metrics import Charge, Metric, Period
from storage.quota import Allowances, Shortage
from tests.commands.world import World
from tests.storage import making

HELLO = "Hello, I am Mynah."


@pytest.fixture
async def ada(world: World) -> Asker:
    return await world.person("ada")


@pytest.fixture
async def admin(world: World) -> Asker:
    return await world.person("admin", rank=Audience.ADMINS)


@pytest.fixture
async def host(world: World) -> Asker:
    return await world.person("host", rank=Audience.OWNERS)


async def line(world: World, asker: Asker, beginning: str, **values: object) -> str:
    """Return the line of /quota show that begins so."""
    lines = (await world.ask(asker, "quota show", **values)).text.splitlines()
    return next(each for each in lines if each.startswith(beginning))


async def test_show_tells_used_left_and_when_it_starts_again_with_a_bar(world: World, ada: Asker) -> None:
    await world.submit(ada, "speak", text="word " * 1_000)
    assert await line(world, ada, "Characters a day") == (
        "Characters a day: ██░░░░░░░░ 4,999 of 20,000 used, 15,001 left, starts again in 16 h"
    )
    reply = await world.ask(ada, "quota show")
    assert reply.private
    assert reply.items is not None
    facts = next(each for each in reply.items if (each["metric"], each["period"]) == ("characters", "day"))
    assert facts == {
        "metric": "characters",
        "period": "day",
        "scope": "shipped",
        "limit": 20_000,
        "granted": 0,
        "used": 0,
        "reserved": 4_999,
        "left": 15_001,
        "resets_at": "2027-01-16T00:00:00Z",
    }


async def test_recordings_count_for_the_storage_that_is_shown_and_that_holds(world: World, ada: Asker) -> None:
    def give(tx: Transaction) -> None:
        making.recorded(tx, ada.user_id, "Ada")
        tx.run("UPDATE recordings SET bytes = 3000000")

    before = await line(world, ada, "Storage")
    await world.database.write(give)
    assert " 0 bytes of " in before and " 3 MB of " in await line(world, ada, "Storage")
    held = Allowances(member={**world.rules.allowances.member, (Metric.BYTES, Period.HELD): 4_000_000})

    def take(tx: Transaction, amount: int) -> None:
        charge = Charge(metric=Metric.BYTES, amount=amount)
        who, where = ada.user_id, ada.place
        quota.take(tx, user_id=who, place=where, roles=(), charge=charge, allowances=held, unlimited=False)

    with pytest.raises(Shortage) as told:
        await world.database.write(lambda tx: take(tx, 1_000_001))
    assert (told.value.used, told.value.limit) == (3_000_000, 4_000_000)
    await world.database.write(lambda tx: take(tx, 1_000_000))


async def test_the_day_ends_at_midnight_in_the_places_own_time(world: World, ada: Asker) -> None:
    await world.database.write(lambda tx: places.set_time_zone(tx, ada.place.id, "Asia/Tokyo"))
    assert (await line(world, ada, "Characters a day")).endswith("again in 7 h")
    await world.ask(ada, "speak", text=HELLO)
    world.clock.turn(7 * HOUR)
    assert " 0 of 20,000 used" in await line(world, ada, "Characters a day")


async def test_an_owner_has_no_limit_but_is_counted(world: World, host: Asker) -> None:
    assert (await world.ask(host, "quota show")).text == (
        "No limit holds for you here, and nothing is used yet.\n"
        "You run this Mynah: you are counted, but nothing holds you back."
    )
    await world.ask(host, "speak", text=HELLO)
    assert await line(world, host, "Characters a day") == ("Characters a day: 18 used, no limit, starts again in 16 h")


async def test_an_owner_sees_the_caps_of_the_place_though_they_do_not_hold_them(
    world: World, ada: Asker, host: Asker
) -> None:
    await world.ask(host, "quota set", metric="characters", limit=20, cap=True)
    await world.ask(ada, "speak", text=HELLO)
    cap = "Characters a day, all here together: █████████░ 18 of 20 used, 2 left, starts again in 16 h"
    shown = (await world.ask(host, "quota show")).text.splitlines()
    assert shown == [cap, "You run this Mynah: you are counted, but nothing holds you back."]
    await world.submit(host, "speak", text=HELLO)


async def test_members_see_their_own_only(world: World, ada: Asker, admin: Asker) -> None:
    await world.ask(ada, "quota show", member="discord:ada")
    with pytest.raises(NotAllowed, match="Only admins see how others stand"):
        await world.ask(ada, "quota show", member="discord:admin")
    reply = await world.ask(admin, "quota show", member={"id": "discord:ada", "name": "Ada"})
    assert reply.text.startswith("Ada:\nGenerations a day: ")


async def test_an_admin_does_not_see_what_holds_for_a_member_everywhere(
    world: World, ada: Asker, admin: Asker, host: Asker
) -> None:
    await world.ask(host, "quota set", metric="characters", limit=900, member="discord:ada", everywhere=True)
    for asker, seen in ((ada, True), (host, True), (admin, False)):
        shown = (await world.ask(asker, "quota show", member="discord:ada")).text
        assert ("over all places" in shown) is seen


async def test_a_places_default_holds_for_those_without_a_limit_of_their_own(
    world: World, ada: Asker, admin: Asker
) -> None:
    reply = await world.ask(admin, "quota set", metric="characters", limit=10)
    assert reply.text.splitlines()[:2] == [
        "Those who have no other limit may use 10 characters a day here.",
        "You yourself:",
    ]
    with pytest.raises(QuotaReached):
        await world.submit(ada, "speak", text=HELLO)
    reply = await world.ask(admin, "quota set", metric="characters", limit="1_000", member="discord:ada")
    assert reply.text.splitlines()[0] == "ada may use 1,000 characters a day here."
    assert "0 of 1,000 used" in reply.text
    await world.submit(ada, "speak", text=HELLO)


async def test_of_several_roles_the_highest_counts(world: World, admin: Asker) -> None:
    await world.ask(admin, "quota set", metric="generations", limit=0)
    reply = await world.ask(admin, "quota set", metric="generations", limit=3, role={"id": "77", "name": "Bards"})
    assert reply.text.splitlines()[0] == "Members with the role Bards may use 3 generations a day here."
    await world.ask(admin, "quota set", metric="generations", limit=7, role="78")
    bard = await world.person("bard", roles=("77", "78"))
    assert " of 3 used" in await line(world, bard, "Generations a day")
    bard = await world.person("bard", roles=("79", "78", "77"))
    assert " of 7 used" in await line(world, bard, "Generations a day")
    with pytest.raises(QuotaReached):
        await world.submit(await world.person("ada"), "speak", text=HELLO)


async def test_a_cap_is_for_all_together_and_counts_what_was_used_before(
    world: World, ada: Asker, admin: Asker
) -> None:
    await world.ask(ada, "speak", text=HELLO)
    reply = await world.ask(admin, "quota set", metric="characters", limit=20, cap="yes", period="month")
    assert reply.text.splitlines()[0] == "All members together may use 20 characters a month here."
    assert "Characters a month, all here together: █████████░ 18 of 20 used, 2 left" in reply.text
    bob = await world.person("bob")
    with pytest.raises(QuotaReached, match=r"2 of this place's 20 characters a month are left\. It starts again in"):
        await world.submit(bob, "speak", text="Good morning.")


async def test_unlimited_is_a_word_and_clearing_goes_back_to_what_held_before(
    world: World, ada: Asker, admin: Asker
) -> None:
    reply = await world.ask(admin, "quota set", metric="characters", limit="Unlimited", member="discord:ada")
    assert reply.text.splitlines()[0] == "There is no limit on characters a day for ada here."
    await world.submit(ada, "speak", text="word " * 6_000)
    reply = await world.ask(admin, "quota clear", metric="characters", member="discord:ada")
    assert reply.text.splitlines()[0] == "That limit on characters a day is gone; the next one holds."
    assert " of 20,000 used" in await line(world, ada, "Characters a day")
    with pytest.raises(NotFound, match="No such limit is set; nothing was changed"):
        await world.ask(admin, "quota clear", metric="characters", member="discord:ada")


async def test_what_is_kept_has_no_day(world: World, admin: Asker) -> None:
    reply = await world.ask(admin, "quota set", metric="bytes", limit=5_000_000, period="day")
    assert reply.text.splitlines()[0] == "Those who have no other limit may keep 5 MB here."
    assert await world.rows("SELECT period, amount FROM limits") == [("held", 5_000_000)]


async def test_a_grant_is_on_top_until_the_day_ends(world: World, ada: Asker, admin: Asker) -> None:
    await world.ask(admin, "quota set", metric="characters", limit=10)
    reply = await world.ask(admin, "quota grant", metric="characters", amount=50, member="discord:ada")
    assert reply.text.splitlines()[0] == "ada may have 50 more characters today here."
    assert "0 of 60 used" in reply.text
    await world.submit(ada, "speak", text=HELLO)
    world.clock.turn(DAY)
    assert "0 of 10 used" in await line(world, ada, "Characters a day")


async def test_reset_lets_a_member_or_all_begin_anew(world: World, ada: Asker, admin: Asker) -> None:
    await world.ask(ada, "speak", text=HELLO)
    reply = await world.ask(admin, "quota reset", member="discord:ada", metric="characters")
    assert reply.text.splitlines()[0] == "ada begins anew here."
    assert " 0 of 20,000 used" in await line(world, ada, "Characters a day")
    assert " 1 of 100 used" in await line(world, ada, "Generations a day")
    assert (await world.ask(admin, "quota reset", member="discord:ada", metric="characters")).text.startswith(
        "There was nothing to reset."
    )
    with pytest.raises(UsageError, match="Say who begins anew"):
        await world.ask(admin, "quota reset")


async def test_a_reset_of_the_cap_leaves_members_as_they_are(world: World, ada: Asker, admin: Asker) -> None:
    await world.ask(ada, "speak", text=HELLO)
    await world.ask(admin, "quota set", metric="characters", limit=20, cap=True)
    reply = await world.ask(admin, "quota reset", cap=True)
    assert reply.text.startswith("All members together begin anew here.")
    assert "all here together: ░░░░░░░░░░ 0 of 20 used" in reply.text
    assert " 18 of 20,000 used" in await line(world, ada, "Characters a day")


CHANGES: list[tuple[str, dict[str, object]]] = [
    ("quota set", {"metric": "characters", "limit": 5}),
    ("quota clear", {"metric": "characters"}),
    ("quota grant", {"metric": "characters", "amount": 5, "member": "discord:ada"}),
    ("quota reset", {"member": "discord:ada"}),
]


@pytest.mark.parametrize(("name", "values"), CHANGES, ids=[name for name, _ in CHANGES])
async def test_members_change_nothing_and_admins_nothing_elsewhere_or_everywhere(
    world: World, ada: Asker, admin: Asker, name: str, values: dict[str, object]
) -> None:
    await world.person("zoe", place="99")
    alone = await world.person("admin", place="direct", kind="direct", rank=Audience.ADMINS)
    member: dict[str, object] = {"member": "discord:ada"}
    refused: list[tuple[Asker, dict[str, object], str]] = [
        (ada, {}, "That is for admins of this place only"),
        (admin, {"place": "discord:99"}, "Only those who run this Mynah set limits in other places"),
        (admin, {"place": "discord:nowhere"}, "Only those who run this Mynah set limits in other places"),
        (admin, {"everywhere": True} | member, "Limits everywhere are for those who run this Mynah"),
        (alone, {}, "In direct messages only those who run this Mynah set limits"),
    ]
    for asker, more, sentence in refused:
        with pytest.raises(NotAllowed, match=sentence):
            await world.ask(asker, name, **values, **more) if "member" not in values else await world.ask(
                asker, name, **(values | more)
            )
    assert await world.rows("SELECT 1 FROM limits UNION ALL SELECT 1 FROM audit UNION ALL SELECT 1 FROM ledger") == []


async def test_an_owner_sets_limits_in_other_places_and_in_direct_messages(world: World, host: Asker) -> None:
    elsewhere = await world.person("zoe", place="99")
    reply = await world.ask(host, "quota set", metric="characters", limit=7, place="discord:99")
    assert reply.text.splitlines()[0] == "Those who have no other limit may use 7 characters a day in place 99."
    assert " of 7 used" in await line(world, elsewhere, "Characters a day")
    alone = await world.person("zoe", place="direct", kind="direct")
    await world.ask(host, "quota set", metric="characters", limit=9, place="discord:direct")
    assert " of 9 used" in await line(world, alone, "Characters a day")
    with pytest.raises(NotFound, match="Mynah knows no place 'mars'"):
        await world.ask(host, "quota set", metric="characters", limit=7, place="mars")


async def test_a_limit_everywhere_follows_the_person(world: World, ada: Asker, host: Asker) -> None:
    await world.ask(host, "quota set", metric="characters", limit=20, member="discord:ada", everywhere=True)
    await world.ask(ada, "speak", text=HELLO)
    elsewhere = await world.person("ada", place="99")
    with pytest.raises(QuotaReached, match="2 of your overall 20 characters a day are left"):
        await world.submit(elsewhere, "speak", text=HELLO[::-1])
    reply = await world.ask(host, "quota grant", metric="characters", amount=30, member="discord:ada", everywhere=True)
    assert reply.text.startswith("ada may have 30 more characters today over all places.")
    await world.submit(elsewhere, "speak", text=HELLO[::-1])


async def test_every_act_is_written_down_with_who_whom_and_what(world: World, ada: Asker, admin: Asker) -> None:
    await world.ask(ada, "speak", text=HELLO)
    acted: list[tuple[str, dict[str, object]]] = [
        ("quota set", {"metric": "characters", "limit": 5, "member": "discord:ada"}),
        *CHANGES[2:],
        ("quota clear", {"metric": "characters", "member": "discord:ada"}),
    ]
    for name, values in acted:
        await world.ask(admin, name, **values)
    acts = await world.rows("SELECT actor_id, place_id, target_id, act, details FROM audit ORDER BY id")
    who = (admin.user_id, admin.place.id, ada.user_id)
    assert [(act[:3], act[3], json.loads(act[4])) for act in acts] == [
        (who, "quota set", {"scope": "member", "metric": "characters", "period": "day", "limit": 5}),
        (who, "quota grant", {"scope": "member", "metric": "characters", "period": "day", "amount": 5}),
        (who, "quota reset", {"scope": "member", "metric": None, "period": None}),
        (who, "quota clear", {"scope": "member", "metric": "characters", "period": "day"}),
    ]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"member": "discord:ada", "role": "7"}, "give one of the three"),
        ({"member": "discord:ada", "cap": True}, "give one of the three"),
        ({"everywhere": True}, "A limit everywhere is for one person: add member="),
        ({"member": "discord:zoe"}, "Mynah does not know discord:zoe yet"),
        ({"limit": -1}, r"limit goes from 0 to 1,000,000,000,000, or is unlimited\."),
        ({"limit": "some"}, "limit has to be a whole number, not 'some'"),
        ({"metric": "tea"}, "metric can be generations, characters"),
    ],
    ids=str,
)
async def test_what_does_not_go_together_is_refused_in_words(
    world: World, ada: Asker, host: Asker, values: dict[str, object], sentence: str
) -> None:
    given = {"metric": "characters", "limit": 5} | values
    if given["limit"] == -1:
        assert (await world.ask(host, "quota set", **given)).text.startswith("There is no limit")
        given["limit"] = -2
    with pytest.raises((UsageError, NotFound), match=sentence):
        await world.ask(host, "quota set", **given)


async def test_a_limit_of_nothing_stops_a_member_altogether(world: World, ada: Asker, admin: Asker) -> None:
    await world.ask(admin, "quota set", metric="generations", limit=0, member="discord:ada")
    assert "██████████ 0 of 0 used, 0 left" in await line(world, ada, "Generations a day")
    with pytest.raises(QuotaReached, match="That takes 1 generation; your limit is 0 generations a day"):
        await world.submit(ada, "speak", text=HELLO)


async def test_a_standing_elsewhere_leaves_the_roles_of_here_out(world: World, host: Asker) -> None:
    zoe = await world.person("zoe", place="99")
    await world.ask(host, "quota set", metric="characters", limit=7, role="77", place="discord:99")
    asked = replace(host, roles=("77",))
    shown = await world.ask(asked, "quota set", metric="characters", limit=8, place="discord:99")
    assert " of 7 used" not in shown.text
    assert " of 8 used" in await line(world, zoe, "Characters a day")


async def test_the_time_zone_of_a_place_is_shown_and_set(world: World, ada: Asker, admin: Asker) -> None:
    shown = await world.ask(admin, "quota zone")
    assert shown.text == "Days and months here end at midnight in UTC; the next one is in 16 h."
    reply = await world.ask(admin, "quota zone", name=" asia/tokyo")
    assert reply.private
    assert reply.text == "Days and months here now end at midnight in Asia/Tokyo; the next one is in 7 h."
    assert reply.data == {"zone": "Asia/Tokyo", "day_ends": "2027-01-15T15:00:00Z"}
    assert (await line(world, ada, "Characters a day")).endswith("starts again in 7 h")
    assert await world.rows("SELECT actor_id, place_id, act, details FROM audit") == [
        (admin.user_id, admin.place.id, "quota zone", '{"zone": "Asia/Tokyo", "before": "UTC"}')
    ]


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("berlin", "maybe it is Europe/Berlin"),
        ("Europe/Berlni", "maybe it is Europe/Berlin"),
        ("new york", "maybe it is America/New_York"),
        ("qqqqqqqq", "one is named like Europe/Berlin"),
    ],
)
async def test_an_unknown_time_zone_is_refused_with_those_that_are_called_nearly_so(
    world: World, admin: Asker, name: str, near: str
) -> None:
    with pytest.raises(NotFound, match=f"There is no time zone '{name}'; {near}"):
        await world.ask(admin, "quota zone", name=name)
    assert await world.rows("SELECT time_zone FROM places UNION ALL SELECT act FROM audit") == [("UTC",)]


async def test_the_time_zone_is_for_admins_and_in_direct_messages_for_owners(world: World, ada: Asker) -> None:
    with pytest.raises(NotAllowed, match="That is for admins of this place only"):
        await world.ask(ada, "quota zone")
    alone = await world.person("admin", place="direct", kind="direct", rank=Audience.ADMINS)
    with pytest.raises(NotAllowed, match="In direct messages only those who run this Mynah set the time zone"):
        await world.ask(alone, "quota zone", name="UTC")
    owner = await world.person("host", place="direct", kind="direct", rank=Audience.OWNERS)
    assert "in Europe/Paris" in (await world.ask(owner, "quota zone", name="Europe/Paris")).text


async def test_time_zones_are_offered_while_they_are_typed(world: World, admin: Asker) -> None:
    assert (await zone_names(world.inquiry(admin), "europe/be"))[0] == "Europe/Belfast"
    assert (await zone_names(world.inquiry(admin), "tokio"))[0] == "Asia/Tokyo"
    assert len(await zone_names(world.inquiry(admin), "")) == 25
