"""A Python process of its own that does what it is given, one thing after another, for a thread that waits for it.

What holds Python's lock for seconds (WORLD's analysis does) would keep the event loop from everybody else; what eats
memory or breaks down takes only itself along. The process is this same Python started anew: it imports nothing but what
the work needs, and knows nothing of the program that started it.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from typing import IO, Concatenate, NoReturn, ParamSpec, TypeVar

from engine.engine import EngineError

P = ParamSpec("P")
T = TypeVar("T")

Tell = Callable[[float], None]
"""Takes how much of some work is done, from 0 to 1."""

IDLE = 60.0
"""How long a process that has nothing to do stays, in seconds."""
NICE = 5
"""How much the process yields to others, as the systems that know it count: 19 is the most, which on a busy machine is
nearly never; somebody waits for what is done here."""

_START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from engine.child import serve; serve(*sys.argv[2:])"
_HEAD = struct.Struct("<Q")
_TOLD, _MADE, _FAILED = "told", "made", "failed"
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Libraries of linear algebra would take every core."""
_PATIENCE = 2.0
"""How long a process that is to end may take, in seconds, before it is killed."""


class _Gone(Exception):
    """The process is not there any more."""


class Child:
    """The process: started when something is first to be done, ended when it has been idle, and started again."""

    def __init__(self, *, idle: float = IDLE, nice: int = NICE, deadline: float | None = None) -> None:
        """Take how long it stays with nothing to do, and how much it yields to other processes.

        Args:
            idle: In seconds.
            nice: As the systems that know it count.
            deadline: How long one thing may take, in seconds; the process is ended then. None: as long as it takes.
        """
        self._idle, self._nice, self._deadline = idle, nice, deadline
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._killed = False

    def call(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do `fn(*args, **kwargs)` there and return what it returns; one thread at a time may wait for it.

        Args:
            fn: A function of a module, so that the process can find it.
            *args: What it is given; this and what it returns has to be fit for pickle.
            **kwargs: The same.

        Raises:
            EngineError: The process ended on the way; the next call starts another.
            Exception: What `fn` raises, as it is; its notes tell where.
        """
        made: T = self._do(fn, args, kwargs, None)  # type: ignore[assignment]  # what comes through a pipe has no type
        return made

    def follow(self, told: Tell, fn: Callable[Concatenate[Tell, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do the same with a function that tells how far it is: `told` is called here for each time that it does.

        What `told` raises ends the process, and is raised.
        """
        made: T = self._do(fn, args, kwargs, told)  # type: ignore[assignment]  # what comes through a pipe has no type
        return made

    @property
    def pid(self) -> int | None:
        """The number of the process; None where there is none now."""
        return None if self._process is None else self._process.pid

    def kill(self) -> None:
        """End the process at once, whatever it does; any thread may. Who waits for it, or asks later, is refused."""
        with self._lock:
            self._killed = True
            if self._process is not None:
                self._process.kill()

    def close(self) -> None:
        """End the process when nobody waits for it; a later call starts another."""
        process = self._process  # another thread may end it at the same time
        if process is not None:
            self._end(process)

    def _do(self, fn: object, args: tuple[object, ...], kwargs: dict[str, object], told: Tell | None) -> object:
        order = pickle.dumps((fn, args, kwargs, told is not None), pickle.HIGHEST_PROTOCOL)
        for last in (False, True):
            process = self._started()
            try:
                with self._ended_in_time(process):
                    kind, what = self._answer(process, order, told)
            except _Gone:
                status = self._end(process)
                if status == 0 and not self._killed and not last:
                    continue  # it had been idle and left before it read the order
                raise EngineError(f"the process that worked on it ended with status {status}") from None
            except BaseException:
                process.kill()
                self._end(process)
                raise
            if kind == _FAILED:
                assert isinstance(what, BaseException)
                raise what
            return what
        raise AssertionError("the second try returns or raises")

    @contextlib.contextmanager
    def _ended_in_time(self, process: subprocess.Popen[bytes]) -> Iterator[None]:
        """End the process where what it does in this block takes too long."""
        if self._deadline is None:
            yield
            return
        timer = threading.Timer(self._deadline, process.kill)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _answer(self, process: subprocess.Popen[bytes], order: bytes, told: Tell | None) -> tuple[str, object]:
        assert process.stdin is not None and process.stdout is not None
        try:
            _send(process.stdin, order)
        except OSError as error:
            raise _Gone from error
        while True:
            try:
                kind, what = pickle.loads(_receive(process.stdout))
            except (OSError, EOFError) as error:
                raise _Gone from error
            if kind != _TOLD:
                return kind, what
            assert told is not None
            told(what)

    def _started(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._killed:
                raise EngineError("the process that worked on it was ended")
            if self._process is not None and self._process.poll() is None:
                return self._process
            last, self._process = self._process, None
        if last is not None:
            self._end(last)
        arguments = [json.dumps(sys.path), str(self._idle), str(self._nice)]
        with self._lock:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _START, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=_environment(),
            )
            if self._killed:
                self._process.kill()
            return self._process

    def _end(self, process: subprocess.Popen[bytes]) -> int:
        """End a process that nobody waits for, and return its status."""
        assert process.stdin is not None and process.stdout is not None
        with contextlib.suppress(OSError):
            process.stdin.close()  # by which it knows that it is to end
        try:
            status = process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            status = process.wait()
        process.stdout.close()
        with self._lock:
            if self._process is process:
                self._process = None
        return status


def serve(idle: str, nice: str) -> NoReturn:
    """Be the process: do what comes in through standard input, until nothing does for so long or nobody is there.

    Args:
        idle: How long to wait for something to do, in seconds.
        nice: How much to yield to other processes.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program, which ends this one
    if hasattr(os, "nice"):
        os.nice(int(nice))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not come between the answers
    inbox: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(inbox,), daemon=True).start()
    while True:
        try:
            order = inbox.get(timeout=float(idle))
        except queue.Empty:
            os._exit(0)
        _send(answers, _done(order, answers))


def _listen(inbox: queue.SimpleQueue[bytes]) -> None:
    """Put what comes in into the inbox; end the process, whatever it does, when nobody is there any more."""
    with contextlib.suppress(OSError, EOFError), os.fdopen(0, "rb", closefd=False) as orders:
        while True:
            inbox.put(_receive(orders))
    os._exit(0)


def _done(order: bytes, answers: IO[bytes]) -> bytes:
    """Do what an order says, and return the answer."""

    def tell(share: float) -> None:
        _send(answers, pickle.dumps((_TOLD, share)))

    try:
        fn, args, kwargs, tells = pickle.loads(order)
        made = fn(tell, *args, **kwargs) if tells else fn(*args, **kwargs)
    except BaseException as error:
        error.add_note(traceback.format_exc())
        return _packed(error)
    try:
        return pickle.dumps((_MADE, made), pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        return pickle.dumps((_FAILED, EngineError(f"what {fn!r} made cannot be brought back: {error!r}")))


def _packed(error: BaseException) -> bytes:
    """Pack an error; one that cannot be taken out again becomes an EngineError that tells of it."""
    try:
        packed = pickle.dumps((_FAILED, error))
        pickle.loads(packed)
    except Exception:
        return pickle.dumps((_FAILED, EngineError(repr(error))))
    return packed


def _send(pipe: IO[bytes], message: bytes) -> None:
    pipe.write(_HEAD.pack(len(message)) + message)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes:
    (size,) = _HEAD.unpack(_exactly(pipe, _HEAD.size))
    return _exactly(pipe, size)


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    """Read so many bytes.

    Raises:
        EOFError: There are fewer.
    """
    read = pipe.read(size)
    if len(read) < size:
        raise EOFError
    return read


def _environment() -> dict[str, str]:
    """The environment of the process: without what was set for Mynah, which may be secret."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MYNAH_")}
    return dict.fromkeys(_ONE_THREAD, "1") | kept
