"""Everyday work with the PyPI package `aerospike`. Prints what each step gave: a value, or the code of its error."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import aerospike
from aerospike import exception
from aerospike_helpers.batch import records as batch
from aerospike_helpers.operations import operations as op
from canonical import answer, read_request
from python_aerospike_client import connect

request = read_request()
client = connect(request["hosts"])
key = (request["namespace"], request["set"], "python")
other = (request["namespace"], request["set"], "python-other")
missing = (request["namespace"], request["set"], "python-missing")
steps = {}
SCALARS = [op.increment("a", 1), op.append("b", "."), op.write("e", 9), op.read("a"), op.read("b")]


def step(name, work):
    try:
        steps[name] = work()
    except exception.AerospikeError as error:
        steps[name] = {"error": error.code}


def get():
    _, meta, bins = client.get(key)
    return {"bins": bins, "gen": meta["gen"]}


def ttl():
    return client.get(key)[1]["ttl"]


def near(seconds):
    """A time to live as a step prints it: a second may pass between two calls."""
    left = ttl()
    return f"about {seconds}" if seconds - 10 < left <= seconds else left


def operate(used, operations):
    return client.operate(used, operations)[2]


def rows(records):
    # A row without bins has a record of two parts.
    return [{"status": row.result, "bins": row.record[2:] if row.record else None} for row in records.batch_records]


def put(used, exists, bins=None):
    return client.put(used, bins or {"a": 1}, policy={"exists": exists})


def compare_and_put(generation, policy):
    return client.put(key, {"a": 1}, {"gen": generation}, {"gen": policy})


def wraps():
    client.put(key, {"n": 2**63 - 1})
    client.increment(key, "n", 1)
    return str(client.get(key)[2]["n"])


def collections():
    client.put(key, {"l": [1, [2], None], "m": {"b": 1, "a": {"c": []}}})
    bins = client.get(key)[2]
    return {"l": bins["l"], "m": bins["m"]}


def batch_write():
    records = batch.BatchRecords([
        batch.Write(key, [op.write("a", 1), op.increment("count", 2)]),
        batch.Write(other, [op.write("a", 2)]),
        batch.Write(missing, [op.write("a", 3)], policy={"exists": aerospike.POLICY_EXISTS_UPDATE}),
        batch.Write(other, [op.append("a", "x")]),
        batch.Read(key, [op.read("a"), op.read("none")]),
        batch.Remove(other),
    ])
    return rows(client.batch_write(records))


for used in (key, other, missing):
    try:
        client.remove(used)
    except exception.RecordNotFound:
        pass

step("put", lambda: client.put(key, {"a": 1, "b": "two", "c": 3.5}))
step("get", get)
step("get of a missing record", lambda: client.get(missing))
step("exists", lambda: client.exists(key)[1]["gen"])
step("exists of a missing record", lambda: client.exists(missing)[1])
step("select", lambda: client.select(key, ["a", "none"])[2])
step("put merges bins", lambda: client.put(key, {"d": True}))
step("get merged", get)
step("put null deletes a bin", lambda: client.put(key, {"d": aerospike.null()}))
step("remove_bin", lambda: client.remove_bin(key, ["c"]))
step("get without them", get)
step("put with ttl", lambda: client.put(key, {"a": 1}, {"ttl": 1000}))
step("its ttl", lambda: near(1000))
step("put that keeps the ttl", lambda: client.put(key, {"a": 1}, {"ttl": aerospike.TTL_DONT_UPDATE}))
step("its ttl, kept", lambda: near(1000))
step("put that never expires", lambda: client.put(key, {"a": 1}, {"ttl": aerospike.TTL_NEVER_EXPIRE}))
step("its ttl, never", ttl)
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
step("operate", lambda: operate(key, SCALARS))
step("operate reads a missing bin", lambda: operate(key, [op.read("none"), op.read("e")]))
step("operate reads a missing record", lambda: operate(missing, [op.read("a")]))
step("operate fails as a whole", lambda: operate(key, [op.write("e", 10), op.increment("b", 1)]))
step("get after it", get)
step("create on an existing record", lambda: put(key, aerospike.POLICY_EXISTS_CREATE))
step("update of a missing record", lambda: put(missing, aerospike.POLICY_EXISTS_UPDATE))
step("replace of a missing record", lambda: put(missing, aerospike.POLICY_EXISTS_REPLACE))
step("create or replace", lambda: put(key, aerospike.POLICY_EXISTS_CREATE_OR_REPLACE, {"a": 7, "z": 8}))
step("get after the replace", get)
step("write with another generation", lambda: compare_and_put(999, aerospike.POLICY_GEN_EQ))
step("write with its generation", lambda: compare_and_put(client.get(key)[1]["gen"], aerospike.POLICY_GEN_EQ))
step("write with a generation that is not greater", lambda: compare_and_put(1, aerospike.POLICY_GEN_GT))
step("remove with another generation", lambda: client.remove(key, {"gen": 999}, {"gen": aerospike.POLICY_GEN_EQ}))
step("bin name of 16 bytes", lambda: client.put(key, {"abcdefghijklmnop": 1}))
step("unknown namespace", lambda: client.put(("nowhere", request["set"], 1), {"a": 1}))
step("record too big", lambda: client.put(key, {"big": bytes(2**20)}))
step("durable delete", lambda: client.remove(key, policy={"durable_delete": True}))
step("ttl of 20 years", lambda: client.put(key, {"a": 1}, {"ttl": 20 * 365 * 86400}))
step("lists and maps", collections)
step("send the key", lambda: client.put(key, {"a": 1}, policy={"key": aerospike.POLICY_KEY_SEND}))
step("batch write", batch_write)
step("batch read", lambda: rows(client.batch_read([key, missing, other], ["a", "count"])))
step("batch read of no bins", lambda: rows(client.batch_read([key, missing], [])))
step("batch remove", lambda: rows(client.batch_remove([key, missing])))
step("get after the batch remove", lambda: client.get(key))
step("put again", lambda: client.put(key, {"a": 1}))
step("remove", lambda: client.remove(key))
step("remove of a missing record", lambda: client.remove(key))
client.close()
answer(steps)
