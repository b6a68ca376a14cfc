"""Servers on loopback: plain ones that watch the client, and ones that misbehave.

`http(app)` answers requests with app(request) -> bytes; `raw(handler)` hands over each
connection. Both count connections and requests, and end with the test. The functions
below the heading "faults" are handlers for raw().
"""

import contextlib
import email.utils
import gzip
import json
import os
import re
import select
import signal
import socket
import ssl
import struct
import subprocess
import threading
import time
import zlib

import harness


class Gone(Exception):
    """The client went away."""


class Request:
    """One request as it came: method, target, headers (pairs), body."""

    def __init__(self, conn, head, body):
        self.conn, self.head, self.body, self.at = conn, head, body, time.monotonic()
        first, *rest = head.decode("latin-1").split("\r\n")
        self.method, self.target, self.version = first.split(" ", 2)
        self.headers = [tuple(line.split(":", 1)) for line in rest if line]
        self.headers = [(k.strip(), v.strip()) for k, v in self.headers]
        self.path = self.target.split("?")[0]

    def __getitem__(self, name):
        """The value of a header, or None."""
        values = [v for k, v in self.headers if k.lower() == name.lower()]
        return values[-1] if values else None

    def count(self, name):
        return sum(k.lower() == name.lower() for k, _ in self.headers)


class Conn:
    """One accepted connection."""

    def __init__(self, server, sock, peer, number):
        self.server, self.sock, self.peer, self.number = server, sock, peer, number
        self._input = b""

    def _more(self):
        try:
            data = self.sock.recv(1 << 16)
        except OSError:
            raise Gone from None
        if not data:
            raise Gone
        self._input += data

    def _until(self, mark):
        searched = 0
        while (at := self._input.find(mark, searched)) < 0:
            searched = max(0, len(self._input) - len(mark))
            self._more()
        taken, self._input = self._input[:at], self._input[at + len(mark):]
        return taken

    def _exactly(self, count):
        while len(self._input) < count:
            self._more()
        taken, self._input = self._input[:count], self._input[count:]
        return taken

    def read_head(self):
        """The next request without its body; raises Gone at the end."""
        return Request(self, self._until(b"\r\n\r\n"), b"")

    def read_body(self, request):
        if request["Expect"]:
            self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        if request["Content-Length"]:
            request.body = self._exactly(int(request["Content-Length"]))
        elif request["Transfer-Encoding"]:
            while size := int(self._until(b"\r\n"), 16):
                request.body += self._exactly(size)
                self._until(b"\r\n")
            self._until(b"\r\n")
        return request

    def request(self):
        """The next request, whole and recorded; raises Gone at the end."""
        request = self.read_body(self.read_head())
        with self.server.changed:
            self.server.requests.append(request)
            self.server.changed.notify_all()
        return request

    def send(self, data):
        try:
            self.sock.sendall(data)
        except OSError:
            raise Gone from None

    def hold(self):
        """Waits until the client goes away; returns what it still sent."""
        with contextlib.suppress(Gone):
            while True:
                self._more()
        return self._input

    def reset(self):
        """Closes with RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Gone


class Server:
    """Accepts on loopback and runs handler(conn) in a thread for each connection."""

    def __init__(self, handler, host="127.0.0.1", port=0, tls=None):
        self.handler, self.host, self.tls = handler, host, tls
        self.changed = threading.Condition()
        self.requests, self.connections, self.handshake_errors = [], 0, []
        self.in_flight = self.peak = 0
        self._socks, self._errors, self._closing = set(), [], False
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.listener = socket.create_server((host, port), family=family, backlog=1024)
        self.port = self.listener.getsockname()[1]
        self.authority = f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"
        self.url = ("https://" if tls else "http://") + self.authority
        threading.Thread(target=self._accept, daemon=True).start()
        harness.defer(self.close)

    def _accept(self):
        while True:
            try:
                sock, peer = self.listener.accept()
            except OSError:
                return
            with self.changed:
                self.connections += 1
                self._socks.add(sock)
                conn = Conn(self, sock, peer, self.connections)
                self.changed.notify_all()
            threading.Thread(target=self._serve, args=(conn,), daemon=True).start()

    def _serve(self, conn):
        plain = conn.sock
        try:
            if plain.fileno() >= 0:
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.tls:
                conn.sock = self.tls.wrap_socket(plain, server_side=True)
            self.handler(conn)
        except Gone:
            pass
        except OSError as e:
            if not self._closing:
                self.handshake_errors.append(e)
        except Exception as e:  # pylint: disable=broad-except
            self._errors.append(e)
        finally:
            with self.changed:
                self._socks.discard(plain)
                self.changed.notify_all()
            for sock in (conn.sock, plain):
                with contextlib.suppress(OSError):
                    sock.close()

    def close(self):
        """Ends it and all its connections. Fails on an error in a handler."""
        self._closing = True
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        with self.changed:
            for sock in self._socks:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
            self.changed.notify_all()
        if self._errors:
            raise self._errors[0]

    def wait(self, condition, what="the server to see it"):
        """Waits until condition() holds; it is looked at after each event."""
        with self.changed:
            done = self.changed.wait_for(condition, harness.PATIENCE)
        harness.check(done, f"waited in vain for {what}")

    def wait_requests(self, count):
        self.wait(lambda: len(self.requests) >= count, f"{count} requests")

    @property
    def hits(self):
        return [r.target for r in self.requests]

    def gaps(self):
        """Seconds between one request and the next."""
        times = [r.at for r in self.requests]
        return [b - a for a, b in zip(times, times[1:])]


def raw(handler, **options):
    return Server(handler, **options)


def http(app, **options):
    """Keeps connections alive; app(request) gives the answer's bytes, or None to close."""
    def handle(conn):
        server = conn.server
        while True:
            request = conn.request()
            with server.changed:
                server.in_flight += 1
                server.peak = max(server.peak, server.in_flight)
                server.changed.notify_all()
            try:
                answer = app(request)
            finally:
                with server.changed:
                    server.in_flight -= 1
                    server.changed.notify_all()
            if answer is None:
                return
            conn.send(answer)
    return Server(handle, **options)


def fixed(answer=None, **options):
    """The same answer to everything."""
    answer = reply(b"hello\n") if answer is None else answer
    return http(lambda request: answer, **options)


def scripted(*answers, **options):
    """One answer after the other; the last is repeated."""
    def app(request):
        return answers[min(len(request.conn.server.requests), len(answers)) - 1]
    return http(app, **options)


def routes(table, **options):
    """Answers (bytes, or functions of the request) by path; 404 elsewhere."""
    def app(request):
        answer = table.get(request.path, reply(b"not found\n", 404))
        return answer(request) if callable(answer) else answer
    return http(app, **options)


class Versioned:
    """One file at every path, with validators, ranges and conditions, as RFC 9110 has
    them. All of it may be set between requests; `cuts`: behind how many bytes of the body
    the connection is closed, for each of the answers to come (None: not at all); `alter`:
    makes another answer of (request, status, headers, body)."""

    def __init__(self, body, etag='"1"', modified=None, cuts=(), alter=None, **options):
        self.body, self.etag, self.modified = body, etag, modified
        self.cuts, self.alter = list(cuts), alter
        self.server = raw(self._handle, **options)
        self.url = self.server.url

    @property
    def asked(self):
        """(Range, If-Range) of all requests."""
        return [(r["Range"], r["If-Range"]) for r in self.server.requests]

    def _handle(self, conn):
        while True:
            request = conn.request()
            status, headers, body = self._answer(request)
            if self.alter:
                status, headers, body = self.alter(request, status, headers, body)
            cut = self.cuts.pop(0) if self.cuts else None
            if status not in (204, 304):
                headers.setdefault("Content-Length", len(body))
            conn.send(head(status, headers) + body[:cut])
            if cut is not None:
                return

    def _answer(self, request):
        headers = {"Date": email.utils.formatdate(usegmt=True)}
        if self.etag:
            headers["ETag"] = self.etag
        if self.modified:
            headers["Last-Modified"] = self.modified
        if self._unchanged(request):
            return 304, headers, b""
        wanted, size = request["Range"], len(self.body)
        if not wanted or request["If-Range"] not in (None, self.etag, self.modified):
            return 200, headers, self.body
        first, last = wanted.removeprefix("bytes=").split("-")
        first, end = int(first), min(int(last) + 1, size) if last else size
        if first >= size:
            return 416, {"Content-Range": f"bytes */{size}"}, b""
        headers["Content-Range"] = f"bytes {first}-{end - 1}/{size}"
        return 206, headers, self.body[first:end]

    def _unchanged(self, request):
        if request["If-None-Match"]:
            return request["If-None-Match"] == self.etag
        return self.modified and request["If-Modified-Since"] == self.modified


REASONS = {200: "OK", 301: "Moved Permanently", 302: "Found", 404: "Not Found",
           429: "Too Many Requests", 500: "Internal Server Error",
           503: "Service Unavailable"}


def head(status=200, headers=(), reason=None):
    """Status line and headers, with the empty line."""
    pairs = headers.items() if isinstance(headers, dict) else headers
    reason = REASONS.get(status, "Status") if reason is None else reason
    lines = [f"HTTP/1.1 {status} {reason}"] + [f"{k}: {v}" for k, v in pairs]
    return "\r\n".join(lines + ["", ""]).encode("latin-1")


def reply(body=b"", status=200, headers=(), type="text/plain", reason=None):
    """A whole answer with Content-Length."""
    body = body if isinstance(body, bytes) else body.encode()
    pairs = list(headers.items() if isinstance(headers, dict) else headers)
    return head(status, [("Content-Type", type), ("Content-Length", len(body))] + pairs,
                reason) + body


def json_reply(text):
    return reply(text, type="application/json")


def redirect(location, status=302, body=b""):
    return reply(body, status, {"Location": location})


def describe(request):
    """An answer that says what was asked, as JSON."""
    return json_reply(json.dumps({
        "method": request.method, "target": request.target,
        "headers": request.headers, "body": request.body.decode("latin-1")}))


class Gate:
    """An app that holds requests until it is opened.

    wait(n) returns when n are held; release(path) lets one go, open() all, also those
    to come. For seeing concurrency without timing."""

    def __init__(self, answer=None, **options):
        self._answer = answer or (lambda request: reply(request.path))
        self._open, self._released = False, set()
        self.held = []
        self.server = http(self._app, **options)
        self.url = self.server.url
        harness.defer(self.open)

    def _app(self, request):
        with self.server.changed:
            self.held.append(request.path)
            self.server.changed.notify_all()
            self.server.changed.wait_for(
                lambda: self._open or request.path in self._released)
        return self._answer(request)

    def wait(self, count):
        self.server.wait(lambda: len(self.held) >= count, f"{count} requests to hold")

    def release(self, path):
        with self.server.changed:
            self._released.add(path)
            self.server.changed.notify_all()

    def open(self):
        with self.server.changed:
            self._open = True
            self.server.changed.notify_all()

    def wait_quiet(self, count, grace=0.15):
        """Waits for n, then a moment longer for any too many. Returns how many there
        are: a client that keeps to its limit is never misjudged by the pause."""
        self.wait(count)
        with self.server.changed:
            self.server.changed.wait_for(lambda: len(self.held) > count, grace)
        return len(self.held)


# --- faults: handlers for raw() ---------------------------------------------------

OK_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


def sends(*parts, then="close"):
    """Reads a request, sends the parts, then: close, hold or reset."""
    def handle(conn):
        conn.request()
        for part in parts:
            conn.send(part)
        getattr(conn, then, lambda: None)()
    return handle


def empty_reply(conn):
    conn.request()


def closes_at_once(conn):
    conn.sock.shutdown(socket.SHUT_RDWR)


def resets_at_once(conn):
    conn.read_head()
    conn.reset()


def endless_headers(conn):
    conn.request()
    conn.send(OK_HEAD)
    block = b"".join(b"X-Filler-%d: %s\r\n" % (i, b"x" * 200) for i in range(50))
    while True:
        conn.send(block)


def dripping_headers(conn):
    """A header line each 50 ms, for ever."""
    conn.request()
    conn.send(OK_HEAD)
    while True:
        conn.send(b"X-Drip: 1\r\n")
        time.sleep(0.05)


def dripping_body(conn):
    conn.request()
    conn.send(OK_HEAD + b"Content-Length: 1000000\r\n\r\n")
    while True:
        conn.send(b"x")
        time.sleep(0.05)


def endless_interim(conn):
    conn.request()
    while True:
        conn.send(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n" * 50)


def endless_body(conn):
    """Without a Content-Length; conn.server.sent counts the bytes."""
    conn.request()
    conn.server.sent = 0
    conn.send(OK_HEAD + b"\r\n")
    while True:
        conn.send(b"x" * 65536)
        conn.server.sent += 65536


silent = sends(then="hold")
stalls_in_body = sends(OK_HEAD + b"Content-Length: 100\r\n\r\nsome of it", then="hold")
stalls_in_headers = sends(OK_HEAD, then="hold")
cut_short = sends(OK_HEAD + b"Content-Length: 100\r\n\r\nsome of it")
cut_chunk = sends(OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n20\r\nonly a part")
cut_between_chunks = sends(OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n4\r\nwhol\r\n")
bad_chunk = sends(OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n4\r\ngood\r\nzz\r\nbad\r\n")
resets_in_body = sends(OK_HEAD + b"Content-Length: 100\r\n\r\nsome of it", then="reset")
garbage = sends(b"\x00\x01\x02 this is not HTTP at all\r\n\r\n")
http09 = sends(b"<html>just a body, as in 1991</html>\n")
big_header = sends(OK_HEAD + b"X-Big: " + b"x" * 200000 + b"\r\nContent-Length: 0\r\n\r\n")


def lengths(*values, body=b"hello"):
    """An answer with these Content-Length lines."""
    head_ = OK_HEAD + b"".join(b"Content-Length: %s\r\n" % v.encode() for v in values)
    return sends(head_ + b"\r\n" + body)


def keep_alive_then(end):
    """First connection: one answer with keep-alive, then it ends ("fin": closed while
    idle; "late_fin", "rst": when the next request comes). Later ones are good."""
    def handle(conn):
        if conn.number > 1:
            while True:
                conn.request()
                conn.send(reply(b"second"))
        conn.request()
        conn.send(reply(b"first", headers={"Connection": "keep-alive"}))
        if end != "fin":
            conn.read_head()
        if end == "rst":
            conn.reset()
    return handle


# --- encodings --------------------------------------------------------------------

def encoded(body, coding="gzip"):
    return reply(body, headers={"Content-Encoding": coding})


def bad_crc(data):
    body = bytearray(gzip.compress(data, mtime=0))
    body[-8] ^= 0xff
    return bytes(body)


def gzip_bomb(gigabytes=10):
    """A handler that streams a gzip of that many GB of zeros: about 1 MB for each."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = deflate.compress(bytes(1 << 20)) + deflate.flush(zlib.Z_FULL_FLUSH)

    def handle(conn):
        conn.request()
        conn.server.sent = 0
        conn.send(OK_HEAD + b"Content-Encoding: gzip\r\n\r\n")
        conn.send(b"\x1f\x8b\x08\0\0\0\0\0\0\x03")
        for _ in range(gigabytes * 1024):
            conn.send(block)
            conn.server.sent += len(block)
    return handle


HELLO = {  # "hello world" in every coding
    "gzip": gzip.compress(b"hello world", mtime=0),
    "deflate": zlib.compress(b"hello world"),
    "br": b"\x0b\x05\x80hello world\x03",
    "zstd": b"\x28\xb5\x2f\xfd\x20\x0b\x59\0\0hello world",
}


# --- connections that are never made ----------------------------------------------

def unanswered():
    """host:port of a listener whose queue is full: a connect gets no answer."""
    listener = socket.socket()
    harness.defer(listener.close)
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    for _ in range(8):
        filler = socket.socket()
        harness.defer(filler.close)
        filler.setblocking(False)
        filler.connect_ex(listener.getsockname())
        _, writable, _ = select.select([], [filler], [], 0.2)
        if not writable:
            return "127.0.0.1:%d" % listener.getsockname()[1]
    raise harness.Skip("cannot fill the queue of a listening socket")


# --- a proxy ----------------------------------------------------------------------

def proxy():
    """A forward proxy; its .requests are those that clients sent it."""
    def handle(conn):
        while True:
            request = conn.request()
            if request.method == "CONNECT":
                host, port = request.target.rsplit(":", 1)
                with socket.create_connection((host, int(port))) as upstream:
                    conn.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    _relay(conn, upstream)
                return
            host, port, path = re.match(r"http://([^:/]+):(\d+)(.*)",
                                        request.target).groups()
            with socket.create_connection((host, int(port))) as upstream:
                upstream.sendall(f"{request.method} {path} HTTP/1.0\r\n\r\n".encode())
                while data := upstream.recv(65536):
                    conn.send(data)
            return
    return Server(handle)


def _relay(conn, upstream):
    def back():
        with contextlib.suppress(Gone, OSError):
            while data := upstream.recv(65536):
                conn.send(data)
        with contextlib.suppress(OSError):
            conn.sock.shutdown(socket.SHUT_RDWR)
    thread = threading.Thread(target=back, daemon=True)
    thread.start()
    with contextlib.suppress(OSError):
        while data := conn.sock.recv(65536):
            upstream.sendall(data)
        upstream.shutdown(socket.SHUT_RDWR)
    thread.join(harness.PATIENCE)


# --- TLS --------------------------------------------------------------------------

def _openssl(*args):
    done = subprocess.run([harness.need("openssl"), *args], capture_output=True,
                          text=True, check=False)
    harness.check(done.returncode == 0, f"openssl {args[0]}: {done.stderr}")


NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


class Authority:
    """A certificate authority of openssl(1), in a directory of its own."""

    def __init__(self, name="trawl test CA"):
        self.dir = harness.tmp()
        self.cert, self.key = self._path("ca.pem"), self._path("ca.key")
        _openssl("req", "-x509", *NEW_KEY, "-keyout", self.key, "-out", self.cert,
                 "-days", "3", "-subj", f"/CN={name}",
                 "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        os.mkdir(self._path("new"))
        open(self._path("index.txt"), "w", encoding="ascii").close()
        with open(self._path("ca.cnf"), "w", encoding="ascii") as f:
            f.write(f"[ca]\ndefault_ca=d\n[d]\ndatabase={self.dir}/index.txt\n"
                    f"new_certs_dir={self.dir}/new\ncertificate={self.cert}\n"
                    f"private_key={self.key}\ndefault_md=sha256\npolicy=p\n"
                    "unique_subject=no\nrand_serial=yes\n[p]\ncommonName=supplied\n")

    def _path(self, name):
        return os.path.join(self.dir, name)

    def issue(self, name, san="IP:127.0.0.1,IP:127.0.0.2,DNS:localhost", expired=False):
        """(certificate, key): paths."""
        cert, key, csr, ext = (self._path(name + s) for s in
                               (".pem", ".key", ".csr", ".ext"))
        with open(ext, "w", encoding="ascii") as f:
            f.write(f"subjectAltName={san}\nbasicConstraints=CA:FALSE\n"
                    "extendedKeyUsage=serverAuth,clientAuth\n")
        start, end = ("20200101000000Z", "20200201000000Z") if expired else \
            (time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + d * 86400))
             for d in (-1, 3))
        _openssl("req", "-new", *NEW_KEY, "-keyout", key, "-out", csr,
                 "-subj", f"/CN={name}")
        _openssl("ca", "-batch", "-notext", "-config",
                 self._path("ca.cnf"), "-in", csr, "-out", cert, "-extfile", ext,
                 "-startdate", start, "-enddate", end)
        return cert, key

    def self_signed(self, san="IP:127.0.0.1"):
        cert, key = self._path("self.pem"), self._path("self.key")
        _openssl("req", "-x509", *NEW_KEY, "-keyout", key, "-out", cert, "-days", "3",
                 "-subj", "/CN=self", "-addext", f"subjectAltName={san}")
        return cert, key


@harness.fixture
def authority():
    return Authority()


@harness.fixture
def good_pair():
    return authority().issue("good")


def tls(pair=None, client_ca=None):
    """A server context; with client_ca a client certificate is demanded."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*(pair or good_pair()))
    if client_ca:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(client_ca)
    return context


# --- nginx ------------------------------------------------------------------------

ECHO_MODULE = ("/usr/lib/nginx/modules/ngx_http_echo_module.so",
               "/usr/lib64/nginx/modules/ngx_http_echo_module.so")

NGINX_CONF = """\
{modules}
daemon off;
worker_processes 1;
error_log stderr warn;
pid {dir}/nginx.pid;
{user}
events {{ worker_connections 4096; }}
http {{
    access_log off;
    default_type text/plain;
    keepalive_requests 10000000;
    client_body_temp_path {dir}/body;
    proxy_temp_path {dir}/proxy;
    fastcgi_temp_path {dir}/fastcgi;
    uwsgi_temp_path {dir}/uwsgi;
    scgi_temp_path {dir}/scgi;
    server {{
        listen 127.0.0.1:{port}{flags} backlog=4096;
        {certificate}
        {locations}
    }}
}}
"""


class Nginx:
    """nginx with a configuration of its own, in a temporary directory."""

    def __init__(self, locations='location / { return 200 "hello\\n"; }', pair=None,
                 echo=False):
        program, self.dir = harness.need("nginx"), harness.tmp()
        modules = [m for m in ECHO_MODULE if os.path.exists(m)]
        if echo and not modules:
            raise harness.Skip("nginx has no echo module")
        settings = {
            "modules": f"load_module {modules[0]};" if echo else "",
            "user": "user root;" if os.geteuid() == 0 else "",
            "dir": self.dir, "locations": locations,
            "flags": " ssl http2" if pair else "",
            "certificate": "ssl_certificate %s; ssl_certificate_key %s;" % pair
                           if pair else ""}
        for _ in range(5):  # another program may take the free port
            self.port = harness.free_port()
            if self._start(program, NGINX_CONF.format(port=self.port, **settings)):
                break
        else:
            log = harness.read(os.path.join(self.dir, "log")).decode()
            raise AssertionError(f"nginx does not start: {log}")
        self.url = f"{'https' if pair else 'http'}://127.0.0.1:{self.port}"

    def _start(self, program, conf):
        path = os.path.join(self.dir, "nginx.conf")
        with open(path, "w", encoding="utf-8") as f:
            f.write(conf)
        with open(os.path.join(self.dir, "log"), "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [program, "-c", path, "-p", self.dir, "-e", "stderr"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        harness.defer(self._stop, self.process)
        return harness.wait_for_port(self.port, self.process)

    @staticmethod
    def _stop(process):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
