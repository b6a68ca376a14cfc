#!/usr/bin/env python3
"""trawl gather: values that servers send into URLs, headers and JSON, and secrets."""

import json

import harness
from harness import contains, free_port, lacks, same
from gathers import answers, asked, document, errors, gather, get, refused
from servers import describe, http, reply


# --- injection --------------------------------------------------------------------

HOSTILE = 'a/../b?x=1&y=2#f "\'\\\r\nX-Evil: 1%2f\u20ac\u0000'


def test_hostile_in_url():
    """a captured value is one component of a URL, whatever is in it"""
    server = answers({"/": {"v": HOSTILE}, "/e": describe})
    get({"requests": {"r": {"url": server.url + "/"},
                      "p": {"url": server.url + "/e?q={{r#/v}}&z=1"}}})
    same(asked(server, "/e").target, "/e?q=a%2F..%2Fb%3Fx%3D1%26y%3D2%23f%20%22%27%5C%0D%0A"
         "X-Evil%3A%201%252f%E2%82%AC%00&z=1")


def test_hostile_in_path():
    """a captured value makes no other path: neither slashes nor dots"""
    for value in ("..", ".", "../x"):
        server = answers({"/": {"v": value}, "/a/..%2Fx/b": "1"})
        doc = document(gather({"requests": {
            "r": {"url": server.url + "/"},
            "p": {"url": server.url + "/a/{{r#/v}}/b"}}}), 0 if "x" in value else 1)
        same(errors(doc), {} if "x" in value else {("p", None): "reference"}, value)
        same(len(server.requests), 2 if "x" in value else 1, "requests")
    server = answers({"/": {"v": "."}})
    doc = document(gather({"requests": {"r": {"url": server.url + "/"},
                                        "p": {"url": server.url + "/a/%2e{{r#/v}}"}}}), 1)
    same(errors(doc), {("p", None): "reference"}, "half of it")


def test_hostile_in_header():
    """a captured value with CR, LF or NUL makes no header: the request fails"""
    for value in ("a\rb", "a\nX-Evil: 1", "a\0b", "\n"):
        server = answers({"/": {"v": value}, "/e": describe})
        result = gather({"requests": {
            "r": {"url": server.url + "/"},
            "e": {"url": server.url + "/e", "headers": {"X-A": "v {{r#/v}}"}}}})
        same(errors(document(result, 1)), {("e", None): "reference"}, repr(value))
        same(len(server.requests), 1, "requests")
        lacks(result.err + result.out.decode(), "Evil: 1\"}]")


def test_blank_in_header():
    """a captured value of blanks is an empty one: it takes no header away"""
    server = answers({"/": {"v": " \t "}, "/e": describe})
    get({"requests": {"r": {"url": server.url + "/"},
                      "p": {"url": server.url + "/e", "headers": {"X-A": "{{r#/v}}"}}}},
        "-H", "X-A: mine")
    same(asked(server, "/e")["X-A"], "", "X-A")


def test_hostile_in_json():
    """a captured value stays within its string of JSON, in bodies and in the output"""
    value = '","admin":true,"x":"\\ \n\u2028'
    server = answers({"/": {"v": value}, "/e": describe})
    doc = get({"requests": {
        "r": {"url": server.url + "/"},
        "e": {"url": server.url + "/e", "json": {"a": "<{{r#/v}}>", "{{r#/v}}": 1}}},
        "output": {"t": "<{{r#/v}}>", "{{r#/v}}": "{{r#/v}}"}})
    same(json.loads(asked(server, "/e").body), {"a": f"<{value}>", value: 1})
    same(doc, {"t": f"<{value}>", value: value})


def test_hostile_reference_in_value():
    """a value that looks like a reference is none"""
    server = answers({"/": '{"v":"{{env.SECRET}}"}', "/e": describe})
    doc = get({"requests": {
        "r": {"url": server.url + "/"},
        "e": {"url": server.url + "/e", "body": "{{r#/v}}"}},
        "output": ["{{r#/v}}", "x{{r#/v}}"]}, env={"SECRET": "s3cr3t"})
    same(doc, ["{{env.SECRET}}", "x{{env.SECRET}}"])
    same(asked(server, "/e").body, b"{{env.SECRET}}", "body")


def test_text_for_a_pattern():
    """a text that would keep a pattern busy for hours is one that does not match"""
    server = answers({"/": {"v": "a" * 200000 + "!"}})
    for pattern in ("(a+)+$", "a*a*[bc]"):
        result = gather({"requests": {"r": {
            "url": server.url + "/", "expect": {"matches": {"/v": pattern}}}}})
        same(errors(document(result, 1)), {("r", None): "unexpected"}, pattern)
        contains(result.err, "takes too long and is taken not to match")


def test_captured_url():
    """a URL that a server sent gets the headers at its own origin alone"""
    evil = http(describe)
    home = answers({"/own": describe})
    home_root = answers({"/": lambda r: {"own": home_root.url + "/own", "evil": evil.url + "/x",
                                         "relative": "/own"}, "/own": describe})
    headers = {"Authorization": "Bearer s3cr3t", "X-Api-Key": "k3y", "Accept": "a/b"}
    result = gather({"defaults": {"headers": headers}, "requests": {
        "root": {"url": home_root.url + "/"},
        "own": {"url": "{{root#/own}}"},
        "evil": {"url": "{{root#/evil}}"},
        "relative": {"url": "{{root#/relative}}", "optional": True}}},
        "-u", "me:p4ss", "-b", "c=c00kie")
    doc = document(result)
    same(errors(doc), {("relative", None): "reference"})
    same(asked(home_root, "/own")["X-Api-Key"], "k3y", "own origin")
    request = asked(evil, "/x")
    lacks(str(request.headers), "s3cr3t", "k3y", "p4ss", "c00kie")
    same((request["Authorization"], request["Cookie"], request["Accept"]),
         (None, None, "a/b"))
    contains(result.err, "evil: {{root#/evil}} leads to another origin")


def test_captured_url_again():
    """nor at an origin that one like that leads to, in a list, or from a page of a stranger"""
    evil = http(lambda r: reply(json.dumps([f"{evil.url}/2{r.path}", f"{home.url}/own"])))
    home = answers({"/": lambda r: {"l": [evil.url + "/1", home.url + "/own"]}, "/own": "1",
                    "/paged": lambda r: reply("[]", headers={
                        "Link": f"<{evil.url}/page>; rel=next"})})
    headers = {"X-Api-Key": "k3y"}
    doc = get({"defaults": {"headers": headers}, "requests": {
        "root": {"url": home.url + "/"},
        "first": {"url": "{{root#/l/0}}"},
        "second": {"url": "{{first#/0}}"},
        "back": {"url": "{{first#/1}}?back"},
        "each": {"foreach": "{{root#/l}}", "url": "{{item}}"},
        "paged": {"url": home.url + "/paged", "paginate": {"next": "link"}},
        "items": {"foreach": "{{paged}}", "url": "{{item}}?items"}}})
    same(sorted(doc), ["back", "each", "first", "items", "paged", "root", "second"])
    same(sorted(evil.hits), ["/1", "/1", "/2/1", "/2/page?items", "/page"])
    for request in evil.requests:
        lacks(str(request.headers), "k3y")
    sent = {r.target: r["X-Api-Key"] for r in home.requests}
    same(sent, {"/": "k3y", "/paged": "k3y", "/own": "k3y", "/own?back": None,
                "/own?items": None})


def test_captured_url_and_secret():
    """a URL that a server sent to another origin gets no secret in query or body either"""
    evil = http(describe)
    home = answers({"/": lambda r: {"own": home.url + "/own", "evil": evil.url + "/x",
                                    "free": evil.url + "/free"}, "/own": describe})
    doc = document(gather({"vars": {"api_key": "k3y"}, "requests": {
        "root": {"url": home.url + "/"},
        "own": {"url": "{{root#/own}}?t={{env.TOKEN}}", "json": "{{env.TOKEN}}"},
        "query": {"url": "{{root#/evil}}?t={{env.TOKEN}}"},
        "json": {"url": "{{root#/evil}}", "json": {"a": ["{{api_key}}"]}},
        "body": {"url": "{{root#/evil}}", "body": "t={{env.TOKEN}}"},
        "each": {"url": "{{root#/evil}}?{{item}}", "foreach": ["{{env.TOKEN}}"]},
        "free": {"url": "{{root#/free}}", "json": {"a": "{{root#/own}}"}}}},
        env={"TOKEN": "s3cr3t"}), 1)
    same(errors(doc), {(n, None): "redirect_refused" for n in ("query", "json", "body")}
         | {("each", 0): "redirect_refused"})
    same(evil.hits, ["/free"], "requests to the other origin")
    same(asked(home, "/own").target, "/own?t=s3cr3t")


def test_captured_host():
    """a captured value at the end of the host leads elsewhere without headers"""
    evil = http(describe, host="127.0.0.2")
    server = answers({"/": {"v": ".2", "port": evil.port, "path": "/p", "empty": "",
                            "host": f"127.0.0.2:{evil.port}"}})
    headers = {"X-Api-Key": "k3y"}
    doc = document(gather({"vars": {"base": "http://127.0.0"}, "requests": {
        "r": {"url": server.url + "/"},
        "a": {"url": "{{base}}{{r#/v}}:%d/a" % evil.port, "headers": headers},
        "b": {"url": "http://127.0.0.2:{{r#/port}}/b", "headers": headers},
        "c": {"url": "http://{{r#/host}}/c", "headers": headers, "optional": True},
        "d": {"url": "http://{{r#/empty}}/{{r#/host}}/", "headers": headers,
              "optional": True}}}))
    for path in ("/a", "/b"):
        lacks(str(asked(evil, path).headers), "k3y")
    same(errors(doc), {("c", None): "url_malformed", ("d", None): "reference"})


def test_variable_as_host():
    """a variable may be scheme, host and port, with a path"""
    server = answers({"/base/e": describe})
    host = server.url.removeprefix("http://")
    doc = get({"vars": {"scheme": "http"}, "requests": {
        "a": {"url": "{{url}}/e", "headers": {"X-Api-Key": "k"}},
        "b": {"url": "http://{{host}}/e", "headers": {"X-Api-Key": "k"}},
        "c": {"url": "{{scheme}}://{{host}}/e", "headers": {"X-Api-Key": "k"}}}},
        "--var", f"url={server.url}/base", "--var", f"host={host}/base")
    same([r["X-Api-Key"] for r in server.requests], ["k"] * 3, "headers")
    same(len(doc), 3)


# --- secrets ----------------------------------------------------------------------

def test_secrets():
    """values of the environment and Authorization are in no diagnostics, nor the plan"""
    server = answers({"/s3cr3t-path": reply("", 404)})
    nowhere = free_port()
    spec = {"vars": {"auth": "Bearer {{env.TOKEN}}", "api_key": "k3y-of-var"}, "requests": {
        "a": {"url": server.url + "/{{env.TOKEN}}?key={{api_key}}",
              "headers": {"Authorization": "{{auth}}", "X-Plain": "v={{env.TOKEN}}"}},
        "b": {"url": "http://{{env.HOST}}.invalid:%d/" % nowhere},
        "c": {"url": "{{env.BAD}}/x", "optional": True},
        "d": {"url": server.url + "/x",
              "headers": {"Authorization": "Basic l1teral", "Accept": "{{a}}"}},
        "e": {"foreach": ["{{env.TOKEN}}"], "url": server.url + "/{{item}}"}}}
    env = {"TOKEN": "s3cr3t-path", "HOST": "h0st-secret", "BAD": server.url + "/b4d"}
    secrets = ("s3cr3t-path", "h0st-secret", "b4d", "k3y-of-var", "l1teral")
    result = gather(spec, "-v", "--timeline", env=env).exited(1)
    lacks(result.err, *secrets)
    lacks(result.out.decode(), *secrets)
    for args in (("--format", "json"), ("--format", "text")):
        plan = gather(spec, "--dry-run", *args, env=env).exited(0)
        lacks(plan.out.decode() + plan.err, *secrets)
        contains(plan.out.decode(), "***")
    bad = {"requests": {"a": {"url": "x://{{env.TOKEN}}@{{env.HOST}}/"}}}
    lacks(refused(bad, "1:", env=env), *secrets)


if __name__ == "__main__":
    harness.main()
