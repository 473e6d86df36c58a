"""Collections as model names: ``footnoted/NAME``, with ``+sources`` for a list of sources at the answer's end."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import InvalidRequest
from service.limits import has_half_characters

PREFIX = "footnoted/"
_BARE = PREFIX.rstrip("/")
_WITH_SOURCES = "+sources"
_DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class ModelName:
    """What a model's name asks for."""

    collection: str
    lists_sources: bool


def parse_model(name: str) -> ModelName:
    """``footnoted/NAME``, ``NAME``, or ``footnoted`` for the default collection. Whether it is there is not checked.

    Raises InvalidRequest where it has half a character.
    """
    if has_half_characters(name):
        raise InvalidRequest("The model's name has half a character.", "GET /v1/models lists the names.")
    bare = name.strip()
    lists = bare.endswith(_WITH_SOURCES)
    bare = bare.removesuffix(_WITH_SOURCES).removeprefix(PREFIX)
    return ModelName(_DEFAULT if bare in ("", _BARE) else bare, lists)


def model_names(collections: Iterable[str]) -> list[str]:
    """One of each collection; the default one first, also before it has any document."""
    names = sorted({*collections} - {_DEFAULT})
    return [f"{PREFIX}{name}" for name in (_DEFAULT, *names)]
