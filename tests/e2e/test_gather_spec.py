#!/usr/bin/env python3
"""trawl gather: specs that cannot be run, each refused with its place, and its options."""

import json
import os
import subprocess

import harness
from harness import contains, lacks, same, tmp, trawl, write
from gathers import answers, gather, get, refused


def one(fields, rest=""):
    """A spec of one request "r", on line 2, whose fields begin at column 7."""
    return '{"requests": {\n"r": {%s}}%s}' % (fields, rest)


def refused_each(table):
    for spec, place, *words in table:
        refused(spec, f"the spec:{place}: ", *words)


def test_not_json():
    """what is not JSON: line and column of the first wrong byte"""
    refused_each((
        ("", "1:1", "empty"), ("{", "1:2", "too early"), ("nul", "1:4", "too early"),
        ('{"requests":\n {"a":\t}}', "2:8", "not JSON"), ("{}x", "1:3", "not JSON"),
        ("{'a':1}", "1:2", "not JSON"), ('{"a":1,}', "1:8", "not JSON"),
        ('{"a":01}', "1:7", "not JSON"), ('{"a":1.}', "1:8", "not JSON"),
        ('{"\u20ac":"\t"}', "1:7", "not JSON"), ('["\\x"]', "1:4", "not JSON"),
        (b'{"a":\n"\xc3\x28"}', "2:2", "not UTF-8"), (b'{"a":"\xed\xa0\x80"}', "1:7", "UTF-8")))


def test_nesting():
    """nesting of 10,000 is refused, in a spec and in its parts"""
    deep = "[" * 10000 + "]" * 10000
    refused(deep, "the spec:1:201: nested deeper than 200")
    refused(one('"url":"http://h/","json":' + deep), "nested deeper")
    refused(one('"url":"http://h/"', ',"output":' + '{"a":' * 10000 + "1" + "}" * 10000),
            "nested deeper")


def test_shape():
    """what a spec is not: arrays, unknown fields, fields that are given twice"""
    refused_each((
        ("[]", "1:1", "must be an object"), ("{}", "1:1", 'needs "requests"'),
        ('{"requests":[]}', "1:13", "must be an object"),
        ('{"requests":{}}', "1:13", "no request"),
        ('{"requests":{"r":1}}', "1:18", "must be an object"),
        ('{"request":{}}', "1:2", 'did you mean "requests"?'),
        ('{"requests":{},"requests":{}}', "1:16", "given twice"),
        ('{"zzz":{}}', "1:2", '"zzz" is not known'),
        (one('"url":"http://h/", "metod":"GET"'), "2:26", 'did you mean "method"?'),
        (one('"url":"http://h/","url":"http://h/"'), "2:25", "given twice"),
        (one('"method":"GET"'), "2:6", 'needs a "url"'),
        ('{"defaults":{"url":"x"},"requests":{}}', "1:14", "in defaults"),
        ('{"requests":{"a":{"url":"http://h/"},"a":{"url":"http://h/"}}}', "1:38",
         "given twice"),
        ('{"vars":{"a":1,"a":2},"requests":{}}', "1:16", "given twice"),
        ('{"vars":{"a":1},"requests":{"a":{"url":"http://h/"}}}', "1:29", "variable"),
        ('{"requests":{"item":{"url":"http://h/"}}}', "1:14", "trawl's own"),
        ('{"requests":{"a.b":{"url":"http://h/"}}}', "1:14", "is no name"),
        ('{"requests":{"":{"url":"http://h/"}}}', "1:14", "is no name"),
        ('{"requests":{"errors":{"url":"http://h/"}}}', "1:14", "list of failures"),
        (one('"url":"http://h/"', ',"output":{"errors":1}'), "2:46", "list of failures")))


def test_fields():
    """a field with a value that is none"""
    table = {
        '"url":5': "must be a string", '"url":"ftp://h/"': "no URL of http or https",
        '"url":"http://a b/"': "no URL", '"url":"\\u0000"': "holds a NUL",
        '"url":"ftp://h/{{env.HOME}}"': "no URL", '"url":""': "no URL",
        '"method":"G T"': "must be a method", '"method":5': "must be a string",
        '"headers":5': "object or a list", '"headers":{"a b":"c"}': "not a header's name",
        '"headers":{"a":5}': "must be a string", '"headers":[["a"]]': "[name, value]",
        '"headers":{"a:":"c"}': "colon", '"headers":{"a":"b\\nc"}': "line break",
        '"headers":{"Content-Length":"5"}': "follow from the body",
        '"body":5': "must be a string", '"body":"a","json":1': "do not go together",
        '"method":"HEAD","json":1': "HEAD sends no body",
        '"max_time":"5"': "number of seconds", '"max_time":-1': "negative",
        '"max_time":1e400': "century", '"retry":1.5': "whole number", '"retry":-1': "whole",
        '"retry":99999999999999999999': "whole number",
        '"retry_on":[]': "must not be empty", '"retry_on":[99]': "statuses",
        '"retry_on":"6xx7"': "statuses", '"retry_on":[true]': "statuses",
        '"retry_on":"500-400"': "statuses", '"retry_on":"500-"': "statuses",
        '"think":[1]': "[from, to]", '"think":[2,1]': "[from, to]", '"think":"1"': "seconds",
        '"think":[1,2,3]': "[from, to]",
        '"optional":1': "true or false", '"default":1': 'needs "optional"',
        '"select":"a"': "begins with a slash", '"select":"/~2"': "~0",
        '"as":"xml"': '"auto", "json" or "text"', '"as":"text","select":"/a"': "no parts",
        '"foreach":5': "must be an array", '"foreach":"x"': "must be an array",
        '"expect":5': "must be an object", '"expect":{"x":1}': "not known",
        '"expect":{"status":"x"}': "statuses", '"expect":{"matches":{"/a":"("}}': "regular",
        '"expect":{"equals":{"a":1}}': "slash", '"expect":{"matches":{"/a":1}}': "string",
        '"paginate":{}': "needs", '"paginate":{"next":"x"}': '"link" or a JSON pointer',
        '"paginate":{"cursor":"/c"}': 'needs "param"', '"paginate":{"page":""}': "parameter",
        '"paginate":{"page":"p","next":"link"}': "only one", '"paginate":5': "object",
        '"paginate":{"next":"link","max_pages":0}': "1 at least",
        '"paginate":{"next":"link","start":1}': '"start" goes with',
        '"paginate":{"nxt":"link"}': 'did you mean "next"?'}
    for fields, words in table.items():
        rest = "" if fields.startswith('"url"') else ',"url":"http://h/"'
        refused(one(fields + rest), "the spec:2:", words)


def test_references():
    """references that name nothing, or what is certainly not there"""
    table = {
        "{{nobody}}": "the name \"nobody\" is not known", "{{}}": "names nothing",
        "{{ }}": "names nothing", "{{a b}}": "names nothing", "{{r": "is not closed",
        "{{s#x}}": "begins with a slash", "{{s#/~}}": "~0", "{{s.size}}": ".status",
        "{{s.headers.}}": ".headers.NAME", "{{s.}}": ".status", "{{item}}": '"foreach"',
        "{{index}}": '"foreach"', "{{index#/a}}": "no such part", "{{item.status}}": "no such",
        "{{user#/a}}": "no such part", "{{env}}": "env.NAME", "{{env.}}": "env.NAME",
        "{{env.NO_SUCH_NAME}}": "is not set", "{{v#/b}}": "nothing is there",
        "{{v.status}}": "is a variable", "{{l.status}}": "no one status",
        "{{l.headers.x}}": "no one header", "{{sx}}": 'did you mean "s"?'}
    spec = '{"vars":{"v":{"a":1}},"requests":{"s":{"url":"http://h/"},\n' \
           '"l":{"foreach":[1],"url":"http://h/"},\n"r":{"url":"http://h/%s"}},"output":1}'
    for text, words in table.items():
        refused(spec % text, "the spec:3:22: ", words)
        refused(one('"url":"http://h/","optional":true,"default":"%s"' % text), "the spec:2:")
    refused(spec % "{{\\u006eobody}}", '"nobody" is not known')
    refused(one('"url":"http://h/"', ',\n"output":{"a":[\n"x{{b}}"]}'), "the spec:4:3: ",
            '"b" is not known')
    refused('{"vars":{"a":"{{b}}","b":1},"requests":{}}', "the spec:1:15: ", "before it")
    refused('{"vars":{"a":"{{r}}"},"requests":{"r":{"url":"http://h/"}}}', "before it")
    refused('{"defaults":{"headers":{"A":"{{x}}"}},"requests":{"r":{"url":"http://h/"}}}',
            "the spec:1:30: ")


def test_foreach_certain_to_fail():
    """a foreach over what is no array, and items that have not what is asked of them"""
    spec = '{"requests":{"s":{"url":"http://h/"},\n"r":{"url":"http://h/%s","foreach":%s%s}}}'
    refused(spec % ("", '"{{s.status}}"', ""), "the spec:2:", "must be an array")
    refused(spec % ("", '"{{s.headers.x}}"', ""), "the spec:2:", "must be an array")
    refused(spec % ("{{item#/b}}", '[{"b":1},{"a":1}]', ""), "the spec:2:22: ",
            "{{item#/b}}: nothing is there in item 1")
    refused(spec % ("", '[1]', ',"json":{"x":"{{item#/b}}"}'), "the spec:2:", "item 0")
    for good in (("{{item#/b}}", '[{"b":1},{"a":1}]', ',"optional":true'),
                 ("{{item#/b}}", '["{{s}}"]', ""), ("{{item#/b}}", '"{{s}}"', ""),
                 ("{{item#/b/0}}{{item}}", '[{"b":[0]}]', "")):
        gather(spec % good, "--dry-run").exited(0)


def test_not_utf8():
    """the environment and --var must be UTF-8: nothing else is sent in place of a value"""
    spec = one('"url":"http://h/{{env.BAD}}"')
    refused(spec, "the spec:2:23: {{env.BAD}} is not UTF-8", env={"BAD": "a\udcff"})
    gather(spec, "--dry-run", env={"BAD": "\u00e4"}).exited(0)
    for option in ("v=\udcff", "\udcff=v", "v=\udced\udca0\udc80"):
        result = gather(one('"url":"http://h/"'), "--dry-run", "--var", option).exited(2)
        contains(result.err, "is not UTF-8")


def test_cycles():
    """requests that wait for each other, or for themselves"""
    def spec(**needs):
        return json.dumps({"requests": {n: {"url": f"http://h/{{{{{v}}}}}" if v else
                                            "http://h/"} for n, v in needs.items()}}, indent=1)
    contains(refused(spec(a=None, b="c", c="b"), "the spec:6:3: "), "b needs c, c needs b")
    contains(refused(spec(a="a"), "the spec:3:3: "), "a needs a")
    refused(spec(x="a", a="b", b="c", c="a"), "the spec:", "wait for each other: ")
    big = {f"n{i}": f"n{(i + 1) % 1000}" for i in range(1000)}
    refused(spec(**big), "wait for each other")


def test_limits():
    """as many requests as may be, and one more"""
    requests = {f"r{i}": {"url": "http://h/"} for i in range(1000)}
    gather({"requests": requests}, "--dry-run").exited(0)
    refused({"requests": {**requests, "more": {"url": "http://h/"}}}, "more than 1000")


def test_sends_nothing():
    """a spec that is refused sends nothing, also where its fault is the last"""
    server = answers({"/": "1"})
    refused({"requests": {"a": {"url": server.url + "/"}, "b": {"url": "{{a}}{{c}}"}}}, '"c"')
    same(server.requests, [], "requests")


def test_hostile_text():
    """what a message shows of a spec obeys no terminal"""
    err = refused('{"requests":{"r":{"url":"http://h/{{\\u001b[31m}}"}}}', "names nothing")
    lacks(err, "\x1b")


def test_where_it_comes_from():
    """a spec is a file, or standard input; the message names the file"""
    path = write('{"requests":{}}', "my.json")
    result = trawl("gather", path).exited(2)
    contains(result.err, f"{path}:1:13: there is no request")
    server = answers({"/": "1"})
    good = {"requests": {"r": {"url": server.url + "/"}}}
    for args, stdin in (((write(json.dumps(good)),), None), (("-",), json.dumps(good)),
                        ((), json.dumps(good))):
        same(trawl("gather", *args, stdin=stdin).exited(0).out, b'{"r":1}\n', "document")
    contains(trawl("gather", "/nowhere/x.json").exited(2).err, "cannot be read")
    contains(trawl("gather", "a", "b").exited(2).err, "one spec too many")


def test_options():
    """options that do not go together, and a spec that would be written over"""
    path = write('{"requests":{"r":{"url":"http://h/"}}}')
    for args, words in (
            (("--ramp", "1"), "--users"), (("--timeline", "--users", "2"), "--users"),
            (("--timeline", "--dry-run"), "--dry-run"), (("--dry-run", "-o", "x"), "--output"),
            (("-o", path), "same file"), (("--dry-run", "--summary", "x"), "--summary"),
            (("--summary", path), "same file"), (("--users", "0"), "whole number"),
            (("--errors", "x"), "document or stderr"), (("--state", "x"), "unknown option"),
            (("--var", "a"), "name=value"), (("--var", "env=1"), "trawl's own"),
            (("--var", "a=1", "--var", "a=2"), "given twice"),
            (("--dryrun",), "did you mean --dry-run?"), (("-q", "-v"), "-q and -v")):
        contains(trawl("gather", path, *args).exited(2).err, words)
    same(harness.read(path), b'{"requests":{"r":{"url":"http://h/"}}}', "the spec")


def test_on_a_terminal():
    """a terminal as standard input, and no spec: how to give one"""
    script = harness.need("script")
    done = subprocess.run([script, "-qec", f"{os.environ['TRAWL']} gather", "/dev/null"],
                          capture_output=True, timeout=harness.PATIENCE, check=False,
                          stdin=subprocess.DEVNULL)
    same(done.returncode, 2, "status")
    contains(done.stdout.decode(), "Give the spec as a file")


def test_completion():
    """bash completes spec files, options and their arguments"""
    folder = tmp()
    for name in ("a.json", "b c.json", "x.txt"):
        harness.write(b"")
        open(os.path.join(folder, name), "w", encoding="ascii").close()
    os.mkdir(os.path.join(folder, "dir"))
    script = 'compopt() { :; }; source <("$TRAWL" --completion bash)\n' \
             'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _trawl; printf "%s\\n" "${COMPREPLY[@]}"'
    def complete(*words):
        out = subprocess.run(["bash", "-c", script, "bash", "trawl", "gather", *words],
                             capture_output=True, cwd=folder, check=True, text=True).stdout
        return sorted(out.splitlines())
    same(complete(""), ["a.json", "b c.json", "dir"])
    same(complete("b"), ["b c.json"])
    same(complete("--errors", ""), ["document", "stderr"])
    same(complete("--us"), ["--user", "--user-agent", "--users"])
    zsh = trawl("--completion", "zsh").out.decode()
    fish = trawl("--completion", "fish").out.decode()
    contains(zsh, '_files -g "*.json"')
    contains(fish, "__fish_complete_suffix .json")


def test_help():
    """--help names the options that gather has, and not those it has not"""
    text = trawl("gather", "--help").exited(0).out.decode()
    contains(text, "usage: trawl gather [OPTION]... [SPEC]", "--var", "--users", "--timeline")
    lacks(text, "--state", "--ordered")


def test_json_of_rfc_8259():
    """documents by RFC 8259: what is a value passes as it is, what is none fails"""
    good = ["0", "-0", "-1.5E-3", "1e5", '""', '"\\u0000\\ud83d\\ude00\\ud800"', "true",
            "null", "[]", "{}", '{"":{"":[]}}', '["\u007f\u2028"]', '{"a":1,"a":1}',
            '"\\"\\\\\\/\\b\\f\\n\\r\\t"']
    bad = ["01", "+1", ".5", "1.", "1e", "0x1", "NaN", "-", "--1", "tru", "nulll", "[1,]",
           "[,1]", "[1 2]", '{"a"}', '{"a":}', "{a:1}", '{"a":1,}', "'a'", '"\t"', '"\\q"',
           '"\\u12"', '"', "[", "]", "{", "[1}", "1 2", "/**/1", "\ufeff\ufeff1"]
    texts = {f"g{i}": t for i, t in enumerate(good)} | {f"b{i}": t for i, t in enumerate(bad)}
    server = answers({"/" + n: t for n, t in texts.items()})
    result = gather({"requests": {n: {"url": f"{server.url}/{n}"} for n in texts}}).exited(1)
    for name, text in texts.items():
        shown = text if name[0] == "g" else "null"
        contains(result.out.decode(), f'"{name}":{shown},')
    failed = {e["request"] for e in json.loads(result.out)["errors"]}
    same(failed, {n for n in texts if n[0] == "b"}, "failures")


def test_pointers_of_rfc_6901():
    """the examples of RFC 6901, and what is not there"""
    body = ('{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\\\j":5,'
            '"k\\"l":6," ":7,"m~n":8}')
    server = answers({"/": body})
    pointers = {"/foo": ["bar", "baz"], "/foo/0": "bar", "/": 0, "/a~1b": 1, "/c%d": 2,
                "/e^f": 3, "/g|h": 4, "/i\\j": 5, '/k"l': 6, "/m~0n": 8}
    missing = ["/foo/2", "/foo/-", "/foo/00", "/foo/01", "/foo/+0", "/foo/0/x", "/foo/",
               "/bar", "/foo/99999999999999999999"]
    output = {p: "{{r#%s}}" % p for p in [*pointers, *missing]} | {"all": "{{r#}}"}
    result = gather({"requests": {"r": {"url": server.url + "/"}}, "output": output}).exited(1)
    doc = json.loads(result.out)
    same({p: doc[p] for p in pointers}, pointers)
    same(doc["all"], json.loads(body))
    same([doc[p] for p in missing], [None] * len(missing))
    same(len(doc["errors"]), len(missing))
    same(get({"requests": {"r": {"url": server.url + "/", "select": "/ "}}}), {"r": 7})


if __name__ == "__main__":
    harness.main()
