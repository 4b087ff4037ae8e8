"""How Telegram shows what commands and answers are made of."""

from __future__ import annotations

from collections.abc import Mapping

from bot.features import Feature

SHOWS: Mapping[Feature, str] = {
    Feature.COMMAND: "A command of its own, such as /quota_set; /quota set is understood too",
    Feature.ADMINS: "In the menu of a group's admins only; who is an admin is checked when it is asked",
    Feature.TEXT: "What is written to the bot in private, the line after /speak, or the message answered with it",
    Feature.LONG_TEXT: "Messages that the app has cut from one text become one text again",
    Feature.FILE: "A document, with the command as its caption, or answered with the command",
    Feature.RECORDING: "A voice message, sound, video or document, with or answered by a command; alone, it is offered",
    Feature.ANSWER: "The next voice message or video note of that person there; in groups, one that answers Mynah",
    Feature.VOICE: "voice=… before the text; a keyboard with pages where a button asks for one",
    Feature.NUMBER: "speed=1.2 before the text; a number beyond its limits is refused in words",
    Feature.CHOICE: "format=mp3 before the text; a keyboard where a button asks for one",
    Feature.MEMBER: "The author of the message answered, or somebody mentioned by their name; roles there are none",
    Feature.MISSING: "A question to this person, which their app offers to answer; it waits for a day",
    Feature.QUICK: "A message that answers the request",
    Feature.PRIVATE: "In a group an answer goes to the private chat, a refusal is short and without figures",
    Feature.WAITING: "'Recording voice'; after a second a message with the place in line and a button to cancel",
    Feature.PROGRESS: "That message changes every 3 s, in groups every 10 s, and goes when the answer is there",
    Feature.SOUND: "MP3 and M4A as music with a player, other kinds as documents",
    Feature.VOICE_MESSAGE: "A voice message; music in MP3, then words, where a person or a group takes none",
    Feature.PICTURE: "A photo; a document where it is no photo to Telegram, or a group takes none",
    Feature.BESIDE: "Documents after the sound",
    Feature.LARGE: "Over 50 MB (2 GB with a Bot API server of one's own) as MP3 or Opus, then in parts",
    Feature.ACTION: "Buttons under the message, also after a restart; a line to type where a button has no room",
    Feature.CHOSEN: "A keyboard with eight choices a page",
    Feature.LOST: "A question whether it arrived, with a button that sends it again",
}
"""A sentence for each feature."""
