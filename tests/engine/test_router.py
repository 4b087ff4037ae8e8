from __future__ import annotations

import pytest

from engine.engine import EngineError, EngineMissing
from engine.router import Router
from engine.speech import Utterance
from engine.worker import Worker
from tests.engine.sines import SineEngine, utterance


class MissingEngine(SineEngine):
    name = "missing"

    def open(self) -> None:
        raise EngineMissing("install it first")


class OtherEngine(SineEngine):
    name = "other"


async def test_each_utterance_goes_to_the_engine_of_its_voice() -> None:
    engines = {"sine": SineEngine(), "other": OtherEngine()}
    router = Router({"sine": Worker(lambda: engines["sine"]), "other": Worker(lambda: engines["other"])})
    await router.open()
    await router.say(utterance("one"), lane=0, user=1)
    await router.say(Utterance(text="two", engine="other", speaker="low"), lane=0, user=1)
    assert engines["sine"].batches == [["one"]]
    assert engines["other"].batches == [["two"]]
    assert set(router.abilities) == {"sine", "other"}
    assert [(speaker.engine, speaker.key) for speaker in router.speakers] == [
        ("sine", "low"),
        ("sine", "high"),
        ("other", "low"),
        ("other", "high"),
    ]
    assert [variant.key for variant in router.variants["sine"]] == ["soft"]
    await router.close()
    assert engines["sine"].closed and engines["other"].closed
    assert router.abilities == {}


async def test_an_engine_that_is_not_there_cannot_be_asked() -> None:
    with pytest.raises(EngineError, match="'sine'"):
        await Router({}).say(utterance("one"), lane=0, user=1)


async def test_an_engine_that_cannot_be_opened_is_left_out() -> None:
    router = Router({"missing": Worker(MissingEngine), "sine": Worker(SineEngine)})
    await router.open()
    assert set(router.abilities) == {"sine"}
    assert str(router.failures["missing"]) == "install it first"
    await router.close()


async def test_where_no_engine_can_be_opened_the_reason_is_told() -> None:
    with pytest.raises(EngineMissing, match="install it first"):
        await Router({"missing": Worker(MissingEngine)}).open()
