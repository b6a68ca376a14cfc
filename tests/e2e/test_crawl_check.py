#!/usr/bin/env python3
"""trawl crawl --check: which links are broken, and where they stand."""

import os
import signal
import subprocess

from crawls import crawl, html, site, skipped, start
import harness
from harness import SANITIZED, check, contains, free_port, lacks, parse, read, same, tmp
import servers
from servers import redirect, reply


def broken(result):
    """The lines of broken links."""
    records = result if isinstance(result, list) else result.records
    return [r for r in records if "broken" in r]


def places(result, *base):
    """Sorted (page, line, URL, reason), without the bases of URLs; none twice."""
    def short(url):
        for name, b in base:
            url = url.replace(getattr(b, "url", b), name)
        return url
    found = sorted((short(r["page"]), r["line"] or 0, short(r["url"]), r["broken"])
                   for r in broken(result))
    same(len(found), len(set(found)), f"lines as places: {found}")
    return found


def page(*lines, **options):
    return reply("".join(line + "\n" for line in lines), type="text/html", **options)


def link(url, more=""):
    return f'<a href="{url}"{more}>x</a>'


def well(app):
    """Answers HEAD without a body."""
    def answer(request):
        whole = app(request)
        if request.method == "HEAD" and whole:
            whole = whole[:whole.index(b"\r\n\r\n") + 4]
        return whole
    return answer


def server(pages, **options):
    def app(request):
        answer = pages.get(request.target, pages.get("*", reply("gone", 404)))
        return answer(request) if callable(answer) else answer
    return servers.http(well(app), **options)


def methods(s):
    return sorted((r.method, r.target) for r in s.requests if r.target != "/robots.txt")


# --- a site with everything that can be wrong, and much that is not ------------------

class Site:
    """Files for nginx, and the places of what is broken in them."""

    def __init__(self, outside):
        self.files, self.planted, self.outside = {}, [], outside

    def page(self, name, *rows):
        """Rows are lines of HTML, or pairs of these and what in them is broken: URLs and
        reasons."""
        text = []
        for row in rows:
            row, *wrong = (row,) if isinstance(row, str) else row
            text.append(row)
            for url, reason in wrong:
                self.planted.append((name, len(text), url, reason))
        self.files[name] = "\n".join(text) + "\n"

    def serve(self):
        where = tmp()
        os.chmod(where, 0o755)
        for name, text in self.files.items():
            path = os.path.join(where, name.lstrip("/"))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
        return servers.Nginx(f"""
            location / {{ root {where}; index index.html;
                          types {{ text/html html; image/png png; text/css css;
                                   application/pdf pdf; }} }}
            location = /robots.txt {{ return 200 "User-agent: *\\nDisallow: /private\\n"; }}
            location /private {{ return 404; }}
            location = /circle {{ return 302 /round; }}
            location = /round {{ return 302 /circle; }}
            location = /itself {{ return 302 /itself; }}
            location = /moved {{ return 301 /two.html; }}
            location = /moved-out {{ return 301 {self.outside}/page; }}
            location = /moved-gone {{ return 302 /gone-too; }}
            location = /moved-out-gone {{ return 302 {self.outside}/gone; }}
            location = /error {{ return 500; }}
            """)


def outside_pages():
    only_get = page('<p id="there">')
    return {
        "/robots.txt": reply("User-agent: *\nDisallow: /private\n"),
        "/page": page('<p id="there"><a href="/never">', '<a name=named>'),
        "/good": page("x"), "/file.pdf": reply("pdf", type="application/pdf"),
        "/moved": redirect("/page"), "/moved-gone": redirect("/gone"),
        "/circle": redirect("/circle"),
        "/no-head": lambda r: reply("", 405) if r.method == "HEAD" else only_get,
        "/no-head-501": lambda r: reply("", 501) if r.method == "HEAD" else only_get,
        "/head-404": lambda r: reply("", 404) if r.method == "HEAD" else only_get,
        "/head-403": lambda r: reply("", 403) if r.method == "HEAD" else only_get,
        "/head-closes": lambda r: None if r.method == "HEAD" else only_get,
        "/large": reply(b"x" * 3000000) if SANITIZED else reply(b"x" * 30000000),
        "/large-no-head": lambda r: reply("", 405) if r.method == "HEAD"
                          else reply(b"x" * 3000000),
        "/private/x": reply("gone", 404),
    }


def planted():
    out = server(outside_pages(), host="127.0.0.2")
    refused = f"http://127.0.0.2:{free_port('127.0.0.2')}"
    nobody = "http://" + "a" * 64 + ".example"  # for which no server is asked
    s = Site(out.url)
    s.page("/index.html",
           '<title>all</title><link rel="stylesheet" href="/style.css">',
           *(link(f"/{p}.html") for p in ("two", "three", "sub/four")),
           '<a href="/gone"', '>', link("/good?a=1&amp;b=2"),
           link("mailto:x@y") + link("tel:+1") + link("javascript:x()") + link("data:,x"),
           link("#here") + link("#") + link("#top") + link("#TOP") + link("#:~:text=x"),
           '<p id="here"><a name="Na&amp;me"></a><b id="größe">',
           link("#Na&amp;me") + link("#gr%C3%B6%C3%9Fe") + link("#größe"),
           (link("#Here"), ("S/#Here", "anchor_missing")),
           (link("#nothing"), ("S/#nothing", "anchor_missing")),
           '<img src="/good.png"><img srcset="/good.png 1x, /good.png?2 2x">')
    s.planted.append(("/", 5, "S/gone", "http_status"))
    s.page("/two.html",
           (link("gone#x"), ("S/gone#x", "http_status")),
           (link("three.html#wrong"), ("S/three.html#wrong", "anchor_missing")),
           link("three.html#right") + link("three.html#r%69ght"),
           (link("three.html#R%69ght"), ("S/three.html#R%69ght", "anchor_missing")),
           ('<img src="no.png"><img srcset="good.png 1x, no2.png 2x">',
            ("S/no.png", "http_status"), ("S/no2.png", "http_status")),
           ('<script src="no.js"></script><link rel=stylesheet href=no.css>',
            ("S/no.js", "http_status"), ("S/no.css", "http_status")),
           (link("http://[") + link("https://"), ("http://[", "url_malformed"),
            ("https://", "url_malformed")),
           (link("/circle"), ("S/circle", "too_many_redirects")),
           (link("/round"), ("S/round", "too_many_redirects")),
           (link("/itself"), ("S/itself", "too_many_redirects")),
           (link("/moved-gone"), ("S/moved-gone", "http_status")),
           (link("/moved-out-gone"), ("S/moved-out-gone", "http_status")),
           (link("/error"), ("S/error", "http_status")),
           link("/moved") + link("/moved-out") + link("/moved-out#there"),
           (link("/moved-out#not"), ("S/moved-out#not", "anchor_missing")),
           (link("/moved#x"), ("S/moved#x", "anchor_missing")),
           link("/private/x") + link(out.url + "/private/x"),
           link("/gone-by-nofollow", " rel=nofollow"),
           '<object data="file.pdf#page=3"></object>' + link("file.pdf#page=2"))
    s.page("/three.html",
           '<p id="right">' + link("/") + link("../sub/../index.html"),
           *(link(out.url + p) for p in ("/page", "/good", "/moved", "/no-head", "/large",
                                         "/no-head-501", "/head-404", "/head-403",
                                         "/head-closes", "/large-no-head")),
           link(out.url + "/page#there") + link(out.url + "/page#named"),
           link(out.url + "/file.pdf#page=2") + link(out.url + "/moved#there"),
           (link(out.url + "/page#not"), ("O/page#not", "anchor_missing")),
           (link(out.url + "/moved#not"), ("O/moved#not", "anchor_missing")),
           (link(out.url + "/no-head#not"), ("O/no-head#not", "anchor_missing")),
           (link(out.url + "/gone"), ("O/gone", "http_status")),
           (link(out.url + "/moved-gone#x"), ("O/moved-gone#x", "http_status")),
           (link(out.url + "/circle"), ("O/circle", "too_many_redirects")),
           (link(refused + "/x"), ("R/x", "connect_refused")),
           (link(nobody + "/"), ("N/", "dns_not_found")))
    s.page("/sub/four.html",
           '<base href="/two.html">',
           (link("#x"), ("S/two.html#x", "anchor_missing")),
           ('<iframe src="no.html"></iframe>', ("S/no.html", "http_status")),
           (f'<img src="{out.url}/gone">' + link(out.url + "/gone#a"),
            ("O/gone", "http_status"), ("O/gone#a", "http_status")),
           link("/good?a=1&b=2"))
    for name in "/good", "/good.png", "/style.css", "/file.pdf":
        s.files[name] = "good"
    nginx = s.serve()
    names = (("N", nobody), ("R", refused), ("O", out.url), ("S", nginx.url))
    # / and /index.html are two pages
    twice = [("/index.html", line, url.replace("S/#", "S/index.html#"), reason)
             for where, line, url, reason in s.planted if where in ("/", "/index.html")]
    twice += [("/", line, url.replace("S/index.html#", "S/#"), reason)
              for where, line, url, reason in twice]
    rest = [p for p in s.planted if p[0] not in ("/", "/index.html")]
    expected = sorted(("S" + where, *more) for where, *more in {*rest, *twice})
    return nginx, out, names, expected


def test_planted():
    """the links that are reported are exactly those that are broken, with their places"""
    nginx, out, names, expected = planted()
    for args in ((), ("-j", "1", "--per-host", "1"), ("-j", "300", "--per-host", "100")):
        out.requests.clear()
        result = crawl(nginx.url, "--check", "-l", "inf", *args).exited(1)
        same(places(result, *names), expected, f"places with {args}")
        check("/never" not in out.hits, "an outside page was followed")
        check("/private/x" not in out.hits, "robots.txt was not obeyed")
        same(out.hits.count("/good"), 1, "requests")
        same([r.method for r in out.requests if r.target == "/good"], ["HEAD"], "methods")
        for r in out.requests:
            check(r["Authorization"] is None, "a login went out")


def test_pages_stay_the_same():
    """--check does not change which pages are crawled"""
    nginx, *_ = planted()
    for args in (("-l", "inf"), ("-l", "1"), ("-l", "0"), ("--page-requisites",),
                 ("--include", "two")):
        def crawled(*more):
            result = crawl(nginx.url, *args, *more)
            return sorted(r["url"] for r in result.records
                          if "broken" not in r and r.get("content_hash"))
        same(crawled("--check"), crawled(), f"pages with {args}")


# --- what is asked --------------------------------------------------------------------

def test_good():
    """nothing is broken: status 0, no lines"""
    s = server({"/": page(link("/a") + link("/a#x") + link("#y"), '<p id=y>'),
                "/a": page('<p id=x>')})
    result = crawl(s.url, "--check").exited(0)
    same(broken(result), [], "lines")
    same(len(result.records), 2, "records")


def test_only_anchors():
    """a wrong anchor alone gives status 1, as a wrong URL does"""
    for wrong in "#x", "http://[":
        s = server({"/": page(link(wrong))})
        result = crawl(s.url, "--check").exited(1)
        same([r["line"] for r in broken(result)], [1], "lines")
        crawl(s.url).exited(0)


def test_level():
    """a link beyond the level is asked for once, by HEAD, and not followed"""
    s = server({"/": page(link("/a") + link("/gone")), "/a": page(link("/b"))})
    result = crawl(s.url, "--check", "-l", "0").exited(1)
    same(places(result, ("", s)), [("/", 1, "/gone", "http_status")], "places")
    same(methods(s), [("GET", "/"), ("GET", "/gone"), ("HEAD", "/a"), ("HEAD", "/gone")],
         "requests")


def test_upgrade():
    """a page that was only checked, and is then found to be in scope, is crawled"""
    s = server({"/": page('<img src="/a">' + link("/b")), "/b": page(link("/a")),
                "/a": page(link("/c"), '<p id=x>'), "/c": page(link("/a#x"))})
    for args in ((), ("-j", "1")):
        s.requests.clear()
        result = crawl(s.url, "--check", *args).exited(0)
        same(broken(result), [], "lines")
        check(("GET", "/c") in methods(s), "what the page links to was not found")


def test_late_anchor():
    """an outside page that was asked for by HEAD is read once an anchor is looked for"""
    out = server({"/o": page('<p id=there>')}, host="127.0.0.2")
    s = server({"/": page(link(out.url + "/o") + link("/a")), "/a": page(link("/b")),
                "/b": page(link(out.url + "/o#there"), link(out.url + "/o#not"))})
    result = crawl(s.url, "--check", "--per-host", "1").exited(1)
    same(places(result, ("O", out), ("S", s)), [("S/b", 2, "O/o#not", "anchor_missing")],
         "places")
    check(("GET", "/o") in methods(out), "it was not read")


def test_traps():
    """a link that may be a trap is checked, and not followed"""
    deep = "/a" * 9
    s = server({"/": page(link(deep), link(deep + "/gone")), deep: page(link("/never"))})
    result = crawl(s.url, "--check").exited(1)
    same(places(result, ("", s)), [("/", 2, deep + "/gone", "http_status")], "places")
    check("/never" not in s.hits, "it was followed")


def test_redirected_to_checked():
    """a redirect leads to a page that was only checked: it is crawled"""
    s = server({"/": page('<img src="/u">' + link("/r")), "/r": redirect("/u"),
                "/u": page(link("/c#x")), "/c": page("<p id=x>")})
    crawl(s.url, "--check").exited(0)
    check(("GET", "/c") in methods(s), "it was not crawled")


def test_redirected_outside():
    """what only a redirect leads to, out of scope, is checked, with anchors"""
    out = server({"/there": page("<p id=x>")}, host="127.0.0.2")
    s = server({"/": page(link("/r"), link("/s#x"), link("/s#y")),
                "/r": redirect(out.url + "/gone"), "/s": redirect(out.url + "/there")})
    result = crawl(s.url, "--check").exited(1)
    same(places(result, ("", s)), [("/", 1, "/r", "http_status"),
                                   ("/", 3, "/s#y", "anchor_missing")], "places")


def test_redirected_to_nobody():
    """a redirect to a host that does not answer, in a spelling that is not normal"""
    nobody = f"127.0.0.4:{free_port('127.0.0.4')}"
    out = server({"/to": redirect(f"http://{nobody}/%79")}, host="127.0.0.2")
    s = server({"/": page(link(out.url + "/to"), link("/1")), "/1": page(link("/2")),
                "/2": page(link("/3")), "/3": page(link(f"http://{nobody}/y"))})
    result = crawl(s.url, "--check", "--per-host", "1").exited(1)
    same(places(result, ("O", out), ("S", s), ("N", nobody)),
         [("S/", 1, "O/to", "connect_refused"),
          ("S/3", 1, "http://N/y", "connect_refused")], "places")


def test_circle_asked_once():
    """a circle of redirects is gone round once"""
    s = server({"/": page(link("/t")), "/t": redirect("/u"), "/u": redirect("/w"),
                "/w": redirect("/u")})
    result = crawl(s.url, "--check").exited(1)
    same(places(result, ("", s)), [("/", 1, "/t", "too_many_redirects")], "places")
    same([t for _, t in methods(s)], ["/", "/t", "/u", "/w"], "requests")


def test_redirect_not_accepted():
    """of a redirect, what it leads to counts, though its status is not accepted"""
    s = server({"/": page(link("/a"), link("/r"), link("/gone")), "/a": page("x"),
                "/r": redirect("/a")})
    result = crawl(s.url, "--check", "--accept-status", "200", "-j", "1").exited(1)
    same(places(result, ("", s)), [("/", 3, "/gone", "http_status")], "places")


def test_base():
    """references are resolved against base, fragments alone too"""
    s = server({"/": page('<base href="/d/">', '<a href="x"><a href="#f"><a href="y#g">',
                          '<a href="#no">'),
                "/d/": page('<b id=f>'), "/d/x": page("x"), "/d/y": page('<b id=g>')})
    same(places(crawl(s.url, "--check").exited(1), ("", s)),
         [("/", 3, "/d/#no", "anchor_missing")], "places")


def test_strangers():
    """headers and logins do not go to other hosts"""
    out = server({"*": page("x")}, host="127.0.0.2")
    s = server({"/": page(link(out.url + "/a"), link(out.url + "/b#x"))})
    crawl(s.url, "--check", "-u", "me:secret", "-H", "X-Key: secret").exited(1)
    check(s.requests[-1]["Authorization"], "no login")
    for r in out.requests:
        check("secret" not in r.head.decode(), "a secret went out")


def test_one_at_a_time():
    """limits of hosts hold for checks"""
    out = server({"*": page("x")}, host="127.0.0.2")
    s = server({"/": page(*(link(f"{out.url}/{i}") for i in range(40)))})
    crawl(s.url, "--check", "--per-host", "2").exited(0)
    check(out.peak <= 2, f"{out.peak} at once")
    same(len(methods(out)), 40, "requests")


def test_robots():
    """what robots.txt forbids is not checked, and --why tells so"""
    out = server({"/robots.txt": reply("User-agent: *\nDisallow: /\n")}, host="127.0.0.2")
    ill = server({"/robots.txt": reply("", 503)}, host="127.0.0.3")
    s = server({"/": page(link(out.url + "/gone"), link(ill.url + "/gone"))})
    result = crawl(s.url, "--check", "--why").exited(0)
    same(broken(result), [], "lines")
    same(skipped_ones(result), {out.url + "/gone": "robots_denied",
                                ill.url + "/gone": "robots_denied"}, "skipped")
    result = crawl(s.url, "--check", "--no-robots").exited(1)
    same(len(broken(result)), 2, "broken without robots.txt")


def skipped_ones(result):
    return {r["url"]: r["skipped"] for r in result.records if "skipped" in r}


def test_retried_redirect():
    """a redirect whose target fails once is followed by the next attempt"""
    seen = []

    def flaky(_):
        seen.append(1)
        return reply("", 503, {"Retry-After": "0"}) if len(seen) == 1 else page('<p id=x>')
    s = server({"/": page(link("/r#x")), "/r": redirect("/t"), "/t": flaky})
    result = harness.trawl("crawl", "-q", s.url, "--check", "--retry-delay", "0.01",
                           "--retry", "2").exited(0)
    same(broken(result), [], "lines")
    same(len(seen), 2, "requests")


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
    out = servers.raw(app, host="127.0.0.2")
    names = ["/405", "/501", "/400", "/403", "/404", "/500", "/drop"]
    s = server({"/": page(*(link(out.url + n) for n in names))})
    result = crawl(s.url, "--check").exited(0)
    same(broken(result), [], "lines")
    same(sorted(r.target for r in out.requests if r.method == "GET"),
         sorted(names + ["/robots.txt"]), "GET")


def test_busy():
    """a host that is busy is not asked in another way"""
    out = server({"/robots.txt": reply("", 404),
                  "*": lambda r: reply("", 429 if r.target == "/a" else 503)},
                 host="127.0.0.2")
    s = server({"/": page(link(out.url + "/a"), link(out.url + "/b"))})
    result = crawl(s.url, "--check").exited(1)
    same(len(broken(result)), 2, "lines")
    same({r.method for r in out.requests if r.target != "/robots.txt"}, {"HEAD"}, "methods")


def test_many_pages():
    """a site of many pages, each with anchors that others name: exactly what was planted"""
    count, wrong = 300, {(17, 3), (170, 0), (299, 9)}

    def app(request):
        name = request.target.strip("/")
        if not name.isdigit():
            return reply("", 404)
        n = int(name)
        rows = [link(f"/{(n * 7 + i) % count}#i{i}") if (n, i) not in wrong
                else link(f"/{n}/planted{i}") for i in range(10)]
        return page(*rows, link(f"/{(n + 1) % count}"),
                    *(f"<b id=i{i}>" for i in range(10)))
    s = servers.http(well(app))
    result = crawl(s.url + "/0", "--check", "-l", "inf").exited(1)
    same(places(result, ("", s)), sorted((f"/{n}", i + 1, f"/{n}/planted{i}", "http_status")
                                         for n, i in wrong), "places")


# --- --ignore -------------------------------------------------------------------------

def test_ignore():
    """--ignore: not asked for, not told; with a fragment, only that is not checked"""
    out = server({}, host="127.0.0.2")
    s = server({"/": page(link(out.url + "/gone"), link("/gone"), link("/a#x"),
                          link("/a#L1"), link("http://["), '<img src="/gone.png">'),
                "/a": page("x")})
    result = crawl(s.url, "--check").exited(1)
    same([p[1] for p in places(result)], [1, 2, 3, 4, 5, 6], "without")
    for s_, o in ((s, out),):
        s_.requests.clear()
        o.requests.clear()
    result = crawl(s.url, "--check", "--why", "--ignore", "gone", "--ignore", "#L[0-9]",
                   "--ignore", r"\[").exited(1)
    same(places(result, ("", s)), [("/", 3, "/a#x", "anchor_missing")], "places")
    same(out.requests, [], "requests elsewhere")
    same(methods(s), [("GET", "/"), ("GET", "/a")], "requests")
    same(sorted(set(skipped_ones(result).values())), ["ignored"], "skipped")
    crawl(s.url, "--check", "--ignore", "gone|#|http:..\\[").exited(0)
    crawl(s.url, "--check", "--exclude", "gone|http:..\\[", "--ignore", "#").exited(0)
    same(crawl(s.url, "--check", "--ignore", "(").exited(2).out, b"", "a wrong one")
    contains(crawl(s.url, "--ignore", "x").exited(2).err, "--check")


def test_example():
    """contrib/examples/broken.sh"""
    s = server({"/": page("", "", link("/gone"), link("/a")),
                "/a": page("", link("/#x"), link("/#y"))})
    path = os.path.dirname(os.environ["TRAWL"]) + ":" + os.environ["PATH"]
    done = subprocess.run(["sh", os.path.join(harness.TOP, "contrib/examples/broken.sh"), s.url],
                          env=harness.environment({"PATH": path}), capture_output=True,
                          text=True, check=False)
    missing = "nothing in the page has that name"
    same((done.returncode, done.stdout.replace(s.url, "")),
         (1, f"/:3: /gone: HTTP 404\n/a:2: /#x: {missing}\n/a:3: /#y: {missing}\n"), "printed")


# --- many, text, signals --------------------------------------------------------------

def test_many():
    """each of 300 links to one URL is told, from 100 pages, in whatever order"""
    pages = {f"/{i}": page("x", link("/gone"), f'{link("/gone#a")}', link("/gone"),
                           link(f"/{i + 1}"), link("/gone") + link("/gone"))
             for i in range(100)}
    pages["/100"] = page("x")
    expected = sorted([(f"/{i}", line, "/gone", "http_status")
                       for i in range(100) for line in (2, 4, 6)] +
                      [(f"/{i}", 3, "/gone#a", "http_status") for i in range(100)])
    s = server(pages)
    for args in ((), ("-j", "1"), ("--per-host", "50")):
        result = crawl(s.url + "/0", "--check", "-l", "inf", *args).exited(1)
        same(places(result, ("", s)), expected, f"places with {args}")


def test_text():
    """--format text: page:line: URL: reason"""
    s = server({"/": page("x", link("/gone"), link("#x"))})
    out = crawl(s.url, "--check", "--format", "text").exited(1).out.decode()
    contains(harness.trawl("crawl", s.url, "--check").exited(1).err, "broken links: 2")
    contains(out, f"{s.url}/:2: {s.url}/gone: http_status: ",
             f"{s.url}/:3: {s.url}/#x: anchor_missing: ")


def test_header_links():
    """links in headers have no line"""
    s = server({"/": reply("x", type="text/html", headers={"Link": "</gone>; rel=next"})})
    same(places(crawl(s.url, "--check").exited(1), ("", s)),
         [("/", 0, "/gone", "http_status")], "places")
    contains(crawl(s.url, "--check", "--format", "text").exited(1).out.decode(),
             f"{s.url}/: {s.url}/gone: http_status")


def test_dry_run():
    """--dry-run checks nothing"""
    s = server({"/": page(link("/gone"))})
    crawl(s.url, "--check", "--dry-run").exited(0)
    same(s.requests, [], "requests")


def test_interrupted():
    """SIGINT: what is known to be broken has been told"""
    gate = servers.Gate(well(lambda r: page(link("/gone"), link("/slow")) if r.path == "/"
                             else reply("", 404)))
    run = start(gate.url, "--check", "--no-robots")
    gate.wait(1)
    gate.release("/")
    gate.wait(3)
    gate.release("/gone")
    run.wait_lines(3)
    run.signal(signal.SIGINT)
    result = run.finish().exited(130)
    same(places(result, ("", gate)), [("/", 1, "/gone", "http_status")], "places")


# --- --state --------------------------------------------------------------------------

def test_state():
    """a run that goes on tells what earlier ones left open, and nothing twice"""
    out = server({"/o": page("<p id=o>")}, host="127.0.0.2")
    s = server({"/": page(link("/a"), link("/gone"), link("#x"), link(out.url + "/o#o")),
                "/a": page(link("/gone"), link("/b"), link("/#y"), '<p id=a>'),
                "/b": page(link("/a#a"), link("/a#z"), link(out.url + "/o#p"),
                           link("/gone"), link("/moved")),
                "/moved": redirect("/gone")})
    alone = places(crawl(s.url, "--check").exited(1), ("S", s), ("O", out))
    same(len(alone), 8, "broken links")
    for step in (1, 2, 3):
        where = tmp()
        state, file = (os.path.join(where, n) for n in ("state", "out"))
        for most in range(1, 12, step):
            crawl(s.url, "--check", "--state", state, "-o", file, "--max-pages", str(most),
                  "-j", "1")
        crawl(s.url, "--check", "--state", state, "-o", file).exited(1)
        same(places(parse(read(file)), ("S", s), ("O", out)), alone, f"places, by {step}")
        same(crawl(s.url, "--check", "--state", state).exited(1).out, b"", "nothing is left")
        contains(crawl(s.url, "--state", state).exited(3).err, "check")


@harness.limit(180)
def test_state_killed():
    """killed again and again, it tells the same links as one that is left alone"""
    count = 60 if SANITIZED else 300

    def app(request):
        if request.target == "/robots.txt" or request.target.startswith("/gone"):
            return reply("", 404)
        n = int(request.target.strip("/") or 0)
        return page(*(link(f"/{i}#p{i}") for i in (2 * n + 1, 2 * n + 2) if i < count),
                    link(f"/gone{n % 7}"), link(f"/{n // 3}#p{n // 3 + n % 2}"),
                    f"<p id=p{n}>")
    s = servers.http(well(app))
    alone = places(crawl(s.url, "--check", "-l", "inf").exited(1))
    where = tmp()
    args = (s.url, "--check", "-l", "inf", "--state", os.path.join(where, "state"), "-o",
            os.path.join(where, "out"), "--rate", "400/s")
    for i in range(12):
        run = start(*args)
        before = len(s.requests)
        s.wait_requests(before + 5 + 3 * i)
        run.kill()
    crawl(*args).exited(1)
    same(places(parse(read(os.path.join(where, "out")))), alone, "places")


if __name__ == "__main__":
    harness.main()
