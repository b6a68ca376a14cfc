#!/usr/bin/env python3
"""trawl download end to end: whole files, kills, full disks, hostile names, archives."""

import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import threading
import time

import harness
from harness import check, fixture, lines, need, need_root, same, tmp, trawl
import servers
from servers import fixed, head, http, reply, routes

NO_LEAKS = {"ASAN_OPTIONS": "detect_leaks=0"}  # which cannot be looked for when traced
KILLS = ("pwrite64", "fsync", "fdatasync", "rename,renameat,renameat2", "openat",
         "unlink,unlinkat", "linkat", "fchmod", "ftruncate")


def pattern(size, seed=0):
    """Bytes of which no two places look alike."""
    block = b"".join(hashlib.sha256(b"%d:%d" % (seed, i)).digest()
                     for i in range(2048))
    return (block * (size // len(block) + 1))[:size]


def digest(data):
    return hashlib.sha256(data).hexdigest()


@fixture
def tree():
    """nginx with a few files, and SHA256SUMS of them; (nginx, folder, sums)."""
    root, sums = tmp(), []
    for i, size in enumerate((0, 1, 5000, 262144, 262145, 3_000_000)):
        name = f"a/b{i % 2}/file {i}.bin"
        os.makedirs(os.path.dirname(os.path.join(root, name)), exist_ok=True)
        with open(os.path.join(root, name), "wb") as f:
            f.write(pattern(size, i))
        sums.append(f"{digest(pattern(size, i))}  {name}\n")
    path = harness.write("".join(sums), "SHA256SUMS")
    return servers.Nginx(f"location / {{ root {root}; }}"), root, path


def urls_of(nginx, root):
    return [f"{nginx.url}/{os.path.relpath(os.path.join(d, f), root).replace(' ', '%20')}"
            for d, _, files in os.walk(root) for f in files]


def all_files(folder):
    return sorted(os.path.relpath(os.path.join(d, f), folder)
                  for d, _, files in os.walk(folder) for f in files)


def check_tree(out, root):
    """Exactly the files of root, with their bytes and ordinary permissions."""
    same(all_files(out), all_files(root), "files")
    for name in all_files(root):
        path = os.path.join(out, name)
        same(digest(harness.read(path)), digest(harness.read(os.path.join(root, name))),
             name)
        same(stat.S_IMODE(os.lstat(path).st_mode) & 0o7000, 0, f"special bits of {name}")


def test_tree():
    """a tree with its checksums, and again"""
    nginx, root, sums = tree()
    out = tmp()
    text = lines(*urls_of(nginx, root))
    trawl("download", "-d", out, "--checksum", sums, stdin=text).ok(6)
    check_tree(out, root)
    again = trawl("download", "-d", out, "--checksum", sums, stdin=text).ok(6)
    check(all(r["skipped"] for r in again.records), "downloaded again")
    subprocess.run(["sha256sum", "--quiet", "-c", sums], cwd=out, check=True)


def test_killed_at_each_call():
    """SIGKILL at each system call that writes, then a run that is left alone"""
    nginx, root, sums = tree()
    strace, text = need("strace"), lines(*urls_of(nginx, root))
    probe = subprocess.run([strace, "-f", "-o", "/dev/null", "true"], capture_output=True)
    if probe.returncode:
        raise harness.Skip("strace cannot trace here")
    for calls in KILLS:
        for when in (1, 2, 3, 5, 8, 13):
            out = tmp()
            subprocess.run(
                [strace, "-f", "-o", "/dev/null", "-e", f"trace={calls}", "-e",
                 f"inject={calls}:signal=SIGKILL:when={when}", os.environ["TRAWL"],
                 "download", "-q", "-d", out, "--checksum", sums, "--split", "2", "-i", "-"],
                input=text.encode(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                timeout=60, env=harness.environment(NO_LEAKS))
            for name in all_files(out):
                if not re.search(r"\.part(\.json)?$", name):
                    same(harness.read(os.path.join(out, name)),
                         harness.read(os.path.join(root, name)), f"{calls} {when} {name}")
            trawl("download", "-d", out, "--checksum", sums, stdin=text).ok(6)
            check_tree(out, root)


def on_tmpfs(size, script, *args):
    """Runs a shell script in a file system of its own, of so many bytes."""
    need_root()
    run = subprocess.run(
        ["unshare", "-m", "sh", "-c", 'mount -t tmpfs -o "size=$1" none "$2" && cd "$2" || '
         "exit 99; shift 2; " + script, "sh", size, tmp(), *args],
        capture_output=True, timeout=60)
    if b"unshare" in run.stderr or run.returncode == 99:
        raise harness.Skip("no mount namespaces here")
    return run


def test_disk_full():
    """a full disk: status 3, what can be gone on with is kept"""
    script = """
        "$1" download -d . "$2/x" "$2/y"; echo "status $?" >&2; ls >&2
        mount -o remount,size=40m . && "$1" download -d . "$2/x" "$2/y"
        echo "status $?" >&2; cat x y | sha256sum >&2
    """
    body = pattern(6_000_000)

    def app(request):  # of unknown size: nobody can tell beforehand
        start = int(request["Range"][6:-1]) if request["Range"] else 0
        part = f"Content-Range: bytes {start}-{len(body) - 1}/{len(body)}"
        headers = ['ETag: "v1"', "Transfer-Encoding: chunked"] + ([part] if start else [])
        chunk = body[start:]
        return (head(206 if start else 200, [tuple(h.split(": ")) for h in headers])
                + b"%x\r\n" % len(chunk) + chunk + b"\r\n0\r\n\r\n")

    run = on_tmpfs("4m", script, os.environ["TRAWL"], http(app).url)
    text = run.stderr.decode()
    check("status 3" in text and "status 0" in text, text)
    check("x.part" in text, text)
    check(digest(body * 2) in text, text)
    records = [json.loads(line) for line in run.stdout.splitlines()]
    check(any(r["resumed_from"] > 0 for r in records[2:]), "not gone on with")


def test_too_large_for_the_disk():
    """a file that is larger than what is free: status 3, and others that fit are fetched"""
    server, small = servers.Versioned(pattern(6_000_000)), fixed(reply(b"small"))
    run = on_tmpfs("4m", '"$1" download -q -d . -j 1 "$2/x" "$3/y"; echo "status $?" >&2; ls >&2',
                   os.environ["TRAWL"], server.url, small.url)
    first, second = (json.loads(line) for line in run.stdout.splitlines())
    same((first["error"]["type"], second["ok"]), ("local_io", True), "records")
    harness.contains(first["error"]["message"], "more, and the disk has")
    same(run.stderr.decode().split(), ["status", "3", "y"], "the rest")


def traced(calls, *more, log="/dev/null"):
    """Command prefix: strace."""
    strace = need("strace")
    if subprocess.run([strace, "-f", "-o", "/dev/null", "true"],
                      capture_output=True).returncode:
        raise harness.Skip("strace cannot trace here")
    return strace, "-f", "-q", "-y", "-o", log, "-e", f"trace={calls}", *more


def child_of(pid):
    """What strace runs."""
    return int(harness.read(f"/proc/{pid}/task/{pid}/children").split()[0])


def test_folders_are_synced():
    """folders that are made are durable, too: each is, in the one above it"""
    top, log = os.path.realpath(tmp()), os.path.join(tmp(), "log")
    server = fixed()
    trawl("download", "-d", top + "/a/b", "-o", "c/d/x", server.url, env=NO_LEAKS,
          prefix=traced("fsync", log=log)).ok(1)
    synced = set(re.findall(r"fsync\(\d+<(.*?)>", harness.read(log).decode()))
    folders = {top + "/a/b/c/d"[:n] for n in (0, 2, 4, 6, 8)}
    check(folders <= synced, f"{folders - synced} not synced")


def many_synced(*inject, out=None, before=(), name="{}"):
    """Downloads 40 files, so many that they are synced together; (run, trace)."""
    server, log = servers.Gate(), harness.write("", "log")
    run = harness.Proc(
        "download", "-d", out or tmp(), "--per-host", "64", env=NO_LEAKS, stdin=lines(*(
            {"url": f"{server.url}/{n}", "output": name.format(n)} for n in range(40))),
        prefix=(*before, *traced("fsync,syncfs,sync_file_range", *inject, log=log)))
    server.wait(40)
    server.open()
    return run.finish(), harness.read(log).decode()


def test_synced_together():
    """files that are synced together: one whose bytes are lost fails, and no other"""
    run, trace = many_synced("-e", "inject=syncfs:error=EIO")
    run.ok(40)
    check(len(re.findall(r"fsync\(", trace)) > 40, "not each file was synced")
    out = tmp()
    run, _ = many_synced("-e", "inject=sync_file_range:error=EIO:when=1", out=out)
    failed, = [r for r in run.exited(3).records if not r["ok"]]
    same(failed["error"]["type"], "local_io", "error")
    same(len(os.listdir(out)), 39, "files")
    check(not os.path.exists(failed["path"]), "the file is there")


def test_synced_across_mounts():
    """what lies on another file system than the directory is synced there"""
    need_root()
    out = tmp()
    os.mkdir(f"{out}/m")
    mount = ("unshare", "-m", "sh", "-c", 'mount -t tmpfs none "$0" && exec "$@"', f"{out}/m")
    if subprocess.run([*mount, "true"], capture_output=True).returncode:
        raise harness.Skip("no mount namespaces here")
    run, trace = many_synced(out=out, before=mount, name="m/{}")
    run.ok(40)
    check(len(re.findall(r"fsync\(\d+<[^>]*/m/.", trace)) == 40, "not each file was synced")
    check(re.search(r"fsync\(\d+<[^>]*/m>", trace), "their folder was not synced")


def test_links_refused():
    """a link that is refused, from some moment on: files come by way of their parts"""
    server = fixed(reply(b"small"))
    for error in ("EXDEV", "EPERM", "ENOSPC"):
        for sync in ((), ("--no-sync",)):
            out = tmp()
            trawl("download", "-d", out, *sync, *(f"{server.url}/{i}" for i in range(20)),
                  env=NO_LEAKS, prefix=traced("linkat", "-e", f"inject=linkat:error={error}"
                                              ":when=4+")).ok(20)
            same(all_files(out), sorted(str(i) for i in range(20)), "files")
            check(all(harness.read(f"{out}/{i}") == b"small" for i in range(20)), "bytes")


def test_calls_that_fail():
    """what fails beside the writing leaves nothing, no special bit, and is told by name"""
    server = fixed(reply(b"small"))

    def meet(inject, count=20):
        out = tmp()
        run = trawl("download", "-d", out, *(f"{server.url}/{i}" for i in range(count)),
                    env=NO_LEAKS, prefix=traced(inject.split(":")[0], "-e",
                                                f"inject={inject}"))
        return out, run
    out, run = meet("unlinkat:error=EIO:when=1")
    run.ok(20)
    same(all_files(out), sorted(str(i) for i in range(20)), "files")
    out, run = meet("fchmod:error=EPERM")
    run.ok(20)
    same({stat.S_IMODE(os.lstat(f"{out}/{i}").st_mode) for i in range(20)}, {0o600}, "modes")


def test_no_name_is_had():
    """neither a link nor a new name: what came is kept, and gone on with"""
    server, out = servers.Versioned(pattern(50000)), tmp()
    log, calls = os.path.join(tmp(), "log"), "linkat,renameat2"
    record = trawl("download", "-d", out, server.url + "/x", env=NO_LEAKS, prefix=traced(
        calls, "-e", "inject=linkat:error=EIO:when=2+", "-e", "inject=renameat2:error=EIO",
        log=log)).exited(3).record
    harness.contains(record["error"]["message"], "x: Input/output error")
    same(all_files(out), ["x.part", "x.part.json"], "files")
    record = trawl("download", "-d", out, server.url + "/x").ok(1).record
    check(record["resumed_from"] > 0, "begun anew")
    same(harness.read(out + "/x"), pattern(50000), "x")
    same(all_files(out), ["x"], "files")


def test_existing_is_read_beside():
    """files that are there and large are read without holding up those to come"""
    server, out = servers.fixed(), tmp()
    for name in ("large", "larger", "largest"):
        with open(os.path.join(out, name), "wb") as f:
            f.truncate(1 << 26)
    log, larges = os.path.join(tmp(), "log"), [f"{server.url}/{n}" for n in os.listdir(out)]

    def attempt(seconds):
        slow = ("-e", f"inject=pread64:delay_enter={int(seconds * 1e6)}:when=2", *(
            a for n in os.listdir(out) for a in ("-P", os.path.join(out, n))))
        run = trawl("download", "--if-exists", "skip", "-d", out, "--hash", *larges,
                    server.url + "/new", env=NO_LEAKS,
                    prefix=traced("pread64", *slow, log=log)).ok(4)
        same([(r["skipped"], r["sha256"]) for r in run.sorted][:3],
             [(True, digest(bytes(1 << 26)))] * 3, "skipped")
        os.remove(os.path.join(out, "new"))
        return run.records[0]["index"] == 3
    harness.in_time(attempt, 0.5)


def test_interrupted_reading():
    """SIGINT while files that are there are read: they are not read to their end"""
    server, out = servers.Gate(), tmp()
    for name in "abc":
        with open(os.path.join(out, name), "wb") as f:
            f.truncate(64 << 30)
    run = harness.Proc("download", "-d", out, "--hash", server.url + "/x", *(
        f"{server.url}/{n}" for n in "abc"))
    server.wait(1)
    run.signal(signal.SIGINT)
    same({r["error"]["type"] for r in run.finish().exited(130).sorted}, {"cancelled"}, "types")


def test_interrupted_hashing():
    """the same while what an earlier run has left is hashed: it stays for the next"""
    body, out = bytes(100 << 20), tmp()
    server = servers.Versioned(body, cuts=[90 << 20])
    args = ("download", "--no-sync", "--retry", "0", "-d", out, server.url + "/x")
    trawl(*args).exited(1)
    log = harness.write("", "log")
    slow = traced("pread64", "-e", "inject=pread64:delay_enter=50000",  # for a megabyte
                  "-P", f"{out}/x.part", log=log)
    run = harness.Proc(*args, "--hash", prefix=slow, env=NO_LEAKS)
    while harness.read(log).count(b"pread64(") < 30:  # the rest has long come
        time.sleep(0.01)
    os.kill(child_of(run.pid), signal.SIGINT)
    same(run.finish().exited(130).record["error"]["type"], "cancelled", "error")
    record = trawl(*args, "--hash").ok(1).record
    check(record["resumed_from"] >= 90 << 20, "begun anew")
    same(record["sha256"], digest(body), "sha256")


def test_disk_full_in_the_end():
    """no room for what a journal is to tell in the end: status 3, an older one is kept"""
    server, other = servers.Versioned(pattern(200000), cuts=[40000, 80000]), fixed()
    args = ("download", "--no-sync", "--retry-delay", "0", "-d", tmp(), server.url + "/x")
    trawl(*args, "--retry", "0").exited(1)
    run = trawl(*args, other.url + "/y", "-j", "1", prefix=traced(
        "fallocate", "-e", "inject=fallocate:error=ENOSPC"), env=NO_LEAKS).exited(3)
    same([r["error"]["type"] for r in run.sorted], ["local_io", "cancelled"], "errors")
    harness.contains(run.sorted[0]["error"]["message"], "x.part.json", "no space")
    same((other.hits, len(server.asked)), ([], 2), "requests")
    same(trawl(*args).ok(1).record["resumed_from"], 40000, "resumed_from")
    same(digest(harness.read(os.path.join(args[5], "x"))), digest(server.body), "x")


HOSTILE = ("..", "../x", "../../etc/passwd", "/etc/passwd", "%2e%2e%2fx", "..%2f..%2fx",
           "..\\x", "%2e%2e%5cx", ".bashrc", "-rf", "--help", "CON", "nul.txt", "aux", "a\x1b[2Jb",
           "a\u202eb", "x" * 5000, "\u00e9" * 300, "a.part", "a.part.json", "~root", "a/../../b",
           "./..//../c", "....//d", "%00", "a%00b", "%0a", " ", "%20", "a ", "a.", "%ff%fe")
HOSTILE += tuple(f"{way}{n}{name}" for way in ("../", "..%2f", "%2e%2e/", "..%5c", "/", "//", "./",
                                               "%2f", "a/../../")
                 for n, name in enumerate(HOSTILE))


def test_hostile_names():
    """names from everywhere stay inside, and keep the rules"""
    canary = tmp()
    out = os.path.join(canary, "in", "out")
    os.makedirs(out)
    harness.write("x")
    before = all_files(canary)
    server = http(lambda r: reply(b"x", headers=[(
        "Content-Disposition", f"attachment; filename*=UTF-8''{r.target[2:]}")]))
    items = [{"url": server.url + "/f", "output": n} for n in HOSTILE if "\0" not in n]
    items += [f"{server.url}/{n}" for n in HOSTILE if "%" in n]
    trawl("download", "-d", out, stdin=lines(*items))
    trawl("download", "-d", out, "--content-disposition", stdin=lines(
        *(f"{server.url}/?{n}" for n in HOSTILE if "%" in n or n.isalpha())))
    trawl("download", "-d", out, "--name", "{path}{query}", stdin=lines(
        *(f"{server.url}/?{n}" for n in HOSTILE if "%" in n)))
    found = all_files(canary)
    same([f for f in found if not f.startswith("in/out/")], before, "files outside")
    check(len(HOSTILE) >= 300 and len(found) > 300, f"{len(found)} files")
    for name in found:
        for part in os.path.relpath(name, "in/out").split("/"):
            check(part[0] not in ".-" and len(part.encode()) <= 255
                  and not re.search("[\0-\x1f\x7f\u202a-\u202e\\\\]", part), repr(name))


def test_symbolic_links():
    """nothing is written through a link, neither at the name nor at a folder"""
    url = fixed(reply(b"new")).url
    for how in ("skip", "overwrite", "rename", "fail"):
        out, target = tmp(), harness.write("old")
        os.symlink(target, os.path.join(out, "x"))
        trawl("download", "-d", out, "-o", "x", "--if-exists", how, url + "/x")
        same(harness.read(target), b"old", how)
    out, elsewhere = tmp(), tmp()
    os.symlink(elsewhere, os.path.join(out, "a"))
    result = trawl("download", "-d", out, "-o", "a/x", url + "/x").exited(1)
    same(result.record["error"]["type"], "local_io", "error")
    same(all_files(elsewhere), [], "behind the link")


def test_swapped_directory():
    """a directory that becomes a link during the run: nothing appears behind the link"""
    top, elsewhere = tmp(), tmp()
    out, kept = os.path.join(top, "out"), os.path.join(top, "kept")
    first, second = threading.Event(), threading.Event()

    def app(request):
        first.set()
        second.wait(20)
        return reply(b"x")

    server = http(app)
    run = harness.Proc("download", "-d", out, server.url + "/x", server.url + "/y")
    first.wait(20)
    os.rename(out, kept)
    os.symlink(elsewhere, out)
    second.set()
    run.finish().exited(0)
    same(all_files(elsewhere), [], "behind the link")
    same(all_files(kept), ["x", "y"], "where the directory went")


def test_read_only():
    """a directory that may not be written to: status 3, and the reason"""
    need_root()
    setpriv, out = need("setpriv"), tmp()
    os.chmod(out, 0o755)
    result = harness.trawl("download", "-d", out, fixed().url + "/x", prefix=[
        setpriv, "--reuid=65534", "--clear-groups", "--"]).exited(3)
    same(result.record["error"]["type"], "local_io", "error")
    check("x" in result.record["error"]["message"], "the file is not named")
    same(all_files(out), [], "files")


def known_of(journal):
    """How many bytes a journal tells of."""
    with contextlib.suppress(FileNotFoundError):
        text = harness.read(journal).decode()
        return max(map(int, re.findall(r"\d+", text.split('"done"')[1])), default=0)
    return 0


def test_beyond_32_bits():
    """6 GiB, a sparse file, in ranges and gone on with: offsets beyond 32 bits"""
    size, marks = 6 << 30, (0, (1 << 31) - 5, (1 << 32) - 3, 5 << 30, (6 << 30) - 9)
    root, out = tmp(), tmp()
    if harness.SANITIZED:
        raise harness.Skip("it takes long with sanitizers")
    if shutil.disk_usage(out).free < 2 * size:
        raise harness.Skip("needs 12 GiB of disk")
    with open(os.path.join(root, "x"), "wb") as f:
        f.truncate(size)
        for mark in marks:
            f.seek(mark)
            f.write(b"markhere")
    # Not much comes at full speed behind the place where it is to be killed.
    url = servers.Nginx("limit_rate_after 4500m; limit_rate 20m;"
                        f"location / {{ root {root}; }}").url + "/x"
    run = harness.Proc("download", "-q", "--no-sync", "-d", out, url)
    while known_of(os.path.join(out, "x.part.json")) < 1 << 32:
        time.sleep(0.05)
    run.signal(signal.SIGKILL)
    run.finish()
    result = trawl("download", "--no-sync", "--split", "3", "-d", out, url, timeout=120).ok(1)
    same(result.record["size"], size, "size")
    check(result.record["resumed_from"] >= 1 << 32, f"resumed {result.record['resumed_from']}")
    with open(os.path.join(out, "x"), "rb") as f:
        for mark in marks:
            f.seek(mark)
            same(f.read(8), b"markhere", f"bytes at {mark}")
    os.remove(os.path.join(out, "x"))


def test_few_files():
    """few open files: fewer at once, and all of them come"""
    few = ("sh", "-c", 'ulimit -n "$0"; exec "$@"')
    urls = [fixed(reply(pattern(100000)), host=f"127.0.4.{i}").url + f"/{i}"
            for i in range(1, 61)]
    for most in (24, 40, 100):
        trawl("download", "--no-sync", "--hash", "-d", tmp(), *urls,
              prefix=(*few, str(most))).ok(60)


def test_foreign_part():
    """a NAME.part that is somebody else's stays as it is"""
    out = tmp()
    with open(os.path.join(out, "x.part"), "wb") as f:
        f.write(b"mine")
    result = trawl("download", "-d", out, fixed().url + "/x").exited(1)
    same(result.record["error"]["type"], "file_exists", "error")
    same(harness.read(os.path.join(out, "x.part")), b"mine", "x.part")


def test_archive_of_two():
    """two runs with one archive fetch each file once"""
    server = fixed(reply(b"x"))
    out, archive = tmp(), os.path.join(tmp(), "done")
    text = lines(*(f"{server.url}/{i}" for i in range(400)))
    both = [harness.Proc("download", "-q", "-d", out, "--archive", archive, "-i", "-",
                         stdin=text) for _ in range(2)]
    for one in both:
        one.finish().exited(0)
    same(len(server.requests), 400, "requests")
    same(len(harness.read(archive).split()), 400, "lines of the archive")
    same(len(set(harness.read(archive).split())), 400, "different lines")


def test_archive_breaks():
    """an archive that is no list any more: nothing new is begun, status 3"""
    for later in (None, "/new", "/there"):
        gate = servers.Gate()
        out, archive = tmp(), os.path.join(tmp(), "done")
        trawl("download", "-d", out, fixed().url + "/there").ok(1)
        run = harness.Proc("download", "-q", "-d", out, "--archive", archive, "-i", "-",
                           stdin=subprocess.PIPE)
        run.feed(gate.url + "/x\n")
        gate.wait(1)
        os.remove(archive)
        os.mkdir(archive)
        if later:  # while the first goes on
            run.feed(gate.url + later + "\n")
        else:
            gate.open()
        records = run.finish().exited(3).sorted
        harness.contains(run.err, archive)
        same(gate.held, ["/x"], "requests")
        if later:
            same([(r["ok"], r["error"]["type"]) for r in records],
                 [(False, "cancelled"), (False, "local_io")], "records")
        else:  # it has its name, whatever the archive says
            same((records[0]["ok"], harness.read(f"{out}/x")), (True, b"/x"), "the file")


def test_wrong_checksum():
    """what is not what it ought to be keeps no name; the next mirror is tried"""
    good, bad = fixed(reply(b"good")), fixed(reply(b"evil"))
    out, sum_ = tmp(), digest(b"good")
    trawl("download", "-d", out, stdin=lines({"urls": [bad.url + "/x", good.url + "/x"],
                                              "sha256": sum_})).ok(1)
    same(harness.read(os.path.join(out, "x")), b"good", "x")
    result = trawl("download", "-d", out, stdin=lines({"url": bad.url + "/y",
                                                       "sha256": sum_})).exited(1)
    same(result.record["error"]["type"], "checksum_mismatch", "error")
    same(all_files(out), ["x"], "files")


def test_interrupted():
    """SIGINT leaves what can be gone on with, at once"""
    body = pattern(8_000_000)
    url = http(lambda r: reply(body[int(r["Range"][6:-1]) if r["Range"] else 0:],
                               206 if r["Range"] else 200, [("ETag", '"1"')] + (
                                   [("Content-Range", f"bytes {r['Range'][6:-1]}-"
                                     f"{len(body) - 1}/{len(body)}")] if r["Range"] else []))).url
    out = tmp()
    run = harness.Proc("download", "-d", out, "--limit-rate", "500k", url + "/x")
    while not os.path.exists(os.path.join(out, "x.part.json")):
        os.sched_yield()
    run.signal(signal.SIGINT)
    run.finish().exited(130)
    same(all_files(out), ["x.part", "x.part.json"], "files")
    result = trawl("download", "-d", out, url + "/x").ok(1)
    check(result.record["resumed_from"] > 0, "begun anew")
    same(digest(harness.read(os.path.join(out, "x"))), digest(body), "x")


def test_not_modified():
    """-N asks whether it changed, and replaces what did"""
    state = {"etag": '"1"', "body": b"one"}

    def app(request):
        if request["If-None-Match"] == state["etag"]:
            return head(304, [("ETag", state["etag"])])
        return reply(state["body"], headers=[("ETag", state["etag"]), (
            "Last-Modified", "Mon, 02 Nov 2026 10:00:00 GMT")])

    out, url = tmp(), http(app).url + "/x"
    path = os.path.join(out, "x")
    trawl("download", "-N", "-d", out, url).ok(1)
    same(int(os.stat(path).st_mtime), 1793613600, "modification time")
    again = trawl("download", "-N", "-d", out, url).ok(1).record
    if again["response_code"] == 304:  # else the file system keeps no attributes
        check(again["skipped"], "not skipped")
    state.update(etag='"2"', body=b"two")
    trawl("download", "-N", "-d", out, url).ok(1)
    same(harness.read(path), b"two", "x")


def run_example(name, *args):
    path = os.path.join(tmp(), "trawl")
    os.symlink(os.environ["TRAWL"], path)
    env = harness.environment({"PATH": os.path.dirname(path) + ":" + os.environ["PATH"]})
    return subprocess.run([os.path.join(harness.TOP, "contrib", "examples", name), *args],
                          env=env, capture_output=True, timeout=60, check=True).stdout.decode()


def test_example_pictures():
    """contrib/examples/pictures.sh"""
    need("jq")
    server = routes({"/a/cat.jpg": reply(b"cat"), "/b/cat.jpg": reply(b"other cat")})
    listed = harness.write(lines(*(f"{server.url}/{p}" for p in (
        "a/cat.jpg", "b/cat.jpg", "c/dog.jpg"))))
    out = os.path.join(tmp(), "pictures")
    for requests in (3, 4):  # the second time only what failed is asked for again
        printed = run_example("pictures.sh", listed, out)
        same(printed, f"{server.url}/c/dog.jpg: HTTP 404\n", "output")
        same(len(server.requests), requests, "requests")
    same([os.path.basename(os.path.dirname(f)) for f in all_files(out)], ["a", "b"], "files")


def test_example_packages():
    """contrib/examples/packages.sh"""
    need("jq")
    indices = {f"main/binary-{a}/Packages.xz": pattern(5000, a) for a in (1, 2)}
    release = "Suite: x\nMD5Sum:\n 00 1 main/no\nSHA256:\n" + "".join(
        f" {digest(data)} {len(data)} {name}\n" for name, data in indices.items())
    table = {f"/dists/x/{name}": reply(data) for name, data in indices.items()}
    table["/dists/x/Release"] = reply(release)
    table["/dists/x/main/binary-2/Packages.xz"] = reply(b"broken")
    out = tmp()
    printed = run_example("packages.sh", routes(table).url, "x", out)
    same(sorted(printed.splitlines()), [
        f"checksum_mismatch\t{out}/main/binary-2/Packages.xz",
        f"ok\t{out}/main/binary-1/Packages.xz"], "output")
    same(all_files(out), ["Release", "SHA256SUMS", "main/binary-1/Packages.xz"], "files")


if __name__ == "__main__":
    harness.main()
