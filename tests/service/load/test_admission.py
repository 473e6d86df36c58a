"""Who is let in, who waits, and who is sent away."""

import asyncio

import pytest

from core.errors import Overloaded
from service.load.admission import Admission

LONG_S = 1000.0


async def turns() -> None:
    """Let whatever can go on go on."""
    for _ in range(10):
        await asyncio.sleep(0)


def test_no_more_are_at_work_than_are_allowed_and_the_others_come_in_their_order():
    async def run() -> None:
        admission = Admission(2, LONG_S)
        first, second = await admission.enter(), await admission.enter()
        order: list[int] = []

        async def come(number: int) -> None:
            await admission.enter()
            order.append(number)

        waiting = []
        for number in range(3):
            waiting.append(asyncio.create_task(come(number)))
            await turns()
        assert (admission.at_work, admission.waiting, order) == (2, 3, [])
        second.release()
        await turns()
        assert (admission.at_work, admission.waiting, order) == (2, 2, [0])
        first.release()
        await turns()
        assert (admission.at_work, admission.waiting, order) == (2, 1, [0, 1])
        waiting[2].cancel()
        await turns()
        assert admission.waiting == 0

    asyncio.run(run())


def test_who_would_wait_too_long_is_refused_at_once_and_told_when_to_come_again():
    async def run() -> None:
        admission = Admission(1, 10.0)
        held = await admission.enter()
        admission.leave(40.0)  # the mean of service times rises to about 4 s
        held = await admission.enter()
        waiting = [asyncio.create_task(admission.enter()) for _ in range(2)]
        await turns()
        assert admission.waiting == 2
        with pytest.raises(Overloaded) as refused:
            await admission.enter()
        assert refused.value.code == "overloaded"
        assert 10 < refused.value.retry_after_s < 20
        assert admission.waiting == 2
        held.release()
        for task in waiting:
            (await task).release()

    asyncio.run(run())


def test_who_waits_longer_than_was_thought_is_refused_then():
    async def run() -> None:
        admission = Admission(1, 0.2)
        await admission.enter()
        with pytest.raises(Overloaded):
            await admission.enter()
        assert (admission.at_work, admission.waiting) == (1, 0)

    asyncio.run(run())


def test_a_place_is_given_back_once():
    async def run() -> None:
        admission = Admission(1, LONG_S)
        slot = await admission.enter()
        slot.release()
        slot.release()
        await turns()
        assert admission.at_work == 0
        await admission.enter()
        assert admission.at_work == 1

    asyncio.run(run())


def test_who_leaves_when_its_turn_has_come_leaves_no_place_taken():
    async def run() -> None:
        admission = Admission(1, LONG_S)
        held = await admission.enter()
        leaving = asyncio.create_task(admission.enter())
        await turns()
        held.release()  # the place is the waiting one's now, which has not gone on yet
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        assert (admission.at_work, admission.waiting) == (0, 0)

    asyncio.run(run())


def test_a_place_is_free_while_its_holder_waits_for_something_else():
    async def run() -> None:
        admission = Admission(1, LONG_S)
        slot = await admission.enter()
        paused, go_on = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()

        def wait_elsewhere() -> None:
            with slot.paused():
                loop.call_soon_threadsafe(paused.set)
                asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result()

        elsewhere = asyncio.create_task(asyncio.to_thread(wait_elsewhere))
        await paused.wait()
        other = await admission.enter()
        late = asyncio.create_task(admission.enter())
        await turns()
        go_on.set()
        while admission.waiting < 2:
            await asyncio.sleep(0.01)
        other.release()
        await elsewhere  # before the one that came later
        assert not late.done()
        slot.release()
        await late
        assert (admission.at_work, admission.waiting) == (1, 0)

    asyncio.run(run())
