"""The PyPI package `aerospike`, as a peer: `python python_aerospike.py write|read|digest`."""

import base64

import aerospike
from aerospike_helpers import HyperLogLog

from canonical import PATIENT, answer, each, from_client, read_request, to_client

MAKE = {"geojson": aerospike.GeoJSON, "hll": lambda text: HyperLogLog(base64.b64decode(text))}


def special(value):
    if isinstance(value, HyperLogLog):
        return {"hll": base64.b64encode(value).decode()}
    if isinstance(value, aerospike.GeoJSON):
        return {"geojson": value.dumps()}
    return None


def write(client, request):
    def work(case):
        bins = {"name": case["name"], "value": to_client(case["value"], MAKE)}
        client.put((request["namespace"], request["set"], case["name"]), bins)
        return {"ok": True}

    return each(request["values"], work)


def read(client, request):
    def work(case):
        _, _, bins = client.get((request["namespace"], request["set"], case["name"]))
        return {"value": from_client(bins.get("value"), special)}

    return each(request["values"], work)


def digest(client, request):
    def hashed(user_key):
        # The key that a command hands back has the digest that was sent; calc_digest() knows no bytes.
        key, _ = client.exists((request["namespace"], request["set"], user_key))
        return key[3].hex()

    def work(case):
        user_key = to_client(case["key"], MAKE)
        if isinstance(user_key, bytes) and user_key:  # an empty bytearray it refuses
            return {"digest": hashed(user_key), "blob": hashed(bytearray(user_key))}
        return {"digest": hashed(user_key)}

    return each(request["keys"], work)


request = read_request()
policies = {kind: PATIENT for kind in ("read", "write", "remove", "operate", "batch", "batch_parent_write")}
client = aerospike.client({"hosts": request["hosts"], "policies": policies})
if not client.is_connected():
    client.connect()
answer({"write": write, "read": read, "digest": digest}[request["command"]](client, request))
client.close()
