"""Where files lie, behind links that are signed and end."""

from __future__ import annotations

import hashlib
import hmac
import mimetypes
import re
import secrets
import time
from urllib.parse import quote

from aiohttp import web

from bot.demo.discord.wire import Ids, Payload, Upload
from engine.value import value

DISCORDS_NAMES = {"audio/wav": "audio/x-wav", "audio/vnd.wave": "audio/x-wav", "application/ogg": "audio/ogg"}
"""What Discord calls the types of sound."""


@value
class Attachment:
    """A file that lies here."""

    id: str
    """Its id."""
    name: str
    """Its name, made safe for a link."""
    title: str
    """Its name as it was given."""
    data: bytes
    """What is in it."""
    content_type: str
    """What it is."""
    place: str
    """Its path."""
    seconds: float | None = None
    """How long a voice message sounds."""
    waveform: str | None = None
    """How loud a voice message is over time, in base64."""
    private: bool = False
    """Whether it was shown to one person only."""


class Cdn:
    """Keeps files and gives out links to them."""

    def __init__(self, ids: Ids, link_seconds: float) -> None:
        self.base = ""
        self.link_seconds = link_seconds
        self._ids = ids
        self._files: dict[str, Attachment] = {}
        self._key = secrets.token_bytes(16)

    def keep(
        self, upload: Upload, channel_id: str, *, private: bool = False, about: Payload | None = None
    ) -> Attachment:
        """Take a file in; `about` is what its sender says of it."""
        about = about or {}
        file_id = self._ids()
        given = str(about.get("filename") or upload.name)
        name = re.sub(r"[^\w.\-]", "", given.replace(" ", "_")) or "unknown"
        folder = "ephemeral-attachments" if private else "attachments"
        kept = Attachment(
            id=file_id,
            name=name,
            title=given,
            data=upload.data,
            content_type=_content_type(upload, name),
            place=f"/{folder}/{channel_id}/{file_id}/{name}",
            seconds=about.get("duration_secs"),
            waveform=about.get("waveform"),
            private=private,
        )
        self._files[kept.place] = kept
        return kept

    def drop(self, attachment: Attachment) -> None:
        """Throw a file away; links to it are dead."""
        self._files.pop(attachment.place, None)

    def end_links(self) -> None:
        """Make every link that was given out so far useless; new ones work."""
        self._key = secrets.token_bytes(16)

    def link(self, attachment: Attachment) -> str:
        """Make a link to a file that works from now on for a while."""
        issued = time.time()
        ends = f"{int((issued + self.link_seconds) * 1000):x}"
        signed = self._sign(attachment.place, ends)
        return f"{self.base}{quote(attachment.place)}?ex={ends}&is={int(issued):x}&hm={signed}"

    def payload(self, attachment: Attachment) -> Payload:
        """Draw a file as Discord does, with a fresh link."""
        drawn: Payload = {
            "id": attachment.id,
            "filename": attachment.name,
            "size": len(attachment.data),
            "url": self.link(attachment),
            "proxy_url": self.link(attachment),
            "content_type": attachment.content_type,
        }
        if attachment.title != attachment.name:
            drawn["title"] = attachment.title.rsplit(".", 1)[0]
        if attachment.private:
            drawn["ephemeral"] = True
        if attachment.seconds is not None:
            drawn["duration_secs"] = attachment.seconds
        if attachment.waveform is not None:
            drawn["waveform"] = attachment.waveform
        return drawn

    async def fetch(self, request: web.Request) -> web.Response:
        """Give out a file, where the link is ours and has not ended."""
        place = "/" + request.match_info["place"]
        kept, ends = self._files.get(place), request.query.get("ex", "")
        ours = hmac.compare_digest(self._sign(place, ends), request.query.get("hm", ""))
        if kept is None or not ours or int(ends, 16) < time.time() * 1000:
            return web.Response(status=404, text="This content is no longer available.")
        return web.Response(body=kept.data, content_type=kept.content_type)

    def _sign(self, place: str, ends: str) -> str:
        return hmac.new(self._key, f"{place}?{ends}".encode(), hashlib.sha256).hexdigest()


def _content_type(upload: Upload, name: str) -> str:
    told = upload.content_type.split(";")[0]
    if told == "application/octet-stream":
        told = mimetypes.guess_type(name)[0] or told
    return DISCORDS_NAMES.get(told, told)
