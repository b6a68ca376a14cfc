#!/usr/bin/env python3
"""The HTTP client: redirects, connections, codings, credentials, limits, retries."""

import base64
import email.utils
import gzip
import json
import os
import re
import time
import zlib

import harness
from harness import check, contains, fetch, fixture, free_port, in_time, lacks, \
    lines, need_ipv6, same, start_fetch, tmp, write
import servers
from servers import authority, describe, encoded, fixed, good_pair, http, raw, redirect, \
    reply, routes, scripted


@fixture
def echo():
    return http(describe)


def asked(*args, url=None, **options):
    """The request that the server saw."""
    url = url or echo().url
    return fetch("--body", *args, url, **options).ok(1).record["body"]


def header(request, name):
    return [v for k, v in request["headers"] if k.lower() == name.lower()]


def basic(text):
    return ["Basic " + base64.b64encode(text.encode()).decode()]


def chain(status, *args):
    """The requests that arrive when the first is redirected with that status."""
    server = routes({"/": redirect("/next", status), "/next": reply("end")})
    fetch(*args, server.url).ok(1)
    return [(r.method, r.path, r.body) for r in server.requests]


# --- redirects --------------------------------------------------------------------

def test_redirect_get():
    """a GET is redirected as a GET by all five statuses"""
    for status in (301, 302, 303, 307, 308):
        same(chain(status), [("GET", "/", b""), ("GET", "/next", b"")], status)


def test_redirect_post():
    """301, 302, 303 make a POST a GET without body; 307 and 308 repeat it"""
    first = ("POST", "/", b"x")
    for status in (301, 302, 303):
        same(chain(status, "-d", "x"), [first, ("GET", "/next", b"")], status)
    for status in (307, 308):
        same(chain(status, "-d", "x"), [first, ("POST", "/next", b"x")], status)


def test_redirect_put():
    """301 and 302 keep a PUT, 303 makes it a GET"""
    for status, method, body in ((301, "PUT", b"x"), (302, "PUT", b"x"),
                                 (303, "GET", b""), (307, "PUT", b"x")):
        same(chain(status, "-X", "PUT", "-d", "x")[1], (method, "/next", body), status)


def test_redirect_head():
    """a HEAD stays a HEAD through 303"""
    same(chain(303, "-X", "HEAD")[1][0], "HEAD", "method")


def test_redirect_get_drops_body_headers():
    """what became a GET carries no Content-Type nor Content-Length"""
    server = routes({"/": redirect("/next", 303), "/next": reply("end")})
    fetch("--json", "{}", server.url).ok(1)
    same([server.requests[1][h] for h in ("Content-Type", "Content-Length")],
         [None, None], "headers")


def test_redirect_relative():
    """Location: absolute path, relative, with .., query only, other scheme-less host"""
    other = fixed()
    for where, path in (("/x", "/x"), ("x", "/a/x"), ("../x", "/x"), ("?q", "/a/b?q"),
                        ("./x?y#z", "/a/x?y")):
        server = http(lambda r, w=where: redirect(w) if r.target == "/a/b" else reply())
        fetch(server.url + "/a/b").ok(1)
        same(server.hits[-1], path, where)
    fetch(fixed(redirect(f"//{other.authority}/y")).url).ok(1)
    same(other.hits, ["/y"], "requests")


def test_max_redirs():
    """--max-redirs N: N are followed; 0 takes the redirect as the answer's error"""
    server = routes({f"/{i}": redirect(f"/{i + 1}") for i in range(3)})
    fetch("--accept-status", "404", "--max-redirs", "3", server.url + "/0").exited(0)
    result = fetch("--max-redirs", "2", server.url + "/0").exited(1)
    same(result.record["error"]["type"], "too_many_redirects", "type")
    same(result.record["num_redirects"], 2, "num_redirects")


def test_redirect_reuses_connection():
    """a redirect within an origin goes over the same connection"""
    server = routes({"/a": redirect("/b", body=b"moved"), "/b": reply("end")})
    fetch(server.url + "/a").ok(1)
    same(server.connections, 1, "connections")


SECRETS = ("-H", "X-Api-Key: secret", "-H", "Authorization: Bearer secret", "-H",
           "Cookie: secret=1")


def leaked(target, *args, stdin=None, status=302):
    """What of the secrets arrives at another server that one redirects to."""
    start = fixed(redirect(target.url + "/landing", status))
    urls = [] if stdin else [start.url]
    text = json.dumps({"url": start.url, **stdin}) + "\n" if stdin else None
    fetch(*args, *urls, stdin=text).ok(1)
    check("secret" in start.requests[0].head.decode()
          or start.requests[0]["Authorization"], "not sent to the first server")
    return target.requests[0]


def test_no_leak_to_other_port():
    """custom headers, Authorization and Cookie do not reach another port"""
    for status in (301, 302, 303, 307, 308):
        lacks(leaked(fixed(), *SECRETS, status=status).head.decode(), "secret")


def test_no_leak_to_other_host():
    """nor another host"""
    lacks(leaked(fixed(host="127.0.0.2"), *SECRETS).head.decode(), "secret")


def test_no_leak_of_user():
    """nor does -u, or a user in the URL"""
    target = fixed()
    same(leaked(target, "-u", "me:secret")["Authorization"], None, "-u")
    start = fixed(redirect(target.url))
    fetch(start.url.replace("//", "//me:secret@")).ok(1)
    same(start.requests[0]["Authorization"], basic("me:secret")[0], "user in the URL")
    same(target.requests[-1]["Authorization"], None, "user in the URL")


def test_no_leak_of_cookie_option():
    """nor does -b"""
    same(leaked(fixed(), "-b", "a=secret")["Cookie"], None, "Cookie")


def test_no_leak_of_json_headers():
    """nor do headers of a JSON request"""
    target = fixed()
    leaked(target, stdin={"headers": {"X-Api-Key": "secret", "Authorization": "secret"}})
    lacks(target.requests[0].head.decode(), "secret")


def test_no_leak_over_there_and_back():
    """headers that a detour lost: sent to the first origin at most"""
    other = http(lambda r: redirect(first.url + "/end"))
    first = routes({"/": lambda r: redirect(other.url + "/x"), "/end": reply("end")})
    fetch("-H", "X-Api-Key: secret", first.url).ok(1)
    lacks(b"".join(r.head for r in other.requests).decode(), "secret")


def test_no_downgrade_leak():
    """nor do they go from https to http of the same host"""
    target = fixed()
    start = fixed(redirect(target.url), tls=servers.tls())
    fetch("--cacert", authority().cert, "-H", "X-Api-Key: secret", start.url).ok(1)
    contains(start.requests[0].head.decode(), "secret")
    lacks(target.requests[0].head.decode(), "secret")


def test_headers_kept_within_origin():
    """headers stay on a redirect within the origin"""
    server = routes({"/": redirect("/next"), "/next": reply("end")})
    fetch("-H", "X-Api-Key: secret", "-u", "a:b", server.url).ok(1)
    same((server.requests[1]["X-Api-Key"], server.requests[1]["Authorization"]),
         ("secret", basic("a:b")[0]), "headers")


def test_url_effective_of_refused():
    """url_effective is null where nothing was asked for, and so without a password"""
    result = fetch("ftp://me:hunter2@h/", "http://me:hunter2@h:99999/",
                   stdin='').exited(1)
    same([r["url_effective"] for r in result.records], [None, None], "url_effective")
    same(fetch(stdin='{"url":5}\n').exited(1).record["url_effective"], None, "of a line")
    lines = fetch("-w", "<%{url_effective}>", "ftp://me:hunter2@h/").exited(1).out
    same(lines, b"<>\n", "-w")


def test_url_effective_without_user():
    """no password in url_effective nor on standard error"""
    server = fixed()
    result = fetch(server.url.replace("//", "//me:hunter2@")).ok(1)
    lacks(result.record["url_effective"], "hunter2")
    lacks(result.err, "hunter2")


# --- connections ------------------------------------------------------------------

def test_reuse():
    """100 requests one after the other: one connection"""
    server = fixed()
    fetch("-j", "1", *[server.url] * 100).ok(100)
    same(server.connections, 1, "connections")


def test_reuse_parallel():
    """200 requests, 8 at once: at most 8 connections"""
    server = fixed()
    fetch("--per-host", "8", *[server.url] * 200).ok(200)
    check(server.connections <= 8, f"{server.connections} connections")


def test_reuse_after_error():
    """a 404 and a 500 keep the connection"""
    server = scripted(reply("", 404), reply("", 500), reply("ok"))
    fetch("-j", "1", *[server.url] * 3).exited(1)
    same(server.connections, 1, "connections")


def test_connection_close():
    """Connection: close is obeyed"""
    server = fixed(reply("x", headers={"Connection": "close"}))
    fetch("-j", "1", *[server.url] * 3).ok(3)
    same(server.connections, 3, "connections")


def test_keep_alive_closed():
    """a kept-alive connection found closed is replaced, and costs no attempt"""
    for end in ("fin", "late_fin", "rst"):
        server = raw(servers.keep_alive_then(end))
        records = fetch("-j", "1", "--body", server.url + "/1", server.url + "/2").ok(2)
        same([r["attempts"] for r in records.sorted], [1, 1], end)
        same(records.sorted[1]["body"], "second", end)


def test_keep_alive_closed_many():
    """a server that closes each connection after its third answer"""
    def handle(conn):
        for _ in range(3):
            conn.request()
            conn.send(reply("x"))
    result = fetch(stdin=lines(*[raw(handle).url] * 3000)).ok(3000)
    same({r["attempts"] for r in result.records}, {1}, "attempts")


def test_pipelined_body_not_mixed():
    """each of 200 requests gets its own answer"""
    server = http(lambda r: reply(r.target))
    result = fetch("--body", *(f"{server.url}/{i}" for i in range(200))).ok(200)
    same([r["body"] for r in result.sorted], [f"/{i}" for i in range(200)], "bodies")


def test_hosts():
    """many hosts at once: each asked on its own address"""
    many = [fixed(host=f"127.0.{i}.1") for i in range(1, 60)]
    result = fetch(*(s.url for s in many)).ok(len(many))
    same([r["remote_ip"] for r in result.sorted], [s.host for s in many], "remote_ip")


# --- versions ---------------------------------------------------------------------

@fixture
def h2():
    return servers.Nginx('location / { return 200 "$server_protocol"; }', good_pair())


def secure(*args):
    return fetch("--body", "--cacert", authority().cert, *args)


def test_http2():
    """HTTP/2 over TLS, by default and with --http2"""
    for option in ((), ("--http2",)):
        record = secure(*option, h2().url).ok(1).record
        same((record["http_version"], record["body"]), ("2", "HTTP/2.0"), option)


def test_http11():
    """--http1.1"""
    record = secure("--http1.1", h2().url).ok(1).record
    same((record["http_version"], record["body"]), ("1.1", "HTTP/1.1"))


def test_http2_many():
    """500 requests over HTTP/2"""
    secure(*(f"{h2().url}/{i}" for i in range(500))).ok(500)


def test_http2_reuse():
    """one after the other over HTTP/2: one connection"""
    nginx = servers.Nginx('location / { return 200 "$connection"; }', good_pair())
    result = secure("-j", "1", *[nginx.url] * 20).ok(20)
    same(len({r["body"] for r in result.records}), 1, "connections")


def test_http2_goaway():
    """a server that ends its HTTP/2 connections now and then: no failure"""
    nginx = servers.Nginx("keepalive_requests 7; location / { return 200 x; }",
                          good_pair())
    secure("--retry", "2", "--retry-delay", "0.01", *[nginx.url] * 100).ok(100)


def test_http2_ended_while_held_up():
    """what is left of a body that ended at --limit-rate over HTTP/2 is no part of another"""
    size, root = 200000, tmp()
    for letter in "abcd":
        write(letter * size, os.path.join(root, letter))
    nginx = servers.Nginx("location / { root %s; }" % root, good_pair())
    requests = [json.dumps({"url": f"{nginx.url}/{'abcd'[i % 4]}",
                            "max_time": 0.1 if i % 2 else 60}) for i in range(40)]
    records = fetch("--body", "--cacert", authority().cert, "--limit-rate", "4M",
                    "--retry", "0", "-j", "6", stdin="\n".join(requests) + "\n").records
    whole = [r for r in records if r["ok"]]
    check(20 <= len(whole) < 40, f"{len(whole)} were whole")
    for r in whole:
        same(r["body"], r["url"][-1] * size, r["url"])


def test_http2_plain():
    """--http2 to a server without TLS falls back to HTTP/1.1"""
    same(fetch("--http2", echo().url).ok(1).record["http_version"], "1.1")


def test_http2_post():
    """a body over HTTP/2"""
    nginx = servers.Nginx("location / { echo_read_request_body; echo_request_body; }",
                          good_pair(), echo=True)
    record = secure("-d", "some data", nginx.url).ok(1).record
    same(record["body"], "some data", "body")


# --- codings ----------------------------------------------------------------------

def test_codings():
    """gzip, and br and zstd as built, are offered and decoded; deflate is decoded"""
    offered = re.split(r",\s*", header(asked(), "Accept-Encoding")[0])
    check("gzip" in offered, f"offered: {offered}")
    for coding in (*offered, "deflate"):
        record = fetch("--body", fixed(encoded(servers.HELLO[coding], coding)).url).ok(1)
        same(record.record["body"], "hello world", coding)


def test_size_download_is_wire_size():
    """size_download counts the bytes on the wire"""
    data = servers.HELLO["gzip"]
    same(fetch(fixed(encoded(data)).url).ok(1).record["size_download"], len(data))


def test_coding_names():
    """x-gzip, identity, upper case and two codings in a row"""
    data = servers.HELLO["gzip"]
    for coding, body in (("x-gzip", data), ("GZIP", data), ("identity", b"hello world"),
                         ("gzip, gzip", gzip.compress(data))):
        record = fetch("--body", fixed(encoded(body, coding)).url).ok(1).record
        same(record["body"], "hello world", coding)


def test_gzip_members():
    """a gzip body of several members"""
    data = servers.HELLO["gzip"] * 2
    same(fetch("--body", fixed(encoded(data)).url).ok(1).record["body"],
         "hello worldhello world", "body")


def test_raw_deflate():
    """deflate without the zlib header, as some servers send it"""
    deflate = zlib.compressobj(wbits=-15)
    data = deflate.compress(b"hello world") + deflate.flush()
    same(fetch("--body", fixed(encoded(data, "deflate")).url).ok(1).record["body"],
         "hello world", "body")


def test_gzip_byte_by_byte():
    """gzip that comes in single bytes, chunked"""
    chunks = b"".join(b"1\r\n%c\r\n" % c for c in servers.HELLO["gzip"])
    handler = servers.sends(servers.OK_HEAD + b"Content-Encoding: gzip\r\n"
                            b"Transfer-Encoding: chunked\r\n\r\n", chunks + b"0\r\n\r\n")
    same(fetch("--body", raw(handler).url).ok(1).record["body"], "hello world", "body")


# --- request headers and credentials ----------------------------------------------

def test_user_agent():
    """-A, and trawl/VERSION by default"""
    check(re.match(r"trawl/\d", header(asked(), "User-Agent")[0]), "default")
    same(header(asked("-A", "me/1"), "User-Agent"), ["me/1"], "-A")


def test_header_option():
    """-H adds, replaces, and takes away"""
    request = asked("-H", "X-A: 1", "-H", "X-B:2", "-H", "User-Agent: u", "-H", "Accept:",
                    "-H", "X-Empty;")
    same([header(request, n) for n in ("X-A", "X-B", "User-Agent", "Accept", "X-Empty")],
         [["1"], ["2"], ["u"], [], [""]], "headers")


def test_host_header():
    """-H Host"""
    same(header(asked("-H", "Host: example.test"), "Host"), ["example.test"], "Host")


def test_user():
    """-u"""
    same(header(asked("-u", "me:pass:word"), "Authorization"), basic("me:pass:word"))


def test_user_in_url():
    """user and password in the URL, percent-encoded"""
    request = asked(url=echo().url.replace("//", "//me:p%40ss@"))
    same(header(request, "Authorization"), basic("me:p@ss"), "Authorization")


def test_cookie():
    """-b NAME=VALUE, and -b FILE"""
    same(header(asked("-b", "a=1; b=2"), "Cookie"), ["a=1; b=2"], "Cookie")
    jar = write("127.0.0.1\tFALSE\t/\tFALSE\t0\tname\tvalue\n"
                "other.test\tFALSE\t/\tFALSE\t0\tno\tno\n")
    same(header(asked("-b", jar), "Cookie"), ["name=value"], "Cookie from a file")


def test_netrc():
    """--netrc reads ~/.netrc; without it the file is left alone"""
    home = tmp()
    with open(os.path.join(home, ".netrc"), "w", encoding="ascii") as f:
        f.write("machine 127.0.0.1 login me password sesame\n")
    env = {"HOME": home}
    same(header(asked("--netrc", env=env), "Authorization"), basic("me:sesame"))
    same(header(asked(env=env), "Authorization"), [], "without --netrc")


def test_netrc_missing():
    """--netrc without a file that can be read: a warning that names it"""
    home = tmp()
    result = fetch("--netrc", fixed().url, env={"HOME": home}).ok(1)
    contains(result.err, home + "/.netrc cannot be read")


def test_netrc_other_host():
    """--netrc gives nothing to hosts that it does not name"""
    home = tmp()
    with open(os.path.join(home, ".netrc"), "w", encoding="ascii") as f:
        f.write("machine 127.0.0.1 login me password sesame\n")
    target = fixed(host="127.0.0.2")
    start = fixed(redirect(target.url))
    fetch("--netrc", start.url, env={"HOME": home}).ok(1)
    same(start.requests[0]["Authorization"], basic("me:sesame")[0], "first")
    same(target.requests[0]["Authorization"], None, "second")


# --- where to connect -------------------------------------------------------------

def test_resolve():
    """--resolve HOST:PORT:ADDRESS"""
    server = echo()
    request = asked("--resolve", f"name.test:{server.port}:127.0.0.1",
                    url=f"http://name.test:{server.port}/")
    same(header(request, "Host"), [f"name.test:{server.port}"], "Host")


def test_connect_to():
    """--connect-to HOST1:PORT1:HOST2:PORT2"""
    request = asked("--connect-to", f"name.test:80:127.0.0.1:{echo().port}",
                    url="http://name.test/")
    same(header(request, "Host"), ["name.test"], "Host")


def test_ip_version():
    """-4 and -6 choose among a name's addresses"""
    need_ipv6()
    six = fixed(host="::1")
    four = fixed(port=six.port)
    resolve = ("--resolve", f"both.test:{six.port}:[::1],127.0.0.1")
    for option, server in (("-4", four), ("-6", six)):
        record = fetch(option, *resolve, f"http://both.test:{six.port}/").ok(1).record
        same(record["remote_ip"], server.host, option)


def test_ipv6_url():
    """an IPv6 address in the URL"""
    need_ipv6()
    same(fetch(fixed(host="::1").url).ok(1).record["remote_ip"], "::1", "remote_ip")


def test_fallback_address():
    """a second address is tried when the first refuses"""
    server = fixed(host="127.0.0.2")
    fetch("--resolve", f"two.test:{server.port}:127.0.0.1,127.0.0.2",
          f"http://two.test:{server.port}/").ok(1)


def test_proxy():
    """-x: a proxy for http"""
    through, server = servers.proxy(), fixed()
    fetch("-x", through.url, server.url + "/a").ok(1)
    same(through.hits, [server.url + "/a"], "requests of the proxy")


def test_proxy_connect():
    """-x: CONNECT for https, the secrets stay inside"""
    through, server = servers.proxy(), fixed(tls=servers.tls())
    secure("-x", through.url, "-H", "X-Api-Key: secret", server.url).ok(1)
    same(through.hits, [server.authority], "requests of the proxy")
    lacks(through.requests[0].head.decode(), "secret")
    contains(server.requests[0].head.decode(), "secret")


def test_proxy_environment():
    """http_proxy and no_proxy of the environment"""
    through, server = servers.proxy(), fixed()
    fetch(server.url, env={"http_proxy": through.url}).ok(1)
    same(len(through.hits), 1, "requests of the proxy")
    fetch(server.url, env={"http_proxy": through.url, "no_proxy": "127.0.0.1"}).ok(1)
    same(len(through.hits), 1, "requests of the proxy with no_proxy")


def test_proxy_dead():
    """-x to a port where nothing listens is connect_refused"""
    result = fetch("-x", f"http://127.0.0.1:{free_port()}", echo().url).exited(1)
    same(result.record["error"]["type"], "connect_refused", "type")


# --- time limits ------------------------------------------------------------------

def test_max_time_not_in_queue():
    """--max-time does not run while a URL waits for its turn"""
    def attempt(seconds):
        slow = http(lambda r: time.sleep(seconds * 0.15) or reply("x"))
        result = fetch("-j", "1", "-m", seconds, *[slow.url] * 10)
        return result.status == 0 and result.ok(10)
    in_time(attempt, 1)


def test_deadline():
    """--deadline ends the run, with a record for every input"""
    silent = raw(servers.silent)
    result = fetch("--deadline", "0.5", "-j", "2", *[silent.url] * 6).exited(1)
    same(len(result.sorted), 6, "records")
    check({r["error"]["type"] for r in result.records} <= {"timeout", "cancelled"}, "type")


def test_deadline_ok():
    """--deadline does not hold up a run that is done"""
    result = fetch("--deadline", "60", echo().url).ok(1)
    check(result.seconds < 30, "slow")


# --- what counts as success -------------------------------------------------------

def test_accept_status():
    """--accept-status LIST: numbers and ranges"""
    server = http(lambda r: reply("", int(r.path[1:])))
    for status, ok in ((404, True), (204, False), (500, True), (503, True), (504, False)):
        result = fetch("--accept-status", "404,500-503", f"{server.url}/{status}")
        same((result.record["ok"], result.status), (ok, 0 if ok else 1), status)


def test_accept_status_no_retry():
    """an accepted status is not retried"""
    server = fixed(reply("", 503))
    fetch("--retry", "2", "--accept-status", "503", server.url).ok(1)
    same(len(server.hits), 1, "requests")


def test_default_accept():
    """200-399 are accepted by default"""
    server = http(lambda r: reply("", int(r.path[1:])))
    result = fetch(*(f"{server.url}/{s}" for s in (200, 299, 304, 399, 400))).exited(1)
    same([r["ok"] for r in result.sorted], [True] * 4 + [False], "ok")


# --- retries ----------------------------------------------------------------------

QUICK = ("--retry-delay", "0.01")


def attempts(server, *args, ok=True):
    result = fetch(*QUICK, *args, server.url)
    result.exited(0 if ok else 1)
    same(result.record["attempts"], len(server.hits), "attempts")
    return result.record["attempts"]


def test_retry():
    """--retry N: N more attempts, the first success ends them"""
    bad = reply("", 503)
    same(attempts(fixed(bad), "--retry", "3", ok=False), 4, "always 503")
    same(attempts(scripted(bad, bad, reply()), "--retry", "3"), 3, "then 200")
    same(attempts(fixed(bad), "--retry", "0", ok=False), 1, "--retry 0")


def test_retry_default():
    """two retries by default"""
    server = fixed(reply("", 500))
    result = harness.trawl("fetch", *QUICK, server.url).exited(1)
    same((len(server.hits), result.record["attempts"]), (3, 3), "attempts")


def test_retry_statuses():
    """408, 425, 429, 500, 502, 503, 504 are retried, others not"""
    for status in (408, 425, 429, 500, 502, 503, 504):
        same(attempts(scripted(reply("", status), reply()), "--retry", "1"), 2, status)
    for status in (400, 401, 403, 404, 501):
        same(attempts(fixed(reply("", status)), "--retry", "1", ok=False), 1, status)


def test_retry_transport():
    """reset, empty reply, truncation, timeout, stall and refusal are retried"""
    def attempt(handler, *limit):
        server = raw(lambda c: (handler if c.number == 1
                                else servers.sends(reply("x")))(c))
        record = fetch("--retry", "1", *QUICK, *limit, server.url).record
        same(record["attempts"], 2, handler)
        return record["ok"]
    for handler in (servers.resets_at_once, servers.empty_reply, servers.cut_short):
        check(attempt(handler), f"{handler} failed twice")
    for option in ("-m", "--stall-timeout"):
        in_time(lambda s, option=option: attempt(servers.silent, option, s), 1)
    url = f"http://127.0.0.1:{free_port()}/"
    same(fetch("--retry", "2", *QUICK, url).exited(1).record["attempts"], 3, "refused")


def test_retry_not():
    """malformed answers are not retried"""
    for handler in (servers.garbage, servers.lengths("5", "6"), servers.big_header):
        result = fetch("--retry", "2", *QUICK, raw(handler).url).exited(1)
        same(result.record["attempts"], 1, "attempts")


def test_retry_post():
    """a POST is not retried, a PUT is; --retry-all-errors retries a POST"""
    bad = reply("", 503)
    same(attempts(fixed(bad), "--retry", "2", "-d", "x", ok=False), 1, "POST")
    same(attempts(fixed(bad), "--retry", "2", "-X", "PUT", "-d", "x", ok=False), 3, "PUT")
    same(attempts(fixed(bad), "--retry", "2", "-X", "DELETE", ok=False), 3, "DELETE")
    same(attempts(fixed(bad), "--retry", "2", "-d", "x", "--retry-all-errors", ok=False),
         3, "POST with --retry-all-errors")


def test_retry_all_errors():
    """--retry-all-errors retries a 404, too"""
    same(attempts(fixed(reply("", 404)), "--retry", "1", "--retry-all-errors", ok=False),
         2, "404")


def test_retry_body_whole():
    """the body is sent whole in each attempt, and only the last answer is given out"""
    server = scripted(reply("bad", 503), reply("good"))
    record = fetch("--retry", "1", *QUICK, "--body", "-X", "PUT", "-d", "data",
                   server.url).ok(1).record
    same(([r.body for r in server.requests], record["body"]), ([b"data"] * 2, "good"))


def test_backoff_constant():
    """--backoff constant waits the delay each time"""
    server = fixed(reply("", 503))
    fetch("--retry", "2", "--retry-delay", "0.3", "--backoff", "constant", server.url)
    check(all(g >= 0.29 for g in server.gaps()), f"gaps {server.gaps()}")


def test_backoff_linear():
    """--backoff linear waits longer each time"""
    server = fixed(reply("", 503))
    fetch("--retry", "2", "--retry-delay", "0.2", "--backoff", "linear", server.url)
    first, second = server.gaps()
    check(first >= 0.19 and second >= 0.39, f"gaps {server.gaps()}")


def test_backoff_max_delay():
    """--retry-max-delay caps the delay"""
    server = fixed(reply("", 503))
    result = fetch("--retry", "3", "--retry-delay", "1000", "--retry-max-delay", "0.1",
                   "--backoff", "constant", server.url).exited(1)
    same(result.record["attempts"], 4, "attempts")


def test_retry_max_time():
    """--retry-max-time ends the attempts"""
    def attempt(seconds):
        result = fetch("--retry", "100000", "--retry-delay", seconds / 10, "--backoff",
                       "constant", "--retry-max-time", seconds, server.url).exited(1)
        check(result.record["attempts"] <= 11, f"{result.record['attempts']} attempts")
        return result.record["attempts"] >= 2
    server = fixed(reply("", 503))
    in_time(attempt, 0.5)


def retried_after(value, *args, status=503):
    """The requests."""
    server = scripted(reply("", status, {"Retry-After": value}), reply("ok"))
    record = fetch("--retry", "1", *QUICK, *args, server.url).ok(1).record
    same(record["attempts"], 2, "attempts")
    return server.requests


def retry_after(value, *args, status=503):
    """Seconds between the requests."""
    first, second = retried_after(value, *args, status=status)
    return second.at - first.at


def test_retry_after_seconds():
    """Retry-After in seconds, of 503 and 429"""
    for status in (503, 429):
        gap = retry_after("1", status=status)
        check(gap >= 0.99, f"waited {gap}")


def test_retry_after_date():
    """Retry-After as a date; one that is past does not wait"""
    date = int(time.time()) + 3
    last = retried_after(email.utils.formatdate(date, usegmt=True))[-1]
    early = date - (last.at - time.monotonic() + time.time())
    check(early < 0.1, f"asked {early} s before the date")
    retry_after("Fri, 31 Dec 1999 23:59:59 GMT")


def test_retry_after_nonsense():
    """Retry-After that makes no sense is passed over"""
    for value in ("soon", "-5", "", "1e9", "99 bottles", "Foo, 99 Bar 2020"):
        retry_after(value)


def test_retry_after_capped():
    """Retry-After of a year is capped by --retry-max-delay"""
    gap = retry_after("31536000", "--retry-max-delay", "0.3")
    check(gap >= 0.29, f"waited {gap}")


def test_retry_after_pauses_host():
    """Retry-After holds back every URL of that host, and no other"""
    def attempt(seconds):
        other = fixed()
        server = scripted(reply("", 503, {"Retry-After": seconds}), reply("ok"))
        urls = [f"{s.url}/{i}" for s in (server, other) for i in range(5)]
        fetch("--retry", "1", *QUICK, "--per-host", "1", *urls).ok(10)
        check(server.gaps()[0] >= seconds - 0.01, f"gaps {server.gaps()}")
        return other.requests[-1].at < server.requests[1].at
    in_time(attempt, 1)


def test_retry_sleep_holds_no_slot():
    """with -j1 a second URL is done while the first sleeps between attempts"""
    def attempt(seconds):
        first, second = scripted(reply("", 503), reply("ok")), fixed()
        result = fetch("-j", "1", "--retry", "1", "--retry-delay", seconds, "--backoff",
                       "constant", first.url, second.url).ok(2)
        return [r["index"] for r in result.records] == [1, 0] \
            and second.requests[0].at < first.requests[1].at
    in_time(attempt, 1)


# --- limits -----------------------------------------------------------------------

def hosts_of(gate, count):
    """URLs of that many hosts, all at the same gate."""
    return [f"http://127.0.0.{i}:{gate.server.port}" for i in range(1, count + 1)]


def test_concurrency():
    """-j N: N at once, no more"""
    gate = servers.Gate(host="0.0.0.0")
    proc = start_fetch("-j", "3", *hosts_of(gate, 10))
    same(gate.wait_quiet(3), 3, "at once")
    gate.open()
    proc.finish().ok(10)
    check(gate.server.peak <= 3, f"{gate.server.peak} at once")


def test_per_host():
    """--per-host N: N at once to one host, no more"""
    gate = servers.Gate()
    proc = start_fetch("--per-host", "3", *(f"{gate.url}/{i}" for i in range(20)))
    same(gate.wait_quiet(3), 3, "at once")
    gate.open()
    proc.finish().ok(20)
    check(gate.server.peak <= 3, f"{gate.server.peak} at once")


def test_per_host_default():
    """8 at once to one host by default"""
    gate = servers.Gate()
    proc = start_fetch(*(f"{gate.url}/{i}" for i in range(30)))
    same(gate.wait_quiet(8), 8, "at once")
    gate.open()
    proc.finish().ok(30)


def test_concurrency_default():
    """64 at once by default"""
    gate = servers.Gate(host="0.0.0.0")
    proc = start_fetch(stdin=lines(*hosts_of(gate, 10) * 8))
    same(gate.wait_quiet(64), 64, "at once")
    gate.open()
    proc.finish().ok(80)


def test_high_concurrency():
    """500 at once"""
    gate = servers.Gate()
    proc = start_fetch("-j", "500", "--per-host", "500",
                       stdin=lines(*(f"{gate.url}/{i}" for i in range(500))))
    gate.wait(500)
    gate.open()
    proc.finish().ok(500)


def test_no_starvation():
    """a list sorted by host: a host that hangs does not hold up the next"""
    first, second = servers.Gate(), fixed()
    proc = start_fetch("-j", "8", "--per-host", "2", stdin=lines(
        *(f"{first.url}/{i}" for i in range(100)),
        *(f"{second.url}/{i}" for i in range(5))))
    for _ in range(5):
        contains(proc.next_record()["url"], second.url)
    first.open()
    proc.finish().ok(105)


def not_before(server, began, gap, slip=0):
    """Each request came, at the earliest, so many gaps after the beginning: when the server
    sees to one says little of the gap to the next."""
    times = [at - began for at in sorted(r.at for r in server.requests)]
    for i, at in enumerate(times):
        check(at >= (i - slip) * gap, f"requests at {times}")


def test_rate():
    """--rate N/s: not more than N a second"""
    server = fixed()
    began = time.monotonic()
    fetch("--rate", "20/s", *[server.url] * 10).ok(10)
    not_before(server, began, 0.05, slip=1)


def test_host_delay():
    """--host-delay S between requests to one host; other hosts go on"""
    def attempt(seconds):
        server, other = fixed(), fixed()
        began = time.monotonic()
        fetch("--host-delay", seconds, *[server.url] * 4, other.url).ok(5)
        not_before(server, began, seconds)
        return other.requests[0].at < server.requests[-1].at
    in_time(attempt, 0.2)


def test_limit_rate():
    """--limit-rate BYTES"""
    server = fixed(reply("x" * 3000000))
    record = fetch("--limit-rate", "2M", server.url).ok(1).record
    check(record["time_total"] > 0.4, f"3 MB in {record['time_total']} s")


def test_deny_private_allows_none_here():
    """--deny-private sends nothing to loopback"""
    server = fixed()
    fetch("--deny-private", server.url).exited(1)
    same(server.connections, 0, "connections")


if __name__ == "__main__":
    harness.main()
