"""The records of `nine`, as `features.mjs` makes them."""

import struct

SETS = 9
KEYS_PER_SET = 200
KEYS = SETS * KEYS_PER_SET
REQUESTS = 10
FOUND_PER_HUNDRED = 67
SPREAD = 37
VECTOR_WIDTH = 8
CATEGORIES = ["books", "garden", "kitchen", "music", "outdoor", "pets", "toys", "travel"]


def set_of(i):
    return f"bench-nine-{i // KEYS_PER_SET % SETS}"


def user_key_of(i):
    return f"nad-a001-{i:018d}"


def is_found(i):
    return i * SPREAD % 100 < FOUND_PER_HUNDRED


def absent_key_of(i):
    return f"none-a01-{i:018d}"


def first(r):
    return r % REQUESTS * KEYS


def requests_of(keys):
    return REQUESTS * (KEYS // keys)


def records_of(n, keys):
    """The records of request `n` for so many keys: spread over a whole request, so over all sets."""
    step = KEYS // keys
    start = first(n) + n // REQUESTS % step
    return range(start, start + keys * step, step)


def bins_of(i):
    return {
        "imp": i,
        "clk": i * 7_919 % 100_003,
        "ctr": i % 97 + 0.25,
        "cvr": i % 89 + 0.5,
        "cat": f"category of {CATEGORIES[i % len(CATEGORIES)]}",
        "emb": struct.pack(f"<{VECTOR_WIDTH}f", *((i + at) % 64 * 0.25 for at in range(VECTOR_WIDTH))),
    }


def canonical(bins):
    """One text for equal bins, the same that `features.mjs` gives."""
    if not bins:
        return "nothing"
    return " ".join(f"{name}={text(bins[name])}" for name in sorted(bins))


def text(value):
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    return str(value)


def expected(n, keys):
    """How many are found, and what a reader of every bin adds up."""
    found, total = 0, 0
    for i in records_of(n, keys):
        if is_found(i):
            found += 1
            total += touched(bins_of(i))
    return found, total


def touched(bins):
    return bins["imp"] + bins["clk"] + bins["ctr"] + bins["cvr"] + len(bins["cat"]) + len(bins["emb"])
