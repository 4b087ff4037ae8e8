"""What the desk, the stager and the runner have to say when they cannot go on."""

from __future__ import annotations

import errno
import sqlite3

from commands.core.errors import Failed, Refused
from commands.core.request import tell
from storage.errors import NoRoom
from storage.folder import Folder
from storage.queue import Ending

FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


class DraftGone(Refused):
    """That question is no longer open. Please ask anew."""


class Stopping(Refused):
    """Mynah is just being stopped. Please ask again in a minute."""


class AttachmentLost(Failed):
    """{name} could not be fetched; nothing was charged. Please send it again."""


class AttachmentGone(Failed):
    """The file for {name} is no longer there; nothing was charged. Please send it again."""


class FileGone(Failed):
    """The file that answers this has just gone; nothing was charged. Please ask again."""


class GaveUp(Failed):
    """Mynah tried this {times} and it did not work; nothing was charged. Please try again later."""


class AttachmentsLost(Failed):
    """Mynah was restarted before your files had arrived; nothing was charged. Please send them again."""


class WornOut(Failed):
    """Mynah was cut off again and again while it did this, and gave up; nothing was charged."""


def ending(error: Exception) -> Ending:
    """Put an error as what the queue keeps of a job that ended with it."""
    reply = tell(error)
    return Ending(key=reply.error, sentence=reply.text, reply=reply.to_json())


def disk_full(error: Exception, folder: Folder) -> NoRoom | None:
    """Say it in words where an error means that the system found no room left on the disk."""
    refused = isinstance(error, OSError) and error.errno in FULL
    if isinstance(error, sqlite3.OperationalError):
        refused = getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL
    return NoRoom(folder=folder.path) if refused else None
