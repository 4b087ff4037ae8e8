"""Consenting: how somebody is asked to agree to a copy of their voice, and what their answer is judged by.

They say a statement and six words that were drawn for them. What they have said has to be new, their own voice, and the
right words; nobody is believed for what they type. Where the check cannot tell, an admin listens.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from commands.core.context import Context, Inquiry, JobContext
from commands.core.errors import NotFound, Refused, UsageError
from commands.core.examining import NoCloning
from commands.core.params import Attachment, Example, Suggest
from commands.core.threads import off_loop
from commands.core.words import count, listed
from engine import consent_words
from engine.consent_words import SIX, STATEMENT, STATEMENT_VERSION, WORDS
from engine.engine import EngineMissing
from engine.intake.errors import NotTaken
from engine.value import value
from storage import clones, consents, drafts, places, recordings, voices
from storage.clock import DAY, HOUR, MINUTE
from storage.consents import Consent, Evidence
from storage.database import Transaction
from storage.recordings import Recording
from storage.sounds import Kind
from storage.voices import Voice, fold

if TYPE_CHECKING:
    from engine.identity.voice_print import VoicePrint
    from engine.synthetic import Likely
    from engine.testimony import Answered

ANSWER = "consent answer"
"""The command by which somebody answers."""
OPEN, OPEN_CODE = 10 * MINUTE, 24 * HOUR
"""How long an answer is waited for, and how long somebody else may take a question up by its code, in ms."""
TRIES = 3
"""How often one question may be answered."""
LEAST_RIGHT = 5
"""How many of the six words have to be heard, in their order."""
MOST_ANSWERS, MOST_REFUSED = 12, 3
"""How many answers a person may send in a day, and how many questions they may fail."""
LIST: Sequence[str] = WORDS
"""What is drawn from, and listened for."""
TICKED = "I have ticked: this is my own voice, and I agree that Mynah makes a copy of it."
"""What somebody agrees to where the host asks for no more than a yes."""
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
_CODE_LENGTH = 8

Outcome = Literal["granted", "unsure", "again"]


class NotOpen(NotFound):
    """Nothing waits for an answer of yours. /consent own asks you about a voice of your own."""


class TooManyAnswers(Refused):
    """That is enough for one day. Try again tomorrow, or ask those who run this Mynah to listen to you."""


class BadAnswer(UsageError):
    """{why}"""

    @property
    def brief(self) -> str:
        """What is wrong with it is for the person who gave it."""
        return "That was not understood; the person who sent it knows why."


class Changed(Refused):
    """The recordings of {name} are others now than when you were asked. {again}"""


@value
class Findings:
    """What was found in an answer, as far as it decides."""

    enough: bool
    """Whether there is enough speech to tell whose it is."""
    machine: Likely
    """Whether a machine has spoken it."""
    replayed: bool
    """Whether it was there before: a recording of the voice, or an earlier answer."""
    right: int
    """How many of the drawn words were heard in their order."""
    english: bool
    """Whether the voice speaks the language that is listened to."""
    verdict: Literal["same", "unsure", "other"]
    """Whether it is the same person as in the recordings."""


@value
class Judgement:
    """What comes of an answer."""

    outcome: Outcome
    """It is granted, an admin has to listen, or the person may try again."""
    why: str = ""
    """What was wrong, in words for the person; empty where nothing was."""


def judge(found: Findings) -> Judgement:
    """Decide. It is granted only where nothing speaks against it; an admin decides only where a person does speak."""
    if not found.enough:
        return Judgement(outcome="again", why="There is too little speech in it. Say the whole sentence and all words.")
    if found.replayed:
        return Judgement(outcome="again", why="That was recorded before. Say it anew.")
    if found.machine == "yes":
        return Judgement(outcome="again", why="That sounds like a machine. Say it yourself, without effects.")
    if found.verdict == "other":
        return Judgement(outcome="again", why="That does not sound like the person in the recording.")
    if not found.english:
        return Judgement(outcome="unsure", why="Words are listened to in English only.")
    if found.right < LEAST_RIGHT:
        return Judgement(outcome="again")
    if found.machine == "maybe":
        return Judgement(outcome="unsure", why="Whether a person says that, nobody can tell by measuring.")
    if found.verdict == "unsure":
        return Judgement(outcome="unsure", why="Whether it is the same voice, nobody can tell by measuring.")
    return Judgement(outcome="granted")


def misheard(words: Sequence[str], heard: Sequence[str]) -> str:
    """Say which of the drawn words were not understood; what was heard instead is nobody's business."""
    lost = consent_words.missed(words, heard)
    if len(lost) > SIX // 2:
        return "Those are not the words, or they could not be understood. Say them one by one, with short pauses."
    told = listed([f"\u2018{word}\u2019" for word in lost])
    return f"{told} could not be understood. Say the words one by one, with short pauses."


async def own_voices(inquiry: Inquiry, typed: str) -> list[str]:
    """The names of the voices that the person has made, and that go on from what is typed."""
    held = await inquiry.read(lambda tx: clones.of_user(tx, inquiry.asker.user_id))
    return [voice.name for voice in held if fold(voice.name).startswith(fold(typed))][:25]


OwnVoice = Annotated[str, Suggest(own_voices), Example("Ada")]
"""A voice that the person has made, ready or not, by its name."""


def check_often(tx: Transaction, person_id: int, job_id: int | None = None) -> None:
    """Refuse one more question, or one more answer, where a person has had as many as they may in a day.

    Raises:
        TooManyAnswers: They have.
    """
    sent = consents.answers_since(tx, person_id, tx.now - DAY, job_id) - (job_id is not None)
    if sent >= MOST_ANSWERS or consents.asked_since(tx, person_id, tx.now - DAY) >= MOST_REFUSED:
        raise TooManyAnswers


def check_recorded(tx: Transaction, voice: Voice) -> list[Recording]:
    """Return the recordings of a voice that somebody is to agree to.

    Raises:
        Refused: There are none that were found good.
    """
    found = [each for each in recordings.of_voice(tx, voice.id) if each.status == "ready"]
    if not found:
        raise Refused("{name} has no recording yet. Give one: /clone {name}", name=voice.name)
    return found


def new_code() -> str:
    """Return a code that nobody can guess, to be told to somebody."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))


def new_words() -> tuple[str, ...]:
    """Draw the words that somebody is to say."""
    return consent_words.draw(among=LIST)


def versioned(statement: str) -> str:
    """Return a statement as it is kept: with its version."""
    return f"{statement} ({STATEMENT_VERSION})"


def leave_draft(tx: Transaction, ctx: Context, consent: Consent) -> None:
    """Let the person's next voice message be the answer: where they are, and in direct messages."""
    drafts.drop(tx, ctx.asker.user_id, ANSWER)
    command = ctx.host.commands[ANSWER]
    here = ctx.asker.place
    private = here if here.kind == "direct" else places.ensure(tx, ctx.asker.platform, "direct", "direct", "")
    for place_id in dict.fromkeys((private.id, here.id)):
        drafts.leave(
            tx,
            user_id=ctx.asker.user_id,
            place_id=place_id,
            command=ANSWER,
            signature=command.signature,
            values={"number": consent.id},
            missing="recording",
            reason="A voice message in which you agree.",
            address={"by": "voice message"},  # one without an address would wait for its code to be typed
            life=max(1, consent.expires_at - tx.now),
        )


def call(consent: Consent) -> str:
    """Ask somebody to say what they are to say."""
    words = ", ".join(consent.words)
    return (
        f"Say this as one voice message, within {OPEN // MINUTE} minutes:\n\n"
        f"\u201c{STATEMENT} {words}.\u201d\n\n"
        f"Speak as you always do, with a short pause after each word. You have {count(TRIES - consent.tries, 'tries')}."
    )


@value
class Asked:
    """A question that waits for an answer, and what it is about."""

    consent: Consent
    """The question."""
    voice: Voice
    """The voice."""
    recordings: tuple[Recording, ...]
    """What the voice is made from."""


def find_question(tx: Transaction, person_id: int, number: int | None) -> Asked:
    """Return what a person was asked: the question of that number, else the latest.

    Raises:
        NotOpen: Nothing waits for them.
        Changed: The voice has other recordings by now.
    """
    consent = consents.get(tx, number) if number is not None else consents.open_for(tx, person_id)
    if consent is None or consent.person_id != person_id or consent.status != "asked" or consent.expires_at <= tx.now:
        raise NotOpen
    voice = voices.get(tx, consent.voice_id) if consent.voice_id is not None else None
    if voice is None:
        raise NotOpen
    if recordings.digest_of(tx, voice.id) != consent.recording_sha256:
        own = consent.rule == "spoken"
        again = f"Ask again: /consent own voice={voice.name}" if own else "Let whoever asked you send you a new code."
        raise Changed(name=voice.name, again=again)
    return Asked(consent=consent, voice=voice, recordings=tuple(check_recorded(tx, voice)))


@value
class Heard:
    """An answer, and what was found in it."""

    clean: Path
    """Its sound, mono, in the job's workspace."""
    sha256: str
    """The SHA-256 of the file as it came, in hex."""
    found: Answered
    """What was found out about it."""
    known: Kind | None = None
    """Of what kind it is where its sound was there before; None where it is new."""


async def hear(ctx: JobContext, recording: Attachment, asked: Asked) -> Heard:
    """Read and examine a staged answer.

    Raises:
        BadAnswer: It is no sound that can be read.
        NoCloning: Something is missing on this machine.
    """
    from engine.testimony import examine_answer

    await asyncio.to_thread(partial(ctx.workspace.mkdir, exist_ok=True))
    clean = ctx.workspace / "answer.wav"
    try:
        sha256 = await off_loop(partial(_take, ctx.host.data / recording.path, clean))
        found = await ctx.host.pool.run(
            examine_answer,
            clean,
            recordings=[ctx.host.data / each.path for each in asked.recordings],
            prints=_prints(asked.recordings),
            models=ctx.host.models,
            among=tuple(LIST),
            drawn=asked.consent.words,
        )
    except NotTaken as error:
        raise BadAnswer(why=error) from None
    except EngineMissing as error:
        raise NoCloning(why=error) from None
    known = await ctx.host.find_sound(found.questions)
    return Heard(clean=clean, sha256=sha256, found=found, known=known)


def findings(tx: Transaction, asked: Asked, heard: Heard) -> Findings:
    """Put together what decides."""
    found = heard.found
    known = recordings.by_digest(tx, heard.sha256) or consents.answered_with(tx, heard.sha256)
    return Findings(
        enough=found.enough,
        machine="yes" if heard.known == "made" else found.machine,
        replayed=found.replayed or heard.known == "given" or bool(known),
        right=consent_words.matches(asked.consent.words, found.heard),
        english=fold(asked.voice.language).partition("-")[0] == "en",
        verdict=found.verdict,
    )


def evidence(asked: Asked, heard: Heard) -> Evidence:
    """Put together what is kept of an answer, to be signed."""
    from engine.testimony import versions

    found = heard.found
    model = next((each.model for each in asked.recordings if each.model), "")
    return Evidence(
        answer_sha256=heard.sha256,
        heard=found.heard,
        matched=consent_words.matches(asked.consent.words, found.heard),
        similarity=found.similarity if found.enough else None,
        threshold=found.threshold if found.enough else None,
        versions=versions(model),
    )


def _take(source: Path, clean: Path) -> str:
    from engine.clean import keep
    from engine.intake.reception import receive

    received = receive(source)
    keep(received.audio, clean)
    return received.digest


def _prints(found: Sequence[Recording]) -> list[VoicePrint]:
    from engine.identity.voice_print import VoicePrint

    prints = []
    for each in found:
        if each.embedding and each.embedding_seconds and each.model:
            with suppress(ValueError):  # of an encoder whose vectors were others
                prints.append(VoicePrint.from_bytes(each.embedding, seconds=each.embedding_seconds, model=each.model))
    return prints
