#!/usr/bin/env python3
"""trawl download, of files that change at any time: never a splice.

Environment: TRAWL_VERSION_CHANGES, how often files change in the first test (10,000);
TRAWL_SEED, the seed of all that is random, which is printed otherwise.
"""

import collections
import contextlib
import json
import os
import random
import signal
import time

import harness
from harness import check, limit, same, tmp, write
from versions import File, PLACES, VersionServer, content, look, sha256, told

CHANGES = int(os.environ.get("TRAWL_VERSION_CHANGES", "10000"))
SEED = os.environ.get("TRAWL_SEED") or str(random.SystemRandom().randrange(10 ** 9))
SIZES = (0, 1, 15, 16, 17, 100, 1000, 4096, 16383, 16384, 16385, 20000, 32768, 50000)
LARGER = (65536, 262143, 262144, 262145, 300000, 524288)


def dice(name):
    print(f"# seed {SEED}")
    return random.Random(f"{SEED} {name}")


def rng_of(rng):
    return random.Random(rng.getrandbits(64))


def small_files(rng, count, most=6):
    return [new_file(i, rng, rng.choice(SIZES if rng.random() < 0.9 else LARGER), most)
            for i in range(count)]


def new_file(number, rng, size, most, **more):
    changes = rng.randint(1, most)
    return File(number, rng_of(rng), size, changes, changes + rng.randint(0, 2), **more)


def options(rng):
    some = ["--no-sync"] if rng.random() < 0.7 else []
    return some + rng.choice([[], [], ["--hash"]])


class Batch:
    """Files that are fetched into one directory: by their names a line of the list, and
    the Files that the mirrors have."""

    def __init__(self, text, groups):
        self.urls, self.groups, self.directory = write(text, "urls"), groups, tmp()
        self.done = {}

    def start(self, *args):
        for group in self.groups.values():
            for file in group:
                file.begin_run()
        return harness.Proc("download", "-q", "-d", self.directory, "-j", "48",
                            "--per-host", "48", "--retry-delay", "0", *args,
                            "-i", self.urls)

    def look(self, **options):
        self.done = look(self.directory, self.groups, self.done, **options)

    def run(self, *args):
        """A run to its end: the records agree with what is in the directory."""
        result = self.start(*args).finish(harness.PATIENCE * 4)
        self.look()
        same({os.path.basename(r["path"]) for r in result.records}, set(self.groups))
        for record in result.records:
            name = os.path.basename(record["path"])
            group = self.groups[name]
            types = {"truncated", "empty_reply", "reset"}
            if group[0].wanted is not None:  # it may be the good mirror that is cut
                types.add("checksum_mismatch")
            if record["ok"] != (name in self.done) or \
                    not record["ok"] and record["error"]["type"] not in types:
                raise AssertionError(f"{record}; {told(group)}")
        return result.exited(0 if set(self.done) == set(self.groups) else 1)

    def finish(self, *args):
        """With retries enough all succeed: the servers end their mischief."""
        for record in self.run("--retry", "100", *args).records:
            if not record["ok"]:
                name = os.path.basename(record["path"])
                raise AssertionError(f"{record}; {told(self.groups[name])}")

    def kill(self, rng, servers, *args):
        """A run that is killed after some requests, and what it leaves."""
        proc = self.start(*args)
        first = servers[0]
        first.wait_asked(first.asked + rng.randint(1, 40), proc.process)
        time.sleep(rng.random() * 0.02)  # not only where a request has come
        with contextlib.suppress(ProcessLookupError):  # it has just ended
            proc.signal(signal.SIGKILL)
        proc.finish().exited(-signal.SIGKILL, 0, 1)
        self.look(killed=True)


def alone(server):
    """Each file by itself."""
    files = server.files.values()
    return Batch("".join(server.url(f) + "\n" for f in files),
                 {f.path[1:]: [f] for f in files})


def tell(*counters):
    total = sum(counters, collections.Counter())
    print(f"# {total.total()} changes, behind: "
          + ", ".join(f"{p} {total[p]}" for p in PLACES))
    return total


@limit(300)
def test_small_files():
    """files that change between requests, after cuts at every kind of offset"""
    rng, total = dice("small"), collections.Counter()
    while total.total() < CHANGES:
        server = VersionServer(small_files(rng, min(1000, max(20, CHANGES // 4))),
                               rng_of(rng))
        batch = alone(server)
        batch.run("--retry", "1", *options(rng))
        batch.finish(*options(rng))
        total += server.counts
    tell(total)
    if CHANGES >= 10000:
        same([p for p in PLACES if total[p] < CHANGES / 100], [], "offsets too rare")


def large_files(rng, count, most):
    return [new_file(i, rng, rng.randint(1 << 20, 5 << 20), most) for i in range(count)]


@limit(200)
def test_split():
    """the same for larger ones that are fetched in ranges at once"""
    rng, count = dice("split"), max(4, CHANGES // 300)
    server = VersionServer(large_files(rng, count, 5), rng_of(rng))
    batch = alone(server)
    batch.run("--split", "4", "--retry", "1", *options(rng))
    batch.finish("--split", "4", *options(rng))
    tell(server.counts)


def mirrored(rng, count, sizes):
    """A batch of files that two or three servers have, each its own versions of them;
    some with a checksum, which one of them meets. And the servers."""
    groups, text = {}, ""
    for i in range(count):
        first = new_file(i, rng, rng.choice(sizes), 3,
                         validators=rng.choice(("etag", "etag and date", "old date")))
        others = [first.mirror(rng_of(rng), rng.randint(0, 2), rng.randint(0, 2))
                  for _ in range(rng.randint(1, 2))]
        groups[first.path[1:]] = [first, *others]
    hosts = [VersionServer([g[i] for g in groups.values() if len(g) > i], rng_of(rng))
             for i in range(3)]
    for group in groups.values():
        line = {"urls": [s.url(f) for s, f in zip(hosts, group)]}
        if rng.random() < 0.4:
            line["sha256"] = agree(rng, group)
        text += json.dumps(line) + "\n"
    return Batch(text, groups), hosts


def agree(rng, group):
    """Says which version is right, one that a mirror keeps to: its checksum."""
    good = rng.choice(group)
    good.changes, wanted = 0, good.version
    for file in group:
        file.wanted = wanted
        if rng.random() < 0.3:
            file.validators = rng.choice(("etag", "weak etag", "none"))
    return sha256(content(good.number, wanted, good.size_of(wanted)))


@limit(200)
def test_mirrors():
    """the same for files of which several servers have versions of their own"""
    rng = dice("mirrors")
    for split in ((), ("--split", "4")):
        sizes = (1, 100, 20000, 300000) if not split else (1 << 20, 2500000, 4 << 20)
        batch, hosts = mirrored(rng, max(4, CHANGES // (400 if split else 50)), sizes)
        batch.run("--retry", "1", *split, *options(rng))
        batch.finish(*split, *options(rng))
        tell(*(h.counts for h in hosts))


@limit(200)
def test_killed():
    """runs that are killed and started again, of files that change"""
    rng = dice("killed")
    server = VersionServer(small_files(rng, max(20, CHANGES // 30), 8), rng_of(rng))
    batch = alone(server)
    for _ in range(20):
        batch.kill(rng, [server], "--retry", "2", *options(rng))
    batch.finish(*options(rng))
    tell(server.counts)


@limit(200)
def test_killed_split():
    """the same for larger ones in ranges, from several servers"""
    rng = dice("killed split")
    batch, hosts = mirrored(rng, max(4, CHANGES // 400), (1 << 20, 2500000, 4 << 20))
    for _ in range(12):
        batch.kill(rng, hosts, "--split", "4", *options(rng))
    batch.finish("--split", "4", *options(rng))
    tell(*(h.counts for h in hosts))


if __name__ == "__main__":
    harness.main()
