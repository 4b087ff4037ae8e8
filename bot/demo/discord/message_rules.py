"""What a message may be: its length, its files, its embeds, and what a voice message is made of."""

from __future__ import annotations

from bot.demo.discord.component_rules import check_components
from bot.demo.discord.refusal import Refusal, bad_form, check_length
from bot.demo.discord.wire import Body, Payload

EPHEMERAL = 1 << 6
"""Only the person who asked sees it."""
LOADING = 1 << 7
"""The bot is thinking."""
VOICE = 1 << 13
"""It is a voice message."""
COMPONENTS_V2 = 1 << 15
"""Components are all that it has."""
MOST_FILES = 10
MOST_EMBEDS = 10
EMBED_TEXT = {"title": 256, "description": 4096}
WAVEFORM = 400
"""The longest waveform, in characters of base64: 256 bytes, and some room."""


def check_message(body: Body, *, upload_bytes: int) -> None:
    """Check a new message.

    Raises:
        Refusal: Discord would not take it.
    """
    _check_content(body.data, body, upload_bytes)
    flags = body.data.get("flags") or 0
    if flags & VOICE:
        _check_voice(body)
    elif not any(body.data.get(part) for part in ("content", "embeds", "components", "sticker_ids")) and not body.files:
        raise Refusal(400, 50006, "Cannot send an empty message")


def check_edit(body: Body, *, flags: int, kept: int, upload_bytes: int) -> None:
    """Check a change of a message that has these flags, and will keep so many of its files.

    Raises:
        Refusal: Discord would not take it.
    """
    if flags & VOICE:
        raise Refusal(400, 50162, "Voice messages cannot be edited.")
    if (body.data.get("flags") or 0) & VOICE:
        raise Refusal(400, 50160, "Voice messages must have a single audio attachment.")
    _check_content(body.data, body, upload_bytes)
    if kept + len(body.files) > MOST_FILES:
        raise bad_form("attachments", "BASE_TYPE_MAX_LENGTH", f"Must be {MOST_FILES} or fewer in length.")


def _check_content(data: object, body: Body, upload_bytes: int) -> None:
    if not isinstance(data, dict):
        raise bad_form("_root", "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
    if data.get("content") is not None:
        check_length("content", data["content"], 0, 2000)
    if data.get("nonce") is not None:
        check_length("nonce", str(data["nonce"]), 0, 25)
    embeds = data.get("embeds") or []
    check_length("embeds", embeds, 0, MOST_EMBEDS)
    for number, embed in enumerate(embeds):
        for part, most in EMBED_TEXT.items():
            check_length(f"embeds.{number}.{part}", embed.get(part) or "", 0, most)
    v2 = bool((data.get("flags") or 0) & COMPONENTS_V2)
    if v2 and (data.get("content") or embeds):
        raise bad_form("content", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "The field cannot be used")
    check_components(data.get("components") or [], v2=v2)
    _check_files(data, body, upload_bytes)


def _check_files(data: Payload, body: Body, upload_bytes: int) -> None:
    if len(body.files) > MOST_FILES:
        raise bad_form("attachments", "BASE_TYPE_MAX_LENGTH", f"Must be {MOST_FILES} or fewer in length.")
    if any(len(file.data) > upload_bytes for file in body.files.values()):
        raise Refusal(413, 40005, "Request entity too large")
    for each in data.get("attachments") or []:
        told = str(each.get("id"))
        if len(told) < 15 and int(told) not in body.files:  # a short number means a part of this request
            raise Refusal(400, 50146, "Uploaded file not found.")


def _check_voice(body: Body) -> None:
    data: Payload = body.data
    if any(data.get(part) for part in ("content", "embeds", "components", "sticker_ids")):
        raise Refusal(400, 50159, "Voice messages do not support additional content.")
    sound = [file for file in body.files.values() if file.content_type.startswith("audio/")]
    about = data.get("attachments") or []
    if len(body.files) != 1 or len(sound) != 1:
        raise Refusal(400, 50160, "Voice messages must have a single audio attachment.")
    if len(about) != 1 or not about[0].get("duration_secs") or not about[0].get("waveform"):
        raise Refusal(400, 50161, "Voice messages must have supporting metadata.")
    check_length("attachments.0.waveform", about[0]["waveform"], 1, WAVEFORM)
