#!/usr/bin/env python3
"""trawl download from several servers and in several ranges, and checksums."""

import hashlib
import json
import os
import re
import subprocess

from downloads import BODY, LARGE, OLD, OTHER, cut_before, download, failed, holds, once, \
    sha256, together, told
import harness
from harness import check, contains, free_port, lines, need, same, tmp, write
import servers
from servers import Versioned, fixed, reply, routes


# --- mirrors, and several ranges at once ------------------------------------------

def pieces(*servers_):
    """The ranges that were asked for, which are to be apart and nothing but all."""
    found = sorted(tuple(map(int, re.findall(r"\d+", range_)))
                   for server in servers_ for range_, _ in server.asked)
    at = 0
    for first, last in found:
        same(first, at, "where a range begins")
        at = last + 1
    return found


def test_split():
    """--split N: N ranges at once, and each byte once"""
    server, out = Versioned(LARGE), tmp()
    together(server, 4)
    record = once(out, "--split", "4", server.url + "/x").ok(1).record
    holds(out, x=LARGE)
    found = pieces(server)
    same(found[-1][1], len(LARGE) - 1, "end of the last range")
    told(record, ranges=len(found), resumed_from=0, size=len(LARGE), attempts=1,
         size_download=len(LARGE))
    same(server.asked[0], ("bytes=0-1048575", None), "first request")
    same({c for _, c in server.asked[1:]}, {'"1"'}, "If-Range")
    same(server.server.connections, 4, "connections")


def test_split_small():
    """--split: what fits in the first range is asked for once"""
    for body in (b"x", LARGE[:1 << 20]):
        server, out = Versioned(body), tmp()
        told(once(out, "--split", "4", server.url + "/x").ok(1).record, ranges=1)
        holds(out, x=body)
        same(server.asked, [("bytes=0-1048575", None)], "asked")


def test_split_empty():
    """--split: an empty file has no first range"""
    server, out = Versioned(b""), tmp()
    told(once(out, "--split", "4", server.url + "/x").ok(1).record, size=0)
    holds(out, x=b"")
    same(server.asked, [("bytes=0-1048575", None), (None, None)], "asked")


def test_split_without_ranges():
    """--split: one stream where the server has no ranges, or says nothing of versions"""
    for tells, asked in (({"alter": lambda r, *_: (200, {"ETag": '"1"'}, LARGE)}, 1),
                         ({"etag": None}, 2), ({"etag": 'W/"1"'}, 2)):
        server, out = Versioned(LARGE, **tells), tmp()
        told(once(out, "--split", "4", server.url + "/x").ok(1).record, ranges=1,
             response_code=200, attempts=asked)
        holds(out, x=LARGE)
        same(server.asked, [("bytes=0-1048575", None), (None, None)][:asked], "asked")


def test_split_resume():
    """--split: what is there of several ranges is not asked for again"""
    server, out = Versioned(LARGE), tmp()
    together(server, 4)
    server.cuts = [None] + [100000] * 4
    failed(once(out, "--split", "4", server.url + "/x"), "truncated")
    known = json.loads(harness.read(f"{out}/x.part.json").splitlines()[1])
    there, before = sum(b - a for a, b in known["done"]), len(server.asked)
    check(len(known["done"]) > 1, f"one range {known}")
    server.alter, server.cuts = None, []
    told(once(out, "--split", "4", server.url + "/x").ok(1).record, resumed_from=there,
         size_download=len(LARGE) - there)
    holds(out, x=LARGE)
    same({c for _, c in server.asked[before:]}, {'"1"'}, "If-Range")


def test_split_changes():
    """--split: a file that changes while its ranges come begins anew"""
    server, out = Versioned(LARGE), tmp()

    def alter(request, status, headers, body):
        if len(server.server.requests) > 3:
            server.body, server.etag = LARGE[::-1], '"2"'
        return status, headers, body
    server.alter = alter
    together(server, 4)
    told(once(out, "--split", "4", server.url + "/x").ok(1).record, resumed_from=0)
    holds(out, x=LARGE[::-1])


def mirrors(*urls, **more):
    return lines({"urls": [u + "/x" for u in urls], **more})


def test_split_mirrors():
    """--split over several mirrors: each serves some, and each byte comes once"""
    hosts, out = [Versioned(LARGE, modified=OLD) for _ in range(3)], tmp()
    for host in hosts:
        together(host, 1)
    record = once(out, "--split", "3", stdin=mirrors(*(h.url for h in hosts))).ok(1).record
    holds(out, x=LARGE)
    told(record, ranges=len(pieces(*hosts)), size_download=len(LARGE))
    same([h.asked != [] for h in hosts], [True] * 3, "asked")


def test_split_dead_mirror():
    """--split: a mirror that is dead, or has no such file, costs nothing but a request"""
    good, out = Versioned(LARGE), tmp()
    dead = f"http://127.0.0.1:{free_port()}"
    once(out, "--split", "3", stdin=mirrors(good.url, dead, fixed(reply("", 404)).url)
         ).ok(1)
    holds(out, x=LARGE)
    pieces(good)


def test_wrong_then_cut():
    """another mirror's bytes, after wrong ones, are gone on with when they are cut short"""
    wrong, good, out = Versioned(b"wrong"), Versioned(BODY, cuts=[len(BODY) // 2]), tmp()
    record = download(out, stdin=mirrors(wrong.url, good.url, sha256=sha256(BODY))
                      ).ok(1).record
    holds(out, x=BODY)
    told(record, size=len(BODY))
    same(good.asked[1], (f"bytes={len(BODY) // 2}-", '"1"'), "asked")


def test_split_other_version():
    """--split: a mirror that has another version is left out"""
    good, other, out = Versioned(LARGE), Versioned(LARGE[::-1], etag='"2"'), tmp()
    once(out, "--split", "2", stdin=mirrors(good.url, other.url)).ok(1)
    holds(out, x=LARGE)
    same({c for _, c in other.asked}, {'"1"'}, "If-Range at the other")
    bare = Versioned(LARGE[::-1], etag=None)  # a part of it says nothing
    bare.alter = lambda request, status, headers, body: (
        206, {"Content-Range": headers["Content-Range"]}, body) \
        if request["Range"] and status == 206 else (status, headers, body)
    out = tmp()
    once(out, "--split", "2", stdin=mirrors(good.url, bare.url)).ok(1)
    holds(out, x=LARGE)


def test_split_checksum():
    """--split with a checksum: mirrors need not agree on their validators"""
    hosts = [Versioned(LARGE, etag=e) for e in ('"1"', '"2"', 'W/"3"')]
    out = tmp()
    for host in hosts:
        together(host, 1)
    record = once(out, "--split", "3", stdin=mirrors(*(h.url for h in hosts),
                                                     sha256=sha256(LARGE))).ok(1).record
    holds(out, x=LARGE)
    told(record, ranges=len(pieces(*hosts)), sha256=sha256(LARGE))
    same({c for h in hosts[1:] for _, c in h.asked}, {None}, "If-Range at the others")


def test_split_checksum_wrong_mirror():
    """--split with a checksum: where a mirror's bytes were wrong, one stream of another"""
    for good_first in (True, False):
        good, bad, out = Versioned(LARGE), Versioned(LARGE[::-1], etag='"2"'), tmp()
        hosts = [good, bad] if good_first else [bad, good]
        told(once(out, "--split", "2", stdin=mirrors(*(h.url for h in hosts),
                                                     sha256=sha256(LARGE))).ok(1).record,
             ranges=1, size=len(LARGE), sha256=sha256(LARGE))
        holds(out, x=LARGE)
        same(good.asked[-1], (None, None), "last asked")


def test_mirrors_that_differ_are_bound_to_the_checksum():
    """what mirrors that differ have given is not gone on with without the checksum"""
    first = Versioned(BODY, cuts=[40000])
    second = Versioned(OTHER, etag='"2"', cuts=[20000])
    out, both = tmp(), mirrors(first.url, second.url, sha256=sha256(BODY))
    failed(once(out, stdin=both), "truncated")
    holds(out, x_part=BODY[:40000] + OTHER[40000:60000], x_part_json=None)
    told(once(out, first.url + "/x").ok(1).record, resumed_from=0)
    holds(out, x=BODY)
    first.cuts, second.cuts, out = [40000], [20000], tmp()
    failed(once(out, stdin=both), "truncated")
    second.body = BODY
    told(once(out, stdin=both).ok(1).record, size=100000)
    holds(out, x=BODY)


def test_next_mirror():
    """the next mirror is asked where one fails, and for what is missing alone"""
    first, second, out = Versioned(BODY, cuts=[40000]), Versioned(BODY), tmp()
    told(once(out, stdin=mirrors(first.url, second.url)).ok(1).record, attempts=2,
         ranges=2, url_effective=second.url + "/x")
    holds(out, x=BODY)
    same((first.asked, second.asked), ([(None, None)], [("bytes=40000-", '"1"')]))
    dead, gone = f"http://127.0.0.1:{free_port()}", fixed(reply("", 404)).url
    out = tmp()
    told(once(out, stdin=mirrors(dead, gone, second.url)).ok(1).record, attempts=3,
         ranges=1, url_effective=second.url + "/x")
    holds(out, x=BODY)
    failed(once(out, "--if-exists", "overwrite", stdin=mirrors(dead, gone)),
           "http_status", attempts=2, response_code=404)
    holds(out, x=BODY)


def test_every_mirror_has_its_turn():
    """wrong bytes and failures in turn: the good mirror is found, or the run ends"""
    wrong, good = fixed(reply(b"wrong")).url, fixed(reply(b"right")).url
    dead, sum_ = f"http://127.0.0.1:{free_port()}", sha256(b"right")
    for urls in ((wrong, dead, good), (dead, wrong, good), (wrong, dead, wrong, good)):
        out = tmp()
        once(out, stdin=mirrors(*urls, sha256=sum_)).ok(1)
        holds(out, x=b"right")
    for urls, last in (((wrong, dead), "connect_refused"), ((wrong,), "checksum_mismatch"),
                       ((dead, wrong), "connect_refused"),
                       ((wrong, wrong), "checksum_mismatch")):
        out = tmp()
        failed(once(out, stdin=mirrors(*urls, sha256=sum_)), last)
        holds(out)


# --- checksums --------------------------------------------------------------------

def listed(kind, style, **files):
    """A file of checksums."""
    text = ""
    for name, body in files.items():
        digest = hashlib.new(kind, body).hexdigest()
        name = name.replace("_", ".")
        text += {"gnu": f"{digest}  {name}\n", "binary": f"{digest} *{name}\n",
                 "bsd": f"{kind.upper()} ({name}) = {digest}\n"}[style]
    return write(text, "SUMS")


def test_checksum_kinds():
    """--checksum: MD5SUMS to SHA512SUMS, in every style"""
    server = routes({"/a.txt": reply("alpha"), "/d/b.txt": reply("beta")})
    for kind in ("md5", "sha1", "sha256", "sha512"):
        for style in ("gnu", "binary", "bsd"):
            out = tmp()
            result = once(out, "--checksum", listed(kind, style, a_txt=b"alpha",
                                                    b_txt=b"beta"),
                          server.url + "/a.txt", server.url + "/d/b.txt").ok(2)
            holds(out, a_txt=b"alpha", b_txt=b"beta")
            same(result.sorted[0].get("sha256"),
                 sha256(b"alpha") if kind == "sha256" else None, "sha256")


def test_checksum_wrong():
    """--checksum of every kind, which the file does not meet: nothing is there"""
    server = fixed(reply("alpha"))
    for kind in ("md5", "sha1", "sha256", "sha512"):
        out = tmp()
        record = failed(once(out, "--checksum", listed(kind, "gnu", a_txt=b"beta"),
                             server.url + "/a.txt"), "checksum_mismatch", False,
                        size=None, attempts=1, response_code=200)
        contains(record["error"]["message"], "a.txt")
        holds(out)
    both = (listed("md5", "gnu", a_txt=b"alpha"), listed("sha512", "bsd", a_txt=b"beta"))
    out = tmp()
    failed(once(out, "--checksum", both[0], "--checksum", both[1], server.url + "/a.txt"),
           "checksum_mismatch")
    holds(out)


def test_checksum_of_what_was_cut():
    """a checksum over bytes of two runs, and over those of a spoilt part"""
    for spoilt in (False, True):
        server, out = cut_before()
        if spoilt:
            with open(f"{out}/x.part", "r+b") as f:
                f.write(b"spoilt")
        record = once(out, "--hash", stdin=mirrors(server.url, sha256=sha256(BODY))
                      ).ok(1).record
        told(record, resumed_from=0 if spoilt else 40000, sha256=sha256(BODY))
        holds(out, x=BODY)


def test_checksum_not_listed():
    """--checksum: what is not in the list fails, and is not asked for"""
    server, out = fixed(reply("alpha")), tmp()
    result = once(out, "--checksum", listed("sha256", "gnu", a_txt=b"alpha"),
                  server.url + "/a.txt", server.url + "/b.txt").exited(1)
    same([r["error"] and r["error"]["type"] for r in result.sorted],
         [None, "checksum_missing"], "errors")
    holds(out, a_txt=b"alpha")
    same(server.hits, ["/a.txt"], "requests")


def test_checksum_of_other_spellings():
    """--checksum: names that no file here gets, of URLs and of lines"""
    server, out = fixed(reply("alpha")), tmp()
    names = ".buildinfo", "d/-rf", "d/.x/a b.", "CON", "e/f.part"
    sums = write("".join(f"{sha256(b'alpha')}  {n}\n" for n in names), "SUMS")
    urls = [f"{server.url}/top/{n.replace(' ', '%20')}" for n in names]
    for skipped in (False, True):
        result = once(out, "--checksum", sums, *urls).ok(5)
        same([r["path"] for r in result.sorted],
             [f"{out}/{n}" for n in ("_buildinfo", "d/_rf", "d/_x/a b_", "_CON",
                                     "e/f_part")], "paths")
        same({r["skipped"] for r in result.records}, {skipped}, "skipped")
    told(once(tmp(), "--checksum", sums, stdin=f"{server.url}/y\td/-rf\n").ok(1).record,
         sha256=sha256(b"alpha"))
    told(once(tmp(), "--checksum", sums, "-o", "CON", server.url + "/y").ok(1).record,
         sha256=sha256(b"alpha"))
    failed(once(tmp(), "--checksum", sums, server.url + "/CON%00"), "checksum_missing")


def test_checksum_existing():
    """--checksum: a file that is there is read, and not asked for"""
    server, out = fixed(reply("alpha")), tmp()
    args = "--checksum", listed("sha1", "gnu", a_txt=b"alpha"), server.url + "/a.txt"
    once(out, *args).ok(1)
    told(once(out, *args).ok(1).record, skipped=True, size=5, attempts=0)
    with open(f"{out}/a.txt", "wb") as f:
        f.write(b"alphb")
    record = failed(once(out, *args), "checksum_mismatch", skipped=True)
    contains(record["error"]["message"], "--if-exists overwrite")
    holds(out, a_txt=b"alphb")
    same(len(server.hits), 1, "requests")
    once(out, "--if-exists", "overwrite", *args).ok(1)
    holds(out, a_txt=b"alpha")


def test_checksum_in_the_line():
    """sha256 in a line; one that contradicts the list is not asked for"""
    server, out = fixed(reply("alpha")), tmp()
    told(once(out, stdin=lines({"url": server.url + "/a.txt", "sha256":
                                sha256(b"alpha").upper()})).ok(1).record,
         sha256=sha256(b"alpha"))
    failed(once(tmp(), stdin=lines({"url": server.url, "sha256": sha256(b"")})),
           "checksum_mismatch")
    count = len(server.hits)
    failed(once(out, "--checksum", listed("sha256", "gnu", b_txt=b"beta"), stdin=lines(
        {"url": server.url + "/b.txt", "sha256": sha256(b"alpha")})), "checksum_mismatch")
    failed(once(out, stdin=lines({"url": server.url, "sha256": "abc"})), "bad_input")
    same(len(server.hits), count, "requests")
    holds(out, a_txt=b"alpha")


def test_checksum_file_malformed():
    """--checksum: a file that is none is refused, with the line"""
    server = fixed()
    for text in ("nonsense\n", f"{sha256(b'')}  a\nx\n", "abc  a\n",
                 f"SHA256 (a) = {sha256(b'')[1:]}\n",
                 f"{sha256(b'')}  a\n{sha256(b'1')}  a\n"):
        err = once(tmp(), "--checksum", write(text, "SUMS"), server.url).exited(2).err
        contains(err, "SUMS", str(text.count("\n")))
    once(tmp(), "--checksum", "/nonexistent", server.url).exited(2)
    same(server.hits, [], "requests")


def test_hash():
    """--hash: the sha256 in the record, of large, resumed and old files, too"""
    server, out = cut_before()
    for skipped in (False, True):
        told(once(out, "--hash", server.url + "/x").ok(1).record, sha256=sha256(BODY),
             skipped=skipped)
    large = Versioned(LARGE)
    told(once(tmp(), "--split", "4", "--hash", large.url).ok(1).record,
         sha256=sha256(LARGE))
    same("sha256" in once(tmp(), server.url).ok(1).record, False, "sha256 unasked")


def test_write_checksums():
    """--write-checksums: what sha256sum -c finds right, of all files that are there"""
    need("sha256sum")
    server = routes({f"/{i}": reply(f"file {i}") for i in range(5)})
    out, sums = tmp(), os.path.join(tmp(), "SUMS")
    once(out, server.url + "/0", server.url + "/1").ok(2)
    once(out, "--write-checksums", sums, "--name", "sub {index}/{basename}",
         *(f"{server.url}/{i}" for i in range(6))).exited(1)
    once(out, "--write-checksums", sums, *(f"{server.url}/{i}" for i in range(6))
         ).exited(1)
    same(sorted(line.split()[1] for line in harness.read(sums).splitlines()),
         [b"%d" % i for i in range(5)], "names")
    subprocess.run(["sha256sum", "--strict", "--quiet", "-c", sums], cwd=out, check=True)
    same(once(out, "--checksum", sums, *(f"{server.url}/{i}" for i in range(5))).ok(5)
         .records[0]["skipped"], True, "skipped")


if __name__ == "__main__":
    harness.main()
