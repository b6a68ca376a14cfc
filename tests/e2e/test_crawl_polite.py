#!/usr/bin/env python3
"""trawl crawl as a guest: robots.txt, nofollow, pace, sitemaps."""

import gzip
import signal
import threading

from crawls import crawl, html, pages, paths, site, skipped, start
import harness
from harness import SANITIZED, check, contains, free_port, same
import servers
from servers import redirect, reply


def robots(*rules):
    return reply("\n".join(rules) + "\n")


def told(answer, **options):
    """A site of three pages with that robots.txt."""
    return site({"/": ["/a", "/b"], "/a": [], "/b": [], "/robots.txt": answer}, **options)


# --- robots.txt -------------------------------------------------------------------

def test_robots():
    """rules are obeyed, and robots.txt is asked for once, first"""
    s = site({"/": ["/a", "/private/x", "/private/open", "/x.pdf", "/x.pdf?y"],
              "/robots.txt": robots("User-agent: *", "Disallow: /private/",
                                    "Allow: /private/open", "Disallow: /*.pdf$"), "*": []})
    result = crawl(s.url, "--why").exited(0)
    same(paths(result, s), ["/", "/a", "/private/open", "/x.pdf?y"], "pages")
    same(skipped(result, s), {"/private/x": "robots_denied", "/x.pdf": "robots_denied"}, "why")
    same(s.hits[0], "/robots.txt", "first")
    same(s.hits.count("/robots.txt"), 1, "requests for robots.txt")


def test_robots_and_numbers():
    """what is forbidden does not count as a page"""
    s = site({"/": [f"/no/{i}" for i in range(20)] + ["/a", "/b", "/c"], "*": [],
              "/robots.txt": robots("User-agent: *", "Disallow: /no/")})
    same(len(pages(crawl(s.url, "--max-pages", "3").ok())), 3, "pages")


def test_product():
    """--user-agent names the group"""
    s = told(robots("User-agent: mybot", "Disallow: /a", "", "User-agent: trawl",
                    "Disallow: /b", "", "User-agent: *", "Disallow: /"))
    same(paths(crawl(s.url), s), ["/", "/a"], "as trawl")
    same(paths(crawl(s.url, "-A", "MyBot/2.0 (+https://x.example/)"), s), ["/", "/b"], "mybot")
    same(s.requests[-1]["User-Agent"], "MyBot/2.0 (+https://x.example/)", "sent")
    result = crawl(s.url, "-A", "other").exited(1)
    same(result.record["error"]["type"], "robots_denied", "a start URL")
    same(s.hits.count("/"), 2, "it was not asked for")
    same(len(crawl(s.url, "-A", "other", "--no-robots").ok().records), 3, "--no-robots")


def test_no_robots():
    """--no-robots does not even ask, and follows nofollow"""
    s = site({"/": html(more='<meta name=robots content=nofollow><a rel=nofollow href=/a>'),
              "/a": [], "/robots.txt": robots("User-agent: *", "Disallow: /")})
    same(paths(crawl(s.url, "--no-robots").ok(), s), ["/", "/a"], "pages")
    check("/robots.txt" not in s.hits, "robots.txt was asked for")


def test_unavailable():
    """4xx allows all"""
    for answer in (reply("User-agent: *\nDisallow: /", 404), reply("", 403), reply("", 410),
                   redirect("/robots.txt"), redirect("ftp://x/")):
        s = told(answer)
        same(paths(crawl(s.url), s), ["/", "/a", "/b"], "pages")


def test_unreachable():
    """5xx and 429 allow nothing; no answer fails the pages alike"""
    for status in (500, 503, 429):
        s = told(reply("", status))
        record = crawl(s.url).exited(1).record
        same((record["error"]["type"], record["attempts"]), ("robots_denied", 0), "error")
        contains(record["error"]["message"], f"HTTP {status}")
        same(s.hits, ["/robots.txt"], "requests")
    url = f"http://127.0.0.1:{free_port()}/"
    record = crawl(url).exited(1).record
    same((record["error"]["type"], record["error"]["retriable"]), ("connect_refused", True),
         "error")
    contains(record["error"]["message"], "robots.txt")
    s = site({"/": [url]})
    found = pages(crawl(s.url).exited(1))
    same(found[url]["error"]["type"], "connect_refused", "of a page that was linked to")


def test_robots_retried():
    """robots.txt is tried again as pages are"""
    answers = [reply("", 503), reply("", 500), robots("User-agent: *", "Disallow: /a")]
    s = told(lambda r: answers.pop(0))
    result = harness.trawl("crawl", "-q", s.url, "--retry-delay", "0.01")
    same(paths(result, s), ["/", "/b"], "pages")


def test_robots_redirected():
    """redirects of robots.txt are followed, to other hosts too"""
    final = site({"/5": robots("User-agent: *", "Disallow: /a")}, host="127.0.0.2")
    hops = site({f"/{i}": redirect(f"/{i + 1}") for i in range(1, 4)}
                | {"/4": redirect(final.url + "/5")})
    s = told(redirect(hops.url + "/1"))
    same(paths(crawl(s.url).ok(), s), ["/", "/b"], "pages")
    same(final.hits, ["/5"], "requests")


def test_robots_strange():
    """robots.txt that is huge, HTML, binary, or compressed"""
    rules = "User-agent: *\nDisallow: /a\n"
    late = "# " + "x" * 600000 + "\nUser-agent: *\nDisallow: /b\n"
    for answer, found in (
            (robots(rules + late), ["/", "/b"]),
            (html("/a", title="Soft 404"), ["/", "/a", "/b"]),
            (reply(bytes(range(256)) * 1000), ["/", "/a", "/b"]),
            (reply(gzip.compress(rules.encode()), headers={"Content-Encoding": "gzip"}),
             ["/", "/b"]),
            (reply(b"\xef\xbb\xbf" + rules.replace("\n", "\r").encode()), ["/", "/b"])):
        s = told(answer)
        same(paths(crawl(s.url), s), found, "pages")


def test_robots_endless():
    """of a robots.txt without end the beginning counts"""
    def endless(conn):
        while True:
            request = conn.request()
            if request.target != "/robots.txt":
                conn.send(html("/a", "/b"))
                continue
            conn.send(servers.head(200, {"Transfer-Encoding": "chunked"}))
            block = b"User-agent: *\nDisallow: /a\n" + b"# more\n" * 1000
            while True:
                conn.send(b"%x\r\n%b\r\n" % (len(block), block))
    s = servers.raw(endless)
    same(paths(crawl(s.url), s), ["/", "/b"], "pages")


def test_robots_slow():
    """a slow robots.txt delays its host alone, and holds no place"""
    gate = servers.Gate(lambda r: reply("", 404) if r.path == "/robots.txt" else html("/x"))
    s = site({"/": [f"/{i}" for i in range(20)], "*": []})
    run = start(*(f"{gate.url}/{i}" for i in range(30)), s.url, "-j", "2")
    run.wait_lines(21)
    same(gate.held, ["/robots.txt"], "asked for meanwhile")
    gate.open()
    same(len(run.finish().ok().records), 52, "records")


# --- what pages ask for -----------------------------------------------------------

def test_nofollow():
    """rel=nofollow, meta robots, X-Robots-Tag, also for one robot alone"""
    def tagged(value):
        return reply("<a href=/no>", headers={"X-Robots-Tag": value}, type="text/html")
    s = site({"/": ["/rel", "/meta", "/tag", "/named", "/others", "/noindex"],
              "/rel": html("/yes1", more='<a rel="x NOFOLLOW" href=/no>'),
              "/meta": html("/no", more='<META name=Robots content="noindex, NoFollow">'),
              "/tag": tagged("none"), "/named": tagged("trawl: nofollow"),
              "/others": reply("<a href=/yes2>", headers={"X-Robots-Tag": "bot: nofollow"},
                               type="text/html"),
              "/noindex": html("/yes3", more="<meta name=robots content=noindex>"),
              "*": []})
    result = crawl(s.url, "--why").exited(0)
    found = paths(result, s)
    same([p for p in found if "yes" in p or "no" == p[1:3] and p != "/noindex"],
         ["/yes1", "/yes2", "/yes3"], "pages")
    same(skipped(result, s), {"/no": "nofollow"}, "skipped")
    same(len(found), 10, "pages")


# --- pace -------------------------------------------------------------------------

def test_per_host():
    """four at once to one host, as --per-host says otherwise"""
    for args, most in (((), 4), (("--per-host", "2"), 2), (("--per-host", "9"), 9)):
        gate = servers.Gate(lambda r: html())
        run = start(*(f"{gate.url}/{i}" for i in range(30)), "--no-robots", *args)
        same(gate.wait_quiet(most), most, f"at once with {args}")
        gate.open()
        run.finish().ok()


def test_crawl_delay():
    """Crawl-delay is kept, for its host alone"""
    slow = site({"/": ["/a", "/b"], "/robots.txt": robots(
        "User-agent: *", "Crawl-delay: 0.3"), "*": []})
    quick = site({"/": [f"/{i}" for i in range(10)], "*": []})
    result = crawl(slow.url, quick.url).ok()
    same(len(result.records), 14, "records")
    check(min(slow.gaps()[1:]) >= 0.28, f"gaps {slow.gaps()}")
    check(quick.requests[-1].at < slow.requests[-1].at, "the other host waited")


def test_crawl_delay_long():
    """a Crawl-delay of minutes is told, and what waits for it counts as to come"""
    s = site({"/": ["/a"], "/robots.txt": robots("User-agent: *", "Crawl-delay: 600"), "*": []})
    run = harness.Proc("crawl", s.url, "--progress", "always")
    run.wait_err(s.url + r": robots.txt asks for 600 s .*Crawl-delay")
    run.wait_err(r"1/2")
    run.signal(signal.SIGINT)
    run.finish().exited(130)


def test_retry_after():
    """429 with Retry-After slows that host alone"""
    answers = iter([reply("", 429, {"Retry-After": "1"})])
    s = site({"/": ["/a"], "/a": lambda r: next(answers, html("/b")), "/b": []})
    quick = site({"/": [f"/{i}" for i in range(10)], "*": []})
    run = harness.Proc("crawl", "-q", s.url, quick.url, "--retry-delay", "0")
    result = run.finish().ok()
    same(len(result.records), 14, "records")
    same(s.hits, ["/robots.txt", "/", "/a", "/a", "/b"], "requests")
    check(s.gaps()[2] >= 0.99, f"gaps {s.gaps()}")
    check(quick.requests[-1].at < s.requests[-2].at, "the other host waited")


# --- sitemaps ---------------------------------------------------------------------

def urlset(*entries):
    return ('<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
            + "".join(f"<url><loc>{u}</loc>{m}</url>" for u, m in entries) + "</urlset>")


def test_sitemap():
    """--sitemap: pages that nobody links to, with their lastmod"""
    s = site({"/": ["/a"], "*": []})
    text = urlset((s.url + "/a", "<lastmod>2026-01-02</lastmod>"), (s.url + "/b", ""),
                  ("http://127.0.0.2:1/x", ""))
    maps = site({"/m.xml": reply(text, type="application/xml")})
    result = crawl(s.url, "--sitemap", maps.url + "/m.xml", "--why").exited(0)
    found = pages(result, s)
    same(sorted(found), ["/", "/a", "/b"], "pages")
    same((found["/b"]["depth"], found["/b"]["referrer"]), (1, None), "place")
    same(found["/b"]["lastmod"], None, "lastmod")
    same(skipped(result), {"http://127.0.0.2:1/x": "out_of_scope"}, "skipped")
    same(maps.hits, ["/m.xml"], "requests")


def test_sitemap_alone():
    """--sitemap without a start URL: its host is in scope, and known to a login"""
    s = site({"/robots.txt": reply("", 404), "/b": ["/c"], "*": []})
    text = urlset((s.url + "/a", ""), (s.url + "/b", ""), ("http://127.0.0.2:1/x", ""))
    s2 = site({"/m.xml": reply(text, type="application/xml")})
    result = crawl("--sitemap", s2.url + "/m.xml", "--why", "-u", "me:secret").exited(0)
    same(paths(result, s), ["/a", "/b", "/c"], "pages")
    same(skipped(result), {"http://127.0.0.2:1/x": "out_of_scope"}, "skipped")
    check(s2.requests[0]["authorization"], "no login")


def test_sitemap_failed():
    """a sitemap that was given and cannot be read: status 1, and which one it is"""
    s = site({"/robots.txt": lambda r: reply(f"Sitemap: {s.url}/gone.xml\n"), "/": [],
              "*": reply("", 404)})
    same(crawl(s.url).exited(0).err, "", "of what robots.txt names")
    contains(crawl(s.url, "--sitemap", s.url + "/none.xml").exited(1).err, s.url + "/none.xml",
             "HTTP 404")


def test_sitemap_lastmod():
    """lastmod stands in the record"""
    s = site({"*": []})
    maps = site({"/m": reply(urlset((s.url + "/b", "<lastmod>2026-01-02</lastmod>")))})
    found = pages(crawl(s.url, "--sitemap", maps.url + "/m").ok(), s)
    same(found["/b"]["lastmod"], "2026-01-02", "lastmod")


def test_sitemap_of_robots():
    """robots.txt names an index of sitemaps: XML, text, compressed"""
    def app(request):
        base = s.url
        index = "".join(f"<sitemap><loc>{base}{p}</loc></sitemap>"
                        for p in ("/1.xml.gz", "/2.txt", "/index.xml"))
        return {"/robots.txt": robots(f"Sitemap: {base}/index.xml", f"Sitemap: {base}/gone"),
                "/index.xml": reply(f"<sitemapindex>{index}</sitemapindex>"),
                "/gone": reply("", 404),
                "/1.xml.gz": reply(gzip.compress(urlset((base + "/x", "")).encode())),
                "/2.txt": reply(f"{base}/y\n{base}/z\n")}.get(request.target, html())
    s = servers.http(app)
    result = harness.trawl("crawl", "--retry", "0", s.url).exited(0)
    same(paths(result, s), ["/", "/x", "/y", "/z"], "pages")
    contains(result.err, "/gone", "404")
    same(s.hits.count("/index.xml"), 1, "requests")
    same(paths(crawl(s.url, "--no-robots"), s), ["/"], "without robots.txt")


def test_sitemap_wrong():
    """a sitemap that is none is told, and what stood before counts"""
    s = site({"/m": lambda r: reply(urlset((s.url + "/b", "")).replace("</urlset>", "<oops")),
              "*": []})
    result = harness.trawl("crawl", s.url, "--sitemap", s.url + "/m", "--retry", "0")
    same(paths(result, s), ["/", "/b"], "pages")
    contains(result.err, "sitemap")


def index_of(base, count, more=""):
    return reply("<sitemapindex>" + "".join(
        f"<sitemap><loc>{base}/m{i}</loc></sitemap>" for i in range(count)) +
        more + "</sitemapindex>")


def test_sitemap_interrupted():
    """a run that is stopped while 50,000 sitemaps wait ends at once"""
    sent = threading.Event()

    def app(request):
        if request.target != "/m":
            request.conn.hold()
        request.conn.send(index_of(gate.url, 49999, " " * (16 << 20)))
        sent.set()  # more than waits on its way: the names were read
    gate = servers.http(app)
    run = harness.Proc("crawl", gate.url, "--no-robots", "--sitemap", gate.url + "/m")
    check(sent.wait(harness.PATIENCE), "not read")
    gate.wait_requests(5)
    run.signal(signal.SIGINT)
    run.finish().exited(130)


def test_sitemap_enough():
    """sitemaps are not read once --max-pages has come, but for --why"""
    for args, most, least in ([], 12, 0), (["--why"], 101, 101):
        s = site({"/": [], "/m": lambda r: index_of(s.url, 100),
                  "*": lambda r: reply(s.url + "/p" + r.target[1:])})
        crawl(s.url, "--no-robots", "--max-pages", "1", "--sitemap", s.url + "/m",
              *args).exited(0)
        got = sum(t.startswith("/m") for t in s.hits)
        check(least <= got <= most, f"{got} sitemaps")


@harness.limit(120)
def test_sitemap_streams():
    """50,000 URLs in a sitemap take no more memory than URLs that are known"""
    count = 5000 if SANITIZED else 50000
    gate = servers.Gate(lambda r: html())
    text = urlset(*((f"{gate.url}/quite/a/long/way/down/{i}", "") for i in range(count)))
    maps = site({"/m": reply(text)})
    run = harness.Proc("crawl", gate.url, "--no-robots", "--sitemap", maps.url + "/m",
                       "--progress", "always")
    gate.wait(4)
    run.wait_err(f"0/{count + 1}")
    check(SANITIZED or run.peak_rss() < 40, f"{run.peak_rss()} MB")
    run.signal(signal.SIGINT)
    same(len(run.finish().exited(130).records), 4, "records")


if __name__ == "__main__":
    harness.main()
