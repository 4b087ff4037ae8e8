"""Writes config.toml and the reference pages from the declarations: `python -m docs.generate`."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot import platforms
from bot.cli_adapter.options import places
from bot.cli_adapter.terminal import Terminal
from bot.features import Feature
from bot.models.pull import MB
from bot.settings_file import settings_file, settings_table
from commands.core.command import Audience, Command, Lane, commands
from commands.core.params import Attachment, Between, Body, Instead, Kinds, Member, Param, PlaceId, Role, Suggest, Word
from commands.core.words import size
from commands.help import example
from engine.catalogue import licences, published

ROOT = Path(__file__).resolve().parents[1]
COMMANDS_HEAD = """\
# Commands

Written from the declarations in `commands/` by `make docs`.

They are asked on Discord, on Telegram and in the terminal: there in the chat as `/speak Hello`, from a shell as
`mynah speak Hello`. [platforms.md](platforms.md) tells what looks how on which.
"""
SETTINGS_HEAD = """\
# Settings

Written from the settings classes in `bot/settings.py` by `make docs`; `config.toml` has the same, ready to change.

A setting is `MYNAH_<SECTION>__<KEY>` in the environment or in a file `.env` beside config.toml, as in
`MYNAH_ENGINE__NAME=espeak`, or `key = value` in config.toml; the environment goes first, then `.env`, then the file.
The file in use is `--config FILE`, else `MYNAH_CONFIG`, else the nearest config.toml upward that has a `[mynah]` table.
`MYNAH_DATA` says where the data folder is; without it, it is `data/` beside the config.toml in use, or your own data
folder where there is none. An unknown key is refused, and the nearest real one offered.
"""
PLATFORMS_HEAD = """\
# Platforms

Written from what each adapter says of itself (`shows`) by `make docs`.

A command is declared once. What a platform cannot show as it is declared has a fallback, and this is all of them.
[discord.md](discord.md), [telegram.md](telegram.md) and [web.md](web.md) tell how each platform is set up.
"""
MODELS_HEAD = """\
# Models

Written from `engine/catalogue.json` by `make docs`.

Mynah speaks without any of these. With them, and with `pip install 'mynah-bot[neural]'`, it speaks with XTTS (people's
voices, in 17 languages) and with VITS (the voices that come with a model).

`mynah models` shows what there is and what is here, `mynah models pull NAME` brings one, `mynah models remove NAME`
removes it, and `mynah models check NAME` looks whether it is still as it came. Only who runs this Mynah can do this.

- **Cut off?** The same command goes on from where it stopped. One pull runs at a time.
- **Checked.** A file is compared with its checksum where its publisher tells one. Else the checksum of the first that
  came is kept; another under the same address is refused unless you say `--renewed`. The size is asked and the disk
  looked at first, and all the while.
- **From where?** From the publishers over https, or from a mirror: `models.mirror = "https://mirror.example.org"`, or
  `--mirror`. A mirror has the files under the same paths: `/coqui/XTTS-v2/resolve/main/model.pth` and so on. Plain http
  is for a mirror on this machine only, and no server can send Mynah on to anywhere else.
- **Licences.** What has to be accepted is shown and asked; a script says `--accept-license NAME`. It is remembered with
  its date, and without it a model that was pulled is not loaded.
- **While Mynah runs** it does not look for models: restart it after you have brought one or removed one. While none
  runs, a command in a shell finds by itself what is there.
- **A model of your own** is a folder in `models/` in the data folder, with `config.json`, `model.pth` or
  `model.safetensors`, `vocab.json` and, for built-in speakers, `speakers_xtts.pth` or `speakers_xtts.safetensors`.
  `mynah models` and `mynah doctor` say what is wrong with one that is not whole. Whose licence it has is yours to know.
"""
AUDIENCES = {Audience.EVERYONE: "everyone", Audience.ADMINS: "admins of the place", Audience.OWNERS: "owners"}
LANES = {
    None: "answered at once",
    Lane.NOW: "a job; goes before everything else",
    Lane.SOON: "a job; goes after what is wanted now",
    Lane.BATCH: "a job; long work, in slices",
    Lane.TRAIN: "a job; when nothing else waits",
}
KINDS = {
    int: "a whole number",
    float: "a number",
    bool: "yes or no",
    str: "text",
    Attachment: "a file",
    Member: "a member: mentioned, or `discord:8035`, or Mynah's number",
    Role: "a role: mentioned, or its id",
    PlaceId: "a place: `discord:42`, or Mynah's number",
}


def documents() -> dict[str, str]:
    """Every file that is written from the declarations: its path from the root, and its text."""
    return {
        "config.toml": settings_file(),
        "docs/commands.md": "\n".join([COMMANDS_HEAD, *map(command_page, commands().values())]),
        "docs/models.md": models_page(),
        "docs/platforms.md": platforms_page(),
        "docs/settings.md": f"{SETTINGS_HEAD}\n{settings_table()}",
    }


def models_page() -> str:
    """List the models that can be had, and the licences that have to be accepted."""
    rows = [["name", "kind", "size", "languages", "voices", "licence"], ["---"] * 6]
    for model in published().values():
        voices = "clones, and built-in ones" if model.clones else str(model.speakers or "its own")
        large = f"about {size(model.about_mb * MB)}" if model.about_mb else "not told"
        languages = ", ".join(model.languages)
        rows.append([f"`{model.name}`", model.family, large, languages, voices, model.licence])
    asked = (
        f"`{each.name}` is {each.title}, accepted as `{each.word}`. {each.says} [Its text]({each.address}).\n"
        for each in licences().values()
    )
    return "\n".join([MODELS_HEAD, *(f"| {' | '.join(row)} |" for row in rows), "", *asked])


def platforms_page() -> str:
    """Compare how the platforms show what commands and answers are made of."""
    kinds = [kind for name in platforms.names() if (kind := platforms.find(name)) is not None]
    kinds = [*kinds, Terminal]
    titles = [kind.name.capitalize() for kind in kinds]
    rows = [[feature.value, *(kind.shows[feature] for kind in kinds)] for feature in Feature]
    table = [["", *titles], ["---"] * (len(kinds) + 1), *rows]
    lines = (f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in table)
    return "\n".join([PLATFORMS_HEAD, *lines, ""])


def command_page(command: Command) -> str:
    """Describe a command: how it is asked on each platform, who may, and what it takes."""
    return "\n".join(_lines(command))


def _lines(command: Command) -> Iterator[str]:
    yield f"## /{command.name}\n"
    yield f"{command.summary}\n"
    if command.details:
        yield f"{command.details}\n"
    yield (
        f"Terminal `mynah {_usage(command)}` · Discord `/{command.name}` · Telegram `/{'_'.join(command.path)}`  \n"
        f"For {AUDIENCES[command.audience]}; {LANES[command.lane]}"
        f"{'; counts against the quota' if command.quoter else ''}"
        f"{'; only the person who asked sees the answer' if command.private else ''}.\n"
    )
    if command.params:
        yield "| takes | may be | unless given | what it means |\n|---|---|---|---|"
        yield from (_row(param) for param in command.params)
        yield f"\nIn a chat: `{example(command)}`\n"


def _usage(command: Command) -> str:
    words = (
        p.option.upper() if p.required and not p.mark(Instead) else f"[{p.option.upper()}]" for p in places(command)
    )
    return " ".join([command.name, *words])


def _row(param: Param) -> str:
    cells = (f"`{param.option}`", may_be(param), _default(param), param.help)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def may_be(param: Param) -> str:
    """Say what a parameter takes: 'a number from 0.5 to 3', 'wav, mp3 or ogg'."""
    if issubclass(param.kind, enum.Enum):
        *most, last = (str(member.value) for member in param.kind)
        return f"{', '.join(most)} or {last}" if most else last
    said = KINDS[param.kind]
    if body := param.mark(Body):
        said = f"text of up to {body.max_length:,} characters"
    elif kinds := param.mark(Kinds):
        said = f"a file: {' or '.join(f'.{ending}' for ending in kinds.endings)}"
    elif param.mark(Suggest):
        said = "a name, completed while it is typed"
    elif span := param.mark(Between):
        open_ended = span.high >= 10**9
        said += f" from {span.low:,g} up" if open_ended else f" from {span.low:,g} to {span.high:,g}"
    return f"{said}, or '{word.word}'" if (word := param.mark(Word)) else said


def _default(param: Param) -> str:
    if other := param.mark(Instead):
        return f"`{other.other}`, in place of it"
    if param.required:
        return "it asks"
    value = param.default.value if isinstance(param.default, enum.Enum) else param.default
    if value in (None, ""):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else f"{value}"


def write(root: Path, files: Mapping[str, str]) -> None:
    """Write the files below `root`."""
    for place, text in files.items():
        (root / place).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(ROOT, documents())
