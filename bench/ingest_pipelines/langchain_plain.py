"""What LangChain's tutorials build: loader, RecursiveCharacterTextSplitter, HuggingFaceEmbeddings, FAISS.

The same weights, chunks of 1,000 characters with an overlap of 200 as in LangChain's own tutorial.
"""

import time
from collections.abc import Sequence
from pathlib import Path

from bench.ingest_pipelines.pipeline import Found, Ingested
from index.encode import packaged_folder


def ingest(files: Sequence[Path], folder: Path) -> Ingested:
    from langchain_community.document_loaders import PyPDFLoader, TextLoader
    from langchain_community.vectorstores import FAISS
    from langchain_huggingface import HuggingFaceEmbeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    embeddings = HuggingFaceEmbeddings(model_name=str(packaged_folder()))
    embeddings.embed_documents(["warm"])
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    began = time.perf_counter()
    chunks = []
    for file in files:
        loader = PyPDFLoader(str(file)) if file.suffix == ".pdf" else TextLoader(str(file), encoding="utf-8")
        chunks += splitter.split_documents(loader.load())
    store = FAISS.from_documents(chunks, embeddings)
    store.save_local(str(folder))
    seconds = time.perf_counter() - began

    def search(question: str, k: int) -> list[Found]:
        found = []
        for document in store.similarity_search(question, k):
            page = document.metadata.get("page")
            pages = (page + 1, page + 1) if page is not None else None
            found.append(Found(Path(document.metadata["source"]).name, document.page_content, pages))
        return found

    return Ingested(seconds, len(chunks), search)
