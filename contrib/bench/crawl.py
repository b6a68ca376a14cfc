#!/usr/bin/env python3
"""Measure trawl crawl against wget2 and scrapy, over nginx on loopback.

usage: crawl.py [--rounds N] [--root DIR] [--start PATH] [--scrapy]

The site is cppreference-doc-en-html, as Debian packages it. Programs take turns within a
round, with robots off and 32 requests at once; ratios are medians of those within the
rounds. trawl saves nothing, then a mirror as wget2 does.
"""

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
TRAWL = os.environ.get("TRAWL") or os.path.join(TOP, "build", "trawl")

CONF = """
worker_processes 1; pid {dir}/pid; error_log {dir}/log; daemon off; {user}
events {{ worker_connections 4096; }}
http {{
    access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
    types {{ text/html html; }}
    server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
"""

SPIDER = """
import scrapy
from scrapy.linkextractors import LinkExtractor
class Spider(scrapy.Spider):
    name, start_urls = "s", ["{url}"]
    links = LinkExtractor(allow="{prefix}")
    def parse(self, response):
        yield {{"url": response.url}}
        for link in self.links.extract_links(response):
            yield scrapy.Request(link.url)
"""


def serve(folder, root):
    """(process, base URL)."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    path = os.path.join(folder, "conf")
    with open(path, "w", encoding="ascii") as f:
        f.write(CONF.format(dir=folder, port=port, root=root,
                            user="user root;" if os.geteuid() == 0 else ""))
    process = subprocess.Popen(["nginx", "-c", path, "-e", "stderr"],
                               stderr=subprocess.DEVNULL)
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return process, f"http://127.0.0.1:{port}"
        except ConnectionRefusedError:
            time.sleep(0.01)


def measure(command, folder):
    """(wall seconds, CPU seconds, peak MB) of one run."""
    os.makedirs(folder)
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, use = os.wait4(process.pid, 0)
    process.returncode = 0
    return time.monotonic() - began, use.ru_utime + use.ru_stime, use.ru_maxrss / 1024


def commands(url, folder, scrapy):
    crawl = [TRAWL, "crawl", "-q", url, "--scope", "prefix", "-l", "inf", "--no-robots",
             "-j", "32", "--per-host", "32", "-o", "records"]
    found = {"trawl": crawl, "trawl --save": crawl + ["--save", "mirror"]}
    if shutil.which("wget2"):
        found["wget2"] = ["wget2", "-q", "-r", "-l", "inf", "--no-parent", "--no-robots",
                          "--max-threads=32", url]
    if scrapy and shutil.which("scrapy"):
        path = os.path.join(folder, "spider.py")
        with open(path, "w", encoding="ascii") as f:
            f.write(SPIDER.format(url=url, prefix=url.rsplit("/", 1)[0]))
        found["scrapy"] = ["scrapy", "runspider", "-s", "CONCURRENT_REQUESTS=32", "-s",
                           "CONCURRENT_REQUESTS_PER_DOMAIN=32", "-o", "items.jl", path]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--root", default="/usr/share/cppreference/doc/html")
    parser.add_argument("--start", default="/en/index.html")
    parser.add_argument("--scrapy", action="store_true", help="also scrapy: minutes a round")
    args = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="trawl-bench-")
    server, base = serve(folder, args.root)
    try:
        programs = commands(base + args.start, folder, args.scrapy)
        runs = {name: [] for name in programs}
        for i in range(args.rounds):
            for name, command in programs.items():
                where = os.path.join(folder, f"{i}-{name.replace(' ', '')}")
                runs[name].append(measure(command, where))
        for name, measured in runs.items():
            wall, cpu, peak = (statistics.median(m[k] for m in measured) for k in range(3))
            print(f"{name:14} {wall:7.2f} s  {cpu:7.2f} s of CPU  {peak:5.0f} MB", end="")
            for peer in ("wget2", "scrapy"):
                if peer in runs and name not in ("wget2", "scrapy"):
                    ratio = statistics.median(p[0] / m[0]
                                              for p, m in zip(runs[peer], measured))
                    print(f"  {ratio:.1f} times {peer}", end="")
            print()
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
