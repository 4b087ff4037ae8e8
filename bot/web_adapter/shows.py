"""How the page shows each feature, for the page that compares platforms."""

from __future__ import annotations

from collections.abc import Mapping

from bot.features import Feature

SHOWS: Mapping[Feature, str] = {
    Feature.COMMAND: "`/quota set` typed with completion, or its form",
    Feature.ADMINS: "Shown to whoever runs this Mynah only",
    Feature.TEXT: "A large field, or a line without a slash",
    Feature.LONG_TEXT: "The same field; it takes the longest text",
    Feature.FILE: "Chosen, or dropped on the page",
    Feature.RECORDING: "Chosen, dropped, or recorded with the microphone",
    Feature.ANSWER: "Recorded with the microphone, or a file",
    Feature.VOICE: "Completed while it is typed, and browsed with samples to play",
    Feature.NUMBER: "A field with its limits",
    Feature.CHOICE: "A list to choose from",
    Feature.MEMBER: "`discord:8035`, or Mynah's own number",
    Feature.MISSING: "Asked for with a form",
    Feature.QUICK: "A message in the conversation",
    Feature.PRIVATE: "The whole conversation is",
    Feature.WAITING: "A ticket with its place and the time that is left",
    Feature.PROGRESS: "A moving bar, several times a second",
    Feature.SOUND: "A player with its waveform, whose words are lit as they are said",
    Feature.VOICE_MESSAGE: "The same player",
    Feature.PICTURE: "Shown in the conversation",
    Feature.BESIDE: "Links to download them",
    Feature.LARGE: "No limit",
    Feature.ACTION: "A button",
    Feature.CHOSEN: "A button that opens a list",
    Feature.LOST: "Does not happen: what is told twice is one message",
}
