"""Casting: which voice says it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from commands.core.casting import NotReady, cast
from commands.core.command import Audience
from commands.core.context import Asker
from commands.core.errors import NotFound
from storage import places, users, voices
from storage.database import Transaction
from tests.commands.world import World

HELLO = "Hello, I am Mynah."
NO_LANGUAGE = "Mynah 12"


async def test_a_voice_is_the_persons_own_before_the_places_before_the_hosts(world: World) -> None:
    ada = await world.person("ada")
    assert (await world.ask(ada, "speak", text=NO_LANGUAGE)).data["voice"] == "en-us"

    def choose(tx: Transaction, name: str) -> int:
        voice = voices.named(tx, name, user_id=ada.user_id, place_id=ada.place.id)
        assert voice is not None
        return voice.id

    await world.database.write(lambda tx: places.set_default_voice(tx, ada.place.id, choose(tx, "fr-fr")))
    assert (await world.ask(ada, "speak", text=NO_LANGUAGE)).data["voice"] == "fr-fr"
    await world.database.write(lambda tx: users.set_default_voice(tx, ada.user_id, choose(tx, "de")))
    assert (await world.ask(ada, "speak", text=NO_LANGUAGE)).data["voice"] == "de"
    assert (await world.ask(ada, "speak", text=NO_LANGUAGE, voice="EN-gb")).data["voice"] == "en-gb"


async def test_a_variant_stands_behind_a_plus(world: World) -> None:
    ada = await world.person("ada")
    reply = await world.ask(ada, "speak", text=HELLO, voice="en-gb+Annie")
    assert reply.data["voice"] == "en-gb+annie"
    assert reply.text.endswith("English (Great Britain), Annie")
    by_name = await world.ask(ada, "speak", text=HELLO, voice="en-gb+Auntie")
    assert by_name.data["voice"] == "en-gb+aunty", "its human name will do as well as its file's"
    with pytest.raises(NotFound, match=r"no variant 'anni' of en-gb\. Did you mean en-gb\+annie"):
        await world.ask(ada, "speak", text=HELLO, voice="en-gb+anni")


async def cast_for(world: World, asker: Asker, name: str, language: str | None, default: str = "auto") -> str:
    inquiry = world.inquiry(asker)
    inquiry = replace(inquiry, rules=replace(inquiry.rules, default_voice=default))
    return (await world.database.read(lambda tx: cast(tx, inquiry, name, language))).name


@pytest.mark.parametrize(
    ("language", "voice"),
    [("de", "de"), ("fr", "fr-fr"), ("zh", "cmn"), ("no", "nb"), ("en-us", "en-us"), ("EN", "en-gb")],
)
async def test_where_nobody_chose_the_best_voice_for_the_language_speaks(
    world: World, language: str, voice: str
) -> None:
    assert await cast_for(world, await world.person("ada"), "", language) == voice


@pytest.mark.parametrize("language", [None, "xx", ""])
async def test_where_nobody_knows_the_language_or_speaks_it_english_is_spoken(
    world: World, language: str | None
) -> None:
    assert await cast_for(world, await world.person("ada"), "", language) == "en-gb"


async def test_a_chosen_voice_keeps_what_it_can_read_and_no_more(world: World) -> None:
    ada = await world.person("ada")
    await world.ask(ada, "voices default", name="en-us")
    assert await cast_for(world, ada, "", "en-gb") == "en-us", "a dialect is no other language"
    assert await cast_for(world, ada, "", None) == "en-us"
    assert await cast_for(world, ada, "", "de") == "de"
    assert await cast_for(world, ada, "", "xx") == "en-us", "nobody speaks it, so the choice stands"
    await world.ask(ada, "voices default", name="cmn")
    assert await cast_for(world, ada, "", "zh") == "cmn"


async def test_the_places_voice_speaks_where_the_persons_own_cannot(world: World) -> None:
    admin = await world.person("ada", rank=Audience.ADMINS)
    await world.ask(admin, "voices here", name="pt-br")
    ada = await world.person("ada")
    await world.ask(ada, "voices default", name="en-us")
    assert await cast_for(world, ada, "", "pt") == "pt-br"
    assert await cast_for(world, ada, "", "fr") == "fr-fr"


async def test_the_hosts_voice_speaks_what_it_can_read(world: World) -> None:
    ada = await world.person("ada")
    assert await cast_for(world, ada, "", "en", default="en-us") == "en-us"
    assert await cast_for(world, ada, "", "de", default="en-us") == "de"
    assert await cast_for(world, ada, "", None, default="fr-fr") == "fr-fr"


async def test_a_chosen_clone_keeps_every_text(world: World) -> None:
    ada = await world.person("ada")
    await world.make_voice("mine", ada.user_id, "private")
    await world.ask(ada, "voices default", name="mine")
    assert await cast_for(world, ada, "", "de") == "mine"


@pytest.mark.parametrize(
    ("name", "language", "voice"),
    [
        ("en-gb", "de", "en-gb"),
        ("en-gb+annie", "de", "de+annie"),
        ("en-gb+annie", "en-us", "en-gb+annie"),
        ("en-gb+annie", "xx", "en-gb+annie"),
        ("en-gb+annie", None, "en-gb+annie"),
        ("de", "de", "de"),
    ],
)
async def test_a_named_voice_says_it_and_a_variant_takes_the_language_on(
    world: World, name: str, language: str | None, voice: str
) -> None:
    assert await cast_for(world, await world.person("ada"), name, language) == voice


async def test_an_unknown_voice_is_refused_with_the_nearest_names(world: World) -> None:
    with pytest.raises(NotFound, match=r"There is no voice 'en-gbb'\. Did you mean .*en-gb"):
        await world.ask(await world.person("ada"), "speak", text=HELLO, voice="en-gbb")
    assert await world.rows("SELECT id FROM jobs") == []


@pytest.mark.parametrize(
    ("state", "missing"),
    [
        ("status = 'building', consent = '', spoken_by = NULL", "has to agree first. Yours: /consent own voice=ada"),
        ("status = 'building'", "has to be made first. /voices build ada"),
        ("status = 'revoked'", "has taken it back"),
    ],
)
async def test_of_ones_own_voice_is_said_what_it_lacks_to_speak(world: World, state: str, missing: str) -> None:
    ada, bob = await world.person("ada"), await world.person("bob")
    id = await world.make_voice("ada", ada.user_id, "public")
    await world.database.write(lambda tx: tx.run(f"UPDATE voices SET {state} WHERE id = :id", id=id))
    with pytest.raises(NotReady) as caught:
        await world.ask(ada, "speak", text=HELLO, voice="Ada")
    assert missing in str(caught.value)
    with pytest.raises(NotFound, match="There is no voice 'Ada'"):
        await world.ask(bob, "speak", text=HELLO, voice="Ada")
    assert await world.rows("SELECT id FROM jobs") == []


async def test_a_chosen_voice_that_was_made_private_speaks_no_more(world: World) -> None:
    ada, bob = await world.person("ada"), await world.person("bob")
    shared = await world.make_voice("narrator", bob.user_id, "public")
    await world.ask(ada, "voices default", name="narrator")
    assert (await world.ask(ada, "speak", text="hi")).data["voice"] == "narrator"
    await world.database.write(lambda tx: tx.run("UPDATE voices SET visibility = 'private' WHERE id = :id", id=shared))
    assert (await world.ask(ada, "speak", text="hi")).data["voice"] == "en-us"


async def test_a_places_voice_speaks_there_only(world: World) -> None:
    bob = await world.person("bob")
    await world.make_voice("local", bob.user_id, "place", bob.place.id)
    ada = await world.person("ada")
    await world.ask(ada, "voices default", name="local")
    assert (await world.ask(ada, "voices default")).data["name"] == "local"
    elsewhere = await world.person("ada", place="43")
    assert (await world.ask(elsewhere, "voices default")).data["name"] == "en-us"


async def test_a_retired_voice_is_not_there(world: World) -> None:
    await world.database.write(lambda tx: voices.install(tx, []))
    with pytest.raises(NotFound, match=r"There is no voice 'en-us'\. /voices list shows"):
        await world.ask(await world.person("ada"), "speak", text="hi", voice="en-us")


@pytest.mark.parametrize(
    ("given", "hint"), [("anna", ""), ("en-gbb", " Did you mean en-gb"), ("en-gb+nobody", " Did you mean en-gb")]
)
async def test_a_default_voice_that_is_not_there_is_for_the_host_to_mend(world: World, given: str, hint: str) -> None:
    ada = await world.person("ada")
    inquiry = world.inquiry(ada)
    inquiry = replace(inquiry, rules=replace(inquiry.rules, default_voice=given))
    with pytest.raises(NotFound) as caught:
        await world.database.read(lambda tx: cast(tx, inquiry, ""))
    begin = f"The default voice {given!r} is not there; set speech.default_voice in config.toml to one that is."
    assert str(caught.value).startswith(begin + hint)
    assert hint or str(caught.value) == begin


@pytest.mark.parametrize(
    ("typed", "hint"),
    [("anna", "/voices list shows"), ("german", "Did you mean de"), ("brit", "Did you mean en-gb")],
)
async def test_only_names_that_are_much_like_what_was_typed_are_offered(world: World, typed: str, hint: str) -> None:
    with pytest.raises(NotFound) as caught:
        await world.ask(await world.person("ada"), "speak", text=HELLO, voice=typed)
    assert str(caught.value).startswith(f"There is no voice {typed!r}. {hint}")
