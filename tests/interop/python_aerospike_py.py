"""The PyPI package `aerospike-py`, as a peer: `python python_aerospike_py.py write|read|digest`."""

import aerospike_py

from canonical import PATIENT, answer, each, from_client, read_request, to_client


def special(_value):
    return None


def write(client, request):
    def work(case):
        bins = {"name": case["name"], "value": to_client(case["value"], {})}
        client.put((request["namespace"], request["set"], case["name"]), bins, policy=PATIENT)
        return {"ok": True}

    return each(request["values"], work)


def read(client, request):
    def work(case):
        record = client.get((request["namespace"], request["set"], case["name"]), policy=PATIENT)
        return {"value": from_client(record.bins.get("value"), special)}

    return each(request["values"], work)


def digest(client, request):
    def work(case):
        # Only a record that exists comes back with its digest.
        key = (request["namespace"], request["set"], to_client(case["key"], {}))
        client.put(key, {"a": 1}, policy=PATIENT)
        try:
            return {"digest": bytes(client.exists(key, policy=PATIENT).key.digest).hex()}
        finally:
            client.remove(key, policy=PATIENT)

    return each(request["keys"], work)


request = read_request()
client = aerospike_py.client({"hosts": request["hosts"]}).connect()
answer({"write": write, "read": read, "digest": digest}[request["command"]](client, request))
client.close()
