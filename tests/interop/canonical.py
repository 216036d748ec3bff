"""Values in the form that all programs of this folder exchange (see canonical.mjs), for the peers in Python."""

import base64
import json
import math
import sys

# Both clients' default of a second is short on a machine that is busy with other tests.
PATIENT = {"total_timeout": 20_000, "socket_timeout": 20_000}


def to_client(value, make):
    """Makes a client's value of a canonical one; `make` holds the types that the client has, by their tag."""
    (tag, content), = value.items()
    if tag in make:
        return make[tag](content)
    if tag == "integer":
        return int(content)
    if tag == "double":
        return float(content)
    if tag == "bytes":
        return base64.b64decode(content)
    if tag == "list":
        return [to_client(item, make) for item in content]
    if tag == "map":
        return {to_client(key, make): to_client(item, make) for key, item in content}
    if tag == "nil":
        return None
    if tag in ("string", "boolean"):
        return content
    raise ValueError(f"no {tag} in this client")


def from_client(value, special):
    """The canonical form of a client's value; `special` answers first, for the classes that the client has."""
    known = special(value)
    if known is not None:
        return known
    if value is None:
        return {"nil": True}
    if isinstance(value, bool):
        return {"boolean": value}
    if isinstance(value, int):
        return {"integer": str(value)}
    if isinstance(value, float):
        if math.isinf(value):
            return {"double": "Infinity" if value > 0 else "-Infinity"}
        return {"double": "NaN" if math.isnan(value) else repr(value)}
    if isinstance(value, str):
        return {"string": value}
    if isinstance(value, (bytes, bytearray)):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, (list, tuple)):
        return {"list": [from_client(item, special) for item in value]}
    if isinstance(value, dict):
        return {"map": [[from_client(key, special), from_client(item, special)] for key, item in value.items()]}
    return {"unknown": type(value).__name__}


def each(cases, work):
    """Runs `work` for each case by its name; what it raises is that case's outcome, not the end of the others."""
    outcomes = {}
    for case in cases:
        try:
            outcomes[case["name"]] = work(case)
        except BaseException as error:  # aerospike-py's panics are no Exception
            outcomes[case["name"]] = {"error": f"{type(error).__name__}: {error}"}
    return outcomes


def read_request():
    """What the orchestrator asks for: a command, and a request on the standard input."""
    request = json.load(sys.stdin)
    hosts = [host.rsplit(":", 1) for host in request["hosts"].split(",")]
    return {**request, "command": sys.argv[1], "hosts": [(host[0], int(host[1])) for host in hosts]}


def answer(outcomes):
    """Writes the outcomes, in one piece."""
    sys.stdout.write(json.dumps(outcomes))
