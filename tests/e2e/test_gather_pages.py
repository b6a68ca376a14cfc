#!/usr/bin/env python3
"""trawl gather: lists in pages, those that never end among them, and virtual users."""

import collections
import json
import os
import signal
import time
import urllib.parse

import harness
from harness import check, contains, lacks, same, tmp
from gathers import answers, document, errors, gather, get, start_gather
import servers
from servers import Gate, describe, http, json_reply, redirect, reply


def paged(app):
    """A server whose app gets the parameters and the request."""
    def handle(request):
        query = urllib.parse.urlsplit(request.target).query
        return app(dict(urllib.parse.parse_qsl(query)), request)
    return http(handle)


def linked(body, link):
    return reply(json.dumps(body), type="application/json",
                 headers=[("Link", link)] if link else [])


def pages_of(server, paginate, path="/", **fields):
    """The result of a paged request, which may fail."""
    args = fields.pop("args", ())
    return gather({"requests": {"r": {"url": server.url + path, "paginate": paginate,
                                      **fields}}}, *args)


def pages(server, paginate, path="/", **fields):
    return document(pages_of(server, paginate, path, **fields))["r"]


# --- where the next page is -------------------------------------------------------

def test_link():
    """a Link header (RFC 8288), among others, relative or not, whatever its spelling"""
    links = ['</2>; rel="next"', '</0>; rel=prev, <3?a=1,2;x>; title="a,\\"b"; REL="x NeXt y"',
             '<?q=last>;rel=next;rel=prev', '</x>; rel="next"; anchor="#foo", </y>; rel="last"']
    server = http(lambda r: linked([r.target], links[len(r.conn.server.requests) - 1]))
    same(pages(server, {"next": "link"}, "/1"), ["/1", "/2", "/3?a=1,2;x", "/3?q=last"])


def test_link_several_fields():
    """a Link of its own for each relation"""
    answers_ = [reply("[1]", headers=[("Link", "</a>; rel=first"), ("Link", "</b>; rel=next")]),
                reply("[2]", headers=[("Link", "garbage"), ("link", "<unclosed; rel=next")])]
    server = servers.scripted(*answers_)
    same(pages(server, {"next": "link"}), [1, 2])
    same(server.hits, ["/", "/b"])


def test_pointer():
    """a pointer to the next URL; null, false, "" or nothing is the end"""
    for end in ('"next":null', '"next":""', '"next":false', '"x":1'):
        server = answers({"/": '{"items":[1],"next":"/two?a=b"}',
                          "/two": '{"items":[2],%s}' % end})
        same(pages(server, {"next": "/next"}, select="/items"), [1, 2], end)
    server = answers({"/": '{"items":[1],"next":{"x":1}}'})
    same(errors(document(pages_of(server, {"next": "/next"}, select="/items"), 1)),
         {("r", None): "reference"})


def test_cursor():
    """a cursor that is sent as a parameter, in the place of one that was there"""
    tokens = {None: ('"a&b=c"', 1), "a&b=c": ("12345678901234567890", 2),
              "12345678901234567890": ("null", 3)}
    def app(query, request):
        token, number = tokens[query.get("cur")]
        return json_reply('{"l":[%d],"meta":{"c":%s}}' % (number, token))
    server = paged(app)
    rule = {"cursor": "/meta/c", "param": "cur"}
    same(pages(server, rule, "/?limit=1#f", select="/l"), [1, 2, 3])
    same(server.hits, ["/?limit=1", "/?limit=1&cur=a%26b%3Dc",
                       "/?limit=1&cur=12345678901234567890"])


def test_page_numbers():
    """page numbers until an empty page"""
    def app(query, request):
        page = int(query["p"])
        return json_reply(json.dumps([page] if page < 4 else []))
    server = paged(app)
    same(pages(server, {"page": "p"}), [1, 2, 3])
    same(pages(server, {"page": "p", "start": 0}, "/?p=9&x=1"), [0, 1, 2, 3])
    same(server.hits[4:6], ["/?p=0&x=1", "/?p=1&x=1"])


def test_offsets():
    """offsets, by as many as came, until nothing comes: an empty array, or a 204"""
    items = list(range(7))
    for end in (json_reply("[]"), reply("", 204), json_reply("null")):
        def app(query, request, end=end):
            part = items[int(query["o"]):][:3]
            return json_reply(json.dumps(part)) if part else end
        server = paged(app)
        same(pages(server, {"offset": "o"}), items)
        same(server.hits, ["/?o=0", "/?o=3", "/?o=6", "/?o=7"])


def test_many_pages():
    """pages are joined byte for byte, and in each item of a foreach"""
    def app(query, request):
        page = int(query["page"])
        return json_reply('[{"n":1.%d0,"n":"%s"}]' % (page, request.path)
                          if page < 4 else " [ ] ")
    server = paged(app)
    out = gather({"requests": {"r": {"foreach": ["a", "b"], "url": server.url + "/{{item}}",
                                     "paginate": {"page": "page"}}}}).exited(0).out
    same(out, ('{"r":[%s]}\n' % ",".join(
        "[" + ",".join('{"n":1.%d0,"n":"/%s"}' % (p, n) for p in (1, 2, 3)) + "]"
        for n in "ab")).encode())


# --- lists that are not as they should be -----------------------------------------

def test_never_ends():
    """a list that never ends: a failure at 1000 pages, or what max_pages allows"""
    server = http(lambda r: linked([len(r.target)], f"<{r.path}?{len(r.conn.server.requests)}"
                                                    ">; rel=next"))
    result = pages_of(server, {"next": "link"})
    same(errors(document(result, 1)), {("r", None): "too_large"})
    same(len(server.requests), 1000, "requests")
    contains(result.err, "max_pages")
    result = pages_of(server, {"next": "link", "max_pages": 3})
    same(len(document(result)["r"]), 3)
    contains(result.err, "more pages than max_pages, 3")


def test_repeats():
    """a next page that was there before is a failure, also behind a detour"""
    for link in ("<?>; rel=next", "</>; rel=next", "<#x>; rel=next"):
        server = http(lambda r, link=link: linked([1], link))
        same(errors(document(pages_of(server, {"next": "link"}), 1)),
             {("r", None): "protocol"}, link)
        check(len(server.requests) <= 2, "requests")
    server = answers({"/": '{"l":[1],"n":"/b"}', "/b": '{"l":[2],"n":"/c"}',
                      "/c": '{"l":[3],"n":"/b"}'})
    same(errors(document(pages_of(server, {"next": "/n"}, select="/l"), 1)),
         {("r", None): "protocol"})
    same(len(server.requests), 3, "requests")
    same(errors(document(pages_of(answers({"/": '{"l":[],"c":7}'}),
                                  {"cursor": "/c", "param": "c"}, select="/l"), 1)),
         {("r", None): "protocol"})


def test_ignores_the_number():
    """a server that knows no page numbers sends the same page: a failure"""
    server = answers({"/": [1, 2]})
    same(errors(document(pages_of(server, {"page": "page"}), 1)), {("r", None): "protocol"})
    same(len(server.requests), 2, "requests")


def test_other_origin():
    """a next page at another origin gets neither credentials nor the user's headers"""
    evil = http(lambda r: linked(["evil"], "</again>; rel=next"
                                 if r.path == "/steal" else f"<{home.url}/last>; rel=next"
                                 if r.path == "/again" else None))
    home = http(lambda r: linked(["home"], f"<{evil.url}/steal>; rel=next"
                                 if r.path == "/" else None))
    headers = {"Authorization": "Bearer s3cr3t", "X-Api-Key": "k3y", "Cookie": "a=c00kie",
               "Accept": "application/x"}
    got = pages(home, {"next": "link"}, headers=headers,
                args=("-u", "me:p4ss", "-H", "X-Other: 0ther"))
    same(got, ["home", "evil", "evil", "home"])
    same(home.requests[0]["X-Api-Key"], "k3y", "first")
    for request in (*evil.requests, home.requests[1]):
        lacks(str(request.headers), "s3cr3t", "k3y", "c00kie", "p4ss", "0ther")
        same((request["Authorization"], request["Cookie"]), (None, None))
    same(evil.requests[0]["Accept"], "application/x", "Accept")


def test_other_origin_redirected():
    """nor behind a redirect at that origin"""
    evil = http(lambda r: redirect("/there") if r.path == "/steal" else linked([2], None))
    home = http(lambda r: linked([1], f"<{evil.url}/steal>; rel=next"))
    same(pages(home, {"next": "link"}, headers={"X-Api-Key": "k3y"}), [1, 2])
    for request in evil.requests:
        lacks(str(request.headers), "k3y")


def test_other_origin_body():
    """nor a body: what is not GET is not repeated there"""
    evil = http(describe)
    home = http(lambda r: linked([1], f"<{evil.url}/>; rel=next"))
    doc = document(pages_of(home, {"next": "link"}, json={"password": "p"}), 1)
    same(errors(doc), {("r", None): "redirect_refused"})
    same(evil.requests, [], "requests")


def test_other_scheme():
    """a next page that is no URL of http or https is a failure"""
    for url in ("file:///etc/passwd", "http://[", "javascript:1", "http://a b/"):
        server = http(lambda r, url=url: json_reply(json.dumps({"l": [1], "n": url})))
        type_ = errors(document(pages_of(server, {"next": "/n"}, select="/l"), 1))
        check(type_[("r", None)] in ("redirect_refused", "dns_not_found"), f"{url}: {type_}")
    server = http(lambda r: json_reply('{"l":[1],"n":"/a\\r\\nX-Evil: 1\\u0000"}'))
    document(pages_of(server, {"next": "/n"}, select="/l"), 1)
    same(len(server.requests), 1, "requests")


def test_page_fails():
    """a page that fails, or is no array: the list fails as a whole"""
    server = http(lambda r: linked([1], "</b>; rel=next") if r.path == "/"
                  else reply("", 500))
    doc = document(pages_of(server, {"next": "link"}), 1)
    same((doc["r"], errors(doc)), (None, {("r", None): "http_status"}))
    doc = document(pages_of(server, {"next": "link"}, optional=True, default=["d"]))
    same((doc["r"], errors(doc)), (["d"], {("r", None): "http_status"}))
    server = answers({"/": {"a": 1}})
    same(errors(document(pages_of(server, {"next": "link"}), 1)), {("r", None): "reference"})


def test_sigint_between_pages():
    """SIGINT in a list of pages: it is null, and the rest is there"""
    gate = Gate(lambda r: linked([1], f"</{len(gate.held)}>; rel=next"))
    proc = start_gather({"requests": {"r": {"url": gate.url + "/p", "paginate": {"next": "link"}},
                                      "ok": {"url": gate.url + "/ok"}}})
    gate.wait(2)
    gate.release("/ok")
    gate.release("/p")
    gate.wait(3)
    proc.signal(signal.SIGINT)
    began = time.monotonic()
    doc = document(proc.finish(), 130)
    check(time.monotonic() - began < 5, "took long")
    same((doc["r"], doc["ok"]), (None, [1]))


def test_sigint_reader_stuck():
    """SIGINT ends a run whose output nobody reads"""
    server = servers.fixed(json_reply('"%s"' % ("x" * 1000000)))
    out, pipe = os.pipe()
    proc = start_gather({"requests": {"r": {"url": server.url}, "s": {"url": server.url},
                                      "hang": {"url": Gate().url}}}, stdout=pipe)
    os.close(pipe)
    server.wait_requests(2)
    proc.signal(signal.SIGINT)
    proc.finish().exited(130)
    os.close(out)


# --- users ------------------------------------------------------------------------

def users_spec(server):
    return {"requests": {
        "login": {"url": server.url + "/login?u={{user}}"},
        "home": {"url": server.url + "/home?t={{login#/token}}"}},
        "output": {"user": "{{user}}", "token": "{{login#/token}}", "home": "{{home}}"}}


def shop():
    return paged(lambda query, r: json_reply(
        json.dumps({"token": "t" + query["u"]} if r.path == "/login" else query["t"])))


def test_users():
    """--users: the whole spec for each at once, a line for each"""
    server = shop()
    result = gather(users_spec(server), "--users", "20").exited(0)
    same(sorted(r["user"] for r in result.records), list(range(1, 21)))
    for r in result.records:
        same((r["token"], r["home"]), (f"t{r['user']}", f"t{r['user']}"))
    contains(result.err, "40 requests", "login: 20; p50 ", "home: 20; p50 ")


def test_users_at_once():
    """all users are there at once, as far as the caps let them"""
    gate = Gate(lambda r: json_reply("1"))
    spec = {"requests": {"a": {"url": gate.url + "/{{user}}"}}}
    proc = start_gather(spec, "--users", "30", "--per-host", "30")
    gate.wait(30)
    same(sorted(gate.held), sorted(f"/{i}" for i in range(1, 31)))
    gate.open()
    same(len(proc.finish().exited(0).records), 30)


def test_repeat():
    """--repeat: each user again and again, one run behind the other"""
    server = shop()
    result = gather(users_spec(server), "--users", "3", "--repeat", "4").exited(0)
    same(collections.Counter(r["user"] for r in result.records), {1: 4, 2: 4, 3: 4})
    alone = gather(users_spec(server), "--repeat", "2").exited(0)
    same([r["user"] for r in alone.records], [1, 1])


def test_ramp():
    """--ramp: users begin one after the other over that time"""
    server = servers.fixed(json_reply("1"))
    gather({"requests": {"a": {"url": server.url}}}, "--users", "4", "--ramp", "0.4").exited(0)
    gaps = server.gaps()
    same(len(gaps), 3)
    check(sum(gaps) > 0.2, f"began at once: {gaps}")


def test_think():
    """think: a time before a request, of a random length or a fixed one"""
    server = answers({"/a": "1", "/b": "1"})
    spec = {"requests": {"a": {"url": server.url + "/a"},
                         "b": {"url": server.url + "/b?{{a}}", "think": [0.1, 0.2]}}}
    get(spec)
    check(server.gaps()[0] >= 0.09, "did not think")
    spec["requests"]["b"]["think"] = 0.15
    get(spec)
    check(server.gaps()[2] >= 0.14, "did not think")


def test_user_failures():
    """a user that fails has its errors in its line; the others are as they are"""
    server = paged(lambda query, r: json_reply('"x"') if query["u"] != "2" else reply("", 500))
    result = gather({"requests": {"a": {"url": server.url + "/?u={{user}}"}},
                     "output": {"user": "{{user}}", "a": "{{a}}"}}, "--users", "3").exited(1)
    failed = [r for r in result.records if "errors" in r]
    same([(r["user"], r["a"], r["errors"][0]["type"]) for r in failed],
         [(2, None, "http_status")])
    contains(result.err, "a: 3, 1 failed; p50")


def test_users_interrupted():
    """SIGINT: a line for each user that has begun, and none for others"""
    gate = Gate()
    proc = start_gather({"requests": {"a": {"url": gate.url}}}, "--users", "1000",
                        "--ramp", "3600", "--repeat", "5")
    gate.wait(1)
    proc.signal(signal.SIGINT)
    result = proc.finish().exited(130)
    check(1 <= len(result.records) < 1000, "lines")
    same({r["errors"][0]["type"] for r in result.records}, {"cancelled"})


def test_many_users():
    """a thousand users with a think time each"""
    count = 200 if harness.SANITIZED else 1000
    nginx = servers.Nginx('location / { return 200 "{}"; }')
    result = gather({"requests": {
        "a": {"url": nginx.url + "/a"},
        "b": {"url": nginx.url + "/b?{{a}}", "think": [0, 0.2]}}},
        "--users", str(count), "--per-host", "64").exited(0)
    same(len(result.records), count)


def test_summary_file():
    """--summary has percentiles by name"""
    path = os.path.join(tmp(), "summary.json")
    gather(users_spec(shop()), "--users", "5", "--summary", path, "-q").exited(0)
    summary = json.loads(harness.read(path))
    same(summary["requests"], 10)
    same(list(summary["by_name"]), ["login", "home"])
    login = summary["by_name"]["login"]
    same((login["requests"], login["failed"]), (5, 0))
    check(0 < login["time_total"]["p50"] <= login["time_total"]["p99"], "percentiles")


if __name__ == "__main__":
    harness.main()
