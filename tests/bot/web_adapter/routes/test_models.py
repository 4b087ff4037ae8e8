"""The models of OpenAI's API."""

from __future__ import annotations

from pathlib import Path

import openai
import pytest

from bot.web_adapter.openai_names import MODELS
from tests.fakes.programs import programs


async def test_openais_client_finds_the_models_that_it_may_name(tmp_path: Path) -> None:
    async with (
        programs(tmp_path) as there,
        openai.AsyncOpenAI(base_url=f"{there.url}/v1", api_key=there.token, max_retries=0) as api,
    ):
        assert [each.id async for each in api.models.list()] == list(MODELS)
        assert (await api.models.retrieve("tts-1")).id == "tts-1"
        with pytest.raises(openai.NotFoundError, match="no model 'gpt-9'"):
            await api.models.retrieve("gpt-9")
