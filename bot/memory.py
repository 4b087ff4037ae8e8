"""Memory: what adapters remember of their platforms over restarts."""

from __future__ import annotations

from storage import marks, uploads
from storage.database import Database
from storage.uploads import Clip

CLIPS = 200
"""Among how many of a person's latest sounds is looked."""


class Memory:
    """Reads and writes what adapters remember; nothing of it is about a person but which files of theirs are where."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def recall(self, platform: str, name: str) -> str:
        """Return what was remembered under a name; empty where nothing was."""
        return await self._database.read(lambda tx: marks.get(tx, platform, name))

    async def remember(self, platform: str, name: str, value: str) -> None:
        """Remember something under a name, in place of what was."""
        await self._database.write(lambda tx: marks.put(tx, platform, name, value))

    async def uploaded(self, file_id: int, account: str, kind: str) -> str:
        """Return under what reference a platform sends a file again; empty where it does not have it.

        Args:
            file_id: The file.
            account: The platform's name and the bot's own account there: 'telegram:8035'.
            kind: As what it was sent: 'voice', 'document' …
        """
        return await self._database.glance(lambda tx: uploads.find(tx, file_id, account, kind))

    async def note_upload(self, file_id: int, account: str, kind: str, reference: str) -> None:
        """Note that a platform has a file, and under what reference."""
        await self._database.note(lambda tx: uploads.note(tx, file_id, account, kind, reference))

    async def drop_upload(self, file_id: int, account: str, kind: str) -> None:
        """Let go of a reference that the platform no longer takes."""
        await self._database.note(lambda tx: uploads.drop(tx, file_id, account, kind))

    async def clips(self, user_id: int, account: str, kind: str) -> list[Clip]:
        """Return a person's latest sounds that a platform has, the last made first."""
        return await self._database.read(lambda tx: uploads.latest(tx, user_id, account, kind, CLIPS))
