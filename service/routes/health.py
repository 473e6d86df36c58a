"""``/healthz`` and ``/readyz``: for whoever watches the service."""

from fastapi import APIRouter

from service.access.needs import public
from service.routes.state import ReadyEngine

router = APIRouter(tags=["health"], dependencies=public("Whether the server works is no secret."))


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process is alive."""
    # On the event loop: to say so needs none of the threads, which may all be busy.
    return {"status": "ok"}


@router.get("/readyz")
def readyz(engine: ReadyEngine) -> dict[str, str]:
    """The models are loaded and the data folder answers; 503 until then."""
    engine.check_catalog()
    return {"status": "ready"}
