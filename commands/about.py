"""/about: what this is, which parts it is made of, and under which licences."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, metadata, version

from commands.core.command import command
from commands.core.context import Context
from commands.core.reply import Reply
from engine.licence import terms

PARTS = (
    ("espeak-ng", "GPL-3.0-or-later", "https://github.com/espeak-ng/espeak-ng"),
    ("av", "BSD-3-Clause", "https://github.com/PyAV-Org/PyAV"),
    ("lameenc", "LGPL-3.0-or-later", "https://github.com/chrisstaite/lameenc"),
    ("soxr", "LGPL-2.1-or-later", "https://github.com/dofuuz/python-soxr"),
    ("discord.py", "MIT", "https://github.com/Rapptz/discord.py"),
    ("python-telegram-bot", "LGPL-3.0", "https://github.com/python-telegram-bot/python-telegram-bot"),
    ("NumPy", "BSD-3-Clause", "https://github.com/numpy/numpy"),
)
"""The parts whose licences one should know of: the name, the licence and where the source is."""


@command("about")
async def about(ctx: Context) -> Reply:
    """Tell what Mynah is: versions, engines, licences and where the source is."""
    engines = [
        {"name": name, "version": abilities.version, "licence": abilities.licence}
        for name, abilities in sorted(ctx.host.abilities.items())
    ]
    asked = [(each["name"], terms(each["licence"])) for each in engines]
    mine, source = _mynah()
    spoken = [f"{each['name']} {each['version']} ({each['licence']})" for each in engines]
    lines = [
        f"Mynah {mine} says text aloud, in many voices. MIT licence.",
        "All speech that it makes is AI-generated: a machine is speaking, even where it sounds like a person.",
        f"Engines: {', '.join(spoken) or 'none is open yet'}.",
        *(f"What {name} says: {words}." for name, words in asked if words),
        f"Where nobody has chosen a voice: {ctx.host.choice.words()}",
        "Parts: " + ", ".join(f"{name} ({licence})" for name, licence, _ in PARTS) + ".",
        f"Source of Mynah: {source}. Source of espeak-ng: {PARTS[0][2]}.",
    ]
    parts = [{"name": name, "licence": licence, "source": where} for name, licence, where in PARTS]
    return Reply(
        text="\n".join(lines),
        data={
            "version": mine,
            "licence": "MIT",
            "source": source,
            "ai_generated": True,
            "engines": engines,
            "choice": ctx.host.choice.words(),
            "parts": parts,
        },
    )


def _mynah() -> tuple[str, str]:
    """Return the version of Mynah and where its source is, as its distribution says."""
    try:
        told = metadata("mynah-bot")
    except PackageNotFoundError:  # run from a folder in which nothing was installed
        return "(not installed)", "the folder that it runs from"
    urls = dict(line.split(", ", 1) for line in told.get_all("Project-URL") or [])
    where = urls.get("Source") or urls.get("Repository") or urls.get("Homepage")
    return version("mynah-bot"), where or "with those who run it; ask them for it"
