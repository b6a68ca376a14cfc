"""Files that change while they are fetched, and servers that cut and mislead.

Each block of 16 bytes of a file tells its number, its version and its offset, so what is
made of two versions shows. A File is what one server has of a file: its current version,
what it says to Range and If-Range, and how often it still cuts an answer or changes.
What it does follows from its seed and from the requests that it gets, in their order.
"""

import collections
import email.utils
import functools
import hashlib
import json
import os
import threading
import time

import harness
from harness import check, same
import servers

BLOCK = 16
LONG_AGO = 1500000000

VALIDATORS = ("etag", "etag", "etag and date", "old date", "fresh date", "weak etag",
              "weak etag and date", "none")
ANSWERS = ("honours If-Range", "honours If-Range", "ignores If-Range",
           "ignores If-Range, no validators", "ignores Range", "another start",
           "another total", "no Content-Range", "total *", "416", "ends early",
           "a shorter range", "chunked")
PLACES = ("nothing", "head", "first block", "block", "16 KiB", "256 KiB", "last byte",
          "all", "anywhere")


# --- bytes that tell where they come from -----------------------------------------

@functools.cache
def _offsets(blocks):
    return b"".join(b"%015x\n" % i for i in range(blocks))


def content(number, version, size):
    """What that version of the file is: blocks of "NNNNVVVVVOOOOOO\\n"."""
    blocks = -(-size // BLOCK)
    rounded = 1 << max(10, (blocks - 1).bit_length() if blocks else 0)
    data = bytearray(_offsets(rounded)[:blocks * BLOCK])
    for i, digit in enumerate(b"%04x%05x" % (number, version)):
        data[i::BLOCK] = bytes([digit]) * blocks
    return bytes(data[:size])


def sha256(data):
    return hashlib.sha256(data).hexdigest()


# --- a file on a server -----------------------------------------------------------

Answer = collections.namedtuple("Answer", "version status headers body chunked place")


class File:
    """A file as one server has it. `size` is that of version 0."""

    def __init__(self, number, rng, size, changes=0, cuts=0, answers=None,
                 validators=None, version=0):
        self.number, self.rng, self.lock = number, rng, threading.Lock()
        self.path = f"/f{number:04x}"
        self.answers = answers or rng.choice(ANSWERS)
        self.validators = validators or rng.choice(VALIDATORS)
        self.chunked = self.answers == "chunked" or rng.random() < 0.15
        self.size, self.grows = size, rng.random() < 0.3
        self.version, self.changed_at = version, {}  # times, by version
        self.changes, self.cuts = changes, cuts
        self.oldest = version  # that was current since begin_run()
        self.asked, self.last_place = 0, None
        self.wanted = None  # the only version that is right, by a checksum
        self._made = None
        self.log = []

    def mirror(self, rng, changes, version):
        """The same file on another server, which has versions of its own."""
        other = File(self.number, rng, self.size, changes, changes, version=version,
                     validators=self.validators)
        other.grows = self.grows
        return other

    def __str__(self):
        return (f"{self.path}: {self.answers}, {self.validators}, size {self.size}"
                f"{' and growing' if self.grows else ''}"
                f"{', chunked' if self.chunked else ''}; {'; '.join(self.log[-12:])}")

    def begin_run(self):
        """Of what is new from now on no older version is right."""
        self.oldest = self.version

    def size_of(self, version):
        return self.size + (version % 5) * 7 if self.grows else self.size

    def data(self, version=None):
        version = self.version if version is None else version
        made = self._made
        if not made or made[0] != version:
            made = (version, content(self.number, version, self.size_of(version)))
            self._made = made
        return made[1]

    def version_of(self, data):
        """Which of the versions since begin_run() it is, or None."""
        right = range(self.version, self.oldest - 1, -1)
        for version in right if self.wanted is None else [self.wanted]:
            if len(data) == self.size_of(version) and data == self.data(version):
                return version
        return None

    # What is told of a version; `now` is the time of the answer.

    def _time_of(self, version):
        return self.changed_at.get(version, LONG_AGO)

    def etag(self, version):
        if self.validators.startswith("weak"):
            return 'W/"the same"'
        if self.validators.startswith("etag"):
            return f'"{self.number:x}-{version:x}"'
        return None

    def modified(self, version):
        if self.validators in ("etag and date", "old date"):
            return email.utils.formatdate(LONG_AGO + version, usegmt=True)
        if self.validators in ("fresh date", "weak etag and date"):
            return email.utils.formatdate(self._time_of(version), usegmt=True)
        return None

    def validators_of(self, version):
        both = {"ETag": self.etag(version), "Last-Modified": self.modified(version)}
        return {k: v for k, v in both.items() if v}

    # Answers.

    def _may_change(self, counts):
        if not self.asked or not self.changes or self.rng.random() < 0.15:
            return
        self.changes -= 1
        self.version += 1
        self.changed_at[self.version] = int(time.time())
        counts[self.last_place or "all"] += 1

    def _range(self, request):
        """(first, end) of what is sent as a 206, or None for all of it, or 416."""
        asked, condition = request["Range"], request["If-Range"]
        if not asked or self.answers == "ignores Range":
            return None
        if self.answers == "416":
            return 416
        size = self.size_of(self.version)
        first, last = asked.removeprefix("bytes=").split("-")
        first, end = int(first), min(int(last) + 1, size) if last else size
        honoured = not self.answers.startswith("ignores")
        if honoured and condition and not self._still(condition):
            return None
        if first >= size:
            return 416
        if self.answers == "another start":
            first = self.rng.choice([max(0, first - 16), 0, first + 1, first])
            return (min(first, end - 1), end)
        if self.answers == "a shorter range" and end - first > 1:
            end = self.rng.randrange(first + 1, end)
        return (first, end)

    def _still(self, condition):
        """RFC 9110, 13.1.5: by strong comparison; a date must be strong."""
        if condition.startswith(('"', "W/")):
            return condition == self.etag(self.version) and condition[0] == '"'
        return (condition == self.modified(self.version)
                and self._time_of(self.version) < int(time.time()))

    def _content_range(self, first, end):
        size = self.size_of(self.version)
        if self.answers == "no Content-Range":
            return {}
        if self.answers == "another total":
            size = max(end, size + self.rng.choice([-1, 1, 16, 4096]))
            size += size == self.size_of(self.version)
        total = "*" if self.answers == "total *" else size
        return {"Content-Range": f"bytes {first}-{end - 1}/{total}"}

    def _place(self, first, end, total):
        """Where this answer is cut: (name, offset in the file), (None, None): nowhere."""
        if not self.cuts or self.rng.random() < 0.1:
            return None, None
        near = self.rng.choice([-1, 0, 0, 0, 1])
        candidates = {"nothing": first, "head": first, "last byte": total - 1,
                      "first block": self.rng.randrange(1, BLOCK),
                      "anywhere": self.rng.randrange(first, end + 1)}
        if self.chunked:  # whose last chunk is then missing
            candidates["all"] = end
        for name, unit in (("block", BLOCK), ("16 KiB", 1 << 14), ("256 KiB", 1 << 18)):
            candidates[name] = self.rng.randint(first // unit + 1,
                                                max(first // unit, end // unit) + 1) \
                               * unit + near
        fit = [n for n in PLACES if n in candidates and first <= candidates[n] <= end
               and (candidates[n] < end or self.chunked or first == end)]
        name = "256 KiB" if "256 KiB" in fit and self.rng.random() < 0.5 else \
            self.rng.choice(fit)
        self.cuts -= 1
        return name, candidates[name]

    def answer(self, request, counts):
        """Decides, in one step, on the answer; `counts` tells where versions changed."""
        with self.lock:
            self._may_change(counts)
            self.asked += 1
            part = self._range(request)
            size = self.size_of(self.version)
            headers = {"Date": email.utils.formatdate(usegmt=True),
                       **self.validators_of(self.version)}
            first, end, status = 0, size, 200
            if part == 416:
                headers = {"Content-Range": f"bytes */{size}"}
                first, end, status = 0, 0, 416
            elif part:
                first, end = part
                headers |= self._content_range(first, end)
                status = 206
                if self.answers == "ignores If-Range, no validators":
                    headers = {k: headers[k] for k in ("Date", "Content-Range")}
            place, cut = self._place(first, end, size)
            if status == 206 and self.answers == "ends early" and cut is None:
                end = self.rng.randint(min(first + 1, end), end)
            self.last_place = place
            self.log.append(f"v{self.version} {request['Range']} {request['If-Range']} -> "
                            f"{status} {first}-{end} cut {place} {cut}")
            body = self.data()[first:end]
            return Answer(self.version, status, headers, body, self.chunked,
                          None if cut is None else (place, cut - first))


# --- the server -------------------------------------------------------------------

def _send(conn, rng, answer):
    framing = ("Transfer-Encoding", "chunked") if answer.chunked else \
              ("Content-Length", len(answer.body))
    head = servers.head(answer.status, [framing, *answer.headers.items()])
    place, cut = answer.place or (None, len(answer.body))
    if place == "nothing":
        head = head[:rng.choice([0, 0, 9, len(head) - 2])]
    body = answer.body[:cut]
    if answer.chunked:
        half = len(body) // 2 if place else len(body)
        parts = [b"%x\r\n%b\r\n" % (len(p), p) for p in (body[:half], body[half:]) if p]
        body = b"".join(parts) + (b"" if place else b"0\r\n\r\n")
    conn.send(head if place == "nothing" else head + body)
    if place and rng.random() < 0.2:
        conn.reset()
    return place is None


class VersionServer:
    """Serves Files by their paths; .counts: how often versions changed, by the place of
    the cut before."""

    def __init__(self, files, rng):
        self.files = {f.path: f for f in files}
        self.counts = collections.Counter()
        self.asked = 0
        self._rng = rng
        self.server = servers.raw(self._handle)

    def _handle(self, conn):
        while True:
            request = conn.read_head()
            answer = self.files[request.path].answer(request, self.counts)
            with self.server.changed:
                self.asked += 1
                self.server.changed.notify_all()
            if not _send(conn, self._rng, answer):
                return

    def url(self, file):
        return self.server.url + file.path

    def wait_asked(self, count, process):
        """Waits for so many requests, or the end of the process."""
        end = time.monotonic() + harness.PATIENCE
        with self.server.changed:
            while self.asked < count and process.poll() is None:
                self.server.changed.wait(0.05)
                check(time.monotonic() < end, "no requests come")


# --- what is on the disk ----------------------------------------------------------

def journal(path):
    """The journal as a dictionary, or None for what is none."""
    first, *rest = harness.read(path).split(b"\n")
    if len(rest) < 2 or first.decode() != sha256(rest[0] + b"\n"):
        return None
    return json.loads(rest[0])


def part_is_one_version(files, path, killed):
    """What the journal of a part tells of is there, and is of the version it tells of:
    that of one of the files, each of which is what a mirror has."""
    known, data = journal(path + ".json"), harness.read(path)
    if not known:
        check(killed, f"the journal of {path} is none")
        return
    if known.get("sum"):  # they may be of several versions, and the checksum tells
        check(files[0].wanted is not None, f"{path}: a checksum in its journal {known}")
        return
    for file in files:
        for version in range(file.version + 1):
            etag, modified = known.get("etag"), known.get("last_modified")
            if (etag and etag != file.etag(version)
                    or modified and modified != file.modified(version)):
                continue
            whole = content(file.number, version, file.size_of(version))
            if all(data[a:b] == whole[a:b] and b <= len(data) for a, b in known["done"]):
                return
    raise AssertionError(f"{path}: not what its journal {known} says: "
                         f"{data[:48]}; {[str(f) for f in files]}")


def look(directory, groups, done, killed=False):
    """Checks a directory after a run: each file under its final name is one version that
    was current since begin_run(); each part has its journal, and what that tells of is of
    one version. `groups`: by names, the Files that the mirrors have; `done`: by names, the
    data of those that were there before, which are still the same. Returns that of all
    that are there."""
    there, parts = {}, set()
    for name in os.listdir(directory):
        path = os.path.join(directory, name)
        base = name.removesuffix(".json").removesuffix(".part")
        check(base in groups, f"{name} is in the directory")
        if name == base:
            there[name] = _look_at_file(path, groups[name], done.get(name))
        elif name.endswith(".part"):
            parts.add(base)
            if os.path.exists(path + ".json"):
                part_is_one_version(groups[base], path, killed)
            else:
                check(killed, f"{name} without a journal; {told(groups[base])}")
        else:
            check(killed or os.path.exists(path.removesuffix(".json")),
                  f"{name} without a part; {told(groups[base])}")
        if not killed:
            same(os.stat(path).st_mode & 0o1000, 0 if name == base else 0o1000, "sticky")
    check(set(done) <= set(there), "a file has gone")
    if not killed:
        same(set(there) & parts, set(), "parts of files that are there")
    return there


def _look_at_file(path, files, before):
    digest = sha256(data := harness.read(path))
    if before:
        same(digest, before, f"{path}, which was there before")
    elif all(f.version_of(data) is None for f in files):
        raise AssertionError(f"{path} is no version: {len(data)} bytes, {runs(data)}; "
                             + told(files))
    return digest


def told(files):
    return "; ".join(map(str, files))


def runs(data):
    """Which versions the data is made of."""
    found = []
    for at in range(0, len(data), BLOCK):
        version = data[at + 4:at + 9].decode("latin-1")
        if not found or found[-1][1] != version:
            found.append((at, version))
    return ", ".join(f"version {v} from {a}" for a, v in found[:8])
