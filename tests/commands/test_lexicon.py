"""/lexicon: how words are said, by oneself and, as an admin, by everybody in a place."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from commands.core.command import Audience
from commands.core.context import Asker
from commands.core.errors import NotAllowed, NotFound, Refused, UsageError
from commands.core.params import Suggest
from commands.core.request import find
from commands.lexicon import MOST, TRIED
from storage import lexicon
from storage.database import Transaction
from tests.commands.world import World


@pytest.fixture
async def ada(world: World) -> Asker:
    return await world.person("ada")


@pytest.fixture
async def admin(world: World) -> Asker:
    return await world.person("admin", rank=Audience.ADMINS)


async def lines(world: World, asker: Asker, **values: object) -> list[str]:
    return (await world.ask(asker, "lexicon list", **values)).text.splitlines()


async def fill(world: World, words: Sequence[str], *, user_id: int | None = None, place_id: int | None = None) -> None:
    """Have words said 'x'."""

    def work(tx: Transaction) -> None:
        for word in words:
            lexicon.add(tx, word=word, spoken="x", user_id=user_id, place_id=place_id)

    await world.database.write(work)


async def test_a_word_is_added_listed_changed_and_removed(world: World, ada: Asker) -> None:
    reply = await world.ask(ada, "lexicon add", word=" SQL ", spoken="sequel")
    assert reply.text == 'From now on "SQL" is read "sequel" for you.'
    assert reply.private
    assert reply.data == {"word": "SQL", "spoken": "sequel", "language": "", "whom": "me"}
    assert [(each.command, dict(each.values)) for each in reply.actions] == [("lexicon try", {"text": "SQL"})]
    assert await lines(world, ada) == ["SQL · sequel · every language · yours"]
    reply = await world.ask(ada, "lexicon add", word="sql", spoken="squeal")
    assert reply.text == 'From now on "sql" is read "squeal" for you. It was "sequel".'
    reply = await world.ask(ada, "lexicon remove", word="Sql")
    assert reply.text == '"sql" is read as it stands again, for you; it was "squeal".'
    assert reply.items == ({"word": "sql", "spoken": "squeal", "language": "", "whom": "me"},)
    assert await lines(world, ada) == [
        "No word is said in its own way yet; /lexicon add word=SQL spoken=sequel would add one."
    ]


async def test_a_word_can_be_for_texts_in_one_language(world: World, ada: Asker) -> None:
    reply = await world.ask(ada, "lexicon add", word="die", spoken="dee", language="DE")
    assert reply.text == 'From now on "die" is read "dee" in texts in de for you.'
    await world.ask(ada, "lexicon add", word="die", spoken="dye", language="en_GB")
    assert await lines(world, ada) == ["die · dee · de · yours", "die · dye · en-gb · yours"]
    with pytest.raises(NotFound) as caught:
        await world.ask(ada, "lexicon remove", word="die", language="fr")
    assert str(caught.value) == '"die" is not in your lexicon for fr. It is there for de and en-gb.'
    reply = await world.ask(ada, "lexicon remove", word="die")
    assert reply.text == (
        '"die" is read as it stands again, for you; it was "dee" in texts in de and "dye" in texts in en-gb.'
    )


async def test_two_people_have_their_own_words(world: World, ada: Asker) -> None:
    bob = await world.person("bob")
    await world.ask(ada, "lexicon add", word="SQL", spoken="sequel")
    assert (await world.ask(bob, "lexicon list")).items == ()
    with pytest.raises(NotFound) as caught:
        await world.ask(bob, "lexicon remove", word="SQL")
    assert str(caught.value) == '"SQL" is not in your lexicon. /lexicon list shows what is.'
    assert "sequel" not in (await world.ask(bob, "lexicon try", text="I know SQL.")).text


async def test_a_places_words_are_for_its_admins_and_everybody_sees_them(
    world: World, ada: Asker, admin: Asker
) -> None:
    reply = await world.ask(admin, "lexicon add", word="Nguyen", spoken="win", whom="place")
    assert reply.text == 'Here "Nguyen" is read "win" from now on, for everybody.'
    assert await lines(world, ada) == ["Nguyen · win · every language · this place's"]
    await world.ask(ada, "lexicon add", word="nguyen", spoken="new yen")
    assert await lines(world, ada) == [
        "nguyen · new yen · every language · yours",
        "Nguyen · win · every language · this place's, but yours counts",
    ]
    assert (await world.ask(ada, "lexicon try", text="Nguyen came.")).text.startswith("1 · new yen came.")
    assert (await world.ask(admin, "lexicon try", text="Nguyen came.")).text.startswith("1 · win came.")
    elsewhere = await world.person("ada", place="43")
    assert await lines(world, elsewhere) == ["nguyen · new yen · every language · yours"]


async def test_every_act_for_a_place_is_written_down_and_none_for_oneself(
    world: World, ada: Asker, admin: Asker
) -> None:
    await world.ask(ada, "lexicon add", word="SQL", spoken="sequel")
    await world.ask(admin, "lexicon add", word="SQL", spoken="sequel", language="en", whom="place")
    await world.ask(admin, "lexicon remove", word="sql", whom="place")
    await world.ask(ada, "lexicon remove", word="SQL")
    details = {"word": "SQL", "spoken": "sequel", "language": "en"}
    acts = await world.rows("SELECT actor_id, place_id, act, details FROM audit ORDER BY id")
    assert [(actor, place, act, json.loads(told)) for actor, place, act, told in acts] == [
        (admin.user_id, admin.place.id, "lexicon add", details),
        (admin.user_id, admin.place.id, "lexicon remove", details),
    ]


@pytest.mark.parametrize("name", ["add", "remove"])
async def test_a_member_changes_nothing_for_everybody(world: World, ada: Asker, admin: Asker, name: str) -> None:
    await world.ask(admin, "lexicon add", word="SQL", spoken="sequel", whom="place")
    values = {"word": "SQL", "spoken": "x"} if name == "add" else {"word": "SQL"}
    with pytest.raises(NotAllowed) as caught:
        await world.ask(ada, f"lexicon {name}", **values, whom="place")
    assert str(caught.value) == "The words of this place are for its admins; leave whom out to change yours."
    assert await lines(world, ada) == ["SQL · sequel · every language · this place's"]


async def test_in_direct_messages_only_those_who_run_mynah_change_words_for_all(world: World) -> None:
    alone = await world.person("ada", place="direct", kind="direct", rank=Audience.ADMINS)
    with pytest.raises(NotAllowed) as caught:
        await world.ask(alone, "lexicon add", word="SQL", spoken="x", whom="place")
    assert str(caught.value) == "In direct messages only those who run this Mynah change words for everybody."
    host = await world.person("host", place="direct", kind="direct", rank=Audience.OWNERS)
    assert (await world.ask(host, "lexicon add", word="SQL", spoken="x", whom="place")).data["whom"] == "place"


async def test_who_looks_in_the_wrong_lexicon_is_told_where_the_word_is(world: World, ada: Asker, admin: Asker) -> None:
    await world.ask(admin, "lexicon add", word="SQL", spoken="sequel", whom="place")
    with pytest.raises(NotFound) as caught:
        await world.ask(ada, "lexicon remove", word="sql")
    hint = "It is in this place's; /lexicon remove word=sql whom=place takes it out."
    assert str(caught.value) == f'"sql" is not in your lexicon. {hint}'
    await world.ask(admin, "lexicon add", word="GIF", spoken="jif")
    with pytest.raises(NotFound) as caught:
        await world.ask(admin, "lexicon remove", word="GIF", whom="place")
    hint = "It is in yours; /lexicon remove word=GIF whom=me takes it out."
    assert str(caught.value) == f'"GIF" is not in this place\'s lexicon. {hint}'


async def test_a_lexicon_is_full_at_some_time_and_then_words_can_still_be_changed(
    world: World, ada: Asker, admin: Asker
) -> None:
    await fill(world, [f"word{n}" for n in range(MOST)], user_id=ada.user_id)
    await fill(world, [f"word{n}" for n in range(MOST)], place_id=ada.place.id)
    with pytest.raises(Refused) as caught:
        await world.ask(ada, "lexicon add", word="one more", spoken="x")
    assert str(caught.value) == "Your lexicon has 500 words, which is the most; /lexicon remove makes room."
    with pytest.raises(Refused) as caught:
        await world.ask(admin, "lexicon add", word="one more", spoken="x", whom="place")
    assert str(caught.value) == "This place's lexicon has 500 words, which is the most; /lexicon remove makes room."
    assert await world.rows("SELECT 1 FROM audit") == []
    await world.ask(ada, "lexicon add", word="word7", spoken="y")
    await world.ask(ada, "lexicon remove", word="word8")
    await world.ask(ada, "lexicon add", word="one more", spoken="x")


async def test_a_long_list_has_pages_and_can_be_searched(world: World, ada: Asker) -> None:
    await fill(world, [f"w{n:02}" for n in range(45)], user_id=ada.user_id)
    await world.ask(ada, "lexicon add", word="w30", spoken="Ärger")
    first = await world.ask(ada, "lexicon list")
    shown = first.text.splitlines()
    assert (len(shown), shown[0], shown[-1]) == (
        21, "w00 · x · every language · yours", "Page 1 of 3, 45 words in all.",
    )  # fmt: skip
    assert first.items is not None
    assert len(first.items) == 45
    last = await world.ask(ada, "lexicon list", page=3)
    assert len(last.text.splitlines()) == 6
    assert last.actions == ()
    assert await lines(world, ada, **first.actions[0].values) != shown
    assert await lines(world, ada, page=4) == ["There is no page 4; the last one is 3."]
    assert await lines(world, ada, search="äRGER") == ["w30 · Ärger · every language · yours"]
    assert await lines(world, ada, search="W4") == [f"w4{n} · x · every language · yours" for n in range(5)]
    assert await lines(world, ada, search="%") == [
        "No word in the lexicon is like that. /lexicon list without anything shows them all."
    ]
    more = await world.ask(ada, "lexicon list", search="x")
    assert dict(more.actions[0].values) == {"search": "x", "page": 2}


REFUSED: dict[str, tuple[dict[str, object], str]] = {
    "no word": ({"word": " ", "spoken": "x"}, "The word needs a letter or a digit in it."),
    "a word of signs": ({"word": "😀!", "spoken": "x"}, "The word needs a letter or a digit in it."),
    "a word that is not seen": ({"word": "\u202e\u200b", "spoken": "x"}, "The word needs a letter or a digit in it."),
    "1,000 letters": ({"word": "a" * 1_000, "spoken": "x"}, "The word has 1,000 characters; 60 is the most."),
    "nothing to say": ({"word": "x", "spoken": "🤫"}, "There is nothing to say for it yet"),
    "too much to say": ({"word": "x", "spoken": "la " * 500}, "What is said for it has 1,499 characters; 200 is the"),
    "no language": ({"word": "x", "spoken": "y", "language": "en-!"}, "The language has to be a tag such as"),
    "words without quotation marks": (
        {"word": "SQL", "spoken": "my", "language": "Sequel"},
        "Nobody here speaks 'sequel'; a language is written like en or pt-br. Put what is more than one word into "
        "quotation marks.",
    ),
    "whom": ({"word": "x", "spoken": "y", "whom": "everyone"}, "whom can be me, place."),
    "nothing": ({}, "/lexicon add needs word: The word, as it is written."),
}  # fmt: skip


@pytest.mark.parametrize(("values", "sentence"), REFUSED.values(), ids=REFUSED)
async def test_what_could_never_be_found_or_said_is_refused_in_words(
    world: World, ada: Asker, values: dict[str, object], sentence: str
) -> None:
    with pytest.raises(UsageError) as caught:
        await world.ask(ada, "lexicon add", **values)
    assert str(caught.value).startswith(sentence)
    assert len(str(caught.value)) < 300
    assert await world.rows("SELECT 1 FROM lexicon") == []


HEBREW = "\u05e9\u05dc\u05d5\u05dd"
ODD = {
    "right to left": (f"\u202e{HEBREW}\u202c", "shalom", f"{HEBREW} ayin.", "1 · shalom ayin."),
    "a mention of all": ("@everyone", "everybody", "Hi @everyone now.", "1 · Hi everybody now."),
    "several words": ("New\n York", "Noo Yawk", "In new york today.", "1 · In Noo Yawk today."),
    "a template": ("{name}", "{0} %s who", "It is {name} again.", "1 · It is {0} %s who again."),
    "what it is already": ("SQL", "SQL", "I know SQL well.", "1 · I know SQL well."),
    "an emoji beside": ("cat🐈", "kitty", "My cat🐈 sleeps.", "1 · My kitty sleeps."),
    "full width": ("\uff33\uff31\uff2c", "sequel", "I know SQL well.", "1 · I know sequel well."),
}


@pytest.mark.parametrize(("word", "spoken", "text", "read"), ODD.values(), ids=ODD)
async def test_odd_words_are_simply_words(
    world: World, ada: Asker, word: str, spoken: str, text: str, read: str
) -> None:
    reply = await world.ask(ada, "lexicon add", word=word, spoken=spoken)
    reply.to_json().encode()
    tried = await world.ask(ada, "lexicon try", text=text, language="en")
    assert tried.text.startswith(read)
    assert (await world.ask(ada, "lexicon list")).text.count("\n") == 0
    await world.ask(ada, "lexicon remove", word=word)


async def test_a_trial_tells_sentence_by_sentence_what_is_read_otherwise(world: World, ada: Asker) -> None:
    await world.ask(ada, "lexicon add", word="SQL", spoken="sequel")
    text = "He paid $3.50 for SQL. [pause 1.5s] It was good."
    reply = await world.ask(ada, "lexicon try", text=text, language="en-us")
    assert reply.text.splitlines() == [
        '1 · He paid three dollars fifty for sequel. · "$3.50" as "three dollars fifty", "SQL" as "sequel" '
        "· then 1.5 s of silence",
        "2 · It was good.",
        "Read as a text in en-us.",
    ]
    assert reply.items == (
        {
            "written": "He paid $3.50 for SQL.",
            "spoken": "He paid three dollars fifty for sequel.",
            "changes": [
                {"written": "$3.50", "spoken": "three dollars fifty"},
                {"written": "SQL", "spoken": "sequel"},
            ],
            "pause": 1.5,
        },
        {"written": "It was good.", "spoken": "It was good.", "changes": [], "pause": 0.0},
    )
    assert [(each.label, each.command, dict(each.values)) for each in reply.actions] == [
        ("Hear it", "speak", {"text": text})
    ]


async def test_a_trial_without_changes_says_so_and_one_may_begin_with_silence(world: World, ada: Asker) -> None:
    reply = await world.ask(ada, "lexicon try", text="[pause 2s] Good morning.", language="en")
    assert reply.text.splitlines() == [
        "1 · 2.0 s of silence",
        "2 · Good morning.",
        "It is read as it stands, as a text in en.",
    ]


async def test_a_trial_finds_the_language_out_where_it_is_not_given(world: World, ada: Asker) -> None:
    await world.ask(ada, "lexicon add", word="die", spoken="dee", language="de")
    german = await world.ask(ada, "lexicon try", text="Ich glaube, dass die Kinder heute nicht zur Schule gehen.")
    assert "Read as a text in de." in german.text.splitlines()
    english = await world.ask(ada, "lexicon try", text="I think that the plants will die without any water.")
    assert english.text.splitlines()[-1].startswith("It is read as it stands, as a text in en")


async def test_a_trial_costs_nothing_and_leaves_nothing(world: World, ada: Asker) -> None:
    await world.ask(ada, "lexicon try", text="Good morning. " * 100)
    left = await world.rows("SELECT 1 FROM jobs UNION ALL SELECT 1 FROM balances UNION ALL SELECT 1 FROM ledger")
    assert left == []


TRIED_IN_VAIN: dict[str, tuple[dict[str, object], str]] = {
    "nothing": ({"text": " "}, "There is nothing in that to read aloud; add a word or two."),
    "emoji": ({"text": "😀"}, "There is nothing in that to read aloud; add a word or two."),
    "too much": ({"text": "x" * (TRIED + 1)}, "text is 2,001 characters long; 2,000 is the most."),
    "too long a pause": ({"text": "Hi. [pause 999999s] Ho."}, "A pause lasts 60 seconds at most"),
    "nobody's language": ({"text": "hi", "language": "tlh-x"}, "Nobody here speaks 'tlh-x'."),
}


@pytest.mark.parametrize(("values", "sentence"), TRIED_IN_VAIN.values(), ids=TRIED_IN_VAIN)
async def test_what_cannot_be_tried_is_refused_in_words(
    world: World, ada: Asker, values: dict[str, object], sentence: str
) -> None:
    with pytest.raises(UsageError) as caught:
        await world.ask(ada, "lexicon try", **values)
    assert str(caught.value).startswith(sentence)


async def test_words_are_completed_while_they_are_typed(world: World, ada: Asker, admin: Asker) -> None:
    for word in ("MySQL", "SQL", "GIF"):
        await world.ask(ada, "lexicon add", word=word, spoken="x")
    await world.ask(admin, "lexicon add", word="SQLite", spoken="x", whom="place")
    param = find(world.host.commands, "lexicon remove").param("word")
    assert param
    suggest = param.mark(Suggest)
    assert suggest
    assert await suggest.source(world.inquiry(ada), "sql") == ["SQL", "SQLite", "MySQL"]


async def test_what_is_spoken_goes_by_the_lexicon(world: World, ada: Asker) -> None:
    before = await world.ask(ada, "speak", text="I know SQL.", voice="en-us")
    await world.ask(ada, "lexicon add", word="SQL", spoken="a very long word that takes its time")
    after = await world.ask(ada, "speak", text="I know SQL.", voice="en-us")
    assert after.data["seconds"] > before.data["seconds"] + 0.5


async def test_words_are_exported_and_forgotten_with_their_person_and_the_places_stay(
    world: World, admin: Asker
) -> None:
    await world.ask(admin, "lexicon add", word="SQL", spoken="sequel")
    await world.ask(admin, "lexicon add", word="GIF", spoken="jif", whom="place")
    exported = await world.ask(admin, "export")
    assert exported.data["rows"]["lexicon"] == 1
    asked = await world.ask(admin, "forget")
    assert "1 word of your own" in asked.text
    await world.ask(admin, "forget", confirm=asked.data["confirm"])
    assert await world.rows("SELECT word FROM lexicon") == [("GIF",)]


@pytest.mark.parametrize("text", ["[pause 1s]", "?!", "1" * 400, "Hi. [pause 99s]"])
async def test_what_speak_refuses_is_not_tried_either(world: World, text: str) -> None:
    ada = await world.person("ada")
    said = []
    for name in ("speak", "lexicon try"):
        with pytest.raises(UsageError) as caught:
            await world.ask(ada, name, text=text)
        said.append(str(caught.value))
    assert said[0] == said[1]
