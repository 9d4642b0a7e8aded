"""`/v2/health/live` and `/v2/health/ready`, as KServe has them."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

router = APIRouter(tags=["health"])


class Live(BaseModel):
    """The process answers."""

    live: bool = Field(examples=[True])


class Ready(BaseModel):
    """The model is loaded: the service only listens once it is."""

    ready: bool = Field(examples=[True])


@router.get("/v2/health/live", summary="Is the process alive?")
async def live() -> Live:
    """Answer."""
    return Live(live=True)


@router.get("/v2/health/ready", summary="Is the model loaded?")
async def ready() -> Ready:
    """Answer."""
    return Ready(ready=True)
