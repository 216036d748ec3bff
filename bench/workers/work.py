"""CPU work on the event loop, and a bystander that suffers from it, as `work.mjs`."""

import asyncio
import time

from protocol import percentile

CALIBRATION_ROUNDS = 9
CALIBRATION_STEPS = 100_000
BYSTANDER_INTERVAL = 0.01
BYSTANDER_STEPS = 100
MASK = 0xFFFFFFFF

_kept = 1
_steps_per_ms = None


def mix(steps):
    global _kept
    state = _kept | 1
    for _ in range(steps):
        state ^= (state << 13) & MASK
        state ^= state >> 17
        state ^= (state << 5) & MASK
    _kept = state


def calibrate():
    rates = []
    for _ in range(CALIBRATION_ROUNDS):
        before = time.thread_time()
        mix(CALIBRATION_STEPS)
        rates.append(CALIBRATION_STEPS / ((time.thread_time() - before) * 1000))
    return sorted(rates)[CALIBRATION_ROUNDS // 2]


def work_of_milliseconds(milliseconds):
    """The same work every time: what takes so many milliseconds of this thread's CPU time."""
    global _steps_per_ms
    if _steps_per_ms is None:
        _steps_per_ms = calibrate()
    steps = round(_steps_per_ms * milliseconds)
    return lambda: mix(steps)


class Bystander:
    """Due every 10 ms; its latency runs from being due to being done."""

    def __init__(self):
        self.times = []
        self.due = time.perf_counter() + BYSTANDER_INTERVAL
        self.task = asyncio.create_task(self.run())

    async def run(self):
        while True:
            await asyncio.sleep(max(0.0, self.due - time.perf_counter()))
            mix(BYSTANDER_STEPS)
            await asyncio.sleep(0)
            mix(BYSTANDER_STEPS)
            now = time.perf_counter()
            while self.due <= now:
                self.times.append((now - self.due) * 1000)
                self.due += BYSTANDER_INTERVAL

    def stop(self):
        self.task.cancel()
        self.times.sort()
        return {
            "bystanders": len(self.times),
            "bystanderP50": percentile(self.times, 0.5),
            "bystanderP95": percentile(self.times, 0.95),
            "bystanderP99": percentile(self.times, 0.99),
        }
