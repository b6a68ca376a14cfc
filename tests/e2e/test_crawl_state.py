#!/usr/bin/env python3
"""trawl crawl --state: a crawl that was ended goes on where it was."""

import os
import random
import signal
import time

from crawls import crawl, html, pages, paths, site, start
import harness
from harness import SANITIZED, check, contains, parse, read, same, tmp, write
import servers
from servers import redirect


def tree(count):
    """A site of that many pages, each linking to three more and to some before; every
    tenth is reached by a redirect."""
    def app(request):
        if request.target == "/robots.txt":
            return servers.reply("", 404)
        n = int(request.target.strip("/rt") or 0)
        if request.target.startswith("/r"):
            return redirect(f"/t{n}")
        links = [i for i in (3 * n + 1, 3 * n + 2, 3 * n + 3) if i < count]
        return html("/", f"/{n // 2}", *(f"/r{i}" if i % 10 == 0 else f"/{i}" for i in links),
                    title=str(n))
    return servers.http(app)


def files():
    where = tmp()
    return [os.path.join(where, name) for name in ("state", "out")]


def put(path, data):
    with open(path, "wb") as file:
        file.write(data)


def once_each(out):
    """The URLs of a file of records, each of which has only one."""
    urls = [r["url"] for r in parse(read(out))]
    same(len(urls), len(set(urls)), "records of as many URLs")
    return sorted(urls)


@harness.limit(180)
def test_killed():
    """killed 50 times, it finds what one that was left alone finds, each page once"""
    count, kills = (300, 10) if SANITIZED else (2000, 50)
    s, chance = tree(count), random.Random(4)
    state, out = files()
    args = (s.url, "-l", "inf", "--state", state, "-o", out, "--rate", "60/s" if SANITIZED else "250/s")
    for i in range(kills):
        run = start(*args)
        before = len(s.requests)
        s.wait_requests(before + (1 if i else 20))
        time.sleep(chance.random() * chance.choice((0.02, 0.1, 0.7)) if i else 1.5)
        run.kill()
        check(run.process.returncode == -signal.SIGKILL, "it ended before it was killed")
    before = len(s.requests)
    crawl(*args).exited(0)
    check(len(s.requests) - before < count, "nothing was kept")
    alone = crawl(s.url, "-l", "inf").exited(0)
    found = once_each(out)
    same(found, sorted(r["url"] for r in alone.records), "pages")
    for record in parse(read(out)):
        check(record["ok"], f"not ok: {record}")


def test_interrupted():
    """SIGINT: what was under way is asked for by the next run"""
    gate = servers.Gate(lambda r: html("/a", "/b") if r.path == "/" else html("/c"))
    state, out = files()
    args = (gate.url, "--no-robots", "--state", state, "-o", out)
    run = start(*args)
    gate.wait(1)
    gate.release("/")
    gate.wait(3)
    run.signal(signal.SIGINT)
    run.finish().exited(130)
    same(sorted(r["url"].removeprefix(gate.url) for r in parse(read(out)) if r["ok"]), ["/"],
         "done")
    gate.open()
    crawl(*args).exited(0)
    same(sorted(r["url"].removeprefix(gate.url) for r in parse(read(out)) if r["ok"]),
         ["/", "/a", "/b", "/c"], "done by both")
    same(sorted(gate.held), ["/", "/a", "/a", "/b", "/b", "/c"], "requests")
    same(crawl(*args).exited(0).out, b"", "nothing is left")
    same(len(gate.held), 6, "requests")


def test_numbers():
    """--max-pages counts over all runs"""
    s = site({"/": [f"/{i}" for i in range(30)], "*": []})
    state, out = files()
    for most, count in ((5, 5), (5, 5), (12, 12)):
        crawl(s.url, "--state", state, "-o", out, "--max-pages", str(most)).exited(0)
        same(len([r for r in parse(read(out)) if "skipped" not in r]), count, "records")
    crawl(s.url, "--state", state, "-o", out).exited(0)
    same(len(once_each(out)), 31, "all")


def test_others_output():
    """what lies in another file than the last run's is not cut"""
    for first in [], ["-o", "first"]:
        s = site({"/": [f"/{i}" for i in range(9)], "*": []})
        where = tmp()
        crawl(s.url, "--state", "state", "--max-pages", "3", *first, cwd=where).exited(0)
        lines = b"".join(b'{"some":"other line"}\n' for _ in range(9999))
        for name in "-", "second":
            put(os.path.join(where, name), lines)
            run = crawl(s.url, "--state", "state", "--max-pages", "5" if name == "-" else "10",
                        "-o", name, cwd=where).exited(0)
            left = read(os.path.join(where, name))
            same(left[:len(lines)], lines, f"{name}: what was there")
            same(len(run.records or parse(left[len(lines):])), 2 if name == "-" else 5, name)


def test_shorter_output():
    """an output that was taken away begins anew, and is cut where it has to be"""
    gate = servers.Gate(lambda r: html(*(f"/{i}" for i in range(20))) if r.path == "/"
                        else html())
    state, out = files()
    args = (gate.url, "--no-robots", "--state", state, "-o", out)
    gate.open()
    crawl(*args, "--max-pages", "12").exited(0)
    os.unlink(out)
    crawl(*args, "--max-pages", "14").exited(0)
    with open(out, "ab") as file:
        file.write(b'{"url":"of a page that is not done"}\n')
    crawl(*args).exited(0)
    same(len(once_each(out)), 21 - 12, "records")
    lacks = [r for r in parse(read(out)) if not r["url"].startswith(gate.url)]
    same(lacks, [], "what was cut")


def test_failed_pages():
    """pages that failed are done"""
    s = site({"/": ["/gone"]})
    state, _ = files()
    crawl(s.url, "--state", state).exited(1)
    same(len(crawl(s.url, "--state", state).exited(0).records), 0, "records")
    same(s.hits.count("/gone"), 1, "requests")


def test_others():
    """a state of another crawl, of another command, or none at all is refused, and left"""
    s = site({"*": []})
    state, out = files()
    crawl(s.url, "--state", state).ok(1)
    before = read(state)
    for args in ((s.url + "/x",), (s.url, "-l", "3"), (s.url, "--scope", "any"),
                 (s.url, "--page-requisites"), (s.url, "--include", "x"),
                 (s.url, "--exclude", "x"), (s.url, "--drop-query", "x"), (s.url, s.url + "/x")):
        err = crawl(*args, "--state", state, "-o", out).exited(3).err
        contains(err, state, 'without "%s"' % " ".join(args[1:] or args).replace("-l ", "--level "))
        same(read(state), before, "the state")
        check(not os.path.exists(out), "the output was made")
    contains(harness.fetch(s.url, "--state", state).exited(3).err, state)
    other = write("no state at all")
    contains(crawl(s.url, "--state", other).exited(3).err, other)
    same(read(other), b"no state at all", "the file")


def test_mirror():
    """names that an earlier run gave in the mirror are no other page's"""
    s = site({"/": ["/a/", "/b", "/r"], "/a/": ["/a/index.html"], "/a/index.html": html(title="index"),
              "/b": html("/b/c", title="b"), "/b/c": html(title="c"), "/r": redirect("/d/"),
              "/d/": html("/d/index.html", title="d"), "/d/index.html": html(title="d index")})
    state, out = files()
    mirror = tmp()
    for most in range(1, 10):
        crawl(s.url, "--state", state, "-o", out, "--save", mirror, "--max-pages", str(most)).exited(0)
    records = {r["url"].removeprefix(s.url): r for r in parse(read(out))}
    same(len(records), 7, "pages")
    kept = {path: r["path"] for path, r in records.items()}
    same(len(set(kept.values())), 7, "files")
    for path, title in (("/b", "b"), ("/b/c", "c"), ("/a/index.html", "index"), ("/d/index.html", "d index")):
        contains(read(kept[path]).decode(), f"<title>{title}</title>")


def test_other_output():
    """what took the place of the records is not cut; a new file is gone on with"""
    s = site({"/": [f"/{i}" for i in range(9)], "*": []})
    state, out = files()
    args = (s.url, "--state", state)
    crawl(*args, "-o", out, "--max-pages", "3").exited(0)
    records = read(out)
    other = b"x" * len(records) + b"\nanother line\n"
    put(out, other)
    contains(crawl(*args, "-o", out, "--max-pages", "5").exited(3).err, out, state)
    same(read(out), other, "the file")
    put(out, records)
    new = os.path.join(tmp(), "new")
    crawl(*args, "-o", new, "--max-pages", "5").exited(0)
    length = len(read(new))
    with open(new, "ab") as f:
        f.write(b'{"of a page": "that comes again"}\n')
    crawl(*args, "-o", new, "--max-pages", "5").exited(0)
    same(len(read(new)), length, "length")
    crawl(*args, "-o", new).exited(0)
    same(len(once_each(out)) + len(once_each(new)), 10, "pages")


def test_summary():
    """the summary tells what earlier runs did"""
    s = site({"/": ["/a"], "/a": []})
    state, _ = files()
    crawl(s.url, "--state", state).ok(2)
    contains(harness.trawl("crawl", s.url, "--state", state).exited(0).err, "2")


if __name__ == "__main__":
    harness.main()
