"""Media: voice messages, music, photos and documents, uploaded or sent once more by their ids."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from bot.demo.telegram.call import Call, Upload
from bot.demo.telegram.files import File, pixels, shown_as
from bot.demo.telegram.formatting import formatted
from bot.demo.telegram.messages import Message
from bot.demo.telegram.methods.place import CAPTION, place, put, words
from bot.demo.telegram.refusal import bad
from bot.demo.telegram.wire import Wire, units
from bot.demo.telegram.world import World

TYPES = {"voice": "audio/ogg", "audio": "audio/mpeg"}
NAMES = {
    "voice": "Voice",
    "audio": "Audio",
    "document": "Document",
    "photo": "Photo",
    "video": "Video",
    "video_note": "VideoNote",
}
STRETCHED = 20
"""How many times as wide as high a photo may not be, nor as high as wide."""
ATTACHED = "attach://"
ALBUM = range(2, 11)
"""How many files an album can have."""


def send(kind: str, world: World, call: Call) -> Wire:
    """Send a file as a kind: 'voice', 'audio', 'document' or 'photo'."""
    to = place(world, call, kind)
    text, marks = words(call, "caption")
    file = _file(world, call, kind, call.text(kind), dict(call.params))
    message = Message(
        chat=to.chat,
        sender=world.bot,
        date=world.now,
        text=text,
        marks=marks,
        file=file,
        topic=to.topic,
        reply_to=to.reply_to,
    )
    return put(world, call, message).wire()


def send_media_group(world: World, call: Call) -> list[Wire]:
    """Send several files as an album."""
    given = call.records("media")
    kinds = {str(each.get("type")) for each in given}
    if len(given) not in ALBUM:
        raise bad("wrong number of messages to send as an album" if given else "there are no messages to send")
    if len(kinds) > 1 or not kinds <= {"audio", "document"}:
        raise bad("can't mix these media in an album")
    kind = kinds.pop()
    to = place(world, call, kind)
    album = str(13_000_000_000_000_000 + len(world.calls))
    ready: list[tuple[File, str, list[Wire]]] = []
    for each in given:
        caption, marks = formatted(str(each.get("caption") or ""), str(each.get("parse_mode") or ""))
        if units(caption) > CAPTION:
            raise bad("message caption is too long")
        ready.append((_file(world, call, kind, str(each.get("media", "")), each), caption.strip(), marks))
    sent = [
        Message(
            chat=to.chat,
            sender=world.bot,
            date=world.now,
            text=caption,
            marks=marks,
            file=file,
            topic=to.topic,
            reply_to=to.reply_to,
            album=album,
        )
        for file, caption, marks in ready
    ]
    return [put(world, call, message).wire() for message in sent]


def get_file(world: World, call: Call) -> Wire:
    """Make a link to a file."""
    file, path = world.files.link(call.text("file_id"))
    told: Wire = {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": len(file.content)}
    return {**told, "file_path": path}


def _file(world: World, call: Call, kind: str, given: str, about: Wire) -> File:
    """Find or take in the file that a call sends as a kind; a new one is as it says `about` it."""
    upload = _upload(world, call, kind, given)
    if upload is None:
        return _known(world, kind, given)
    if not upload.content:
        raise bad("file must be non-empty")
    if kind == "photo":
        return world.files.keep(kind, "", upload.content, mime="image/jpeg", pixels=_looked_at(world, upload.content))
    shown = shown_as(kind, upload.content, world.rules)
    if shown == "document":
        return world.files.keep(shown, upload.name, upload.content)
    return world.files.keep(
        shown,
        upload.name,
        upload.content,
        mime=TYPES[shown],
        seconds=int(float(str(about.get("duration") or 0))),
        title=str(about.get("title") or "") if shown == "audio" else "",
        performer=str(about.get("performer") or "") if shown == "audio" else "",
    )


def _looked_at(world: World, content: bytes) -> tuple[int, int]:
    """Tell how wide and high a photo is, where Telegram takes it as one; this one knows PNG pictures only."""
    most = world.rules.photo_bytes
    if len(content) > most:
        raise bad(f"file of size {len(content)} bytes is too big for a photo; the maximum size is {most} bytes")
    wide, high = pixels(content)
    if not wide or not high:
        raise bad("IMAGE_PROCESS_FAILED")
    if wide + high > world.rules.photo_pixels or max(wide, high) > STRETCHED * min(wide, high):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return wide, high


def _upload(world: World, call: Call, kind: str, given: str) -> Upload | None:
    if given.startswith(ATTACHED):
        name = given.removeprefix(ATTACHED)
        if name not in call.files:
            raise bad(f"there is no file {name!r} in the request")
        return call.files[name]
    if given.startswith("file://") and world.rules.local:
        path = Path(url2pathname(urlsplit(given).path))
        return Upload(name=path.name, content=path.read_bytes())
    return None if given else call.files.get(kind)


def _known(world: World, kind: str, given: str) -> File:
    if not given:
        raise bad(f"there is no {kind} in the request")
    if given.startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content")
    found = world.files.find(given)
    if found is None:
        raise bad("wrong file identifier/HTTP URL specified")
    if found.kind != kind:
        raise bad(f"can't use file of type {NAMES[found.kind]} as {NAMES[kind]}")
    return found


METHODS: dict[str, Callable[[World, Call], Wire | list[Wire]]] = {
    "sendVoice": partial(send, "voice"),
    "sendAudio": partial(send, "audio"),
    "sendDocument": partial(send, "document"),
    "sendPhoto": partial(send, "photo"),
    "sendMediaGroup": send_media_group,
    "getFile": get_file,
}
