#!/usr/bin/env python3
"""Certificates: what is trusted, what is refused, and what happens in the handshake."""

import socket

import harness
from harness import check, contains, fetch, fixture, same, write
import servers
from servers import Authority, authority, fixed, raw


@fixture
def good():
    return fixed(tls=servers.tls())


@fixture
def pairs():
    """Certificates that must be refused, by what is wrong with them."""
    return {"expired": authority().issue("expired", expired=True),
            "wrong host": authority().issue("wrong", san="DNS:other.test"),
            "self-signed": authority().self_signed(),
            "unknown authority": Authority("another CA").issue("foreign")}


@fixture
def bad(what):
    return fixed(tls=servers.tls(pairs()[what]))


def secure(*args, **options):
    return fetch("--cacert", authority().cert, *args, **options)


def refused(result, server):
    record = result.exited(1).record
    same(record["error"]["type"], "tls_verify", "type")
    same(record["error"]["retriable"], False, "retriable")
    same((record["response_code"], record["attempts"]), (0, 1))
    same(server.hits, [], "requests")


def test_good():
    """a certificate of a --cacert authority is taken"""
    record = secure(good().url).ok(1).record
    check(record["time_appconnect"] > 0, "time_appconnect")


def test_pair_that_is_none():
    """--cert without its key: nothing is sent, and no output is begun anew"""
    cert, key = authority().issue("client")
    _, other = authority().issue("other")
    out, server = write("kept\n", "out"), good()
    for args, part in ((("--cert", cert, "--key", other), "another certificate"),
                       (("--cert", cert), "--key"), (("--cert", key), "no certificate"),
                       (("--cert", cert, "--key", cert), "--key")):
        before = len(server.hits)
        result = secure(*args, "-o", out, server.url).exited(2)
        contains(result.err, "--cert", part)
        same((harness.read(out), len(server.hits)), (b"kept\n", before), "output, hits")
    secure("--cert", cert, "--key", key, server.url).ok(1)


def test_useless_cacert():
    """a --cacert file without certificates: nothing is sent, no output is begun anew"""
    out, empty, server = write("kept\n", "out"), write("x\n", "ca"), fixed()
    result = fetch("--cacert", empty, "-o", out, server.url).exited(2, 3)
    contains(result.err, empty)
    same((harness.read(out), server.hits), (b"kept\n", []), "output, requests")


def test_system_store():
    """without --cacert the test authority is not trusted"""
    server = fixed(tls=servers.tls())
    refused(fetch(server.url), server)


def test_store_of_environment():
    """SSL_CERT_FILE or CURL_CA_BUNDLE of the environment, as curl has it"""
    cert = authority().cert
    fetch(good().url, env={"CURL_CA_BUNDLE": cert, "SSL_CERT_FILE": cert}).ok(1)


def test_expired():
    """an expired certificate"""
    refused(secure(bad("expired").url), bad("expired"))


def test_wrong_host():
    """a certificate of another host"""
    refused(secure(bad("wrong host").url), bad("wrong host"))


def test_self_signed():
    """a self-signed certificate"""
    refused(secure(bad("self-signed").url), bad("self-signed"))


def test_unknown_authority():
    """a certificate of an unknown authority"""
    refused(secure(bad("unknown authority").url), bad("unknown authority"))


def test_name_is_checked_not_address():
    """the name of the URL counts, not the address that it leads to"""
    server = fixed(tls=servers.tls())
    refused(secure("--connect-to", f"name.test:443:{server.authority}",
                   "https://name.test/"), server)


def test_not_retried():
    """a bad certificate is not retried, not even with --retry"""
    server = bad("expired")
    record = secure("--retry", "3", "--retry-delay", "0.01", server.url).exited(1).record
    same(record["attempts"], 1, "attempts")


def test_insecure():
    """-k takes them all"""
    for option in ("-k", "--insecure"):
        for what in pairs():
            server = fixed(tls=servers.tls(pairs()[what]))
            fetch(option, server.url).ok(1)


def test_refused_after_good():
    """a bad certificate is refused after a good one was seen, at the same host, too"""
    for what in pairs():
        server = fixed(tls=servers.tls(pairs()[what]))
        records = secure("-j", "1", good().url, server.url, good().url).exited(1).sorted
        same([r["ok"] for r in records], [True, False, True], what)
        same(records[1]["error"]["type"], "tls_verify", what)


def test_refused_on_redirect():
    """a bad certificate behind a redirect is refused"""
    target = fixed(tls=servers.tls(pairs()["expired"]))
    start = fixed(servers.redirect(target.url), tls=servers.tls())
    record = secure(start.url).exited(1).record
    same(record["error"]["type"], "tls_verify", "type")
    same(target.hits, [], "requests")


def test_many_hosts():
    """many hosts at once under one authority; the bad one among them is refused"""
    pair = authority().issue("many", san=",".join(f"IP:127.0.2.{i}" for i in range(1, 40)))
    many = [fixed(host=f"127.0.2.{i}", tls=servers.tls(pair)) for i in range(1, 41)]
    records = secure(*(s.url for s in many)).exited(1).sorted
    same([r["ok"] for r in records], [True] * 39 + [False], "ok")
    same(records[39]["error"]["type"], "tls_verify", "type")


def test_cacert_missing():
    """--cacert of a file that is not there, or holds none: a message, nothing sent"""
    server = fixed(tls=servers.tls())
    for path in ("/nonexistent/ca.pem", write("no certificate\n", "ca.pem")):
        result = fetch("--cacert", path, server.url).exited(2, 3)
        harness.contains(result.err, path)
        same((result.out, server.connections), (b"", 0))


def test_client_certificate():
    """--cert and --key"""
    server = fixed(tls=servers.tls(client_ca=authority().cert))
    cert, key = authority().issue("client")
    secure("--cert", cert, "--key", key, server.url).ok(1)
    both = write(harness.read(cert) + harness.read(key), "both.pem")
    secure("--cert", both, server.url).ok(1)


def test_client_certificate_missing():
    """a server that demands a certificate gets none: an error, however it shows"""
    server = fixed(tls=servers.tls(client_ca=authority().cert))
    record = secure(server.url).exited(1).record
    check(record["error"]["type"] in ("tls_handshake", "reset", "send"),
          record["error"])


def test_client_certificate_bad_file():
    """--cert of a file that is not there: a message that names it"""
    result = secure("--cert", "/nonexistent/cert.pem", good().url).exited(1, 2, 3)
    harness.contains(result.err + result.out.decode(), "/nonexistent/cert.pem")


def handshake_fails(handler, *types):
    server = raw(handler)
    record = secure("-m", "10", f"https://{server.authority}/").exited(1).record
    check(record["error"]["type"] in types, f"error {record['error']}")


def test_plain_http():
    """a server that speaks plain HTTP on the TLS port"""
    def handle(conn):
        conn.send(servers.reply("plain", 400))
        conn.hold()
    handshake_fails(handle, "tls_handshake")


def test_closed_in_handshake():
    """a connection closed in the handshake"""
    def handle(conn):
        conn.sock.recv(5000)
    handshake_fails(handle, "tls_handshake")


def test_reset_in_handshake():
    """a connection reset in the handshake"""
    def handle(conn):
        conn.sock.recv(1)
        conn.reset()
    handshake_fails(handle, "tls_handshake", "reset")


def test_silent_handshake():
    """a handshake that never goes on counts as connecting"""
    server = raw(lambda conn: conn.hold())
    record = secure("--connect-timeout", "0.3", f"https://{server.authority}/") \
        .exited(1).record
    check(record["error"]["type"] in ("connect_timeout", "timeout"), record["error"])


def test_no_common_version():
    """no version of TLS in common: the server says so with an alert"""
    def handle(conn):
        conn.sock.recv(5000)
        conn.send(b"\x15\x03\x01\0\x02\x02\x46")  # fatal, protocol_version
        conn.hold()
    handshake_fails(handle, "tls_handshake")


def test_truncated_tls():
    """a body cut short by a bare FIN, without close_notify"""
    def handle(conn):
        conn.request()
        conn.send(servers.OK_HEAD + b"Content-Length: 100\r\n\r\nsome of it")
        socket.socket.shutdown(conn.sock, socket.SHUT_RDWR)
    record = secure(raw(handle, tls=servers.tls()).url).exited(1).record
    check(record["error"]["type"] in ("truncated", "reset"), record["error"])


def test_http_url_on_tls_port():
    """an http URL to a TLS port is a protocol error or an end of the connection"""
    record = fetch(good().url.replace("https", "http")).exited(1).record
    check(record["error"]["type"] in ("protocol", "empty_reply", "reset", "http_status"),
          record["error"])


if __name__ == "__main__":
    harness.main()
