"""The operations of PyPI's `aerospike-py`, for the cases that all clients build: `python python_aerospike_py.py build|look|filter`."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import aerospike_py
from aerospike_py import bit_operations, hll_operations, list_operations, map_operations
from canonical import PATIENT, answer, each, from_client, read_request, to_client
from python_aerospike_py_filters import FILTERED, FILTERS
from python_builders import BIN, Cannot, build, singular

MODULES = {"list": list_operations, "map": map_operations, "bit": bit_operations, "hll": hll_operations}
FLAGS = {"addUnique": "ADD_UNIQUE", "noFail": "NO_FAIL"}
MODES = {"createOnly": "MAP_CREATE_ONLY", "updateOnly": "MAP_UPDATE_ONLY"}


def constant(prefix, name):
    return getattr(aerospike_py, prefix + name.upper().replace("-", "_"))


def policy(family, left):
    made = {}
    if "order" in left:
        made["order"] = constant(f"{family.upper()}_", left.pop("order"))
    for name, flag in FLAGS.items():
        if left.pop(name, False):
            made["flags"] = made.get("flags", 0) | constant(f"{family.upper()}_WRITE_", flag)
    for name, mode in MODES.items():
        if left.pop(name, False):
            made["write_mode"] = getattr(aerospike_py, mode)
    return made or None


def returned(family, left):
    name = singular(left.pop("return")).upper().replace("-", "_")
    found = getattr(aerospike_py, f"{family.upper()}_RETURN_{name}", None)
    if found is None:
        raise Cannot(f"no return type {name}")
    return found


def order(family, left):
    return constant(f"{family.upper()}_", left.pop("order"))


SPECIAL = {
    "policy": policy,
    "return_type": returned,
    "list_order": order,
    "map_order": order,
    "action": lambda _family, left: constant("BIT_OVERFLOW_", left.pop("overflow")),
    "resize_flags": lambda _f, left: aerospike_py.BIT_RESIZE_FROM_FRONT if left.pop("fromFront", False) else None,
}


def make(kind, args, options):
    try:
        args = {name: to_client(value, {}) if isinstance(value, dict) else value for name, value in args.items()}
    except ValueError as error:
        raise Cannot(str(error)) from error
    if kind == "put":
        return {"op": aerospike_py.OPERATOR_WRITE, "bin": BIN, "val": args["value"]}
    return build(MODULES, {}, SPECIAL, kind, args, options)


def run(client, key, one):
    try:
        operation = make(*one)
    except Cannot as error:
        return {"cannot": str(error)}
    try:
        return from_client(client.operate(key, [operation], policy=PATIENT).bins.get(BIN), lambda _value: None)
    except aerospike_py.AerospikeError as error:
        # Its errors have no code, only a text that begins with it.
        return {"refused": str(error)}


request = read_request()
aerospike_py.set_log_level(aerospike_py.LOG_LEVEL_OFF)
client = aerospike_py.client({"hosts": request["hosts"]}).connect()


def key_of(name):
    return (request["namespace"], request["set"], name)


def build_case(case):
    try:
        client.remove(key_of(case["name"]), policy=PATIENT)
    except aerospike_py.RecordNotFound:
        pass
    return {"answers": [run(client, key_of(case["name"]), one) for one in case["writes"]]}


def look(case):
    bins = client.get(key_of(case["name"]), policy=PATIENT).bins
    answers = [run(client, key_of(case["name"]), one) for one in case["reads"]]
    return {"bin": from_client(bins.get(BIN), lambda _value: None), "answers": answers}


def passes(case):
    try:
        client.get(key_of("filtered"), policy={**PATIENT, "filter_expression": FILTERS[case["name"]]})
        return {"passes": True}
    except aerospike_py.FilteredOut:
        return {"passes": False}


if request["command"] == "filter":
    client.put(key_of("filtered"), FILTERED, policy=PATIENT)
    answer(each([{"name": name} for name in FILTERS], passes))
else:
    answer(each(request["cases"], {"build": build_case, "look": look}[request["command"]]))
client.close()
