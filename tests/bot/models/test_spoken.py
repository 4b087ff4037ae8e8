"""A model that was pulled is spoken with, and not before its licence was accepted."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from bot.models.pull import Terms
from bot.models.source import Source
from engine.catalogue import Published
from engine.coqui_engine import Coqui
from engine.engine import EngineError
from engine.model_folders import usable
from engine.model_manifest import MANIFEST
from engine.speech import Utterance
from tests.bot.models.test_pull import pulled
from tests.engine.coqui_engine import tiny
from tests.fakes.mirror import Mirror

pytestmark = pytest.mark.skipif(bool(tiny.why_not()), reason=tiny.why_not())


def opened(models: Path) -> Coqui:
    engine = Coqui()
    engine.models = models
    with tiny.slim():
        engine.open()
    return engine


def test_a_tiny_xtts_comes_from_a_mirror_and_speaks(mirror: Mirror, xtts: Published, tmp_path: Path) -> None:
    made = tiny.make(tmp_path / "made")
    mirror.publish(xtts, {file.path: (made / file.path).read_bytes() for file in xtts.files})
    models = tmp_path / "models"
    how = Terms(source=Source.of(mirror.address), spare_mb=0)
    assert asyncio.run(pulled(models, xtts, how))
    engine = opened(models)
    speaker = engine.speakers()[0]
    utterance = Utterance(text="Hello.", engine=engine.name, speaker=speaker.key)
    said = [audio for _, audio in engine.synthesize([utterance], lambda row: False)]
    engine.close()
    assert sum(audio.seconds for audio in said) > 0
    assert [model.name for model in usable(models, "xtts")] == ["xtts_v2"]  # what was made of it since changes nothing
    manifest = models / "xtts_v2" / MANIFEST
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "accepted": None}))
    with pytest.raises(EngineError, match="Nobody has accepted the Coqui Public Model License yet"):
        opened(models)
