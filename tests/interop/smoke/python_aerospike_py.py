"""Everyday work with the PyPI package `aerospike-py`. Prints what each step gave: a value, or the error's kind."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import aerospike_py
from canonical import answer, read_request

request = read_request()
aerospike_py.set_log_level(aerospike_py.LOG_LEVEL_OFF)
client = aerospike_py.client({"hosts": request["hosts"]}).connect()
key = (request["namespace"], request["set"], "rust")
other = (request["namespace"], request["set"], "rust-other")
missing = (request["namespace"], request["set"], "rust-missing")
steps = {}

READ, WRITE = aerospike_py.OPERATOR_READ, aerospike_py.OPERATOR_WRITE
INCREMENT, APPEND = aerospike_py.OPERATOR_INCR, aerospike_py.OPERATOR_APPEND
SCALARS = ((INCREMENT, "a", 1), (APPEND, "b", "."), (WRITE, "e", 9), (READ, "a"), (READ, "b"))


def step(name, work):
    try:
        steps[name] = work()
    except aerospike_py.AerospikeError as error:
        # Its errors have no code, only a class and a text that begins with the code.
        steps[name] = {"error": str(error).split(":")[0], "kind": type(error).__name__}


def get():
    record = client.get(key)
    return {"bins": record.bins, "gen": record.meta.gen}


def near(seconds):
    """A time to live as a step prints it: a second may pass between two calls."""
    left = client.get(key).meta.ttl
    return f"about {seconds}" if seconds - 10 < left <= seconds else left


def operate(used, *operations):
    return client.operate(used, [dict(zip(("op", "bin", "val"), operation)) for operation in operations]).bins


def put(used, exists, bins=None):
    return client.put(used, bins or {"a": 1}, policy={"exists": exists})


def compare_and_put(generation, policy):
    return client.put(key, {"a": 1}, {"gen": generation}, {"gen": policy})


def wraps():
    client.put(key, {"n": 2**63 - 1})
    client.increment(key, "n", 1)
    return str(client.get(key).bins["n"])


def collections():
    client.put(key, {"l": [1, [2], None], "m": {"b": 1, "a": {"c": []}}})
    bins = client.get(key).bins
    return {"l": bins["l"], "m": bins["m"]}


def batch_write():
    records = [(key, {"a": 1, "count": 2}), (other, {"a": 2}), (missing, {"a": 3}, {"gen": 7})]
    return rows(client.batch_write(records, {"gen": aerospike_py.POLICY_GEN_EQ}))


def rows(result):
    return [row.result for row in result.batch_records]


for used in (key, other, missing):
    try:
        client.remove(used)
    except aerospike_py.RecordNotFound:
        pass

step("put", lambda: client.put(key, {"a": 1, "b": "two", "c": 3.5}))
step("get", get)
step("get of a missing record", lambda: client.get(missing))
step("exists", lambda: client.exists(key).meta.gen)
step("exists of a missing record", lambda: client.exists(missing).meta)
step("select", lambda: client.select(key, ["a", "none"]).bins)
step("put merges bins", lambda: client.put(key, {"d": True}))
step("put null deletes a bin", lambda: client.put(key, {"d": None}))
step("remove_bin", lambda: client.remove_bin(key, ["c"]))
step("get without them", get)
step("put with ttl", lambda: client.put(key, {"a": 1}, {"ttl": 1000}))
step("its ttl", lambda: near(1000))
step("put that never expires", lambda: client.put(key, {"a": 1}, {"ttl": aerospike_py.TTL_NEVER_EXPIRE}))
step("its ttl, never", lambda: client.get(key).meta.ttl)
step("touch", lambda: client.touch(key, 500))
step("ttl after touch", lambda: near(500))
step("touch of a missing record", lambda: client.touch(missing, 500))
step("append", lambda: client.append(key, "b", "!"))
step("prepend", lambda: client.prepend(key, "b", ">"))
step("increment", lambda: client.increment(key, "a", 41))
step("get after them", get)
step("increment a string", lambda: client.increment(key, "b", 1))
step("append to an integer", lambda: client.append(key, "a", "x"))
step("increment past int64", wraps)
step("operate", lambda: operate(key, *SCALARS))
step("operate reads a missing bin", lambda: operate(key, (READ, "none"), (READ, "e")))
step("operate reads a missing record", lambda: operate(missing, (READ, "a")))
step("operate fails as a whole", lambda: operate(key, (WRITE, "e", 10), (INCREMENT, "b", 1)))
step("get after it", get)
step("create on an existing record", lambda: put(key, aerospike_py.POLICY_EXISTS_CREATE_ONLY))
step("update of a missing record", lambda: put(missing, aerospike_py.POLICY_EXISTS_UPDATE_ONLY))
step("replace of a missing record", lambda: put(missing, aerospike_py.POLICY_EXISTS_REPLACE_ONLY))
step("replace", lambda: put(key, aerospike_py.POLICY_EXISTS_REPLACE, {"a": 7, "z": 8}))
step("get after the replace", get)
step("write with another generation", lambda: compare_and_put(999, aerospike_py.POLICY_GEN_EQ))
step("write with its generation", lambda: compare_and_put(client.get(key).meta.gen, aerospike_py.POLICY_GEN_EQ))
step("unknown namespace", lambda: client.put(("nowhere", request["set"], 1), {"a": 1}))
step("record too big", lambda: client.put(key, {"big": bytes(2**20)}))
step("lists and maps", collections)
step("batch write", batch_write)
step("batch read", lambda: dict(client.batch_read([key, missing, other], ["a", "count"]).items()))
step("batch remove", lambda: rows(client.batch_remove([other, missing])))
step("get after the batch remove", lambda: client.get(other))
step("remove", lambda: client.remove(key))
step("remove of a missing record", lambda: client.remove(key))
client.close()
answer(steps)
