#!/usr/bin/env python3
"""trawl crawl: what is asked for, once each, and what its records tell."""

import gzip
import hashlib
import os
import signal

from crawls import asked, crawl, html, pages, paths, site, skipped, start
import harness
from harness import SANITIZED, check, contains, free_port, lines, same, tmp, write
import servers
from servers import redirect, reply


# --- from link to link ------------------------------------------------------------

def test_follows():
    """links are followed, each page is asked for once and has one record"""
    s = site({"/": ["/a", "b", "/a", "./a#x", s_ := "?q=1"], "/a": ["/", "/c/d"],
              "/b": ["/a", "/nowhere"], "/c/d": ["../b", "e"], "/c/e": [], "/?q=1": []})
    result = crawl(s.url, "-l", "inf").exited(1)
    same(paths(result, s), ["/", "/?q=1", "/a", "/b", "/c/d", "/c/e", "/nowhere"], "pages")
    same(asked(s), paths(result, s), "requests")
    check(s_, "a query is kept")
    found = pages(result, s)
    same([found[p]["depth"] for p in ("/", "/a", "/c/d", "/c/e")], [0, 1, 2, 3], "depth")
    same(found["/"]["referrer"], None, "referrer")
    same(found["/c/e"]["referrer"], s.url + "/c/d", "referrer")
    same(found["/nowhere"]["error"]["type"], "http_status", "error")
    same([found[p]["links"] for p in ("/", "/c/e", "/nowhere")], [3, 0, None], "links")
    same(sorted(r["index"] for r in result.records), list(range(7)), "indices")


def test_levels():
    """-l bounds the number of links from a start URL"""
    s = site({f"/{i}": [f"/{i + 1}"] for i in range(9)})
    for args, last in (((), 5), (("-l", "0"), 0), (("-l", "2"), 2), (("-l", "inf"), 9)):
        same(paths(crawl(s.url + "/0", *args), s), [f"/{i}" for i in range(last + 1)],
             f"pages with {args}")


def test_records():
    """title, lang, canonical, hash, duplicates"""
    body = ("<html lang=de><title> Gr&uuml;&szlig;e \n aus</title>"
            "<link rel=canonical href=/main>")
    s = site({"/": html("/x", "/y"), "/x": reply(body, type="text/html"),
              "/y": reply(body, type="text/html"), "/main": reply("text")})
    found = pages(crawl(s.url).ok(), s)
    for path in "/x", "/y":
        same(found[path]["title"], "Grüße aus", "title")
        same(found[path]["lang"], "de", "lang")
        same(found[path]["canonical"], s.url + "/main", "canonical")
        same(found[path]["content_hash"], hashlib.sha256(body.encode()).hexdigest(), "hash")
    same(sorted(found[p]["duplicate"] for p in ("/x", "/y")), [False, True], "duplicate")
    same([found["/main"][k] for k in ("title", "lang", "canonical", "links", "duplicate")],
         [None, None, None, None, False], "of text")
    same(found["/main"]["depth"], 2, "depth")


def test_lists_links():
    """--links lists them, each URL once"""
    s = site({"/": ["/a", "/a#b", "http://x.example/?a&amp;b", "mailto:x@y", "#z", "/a/"],
              "*": ["/a", "/"]})
    found = pages(crawl(s.url, "--links", "--exclude", "/$").ok(), s)
    same(found["/"]["links"], [s.url + "/a", "http://x.example/?a&b", s.url + "/a/"], "links")
    same(found["/a"]["links"], [s.url + "/a", s.url + "/"], "links")
    same({p: r["links"] for p, r in pages(crawl(s.url, "--exclude", "/$").ok(), s).items()},
         {"/": 3, "/a": 2}, "counts")


def test_base_and_headers():
    """base href, and links in headers"""
    s = site({"/": html("a", more='<base href="/b/">'), "/b/a": reply(
        "x", headers=[("Link", '</next>; rel="next", </no>; rel=author')], type="text/html"),
              "/next": []})
    same(paths(crawl(s.url).ok(), s), ["/", "/b/a", "/next"], "pages")


def test_compressed():
    """bodies are decoded as they arrive"""
    page = gzip.compress(b"<a href=/a>" + b" " * 200000 + b"<a href=/b>")
    s = site({"/": reply(page, headers={"Content-Encoding": "gzip"}, type="text/html"),
              "/a": [], "/b": []})
    found = pages(crawl(s.url).ok(), s)
    same(sorted(found), ["/", "/a", "/b"], "pages")
    same(found["/"]["size_download"], len(page), "size")


def test_requisites():
    """--page-requisites asks for parts of pages, and parts of styles"""
    other = site({"/o.png": reply("png"), "/page": ["/x"]})
    s = site({"/": html("/a", more='<link rel=stylesheet href=s.css><img src=i.png>'
                        f'<img src="{other.url}/o.png">'),
              "/a": [], "/s.css": reply("@import 't.css'; b { background: url(u.png) }",
                                        type="text/css"),
              "/t.css": reply("", type="text/css"), "/i.png": reply(""), "/u.png": reply("")})
    same(paths(crawl(s.url).ok(), s), ["/", "/a"], "pages without")
    found = pages(crawl(s.url, "--page-requisites").ok(), s, other)
    same(sorted(found), ["/", "/a", "/i.png", "/o.png", "/s.css", "/t.css", "/u.png"], "with")
    same(found["/u.png"]["referrer"], s.url + "/s.css", "referrer")
    same(sorted(pages(crawl(s.url, "--page-requisites", "-l", "0").ok(), s, other)),
         ["/", "/i.png", "/o.png", "/s.css"], "one level further")


# --- the input --------------------------------------------------------------------

def test_starts():
    """each start URL has one record, wrong ones too"""
    s = site({"/": ["/a"], "/a": [], "/b": []})
    text = lines(s.url, s.url + "/b", {"url": s.url + "/b#x", "id": 7}, "ftp://x/", "http://[",
                 {"nothing": 1}, {"url": s.url, "method": "POST"}, s.url + "/./a")
    result = crawl(stdin=text).exited(1)
    same(sorted(r["url"] for r in result.records if r["ok"]),
         [s.url + p for p in ("/", "/a", "/b")], "pages")
    same(sorted(r["error"]["type"] for r in result.records if not r["ok"]),
         ["bad_input", "bad_input", "unsupported_scheme", "url_malformed"], "errors")
    same([r.get("id") for r in result.records if r["url"] == s.url + "/b"], [7], "id")
    same(asked(s), ["/", "/a", "/b"], "requests")
    plain = s.url.removeprefix("http://")
    same(crawl(plain, "-l", "0").ok(1).record["url"], s.url + "/", "without a scheme")


def test_nothing():
    """no start URL at all"""
    same(crawl(stdin="\n# none\n").exited(0).out, b"", "records")


def test_dry_run():
    """--dry-run sends nothing"""
    s = site({"*": []})
    result = crawl("--dry-run", s.url, "ftp://x/", "--why", "--state",
                   os.path.join(tmp(), "state"), "--sitemap", s.url + "/sitemap.xml")
    same(len(result.exited(1).records), 2, "lines")
    same(s.hits, [], "requests")


# --- redirects --------------------------------------------------------------------

def test_redirects():
    """a target is asked for once, whoever comes first has its record"""
    s = site({"/": ["/r", "/r2", "/loop", "/out"], "/r": redirect("/t"),
              "/r2": redirect("/t#x"), "/t": html("/u"), "/u": [], "/loop": redirect("/loop"),
              "/out": redirect("http://127.0.0.2:1/x")})
    result = crawl(s.url, "--why").exited(0)
    found = pages(result, s)
    same(sorted(found), ["/", "/loop", "/out", "/r", "/r2", "/u"], "pages")
    first, second = (found["/r"], found["/r2"])
    if first["response_code"] == 302:
        first, second = second, first
    same((first["url_effective"], first["num_redirects"], first["response_code"]),
         (s.url + "/t", 1, 200), "the one")
    same((second["url_effective"], second["num_redirects"], second["response_code"],
          second["redirect_url"]), (second["url"], 0, 302, s.url + "/t"), "the other")
    same(found["/u"]["depth"], 2, "depth")
    same(found["/loop"]["redirect_url"], s.url + "/loop", "loop")
    same(found["/out"]["redirect_url"], "http://127.0.0.2:1/x", "out")
    same(skipped(result), {"http://127.0.0.2:1/x": "out_of_scope"}, "skipped")
    same(asked(s), ["/", "/loop", "/out", "/r", "/r2", "/t", "/u"], "requests")


def test_redirect_chain():
    """chains end at --max-redirs"""
    s = site({"*": lambda r: redirect(f"{r.target}x")})
    record = crawl(s.url + "/", "--max-redirs", "7", "--no-robots").exited(1).record
    same(record["error"]["type"], "too_many_redirects", "error")
    same(len(asked(s)), 8, "requests")
    record = crawl(s.url + "/y", "--max-redirs", "0", "--no-robots").exited(0).record
    same((record["response_code"], record["num_redirects"]), (302, 0), "not followed")


def test_start_in_circle():
    """a start URL that only leads back to itself has failed"""
    s = site({"/": redirect("/"), "/a": redirect("/b"), "/b": redirect("/a#x")})
    for path in ("/", "/a"):
        record = crawl(s.url + path).exited(1).record
        same((record["error"]["type"], record["error"]["message"], record["response_code"]),
             ("too_many_redirects", "redirected in a circle", 302), path)
        same(record["url"], s.url + path, "url")


def test_redirect_retried():
    """another attempt goes by the same redirects"""
    answers = iter([reply("", 503), html("/a")])
    s = site({"/": redirect("/t"), "/t": lambda r: next(answers), "/a": []})
    found = pages(harness.trawl("crawl", "-q", s.url, "--retry-delay", "0").ok(2), s)
    same((found["/"]["url_effective"], found["/"]["attempts"]), (s.url + "/t", 2), "record")


def test_start_moved():
    """what a start URL is redirected to is in scope"""
    new = site({"/new/": ["a", "/b"], "/new/a": [], "/b": []})
    old = site({"/": redirect(new.url.replace("127.0.0.1", "localhost") + "/new/")})
    result = crawl(old.url, "--scope", "prefix").exited(0)
    same(len(result.records), 2, "records")
    same(asked(new), ["/new/", "/new/a"], "requests")


def test_credentials_stay():
    """headers and logins go to the origins of start URLs only"""
    other = site({"*": []})
    s = site({"/": ["/a", other.url + "/o", "/r"], "/a": [], "/r": redirect(other.url + "/r")})
    crawl(s.url, "-H", "X-Key: secret", "-u", "me:secret", "-b", "c=secret").ok()
    for request in s.requests:
        contains(request.head.decode(), "X-Key", "Authorization", "Cookie")
    same(len(other.requests), 3, "requests")
    for request in other.requests:
        check("secret" not in request.head.decode() and not request["Authorization"],
              "a secret went out")


# --- scope ------------------------------------------------------------------------

def test_login_in_url():
    """a login in a start URL is refused, with the way out"""
    s = site({"*": []})
    url = s.url.replace("://", "://me:secret@")
    result = crawl(url + "/", s.url + "/@x?@y").exited(1)
    same([q.target for q in s.requests], ["/robots.txt", "/@x?@y"], "requests")
    wrong = [r for r in result.records if not r["ok"]]
    same([r["error"]["type"] for r in wrong], ["bad_input"], "errors")
    contains(wrong[0]["error"]["message"], "-u NAME:PASSWORD")


def test_scopes():
    """prefix, host, any"""
    other = site({"/": [], "/x": []})
    elsewhere = site({"/": ["/deep"], "/deep": []}, host="127.0.0.2")
    s = site({"/d/": ["a", "../b", other.url + "/x", elsewhere.url + "/"], "/d/a": [],
              "/b": []})

    def found(*args):
        return sorted(pages(crawl(s.url + "/d/", *args).exited(0), s.url))
    same(found("--scope", "prefix"), ["/d/", "/d/a"], "prefix")
    same(found(), sorted(["/b", "/d/", "/d/a", other.url + "/x"]), "host: any port")
    same(found("--scope", "any"), sorted(["/b", "/d/", "/d/a", other.url + "/x",
                                          elsewhere.url + "/", elsewhere.url + "/deep"]), "any")


def test_why():
    """--why tells each URL that is not asked for, once"""
    s = site({"/": html("/a", "/a?x", "/no", "http://127.0.0.2:1/", "/n", "/a/a/a/a/a/a",
                        "/later", more="<a rel=nofollow href=/f><a rel=nofollow href=/g>"
                        "<img src=/i>"),
              "/a": ["/no", "/deep", "/n", "/f"], "/a?x": ["/g2"], "/f": [], "/later": []})
    result = crawl(s.url, "-l", "1", "--why", "--exclude", "/n", "--include", "/[afl]").exited(0)
    same(paths(result, s), ["/", "/a", "/a?x", "/later"], "pages")
    same(skipped(result, s), {
        "/no": "excluded", "/n": "excluded", "http://127.0.0.2:1/": "out_of_scope",
        "/f": "nofollow", "/g": "nofollow", "/i": "not_wanted", "/a/a/a/a/a/a": "trap",
        "/deep": "level", "/g2": "level"}, "skipped")
    result = crawl(s.url, "--why", "--include", "/[afl]").exited(0)
    check("/f" not in skipped(result, s), "what was found elsewhere is asked for")
    same(skipped(result, s)["/n"], "not_included", "reason")
    text = crawl(s.url, "-l", "0", "--why", "--format", "text").out.decode()
    contains(text, f"skipped: level  {s.url}/a\n", f"200  ")


def test_numbers():
    """--max-pages, --max-per-host"""
    s = site({"/": [f"/{i}" for i in range(50)], "*": []})
    t = site({"/": [f"/{i}" for i in range(50)], "*": []})
    result = crawl(s.url, t.url, "--max-pages", "7", "--why").exited(0)
    same(len(pages(result)), 7, "pages")
    same(len(s.hits) + len(t.hits) - 2, 7, "requests")
    same(set(skipped(result).values()), {"max_pages"}, "skipped")
    result = crawl(s.url, t.url, "--max-per-host", "4", "--why").exited(0)
    same(len(pages(result)), 8, "pages")
    same(set(skipped(result).values()), {"max_per_host"}, "skipped")
    result = crawl(*(f"{s.url}/{i}" for i in range(5)), "--max-pages", "2").exited(0)
    same((len(pages(result)), len(skipped(result))), (2, 3), "start URLs")


def test_drop_query():
    """--drop-query drops parameters"""
    s = site({"/": ["/a?utm_x=1", "/a?utm_y=2&b=1", "/a?sid=5&b=1", "/a"], "/a": [],
              "/a?b=1": []})
    same(paths(crawl(s.url, "--drop-query", "^utm_", "--drop-query", "^sid$").ok(), s),
         ["/", "/a", "/a?b=1"], "pages")


# --- traps ------------------------------------------------------------------------

def test_traps():
    """an endless calendar, growing paths, session ids, turning queries: they end"""
    def calendar(request):
        month = int(request.target.rsplit("/", 1)[1] or 0)
        return html(f"/calendar/{month + 1}")

    def session(request):
        n = len(request.conn.server.requests)
        return html(f"/session/?sid={n}", f"/session/?sid={n}x")

    def query(request):
        parts = request.target.partition("?")[2].split("&")
        return html("/query?" + "&".join(parts[1:] + parts[:1]),
                    "/query?" + "&".join(reversed(parts)))

    def growing(request):
        return html("more/", "./x/more/")

    def app(request):
        kind = request.target.split("/")[1].split("?")[0]
        return {"calendar": calendar, "session": session, "query": query,
                "growing": growing}[kind](request)
    s = servers.http(app)
    same(len(crawl(s.url + "/calendar/0", "--no-robots").ok().records), 6, "calendar")
    result = crawl(s.url + "/session/", "--no-robots", "--drop-query", "^sid$").ok()
    same(len(result.records), 1, "session")
    result = crawl(s.url + "/query?a=1&b=2&c=3", "--no-robots", "-l", "inf").ok()
    same(len(result.records), 6, "query")
    result = crawl(s.url + "/growing/", "--no-robots", "-l", "inf", "--why").exited(0)
    check(len(pages(result)) < 50, "it stops")
    same(set(skipped(result).values()), {"trap"}, "skipped")
    same(len(crawl(s.url + "/calendar/0", "--no-robots", "-l", "inf", "--max-pages",
                   "40").ok().records), 40, "calendar without end")


def test_hostile_pages():
    """nesting without end, huge attributes, comments that stay open, NUL bytes"""
    n = 20000 if SANITIZED else 1000000
    deep = "<div>" * n + "<a href=/deep>"
    wide = "<a title='" + "x" * n + "' href=/wide><a href='" + "y" * n + "'>"
    comment = "<a href=/before><!-- " + "<a href=/no>" * 1000
    s = site({"/": ["/1", "/2", "/3", "/4"], "/1": reply(deep, type="text/html"),
              "/2": reply(wide, type="text/html"), "/3": reply(comment, type="text/html"),
              "/4": reply(b"\0<a\0 href=/x>\0<a href=/nul\0>\0", type="text/html"),
              "*": []})
    found = paths(crawl(s.url), s)
    for path in ("/deep", "/wide", "/before"):
        check(path in found, f"{path} is not found")
    check("/no" not in found, "a comment is no page")


def test_endless_page():
    """a page without end is bounded by --max-size"""
    def endless(conn):
        while True:
            request = conn.request()
            if request.target == "/robots.txt":
                conn.send(reply("", 404))
                continue
            conn.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
            while True:
                conn.send(b"<a href=/x> " * 1000)
    s = servers.raw(endless)
    found = pages(crawl(s.url, "--max-size", "500k", "-l", "0").exited(1), s)
    same(found["/"]["error"]["type"], "too_large", "error")


# --- failures, and the end --------------------------------------------------------

def test_failures():
    """pages that fail have their record, and their links are none"""
    s = site({"/": ["/404", "/cut", "/503"], "/404": reply("<a href=/x>", 404, type="text/html"),
              "/503": reply("", 503),
              "/cut": lambda r: servers.head(200, {"Content-Length": 100}) and None})
    found = pages(crawl(s.url).exited(1), s)
    same({p: r["error"] and r["error"]["type"] for p, r in found.items()},
         {"/": None, "/404": "http_status", "/503": "http_status", "/cut": "empty_reply"},
         "errors")
    same(pages(crawl(f"http://127.0.0.1:{free_port()}/").exited(1)).popitem()[1]["error"]["type"],
         "connect_refused", "nobody there")


def test_fail_fast():
    """--fail-fast"""
    s = site({"/": ["/a"] + [f"/{i}" for i in range(200)], "/a": reply("", 500), "*": []})
    check(len(crawl(s.url, "--fail-fast", "--per-host", "1").exited(1).records) < 100, "pages")


def test_interrupted():
    """SIGINT: start URLs have their records, nobody else is waited for"""
    gate = servers.Gate(lambda r: html("/x", "/y", "/z"))
    run = start(*(f"{gate.url}/{i}" for i in range(20)), "--no-robots")
    gate.wait(4)
    run.signal(signal.SIGINT)
    result = run.finish().exited(130)
    same(len(pages(result)), 20, "records")
    same({r["error"]["type"] for r in result.records}, {"cancelled"}, "errors")


def test_deadline():
    """--deadline ends it, while robots.txt is awaited, too"""
    gate = servers.Gate()
    result = crawl(gate.url, "--deadline", "0.3").exited(1)
    same(result.record["error"]["type"], "cancelled", "error")
    same(gate.held, ["/robots.txt"], "requests")


def test_deadline_of_input():
    """--deadline ends the reading of start URLs that have no end"""
    reader, writer = os.pipe()
    harness.defer(os.close, writer)
    os.write(writer, b"http://127.0.0.1:1/\n")
    run = start("--deadline", "0.3", stdin=reader)
    os.close(reader)
    contains(run.finish().exited(1).err, "--deadline", "start URLs")


def test_reader_leaves():
    """a reader that closes the output ends it quietly"""
    s = site({"/": [f"/{i}" for i in range(2000)], "*": []})
    read, out = os.pipe()
    run = harness.Proc("crawl", "-q", s.url, stdout=out)
    os.close(out)
    os.read(read, 100)
    os.close(read)
    same(run.finish().exited(141).err, "", "stderr")


def test_output_file():
    """-o, --summary"""
    s = site({"/": ["/a"], "/a": []})
    out, summary = (os.path.join(tmp(), n) for n in ("out", "summary"))
    result = crawl(s.url, "-o", out, "--summary", summary).exited(0)
    same((result.out, len(harness.parse(harness.read(out)))), (b"", 2), "records")
    contains(harness.read(summary).decode(), '"requests":2')


def test_progress():
    """the progress line counts what waits, SIGUSR1 lists what is in flight"""
    gate = servers.Gate(lambda r: html(*(f"/{i}" for i in range(10))))
    run = harness.Proc("crawl", gate.url, "--progress", "always", "--no-robots")
    gate.wait(1)
    gate.release("/")
    gate.wait(5)
    run.wait_err(r"1/11")
    run.signal(signal.SIGUSR1)
    run.wait_err(r"4 in flight, 6 waiting, 1 done")
    run.wait_err(r"GET " + gate.url)
    gate.open()
    run.finish().ok(11)


def test_progress_of_few():
    """the progress line counts no more than --max-pages lets through"""
    gate = servers.Gate(lambda r: html(*(f"/{i}" for i in range(10))))
    run = harness.Proc("crawl", gate.url, "--progress", "always", "--no-robots", "--max-pages", "3")
    gate.wait(1)
    gate.release("/")
    gate.wait(3)
    run.wait_err(r"1/3")
    gate.open()
    run.finish().ok(3)


def test_many_hosts():
    """hosts take turns: a slow one keeps nobody waiting"""
    gate = servers.Gate(lambda r: html("/2", "/3"))
    quick = [site({"/": ["/a", "/b"], "*": []}) for _ in range(5)]
    run = start(gate.url, *(q.url for q in quick), "-j", "6")
    run.wait_lines(15)
    gate.wait(1)
    gate.open()
    same(len(run.finish().records), 18, "records")


def test_wrong_usage():
    """wrong values are refused with a way out"""
    for args in (["-l", "-1"], ["-l", "many"], ["--scope", "site"], ["--include", "("],
                 ["--exclude", "[z-a]"], ["--drop-query", "*"], ["--max-pages", "0"],
                 ["--sitemap", "ftp://x/"], ["-H", "User-Agent: x"], ["-A", ""],
                 ["-i", "/nonexistent"]):
        result = crawl("http://127.0.0.1:1/", *args).exited(2)
        same(result.out, b"", "stdout")
        contains(result.err, "trawl crawl: ", "try 'trawl crawl --help'")
    path = write("http://x/\n")
    contains(crawl("-i", path, "-o", path).exited(2).err, "the same file")


if __name__ == "__main__":
    harness.main()
