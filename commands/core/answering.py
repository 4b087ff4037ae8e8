"""Answering: what becomes of an answer to a consent, written down in one transaction.

The answer is counted, decided and signed; whoever has the voice is told; and what an admin has to listen to is kept
until they have.
"""

from __future__ import annotations

from commands.core.command import Audience
from commands.core.consenting import (
    ANSWER,
    TICKED,
    TRIES,
    Asked,
    Heard,
    Judgement,
    check_often,
    evidence,
    find_question,
    findings,
    judge,
    leave_draft,
    versioned,
)
from commands.core.context import Context, Inquiry, JobContext
from commands.core.moving import Moves
from commands.core.notices import tell_person
from commands.core.reply import BETWEEN_US, Action, Reply
from engine.consent_words import STATEMENT_VERSION
from storage import consents, deliveries, drafts, files, messages, recordings, sounds, voice_folder, voices
from storage.consents import Consent
from storage.database import Transaction
from storage.voices import Voice

LISTEN = "consent listen"
"""The command by which an admin hears an answer; the files that it makes go when it is decided."""


async def decide(ctx: JobContext, asked: Asked, heard: Heard) -> tuple[Judgement, Consent, tuple[str, ...]]:
    """Count an answer and write down what comes of it, in one transaction; return files that are to go, too."""
    moves = Moves()

    def work(tx: Transaction) -> tuple[Judgement, Consent, tuple[str, ...]]:
        check_pace(tx, ctx, ctx.job_id)
        now = find_question(tx, ctx.asker.user_id, asked.consent.id)
        tries = consents.count_try(tx, now.consent.id)
        judgement = judge(findings(tx, now, heard))
        if heard.found.fingerprint:
            sounds.note_given(tx, heard.found.fingerprint, user_id=ctx.asker.user_id, voice_id=now.voice.id)
        if judgement.outcome == "again" and (tries or 0) < TRIES:
            waits = consents.get(tx, now.consent.id)
            assert waits is not None
            leave_draft(tx, ctx, waits)
            return judgement, waits, ()
        unsure = judgement.outcome == "unsure"
        path = f"{voice_folder.of_voice(now.voice.id)}/answer-{now.consent.id}.wav" if unsure else None
        decision = "refused" if judgement.outcome == "again" else judgement.outcome
        decided = consents.decide(tx, now.consent.id, ctx.host.key, decision, evidence(now, heard), path)
        assert decided is not None
        drafts.drop(tx, ctx.asker.user_id, ANSWER)
        gone = let_go(tx, ctx, decided) if decided.status == "granted" else ()
        if decided.status == "granted":
            voice = voices.get(tx, now.voice.id)
            assert voice is not None
            tell_holder(tx, ctx, voice)
        if path is not None:
            moves.make([(heard.clean, ctx.host.data / path)])
        return judgement, decided, gone

    try:
        return await ctx.commit(work)
    except Exception:
        moves.undo()
        raise


def let_go(tx: Transaction, ctx: Context, granted: Consent) -> tuple[str, ...]:
    """Have no admin decide any more what has been granted meanwhile; return the answers that were kept for that."""
    assert granted.voice_id is not None
    waiting = [each for each in consents.of_voice(tx, granted.voice_id) if each.status == "unsure"]
    for each in waiting:
        consents.settle(tx, each.id, ctx.host.key, granted=False, by_user_id=None)
    kept = [each.answer_path for each in waiting if each.answer_path]
    return (*kept, *drop_heard(tx, granted.voice_id))


def drop_heard(tx: Transaction, voice_id: int) -> list[str]:
    """Let go what admins were sent to listen to; return the files that are to go."""
    gone = []
    for file in files.of_voice(tx, voice_id, [LISTEN]):
        if file.job_id is not None and (path := files.remove(tx, file.id)) is not None:
            deliveries.drop(tx, file.job_id)
            messages.drop(tx, file.job_id)
            gone.append(path)
    return gone


def tick(tx: Transaction, ctx: Context, voice: Voice) -> Voice:
    """Take the person's word for it, as the host has decided; the voice says by which rule it was agreed to."""
    assert voice.user_id is not None
    consents.vouch(
        tx,
        ctx.host.key,
        voice_id=voice.id,
        holder_id=voice.user_id,
        person_id=ctx.asker.user_id,
        rule="ticked",
        statement=versioned(TICKED),
        recording_sha256=recordings.digest_of(tx, voice.id),
        platform=ctx.asker.platform,
        versions={"statement": STATEMENT_VERSION},
    )
    found = voices.get(tx, voice.id)
    assert found is not None
    return found


def tell_holder(tx: Transaction, ctx: Context, voice: Voice) -> None:
    """Tell who has a voice that its person has agreed, where that is somebody else."""
    if voice.user_id is None or voice.user_id == ctx.asker.user_id:
        return
    said = f"Whose voice it is has agreed: {voice.name} can be made now."
    build = Action(label=f"Build {voice.name}", command="voices build", values={"name": voice.name})
    tell_person(
        tx,
        voice.user_id,
        Reply(text=said, private=True, actions=(build,), data={"voice": voice.name}, brief=BETWEEN_US),
    )


def check_pace(tx: Transaction, inquiry: Inquiry, job_id: int | None = None) -> None:
    """Refuse more questions and answers than there may be in a day; not to those who run this Mynah.

    Raises:
        TooManyAnswers: There have been as many.
    """
    if inquiry.asker.rank < Audience.OWNERS:
        check_often(tx, inquiry.asker.user_id, job_id)
