"""An engine in a process of its own: what breaks it, or has to be ended at once, takes nothing else along.

To its worker it is an engine like any other. The process is this same Python started anew; nothing comes out of it but
what `engine.frames` can read.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import logging
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any

from engine import frames
from engine.engine import Abilities, Engine, EngineError, EngineHung, EngineLost, More, Stopped, failing_last
from engine.engine_served import KINDS
from engine.frames import Head
from engine.speech import Audio, Enrolled, Part, Reference, Speaker, Utterance, Variant

OPENING = 10.0
"""How many times as long as for a sign of life one waits for the engine to open."""
GRACE = 5.0
"""How long an engine may go on with what nobody waits for before its process is ended, in seconds."""
CLOSING = 5.0
"""How long it may take to close, in seconds."""
POLL = 0.05
"""How often one looks who has gone while nothing comes out of the process, in seconds."""
PAUSE = 5.0
"""After so many seconds in which this process stood still itself, the other is not blamed for its silence."""

_START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from engine.engine_served import main; "
_START += "main(*sys.argv[2:])"

Frame = tuple[Head, list[bytearray]]


class _Call:
    """Something that the process was asked; what it says of it comes in here."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.inbox: queue.SimpleQueue[Frame | None] = queue.SimpleQueue()


class EngineProcess(Engine):
    """Runs another engine in a process of its own."""

    def __init__(self, kind: type[Engine]) -> None:
        """Take the engine's class, which has to be a module's own, so that the process can find it."""
        self._kind = kind
        self.name, self.heavy, self.converts = kind.name, kind.heavy, kind.converts
        self.enrolls_apart, self.patience = kind.enrolls_apart, kind.patience
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._calls: dict[int, _Call] = {}
        self._held = 0
        self._free: int | None = None
        self._killed = False
        self._gone = False

    def open(self) -> None:
        home, models = (str(each) if each else "" for each in (self.home, self.models))
        arguments = [json.dumps(sys.path), self._kind.__module__, self._kind.__qualname__, home, models]
        opening = self._calls[0] = _Call(0)
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={name: value for name, value in os.environ.items() if not name.startswith("MYNAH_")},
        )
        if self._killed:
            self._process.kill()
        assert self._process.stdout is not None
        threading.Thread(target=self._listen, args=(self._process.stdout,), name="frames", daemon=True).start()
        head, _ = self._next(opening, OPENING * self.patience)
        self._facts = frames.unpack_facts(head)
        self._note(head)

    def abilities(self) -> Abilities:
        return self._facts[0]

    def speakers(self) -> Sequence[Speaker]:
        return self._facts[1]

    def variants(self) -> Sequence[Variant]:
        return self._facts[2]

    def synthesize(self, batch: Sequence[Utterance], stopped: Stopped) -> Iterator[tuple[int, Audio]]:
        return failing_last(self._say(batch, stopped, None))

    def synthesize_more(
        self, batch: Sequence[Utterance], stopped: Stopped, more: More
    ) -> Iterator[tuple[int, Audio | Part | EngineError]]:
        return self._say(batch, stopped, more)

    def enroll(self, reference: Reference, key: str, report: Callable[[float], None]) -> Enrolled:
        head, blobs = frames.pack_reference(reference)
        enrolled: Enrolled | None = None
        with self._call({"do": "enroll", "reference": head, "key": key}, blobs) as call:
            for told, _ in self._frames(call):
                if told["kind"] == "report":
                    try:
                        report(float(told["share"]))
                    except BaseException:
                        self._drop(call)
                        raise
                elif told["kind"] == "enrolled":
                    enrolled = frames.unpack_enrolled(told["enrolled"])
        if enrolled is None:
            raise EngineLost(f"the process of {self.name} learned nobody")
        return enrolled

    def bytes_held(self) -> int:
        return self._held

    def bytes_free(self) -> int | None:
        return self._free

    def make_room(self) -> bool:
        with self._call({"do": "make room"}) as call:
            return any([told.get("made") is True for told, _ in self._frames(call)])

    @property
    def pid(self) -> int | None:
        """The number of the process; None where there is none."""
        return None if self._process is None else self._process.pid

    def kill(self) -> None:
        """End the process at once."""
        self._killed = True
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        process = self._process
        if process is None:
            return
        with contextlib.suppress(EngineError), self._call({"do": "close"}) as call:
            self._next(call, CLOSING)
        assert process.stdin is not None
        with contextlib.suppress(OSError):
            process.stdin.close()  # by which it knows that it is to end
        try:
            process.wait(1.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._process = None

    def _say(
        self, batch: Sequence[Utterance], stopped: Stopped, more: More | None
    ) -> Iterator[tuple[int, Audio | Part | EngineError]]:
        if all([stopped(row) for row in range(len(batch))]):
            return
        said = _Saying(len(batch), stopped)
        order = {"do": "say", "joins": more is not None, "utterances": [frames.pack(each) for each in batch]}
        with self._call(order) as call:
            for told, blobs in self._frames(call, lambda: self._see_who_left(call, said)):
                match told["kind"]:
                    case "beat":
                        said.ask(told["asked"])
                    case "more":
                        joining = more(int(told["room"])) if more is not None else ()
                        said.rows += len(joining)
                        self._send(
                            {"do": "join", "call": call.number, "utterances": [frames.pack(each) for each in joining]}
                        )
                    case "sound" if not said.is_gone(told["row"]):
                        said.done.update([told["row"]] if more is not None else [])
                        yield told["row"], frames.unpack_audio(told["audio"], blobs[0])
                    case "part" if not said.is_gone(told["row"]):
                        yield told["row"], frames.unpack_part(told["part"], blobs[0])
                    case "refused":
                        said.done.add(told["row"])
                        yield told["row"], EngineError(str(told["words"]))

    def _see_who_left(self, call: _Call, said: _Saying) -> None:
        """Tell the process who has gone; end it where all have and it goes on nevertheless."""
        for row in said.newly_gone():
            self._send({"do": "stop", "call": call.number, "row": row})
        if said.unwanted_since is not None and time.monotonic() - said.unwanted_since > GRACE:
            self.kill()
            raise EngineLost(f"{self.name} went on with what nobody waits for, and was ended")

    def _drop(self, call: _Call) -> None:
        """Have the process end a call that nobody waits for; end the process where it does not."""
        self._send({"do": "unwanted", "call": call.number})
        until = time.monotonic() + GRACE
        with contextlib.suppress(EngineError):  # which is how it says that it has dropped it
            while (left := until - time.monotonic()) > 0:
                if self._next(call, left)[0]["kind"] == "done":
                    return
            self.kill()

    @contextlib.contextmanager
    def _call(self, order: Head, blobs: Sequence[memoryview] = ()) -> Iterator[_Call]:
        call = _Call(next(self._numbers))
        self._calls[call.number] = call
        try:
            self._send({**order, "call": call.number}, blobs)
            yield call
        finally:
            self._calls.pop(call.number, None)

    def _send(self, head: Head, blobs: Sequence[memoryview] = ()) -> None:
        process = self._process
        if process is None or process.stdin is None or self._gone:
            raise self._lost()
        try:
            with self._lock:
                frames.send(process.stdin, head, blobs)
        except (OSError, ValueError):
            raise self._lost() from None

    def _frames(self, call: _Call, poll: Callable[[], None] = lambda: None) -> Iterator[Frame]:
        """Yield what the process says of a call, until it is done.

        Args:
            call: The call.
            poll: Called now and then, and after each of them.
        """
        while True:
            frame = self._next(call, self.patience, poll)
            if frame[0]["kind"] == "done":
                self._note(frame[0])
                return
            yield frame
            poll()

    def _next(self, call: _Call, patience: float, poll: Callable[[], None] = lambda: None) -> Frame:
        """Return the next thing that the process says of a call.

        Raises:
            EngineHung: It said nothing for so many seconds, and was ended.
            EngineLost: The process is gone.
            EngineError: What it says is that this went wrong.
        """
        heard = looked = time.monotonic()
        while True:
            try:
                frame = call.inbox.get(timeout=POLL)
                break
            except queue.Empty:
                poll()
            now = time.monotonic()
            heard, looked = now if now - looked > PAUSE else heard, now
            if now - heard > patience:
                self.kill()
                raise EngineHung(f"the process of {self.name} gave no sign of life for {now - heard:.0f} s")
        if frame is None:
            raise self._lost()
        head, _ = frame
        if head.get("kind") == "failed":
            words = str(head.get("words"))
            raise KINDS[head["error"]](words) if head.get("error") in KINDS else EngineError(words or "it was dropped")
        return frame

    def _listen(self, pipe: IO[bytes]) -> None:
        """Hand what the process says to whoever waits for it, until it is gone."""
        try:
            while True:
                head, blobs = frames.receive(pipe)
                if head.get("kind") == "log":
                    logging.getLogger(str(head["name"])).log(int(head["level"]), "%s", head["words"])
                elif isinstance(head.get("kind"), str) and (call := self._calls.get(head.get("call", -1))):
                    call.inbox.put((head, blobs))
        except (OSError, EOFError, ValueError):
            pass
        except Exception:
            logging.getLogger(__name__).exception("The process of %s said what makes no sense.", self.name)
            self.kill()
        self._gone = True
        pipe.close()
        for call in list(self._calls.values()):
            call.inbox.put(None)

    def _lost(self) -> EngineLost:
        process = self._process
        status = None
        if process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                status = process.wait(1.0)
        return EngineLost(f"the process of {self.name} ended with status {status}")

    def _note(self, head: Head) -> None:
        held, free = head.get("held"), head.get("free")
        self._held = held if isinstance(held, int) else self._held
        self._free = free if isinstance(free, int) else None


class _Saying:
    """What of a batch is wanted and what is done."""

    def __init__(self, rows: int, stopped: Stopped) -> None:
        self.rows = rows
        self.done: set[int] = set()
        self.unwanted_since: float | None = None
        self._stopped = stopped
        self._gone: set[int] = set()
        self._told: set[int] = set()

    def is_gone(self, row: Any) -> bool:
        """Tell whether nobody waits for a row, which has to be one of them."""
        if not isinstance(row, int) or not 0 <= row < self.rows:
            raise EngineLost(f"a process spoke of a row {row!r} that there is not")
        if row not in self._gone and self._stopped(row):
            self._gone.add(row)
        return row in self._gone

    def ask(self, rows: Sequence[int]) -> None:
        """Ask of rows whether anybody waits for them, as the engine has asked."""
        for row in rows:
            self.is_gone(row)

    def newly_gone(self) -> list[int]:
        """Return the rows that the process has not been told of; note since when nothing of it all is wanted."""
        left = [row for row in range(self.rows) if row not in self.done]
        new = [row for row in left if self.is_gone(row) and row not in self._told]
        self._told.update(new)
        if left and all(row in self._gone for row in left):
            self.unwanted_since = self.unwanted_since or time.monotonic()
        else:
            self.unwanted_since = None
        return new
