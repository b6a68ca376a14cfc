"""TAP runner, and helpers for running trawl and looking at what it did.

A test program imports this module, defines functions named test_* and ends with
`harness.main()`. Each function gives one line of TAP, named after the first line of
its docstring. Environment: TRAWL (the installed binary), top_srcdir (the source tree)
and TRAWL_SANITIZED=1 (built with sanitizers: no memory limits, smaller numbers).
"""

import argparse
import contextlib
import functools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.abspath(os.environ.get("top_srcdir") or os.path.join(HERE, "..", ".."))
SANITIZED = os.environ.get("TRAWL_SANITIZED", "") not in ("", "0", "no")
PATIENCE = 40 if SANITIZED else 20  # seconds: the most that one wait may take

ERROR_TYPES = frozenset("""
    url_malformed unsupported_scheme dns_not_found dns_temporary connect_refused
    connect_timeout connect_failed private_address tls_verify tls_handshake timeout
    stalled send reset empty_reply truncated protocol header_too_large too_large decode
    too_many_redirects redirect_refused http_status cancelled local_io bad_input
    range changed checksum_mismatch checksum_missing file_exists
    robots_denied""".split())

INHERITED = re.compile(r"^(PATH|LANG|TMPDIR|LD_LIBRARY_PATH|[A-Z]+SAN_OPTIONS"
                       r"|LLVM_PROFILE_FILE|GCOV_.*)$")
UNPRINTABLE = {c: f"\\x{c:02x}" for c in (*range(32), 127)}
CRASHED = re.compile(r"AddressSanitizer|LeakSanitizer|runtime error:|Assertion .* failed")


class Skip(Exception):
    """Raised to skip a test; the message is the reason."""


class TestTimeout(BaseException):
    """Raised in the main thread when a test takes too long."""


# --- cleaning up ------------------------------------------------------------------

_file_scope = contextlib.ExitStack()
_scope = _file_scope


def defer(function, *args):
    """Calls function(*args) when the test ends, or the file for a fixture."""
    _scope.callback(function, *args)


@contextlib.contextmanager
def _scoped(stack):
    global _scope
    before, _scope = _scope, stack
    try:
        yield
    finally:
        _scope = before


def fixture(make):
    """Decorator: made on first use, kept for all tests of the file."""
    @functools.cache
    def get(*args):
        with _scoped(_file_scope):
            return make(*args)
    return get


def tmp():
    """A new temporary directory."""
    path = tempfile.mkdtemp(prefix="trawl-e2e-")
    defer(shutil.rmtree, path, True)
    return path


def write(data, name="file"):
    """A new temporary file that holds the data; returns its path."""
    path = os.path.join(tmp(), name)
    with open(path, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())
    return path


def read(path):
    with open(path, "rb") as f:
        return f.read()


# --- conditions -------------------------------------------------------------------

def need(program):
    """The path of a program, or skips the test."""
    path = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not path:
        raise Skip(f"{program} is not installed")
    return path


def need_root():
    if os.geteuid() != 0:
        raise Skip("needs root")


def need_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as s:
            s.bind(("::1", 0))
    except OSError:
        raise Skip("no IPv6 loopback") from None


@fixture
def lonely():
    """Command prefix: a network namespace of its own, with nothing up."""
    prefix = [need("unshare"), "-n"] if os.geteuid() == 0 else [need("unshare"), "-rn"]
    if subprocess.run(prefix + ["true"], capture_output=True).returncode:
        raise Skip("no network namespaces here")
    return tuple(prefix)


def free_port(host="127.0.0.1"):
    """A port where nothing listens, at least for now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as s:
        s.bind((host, 0))
        return s.getsockname()[1]


def wait_for_port(port, process, host="127.0.0.1"):
    """Returns once something accepts connections; False when the process ended."""
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(ConnectionRefusedError):
            socket.create_connection((host, port), timeout=PATIENCE).close()
            return True
        time.sleep(0.005)
    return False


def in_time(attempt, first):
    """Calls attempt(seconds) with limits of time that grow, until it returns true: what has
    to come before a limit ends is late where the machine is busy, but not each time."""
    for seconds in (first, 2 * first, 4 * first, 8 * first):
        if attempt(seconds):
            return
    raise AssertionError("late each time")


def at_once(attempt):
    """Calls attempt() until it returns few seconds: something takes no longer by itself,
    though it may where the machine is busy."""
    took = []
    while not took or took[-1] > (4 if SANITIZED else 2):
        check(len(took) < 5, f"took {took} s")
        took.append(attempt())


# --- checks -----------------------------------------------------------------------

def same(actual, expected, what="value"):
    if actual != expected:
        raise AssertionError(f"{what}: got {_short(actual)}, expected {_short(expected)}")


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def contains(text, *parts):
    for part in parts:
        if part not in text:
            raise AssertionError(f"{part!r} is not in {_short(text)}")


def lacks(text, *parts):
    for part in parts:
        if part in text:
            raise AssertionError(f"{part!r} is in {_short(text)}")


def _short(value):
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) < 1500 else text[:1000] + " ... " + text[-400:]


# --- running trawl ----------------------------------------------------------------

def environment(extra=None):
    """What trawl sees: no proxies, no certificates, no files of the user."""
    env = {k: v for k, v in os.environ.items() if INHERITED.match(k)}
    home = tmp()
    env.update(HOME=home, LC_ALL="C.UTF-8", TERM="xterm", XDG_CONFIG_HOME=home)
    env.update(extra or {})
    return {k: v for k, v in env.items() if v is not None}


def parse(output):
    """Records from output bytes; each line exactly one JSON object."""
    check(not output or output.endswith(b"\n"), f"cut line: {_short(output[-200:])}")
    records = []
    for line in output.split(b"\n")[:-1]:
        try:
            record = json.loads(line)
        except ValueError as e:
            raise AssertionError(f"no JSON ({e}): {_short(line)}") from None
        check(isinstance(record, dict), f"no object: {_short(line)}")
        records.append(record)
    return records


class Result:
    """What a finished run left: status, out (bytes), err (text), records."""

    def __init__(self, argv, status, out, err, seconds):
        self.argv, self.status, self.out, self.err = argv, status, out, err
        self.seconds = seconds

    def __str__(self):
        return (f"$ {' '.join(map(str, self.argv))}\nstatus {self.status}\n"
                f"stdout {_short(self.out.decode(errors='replace'))}\n"
                f"stderr {_short(self.err)}")

    @functools.cached_property
    def records(self):
        return parse(self.out)

    @property
    def record(self):
        """The only record."""
        same(len(self.records), 1, "number of records")
        return self.records[0]

    @property
    def sorted(self):
        """The records in the order of the input: one for each, none missing."""
        indices = sorted(r["index"] for r in self.records)
        same(indices, list(range(len(indices))), "indices")
        return sorted(self.records, key=lambda r: r["index"])

    def exited(self, *expected):
        if self.status not in expected:
            raise AssertionError(f"exit status {self.status}, expected "
                                 + " or ".join(map(str, expected)))
        return self

    def ok(self, count=None):
        """Everything succeeded, and gave so many records."""
        self.exited(0)
        for record in self.records:
            check(record["ok"] and record["error"] is None, f"not ok: {record}")
        if count is not None:
            same(len(self.sorted), count, "number of records")
        return self


class Proc:
    """A running trawl. Output is read all the time, by threads, line by line."""

    runs = []  # of the current test, for diagnostics

    def __init__(self, *args, stdin=None, env=None, prefix=(), stdout=None, stderr=None,
                 program=None, cwd=None, pass_fds=()):
        self.argv = [*prefix, program or os.environ["TRAWL"], *map(str, args)]
        self._changed = threading.Condition()
        self.lines, self.times, self._taken, self._tail = [], [], 0, []
        self._err, self._threads, self._open = b"", [], 0
        pipe = subprocess.PIPE
        given = stdin is not None and not isinstance(stdin, int)
        source = pipe if given else subprocess.DEVNULL if stdin is None else stdin
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.argv, stdin=source, stdout=pipe if stdout is None else stdout,
            stderr=pipe if stderr is None else stderr, env=environment(env), cwd=cwd,
            start_new_session=True, pass_fds=pass_fds)
        self.pid = self.process.pid
        defer(self.kill)
        Proc.runs.append(self)
        for stream, take in ((self.process.stdout, self._take_out),
                             (self.process.stderr, self._take_err)):
            if stream:
                self._open += 1
                self._thread(self._pump, stream, take)
        self._fed = False
        if given:
            self.feed_all([stdin] if isinstance(stdin, (str, bytes)) else stdin)

    def _thread(self, function, *args):
        thread = threading.Thread(target=function, args=args, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _pump(self, stream, take):
        while data := os.read(stream.fileno(), 1 << 16):
            with self._changed:
                take(data)
                self._changed.notify_all()
        with self._changed:
            self._open -= 1
            self._changed.notify_all()

    def _take_out(self, data):
        first, *rest = data.split(b"\n")
        self._tail.append(first)
        if rest:
            lines = [b"".join(self._tail), *rest[:-1]]
            self.lines += lines
            self.times += [time.monotonic()] * len(lines)
            self._tail = rest[-1:]

    def _take_err(self, data):
        self._err += data

    def _write_all(self, blocks):
        with contextlib.suppress(BrokenPipeError, ValueError):
            for block in blocks:
                self.feed(block)
        self.close_stdin()

    def feed_all(self, blocks):
        """Writes all blocks to standard input and closes it, in the background."""
        self._fed = True
        self._thread(self._write_all, blocks)

    def feed(self, data):
        self.process.stdin.write(data if isinstance(data, bytes) else data.encode())
        self.process.stdin.flush()

    def close_stdin(self):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()

    @property
    def err(self):
        return self._err.decode(errors="replace")

    def _wait(self, condition, what):
        with self._changed:
            self._changed.wait_for(lambda: condition() or not self._open, PATIENCE)
        check(condition(), f"waited in vain for {what}; stderr: {_short(self.err)}")

    def next_line(self):
        self._wait(lambda: len(self.lines) > self._taken, "a line on stdout")
        self._taken += 1
        return self.lines[self._taken - 1]

    def next_record(self):
        return parse(self.next_line() + b"\n")[0]

    def wait_lines(self, count):
        self._wait(lambda: len(self.lines) >= count, f"{count} lines on stdout")

    def wait_err(self, pattern):
        self._wait(lambda: re.search(pattern, self.err), f"{pattern!r} on stderr")

    def signal(self, number):
        os.kill(self.pid, number)

    def peak_rss(self):
        """Megabytes, of the process while it still runs."""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as f:
            return int(re.search(r"VmHWM:\s+(\d+) kB", f.read()).group(1)) / 1024

    def kill(self):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()
        for thread in self._threads:
            thread.join(PATIENCE)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()

    def so_far(self):
        out = b"".join(line + b"\n" for line in self.lines) + b"".join(self._tail)
        return Result(self.argv, self.process.poll(), out, self.err,
                      time.monotonic() - self.started)

    def finish(self, timeout=None):
        """Waits for the end; the Result. A crash fails the test."""
        if self.process.stdin and not self._fed:
            self.close_stdin()
        try:
            self.process.wait(timeout or PATIENCE)
        except subprocess.TimeoutExpired:
            raise AssertionError("trawl does not end") from None
        for thread in self._threads:
            thread.join(PATIENCE)
        result = self.so_far()
        check(not CRASHED.search(result.err), "sanitizer or assertion")
        check(result.status not in (-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS,
                                    -signal.SIGPIPE, 134, 139), "crashed")
        return result


def trawl(*args, timeout=None, **options):
    """Runs trawl to its end."""
    return Proc(*args, **options).finish(timeout)


def fetch(*args, **options):
    """`trawl fetch`; retries only where a test asks for them, to keep tests short."""
    retry = () if any(str(a).startswith("--retry") for a in args) else ("--retry", "0")
    return trawl("fetch", *retry, *args, **options)


def start_fetch(*args, **options):
    """The same, not waited for."""
    return Proc("fetch", "--retry", "0", *args, **options)


def lines(*items):
    """Input text: one line each, dicts as JSON."""
    return "".join((json.dumps(i) if isinstance(i, dict) else str(i)) + "\n"
                   for i in items)


# --- the runner -------------------------------------------------------------------

def limit(seconds):
    """Decorator: the test may take so long (60 s otherwise)."""
    def mark(function):
        function.limit = seconds
        return function
    return mark


def _alarm(*_):
    raise TestTimeout


def _comment(text):
    for line in str(text).splitlines():
        print("# " + line.translate(UNPRINTABLE))


def _run(function):
    """Runs one test: ("ok" or "not ok", what follows its name)."""
    global _scope
    seconds = getattr(function, "limit", 60) * (3 if SANITIZED else 1)
    Proc.runs.clear()
    verdict, remark = "ok", ""
    stack = contextlib.ExitStack()
    signal.signal(signal.SIGALRM, _alarm)
    try:
        try:
            signal.alarm(seconds)
            with _scoped(stack):
                function()
        except Skip as e:
            remark = f" # SKIP {e}"
        except TestTimeout:
            verdict = "not ok"
            _comment(f"timed out after {seconds} s")
        except Exception as e:  # pylint: disable=broad-except
            verdict = "not ok"
            _diagnose(e)
        finally:
            signal.alarm(0)
        if verdict == "not ok":
            for proc in Proc.runs[-3:]:
                _comment(proc.so_far())
    finally:
        try:
            stack.close()
        except Exception as e:  # pylint: disable=broad-except
            verdict = "not ok"
            _comment(f"while cleaning up: {e}")
    return verdict, remark


def _diagnose(error):
    if isinstance(error, AssertionError):
        frames = [f for f in traceback.extract_tb(error.__traceback__)
                  if os.path.basename(f.filename) != os.path.basename(__file__)]
        if frames:
            _comment(f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}: "
                     f"{frames[-1].line}")
        _comment(error)
    else:
        _comment("".join(traceback.format_exception(error)))


def name_of(function):
    doc = (function.__doc__ or "").strip().splitlines()
    return (doc[0] if doc else function.__name__[5:].replace("_", " ")).rstrip(".") \
        .replace("#", "")


def _terminated(number, _):
    sys.exit(128 + number)


def main():
    """Runs the tests of the calling program, as the command line says."""
    tests = [(n, f) for n, f in vars(sys.modules["__main__"]).items()
             if n.startswith("test_") and callable(f)]
    parser = argparse.ArgumentParser()
    parser.add_argument("tests", nargs="*", help="names of tests (test_...); default all")
    parser.add_argument("-l", "--list", action="store_true", help="list them")
    options = parser.parse_args()
    if options.list:
        for name, function in tests:
            print(f"{name}  {name_of(function)}")
        return
    unknown = set(options.tests) - {n for n, _ in tests}
    if unknown:
        parser.error(f"no such test: {', '.join(sorted(unknown))}")
    if not os.access(os.environ.get("TRAWL", ""), os.X_OK):
        print("Bail out! TRAWL must name the trawl binary")
        sys.exit(1)
    os.environ["TRAWL"] = os.path.abspath(os.environ["TRAWL"])
    signal.signal(signal.SIGTERM, _terminated)
    # A shell has those ignore it that it starts in the background, and trawl would.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.stdout.reconfigure(errors="backslashreplace", line_buffering=True)
    _run_all([(n, f) for n, f in tests if not options.tests or n in options.tests])


def _run_all(tests):
    failed = 0
    print(f"1..{len(tests)}")
    try:
        for number, (name, function) in enumerate(tests, 1):
            began = time.monotonic()
            verdict, remark = _run(function)
            failed += verdict != "ok"
            print(f"{verdict} {number} - {name_of(function)}{remark}")
            _comment(f"{name}: {time.monotonic() - began:.2f} s")
    finally:
        _file_scope.close()
    sys.stdout.flush()
    os._exit(1 if failed else 0)  # a thread stuck in a system call must not hold us
