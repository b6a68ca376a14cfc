#!/usr/bin/env python3
"""Being interrupted, killed, taken up again, and short of file descriptors."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import time

import harness
from harness import at_once, check, contains, fetch, fixture, lacks, limit, lines, \
    same, start_fetch, tmp, write
import servers
from servers import fixed, reply


@fixture
def hello():
    return fixed()


def interrupt(number, *args):
    """A run with 4 in flight and 6 waiting, interrupted: its Result."""
    gate = servers.Gate()
    proc = start_fetch("-j", "4", *args, *(f"{gate.url}/{i}" for i in range(10)))
    gate.wait(4)
    proc.signal(number)
    began = time.monotonic()
    result = proc.finish()
    result.took = time.monotonic() - began
    return result


def test_sigint():
    """SIGINT: exit 130, a record for each input read, within about a second"""
    def attempt():
        result = interrupt(signal.SIGINT).exited(130)
        check(len(result.sorted) >= 4, "records")
        same({r["error"]["type"] for r in result.records}, {"cancelled"}, "types")
        return result.took
    at_once(attempt)


def test_sigterm():
    """SIGTERM: exit 143"""
    result = interrupt(signal.SIGTERM).exited(143)
    same({r["error"]["type"] for r in result.sorted}, {"cancelled"}, "types")


def test_sigint_ordered():
    """SIGINT with --ordered: the records owed come in order"""
    result = interrupt(signal.SIGINT, "--ordered").exited(130)
    same([r["index"] for r in result.records], list(range(len(result.records))))


def test_sigint_sends_nothing_new():
    """SIGINT starts nothing new"""
    gate = servers.Gate()
    proc = start_fetch("-j", "2", *(f"{gate.url}/{i}" for i in range(10)))
    gate.wait(2)
    proc.signal(signal.SIGINT)
    proc.finish().exited(130)
    same(len(gate.held), 2, "requests")


def test_sigint_open_input():
    """SIGINT ends a run whose standard input stays open"""
    proc = start_fetch(stdin=subprocess.PIPE)
    proc.feed(hello().url + "\n")
    proc.next_record()
    proc.signal(signal.SIGINT)
    proc.process.wait(harness.PATIENCE)
    same(len(proc.finish().exited(130).records), 1, "records")


def test_sigint_retry_sleep():
    """SIGINT ends a sleep between attempts"""
    server = fixed(reply("", 503))
    proc = harness.Proc("fetch", "--retry", "5", "--retry-delay", "600", "--backoff",
                        "constant", "--retry-max-delay", "600", server.url)
    server.wait_requests(1)
    proc.signal(signal.SIGINT)
    same(len(proc.finish().exited(130).records), 1, "records")


def full_pipe():
    """Both ends of a pipe that takes no more: as a reader that is stuck leaves it."""
    out, pipe = os.pipe()
    os.set_blocking(pipe, False)
    try:
        while os.write(pipe, b"x" * 4096):
            pass
    except BlockingIOError:
        pass
    os.set_blocking(pipe, True)
    return out, pipe


def test_sigint_blocked_output():
    """SIGINT ends a run whose output nobody reads, and says what was dropped"""
    out, pipe = full_pipe()
    server = fixed(reply("b" * 100000))
    proc = start_fetch("--body", *(f"{server.url}/{i}" for i in range(50)), stdout=pipe)
    os.close(pipe)
    server.wait_requests(2)
    proc.signal(signal.SIGINT)
    result = proc.finish().exited(130)
    os.close(out)
    contains(result.err, "were dropped")


def test_sigint_connecting():
    """SIGINT while a connect is not answered"""
    other = servers.Gate()
    proc = start_fetch(f"http://{servers.unanswered()}/", other.url)
    other.wait(1)
    proc.signal(signal.SIGINT)
    same(len(proc.finish().exited(130).sorted), 2, "records")


def test_sigint_summary():
    """SIGINT still writes the summary"""
    path = os.path.join(tmp(), "summary")
    interrupt(signal.SIGINT, "--summary", path)
    summary = json.loads(harness.read(path))
    check(summary["failed"] + summary.get("cancelled", 0) >= 4, f"counts {summary}")


def test_second_sigint():
    """a second SIGINT leaves at once, though the reader of stdout is stuck"""
    out, pipe = full_pipe()
    gate = servers.Gate()
    proc = start_fetch(gate.url, stdout=pipe)
    os.close(pipe)
    gate.wait(1)
    proc.signal(signal.SIGINT)
    for _ in range(100):  # until it is taken as the second one
        try:
            proc.process.wait(0.1)
            break
        except subprocess.TimeoutExpired:
            proc.signal(signal.SIGINT)
    proc.finish().exited(130, -signal.SIGINT)
    os.close(out)


def test_ignored_stays_ignored():
    """SIGINT and SIGTERM that are ignored from the start, as by nohup, stay so"""
    gate = servers.Gate()
    proc = start_fetch(gate.url, prefix=("sh", "-c", 'trap "" INT TERM; exec "$@"', "sh"))
    gate.wait(1)
    proc.signal(signal.SIGINT)
    proc.signal(signal.SIGTERM)
    proc.signal(signal.SIGUSR1)
    proc.wait_err("1 in flight")
    gate.open()
    proc.finish().ok(1)


def test_sigusr1():
    """SIGUSR1 lists what is in flight on standard error, and goes on"""
    gate = servers.Gate()
    proc = start_fetch(gate.url + "/one", gate.url + "/two")
    gate.wait(2)
    proc.signal(signal.SIGUSR1)
    proc.wait_err(r"(?s)2 in flight, 0 waiting, 0 done.*(/one.*/two|/two.*/one)")
    gate.open()
    proc.finish().ok(2)


def test_sigusr1_idle():
    """SIGUSR1 before there is anything to list does no harm"""
    proc = start_fetch(stdin=subprocess.PIPE)
    proc.feed(hello().url + "\n")
    proc.next_record()
    proc.signal(signal.SIGUSR1)
    proc.feed(hello().url + "\n")
    proc.next_record()
    proc.finish().ok(2)


def test_sigusr1_writing():
    """SIGUSR1 while a slow reader alone is waited for does no harm"""
    server = fixed()
    out, pipe = os.pipe()
    proc = start_fetch(*(f"{server.url}/{i}" for i in range(1000)), stdout=pipe)
    os.close(pipe)
    server.wait_requests(1000)
    while "none in flight, 1000 done" not in proc.err:  # all are asked for, and come
        time.sleep(0.1)
        proc.signal(signal.SIGUSR1)
    data = b""
    while piece := os.read(out, 1 << 16):
        data += piece
    os.close(out)
    proc.finish().exited(0)
    same(len(harness.parse(data)), 1000, "records")


def test_sigusr1_hides_secrets():
    """SIGUSR1 shows no password of a URL"""
    gate = servers.Gate()
    proc = start_fetch(gate.url.replace("//", "//me:hunter2@") + "/x")
    gate.wait(1)
    proc.signal(signal.SIGUSR1)
    proc.wait_err("/x")
    gate.open()
    lacks(proc.finish().ok(1).err, "hunter2")


# --- state ------------------------------------------------------------------------

def urls(count, base=None):
    return lines(*(f"{base or hello().url}/{i}" for i in range(count)))


def test_state_complete():
    """--state: a run that was done is not done again"""
    server, state = fixed(), os.path.join(tmp(), "state")
    text = urls(20, server.url)
    fetch("--state", state, stdin=text).ok(20)
    again = fetch("--state", state, stdin=text).exited(0)
    same((again.out, len(server.hits)), (b"", 20), "output, requests")


def test_state_more_input():
    """--state: what was added to the list is fetched, with its index"""
    state = os.path.join(tmp(), "state")
    fetch("--state", state, stdin=urls(5)).ok(5)
    result = fetch("--state", state, stdin=urls(8)).exited(0)
    same(sorted(r["index"] for r in result.records), [5, 6, 7], "indices")


def test_state_equal_urls():
    """--state: the same URL twice is two inputs"""
    state = os.path.join(tmp(), "state")
    fetch("--state", state, hello().url, hello().url).ok(2)
    same(fetch("--state", state, hello().url, hello().url).exited(0).out, b"", "output")


def test_state_failures_reported_once():
    """--state: an input whose failure was reported is not fetched again"""
    server, state = fixed(reply("", 404)), os.path.join(tmp(), "state")
    fetch("--state", state, server.url).exited(1)
    fetch("--state", state, server.url)
    same(len(server.hits), 1, "requests")


@limit(120)
def test_state_sigint():
    """SIGINT with --state, then again: nothing lost, nothing repeated"""
    gate, state = servers.Gate(), os.path.join(tmp(), "state")
    text = urls(30, gate.url)
    for i in range(0, 10):
        gate.release(f"/{i}")
    proc = start_fetch("--per-host", "4", "--state", state, stdin=text)
    proc.wait_lines(10)
    gate.wait(14)
    proc.signal(signal.SIGINT)
    first = proc.finish().exited(130)
    gate.open()
    second = fetch("--state", state, stdin=text).ok()
    done = sorted(r["index"] for r in first.records if r["ok"])
    same(done, list(range(10)), "done before")
    same(sorted(r["index"] for r in second.records), list(range(10, 30)), "done after")
    same(fetch("--state", state, stdin=text).exited(0).out, b"", "third run")


def test_state_sigint_ordered():
    """the same with --ordered: both outputs together are in order"""
    gate, state = servers.Gate(), os.path.join(tmp(), "state")
    text = urls(30, gate.url)
    for i in range(0, 10):
        gate.release(f"/{i}")
    proc = start_fetch("--ordered", "--per-host", "4", "--state", state, stdin=text)
    proc.wait_lines(10)
    gate.wait(14)
    proc.signal(signal.SIGINT)
    first = proc.finish().exited(130)
    gate.open()
    second = fetch("--ordered", "--state", state, stdin=text).ok()
    same([r["index"] for r in first.records if r["ok"]]
         + [r["index"] for r in second.records], list(range(30)), "order")


def kill_at(count, state, text, *args):
    """Kills a run once it has put out so many lines: (records, seconds before)."""
    proc = start_fetch("--state", state, "--rate", "100/s", *args, stdin=text)
    proc.wait_lines(count)
    proc.signal(signal.SIGKILL)
    killed = time.monotonic()
    proc.finish().exited(-signal.SIGKILL)
    ages = [killed - t for t in proc.times]
    return list(zip([json.loads(line) for line in proc.lines], ages))


@limit(200)
def test_state_sigkill():
    """SIGKILL and again, five times: nothing lost, only the last second repeated"""
    state, text, count = os.path.join(tmp(), "state"), urls(1100), 1100
    seen, old = set(), set()
    for lines_before in (1, 30, 600, 220, 60):
        for record, age in kill_at(lines_before, state, text):
            check(record["index"] not in old, f"{record['index']} came again, long after")
            seen.add(record["index"])
            if age > 4:
                old.add(record["index"])
    for record in fetch("--state", state, stdin=text).ok().records:
        check(record["index"] not in old, f"{record['index']} came again, long after")
        seen.add(record["index"])
    same(seen, set(range(count)), "inputs with a record")


@limit(120)
def test_state_sigkill_file():
    """SIGKILL with -o FILE: whole lines, appended to, nothing lost"""
    directory = tmp()
    state, out = os.path.join(directory, "state"), os.path.join(directory, "out")
    server = fixed()
    text = urls(200, server.url)
    for hits in (20, 60, 100):
        proc = start_fetch("--state", state, "--rate", "200/s", "-o", out, stdin=text)
        target = len(server.hits) + hits
        server.wait(lambda t=target: len(server.hits) >= t)
        proc.signal(signal.SIGKILL)
        proc.finish().exited(-signal.SIGKILL)
    fetch("--state", state, "-o", out, stdin=text).exited(0)
    records = harness.parse(harness.read(out))
    same({r["index"] for r in records}, set(range(200)), "inputs with a record")


def test_state_appends():
    """-o FILE with --state appends"""
    directory = tmp()
    state, out = os.path.join(directory, "state"), os.path.join(directory, "out")
    fetch("--state", state, "-o", out, stdin=urls(3)).exited(0)
    fetch("--state", state, "-o", out, stdin=urls(5)).exited(0)
    records = harness.parse(harness.read(out))
    same(sorted(r["index"] for r in records), list(range(5)), "indices")


def test_state_cut_line():
    """a line that a kill left half written in -o FILE does not join the next"""
    directory = tmp()
    state, out = os.path.join(directory, "state"), os.path.join(directory, "out")
    fetch("--state", state, "-o", out, stdin=urls(3)).exited(0)
    with open(out, "ab") as f:
        f.write(b'{"schema":1,"ind')
    fetch("--state", state, "-o", out, stdin=urls(5)).exited(0)
    text = harness.read(out)
    found = set()
    for line in text.splitlines():
        try:
            found.add(json.loads(line)["index"])
        except ValueError:
            pass
    same(found, set(range(5)), "whole records")


def test_state_damaged():
    """a damaged state file: exit 3, a message, the file is left as it was"""
    server = fixed()
    for data in (b"this is no database\n" * 100, b"SQLite format 3\0" + b"\xff" * 5000):
        path = write(data, "state")
        result = fetch("--state", path, server.url).exited(3)
        contains(result.err, path)
        same((result.out, server.hits, harness.read(path)), (b"", [], data))


def test_state_foreign():
    """a database of something else: exit 3, nothing done to it"""
    path = os.path.join(tmp(), "other.db")
    with sqlite3.connect(path) as db:
        db.execute("create table precious (x)")
        db.execute("insert into precious values (1)")
    db.close()
    before = harness.read(path)
    fetch("--state", path, hello().url).exited(3)
    same(harness.read(path), before, "file")


def test_state_unwritable():
    """a state file that cannot be made: exit 3, a message, nothing sent"""
    server = fixed()
    contains(fetch("--state", "/nonexistent/state", server.url).exited(3).err,
             "/nonexistent/state")
    same(server.hits, [], "requests")


def test_state_full():
    """a state file that cannot grow: nothing more is asked for, exit 3"""
    directory = tmp()
    state, out = os.path.join(directory, "state"), os.path.join(directory, "out")
    os.mkfifo(out)
    reader = subprocess.Popen(["cat", out], stdout=subprocess.DEVNULL)
    harness.defer(reader.wait)
    endless = subprocess.Popen(["yes", "ftp://h/"], stdout=subprocess.PIPE)
    harness.defer(endless.wait)
    proc = start_fetch("--state", state, "-o", out, stdin=endless.stdout.fileno(),
                       prefix=("sh", "-c", 'ulimit -f 256; exec "$@"', "sh"))
    endless.stdout.close()
    contains(proc.finish().exited(3).err, state)


def test_state_in_use():
    """a state file in use by another run: a clear error, the other goes on"""
    gate, state = servers.Gate(), os.path.join(tmp(), "state")
    proc = start_fetch("--state", state, gate.url)
    gate.wait(1)
    others = [write("theirs", name) for name in ("summary", "records")]
    result = fetch("--state", state, "--summary", others[0], "-o", others[1],
                   gate.url).exited(3)
    same([harness.read(path) for path in others], [b"theirs"] * 2, "files")
    contains(result.err, state)
    contains(result.err.lower(), "in use")
    gate.open()
    proc.finish().ok(1)


def test_state_other_input():
    """--state with another list: refused, or the new list fetched; never silence"""
    state = os.path.join(tmp(), "state")
    fetch("--state", state, stdin=urls(3)).ok(3)
    result = fetch("--state", state, stdin=urls(3, fixed().url))
    check(result.err if result.status else len(result.records) == 3,
          "other URLs were passed over as done")


# --- few file descriptors ---------------------------------------------------------

def test_few_files():
    """ulimit -n 20: every request succeeds, with a note on standard error"""
    command = ("sh", "-c", 'ulimit -n 20; exec "$@"', "sh")
    hosts = [fixed(host=f"127.0.3.{i}").url for i in range(1, 31)]
    result = fetch(*hosts, *[hello().url] * 100, prefix=command).ok(130)
    check(re.search(r"files? .*open|open files", result.err), "no note")


def test_few_files_state():
    """ulimit -n 20 with --state and -o"""
    command = ("sh", "-c", 'ulimit -n 20; exec "$@"', "sh")
    directory = tmp()
    out = os.path.join(directory, "out")
    fetch("--state", os.path.join(directory, "state"), "-o", out, stdin=urls(100),
          prefix=command).exited(0)
    same(len(harness.parse(harness.read(out))), 100, "records")


# --- dry run ----------------------------------------------------------------------

def test_dry_run():
    """--dry-run sends nothing, lists every request, hides secrets"""
    server = fixed()
    result = fetch("--dry-run", "-H", "Authorization: Bearer hunter2", "-H", "X-A: shown",
                   "-u", "me:hunter2", "-b", "session=hunter2",
                   server.url + "/a", server.url.replace("//", "//me:hunter2@") + "/b")
    result.exited(0)
    contains(result.out, b"/a", b"/b")
    lacks(result.out, b"hunter2")
    lacks(result.err, "hunter2")
    same(server.connections, 0, "connections")


def test_dry_run_bad_lines():
    """--dry-run hides what is in lines that are no request, in the same shape"""
    text = ('{"url":5,"headers":{"Authorization":"Bearer hunter2"}}\n'
            '{"headers":{"Authorization":"Bearer hunter2"}\n'
            'ftp://me:hunter2@h/\nhttp://me:hunt/hunter2@h:99999/\n'
            '{"url":"http://h/?api_key=hunter2&b=c"}\n')
    result = fetch("-q", "--dry-run", stdin=text).exited(1)
    lacks(result.out, b"hunter2")
    same([r["dry_run"] for r in result.sorted], [True] * 5, "dry_run")
    same(len({tuple(r) for r in result.records}), 1, "shapes")
    same(result.sorted[4]["url_effective"], "http://h/?api_key=***&b=c", "url_effective")


def test_dry_run_state():
    """--dry-run does not mark anything as done"""
    state = os.path.join(tmp(), "state")
    fetch("--dry-run", "--state", state, hello().url).exited(0)
    check(not os.path.exists(state), "a state file was made")
    fetch("--state", state, hello().url).ok(1)


if __name__ == "__main__":
    harness.main()
