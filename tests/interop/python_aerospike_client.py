"""The PyPI package `aerospike`: connected, and its classes of values for canonical.py."""

import base64

import aerospike
from aerospike_helpers import HyperLogLog

from canonical import PATIENT

MAKE = {"geojson": aerospike.GeoJSON, "hll": lambda text: HyperLogLog(base64.b64decode(text))}


def special(value):
    if isinstance(value, HyperLogLog):
        return {"hll": base64.b64encode(value).decode()}
    if isinstance(value, aerospike.GeoJSON):
        return {"geojson": value.dumps()}
    return None


def connect(hosts):
    policies = {kind: PATIENT for kind in ("read", "write", "remove", "operate", "batch", "batch_parent_write")}
    client = aerospike.client({"hosts": hosts, "policies": policies})
    if not client.is_connected():
        client.connect()
    return client
