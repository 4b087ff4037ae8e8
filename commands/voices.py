"""/voices: which voices there are, how they sound, and which of them speaks for you."""

from __future__ import annotations

import enum
from dataclasses import replace
from typing import Annotated

from commands.core.casting import AUTO, cast, named
from commands.core.command import Audience, Lane, command
from commands.core.context import Context, Inquiry, JobContext
from commands.core.errors import NotAllowed, Refused
from commands.core.greetings import greeting
from commands.core.manner import USUAL, Manner
from commands.core.params import Between, Suggest, VoiceName
from commands.core.plan import make
from commands.core.quote import Quote
from commands.core.reply import Action, Reply
from commands.core.saying import Prepared, note, quote, say
from commands.core.standing_in import spoken
from commands.core.voice_words import (
    about,
    called,
    facts,
    full_name,
    is_mine,
    line,
    listed_by,
    origin,
    spoken_by,
    step,
    tagged,
)
from commands.core.words import count
from engine.text.hygiene import clean
from storage import audit, clones, places, recordings, speakers, users, voices
from storage.database import Transaction
from storage.recordings import Recording
from storage.speakers import Learned
from storage.voices import Voice, fold

PAGE = 20
"""How many voices stand on a page."""
MOST = 5_000
"""How many voices one list looks through."""
Page = Annotated[int, Between(1, MOST // PAGE)]


class Sex(enum.Enum):
    """Whose voice it sounds like."""

    FEMALE = "female"
    MALE = "male"


class Kind(enum.Enum):
    """Where a voice comes from."""

    BUILTIN = "builtin"
    CLONE = "clone"
    CUSTOM = "custom"


async def languages(inquiry: Inquiry, typed: str) -> list[str]:
    """The languages of the voices that the person may use and that go on from what is typed."""
    found = await inquiry.read(lambda tx: _visible(tx, inquiry, "", None, None, ""))
    tags = sorted({voice.language for voice in found if voice.language})
    return [tag for tag in tags if tag.startswith(typed.strip().lower())][:25]


Language = Annotated[str, Suggest(languages)]


@command("voices", "list", private=True)
async def list_voices(
    ctx: Context,
    language: Language = "",
    sex: Sex | None = None,
    kind: Kind | None = None,
    search: str = "",
    page: Page = 1,
) -> Reply:
    """List the voices that you may use, and those of yours that cannot speak yet.

    Args:
        language: Only voices of this language, such as en or pt-br.
        sex: Only voices that sound female, or male.
        kind: Only voices that came with Mynah, clones of people, or voices trained for it.
        search: Only voices with this in their name, title or tags.
        page: Which page of a long list.
    """
    found = await ctx.read(
        lambda tx: [
            *_unfinished(tx, ctx, language, sex, kind, search),
            *_visible(tx, ctx, language, sex, kind, search),
        ]
    )
    pages = -(-len(found) // PAGE)
    shown = found[(page - 1) * PAGE : page * PAGE]
    lines = [line(voice, ctx) for voice in shown]
    if shown and not (language or sex or kind or search):
        lines.append(f"Where nobody has chosen one: {ctx.host.choice.words()}")
    if not found:
        lines = ["No voice is like that. /voices list without anything shows them all."]
    elif not shown:
        lines = [f"There is no page {page}; the last one is {pages}."]
    elif pages > 1:
        lines.append(f"Page {page} of {pages}, {count(len(found), 'voices')} in all.")
    filters = {"language": language, "sex": sex and sex.value, "kind": kind and kind.value, "search": search}
    more = {**{name: value for name, value in filters.items() if value}, "page": page + 1}
    return Reply(
        text="\n".join(lines),
        items=tuple(facts(voice, ctx) for voice in found),
        actions=(Action(label="More", command="voices list", values=more),) if page < pages else (),
    )


@command("voices", "show")
async def show_voice(ctx: Context, name: VoiceName) -> Reply:
    """Tell about a voice.

    Of one of your own you see everything: who has agreed to it, what it was made from and how far it is.

    Args:
        name: Which voice.
    """

    def look(tx: Transaction) -> tuple[Voice, list[Recording], list[Learned]]:
        own = clones.own(tx, ctx.asker.user_id, name)
        voice = spoken(tx, ctx, own or named(tx, ctx, name))
        if not is_mine(voice, ctx):
            return voice, [], []
        return voice, recordings.of_voice(tx, voice.id), speakers.of_voice(tx, voice.id)

    voice, made_of, learned = await ctx.read(look)
    told = [f"{voice.name}: {voice.title}" if voice.title else voice.name]
    told.append(" · ".join(part for part in (voice.language, voice.sex, origin(voice, ctx), tagged(voice)) if part))
    told += about(voice, made_of) if voice.kind == "clone" and is_mine(voice, ctx) else []
    told += [*spoken_by(voice, learned, ctx), *([voice.notes] if voice.notes else [])]
    more = {"recordings": len(made_of), "speakers": listed_by(learned)} if is_mine(voice, ctx) else {}
    return Reply(
        text="\n".join(told),
        data={**facts(voice, ctx), **more},
        actions=_next_steps(voice, ctx),
        private=is_mine(voice, ctx),
    )


def _next_steps(voice: Voice, inquiry: Inquiry) -> tuple[Action, ...]:
    """What can be done with a voice."""
    given = {"name": voice.name}
    hear = Action(label="Hear it", command="voices preview", values=given)
    mine = Action(label="Make it mine", command="voices default", values=given)
    if _is_variant(voice):
        return (hear,)
    if voice.kind != "clone" or not is_mine(voice, inquiry):
        return (hear, mine)
    away = Action(label="Let it go", command="voices delete", values=given, handy=True)
    listen = Action(label="Its recording", command="voices passage", values=given, handy=True)
    if not step(voice):
        share = Action(label="Share", command="voices share", values=given, asks="whom")
        return (hear, mine, share, listen, away)
    if voice.status in ("revoked", "failed"):
        return (away,)
    if voice.consent:
        return (Action(label=f"Build {voice.name}", command="voices build", values=given), listen, away)
    agree = Action(label="It is my voice", command="consent own", values={"voice": voice.name})
    other = Action(label="Somebody else's", command="consent other", values={"voice": voice.name})
    return (agree, other, listen, away)


async def quote_preview(inquiry: Inquiry, name: str = "") -> Quote:
    """Check that the voice is there, and tell what its greeting costs.

    Raises:
        NotFound: There is no such voice for the person.
    """
    voice = await inquiry.glance(lambda tx: cast(tx, inquiry, name))
    manner = _usual(inquiry)
    quoted = await quote(inquiry, _greeting(voice), voice.name, manner)
    return replace(quoted, format=manner.kind_of_file)


@command("voices", "preview", lane=Lane.NOW, quote=quote_preview)
async def preview_voice(ctx: JobContext, name: VoiceName = "") -> Reply:
    """Hear how a voice sounds, in its own language.

    Args:
        name: Which voice; yours where you name none.
    """
    if isinstance(known := ctx.prepared, Prepared):
        return await say(ctx, known.text, known.plan, _usual(ctx))
    voice = await ctx.glance(lambda tx: cast(tx, ctx, name))
    text, manner = _greeting(voice), _usual(ctx)
    plan = await make(ctx, text, voice.name, manner)
    await note(ctx, plan, manner)
    return await say(ctx, text, plan, manner)


def _usual(inquiry: Inquiry) -> Manner:
    """As everybody hears it there who asks for nothing else."""
    return replace(USUAL, format=inquiry.format_for(USUAL.format))


@command("voices", "default")
async def default_voice(ctx: Context, name: VoiceName = "") -> Reply:
    """Choose the voice that speaks for you, or see which it is.

    Args:
        name: The voice; 'none' for the one of the place you are in. Leave it out to see yours.
    """
    asker = ctx.asker
    if not name:
        return await _tell_default(ctx)
    if name.lower() == "none":
        await ctx.commit(lambda tx: users.set_default_voice(tx, asker.user_id, None))
        voice = await ctx.read(lambda tx: cast(tx, ctx, ""))
        return Reply(
            text=f"You have no voice of your own now; here {voice.name} speaks for you.", data=facts(voice, ctx)
        )

    def choose(tx: Transaction) -> Voice:
        voice = _whole(named(tx, ctx, name))
        users.set_default_voice(tx, asker.user_id, voice.id)
        return voice

    voice = await ctx.commit(choose)
    return Reply(text=f"From now on {full_name(voice)} speaks for you.", data=facts(voice, ctx))


@command("voices", "here", audience=Audience.ADMINS)
async def place_voice(ctx: Context, name: VoiceName) -> Reply:
    """Choose the voice that speaks here for those who have not chosen one.

    Args:
        name: The voice, one that everyone here may use; 'none' for Mynah's own choice.
    """
    asker, place = ctx.asker, ctx.asker.place
    if place.kind == "direct" and asker.rank < Audience.OWNERS:
        raise NotAllowed("For direct messages only those who run this Mynah choose; /voices default sets yours.")

    def choose(tx: Transaction) -> Voice | None:
        voice = None if name.lower() == "none" else _whole(named(tx, ctx, name))
        if voice is not None and voice.visibility == "private":
            raise Refused(
                "{name} is private: the others here may not use it. Choose one of /voices list.", name=voice.name
            )
        places.set_default_voice(tx, place.id, voice.id if voice else None)
        details = {"voice": voice.name if voice else None}
        audit.note(tx, actor_id=asker.user_id, place_id=place.id, act="voices here", target_id=None, details=details)
        return voice

    voice = await ctx.commit(choose)
    if voice is None:
        usual = ctx.rules.default_voice
        who = "the best voice for each language" if usual == AUTO else usual
        return Reply(text=f"Here {who} speaks again for those who have not chosen a voice.")
    return Reply(
        text=f"Here {full_name(voice)} speaks now for those who have not chosen a voice.",
        data=facts(voice, ctx),
    )


async def _tell_default(ctx: Context) -> Reply:
    def look(tx: Transaction) -> tuple[Voice, bool]:
        user = users.get(tx, ctx.asker.user_id)
        voice = cast(tx, ctx, "")
        return voice, user is not None and user.default_voice_id == voice.id

    voice, chosen = await ctx.read(look)
    if chosen:
        text = f"{full_name(voice)} speaks for you."
    else:
        text = f"You have not chosen a voice; here {full_name(voice)} speaks for you."
    return Reply(text=text, data=facts(voice, ctx))


def _whole(voice: Voice) -> Voice:
    """Return a voice that can be kept by its number, which a variant has not.

    Raises:
        Refused: It is a variant.
    """
    if _is_variant(voice):
        raise Refused("Variants cannot be kept as a choice yet; name {name} each time you speak.", name=voice.name)
    return voice


def _is_variant(voice: Voice) -> bool:
    return "+" in voice.speaker_key


def _visible(
    tx: Transaction, inquiry: Inquiry, language: str, sex: Sex | None, kind: Kind | None, search: str
) -> list[Voice]:
    return voices.visible(
        tx,
        user_id=inquiry.asker.user_id,
        place_id=inquiry.asker.place.id,
        language=language or None,
        sex=sex.value if sex else None,
        kind=kind.value if kind else None,
        search=search or None,
        limit=MOST,
        offset=0,
    )


def _unfinished(
    tx: Transaction, inquiry: Inquiry, language: str, sex: Sex | None, kind: Kind | None, search: str
) -> list[Voice]:
    """The person's own voices that cannot speak yet, as far as they are looked for; none is known to be of a sex."""
    if sex or kind not in (None, Kind.CLONE):
        return []
    tongue, wanted = language.lower(), fold(search)
    return [
        voice
        for voice in clones.of_user(tx, inquiry.asker.user_id)
        if step(voice)
        and (not tongue or voice.language.lower() == tongue or voice.language.lower().startswith(f"{tongue}-"))
        and wanted in fold(" ".join([voice.name, *voice.tags]))
    ]


def _greeting(voice: Voice) -> str:
    return clean(greeting(voice.language, called(voice)))
