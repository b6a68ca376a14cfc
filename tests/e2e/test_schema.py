#!/usr/bin/env python3
"""Real records of every kind, and summaries, against contrib/schema."""

import json
import os

import harness
from harness import Skip, check, fetch, fixture, free_port, lines, same, tmp
import servers
from servers import fixed, json_reply, raw, redirect, reply

try:
    import jsonschema
except ImportError:
    jsonschema = None


def load(name):
    path = os.path.join(harness.TOP, "contrib", "schema", name)
    return json.loads(harness.read(path))


@fixture
def validator(name="record.schema.json"):
    if not jsonschema:
        raise Skip("python3-jsonschema is not installed")
    schema = load(name)
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def valid(result):
    check(result.records, "no records")
    for record in result.records:
        for error in validator().iter_errors(record):
            raise AssertionError(f"{error.message} at {list(error.path)} in {record}")
    return result


def test_plain():
    """records of success"""
    valid(fetch(fixed().url, fixed().url).ok(2))


def test_extras():
    """--body, --headers, --redirects"""
    answers = (json_reply('{"a":[1,1e400]}'), json_reply("null"), reply("text"),
               reply(bytes(range(256))), reply("", 204), redirect(fixed().url))
    urls = [fixed(a).url for a in answers]
    valid(fetch("--body", "--headers", "--redirects", *urls).ok(len(urls)))


def test_failures():
    """records of failure"""
    handlers = (servers.empty_reply, servers.resets_at_once, servers.garbage,
                servers.cut_short, servers.bad_chunk, servers.endless_headers,
                servers.lengths("5", "6"), servers.gzip_bomb(10))
    urls = [raw(h).url for h in handlers]
    urls += [f"http://127.0.0.1:{free_port()}/", "file:///x", "http://[",
             fixed(reply("", 404)).url, fixed(redirect("file:///x")).url,
             fixed(redirect("/")).url, fixed(tls=servers.tls()).url]
    valid(fetch("--body", "--headers", "--redirects", *urls).exited(1))


def test_bad_lines():
    """records of lines that are no request"""
    valid(fetch(stdin=b'{\n{"x":1}\n{"url":5}\na\0b\n\xff\n[1]\n').exited(1))


def test_ids():
    """records with an id"""
    valid(fetch(stdin=lines({"url": fixed().url, "id": "a"}, {"url": fixed().url, "id": 5},
                            {"id": "lost"})))


def test_cancelled():
    """records of cancelled requests"""
    gate = servers.Gate()
    result = fetch("--fail-fast", gate.url, gate.url, fixed(reply("", 404)).url)
    same(len(valid(result).records), 3, "records")


def test_http2():
    """records over HTTP/2"""
    nginx = servers.Nginx(pair=servers.good_pair())
    valid(fetch("--cacert", servers.authority().cert, "--headers", nginx.url).ok(1))


def test_downloads():
    """records of downloads: new, there already, failed, refused, not sent"""
    where, url = tmp(), fixed(reply("text")).url
    args = ("download", "-q", "-d", where, "--hash", url + "/a", url + "/a", "ftp://x/",
            f"http://127.0.0.1:{free_port()}/b", "--retry", "0")
    for _ in range(2):
        result = valid(harness.trawl(*args))
        same(len(result.records), 4, "records")
        check(any("sha256" in r for r in result.records), "no hash")
    for record in harness.trawl(*args, "--dry-run").records:
        for error in validator("dry-run.schema.json").iter_errors(record):
            raise AssertionError(f"{error.message} in {record}")


def test_crawls():
    """records of a crawl, and lines of --why"""
    site = servers.routes({
        "/": reply("<html lang=en><title>t</title><a href=/a><a href=/b><a href=/a#x>"
                   "<a href=http://127.0.0.2:1/>", type="text/html"),
        "/a": redirect("/"), "/b": redirect("http://127.0.0.2:1/x")})
    result = harness.trawl("crawl", "-q", site.url, "nonsense://", "--links",
                           f"http://127.0.0.1:{free_port()}/", "--retry", "0", "--why",
                           "--retry-max-time", "1")
    skipped = [r for r in result.records if "skipped" in r]
    pages = [r for r in result.records if "skipped" not in r]
    same((len(skipped), len(pages)), (2, 5), "lines and records")
    for record in skipped:
        for error in validator("skipped.schema.json").iter_errors(record):
            raise AssertionError(f"{error.message} in {record}")
    for record in pages:
        for error in validator().iter_errors(record):
            raise AssertionError(f"{error.message} in {record}")


def test_broken_links():
    """lines of --check"""
    site = servers.routes({"/": reply("<a href=/gone><a href=#x><a href='http://['>"
                                      f"<img src='http://127.0.0.1:{free_port()}/'>",
                                      type="text/html",
                                      headers={"Link": "</gone>; rel=next"})})
    result = harness.trawl("crawl", "-q", site.url, "--check", "--retry", "0")
    broken = [r for r in result.records if "broken" in r]
    same(len(broken), 5, "lines")
    for record in broken:
        for error in validator("broken.schema.json").iter_errors(record):
            raise AssertionError(f"{error.message} in {record}")
    for record in result.records:
        if "broken" not in record:
            for error in validator().iter_errors(record):
                raise AssertionError(f"{error.message} in {record}")
    for name in broken[0]:
        rest = {k: v for k, v in broken[0].items() if k != name}
        check(not validator("broken.schema.json").is_valid(rest), f"accepts none {name}")


def test_schema_is_strict():
    """the schema refuses what is no record"""
    good = fetch(fixed().url).ok(1).record
    for change in ({"index": "0"}, {"error": "bad"}, {"ok": None}, {"schema": 2},
                   {"error": {"type": "nonsense", "message": "m", "retriable": True}},
                   {"time_total": -1}, {"attempts": "1"}, {"url": None, "method": 5}):
        check(not validator().is_valid({**good, **change}), f"accepts {change}")
    for name in ("url", "index", "ok", "error", "response_code", "schema"):
        record = {k: v for k, v in good.items() if k != name}
        check(not validator().is_valid(record), f"accepts a record without {name}")


def test_schema_knows_every_error():
    """the schema names every type of error"""
    text = json.dumps(load("record.schema.json"))
    same([t for t in sorted(harness.ERROR_TYPES) if f'"{t}"' not in text], [], "missing")


def test_dry_run():
    """lines of --dry-run: requests, refused URLs, lines that are none"""
    text = lines({"url": "http://h/", "id": [1], "headers": {"X-A": "", "Cookie": "c"}},
                 {"url": "http://h/", "method": "PUT", "body": "abc"}, {"id": 1},
                 {"url": 5})
    result = fetch("--dry-run", stdin=text + "{\nh\nftp://u:p@h/\nhttp://[\na\0b\n")
    for record in result.exited(1).records:
        for error in validator("dry-run.schema.json").iter_errors(record):
            raise AssertionError(f"{error.message} at {list(error.path)} in {record}")
    same(len(result.sorted), 9, "records")


def test_summary():
    """--summary against its schema, which refuses what is none"""
    path = os.path.join(tmp(), "summary")
    for urls in ((fixed().url, fixed(reply("", 404)).url, "ftp://h/"), ("http://[",)):
        fetch("--summary", path, *urls).exited(1)
        summary = json.loads(harness.read(path))
        for error in validator("summary.schema.json").iter_errors(summary):
            raise AssertionError(f"{error.message} at {list(error.path)} in {summary}")
    for name in summary:
        rest = {k: v for k, v in summary.items() if k != name}
        check(not validator("summary.schema.json").is_valid(rest), f"accepts none {name}")
    check(not validator("summary.schema.json").is_valid({**summary, "x": 1}), "accepts x")


if __name__ == "__main__":
    harness.main()
