"""What the tests of `trawl gather` share: running specs, and servers that tell what came."""

import json

import harness
from harness import Proc, check, trawl
from servers import http, json_reply, reply


def text_of(spec):
    """A spec as bytes: a dict as JSON, text as it is."""
    if isinstance(spec, (str, bytes)):
        return spec if isinstance(spec, bytes) else spec.encode()
    return json.dumps(spec).encode()


def gather(spec, *args, **options):
    """Runs a spec from standard input; retries only where a test asks for them."""
    retry = () if any(str(a).startswith("--retry") for a in args) else ("--retry", "0")
    return trawl("gather", *retry, *args, stdin=text_of(spec), **options)


def start_gather(spec, *args, **options):
    """The same, not waited for."""
    return Proc("gather", "--retry", "0", *args, stdin=text_of(spec), **options)


def document(result, status=0):
    """The document of a run that ended so."""
    result.exited(status)
    check(result.out.endswith(b"\n") and result.out.count(b"\n") == 1, "one line")
    return json.loads(result.out)


def get(spec, *args, **options):
    """The document of a spec in which nothing fails."""
    return document(gather(spec, *args, **options))


def refused(spec, *parts, **options):
    """A spec that is refused with these words; the message."""
    result = gather(spec, **options)
    result.exited(2)
    harness.same(result.out, b"", "output")
    harness.contains(result.err, *parts)
    return result.err


def errors(doc):
    """The types of the failures, by request."""
    return {(e["request"], e.get("index")): e["type"] for e in doc.get("errors", [])}


def answers(table, **options):
    """A server that answers with JSON (text as it is, others dumped), by path or target;
    what is bytes is the whole answer, what is callable is asked for one of these."""
    def app(request):
        found = table.get(request.target, table.get(request.path))
        if callable(found):
            found = found(request)
        if found is None:
            return reply("not found\n", 404)
        if isinstance(found, bytes):
            return found
        return json_reply(found if isinstance(found, str) else json.dumps(found))
    return http(app, **options)


def asked(server, path):
    """The only request for a path."""
    found = [r for r in server.requests if r.path == path]
    harness.same(len(found), 1, f"requests for {path}")
    return found[0]
