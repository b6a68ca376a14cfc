#!/usr/bin/env python3
"""trawl crawl on real sites, as Debian packages them, beside wget2."""

import os
import subprocess
import urllib.parse

from crawls import crawl
import harness
from harness import SANITIZED, Skip, check, same, tmp
import servers

TYPES = "types { text/html html; text/css css; image/png png; image/svg+xml svg; }"


def serve(root):
    if not os.path.isdir(root):
        raise Skip(f"{root} is not installed")
    return servers.Nginx(f"location / {{ root {root}; index index.html; {TYPES} }}")


def by_wget2(url):
    """The paths that it saves."""
    where = tmp()
    subprocess.run([harness.need("wget2"), "-q", "-r", "-l", "inf", "--no-parent", "--no-robots",
                    "--max-threads=8", url], cwd=where, check=False, stdin=subprocess.DEVNULL)
    host = os.path.join(where, os.listdir(where)[0])
    return {urllib.parse.unquote(os.path.relpath(os.path.join(folder, name), host))
            for folder, _, names in os.walk(host) for name in names}


def by_trawl(url, *args):
    """(paths of what is there, the records)."""
    result = crawl(url, "--scope", "prefix", "-l", "inf", "--no-robots", *args, timeout=100)
    found = set()
    for record in result.exited(0, 1).records:
        if record.get("ok"):
            path = urllib.parse.unquote(record["url"].split("/", 3)[3])
            found.add(path + "index.html" if path.endswith("/") or not path else path)
    return found, result.records


def compare(root, start, within="", more=frozenset()):
    """Both find the same; `more`: what is there and wget2 does not see."""
    if SANITIZED:
        raise Skip("takes long with sanitizers")
    url = serve(root).url + start
    found, _ = by_trawl(url, "--page-requisites")
    found = {path for path in found if path.startswith(within)}
    known = by_wget2(url)
    same(sorted(found - known), sorted(more & found), "only trawl finds")
    same(sorted(known - found), [], "only wget2 finds")
    check(len(found) > 100, f"{len(found)} pages")


@harness.limit(240)
def test_cppreference():
    """cppreference-doc-en-html: its pages; what they are made of lies outside"""
    compare("/usr/share/cppreference/doc/html", "/en/index.html", within="en/")


@harness.limit(120)
def test_python():
    """python3.11-doc"""
    compare("/usr/share/doc/python3.11/html", "/index.html")


@harness.limit(120)
def test_sqlite():
    """sqlite3-doc"""
    compare("/usr/share/doc/sqlite3", "/index.html")


@harness.limit(120)
def test_git():
    """git-doc: wget2 takes no link with "--" in it"""
    compare("/usr/share/doc/git-doc", "/git.html", more={
        "git-fsmonitor--daemon.html", "git-sh-i18n--envsubst.html", "git-web--browse.html"})


@harness.limit(120)
def test_converted():
    """a mirror with --convert-links: every relative link leads to a file of it"""
    url, where = serve("/usr/share/doc/git-doc").url, tmp()
    crawl(url + "/git.html", "--scope", "prefix", "-l", "inf", "--no-robots", "--save", where,
          "--page-requisites", "--convert-links", timeout=100).exited(0, 1)
    offline = servers.Nginx(f"location / {{ root {where}; {TYPES} }}")
    host = url[7:].replace(":", "_")
    found, records = by_trawl(f"{offline.url}/{host}/git.html", "--why")
    check(len(found) > 150, f"{len(found)} pages")
    same([r["url"] for r in records if r.get("ok") is False], [], "broken")
    outside = {r["url"] for r in records if r.get("skipped") == "out_of_scope"}
    same([u for u in outside if u.startswith(offline.url)], [], "links out of the mirror")


if __name__ == "__main__":
    harness.main()
