"""What the tests of trawl download share: running it, and what came of it."""

import hashlib
import os
import random
import threading

import harness
from harness import check, same, tmp
from servers import Versioned

OLD = "Mon, 02 Nov 2015 10:00:00 GMT"
OLD_TIME = 1446458400
BODY = random.Random(1).randbytes(100000)
OTHER = random.Random(2).randbytes(100000)
LARGE = random.Random(3).randbytes(8 << 20)


def start(out, *args, **options):
    return harness.Proc("download", "--retry-delay", "0", "--no-sync", "-d", out, *args,
                        **options)


def download(out, *args, **options):
    return start(out, *args, **options).finish()


def once(out, *args, **options):
    """Without retries."""
    return download(out, "--retry", "0", *args, **options)


def holds(out, **files):
    """Exactly these files are in the directory; "_" in a name stands for a dot."""
    found = {name: harness.read(os.path.join(out, name)) for name in os.listdir(out)}
    same(sorted(found), sorted(n.replace("_", ".") for n in files), "files")
    for name, body in files.items():
        if body is not None:
            check(found[name.replace("_", ".")] == body, f"{name} holds other bytes")


def told(record, **fields):
    """What the record says."""
    same({k: record.get(k) for k in fields}, fields, "record")


def failed(result, type_, retriable=None, **fields):
    """The only item failed."""
    record = result.exited(1).record
    same((record["ok"], record["error"]["type"]), (False, type_), "error")
    if retriable is not None:
        same(record["error"]["retriable"], retriable, "retriable")
    told(record, **fields)
    return record


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def cut_before(*args, cut=40000, **options):
    """A server of BODY, and a directory with the part that a first run left."""
    server, out = Versioned(BODY, cuts=[cut], **options), tmp()
    failed(once(out, *args, server.url + "/x"), "truncated", True)
    return server, out


def together(server, count):
    """Holds the answers of a Versioned, but for its first, until so many are asked for."""
    alter, changed, seen = server.alter, threading.Condition(), []

    def hold(request, status, headers, body):
        with changed:
            seen.append(request)
            changed.notify_all()
            if len(seen) > 1:
                changed.wait_for(lambda: len(seen) > count, harness.PATIENCE)
        return alter(request, status, headers, body) if alter else (status, headers, body)
    server.alter = hold
