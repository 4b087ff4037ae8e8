"""/lexicon: how words are to be said, by you and, where you are an admin, by everybody here.

/lexicon add SQL sequel             From now on "SQL" is read "sequel" for you.
/lexicon add Nguyen win whom=place  Here "Nguyen" is read "win" from now on, for everybody.
/lexicon list                       SQL · sequel · every language · yours
/lexicon remove SQL                 "SQL" is read as it stands again, for you; it was "sequel".
/lexicon try Dr. Smith knows SQL.   1 · Doctor Smith knows sequel. · "Dr." as "Doctor", "SQL" as "sequel"

Refused is a word without a letter or digit, one that is too long, and one of which nothing is to be said; a language
that nobody speaks; the 501st word; a place's words where one is no admin of it, and in direct messages where one does
not run Mynah; taking out what is not in (told with where else it is); and trying what /speak would refuse too.
"""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Sequence
from typing import Annotated

from commands.core.command import Audience, command
from commands.core.context import Context, Inquiry
from commands.core.errors import NotAllowed, NotFound, Refused, UsageError
from commands.core.manner import Manner
from commands.core.params import Between, Body, Example, Language, Suggest
from commands.core.plan import make
from commands.core.reply import Action, Json, Reply
from commands.core.saying import ready
from commands.core.targets import govern
from commands.core.words import count, duration, listed
from engine.text.hygiene import clean
from engine.text.lexicon import BadEntry, Entry
from engine.text.reading import Sentence, read
from storage import audit, lexicon
from storage.database import Transaction
from storage.lexicon import Word
from storage.voices import fold

PAGE = 20
"""How many words stand on a page."""
MOST = 500
"""The most words of one person, and of one place."""
TRIED = 2_000
"""The most characters of a text that is tried."""
Page = Annotated[int, Between(1, 2 * MOST // PAGE)]


class Whom(enum.Enum):
    """For whom a word is said so."""

    ME = "me"
    PLACE = "place"


async def words(inquiry: Inquiry, typed: str) -> list[str]:
    """The words that are said in their own way here and have in them what is typed; those that begin so first."""
    wanted = fold(typed)
    found = await inquiry.read(lambda tx: _here(tx, inquiry))
    near = [each.word for each in found if wanted in fold(each.word)]
    return list(dict.fromkeys(sorted(near, key=lambda word: not fold(word).startswith(wanted))))[:25]


@command("lexicon", "add", private=True)
async def add_word(
    ctx: Context,
    word: Annotated[str, Example("SQL")],
    spoken: Annotated[str, Example("sequel")],
    language: Language = "",
    whom: Whom = Whom.ME,
) -> Reply:
    """Have a word said in another way than it is written.

    It is found as a whole word, in upper or lower case, and can be several words. Your own words go before those of
    the place you are in. What was said for the word before no longer counts.

    Args:
        word: The word, as it is written.
        spoken: What is to be said for it, written as it would be read.
        language: Only in texts of this language, such as en or pt-br.
        whom: For you, or for everybody in this place; that is for admins.
    """
    entry = _checked(ctx, word, spoken, language)
    holder = _holder(ctx, whom)

    def change(tx: Transaction) -> Word | None:
        before = lexicon.find(tx, entry.word, entry.language, **holder)
        if before is None and lexicon.count(tx, **holder) >= MOST:
            raise _full(whom)
        lexicon.add(tx, word=entry.word, spoken=entry.spoken, language=entry.language, **holder)
        _note(tx, ctx, whom, "lexicon add", word=entry.word, spoken=entry.spoken, language=entry.language)
        return before

    before = await ctx.commit(change)
    said = f'"{entry.word}" is read "{entry.spoken}"{_within(entry.language)}'
    text = f"From now on {said} for you." if whom is Whom.ME else f"Here {said} from now on, for everybody."
    if before is not None and before.spoken != entry.spoken:
        text += f' It was "{before.spoken}".'
    more = {"language": entry.language} if entry.language else {}
    return Reply(
        text=text,
        private=True,
        data=_facts(_word(entry, whom)),
        actions=(Action(label="Try it", command="lexicon try", values={"text": entry.word, **more}, handy=True),),
    )


@command("lexicon", "list", private=True)
async def list_words(ctx: Context, search: str = "", page: Page = 1) -> Reply:
    """List the words that are said in their own way: yours, then those of this place.

    Args:
        search: Only words that have this in them, or are said so.
        page: Which page of a long list.
    """
    wanted = fold(search)
    everything = await ctx.read(lambda tx: _here(tx, ctx))
    found = [each for each in everything if wanted in fold(each.word) or wanted in fold(each.spoken)]
    pages = -(-len(found) // PAGE)
    lines = [_line(each, everything) for each in found[(page - 1) * PAGE : page * PAGE]]
    if not everything:
        lines = ["No word is said in its own way yet; /lexicon add word=SQL spoken=sequel would add one."]
    elif not found:
        lines = ["No word in the lexicon is like that. /lexicon list without anything shows them all."]
    elif not lines:
        lines = [f"There is no page {page}; the last one is {pages}."]
    elif pages > 1:
        lines.append(f"Page {page} of {pages}, {count(len(found), 'words')} in all.")
    more: dict[str, Json] = {**({"search": search} if search else {}), "page": page + 1}
    return Reply(
        text="\n".join(lines),
        private=True,
        items=tuple(_facts(each) for each in found),
        actions=(Action(label="More", command="lexicon list", values=more),) if page < pages else (),
    )


@command("lexicon", "remove", private=True)
async def remove_word(
    ctx: Context,
    word: Annotated[str, Suggest(words), Example("SQL")],
    language: Language = "",
    whom: Whom = Whom.ME,
) -> Reply:
    """Have a word read as it stands again.

    Args:
        word: The word.
        language: Only in texts of this language; leave it out for all of them.
        whom: Out of your lexicon, or out of this place's; that is for admins.
    """
    holder = _holder(ctx, whom)
    wanted = _one_line(clean(word))
    tag = _tag(language)

    def change(tx: Transaction) -> list[Word]:
        gone = lexicon.remove(tx, wanted, tag or None, **holder)
        if not gone:
            raise _not_there(_here(tx, ctx), wanted, tag, whom)
        for each in gone:
            _note(tx, ctx, whom, "lexicon remove", word=each.word, spoken=each.spoken, language=each.language)
        return gone

    gone = await ctx.commit(change)
    was = listed([f'"{each.spoken}"{_within(each.language)}' for each in gone])
    where = "for you" if whom is Whom.ME else "here"
    return Reply(
        text=f'"{gone[0].word}" is read as it stands again, {where}; it was {was}.',
        private=True,
        items=tuple(_facts(each) for each in gone),
    )


@command("lexicon", "try", private=True)
async def try_text(
    ctx: Context,
    text: Annotated[str, Body(TRIED), Example("Dr. Smith paid $3.50.")],
    language: Language = "",
) -> Reply:
    """See how a text will be read, and what of it in another way than it is written.

    Sentence by sentence. Nothing is said, and nothing is charged.

    Args:
        text: What would be said.
        language: What it is in, such as en or pt-br; leave it out to have it found out.
    """
    if not clean(text).strip():
        raise UsageError("There is nothing in that to read aloud; add a word or two.")
    cleaned = await ready(text)
    plan = await make(ctx, cleaned, "", Manner(language=language))
    sentences = await asyncio.to_thread(read, cleaned, language=plan.language, lexicon=plan.lexicon)
    items = [_reading(each) for each in sentences]
    lines = [_told(number, item) for number, item in enumerate(items, 1)]
    if not any(item["changes"] for item in items):
        lines.append(f"It is read as it stands, as a text in {plan.language}.")
    else:
        lines.append(f"Read as a text in {plan.language}.")
    return Reply(
        text="\n".join(lines),
        private=True,
        items=tuple(items),
        actions=(Action(label="Hear it", command="speak", values={"text": text}),),
    )


def _checked(ctx: Context, word: str, spoken: str, language: str) -> Entry:
    """Return what a person typed as an entry.

    Raises:
        UsageError: It could never be found or said, or nobody speaks the language.
    """
    tag = _tag(language)
    if tag and tag.partition("-")[0] not in {each.partition("-")[0] for each in ctx.host.languages}:
        raise UsageError(
            "Nobody here speaks {tag!r}; a language is written like en or pt-br. Put what is more than one word into "
            "quotation marks.",
            tag=tag[:20],
        )
    try:
        return Entry.checked(word, spoken, tag)
    except BadEntry as error:
        raise UsageError("{why}", why=error) from None


def _holder(ctx: Context, whom: Whom) -> dict[str, int]:
    """Return whose words are to be changed, as the lexicon takes it.

    Raises:
        NotAllowed: That is not for the person to do.
    """
    if whom is Whom.ME:
        return {"user_id": ctx.asker.user_id}
    if ctx.asker.rank < Audience.ADMINS:
        raise NotAllowed("The words of this place are for its admins; leave whom out to change yours.")
    govern(ctx, ctx.asker.place, "change words for everybody")
    return {"place_id": ctx.asker.place.id}


def _note(tx: Transaction, ctx: Context, whom: Whom, act: str, **details: str) -> None:
    """Write down what was changed for everybody."""
    if whom is Whom.PLACE:
        audit.note(tx, ctx.asker.user_id, ctx.asker.place.id, act, None, details)


def _full(whom: Whom) -> Refused:
    if whom is Whom.ME:
        return Refused("Your lexicon has {most} words, which is the most; /lexicon remove makes room.", most=MOST)
    return Refused("This place's lexicon has {most} words, which is the most; /lexicon remove makes room.", most=MOST)


def _not_there(found: Sequence[Word], word: str, language: str, whom: Whom) -> NotFound:
    """Say that a word is not in a lexicon, and where else it is."""
    alike = [each for each in found if fold(each.word) == fold(word)]
    own = [each.language or "every language" for each in alike if each.shared is (whom is Whom.PLACE)]
    whose, other = ("your", "this place's") if whom is Whom.ME else ("this place's", "yours")
    hint = "/lexicon list shows what is."
    if own:
        hint = f"It is there for {listed(own)}."
    elif alike:
        named = f"word={word} " if word.replace("-", "").isalnum() else ""  # others want quotation marks, here or there
        hint = f"It is in {other}; /lexicon remove {named}whom={'place' if whom is Whom.ME else 'me'} takes it out."
    return NotFound(
        '"{word}" is not in {whose} lexicon{within}. {hint}',
        word=word[:40],
        whose=whose,
        within=f" for {language[:20]}" if language else "",
        hint=hint,
    )


def _here(tx: Transaction, inquiry: Inquiry) -> list[Word]:
    return lexicon.of(tx, inquiry.asker.user_id, inquiry.asker.place.id)


def _line(each: Word, everything: Sequence[Word]) -> str:
    whose = "yours"
    if each.shared:
        mine = any(
            not other.shared and fold(other.word) == fold(each.word) and other.language in ("", each.language)
            for other in everything
        )
        whose = "this place's, but yours counts" if mine else "this place's"
    return " · ".join((each.word, each.spoken, each.language or "every language", whose))


def _reading(sentence: Sentence) -> dict[str, Json]:
    changes = [
        {"written": _one_line(piece.written), "spoken": _one_line(piece.spoken)}
        for piece in sentence.pieces
        if piece.written != piece.spoken
    ]
    return {
        "written": _one_line(sentence.written),
        "spoken": _one_line(sentence.spoken),
        "changes": changes,
        "pause": sentence.pause,
    }


def _told(number: int, item: dict[str, Json]) -> str:
    """Say how one sentence is read: its number, what is said, and what is not said as it is written."""
    parts = [str(number), item["spoken"]] if item["spoken"] else [str(number)]
    if item["changes"]:
        parts.append(", ".join(_change(each["written"], each["spoken"]) for each in item["changes"]))
    if item["pause"]:
        parts.append(f"then {duration(item['pause'])} of silence" if item["spoken"] else _silence(item["pause"]))
    return " · ".join(parts)


def _change(written: str, spoken: str) -> str:
    return f'"{written}" as "{spoken}"' if spoken else f'"{written}" not at all'


def _silence(seconds: float) -> str:
    return f"{duration(seconds)} of silence"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _tag(language: str) -> str:
    return language.strip().lower().replace("_", "-")


def _within(language: str) -> str:
    return f" in texts in {language}" if language else ""


def _word(entry: Entry, whom: Whom) -> Word:
    return Word(word=entry.word, spoken=entry.spoken, language=entry.language, shared=whom is Whom.PLACE)


def _facts(each: Word) -> dict[str, Json]:
    return {
        "word": each.word,
        "spoken": each.spoken,
        "language": each.language,
        "whom": Whom.PLACE.value if each.shared else Whom.ME.value,
    }
