#!/usr/bin/env python3
"""The recipes of README and trawl-gather(1) on the demonstration's server, and every spec
against contrib/schema/gather.schema.json."""

import glob
import json
import os
import re
import subprocess

import harness
from harness import Skip, check, contains, fixture, read, same, tmp
from gathers import gather
import servers

try:
    import jsonschema
except ImportError:
    jsonschema = None

EXAMPLES = os.path.join(harness.TOP, "contrib", "examples", "gather")


def text(*path):
    return read(os.path.join(harness.TOP, *path)).decode()


@fixture
def demo():
    """The URL of nginx with the demonstration's configuration."""
    program, folder = harness.need("nginx"), tmp()
    modules = [m for m in servers.ECHO_MODULE if os.path.exists(m)]
    if not modules:
        raise Skip("nginx has no echo module")
    for _ in range(5):
        port = harness.free_port()
        conf = text("contrib", "demo", "nginx.conf").replace("@DIR@", folder) \
            .replace("@PORT@", str(port)).replace("@MODULES@", os.path.dirname(modules[0]))
        path = os.path.join(folder, "nginx.conf")
        with open(path, "w", encoding="utf-8") as f:
            f.write(("user root;\n" if os.geteuid() == 0 else "") + conf)
        process = subprocess.Popen([program, "-c", path, "-p", folder, "-e", "stderr"],
                                   stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   start_new_session=True)
        harness.defer(servers.Nginx._stop, process)  # pylint: disable=protected-access
        if harness.wait_for_port(port, process):
            return f"http://127.0.0.1:{port}"
    raise AssertionError("nginx does not start")


def run(command, **variables):
    """What a shell's command prints, with trawl and jq in its path."""
    harness.need("jq")
    env = harness.environment(variables)
    env["PATH"] = os.path.dirname(os.environ["TRAWL"]) + ":" + env["PATH"]
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=harness.TOP, env=env,
                          capture_output=True, timeout=harness.PATIENCE, text=True, check=False)
    same(done.returncode, 0, f"status of {command}: {done.stderr}")
    return done.stdout


def recipes():
    """(name, spec as printed, command, output as printed) of README's section."""
    section = text("README").split("\nGathering\n")[1].split("\nInstalling\n")[0]
    pattern = r"    \$ cat (\S+)\n((?:    .*\n)+?)    \$ (trawl gather .*)\n((?:    .*\n)+)"
    return [(name, spec, command, out) for name, spec, command, out in
            re.findall(pattern, section)]


def test_readme():
    """the three recipes of README: specs, commands and output as printed"""
    same(len(recipes()), 3, "recipes")
    for name, spec, command, out in recipes():
        printed = re.sub("^    ", "", spec, flags=re.M)
        same(printed, text(name), name)
        command = command.replace(" gather ", f" gather --var api={demo()} ")
        printed = re.sub("^    ", "", out, flags=re.M)
        for got, line in zip(run(command).splitlines(), printed.splitlines(), strict=True):
            if line.endswith("..."):
                got, line = got[:len(line) - 3], line[:-3]
            same(got, line, command)


def test_manual():
    """the examples of the manual page that ask the demonstration's server"""
    page = text("man", "trawl-gather.1").split(".Sh EXAMPLES")[1]
    blocks = [b.replace("\\e", "\\") for b in
              re.findall(r"\.Bd -literal -offset indent\n(.*?)\.Ed", page, re.S) if "$api" in b]
    same(len(blocks), 3, "examples")
    outputs = [run(block, api=demo()) for block in blocks]
    contains(outputs[0], '"celsius": 21.5', '"news": []', "HTTP 503")
    same(outputs[1], "tea\ntoast\n")
    same(outputs[2].splitlines(), ['{"id":%d,"total":%d.5}' % (i, i) for i in range(1, 6)])


def test_bootstrap():
    """the demonstration runs every example"""
    contains(text("bootstrap"), "for name in apis chain pages; do")
    same(sorted(os.path.basename(p) for p in glob.glob(EXAMPLES + "/*.json")),
         ["apis.json", "chain.json", "pages.json"])


# --- the schema -------------------------------------------------------------------

@fixture
def validator(name="gather.schema.json"):
    if not jsonschema:
        raise Skip("python3-jsonschema is not installed")
    schema = json.loads(text("contrib", "schema", name))
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def specs_of_tests():
    """Good specs, of all fields."""
    url = "http://h/"
    fields = [
        {}, {"method": "PUT", "body": "x"}, {"json": [1]}, {"headers": {"A": "b", "C": None}},
        {"headers": [["A", "b"]]}, {"max_time": 0.5, "retry": 3}, {"retry_on": "expect"},
        {"retry_on": [404, "5xx", "expect"]}, {"retry_on": "500-503"}, {"think": 1},
        {"think": [0, 1.5]}, {"optional": True, "default": {"x": 1}}, {"select": "/a~1b/~0"},
        {"as": "text"}, {"foreach": [1]}, {"expect": {"status": 200}},
        {"expect": {"status": ["2xx"], "equals": {"/a": None}, "matches": {"": "^x"}}},
        {"paginate": {"next": "link", "max_pages": 5}}, {"paginate": {"next": "/n"}},
        {"paginate": {"cursor": "/c", "param": "c"}}, {"paginate": {"page": "p", "start": 0}},
        {"paginate": {"offset": "o"}}]
    yield from ({"requests": {"r": {"url": url, **f}}} for f in fields)
    yield {"$schema": "x", "vars": {"a": 1, "b": "{{a}}"}, "output": ["{{r}}"],
           "defaults": {"headers": {"A": "b"}, "max_time": 1, "retry": 0, "retry_on": 404,
                        "think": 1, "as": "json", "expect": {}, "optional": False},
           "requests": {"r": {"url": url}, "s": {"foreach": "{{r}}", "url": url}}}


def test_schema_accepts():
    """the schema accepts every example, and what trawl accepts"""
    for path in glob.glob(EXAMPLES + "/*.json"):
        validator().validate(json.loads(read(path)))
    page = text("man", "trawl-gather.1")
    blocks = re.findall(r'^(\{"(?:vars|requests)".*?)^(?:END|\.Ed)', page, re.S | re.M)
    same(len(blocks), 5, "specs of the manual")
    for block in blocks:
        validator().validate(json.loads(block))
    for spec in specs_of_tests():
        gather(spec, "--dry-run").exited(0)
        for error in validator().iter_errors(spec):
            raise AssertionError(f"{error.message} in {spec}")


def test_schema_refuses():
    """the schema refuses what trawl refuses, as far as it can tell"""
    url = "http://h/"
    fields = [
        {"url": 5}, {"metod": "GET"}, {"method": "G T"}, {"method": 5}, {"body": 5},
        {"body": "a", "json": 1}, {"headers": 5}, {"headers": {"a b": "c"}},
        {"headers": {"a": 5}}, {"headers": [["a"]]}, {"max_time": "5"}, {"max_time": -1},
        {"retry": 1.5}, {"retry": -1}, {"retry_on": []}, {"retry_on": [99]},
        {"retry_on": "6xx7"}, {"think": [1]}, {"think": "1"}, {"optional": 1},
        {"select": "a"}, {"select": "/~2"}, {"as": "xml"}, {"as": "text", "select": "/a"},
        {"foreach": 5}, {"foreach": "x"}, {"expect": 5}, {"expect": {"x": 1}},
        {"expect": {"status": "x"}}, {"expect": {"equals": {"a": 1}}},
        {"expect": {"matches": {"/a": 1}}}, {"paginate": {}}, {"paginate": {"next": "x"}},
        {"paginate": {"cursor": "/c"}}, {"paginate": {"page": ""}},
        {"paginate": {"page": "p", "next": "link"}}, {"paginate": {"next": "link", "start": 1}},
        {"paginate": {"next": "link", "max_pages": 0}}, {"paginate": {"nxt": "link"}}]
    bad = [{"requests": {"r": {"url": url, **f}}} for f in fields]
    bad += [[], {}, {"requests": []}, {"requests": {}}, {"requests": {"r": {}}},
            {"requests": {"r": 1}}, {"zzz": 1, "requests": {"r": {"url": url}}},
            {"requests": {"item": {"url": url}}}, {"requests": {"a.b": {"url": url}}},
            {"requests": {"": {"url": url}}}, {"requests": {"errors": {"url": url}}},
            {"requests": {"r": {"url": url}}, "output": {"errors": 1}},
            {"requests": {"r": {"url": url}}, "vars": {"env": 1}},
            {"requests": {"r": {"url": url}}, "defaults": {"url": url}}]
    for spec in bad:
        gather(spec, "--dry-run").exited(2)
        check(not validator().is_valid(spec), f"accepts {spec}")


def test_summary():
    """the summary against its schema, by_name and the types of its own among it"""
    path = os.path.join(tmp(), "summary")
    server = servers.fixed(servers.json_reply("1"))
    requests = {"good": {"url": server.url}, "bad": {"url": server.url,
                                                     "expect": {"equals": {"": 2}}},
                "never": {"url": server.url + "/{{bad}}"}}
    gather({"requests": requests}, "--summary", path).exited(1)
    summary = json.loads(read(path))
    for error in validator("summary.schema.json").iter_errors(summary):
        raise AssertionError(f"{error.message} at {list(error.path)} in {summary}")
    same(summary["errors"], {"unexpected": 1}, "errors")
    same({n: b["requests"] for n, b in summary["by_name"].items()},
         {"good": 1, "bad": 1, "never": 0}, "by_name")


if __name__ == "__main__":
    harness.main()
