"""Calls: what a bot asked for, whichever way it was put into the request."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

from aiohttp import BodyPartReader, web

from bot.demo.telegram.refusal import Refused, bad
from bot.demo.telegram.wire import Wire
from engine.value import value


@value
class Upload:
    """A file that came with a call."""

    name: str
    """As the bot named it."""
    content: bytes
    """What is in it."""


@value
class Call:
    """One call of a method."""

    method: str
    """Its name: 'sendMessage'."""
    params: Mapping[str, str]
    """The parameters by name, as text; what is no text stands as JSON."""
    files: Mapping[str, Upload]
    """What was uploaded with it, by the name of the part."""
    at: float
    """When it came, in seconds of the monotonic clock."""

    def text(self, name: str, default: str = "") -> str:
        """A parameter as text."""
        return self.params.get(name, default)

    def number(self, name: str) -> int | None:
        """A parameter as a whole number; None where it is not given."""
        given = self.params.get(name)
        if not given:
            return None
        try:
            return int(float(given))
        except ValueError:
            raise bad(f"can't parse {name}: it must be a number") from None

    def needed(self, name: str) -> int:
        """A number that must be given."""
        number = self.number(name)
        if number is None:
            raise bad(f"{name} is empty")
        return number

    def flag(self, name: str) -> bool:
        """A parameter that is true or false; false where it is not given."""
        return self.params.get(name, "").lower() in ("true", "1", "yes")

    def record(self, name: str) -> Wire | None:
        """A parameter that is a JSON object; None where it is not given."""
        found = self._json(name)
        if found is not None and not isinstance(found, dict):
            raise bad(f"can't parse {name}: expected an Object")
        return found

    def records(self, name: str) -> list[Wire]:
        """A parameter that is a list of JSON objects; empty where it is not given."""
        found = self._json(name)
        if found is None:
            return []
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise bad(f"can't parse {name}: expected an Array of Objects")
        return found

    def words(self, name: str) -> list[str]:
        """A parameter that is a list of texts or numbers; empty where it is not given."""
        found = self._json(name)
        if found is not None and not isinstance(found, list):
            raise bad(f"can't parse {name}: expected an Array")
        return [str(each) for each in found or []]

    def _json(self, name: str) -> object:
        given = self.params.get(name)
        if not given:
            return None
        try:
            found: object = json.loads(given)
        except ValueError:
            raise bad(f"can't parse {name} JSON object") from None
        return found


async def read(request: web.Request, method: str, largest: int) -> Call:
    """Read a call from the address, a form, a multipart form or JSON.

    Raises:
        Refused: A file is larger than may be sent, or the body cannot be read.
    """
    params: dict[str, object] = dict(request.query)
    files: dict[str, Upload] = {}
    if request.content_type == "multipart/form-data":
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name is None:
                continue
            content = bytes(await part.read())
            if part.filename is None:
                params[part.name] = content.decode()
            else:
                files[part.name] = Upload(name=part.filename, content=content)
    elif request.content_type == "application/json":
        params |= _parsed(await request.read())
    else:
        params |= {name: given for name, given in (await request.post()).items() if isinstance(given, str)}
    if any(len(each.content) > largest for each in files.values()):
        raise Refused(413, "Request Entity Too Large")
    told = {name: each if isinstance(each, str) else json.dumps(each) for name, each in params.items()}
    return Call(method=method, params=told, files=files, at=time.monotonic())


def _parsed(body: bytes) -> Wire:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise bad("can't parse request: expected a JSON object")
    return {str(name): each for name, each in found.items() if each is not None}
