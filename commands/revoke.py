"""/revoke: whoever a voice was copied from takes it back, whoever has it.

/revoke           Ada, which Bob has · Ada-2, which you have; with a button for each
/revoke Ada       This removes … To do it: /revoke voice=Ada confirm=yes

It is for everybody at any time, also for those who are blocked. Once confirmed the voice is gone at once, with its
recordings, what engines have learned of it and everything that it has said, and what was about to be said with it is
cancelled. What stays is the signed note that somebody had agreed, and until when.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from commands.core.clearing import COPIES_LEFT, clear, in_use, renew_copies, tell_others
from commands.core.command import command
from commands.core.context import Context, Inquiry
from commands.core.errors import NotFound
from commands.core.notices import tell_person
from commands.core.params import Example, Suggest
from commands.core.reply import BETWEEN_US, Action, Json, Reply
from commands.core.words import count
from storage import clones, users
from storage.database import Transaction
from storage.voices import Voice, fold
from storage.withdrawal import Withdrawn, withdraw

GONE = "because whose voice it is has taken it back; nothing was charged"
"""What those are told whose requests were cancelled."""


class NotYours(NotFound):
    """No voice of that name was made from yours; /revoke shows those that were."""


async def copied_voices(inquiry: Inquiry, typed: str) -> list[str]:
    """The names of the voices that were made from the person's own, and that go on from what is typed."""
    found = await inquiry.read(lambda tx: clones.spoken_by(tx, inquiry.asker.user_id))
    return [voice.name for voice in found if fold(voice.name).startswith(fold(typed))][:25]


CopiedVoice = Annotated[str, Suggest(copied_voices), Example("Ada")]
"""A voice that was made from the person's own, by its name, or by its number where two have one name."""


@command("revoke", private=True, always=True)
async def revoke(ctx: Context, voice: CopiedVoice = "", confirm: bool = False) -> Reply:
    """Take back a copy of your voice, whoever has it: it goes at once, with everything made from it.

    Args:
        voice: Which; leave it out to see all that were made from your voice.
        confirm: Whether it is to be done; leave it out to see first what goes.
    """
    if not voice:
        return await _show(ctx)
    meant = await ctx.read(lambda tx: _find(tx, ctx, voice))
    if len(meant) > 1:
        return await _show(ctx, meant)
    if not confirm:
        return await _ask(ctx, meant[0])

    def take_back(tx: Transaction) -> tuple[Voice, Withdrawn]:
        (found,) = _find(tx, ctx, str(meant[0].id))
        gone = withdraw(tx, found.id, ctx.host.key)
        tell_others(tx, ctx, gone.jobs, GONE)
        _tell_holder(tx, ctx, found)
        return found, gone

    found, gone = await ctx.commit(take_back)
    left = await clear(ctx, gone.paths, gone.jobs)
    renewed = await renew_copies(ctx)
    ctx.host.wake()
    return _receipt(found, gone, left, renewed)


async def _show(ctx: Context, among: Sequence[Voice] = ()) -> Reply:
    def look(tx: Transaction) -> list[tuple[Voice, str]]:
        found = among or clones.spoken_by(tx, ctx.asker.user_id)
        return [(each, _holder(tx, ctx, each)) for each in found]

    found = await ctx.read(look)
    lines = [f"{each.id} \u00b7 {each.name}, which {holder}" for each, holder in found]
    if lines:
        lines.append("Take one back, with everything made from it: /revoke and its number")
    return Reply(
        text="\n".join(lines) or "No voice here was made from yours.",
        private=True,
        actions=tuple(_button(each) for each, _ in found[:5]),
        items=tuple({**_facts(each), "holder": holder} for each, holder in found),
    )


async def _ask(ctx: Context, voice: Voice) -> Reply:
    holder = await ctx.read(lambda tx: _holder(tx, ctx, voice))
    text = (
        f"This removes {voice.name}, which {holder}: the voice, its recordings, what was learned of it, and everything "
        "that was said with it and is kept here. What was sent to chats stays there. It cannot be undone.\n"
        f"To do it: /revoke voice={voice.id} confirm=yes"
    )
    done = Action(label="Take it back", command="revoke", values={"voice": str(voice.id), "confirm": True})
    return Reply(text=text, private=True, actions=(done,), data=_facts(voice), brief=BETWEEN_US)


def _find(tx: Transaction, ctx: Context, voice: str) -> list[Voice]:
    """Return what was made from the person's voice and is meant by a name or a number; at least one.

    Raises:
        NotYours: Nothing is.
    """
    mine = clones.spoken_by(tx, ctx.asker.user_id)
    named = [each for each in mine if fold(each.name) == fold(voice)]
    found = named or [each for each in mine if str(each.id) == voice.strip()]
    if not found:
        raise NotYours
    return found


def _tell_holder(tx: Transaction, ctx: Context, voice: Voice) -> None:
    if voice.user_id is None or voice.user_id == ctx.asker.user_id:
        return
    said = f"{voice.name} was taken back by the person whose voice it is. It is gone, with everything made from it."
    data = {"voice": voice.name, "status": "revoked"}
    tell_person(tx, voice.user_id, Reply(text=said, private=True, data=data, brief=BETWEEN_US))


def _holder(tx: Transaction, ctx: Context, voice: Voice) -> str:
    """'you have', 'Bob has'."""
    if voice.user_id == ctx.asker.user_id:
        return "you have"
    user = users.get(tx, voice.user_id) if voice.user_id is not None else None
    return f"{(user.name if user else '')[:60] or 'somebody'} has"


def _button(voice: Voice) -> Action:
    return Action(label=f"Take back {voice.name}", command="revoke", values={"voice": str(voice.id)})


def _facts(voice: Voice) -> dict[str, Json]:
    return {"id": voice.id, "voice": voice.name, "status": voice.status, "rule": voice.consent}


def _receipt(voice: Voice, gone: Withdrawn, left: int, renewed: bool) -> Reply:
    files = f" and {count(gone.files, 'files')} in which it spoke" if gone.files else ""
    lines = [f"{voice.name} is gone, with its recordings{files}."]
    if gone.jobs:
        lines.append(f"{count(len(gone.jobs), 'requests')} that would have used it cancelled.")
    lines += in_use(left)
    if not renewed:
        lines.append(COPIES_LEFT)
    return Reply(
        text=" ".join(lines),
        private=True,
        data={**_facts(voice), "status": "revoked", "files": gone.files, "jobs": len(gone.jobs)},
    )
