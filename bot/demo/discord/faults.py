"""What goes wrong on demand: calls that are refused, held up or cut off, before or after they were done."""

from __future__ import annotations

import time
import zlib
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from engine.value import value


@value
class Answer:
    """What a call gets in place of what it asked for."""

    status: int
    """The status."""
    body: Any
    """The JSON, or text where it is a string."""
    headers: Mapping[str, str]
    """What stands over it."""


class Fault:
    """Something that happens to the next calls of a kind."""

    def __init__(self, method: str, path: str, times: int, *, answer: Answer | None = None) -> None:
        self.method = method
        self.path = path
        """The path behind the version, where `*` stands for anything."""
        self.left = times
        """How many calls it will still meet."""
        self.answer = answer
        self.delay = 0.0
        """Seconds to hold the call up before it is done."""
        self.drop_before = False
        self.drop_after = False

    def meets(self, method: str, path: str) -> bool:
        """Tell whether a call is of its kind, while there are any left."""
        return self.left > 0 and self.method in (method, "*") and fnmatchcase(path, self.path)


class Bucket:
    """A rate limit: so many calls in so many seconds."""

    def __init__(self, method: str, path: str, calls: int, seconds: float) -> None:
        self.method = method
        self.path = path
        self.calls = calls
        self.seconds = seconds
        self._spent: dict[str, tuple[float, int]] = {}

    def take(self, method: str, path: str) -> tuple[dict[str, str], float] | None:
        """Count a call of its kind: the headers for it, and the seconds to wait where there were too many."""
        if self.method not in (method, "*") or not fnmatchcase(path, self.path):
            return None
        now = time.time()
        ends, spent = self._spent.get(path, (0.0, 0))
        if now >= ends:
            ends, spent = now + self.seconds, 0
        over = spent >= self.calls
        self._spent[path] = (ends, spent if over else spent + 1)
        left = 0 if over else self.calls - spent - 1
        return bucket_headers(f"{self.method} {self.path}", self.calls, left, ends - now), ends - now if over else 0.0


def bucket_headers(name: str, calls: int, left: int, after: float) -> dict[str, str]:
    """Write the headers that tell a client how much of a limit is left, and in how many seconds it begins anew."""
    return {
        "X-RateLimit-Bucket": f"{zlib.crc32(name.encode()):08x}",
        "X-RateLimit-Limit": str(calls),
        "X-RateLimit-Remaining": str(left),
        "X-RateLimit-Reset": f"{time.time() + after:.3f}",
        "X-RateLimit-Reset-After": f"{after:.3f}",
    }


def too_many(name: str, after: float, *, scope: str = "user") -> Answer:
    """Refuse a call for being one too many."""
    headers = bucket_headers(name, 1, 0, after) if scope != "global" else {"X-RateLimit-Global": "true"}
    headers |= {"X-RateLimit-Scope": scope, "Retry-After": str(max(1, round(after)))}
    body = {"message": "You are being rate limited.", "retry_after": round(after, 3), "global": scope == "global"}
    return Answer(status=429, body=body, headers=headers)


class Faults:
    """What is to go wrong next. A path is what follows `/api/v10`, with `*` for anything; `/gateway` is the gateway."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._buckets: list[Bucket] = []

    def limit(self, method: str, path: str, *, after: float = 0.05, times: int = 1, scope: str = "user") -> Fault:
        """Answer 429; `scope` is 'user', 'shared' or 'global'."""
        return self._add(Fault(method, path, times, answer=too_many(f"{method} {path}", after, scope=scope)))

    def ban(self, method: str, path: str, *, times: int = 1) -> Fault:
        """Answer 429 as the guard in front of Discord does: no JSON, and no word of when to come back."""
        answer = Answer(status=429, body="error code: 1015", headers={"Via": ""})
        return self._add(Fault(method, path, times, answer=answer))

    def fail(self, method: str, path: str, *, status: int = 500, times: int = 1) -> Fault:
        """Answer that Discord itself is broken; nothing is done."""
        body = {"message": f"{status}: Internal Server Error", "code": 0} if status == 500 else f"{status}: upstream"
        return self._add(Fault(method, path, times, answer=Answer(status=status, body=body, headers={})))

    def refuse(self, method: str, path: str, status: int, code: int, message: str, *, times: int = 1) -> Fault:
        """Answer with an error of Discord's."""
        answer = Answer(status=status, body={"message": message, "code": code}, headers={})
        return self._add(Fault(method, path, times, answer=answer))

    def drop(self, method: str, path: str, *, done: bool = False, times: int = 1) -> Fault:
        """Cut the connection, before the call is done or when it is done, so that the client never hears."""
        fault = self._add(Fault(method, path, times))
        fault.drop_before, fault.drop_after = not done, done
        return fault

    def delay(self, method: str, path: str, seconds: float, *, times: int = 1) -> Fault:
        """Hold the calls up before they are done."""
        fault = self._add(Fault(method, path, times))
        fault.delay = seconds
        return fault

    def pace(self, method: str, path: str, *, calls: int, seconds: float) -> None:
        """Keep to a rate limit from now on, for each path by itself."""
        self._buckets.append(Bucket(method, path, calls, seconds))

    def clear(self) -> None:
        """Let all go well again."""
        self._waiting.clear()
        self._buckets.clear()

    def meeting(self, method: str, path: str) -> Fault | None:
        """Take the fault that a call meets, once."""
        fault = next((each for each in self._waiting if each.meets(method, path)), None)
        if fault is not None:
            fault.left -= 1
        return fault

    def paced(self, method: str, path: str) -> tuple[dict[str, str], Answer | None]:
        """Count a call against the limits: the headers to add, and the refusal where it is one too many."""
        for bucket in self._buckets:
            if (taken := bucket.take(method, path)) is not None:
                headers, wait = taken
                return headers, too_many(f"{bucket.method} {bucket.path}", wait) if wait else None
        return {}, None

    def _add(self, fault: Fault) -> Fault:
        self._waiting.append(fault)
        return fault
