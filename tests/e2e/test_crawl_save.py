#!/usr/bin/env python3
"""trawl crawl --save, --convert-links: a mirror on the disk."""

import email.utils
import gzip
import os
import random
import resource
import signal

from crawls import crawl, html, pages, site, start
import harness
from harness import SANITIZED, check, contains, read, same, tmp
import servers
from servers import redirect, reply

MODIFIED = "Mon, 02 Nov 2015 10:00:00 GMT"


def tree(where):
    """All files below, by path, with what is in them."""
    found = {}
    for folder, _, names in os.walk(where):
        for name in names:
            path = os.path.join(folder, name)
            found[os.path.relpath(path, where)] = read(path)
    return found


def mirror(server, *args, code=0, where=None):
    """(result, files below the host's folder)."""
    where = where or tmp()
    result = crawl(server.url, "--save", where, *args).exited(code)
    return result, tree(os.path.join(where, server.url[7:].replace(":", "_")))


def body(answer):
    return answer.partition(b"\r\n\r\n")[2]


# --- what lies where --------------------------------------------------------------

def test_saves():
    """each page lies under its path, byte for byte, with its time"""
    pdf = random.Random(1).randbytes(700000)
    s = site({"/": html("/a", "/d/", "/d/x?q=1", "/f.pdf", "/gone"), "/a": html(title="A"),
              "/d/": html("y"), "/d/y": reply("y"), "/d/x?q=1": reply("q"),
              "/f.pdf": reply(pdf, headers={"Last-Modified": MODIFIED})})
    where = tmp()
    result, files = mirror(s, code=1, where=where)
    same(sorted(files), ["a", "d/index.html", "d/x^q=1", "d/y", "f.pdf", "index.html"], "files")
    check(files["f.pdf"] == pdf, "other bytes")
    found = pages(result, s)
    same(found["/gone"]["path"], None, "path of what failed")
    for record in found.values():
        check(record["path"] is None or os.path.isfile(record["path"]), f"no {record['path']}")
    same(int(os.stat(found["/f.pdf"]["path"]).st_mtime),
         int(email.utils.parsedate_to_datetime(MODIFIED).timestamp()), "time")


def test_requisites():
    """--page-requisites are saved, under their hosts"""
    other = site({"/o.png": reply("png")})
    s = site({"/": html(more=f'<img src="{other.url}/o.png"><link rel=stylesheet href=s.css>'),
              "/s.css": reply("b{background:url(u.png)}", type="text/css"),
              "/u.png": reply("u")})
    where = tmp()
    crawl(s.url, "--page-requisites", "--save", where).ok()
    same(sorted(tree(where)), sorted(u[7:].replace(":", "_") for u in (
        other.url + "/o.png", s.url + "/index.html", s.url + "/s.css", s.url + "/u.png")),
         "files")


def test_decoded():
    """bodies lie there decoded"""
    page = b"<a href=/b>" + b"x" * 500000
    s = site({"/": reply(gzip.compress(page), headers={"Content-Encoding": "gzip"},
                         type="text/html"), "/b": []})
    same(mirror(s)[1]["index.html"], page, "file")


def test_redirected():
    """what a redirect leads to lies there once"""
    s = site({"/": ["/r"], "/r": redirect("/t"), "/t": reply("t")})
    result, files = mirror(s)
    same(sorted(files), ["index.html", "t"], "files")
    contains(pages(result, s)["/r"]["path"], "/t")


def test_clashes():
    """two URLs never share a name"""
    s = site({"/": ["/a", "/a/", "/a/b", "/index.html", "/x", "/X"], "*": lambda r: reply(
        r.target)})
    where = tmp()
    result = crawl(s.url, "--save", where).ok()
    paths = [r["path"] for r in result.records]
    same(len(set(paths)), len(paths), "names")
    for path, record in pages(result, s).items():
        if path != "/":
            same(read(record["path"]).decode(), path, "content")


# --- safety -----------------------------------------------------------------------

def test_stays_inside():
    """no name leads out, and none begins with a dot or a dash"""
    s = site({"/": ["/%2e%2e/%2e%2e/etc/x", "/..%2f..%2fy", "/.bashrc", "/-rf", "/a%00b",
                    "/c:\\d", "/%2e%2e%5cz"], "*": reply("x")})
    where = tmp()
    crawl(s.url, "--save", os.path.join(where, "in")).ok()
    same(os.listdir(where), ["in"], "beside it")
    for path in tree(where):
        for part in path.split("/")[1:]:
            check(part[0] not in ".-", f"{path}")


def test_no_links_followed():
    """symbolic links are not followed, and are replaced as files"""
    where, outside = tmp(), tmp()
    s = site({"/": ["/d/x", "/f", "/g"], "*": reply("new")})
    host = os.path.join(where, s.url[7:].replace(":", "_"))
    os.makedirs(host)
    with open(os.path.join(outside, "f"), "w", encoding="ascii") as f:
        f.write("precious")
    os.symlink(outside, os.path.join(host, "d"))
    os.symlink(os.path.join(outside, "f"), os.path.join(host, "f"))
    os.symlink(os.path.join(outside, "g"), os.path.join(host, "g.part"))
    found = pages(crawl(s.url, "--save", where).exited(1), s)
    same({p: r["error"] and r["error"]["type"] for p, r in found.items()},
         {"/": None, "/d/x": "local_io", "/f": None, "/g": "local_io"}, "errors")
    same((sorted(os.listdir(outside)), read(os.path.join(outside, "f"))), (["f"], b"precious"),
         "outside")
    same(read(os.path.join(host, "f")), b"new", "the link itself")


def test_replaces():
    """a later run replaces what is there"""
    where, versions = tmp(), iter((reply("old" * 1000), reply("new")))
    s = site({"/": lambda r: next(versions)})
    for text in b"old" * 1000, b"new":
        same(mirror(s, where=where)[1], {"index.html": text}, "files")


def test_nothing_half():
    """what fails, is cut short or interrupted leaves nothing behind"""
    head = servers.head(200, {"Content-Length": 2000000})
    s = site({"/": ["/cut"], "/cut": lambda r: r.conn.send(head + b"x" * 1000000)})
    same(sorted(mirror(s, code=1)[1]), ["index.html"], "files")
    where = tmp()

    def hold(conn):
        conn.request()
        conn.send(head + b"x" * 1000000)
        conn.hold()
    slow = servers.raw(hold)
    run = start(slow.url, "--save", where, "--no-robots")
    slow.wait_requests(1)
    run.signal(signal.SIGINT)
    run.finish().exited(130)
    same(tree(where), {}, "files")


def test_second_attempt():
    """another attempt begins the file anew"""
    good = random.Random(2).randbytes(900000)
    cut = servers.head(200, {"Content-Length": 1000000}) + b"y" * 950000
    answers = iter((lambda r: r.conn.send(cut), lambda r: reply(good)))
    s = site({"/": lambda r: next(answers)(r)})
    where = tmp()
    result = harness.trawl("crawl", "-q", s.url, "--save", where, "--retry-delay", "0").ok(1)
    same(result.record["attempts"], 2, "attempts")
    check(read(result.record["path"]) == good, "other bytes")


def test_second_attempt_moved():
    """an attempt that leads to another page leaves nothing of the one before"""
    cut = (servers.head(200, {"Content-Length": 2000000, "Content-Type": "text/html"})
           + b"<title>T</title><body><a href=/b>" + b"y" * 1500000)
    answers = iter((lambda r: r.conn.send(cut), lambda r: redirect("/")))
    s = site({"/": ["/a"], "/a": lambda r: next(answers)(r)})
    where = tmp()
    result = harness.trawl("crawl", "-q", s.url, "--save", where, "--retry-delay", "0",
                           "--exclude", "/b$").ok(2)
    a = pages(result, s)["/a"]
    same([a[k] for k in ("attempts", "redirect_url", "title", "links", "content_hash", "path")],
         [2, s.url + "/", None, None, None, None], "record")
    same([os.path.basename(name) for name in tree(where)], ["index.html"], "files")


def test_no_second_attempt():
    """what was cut short is not saved because the next attempt brings nothing"""
    cut = servers.head(200, {"Content-Length": 1000000}) + b"y" * 950000

    def first(path):
        return lambda r: r.conn.send(cut) if s.hits.count(path) == 1 else then[path]
    then = {"/gone": reply("", 404), "/led": redirect("http://127.0.0.2:1/x"),
            "/failed": reply("", 503)}
    s = site({"/": list(then), **{path: first(path) for path in then}})
    where = tmp()
    result = harness.trawl("crawl", "-q", s.url, "--save", where, "--retry", "1",
                           "--retry-delay", "0").exited(1)
    found = pages(result, s)
    for path in then:
        record = found[path]
        same((record["attempts"], record["path"], record["content_hash"], record["links"]),
             (2, None, None, None), path)
    same(sorted(os.path.basename(path) for path in tree(where)), ["index.html"], "files")


def test_large():
    """a large file is not held in memory"""
    size = (8 if SANITIZED else 200) << 20
    block = b"z" * (1 << 20)

    def app(conn):
        while True:
            request = conn.request()
            if request.target == "/robots.txt":
                conn.send(reply("", 404))
                continue
            conn.send(servers.head(200, {"Content-Length": size}))
            for _ in range(size >> 20):
                conn.send(block)
            conn.hold()
    s = servers.raw(app)
    where = tmp()
    run = start(s.url + "/big", "--save", where, "-o", os.path.join(where, "out"))
    run.process.wait(harness.PATIENCE * 3)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    run.finish().exited(0)
    check(SANITIZED or peak < 120, f"{peak} MB")
    same(os.path.getsize(harness.parse(read(os.path.join(where, "out")))[0]["path"]), size,
         "size")


def test_unusable():
    """a directory that cannot be used ends the run before it begins"""
    s = site({"*": []})
    out = os.path.join(tmp(), "out")
    contains(crawl(s.url, "--save", "/dev/null/x", "-o", out).exited(3).err, "/dev/null/x")
    same((s.hits, os.path.exists(out)), ([], False), "requests, output")


def test_disk_full():
    """a full disk: exit 3, nothing half is left"""
    s = site({"/": [f"/{i}" for i in range(100)], "*": reply("x" * 100000)})
    harness.need_root()
    where = tmp()
    mount = harness.need("mount")
    done = os.system(f"{mount} -t tmpfs -o size=1m none {where} 2>/dev/null")
    if done:
        raise harness.Skip("cannot mount a small file system")
    harness.defer(os.system, f"umount {where}")
    result = crawl(s.url, "--save", os.path.join(where, "m"), "--per-host", "1").exited(3)
    contains(result.err, "no space left")
    for path, data in tree(where).items():
        check(path.endswith("index.html") or len(data) == 100000, f"half: {path}")


# --- links ------------------------------------------------------------------------

def test_converts():
    """--convert-links: what was saved is linked by relative paths, the rest by URLs"""
    s = site({"/": html("/a/b#x", "/d?q=1", "http://127.0.0.2:1/o", "/gone", "/r", "#here",
                        more='<link rel=stylesheet href=/s.css><img src=/i.png>'),
              "/a/b": html("/", "../d?q=1"), "/d?q=1": html("/a/b"), "/r": redirect("/a/b"),
              "/s.css": reply("i{background:url(/i.png)}", type="text/css"),
              "/i.png": reply("i")})
    _, files = mirror(s, "--page-requisites", "--convert-links", code=1)
    text = files["index.html"].decode()
    contains(text, 'href="a/b.html#x"', 'href="d%5Eq%3D1.html"', 'href="http://127.0.0.2:1/o"',
             f'href="{s.url}/gone"', 'href="#here"', "href=s.css", "src=i.png",
             'href="a/b.html"')
    contains(files["a/b.html"].decode(), 'href="../index.html"', 'href="../d%5Eq%3D1.html"')
    contains(files["s.css"].decode(), "url(i.png)")


def test_converts_base():
    """pages with a base, and those in other character sets"""
    s = site({"/": html("x", more='<base href="/deep/">'), "/deep/x": reply(
        "<a href='/deep/ü'>".encode("latin-1"), type="text/html; charset=latin1"),
        "/deep/%C3%BC": html("/")})
    _, files = mirror(s, "--convert-links")
    contains(files["index.html"].decode(), 'href="deep/x.html"')
    lacks = [n for n, t in files.items() if b'"/' in t or b"'/" in t]
    same(lacks, [], "absolute links")


def test_converts_styles():
    """CSS in attributes, elements and files, whatever its quotes are"""
    images = [f"/i{n}.png" for n in range(5)]
    s = site({"/": html(more="<p style='x:url(/i0.png)'><p style=\"x:url( &quot;/i1.png&quot; )\">"
                        "<p style=x:url(&#39;/i2.png&#39;)><style>@import '/s.css'; "
                        "a{x:url(\"/i3.png\")}</style><p style='x:url(/gone?a&amp;b=(1)'>"
                        "<p style=\"x:url(&quot;/gone?a&amp;c=(1&quot;)\">"),
              "/s.css": reply("i{x:url(/i4.png)}", type="text/css"),
              **{i: reply(i) for i in images}})
    _, files = mirror(s, "--page-requisites", "--convert-links", code=1)
    text = files["index.html"].decode()
    contains(text, "'x:url(i0.png)'", "x:url( &quot;i1.png&quot; )", "url(&#39;i2.png&#39;)",
             "@import 's.css'", 'url("i3.png")',
             f"url(&quot;{s.url}/gone?a&amp;c=\\0000281&quot;)")
    contains(files["s.css"].decode(), "url(i4.png)")


def test_converts_dropped():
    """a link whose query is dropped leads to what was saved, or keeps it"""
    s = site({"/": html("/a?utm=1&b=2", "/gone?utm=1"), "/a?b=2": []})
    _, files = mirror(s, "--drop-query", "utm", "--convert-links", code=1)
    contains(files["index.html"].decode(), 'href="a%5Eb%3D2.html"',
             f'href="{s.url}/gone?utm=1"')


def test_convert_left_out():
    """a run that is ended early tells that links are not converted"""
    gate = servers.Gate(lambda r: html("/a"))
    where = tmp()
    run = harness.Proc("crawl", gate.url, "--no-robots", "--save", where, "--convert-links")
    gate.wait(1)
    gate.release("/")
    gate.wait(2)
    run.signal(signal.SIGINT)
    contains(run.finish().exited(130).err, where, "not converted")


def test_convert_needs():
    """--convert-links needs --save, and goes not with --state"""
    contains(crawl("http://x/", "--convert-links").exited(2).err, "--save")
    contains(crawl("http://x/", "--convert-links", "--save", tmp(), "--state",
                   "x").exited(2).err, "--state")


if __name__ == "__main__":
    harness.main()
