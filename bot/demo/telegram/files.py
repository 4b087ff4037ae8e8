"""Files: what was sent, by ids that one bot can use for ever, and links that grow old."""

from __future__ import annotations

import mimetypes
import secrets
from pathlib import Path

from bot.demo.telegram.clock import Clock
from bot.demo.telegram.refusal import bad
from bot.demo.telegram.rules import Rules
from bot.demo.telegram.wire import Wire, present
from engine.value import value

FOLDERS = {
    "voice": "voice",
    "audio": "music",
    "document": "documents",
    "photo": "photos",
    "video": "videos",
    "video_note": "video_notes",
}
"""Where a link to a file of a kind points."""
ENDINGS = {
    "voice": "oga",
    "audio": "mp3",
    "document": "file",
    "photo": "jpg",
    "video": "mp4",
    "video_note": "mp4",
}
NAMELESS = ("voice", "photo", "video_note")
"""The kinds that have no name of their own."""
SILENT = ("document", "photo")
"""The kinds that do not last."""
PNG = b"\x89PNG\r\n\x1a\n"
NOTE_SIDE = 384
"""How wide and high a video note is, in pixels."""


@value
class File:
    """Something that was sent as a file."""

    id: str
    """What a bot names it by; other bots cannot use it."""
    unique_id: str
    """The same for every bot; nothing can be fetched with it."""
    kind: str
    """'voice', 'audio', 'document', 'photo', 'video' or 'video_note'."""
    name: str
    """As it was named when it was sent; nobody is told of it where the kind has no names."""
    content: bytes
    """What is in it."""
    mime: str
    """Its type: 'audio/ogg'."""
    seconds: int
    """How long it lasts; 0 for a document or a photo."""
    title: str = ""
    """What a piece of music is called."""
    performer: str = ""
    """Who plays it."""
    pixels: tuple[int, int] = (0, 0)
    """How wide and high it is; 0 where there is nothing to see."""

    def wire(self) -> Wire:
        """As bots are told of it."""
        wide, high = self.pixels
        return present(
            file_id=self.id,
            file_unique_id=self.unique_id,
            file_size=len(self.content),
            mime_type=(self.mime or None) if self.kind not in ("photo", "video_note") else None,
            file_name=(self.name or None) if self.kind not in NAMELESS else None,
            duration=self.seconds if self.kind not in SILENT else None,
            length=wide if self.kind == "video_note" else None,
            width=wide if self.kind in ("photo", "video") else None,
            height=high if self.kind in ("photo", "video") else None,
            title=self.title or None,
            performer=self.performer or None,
        )

    def carried(self) -> Wire:
        """As it stands in the message that carries it; a photo comes in several sizes there, of which this has one."""
        told: Wire | list[Wire] = [self.wire()] if self.kind == "photo" else self.wire()
        return {self.kind: told}


class Files:
    """All files that one bot has to do with."""

    def __init__(self, bot_id: int, rules: Rules, clock: Clock) -> None:
        self._bot_id = bot_id
        self._rules = rules
        self._clock = clock
        self._files: dict[str, File] = {}
        self._links: dict[str, tuple[File, float]] = {}

    def keep(
        self,
        kind: str,
        name: str,
        content: bytes,
        *,
        mime: str = "",
        seconds: int = 0,
        title: str = "",
        performer: str = "",
        pixels: tuple[int, int] = (0, 0),
    ) -> File:
        """Take a file in, and give it its ids."""
        token = secrets.token_urlsafe(12)
        file = File(
            id=f"{FOLDERS[kind][:2].title()}{self._bot_id}-{token}",
            unique_id=f"Ag{token[:8]}",
            kind=kind,
            name=name,
            content=content,
            mime=mime or mimetypes.guess_type(name)[0] or "application/octet-stream",
            seconds=seconds,
            title=title,
            performer=performer,
            pixels=pixels,
        )
        self._files[file.id] = file
        return file

    def find(self, file_id: str) -> File | None:
        """Find a file of this bot."""
        return self._files.get(file_id)

    def link(self, file_id: str) -> tuple[File, str]:
        """Make a link to a file, and return its path; on a disk that is shared, where it lies.

        Raises:
            Refused: There is no such file for this bot, or it is too large to be fetched.
        """
        file = self.find(file_id)
        if file is None:
            raise bad("wrong file_id or the file is temporarily unavailable")
        if self._rules.local:
            place = Path(self._rules.local) / file.unique_id
            place.write_bytes(file.content)
            return file, str(place)
        if len(file.content) > self._rules.download_bytes:
            raise bad("file is too big")
        ending = file.name.rpartition(".")[2] if "." in file.name else ENDINGS[file.kind]
        path = f"{FOLDERS[file.kind]}/file_{len(self._links)}.{ending}"
        self._links[path] = (file, self._clock.now() + self._rules.link_seconds)
        return file, path

    def at(self, path: str) -> File | None:
        """Find what a link leads to; nothing once it is too old."""
        file, until = self._links.get(path, (None, 0.0))
        return file if self._clock.now() < until else None


def sound(content: bytes) -> str:
    """Tell from its first bytes what sound a file is: 'opus', 'mp3', 'm4a', or none that Telegram plays."""
    if content[:4] == b"OggS" and b"OpusHead" in content[:64]:
        return "opus"
    if content[:3] == b"ID3" or (content[:1] == b"\xff" and content[1:2] and content[1] & 0xE0 == 0xE0):
        return "mp3"
    if content[4:8] == b"ftyp":
        return "m4a"
    return ""


def pixels(content: bytes) -> tuple[int, int]:
    """Tell how wide and high a PNG picture is; (0, 0) for what is none."""
    if content[:8] != PNG or content[12:16] != b"IHDR":
        return 0, 0
    return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")


def shown_as(kind: str, content: bytes, rules: Rules) -> str:
    """Tell what Telegram makes of a file that was sent as a kind."""
    if kind == "voice" and (not sound(content) or len(content) > rules.voice_bytes):
        return "document"
    if kind == "audio" and sound(content) not in ("mp3", "m4a"):
        return "document"
    return kind
