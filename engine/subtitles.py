"""What is said when, as files: JSON for programs, SubRip (SRT) and WebVTT for players.

Each is made piece by piece from timings in the order of their starts, so that a book need not fit into memory.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator

from engine.cues import Cue, cues
from engine.speech import Timing, TimingKind

VERSION = 1
"""The version of the JSON form; it grows when a program that reads the last one would misread the new one."""

_SRT = str.maketrans({"<": "\u2039", "{": "(", "}": ")", "\\": "/"})
_TIME = re.compile(r"(\d:\d{1,2}:\d{1,2})([.,]\d)")
_VTT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def to_json(
    timings: Iterable[Timing], kinds: Collection[TimingKind] | None = None, *, licence: str = ""
) -> Iterator[str]:
    """Write timings as one JSON object, whole and exact: `{"version": 1, "timings": [{"kind": …}, …]}`.

    Args:
        timings: Those to write, in any order.
        kinds: Which of them are written; None: all.
        licence: Under which the sound may be used, an SPDX expression; empty: nothing is said of that.

    Yields:
        Its text, a timing or less at a time; without surrogates that stand alone.
    """
    told = f'"licence": {json.dumps(licence)}, ' if licence else ""
    yield f'{{"version": {VERSION}, {told}"timings": ['
    comma = ""
    for timing in timings:
        if kinds is None or timing.kind in kinds:
            fields = {"kind": timing.kind, "text": timing.text, "start_ms": timing.start_ms, "end_ms": timing.end_ms}
            item = json.dumps(fields, ensure_ascii=False)
            yield comma + item if item.isascii() else comma + item.encode("utf-8", "replace").decode()
            comma = ", "
    yield "]}"


def to_srt(timings: Iterable[Timing]) -> Iterator[str]:
    """Write timings as SubRip, a cue at a time; see `engine.cues.cues` for what is shown when.

    SubRip has no way to escape what players take for markup, so it is shown by its like: '<' as a single angle
    quote, braces as parentheses, a backslash as a slash, '-->' as an arrow; and something unseen keeps a clock's time
    in the text from being taken for the cue's.
    """
    for number, cue in enumerate(cues(timings), start=1):
        yield f"{number}\n{_span(cue, ',')}\n" + "".join(f"{_srt(line)}\n" for line in cue.lines) + "\n"


def to_vtt(timings: Iterable[Timing]) -> Iterator[str]:
    """Write timings as WebVTT (https://www.w3.org/TR/webvtt1/), a cue at a time, with its three signs escaped."""
    yield "WEBVTT\n\n"
    for cue in cues(timings):
        text = "\n".join(line.translate(_VTT) for line in cue.lines)
        yield f"{_span(cue, '.')}\n{text}\n\n"


def _srt(line: str) -> str:
    shown = line.translate(_SRT).replace("-->", "\u2192")
    return _TIME.sub("\\1\u2060\\2", shown) if ":" in shown else shown


def _span(cue: Cue, point: str) -> str:
    return f"{_clock(cue.start_ms, point)} --> {_clock(cue.end_ms, point)}"


def _clock(ms: int, point: str) -> str:
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}{point}{ms:03}"
