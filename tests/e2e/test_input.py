#!/usr/bin/env python3
"""What trawl fetch takes as input, and that each input gives one record."""

import json
import os
import re
import subprocess
import time

import harness
from harness import check, contains, fetch, fixture, free_port, lacks, limit, lines, \
    need, same, start_fetch, tmp, write
import servers
from servers import describe, fixed, http, json_reply, reply


BAD_LINE = ("bad_input", "url_malformed")


@fixture
def echo():
    """A server that answers with what it was asked."""
    return http(describe)


def seen(*args, **options):
    """The request that the server saw, when one is made."""
    result = fetch("--body", *args, **options).ok(1)
    return result.record["body"]


def header(request, name):
    return [v for k, v in request["headers"] if k.lower() == name.lower()]


def refused(result, *types):
    """One record, failed before anything was sent."""
    result.exited(1)
    check(result.record["ok"] is False, "ok")
    check(result.record["error"]["type"] in types, f"type of {result.record['error']}")
    return result.record


# --- where lines come from --------------------------------------------------------

def test_arguments():
    """URLs as arguments"""
    urls = [f"{echo().url}/{i}" for i in range(5)]
    same([r["url"] for r in fetch(*urls).ok(5).sorted], urls, "url")


def test_file():
    """-i FILE"""
    path = write(lines(*(f"{echo().url}/{i}" for i in range(5))))
    fetch("-i", path).ok(5)


def test_file_long_option():
    """--input FILE"""
    fetch("--input", write(echo().url + "\n")).ok(1)


def test_file_missing():
    """-i of a file that is not there: no output, a message that names it"""
    result = fetch("-i", "/nonexistent/list").exited(2, 3)
    same(result.out, b"", "stdout")
    contains(result.err, "/nonexistent/list")


def test_stdin():
    """standard input when nothing is named"""
    fetch(stdin=lines(echo().url, echo().url)).ok(2)


def test_dash():
    """- is standard input"""
    fetch("-", stdin=lines(echo().url)).ok(1)


def test_input_dash():
    """-i - is standard input"""
    fetch("-i", "-", stdin=lines(echo().url)).ok(1)


def test_stdin_unread():
    """standard input is left alone when URLs are arguments"""
    result = fetch(echo().url + "/arg", stdin=lines(echo().url + "/stdin")).ok(1)
    contains(result.record["url"], "/arg")


def test_empty():
    """empty input: no record, success"""
    same(fetch(stdin="").exited(0).out, b"", "stdout")


def test_pipe():
    """numbers through sed into trawl into jq, as in the README"""
    command = (f"seq 1 1000 | sed 's,^,{fixed().url}/,' "
               f"| \"$TRAWL\" fetch | {harness.need('jq')} -s length")
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True,
                          env=harness.environment({"TRAWL": os.environ["TRAWL"]}),
                          check=False, timeout=harness.PATIENCE)
    same(done.stdout, "1000\n", "count")


# --- lines ------------------------------------------------------------------------

def test_blank_and_comments():
    """blank lines and # lines are passed over and take no index"""
    url = echo().url
    text = f"\n# one\n{url}/0\n\n   \n#{url}/x\n{url}/1\n\n"
    same([r["url"] for r in fetch(stdin=text).ok(2).sorted], [url + "/0", url + "/1"])


def test_bom_and_crlf():
    """byte order mark and CRLF are stripped"""
    text = f"\ufeff{echo().url}/a\r\n\r\n{echo().url}/b\r\n"
    result = fetch(stdin=text).ok(2)
    same([r["url"] for r in result.sorted], [echo().url + "/a", echo().url + "/b"])


def test_bom_before_comment():
    """byte order mark before a comment"""
    fetch(stdin=f"\ufeff# list\n{echo().url}\n").ok(1)


def test_spaces_around():
    """spaces and tabs around a URL are no part of it"""
    same(fetch(stdin=f"  {echo().url}/a\t \n").ok(1).record["url"], echo().url + "/a")


def test_no_last_newline():
    """last line without newline"""
    fetch(stdin=f"{echo().url}\n{echo().url}").ok(2)


def test_no_scheme():
    """a URL without scheme is http"""
    record = fetch(echo().authority + "/x").ok(1).record
    same(record["url_effective"], echo().url + "/x", "url_effective")


def test_fragment():
    """a fragment is not sent"""
    same(seen(echo().url + "/a?b=c#frag")["target"], "/a?b=c", "target")


def test_nul():
    """a line with a NUL byte gives an error record, the next line goes on"""
    text = echo().url.encode() + b"/a\0b\n" + echo().url.encode() + b"/good\n"
    first, second = fetch(stdin=text).exited(1).sorted
    check(first["error"]["type"] in BAD_LINE, "type")
    check(second["ok"], "second")


def test_control_characters():
    """control characters in a line: no crash, nothing raw on a terminal's output"""
    result = fetch("--format", "text", stdin=b"http://\x1b[31mred\x07/\n").exited(1)
    lacks(result.out, b"\x1b", b"\x07")
    lacks(result.err, "\x1b", "\x07")


def test_not_utf8():
    """bytes that are not UTF-8 give one valid record"""
    result = fetch(stdin=echo().url.encode() + b"/\xff\xfe\n")
    same(result.record["index"], 0, "index")
    result.out.decode("utf-8")


def test_malformed():
    """what is no URL gives url_malformed"""
    for text in ("http://", "http://[::1", "not a url", "http://127.0.0.1:99999/",
                 "http://user@:80/", "http://exa mple/"):
        record = refused(fetch(stdin=text + "\n"), "url_malformed")
        same((record["url"], record["index"]), (text, 0), "url, index")


def test_malformed_argument():
    """a malformed URL as argument gives a record, too"""
    refused(fetch("http://[::1"), "url_malformed")


def test_other_schemes():
    """file, ftp and others give unsupported_scheme"""
    for text in ("file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/",
                 "FILE:///etc/passwd", "scp://127.0.0.1/x", "dict://127.0.0.1/"):
        record = refused(fetch(stdin=text + "\n"), "unsupported_scheme")
        same(record["url"], text, "url")


def test_file_is_not_read():
    """file:///etc/passwd puts nothing of the file anywhere"""
    result = fetch("--body", "file:///etc/passwd").exited(1)
    lacks(result.out, b"root:")


def test_every_input_one_record():
    """good and bad lines mixed: one record each, indices in order of input"""
    url, dead = echo().url, f"http://127.0.0.1:{free_port()}/"
    text = lines(url, "nonsense://", dead, "# no", {"url": url}, "{broken", {"x": 1}, url)
    records = fetch(stdin=text).exited(1).sorted
    same([r["ok"] for r in records],
         [True, False, False, True, False, False, True], "ok")


def test_long_line():
    """a line of 1 MB: JSON with a large body is sent whole, a URL gives one record"""
    body = "x" * (1 << 20)
    text = lines({"url": echo().url, "body": body}, echo().url + "/" + body)
    first, _ = fetch("--body", stdin=text).exited(0, 1).sorted
    same(len(first["body"]["body"]), len(body), "length of body")


def test_two_files_of_input_order():
    """index counts over all arguments"""
    result = fetch("--glob", echo().url + "/[1-3]", echo().url + "/last").ok(4)
    contains(result.sorted[3]["url"], "/last")


# --- JSON requests ----------------------------------------------------------------

def test_json_url_only():
    """{"url": ...}"""
    same(seen(stdin=lines({"url": echo().url + "/x"}))["method"], "GET", "method")


def test_json_request():
    """method, headers and body of a JSON request"""
    asked = seen(stdin=lines({"url": echo().url, "method": "PUT", "body": "a\nb\u00e9",
                              "headers": {"X-One": "1", "X-Two": "2"}}))
    same(asked["method"], "PUT", "method")
    same(asked["body"].encode("latin-1"), "a\nb\u00e9".encode(), "body")
    same((header(asked, "X-One"), header(asked, "x-two")), (["1"], ["2"]), "headers")


def test_json_body_posts():
    """a JSON request with a body and no method is a POST"""
    for text in ({"body": "x"}, {"json": [1]}):
        same(seen(stdin=lines({"url": echo().url, **text}))["method"], "POST", "method")


def test_json_numbers():
    """json keeps its numbers byte for byte"""
    value = '{"a":9007199254740993,"b":1e400,"c":-0.10,"d":[1E+2,0.1000],"a":1}'
    asked = seen(stdin='{"url":"%s","json":%s}\n' % (echo().url, value))
    same(asked["body"], value, "body")
    same(header(asked, "Content-Type"), ["application/json"], "Content-Type")


def test_json_header_overrides():
    """a Content-Type of the request's own wins"""
    asked = seen(stdin=lines({"url": echo().url, "json": {},
                              "headers": {"Content-Type": "application/x+json"}}))
    same(header(asked, "Content-Type"), ["application/x+json"], "Content-Type")


def test_json_header_injection():
    """a line break in a header is refused or harmless, never sent"""
    result = fetch("--body", stdin=lines({"url": echo().url,
                                          "headers": {"X-A": "1\r\nX-Evil: 1"}}))
    if result.record["ok"]:
        same(header(result.record["body"], "X-Evil"), [], "X-Evil")
    else:
        result.exited(1)


def test_json_method_injection():
    """a method that is no token is refused"""
    for method in ("GET / HTTP/1.1\r\nX: y", "A B", ""):
        result = fetch(stdin=lines({"url": fixed().url, "method": method}))
        refused(result, "bad_input")


def test_json_id():
    """id comes back as given, string or number"""
    for value in ('"7"', "7", "9007199254740993", '"\\u00e9\\n"', '""'):
        result = fetch(stdin='{"url":"%s","id":%s}\n' % (echo().url, value)).ok(1)
        same(result.record["id"], json.loads(value), "id")
    check("id" not in fetch(echo().url).record, "id without one given")


def test_json_id_on_failure():
    """id is in the record of a request that failed, also before it was sent"""
    text = lines({"url": "file:///x", "id": "a"}, {"id": "b"}, {"url": 5, "id": "c"})
    same([r["id"] for r in fetch(stdin=text).exited(1).sorted], ["a", "b", "c"], "id")


def test_json_max_time():
    """max_time of one request"""
    server = servers.raw(servers.silent)
    text = lines({"url": server.url, "max_time": 0.2}, echo().url)
    first, second = fetch(stdin=text).exited(1).sorted
    same((first["error"]["type"], second["ok"]), ("timeout", True))


def test_json_retry():
    """retry of one request overrides --retry"""
    server = fixed(reply(b"", 503))
    options = ("--retry", "1", "--retry-delay", "0.01")
    text = lines({"url": server.url, "retry": 0}, {"url": server.url, "retry": 3},
                 server.url)
    result = fetch(*options, stdin=text).exited(1)
    same([r["attempts"] for r in result.sorted], [1, 4, 2], "attempts")


def test_json_without_url():
    """a JSON line without url"""
    refused(fetch(stdin='{"method":"GET"}\n'), "bad_input")


def test_json_broken():
    """a broken JSON line"""
    for text in ('{"url":"http://127.0.0.1/"', "{", "{}x", '{"url":}', "{'url':'x'}"):
        refused(fetch(stdin=text + "\n"), "bad_input")


def test_json_deep():
    """JSON nested a million deep: an error record, no crash"""
    text = '{"url":"%s","json":%s}\n' % (echo().url, "[" * 1000000)
    record = refused(fetch(stdin=text), "bad_input")
    contains(record["error"]["message"], "nested deeper than 200")


def test_json_deep_for_jq():
    """what is nested deeper than jq reads is not embedded, and is not called no JSON"""
    for depth in (150, 300):
        deep = "[" * depth + "]" * depth
        body = fetch("--body", fixed(json_reply(deep)).url).ok(1).out
        line = fetch("--dry-run", stdin='{"url":"http://h/","id":%s}\n' % deep)
        for text in (body, line.out):
            done = subprocess.run([need("jq"), "-s", "length"], input=text,
                                  capture_output=True, check=False)
            same((done.returncode, done.stdout, done.stderr), (0, b"1\n", b""), "jq")
        lacks(line.out, b"not JSON")


def test_json_wrong_types():
    """fields of the wrong type: an error record, nothing sent"""
    server = fixed()
    for fields in ({"url": 5}, {"url": None}, {"method": 5}, {"headers": "X: y"},
                   {"headers": {"X": {}}}, {"body": {}}, {"max_time": "soon"},
                   {"max_time": -1}, {"retry": "x"}, {"retry": -1}):
        refused(fetch(stdin=lines({"url": server.url, **fields})), "bad_input")
    same(server.hits, [], "requests")


def test_json_body_and_json():
    """body and json together are refused"""
    refused(fetch(stdin=lines({"url": echo().url, "body": "a", "json": 1})),
            "bad_input")


def test_json_unknown_field():
    """an unknown field, perhaps a slip of the pen, is refused by name"""
    record = refused(fetch(stdin=lines({"url": echo().url, "metod": "PUT"})), "bad_input")
    contains(record["error"]["message"], "metod")


def test_json_extra_headers_merge():
    """headers of a JSON request come on top of -H, and replace the same name"""
    asked = seen("-H", "X-A: line", "-H", "X-B: line",
                 stdin=lines({"url": echo().url, "headers": {"x-a": "json"}}))
    same((header(asked, "X-A"), header(asked, "X-B")), (["json"], ["line"]), "headers")


# --- requests given as arguments --------------------------------------------------

def test_method():
    """-X, --request"""
    same(seen("-X", "DELETE", echo().url)["method"], "DELETE", "method")
    same(seen("--request", "PATCH", echo().url)["method"], "PATCH", "method")


def test_head():
    """-X HEAD waits for no body"""
    head = servers.head(200, {"Content-Length": "1000000"})
    fetch("-X", "HEAD", servers.raw(servers.sends(head, then="hold")).url).ok(1)


def test_data():
    """-d posts, as a form unless -H says otherwise"""
    asked = seen("-d", "a=1", echo().url)
    same((asked["method"], asked["body"]), ("POST", "a=1"), "request")
    same(header(asked, "Content-Type"), ["application/x-www-form-urlencoded"], "type")
    asked = seen("--data", "x", "-H", "Content-Type: text/x", echo().url)
    same(header(asked, "Content-Type"), ["text/x"], "type")


def test_data_joined():
    """several -d are joined by &, as curl does"""
    same(seen("-d", "a=1", "-d", "b=2", echo().url)["body"], "a=1&b=2", "body")


def test_data_file():
    """-d @FILE"""
    same(seen("-d", "@" + write("from a file"), echo().url)["body"], "from a file")


def test_data_stdin():
    """-d @- reads standard input"""
    same(seen("-d", "@-", echo().url, stdin="from stdin")["body"], "from stdin")


def test_data_file_missing():
    """-d of a file that is not there: a message that names it, nothing sent"""
    server = fixed()
    result = fetch("-d", "@/nonexistent/data", server.url).exited(2, 3)
    contains(result.err, "/nonexistent/data")
    same((server.hits, result.out), ([], b""), "requests, stdout")


def test_data_with_method():
    """-X with -d"""
    asked = seen("-X", "PUT", "-d", "x", echo().url)
    same((asked["method"], asked["body"]), ("PUT", "x"), "request")


def test_data_large():
    """-d @FILE of 5 MB arrives whole"""
    body = seen("-d", "@" + write("x" * 5000000), echo().url)["body"]
    same(len(body), 5000000, "length")


def test_json_option():
    """--json posts JSON byte for byte, with its headers"""
    asked = seen("--json", '{"a": 1e400}', echo().url)
    same((asked["method"], asked["body"]), ("POST", '{"a": 1e400}'), "request")
    same(header(asked, "Content-Type"), ["application/json"], "Content-Type")
    same(header(asked, "Accept"), ["application/json"], "Accept")


def test_json_option_file():
    """--json @FILE"""
    same(seen("--json", "@" + write("[1]"), echo().url)["body"], "[1]", "body")


def test_glob():
    """--glob expands [a-b] and {x,y}"""
    result = fetch("--glob", echo().url + "/{a,b}/[08-10]").ok(6)
    same([r["url"].split("/", 3)[3] for r in result.sorted],
         ["a/08", "a/09", "a/10", "b/08", "b/09", "b/10"], "paths")


def test_glob_bad():
    """a wrong pattern is a usage error that shows it"""
    result = fetch("--glob", "http://127.0.0.1/[5-").exited(2)
    contains(result.err, "[5-")
    same(result.out, b"", "stdout")


def test_glob_lazy():
    """a pattern of 10^9 starts at once and stops at the first failure"""
    url = f"http://127.0.0.1:{free_port()}/[1-1000000000]"
    fetch("--glob", "--fail-fast", url).exited(1)


def test_no_glob():
    """without --glob braces are not expanded"""
    fetch(echo().url + "/{a,b}").ok(1)


# --- lazy reading and long lists --------------------------------------------------

def test_lazy():
    """the first record comes while standard input is still open"""
    proc = start_fetch(stdin=subprocess.PIPE)
    for i in range(3):
        proc.feed(f"{echo().url}/{i}\n")
        same(proc.next_record()["index"], i, "index")
    proc.close_stdin()
    proc.finish().ok(3)


def test_lazy_partial_line():
    """half a line is not taken for a line"""
    proc = start_fetch(stdin=subprocess.PIPE)
    proc.feed(f"{echo().url}/whole\n{echo().url}/fi")
    proc.next_record()
    proc.feed("rst\n")
    contains(proc.next_record()["url"], "/first")
    proc.finish().ok(2)


def test_lazy_ordered():
    """--ordered gives the first record while standard input is still open"""
    proc = start_fetch("--ordered", stdin=subprocess.PIPE)
    proc.feed(echo().url + "\n")
    proc.next_record()
    proc.finish().ok(1)


def test_fifo():
    """-i of a FIFO is read lazily"""
    path = os.path.join(tmp(), "fifo")
    os.mkfifo(path)
    proc = start_fetch("-i", path)
    with open(path, "w", encoding="ascii") as f:
        print(echo().url, file=f, flush=True)
        proc.next_record()
    proc.finish().ok(1)


class Tally:
    """Counts indices in output that is too long to parse line by line."""

    def __init__(self, proc, count):
        self.proc, self.seen, self.peak = proc, bytearray(count), 0
        self.first_at_fed = None
        self.fed = 0
        self.failed = 0

    def feed(self, url):
        block = 1000
        for start in range(0, len(self.seen), block):
            yield "".join(f"{url}/{i}\n" for i in range(start, start + block))
            self.fed = start + block

    def take(self, out):
        rest, blocks = b"", 0
        while data := os.read(out, 1 << 18):
            if self.first_at_fed is None:
                self.first_at_fed = self.fed
            whole, _, rest = (rest + data).rpartition(b"\n")
            for index in re.findall(rb'"index":(\d+)', whole):
                self.seen[int(index)] += 1
            self.failed += whole.count(b'"ok":false')
            if not (blocks := blocks + 1) % 64:
                self.peak = max(self.peak, self.proc.peak_rss())
        same(rest, b"", "cut line")


@limit(300)
def test_million():
    """1,000,000 lines from a pipe: a record each, the first at once, in 64 MB"""
    count = int(os.environ.get("TRAWL_E2E_LINES",
                               "20000" if harness.SANITIZED else "1000000"))
    nginx = servers.Nginx('location / { return 200 "x"; }')
    out, pipe = os.pipe()
    proc = start_fetch("--per-host", "64", "-q", stdin=subprocess.PIPE, stdout=pipe)
    os.close(pipe)
    tally = Tally(proc, count)
    proc.feed_all(tally.feed(nginx.url))
    tally.take(out)
    os.close(out)
    proc.finish(60).exited(0)
    same(tally.seen.count(1), count, "inputs with exactly one record")
    same(tally.failed, 0, "failures")
    check(tally.first_at_fed < count, "no record before the input ended")
    if not harness.SANITIZED:
        check(tally.peak <= 64, f"peak of {tally.peak:.0f} MB resident")


@limit(120)
def test_long_lines_memory():
    """lines of 4 MB are read ahead within bounds"""
    gate = servers.Gate()
    block = 4 << 20
    fed = []

    def text():
        for i in range(64):
            yield json.dumps({"url": gate.url, "body": "x" * block}) + "\n"
            fed.append(i)

    proc = start_fetch("-j", "1", stdin=text())
    gate.wait(1)
    seen = 0
    while len(fed) > seen:
        seen = len(fed)
        time.sleep(1)
    check(seen < 32, f"{seen} lines read ahead")
    gate.open()
    proc.finish(60).ok(64)


@limit(120)
def test_ordered_memory():
    """--ordered with a slow first request keeps memory bounded and the order right"""
    nginx = servers.Nginx('location / { return 200 "x"; }')
    gate = servers.Gate()
    text = [gate.url + "/slow\n"] + [f"{nginx.url}/{i}\n" for i in range(20000)]
    proc = start_fetch("--ordered", stdin=["".join(text)])
    gate.wait(1)
    gate.open()
    result = proc.finish(60).ok()
    same([r["index"] for r in result.records], list(range(20001)), "indices")


if __name__ == "__main__":
    harness.main()
