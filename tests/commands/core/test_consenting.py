"""Consenting: what an answer is judged by."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.core.command import Audience
from commands.core.consenting import (
    LEAST_RIGHT,
    LIST,
    MOST_REFUSED,
    Findings,
    NotOpen,
    TooManyAnswers,
    check_often,
    find_question,
    judge,
    misheard,
    new_code,
    new_words,
    own_voices,
)
from engine.consent_words import SIX, WORDS, draw
from storage import consents, recordings
from storage.clock import DAY
from storage.consents import Evidence
from storage.database import Transaction
from tests.commands.world import KEY, World
from tests.storage import making

GOOD = Findings(enough=True, machine="no", replayed=False, right=SIX, english=True, verdict="same")
ANY = st.builds(
    Findings,
    enough=st.booleans(),
    machine=st.sampled_from(["yes", "maybe", "no"]),
    replayed=st.booleans(),
    right=st.integers(0, SIX),
    english=st.booleans(),
    verdict=st.sampled_from(["same", "unsure", "other"]),
)


@given(found=ANY)
def test_it_is_granted_where_nothing_speaks_against_it_and_nowhere_else(found: Findings) -> None:
    person = found.enough and found.machine == "no" and not found.replayed
    sure = person and found.english and found.verdict == "same" and found.right >= LEAST_RIGHT
    assert (judge(found).outcome == "granted") is sure


@given(found=ANY)
def test_an_admin_is_asked_only_where_a_person_has_spoken_who_may_be_the_same(found: Findings) -> None:
    outcome = judge(found).outcome
    if outcome == "unsure":
        assert found.enough and found.machine != "yes" and not found.replayed and found.verdict != "other"
        assert found.verdict == "unsure" or not found.english or found.machine == "maybe"
    if outcome != "again" and found.english:
        assert found.right >= LEAST_RIGHT


@given(found=ANY, right=st.integers(0, SIX))
def test_more_right_words_never_make_it_worse(found: Findings, right: int) -> None:
    order = ("again", "unsure", "granted")
    fewer, more = sorted((found.right, right))
    worse, better = (judge(replace(found, right=each)).outcome for each in (fewer, more))
    assert order.index(worse) <= order.index(better)


@given(found=ANY)
def test_who_may_try_again_is_told_why_unless_it_is_the_words(found: Findings) -> None:
    judgement = judge(found)
    assert bool(judgement.why) is (judgement != judge(GOOD) and not _only_the_words(found))


def _only_the_words(found: Findings) -> bool:
    return judge(replace(found, right=SIX)).outcome != "again" and judge(found).outcome == "again"


def test_a_person_is_told_which_words_were_not_understood_and_never_what_was_heard_instead() -> None:
    words = draw()
    said = misheard(words, [*words[:2], "secret", *words[3:]])
    assert words[2] in said and "secret" not in said
    assert not any(word in said for word in (*words[:2], *words[3:]))
    assert not any(word in misheard(words, ["secret"] * SIX) for word in (*words, "secret"))


def test_codes_and_words_are_new_every_time() -> None:
    assert len({new_code() for _ in range(50)}) == 50
    assert LIST == WORDS
    assert len({new_words() for _ in range(50)}) == 50


async def test_who_has_failed_too_often_waits_until_tomorrow(world: World) -> None:
    ada = await world.person("ada")

    def fail(tx: Transaction) -> None:
        for turn in range(MOST_REFUSED):
            check_often(tx, ada.user_id)
            voice = making.recorded(tx, ada.user_id, f"Ada {turn}", sha256=f"{turn}" * 64)
            asked = consents.ask(
                tx,
                voice_id=voice.id,
                holder_id=ada.user_id,
                person_id=ada.user_id,
                rule="spoken",
                statement="",
                words=(),
                recording_sha256=recordings.digest_of(tx, voice.id),
                platform="discord",
                life=1000,
            )
            assert find_question(tx, ada.user_id, asked.id).voice.id == voice.id
            consents.decide(tx, asked.id, KEY, "refused", Evidence(versions={}))
            with pytest.raises(NotOpen):
                find_question(tx, ada.user_id, asked.id)

    await world.database.write(fail)
    with pytest.raises(TooManyAnswers):
        await world.ask(ada, "consent own", voice="Ada 0")
    owner = await world.person("ada", rank=Audience.OWNERS)
    assert (await world.ask(owner, "consent own", voice="Ada 0")).data["words"]
    world.clock.turn(DAY + 1)
    await world.database.read(lambda tx: check_often(tx, ada.user_id))


async def test_the_voices_that_one_has_begun_complete_what_is_typed(world: World) -> None:
    ada, bob = await world.person("ada"), await world.person("bob")
    for asker, name in ((ada, "Ada"), (ada, "Adele"), (bob, "Adam")):
        await world.database.write(lambda tx, a=asker, n=name: making.recorded(tx, a.user_id, n))  # type: ignore[misc]  # a lambda's default has no type
    assert await own_voices(world.inquiry(ada), "aD") == ["Ada", "Adele"]
    assert await own_voices(world.inquiry(ada), "adel") == ["Adele"]
