"""The operations of PyPI's `aerospike`, for the cases that all clients build: `python python_aerospike.py build|look|filter`."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import aerospike
from aerospike import exception
from aerospike_helpers import cdt_ctx
from aerospike_helpers.operations import (
    bitwise_operations, hll_operations, list_operations, map_operations, operations,
)
from canonical import answer, each, from_client, read_request, to_client
from python_aerospike_client import MAKE, connect, special
from python_aerospike_filters import FILTERED, FILTERS
from python_builders import BIN, Cannot, build, singular, snake

MODULES = {"list": list_operations, "map": map_operations, "bit": bitwise_operations, "hll": hll_operations}
NAMES = {
    "list.getByValueRelRankRange": "list_get_by_value_rank_range_relative",
    "list.removeByValueRelRankRange": "list_remove_by_value_rank_range_relative",
    "map.getByValueRelRankRange": "map_get_by_value_rank_range_relative",
    "map.getByKeyRelIndexRange": "map_get_by_key_index_range_relative",
    "map.removeByKeyRelIndexRange": "map_remove_by_key_index_range_relative",
}
FLAGS = {"addUnique": "ADD_UNIQUE", "noFail": "NO_FAIL", "createOnly": "CREATE_ONLY", "updateOnly": "UPDATE_ONLY"}
PREFIXES = {"list": "LIST_WRITE_", "map": "MAP_WRITE_FLAGS_", "bit": "BIT_WRITE_", "hll": "HLL_WRITE_"}
POLICIES = {"list": ("list_order", "write_flags"), "map": ("map_order", "map_write_flags"),
            "bit": (None, "bit_write_flags"), "hll": (None, "flags")}


def constant(prefix, name):
    return getattr(aerospike, prefix + name.upper().replace("-", "_"))


def policy(family, left):
    order, flags = POLICIES[family]
    made = {}
    if "order" in left:
        made[order] = constant(f"{family.upper()}_", left.pop("order"))
    for name, flag in FLAGS.items():
        if left.pop(name, False):
            made[flags] = made.get(flags, 0) | constant(PREFIXES[family], flag)
    return made or None


def returned(family, left):
    return constant(f"{family.upper()}_RETURN_", singular(left.pop("return")))


def order(family, left):
    return constant(f"{family.upper()}_", left.pop("order"))


def context(_family, left):
    return [step(*parts) for parts in left.pop("ctx")] if "ctx" in left else None


def step(kind, at, ordered=None, pad=None):
    builder = getattr(cdt_ctx, f"cdt_ctx_{snake(kind)}")
    at = given(at)
    if ordered is None:
        return builder(at)
    if kind.startswith("list"):
        return builder(at, constant("LIST_", ordered), pad)
    return builder(at, constant("MAP_", ordered))


def resize_flags(_family, left):
    return aerospike.BIT_RESIZE_FROM_FRONT if left.pop("fromFront", False) else None


SPECIAL = {
    "policy": policy,
    "map_policy": policy,
    "return_type": returned,
    "list_order": order,
    "map_order": order,
    "ctx": context,
    "resize_flags": resize_flags,
    "action": lambda _family, left: constant("BIT_OVERFLOW_", left.pop("overflow")),
    "value_byte_size": lambda _family, left: len(left["value"]),
}


def given(value):
    return to_client(value, MAKE) if isinstance(value, dict) else value


def operation(kind, args, options):
    args = {name: given(value) for name, value in args.items()}
    if kind == "put":
        return operations.write(BIN, args["value"])
    return build(MODULES, NAMES, SPECIAL, kind, args, options)


def run(client, key, one):
    try:
        made = operation(*one)
    except Cannot as error:
        return {"cannot": str(error)}
    try:
        return from_client(client.operate(key, [made])[2].get(BIN), special)
    except exception.AerospikeError as error:
        return {"code": error.code}


request = read_request()
client = connect(request["hosts"])


def key_of(name):
    return (request["namespace"], request["set"], name)


def make(case):
    try:
        client.remove(key_of(case["name"]))
    except exception.RecordNotFound:
        pass
    return {"answers": [run(client, key_of(case["name"]), one) for one in case["writes"]]}


def look(case):
    bins = client.get(key_of(case["name"]))[2]
    answers = [run(client, key_of(case["name"]), one) for one in case["reads"]]
    return {"bin": from_client(bins.get(BIN), special), "answers": answers}


def passes(case):
    try:
        client.get(key_of("filtered"), policy={"expressions": FILTERS[case["name"]].compile()})
        return {"passes": True}
    except exception.FilteredOut:
        return {"passes": False}


if request["command"] == "filter":
    client.put(key_of("filtered"), FILTERED)
    answer(each([{"name": name} for name in FILTERS], passes))
else:
    answer(each(request["cases"], {"build": make, "look": look}[request["command"]]))
client.close()
