"""What is typed in the chat is completed from the declarations."""

from __future__ import annotations

from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from bot.cli_adapter.complete import CommandCompleter
from tests.bot.cli_adapter.declared import COMMANDS

VOICES = ["en-gb", "en-us", "Old Ann"]


async def suggest(command: str, param: str, typed: str) -> list[str]:
    assert param == "voice"
    return [voice for voice in VOICES if voice.startswith(typed)]


async def completed(line: str) -> list[str]:
    """What the line would be, for each completion."""
    completer = CommandCompleter(COMMANDS, suggest)
    found = completer.get_completions_async(Document(line), CompleteEvent())
    return [line[: len(line) + c.start_position] + c.text async for c in found]


async def test_a_slash_offers_every_command_and_the_way_out() -> None:
    assert await completed("/") == [*(f"/{name}" for name in COMMANDS), "/quit"]
    assert await completed("/quo") == ["/quota set", "/quota show"]
    assert await completed("/quota s") == ["/quota set", "/quota show"]


async def test_plain_text_is_left_alone() -> None:
    assert await completed("Hello") == []
    assert await completed("/speak Hello --v") == []


async def test_options_and_their_values() -> None:
    assert await completed("/speak --") == ["/speak --voice", "/speak --speed", "/speak --output", "/speak --help"]
    assert await completed("/speak --voice en-") == ["/speak --voice en-gb", "/speak --voice en-us"]
    assert await completed("/speak voice=en-g") == ["/speak voice=en-gb"]
    assert await completed("/speak --voice=en-g") == ["/speak --voice=en-gb"]
    assert await completed("/speak --voice en-gb --sp") == ["/speak --voice en-gb --speed"]
    assert await completed("/quota set characters 5 --period m") == ["/quota set characters 5 --period month"]


async def test_a_name_with_a_blank_is_quoted() -> None:
    assert await completed("/speak --voice Old") == ['/speak --voice "Old Ann"']


async def test_required_values_are_offered_in_their_place() -> None:
    assert await completed("/voices note en-") == ["/voices note en-gb", "/voices note en-us"]
    assert await completed("/voices note en-gb e") == []


async def test_a_bare_group_has_the_options_of_what_it_does() -> None:
    assert await completed("/voices --l") == ["/voices --language"]
