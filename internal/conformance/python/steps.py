"""Reports the steps of a conformance program as lines of JSON."""

import json
import os
import sys
import time

endpoint = os.environ["ENDPOINT"]
apikey = os.environ["APIKEY"]
cacert = os.environ.get("CACERT", "")
unique = f"{int(time.time() * 1000) % 10**10}_{os.getpid()}"

count = 0


def step(name, want, call):
    """Calls call and compares its result with want.

    If want is a class of exceptions, call must raise exactly that class. If want is a pair
    of a class and a text, the message must also contain the text.
    """
    global count
    count += 1
    try:
        got = call()
    except Exception as e:
        got = e
    ok = matches(want, got)
    print(json.dumps({"step": name, "ok": ok, "want": show(want), "got": "" if ok else show(got)}), flush=True)
    return got if ok else None


def matches(want, got):
    if isinstance(want, tuple) and want and isinstance(want[0], type) and issubclass(want[0], Exception):
        return type(got) is want[0] and want[1] in str(got)
    if isinstance(want, type) and issubclass(want, Exception):
        return type(got) is want
    if callable(want):
        return not isinstance(got, Exception) and bool(want(got))
    return type(want) is type(got) and want == got


def show(value):
    if isinstance(value, Exception):
        return f"{type(value).__name__}: {value}"
    if callable(value):
        return getattr(value, "__name__", str(value))
    return repr(value)


def done():
    print(json.dumps({"done": count}), flush=True)
    sys.exit(0)
