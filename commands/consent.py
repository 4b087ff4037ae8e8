"""/consent: whose voice it is agrees to a copy of it, aloud; without that no voice is made.

/consent own Ada            Say this as one voice message: “I agree that Mynah makes a copy of my voice. river, lemon …”
(a voice message)           Thank you. Ada can be made now.
/consent other Ada          Let them send me, on their own account: /consent give code=k3v9x2mq
/consent give k3v9x2mq      Bob asks … If you agree, say this …

Refused are answers to what was not asked, or not in time; codes that are used up, somebody else's or one's own; and
more answers than may be sent in a day. What an answer is judged by stands in `commands/core/consenting.py`.
"""

from __future__ import annotations

import asyncio
from typing import Annotated

from commands.core.answering import check_pace, decide, tell_holder, tick
from commands.core.building import own_voice
from commands.core.cloning import next_steps
from commands.core.command import Lane, command
from commands.core.consenting import (
    LEAST_RIGHT,
    OPEN,
    OPEN_CODE,
    TICKED,
    TRIES,
    Asked,
    BadAnswer,
    Heard,
    Judgement,
    NotOpen,
    OwnVoice,
    call,
    check_recorded,
    find_question,
    hear,
    leave_draft,
    misheard,
    new_code,
    new_words,
    versioned,
)
from commands.core.context import Context, Inquiry, JobContext
from commands.core.errors import NotFound, Refused, UsageError
from commands.core.params import Between, Example, Menu, SoundFile
from commands.core.quote import FREE, Quote
from commands.core.reply import BETWEEN_US, Action, Reply
from commands.core.words import count, size
from engine.consent_words import STATEMENT
from engine.intake.limits import USUAL
from storage import consents, recordings, users, voice_folder, voices
from storage.clock import HOUR, MINUTE
from storage.consents import Consent
from storage.database import Transaction
from storage.voices import Voice

Code = Annotated[str, Example("k3v9x2mq")]
Number = Annotated[int, Between(1, 2**53), Example("7")]
"""A question, by its number."""


TERMINAL, PAGE = "terminal", "web"
"""Where files are named by their paths, and there are no other chats."""
SENT = "Send it here, or to me in a private chat; a sound file goes with /consent answer."
CALLED = "Record it, and name me the file: consent answer RECORDING"
RECORDED = "Record it below, or choose a file that you have recorded."
"""How an answer is given, in a chat, in a terminal and on the page."""
NOT_ENOUGH = "That was not enough to agree by."
NOT_AGREED = "NotAgreed"
"""The key of the error in a terminal, so that a program's exit status tells; in a group an error would be told there
and in brief, rather than in private and with its reason."""


class NoSuchCode(NotFound):
    """That code is not open: it is good for one person, once, and for {hours} hours. Ask for a new one."""


@command("consent", "own", private=True)
async def own(ctx: Context, voice: OwnVoice, confirm: bool = False) -> Reply:
    """Agree to a copy of your own voice: you are told what to say, and say it as a voice message.

    Args:
        voice: The voice that you have begun with /clone.
        confirm: Yes, it is my voice and I agree; counts only where those who run this Mynah ask for no more.
    """
    ticked = ctx.rules.consent == "ticked"

    def ask(tx: Transaction) -> tuple[Voice, Consent | None]:
        found = own_voice(tx, ctx, voice)
        check_recorded(tx, found)
        if found.consent:
            return found, None
        if ticked:
            return (tick(tx, ctx, found), None) if confirm else (found, None)
        check_pace(tx, ctx)
        asked = _ask(tx, ctx, found, "spoken", person_id=ctx.asker.user_id, words=new_words(), life=OPEN)
        leave_draft(tx, ctx, asked)
        return found, asked

    found, asked = await ctx.commit(ask)
    if asked is not None:
        return _question(ctx, found, asked, call(asked))
    if not found.consent:
        yes = Action(label="I agree", command="consent own", values={"voice": found.name, "confirm": True})
        return Reply(text=f"Is this so? \u201c{TICKED}\u201d", private=True, actions=(yes,), data={"voice": found.name})
    return _agreed(ctx, found, f"{found.name} may be made: whose voice it is has agreed.")


@command("consent", "other", private=True)
async def other(ctx: Context, voice: OwnVoice) -> Reply:
    """Ask somebody else to agree to a copy of their voice: you get a code, which they send me themselves.

    Args:
        voice: The voice that you have begun with /clone.
    """

    def ask(tx: Transaction) -> tuple[Voice, Consent | None]:
        found = own_voice(tx, ctx, voice)
        check_recorded(tx, found)
        if found.consent:
            return found, None
        return found, _ask(tx, ctx, found, "given", person_id=None, words=(), life=OPEN_CODE, code=new_code())

    found, asked = await ctx.commit(ask)
    if asked is None:
        return _agreed(ctx, found, f"{found.name} may be made: whose voice it is has agreed.")
    text = (
        f"Let the person whose voice it is send me, on their own account and within {OPEN_CODE // HOUR} hours:\n"
        f"/consent give code={asked.code}\n"
        f"They are told that you ask for {found.name}, and what to say. You are told when they have agreed."
    )
    data = {"voice": found.name, "consent": asked.id, "code": asked.code}
    return Reply(text=text, private=True, data=data, brief=BETWEEN_US)


@command("consent", "give", private=True)
async def give(ctx: Context, code: Code, confirm: bool = False) -> Reply:
    """Agree to a copy of your voice that somebody else asks for: you are told who asks, and what to say.

    Args:
        code: The code that they have given you.
        confirm: Yes, it is my voice and I agree; counts only where those who run this Mynah ask for no more.
    """
    ticked = ctx.rules.consent == "ticked"

    def take(tx: Transaction) -> tuple[Voice, Consent, str]:
        asked = consents.of_code(tx, code)
        voice = voices.get(tx, asked.voice_id) if asked and asked.voice_id is not None else None
        if asked is None or voice is None:
            raise NoSuchCode(hours=OPEN_CODE // HOUR)
        if asked.holder_id == ctx.asker.user_id:
            raise Refused(
                "That code is for somebody else. Is it your own voice: /consent own voice={name}", name=voice.name
            )
        if recordings.digest_of(tx, voice.id) != asked.recording_sha256:
            raise NoSuchCode(hours=OPEN_CODE // HOUR)
        holder = _name(tx, asked.holder_id)
        if ticked:
            if confirm:
                voice = tick(tx, ctx, voice)
                tell_holder(tx, ctx, voice)
            return voice, asked, holder
        check_pace(tx, ctx)
        taken = consents.give(
            tx,
            code,
            person_id=ctx.asker.user_id,
            statement=versioned(STATEMENT),
            words=new_words(),
            platform=ctx.asker.platform,
            life=OPEN,
            place_id=ctx.asker.place.id,
        )
        if taken is None:
            raise NoSuchCode(hours=OPEN_CODE // HOUR)
        leave_draft(tx, ctx, taken)
        return voice, taken, holder

    voice, asked, holder = await ctx.commit(take)
    if voice.consent:
        ctx.host.wake()
        return _given(voice, holder)
    asks = f"{holder} asks to make a copy of your voice, called {voice.name}. If you do not want that, do nothing.\n"
    if ticked:
        yes = Action(label="I agree", command="consent give", values={"code": code, "confirm": True})
        said = f"{asks}Is this so? \u201c{TICKED}\u201d"
        return Reply(text=said, private=True, actions=(yes,), data={"voice": voice.name}, brief=BETWEEN_US)
    return _question(ctx, voice, asked, f"{asks}{call(asked)}")


async def quote_answer(inquiry: Inquiry, recording: SoundFile, number: int | None = None) -> Quote:
    """Check that an answer is waited for, before it is fetched; it is free.

    Raises:
        Refused: It is not; the sentence says why.
    """
    if recording.bytes > USUAL.bytes:
        raise UsageError(
            "{name} is {size}; {most} is the most. One voice message is enough.",
            name=recording.name[:60],
            size=size(recording.bytes),
            most=size(USUAL.bytes),
        )

    def check(tx: Transaction) -> None:
        find_question(tx, inquiry.asker.user_id, number)
        check_pace(tx, inquiry)

    await inquiry.read(check)
    return FREE


@command("consent", "answer", lane=Lane.SOON, quote=quote_answer, private=True)
async def answer(
    ctx: JobContext, recording: Annotated[SoundFile, Menu("Give as consent")], number: Number | None = None
) -> Reply:
    """Answer what /consent has asked you: a voice message with the statement and the words.

    Args:
        recording: Your voice message.
        number: Which question it answers; the latest where you leave it open.
    """
    try:
        asked = await ctx.read(lambda tx: find_question(tx, ctx.asker.user_id, number))
    except NotOpen:
        if (done := await ctx.read(lambda tx: _decided_before(tx, ctx.asker.user_id, number))) is not None:
            return await _ended(ctx, done)
        raise
    try:
        heard = await hear(ctx, recording, asked)
    except BadAnswer:  # what cannot be read is no try
        await ctx.commit(lambda tx: leave_draft(tx, ctx, asked.consent))
        raise
    judgement, consent, gone = await decide(ctx, asked, heard)
    await asyncio.to_thread(voice_folder.remove, ctx.host.data, gone)
    ctx.host.wake()
    if consent.status != "asked":
        return await _ended(ctx, consent, judgement)
    return _again(ctx, asked, heard, judgement, consent)


def _decided_before(tx: Transaction, person_id: int, number: int | None) -> Consent | None:
    """Return the question of that number, else the latest of a person, where it has been decided."""
    found = consents.of_person(tx, person_id)
    mine = [each for each in found if number in (None, each.id)][:1]
    return next((each for each in mine if each.status in ("granted", "unsure", "refused")), None)


async def _ended(ctx: JobContext, consent: Consent, judgement: Judgement | None = None) -> Reply:
    """Say what was decided."""

    def look(tx: Transaction) -> tuple[Voice | None, str]:
        voice = voices.get(tx, consent.voice_id) if consent.voice_id is not None else None
        return voice, _name(tx, consent.holder_id)

    voice, holder = await ctx.read(look)
    if voice is None:
        raise NotOpen
    data = {"voice": voice.name, "consent": consent.id, "status": consent.status}
    why = f" {judgement.why}" if judgement and judgement.why else ""
    if consent.status == "granted":
        mine = voice.user_id == ctx.asker.user_id
        return _agreed(ctx, voice, f"Thank you. {voice.name} can be made now.") if mine else _given(voice, holder)
    if consent.status == "unsure":
        said = f"Thank you. An admin listens to it (number {consent.id}) and decides; you are told.{why}"
        return Reply(text=said, private=True, data=data)
    own = consent.rule == "spoken"
    again = f"/consent own voice={voice.name}" if own else "a new code from whoever asks you"
    said = f"{why.strip()} That was the last of {TRIES} tries. To begin anew: {again}".strip()
    actions = (Action(label="Begin anew", command="consent own", values={"voice": voice.name}),) if own else ()
    return Reply(text=said, private=True, actions=actions, data=data, error=_error(ctx), brief=NOT_ENOUGH)


def _error(ctx: JobContext) -> str:
    return NOT_AGREED if ctx.asker.platform == TERMINAL else ""


def _again(ctx: JobContext, asked: Asked, heard: Heard, judgement: Judgement, consent: Consent) -> Reply:
    """Say what was wrong, and ask once more for the same."""
    why = judgement.why or misheard(asked.consent.words, heard.found.heard)
    left = TRIES - consent.tries
    said = f"{why} {count(left, 'tries')} left. Say once more: \u201c{STATEMENT} {', '.join(consent.words)}.\u201d"
    data = {"voice": asked.voice.name, "consent": consent.id, "status": "asked", "left": left}
    return Reply(text=said, private=True, data=data, error=_error(ctx), brief=f"{NOT_ENOUGH[:-1]}; try again.")


def _ask(
    tx: Transaction,
    ctx: Context,
    voice: Voice,
    rule: consents.Rule,
    *,
    person_id: int | None,
    words: tuple[str, ...],
    life: int,
    code: str | None = None,
) -> Consent:
    return consents.ask(
        tx,
        voice_id=voice.id,
        holder_id=ctx.asker.user_id,
        person_id=person_id,
        rule=rule,
        statement=versioned(STATEMENT),
        words=words,
        recording_sha256=recordings.digest_of(tx, voice.id),
        platform=ctx.asker.platform,
        life=life,
        code=code,
        place_id=ctx.asker.place.id,
    )


def _question(ctx: Context, voice: Voice, asked: Consent, text: str) -> Reply:
    data = {
        "voice": voice.name,
        "consent": asked.id,
        "statement": STATEMENT,
        "words": list(asked.words),
        "minutes": OPEN // MINUTE,
        "least": LEAST_RIGHT,
    }
    how = {TERMINAL: CALLED, PAGE: RECORDED}.get(ctx.asker.platform, SENT)
    return Reply(text=f"{text}\n{how}", private=True, data=data, brief=BETWEEN_US)


def _agreed(ctx: Context, voice: Voice, text: str) -> Reply:
    data = {"voice": voice.name, "status": "granted", "rule": voice.consent}
    return Reply(text=text, private=True, actions=next_steps(ctx, voice), data=data)


def _given(voice: Voice, holder: str) -> Reply:
    said = f"Thank you. {holder} can make {voice.name} now. You can take it back at any time, with all made from it."
    take_back = Action(label="Take it back", command="revoke", values={"voice": str(voice.id)})
    data = {"voice": voice.name, "status": "granted", "rule": voice.consent}
    return Reply(text=said, private=True, actions=(take_back,), data=data)


def _name(tx: Transaction, user_id: int | None) -> str:
    user = users.get(tx, user_id) if user_id is not None else None
    return (user.name if user else "")[:60] or "Somebody"
