#!/usr/bin/env python3
"""Name lookups, in namespaces of their own: names that fail, resolvers that hang.

The program starts itself again under unshare(1), brings lo up and puts a resolv.conf of
its own in place of the system's. Nothing leaves the machine."""

import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
import threading

import harness
from harness import check, defer, fetch, fixture, need, same, start_fetch, tmp
import servers
from servers import fixed, redirect

INSIDE = "TRAWL_E2E_NAMESPACE"
DNSMASQ, RAW, NOBODY, PUBLIC = "127.0.0.53", "127.0.0.54", "127.0.0.55", "8.8.8.8"
RESOLV = None  # the file that is mounted over /etc/resolv.conf


# --- the namespace ----------------------------------------------------------------

def enter():
    """Starts this program again in new namespaces; returns where that cannot be."""
    flags = ["-n", "-m"] if os.geteuid() == 0 else ["-r", "-n", "-m"]
    probe = subprocess.run(["unshare", *flags, "true"], capture_output=True, check=False)
    if probe.returncode == 0:
        os.environ[INSIDE] = "1"
        os.execvp("unshare", ["unshare", *flags, sys.executable, *sys.argv])


def set_address(name, address):
    """Gives the interface an address, and brings it up."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        request = struct.pack("16sH2s4s8s", name.encode(), socket.AF_INET, b"\0\0",
                              socket.inet_aton(address), b"")
        fcntl.ioctl(s, 0x8916, request)  # SIOCSIFADDR
        fcntl.ioctl(s, 0x8914, struct.pack("16sH14s", name.encode(), 0x49, b""))


def set_up():
    global RESOLV
    set_address("lo", "127.0.0.1")
    set_address("lo:1", PUBLIC)
    directory = tmp()
    RESOLV = os.path.join(directory, "resolv.conf")
    switch = os.path.join(directory, "nsswitch.conf")
    with open(switch, "w", encoding="ascii") as f:
        f.write("hosts: files dns\n")
    resolver(NOBODY)
    subprocess.run(["mount", "--bind", RESOLV, "/etc/resolv.conf"], check=True)
    if os.path.exists("/etc/nsswitch.conf"):
        subprocess.run(["mount", "--bind", switch, "/etc/nsswitch.conf"], check=True)


def resolver(address, options="timeout:1 attempts:1"):
    with open(RESOLV, "w", encoding="ascii") as f:
        f.write(f"nameserver {address}\noptions {options}\n")


# --- resolvers --------------------------------------------------------------------

@fixture
def dnsmasq():
    program = need("dnsmasq")
    process = subprocess.Popen(
        [program, "--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts",
         "--user=root", "--pid-file=", f"--listen-address={DNSMASQ}",
         "--bind-interfaces", "--local=/test/", "--host-record=good.test,127.0.0.1",
         "--host-record=public.test,8.8.8.8", "--cname=alias.test,good.test",
         "--host-record=xn--bcher-kva.test,127.0.0.1",
         "--txt-record=nodata.test,text"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    defer(process.wait)
    defer(process.kill)
    check(harness.wait_for_port(53, process, DNSMASQ), "dnsmasq does not start")
    return DNSMASQ


class Responder:
    """Answers A queries by the first label: servfail, refused, garbage; silent stays
    silent; every other name is 127.0.0.1."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind((RAW, 53))
        self.changed = threading.Condition()
        self.asked = []
        threading.Thread(target=self._run, daemon=True).start()
        defer(self.sock.close)

    def _run(self):
        while True:
            try:
                query, peer = self.sock.recvfrom(4096)
            except OSError:
                return
            label = query[13:13 + query[12]].decode()
            with self.changed:
                self.asked.append(label)
                self.changed.notify_all()
            if not label.startswith("silent"):
                self.sock.sendto(self._answer(label, query), peer)

    @staticmethod
    def _answer(label, query):
        if label == "garbage":
            return query[:2] + b"\xff" * 30
        end = query.index(b"\0", 12) + 5
        kind = struct.unpack(">H", query[end - 4:end - 2])[0]
        code = {"servfail": 2, "refused": 5}.get(label, 0)
        records = b"" if code or kind != 1 else \
            b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4" + socket.inet_aton("127.0.0.1")
        return (query[:2] + struct.pack(">HHHHH", 0x8180 | code, 1, bool(records), 0, 0)
                + query[12:end] + records)

    def wait(self, label):
        with self.changed:
            check(self.changed.wait_for(lambda: label in self.asked, harness.PATIENCE),
                  f"{label} was not looked up")


@fixture
def responder():
    return Responder()


@fixture
def web():
    return fixed(host="127.0.0.1")


def fails(name, *types, options=(), retriable=None, attempts=1):
    record = fetch(*options, f"http://{name}:{web().port}/").exited(1).record
    error = record["error"]
    check(error["type"] in types, f"error {error}, expected {' or '.join(types)}")
    same(record["attempts"], attempts, "attempts")
    if retriable is not None:
        same(error["retriable"], retriable, "retriable")
    return record


# --- a resolver that works --------------------------------------------------------

def test_found():
    """names and aliases are found"""
    resolver(dnsmasq())
    for name in ("good.test", "alias.test", "GOOD.test", "good.test."):
        fetch(f"http://{name}:{web().port}/").ok(1)


def test_found_many():
    """200 requests to one name"""
    resolver(dnsmasq())
    fetch(*[f"http://good.test:{web().port}/"] * 200).ok(200)


def test_international():
    """an international name"""
    resolver(dnsmasq())
    fetch(f"http://b\u00fccher.test:{web().port}/").ok(1)


def test_not_found():
    """NXDOMAIN is dns_not_found, and not retried"""
    resolver(dnsmasq())
    fails("nosuch.test", "dns_not_found", retriable=False,
          options=("--retry", "2", "--retry-delay", "0.01"))


def test_no_address():
    """a name without an address is dns_not_found"""
    resolver(dnsmasq())
    fails("nodata.test", "dns_not_found", retriable=False)


def test_bad_name():
    """names that cannot be: no crash, one record"""
    resolver(dnsmasq())
    for name in ("a" * 64 + ".test", "a..test", "." + "a" * 300, "-.test", "a_b.test"):
        fails(name, "dns_not_found", "url_malformed", "dns_temporary")


# --- resolvers that fail ----------------------------------------------------------

def test_servfail():
    """SERVFAIL is dns_temporary, and retried"""
    responder()
    resolver(RAW)
    fails("servfail.test", "dns_temporary", retriable=True, attempts=2,
          options=("--retry", "1", "--retry-delay", "0.01"))


def test_refused():
    """REFUSED and an answer that is garbage are dns_temporary"""
    responder()
    resolver(RAW)
    for name in ("refused.test", "garbage.test"):
        fails(name, "dns_temporary", retriable=True)


def test_no_resolver():
    """no resolver there at all is dns_temporary"""
    resolver(NOBODY)
    fails("good.test", "dns_temporary", retriable=True)


def test_no_answer():
    """a resolver that gives up after a second without an answer is dns_temporary"""
    responder()
    resolver(RAW)
    fails("silent.test", "dns_temporary", "connect_timeout", retriable=True)


# --- resolvers that hang ----------------------------------------------------------

SLOW = "timeout:30 attempts:3"
AT_ONCE = 15  # seconds: less than a lookup takes, more than the rest on a busy machine


def test_max_time():
    """-m ends promptly while the lookup hangs"""
    responder()
    resolver(RAW, SLOW)
    record = fails("silent.test", "timeout", "dns_temporary", retriable=True,
                   options=("-m", "0.5"))
    check(record["time_total"] < AT_ONCE, f"took {record['time_total']} s")


def test_connect_timeout():
    """--connect-timeout ends promptly while the lookup hangs, and so does trawl"""
    responder()
    resolver(RAW, SLOW)
    result = fetch("--connect-timeout", "0.5", f"http://silent.test:{web().port}/")
    check(result.exited(1).record["error"]["type"]
          in ("connect_timeout", "dns_temporary"), result.record["error"])
    check(result.seconds < AT_ONCE, f"took {result.seconds} s")


def test_others_go_on():
    """lookups that hang do not stop other transfers, nor other lookups"""
    responder()
    resolver(RAW, SLOW)
    hanging = [f"http://silent{i}.test:{web().port}/" for i in range(20)]
    good = [f"http://good{i}.test:{web().port}/" for i in range(20)]
    proc = start_fetch(*hanging, *good, *[web().url] * 20)
    proc.wait_lines(40)
    check(all(r["ok"] for r in proc.so_far().records), "a good one failed")
    proc.signal(signal.SIGINT)
    same(len(proc.finish().exited(130).sorted), 60, "records")


def test_timeouts_do_not_stop_the_loop():
    """lookups that time out do not hold up the rest"""
    responder()
    resolver(RAW, SLOW)
    slow = servers.Gate()
    proc = start_fetch("--connect-timeout", "0.3", slow.url, *(
        f"http://silent{i}.test:{web().port}/" for i in range(10)))
    proc.wait_lines(10)
    slow.open()
    result = proc.finish().exited(1)
    check(result.sorted[0]["ok"], "the one that works")
    check(result.seconds < AT_ONCE, f"took {result.seconds} s")


def test_sigint():
    """SIGINT while a lookup hangs ends at once"""
    responder()
    resolver(RAW, SLOW)
    proc = start_fetch(f"http://silent-and-new.test:{web().port}/")
    responder().wait("silent-and-new")
    proc.signal(signal.SIGINT)
    result = proc.finish().exited(130)
    same(result.record["error"]["type"], "cancelled", "type")
    check(result.seconds < AT_ONCE, f"took {result.seconds} s")


# --- addresses --------------------------------------------------------------------

def test_deny_private_public():
    """--deny-private lets public addresses through"""
    resolver(dnsmasq())
    server = fixed(host=PUBLIC)
    fetch("--deny-private", server.url, f"http://public.test:{server.port}/").ok(2)


def test_deny_private_name():
    """--deny-private refuses a name with a private address"""
    resolver(dnsmasq())
    before = web().connections
    fails("good.test", "private_address", retriable=False, options=("--deny-private",))
    same(web().connections, before, "connections")


def test_deny_private_redirect():
    """--deny-private refuses a redirect to a private address, by name and number"""
    resolver(dnsmasq())
    for where in (web().url, f"http://good.test:{web().port}/", "http://[::1]/",
                  "http://[::ffff:127.0.0.1]/"):
        server = fixed(redirect(where), host=PUBLIC)
        record = fetch("--deny-private", server.url).exited(1).record
        same(record["error"]["type"], "private_address", where)


def test_unreachable():
    """connect_failed: an address without a route"""
    record = fetch("http://192.0.2.1/").exited(1).record
    same(record["error"]["type"], "connect_failed", "type")


if __name__ == "__main__":
    if INSIDE not in os.environ and {"-l", "--list"}.isdisjoint(sys.argv):
        enter()
        print("1..0 # SKIP no network and mount namespaces here")
        sys.exit()
    if INSIDE in os.environ:
        set_up()
    harness.main()
