"""From the words behind `mynah` to what is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.cli_adapter.options import CONFIG, CONSENT, HELP, JSON, VOUCHED, Given, default_of, nearest, places
from bot.cli_adapter.own import OWN, Own
from commands.core.command import Command
from commands.core.errors import UsageError
from commands.core.params import Body
from engine.value import value


@value
class Typed:
    """What somebody typed behind `mynah`, understood."""

    command: Command | None = None
    """The command that is asked for, where it is one."""
    own: str = ""
    """What the program itself is to do: a word of OWN, 'help' or 'version'; empty where it is a command."""
    about: tuple[str, ...] = ()
    """What 'help' is about; nothing: about everything. For a word of OWN what stands behind it: the shell, a name."""
    options: Mapping[str, str] = field(default_factory=dict)
    """What was given with hyphens for a word of OWN that has options of its own; '' for one that takes no value."""
    values: Mapping[str, object] = field(default_factory=dict)
    """What was given for the command's parameters."""
    output: str = ""
    """Where the file goes; empty: where Mynah keeps it."""
    json: bool = False
    """Whether the answer is for a program."""
    config: str = ""
    """The settings file to go by; empty: the usual one."""
    consent: str = ""
    """Whose voice it is that is to be made at once, by the word of the host: 'own' or 'given'; empty: ask first."""
    recordings: tuple[str, ...] = ()
    """What it is to be made from: files, and folders of them."""


def read(words: Sequence[str], commands: Mapping[str, Command]) -> Typed:
    """Understand the words behind `mynah`.

    Raises:
        UsageError: They make no sense; the sentence says what would.
    """
    front, rest = _front(list(words))
    if front.get("help") is not None:
        return Typed(own="help")
    if front.get("version") is not None:
        return Typed(own="version")
    config = front.get("config", "")
    as_json = "json" in front
    if not rest:
        return Typed(own="run", config=config)
    if rest[0] in OWN:
        return _own(rest[0], rest[1:], config, as_json)
    if rest[0] == "help" and "--json" not in words:  # 'help quota set' is 'quota set --help': it starts nothing
        rest = [*(word.removeprefix("command=") for word in rest[1:]), "--help"]
        if rest[0] == "--help":
            return Typed(own="help")
        if rest[0] in OWN:
            return _own(rest[0], rest[1:], config, as_json)
    found = _find(rest, commands)
    if isinstance(found, tuple):
        return Typed(own="help", about=found)
    command, rest = found.command, found.rest
    recordings, rest = _recordings(rest) if command.name == VOUCHED else ((), rest)
    given = Given(command=command)
    _take(given, rest)
    if "help" in given.extras:
        return Typed(own="help", about=command.path)
    given.settle()
    return Typed(
        command=command,
        values=given.values,
        output=given.extras.get("output", ""),
        json=as_json or "json" in given.extras,
        config=given.extras.get("config", config),
        consent=_consent(given),
        recordings=recordings or (str(given.values["recording"]),) if command.name == VOUCHED else (),
    )


def wants_json(words: Sequence[str]) -> bool:
    """Whether a program asks, as far as can be told from words that make no sense otherwise."""
    behind = list(words).index("--") if "--" in words else len(words)
    return "--json" in words[:behind]


@dataclass(frozen=True, slots=True)
class _Found:
    command: Command
    rest: list[str]


def _front(words: list[str]) -> tuple[dict[str, str], list[str]]:
    """Take the options that stand before the first word."""
    taken: dict[str, str] = {}
    while words and words[0].startswith("-") and words[0] != "-":
        option, equals, value = words.pop(0).partition("=")
        name = {"-h": "help", "-V": "version"}.get(option, option.removeprefix("--"))
        if name == "config":
            if not equals and not words:
                raise UsageError("--config needs the name of a settings file behind it.")
            value = value if equals else words.pop(0)
        elif name not in ("help", "version", "json") or equals:
            hint = nearest(name, ("help", "version", "config", "json"), "--")
            raise UsageError("mynah has no option {option}. {hint}", option=option[:40], hint=hint or _SEE)
        taken[name] = value
    return taken, words


_SEE = "mynah --help shows what there is."


def _own(word: str, rest: list[str], config: str, as_json: bool) -> Typed:
    """Understand what stands behind a word of the program's own; its options may stand around its word."""
    own = OWN[word]
    if own.inner:
        return _inner(word, own, rest, config, as_json)
    before, rest = _front(rest)
    after, extra = _front(rest[1:]) if own.words else ({}, rest)
    given = {**before, **after}
    if "help" in given:
        return Typed(own="help", about=(word,))
    about = tuple(rest[:1]) if own.words else ()
    if own.words and (not about or about[0] not in own.words):
        raise UsageError(f"{word} needs {own.wanted}: {', '.join(own.words)}.")
    if extra or ("config" in given and not own.config) or ("json" in given and not own.json):
        raise UsageError("{use} is all that {word} takes.", use=f"'mynah {own.usage(word)}'", word=word)
    return Typed(own=word, about=about, config=given.get("config", config), json=as_json or "json" in given)


def _inner(word: str, own: Own, rest: list[str], config: str, as_json: bool) -> Typed:
    """Understand what stands behind a word of the program's own that has words of its own: `models pull NAME`."""
    before, rest = _front(rest)
    if "help" in before:
        return Typed(own="help", about=(word,))
    name = rest.pop(0) if rest else next(iter(own.inner))
    if name not in own.inner:
        have = f"{word} has {', '.join(own.inner)}."
        raise UsageError(
            "{word} has no {name}. {hint}", word=word, name=repr(name[:40]), hint=nearest(name, own.inner) or have
        )
    own = own.inner[name]
    given, placed = _options(f"{word} {name}", own, rest)
    given = {**before, **given}
    if "help" in given:
        return Typed(own="help", about=(word, name))
    if len(placed) != bool(own.takes):
        raise UsageError("{use} is how that is typed.", use=f"'mynah {own.usage(f'{word} {name}')}'")
    config, as_json = given.pop("config", config), as_json or given.pop("json", None) is not None
    return Typed(own=word, about=(name, *placed), options=given, config=config, json=as_json)


def _options(called: str, own: Own, words: list[str]) -> tuple[dict[str, str], list[str]]:
    """Tell options and words that stand alone from each other."""
    known = {extra.name: extra for extra in (*own.options, HELP, JSON, CONFIG)}
    given: dict[str, str] = {}
    placed: list[str] = []
    while words:
        word = words.pop(0)
        name, equals, value = word.removeprefix("--").partition("=")
        name = "help" if word == "-h" else name
        if not word.startswith("-"):
            placed.append(word)
        elif (extra := known.get(name)) is None or (equals and not extra.value):
            hint = nearest(name, known, "--") or f"'mynah {own.usage(called)}' is what there is."
            raise UsageError("{called} has no option {word}. {hint}", called=called, word=word[:40], hint=hint)
        elif extra.value and not equals and not words:
            raise UsageError("--{name} needs a value behind it.", name=name)
        else:
            given[name] = value if equals else words.pop(0) if extra.value else ""
    return given, placed


def _recordings(words: list[str]) -> tuple[tuple[str, ...], list[str]]:
    """Take all that stands behind `--recording`, up to the next option; return it, and the words with the first only.

    A shell makes many words of one: `--recording takes/*.wav`.
    """
    taken: list[str] = []
    rest: list[str] = []
    open = False
    for number, word in enumerate(words):
        name, equals, value = word.partition("=")
        if word == "--":
            rest += words[number:]
            break
        if name == "--recording":
            open = not equals
            taken += [value] if equals else []
        elif open and not word.startswith("-"):
            taken.append(word)
        else:
            open = False
            rest.append(word)
    return tuple(taken), [*(["--recording", taken[0]] if taken else []), *rest]


def _consent(given: Given) -> str:
    """Return whose voice it is, by the word of the host."""
    said = given.extras.get("consent", "").strip().lower()
    if said not in ("", *CONSENT.choices):
        raise UsageError(
            "--consent can be own (it is your voice) or given (its person has agreed), not {said}.",
            said=repr(said[:40]),
        )
    return said


def _find(words: list[str], commands: Mapping[str, Command]) -> _Found | tuple[str, ...]:
    """Find the command that the first words name, or the group whose help is asked for."""
    if command := commands.get(words[0]):  # first, because it may spare the others from being imported
        return _Found(command, words[1:])
    depth = max(len(command.path) for command in commands.values())
    for length in range(min(depth, len(words)), 1, -1):
        if command := commands.get(" ".join(words[:length])):
            return _Found(command, words[length:])
    for length in range(min(depth - 1, len(words)), 0, -1):
        group = tuple(words[:length])
        if not any(command.path[:length] == group for command in commands.values()):
            continue
        rest = words[length:]
        if rest and rest[0] in ("-h", "--help"):
            return group
        return _Found(_bare(group, rest, commands), rest)
    raise _unknown(words[0], commands)


def _bare(group: tuple[str, ...], rest: Sequence[str], commands: Mapping[str, Command]) -> Command:
    """Return what a group does when none of its commands is named."""
    name = " ".join(group)
    members = [c.path[len(group)] for c in commands.values() if c.path[: len(group)] == group]
    default = default_of(commands, name)
    if default and not (rest and not rest[0].startswith("-")):
        return default
    have = f"{name} has {', '.join(members)}."
    if not rest or rest[0].startswith("-"):
        raise UsageError(have)
    raise UsageError(
        "{name} has no {word}. {hint}", name=name, word=repr(rest[0][:40]), hint=nearest(rest[0], members) or have
    )


def _unknown(word: str, commands: Mapping[str, Command]) -> UsageError:
    firsts = dict.fromkeys([*(c.path[0] for c in commands.values()), *OWN])
    hint = nearest(word, firsts) or meaning(commands, word, "mynah ")
    if not hint and (" " in word or not word.isascii()):
        hint = 'To have something said: mynah speak "…"'
    return UsageError("There is no command {word}. {hint}", word=repr(word[:40]), hint=hint or _SEE)


def meaning(commands: Mapping[str, Command], word: str, before: str) -> str:
    """Ask whether a command of a group was meant by its last word: 'jobs cancel' by 'cancel'."""
    from commands.core.request import nearest as meant  # only here: it brings the storage along, which takes a while
    from commands.core.words import either

    near = either([before + name for name in meant(commands, word)])
    return f"Did you mean {near}?" if near else ""


def _take(given: Given, words: list[str]) -> None:
    """Read options and words that stand alone, in any order; behind '--' everything stands alone."""
    while words:
        word = words.pop(0)
        if word == "--":
            given.placed += words
            return
        if word == "-h":
            given.extras["help"] = ""
        elif not word.startswith("-") or word == "-":
            _take_word(given, word)
        else:
            _take_option(given, word, words)


def _take_word(given: Given, word: str) -> None:
    """Take a word that stands alone, or 'name=value', as help writes it; where a text is wanted, that is text."""
    name, equals, value = word.partition("=")
    if equals and given.param(name) and not any(p.mark(Body) for p in places(given.command)):
        given.give(name, value)
    else:
        given.placed.append(word)


def _take_option(given: Given, word: str, words: list[str]) -> None:
    option, equals, value = word.removeprefix("--").partition("=")
    known = word.startswith("--") and (given.param(option) or given.extra(option))
    if known:
        follows = not equals and given.takes_value(option) and words
        given.give(option, value if equals else words.pop(0) if follows else None)
    elif any(c.isspace() for c in word) or not word.strip("-")[:1].isalpha():
        given.placed.append(word)  # '-5', or a line of dialogue: text that happens to begin with a hyphen
    elif word.startswith("--"):
        raise given.unknown(option)
    else:
        hint = nearest(word[1:], (p.option for p in given.command.params), "--")
        raise UsageError(
            "Options begin with two hyphens, and {word} has one. {hint}",
            word=word[:40],
            hint=hint or "Text that begins with one goes behind --.",
        )
