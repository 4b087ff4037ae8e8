from __future__ import annotations

import asyncio
import logging
import os
import wave
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path

import numpy as np
import pytest

from commands.core.errors import Failed
from commands.core.studio import IN_FLIGHT, Studio, Unsayable
from engine.audio import join
from engine.engine import EngineError
from engine.engine_thread import Hear
from engine.espeak_engine import EspeakEngine
from engine.fingerprint import Gallery, WavFingerprinter, questions
from engine.mastering import PLAIN, Line, Mix, master
from engine.router import Router
from engine.speech import Audio, Format, Utterance
from engine.take import Take, Target
from engine.tap import Tap
from engine.worker import Worker
from tests.engine.sines import CHARACTER_SECONDS, RATE, SineEngine, utterance
from tests.engine.streaming import StreamingEngine
from tests.fakes.waiting import until

TEXTS = [letter * length for letter, length in zip("abcdefgh", range(3, 11), strict=True)]


class CountingRouter(Router):
    """Counts how many utterances are under way at once, and fails those that it is told to, as often as it is told."""

    def __init__(self, engine: SineEngine) -> None:
        super().__init__({"sine": Worker(lambda: engine)})
        self.under_way = 0
        self.most = 0
        self.said: list[str] = []

    async def say(self, utterance: Utterance, lane: int, user: int, hear: Hear | None = None) -> Audio:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        self.said.append(utterance.text)
        try:
            return await super().say(utterance, lane, user, hear)
        finally:
            self.under_way -= 1


@pytest.fixture
def engine() -> SineEngine:
    return SineEngine(batch=1)


@pytest.fixture
async def router(engine: SineEngine) -> AsyncIterator[CountingRouter]:
    router = CountingRouter(engine)
    await router.open()
    yield router
    await router.close()


def maker(router: Router, folder: Path, hold: float) -> Callable[..., Studio]:
    def make(attempt: int = 1, report: Callable[[float], None] = lambda done: None) -> Studio:
        return Studio(router, folder, job=3, attempt=attempt, lane=0, user=1, report=report, hold=hold)

    return make


@pytest.fixture(params=[0.0, 60.0], ids=["each to the disk at once", "held for a moment"])
def make(request: pytest.FixtureRequest, router: CountingRouter, tmp_path: Path) -> Callable[..., Studio]:
    """Makes studios of either kind: what they say is the same."""
    return maker(router, tmp_path, request.param)


@pytest.fixture
def make_careful(router: CountingRouter, tmp_path: Path) -> Callable[..., Studio]:
    """Makes studios that keep each sentence on the disk at once."""
    return maker(router, tmp_path, 0.0)


def script(texts: Sequence[str] = TEXTS) -> list[Line]:
    return [Line(utterance=utterance(text)) for text in texts]


def frames(take: Take) -> bytes:
    with wave.open(str(take.path)) as file:
        content: bytes = file.readframes(file.getnframes())
        return content


async def expected(router: Router, script: Sequence[Line]) -> bytes:
    said = [(await Router.say(router, line.utterance, 0, 1), line) for line in script]
    return b"".join(master(audio, line, PLAIN).pcm.tobytes() for audio, line in said)


async def test_utterances_become_one_file_in_their_order(make: Callable[..., Studio], router: CountingRouter) -> None:
    studio = make()
    take = await studio.say(script())
    assert router.said == TEXTS
    assert frames(take) == await expected(router, script())
    assert [timing.text for timing in take.timings] == TEXTS
    assert studio.takes == {str(take.path): take}


async def test_the_same_utterance_may_come_again(make: Callable[..., Studio]) -> None:
    again, other = script(["again", "and"])
    take = await make().say([again, again, other, again])
    assert [timing.text for timing in take.timings] == ["again", "again", "and", "again"]


async def test_what_an_earlier_life_of_the_folder_left_is_not_gone_on_with(
    make: Callable[..., Studio], router: CountingRouter
) -> None:
    await make().say(script())
    router.said.clear()
    await make().say(script())
    assert router.said == TEXTS


async def test_an_attempt_that_had_said_everything_is_only_finished_again(
    make_careful: Callable[..., Studio], router: CountingRouter
) -> None:
    await make_careful().say(script())
    router.said.clear()
    take = await make_careful(attempt=2).say(script())
    assert router.said == []
    assert frames(take) == await expected(router, script())


async def test_nothing_to_say_is_an_error(make: Callable[..., Studio]) -> None:
    for attempt in (1, 2):
        with pytest.raises(EngineError, match="nothing was said"):
            await make(attempt=attempt).say([])


async def test_the_engine_is_kept_busy_but_memory_stays_flat(
    make: Callable[..., Studio], router: CountingRouter
) -> None:
    await make().say(script())
    assert router.most == IN_FLIGHT


async def test_progress_is_told_by_characters(make: Callable[..., Studio]) -> None:
    told: list[float] = []
    await make(report=told.append).say(script(["aa", "bbbb", "cc"]))
    assert told == pytest.approx([0.25, 0.75, 1.0])


async def test_an_interrupted_attempt_is_gone_on_with(
    make_careful: Callable[..., Studio], router: CountingRouter
) -> None:
    reached = asyncio.Event()
    told: list[float] = []

    def report(done: float) -> None:
        told.append(done)
        if len(told) == 3:
            reached.set()

    first = asyncio.create_task(make_careful(report=report).say(script()))
    await reached.wait()
    first.cancel()
    await asyncio.wait([first])
    assert first.cancelled()
    assert router.under_way == 0
    router.said.clear()
    resumed: list[float] = []
    take = await make_careful(attempt=2, report=resumed.append).say(script())
    assert len(told) <= len(TEXTS) - len(router.said) <= len(told) + 1  # one may have been kept and not been told
    assert router.said == TEXTS[-len(router.said) :]
    assert told[-1] <= resumed[0] < resumed[-1] == 1.0
    assert frames(take) == await expected(router, script())


@pytest.mark.parametrize("ticks", range(12))
async def test_wherever_it_is_cancelled_it_can_be_gone_on_with(make: Callable[..., Studio], ticks: int) -> None:
    first = asyncio.create_task(make().say(script()))
    for _ in range(ticks):
        await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait([first])
    take = await make(attempt=2).say(script())
    assert [timing.text for timing in take.timings] == TEXTS


async def test_another_voice_or_speed_is_not_gone_on_with(make: Callable[..., Studio], router: CountingRouter) -> None:
    await make().say(script())
    router.said.clear()
    faster = [Line(utterance=utterance(text, speed=2.0)) for text in TEXTS]
    take = await make(attempt=2).say(faster)
    assert router.said == TEXTS
    assert frames(take) == await expected(router, faster)


@pytest.mark.parametrize("text", ["nan", "silence"])
async def test_what_is_not_fit_to_be_heard_is_said_once_more(
    make: Callable[..., Studio], router: CountingRouter, engine: SineEngine, text: str
) -> None:
    with pytest.raises(Unsayable) as caught:
        await make().say(script(["good", text, "never said"]))
    assert router.said.count(text) == 2
    assert isinstance(caught.value, Failed)
    assert text in str(caught.value)


async def test_a_sound_that_is_right_the_second_time_is_kept(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Moody(SineEngine):
        def _whistle(self, utterance: Utterance) -> Iterator[Audio]:
            wrong = not any("moody" in texts for texts in self.batches[:-1])
            for chunk in super()._whistle(utterance):
                samples = chunk.samples * np.float32(np.nan) if wrong else chunk.samples
                yield Audio(samples=samples, rate=chunk.rate)

    router = Router({"sine": Worker(lambda: Moody(batch=1))})
    await router.open()
    studio = Studio(router, tmp_path, job=3, attempt=1, lane=0, user=1, report=lambda done: None)
    take = await studio.say(script(["moody"]))
    assert take.peak > 0.4
    assert caplog.record_tuples[0][:2] == ("mynah.studio", logging.WARNING)
    await router.close()


async def test_an_engine_that_cannot_is_not_asked_again_at_once(
    make: Callable[..., Studio], router: CountingRouter
) -> None:
    with pytest.raises(EngineError):
        await make().say(script(["good", "fail"]))
    assert router.said.count("fail") == 1
    assert router.under_way == 0


async def test_two_takes_of_one_attempt_both_stay(make: Callable[..., Studio], router: CountingRouter) -> None:
    studio = make()
    first, second = await studio.say(script(["one"])), await studio.say(script(["two", "three"]))
    assert first.path != second.path
    assert frames(first) == await expected(router, script(["one"]))
    assert frames(second) == await expected(router, script(["two", "three"]))


async def test_a_spool_that_cannot_be_written_says_so(router: CountingRouter, tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("a file stands where the folder should")
    studio = Studio(router, tmp_path / "spool", job=3, attempt=1, lane=0, user=1, report=lambda done: None)
    with pytest.raises(OSError):
        await studio.say(script())


async def test_espeak_speaks_in_it(tmp_path: Path) -> None:
    router = Router({"espeak": Worker(EspeakEngine)})
    await router.open()
    studio = Studio(router, tmp_path, job=3, attempt=1, lane=0, user=1, report=lambda done: None)
    take = await studio.say(
        [Line(utterance=Utterance(text=text, engine="espeak", speaker="en-gb")) for text in ("Hello.", "I am Mynah.")]
    )
    assert take.rate == 22_050
    assert 1 < take.seconds < 5
    assert 0.1 < take.peak <= 1.0
    assert [timing.text for timing in take.timings if timing.kind == "sentence"] == ["Hello.", "I am Mynah."]
    await router.close()


async def test_what_is_soon_said_needs_no_spool(router: CountingRouter, tmp_path: Path) -> None:
    take = await maker(router, tmp_path, 60.0)().say(script())
    assert os.listdir(tmp_path) == [take.path.name]


async def test_what_takes_longer_goes_to_the_spool_sentence_by_sentence(router: CountingRouter, tmp_path: Path) -> None:
    kept: list[int] = []

    def report(done: float) -> None:
        kept.append(sum(path.stat().st_size for path in tmp_path.glob("*.wav")))

    await maker(router, tmp_path, 0.0)(report=report).say(script())
    assert kept == sorted(set(kept)), "every sentence was on the disk before the next was told of"


async def test_who_cancels_while_the_file_is_made_does_not_wait_for_all_of_it(
    make_careful: Callable[..., Studio], tmp_path: Path
) -> None:
    texts = [letter * 3_000 for letter in "abcdefghijkl"]
    saying = asyncio.create_task(make_careful().say(script(texts), target=Target(format=Format.M4A)))
    while not any(name.endswith(".take") for name in os.listdir(tmp_path)):
        assert not saying.done()
        await asyncio.sleep(0.001)
    saying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await saying
    assert sorted(os.listdir(tmp_path)) == ["3-1.index", "3-1.wav"]


def known_by(take: Take) -> bytes:
    """By what a take is known: of what is encoded the sound is held."""
    if take.known_by:
        return take.known_by.finish()
    with closing(WavFingerprinter(take.path.open("rb"))) as pending:
        return pending.finish()


@pytest.mark.parametrize("format", [Format.WAV, Format.MP3])
async def test_the_sound_of_a_take_is_known_again_whether_it_was_said_in_one_go_or_in_two(
    tmp_path: Path, format: Format
) -> None:
    router = Router({"espeak": Worker(EspeakEngine)})
    await router.open()
    try:
        texts = ("The old keeper counts the boats in the harbour.", "Nobody has ever asked him why he does that.")
        lines = [Line(utterance=Utterance(text=text, engine="espeak", speaker="en-gb")) for text in texts]
        make = maker(router, tmp_path, 0.0)
        first = known_by(await make().say(lines, target=Target(format=format)))
        second = known_by(await make(attempt=2).say(lines, target=Target(format=format)))
        said = [await router.say(line.utterance, 0, 1) for line in lines]
    finally:
        await router.close()
    assert first == second
    assert Gallery([(1, first)]).find(questions(join(said)))


@pytest.fixture
async def tap() -> AsyncIterator[Tap]:
    made = Tap()
    yield made
    made.close()


def listened(router: Router, folder: Path, tap: Tap, attempt: int = 1) -> Studio:
    """A studio that somebody listens to."""
    return Studio(router, folder, job=3, attempt=attempt, lane=0, user=1, report=lambda done: None, tap=tap)


async def heard(tap: Tap) -> bytes:
    parts = []
    while (pcm := await tap.read()) is not None:
        parts.append(pcm.tobytes())
    return b"".join(parts)


async def test_who_listens_hears_what_the_file_has(tap: Tap, router: CountingRouter, tmp_path: Path) -> None:
    take = await listened(router, tmp_path, tap).say(script())
    assert tap.whole and tap.rate == take.rate
    assert await heard(tap) == frames(take)


async def test_the_first_line_is_heard_while_the_last_is_not_said_yet(
    tap: Tap, router: CountingRouter, tmp_path: Path
) -> None:
    saying = asyncio.create_task(listened(router, tmp_path, tap).say(script()))
    async with asyncio.timeout(10):
        assert await tap.read() is not None
    assert len(router.said) < len(TEXTS)
    await saying


async def test_a_second_attempt_is_heard_without_a_gap_and_without_a_repetition(
    tap: Tap, router: CountingRouter, tmp_path: Path
) -> None:
    await listened(router, tmp_path, tap).say(script(TEXTS[:3]))
    spoken = tap.samples
    tap.whole = False
    await listened(router, tmp_path, tap, attempt=2).say(script())  # other lines: the spool of the first is no use
    assert tap.samples > spoken
    assert await heard(tap) == await expected(router, script())


@pytest.mark.parametrize(
    ("mix", "other", "lines"),
    [
        (PLAIN, PLAIN, TEXTS[1::-1]),
        (Mix(semitones=2.0, gain=0.5), Mix(semitones=2.0), TEXTS[:2]),
    ],
    ids=["another line", "another gain and pitch"],
)
async def test_two_takes_are_never_put_together(
    tap: Tap, router: CountingRouter, tmp_path: Path, mix: Mix, other: Mix, lines: Sequence[str]
) -> None:
    await listened(router, tmp_path, tap).say(script(TEXTS[:2]), mix)
    tap.whole = False
    await listened(router, tmp_path, tap, attempt=2).say(script(lines), other)
    assert tap.broken and not tap.whole


LONG = "hold " * 10
"""A line of a second of which half a second is said at once."""


@asynccontextmanager
async def streamed(level: float = 1.0) -> AsyncIterator[tuple[StreamingEngine, CountingRouter]]:
    """An engine that lets be heard what is not whole yet."""
    engine = StreamingEngine(level)
    router = CountingRouter(engine)
    await router.open()
    async with asyncio.timeout(10):
        yield engine, router
    engine.gate.set()
    await router.close()


async def test_the_first_line_is_heard_before_it_is_whole_and_the_others_come_whole(tap: Tap, tmp_path: Path) -> None:
    async with streamed() as (engine, router):
        saying = asyncio.create_task(listened(router, tmp_path, tap).say(script([LONG, "b" * 60, "c" * 60])))
        first = await tap.read()
        assert first is not None and not engine.gate.is_set(), "so nothing of it was whole"
        await until(lambda: tap.samples > 0.4 * len(LONG) * CHARACTER_SECONDS * RATE)
        assert engine.parts == 2
        engine.gate.set()
        take = await saying
        assert first.tobytes() + await heard(tap) == frames(take) == await expected(router, script(router.said[:3]))
        assert tap.whole and engine.parts == 4, "of the first line alone"


async def test_an_attempt_that_says_it_again_the_same_way_goes_on_where_it_was_heard(tap: Tap, tmp_path: Path) -> None:
    lines = script([LONG, "b" * 60])
    async with streamed() as (_, router):
        saying = asyncio.create_task(listened(router, tmp_path, tap).say(lines))
        await until(lambda: tap.samples > 0)
        saying.cancel()
        await asyncio.gather(saying, return_exceptions=True)
    async with streamed() as (engine, router):
        engine.gate.set()
        take = await listened(router, tmp_path, tap, attempt=2).say(lines)
        assert await heard(tap) == frames(take) == await expected(router, lines)
        assert tap.whole


@pytest.mark.parametrize("streams", [True, False])
async def test_an_attempt_that_says_it_in_another_way_is_not_heard_but_is_made(
    tap: Tap, tmp_path: Path, streams: bool
) -> None:
    lines = script([LONG, "b" * 60])
    async with streamed(level=0.5) as (_, router):
        saying = asyncio.create_task(listened(router, tmp_path, tap).say(lines))
        await until(lambda: tap.samples > 0)
        spoken = tap.samples
        saying.cancel()
        await asyncio.gather(saying, return_exceptions=True)
    other = StreamingEngine()
    other.gate.set()
    router = CountingRouter(other if streams else SineEngine())
    await router.open()
    take = await listened(router, tmp_path, tap, attempt=2).say(lines)
    assert frames(take) == await expected(router, lines)
    assert tap.broken and not tap.whole and len(await heard(tap)) == 2 * spoken
    await router.close()


async def test_what_is_shifted_in_pitch_comes_whole(tap: Tap, tmp_path: Path) -> None:
    async with streamed() as (engine, router):
        engine.gate.set()
        take = await listened(router, tmp_path, tap).say(script([LONG]), Mix(semitones=2.0))
        assert await heard(tap) == frames(take) and engine.parts == 0
