"""How Discord shows what commands and answers are made of; the page that compares the platforms has it from here."""

from __future__ import annotations

from collections.abc import Mapping

from bot.features import Feature

SHOWS: Mapping[Feature, str] = {
    Feature.COMMAND: "A slash command, `/quota set`; its words make groups",
    Feature.ADMINS: "Shown to who may manage the server; checked again when it is asked",
    Feature.TEXT: "An option, or the entry 'Speak this' in the menu of a message",
    Feature.LONG_TEXT: "A form of five fields for 20,000 characters, or a .txt or .md file",
    Feature.FILE: "An option that takes a file",
    Feature.RECORDING: "An option that takes a file, or the entry 'Clone this voice' in the menu of a message",
    Feature.ANSWER: "The entry 'Give as consent' in the menu of the voice message, or an option that takes a file",
    Feature.VOICE: "An option that is completed while it is typed, with up to 25 names",
    Feature.NUMBER: "An option with limits, which Discord keeps to; as text where a word may stand for it",
    Feature.CHOICE: "An option with its choices",
    Feature.MEMBER: "Pickers for members and roles; a place by its id",
    Feature.MISSING: "A form asks for a text; what a form cannot take is named in words",
    Feature.QUICK: "The answer to the command itself; after 1.5 s Discord shows that Mynah is thinking",
    Feature.PRIVATE: "A message that only the person who asked sees",
    Feature.WAITING: "The first message says it, with a button to cancel",
    Feature.PROGRESS: "A bar in that message, at most every 3 s",
    Feature.SOUND: "An attachment",
    Feature.VOICE_MESSAGE: "A voice message with its waveform; an Opus file where the bot may send none",
    Feature.PICTURE: "An attachment, which Discord shows",
    Feature.BESIDE: "Attachments beside it",
    Feature.LARGE: "A smaller kind of file, then parts cut between sentences, within the limit of the server",
    Feature.ACTION: "Buttons, which work after a restart too; a command to type where a button has no room for it",
    Feature.CHOSEN: "A menu that only the person who pressed sees",
    Feature.LOST: "The answer is sent again where a second copy replaces the first; else the person is asked",
}
"""A sentence for each feature."""
