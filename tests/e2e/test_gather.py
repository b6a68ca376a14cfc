#!/usr/bin/env python3
"""trawl gather: specs, references, results and what fails."""

import json
import os
import signal

import harness
from harness import check, contains, fixture, free_port, lacks, limit, same, tmp
from gathers import answers, asked, document, errors, gather, get, start_gather
import servers
from servers import Gate, describe, http, json_reply, reply


@fixture
def echo():
    """Tells what it was asked, at any path."""
    return http(describe)


# --- the document -----------------------------------------------------------------

def test_example():
    """the spec of the manual: login, then me, then orders in pages, then each in detail"""
    def me(request):
        same(request["Authorization"], "Bearer t-1", "token")
        return '{"id":7}'

    def orders(request):
        page = {"?user=7": ("</orders?user=7&page=2>; rel=next", '{"items":[1,2]}'),
                "?user=7&page=2": (None, '{"items":[3]}')}
        link, body = page[request.target.removeprefix("/orders")]
        return reply(body, headers={"Link": link} if link else {}, type="application/json")
    server = answers({
        "/login": lambda r: '{"token":"t-1"}' if json.loads(r.body) == {"user": "ann"}
        else None,
        "/me": me, "/orders": orders, "/news": reply("", 503),
        "/orders/1": {"n": 1}, "/orders/2": {"n": 2}, "/orders/3": {"n": 3}})
    spec = {
        "defaults": {"headers": {"Accept": "application/json"}, "max_time": 5, "retry": 0},
        "vars": {"api": server.url},
        "requests": {
            "login": {"method": "POST", "url": "{{api}}/login",
                      "json": {"user": "{{env.WHO}}"}},
            "me": {"url": "{{api}}/me",
                   "headers": {"Authorization": "Bearer {{login#/token}}"}},
            "orders": {"url": "{{api}}/orders?user={{me#/id}}",
                       "paginate": {"next": "link"}, "select": "/items"},
            "detail": {"foreach": "{{orders}}", "url": "{{api}}/orders/{{item}}"},
            "news": {"url": "{{api}}/news", "optional": True, "default": []}},
        "output": {"user": "{{me}}", "orders": "{{detail}}", "news": "{{news}}"}}
    doc = get(spec, env={"WHO": "ann"})
    same([e["type"] for e in doc.pop("errors")], ["http_status"], "errors")
    same(doc, {"user": {"id": 7}, "orders": [{"n": 1}, {"n": 2}, {"n": 3}], "news": []})
    same(asked(server, "/me")["Accept"], "application/json", "Accept")


def test_order_of_names():
    """without output: {name: result} in the order of the spec"""
    gate = Gate(lambda r: json_reply(json.dumps(r.path)))
    names = ["z", "a", "m"]
    proc = start_gather({"requests": {n: {"url": f"{gate.url}/{n}"} for n in names}})
    gate.wait(3)
    for name in ("m", "a", "z"):
        gate.release("/" + name)
    same(proc.finish().exited(0).out, b'{"z":"/z","a":"/a","m":"/m"}\n', "document")


def test_at_once():
    """what needs nothing of each other runs at once"""
    gate = Gate(lambda r: json_reply("1"))
    proc = start_gather({"requests": {f"r{i}": {"url": f"{gate.url}/{i}"}
                                      for i in range(5)}})
    gate.wait(5)
    gate.open()
    proc.finish().exited(0)


def test_waits_for_just_that():
    """a request waits for what it refers to, and for nothing else"""
    gate = Gate(lambda r: json_reply('{"id":"x"}'))
    spec = {"requests": {"slow": {"url": gate.url + "/slow"},
                         "first": {"url": gate.url + "/first"},
                         "second": {"url": gate.url + "/second/{{first#/id}}"}}}
    proc = start_gather(spec)
    gate.wait(2)
    same(sorted(gate.held), ["/first", "/slow"], "held")
    gate.release("/first")
    gate.wait(3)
    same(gate.held[2], "/second/x", "held")
    gate.open()
    proc.finish().exited(0)


def test_numbers_byte_for_byte():
    """numbers come through byte for byte, in results and in what is captured"""
    numbers = ["9007199254740993", "1.10", "1e400", "-0", "0.1e-7", "1E+2",
               "123456789012345678901234567890", "-9223372036854775809"]
    body = "[" + ",".join(numbers) + "]"
    server = answers({"/n": body, "/echo": describe})
    out = gather({"vars": {"v": 1}, "requests": {
        "n": {"url": server.url + "/n"},
        "e": {"url": server.url + "/echo", "json": {"all": "{{n}}", "one": "{{n#/1}}",
                                                    "text": "n={{n#/2}}"}}},
        "output": {"n": "{{n}}", "one": "{{n#/6}}", "sent": "{{e#/body}}"}}).exited(0).out
    same(out, b'{"n":%b,"one":%b,"sent":%b}\n' % (
        body.encode(), numbers[6].encode(),
        json.dumps('{"all":%s,"one":1.10,"text":"n=1e400"}' % body,
                   separators=(",", ":")).encode()), "document")


def test_keys_as_they_are():
    """key order and duplicate keys are kept; a pointer takes the last of them"""
    body = '{"b":1,"a":{"x":1,"x":2},"b":3,"\\u0061b":4}'
    server = answers({"/": body})
    out = gather({"requests": {"r": {"url": server.url + "/"}},
                  "output": {"r": "{{r}}", "b": "{{r#/b}}", "x": "{{r#/a/x}}",
                             "ab": "{{r#/ab}}"}}).exited(0).out
    same(out, b'{"r":%b,"b":3,"x":2,"ab":4}\n' % body.encode(), "document")


def test_white_space():
    """a result is compact, and the spec may be spread over lines"""
    server = answers({"/": '{ "a" : [ 1 ,\n 2 ] , "s" : " x " }'})
    spec = f'\ufeff{{\n "requests" : {{ "r" : {{ "url" : "{server.url}/" }} }},' \
           '\n "output" : [ "{{r}}" , { "k" : "{{ r#/s }}" } ]\n}\n'
    same(gather(spec).exited(0).out, b'[{"a":[1,2],"s":" x "},{"k":" x "}]\n', "document")


def test_outputs():
    """an output of any shape: text with references, keys, constants, one reference"""
    server = answers({"/": {"s": 'a"b', "n": 5, "l": [1], "z": None}})
    def shown(output):
        return get({"vars": {"k": "key"}, "requests": {"r": {"url": server.url + "/"}},
                    "output": output})
    same(shown("{{r#/s}}"), 'a"b')
    same(shown("<{{r#/s}}|{{r#/n}}|{{r#/l}}|{{r#/z}}|{{r.status}}>"),
         '<a"b|5|[1]|null|200>')
    same(shown({"{{k}}-{{r#/n}}": True, "c": [None, 1.5, "{ }}"]}),
         {"key-5": True, "c": [None, 1.5, "{ }}"]})
    same(shown([["{{r#/l}}"], "{{r#/z}}", "{{r.headers.content-type}}"]),
         [[[1]], None, "application/json"])


def test_brace():
    """a { that begins no reference is written \\u007b"""
    server = answers({"/": "1"})
    same(gather('{"requests":{"r":{"url":"%s/"}},"output":["\\u007b{r}}","a}}","{r}"]}'
                % server.url).exited(0).out, b'["\\u007b{r}}","a}}","{r}"]\n', "document")


def test_status_and_headers():
    """{{name.status}} is a number, {{name.headers.NAME}} text, in any case"""
    server = answers({"/": reply("{}", 201, {"ETag": '"x"', "X-A": "1"}),
                      "/e": describe})
    doc = get({"requests": {
        "r": {"url": server.url + "/"},
        "e": {"url": server.url + "/e", "headers": {"If-None-Match": "{{r.headers.etag}}"}}},
        "output": {"s": "{{r.status}}", "t": "{{r.headers.ETAG}}", "a": "{{r.headers.x-a}}"}})
    same(doc, {"s": 201, "t": '"x"', "a": "1"})
    same(asked(server, "/e")["If-None-Match"], '"x"', "header")


def test_not_json():
    """results that are not JSON are text; empty ones, and 204, are null"""
    server = answers({
        "/t": reply("plain \u20ac\n"), "/l": reply(b"caf\xe9", type="text/plain; charset=latin1"),
        "/e": reply(""), "/n": reply("", 204), "/j": reply(' {"a":1}\n'),
        "/bom": reply(b'\xef\xbb\xbf[1]', type="application/json")})
    doc = get({"requests": {p: {"url": f"{server.url}/{p}"}
                            for p in ("t", "l", "e", "n", "j", "bom")}})
    same(doc, {"t": "plain \u20ac\n", "l": "caf\u00e9", "e": None, "n": None,
               "j": {"a": 1}, "bom": [1]})


def test_bad_json():
    """what says that it is JSON and is none fails, as do bytes, and nesting of 10,000"""
    deep = "[" * 10000 + "]" * 10000
    server = answers({
        "/cut": '{"a":', "/bytes": reply(b"\xff\x00\xfe"), "/utf8": b"",
        "/deep": deep, "/deep-text": reply(deep), "/ok": "[" * 200 + "]" * 200})
    server2 = servers.fixed(reply(b'{"a":"\xff"}', type="application/json"))
    requests = {p: {"url": f"{server.url}/{p}"} for p in ("cut", "bytes", "deep", "ok",
                                                         "deep-text")}
    requests["utf8"] = {"url": server2.url}
    doc = document(gather({"requests": requests}), 1)
    same(errors(doc), {(n, None): "decode" for n in requests if n != "ok"}, "errors")
    check(doc["ok"] and doc["cut"] is None, "values")


def test_as():
    """"as": text is text whatever it is; json must be JSON"""
    server = answers({"/": "[1]", "/t": reply("x")})
    doc = document(gather({"requests": {
        "text": {"url": server.url + "/", "as": "text"},
        "json": {"url": server.url + "/t", "as": "json", "optional": True},
        "none": {"url": server.url + "/", "as": "json"}}}), 0)
    same(errors(doc), {("json", None): "decode"}, "errors")
    same((doc["text"], doc["json"], doc["none"]), ("[1]", None, [1]))


def test_select():
    """select takes a part of the result; what is not there is a failure"""
    server = answers({"/": {"a": {"b/c": [1, 2]}}})
    doc = document(gather({"requests": {
        "good": {"url": server.url + "/", "select": "/a/b~1c"},
        "bad": {"url": server.url + "/", "select": "/a/x"}}}), 1)
    same((doc["good"], errors(doc)), ([1, 2], {("bad", None): "reference"}))


# --- requests ---------------------------------------------------------------------

def test_fields():
    """method, headers, body and json are sent as they are given"""
    server = answers({"/a": describe, "/b": describe, "/c": describe, "/d": describe})
    get({"defaults": {"headers": {"X-A": "default", "X-B": "default", "X-N": "n"}},
         "requests": {
             "a": {"url": server.url + "/a", "method": "PUT", "body": "x={{b.status}}",
                   "headers": [["X-A", "own"], ["X-Two", "1"], ["X-Two", "2"]]},
             "b": {"url": server.url + "/b", "json": {"a": [1, "{{env.N}}"]}},
             "c": {"url": server.url + "/c", "headers": {"x-b": None, "X-Empty": ""}},
             "d": {"url": server.url + "/d", "json": None,
                   "headers": {"Content-Type": "text/x"}}}}, env={"N": "5"})
    a, b, c, d = (asked(server, "/" + n) for n in "abcd")
    same((a.method, a.body, a["X-A"], a["X-B"]), ("PUT", b"x=200", "own", "default"))
    same([v for k, v in a.headers if k == "X-Two"], ["1", "2"], "X-Two")
    same((b.method, b.body, b["Content-Type"], b["Accept"]),
         ("POST", b'{"a":[1,"5"]}', "application/json", "application/json"))
    same((c.method, c["X-A"], c["X-B"], c["X-Empty"]), ("GET", "default", None, ""))
    same((d.method, d.body, d["Content-Type"]), ("POST", b"null", "text/x"))


def test_types():
    """a string that is one reference takes the value with its type"""
    server = answers({"/": {"n": 1, "b": True, "z": None, "l": [1], "o": {"a": 1}, "s": "t"},
                      "/e": describe})
    doc = get({"requests": {
        "r": {"url": server.url + "/"},
        "e": {"url": server.url + "/e",
              "json": {k: "{{r#/%s}}" % k for k in "nbzlos"}}},
        "output": "{{e#/body}}"})
    same(json.loads(doc), {"n": 1, "b": True, "z": None, "l": [1], "o": {"a": 1}, "s": "t"})


def test_variables():
    """vars refer to the environment and earlier ones; --var goes before them"""
    spec = {"vars": {"host": "h", "base": "{{host}}/x", "n": 5, "list": [1, "{{n}}"],
                     "who": "{{env.WHO}}"},
            "requests": {"r": {"url": echo().url + "/{{base}}"}},
            "output": {"base": "{{base}}", "n": "{{n}}", "l": "{{list}}", "w": "{{who}}",
                       "one": "{{list#/1}}", "extra": "{{extra}}"}}
    doc = get(spec, "--var", "host=other", "--var", "extra=a=b", env={"WHO": "me"})
    same(doc, {"base": "other/x", "n": 5, "l": [1, 5], "w": "me", "one": 5,
               "extra": "a=b"})


def test_foreach():
    """foreach: results in order, concurrently, with item and index"""
    gate = Gate(lambda r: json_reply(json.dumps(r.path)))
    proc = start_gather({"vars": {"l": [{"id": "a"}, {"id": "b"}, {"id": "c"}]}, "requests": {
        "r": {"foreach": "{{l}}", "url": gate.url + "/{{index}}/{{item#/id}}"}}})
    gate.wait(3)
    for path in ("/2/c", "/0/a", "/1/b"):
        gate.release(path)
    same(document(proc.finish())["r"], ["/0/a", "/1/b", "/2/c"])


def test_foreach_of_anything():
    """foreach over constants, over results, over nothing; over what is no array it fails"""
    server = answers({"/list": [3, 1], "/none": [], "/object": {"a": 1},
                      "/3": "3", "/1": "1", "/x": '"x"'})
    url = server.url + "/{{item}}"
    doc = document(gather({"requests": {
        "list": {"url": server.url + "/list"}, "none": {"url": server.url + "/none"},
        "object": {"url": server.url + "/object"},
        "a": {"foreach": "{{list}}", "url": url}, "b": {"foreach": "{{none}}", "url": url},
        "c": {"foreach": "{{object}}", "url": url},
        "d": {"foreach": ["x", "{{list#/1}}"], "url": url},
        "e": {"foreach": "{{a}}", "url": url}}}), 1)
    same([doc[n] for n in "abcde"], [[3, 1], [], None, ["x", 1], [3, 1]])
    same(errors(doc), {("c", None): "reference"})


def test_caps():
    """foreach keeps to --per-host and -j"""
    for args, most in ((("--per-host", "3"), 3), (("-j", "2"), 2)):
        gate = Gate(lambda r: json_reply("1"))
        proc = start_gather({"requests": {"r": {"foreach": list(range(20)),
                                               "url": gate.url + "/{{item}}"}}}, *args)
        same(gate.wait_quiet(most), most, "at once")
        gate.open()
        same(len(document(proc.finish())["r"]), 20)


@limit(120)
def test_foreach_of_10000():
    """foreach over 10,000 items, each result in its place"""
    count = 2000 if harness.SANITIZED else 10000
    nginx = servers.Nginx('location / { default_type application/json; return 200 '
                          '\'{"u":"$request_uri"}\'; }')
    server = answers({"/list": list(range(count))})
    doc = get({"requests": {
        "list": {"url": server.url + "/list"},
        "r": {"foreach": "{{list}}", "url": nginx.url + "/{{item}}"}}}, "--per-host", "64")
    same([r["u"] for r in doc["r"]], [f"/{i}" for i in range(count)])


# --- what fails -------------------------------------------------------------------

def test_partial_failure():
    """what fails takes with it what needs it, and nothing else; exit status 1"""
    server = answers({"/ok": "1", "/bad": reply("", 500), "/gone": reply("", 404)})
    result = gather({"requests": {
        "ok": {"url": server.url + "/ok"}, "bad": {"url": server.url + "/bad"},
        "child": {"url": server.url + "/ok?{{bad}}"},
        "grandchild": {"url": server.url + "/ok?{{child}}"},
        "other": {"url": server.url + "/ok?{{ok}}"}}})
    doc = document(result, 1)
    same(errors(doc), {("bad", None): "http_status", ("child", None): "dependency",
                       ("grandchild", None): "dependency"})
    same([doc[n] for n in ("ok", "bad", "child", "grandchild", "other")],
         [1, None, None, None, 1])
    same(doc["errors"][0], {"request": "bad", "type": "http_status", "message": "HTTP 500",
                            "status": 500, "retriable": True, "optional": False})
    same(sorted(server.hits), ["/bad", "/ok", "/ok?1"], "requests")
    contains(result.err, "bad: http_status: HTTP 500")


def test_optional():
    """optional gives default or null, lists the error, and the run succeeds"""
    server = answers({"/bad": reply("", 404), "/e": describe})
    doc = get({"vars": {"d": 5}, "requests": {
        "a": {"url": server.url + "/bad", "optional": True},
        "b": {"url": server.url + "/bad", "optional": True, "default": {"x": ["{{d}}"]}},
        "c": {"url": f"http://127.0.0.1:{free_port()}/", "optional": True, "default": []},
        "e": {"url": server.url + "/e?{{b#/x/0}}"},
        "f": {"url": server.url + "/e?{{a#/x}}", "optional": True, "default": "f"}}})
    same([doc[n] for n in "abcf"], [None, {"x": [5]}, [], "f"])
    same(doc["e"]["target"], "/e?5")
    same(errors(doc), {("a", None): "http_status", ("b", None): "http_status",
                       ("c", None): "connect_refused", ("f", None): "reference"})


def test_errors_on_stderr():
    """--errors stderr: they are not in the document"""
    server = answers({"/bad": reply("", 404)})
    spec = {"requests": {"a": {"url": server.url + "/bad", "optional": True},
                         "b": {"foreach": [1], "url": server.url + "/bad"}}}
    result = gather(spec, "--errors", "stderr")
    same(document(result, 1), {"a": None, "b": [None]})
    contains(result.err, "trawl: a: http_status: HTTP 404", "trawl: b[0]: http_status")
    quiet = gather(spec, "--errors", "stderr", "-q")
    same(quiet.err, "trawl: a: http_status: HTTP 404\ntrawl: b[0]: http_status: HTTP 404\n")


def test_errors_without_place():
    """a document that is no object: what failed is on standard error, once, also with -q"""
    server = answers({"/bad": reply("", 404), "/": "1"})
    requests = {"r": {"url": server.url + "/"}, "a": {"url": server.url + "/bad"}}
    for output, found in ((["{{r}}", "{{a}}"], [1, None]), ("{{a}}", None)):
        for args in ((), ("-q",), ("--users", "1")):
            result = gather({"requests": requests, "output": output}, *args)
            same(document(result, 1), found)
            same(result.err.count("a: http_status: HTTP 404\n"), 1, "times told")
    result = gather({"requests": {"r": requests["r"]}, "output": ["{{r#/x}}"]}, "-q")
    same(document(result, 1), [None])
    contains(result.err, "output: {{r#/x}}: nothing is there\n")


def test_foreach_partial():
    """an item that fails is null, or the default, in its place"""
    server = answers({"/1": "1", "/3": "3"})
    url = server.url + "/{{item}}"
    doc = document(gather({"requests": {
        "a": {"foreach": [1, 2, 3], "url": url},
        "b": {"foreach": [1, 2, 3], "url": url, "optional": True, "default": "d"},
        "c": {"url": url.replace("item", "b#/1")},
        "d": {"url": server.url + "/{{a#/0}}"}}}), 1)
    same((doc["a"], doc["b"], doc["d"]), ([1, None, 3], [1, "d", 3], None))
    same(errors(doc), {("a", 1): "http_status", ("b", 1): "http_status",
                       ("c", None): "http_status", ("d", None): "dependency"})


def test_errors_in_order():
    """errors are in the order of the items, whichever failed first"""
    gate = Gate(lambda r: reply("", 404))
    for args in ((), ("--errors", "stderr")):
        proc = start_gather({"requests": {"r": {"foreach": [0, 1, 2],
                                               "url": gate.url + "/{{item}}"}}}, *args)
        gate.wait(3)
        for path in ("/2", "/0", "/1"):
            gate.release(path)
        result = proc.finish().exited(1)
        told = [e["index"] for e in json.loads(result.out).get("errors", [])] or \
            [int(line[9]) for line in result.err.splitlines() if line.startswith("trawl: r[")]
        same(told, [0, 1, 2], "indices")


def test_fail_fast():
    """--fail-fast cancels the rest; optional failures do not count"""
    gate = Gate()
    bad = servers.fixed(reply("", 404))
    requests = {"slow": {"url": gate.url + "/slow"},
                "later": {"url": gate.url + "/later?{{slow}}"}}
    optional = start_gather({"requests": {**requests, "bad": {"url": bad.url,
                                                              "optional": True}}}, "--fail-fast")
    gate.wait(1)
    bad.wait_requests(1)
    proc = start_gather({"requests": {**requests, "bad": {"url": bad.url}}}, "--fail-fast")
    doc = document(proc.finish(), 1)
    same(errors(doc), {("slow", None): "cancelled", ("later", None): "cancelled",
                       ("bad", None): "http_status"})
    gate.open()
    document(optional.finish())


def test_fail_fast_in_list():
    """--fail-fast: the first item that fails is a failure, whatever the others do"""
    gate = Gate()
    bad = servers.fixed(reply("", 404))
    spec = {"requests": {"l": {"foreach": [gate.url] * 5 + [bad.url] + [gate.url] * 500,
                               "url": "{{item}}"}}}
    doc = document(start_gather(spec, "--fail-fast").finish(), 1)
    same(errors(doc)[("l", 5)], "http_status")
    same(errors(doc)[("l", 0)], "cancelled")


def test_missing_in_output():
    """what the output refers to and is not there: null, an error and exit status 1"""
    server = answers({"/": {"a": 1}})
    doc = document(gather({"requests": {"r": {"url": server.url + "/"}},
                           "output": {"a": "{{r#/a}}", "b": "{{r#/b}}", "c": "x{{r#/c}}"}}), 1)
    same((doc["a"], doc["b"], doc["c"]), (1, None, "x"))
    same([(e["request"], e["type"]) for e in doc["errors"]], [(None, "reference")] * 2)


def test_expect():
    """expect: statuses, equals and matches turn a wrong answer into a failure"""
    server = answers({"/": {"n": 1, "s": "done", "l": [1, {"a": 2}]}, "/404": reply('"x"', 404)})
    def outcome(expect, path="/", **more):
        doc = document(gather({"vars": {"want": "done"}, "requests": {
            "r": {"url": server.url + path, "expect": expect, "optional": True, **more}}}))
        return errors(doc).get(("r", None))
    same(outcome({"status": 200, "equals": {"/n": 1, "/s": "{{want}}", "/l/1": {"a": 2}},
                  "matches": {"/s": "^d.ne$", "/n": "[0-9]", "": "."}}), None)
    same(outcome({"equals": {"/n": 2}}), "unexpected")
    same(outcome({"equals": {"/n": "1"}}), "unexpected")
    same(outcome({"equals": {"/x": None}}), "unexpected")
    same(outcome({"matches": {"/s": "^D"}}), "unexpected")
    same(outcome({"matches": {"/s": "(?i)^D", "": r'^\{"(n)":\d+.*\1', "/n": r"^\d$"}}), None)
    same(outcome({"status": [201, "3xx"]}), "http_status")
    same(outcome({"status": ["400-499"]}, "/404"), None)
    same(outcome({}, "/404"), "http_status")


def test_retry_on():
    """retry_on asks again for what was not expected, up to retry times"""
    states = iter(["new", "busy", "done"])
    server = answers({"/job": lambda r: {"state": next(states)}})
    spec = {"requests": {"job": {"url": server.url + "/job", "retry": 5,
                                 "expect": {"equals": {"/state": "done"}},
                                 "retry_on": ["expect", 404]}}}
    same(get(spec, "--retry-delay", "0.01")["job"], {"state": "done"})
    same(len(server.requests), 3, "requests")
    gone = iter([404, 404, 200])
    server = answers({"/late": lambda r: reply("1", next(gone))})
    spec = {"requests": {"late": {"url": server.url + "/late", "retry": 2, "method": "POST",
                                  "retry_on": "4xx"}}}
    same(get(spec, "--retry-delay", "0.01"), {"late": 1})
    server = answers({"/no": "0"})
    spec = {"requests": {"no": {"url": server.url + "/no", "retry": 2, "retry_on": "expect",
                                "expect": {"equals": {"": 1}}}}}
    same(errors(document(gather(spec, "--retry-delay", "0.01"), 1)),
         {("no", None): "unexpected"})
    same(len(server.requests), 3, "requests")


def test_retry_of_accepted():
    """a status that is accepted is not asked for again, one that is not may be"""
    states = iter([503, 429, 429])
    server = answers({"/a": lambda r: reply("1", next(states)),
                      "/b": lambda r: reply("2", next(states))})
    spec = {"requests": {"a": {"url": server.url + "/a", "expect": {"status": 503}},
                         "b": {"url": server.url + "/b?{{a}}", "expect": {"status": [503]},
                               "optional": True}}}
    doc = get(spec, "--retry", "1", "--retry-delay", "0.01", "--accept-status", "429")
    same((doc["a"], errors(doc)), (1, {("b", None): "http_status"}))
    same([r.path for r in server.requests], ["/a", "/b", "/b"])


def test_retry():
    """retry and max_time of a request"""
    answers_ = iter([503, 503, 200])
    server = answers({"/": lambda r: reply("1", next(answers_))})
    same(get({"requests": {"r": {"url": server.url + "/", "retry": 2}}},
             "--retry-delay", "0.01"), {"r": 1})
    gate = Gate()
    doc = document(gather({"requests": {"r": {"url": gate.url, "max_time": 0.05}}}), 1)
    same(errors(doc), {("r", None): "timeout"})


# --- ending early -----------------------------------------------------------------

def test_sigint():
    """SIGINT: a valid document of what was gathered, exit status 130"""
    gate = Gate(lambda r: json_reply(json.dumps(r.path)))
    spec = {"requests": {
        "ok": {"url": gate.url + "/ok"}, "slow": {"url": gate.url + "/slow"},
        "later": {"url": gate.url + "/{{slow}}"},
        "think": {"url": gate.url + "/never", "think": 3600},
        "list": {"foreach": list(range(1000)), "url": gate.url + "/{{item}}"}}}
    proc = start_gather(spec, "--per-host", "64")
    gate.wait(64)
    gate.release("/ok")
    gate.release("/0")
    gate.wait(66)
    proc.signal(signal.SIGINT)
    doc = document(proc.finish(), 130)
    same((doc["ok"], doc["slow"], doc["list"][:2]), ("/ok", None, ["/0", None]))
    same(len(doc["list"]), 1000)
    same({e["type"] for e in doc["errors"]}, {"cancelled"})
    check(len(doc["errors"]) < 300, "an error for each item that was not begun")
    lacks(" ".join(gate.held), "/never")


def test_sigterm():
    """SIGTERM: exit status 143"""
    gate = Gate()
    proc = start_gather({"requests": {"r": {"url": gate.url}}})
    gate.wait(1)
    proc.signal(signal.SIGTERM)
    same(document(proc.finish(), 143)["r"], None)


def test_sigusr1():
    """SIGUSR1: what is in flight, on standard error"""
    gate = Gate(lambda r: json_reply("1"))
    proc = start_gather({"requests": {"r": {"url": gate.url + "/slow"}}})
    gate.wait(1)
    proc.signal(signal.SIGUSR1)
    proc.wait_err("GET .*/slow")
    contains(proc.err, "1 in flight, 0 done", "tasks:")
    gate.open()
    document(proc.finish())


def test_deadline():
    """--deadline: what was gathered so far, exit status 1"""
    gate = Gate()
    doc = document(gather({"requests": {"r": {"url": gate.url}}}, "--deadline", "0.2"), 1)
    same(errors(doc), {("r", None): "cancelled"})


def test_output_closed():
    """standard output that is closed: exit status 141, without a word"""
    read_end, write_end = os.pipe()
    os.close(read_end)
    result = gather({"requests": {"r": {"url": echo().url}}}, stdout=write_end)
    os.close(write_end)
    result.exited(141)
    same(result.err, "", "stderr")


def test_output_file():
    """-o writes the document to a file; a file that cannot be made is told before"""
    path = os.path.join(tmp(), "out.json")
    spec = {"requests": {"r": {"url": echo().url + "/file"}}}
    same(gather(spec, "-o", path).exited(0).out, b"", "stdout")
    same(json.loads(harness.read(path))["r"]["target"], "/file")
    server = answers({"/": "1"})
    gather({"requests": {"r": {"url": server.url + "/"}}}, "-o", "/nowhere/x").exited(3)
    same(server.requests, [], "requests")


def test_output_full():
    """an output that cannot hold the document: exit status 3, also behind the last answer"""
    spec = {"requests": {"r": {"url": echo().url}}}
    contains(gather(spec, "-o", "/dev/full").exited(3).err, "/dev/full: No space left")
    gather(spec, "-o", "/dev/full", "--users", "3", "--repeat", "2").exited(3)


# --- plans and people -------------------------------------------------------------

def test_dry_run_sends_nothing():
    """--dry-run sends nothing, and shows stages and what waits for what"""
    server = answers({"/": "1"})
    spec = {"vars": {"api": server.url}, "requests": {
        "login": {"url": "{{api}}/login", "json": {"a": 1}},
        "me": {"url": "{{api}}/me?token={{login#/token}}"},
        "list": {"url": "{{api}}/list", "paginate": {"page": "p"}, "optional": True},
        "both": {"foreach": "{{list}}", "url": "{{api}}/{{item}}/{{me#/id}}"}}}
    text = gather(spec, "--dry-run", "--format", "text").exited(0).out.decode()
    same(text.splitlines(), [
        "stage 1",
        f"  login  POST {server.url}/login",
        f"  list   GET {server.url}/list; pages by page; optional",
        "stage 2",
        f"  me     GET {server.url}/me?token=***; waits for login",
        "stage 3",
        f"  both   GET {server.url}/{{{{item}}}}/{{{{me#/id}}}}; for each of {{{{list}}}}; "
        "waits for list, me"])
    plan = json.loads(gather(spec, "--dry-run").exited(0).out)
    same([[r["name"] for r in s] for s in plan["stages"]],
         [["login", "list"], ["me"], ["both"]])
    same(plan["stages"][2][0]["needs"], ["list", "me"])
    same(server.requests, [], "requests")


def test_timeline():
    """--timeline: a line for each request on standard error"""
    server = answers({"/a": "1", "/b": reply("", 404)})
    result = gather({"requests": {
        "a": {"url": server.url + "/a"}, "b": {"url": server.url + "/b?{{a}}"},
        "c": {"url": server.url + "/b?{{b}}"},
        "l": {"foreach": [1, 2], "url": server.url + "/a"}}}, "--timeline").exited(1)
    lines = {line.split(" ")[0]: line for line in result.err.splitlines() if "|" in line}
    same(sorted(lines), ["a", "b", "c", "l"])
    contains(lines["a"], "=", " ms - ", "200")
    contains(lines["b"], "=", "http_status")
    contains(lines["c"], "not sent", "dependency")
    lacks(lines["c"], "=")
    contains(lines["l"], "2 requests")
    for line in lines.values():
        check(len(line) <= 100, "width")


def test_text_format():
    """--format text indents the document; every token stays as it is"""
    body = '{"a":[1.10,{"b":"x,{}\\u00e9"}],"e":[],"o":{}}'
    server = answers({"/": body})
    out = gather({"requests": {"r": {"url": server.url + "/"}}}, "--format", "text").out
    contains(out.decode(), '\n    "a": [\n      1.10,\n', '"x,{}\\u00e9"', '"e": []')
    same("".join(line.strip() for line in out.decode().splitlines()).replace('": ', '":'),
         '{"r":%s}' % body)


if __name__ == "__main__":
    harness.main()
