"""/consent: who is asked what, and what an answer has to be."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from bench import spoken as cut_out
from bot.cli_adapter.terminal import NAME
from commands.consent import NOT_AGREED, NoSuchCode
from commands.core.command import Audience
from commands.core.consenting import (
    ANSWER,
    MOST_ANSWERS,
    OPEN,
    OPEN_CODE,
    BadAnswer,
    Changed,
    NotOpen,
    TooManyAnswers,
)
from commands.core.context import Asker
from commands.core.errors import MynahError, NotFound, Refused, UsageError
from commands.core.params import Attachment
from commands.core.reply import Reply
from engine import fingerprint
from engine.consent_words import STATEMENT, WORDS
from engine.intake.limits import USUAL
from engine.speech import Audio
from storage import clones, consents, drafts, recordings, sounds
from storage.clock import DAY, MINUTE
from storage.consents import Consent
from storage.database import Transaction
from storage.voices import Voice
from tests.commands.agreeing import (
    ADA,
    BOB,
    BOBS,
    DRAWN,
    WRONG,
    answered,
    begin,
    original_of,
    recorded,
    saying,
    staged,
    use_spoken_words,
)
from tests.commands.world import KEY, World
from tests.engine.speech_sounds import spoken
from tests.storage import making

RECORDING = Attachment(name="me.ogg", content_type="audio/ogg", bytes=60_000, reference="x")


@pytest.fixture
async def ada(world: World) -> Asker:
    return await world.person("ada")


@pytest.fixture
async def bob(world: World) -> Asker:
    return await world.person("bob")


async def voice_of(world: World, asker: Asker, name: str = "Ada") -> Voice:
    """Let somebody have a voice that nobody has agreed to; what is recorded is nothing to listen to."""
    return await world.database.write(lambda tx: making.recorded(tx, asker.user_id, name))


async def found(world: World, asker: Asker, name: str = "Ada") -> Voice:
    voice = await world.database.read(lambda tx: clones.own(tx, asker.user_id, name))
    assert voice is not None
    return voice


async def asked(world: World, id: int) -> Consent:
    consent = await world.database.read(lambda tx: consents.get(tx, id))
    assert consent is not None
    return consent


async def refused(world: World, asker: Asker, name: str, kind: type[MynahError], **values: object) -> str:
    with pytest.raises(kind) as caught:
        await (world.submit if name == ANSWER else world.ask)(asker, name, **values)
    return str(caught.value)


async def test_one_is_told_to_say_the_statement_and_six_words_of_the_list(world: World, ada: Asker) -> None:
    await voice_of(world, ada)
    reply = await world.ask(ada, "consent own", voice="ada")
    words = reply.data["words"]
    assert reply.private and reply.brief
    assert len(set(words)) == 6 and set(words) <= set(WORDS)
    assert f"\u201c{STATEMENT} {', '.join(words)}.\u201d" in reply.text
    assert "within 10 minutes" in reply.text and "3 tries" in reply.text
    consent = await asked(world, reply.data["consent"])
    assert (consent.status, consent.rule, consent.person_id) == ("asked", "spoken", ada.user_id)
    assert (consent.words, consent.place_id) == (tuple(words), ada.place.id)
    assert consent.expires_at == world.clock.now() + OPEN


async def test_the_next_voice_message_there_or_in_private_is_the_answer(world: World, ada: Asker) -> None:
    await voice_of(world, ada)
    await world.ask(ada, "consent own", voice="Ada")
    reply = await world.ask(ada, "consent own", voice="Ada")
    private = await world.person("ada", place="direct", kind="direct")
    for place_id in (ada.place.id, private.place.id):
        draft = await world.database.read(lambda tx, at=place_id: drafts.open_of(tx, ada.user_id, at, ANSWER))  # type: ignore[misc]  # a lambda's default has no type
        assert draft is not None
        assert (draft.missing, draft.values) == ("recording", {"number": reply.data["consent"]})
        assert draft.expires_at == world.clock.now() + OPEN
    assert len(await world.rows("SELECT id FROM drafts")) == 2, "those of the first question are gone"


async def test_only_ones_own_voice_with_a_recording_can_be_asked_about(world: World, ada: Asker, bob: Asker) -> None:
    voice = await voice_of(world, ada)
    for command in ("consent own", "consent other"):
        assert "You have made no voice 'Ada'" in await refused(world, bob, command, NotFound, voice="Ada")
    await world.database.write(lambda tx: tx.run("UPDATE recordings SET status = 'uploaded'"))
    assert "has no recording yet" in await refused(world, ada, "consent own", Refused, voice=voice.name)


async def test_who_has_agreed_already_is_shown_how_to_go_on(world: World, ada: Asker) -> None:
    voice = await voice_of(world, ada)
    await world.database.write(lambda tx: making.agreed(tx, voice, ada.user_id))
    for command in ("consent own", "consent other"):
        reply = await world.ask(ada, command, voice="Ada")
        assert [action.command for action in reply.actions] == ["voices build"]


async def test_nothing_is_taken_for_an_answer_that_nobody_waits_for(world: World, ada: Asker, bob: Asker) -> None:
    await voice_of(world, ada)
    assert "/consent own" in await refused(world, ada, ANSWER, NotOpen, recording=RECORDING)
    reply = await world.ask(ada, "consent own", voice="Ada")
    number = reply.data["consent"]
    await refused(world, bob, ANSWER, NotOpen, recording=RECORDING, number=number)
    large = replace(RECORDING, bytes=USUAL.bytes + 1)
    assert "One voice message is enough" in await refused(world, ada, ANSWER, UsageError, recording=large)
    assert (await world.submit(ada, ANSWER, recording=RECORDING)).state == "pending"
    world.clock.turn(OPEN)
    await refused(world, ada, ANSWER, NotOpen, recording=RECORDING, number=number)


async def test_a_question_holds_for_the_recordings_that_it_was_asked_about(world: World, ada: Asker) -> None:
    voice = await voice_of(world, ada)
    await world.ask(ada, "consent own", voice="Ada")

    def add(tx: Transaction) -> None:
        id = recordings.add(
            tx, user_id=ada.user_id, voice_id=voice.id, name="b.ogg", sha256="b" * 64, bytes=1, ending="ogg"
        )
        tx.run("UPDATE recordings SET status = 'ready', seconds = 1, rate = 1 WHERE id = :id", id=id)

    await world.database.write(add)
    assert "Ask again: /consent own voice=Ada" in await refused(world, ada, ANSWER, Changed, recording=RECORDING)


async def test_who_was_asked_by_somebody_else_about_other_recordings_needs_a_new_code(
    world: World, ada: Asker, bob: Asker
) -> None:
    await voice_of(world, ada)
    code = (await world.ask(ada, "consent other", voice="Ada")).data["code"]
    await world.ask(bob, "consent give", code=code)
    await world.database.write(lambda tx: tx.run("UPDATE recordings SET sha256 = :other", other="c" * 64))
    said = await refused(world, bob, ANSWER, Changed, recording=RECORDING)
    assert said.endswith("Let whoever asked you send you a new code.")


async def test_in_a_terminal_an_answer_is_a_file_that_is_named(world: World, ada: Asker) -> None:
    await voice_of(world, ada)
    assert "Send it here" in (await world.ask(ada, "consent own", voice="Ada")).text
    there = await world.ask(replace(ada, platform=NAME), "consent own", voice="Ada")
    assert "Send it here" not in there.text
    assert there.text.endswith("name me the file: consent answer RECORDING")


async def test_a_question_about_a_voice_that_is_gone_is_not_open(world: World, ada: Asker) -> None:
    voice = await voice_of(world, ada)
    number = (await world.ask(ada, "consent own", voice="Ada")).data["consent"]
    await world.database.write(lambda tx: tx.run("DELETE FROM voices WHERE id = :id", id=voice.id))
    await refused(world, ada, ANSWER, NotOpen, recording=RECORDING, number=number)


async def test_more_answers_than_may_be_sent_in_a_day_are_refused_but_for_owners(world: World, ada: Asker) -> None:
    await voice_of(world, ada)
    await world.ask(ada, "consent own", voice="Ada")
    for _ in range(MOST_ANSWERS):
        await world.submit(ada, ANSWER, recording=RECORDING)
    await refused(world, ada, ANSWER, TooManyAnswers, recording=RECORDING)
    await refused(world, ada, "consent own", TooManyAnswers, voice="Ada")
    host = await world.person("ada", rank=Audience.OWNERS)
    assert (await world.submit(host, ANSWER, recording=RECORDING)).state == "pending"
    world.clock.turn(DAY + 1)
    assert (await world.ask(ada, "consent own", voice="Ada")).data["words"]


async def test_somebody_else_is_asked_by_a_code_that_is_theirs_alone(world: World, ada: Asker, bob: Asker) -> None:
    await voice_of(world, bob, "Ada")
    reply = await world.ask(bob, "consent other", voice="Ada")
    code = reply.data["code"]
    assert f"/consent give code={code}" in reply.text and "24 hours" in reply.text
    assert "/consent own voice=Ada" in await refused(world, bob, "consent give", Refused, code=code)
    await refused(world, ada, "consent give", NoSuchCode, code="aaaaaaaa")
    given = await world.ask(ada, "consent give", code=f" {code.upper()} ")
    assert given.text.startswith("bob asks to make a copy of your voice, called Ada. If you do not want that, do noth")
    assert len(given.data["words"]) == 6
    consent = await asked(world, given.data["consent"])
    assert (consent.rule, consent.person_id, consent.holder_id) == ("given", ada.user_id, bob.user_id)
    carol = await world.person("carol")
    await refused(world, carol, "consent give", NoSuchCode, code=code)
    again = await world.ask(ada, "consent give", code=code)
    assert again.data["words"] != given.data["words"], "who has taken it up gets other words, as often as they like"
    assert (await world.submit(ada, ANSWER, recording=RECORDING)).state == "pending"


async def test_a_code_is_good_for_a_day_and_ten_minutes_once_it_is_taken_up(
    world: World, ada: Asker, bob: Asker
) -> None:
    await voice_of(world, bob)
    code = (await world.ask(bob, "consent other", voice="Ada")).data["code"]
    world.clock.turn(OPEN_CODE - 1)
    assert (await world.ask(ada, "consent give", code=code)).data["words"]
    world.clock.turn(OPEN)
    await refused(world, ada, "consent give", NoSuchCode, code=code)
    await refused(world, ada, ANSWER, NotOpen, recording=RECORDING)


async def test_a_new_question_takes_the_place_of_the_last_about_that_voice(
    world: World, ada: Asker, bob: Asker
) -> None:
    await voice_of(world, bob)
    code = (await world.ask(bob, "consent other", voice="Ada")).data["code"]
    await world.ask(bob, "consent own", voice="Ada")
    await refused(world, ada, "consent give", NoSuchCode, code=code)


async def test_of_two_questions_the_number_tells_which_is_answered(world: World, ada: Asker, bob: Asker) -> None:
    await voice_of(world, ada, "One")
    await voice_of(world, bob, "Two")
    first = (await world.ask(ada, "consent own", voice="One")).data["consent"]
    code = (await world.ask(bob, "consent other", voice="Two")).data["code"]
    second = (await world.ask(ada, "consent give", code=code)).data["consent"]
    assert {first, second} == {row[0] for row in await world.rows("SELECT id FROM consents WHERE status = 'asked'")}
    for number in (first, second):
        assert (await world.submit(ada, ANSWER, recording=RECORDING, number=number)).state == "pending"


async def test_where_the_host_asks_for_a_tick_a_yes_is_enough_and_the_voice_says_so(world: World, ada: Asker) -> None:
    world.rules = replace(world.rules, consent="ticked")
    await voice_of(world, ada)
    asks = await world.ask(ada, "consent own", voice="Ada")
    assert asks.actions[0].values == {"voice": "Ada", "confirm": True}
    assert (await found(world, ada)).consent == ""
    done = await world.ask(ada, "consent own", voice="Ada", confirm=True)
    voice = await found(world, ada)
    assert (voice.consent, voice.spoken_by, done.data["rule"]) == ("ticked", ada.user_id, "ticked")
    (consent,) = await world.database.read(lambda tx: consents.of_voice(tx, voice.id))
    assert consent.status == "granted" and consents.verify(consent, KEY)


async def test_a_tick_is_not_enough_where_the_host_wants_it_said(world: World, ada: Asker) -> None:
    await voice_of(world, ada)
    assert (await world.ask(ada, "consent own", voice="Ada", confirm=True)).data["words"]
    assert (await found(world, ada)).consent == ""


async def test_by_a_tick_somebody_else_agrees_on_their_own_account_too(world: World, ada: Asker, bob: Asker) -> None:
    world.rules = replace(world.rules, consent="ticked")
    await voice_of(world, bob)
    await making_a_request(world, bob)
    code = (await world.ask(bob, "consent other", voice="Ada")).data["code"]
    asks = await world.ask(ada, "consent give", code=code)
    assert "bob asks" in asks.text and asks.actions[0].values == {"code": code, "confirm": True}
    await world.ask(ada, "consent give", code=code, confirm=True)
    voice = await found(world, bob)
    assert (voice.consent, voice.spoken_by) == ("ticked", ada.user_id)
    assert "Ada can be made now" in await told(world, bob)


async def making_a_request(world: World, asker: Asker) -> None:
    """Let somebody have asked for something, where they can be told."""
    await world.database.write(lambda tx: making.job(tx, asker.user_id, "succeeded", address='{"channel": 1}'))


async def told(world: World, asker: Asker) -> str:
    """What somebody was told last without having asked."""
    rows = await world.rows(
        "SELECT reply FROM deliveries WHERE user_id = :user_id AND job_id IS NULL ORDER BY id DESC LIMIT 1",
        user_id=asker.user_id,
    )
    return Reply.from_json(rows[0][0]).text if rows else ""


async def test_who_says_the_words_in_their_own_voice_has_agreed(
    world: World, ada: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_spoken_words(monkeypatch)
    await begin(world, ada, "Ada")
    number = (await world.ask(ada, "consent own", voice="Ada")).data["consent"]
    reply = await answered(world, ada, saying(world, *DRAWN[0]))
    assert reply.text == "Thank you. Ada can be made now."
    assert [(each.command, each.values) for each in reply.actions] == [("voices build", {"name": "Ada"})]
    voice, consent = await found(world, ada), await asked(world, number)
    assert (voice.consent, voice.spoken_by) == ("spoken", ada.user_id)
    assert (consent.status, consent.tries, consent.matched) == ("granted", 1, 6)
    assert consent.similarity is not None and consent.threshold is not None
    assert consent.similarity >= consent.threshold
    assert {"recogniser", "words", "statement", "encoder"} <= set(consent.versions)
    assert consents.verify(consent, KEY) and consent.answer_path is None
    assert await world.rows("SELECT code FROM drafts") == []
    audio = world.host.data / "audio"
    assert [path.name for path in audio.rglob("*.wav")] == [original_of(voice, world.host.data).name], "nothing is kept"
    assert await world.rows("SELECT metric FROM balances WHERE used + reserved > 0") == [], "it is free"
    await refused(world, ada, ANSWER, NotOpen, recording=RECORDING)


async def test_other_words_are_not_enough_and_after_three_tries_it_is_over(
    world: World, ada: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_spoken_words(monkeypatch)
    await begin(world, ada, "Ada")
    number = (await world.ask(ada, "consent own", voice="Ada")).data["consent"]
    first = await answered(world, ada, saying(world, *WRONG))
    assert not first.error, "in a group it would be told there, and in brief"
    assert first.data["left"] == 2 and "2 tries left" in first.text
    assert not {"afraid", "downstairs"} & set(first.text.split()), "what was heard is nobody's business"
    draft = await world.database.read(lambda tx: drafts.open_of(tx, ada.user_id, ada.place.id, ANSWER))
    assert draft is not None and draft.values == {"number": number}
    await answered(world, ada, saying(world, *WRONG, *WRONG), number=number)
    last = await answered(world, ada, saying(world, *reversed(DRAWN[0])))
    assert "the last of 3 tries" in last.text and last.actions[0].command == "consent own"
    consent = await asked(world, number)
    assert (consent.status, consent.tries) == ("refused", 3)
    assert consents.verify(consent, KEY)
    assert (await found(world, ada)).consent == ""
    assert (await world.ask(ada, "consent own", voice="Ada")).data["consent"] != number


async def test_an_answer_that_was_sent_before_is_not_taken_again_however_it_comes(
    world: World, ada: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_spoken_words(monkeypatch)
    await begin(world, ada, "Ada")
    await world.ask(ada, "consent own", voice="Ada")
    said = cut_out.said(ADA, [*WRONG, *WRONG], random.Random(1))
    assert "recorded before" not in (await answered(world, ada, staged(world, said))).text
    louder = Audio(samples=said.samples[said.rate // 2 :] * np.float32(0.5), rate=said.rate)
    assert "recorded before" in (await answered(world, ada, staged(world, louder))).text


async def test_what_mynah_has_made_is_no_consent_though_it_sounds_like_the_person(
    world: World, ada: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_spoken_words(monkeypatch)
    await begin(world, ada, "Ada")
    await world.ask(ada, "consent own", voice="Ada")
    said = cut_out.said(ADA, DRAWN[0], random.Random(1))
    await world.database.write(lambda tx: sounds.note_made(tx, fingerprint.of(said)))
    assert "sounds like a machine" in (await answered(world, ada, staged(world, said))).text


async def test_what_is_not_said_anew_by_the_person_themselves_is_no_consent(
    world: World, ada: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_spoken_words(monkeypatch)
    await begin(world, ada, "Ada")
    await world.ask(ada, "consent own", voice="Ada")
    whole = recorded(ADA)
    played = Audio(samples=whole.samples[5 * whole.rate : 12 * whole.rate], rate=whole.rate)
    replayed = await answered(world, ada, staged(world, played))
    assert "recorded before" in replayed.text
    machine = await answered(world, ada, staged(world, spoken(f"{STATEMENT} {', '.join(DRAWN[0])}.", "en-us")))
    assert "sounds like a machine" in machine.text
    somebody = await answered(world, ada, saying(world, *BOBS, person=BOB))
    assert "does not sound like the person in the recording" in somebody.text
    assert (await found(world, ada)).consent == ""


async def test_a_file_that_was_an_answer_or_a_recording_before_is_none(
    world: World, ada: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_spoken_words(monkeypatch)
    await begin(world, ada, "Ada")
    await begin(world, ada, "Ada again")
    message = saying(world, *DRAWN[0])
    await world.ask(ada, "consent own", voice="Ada")
    assert (await answered(world, ada, message)).data["status"] == "granted"
    monkeypatch.setattr("commands.consent.new_words", lambda: DRAWN[0])
    await world.ask(ada, "consent own", voice="Ada again")
    assert "recorded before" in (await answered(world, ada, message)).text


async def test_what_cannot_be_read_or_is_too_short_is_no_consent_and_the_first_no_try(
    world: World, ada: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_spoken_words(monkeypatch)
    await begin(world, ada, "Ada")
    number = (await world.ask(ada, "consent own", voice="Ada")).data["consent"]
    message = saying(world, *DRAWN[0])
    (world.host.data / message.path).write_text("#EXTM3U\nhttp://127.0.0.1/a.wav\n")
    with pytest.raises(BadAnswer, match="That is a playlist"):
        await answered(world, ada, message)
    assert (await asked(world, number)).tries == 0
    assert await world.rows("SELECT COUNT(*) FROM drafts") == [(2,)], "the next voice message is the answer still"
    whole = spoken_message(DRAWN[0])
    terminal = replace(ada, platform=NAME)
    short = await answered(
        world, terminal, staged(world, Audio(samples=whole.samples[: 2 * whole.rate], rate=whole.rate))
    )
    assert "too little speech" in short.text and short.data["left"] == 2
    assert short.error == NOT_AGREED, "in a terminal the exit status tells"


def spoken_message(words: tuple[str, ...]) -> Audio:
    import random

    from bench.spoken import said

    return said(ADA, words, random.Random(0))


async def test_in_another_language_an_admin_listens(world: World, ada: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    use_spoken_words(monkeypatch)
    voice = await begin(world, ada, "Ada", language="de")
    number = (await world.ask(ada, "consent own", voice="Ada")).data["consent"]
    reply = await answered(world, ada, saying(world, *WRONG))
    assert f"An admin listens to it (number {number})" in reply.text
    consent = await asked(world, number)
    assert consent.status == "unsure" and consent.answer_path == f"audio/{voice.id}/answer-{number}.wav"
    assert (world.host.data / consent.answer_path).is_file()
    assert (await found(world, ada)).consent == ""


async def test_somebody_else_agrees_and_who_asked_is_told(
    world: World, ada: Asker, bob: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_spoken_words(monkeypatch)
    await begin(world, bob, "Ada")
    await making_a_request(world, bob)
    code = (await world.ask(bob, "consent other", voice="Ada")).data["code"]
    await world.ask(ada, "consent give", code=code)
    reply = await answered(world, ada, saying(world, *DRAWN[0]))
    voice = await found(world, bob)
    assert (voice.consent, voice.spoken_by) == ("given", ada.user_id)
    assert "bob can make Ada now" in reply.text
    assert [(each.command, each.values) for each in reply.actions] == [("revoke", {"voice": str(voice.id)})]
    assert "Ada can be made now" in await told(world, bob)


async def test_an_answer_that_comes_when_it_is_decided_already_changes_nothing(
    world: World, ada: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_spoken_words(monkeypatch)
    await begin(world, ada, "Ada")
    number = (await world.ask(ada, "consent own", voice="Ada")).data["consent"]
    tickets = [
        await world.submit(ada, ANSWER, recording=saying(world, *DRAWN[0]), number=number),
        await world.submit(ada, ANSWER, recording=saying(world, *WRONG), number=number),
    ]
    first = await world.perform(tickets[0].job_id)
    second = await world.perform(tickets[1].job_id)
    assert (first.data["status"], second.data["status"]) == ("granted", "granted")
    assert (await asked(world, number)).tries == 1


async def test_an_answer_counts_by_when_it_is_judged(world: World, ada: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    await voice_of(world, ada)
    await world.ask(ada, "consent own", voice="Ada")
    ticket = await world.submit(ada, ANSWER, recording=replace(RECORDING, path="staging/none"))
    world.clock.turn(OPEN + MINUTE)
    with pytest.raises(NotOpen):
        await world.perform(ticket.job_id)
