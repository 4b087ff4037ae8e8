"""/consent list, listen, approve, refuse: what was agreed to, and what an admin has to decide.

The check leaves to an admin what it cannot tell: whether it is the same voice, where two are neither alike nor unlike,
and what was said in another language than English. Admins decide what was asked in their place, and those who run this
Mynah everything. What they heard goes once they have decided.
"""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from commands.consent import Number
from commands.core.answering import LISTEN, drop_heard
from commands.core.cloning import next_steps
from commands.core.command import Audience, Lane, command
from commands.core.context import Context, Inquiry, JobContext
from commands.core.errors import NotFound, Refused
from commands.core.notices import tell_person
from commands.core.quote import Quote
from commands.core.reply import BETWEEN_US, Action, FileRef, Json, Reply
from commands.core.saying import voice_settings
from commands.core.threads import off_loop
from commands.core.words import iso
from storage import audit, consents, places, recordings, users, voice_folder, voices
from storage.consents import Consent
from storage.database import Transaction
from storage.recordings import Recording
from storage.voices import Voice

RULES = {
    "spoken": "said aloud",
    "given": "said aloud, on your own account",
    "ticked": "by a tick",
    "host-own": "by those who run this Mynah",
    "host-given": "by those who run this Mynah",
}
"""How somebody has agreed, for people."""
STATUSES = {
    "asked": "waits for an answer",
    "granted": "agreed",
    "unsure": "an admin listens to it",
    "refused": "not agreed",
    "expired": "not answered in time",
    "revoked": "taken back",
}
"""How far a question is, for people."""


class NotWaiting(NotFound):
    """Nothing of that number waits for a decision of yours; /consent list shows what does."""


@command("consent", "list", private=True)
async def show(ctx: Context) -> Reply:
    """Show what you have agreed to; and to admins, what they have to decide here."""

    def look(tx: Transaction) -> tuple[list[dict[str, Json]], list[dict[str, Json]]]:
        mine = [_facts(tx, each) for each in consents.of_person(tx, ctx.asker.user_id)]
        there = [each for each in consents.waiting(tx) if each.voice_id is not None and _may_decide(tx, ctx, each)]
        waiting = [_facts(tx, each) for each in there]
        return mine, waiting

    mine, waiting = await ctx.read(look)
    lines = [f"{each['number']} \u00b7 {each['voice']} \u00b7 {_status(each)} \u00b7 {each['at']}" for each in mine]
    actions: list[Action] = []
    if waiting:
        lines.append("To be decided, by listening to it (/consent listen):")
    for each in waiting:
        lines.append(f"{each['number']} \u00b7 {each['voice']} of {each['holder']}, said by {each['person']}")
        number = {"number": each["number"]}
        actions.append(Action(label=f"Listen to {each['number']}", command=LISTEN, values=number))
    if any(each["status"] == "granted" for each in mine):
        lines.append("/revoke takes back what you have agreed to, with everything made from it.")
    return Reply(
        text="\n".join(lines) or "You have not been asked to agree to anything, and nothing waits for you.",
        private=True,
        actions=tuple(actions[:5]),
        items=(*mine, *({**each, "decide": True} for each in waiting)),
    )


async def quote_listen(inquiry: Inquiry, number: int) -> Quote:
    """Check that there is something to listen to; it is free.

    Raises:
        NotFound: There is nothing, or it is not theirs to hear.
    """
    _, voice = await inquiry.read(lambda tx: _find(tx, inquiry, number))
    return Quote(settings=voice_settings(voice))  # so that taking the voice back finds the job


@command("consent", "listen", audience=Audience.ADMINS, lane=Lane.NOW, quote=quote_listen, private=True)
async def listen(ctx: JobContext, number: Number) -> Reply:
    """Hear an answer that nobody but you can judge, and the recording that it has to be compared with.

    Args:
        number: Which one, as /consent list shows it.
    """

    def look(tx: Transaction) -> tuple[Consent, Voice, Recording, str]:
        consent, voice = _find(tx, ctx, number)
        found = [each for each in recordings.of_voice(tx, voice.id) if each.status == "ready"]
        if not found or consent.answer_path is None:
            raise NotWaiting
        return consent, voice, found[0], _name(tx, consent.person_id)

    consent, voice, recording, person = await ctx.read(look)
    assert consent.answer_path is not None
    await asyncio.to_thread(partial(ctx.workspace.mkdir, exist_ok=True))
    pairs = [(consent.answer_path, None, "answer"), (recording.path, recording.passage, "recording")]
    made = [
        await off_loop(
            partial(_copy, ctx.host.data / path, span, ctx.workspace / f"consent-{number}-{what}.wav", voice.id)
        )
        for path, span, what in pairs
    ]
    said = f"{person} was to say: {consent.statement.rpartition(' (')[0]} {', '.join(consent.words)}."
    return Reply(
        text=f"{said}\nFirst the answer, then the recording of {voice.name}. Is it the same person, who says that? "
        "Mynah could not rule out that the answer was cut together, or played by a loudspeaker: listen for that too.",
        private=True,
        files=tuple(made),
        actions=(
            Action(label="They agree", command="consent approve", values={"number": number}),
            Action(label="They do not", command="consent refuse", values={"number": number}),
        ),
        data={"consent": number, "words": list(consent.words), "similarity": consent.similarity},
    )


@command("consent", "approve", audience=Audience.ADMINS, private=True)
async def approve(ctx: Context, number: Number) -> Reply:
    """Decide that somebody has agreed to a copy of their voice, once you have listened to them.

    Args:
        number: Which answer, as /consent list shows it.
    """
    return await _settle(ctx, number, granted=True)


@command("consent", "refuse", audience=Audience.ADMINS, private=True)
async def refuse(ctx: Context, number: Number) -> Reply:
    """Decide that somebody has not agreed: it is somebody else, or something else is said.

    Args:
        number: Which answer, as /consent list shows it.
    """
    return await _settle(ctx, number, granted=False)


async def _settle(ctx: Context, number: int, *, granted: bool) -> Reply:
    def decide(tx: Transaction) -> tuple[Voice, list[str]]:
        consent, voice = _find(tx, ctx, number)
        if consent.person_id == ctx.asker.user_id and ctx.asker.rank < Audience.OWNERS:
            raise Refused("That is your own; let another admin listen to it.")
        if granted and recordings.digest_of(tx, voice.id) != consent.recording_sha256:
            raise Refused(
                "{name} has other recordings now than when that was said. Refuse it; they are asked anew.",
                name=voice.name,
            )
        settled = consents.settle(tx, number, ctx.host.key, granted=granted, by_user_id=ctx.asker.user_id)
        assert settled is not None
        act = "consent approve" if granted else "consent refuse"
        details = {"voice": voice.name, "number": number}
        audit.note(tx, ctx.asker.user_id, consent.place_id, act, consent.person_id, details)
        _tell(tx, ctx, voice, consent, granted)
        return voice, [*drop_heard(tx, voice.id), *([consent.answer_path] if consent.answer_path else [])]

    voice, gone = await ctx.commit(decide)
    await asyncio.to_thread(voice_folder.remove, ctx.host.data, gone)
    ctx.host.wake()
    said = "may be made now" if granted else "may not be made by that answer"
    return Reply(
        text=f"{voice.name} {said}; those it concerns are told. What you have heard is gone.",
        private=True,
        data={"consent": number, "status": "granted" if granted else "refused"},
    )


def _tell(tx: Transaction, ctx: Context, voice: Voice, consent: Consent, granted: bool) -> None:
    """Tell the person, and who has the voice, what was decided."""
    found = voices.get(tx, voice.id)
    assert found is not None
    for user_id in {consent.person_id, consent.holder_id} - {None, ctx.asker.user_id}:
        assert user_id is not None
        holds = user_id == voice.user_id
        again = f" To begin anew: /consent own voice={voice.name}" if holds and consent.rule == "spoken" else ""
        text = f"An admin has listened: {voice.name} {'can be made now.' if granted else f'cannot be made.{again}'}"
        actions = next_steps(ctx, found) if holds and granted else ()
        tell_person(tx, user_id, Reply(text=text, private=True, actions=actions, brief=BETWEEN_US))


def _find(tx: Transaction, inquiry: Inquiry, number: int) -> tuple[Consent, Voice]:
    """Return what waits for a decision, with its voice.

    Raises:
        NotWaiting: There is none of that number, or others decide about it.
    """
    consent = consents.get(tx, number)
    voice = voices.get(tx, consent.voice_id) if consent and consent.voice_id is not None else None
    if consent is None or voice is None or consent.status != "unsure" or not _may_decide(tx, inquiry, consent):
        raise NotWaiting
    return consent, voice


def _may_decide(tx: Transaction, inquiry: Inquiry, consent: Consent) -> bool:
    """Those who run Mynah decide everything; admins what was asked in their place, where it is no private chat."""
    asker = inquiry.asker
    if asker.rank >= Audience.OWNERS:
        return True
    there = places.get(tx, consent.place_id) if consent.place_id is not None else None
    admin = asker.rank >= Audience.ADMINS and there is not None and there.id == asker.place.id
    return admin and there is not None and there.kind != "direct"


def _copy(source: Path, span: tuple[float, float] | None, to: Path, voice_id: int) -> FileRef:
    from engine.clean import keep, read

    audio = read(source, *(span or (0.0, None)))
    size = keep(audio, to)
    return FileRef(id=0, name=to.name, path=str(to), format="wav", bytes=size, seconds=audio.seconds, voice_id=voice_id)


def _facts(tx: Transaction, consent: Consent) -> dict[str, Json]:
    voice = voices.get(tx, consent.voice_id) if consent.voice_id is not None else None
    return {
        "number": consent.id,
        "voice": voice.name if voice else "a voice that is gone",
        "holder": _name(tx, consent.holder_id),
        "person": _name(tx, consent.person_id),
        "rule": consent.rule,
        "status": "expired" if consent.status == "asked" and consent.expires_at <= tx.now else consent.status,
        "at": iso(consent.decided_at or consent.created_at),
    }


def _status(facts: dict[str, Json]) -> str:
    rule = RULES[facts["rule"]] if facts["status"] in ("granted", "revoked") else ""
    return f"{STATUSES[facts['status']]}{f' {rule}' if rule else ''}, for {facts['holder']}"


def _name(tx: Transaction, user_id: int | None) -> str:
    user = users.get(tx, user_id) if user_id is not None else None
    return (user.name if user else "")[:60] or "somebody"
