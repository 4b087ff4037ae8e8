"""The harvest: the files that a job has made, on their way from temporary names to rows and names that last."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Mapping
from pathlib import Path

from commands.core.reply import FileRef, Reply
from engine.fingerprint import Pending, WavFingerprinter
from engine.take import Take
from engine.value import replace
from storage import disk, files
from storage.clock import DAY
from storage.database import Transaction
from storage.folder import Folder
from storage.jobs import Job

log = logging.getLogger("mynah.sounds")


class Harvest:
    """The files of one attempt: `prepare` before the transaction, `enter` and `move` in it, `put_back` if undone."""

    def __init__(self, folder: Folder, job: Job, reply: Reply, takes: Mapping[str, Take], days: int) -> None:
        """`takes` are those of the studio, by path; `days` is how long a file is kept."""
        self._folder = folder
        self._job = job
        self._reply = reply
        self._takes = takes
        self._days = days
        self._hashes: dict[str, str] = {}
        self._moves: list[tuple[str, str]] = []
        self._moved: list[tuple[str, str]] = []
        self.sounds: list[Pending] = []
        """Its new sounds; whoever takes them closes them."""

    def prepare(self) -> None:
        """See to the disk what no studio has seen there yet."""
        for ref in self._reply.files:
            if ref.id == 0 and ref.path not in self._takes:
                disk.sync(Path(ref.path))
                with open(ref.path, "rb") as file:
                    self._hashes[ref.path] = hashlib.file_digest(file, "sha256").hexdigest()

    @property
    def needs_preparing(self) -> bool:
        """Whether `prepare` has anything to do; it works on disk, and belongs off the event loop."""
        return any(ref.id == 0 and ref.path not in self._takes for ref in self._reply.files)

    def enter(self, tx: Transaction) -> Reply:
        """Give each new file its row, and return the reply with what they will be called."""
        main, *beside = self._reply.files or (None,)
        if main is None:
            return self._reply
        entered, endings = [self._enter(tx, main, None)], {_ending(main)}
        for ref in beside:
            fits = _ending(ref) not in endings
            endings.add(_ending(ref))
            # What lies beside a sound tells of what was said in it, and goes where that goes.
            ref = replace(ref, voice_id=ref.voice_id or main.voice_id, figures=ref.figures or main.figures)
            entered.append(self._enter(tx, ref, entered[0].id if fits else None))
        return replace(self._reply, files=tuple(entered))

    def move(self) -> None:
        """Give the files their names, in the same transaction, as the last thing before its commit.

        A kill in between leaves a file without a row, which the next start sweeps away, and the job is done again.
        The other way round there would be a row without its file.
        """
        for before, after in self._moves:
            os.replace(before, after)
            self._moved.append((before, after))
            if (take := self._takes.get(before)) and (sound := take.known_by or _opened(after)):
                self.sounds.append(sound)
        if self._moved:
            disk.sync_folder(self._folder.generations)

    def put_back(self) -> None:
        """Give the files their temporary names again, for the next attempt."""
        while self.sounds:  # first, for Windows gives no file another name while it is open
            self.sounds.pop().close()
        for before, after in reversed(self._moved):
            os.replace(after, before)
        self._moved.clear()

    def _enter(self, tx: Transaction, ref: FileRef, beside: int | None) -> FileRef:
        """Note a new file; it lies under its own number, or that of the file `beside` it."""
        if ref.id != 0:
            return ref
        take = self._takes.get(ref.path)
        id = files.add(
            tx,
            user_id=self._job.user_id,
            job_id=self._job.id,
            name=ref.name,
            format=ref.format,
            sha256=take.sha256 if take else self._hashes[ref.path],
            bytes=ref.bytes,
            seconds=ref.seconds,
            rate=take.rate if take else None,
            expires_at=tx.now + self._days * DAY,
            beside=beside,
            answers=ref.answers or None,
            ends=ref.ends,
            voice_id=ref.voice_id or None,
            figures=ref.figures,
        )
        path = files.path(id if beside is None else beside, _ending(ref))
        self._moves.append((ref.path, os.path.join(self._folder.path, path)))
        return replace(ref, id=id, path=path, answers="")  # nobody but the database needs it


def _opened(path: str) -> WavFingerprinter | None:
    """Open a sound, so that it can be looked through later wherever it is by then."""
    try:
        return WavFingerprinter(open(path, "rb"))
    except OSError:  # too many are open, say: no reason to have it all said again
        log.exception("%s will not be known again", path)
        return None


def _ending(ref: FileRef) -> str:
    return ref.name.rpartition(".")[2]
