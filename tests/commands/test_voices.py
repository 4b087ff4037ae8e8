"""/voices: which there are, how they sound, and which of them speaks for whom."""

from __future__ import annotations

import pytest

from commands.core.command import Audience
from commands.core.errors import NotAllowed, NotFound, Refused, UsageError
from commands.core.params import Suggest
from commands.core.request import find
from storage import clones
from storage.database import Transaction
from tests.commands.world import World
from tests.storage import making


async def test_the_list_has_every_voice_for_programs_and_a_page_for_people(world: World) -> None:
    reply = await world.ask(await world.person("ada"), "voices list")
    assert reply.items is not None
    assert len(reply.items) > 100
    lines = reply.text.splitlines()
    assert len(lines) == 22
    assert lines[-1].startswith("Page 1 of ")
    (more,) = reply.actions
    assert (more.label, more.command, more.values) == ("More", "voices list", {"page": 2})


async def test_the_pages_have_each_voice_once(world: World) -> None:
    ada = await world.person("ada")
    first = await world.ask(ada, "voices list")
    shown: list[str] = []
    reply = first
    while True:
        shown += [line.partition(" · ")[0] for line in reply.text.splitlines() if " · " in line]
        if not reply.actions:
            break
        reply = await world.ask(ada, "voices list", **reply.actions[0].values)
    assert first.items is not None
    assert shown == [each["name"] for each in first.items]


async def test_filters_narrow_the_list_and_stay_on_the_next_page(world: World) -> None:
    ada = await world.person("ada")
    english = await world.ask(ada, "voices list", language="en")
    assert english.items is not None
    assert {"en-gb", "en-us"} <= {each["name"] for each in english.items}
    assert all(str(each["language"]).startswith("en") for each in english.items)
    assert (await world.ask(ada, "voices list", language="en", search="america")).text.splitlines()[0] == (
        "en-us · English (America) · male"
    )
    assert (await world.ask(ada, "voices list", kind="clone")).items == ()
    male = await world.ask(ada, "voices list", sex="male")
    assert male.actions[0].values == {"sex": "male", "page": 2}


async def test_a_list_without_voices_says_what_to_do(world: World) -> None:
    ada = await world.person("ada")
    assert (await world.ask(ada, "voices list", search="klingon 100%")).text.startswith("No voice is like that.")
    assert (await world.ask(ada, "voices list", page=200)).text.startswith("There is no page 200; the last one is ")


async def test_one_sees_ones_own_voices_first_and_never_anybody_elses_private_ones(world: World) -> None:
    ada, bob = await world.person("ada"), await world.person("bob")
    await world.make_voice("grandma", ada.user_id, "private")
    assert (await world.ask(ada, "voices list")).text.startswith("grandma · grandma · yours\n")
    assert (await world.ask(bob, "voices list", search="grandma")).items == ()
    with pytest.raises(NotFound):
        await world.ask(bob, "voices show", name="grandma")
    with pytest.raises(NotFound):
        await world.ask(bob, "speak", text="hi", voice="grandma")


async def test_show_tells_what_a_voice_is_and_what_to_do_with_it(world: World) -> None:
    reply = await world.ask(await world.person("ada"), "voices show", name="DE")
    assert reply.text.startswith("de: German\nde · male · came with espeak")
    assert reply.data["engine"] == "espeak"
    assert [(action.command, action.values) for action in reply.actions] == [
        ("voices preview", {"name": "de"}),
        ("voices default", {"name": "de"}),
    ]


async def test_show_offers_the_nearest_names(world: World) -> None:
    with pytest.raises(NotFound, match=r"There is no voice 'german1'\. Did you mean .*\bde\b"):
        await world.ask(await world.person("ada"), "voices show", name="german1")


async def test_a_preview_greets_in_the_voices_own_language(world: World) -> None:
    reply = await world.ask(await world.person("ada"), "voices preview", name="de")
    assert reply.text.startswith('"Hallo, so klingt meine Stimme."')
    assert reply.files[0].seconds


async def test_a_preview_in_a_language_without_a_greeting_says_the_voices_title(world: World) -> None:
    reply = await world.ask(await world.person("ada"), "voices preview", name="jbo")
    assert reply.text.startswith('"Lojban"')


async def test_a_person_chooses_sees_and_gives_up_a_voice(world: World) -> None:
    ada = await world.person("ada")
    assert (await world.ask(ada, "voices default")).text == (
        "You have not chosen a voice; here en-us (English (America)) speaks for you."
    )
    assert (await world.ask(ada, "voices default", name="de")).text == "From now on de (German) speaks for you."
    assert (await world.ask(ada, "voices default")).text == "de (German) speaks for you."
    assert (await world.ask(ada, "voices default", name="None")).text == (
        "You have no voice of your own now; here en-us speaks for you."
    )


async def test_a_variant_cannot_be_kept_and_the_sentence_says_what_to_do(world: World) -> None:
    with pytest.raises(Refused, match=r"name de\+annie each time you speak"):
        await world.ask(await world.person("ada"), "voices default", name="de+annie")


async def test_an_admin_chooses_for_the_place_and_it_is_written_down(world: World) -> None:
    ada, admin = await world.person("ada"), await world.person("admin", rank=Audience.ADMINS)
    await world.ask(admin, "voices here", name="fr-fr")
    assert (await world.ask(ada, "voices default")).data["name"] == "fr-fr"
    await world.ask(admin, "voices here", name="none")
    assert (await world.ask(ada, "voices default")).data["name"] == "en-us"
    acts = await world.rows("SELECT actor_id, place_id, act, details FROM audit ORDER BY id")
    assert acts == [
        (admin.user_id, admin.place.id, "voices here", '{"voice": "fr-fr"}'),
        (admin.user_id, admin.place.id, "voices here", '{"voice": null}'),
    ]


async def test_only_admins_choose_for_the_place_and_in_direct_messages_only_owners(world: World) -> None:
    with pytest.raises(NotAllowed):
        await world.ask(await world.person("ada"), "voices here", name="de")
    alone = await world.person("ada", place="direct", kind="direct", rank=Audience.ADMINS)
    with pytest.raises(NotAllowed, match="For direct messages only those who run this Mynah choose"):
        await world.ask(alone, "voices here", name="de")
    host = await world.person("host", place="direct", kind="direct", rank=Audience.OWNERS)
    assert (await world.ask(host, "voices here", name="de")).data["name"] == "de"


async def test_a_private_voice_does_not_become_the_places(world: World) -> None:
    admin = await world.person("admin", rank=Audience.ADMINS)
    await world.make_voice("grandma", admin.user_id, "private")
    with pytest.raises(Refused, match="grandma is private"):
        await world.ask(admin, "voices here", name="grandma")
    assert await world.rows("SELECT 1 FROM audit") == []


async def test_languages_are_completed_while_they_are_typed(world: World) -> None:
    inquiry = world.inquiry(await world.person("ada"))
    param = find(world.host.commands, "voices list").param("language")
    assert param
    suggest = param.mark(Suggest)
    assert suggest
    assert await suggest.source(inquiry, "PT") == ["pt", "pt-br"]
    assert len(await suggest.source(inquiry, "")) == 25


async def test_a_choice_that_is_none_is_refused_in_words(world: World) -> None:
    with pytest.raises(UsageError, match=r"sex can be female, male\."):
        await world.ask(await world.person("ada"), "voices list", sex="deep")


async def test_the_list_begins_with_ones_own_voices_that_cannot_speak_yet(world: World) -> None:
    ada, bob = await world.person("ada"), await world.person("bob")

    def make(tx: Transaction) -> None:
        making.clone(tx, ada.user_id, "Ready")
        making.recorded(tx, ada.user_id, "Waits")
        making.agreed(tx, making.recorded(tx, ada.user_id, "Agreed"), ada.user_id)

    await world.database.write(make)
    reply = await world.ask(ada, "voices list", kind="clone")
    assert reply.text.splitlines() == [
        "Agreed \u00b7 yours \u00b7 has to be made",
        "Waits \u00b7 yours \u00b7 waits for consent",
        "Ready \u00b7 yours",
    ]
    assert [each["status"] for each in reply.items or ()] == ["building", "building", "ready"]
    assert (await world.ask(bob, "voices list", kind="clone")).items == ()
    narrowed = {"sex": "male", "kind": "builtin", "search": "waits", "language": "de"}
    for name, value in narrowed.items():
        found = await world.ask(ada, "voices list", **{name: value})
        shown = [each["name"] for each in found.items or () if each["mine"]]
        assert shown == (["Waits"] if name == "search" else []), name


async def test_show_tells_the_owner_everything_about_a_voice_and_others_what_they_need(world: World) -> None:
    ada, bob = await world.person("ada"), await world.person("bob")

    def make(tx: Transaction) -> None:
        voice = making.clone(tx, ada.user_id, "Ada", visibility="public")
        clones.tag(tx, voice.id, ["warm"])
        making.recorded(tx, ada.user_id, "Waits")

    await world.database.write(make)
    mine, theirs = [await world.ask(asker, "voices show", name="ada") for asker in (ada, bob)]
    assert mine.text.splitlines() == [
        "Ada",
        "en \u00b7 a clone, yours \u00b7 #warm",
        "Its owner's own voice, agreed to aloud.",
        "1 recording, 21.0 s; the best is 8 of 10.",
        "A similar voice: likeness .71.",
        "It is for everyone.",
    ]
    assert (mine.data["consent"], mine.data["recordings"], mine.private) == ("spoken", 1, True)
    assert {action.command for action in mine.actions} == {
        *("voices preview", "voices default", "voices share", "voices passage", "voices delete")
    }
    assert theirs.text.splitlines() == ["Ada", "en \u00b7 a clone, somebody else's \u00b7 #warm"]
    assert [action.command for action in theirs.actions] == ["voices preview", "voices default"]
    waits = await world.ask(ada, "voices show", name="Waits")
    assert waits.text.endswith("It waits for consent.")
    assert [action.command for action in waits.actions][:2] == ["consent own", "consent other"]


async def test_a_clone_is_called_by_its_name_where_it_speaks_for_somebody(world: World) -> None:
    ada = await world.person("ada")
    await world.database.write(lambda tx: making.clone(tx, ada.user_id, "Ada"))
    assert (await world.ask(ada, "voices default", name="Ada")).text == "From now on Ada speaks for you."
    assert (await world.ask(ada, "voices default")).text == "Ada speaks for you."
