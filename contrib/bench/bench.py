#!/usr/bin/env python3
"""Measure trawl against its peers, one figure of its targets at a time.

usage: bench.py [OPTION]... [small|tls|slow|hosts|pipe]...

Each round runs the programs in turn (A B C, A B C, ...) and ratios are taken within a
round: the machine's moods pass over all of them alike. What is printed are medians.
See README beside this file.
"""

import argparse
import contextlib
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from server import Server

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))


class Usage:
    """What one run took."""

    def __init__(self, text):
        wall, user, system, peak, status = text.split()
        self.wall = float(wall)
        self.cpu = float(user) + float(system)
        self.peak = int(peak) / 1024
        self.status = int(status)


class Bench:
    def __init__(self, args, folder, server):
        self.args, self.folder, self.server = args, folder, server
        self.trawl, self.bare, self.measure = args.trawl, args.bare, args.measure

    def path(self, name):
        return os.path.join(self.folder, name)

    def start(self, name, command, stdin=subprocess.DEVNULL):
        """Begins a run; its output goes to the file NAME.out."""
        command = [self.measure, self.path(name + ".use"), str(self.args.client_cpu)] + command
        with open(self.path(name + ".out"), "wb") as out, \
                open(self.path(name + ".err"), "wb") as err:
            return subprocess.Popen(command, stdin=stdin, stdout=out, stderr=err)

    def finish(self, name, process, records):
        """Waits for a run; complains when it did not do the work."""
        process.wait()
        with open(self.path(name + ".use"), encoding="ascii") as f:
            use = Usage(f.read())
        if records:
            with open(self.path(name + ".out"), "rb") as f:
                lines = sum(block.count(b"\n") for block in iter(lambda: f.read(1 << 20), b""))
            if lines != records:
                print(f"  {name}: {lines} records, not {records}")
        if use.status:
            with open(self.path(name + ".err"), errors="replace", encoding="utf-8") as f:
                print(f"  {name}: exit status {use.status}: {f.read()[-500:].strip()}")
        return use

    def rounds(self, n, contestants):
        """Runs [(name, command, records)] in turn, n times: name -> [Usage]."""
        result = {name: [] for name, command, _ in contestants if command}
        for _ in range(self.args.rounds or n):
            for name, command, records in contestants:
                if command:
                    use = self.finish(name, self.start(name, command), records)
                    result[name].append(use)
        return result

    def fetch(self, *options):
        """A command of trawl, or None without one."""
        return [self.trawl, "fetch", "--format", "json", "-q", *options] if self.trawl else None

    def write_lines(self, name, lines):
        with open(self.path(name), "w", encoding="ascii") as f:
            f.writelines(line + "\n" for line in lines)
        return self.path(name)

    def write_config(self, name, urls):
        """URLs as curl's -K takes them, each body thrown away."""
        return self.write_lines(
            name, (f'url = "{url}"\noutput = "/dev/null"' for url in urls))


def median(values):
    return statistics.median(values)


def show(result, requests):
    print(f"  {'':16}{'wall s':>9}{'cpu s':>9}{'us/request':>12}{'peak MB':>9}{'runs':>6}")
    for name, uses in result.items():
        cpu = median([u.cpu for u in uses])
        print(f"  {name:16}{median([u.wall for u in uses]):9.3f}{cpu:9.3f}"
              f"{cpu / requests * 1e6:12.1f}{median([u.peak for u in uses]):9.1f}{len(uses):6}")


def verdict(text, value, limit, unit):
    word = "ok" if value <= limit else "MISSED"
    print(f"  {text:46}{value:9.2f} {unit:2}  at most {limit:g}  {word}")


def ratio(result, what, a, b, limit):
    """The median of the rounds' ratios, against the target."""
    if a not in result or b not in result:
        return
    values = [getattr(x, what) / getattr(y, what) for x, y in zip(result[a], result[b])]
    verdict(f"{what}: {a} over {b}", median(values), limit, "x")


def at_most(result, what, name, limit, unit):
    if name in result:
        verdict(f"{what}: {name}", median([getattr(u, what) for u in result[name]]), limit, unit)


CURL = ["curl", "-q", "-s", "-Z"]


def small(b):
    """20,000 small GETs over kept-alive HTTP/1.1, 64 at once"""
    n, prefix = 20000, b.server.url + "/small/"
    urls = b.write_lines("small.urls", (f"{prefix}{i}" for i in range(1, n + 1)))
    result = b.rounds(9, [
        ("bare", [b.bare, prefix, str(n), "64"], 0),
        ("trawl", b.fetch("-j64", "--per-host", "64", "-i", urls), n),
        ("curl", CURL + ["--parallel-max", "64", "-w", "%{json}\n", "-o", "/dev/null",
                         f"{prefix}[1-{n}]"], n),
    ])
    show(result, n)
    ratio(result, "cpu", "trawl", "bare", 1.4)
    ratio(result, "wall", "trawl", "curl", 0.6)


def tls(b):
    """New TLS connections to 200 hosts, certificates verified"""
    hosts = b.server.tls_hosts
    urls = [f"https://{host}:{b.server.tls_port}/small/1" for host in hosts]
    config = b.write_config("tls.curl", urls)
    lines = b.write_lines("tls.urls", urls)
    result = b.rounds(5, [
        ("trawl", b.fetch("-j64", "--cacert", b.server.bundle, "-i", lines), len(urls)),
        ("curl", CURL + ["--parallel-max", "64", "--cacert", b.server.bundle,
                         "-w", "%{json}\n", "-K", config], len(urls)),
    ])
    show(result, len(urls))
    ratio(result, "cpu", "trawl", "curl", 0.2)


def slow(b):
    """10,000 responses of 1 s each, all at once"""
    n, prefix = 10000, b.server.url + "/sleep/"
    urls = b.write_lines("slow.urls", (f"{prefix}{i}" for i in range(1, n + 1)))
    result = b.rounds(3, [
        ("bare", [b.bare, prefix, str(n), str(n)], 0),
        ("trawl", b.fetch(f"-j{n}", "--per-host", str(n), "-i", urls), n),
    ])
    show(result, n)
    at_most(result, "wall", "trawl", 2.5, "s")
    at_most(result, "peak", "trawl", 300, "MB")


def hosts(b):
    """20,000 distinct hosts, 100 at once, against one host"""
    n, port = 20000, b.server.port
    many = [f"http://127.{1 + i // 40000}.{i // 200 % 200}.{1 + i % 200}:{port}/small/1"
            for i in range(n)]
    one = [f"{b.server.url}/small/{i}" for i in range(n)]
    options = ["-j100", "--per-host", "100"]
    result = b.rounds(3, [
        ("one host", b.fetch(*options, "-i", b.write_lines("one.urls", one)), n),
        ("many hosts", b.fetch(*options, "-i", b.write_lines("many.urls", many)), n),
        ("curl, many hosts",
         CURL + ["--parallel-max", "100", "-w", "%{json}\n",
                 "-K", b.write_config("many.curl", many)], n),
    ])
    show(result, n)
    ratio(result, "cpu", "many hosts", "one host", 3)


def from_pipe(b, name, command, producer, records):
    """Feeds a producer's output to a command: its usage, when its first record was
    there and when the input ended, in seconds."""
    begin = time.monotonic()
    first = ended = None
    source = subprocess.Popen(producer, stdout=subprocess.PIPE)
    process = b.start(name, command, source.stdout)
    source.stdout.close()
    while process.poll() is None:
        time.sleep(0.005)
        now = time.monotonic() - begin
        if first is None and os.path.getsize(b.path(name + ".out")):
            first = now
        if ended is None and source.poll() is not None:
            ended = now
    source.wait()
    return b.finish(name, process, records), first, ended or time.monotonic() - begin


def pipe(b):
    """URLs from a pipe: memory, and the first record before the input ends"""
    n, prefix = b.args.count, b.server.url + "/small/"
    runs = [("curl", CURL + ["--parallel-max", "64", "-w", "%{json}\n", "-K", "-"],
             ["seq", "-f", f'url = "{prefix}%.0f"\noutput = "/dev/null"', "1", str(n)])]
    if b.trawl:
        runs.insert(0, ("trawl", b.fetch("-j64", "--per-host", "64"),
                        ["seq", "-f", prefix + "%.0f", "1", str(n)]))
    result = {}
    for name, command, producer in runs:
        use, first, ended = from_pipe(b, name, command, producer, n)
        result[name] = [use]
        print(f"  {name}: first record after {first or 0:.3f} s, input ended after {ended:.3f} s")
        if name == "trawl" and (first is None or first >= ended):
            print("  trawl: no record before the input ended  MISSED")
    show(result, n)
    at_most(result, "peak", "trawl", 64, "MB")


FIGURES = {f.__name__: f for f in (small, tls, slow, hosts, pipe)}


def program(path, what):
    if os.access(path, os.X_OK):
        return path
    sys.exit(f"bench.py: {path}: {what}")


def options():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n", maxsplit=1)[0],
        epilog="; ".join(f"{name}: {f.__doc__}" for name, f in FIGURES.items()))
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=", ".join(FIGURES))
    parser.add_argument("--build", default=os.path.join(TOP, "build"),
                        help="where trawl was built (default: build)")
    parser.add_argument("--rounds", type=int, help="runs of each program")
    parser.add_argument("--count", type=int, default=1000000, help="URLs of pipe")
    parser.add_argument("--client-cpu", type=int, default=0)
    parser.add_argument("--server-cpu", type=int, default=1)
    args = parser.parse_args()
    unknown = set(args.figures) - set(FIGURES)
    if unknown:
        parser.error(f"no such figure: {', '.join(sorted(unknown))}")
    for name in ("bare", "measure"):
        setattr(args, name, program(os.path.join(args.build, "contrib/bench", name),
                                    "not there; make bench-programs"))
    args.trawl = os.environ.get("TRAWL", os.path.join(args.build, "trawl"))
    if not os.access(args.trawl, os.X_OK):
        print(f"{args.trawl}: not there; the peers alone are measured")
        args.trawl = None
    return args


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the server ends with us
    args = options()
    with tempfile.TemporaryDirectory(prefix="trawl-bench-") as folder, \
            Server(folder, args.server_cpu) as server:
        bench = Bench(args, folder, server)
        for name in args.figures or FIGURES:
            print(f"\n{name}: {FIGURES[name].__doc__}", flush=True)
            FIGURES[name](bench)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
