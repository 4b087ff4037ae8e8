"""What was typed in the chat, for the next time: the arrow up brings it back."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

from commands.core.command import Command
from commands.core.reply import Reply

FILE = "history"


def history_file(data: Path) -> Path | None:
    """Return the file in the data folder, for its owner's eyes only; None where it cannot be written."""
    file = data / FILE
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    except OSError:
        return None
    return file


def forget_with(command: Command, values: Mapping[str, object], reply: Reply, data: Path) -> bool:
    """Empty the file if the person has just been forgotten: it says what they had spoken. Whether it was so."""
    if command.path != ("forget",) or not values or reply.error:
        return False
    with contextlib.suppress(OSError):
        os.truncate(data / FILE, 0)
    return True
