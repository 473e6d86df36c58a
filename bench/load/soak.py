"""Questions for a long time, first alone, then with documents coming and going: speed, errors and memory."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from bench.load.clients import Told, closed_loop, with_clients
from bench.load.corpus import paragraphs
from bench.load.figures import quantile_ms, slope_per_hour
from bench.load.server import Served

_CLIENTS = 2
_ALONE = 0.25  # of the time
_KEPT = 20
_PARAGRAPHS = 20
_EVERY_S = 2.0
_SHOWN = 16  # values of memory
_SETTLING = 0.25  # of the time with ingest: caches fill, and count for no slope


@dataclass(slots=True)
class _Watched:
    seconds: list[float] = field(default_factory=list)
    own_mb: list[float] = field(default_factory=list)
    all_mb: list[float] = field(default_factory=list)


async def soak(served: Served, kind: str, questions: Sequence[str], sentences: Sequence[str], minutes: float) -> None:
    """Prints p95 with and without ingest, errors, and the slope of memory."""
    seconds = minutes * 60

    async def asked(for_s: float) -> Told:
        return await with_clients(
            served.url, kind, questions, lambda asking: closed_loop(asking, _CLIENTS, for_s), _CLIENTS
        )

    await asked(min(10.0, seconds * 0.05))
    alone = await asked(seconds * _ALONE)
    watched, over = _Watched(), asyncio.Event()
    ingest = asyncio.create_task(_documents(served, sentences, over))
    watch = asyncio.create_task(_watch(served, watched, over))
    beside = await asked(seconds * (1 - _ALONE))
    over.set()
    documents, failed = await ingest
    await watch
    for name, told in (("alone", alone), ("with ingest", beside)):
        p50, p95, p99 = (quantile_ms(told.answered_s, at) for at in (0.5, 0.95, 0.99))
        print(
            f"{kind} {name}: {len(told.answered_s)} answered, p50 {p50:.0f}, p95 {p95:.0f}, p99 {p99:.0f} ms, "
            f"429 {len(told.refused_s)}, errors {len(told.errors)} {told.errors[:2]}"
        )
    ratio = quantile_ms(beside.answered_s, 0.95) / quantile_ms(alone.answered_s, 0.95)
    print(f"p95 with ingest / alone: {ratio:.2f}; documents taken in: {documents}, failed: {failed}")
    after = int(len(watched.seconds) * _SETTLING)
    for name, values in (("answering, their own", watched.own_mb), ("all, ingest too", watched.all_mb)):
        slope = slope_per_hour(watched.seconds[after:], values[after:])
        first, last = (f"{values[i]:.0f}" if values else "-" for i in (0, -1))
        print(f"memory of processes {name}: {first} to {last} MB, slope {slope:+.1f} MB/h")
        print("  " + ", ".join(f"{value:.0f}" for value in values[:: max(1, len(values) // _SHOWN)]))


async def _documents(served: Served, sentences: Sequence[str], over: asyncio.Event) -> tuple[int, int]:
    """One document after the other, the oldest of them deleted; gives how many, and how many failed."""
    count, failed = 0, 0
    kept: list[str] = []
    async with httpx.AsyncClient(base_url=served.url, timeout=120, headers=served.operator) as client:
        while not over.is_set():
            text = paragraphs(sentences, 1_000_000 + count, _PARAGRAPHS)
            files = [("files", (f"soak-{count}.txt", text.encode()))]
            job = (await client.post("/v1/documents", files=files)).raise_for_status().json()
            while job["status"] in ("queued", "running"):
                await asyncio.sleep(0.3)
                job = (await client.get(f"/v1/jobs/{job['id']}")).raise_for_status().json()
            count += 1
            failed += job["status"] != "done"
            kept += [file["document_id"] for file in job["files"] if file.get("document_id")]
            if len(kept) > _KEPT:
                await client.delete(f"/v1/documents/{kept.pop(0)}")
            await asyncio.sleep(_EVERY_S)
    return count, failed


async def _watch(served: Served, watched: _Watched, over: asyncio.Event) -> None:
    began = time.perf_counter()
    while not over.is_set():
        own = await asyncio.to_thread(served.answering_mb, "Anonymous")
        all_of_them = await asyncio.to_thread(served.all_mb)
        watched.seconds.append(time.perf_counter() - began)
        watched.own_mb.append(own)
        watched.all_mb.append(all_of_them)
        await asyncio.sleep(5)
