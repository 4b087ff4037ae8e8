"""Cloning: what stands in the way of making a voice of recordings, and what comes next on the way to one."""

from __future__ import annotations

from commands.core.command import Audience
from commands.core.context import Asker, Inquiry
from commands.core.errors import NotAllowed, Refused
from commands.core.examining import BadRecording, NoCloning
from commands.core.naming import check_free
from commands.core.reply import Action
from commands.core.words import count, size
from engine.identity.thresholds import verdict
from engine.identity.voice_print import VoicePrint
from storage import clones, quota, recordings
from storage.clock import HOUR
from storage.database import Transaction
from storage.metrics import Metric
from storage.quota import Standing
from storage.recordings import Recording
from storage.voices import Voice

MOST_RECORDINGS = 20
"""How many recordings a voice may have: more of them add nothing that is heard."""


class TooOften(Refused):
    """{most} recordings of yours were looked at within the hour, which is the most. Try again a little later."""


class NotCompared(BadRecording):
    """What {name} is made from has to be looked at again before more is added. Give this a name of its own: /clone."""


class SomebodyElse(BadRecording):
    """That does not sound like the one who speaks in what {name} is made from. Give it a name of its own: /clone."""


def may_clone(asker: Asker) -> bool:
    """Whether somebody may make a voice of a recording where they ask; those who run this Mynah may everywhere."""
    least = {"everyone": Audience.EVERYONE, "admins": Audience.ADMINS, "nobody": Audience.OWNERS}
    return asker.rank >= least[asker.place.cloning]


def check_allowed(inquiry: Inquiry) -> None:
    """Refuse where the place, or those who run this Mynah, have decided that voices are made by others only.

    Raises:
        NotAllowed: They have.
    """
    if not may_clone(inquiry.asker):
        who = "admins only" if inquiry.asker.place.cloning == "admins" else "nobody"
        raise NotAllowed("Voices of recordings are made by {who} here; an admin decides (/admin cloning).", who=who)


def check_able(inquiry: Inquiry) -> str:
    """Return the engine that learns voices here: of those that can, the one that sounds best.

    Raises:
        NoCloning: None can.
    """
    able = {name: each.quality for name, each in inquiry.host.abilities.items() if each.clones}
    if not able:
        raise NoCloning(why="no engine that learns voices is open; mynah doctor tells what is missing.")
    return max(able, key=lambda name: able[name])


def check_recording(tx: Transaction, inquiry: Inquiry, name: str, *, job_id: int | None = None, bytes: int = 0) -> None:
    """Refuse one more recording, of so many bytes, for a voice of that name where something stands in the way."""
    asker = inquiry.asker
    if asker.rank < Audience.OWNERS:
        check_pace(tx, inquiry, job_id)
    check_room(tx, inquiry, bytes)
    voice = clones.own(tx, asker.user_id, name)
    if voice is None:
        check_free(tx, name)
        return check_held(tx, inquiry)
    if voice.kind != "clone":
        raise Refused("{name} is not made from recordings; choose another name.", name=voice.name)
    if voice.status == "revoked":
        raise Refused(
            "{name} was taken back by the person whose voice it is; no voice of that name is made again.",
            name=voice.name,
        )
    if len(recordings.of_voice(tx, voice.id)) >= MOST_RECORDINGS:
        raise Refused(
            "{name} has {most} recordings, which is the most. What is there makes the voice: /voices build {name}.",
            name=voice.name,
            most=MOST_RECORDINGS,
        )


def check_pace(tx: Transaction, inquiry: Inquiry, job_id: int | None) -> None:
    """Refuse one more in an hour than there may be; a job counts itself and those before it."""
    most = inquiry.rules.examinations
    before = recordings.recent(tx, inquiry.asker.user_id, tx.now - HOUR, job_id) - (job_id is not None)
    if before >= most:
        raise TooOften(most=most)


def check_held(tx: Transaction, inquiry: Inquiry) -> None:
    """Refuse one more voice where a person holds as many as they may, those included that are not made yet."""
    most = min((each.limit for each in _standings(tx, inquiry, Metric.VOICES)), default=None)
    held = len(clones.of_user(tx, inquiry.asker.user_id))
    if most is not None and held >= most:
        raise Refused(
            "You hold {held}, and {most} is the most. /voices delete lets one go.",
            held=count(held, "voices"),
            most=most,
        )


def check_room(tx: Transaction, inquiry: Inquiry, bytes: int) -> None:
    """Refuse a recording that has no room beside the files and the other recordings that a person keeps."""
    left = min((each.left or 0 for each in _standings(tx, inquiry, Metric.BYTES)), default=None)
    if left is not None and bytes > left:
        raise Refused(
            "That recording takes {wanted}, and {left} of your storage are left. /history delete and /voices delete "
            "make room.",
            wanted=size(bytes),
            left=size(left),
        )


def check_same(name: str, there: list[Recording], print: VoicePrint) -> None:
    """Refuse a recording of somebody else than those who speak in a voice's others.

    Raises:
        NotCompared: None of them has a print by the encoder that there is now.
        SomebodyElse: Another person speaks in one of them.
    """
    ready = [each for each in there if each.status == "ready"]
    if ready and not any(each.embedding and each.model == print.model for each in ready):
        raise NotCompared(name=name)
    for each in ready:
        if each.embedding is None or each.embedding_seconds is None or each.model != print.model:
            continue
        other = VoicePrint.from_bytes(each.embedding, seconds=each.embedding_seconds, model=print.model)
        if verdict(other, print) != "same":
            raise SomebodyElse(name=name)


def next_steps(inquiry: Inquiry, voice: Voice) -> tuple[Action, ...]:
    """What brings a voice nearer to speaking: its person's consent, then that it is made."""
    if voice.consent:
        return (Action(label=f"Build {voice.name}", command="voices build", values={"name": voice.name}),)
    own = {"voice": voice.name, **({"confirm": True} if inquiry.rules.consent == "ticked" else {})}
    return (
        Action(label="It is my voice", command="consent own", values=own),
        Action(label="Somebody else's", command="consent other", values={"voice": voice.name}),
    )


def _standings(tx: Transaction, inquiry: Inquiry, metric: Metric) -> list[Standing]:
    """How a person stands with the limits of a metric, as far as there are any for them."""
    asker = inquiry.asker
    unlimited = asker.rank is Audience.OWNERS
    found = quota.standing(tx, asker.user_id, asker.place, asker.roles, inquiry.rules.allowances, unlimited)
    return [each for each in found if each.metric is metric and each.left is not None]
