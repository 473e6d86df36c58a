"""Ten times as many questions as can be answered: all are told at once, and soon after it is as before."""

import asyncio
import time
from collections.abc import Sequence

import httpx

from bench.load.clients import Asking, Told, closed_loop, open_loop, with_clients
from bench.load.figures import quantile_ms
from bench.load.server import Served

_TIMES = 10
_LONGEST_S = 2.0
_CLIENTS = 8
_RECOVERY_LIMIT_S = 60
_SLOWER = 2.0


async def overload(served: Served, kind: str, questions: Sequence[str], seconds: float) -> None:
    """Prints the capacity, what became of ten times as many, and how long it took to recover."""
    alone = await with_clients(served.url, kind, questions, lambda asking: closed_loop(asking, 1, seconds / 2), 1)
    usual = quantile_ms(alone.answered_s, 0.95) / 1000
    full = await with_clients(
        served.url, kind, questions, lambda asking: closed_loop(asking, _CLIENTS, seconds / 2), _CLIENTS
    )
    capacity = len(full.answered_s) / full.lasted_s
    told = await with_clients(
        served.url, kind, questions, lambda asking: open_loop(asking, _TIMES * capacity, seconds), 5000
    )
    recovered = await _recovery(served, kind, questions, usual * _SLOWER)
    times = [*told.answered_s, *told.refused_s]
    sent = (len(times) + len(told.errors)) / told.lasted_s
    print(f"{kind}: capacity {capacity:.1f}/s; sent {sent:.1f}/s ({sent / capacity:.1f} times) for {seconds:.0f} s")
    print(f"  answered {len(told.answered_s)}, 429 {len(told.refused_s)}, errors {len(told.errors)} {told.errors[:2]}")
    print(f"  slowest {max(times, default=0):.2f} s; over {_LONGEST_S:g} s: {sum(t > _LONGEST_S for t in times)}")
    p95 = quantile_ms(told.answered_s, 0.95), quantile_ms(told.refused_s, 0.95)
    print(f"  answered p95 {p95[0]:.0f} ms, 429 p95 {p95[1]:.0f} ms")
    print(f"  as quick as before (p95 alone {usual * 1000:.0f} ms, times {_SLOWER:g}) after {recovered:.1f} s")


async def _recovery(served: Served, kind: str, questions: Sequence[str], limit_s: float) -> float:
    """Seconds from the end of the load to the first of three quick answers in a row."""
    began = time.perf_counter()
    quick = 0
    since = 0.0

    async def probe(asking: Asking) -> Told:
        told = Told()
        await asking.ask(told)
        return told

    while time.perf_counter() - began < _RECOVERY_LIMIT_S:
        at = time.perf_counter() - began
        told = await with_clients(served.url, kind, questions[quick:], probe, 1)
        is_quick = bool(told.answered_s) and told.answered_s[0] <= limit_s
        since = since if quick else at
        quick = quick + 1 if is_quick else 0
        if quick == 3:
            return since
        await asyncio.sleep(0.05)
    return float("inf")


def check_alive(served: Served) -> None:
    """The health check is never queued."""
    httpx.get(f"{served.url}/healthz", timeout=1).raise_for_status()
