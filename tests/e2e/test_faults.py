#!/usr/bin/env python3
"""Every way in which a fetch can fail: its typed record, exit status 1, nothing else."""

import gzip
import json
import re
import zlib

import harness
from harness import check, fetch, free_port, in_time, lonely, same, trawl, write
import servers
from servers import OK_HEAD, encoded, fixed, lengths, raw, redirect, reply, routes, sends


def fails(where, *types, options=(), retriable=None, code=None, **run):
    """Fetches from a URL or a handler: one record with an error of one of the types."""
    url = where if isinstance(where, str) else raw(where).url
    result = fetch(*options, url, **run).exited(1)
    record, error = result.record, result.record["error"]
    check(error and error["type"] in types, f"error {error}, expected {' or '.join(types)}")
    check(error["message"], "message")
    same((record["ok"], record["attempts"], record["index"]), (False, 1, 0))
    same(record["url"], url, "url")
    if retriable is not None:
        same(error["retriable"], retriable, "retriable")
    if code is not None:
        same(record["response_code"], code, "response_code")
    return record


def succeeds(where, body=None, options=()):
    url = where if isinstance(where, str) else raw(where).url
    record = fetch("--body", *options, url).ok(1).record
    if body is not None:
        same(record["body"], body, "body")
    return record


# --- connecting -------------------------------------------------------------------

def test_refused():
    """connect_refused: nothing listens"""
    record = fails(f"http://127.0.0.1:{free_port()}/", "connect_refused", retriable=True)
    same(record["response_code"], 0, "response_code")


def test_connect_timeout():
    """connect_timeout: a connect that is never answered"""
    fails(f"http://{servers.unanswered()}/", "connect_timeout", retriable=True,
          options=("--connect-timeout", "0.3"))


def test_connect_max_time():
    """a connect that is never answered, ended by --max-time"""
    fails(f"http://{servers.unanswered()}/", "timeout", "connect_timeout",
          retriable=True, options=("-m", "0.3"))


def test_unreachable():
    """connect_failed: no route"""
    fails("http://192.0.2.1/", "connect_failed", retriable=True, prefix=lonely())


def test_private_address():
    """private_address: --deny-private, for addresses of every private kind"""
    server = fixed()
    for host in ("127.0.0.1", "2130706433", "0x7f.1", "0.0.0.0"):
        fails(f"http://{host}:{server.port}/", "private_address", retriable=False,
              options=("--deny-private",))
    for host in ("10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "[::1]",
                 "[::ffff:127.0.0.1]", "[fe80::1]", "[fd00::1]", "100.64.0.1"):
        fails(f"http://{host}/", "private_address", "connect_failed",
              options=("--deny-private", "--connect-timeout", "2"), prefix=lonely())
    same(server.hits, [], "requests")


def test_private_address_by_name():
    """private_address: a name that resolves to a private address"""
    server = fixed()
    fails(f"http://name.test:{server.port}/", "private_address", options=(
        "--deny-private", "--resolve", f"name.test:{server.port}:127.0.0.1"))
    same(server.connections, 0, "connections")


# --- silence ----------------------------------------------------------------------

def test_timeout():
    """timeout: no answer within --max-time"""
    fails(servers.silent, "timeout", retriable=True, options=("--max-time", "0.3"))


def test_timeout_dripping():
    """timeout: headers and bodies that trickle in for ever"""
    for handler in (servers.dripping_headers, servers.dripping_body):
        fails(handler, "timeout", options=("-m", "0.5", "--stall-timeout", "30"))


def test_stalled():
    """stalled: nothing comes for --stall-timeout, before or in the answer"""
    for handler in (servers.silent, servers.stalls_in_headers, servers.stalls_in_body):
        fails(handler, "stalled", retriable=True, options=("--stall-timeout", "1"))


def test_stall_timeout_patient():
    """a body that trickles is not stalled"""
    def attempt(seconds):
        record = fails(servers.dripping_body, "timeout", "stalled", options=(
            "-m", 2.5 * seconds, "--stall-timeout", seconds))
        return record["error"]["type"] == "timeout"
    in_time(attempt, 1)


# --- connections that end ---------------------------------------------------------

def test_empty_reply():
    """empty_reply: the server closes without an answer"""
    fails(servers.empty_reply, "empty_reply", retriable=True)


def test_closes_at_once():
    """the server accepts and closes before the request"""
    fails(servers.closes_at_once, "empty_reply", "reset", "send", retriable=True)


def test_reset():
    """reset: RST before the answer, and in the body"""
    fails(servers.resets_at_once, "reset", retriable=True)
    fails(servers.resets_in_body, "reset", "truncated", retriable=True, code=200)


def test_reset_in_upload():
    """RST while a large body is on its way"""
    def handler(conn):
        conn.read_head()
        conn.reset()
    fails(handler, "send", "reset",
          options=("-d", "@" + write("x" * 20000000), "-H", "Expect:"))


def test_truncated():
    """truncated: fewer bytes than Content-Length"""
    record = fails(servers.cut_short, "truncated", retriable=True, code=200)
    same(record["size_download"], 10, "size_download")


def test_truncated_chunk():
    """truncated: the connection ends in a chunk, or between chunks"""
    for handler in (servers.cut_chunk, servers.cut_between_chunks):
        fails(handler, "truncated", retriable=True, code=200)


def test_truncated_headers():
    """the connection ends within the headers"""
    for part in (b"HTTP/1.1 200 OK\r\nContent-", b"HTTP/1.1 200 OK\r\nX-A: 1\r\n"):
        fails(sends(part), "truncated", "protocol", "empty_reply")


def test_truncated_record_has_no_body():
    """a cut body is never given out as a whole one"""
    record = fails(servers.cut_short, "truncated", options=("--body",))
    same(record.get("body"), None, "body")


# --- broken HTTP ------------------------------------------------------------------

def test_garbage():
    """protocol: something else than HTTP"""
    fails(servers.garbage, "protocol", retriable=False)


def test_http09():
    """protocol: a bare body, as in HTTP/0.9"""
    fails(servers.http09, "protocol")


def test_bad_status_line():
    """protocol: status lines that are none"""
    # libcurl 8 takes some of these for no answer at all.
    types = ["protocol"] + ["empty_reply"] * (b"libcurl 8" in trawl("--version").out)
    for line in (b"HTTP/1.1 abc OK", b"HTTP/1.1 99 Low", b"HTTP/1.1 1000 High",
                 b"HTTP/7.3 200 OK", b"HTTP/1.1"):
        fails(sends(line + b"\r\nContent-Length: 0\r\n\r\n"), *types)


def test_transfer_coding():
    """protocol: a transfer coding that was not asked for"""
    body = gzip.compress(b"hello world" * 50)[:-12]
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    fails(sends(OK_HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + chunked), "protocol")
    fails(sends(OK_HEAD + b"Transfer-Encoding: gzip\r\n\r\n" + body), "protocol")


def test_space_before_colon():
    """protocol: a framing field with white space before its colon"""
    for field in (b"Content-Length : 50", b"Transfer-Encoding\t: chunked"):
        fails(sends(OK_HEAD + field + b"\r\n\r\n2\r\nab"), "protocol")


def test_status_line_without_end():
    """header_too_large: a status line that never ends"""
    fails(sends(b"HTTP/1.1 200 " + b"a" * 300000), "header_too_large")


def test_malformed_chunk():
    """protocol: a chunk size that is no number"""
    fails(servers.bad_chunk, "protocol", retriable=False)


def test_chunk_overflow():
    """protocol: a chunk size beyond 64 bits"""
    fails(sends(OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 17 + b"\r\nx"),
          "protocol")


def test_content_length_conflict():
    """protocol: Content-Length lines that differ"""
    fails(lengths("5", "6"), "protocol", retriable=False)
    fails(lengths("6", "5"), "protocol")
    fails(lengths("5, 6"), "protocol")


def test_content_length_malformed():
    """protocol: a Content-Length that is no number"""
    for value in ("abc", "-1", "5x", "+5", "0x5", "5 5", "99999999999999999999999", ""):
        fails(lengths(value), "protocol")


def test_content_length_equal():
    """Content-Length lines that agree are fine"""
    succeeds(lengths("5", "5"), "hello")
    succeeds(lengths("5, 5"), "hello")


def test_content_length_with_chunked():
    """Content-Length beside chunked: refused or overridden, never believed"""
    handler = sends(OK_HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
                    b"5\r\nhello\r\n0\r\n\r\n")
    result = fetch("--body", raw(handler).url)
    if result.status:
        same(result.exited(1).record["error"]["type"], "protocol", "type")
    else:
        same(result.record["body"], "hello", "body")


def test_nul_in_header():
    """protocol: a NUL in a header"""
    fails(sends(OK_HEAD + b"X-A: a\0b\r\nContent-Length: 0\r\n\r\n"), "protocol")


def test_endless_interim():
    """1xx without end"""
    fails(servers.endless_interim, "protocol", "header_too_large", retriable=False)


def test_some_interim():
    """a few 1xx before the answer are fine"""
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    succeeds(sends(early * 3 + reply("hello")), "hello")


def test_unknown_transfer_encoding():
    """a transfer encoding that is unknown is never taken for a body"""
    fails(sends(OK_HEAD + b"Transfer-Encoding: rot13\r\n\r\nuryyb"), "protocol", "decode")


# --- too much ---------------------------------------------------------------------

def test_endless_headers():
    """header_too_large: headers that never end"""
    fails(servers.endless_headers, "header_too_large", retriable=False)


def test_big_header():
    """header_too_large: one line of 200 KB"""
    fails(servers.big_header, "header_too_large", retriable=False)


def test_header_that_is_large():
    """a header of 20 KB is fine"""
    succeeds(fixed(reply("hello", headers={"X-Big": "x" * 20000})).url, "hello")


def test_too_large():
    """too_large: --max-size with and without a Content-Length, exact size is fine"""
    server = fixed(reply("x" * 1000))
    fails(server.url, "too_large", options=("--max-size", "999"), retriable=False)
    succeeds(server.url, options=("--max-size", "1000"))
    endless = raw(servers.endless_body)
    fails(endless.url, "too_large", options=("--max-size", "100k"))
    check(endless.sent < 32 << 20, f"the server could send {endless.sent} bytes")


def test_too_large_decoded():
    """too_large: --max-size counts decoded bytes, too"""
    url = fixed(encoded(gzip.compress(bytes(100000)))).url
    fails(url, "too_large", options=("--max-size", "50000"))


def test_gzip_bomb():
    """a gzip bomb of 10 GB is given up early"""
    bomb = raw(servers.gzip_bomb(10))
    record = fails(bomb.url, "too_large", "decode", retriable=False, options=("--body",))
    same(record.get("body"), None, "body")
    check(bomb.sent < 8 << 20, f"the server could send {bomb.sent} bytes")


def test_gzip_honest_ratio():
    """a body that compresses well is no bomb"""
    body = "all work and no play makes jack a dull boy\n" * 20000
    succeeds(fixed(encoded(gzip.compress(body.encode()))).url, body)


# --- coding -----------------------------------------------------------------------

def test_decode_garbage():
    """decode: what calls itself gzip or deflate and is not"""
    for coding in ("gzip", "deflate"):
        fails(fixed(encoded(b"this is not compressed", coding)).url, "decode",
              retriable=False, code=200)


def test_decode_truncated():
    """decode: a gzip or deflate body that ends early, wherever"""
    whole = gzip.compress(b"some text " * 1000)
    for cut in (1, 5, 10, len(whole) // 2, len(whole) - 8, len(whole) - 1):
        fails(fixed(encoded(whole[:cut])).url, "decode", "truncated")
    fails(fixed(encoded(zlib.compress(b"text" * 99)[:-2], "deflate")).url,
          "decode", "truncated")


def test_decode_crc():
    """decode: a gzip body with a wrong checksum"""
    fails(fixed(encoded(servers.bad_crc(b"some text " * 100))).url, "decode")


def test_decode_trailing():
    """decode: garbage behind the end of a gzip body"""
    fails(fixed(encoded(gzip.compress(b"text") + b"garbage")).url, "decode")


def test_decode_failure_has_no_body():
    """a body that cannot be decoded is not given out"""
    url = fixed(encoded(gzip.compress(b"text " * 1000)[:-8])).url
    record = fails(url, "decode", "truncated", options=("--body",))
    same(record.get("body"), None, "body")


def test_decode_empty():
    """an empty body with Content-Encoding: gzip is empty, also for HEAD and 304"""
    succeeds(fixed(encoded(b"")).url, "")
    head = servers.head(200, {"Content-Encoding": "gzip", "Content-Length": "99"})
    fetch("-X", "HEAD", raw(sends(head, then="hold")).url).ok(1)


# --- redirects --------------------------------------------------------------------

def test_redirect_loop():
    """too_many_redirects: a loop"""
    server = routes({"/a": redirect("/b"), "/b": redirect("/a")})
    record = fails(server.url + "/a", "too_many_redirects", retriable=False, code=302)
    same((record["num_redirects"], len(server.hits)), (10, 11), "redirects, requests")


def test_redirect_refused():
    """redirect_refused: to file://, ftp:// and others"""
    for where in ("file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/",
                  "javascript:alert(1)", "data:,x", "dict://127.0.0.1:11211/stat"):
        record = fails(fixed(redirect(where)).url, "redirect_refused", retriable=False,
                       code=302, options=("--body",))
        check("root:" not in json.dumps(record), "contents of a file")


def test_redirect_malformed():
    """redirect_refused: a Location that is no URL"""
    for where in ("http://[::1", "http://", "http://exa mple/", "http://127.0.0.1:99999/"):
        fails(fixed(redirect(where)).url, "redirect_refused", "url_malformed")


def test_redirect_without_location():
    """a redirect without Location is an answer like any other"""
    succeeds(fixed(reply("body", 302)).url, "body")


def test_redirect_to_dead_port():
    """an error behind a redirect is typed as that error"""
    target = f"http://127.0.0.1:{free_port()}/"
    record = fails(fixed(redirect(target)).url, "connect_refused")
    same((record["url_effective"], record["num_redirects"]), (target, 1))


# --- statuses ---------------------------------------------------------------------

def test_http_status():
    """http_status: retriable or not by the status"""
    for status in (408, 425, 429, 500, 502, 503, 504):
        fails(fixed(reply("", status)).url, "http_status", retriable=True, code=status)
    for status in (400, 401, 403, 404, 410, 501, 505):
        fails(fixed(reply("", status)).url, "http_status", retriable=False, code=status)


# --- no other effects -------------------------------------------------------------

def test_others_go_on():
    """one bad server does not disturb the requests to others"""
    bad = [raw(h).url for h in (
        servers.empty_reply, servers.resets_at_once, servers.garbage, servers.cut_short,
        servers.endless_headers, servers.bad_chunk, servers.gzip_bomb(10))]
    good = [fixed().url] * 20
    records = fetch("-m", "10", *bad, *good).exited(1).sorted
    same([r["ok"] for r in records], [False] * len(bad) + [True] * len(good), "ok")


def test_bad_connection_not_reused():
    """bytes behind an answer do not become the next answer"""
    server = raw(sends(reply("first") + reply("smuggled", headers={"X-Evil": "1"}),
                       then="hold"))
    result = fetch("-j", "1", "--headers", "-m", "2", server.url, server.url)
    for record in result.records:
        check("x-evil" not in {k.lower() for k, _ in record.get("headers") or []},
              "the smuggled answer was taken")


def test_messages_clean():
    """messages hold no raw control characters of a server"""
    evil = b"\x1b[31mevil\x07"
    for part in (evil, b"HTTP/1.1 " + evil + b"\r\n\r\n",
                 OK_HEAD + b"Content-Length: " + evil + b"\r\n\r\n"):
        result = fetch("--format", "text", "-v", raw(sends(part)).url).exited(1)
        check(not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", result.out), "stdout")
        check(not re.search("[\x00-\x08\x0b-\x1f\x7f]", result.err), "stderr")


if __name__ == "__main__":
    harness.main()
