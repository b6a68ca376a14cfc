#!/usr/bin/env python3
"""Measure trawl gather beside the asyncio script that does the same.

usage: gather.py [OPTION]... [apis|chain|foreach|start]...
"""

import json
import os
import socket
import statistics
import subprocess
import sys
import time

import bench
from gather_asyncio import AT_ONCE, COUNT

PEER = os.path.join(bench.HERE, "gather_asyncio.py")


def spec(b, name, requests):
    """The file of a spec."""
    return b.write_lines(name + ".json", [json.dumps({"vars": {"url": b.server.url},
                                                      "requests": requests})])


def documents(b):
    """Whether both made the same of it."""
    both = []
    for name in ("trawl", "aiohttp"):
        with open(b.path(name + ".out"), "rb") as f:
            both.append(json.load(f))
    if both[0] != both[1]:
        print("  the documents differ")


def both(b, figure, requests, rounds):
    """Runs the two in turn: name -> [Usage]."""
    command = [b.trawl, "gather", "-q", "--per-host", str(AT_ONCE), "--format", "json",
               spec(b, figure, requests)]
    result = b.rounds(rounds, [
        ("trawl", command, 1),
        ("aiohttp", [sys.executable, PEER, figure, b.server.url], 1)])
    documents(b)
    return result


def apis(b):
    """Three independent APIs of 1, 2 and 3 s"""
    result = both(b, "apis", {name: {"url": "{{url}}/wait/%d" % (i + 1)}
                              for i, name in enumerate("abc")}, 3)
    bench.show(result, 3)
    bench.at_most(result, "wall", "trawl", 3.1, "s")


def chain(b):
    """A chain of 0.2, 0.3 and 0.4 s: their sum and 0.1 s"""
    result = both(b, "chain", {
        "a": {"url": "{{url}}/wait/0.2"},
        "b": {"url": "{{url}}/wait/0.3?a={{a#/slept}}"},
        "c": {"url": "{{url}}/wait/0.4?b={{b#/slept}}"}}, 5)
    bench.show(result, 3)
    bench.at_most(result, "wall", "trawl", 1.0, "s")


def foreach(b):
    """foreach over 10,000 items, 64 at once"""
    result = both(b, "foreach", {"r": {"foreach": list(range(COUNT)),
                                       "url": "{{url}}/small/{{item}}"}}, 7)
    bench.show(result, COUNT)
    bench.ratio(result, "wall", "trawl", "aiohttp", 1 / 4)
    bench.ratio(result, "peak", "trawl", "aiohttp", 1 / 3)


def first_request(command):
    """Milliseconds from the start of a command to its first request."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        command = [part.replace("PORT", str(listener.getsockname()[1])) for part in command]
        began = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        connection, _ = listener.accept()
        connection.recv(1)
        took = time.monotonic() - began
        connection.close()
    process.kill()
    process.wait()
    return took * 1000


def start(b):
    """From the start of the program to its first request"""
    path = b.write_lines("start.json", ['{"requests": {"r": {"url": "http://127.0.0.1:{{port}}/"}}}'])
    times = {"trawl": [], "aiohttp": []}
    for _ in range(b.args.rounds or 15):
        times["trawl"].append(first_request(
            [b.trawl, "gather", "--retry", "0", "--var", "port=PORT", path]))
        times["aiohttp"].append(first_request(
            [sys.executable, PEER, "apis", "http://127.0.0.1:PORT"]))
    for name, values in times.items():
        print(f"  {name:16}{statistics.median(values):9.1f} ms")
    bench.verdict("start: trawl", statistics.median(times["trawl"]), 15, "ms")


bench.FIGURES = {"apis": apis, "chain": chain, "foreach": foreach, "start": start}

if __name__ == "__main__":
    bench.main()
