"""Features: what commands and answers can be made of. Each platform says how it shows each of them."""

from __future__ import annotations

import enum


class Feature(enum.Enum):
    """Something that a declaration or an answer has, and that a platform shows in its own way."""

    COMMAND = "A command, such as `quota set`"
    ADMINS = "A command for admins only"
    TEXT = "A text to say"
    LONG_TEXT = "A text longer than one message"
    FILE = "A file that somebody gives"
    RECORDING = "A recording of somebody's voice"
    ANSWER = "A voice message that is asked for"
    VOICE = "The name of a voice"
    NUMBER = "A number with limits"
    CHOICE = "One of a few words"
    MEMBER = "A member, a role, a place"
    MISSING = "A value that was left out and is needed"
    QUICK = "An answer at once"
    PRIVATE = "An answer or a refusal for one person"
    WAITING = "A place in line"
    PROGRESS = "How far a job is"
    SOUND = "A sound file"
    VOICE_MESSAGE = "A voice message"
    PICTURE = "A picture"
    BESIDE = "Subtitles and other files beside it"
    LARGE = "A file that is too large"
    ACTION = "What can be done next"
    CHOSEN = "An action that needs a choice"
    LOST = "An answer of which nobody knows whether it arrived"
