#!/usr/bin/env python3
"""trawl crawl --check: broken links, and who has them."""

import os
import subprocess

from crawls import crawl, html, pages, site
import harness
from harness import check, contains, free_port, same
import servers
from servers import redirect, reply


def broken(result, *base):
    """What is broken: {(URL, fragment): {(page, line)}}, and its error."""
    found, errors = {}, {}
    for record in result.records:
        if "broken" not in record:
            continue

        def short(url):
            for b in base:
                url = url.removeprefix(b.url)
            return url
        name = short(record["broken"]) + ("#" + record["fragment"] if record["fragment"] else "")
        check(name not in found, f"{name} is told twice")
        found[name] = [(short(r["url"]), r["line"]) for r in record["referrers"]]
        errors[name] = record["error"]["type"]
    return found, errors


def page(text):
    return reply(text, type="text/html")


def checks(server, *args, code=1):
    return broken(crawl(server.url, "--check", *args).exited(code), server)


def test_finds():
    """each broken link is told with every page and line that has it"""
    s = site({"/": page("<a href=/a>\n<a href=/gone>\n<a href=/gone><a href='gone#x'>\n"),
              "/a": page("<p>\n\n<a href=/gone><a href=/500><a href=/>"),
              "/500": reply("", 500)})
    found, errors = checks(s)
    same(found, {"/gone": [("/", 2), ("/", 3), ("/a", 3)], "/500": [("/a", 3)]}, "broken")
    same(set(errors.values()), {"http_status"}, "errors")


def test_nothing_broken():
    """exit status 0 when all is well"""
    s = site({"/": ["/a", "/r"], "/a": ["/#top", "/"], "/r": redirect("/a")})
    same(checks(s, code=0), ({}, {}), "broken")


def test_anchors():
    """fragments name ids and names of anchors, percent-encoded or not"""
    s = site({"/": page("<a href=#here><a href=#not><a href='/a#good'><a href='/a#bad'>\n"
                        "<a href='/a#n%C3%A4me'><a href='/a#old'><a href='/a#TOP'><a href='/a#'>"
                        "<a href='/a#:~:text=x'><a href='/a#!/app'><a href=/r#good>\n"
                        "<a href=/r#bad><a href=/t#x><b id=here>"),
              "/a": page("<b id=good></b><b id=näme><a name=old><a href='/#here'><a href='/#no'>"),
              "/r": redirect("/a"), "/t": reply("text")})
    found, errors = checks(s)
    same(found, {"/#not": [("/", 1)], "/a#bad": [("/", 1)], "/r#bad": [("/", 3)],
                 "/#no": [("/a", 1)]}, "broken")
    same(set(errors.values()), {"anchor_missing"}, "errors")


def test_outside():
    """links that leave the scope are asked for once, with HEAD, and not followed"""
    other = site({"/ok": ["/no"], "/no": []}, host="127.0.0.2")
    port = free_port()
    s = site({"/": [other.url + "/ok", "/a", other.url + "/gone",
                    f"http://127.0.0.3:{port}/"],
              "/a": [other.url + "/ok", other.url + "/gone"]})
    result = crawl(s.url, "--check").exited(1)
    found, errors = broken(result, s, other)
    same(found, {"/gone": [("/", 5), ("/a", 4)], f"http://127.0.0.3:{port}/": [("/", 6)]},
         "broken")
    same(errors[f"http://127.0.0.3:{port}/"], "connect_refused", "error")
    same(sorted((r.method, r.target) for r in other.requests),
         [("GET", "/gone"), ("GET", "/robots.txt"), ("HEAD", "/gone"), ("HEAD", "/ok")],
         "requests")
    same(pages(result, s, other)["/ok"]["method"], "HEAD", "method")


def test_head_refused():
    """where HEAD is refused GET is asked with, and no more is read than the header"""
    def app(conn):
        while True:
            request = conn.request()
            if request.target == "/robots.txt":
                conn.send(reply("", 404))
            elif request.method == "HEAD" and request.target == "/drop":
                return
            elif request.method == "HEAD":
                conn.send(servers.head(int(request.target[1:]), {"Content-Length": 0}))
            else:
                conn.send(servers.head(200, {"Content-Length": 1 << 40}))
                conn.send(b"x" * 1000)
                conn.hold()
                return
    other = servers.raw(app, host="127.0.0.2")
    names = ["/405", "/501", "/403", "/404", "/drop"]
    s = site({"/": [other.url + n for n in names]})
    same(checks(s, code=0), ({}, {}), "broken")
    same(sorted(r.target for r in other.requests if r.method == "GET"),
         sorted(names + ["/robots.txt"]), "GET")


def test_parts():
    """parts of pages are checked, too"""
    s = site({"/": page("<img src=/i.png>\n<script src=/s.js></script><link rel=stylesheet"
                        " href=/c.css>"), "/c.css": reply("", type="text/css")})
    found, _ = checks(s)
    same(found, {"/i.png": [("/", 1)], "/s.js": [("/", 2)]}, "broken")
    same([r.method for r in s.requests if r.target == "/c.css"], ["HEAD"], "method")


def test_redirects():
    """what redirects to nowhere is broken, wherever that is"""
    other = site({"/r": redirect("/gone")}, host="127.0.0.2")
    s = site({"/": page("<a href=/r>\n<a href=/out>\n<a href=/twice><a href=/gone>"),
              "/r": redirect("/gone"), "/twice": redirect("/r"),
              "/out": redirect(other.url + "/r")})
    result = crawl(s.url, "--check").exited(1)
    found, _ = broken(result, s)
    for name, line in (("/r", 1), ("/out", 2), ("/twice", 3), ("/gone", 3)):
        same(found.get(name), [("/", line)], f"broken: {name}")


def test_malformed():
    """what is no URL is broken; what is another scheme is left alone"""
    s = site({"/": page('<a href="http://[x"><a href="mailto:a@b">\n<a href="http://[x">'
                        '<a href="javascript:x()">')})
    found, errors = checks(s)
    same(found, {"http://[x": [("/", 1), ("/", 2)]}, "broken")
    same(errors, {"http://[x": "url_malformed"}, "errors")


def test_ignore():
    """--ignore leaves links out"""
    s = site({"/": ["/gone", "/gone2", "http://127.0.0.2:1/x", "/a#x"], "/a": []})
    found, _ = checks(s, "--ignore", "/gone$", "--ignore", "127.0.0.2", "--ignore", "/a$")
    same(list(found), ["/gone2"], "broken")
    same([t for t in s.hits if t in ("/gone", "/a")], [], "requests")


def test_deep():
    """links beyond --level are asked for, not followed"""
    s = site({"/": ["/1"], "/1": ["/2", "/gone"], "/2": ["/3"]})
    found, _ = checks(s, "-l", "1")
    same(found, {"/gone": [("/1", 4)]}, "broken")
    same([(r.method, r.target) for r in s.requests if r.target in ("/2", "/3")],
         [("HEAD", "/2")], "requests")


def test_robots():
    """what robots.txt forbids is not broken, and not asked for"""
    other = site({"/robots.txt": reply("User-agent: *\nDisallow: /no\n")}, host="127.0.0.2")
    s = site({"/": [other.url + "/no"]})
    same(checks(s, code=0), ({}, {}), "broken")
    same(other.hits, ["/robots.txt"], "requests")


def test_start_broken():
    """a start URL that fails is told, too"""
    s = site({})
    same(checks(s)[0], {"/": []}, "broken")


def test_base():
    """references are resolved against base, fragments alone too"""
    s = site({"/": page("<base href=/d/><a href=x><a href=#f><a href=y#g>"),
              "/d/": page("<b id=f>"), "/d/x": [], "/d/y": page("<b id=g>")})
    same(checks(s, code=0), ({}, {}), "broken")


def test_many():
    """a site of many pages: exactly what was planted"""
    count, planted = 300, {(17, 3), (170, 0), (299, 9)}

    def app(request):
        if request.target == "/robots.txt":
            return reply("", 404)
        if not request.target.strip("/").isdigit():
            return reply("", 404)
        n = int(request.target.strip("/"))
        lines = [f"<a href=/{(n * 7 + i) % count}#i{i}>" if (n, i) not in planted
                 else f"<a href=/{n}/planted{i}>" for i in range(10)]
        ids = "".join(f"<b id=i{i}>" for i in range(10))
        return page("\n".join(lines) + f"<a href=/{(n + 1) % count}>" + ids)
    s = servers.http(app)
    found, _ = broken(crawl(s.url + "/0", "--check", "-l", "inf").exited(1), s)
    same(found, {f"/{n}/planted{i}": [(f"/{n}", i + 1)] for n, i in planted}, "broken")


def test_text():
    """as text"""
    s = site({"/": ["/gone", "#x"]})
    text = crawl(s.url, "--check", "--format", "text").exited(1).out.decode()
    contains(text, f"broken  {s.url}/gone  http_status: HTTP 404\n    {s.url}/:3\n",
             f"broken  {s.url}/#x  anchor_missing: ")


def test_example():
    """contrib/examples/broken.sh"""
    s = site({"/": ["/gone", "/a"], "/a": page("\n<a href='/#x'>")})
    path = os.path.dirname(os.environ["TRAWL"]) + ":" + os.environ["PATH"]
    done = subprocess.run(["sh", os.path.join(harness.TOP, "contrib/examples/broken.sh"), s.url],
                          env=harness.environment({"PATH": path}), capture_output=True,
                          text=True, check=False)
    same((done.returncode, done.stdout.replace(s.url, "")),
         (1, "/:3: /gone: HTTP 404\n/a:2: /#x: nothing there has that id\n"), "printed")


def test_usage():
    """--check goes not with --state, --ignore not without --check"""
    contains(crawl("http://x/", "--check", "--state", "x").exited(2).err, "--state")
    contains(crawl("http://x/", "--ignore", "x").exited(2).err, "--check")
    s = site({"/": html("/a")})
    crawl(s.url, "--check", "--dry-run").exited(0)


if __name__ == "__main__":
    harness.main()
