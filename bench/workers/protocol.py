"""What the Python workers do alike, as `protocol.mjs`: answer line by line, keep calls in flight, take times."""

import asyncio
import json
import math
import sys
import time
import traceback

LAG_INTERVAL = 0.005


def percentile(sorted_values, share):
    if not sorted_values:
        return None
    return sorted_values[max(0, math.ceil(len(sorted_values) * share) - 1)]


async def lags_into(values):
    """How late a timer of 5 ms fires: what other work on this thread would have to wait."""
    while True:
        due = time.perf_counter() + LAG_INTERVAL
        await asyncio.sleep(LAG_INTERVAL)
        values.append(max(0.0, time.perf_counter() - due) * 1000)


async def sustain(in_flight, seconds, operation):
    """Keeps `in_flight` calls of `operation(i)` going for `seconds` and says what that took."""
    times, lags = [], []
    next_number = 0
    bystander = asyncio.create_task(lags_into(lags))
    cpu, thread, started = time.process_time(), time.thread_time(), time.perf_counter()
    end = started + seconds

    async def lane():
        nonlocal next_number
        now = time.perf_counter()
        while now < end:
            number = next_number
            next_number += 1
            await operation(number)
            then, now = now, time.perf_counter()
            times.append((now - then) * 1000)

    await asyncio.gather(*(lane() for _ in range(in_flight)))
    elapsed = time.perf_counter() - started
    thread, cpu = time.thread_time() - thread, time.process_time() - cpu
    bystander.cancel()
    times.sort()
    lags.sort()
    return {
        "operations": len(times),
        "seconds": elapsed,
        "cpuSeconds": cpu,
        "threadSeconds": thread,
        "p50": percentile(times, 0.5),
        "p90": percentile(times, 0.9),
        "p95": percentile(times, 0.95),
        "p99": percentile(times, 0.99),
        "lagP50": percentile(lags, 0.5),
        "lagP99": percentile(lags, 0.99),
    }


def say(message):
    print(json.dumps(message), flush=True)


def lacks(package):
    """Says that this client cannot run here, which is no failure."""
    say({"version": "not installed", "needs": package})
    sys.exit(0)


async def serve(version, answer):
    say({"version": version})
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        try:
            say(await answer(json.loads(line)))
        except Exception:
            say({"error": traceback.format_exc()})
