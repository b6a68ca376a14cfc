#!/usr/bin/env python3
"""Measure trawl download against its peers, over nginx on loopback.

usage: download.py [OPTION]... [big|files|memory]...

Programs take turns within a round, each into a fresh folder that stays until the end:
some file systems are slow where files were removed a moment ago. Nothing is pinned to a
CPU: trawl writes and hashes on threads. Ratios are medians of those within the rounds.
"""

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
FILES, FILE_BYTES, BIG_BYTES = 5000, 20_000, 1 << 30

CONF = """
worker_processes 1; pid {dir}/pid; error_log {dir}/log; daemon off;
events {{ worker_connections 4096; }}
http {{
    access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
    server {{ listen 127.0.0.1:{port}; root {dir}/www; }}
}}
"""


class Run:
    """One run to its end: wall and CPU seconds, peak MB, bytes and files it left."""

    def __init__(self, command, folder):
        os.makedirs(folder)
        os.sync()
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, _, use = os.wait4(process.pid, 0)
        process.returncode = 0
        self.wall = time.monotonic() - began
        self.cpu, self.peak = use.ru_utime + use.ru_stime, use.ru_maxrss / 1024
        sizes = [os.path.getsize(os.path.join(d, f))
                 for d, _, names in os.walk(folder) for f in names]
        self.files, self.bytes = len(sizes), sum(sizes)


class Server:
    """nginx with the files to fetch."""

    def __init__(self, folder, port):
        self.url, self.dir = f"http://127.0.0.1:{port}", folder
        os.makedirs(os.path.join(folder, "www"))
        with open("/dev/urandom", "rb") as noise:
            block = noise.read(1 << 20)
        with open(os.path.join(folder, "www", "big"), "wb") as f:
            for _ in range(BIG_BYTES >> 20):
                f.write(block)
        for i in range(FILES):
            with open(os.path.join(folder, "www", f"f{i}"), "wb") as f:
                f.write(block[i:i + FILE_BYTES])
        path = os.path.join(folder, "conf")
        with open(path, "w", encoding="ascii") as f:
            f.write(("user root;" if os.geteuid() == 0 else "")
                    + CONF.format(dir=folder, port=port))
        self.process = subprocess.Popen(["nginx", "-c", path, "-e", "stderr"],
                                        stderr=subprocess.DEVNULL)
        time.sleep(1)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def write_list(folder, lines):
    path = os.path.join(folder, "list")
    with open(path, "w", encoding="ascii") as f:
        f.writelines(line + "\n" for line in lines)
    return path


def compare(args, contestants, folder, files, size):
    """Runs them all in turn; {name: [Run]}. Who left other files is named."""
    runs = {name: [] for name in contestants}
    for i in range(args.rounds):
        for name, command in contestants.items():
            if not shutil.which(command[0]):
                continue
            run = Run(command, os.path.join(folder, f"{name} {i}".replace(" ", "_")))
            runs[name].append(run)
            if (run.files, run.bytes) != (files, size):
                print(f"  {name}: {run.files} files of {run.bytes} bytes,"
                      f" not {files} of {size}")
    return {name: each for name, each in runs.items() if each}


def median(runs, what):
    return statistics.median(getattr(run, what) for run in runs)


def show(runs):
    for name, each in runs.items():
        print(f"  {name:16} {median(each, 'wall'):7.2f} s  {median(each, 'cpu'):6.2f} s CPU"
              f"  {median(each, 'peak'):6.0f} MB")


def ratio(runs, what, a, b, text):
    if a in runs and b in runs:
        each = [getattr(x, what) / getattr(y, what) for x, y in zip(runs[a], runs[b])]
        print(f"  {what} {a} / {b}: {statistics.median(each):.2f}  ({text})")


def big(args, server, folder):
    print(f"big: {BIG_BYTES >> 20} MB to {folder}")
    url, trawl = server.url + "/big", [args.trawl, "download", "-q"]
    runs = compare(args, {
        "trawl": trawl + [url], "trawl --split 4": trawl + ["--split", "4", url],
        "trawl --no-sync": trawl + ["--no-sync", url],
        "curl": ["curl", "-s", "-O", url],
        "aria2": ["aria2c", "-q", "-x4", "-s4", url],
        "wget2": ["wget2", "-q", url]}, folder, 1, BIG_BYTES)
    show(runs)
    for name in ("trawl", "trawl --split 4", "trawl --no-sync"):
        ratio(runs, "wall", name, "curl", "at most 0.6")
        ratio(runs, "wall", name, "aria2", "at most 0.6")
    ratio(runs, "cpu", "trawl", "curl", "at most 1")


def files(args, server, folder):
    print(f"files: {FILES} of {FILE_BYTES} bytes, 32 at once, to {folder}")
    path = write_list(server.dir, (f"{server.url}/f{i}" for i in range(FILES)))
    trawl = [args.trawl, "download", "-q", "-j", "32", "--per-host", "32", "-i", path]
    runs = compare(args, {
        "trawl": trawl, "trawl --no-sync": trawl + ["--no-sync"],
        "wget2": ["wget2", "-q", "--max-threads=32", "-i", path],
        "aria2": ["aria2c", "-q", "-j32", "-i", path]}, folder, FILES, FILES * FILE_BYTES)
    show(runs)
    for name in ("trawl", "trawl --no-sync"):
        ratio(runs, "wall", "wget2", name, "at least 3")
        ratio(runs, "wall", "aria2", name, "at least 10")


def memory(args, server, folder):
    print("memory: 64 large files in flight for five seconds")
    path = write_list(server.dir, (f"{server.url}/big\tn{i}" for i in range(64)))
    run = Run(["timeout", "-s", "INT", "5", args.trawl, "download", "-q", "-i", path,
               "--per-host", "64", "--limit-rate", "300M"], os.path.join(folder, "memory"))
    print(f"  peak {run.peak:.0f} MB  (at most 64)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("figures", nargs="*", metavar="big|files|memory")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", default=tempfile.gettempdir(), help="where files go")
    parser.add_argument("--port", type=int, default=18890)
    parser.add_argument("--trawl", default=os.environ.get("TRAWL", "trawl"))
    args = parser.parse_args()
    args.trawl = os.path.abspath(shutil.which(args.trawl) or args.trawl)
    figures = {"big": big, "files": files, "memory": memory}
    with tempfile.TemporaryDirectory(prefix="trawl-bench-") as served:
        server = Server(served, args.port)
        try:
            for name in args.figures or figures:
                with tempfile.TemporaryDirectory(prefix="trawl-bench-",
                                                 dir=args.folder) as folder:
                    figures[name](args, server, folder)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
