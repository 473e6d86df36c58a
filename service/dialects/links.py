"""Addresses that work outside of the server's own pages."""

from typing import Any

from core.types import Answer, Citation, Hit
from service.wire import answer_json, citation_json, hit_json

_SHOWN = ("id", "status", "understood_as", "confidence", "model", "notice", "clarification", "sentences")


class Links:
    """Records as JSON with absolute addresses of the source page; ``base`` is where the server is reached.

    Without a base, as for a program that serves no pages, there are no addresses.
    """

    def __init__(self, base: str | None, collection: str) -> None:
        self._base = None if base is None else base.rstrip("/")
        self.collection = collection

    def citation(self, citation: Citation) -> dict[str, Any]:
        return self._with_address(citation_json(citation, self.collection))

    def hit(self, hit: Hit) -> dict[str, Any]:
        return self._with_address(hit_json(hit, self.collection))

    def about(self, answer: Answer) -> dict[str, Any]:
        """What no dialect has a place for: the status, the verdict on each sentence, the exact places."""
        members = answer_json(answer, self.collection)
        return {name: members[name] for name in _SHOWN} | {"citations": [self.citation(c) for c in answer.citations]}

    def _with_address(self, members: dict[str, Any]) -> dict[str, Any]:
        """Of the places in which a hit is found as well, too."""
        address = members.pop("url")
        if self._base is not None:
            members["url"] = f"{self._base}{address}"
        for place in members.get("also_in", ()):
            self._with_address(place)
        return members
