"""A LangChain retriever over HTTP. It needs langchain-core."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from footnoted_client.client import Client

_METADATA = ("document_id", "title", "uri", "page", "last_page", "section", "start", "end", "score", "url", "also_in")


class FootnotedRetriever(BaseRetriever):
    """Passages as documents; the metadata has the exact place (``start``, ``end``, ``page``), ``score`` and ``url``,
    and the other places of the same words (``also_in``)."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    client: Client
    collection: str = "default"
    top_k: int = 5
    filters: dict[str, Any] = Field(default_factory=dict)

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        """Raises ServiceError, Unreachable."""
        hits = self.client.search(query, self.collection, top_k=self.top_k, filters=self.filters)
        return [document_of(asdict(hit)) for hit in hits]


def document_of(hit: Mapping[str, Any]) -> Document:
    """Of a hit's members, as `POST /v1/search` gives them."""
    metadata = {name: hit[name] for name in _METADATA if name in hit}
    return Document(page_content=hit["text"], metadata={**metadata, "source": hit["uri"]})
