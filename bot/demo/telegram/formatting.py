"""Formatting: HTML as bots may send it, taken apart into text and entities."""

from __future__ import annotations

from html.parser import HTMLParser

from bot.demo.telegram.refusal import Refused, bad
from bot.demo.telegram.wire import Wire, units

KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
}
"""What each tag marks; there are no others."""


def formatted(text: str, mode: str) -> tuple[str, list[Wire]]:
    """Return what people read, and which parts of it are marked how.

    Raises:
        Refused: A tag is unknown or out of place, or the mode is one that this double cannot read.
    """
    if not mode:
        return text, []
    if mode.lower() != "html":
        raise Refused(501, f"Not Implemented: this Telegram reads HTML, and no {mode}")
    reader = _Reader()
    reader.feed(text)
    reader.close()
    if reader.open:
        raise bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{reader.open[-1][0]}\"")
    return reader.text, sorted(reader.found, key=lambda each: str(each["offset"]).zfill(9))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.found: list[Wire] = []
        self.open: list[tuple[str, Wire]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in KINDS:
            raise bad(f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset {self.getpos()[1]}')
        entity: Wire = {"type": KINDS[tag], "offset": units(self.text)}
        if tag == "a":
            entity["url"] = dict(attrs).get("href") or ""
        self.open.append((tag, entity))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            raise bad(f"can't parse entities: Unexpected end tag at byte offset {self.getpos()[1]}")
        entity = self.open.pop()[1]
        length = units(self.text) - int(str(entity["offset"]))
        if length:
            self.found.append({**entity, "length": length})

    def handle_data(self, data: str) -> None:
        self.text += data
