#!/usr/bin/env python3
"""trawl download: resuming, times, names, and how runs end."""

import email.utils
import gzip
import os
import re
import signal
import time

from downloads import BODY, LARGE, OLD, OLD_TIME, OTHER, cut_before, download, failed, \
    holds, once, sha256, start, together, told
import harness
from harness import check, contains, free_port, lines, same, tmp, write
import servers
from servers import Versioned, fixed, head, redirect, reply


# --- resuming ---------------------------------------------------------------------

def test_resume():
    """a second run goes on where the first was cut"""
    server, out = Versioned(BODY, modified=OLD, cuts=[40000]), tmp()
    failed(once(out, server.url + "/x"), "truncated", True, response_code=200, size=None,
           path=f"{out}/x", resumed_from=0, ranges=1, attempts=1, size_download=40000,
           skipped=False)
    holds(out, x_part=BODY[:40000], x_part_json=None)
    told(once(out, server.url + "/x").ok(1).record, response_code=206, size=100000,
         path=f"{out}/x", resumed_from=40000, ranges=1, attempts=1, size_download=60000,
         skipped=False)
    holds(out, x=BODY)
    same(server.asked, [(None, None), ("bytes=40000-", '"1"')], "Range, If-Range")
    same({r["Accept-Encoding"] for r in server.server.requests}, {"identity"}, "coding")


def test_resume_by_date():
    """without an ETag the date is what If-Range says"""
    server, out = cut_before(etag=None, modified=OLD)
    told(once(out, server.url + "/x").ok(1).record, resumed_from=40000, ranges=1)
    holds(out, x=BODY)
    same(server.asked[1], ("bytes=40000-", OLD), "Range, If-Range")


def test_resume_in_steps():
    """run after run, each of which brings a piece"""
    server, out = Versioned(BODY, cuts=[1, 20, 300, 4000, 50000]), tmp()
    for there in (0, 1, 21, 321, 4321):
        failed(once(out, server.url + "/x"), "truncated", resumed_from=there)
    told(once(out, server.url + "/x").ok(1).record, resumed_from=54321, ranges=1)
    holds(out, x=BODY)


def test_retries_resume():
    """attempts of one run go on, too"""
    server, out = Versioned(BODY, cuts=[30000, 20000]), tmp()
    told(download(out, server.url + "/x").ok(1).record, attempts=3, ranges=3,
         resumed_from=0, size=100000, size_download=100000, response_code=206)
    holds(out, x=BODY)
    same(server.asked, [(None, None), ("bytes=30000-", '"1"'), ("bytes=50000-", '"1"')],
         "Range, If-Range")


def test_resume_behind_failures():
    """what is there stays there while the server has trouble"""
    server, out = cut_before()
    busy = [503, 500]

    def alter(request, status, headers, body):
        return (busy.pop(0), {}, b"not now") if busy else (status, headers, body)
    server.alter = alter
    told(download(out, server.url + "/x").ok(1).record, attempts=3, ranges=1,
         resumed_from=40000)
    holds(out, x=BODY)
    same(server.asked[1:], [("bytes=40000-", '"1"')] * 3, "Range, If-Range")
    server, out = cut_before()
    server.alter = lambda *_: (404, {}, b"gone")
    failed(once(out, server.url + "/x"), "http_status", response_code=404)
    holds(out, x_part=BODY[:40000], x_part_json=None)


def test_progress_is_no_retry():
    """attempts that bring something cost no retries; others do"""
    server, out = Versioned(BODY, cuts=[20000] * 4), tmp()
    told(download(out, "--retry", "1", server.url + "/x").ok(1).record, attempts=5,
         ranges=5)
    server = Versioned(BODY, cuts=[20, 30, 40])
    failed(download(tmp(), "--retry", "1", server.url + "/x"), "truncated", attempts=2)


def test_no_resume():
    """--no-resume begins anew"""
    server, out = cut_before()
    told(once(out, "--no-resume", server.url + "/x").ok(1).record, resumed_from=0,
         ranges=1, size_download=100000, response_code=200)
    holds(out, x=BODY)
    same(server.asked, [(None, None)] * 2, "Range, If-Range")


def test_weak_validators():
    """a part that no strong validator tells of is not kept"""
    for tells in ({"etag": 'W/"1"'}, {"etag": 'W/"1"', "modified": OLD}, {"etag": None},
                  {"etag": "unquoted"}, {"etag": '""'}):
        server, out = cut_before(**tells)
        holds(out)
        told(once(out, server.url + "/x").ok(1).record, resumed_from=0, ranges=1)
        same(server.asked[1], (None, None), "Range, If-Range")


def test_date_of_this_second():
    """nor one that was modified in the second of the answer"""
    def alter(request, status, headers, body):
        return status, {**headers, "Last-Modified": headers["Date"]}, body
    server, out = Versioned(BODY, None, cuts=[40000], alter=alter), tmp()
    failed(once(out, server.url + "/x"), "truncated")
    holds(out)


def test_new_version():
    """a file that has changed comes anew, in the same exchange"""
    for version in ({"etag": '"2"'}, {"etag": None, "modified": OLD}, {"etag": 'W/"1"'}):
        server, out = cut_before()
        server.body, server.etag = OTHER, version["etag"]
        server.modified = version.get("modified")
        told(once(out, server.url + "/x").ok(1).record, resumed_from=0, ranges=1,
             attempts=1, response_code=200, size_download=100000)
        holds(out, x=OTHER)
        same(server.asked[1:], [("bytes=40000-", '"1"')], "Range, If-Range")


def test_shorter_version():
    """the same for one that is shorter than what was there, or empty"""
    for body in (OTHER[:100], b""):
        server, out = cut_before()
        server.body, server.etag = body, '"2"'
        told(once(out, server.url + "/x").ok(1).record, resumed_from=0, size=len(body))
        holds(out, x=body)


def refused_part(out, server, body=BODY):
    """A 206 that is not taken: the whole file is asked for, in the same run."""
    told(once(out, server.url + "/x").ok(1).record, resumed_from=0, ranges=1, attempts=2,
         response_code=200, size=len(body))
    holds(out, x=body)
    same(server.asked[1:], [("bytes=40000-", '"1"'), (None, None)], "Range, If-Range")


def test_ignores_if_range():
    """a part of another version is not taken, whether its validators say so or nothing"""
    for tells in ({"ETag": '"2"'}, {"ETag": 'W/"1"'}, {}, {"Last-Modified": OLD}):
        def alter(request, status, headers, body, tells=tells):
            if not request["Range"]:
                return status, headers, body
            return 206, {"Content-Range": "bytes 40000-99999/100000", **tells}, \
                OTHER[40000:]
        server, out = cut_before()
        server.body, server.etag, server.alter = OTHER, '"2"', alter
        refused_part(out, server, OTHER)


def test_wrong_content_range():
    """a 206 of another range than was asked for, or of one that it does not tell"""
    for value in ("bytes 0-99999/100000", "bytes 39999-99999/100000",
                  "bytes 40001-99999/100000", "bytes 40000-99999/100001",
                  "bytes 40000-99999/99999", "bytes 40000-100000/100000",
                  "bytes 40000-39999/100000", "bytes 40000-99999/*", "bytes */100000",
                  "items 40000-99999/100000", "40000-99999/100000", "", None,
                  "bytes 40000-99999/100000, bytes 0-1/100000"):
        def alter(request, status, headers, body, value=value):
            if status == 206:
                headers["Content-Range"] = value
                if value is None:
                    del headers["Content-Range"]
            return status, headers, body
        server, out = cut_before()
        server.alter = alter
        refused_part(out, server)


def test_more_than_was_said():
    """a 206 with more bytes than its Content-Range"""
    def alter(request, status, headers, body):
        return status, headers, body + b"more" * (status == 206)
    server, out = cut_before()
    server.alter = alter
    refused_part(out, server)
    server, out = cut_before()
    server.alter = lambda request, status, headers, body: (
        status, headers | {"Content-Length": len(body) + (status == 206)}, body)
    refused_part(out, server)  # at once, without a wait for a byte that does not come
    same(len(server.asked), 3, "requests")


def test_less_than_was_said():
    """a 206 with fewer bytes than its Content-Range: the rest is asked for"""
    def alter(request, status, headers, body):
        return status, headers, body[:20000] if status == 206 else body
    server, out = cut_before()
    server.alter = alter
    told(once(out, server.url + "/x").ok(1).record, resumed_from=40000, ranges=3)
    holds(out, x=BODY)
    same(server.asked[1:], [(f"bytes={n}0000-", '"1"') for n in (4, 6, 8)])
    server, out = cut_before()
    server.alter = lambda request, status, headers, body: (status, headers, b"")
    failed(once(out, server.url + "/x"), "truncated")
    holds(out, x_part=BODY[:40000], x_part_json=None)


def test_shorter_range():
    """a 206 that says that it is less than was asked for: the rest is asked for"""
    def alter(request, status, headers, body):
        if status == 206:
            first = int(re.search(r"\d+", request["Range"])[0])
            body = body[:30000]
            headers["Content-Range"] = f"bytes {first}-{first + len(body) - 1}/100000"
        return status, headers, body
    server, out = cut_before()
    server.alter = alter
    told(once(out, server.url + "/x").ok(1).record, resumed_from=40000, ranges=2)
    holds(out, x=BODY)


def test_ignores_range():
    """a server that answers Range with all of it"""
    def alter(request, status, headers, body):
        headers.pop("Content-Range", None)
        return 200, headers, BODY
    server, out = cut_before(alter=alter)
    told(once(out, server.url + "/x").ok(1).record, resumed_from=0, ranges=1, attempts=1,
         response_code=200, size_download=100000)
    holds(out, x=BODY)


def test_part_as_whole():
    """200 with the part that a Content-Range tells of is no whole file"""
    def alter(request, status, headers, body):
        return 200 if status == 206 else status, headers, body
    server, out = cut_before()
    server.alter = alter
    refused_part(out, server)
    large, out = Versioned(LARGE, alter=alter), tmp()
    told(once(out, "--split", "4", large.url + "/x").ok(1).record, size=len(LARGE))
    holds(out, x=LARGE)
    part = head(200, {"Content-Range": "bytes 1-4/9", "Content-Length": 4}) + b"part"
    failed(once(tmp(), fixed(part).url + "/x"), "range")
    for value in ("bytes 0-3/4", "bytes 0-3/*", "bytes */4", "whatever"):
        whole = head(200, {"Content-Range": value, "Content-Length": 4}) + b"part"
        once(tmp(), fixed(whole).url + "/x").ok(1)


def test_unsatisfiable():
    """416 where there was a part: all of it is asked for"""
    def alter(request, status, headers, body):
        if request["Range"]:
            return 416, {"Content-Range": "bytes */100000"}, b"no"
        return status, headers, body
    server, out = cut_before()
    server.alter = alter
    refused_part(out, server)


def test_part_unasked():
    """a 206 to a request for all of it is no file"""
    url = fixed(reply(BODY[:100], 206, {"ETag": '"1"',
                                        "Content-Range": "bytes 0-99/100000"})).url
    out = tmp()
    failed(once(out, url + "/x"), "range", False, response_code=206)
    holds(out)


def test_last_chunk_missing():
    """chunks that end without the last: all bytes may be there, and it is asked"""
    body = b"%x\r\n%b\r\n" % (len(BODY), BODY)

    def handle(conn):
        request = conn.request()
        headers = {"ETag": '"1"', "Transfer-Encoding": "chunked"}
        if request["Range"] == "bytes=100000-":
            conn.send(head(416, {"Content-Range": "bytes */100000",
                                 "Content-Length": 0}))
        else:
            conn.send(head(200, headers) + body
                      + b"0\r\n\r\n" * (conn.number > 1))
    server, out = servers.raw(handle), tmp()
    failed(once(out, server.url + "/x"), "truncated")
    once(out, server.url + "/x").ok(1)
    holds(out, x=BODY)


def test_redirect_elsewhere():
    """on a redirect Range and If-Range go along, and secrets do not"""
    server, out = Versioned(BODY, cuts=[40000], host="127.0.0.2"), tmp()
    first = fixed(redirect(server.url + "/y"))
    args = ("-H", "X-Secret: hunter2", "-H", "Authorization: Bearer hunter2", "-b",
            "a=hunter2", first.url + "/x")
    failed(once(out, *args), "truncated", num_redirects=1)
    told(once(out, *args).ok(1).record, resumed_from=40000, num_redirects=1,
         url_effective=server.url + "/y")
    holds(out, x=BODY)
    same([(r["Range"], r["X-Secret"]) for r in first.requests],
         [(None, "hunter2"), ("bytes=40000-", "hunter2")], "first")
    same(server.asked, [(None, None), ("bytes=40000-", '"1"')], "Range, If-Range")
    secrets = [r[n] for r in server.server.requests
               for n in ("X-Secret", "Authorization", "Cookie")]
    same(set(secrets), {None}, "secrets")


def test_part_of_another_url():
    """a part of another URL's file is none of this one's, whatever the ETags say"""
    server, out = cut_before()
    other = Versioned(OTHER)
    told(once(out, other.url + "/x").ok(1).record, resumed_from=0, ranges=1)
    holds(out, x=OTHER)
    same(other.asked, [(None, None)], "asked")


def test_own_range_header():
    """a Range of the user's own is refused"""
    server, out = fixed(), tmp()
    for line in ("Range: bytes=0-5", "if-range: x", "Accept-Encoding: gzip", "Range;"):
        contains(once(tmp(), "-H", line, "http://h/").exited(2).err, line.split(":")[0])
        failed(once(out, stdin=lines({"url": server.url, "headers": [line]})), "bad_input")
    same(server.hits, [], "requests")
    once(out, stdin=lines({"url": server.url + "/x", "headers": {"X-Range": "1"}})).ok(1)


# --- modification times, and -N ---------------------------------------------------

def test_mtime():
    """modification times are the server's, unless they are impossible"""
    now = time.time()
    for value, expected in ((OLD, OLD_TIME), ("never", None), (None, None), (
            email.utils.formatdate(now + 86400, usegmt=True), None)):
        out = tmp()
        once(out, Versioned(b"x", modified=value).url + "/x").ok(1)
        mtime = os.stat(f"{out}/x").st_mtime
        if expected:
            same(mtime, expected, "modification time")
        else:
            check(now - 5 < mtime < now + 3600, f"modified {mtime}, {value}")
    out = tmp()
    once(out, "--no-mtime", Versioned(b"x", modified=OLD).url + "/x").ok(1)
    check(os.stat(f"{out}/x").st_mtime > now - 5, "--no-mtime sets it")


def need_attributes():
    try:
        os.setxattr(tmp(), "user.trawl.test", b"x")
    except OSError:
        raise harness.Skip("no extended attributes here") from None


def conditions(server):
    return [(r["If-None-Match"], r["If-Modified-Since"], r["Range"])
            for r in server.server.requests]


def replaced(out, server, body, *args):
    """With -N, a file that has changed is replaced."""
    before = os.stat(f"{out}/x").st_ino
    told(once(out, "-N", *args, server.url + "/x").ok(1).record, response_code=200,
         skipped=False, size=len(body), resumed_from=0)
    holds(out, x=body)
    check(os.stat(f"{out}/x").st_ino != before, "written in place")


def left_alone(out, server, *args):
    before = os.stat(f"{out}/x")
    told(once(out, "-N", *args, server.url + "/x").ok(1).record, response_code=304,
         skipped=True, path=f"{out}/x", ranges=0, error=None)
    after = os.stat(f"{out}/x")
    same((after.st_ino, after.st_mtime_ns), (before.st_ino, before.st_mtime_ns), "file")


def test_timestamping_by_etag():
    """-N asks by ETag: 304 leaves the file alone, a new one replaces it"""
    need_attributes()
    server, out = Versioned(BODY), tmp()
    once(out, "-N", server.url + "/x").ok(1)
    left_alone(out, server)
    server.body, server.etag = OTHER, '"2"'
    replaced(out, server, OTHER)
    left_alone(out, server)
    same(conditions(server), [(None, None, None)] + [(e, None, None) for e in
                                                     ('"1"', '"1"', '"2"')], "asked")


def test_timestamping_by_date():
    """-N asks by the modification time where there is no ETag"""
    server, out = Versioned(BODY, etag=None, modified=OLD), tmp()
    once(out, "-N", server.url + "/x").ok(1)
    left_alone(out, server)
    server.body, server.modified = OTHER, "Tue, 03 Nov 2015 10:00:00 GMT"
    replaced(out, server, OTHER)
    same(conditions(server), [(None, None, None)] + [(None, OLD, None)] * 2, "asked")


def test_timestamping_touched():
    """-N: the ETag of a file that somebody has changed is worth nothing"""
    need_attributes()
    server, out = Versioned(BODY, modified=OLD), tmp()
    once(out, "-N", server.url + "/x").ok(1)
    with open(f"{out}/x", "r+b") as f:
        f.write(b"mine")
    os.utime(f"{out}/x", (1000000000, 1000000000))
    replaced(out, server, BODY)
    same(conditions(server)[1], (None, "Sun, 09 Sep 2001 01:46:40 GMT", None), "asked")


def test_timestamping_cut():
    """-N: a replacement that is cut leaves the old file there, and is gone on with"""
    server, out = Versioned(BODY, modified=OLD), tmp()
    once(out, "-N", server.url + "/x").ok(1)
    server.body, server.etag, server.cuts = OTHER, '"2"', [40000]
    server.modified = "Tue, 03 Nov 2015 10:00:00 GMT"
    failed(once(out, "-N", server.url + "/x"), "truncated")
    holds(out, x=BODY, x_part=OTHER[:40000], x_part_json=None)
    told(once(out, "-N", server.url + "/x").ok(1).record, resumed_from=40000)
    holds(out, x=OTHER)


def test_not_modified_unasked():
    """a 304 that nobody asked for is no file"""
    out = tmp()
    failed(once(out, fixed(head(304, {"ETag": '"1"'})).url + "/x"), "http_status",
           response_code=304)
    holds(out)


# --- names ------------------------------------------------------------------------

def proposing(*names):
    """A server whose answers propose these names."""
    answers = [reply(f"file {i}", headers={"Content-Disposition": n} if n else {})
               for i, n in enumerate(names)]
    return servers.scripted(*answers)


def test_content_disposition():
    """--content-disposition: the server's name, made harmless; else the URL's"""
    for value, name in (('attachment; filename="b.txt"', "b.txt"), (None, "x"),
                        ('attachment; filename="../../b.txt"', None),
                        ("attachment; filename*=UTF-8''%e2%82%ac%20.txt", "€ .txt"),
                        ('attachment; filename=".bashrc"', None), ("attachment", "x")):
        out = tmp()
        record = once(out, "--content-disposition", proposing(value).url + "/x"
                      ).ok(1).record
        found = os.listdir(out)
        same((len(found), record["path"]), (1, f"{out}/{found[0]}"), "files")
        if name:
            same(found[0], name, "name")
        check(not found[0].startswith("."), f"named {found[0]}")
        same(harness.read(record["path"]), b"file 0", "file")
    out = tmp()
    once(out, proposing('attachment; filename="b.txt"').url + "/x").ok(1)
    holds(out, x=b"file 0")


def test_content_disposition_twice():
    """--content-disposition: two files with one name, and one that is there"""
    name = 'attachment; filename="b.txt"'
    server, out = proposing(name, name), tmp()
    once(out, "--content-disposition", "-j", "1", server.url + "/1", server.url + "/2"
         ).ok(2)
    holds(out, b_txt=b"file 0", b_2_txt=b"file 1")
    result = once(out, "--content-disposition", proposing(name).url + "/x").ok(1)
    told(result.record, skipped=True, path=f"{out}/b.txt", size=6)
    failed(once(out, "--content-disposition", "--if-exists", "fail",
                proposing(name).url + "/x"), "file_exists")
    holds(out, b_txt=b"file 0", b_2_txt=b"file 1")


def test_content_disposition_resumed():
    """--content-disposition: a part is found once the server has told the name"""
    def alter(request, status, headers, body):
        return status, {**headers, "Content-Disposition": "inline; filename=b"}, body
    server, out = Versioned(BODY, cuts=[40000], alter=alter), tmp()
    args = "--content-disposition", server.url + "/x"
    failed(once(out, *args), "truncated", path=f"{out}/b")
    holds(out, b_part=BODY[:40000], b_part_json=None)
    told(once(out, *args).ok(1).record, path=f"{out}/b", resumed_from=40000)
    holds(out, b=BODY)


def test_if_exists():
    """--if-exists skip, overwrite, rename, fail"""
    server, out = Versioned(b"new"), tmp()

    def there(*args):
        with open(f"{out}/x.txt", "wb") as f:
            f.write(b"older")
        return once(out, *args, server.url + "/x.txt")
    for args in ((), ("--if-exists", "skip")):
        told(there(*args).ok(1).record, skipped=True, size=5, attempts=0, ranges=0,
             response_code=0, path=f"{out}/x.txt")
    failed(there("--if-exists", "fail"), "file_exists", False, skipped=False, attempts=0)
    same(server.asked, [], "requests")
    holds(out, x_txt=b"older")
    told(there("--if-exists", "rename").ok(1).record, skipped=False,
         path=f"{out}/x.2.txt", size=3)
    told(there("--if-exists", "rename").ok(1).record, path=f"{out}/x.3.txt")
    told(there("--if-exists", "overwrite").ok(1).record, path=f"{out}/x.txt", size=3,
         skipped=False)
    holds(out, x_txt=b"new", x_2_txt=b"new", x_3_txt=b"new")


def test_a_name_taken_meanwhile():
    """a file that comes to be there during the run: --if-exists, never its loss"""
    for size in (10000, 1000000):
        body = (BODY * 10)[:size]
        for how, error, path in (("skip", None, "x.t"), ("fail", "file_exists", "x.t"),
                                 ("rename", None, "x.3.t"), ("overwrite", None, "x.t")):
            out = tmp()
            server = Versioned(body)

            def alter(request, status, headers, body, out=out):
                for name in ("x.t", "x.2.t"):
                    with open(f"{out}/{name}", "w") as f:
                        f.write("theirs")
                return status, headers, body
            server.alter = alter
            result = once(out, "--if-exists", how, "--write-checksums", f"{out}/SUMS",
                          server.url + "/x.t")
            record = result.exited(1 if error else 0).record
            told(record, path=f"{out}/{path}", skipped=how == "skip")
            same(record["error"] and record["error"]["type"], error, "error")
            mine = {"skip": {}, "fail": {}, "rename": {"x_3_t": body},
                    "overwrite": {"x_t": body}}[how]
            holds(out, **{"SUMS": None, "x_t": b"theirs", "x_2_t": b"theirs", **mine})
            if how == "rename":
                same(harness.read(f"{out}/SUMS").decode(), f"{sha256(body)}  x.3.t\n")
                same(len(server.asked), 1, "requests")


def test_overwrite_that_fails():
    """--if-exists overwrite: what fails leaves the old file there"""
    server, out = Versioned(BODY, cuts=[40000]), tmp()
    with open(f"{out}/x", "wb") as f:
        f.write(b"older")
    failed(once(out, "--if-exists", "overwrite", server.url + "/x"), "truncated")
    holds(out, x=b"older", x_part=BODY[:40000], x_part_json=None)
    told(once(out, "--if-exists", "overwrite", server.url + "/x").ok(1).record,
         resumed_from=40000)
    holds(out, x=BODY)


def test_one_name():
    """URLs with one name: numbers, in the order of the list, run after run"""
    server, out = servers.http(lambda r: reply(r.path)), tmp()
    urls = [f"{server.url}/{d}/x.tar.gz" for d in "abc"]
    for skipped in (False, True):
        result = once(out, *urls).ok(3)
        same([os.path.basename(r["path"]) for r in result.sorted],
             ["x.tar.gz", "x.2.tar.gz", "x.3.tar.gz"], "names")
        same({r["skipped"] for r in result.records}, {skipped}, "skipped")
    holds(out, x_tar_gz=b"/a/x.tar.gz", x_2_tar_gz=b"/b/x.tar.gz",
          x_3_tar_gz=b"/c/x.tar.gz")


def test_name_template():
    """--name: templates"""
    server = servers.http(lambda r: reply(r.target))
    host = server.authority.replace(":", "_")
    for template, name in (("{host}/{path}", f"{host}/a/b c.txt"),
                           ("{basename}", "b c.txt"), ("{index}-{basename}", "0-b c.txt"), ("{query}.d", "q=1_2.d"),
                           ("{{x}{index}", "{x}0"), ("a/", "a/index.html")):
        out = tmp()
        told(once(out, "--name", template, server.url + "/a/b%20c.txt?q=1/2").ok(1).record,
             path=f"{out}/{name}")
        same(harness.read(f"{out}/{name}"), b"/a/b%20c.txt?q=1/2", "file")
    for template in ("{x}", "{host", "{}"):
        contains(once(tmp(), "--name", template, server.url).exited(2).err, "--name")


def test_names_of_lines():
    """names in the list: behind a TAB, of an object, -o; folders are made"""
    server, out = fixed(reply("x")), tmp()
    text = (f"{server.url}/a\tone.txt\n{server.url}/a\t{server.url}/b\tsub/two.txt\n"
            + lines({"url": server.url + "/c", "output": "sub/deep/three.txt"}))
    same([r["path"] for r in once(out, stdin=text).ok(3).sorted],
         [f"{out}/{n}" for n in ("one.txt", "sub/two.txt", "sub/deep/three.txt")], "paths")
    told(once(out, "-o", "four.txt", server.url + "/d").ok(1).record,
         path=f"{out}/four.txt")
    once(out, "-o", "five.txt", server.url, server.url).exited(2)
    for path in ("one.txt", "sub/two.txt", "sub/deep/three.txt", "four.txt"):
        same(harness.read(f"{out}/{path}"), b"x", path)


def test_directory():
    """-d makes the directory, and those above; the default is where it runs"""
    server, out = fixed(reply("x")), tmp()
    told(once(out + "/a/b/", server.url + "/x").ok(1).record, path=out + "/a/b/x")
    harness.trawl("download", server.url + "/y", cwd=out).ok(1)
    same(harness.read(out + "/y"), b"x", "file")
    once(out + "/y/z", server.url).exited(3)


# --- answers that are no files, and runs that end early ---------------------------

def test_no_file():
    """what is no whole file has no name: 204, 404, 500, an endless redirect"""
    for answer, code in ((head(204), 204), (reply("no", 404), 404), (reply("", 500), 500),
                         (reply("maybe", 300), 300)):
        out = tmp()
        failed(once(out, fixed(answer).url + "/x"), "http_status", response_code=code,
               size=None, path=f"{out}/x")
        holds(out)
    out = tmp()
    failed(once(out, fixed(redirect("/x")).url + "/x"), "too_many_redirects")
    failed(once(out, f"http://127.0.0.1:{free_port()}/x"), "connect_refused", True)
    holds(out)
    told(once(out, fixed(reply(b"")).url + "/x").ok(1).record, size=0, ranges=1)
    holds(out, x=b"")


def test_head_cut():
    """an answer whose header is cut is none, whatever it says so far"""
    out = tmp()
    for text in (head(200, {"Content-Length": 0})[:-2], head(304)[:-2],
                 b"HTTP/1.1 200 OK\r\nContent-Len", head(103)):
        result = once(out, servers.raw(servers.sends(text)).url + "/x").exited(1)
        check(result.record["error"]["type"] in ("truncated", "empty_reply", "reset"),
              str(result))
        holds(out)


def test_content_coding():
    """a body that is coded though nobody asked for it stays as it came"""
    for coding in ("gzip", "deflate", "unheard-of"):
        body, out = gzip.compress(b"hello world", mtime=0), tmp()
        told(once(out, fixed(reply(body, headers={"Content-Encoding": coding})).url + "/x")
             .ok(1).record, size=len(body))
        holds(out, x=body)


def test_max_size():
    """--max-size: by the length that is told, by what comes, by a part's whole"""
    server, out = Versioned(BODY), tmp()
    once(out, "--max-size", "100000", server.url + "/x").ok(1)
    failed(once(out, "--max-size", "99999", server.url + "/y"), "too_large", False)
    holds(out, x=BODY)
    body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
    chunked = fixed(head(200, {"Transfer-Encoding": "chunked", "ETag": '"1"'}) + body)
    failed(once(out, "--max-size", "99999", chunked.url + "/y"), "too_large")
    check("y" not in os.listdir(out), "a file that is too large")
    large, out = Versioned(LARGE), tmp()
    failed(once(out, "--max-size", "2M", "--split", "4", large.url + "/x"), "too_large")
    same(large.asked, [("bytes=0-1048575", None)], "asked")
    server, out = cut_before()
    failed(once(out, "--max-size", "70k", server.url + "/x"), "too_large")
    check("x" not in os.listdir(out), "a file that is too large")


def test_limit_rate():
    """--limit-rate is for all files together"""
    server, out = fixed(reply(BODY)), tmp()
    result = once(out, "--limit-rate", "250k", *(f"{server.url}/{i}" for i in range(5)))
    same(len(result.ok(5).records), 5, "records")
    check(result.seconds > 1, f"500 kB in {result.seconds:.1f} s")
    holds(out, **{str(i): BODY for i in range(5)})


def test_state():
    """--state: a second run asks for what failed, and for what is new"""
    busy = {"/b": reply("", 503), "/c": reply("", 404)}
    server = servers.http(lambda r: busy.get(r.path) or reply(r.path))
    out, state = tmp(), os.path.join(tmp(), "state")
    text = lines(*(f"{server.url}/{n}" for n in "abc"))
    once(out, "--state", state, stdin=text).exited(1)
    del busy["/b"]
    server.requests.clear()
    result = once(out, "--state", state, stdin=text + server.url + "/d\n").exited(1)
    same((sorted(server.hits), sorted(r["index"] for r in result.records)),
         (["/b", "/c", "/d"], [1, 2, 3]), "asked")
    del busy["/c"]
    once(out, "--state", state, stdin=text + server.url + "/d\n").ok()
    server.requests.clear()
    same(once(out, "--state", state, stdin=text + server.url + "/d\n").exited(0).out, b"",
         "output")
    same(server.hits, [], "requests")
    holds(out, a=b"/a", b=b"/b", c=b"/c", d=b"/d")


def test_state_keeps_names():
    """--state: names that are taken stay taken"""
    busy = {"/b/x": reply("", 503)}
    server = servers.http(lambda r: busy.get(r.path) or reply(r.path))
    out, state = tmp(), os.path.join(tmp(), "state")
    urls = [f"{server.url}/{d}/x" for d in "abc"]
    once(out, "--state", state, *urls).exited(1)
    busy.clear()
    same([r["path"] for r in once(out, "--state", state, *urls).ok().records],
         [f"{out}/x.2"], "path")
    holds(out, x=b"/a/x", x_2=b"/b/x", x_3=b"/c/x")


def half_sent():
    """A server of LARGE that sends half of it and waits; all of it once alter is None."""
    def alter(request, status, headers, body):
        request.conn.send(head(status, headers | {"Content-Length": len(body)})
                          + body[:len(body) // 2])
        request.conn.hold()
        raise servers.Gone
    return Versioned(LARGE, alter=alter)


def wait_for_journals(out, count):
    """Until so many parts are under way."""
    end = time.monotonic() + harness.PATIENCE
    while sum(n.endswith(".part.json") for n in os.listdir(out)) < count:
        check(time.monotonic() < end, "waited in vain for a journal")
        time.sleep(0.005)


def goes_on(out, server, *names):
    """Another run goes on with the parts, at their ends."""
    server.alter = None
    count = len(server.asked)
    result = once(out, *(f"{server.url}/{n}" for n in names)).ok(len(names))
    same(sorted(server.asked[count:]),
         sorted((f"bytes={r['resumed_from']}-", '"1"') for r in result.records), "asked")
    check(all(r["resumed_from"] > 0 for r in result.records), "begun anew")
    holds(out, **{n: LARGE for n in names})


def test_fail_fast():
    """--fail-fast: the rest is cancelled, and its parts can be gone on with"""
    server, out = half_sent(), tmp()
    waiting, failing = servers.Gate(), servers.Gate(lambda r: reply("", 404))
    proc = start(out, "--retry", "0", "--fail-fast", server.url + "/x",
                 waiting.url + "/y", failing.url + "/z")
    waiting.wait(1)
    wait_for_journals(out, 1)
    failing.open()
    same([r["error"]["type"] for r in proc.finish().exited(1).sorted],
         ["cancelled", "cancelled", "http_status"], "errors")
    holds(out, x_part=None, x_part_json=None)
    goes_on(out, server, "x")


def test_sigint():
    """SIGINT, SIGTERM: parts that can be gone on with, a record each, within a second"""
    def attempt(number, status):
        server, out = half_sent(), tmp()
        waiting = servers.Gate()
        proc = start(out, "-j", "3", *(f"{server.url}/{n}" for n in "xy"), waiting.url,
                     waiting.url + "/queued")
        waiting.wait(1)
        wait_for_journals(out, 2)
        proc.signal(number)
        began = time.monotonic()
        result = proc.finish().exited(status)
        took = time.monotonic() - began
        same({r["error"]["type"] for r in result.records}, {"cancelled"}, "errors")
        check(len(result.sorted) >= 3, "records")
        holds(out, x_part=None, x_part_json=None, y_part=None, y_part_json=None)
        goes_on(out, server, "x", "y")
        return took
    for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        harness.at_once(lambda n=number, e=status: attempt(n, e))


def test_memory():
    """64 at once take little memory each, wherever among the arguments their list is"""
    if harness.SANITIZED:
        raise harness.Skip("memory is another matter with sanitizers")
    sent = head(200, {"Content-Length": 1 << 20}) + LARGE[:900000]
    server = servers.raw(servers.sends(sent, then="hold"))
    text = lines(*(f"{server.url}/{i}" for i in range(63)))
    for args in (("-",), (server.url + "/x", "-"), ("-", server.url + "/x")):
        out, wanted = tmp(), 62 + len(args)
        proc = start(out, "--per-host", "64", *args, stdin=text)
        server.wait(lambda n=wanted: len(server.requests) >= n)
        server.requests.clear()
        end = time.monotonic() + harness.PATIENCE
        while (sum(os.stat(f"{out}/{n}").st_size for n in os.listdir(out) if n[-5:] == ".part")
               < wanted * 500000):
            check(time.monotonic() < end, "little is written")
            time.sleep(0.01)
        check(proc.peak_rss() < 56, f"{proc.peak_rss()} MB, {args}")
        proc.signal(signal.SIGINT)
        proc.finish().exited(130)


def test_http_version():
    """HTTP/1.1 unless --http2 is given, which costs memory where the disk is slow"""
    nginx = servers.Nginx('location / { return 200 "x"; }', servers.good_pair())
    for option, version in (((), "1.1"), (("--http2",), "2"), (("--http1.1",), "1.1")):
        told(once(tmp(), "--cacert", servers.authority().cert, *option,
                  nginx.url + "/x").ok(1).record, http_version=version)


def test_sigint_split():
    """SIGINT while several ranges come"""
    server, out = Versioned(LARGE), tmp()
    together(server, 100)  # which never come
    proc = start(out, "--split", "4", server.url + "/x")
    server.server.wait_requests(5)
    proc.signal(signal.SIGINT)
    record = proc.finish().exited(130).record
    told(record, ok=False, size=None)
    holds(out, x_part=None, x_part_json=None)
    server.alter = None
    record = once(out, "--split", "4", server.url + "/x").ok(1).record
    check(record["resumed_from"] >= 1 << 20, f"resumed from {record['resumed_from']}")
    holds(out, x=LARGE)


def test_dry_run():
    """--dry-run sends nothing, makes nothing, and tells the names"""
    server, out = fixed(), tmp()
    state = os.path.join(tmp(), "state")
    text = f"{server.url}/a\tb.txt\n{server.url}/c/d.txt\n{server.url}/e/d.txt\n"
    result = once(out + "/new", "--dry-run", "--state", state, "--write-checksums",
                  state + ".sums", "--archive", state + ".archive", "-H",
                  "Authorization: Bearer hunter2", stdin=text).exited(0)
    same([(r["dry_run"], r["path"]) for r in result.sorted],
         [(True, f"{out}/new/{n}") for n in ("b.txt", "d.txt", "d.2.txt")], "records")
    harness.lacks(result.out, b"hunter2")
    same((os.listdir(out), os.listdir(os.path.dirname(state))), ([], []), "files")
    same(server.connections, 0, "connections")


if __name__ == "__main__":
    harness.main()
