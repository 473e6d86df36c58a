"""A LangChain retriever in the process of the engine, where no server runs."""

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from footnoted_client.langchain import document_of
from service.dialects.links import Links
from service.engine import Engine
from service.scope_text import within


class EngineRetriever(BaseRetriever):
    """As ``FootnotedRetriever`` of the client; the metadata has no ``url``, since no page is served."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    engine: Engine
    collection: str = "default"
    top_k: int = 5
    filters: dict[str, Any] = Field(default_factory=dict)

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        """Raises NotFound, InvalidRequest, IndexMismatch."""
        hits = self.engine.search(query, self.collection, self.top_k, within=within(self.filters))
        links = Links(None, self.collection)
        return [document_of(links.hit(hit)) for hit in hits]
