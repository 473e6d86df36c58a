"""What LangChain's tutorials build: loader, RecursiveCharacterTextSplitter, HuggingFaceEmbeddings, FAISS.

The same weights, chunks of 1,000 characters with an overlap of 200 as in LangChain's own tutorial.
"""

import time
from collections.abc import Sequence
from pathlib import Path

from bench.ingest_pipelines.pipeline import Found, Ingested
from index.packaged_minilm import packaged_folder


def ingest(files: Sequence[Path], folder: Path, first: Path) -> Ingested:
    from langchain_community.document_loaders import PyPDFLoader, TextLoader
    from langchain_community.vectorstores import FAISS
    from langchain_huggingface import HuggingFaceEmbeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    embeddings = HuggingFaceEmbeddings(model_name=str(packaged_folder()))
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)

    def indexed(files: Sequence[Path], folder: Path) -> tuple[FAISS, int]:
        chunks = []
        for file in files:
            loader = PyPDFLoader(str(file)) if file.suffix == ".pdf" else TextLoader(str(file), encoding="utf-8")
            chunks += splitter.split_documents(loader.load())
        store = FAISS.from_documents(chunks, embeddings)
        store.save_local(str(folder))
        return store, len(chunks)

    indexed([first], folder / "first")
    began = time.perf_counter()
    store, passages = indexed(files, folder)
    seconds = time.perf_counter() - began

    def search(question: str, k: int) -> list[Found]:
        found = []
        for document in store.similarity_search(question, k):
            page = document.metadata.get("page")
            pages = (page + 1, page + 1) if page is not None else None
            found.append(Found(Path(document.metadata["source"]).name, document.page_content, pages))
        return found

    return Ingested(seconds, passages, search)
