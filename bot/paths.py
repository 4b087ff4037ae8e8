"""Where the files of a reply are: relative to the data folder where replies are kept, whole for adapters."""

from __future__ import annotations

import os
from pathlib import Path

from commands.core.reply import Reply
from engine.value import replace


def whole(reply: Reply, data: Path) -> Reply:
    """Return the reply with the whole path of each file."""
    if not reply.files:
        return reply
    return replace(reply, files=tuple(replace(file, path=os.path.join(data, file.path)) for file in reply.files))
