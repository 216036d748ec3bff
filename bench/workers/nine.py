"""The Python clients, for `nine`: aerospike-py (dicts, or its result left unread) and the official one (BENCH_PEER)."""

import asyncio
import os
import platform
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, version

from features import KEYS, REQUESTS, canonical, expected, first, set_of, touched, user_key_of
from protocol import lacks, serve, sustain

PEER = os.environ["BENCH_PEER"]
NAMESPACE = os.environ["BENCH_NAMESPACE"]
TIMEOUT_MS = 10_000
CONNECTIONS = 256
# As many as requests in flight: more would wait for the interpreter's lock, fewer for each other.
THREADS = 10
EXPECTED = [expected(r) for r in range(REQUESTS)]
USER_KEYS = [user_key_of(i) for i in range(REQUESTS * KEYS)]
SET_NAMES = [set_of(i) for i in range(REQUESTS * KEYS)]


def keys_of(r):
    start = first(r)
    return [(NAMESPACE, SET_NAMES[i], USER_KEYS[i]) for i in range(start, start + KEYS)]


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

    async def read(number):
        found, total = await peer.read(keys_of(number))
        wanted = EXPECTED[number % REQUESTS]
        if found != wanted[0] or total not in (None, wanted[1]):
            raise ValueError(f"request {number % REQUESTS}: {found} found, sum {total}; it is {wanted}")

    async def answer(request):
        if request["case"] == "sample":
            return {"rows": [canonical(bins) for bins in await peer.rows(keys_of(request["request"]))]}
        if request["case"] == "read":
            return await sustain(request["inFlight"], request["seconds"], read)
        raise ValueError(f"no such case: {request['case']}")

    await serve(f"PyPI {peer.package} {installed} on python {platform.python_version()}", answer)


asyncio.run(main())
