"""GET /v1/models: the names under which OpenAI's clients ask for speech."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel

from bot.web_adapter.openai_names import MODELS
from bot.web_adapter.parts import Parts
from bot.web_adapter.refusal import Refused
from bot.web_adapter.shapes import Error
from bot.web_adapter.who import Visitor

SINCE = 1_700_000_000
"""When OpenAI's speech models came, in seconds: clients want a time to sort by."""


class Model(BaseModel):
    """A name of a model."""

    id: str
    object: Literal["model"] = "model"
    created: int = SINCE
    owned_by: str = "mynah"


class ModelList(BaseModel):
    """Every name."""

    object: Literal["list"] = "list"
    data: list[Model]


def routes(parts: Parts) -> APIRouter:
    """What is served of models."""
    router = APIRouter(
        prefix="/v1/models", tags=["OpenAI's speech API"], responses={401: {"model": Error}, 404: {"model": Error}}
    )

    @router.get("")
    async def list_models(visitor: Visitor) -> ModelList:
        """List the models; all of them are the engines that run here, and the voice decides which one speaks."""
        return ModelList(data=[Model(id=each) for each in MODELS])

    @router.get("/{id}")
    async def show_model(visitor: Visitor, id: Annotated[str, Path(max_length=100)]) -> Model:
        """Tell of one model."""
        if id not in MODELS:
            raise Refused(404, "model_not_found", f"There is no model {id!r}; GET /v1/models has all.")
        return Model(id=id)

    return router
