"""/about: what this is, and whose licences it carries."""

from __future__ import annotations

import re
from pathlib import Path

from commands.about import PARTS
from tests.commands.world import World

LICENCES = Path(__file__).parents[2] / "LICENSES.md"


async def test_about_tells_versions_licences_and_that_a_machine_speaks(world: World) -> None:
    reply = await world.ask(await world.person("ada"), "about")
    version = world.host.abilities["espeak"].version
    assert f"Engines: espeak {version} (GPL-3.0-or-later)." in reply.text
    assert f"Where nobody has chosen a voice: {world.host.choice.words()}" in reply.text
    assert "AI-generated" in reply.text
    assert "https://github.com/espeak-ng/espeak-ng" in reply.text
    assert reply.data["engines"] == [{"name": "espeak", "version": version, "licence": "GPL-3.0-or-later"}]
    assert reply.data["ai_generated"] is True


async def test_a_mynah_whose_engines_are_not_open_yet_says_so(world: World) -> None:
    await world.host.router.close()
    reply = await world.ask(await world.person("ada"), "about")
    assert "Engines: none is open yet." in reply.text


def test_the_licences_of_the_parts_are_those_of_the_licence_notes() -> None:
    notes = LICENCES.read_text("utf-8")
    for name, licence, _ in PARTS:
        assert re.search(rf"{re.escape(name.replace('.', '-'))}.*{re.escape(licence)}", notes, re.IGNORECASE), name
