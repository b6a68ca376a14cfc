#!/usr/bin/env python3
"""What trawl fetch writes: records, text, bodies, summary, order, and where it goes."""

import base64
import fcntl
import json
import os
import pty
import re
import subprocess
import time

import harness
from harness import check, contains, fetch, fixture, free_port, in_time, lacks, lines, \
    same, start_fetch, tmp, write
import servers
from servers import fixed, http, json_reply, redirect, reply, routes


@fixture
def hello():
    return fixed(reply("hello\n"))


def dead():
    return f"http://127.0.0.1:{free_port()}/"


def terminal(*args, which="stdout", **options):
    """(text on a terminal, Result) of a run with a stream tied to a terminal."""
    ours, theirs = pty.openpty()
    proc = start_fetch(*args, **{which: theirs}, **options)
    os.close(theirs)
    text = b""
    try:
        while data := os.read(ours, 65536):
            text += data
    except OSError:  # the other side is closed
        pass
    os.close(ours)
    return text.decode(errors="replace"), proc.finish()


def test_terminal_write_out():
    """-w on a terminal: what a server sends is shown, not obeyed"""
    url = fixed(reply("x", headers=(("X-A", "\x1b]0;owned\x07"),))).url
    text, result = terminal("-w", "<%header{x-a}>", url)
    result.exited(0)
    contains(text, "<\\x1b]0;owned\\x07>")
    contains(fetch("-w", "<%header{x-a}>", url).out, b"<\x1b]0;owned\x07>\n")


def test_terminal_json():
    """--format json on a terminal: controls in JSON bodies are escaped, numbers kept"""
    url = fixed(json_reply('{"a\u009b":"\x7f\u202e","n":1.50}')).url
    text, result = terminal("--format", "json", "--body", url)
    result.exited(0)
    contains(text, '"body":{"a\\u009b":"\\u007f\\u202e","n":1.50}')


# --- the record -------------------------------------------------------------------

TYPES = {
    "schema": int, "index": int, "url": str, "method": str, "url_effective": str,
    "response_code": int, "http_version": str, "content_type": str,
    "size_download": int, "num_redirects": int, "remote_ip": str, "attempts": int,
    "time_queued": (int, float), "time_namelookup": (int, float),
    "time_connect": (int, float), "time_appconnect": (int, float),
    "time_starttransfer": (int, float), "time_total": (int, float), "ok": bool}


def test_fields():
    """every field of the record, with its type"""
    record = fetch(hello().url + "/x").ok(1).record
    for name, kind in TYPES.items():
        check(isinstance(record.get(name), kind), f"{name} is {record.get(name)!r}")
    same(record["error"], None, "error")


def test_values():
    """the values of a plain record"""
    record = fetch(hello().url + "/x").ok(1).record
    expected = {
        "schema": 1, "index": 0, "url": hello().url + "/x", "method": "GET",
        "url_effective": hello().url + "/x", "response_code": 200,
        "http_version": "1.1", "content_type": "text/plain", "size_download": 6,
        "num_redirects": 0, "remote_ip": "127.0.0.1", "attempts": 1}
    same({k: record[k] for k in expected}, expected, "record")


def test_times():
    """the times of a record are in order"""
    record = fetch(hello().url).ok(1).record
    order = [record["time_" + n] for n in
             ("namelookup", "connect", "starttransfer", "total")]
    same(order, sorted(order), "times")
    check(record["time_queued"] >= 0, "time_queued")


def test_failed_record():
    """a record of a failure has error with type, message, retriable"""
    result = fetch(dead()).exited(1)
    error = result.record["error"]
    same(error["type"], "connect_refused", "type")
    check(isinstance(error["message"], str) and error["message"], "message")
    same((error["retriable"], result.record["ok"]), (True, False), "retriable, ok")


def test_http_status():
    """a status outside 200-399 is an error with its response code"""
    record = fetch(fixed(reply("no", 404)).url).exited(1).record
    same((record["error"]["type"], record["response_code"], record["ok"]),
         ("http_status", 404, False))
    same(record["error"]["retriable"], False, "retriable")


def test_key_order():
    """the fields come in the documented order"""
    pairs = json.loads(fetch(hello().url).ok(1).out, object_pairs_hook=list)
    order = [k for k, _ in pairs if k in TYPES or k == "error"]
    same(order, [*TYPES, "error"], "order")


def test_control_characters():
    """a hostile reason, type and header: valid JSON, harmless on a terminal"""
    evil = "\x1b]0;pwned\x07\x1b[31m"
    head = servers.head(404, {"Content-Type": "text/x" + evil, "X-A": evil,
                              "Content-Length": "0"}, reason=evil)
    url = servers.raw(servers.sends(head)).url
    for args in (["--headers"], ["--format", "text"], ["--format", "text", "-v"]):
        result = fetch(*args, url).exited(1)
        lacks(result.out, b"\x1b", b"\x07")
        lacks(result.err, "\x1b", "\x07")


# --- formats ----------------------------------------------------------------------

def test_json_when_piped():
    """JSON Lines when standard output is no terminal"""
    fetch(hello().url).ok(1)


def test_text_format():
    """--format text: one line of status and URL, no JSON"""
    result = fetch("--format", "text", hello().url + "/x").exited(0)
    contains(result.out, b"200", hello().url.encode() + b"/x")
    check(not result.out.startswith(b"{"), "JSON")


def test_text_format_error():
    """--format text: a failure shows its type or message on standard output"""
    result = fetch("--format", "text", dead()).exited(1)
    check(re.search(rb"refused", result.out), "refused")


def test_text_on_terminal():
    """readable text on a terminal, JSON there with --format json"""
    text, result = terminal(hello().url)
    same(result.status, 0, "status")
    contains(text, "200", hello().url)
    lacks(text, '{"schema"')
    text, _ = terminal("--format", "json", hello().url)
    same(json.loads(text)["response_code"], 200, "response_code")


def test_color():
    """colour on a terminal, none with NO_COLOR or --color never, always with always"""
    contains(terminal(hello().url)[0], "\x1b[")
    lacks(terminal(hello().url, env={"NO_COLOR": "1"})[0], "\x1b[")
    lacks(terminal("--color", "never", hello().url)[0], "\x1b[")
    lacks(terminal(hello().url, env={"TERM": "dumb"})[0], "\x1b[")
    contains(fetch("--format", "text", "--color", "always", hello().url).out, b"\x1b[")


def test_progress():
    """a progress line on a terminal, with --progress always also elsewhere, else none"""
    gate = servers.Gate()
    ours, theirs = pty.openpty()
    proc = start_fetch(gate.url + "/a", hello().url, stderr=theirs)
    os.close(theirs)
    gate.wait(1)
    text = os.read(ours, 4096)
    check(b"\r" in text or b"\x1b[" in text, f"no progress line: {text!r}")
    gate.open()
    proc.finish()
    os.close(ours)
    contains(fetch("--progress", "always", hello().url).ok(1).err, "\r")
    lacks(fetch(hello().url).ok(1).err, "\r", "\x1b")


def test_progress_never():
    """--progress never and -q: no progress line on a terminal"""
    for option in (("--progress", "never"), ("-q",)):
        text, _ = terminal(*option, hello().url, which="stderr")
        lacks(text, "\x1b[", "\r\x1b", "\r ")


def test_write_out():
    """-w: a line of one's own from curl's names"""
    form = r"%{http_code}\t%{url}\n"
    for option in ("-w", "--write-out"):
        result = fetch(option, form, hello().url).exited(0)
        same(result.out, f"200\t{hello().url}\n".encode(), "output")


def test_write_out_names():
    """-w: the names, and % signs that are none"""
    form = (r"%{response_code}|%{method}|%{size_download}|%{num_redirects}|"
            r"%{content_type}|%{remote_ip}|%{url_effective}|%{http_version}|%%\n")
    out = fetch("-w", form, hello().url + "/x").exited(0).out.decode()
    same(out, f"200|GET|6|0|text/plain|127.0.0.1|{hello().url}/x|1.1|%\n", "output")


def test_write_out_times():
    """-w: times as seconds"""
    out = fetch("-w", r"%{time_total} %{time_connect}\n", hello().url).exited(0).out
    check(re.fullmatch(rb"\d+\.\d+ \d+\.\d+\n", out), f"output {out!r}")


def test_write_out_failure():
    """-w: a failed request has code 000 and an error message"""
    result = fetch("-w", r"%{http_code} %{errormsg}\n", dead()).exited(1)
    check(re.match(rb"000 .*connect.*\n$", result.out, re.I), f"output {result.out!r}")


def test_write_out_unknown():
    """-w: an unknown name is a usage error with a suggestion"""
    result = fetch("-w", r"%{http_cod}\n", hello().url).exited(2)
    contains(result.err, "http_cod", "http_code")
    same(result.out, b"", "stdout")


# --- bodies -----------------------------------------------------------------------

def body_of(answer):
    return fetch("--body", fixed(answer).url).ok(1).record


def test_no_body():
    """without --body there is none"""
    check("body" not in fetch(hello().url).record, "body")


def test_body_text():
    """--body: text as a string"""
    same(body_of(reply("h\u00e9 \"q\"\n\t\x7f"))["body"], "h\u00e9 \"q\"\n\t\x7f")


def test_body_json():
    """--body: JSON as JSON, its numbers, keys and duplicates byte for byte"""
    text = '{"n":9007199254740993,"e":1e400,"f":-0.10,"a":1,"a":2,"s":"\\u00e9\\/"}'
    out = fetch("--body", fixed(json_reply(text)).url).ok(1).out
    contains(out, b'"body":' + text.encode())


def test_body_json_lines():
    """--body: JSON with line breaks stays one line"""
    result = fetch("--body", fixed(json_reply('{\n  "a": [\r\n1,\n 2.50 ]\n}\n')).url)
    same(result.ok(1).record["body"], {"a": [1, 2.5]}, "body")
    contains(result.out, b"2.50")


def test_body_json_suffix():
    """--body: application/problem+json with a charset is JSON, too"""
    answer = reply('[1]', type="application/problem+json; charset=utf-8")
    same(body_of(answer)["body"], [1], "body")


def test_body_json_broken():
    """--body: what calls itself JSON and is not comes as a string"""
    for text in ('{"a":', "[1] 2", "nope", "[" * 100000, '"\ud800'.encode(
            "utf-8", "surrogatepass").decode("latin-1")):
        same(body_of(json_reply(text.encode("latin-1").decode("latin-1")))["body"], text)


def test_body_json_scalar():
    """--body: JSON that is a lone number or null"""
    same(body_of(json_reply(" null "))["body"], None, "body")
    out = fetch("--body", fixed(json_reply("1e400\n")).url).ok(1).out
    contains(out, b'"body":1e400')


def test_body_bytes():
    """--body: bytes as base64"""
    data = bytes(range(256))
    for kind in ("application/octet-stream", "text/plain"):
        record = body_of(reply(data, type=kind))
        same(record["body_encoding"], "base64", "body_encoding")
        same(base64.b64decode(record["body"]), data, "body")


def test_body_encoding_only_for_bytes():
    """--body: no base64 mark on text"""
    check(body_of(reply("text")).get("body_encoding") != "base64", "body_encoding")


def test_body_empty():
    """--body: an empty body is an empty string"""
    same(body_of(reply(""))["body"], "", "body")
    same(body_of(json_reply(""))["body"], "", "JSON body")


def test_body_of_error():
    """--body: the body of a 404, too"""
    url = fixed(reply('{"detail":"no"}', 404, type="application/json")).url
    same(fetch("--body", url).exited(1).record["body"], {"detail": "no"}, "body")


def test_body_large():
    """--body: 8 MB arrive whole, as one record"""
    record = body_of(reply("x" * (8 << 20)))
    same((len(record["body"]), record["size_download"]), (8 << 20, 8 << 20), "length")


def test_body_line_separators():
    """--body: U+2028, CR and others do not split the line"""
    text = "a\u2028b\rc\x0bd\x0ce\x85f\n"
    result = fetch("--body", fixed(reply(text)).url).ok(1)
    same(result.record["body"], text, "body")
    same(result.out.count(b"\n") + result.out.count(b"\r"), 1, "line ends")


# --- headers, redirects -----------------------------------------------------------

def test_headers():
    """--headers: a list of pairs, in order, with duplicates"""
    answer = reply("", headers=[("Set-Cookie", "a=1"), ("X-One", "  x  "),
                                ("set-cookie", "b=2"), ("X-Empty", "")])
    pairs = fetch("--headers", fixed(answer).url).ok(1).record["headers"]
    same([[k.lower(), v] for k, v in pairs],
         [["content-type", "text/plain"], ["content-length", "0"], ["set-cookie", "a=1"],
          ["x-one", "x"], ["set-cookie", "b=2"], ["x-empty", ""]], "headers")


def test_headers_last_response():
    """--headers: of the last response, none of 1xx or redirects"""
    url = servers.raw(servers.sends(
        b"HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nX-Late: 1\r\nContent-Length: 0\r\n\r\n")).url
    start = fixed(redirect(url)).url
    pairs = dict(fetch("--headers", start).ok(1).record["headers"])
    same({k.lower() for k in pairs}, {"x-late", "content-length"}, "names")


def test_headers_not_asked():
    """without --headers there are none"""
    check("headers" not in fetch(hello().url).record, "headers")


def test_redirects():
    """--redirects: the chain, each step with its URL and status"""
    server = routes({"/a": redirect("/b", 301), "/b": redirect("/c", 307),
                     "/c": reply("end")})
    record = fetch("--redirects", server.url + "/a").ok(1).record
    same(record["num_redirects"], 2, "num_redirects")
    same(record["url_effective"], server.url + "/c", "url_effective")
    same([(s["url"], s["response_code"]) for s in record["redirects"]],
         [(server.url + "/a", 301), (server.url + "/b", 307)], "chain")


def test_redirects_none():
    """--redirects: an empty list when there was none"""
    same(fetch("--redirects", hello().url).ok(1).record["redirects"], [], "redirects")


# --- order ------------------------------------------------------------------------

def test_completion_order():
    """records come in order of completion"""
    gate = servers.Gate()
    paths = [f"/{i}" for i in range(6)]
    proc = start_fetch(*(gate.url + p for p in paths))
    gate.wait(6)
    for path in reversed(paths):
        gate.release(path)
        same(proc.next_record()["url"], gate.url + path, "next")
    proc.finish().ok(6)


def test_ordered():
    """--ordered: input order though completion is reversed"""
    gate = servers.Gate()
    paths = [f"/{i}" for i in range(6)]
    proc = start_fetch("--ordered", *(gate.url + p for p in paths))
    gate.wait(6)
    for path in reversed(paths):
        gate.release(path)
    result = proc.finish().ok(6)
    same([r["index"] for r in result.records], list(range(6)), "order")


def test_ordered_with_bad_input():
    """--ordered: errors found at once still wait for their turn"""
    gate = servers.Gate()
    proc = start_fetch("--ordered", stdin=lines(gate.url, "file:///x", "{", gate.url))
    gate.wait(2)
    gate.open()
    result = proc.finish().exited(1)
    same([r["index"] for r in result.records], [0, 1, 2, 3], "order")


def test_fail_fast():
    """--fail-fast: the first failure cancels the rest, each with its record"""
    gate = servers.Gate()
    fail = servers.Gate(lambda request: reply("", 500))
    proc = start_fetch("--fail-fast", gate.url + "/a", fail.url, gate.url + "/b")
    gate.wait(2)
    fail.wait(1)
    fail.open()
    records = proc.finish().exited(1).sorted
    same([r["error"]["type"] for r in records],
         ["cancelled", "http_status", "cancelled"], "types")


def test_fail_fast_open_input():
    """--fail-fast ends though standard input stays open"""
    proc = start_fetch("--fail-fast", stdin=subprocess.PIPE)
    proc.feed(dead() + "\n")
    proc.process.wait(harness.PATIENCE)
    proc.finish().exited(1)


# --- where output goes ------------------------------------------------------------

def test_output_file():
    """-o FILE"""
    for option in ("-o", "--output"):
        path = os.path.join(tmp(), "out")
        same(fetch(option, path, hello().url).exited(0).out, b"", "stdout")
        same(len(harness.parse(harness.read(path))), 1, "records")


def test_output_truncates():
    """-o FILE replaces what was there"""
    path = write("old\n")
    fetch("-o", path, hello().url).exited(0)
    same(len(harness.parse(harness.read(path))), 1, "records")


def test_output_unwritable():
    """-o FILE that cannot be written: exit 3, a message, nothing sent"""
    server = fixed()
    result = fetch("-o", "/nonexistent/out", server.url).exited(3)
    contains(result.err, "/nonexistent/out")
    same(server.hits, [], "requests")


def test_dev_full():
    """/dev/full as output: exit 3 with a message"""
    with open("/dev/full", "wb") as full:
        result = fetch(*[hello().url] * 50, stdout=full.fileno()).exited(3)
    contains(result.err.lower(), "no space")
    contains(fetch("-o", "/dev/full", hello().url).exited(3).err, "/dev/full")


def test_disk_full_ends_early():
    """/dev/full as output: what is in flight is given up at once"""
    gate = servers.Gate()
    proc = start_fetch(hello().url, gate.url, "-o", "/dev/full")
    proc.finish().exited(3)


def test_stdout_closed():
    """standard output closed at the start: exit 3 with a message"""
    command = f'"$TRAWL" fetch {hello().url} >&-'
    done = subprocess.run(["sh", "-c", command], stdin=subprocess.DEVNULL, check=False,
                          env=harness.environment({"TRAWL": os.environ["TRAWL"]}),
                          capture_output=True, text=True, timeout=harness.PATIENCE)
    same(done.returncode, 3, "status")
    check(done.stderr, "no message")


def test_head():
    """| head -1: exit 141, quietly"""
    command = (f"seq 1 5000 | sed 's,^,{hello().url}/,' | \"$TRAWL\" fetch "
               "| head -n 1; echo ${PIPESTATUS[2]}")
    done = subprocess.run([harness.need("bash"), "-c", command], check=False,
                          env=harness.environment({"TRAWL": os.environ["TRAWL"]}),
                          capture_output=True, text=True, timeout=harness.PATIENCE)
    same(done.stderr, "", "stderr")
    record, status = done.stdout.splitlines()
    check(json.loads(record)["ok"], "record")
    same(status, "141", "status")


def test_reader_gone_while_waiting():
    """standard output closed while requests are in flight: 141 at the next record"""
    gate = servers.Gate()
    out, pipe = os.pipe()
    proc = start_fetch(gate.url + "/a", gate.url + "/b", stdout=pipe)
    os.close(pipe)
    gate.wait(2)
    os.close(out)
    gate.open()
    same(proc.finish().exited(141).err, "", "stderr")


def read_slowly(out, server):
    fcntl.fcntl(out, fcntl.F_SETPIPE_SZ, 4096)
    server.wait_requests(16)  # several times what the pipe holds is on its way
    data = b""
    while piece := os.read(out, 200):
        data += piece
    return data


def test_slow_reader():
    """a slow reader of standard output loses nothing"""
    server = fixed()
    out, pipe = os.pipe()
    proc = start_fetch(*(f"{server.url}/{i}" for i in range(300)), stdout=pipe)
    os.close(pipe)
    records = harness.parse(read_slowly(out, server))
    os.close(out)
    proc.finish().exited(0)
    same(sorted(r["index"] for r in records), list(range(300)), "indices")


def test_slow_reader_deadline():
    """a reader that is slow but reads gets every record after --deadline"""
    def attempt(seconds):  # that are over long before all is read
        out, pipe = os.pipe()
        proc = start_fetch("--deadline", seconds, stdin=subprocess.PIPE, stdout=pipe)
        os.close(pipe)
        proc.feed(lines(*(f"ftp://h/{i}" for i in range(3000))))
        pieces = []
        while piece := os.read(out, 1 << 13):
            pieces.append(piece)
            time.sleep(0.02)
        os.close(out)
        proc.finish().exited(1)
        return len(harness.parse(b"".join(pieces))) == 3000
    in_time(attempt, 0.15)


def test_slow_reader_bodies():
    """a slow reader of large bodies holds up the requests: memory stays bounded"""
    body = "b" * (1 << 19)
    server = http(lambda request: reply(body))
    out, pipe = os.pipe()
    proc = start_fetch("--body", *(f"{server.url}/{i}" for i in range(80)), stdout=pipe)
    os.close(pipe)
    server.wait_requests(1)
    seen = 0
    while len(server.requests) > seen:
        seen = len(server.requests)
        time.sleep(0.5)
    check(seen < 40, f"{seen} requests while nobody reads")
    pieces = []
    while piece := os.read(out, 1 << 20):
        pieces.append(piece)
    os.close(out)
    proc.finish().exited(0)
    same(len(harness.parse(b"".join(pieces))), 80, "records")


def test_nonblocking_output():
    """a standard output set to O_NONBLOCK by someone else loses nothing"""
    server = fixed()
    out, pipe = os.pipe()
    os.set_blocking(pipe, False)
    proc = start_fetch(*(f"{server.url}/{i}" for i in range(300)), stdout=pipe)
    os.close(pipe)
    records = harness.parse(read_slowly(out, server))
    os.close(out)
    proc.finish().exited(0)
    same(sorted(r["index"] for r in records), list(range(300)), "indices")


def test_large_records_whole():
    """records of 200 KB through a pipe are not mixed"""
    server = http(lambda request: reply(request.path[1:] * 200000))
    result = fetch("--body", "-j", "8", *(f"{server.url}/{c}" for c in "abcdefgh"))
    for record in result.ok(8).sorted:
        same(set(record["body"]), {record["url"][-1]}, "body")


# --- summary ----------------------------------------------------------------------

def test_summary_stderr():
    """a summary on standard error, with the gain"""
    result = fetch(*[hello().url] * 20).ok(20)
    check(re.search(r"20 requests.*\d+(\.\d+)?x", result.err, re.S), "no summary")


def test_summary_gain():
    """the gain shows how much waiting was saved"""
    def attempt(seconds):
        nginx = servers.Nginx("location / { echo_sleep %s; echo hello; }" % seconds,
                              echo=True)
        path = os.path.join(tmp(), "summary")
        fetch("--summary", path, "--per-host", "64", *[nginx.url] * 40).ok(40)
        summary = json.loads(harness.read(path))
        check(summary["request_time"] >= 40 * (seconds - 0.01), f"waiting {summary}")
        return summary["gain"] > 2
    in_time(attempt, 0.2)


def test_summary_file():
    """--summary FILE: JSON with counts, bytes, times, percentiles"""
    path = os.path.join(tmp(), "summary")
    result = fetch("--summary", path, hello().url, hello().url, dead()).exited(1)
    check(result.records, "records")
    text = harness.read(path)
    check(text.endswith(b"\n"), "newline")
    summary = json.loads(text)
    counts = {"requests": 3, "succeeded": 2, "failed": 1, "bytes": 12}
    same({k: summary.get(k) for k in counts}, counts, "counts")
    same(summary["errors"], {"connect_refused": 1}, "errors")
    for name in ("wall_time", "request_time", "gain"):
        check(isinstance(summary[name], (int, float)), name)
    for name in ("time_starttransfer", "time_total"):
        values = [summary[name][p] for p in ("p50", "p90", "p99")]
        same(values, sorted(values), name)


def test_summary_empty():
    """--summary FILE of a run without input"""
    path = os.path.join(tmp(), "summary")
    fetch("--summary", path, stdin="").exited(0)
    same(json.loads(harness.read(path))["requests"], 0, "requests")


def test_summary_unwritable():
    """--summary FILE that cannot be written: exit 3 before anything is sent"""
    server = fixed()
    contains(fetch("--summary", "/nonexistent/s", server.url).exited(3).err,
             "/nonexistent/s")
    same(server.hits, [], "requests")


def test_quiet():
    """-q: nothing on standard error, also when requests fail"""
    same(fetch("-q", hello().url).ok(1).err, "", "stderr")
    same(fetch("-q", dead(), "nonsense://").exited(1).err, "", "stderr")


def test_verbose():
    """-v says more on standard error, standard output stays data"""
    quiet, verbose = fetch(hello().url).ok(1), fetch("-v", hello().url).ok(1)
    check(verbose.err.count("\n") > quiet.err.count("\n"), "nothing more")


def test_records_not_held():
    """a record is written when its request is done, not at the end"""
    gate = servers.Gate()
    proc = start_fetch(hello().url, gate.url)
    proc.next_record()  # the other one is held
    gate.open()
    proc.finish().ok(2)


if __name__ == "__main__":
    harness.main()
