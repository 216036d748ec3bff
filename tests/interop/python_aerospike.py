"""The PyPI package `aerospike`, as a peer: `python python_aerospike.py write|read|digest`."""

from canonical import answer, each, from_client, read_request, to_client
from python_aerospike_client import MAKE, connect, special


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
client = connect(request["hosts"])
answer({"write": write, "read": read, "digest": digest}[request["command"]](client, request))
client.close()
