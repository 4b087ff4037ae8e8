"""A consent is asked for, answered and decided once; its record cannot be changed without being noticed."""

from __future__ import annotations

import pytest

from storage import clones, consents, identities, joining, recordings, voices
from storage.clock import DAY, MINUTE, SetClock
from storage.consents import Consent, Evidence
from storage.database import Database, Transaction
from storage.voices import Voice
from tests.storage import making
from tests.storage.making import KEY, WORDS

FOUND = Evidence(answer_sha256="b" * 64, heard=WORDS[:5], matched=5, similarity=0.8, threshold=0.7, versions={"e": "1"})


@pytest.fixture
async def ada(database: Database) -> int:
    return await database.write(making.person)


@pytest.fixture
async def bob(database: Database, ada: int) -> int:
    return await database.write(lambda tx: making.person(tx, "2", "Bob"))


@pytest.fixture
async def voice(database: Database, ada: int) -> Voice:
    """A voice of Ada's to which nobody has agreed yet."""
    return await database.write(lambda tx: making.recorded(tx, ada, "Ada"))


def ask(tx: Transaction, voice: Voice, person_id: int | None, code: str | None = None) -> Consent:
    assert voice.user_id is not None
    return consents.ask(
        tx, voice_id=voice.id, holder_id=voice.user_id, person_id=person_id, rule="given" if code else "spoken",
        statement="I agree. 1", words=WORDS, recording_sha256=recordings.digest_of(tx, voice.id), platform="discord",
        life=10 * MINUTE, code=code,
    )  # fmt: skip


def take_up(tx: Transaction, code: str, person_id: int) -> Consent | None:
    return consents.give(
        tx, code, person_id=person_id, statement="I agree. 1", words=WORDS[::-1], platform="telegram", life=10 * MINUTE
    )


def agreed(tx: Transaction, voice: Voice) -> tuple[str, int | None]:
    found = voices.get(tx, voice.id)
    assert found is not None
    return found.consent, found.spoken_by


async def test_ones_own_voice_is_agreed_to_in_one_answer(database: Database, ada: int, voice: Voice) -> None:
    def work(tx: Transaction) -> tuple[Consent | None, tuple[str, int | None]]:
        asked = ask(tx, voice, ada)
        assert consents.open_for(tx, ada) == asked
        assert consents.count_try(tx, asked.id) == 1
        decided = consents.decide(tx, asked.id, KEY, "granted", FOUND)
        assert consents.open_for(tx, ada) is None
        return decided, agreed(tx, voice)

    decided, now = await database.write(work)
    assert now == ("spoken", ada)
    assert decided is not None and consents.verify(decided, KEY)
    assert (decided.status, decided.tries, decided.matched, decided.decided_by) == ("granted", 1, 5, None)
    assert decided.account == identities.account_hash("discord", "1", KEY)


async def test_it_waits_for_its_time_only(database: Database, ada: int, voice: Voice, clock: SetClock) -> None:
    asked = await database.write(lambda tx: ask(tx, voice, ada))
    clock.turn(10 * MINUTE)

    def work(tx: Transaction) -> tuple[object, ...]:
        late = consents.decide(tx, asked.id, KEY, "granted", FOUND)
        return consents.open_for(tx, ada), consents.count_try(tx, asked.id), late, agreed(tx, voice)[0]

    assert await database.write(work) == (None, None, None, "")
    assert await database.write(consents.expire) == 1
    ended = await database.read(lambda tx: consents.get(tx, asked.id))
    assert ended is not None and (ended.status, ended.words) == ("expired", ())


async def test_what_is_asked_anew_takes_the_place_of_what_was_not_answered(
    database: Database, ada: int, voice: Voice
) -> None:
    def work(tx: Transaction) -> tuple[Consent | None, Consent, int]:
        first, second = ask(tx, voice, ada), ask(tx, voice, None, "k3v9x2mq")
        return consents.get(tx, first.id), second, tx.value("SELECT COUNT(*) FROM consents")

    first, second, count = await database.write(work)
    assert (first, count) == (None, 1)
    assert second.person_id is None


async def test_somebody_else_takes_it_up_by_the_code_and_their_voice_it_is(
    database: Database, bob: int, voice: Voice
) -> None:
    def work(tx: Transaction) -> tuple[Consent | None, tuple[str, int | None]]:
        asked = ask(tx, voice, None, "k3v9x2mq")
        taken = take_up(tx, " K3V9X2MQ ", bob)
        assert taken is not None and (taken.id, taken.person_id, taken.words) == (asked.id, bob, WORDS[::-1])
        assert consents.open_for(tx, bob) == taken
        decided = consents.decide(tx, asked.id, KEY, "granted", FOUND)
        assert consents.of_code(tx, "k3v9x2mq") is None, "a code is over with the question"
        return decided, agreed(tx, voice)

    decided, now = await database.write(work)
    assert now == ("given", bob)
    assert decided is not None and (decided.code, decided.platform) == (None, "telegram")


async def test_a_code_is_of_no_use_to_its_holder_to_others_and_too_late(
    database: Database, ada: int, bob: int, voice: Voice, clock: SetClock
) -> None:
    def early(tx: Transaction) -> list[bool]:
        ask(tx, voice, None, "k3v9x2mq")
        eve = making.person(tx, "3", "Eve")
        asked = [("k3v9x2mq", ada), ("nosuchone", bob), ("k3v9x2mq", bob), ("k3v9x2mq", eve), ("k3v9x2mq", bob)]
        return [take_up(tx, code, person) is not None for code, person in asked]

    assert await database.write(early) == [False, False, True, False, True]
    clock.turn(10 * MINUTE)
    assert await database.write(lambda tx: take_up(tx, "k3v9x2mq", bob)) is None


@pytest.mark.parametrize(("granted", "after"), [(True, ("spoken", 1)), (False, ("", None))])
async def test_what_is_unsure_waits_for_an_admin_who_decides_once(
    database: Database, ada: int, bob: int, voice: Voice, granted: bool, after: tuple[str, int | None]
) -> None:
    def work(tx: Transaction) -> tuple[Consent | None, Consent | None, tuple[str, int | None]]:
        id = ask(tx, voice, ada).id
        unsure = consents.decide(tx, id, KEY, "unsure", FOUND, "audio/1/answer.ogg")
        assert unsure is not None and consents.verify(unsure, KEY) and agreed(tx, voice) == ("", None)
        assert consents.waiting(tx) == [unsure] and unsure.answer_path == "audio/1/answer.ogg"
        settled = consents.settle(tx, id, KEY, granted=granted, by_user_id=bob)
        assert consents.waiting(tx) == []
        return settled, consents.settle(tx, id, KEY, granted=not granted, by_user_id=bob), agreed(tx, voice)

    settled, again, now = await database.write(work)
    assert (again, now) == (None, after)
    assert settled is not None and consents.verify(settled, KEY)
    assert (settled.decided_by, settled.answer_path, settled.similarity) == (bob, None, 0.8)


async def test_the_third_wrong_answer_is_counted_against_the_day(
    database: Database, ada: int, voice: Voice, clock: SetClock
) -> None:
    def refuse(tx: Transaction) -> int:
        id = ask(tx, voice, ada).id
        assert [consents.count_try(tx, id) for _ in range(3)] == [1, 2, 3]
        consents.decide(tx, id, KEY, "refused", FOUND)
        assert consents.count_try(tx, id) is None
        return consents.asked_since(tx, ada, tx.now - DAY)

    assert [await database.write(refuse), await database.write(refuse)] == [1, 2]
    clock.turn(DAY + 1)
    assert await database.read(lambda tx: consents.asked_since(tx, ada, tx.now - DAY)) == 0
    assert await database.read(lambda tx: agreed(tx, voice)) == ("", None)


async def test_an_answer_is_known_when_it_is_played_again(database: Database, ada: int, voice: Voice) -> None:
    def work(tx: Transaction) -> tuple[bool, bool]:
        before = consents.answered_with(tx, "b" * 64)
        consents.decide(tx, ask(tx, voice, ada).id, KEY, "granted", FOUND)
        return before, consents.answered_with(tx, "b" * 64)

    assert await database.write(work) == (False, True)


@pytest.mark.parametrize("rule", ["ticked", "host-own", "host-given"])
async def test_a_word_for_it_is_a_record_too_and_says_by_which_rule(
    database: Database, ada: int, voice: Voice, rule: consents.Rule
) -> None:
    def work(tx: Transaction) -> tuple[Consent, str]:
        person = None if rule == "host-given" else ada
        noted = consents.vouch(
            tx, KEY, voice_id=voice.id, holder_id=ada, person_id=person, rule=rule, statement="Ticked. 1",
            recording_sha256="0" * 64, platform="discord", versions={},
        )  # fmt: skip
        return noted, agreed(tx, voice)[0]

    noted, now = await database.write(work)
    assert (noted.status, noted.rule, now) == ("granted", rule, rule)
    assert consents.verify(noted, KEY)


async def test_of_a_voice_that_went_meanwhile_nothing_is_decided(database: Database, ada: int, voice: Voice) -> None:
    def work(tx: Transaction) -> tuple[object, ...]:
        id = ask(tx, voice, ada).id
        tx.run("DELETE FROM voices")
        return consents.decide(tx, id, KEY, "granted", FOUND), consents.settle(tx, id, KEY, granted=True, by_user_id=1)

    assert await database.write(work) == (None, None)


async def test_what_was_granted_is_revoked_without_its_words_and_what_was_only_asked_goes(
    database: Database, ada: int, voice: Voice, clock: SetClock
) -> None:
    def before(tx: Transaction) -> None:
        making.agreed(tx, voice, ada)
        consents.decide(tx, ask(tx, voice, ada).id, KEY, "unsure", FOUND, "audio/1/answer.ogg")
        ask(tx, voice, ada)

    def revoke(tx: Transaction) -> tuple[tuple[str, ...], list[Consent]]:
        return consents.revoke(tx, voice.id, KEY), consents.of_voice(tx, voice.id)

    await database.write(before)
    clock.turn(DAY)
    paths, (left,) = await database.write(revoke)
    assert paths == ("audio/1/answer.ogg",)
    assert (left.status, left.words, left.heard) == ("revoked", (), ())
    assert left.revoked_at == clock.now() and left.decided_at == clock.now() - DAY
    assert consents.verify(left, KEY)
    assert await database.write(revoke) == ((), [left]), "once"


def answered_by(tx: Transaction, consent: Consent) -> bool:
    """Whether the person that a consent names has the account that answered it."""
    assert consent.person_id is not None and consent.account is not None
    return identities.is_theirs(tx, consent.person_id, consent.account, KEY)


async def test_a_record_holds_when_its_people_are_joined_and_its_voice_is_gone(
    database: Database, ada: int, bob: int, voice: Voice
) -> None:
    def work(tx: Transaction) -> tuple[Consent, bool]:
        id = making.agreed(tx, voice, ada).id
        joining.join(tx, bob, ada)
        tx.run("DELETE FROM voices")
        found = consents.get(tx, id)
        assert found is not None
        return found, answered_by(tx, found)

    found, theirs = await database.write(work)
    assert (found.person_id, found.holder_id, found.voice_id) == (bob, bob, None)
    assert consents.verify(found, KEY)
    assert theirs


async def test_a_record_that_is_put_under_somebody_elses_name_is_noticed(
    database: Database, ada: int, bob: int, voice: Voice
) -> None:
    def work(tx: Transaction) -> list[bool]:
        id = making.agreed(tx, voice, ada).id
        told = []
        for person_id in (ada, bob):
            tx.run("UPDATE consents SET person_id = :person_id WHERE id = :id", id=id, person_id=person_id)
            found = consents.get(tx, id)
            assert found is not None
            told.append(answered_by(tx, found))
        return told

    assert await database.write(work) == [True, False]


async def test_a_persons_consents_are_told_the_latest_first(database: Database, ada: int, voice: Voice) -> None:
    def work(tx: Transaction) -> tuple[list[int], list[int]]:
        first = making.agreed(tx, voice, ada).id
        second = ask(tx, making.recorded(tx, ada, "other"), ada).id
        return [first, second], [each.id for each in consents.of_person(tx, ada)]

    made, told = await database.write(work)
    assert told == made[::-1]
    assert await database.read(lambda tx: [each.name for each in clones.spoken_by(tx, ada)]) == ["Ada"]
