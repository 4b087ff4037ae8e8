"""The other side of `engine.engine_process`: the process that an engine has for itself.

One thread reads what comes; the main thread is the engine's. What the engine asks (whether to stop, who joins) it asks
here, and hears what was known a moment ago; each question goes back as a sign of life.
"""

from __future__ import annotations

import importlib
import logging
import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any, NoReturn

from engine import frames
from engine.engine import Engine, EngineError, EngineLost, EngineMissing, OutOfMemory
from engine.frames import Head
from engine.memory import is_out_of_memory
from engine.speech import Audio, Part, Utterance

BEAT = 0.005
"""How often it gives a sign of life at most while it speaks, in seconds."""
JOINING = 0.01
"""How long it takes for granted that nobody joins, after it was told so, in seconds."""
KINDS = {kind.__name__: kind for kind in (EngineError, EngineMissing, OutOfMemory, EngineLost)}
"""The errors that keep their kind on the way through the pipe."""


class Unwanted(BaseException):
    """Nobody waits for the speaker any more."""


class _Call:
    """Something that the engine does for the other side, by its number."""

    def __init__(self, served: Served, number: int) -> None:
        self._served, self.number = served, number
        self.gone: set[int] = set()
        self.unwanted = False
        self.joining: queue.SimpleQueue[Sequence[Utterance]] = queue.SimpleQueue()
        self._asked: list[int] = []
        self._beat = 0.0
        self._nobody_until = 0.0

    def tell(self, kind: str, blobs: Sequence[memoryview] = (), **more: Any) -> None:
        """Say something of this call."""
        self._served.tell({"call": self.number, "kind": kind, **more}, blobs)

    def stopped(self, row: int) -> bool:
        """Tell the engine whether nobody waits for a row any more."""
        self._asked.append(row)
        if time.monotonic() - self._beat >= BEAT:
            self.beat()
        return row in self.gone

    def more(self, room: int) -> Sequence[Utterance]:
        """Tell the engine who joins."""
        if time.monotonic() < self._nobody_until:
            return ()
        self.beat()
        self.tell("more", room=room)
        joining = self.joining.get()
        if not joining:
            self._nobody_until = time.monotonic() + JOINING
        return joining

    def beat(self) -> None:
        """Give a sign of life, and tell of which rows it was asked whether to stop."""
        self._beat = time.monotonic()
        asked, self._asked = self._asked, []
        self.tell("beat", asked=asked)

    def report(self, share: float) -> None:
        """Tell how much of a speaker is learned."""
        if self.unwanted:
            raise Unwanted
        self.tell("report", share=share)


class Served:
    """The process."""

    def __init__(
        self, engine: Engine, orders: IO[bytes], answers: IO[bytes], leave: Callable[[int], object] = os._exit
    ) -> None:
        """Take the engine, which is not open yet, the pipes, and what ends the process with a status."""
        self._engine, self._orders, self._answers, self._leave = engine, orders, answers, leave
        self._lock = threading.Lock()
        self._calls: dict[int, _Call] = {}
        self._inbox: queue.SimpleQueue[tuple[Head, list[bytearray]]] = queue.SimpleQueue()

    def tell(self, head: Head, blobs: Sequence[memoryview] = ()) -> None:
        """Say something; any thread may."""
        with self._lock:
            frames.send(self._answers, head, blobs)

    def serve(self) -> None:
        """Open the engine and do what comes, until it is told to close."""
        threading.Thread(target=self.listen, daemon=True).start()
        opening = _Call(self, 0)
        if not self._attempt(opening, lambda: self._open(opening)):
            return
        while True:
            head, blobs = self._inbox.get()
            if head["do"] == "close":
                self._engine.close()
                self.tell({"call": head["call"], "kind": "done"})
                return
            call = self._calls[head["call"]]
            if head["do"] == "enroll" and self._engine.enrolls_apart:
                threading.Thread(target=self._do, args=(call, head, blobs), daemon=True).start()
            else:
                self._do(call, head, blobs)

    def listen(self) -> None:
        """Take in what comes; end the process, whatever it does, when nobody is there any more."""
        try:
            while True:
                head, blobs = frames.receive(self._orders)
                call = self._calls.get(head["call"])
                match head["do"]:
                    case "stop" if call:
                        call.gone.add(head["row"])
                    case "unwanted" if call:
                        call.unwanted = True
                    case "join" if call:
                        call.joining.put([frames.unpack(Utterance, each) for each in head["utterances"]])
                    case "say" | "enroll" | "make room" | "close":
                        self._calls[head["call"]] = _Call(self, head["call"])
                        self._inbox.put((head, blobs))
        except (OSError, EOFError):
            self._leave(0)
        except Exception:  # an order that makes no sense: who gave it is told by the end
            logging.getLogger(__name__).exception("That was no order.")
            self._leave(1)

    def _open(self, call: _Call) -> None:
        engine = self._engine
        engine.open()
        facts = frames.pack_facts(engine.abilities(), engine.speakers(), engine.variants())
        call.tell("open", **facts, **self._memory())

    def _do(self, call: _Call, head: Head, blobs: list[bytearray]) -> None:
        work: dict[str, Callable[[], None]] = {
            "say": lambda: self._say(call, head),
            "enroll": lambda: self._enroll(call, head, blobs),
            "make room": lambda: call.tell("room", made=self._engine.make_room()),
        }
        if self._attempt(call, work[head["do"]]):
            call.beat()
            call.tell("done", **self._memory())
        self._calls.pop(call.number, None)

    def _attempt(self, call: _Call, work: Callable[[], None]) -> bool:
        """Do something; tell the other side where that goes wrong."""
        try:
            work()
            return True
        except Unwanted:
            call.tell("failed", error="Unwanted", words="")
        except Exception as error:
            kind = OutOfMemory if is_out_of_memory(error) else type(error)
            known = next((each.__name__ for each in kind.__mro__ if each in KINDS.values()), "")
            call.tell("failed", error=known, words=(known and str(error)) or repr(error))
        return False

    def _memory(self) -> Head:
        return {"held": self._engine.bytes_held(), "free": self._engine.bytes_free()}

    def _say(self, call: _Call, head: Head) -> None:
        batch = [frames.unpack(Utterance, each) for each in head["utterances"]]
        made: Audio | Part | EngineError
        said = (
            self._engine.synthesize_more(batch, call.stopped, call.more)
            if head["joins"]
            else self._engine.synthesize(batch, call.stopped)
        )
        for row, made in said:
            call.beat()
            match made:
                case EngineError():
                    call.tell("refused", row=row, words=str(made))
                case Part():
                    about, samples = frames.pack_part(made)
                    call.tell("part", [samples], row=row, part=about)
                case _:
                    about, samples = frames.pack_audio(made)
                    call.tell("sound", [samples], row=row, audio=about)

    def _enroll(self, call: _Call, head: Head, blobs: list[bytearray]) -> None:
        reference = frames.unpack_reference(head["reference"], blobs)
        enrolled = self._engine.enroll(reference, head["key"], call.report)
        call.tell("enrolled", enrolled=frames.pack_enrolled(enrolled))


class _Log(logging.Handler):
    """Sends what is logged to the other side, which has the log."""

    def __init__(self, served: Served) -> None:
        super().__init__(logging.INFO)
        self._served = served

    def emit(self, record: logging.LogRecord) -> None:
        try:
            words = self.format(record)
            self._served.tell({"call": 0, "kind": "log", "name": record.name, "level": record.levelno, "words": words})
        except OSError:
            self.handleError(record)


def main(module: str, name: str, home: str, models: str) -> NoReturn:
    """Be the process of an engine.

    Args:
        module: The module of its class.
        name: The name of the class there.
        home: Where it keeps what it learns; empty: nowhere.
        models: The folder of weights; empty: there is none.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program, which ends this one
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not come between the answers
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    engine: Engine = found()
    engine.home, engine.models = Path(home) if home else None, Path(models) if models else None
    served = Served(engine, os.fdopen(0, "rb", closefd=False), answers)
    logging.basicConfig(level=logging.INFO, handlers=[_Log(served)], format="%(message)s")
    served.serve()
    os._exit(0)
