"""Finds a Python client's builder of an operation, and what each of its parameters is given."""

import inspect
import re

BIN = "bin"
# Which of the cases' arguments a parameter means, by its name; the first that there is.
MEANT = {
    "val": ("value",),
    "value": ("value", "key"),
    "values": ("values", "sketches"),
    "value_list": ("values",),
    "value_begin": ("begin",),
    "value_start": ("begin",),
    "value_end": ("end",),
    "key_list": ("keys", "values"),
    "key_range_start": ("begin",),
    "key_range_end": ("end",),
    "index_start": ("index",),
    "rank_start": ("rank",),
    "offset": ("rank", "index"),
    "get_amt": ("count",),
    "remove_amt": ("count",),
    "amount": ("value",),
    "incr": ("value",),
    "decr": ("value",),
    "item_dict": ("items",),
    "byte_size": ("size",),
    "bit_size": ("size",),
    "byte_offset": ("offset",),
    "bit_offset": ("offset",),
    "index_bit_count": ("indexBits",),
    "mh_bit_count": ("minHashBits",),
    "minhash_bit_count": ("minHashBits",),
    "hll_list": ("sketches",),
    "persist_index": ("persistIndex",),
    "sign": ("signed",),
}


class Cannot(Exception):
    """The client has no way to say it."""


def snake(name):
    return re.sub(r"([A-Z])", r"_\1", name).lower()


def singular(returned):
    """The name of a return type: one value is `value`, and so are several."""
    return re.sub(r"(key|value)s$", r"\1", returned)


def build(modules, names, special, kind, args, options):
    """Calls the builder of `kind`; `special` gives what is no plain argument: flags, orders and contexts."""
    family, method = kind.split(".")
    name = names.get(kind, f"{family}_{snake(method)}")
    builder = getattr(modules[family], name, None)
    if builder is None:
        raise Cannot(f"no {name}")
    left = {**args, **options}
    given = {}
    for parameter in list(inspect.signature(builder).parameters)[1:]:
        if parameter in special:
            made = special[parameter](family, left)
            if made is not None:
                given[parameter] = made
            continue
        for meant in MEANT.get(parameter, (parameter,)):
            if meant in left:
                given[parameter] = left.pop(meant)
                break
    if left:
        raise Cannot(f"no {', '.join(left)} in {name}")
    return builder(BIN, **given)
