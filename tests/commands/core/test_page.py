"""A text that comes as a file: refused by its name and size before it is fetched, by what is in it after."""

from __future__ import annotations

import codecs

import pytest

from commands.core.errors import UsageError
from commands.core.page import MOST_BYTES, check_file, read_file
from commands.core.params import TEXT_LIMIT, Attachment
from tests.commands.world import World


@pytest.mark.parametrize("name", ["page.txt", "PAGE.TXT", "a.b.md", "notes.Markdown", "read me.text", ".txt"])
def test_a_text_goes_by_its_name_whatever_its_case(name: str) -> None:
    check_file(Attachment(name=name, bytes=1))
    with pytest.raises(UsageError):
        check_file(Attachment(name=f"{name}.exe", bytes=1))


@pytest.mark.parametrize(
    "name", ["", "page", "page.", "page.pdf", "txt.docx", "page.txt ", "\0", "a" * 10_000 + ".odt"]
)
def test_what_is_no_text_by_its_name_is_refused_in_a_short_sentence(name: str) -> None:
    with pytest.raises(
        UsageError, match=r"is no \.txt or \.md file; send one of those, or the text itself\.$"
    ) as caught:
        check_file(Attachment(name=name, bytes=1))
    assert len(str(caught.value)) < 150


def test_what_no_text_can_be_as_large_as_is_refused_before_it_is_fetched() -> None:
    check_file(Attachment(name="a.txt", bytes=MOST_BYTES))
    with pytest.raises(UsageError, match=r"a\.txt is 2 MB; 1 MB is the most\. Send it in parts\."):
        check_file(Attachment(name="a.txt", bytes=2 * MOST_BYTES))
    with pytest.raises(UsageError):
        check_file(Attachment(name="a.txt", bytes=MOST_BYTES + 1))


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.txt", b"Gr\xc3\xbc\xc3\x9fe.", "Grüße."),
        ("a.txt", codecs.BOM_UTF8 + b"Hello.", "Hello."),
        ("a.txt", codecs.BOM_UTF16_LE + "Grüße.".encode("utf-16-le"), "Grüße."),
        ("a.txt", b"*not* _markup_", "*not* _markup_"),
        ("a.md", b"*some* [words](http://x)", "some words"),
    ],
)
async def test_what_stands_in_it_is_read(world: World, name: str, content: bytes, text: str) -> None:
    assert await read(world, name, content) == text


async def test_what_is_no_text_inside_is_refused_in_words(world: World) -> None:
    with pytest.raises(UsageError, match=r"\.$"):
        await read(world, "a.txt", b"\x89PNG\r\n\x1a\n" + bytes(100))


async def test_characters_count_not_bytes(world: World) -> None:
    assert len(await read(world, "a.txt", "ä".encode() * TEXT_LIMIT)) == TEXT_LIMIT
    with pytest.raises(UsageError, match=r"That is 250,001 characters to read; 250,000 is the most"):
        await read(world, "a.txt", b"a" * (TEXT_LIMIT + 1))


async def test_a_file_that_is_larger_than_its_quote_knew_is_not_said_for_less(world: World) -> None:
    with pytest.raises(UsageError, match=r"a\.txt is larger than it was said to be; send it again\."):
        await read(world, "a.txt", b"Hello there.", told=5)


async def read(world: World, name: str, content: bytes, told: int | None = None) -> str:
    """Read a staged file of which the platform has told that it has so many bytes; the right number, if None."""
    ticket = await world.submit(await world.person("ada"), "speak", text="Hello.")
    context = await world.context_of(await world.claim(ticket.job_id))
    (world.host.data / "staging" / "page").write_bytes(content)
    return await read_file(
        context, Attachment(name=name, bytes=len(content) if told is None else told, path="staging/page")
    )
