"""Answering: what else changes where an answer is decided."""

from __future__ import annotations

from dataclasses import replace

import pytest

from commands.core.answering import LISTEN, check_pace, decide, drop_heard, let_go
from commands.core.command import Audience
from commands.core.consenting import ANSWER, MOST_ANSWERS, Heard, NotOpen, TooManyAnswers, find_question
from commands.core.context import Asker, JobContext
from engine.identity.thresholds import Verdict
from engine.testimony import Answered
from storage import consents, files
from storage.consents import Consent
from storage.database import Transaction
from tests.commands.test_consent import RECORDING, voice_of
from tests.commands.test_consent_decide import unsure
from tests.commands.world import World
from tests.storage import making

GOOD = Answered(speech=6.0, enough=True, similarity=0.9, threshold=0.8, verdict="same")
DIGEST = "d" * 64


@pytest.fixture
async def ada(world: World) -> Asker:
    return await world.person("ada")


async def answering(world: World, asker: Asker) -> JobContext:
    """A job in which an answer is judged."""
    ticket = await world.submit(asker, ANSWER, recording=RECORDING)
    await world.database.write(
        lambda tx: tx.run("UPDATE jobs SET state = 'ready', inputs = 0 WHERE id = :id", id=ticket.job_id)
    )
    return await world.context_of(await world.claim(ticket.job_id))


async def test_a_granted_answer_lets_those_go_that_an_admin_had_to_listen_to(world: World, ada: Asker) -> None:
    earlier = await unsure(world, ada)
    admin = await world.person("admin", rank=Audience.ADMINS)
    listened = await world.ask(admin, LISTEN, number=earlier.id)
    reply = await world.ask(ada, "consent own", voice="Ada")
    ctx = await answering(world, ada)
    asked = await world.database.read(lambda tx: find_question(tx, ada.user_id, None))
    heard = Heard(clean=ctx.workspace / "answer.wav", sha256=DIGEST, found=_said(reply.data["words"]))
    judgement, granted, gone = await decide(ctx, asked, heard)
    assert (judgement.outcome, granted.status, granted.matched) == ("granted", "granted", 6)
    assert sorted(gone) == sorted([str(earlier.answer_path), *(each.path for each in listened.files)])
    before = await world.database.read(lambda tx: consents.get(tx, earlier.id))
    assert before is not None and (before.status, before.answer_path) == ("refused", None)
    assert granted.voice_id is not None
    voice_id = granted.voice_id
    assert await world.database.read(lambda tx: files.of_voice(tx, voice_id)) == []


async def test_where_nobody_had_to_listen_there_is_nothing_to_let_go(world: World, ada: Asker) -> None:
    voice = await voice_of(world, ada)
    await world.ask(ada, "consent own", voice="Ada")
    ctx = await answering(world, ada)

    def grant(tx: Transaction) -> tuple[str, ...]:
        consent = making.agreed(tx, voice, ada.user_id)
        return (*let_go(tx, ctx, consent), *drop_heard(tx, voice.id))

    assert await world.database.write(grant) == ()


async def test_an_answer_that_is_unsure_is_kept_where_its_row_says(world: World, ada: Asker) -> None:
    reply = await _asked(world, ada)
    ctx = await answering(world, ada)
    asked = await world.database.read(lambda tx: find_question(tx, ada.user_id, None))
    clean = ctx.workspace / "answer.wav"
    clean.write_bytes(b"what was said")
    found = _said(reply.words, verdict="unsure")
    _, decided, _ = await decide(ctx, asked, Heard(clean=clean, sha256=DIGEST, found=found))
    assert decided.status == "unsure" and decided.answer_path is not None
    assert (world.host.data / decided.answer_path).read_bytes() == b"what was said"


async def test_a_file_that_cannot_be_kept_leaves_the_question_as_it_was(world: World, ada: Asker) -> None:
    question = await _asked(world, ada)
    ctx = await answering(world, ada)
    asked = await world.database.read(lambda tx: find_question(tx, ada.user_id, None))
    missing = Heard(clean=ctx.workspace / "none.wav", sha256=DIGEST, found=_said(question.words, verdict="unsure"))
    with pytest.raises(OSError):
        await decide(ctx, asked, missing)
    after = await world.database.read(lambda tx: consents.get(tx, question.id))
    assert after is not None and (after.status, after.tries) == ("asked", 0)


async def test_what_was_decided_meanwhile_is_not_decided_again(world: World, ada: Asker) -> None:
    question = await _asked(world, ada)
    first, second = await answering(world, ada), await answering(world, ada)
    asked = await world.database.read(lambda tx: find_question(tx, ada.user_id, None))
    for ctx, over in ((first, False), (second, True)):
        heard = Heard(clean=ctx.workspace / "answer.wav", sha256=DIGEST, found=_said(question.words))
        if over:
            with pytest.raises(NotOpen):
                await decide(ctx, asked, heard)
        else:
            assert (await decide(ctx, asked, heard))[1].status == "granted"


async def test_a_job_counts_itself_and_those_before_it(world: World, ada: Asker) -> None:
    await _asked(world, ada)
    tickets = [await world.submit(ada, ANSWER, recording=RECORDING) for _ in range(MOST_ANSWERS)]
    inquiry = world.inquiry(ada)
    await world.database.read(lambda tx: check_pace(tx, inquiry, tickets[-1].job_id))
    with pytest.raises(TooManyAnswers):
        await world.database.read(lambda tx: check_pace(tx, inquiry))


async def _asked(world: World, asker: Asker) -> Consent:
    await voice_of(world, asker)
    number = (await world.ask(asker, "consent own", voice="Ada")).data["consent"]
    consent = await world.database.read(lambda tx: consents.get(tx, number))
    assert consent is not None
    return consent


def _said(words: tuple[str, ...], verdict: Verdict = "same") -> Answered:
    return replace(GOOD, heard=tuple(words), verdict=verdict)
