"""The Python clients, for `nine`, `A` and `competing`: aerospike-py (dicts, or its result left unread) and the official one (BENCH_PEER)."""

import asyncio
import os
import platform
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, version

from features import (
    KEYS,
    REQUESTS,
    absent_key_of,
    canonical,
    expected,
    records_of,
    requests_of,
    set_of,
    touched,
    user_key_of,
)
from protocol import lacks, serve, sustain
from work import Bystander, work_of_milliseconds

PEER = os.environ["BENCH_PEER"]
NAMESPACE = os.environ["BENCH_NAMESPACE"]
TIMEOUT_MS = 10_000
CONNECTIONS = 256
# As many as requests in flight: more would wait for the interpreter's lock, fewer for each other.
THREADS = int(os.environ.get("BENCH_THREADS", "10"))
# By number of keys: what each request comes to, computed before a measurement begins.
EXPECTED = {}
USER_KEYS = [user_key_of(i) for i in range(REQUESTS * KEYS)]
ABSENT_KEYS = [absent_key_of(i) for i in range(REQUESTS * KEYS)]
SET_NAMES = [set_of(i) for i in range(REQUESTS * KEYS)]


def keys_of(n, count=KEYS, absent=False):
    user_keys = ABSENT_KEYS if absent else USER_KEYS
    return [(NAMESPACE, SET_NAMES[i], user_keys[i]) for i in records_of(n, count)]


def expected_of(count):
    if count not in EXPECTED:
        EXPECTED[count] = [expected(n, count) for n in range(requests_of(count))]
    return EXPECTED[count]


def hosts():
    pairs = (host.split(":") for host in os.environ["AEROSPIKE_HOSTS"].split(","))
    return [(pair[0], int(pair[1]) if len(pair) > 1 else 3000) for pair in pairs]


class AerospikePy:
    """Natively asynchronous. User keys differ over all sets, so that its dicts by user key lose no record."""

    package = "aerospike-py"

    async def connect(self):
        import aerospike_py

        self.client = aerospike_py.AsyncClient({"hosts": hosts(), "max_conns_per_node": CONNECTIONS})
        await self.client.connect()

    async def batch_read(self, keys):
        return await self.client.batch_read(keys, policy={"total_timeout": TIMEOUT_MS})

    async def read(self, keys):
        found, total = 0, 0
        for bins in (await self.batch_read(keys)).to_dict().values():
            found += 1
            total += touched(bins)
        return found, total

    async def rows(self, keys):
        records = (await self.batch_read(keys)).to_dict()
        return [records.get(key[2]) for key in keys]


class AerospikePyUnread(AerospikePy):
    """The result as it comes: counted, which converts nothing, and dropped."""

    async def read(self, keys):
        return (await self.batch_read(keys)).found_count(), None


class Official:
    """The official client blocks, so it runs on threads."""

    package = "aerospike"

    async def connect(self):
        import aerospike

        self.threads = ThreadPoolExecutor(THREADS)
        config = {"hosts": hosts(), "max_conns_per_node": CONNECTIONS, "policies": {"batch": {"total_timeout": TIMEOUT_MS}}}
        self.client = aerospike.client(config).connect()

    async def batch_read(self, keys):
        loop = asyncio.get_running_loop()
        return (await loop.run_in_executor(self.threads, self.client.batch_read, keys)).batch_records

    async def read(self, keys):
        found, total = 0, 0
        for row in await self.batch_read(keys):
            if row.result == 0:
                found += 1
                total += touched(row.record[2])
        return found, total

    async def rows(self, keys):
        return [row.record[2] if row.result == 0 else None for row in await self.batch_read(keys)]


PEERS = {"aerospike-py": AerospikePy, "aerospike-py-unread": AerospikePyUnread, "aerospike": Official}


async def main():
    peer = PEERS[PEER]()
    try:
        installed = version(peer.package)
        await peer.connect()
    except (PackageNotFoundError, ImportError):
        lacks(f"the Python package {peer.package} for {sys.executable}; BENCH_PYTHON names another interpreter")

    def reader(request):
        count, absent = request.get("keys", KEYS), request.get("absent", False)
        expectations = expected_of(count)

        async def read(number):
            found, total = await peer.read(keys_of(number, count, absent))
            wanted = (0, 0) if absent else expectations[number % len(expectations)]
            if found != wanted[0] or total not in (None, wanted[1]):
                raise ValueError(f"request {number}: {found} found, sum {total}; it is {wanted}")

        return read

    async def answer(request):
        if request["case"] == "sample":
            return {"rows": [canonical(bins) for bins in await peer.rows(keys_of(request["request"]))]}
        if request["case"] == "read":
            return await sustain(request["inFlight"], request["seconds"], reader(request))
        if request["case"] == "compete":
            read, work = reader(request), work_of_milliseconds(request["workMs"])

            async def read_and_work(number):
                await read(number)
                work()

            bystander = Bystander()
            measured = await sustain(request["inFlight"], request["seconds"], read_and_work)
            return {**measured, **bystander.stop()}
        raise ValueError(f"no such case: {request['case']}")

    await serve(f"PyPI {peer.package} {installed} on python {platform.python_version()}", answer)


asyncio.run(main())
