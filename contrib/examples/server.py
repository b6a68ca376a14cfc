"""The services that the examples ask: HTTP on loopback, each answer a little late."""
import contextlib
import itertools
import json
import socketserver
import threading
import time
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qsl

KB_A_SECOND = 200
FILES = {"readme.txt": 10, "manual.pdf": 40, "photo.jpg": 60, "film.mp4": 80}  # KB

tokens = {"t-42": "Ann"}  # token -> user
asked = itertools.count(1)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16  # header and body in one packet

    def do_GET(self):
        path, _, query = self.path.partition("?")
        self.query = dict(parse_qsl(query))
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if path.startswith("/files/"):
            return send_file(self, path.removeprefix("/files/"))
        return SERVICES.get(path, nothing)(self)

    do_POST = do_GET

    def head(self, status, kind, length):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def say(self, delay, value, status=200):
        """Answers with JSON after a delay in seconds."""
        body = json.dumps(value).encode()
        time.sleep(delay)
        self.head(status, "application/json", len(body))
        self.wfile.write(body)

    def user(self):
        """Whose token this is, or None."""
        return tokens.get(self.headers.get("Authorization", "").removeprefix("Bearer "))

    def sent(self, name):
        """A member of the JSON object in the request's body, or None."""
        with contextlib.suppress(ValueError, AttributeError):
            return json.loads(self.body).get(name)

    def log_message(self, *args):
        pass


def nothing(ask):
    ask.say(0, {"error": "there is no such thing"}, 404)


def known(service):
    """A service for those who show a token that was given out."""
    return lambda ask: (service(ask) if ask.user() else
                        ask.say(0, {"error": "who are you?"}, 401))


def close(ask):
    time.sleep(0.05)
    ask.close_connection = True


def login(ask):
    token = f"t-{ask.sent('user')}"
    tokens[token] = ask.sent("user")
    ask.say(0.03, {"token": token})


def flaky(ask):
    if next(asked) % 3:
        ask.say(0.02, {"error": "not now"}, 503)
    else:
        ask.say(0.02, 42)


def price(ask):
    item = int(ask.query.get("item", 0))
    ask.say(max(0, 0.02 * (10 - item)), {"item": item, "price": 100 + item})


def send_file(ask, name):
    if name not in FILES:
        return nothing(ask)
    ask.head(200, "application/octet-stream", FILES[name] * 1000)
    begun = time.monotonic()
    for kb in range(10, FILES[name] + 1, 10):
        time.sleep(max(0, begun + kb / KB_A_SECOND - time.monotonic()))
        ask.wfile.write(bytes(10 * 1000))
        ask.wfile.flush()


SERVICES = {
    "/weather": lambda ask: ask.say(0.2, {"answer": "sunny"}),
    "/news": lambda ask: ask.say(0.1, {"error": "out of order"}, 500),
    "/quotes": lambda ask: ask.say(0.3, {"answer": "up"}),
    "/traffic": close,
    "/token": lambda ask: ask.say(0.1, {"token": "t-42"}),
    "/user": known(lambda ask: ask.say(0.1, {"name": ask.user()})),
    "/recommendations": known(lambda ask: ask.say(0.1, {
        "recommended": "tea, toast" if ask.query.get("user") == ask.user() else ""})),
    "/login": login,
    "/shop": known(lambda ask: ask.say(0.03, {"item": "tea"})),
    "/orders": known(lambda ask: ask.say(0.03, {"order": ask.sent("item")}, 201)),
    "/flaky": flaky,
    "/price": price,
}


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        """Clients come and go."""


@contextlib.contextmanager
def serving():
    """Runs a server on a free port of 127.0.0.1; gives its URL."""
    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
